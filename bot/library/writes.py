"""Every write of the store, each within a transaction that its caller has begun as the only writer.

Being the only writer (`engines.writing`) is what makes look-then-insert safe here, and what gives the change log its
order: a `seq` is drawn after the one before it was committed.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, delete, insert, text, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain import Document, DocumentState, Receipt, Source, SourceKind
from bot.errors import NotFound
from bot.library import reads, rows, tables
from bot.library.store import Arrival, FileState, Membership, Saved, SaveOutcome


def run_on(connection: Connection) -> reads.Run:
    """The connection as `reads` wants it."""

    def run(sql: str, parameters: Mapping[str, Any], /) -> Sequence[rows.Row]:
        return connection.execute(text(sql), parameters).all()

    return run


def dialect_insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that can say what happens on a conflict; both dialects say it alike."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _insert_missing(connection: Connection, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    if values:
        connection.execute(dialect_insert(connection, table).on_conflict_do_nothing(), values)


def ensure_source(connection: Connection, kind: SourceKind, address: str, audience: str) -> Source:
    columns = {"kind": str(kind), "address": rows.to_column(address), "audience": rows.to_column(audience)}
    _insert_missing(connection, tables.source, [columns])
    [row] = run_on(connection)(
        f"SELECT {rows.SOURCE} FROM source WHERE kind = :kind AND address = :address AND audience = :audience", columns
    )
    return rows.source(row)


# --- what arrives ---


@dataclass(frozen=True, slots=True)
class _Known:
    """A document as it stood before an arrival."""

    document: Document
    version_count: int
    last_version_id: int | None
    fingerprint: str | None


Key = tuple[int, str]  # source, name


def _known(connection: Connection, keys: Iterable[Key]) -> dict[Key, _Known]:
    """The documents of these names: the one that is not removed, else the one that was removed last."""
    names_of: dict[int, list[str]] = defaultdict(list)
    for source_id, name in keys:
        names_of[source_id].append(name)
    found: dict[Key, _Known] = {}
    for source_id, names in names_of.items():
        for start in range(0, len(names), reads.CHUNK):
            wanted = {f"name{n}": rows.to_column(name) for n, name in enumerate(names[start : start + reads.CHUNK])}
            for row in run_on(connection)(
                f"SELECT d.version_count, v.id, v.fingerprint, {rows.DOCUMENT} FROM document d "
                "LEFT JOIN version v ON v.document_id = d.id AND v.number = d.version_count "
                f"WHERE d.source_id = :source AND d.name IN ({', '.join(f':{key}' for key in wanted)}) "
                "ORDER BY d.state <> 'removed', d.id",  # the last row of a name wins
                {"source": source_id, **wanted},
            ):
                one = rows.document(row[3:])
                found[source_id, one.name] = _Known(one, row[0], row[1], row[2])
    return found


def _outcome(known: _Known | None, fingerprint: str) -> SaveOutcome:
    if known is None or known.version_count == 0:
        return SaveOutcome.NEW
    if known.fingerprint != fingerprint:
        return SaveOutcome.NEW_VERSION
    return SaveOutcome.UNCHANGED if known.document.state is DocumentState.KEPT else SaveOutcome.REVIVED


def save_drafts(connection: Connection, arrivals: Sequence[Arrival]) -> list[Saved]:
    """Save all, in order. A name that occurs again begins another round, which finds what the one before it saved."""
    saved: list[Saved] = []
    round_: dict[Key, Arrival] = {}
    for arrival in arrivals:
        key = (arrival.source.id, arrival.name)
        if key in round_:
            saved += _save_round(connection, round_)
            round_ = {}
        round_[key] = arrival
    return saved + _save_round(connection, round_)


def _save_round(connection: Connection, arrivals: Mapping[Key, Arrival]) -> list[Saved]:
    """A few statements for any number of arrivals: on SQLite every statement is a trip to another thread."""
    known = _known(connection, arrivals)
    columns = {key: rows.draft_columns(one.draft, one.raw, one.seen_at) for key, one in arrivals.items()}
    outcomes = {key: _outcome(known.get(key), columns[key]["fingerprint"]) for key in arrivals}
    grown = [key for key, outcome in outcomes.items() if outcome in (SaveOutcome.NEW, SaveOutcome.NEW_VERSION)]
    numbers = {key: known[key].version_count + 1 if key in known else 1 for key in grown}

    _keep_raws(connection, {columns[key]["raw_sha256"]: arrivals[key].raw for key in grown})
    ids = {key: one.document.id for key, one in known.items()} | _insert_documents(
        connection,
        [
            _new_document(one.source, one.name, one.seen_at, one.file)
            | _KEPT
            | {"version_count": 1, "baseline": one.baseline}
            for key, one in arrivals.items()
            if key not in known
        ],
    )
    update_documents(
        connection,
        [
            {"key": ids[key], "version_count": numbers.get(key, one.version_count)}
            | {"baseline": one.document.baseline if outcomes[key] is SaveOutcome.UNCHANGED else arrivals[key].baseline}
            | _KEPT
            | rows.file_columns(arrivals[key].file)
            for key, one in known.items()
        ],
    )
    version_ids = {one.document.id: one.last_version_id for one in known.values()} | _insert_versions(
        connection, [columns[key] | {"document_id": ids[key], "number": numbers[key]} for key in grown]
    )
    changed = [ids[key] for key, outcome in outcomes.items() if outcome is not SaveOutcome.UNCHANGED]
    log_changes(connection, [(document_id, version_ids[document_id]) for document_id in changed])
    kept = reads.documents_by_id(run_on(connection), None, ids.values())
    return [Saved(kept[ids[key]], outcome) for key, outcome in outcomes.items()]


def save_failure(
    connection: Connection,
    source: Source,
    name: str,
    code: str,
    person_reason: str,
    raw: bytes | None,
    seen_at: datetime,
    file: FileState | None,
    *,
    baseline: bool = False,
) -> Document:
    failed_sha256 = None if raw is None else hashlib.sha256(raw).hexdigest()
    if raw is not None and failed_sha256 is not None:
        _keep_raws(connection, {failed_sha256: raw})
    how = {
        "state": str(DocumentState.FAILED),
        "reason_code": rows.to_column(code),
        "reason": rows.to_column(person_reason),
        "failed_sha256": failed_sha256,
    }
    key = (source.id, name)
    if (known := _known(connection, [key]).get(key)) is None:
        columns = _new_document(source, name, seen_at, file) | how | {"version_count": 0, "baseline": baseline}
        document_id = _insert_documents(connection, [columns])[key]
    else:
        document_id = known.document.id
        update_documents(connection, [{"key": document_id} | how | rows.file_columns(file)])
        if known.document.state is DocumentState.KEPT:
            log_changes(connection, [(document_id, None)])
    return _found(connection, document_id)


def mark_removed(connection: Connection, document_id: int) -> None:
    state = _found(connection, document_id).state
    if state is DocumentState.REMOVED:
        return
    update_documents(connection, [{"key": document_id, "state": str(DocumentState.REMOVED)} | rows.file_columns(None)])
    if state is DocumentState.KEPT:
        log_changes(connection, [(document_id, None)])


def rename(connection: Connection, document_id: int, new_name: str, file: FileState | None) -> Document:
    old = _found(connection, document_id)
    key = (old.source_id, new_name)
    held = _known(connection, [key]).get(key)
    if held is not None and held.document.id != document_id:
        mark_removed(connection, held.document.id)
    changed: dict[str, Any] = {"key": document_id, "name": rows.to_column(new_name)}
    if file is not None:
        changed |= rows.file_columns(file)
    if old.state is DocumentState.REMOVED:
        changed["state"] = str(DocumentState.FAILED if old.version is None else DocumentState.KEPT)
    update_documents(connection, [changed])
    if old.state is DocumentState.REMOVED and old.version is not None:
        log_changes(connection, [(document_id, old.version.id)])
    return _found(connection, document_id)


def touch(connection: Connection, document_id: int, file: FileState) -> None:
    _found(connection, document_id)
    update_documents(connection, [{"key": document_id} | rows.file_columns(file)])


_KEPT = {"state": str(DocumentState.KEPT), "reason_code": "", "reason": "", "failed_sha256": None}


def _found(connection: Connection, document_id: int) -> Document:
    """The document, whoever may see it. Raises NotFound."""
    if (one := reads.document_by_id(run_on(connection), None, document_id)) is None:
        raise NotFound("no-such-document", f"document {document_id}")
    return one


def _new_document(source: Source, name: str, seen_at: datetime, file: FileState | None) -> dict[str, Any]:
    """The columns of a document that do not depend on how its reading went."""
    return {
        "source_id": source.id,
        "name": rows.to_column(name),
        "audience": rows.to_column(source.audience),
        "first_seen": rows.instant_column(seen_at),
    } | rows.file_columns(file)


def keep_raw(connection: Connection, raw: bytes) -> str:
    """Raw bytes under their SHA-256, which is returned."""
    sha256 = hashlib.sha256(raw).hexdigest()
    _keep_raws(connection, {sha256: raw})
    return sha256


def _keep_raws(connection: Connection, raws: Mapping[str, bytes]) -> None:
    """Raw bytes under their SHA-256, each once."""
    values = [{"sha256": sha256, "size": len(content), "content": content} for sha256, content in raws.items()]
    _insert_missing(connection, tables.raw, values)


def _insert_documents(connection: Connection, values: Sequence[Mapping[str, Any]]) -> dict[Key, int]:
    """Insert documents; their ids."""
    table = tables.document
    inserted = insert_returning(connection, table, values, table.c.source_id, table.c.name)
    return {(source_id, rows.from_column(name)): key for key, source_id, name in inserted}


def _insert_versions(connection: Connection, values: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Insert versions, one for a document; their ids by document."""
    table = tables.version
    inserted = insert_returning(connection, table, values, table.c.document_id)
    return {document_id: key for key, document_id in inserted}


def insert_returning(
    connection: Connection, table: Table, values: Sequence[Mapping[str, Any]], *known_by: Column[Any]
) -> Sequence[rows.Row]:
    """Insert rows in few statements; their ids and what they are known by, in any order.

    To ask for the order of the parameters would make SQLAlchemy insert one row at a time on SQLite.
    """
    if not values:
        return []
    return connection.execute(insert(table).returning(table.c.id, *known_by), values).all()


def update_documents(connection: Connection, values: Sequence[Mapping[str, Any]]) -> None:
    """Update documents by their `key`; every mapping has the same columns."""
    if values:
        connection.execute(update(tables.document).where(tables.document.c.id == bindparam("key")), values)


def log_changes(connection: Connection, changes: Iterable[tuple[int, int | None]]) -> None:
    """Append (document, version) pairs to the change log, in order."""
    values = [{"document_id": document, "version_id": version} for document, version in changes]
    if values:
        connection.execute(insert(tables.change), values)


# --- derived data, and what was shown ---


def put_memberships(connection: Connection, memberships: Iterable[Membership]) -> None:
    latest = {
        one.document_id: {
            "document_id": one.document_id,
            "report_id": one.report_id,
            "story_id": one.story_id,
            "reason": rows.to_column(one.reason),
        }
        for one in memberships
    }
    if not latest:
        return
    put = dialect_insert(connection, tables.membership)
    replaced = {name: put.excluded[name] for name in ("report_id", "story_id", "reason")}
    connection.execute(put.on_conflict_do_update(index_elements=["document_id"], set_=replaced), list(latest.values()))


def clear_memberships(connection: Connection) -> None:
    connection.execute(delete(tables.membership))


def keep_receipt(connection: Connection, receipt: Receipt) -> int:
    [(key,)] = insert_returning(connection, tables.receipt, [rows.receipt_columns(receipt)])
    return int(key)
