"""Every question about sources on the web, in SQL that SQLite and PostgreSQL both speak."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.domain import Document, Scope
from bot.library import reads, rows, source_rows
from bot.library.reads import CHUNK, Run, among
from bot.library.source_store import (
    FOR_EVER,
    Following,
    ItemCounts,
    ItemStory,
    KnownItem,
    OutcomeState,
    ReadPage,
    TrailLine,
)
from bot.sources.item_identity import ItemKeys, key_of, link_key_of

# a source that is to be served at :now
ACTIVE = "c.removed_at IS NULL AND (c.paused_until IS NULL OR c.paused_until <= :now)"
_FOLLOWINGS = (
    f"SELECT {source_rows.FOLLOWING} FROM source s JOIN source_choice c ON c.source_id = s.id "
    "JOIN watched w ON w.id = c.watched_id"
)
_CLAIMABLE = 300  # of the longest due, among which hosts are told apart
_LONGEST_TRAIL = 200  # lines of an item


def _heard_by(scope: Scope | None) -> tuple[str, dict[str, Any]]:
    """The condition that leaves a scope the sources it may see."""
    if scope is None:
        return "1 = 1", {}
    keys, parameters = among("audience", map(rows.to_column, scope.audiences()))
    return f"s.audience IN {keys}", parameters


def followings(run: Run, scope: Scope | None, *, removed: bool) -> list[Following]:
    seen, audiences = _heard_by(scope)
    live = "1 = 1" if removed else "c.removed_at IS NULL"
    return [
        source_rows.following(row) for row in run(f"{_FOLLOWINGS} WHERE {live} AND {seen} ORDER BY s.id", audiences)
    ]


def following(run: Run, scope: Scope | None, source_id: int) -> Following | None:
    seen, audiences = _heard_by(scope)
    found = run(f"{_FOLLOWINGS} WHERE s.id = :source AND {seen}", audiences | {"source": source_id})
    return source_rows.following(found[0]) if found else None


def followers(run: Run, watched_ids: Collection[int], now: datetime) -> dict[int, list[Following]]:
    """Who is to be served by each of these addresses."""
    found: dict[int, list[Following]] = defaultdict(list)
    for chunk in reads.chunks(watched_ids):
        keys, parameters = among("key", chunk)
        for row in run(
            f"{_FOLLOWINGS} WHERE c.watched_id IN {keys} AND {ACTIVE} ORDER BY s.id",
            parameters | {"now": rows.instant_column(now)},
        ):
            one = source_rows.following(row)
            found[one.watched.id].append(one)
    return found


def is_anything_followed(run: Run) -> bool:
    return bool(run("SELECT 1 FROM source_choice WHERE removed_at IS NULL LIMIT 1", {}))


def next_due(run: Run, now: datetime) -> datetime | None:
    at = {"now": rows.instant_column(now), "ever": rows.instant_column(FOR_EVER)}
    later = "CASE WHEN lease_until > {0} THEN lease_until ELSE {0} END"
    instants = [
        run(
            f"SELECT min({later.format('w.next_check_at')}) FROM watched w WHERE w.next_check_at IS NOT NULL "
            f"AND EXISTS (SELECT 1 FROM source_choice c WHERE c.watched_id = w.id AND {ACTIVE})",
            {"now": at["now"]},
        ),
        run(
            f"SELECT min({later.format('i.due_at')}) FROM item i WHERE i.due_at IS NOT NULL AND {_WANTED}",
            {"now": at["now"]},
        ),
        run(
            "SELECT min(c.paused_until) FROM source_choice c JOIN watched w ON w.id = c.watched_id "
            "WHERE c.removed_at IS NULL AND c.paused_until > :now AND c.paused_until < :ever "
            "AND w.next_check_at IS NOT NULL",
            at,
        ),
    ]
    known = [found[0][0] for found in instants if found[0][0] is not None]
    return datetime.fromisoformat(min(known)) if known else None


_WANTED = (
    "EXISTS (SELECT 1 FROM item_outcome o JOIN source_choice c ON c.source_id = o.source_id "
    f"WHERE o.item_id = i.id AND o.state = 'waiting' AND {ACTIVE})"
)


def due_checks(run: Run, now: datetime, limit: int, busy_hosts: Collection[str]) -> list[int]:
    """The addresses that may be claimed: one for a host, the longest due first."""
    idle, hosts = _not_among("w.host", busy_hosts)
    found = run(
        "SELECT d.id FROM (SELECT l.id, l.next_check_at, row_number() OVER "
        "(PARTITION BY l.host ORDER BY l.next_check_at, l.id) AS place FROM "
        "(SELECT w.id, w.host, w.next_check_at FROM watched w WHERE w.next_check_at <= :now "
        f"AND (w.lease_until IS NULL OR w.lease_until <= :now) AND {idle} "
        f"AND EXISTS (SELECT 1 FROM source_choice c WHERE c.watched_id = w.id AND {ACTIVE}) "
        "ORDER BY w.next_check_at, w.id LIMIT :most) l) d "
        "WHERE d.place = 1 ORDER BY d.next_check_at, d.id LIMIT :limit",
        hosts | {"now": rows.instant_column(now), "most": _CLAIMABLE, "limit": limit},
    )
    return [row[0] for row in found]


def due_items(run: Run, now: datetime, limit: int, busy_hosts: Collection[str]) -> list[int]:
    """The items that may be claimed: one for a host that is to be asked, news first."""
    idle, hosts = _not_among("i.host", busy_hosts)
    found = run(
        "SELECT d.id FROM (SELECT l.id, l.turn, l.due_at, row_number() OVER "
        "(PARTITION BY CASE WHEN l.host = '' THEN cast(l.id AS text) ELSE l.host END "
        "ORDER BY l.turn, l.due_at, l.id) AS place FROM "
        "(SELECT i.id, i.host, i.turn, i.due_at FROM item i WHERE i.due_at <= :now "
        f"AND (i.lease_until IS NULL OR i.lease_until <= :now) AND {idle} AND {_WANTED} "
        "ORDER BY i.turn, i.due_at, i.id LIMIT :most) l) d "
        "WHERE d.place = 1 ORDER BY d.turn, d.due_at, d.id LIMIT :limit",
        hosts | {"now": rows.instant_column(now), "most": _CLAIMABLE, "limit": limit},
    )
    return [row[0] for row in found]


def _not_among(column: str, values: Collection[str]) -> tuple[str, dict[str, Any]]:
    """The condition that leaves out hosts that somebody is asking, here or in another process."""
    asked = (
        f"{column} NOT IN (SELECT host FROM watched WHERE lease_until > :now "
        "UNION SELECT host FROM item WHERE lease_until > :now AND host <> '')"
    )
    if not values:
        return asked, {}
    keys, parameters = among("host", map(rows.to_column, values))
    return f"{column} NOT IN {keys} AND {asked}", parameters


def known_items(run: Run, watched_id: int, keys: Iterable[ItemKeys]) -> list[KnownItem]:
    asked = list(keys)
    found: dict[int, KnownItem] = {}
    for column, values in (
        ("guid_key", {one.guid for one in asked}),
        ("link_key", {one.link for one in asked}),
        ("text_key", {one.text for one in asked}),
    ):
        wanted = sorted(values - {""})
        for start in range(0, len(wanted), CHUNK):
            placeholders, parameters = among("key", wanted[start : start + CHUNK])
            for row in run(
                f"SELECT i.id, {source_rows.KEYS}, i.name, i.said_sha256, i.words_sha256, i.redated FROM item i "
                f"WHERE i.watched_id = :watched AND i.{column} IN {placeholders}",
                parameters | {"watched": watched_id},
            ):
                key, guid, link, text, name, said, words, redated = row
                found[key] = KnownItem(key, ItemKeys(guid, link, text), rows.from_column(name), said, words, redated)
    return [found[key] for key in sorted(found)]


def read_page(run: Run, item_id: int, link_key: str, since: datetime) -> ReadPage | None:
    found = run(
        "SELECT v.raw_sha256, v.stored_at, w.host FROM item i JOIN watched w ON w.id = i.watched_id "
        "JOIN item_outcome o ON o.item_id = i.id JOIN document d ON d.id = o.document_id "
        "JOIN version v ON v.document_id = d.id AND v.number = d.version_count "
        "WHERE i.link_key = :link AND i.id <> :item AND d.state = 'kept' AND v.stored_at >= :since "
        "AND v.media_type = 'text/html' "
        # what was read in that moment was the page, not what the feed says of it
        "AND EXISTS (SELECT 1 FROM trail t WHERE t.item_id = i.id AND t.stage = 'read' AND t.code = 'article' "
        "AND t.at = v.stored_at) "
        "AND NOT EXISTS (SELECT 1 FROM item_outcome p WHERE p.item_id = :item AND p.document_id IS NOT NULL) "
        "ORDER BY v.stored_at DESC LIMIT 1",
        {"link": link_key, "item": item_id, "since": rows.instant_column(since)},
    )
    raw = reads.raw(run, found[0][0]) if found else None
    return None if raw is None else ReadPage(raw, datetime.fromisoformat(found[0][1]), rows.from_column(found[0][2]))


def counts(run: Run, source_ids: Iterable[int]) -> dict[int, ItemCounts]:
    by_state: dict[int, dict[OutcomeState, int]] = defaultdict(dict)
    newest: dict[int, str] = {}
    for chunk in reads.chunks(source_ids):
        keys, parameters = among("key", chunk)
        for source_id, state, count, last in run(
            "SELECT o.source_id, o.state, count(*), max(i.first_seen) FROM item_outcome o "
            f"JOIN item i ON i.id = o.item_id WHERE o.source_id IN {keys} GROUP BY o.source_id, o.state",
            parameters,
        ):
            by_state[source_id][OutcomeState(state)] = count
            newest[source_id] = max(last, newest.get(source_id, ""))
    return {key: ItemCounts(states, source_rows.instant(newest[key])) for key, states in by_state.items()}


NEWEST_FIRST = "ORDER BY coalesce(i.published, i.first_seen) DESC, i.id DESC LIMIT :limit"


def newest_documents(run: Run, source_id: int, limit: int) -> list[Document]:
    found = run(
        "SELECT o.document_id FROM item_outcome o JOIN item i ON i.id = o.item_id "
        f"JOIN document d ON d.id = o.document_id WHERE o.source_id = :source AND d.state = 'kept' {NEWEST_FIRST}",
        {"source": source_id, "limit": max(0, limit)},
    )
    documents = reads.documents_by_id(run, None, [row[0] for row in found])
    return [documents[row[0]] for row in found]


def address_trail(run: Run, watched_id: int, limit: int) -> list[TrailLine]:
    found = run(
        f"SELECT {source_rows.TRAIL} FROM trail t WHERE t.watched_id = :watched AND t.item_id IS NULL "
        "ORDER BY t.id DESC LIMIT :limit",
        {"watched": watched_id, "limit": max(0, limit)},
    )
    return [source_rows.trail_line(row) for row in found]


def why(run: Run, scope: Scope | None, refs: Sequence[str], limit: int) -> list[ItemStory]:
    return [_story(run, scope, item_id) for item_id in _items_named(run, scope, refs, limit)]


def _items_named(run: Run, scope: Scope | None, refs: Sequence[str], limit: int) -> list[int]:
    seen, audiences = _heard_by(scope)
    texts = [ref for ref in dict.fromkeys(one.strip() for one in refs) if ref and len(ref) <= reads.LONGEST_REF]
    documents = [key for ref in texts if (key := reads.number(ref.removeprefix("#"))) is not None]
    named, parameters = among("name", [rows.to_column(source_rows.name_of(ref)) for ref in texts])
    keyed, keys = among("key", [key for ref in texts for key in {key_of(ref), link_key_of(ref)}])
    numbered, numbers = among("number", documents)
    either = [f"i.link_key IN {keyed}", f"i.guid_key IN {keyed}", f"i.name IN {named}"] if texts else []
    either += [f"o.document_id IN {numbered}"] if documents else []
    if not either:
        return []
    found = run(
        "SELECT DISTINCT i.id, i.last_seen FROM item i JOIN item_outcome o ON o.item_id = i.id "
        "JOIN source s ON s.id = o.source_id JOIN source_choice c ON c.source_id = s.id "
        f"WHERE ({' OR '.join(either)}) AND {seen} AND NOT (c.removed_at IS NOT NULL AND c.erased) "
        "ORDER BY i.last_seen DESC, i.id DESC LIMIT :limit",
        audiences | (parameters | keys if texts else {}) | numbers | {"limit": max(0, limit)},
    )
    return [row[0] for row in found]


def _story(run: Run, scope: Scope | None, item_id: int) -> ItemStory:
    seen, audiences = _heard_by(scope)
    [row] = run(
        f"SELECT i.title, i.link, i.guid, i.published, i.first_seen, i.last_seen, i.seen_times, i.tries, i.due_at, "
        f"{source_rows.WATCHED} FROM item i JOIN watched w ON w.id = i.watched_id WHERE i.id = :item",
        {"item": item_id},
    )
    outcomes = run(
        f"SELECT {source_rows.OUTCOME} FROM item_outcome o JOIN source s ON s.id = o.source_id "
        "JOIN source_choice c ON c.source_id = s.id JOIN watched w ON w.id = c.watched_id "
        f"WHERE o.item_id = :item AND {seen} ORDER BY o.source_id",
        audiences | {"item": item_id},
    )
    lines = run(
        f"SELECT {source_rows.TRAIL} FROM trail t LEFT JOIN source s ON s.id = t.source_id "
        f"WHERE t.item_id = :item AND (t.source_id IS NULL OR {seen}) ORDER BY t.id LIMIT :most",
        audiences | {"item": item_id, "most": _LONGEST_TRAIL},
    )
    title, link, guid, published, first_seen, last_seen, seen_times, tries, due_at = row[:9]
    return ItemStory(
        item_id=item_id,
        watched=source_rows.watched(row[9:]),
        title=rows.from_column(title),
        link=rows.from_column(link),
        guid=rows.from_column(guid),
        published=source_rows.instant(published),
        first_seen=datetime.fromisoformat(first_seen),
        last_seen=datetime.fromisoformat(last_seen),
        seen_times=seen_times,
        tries=tries,
        due_at=source_rows.instant(due_at),
        outcomes=tuple(map(source_rows.outcome, outcomes)),
        trail=tuple(map(source_rows.trail_line, lines)),
    )
