"""Every question that is asked of the tables, once, in SQL that SQLite and PostgreSQL both speak.

The adapters differ only in how a statement is run: they hand over a `Run`. Parameters are named, `:name`.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.domain import Change, Document, DocumentState, Receipt, Scope, Source, StoredVersion
from bot.errors import NotFound
from bot.library import rows
from bot.library.store import KnownFile, Membership

CHUNK = 500  # ids in one statement
LONGEST_REF = 4096  # characters; no file system has longer names
_SHOWN = 3  # candidates that are named when a reference is ambiguous
_BIGGEST_KEY = 2**63 - 1


class Run(Protocol):
    """Runs one statement and returns all its rows."""

    def __call__(self, sql: str, parameters: Mapping[str, Any], /) -> Sequence[rows.Row]: ...


def among(prefix: str, values: Iterable[Any]) -> tuple[str, dict[str, Any]]:
    """A bracketed list of placeholders and its parameters."""
    parameters = {f"{prefix}{position}": value for position, value in enumerate(values)}
    return "(" + ", ".join(f":{name}" for name in parameters) + ")", parameters


def _seen_by(scope: Scope | None, column: str = "d.audience") -> tuple[str, dict[str, Any]]:
    """The condition that keeps a read within its scope; what a person has erased is for no person."""
    if scope is None:
        return "1 = 1", {}
    keys, parameters = among("audience", map(rows.to_column, scope.audiences()))
    table = column.partition(".")[0]
    return f"{column} IN {keys} AND {table}.state <> 'erased'", parameters


def _in_states(states: Collection[DocumentState] | None) -> tuple[str, dict[str, Any]]:
    if states is None:
        return "1 = 1", {}
    if not states:
        return "1 = 0", {}
    keys, parameters = among("state", map(str, states))
    return f"d.state IN {keys}", parameters


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    wanted = [key for key in dict.fromkeys(ids) if abs(key) <= _BIGGEST_KEY]
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))


# --- versions ---


def version(run: Run, scope: Scope | None, version_id: int) -> StoredVersion | None:
    return versions(run, scope, [version_id]).get(version_id)


def numbered_version(run: Run, scope: Scope | None, document_id: int, number: int) -> StoredVersion | None:
    sql = "SELECT id FROM version WHERE document_id = :document AND number = :number"
    found = run(sql, {"document": document_id, "number": number})
    return version(run, scope, int(found[0][0])) if found else None


def versions(run: Run, scope: Scope | None, version_ids: Iterable[int]) -> dict[int, StoredVersion]:
    seen, audiences = _seen_by(scope)
    found: dict[int, StoredVersion] = {}
    for chunk in chunks(version_ids):
        keys, parameters = among("key", chunk)
        for row in run(
            f"SELECT {rows.VERSION} FROM version v JOIN document d ON d.id = v.document_id "
            f"WHERE v.id IN {keys} AND {seen}",
            parameters | audiences,
        ):
            found[row[0]] = rows.version(row)
    return found


def raw(run: Run, sha256: str) -> bytes | None:
    found = run("SELECT content FROM raw WHERE sha256 = :sha256", {"sha256": rows.to_column(sha256)})
    return bytes(found[0][0]) if found else None


# --- documents ---

_CURRENT = "LEFT JOIN version v ON v.document_id = d.id AND v.number = d.version_count"
_DOCUMENTS = f"SELECT {rows.DOCUMENT} FROM document d {_CURRENT}"


def documents_by_id(run: Run, scope: Scope | None, document_ids: Iterable[int]) -> dict[int, Document]:
    seen, audiences = _seen_by(scope)
    found: dict[int, Document] = {}
    for chunk in chunks(document_ids):
        keys, parameters = among("key", chunk)
        for row in run(f"{_DOCUMENTS} WHERE d.id IN {keys} AND {seen}", parameters | audiences):
            found[row[0]] = rows.document(row)
    return found


def document_by_id(run: Run, scope: Scope | None, document_id: int) -> Document | None:
    return documents_by_id(run, scope, [document_id]).get(document_id)


def document(run: Run, scope: Scope, ref: str) -> Document | None:
    """See `Desk.document`."""
    ref = ref.strip()
    if not ref or len(ref) > LONGEST_REF:
        return None
    if ref.startswith("#") and (key := number(ref[1:])) is not None:
        return document_by_id(run, scope, key)
    named = _named(run, scope, "d.name = :name", {"name": rows.to_column(ref)})
    if named:
        return _only_one(ref, named)
    if (key := number(ref)) is not None and (by_id := document_by_id(run, scope, key)) is not None:
        return by_id
    ends = _named(run, scope, _ENDS, {"name": rows.to_column(ref), "length": len(rows.to_column(ref))})
    whole = [one for one in ends if one.name.endswith("/" + ref)]
    return _only_one(ref, whole or ends) if ends else None


# not LIKE: SQLite's is blind to case, PostgreSQL's is not, and both have characters of their own
_ENDS = "length(d.name) > :length AND substr(d.name, length(d.name) - :length + 1) = :name"


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(_BIGGEST_KEY)) else None


def _named(run: Run, scope: Scope, condition: str, parameters: dict[str, Any]) -> list[Document]:
    """The documents whose name fits; only if there is none that is not removed, the removed ones."""
    seen, audiences = _seen_by(scope)
    for live in ("d.state <> 'removed'", "d.state = 'removed'"):
        found = run(f"{_DOCUMENTS} WHERE {condition} AND {live} AND {seen} ORDER BY d.id", audiences | parameters)
        if found:
            return [rows.document(row) for row in found]
    return []


def _only_one(ref: str, documents: Sequence[Document]) -> Document:
    """The one document; of removed ones of one source and name, the last. Raises NotFound when there are more."""
    by_name = {(one.source_id, one.name): one for one in documents}
    if len(by_name) == 1:
        return next(iter(by_name.values()))
    shown = ", ".join(f"#{one.id} {one.name}" for one in list(by_name.values())[:_SHOWN])
    more = ", …" if len(by_name) > _SHOWN else ""
    raise NotFound(
        "ambiguous-document",
        f"{len(by_name)} documents fit a reference of {len(ref)} characters",
        f"{len(by_name)} documents fit “{ref}”: {shown}{more}. Say more of the name, or the number.",
    )


def documents(
    run: Run, scope: Scope, *, states: Collection[DocumentState] | None, limit: int, offset: int
) -> list[Document]:
    seen, audiences = _seen_by(scope)
    in_states, wanted = _in_states(states)
    found = run(  # the page first, then its versions: else SQLite fetches all of them to sort
        f"SELECT {rows.DOCUMENT} FROM (SELECT * FROM document d WHERE {seen} AND {in_states} "
        f"ORDER BY d.id DESC LIMIT :limit OFFSET :offset) d {_CURRENT} ORDER BY d.id DESC",
        audiences | wanted | {"limit": max(0, limit), "offset": max(0, offset)},
    )
    return [rows.document(row) for row in found]


def suspicious(run: Run, scope: Scope, *, looked_at: int, limit: int) -> list[tuple[Document, tuple[str, ...]]]:
    seen, audiences = _seen_by(scope)
    found = run(
        f"SELECT {rows.DOCUMENT}, v.notes FROM (SELECT * FROM document d WHERE {seen} AND d.state = 'kept' "
        f"ORDER BY d.id DESC LIMIT :looked_at) d {_CURRENT} WHERE v.notes NOT LIKE :none "
        f"ORDER BY d.id DESC LIMIT :limit",
        audiences | {"looked_at": looked_at, "limit": limit, "none": '%"suspicious": []%'},
    )
    return [(rows.document(row[:-1]), tuple(json.loads(row[-1])["suspicious"])) for row in found]


def document_count(run: Run, scope: Scope, *, states: Collection[DocumentState] | None) -> int:
    seen, audiences = _seen_by(scope)
    in_states, wanted = _in_states(states)
    return int(run(f"SELECT count(*) FROM document d WHERE {seen} AND {in_states}", audiences | wanted)[0][0])


def file_states(run: Run, source_id: int) -> dict[str, KnownFile]:
    found = run(
        f"SELECT {rows.FILE} FROM document WHERE source_id = :source AND state <> 'removed'", {"source": source_id}
    )
    return dict(map(rows.known_file, found))


def sources(run: Run) -> list[Source]:
    return [rows.source(row) for row in run(f"SELECT {rows.SOURCE} FROM source ORDER BY id", {})]


# --- the change log ---


def newest_seq(run: Run) -> int:
    return int(run("SELECT coalesce(max(seq), 0) FROM change", {})[0][0])


def changes_after(run: Run, seq: int, limit: int) -> list[Change]:
    found = run(
        f"SELECT {rows.CHANGE} FROM change WHERE seq > :seq ORDER BY seq LIMIT :limit",
        {"seq": seq, "limit": max(0, limit)},
    )
    return [rows.change(row) for row in found]


# --- reports and stories ---


def memberships(run: Run, scope: Scope | None, document_ids: Iterable[int]) -> dict[int, Membership]:
    """Also the count of copies stays within the scope: a number, too, can give a private document away."""
    seen, audiences = _seen_by(scope)
    others_seen, _ = _seen_by(scope, "o.audience")
    found: dict[int, Membership] = {}
    for chunk in chunks(document_ids):
        keys, parameters = among("key", chunk)
        for row in run(
            f"SELECT {rows.MEMBERSHIP}, (SELECT count(*) FROM membership n JOIN document o ON o.id = n.document_id "
            f"WHERE n.report_id = m.report_id AND o.state = 'kept' AND {others_seen}) "
            f"FROM membership m JOIN document d ON d.id = m.document_id WHERE m.document_id IN {keys} AND {seen}",
            parameters | audiences,
        ):
            found[row[0]] = rows.membership(row)
    return found


def story_sizes(run: Run, story_ids: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for chunk in chunks(story_ids):
        keys, parameters = among("key", chunk)
        sql = f"SELECT story_id, count(*) FROM membership WHERE story_id IN {keys} GROUP BY story_id"
        found |= {int(story): int(size) for story, size in run(sql, parameters)}
    return found


def story_members(run: Run, story_ids: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for chunk in chunks(story_ids):
        keys, parameters = among("key", chunk)
        sql = f"SELECT story_id, document_id, report_id FROM membership WHERE story_id IN {keys} ORDER BY document_id"
        for story, document_id, report in run(sql, parameters):
            found.setdefault(int(story), []).append((int(document_id), int(report)))
    return found


def places(run: Run, document_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for chunk in chunks(document_ids):
        keys, parameters = among("key", chunk)
        sql = f"SELECT document_id, report_id, story_id FROM membership WHERE document_id IN {keys}"
        found |= {int(one): (int(report), int(story)) for one, report, story in run(sql, parameters)}
    return found


# --- sources, as a brief tells of them ---


def sources_with(run: Run, source_ids: Iterable[int]) -> dict[int, Source]:
    found: dict[int, Source] = {}
    for chunk in chunks(source_ids):
        keys, parameters = among("key", chunk)
        for row in run(f"SELECT {rows.SOURCE} FROM source WHERE id IN {keys}", parameters):
            found[row[0]] = rows.source(row)
    return found


def failing_sources(run: Run, source_ids: Iterable[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunks(source_ids):
        keys, parameters = among("key", chunk)
        for key, chosen, title, address in run(
            "SELECT s.id, c.title, w.title, s.address FROM source s JOIN source_choice c ON c.source_id = s.id "
            "JOIN watched w ON w.id = c.watched_id "
            f"WHERE s.id IN {keys} AND w.state IN ('failing', 'resting') AND c.removed_at IS NULL ORDER BY s.id",
            parameters,
        ):
            found[int(key)] = rows.from_column(chosen or title or address)
    return found


def filtered_since(run: Run, source_ids: Iterable[int], since: datetime) -> int:
    count = 0
    for chunk in chunks(source_ids):
        keys, parameters = among("key", chunk)
        sql = (
            f"SELECT count(*) FROM item_outcome WHERE source_id IN {keys} AND state = 'filtered' AND at > :since "
            "AND NOT baseline"
        )
        count += int(run(sql, parameters | {"since": rows.instant_column(since)})[0][0])
    return count


def seq_before(run: Run, instant: datetime) -> int:
    """By halves: the log holds no instants, its versions do."""
    sql = (
        "SELECT c.seq, v.stored_at FROM change c JOIN version v ON v.id = c.version_id "
        "WHERE c.seq > :seq ORDER BY c.seq LIMIT 1"
    )
    at = rows.instant_column(instant)
    low, high = 0, newest_seq(run)
    while low < high:  # every line up to `low` came before, every line after `high` did not
        middle = (low + high) // 2
        found = run(sql, {"seq": middle})
        if found and int(found[0][0]) <= high and found[0][1] < at:
            low = int(found[0][0])
        else:
            high = middle
    return low


# --- what was shown ---


def receipts(run: Run, after_id: int, limit: int) -> list[Receipt]:
    found = run(
        f"SELECT {rows.RECEIPT} FROM receipt WHERE id > :after ORDER BY id LIMIT :limit",
        {"after": after_id, "limit": max(0, limit)},
    )
    return [rows.receipt(row) for row in found]


class DeskReads(ABC):
    """The reads of `Desk`, for every adapter that can run a statement."""

    @abstractmethod
    def _run(self, sql: str, parameters: Mapping[str, Any], /) -> Sequence[rows.Row]: ...

    def version(self, scope: Scope | None, version_id: int) -> StoredVersion | None:
        return version(self._run, scope, version_id)

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> dict[int, StoredVersion]:
        return versions(self._run, scope, version_ids)

    def document(self, scope: Scope, ref: str) -> Document | None:
        return document(self._run, scope, ref)

    def documents(
        self,
        scope: Scope,
        *,
        states: Collection[DocumentState] | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Document]:
        return documents(self._run, scope, states=states, limit=limit, offset=offset)

    def suspicious(
        self, scope: Scope, *, looked_at: int = 2000, limit: int = 100
    ) -> list[tuple[Document, tuple[str, ...]]]:
        return suspicious(self._run, scope, looked_at=looked_at, limit=limit)

    def document_count(self, scope: Scope, *, states: Collection[DocumentState] | None = None) -> int:
        return document_count(self._run, scope, states=states)

    def newest_seq(self) -> int:
        return newest_seq(self._run)

    def changes_after(self, seq: int, limit: int = 1000) -> list[Change]:
        return changes_after(self._run, seq, limit)

    def memberships(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Membership]:
        return memberships(self._run, scope, document_ids)

    def numbered_version(self, scope: Scope | None, document_id: int, number: int) -> StoredVersion | None:
        return numbered_version(self._run, scope, document_id, number)

    def documents_with(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Document]:
        return documents_by_id(self._run, scope, document_ids)

    def story_members(self, story_ids: Iterable[int]) -> Mapping[int, Sequence[tuple[int, int]]]:
        return story_members(self._run, story_ids)

    def places(self, document_ids: Iterable[int]) -> Mapping[int, tuple[int, int]]:
        return places(self._run, document_ids)

    def sources_with(self, source_ids: Iterable[int]) -> Mapping[int, Source]:
        return sources_with(self._run, source_ids)

    def failing_sources(self, source_ids: Iterable[int]) -> Mapping[int, str]:
        return failing_sources(self._run, source_ids)

    def filtered_since(self, source_ids: Iterable[int], since: datetime) -> int:
        return filtered_since(self._run, source_ids, since)

    def seq_before(self, instant: datetime) -> int:
        return seq_before(self._run, instant)

    def story_sizes(self, story_ids: Iterable[int]) -> Mapping[int, int]:
        return story_sizes(self._run, story_ids)

    def receipts(self, after_id: int = 0, limit: int = 1000) -> list[Receipt]:
        return receipts(self._run, after_id, limit)
