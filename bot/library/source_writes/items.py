"""Items of an address: kept when they are new, counted when they are seen again, read again when they have changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from bot.library import reads, rows, source_rows, tables
from bot.library.rows import instant_column
from bot.library.source_store import CheckResult, Following, ItemSaid, Note, OutcomeState
from bot.library.source_writes.statements import change
from bot.library.source_writes.trail import note_items
from bot.library.writes import insert_returning, run_on

_STOOD_THERE = "It stood there when the source was added."


def insert_items(
    connection: Connection, watched_id: int, result: CheckResult, followers: Sequence[Following], now: datetime
) -> tuple[int, int, int]:
    """Keep new items, waiting or held, for everyone who follows; how many are news, baseline and held."""
    if not result.new or not followers:
        return 0, 0, 0
    starts = {one.id: one.started_at is None for one in followers}  # what it holds now is its baseline
    held_for = [key for key, start in starts.items() if result.hold and not start]
    waits = len(held_for) < len(starts)
    at = instant_column(now)
    by_name = _named(connection, watched_id, result.new)
    inserted = insert_returning(
        connection,
        tables.item,
        [
            item_columns(watched_id, said, now)
            | {"due_at": at if waits else None, "turn": int(all(starts.values())), "content": said.content}
            | {"name": name}
            for name, said in by_name.items()
        ],
        tables.item.c.name,
    )
    outcomes = []
    notes = []
    for item_id, name in inserted:
        said = by_name[name]
        notes.append((item_id, Note("found", "found", said.detail)))
        for one in followers:
            columns = waiting(item_id, one, at)
            if one.id in held_for:
                reason = rows.to_column(result.hold_reason)
                columns |= {"state": str(OutcomeState.HELD), "code": result.hold, "reason": reason}
                notes.append((item_id, Note("held", result.hold, result.hold_reason, one.id)))
            elif starts[one.id]:
                notes.append((item_id, Note("found", "baseline", _STOOD_THERE, one.id)))
            outcomes.append(columns)
    connection.execute(insert(tables.item_outcome), outcomes)
    note_items(connection, watched_id, notes, now)
    count = len(inserted)
    all_baseline = all(starts.values())
    return (count if waits and not all_baseline else 0), (count if all_baseline else 0), (count if held_for else 0)


def _named(connection: Connection, watched_id: int, new: Sequence[ItemSaid]) -> dict[str, ItemSaid]:
    """New items by names that no other item of their address has: a guid may well be another item's link."""
    taken = _taken(connection, watched_id, {rows.to_column(said.name) for said in new})
    named: dict[str, ItemSaid] = {}
    for said in new:
        name = rows.to_column(said.name)
        number = 1
        while name in named or name in taken:
            number += 1
            name = rows.to_column(f"{said.name}#{number}")
            taken |= _taken(connection, watched_id, {name})  # by one that came for that name before
        named[name] = said
    return named


def _taken(connection: Connection, watched_id: int, names: Collection[str]) -> set[str]:
    """Those of these names that items of the address have."""
    wanted, taken = sorted(names), set[str]()
    for start in range(0, len(wanted), reads.CHUNK):
        keys, parameters = reads.among("name", wanted[start : start + reads.CHUNK])
        found = run_on(connection)(
            f"SELECT name FROM item WHERE watched_id = :watched AND name IN {keys}",
            parameters | {"watched": watched_id},
        )
        taken.update(row[0] for row in found)
    return taken


def item_columns(watched_id: int, said: ItemSaid, now: datetime) -> dict[str, Any]:
    at = instant_column(now)
    return source_rows.said_columns(said) | {
        "watched_id": watched_id,
        "name": rows.to_column(said.name),
        "first_seen": at,
        "last_seen": at,
        "seen_times": 1,
        "redated": 0,
        "claims": 0,
        "tries": 0,
        "lease_holder": "",
        "lease_until": None,
    }


def waiting(item_id: int, one: Following, at: str) -> dict[str, Any]:
    """The columns of an item that waits to be read for a source; what stood there at its start is its baseline."""
    return {
        "item_id": item_id,
        "source_id": one.id,
        "state": str(OutcomeState.WAITING),
        "code": "",
        "reason": "",
        "baseline": one.started_at is None,
        "document_id": None,
        "at": at,
    }


def count_sightings(connection: Connection, item_ids: Iterable[int], now: datetime) -> None:
    """Count a sighting: what was seen unchanged a thousand times leaves no thousand lines."""
    for chunk in reads.chunks(item_ids):
        keys, parameters = reads.among("key", chunk)
        change(
            connection,
            f"UPDATE item SET last_seen = :now, seen_times = seen_times + 1 WHERE id IN {keys}",
            parameters | {"now": instant_column(now)},
        )


# reading an item again takes it from whoever is just reading what it said before
_READ_AGAIN = (
    "due_at = :due, turn = :turn, content = :content, claims = 0, tries = 0, "
    "lease_holder = '', lease_until = NULL"
)


def change_items(connection: Connection, watched_id: int, result: CheckResult, now: datetime) -> int:
    """Let items that changed be read again, for everyone who has them; how many."""
    count = 0
    rekeyed = [source_rows.key_columns(one.said) | {"key": one.item_id} for one in result.seen if one.rekeyed]
    change(
        connection,
        "UPDATE item SET guid_key = :guid_key, link_key = :link_key, text_key = :text_key WHERE id = :key",
        rekeyed,
    )
    for one in result.seen:
        if not one.changed:
            continue
        states = run_on(connection)(
            "SELECT source_id, state, baseline FROM item_outcome WHERE item_id = :item", {"item": one.item_id}
        )
        again = [row for row in states if row[1] in ("kept", "filtered", "failed", "waiting")]
        columns = source_rows.said_columns(one.said)
        changes = ", ".join(f"{name} = :{name}" for name in columns)
        wanted = bool(again) or any(row[1] == "held" for row in states)
        change(
            connection,
            f"UPDATE item SET {changes}, {_READ_AGAIN}, redated = redated + :redated WHERE id = :key",
            columns
            | {
                "key": one.item_id,
                "due": instant_column(now) if again else None,
                "turn": int(all(row[2] for row in again)),
                "content": one.said.content if wanted else None,
                "redated": int(one.redated),
            },
        )
        change(
            connection,
            "UPDATE item_outcome SET state = 'waiting', at = :at WHERE item_id = :item "
            "AND state IN ('kept', 'filtered', 'failed')",
            {"item": one.item_id, "at": instant_column(now)},
        )
        code = "redated" if one.redated else "changed"
        note_items(connection, watched_id, [(one.item_id, Note("changed", code, one.said.detail))], now)
        count += bool(again)
    return count


def catch_up(
    connection: Connection, watched_id: int, result: CheckResult, followers: Sequence[Following], now: datetime
) -> int:
    """Give known items to followers who have not had them: who joined later, or was paused. How many are a baseline."""
    late = [one for one in followers if one.needs_body]
    said = {one.item_id: one.said for one in result.seen}
    count = 0
    for one in late:
        had: set[int] = set()
        for chunk in reads.chunks(said):
            keys, parameters = reads.among("key", chunk)
            found = run_on(connection)(
                f"SELECT item_id FROM item_outcome WHERE source_id = :source AND item_id IN {keys}",
                parameters | {"source": one.id},
            )
            had.update(row[0] for row in found)
        missing = [key for key in said if key not in had]
        if not missing:
            continue
        start, at = one.started_at is None, instant_column(now)
        change(
            connection,
            "UPDATE item SET due_at = :now, content = :content, turn = CASE WHEN due_at IS NOT NULL AND turn < :turn "
            "THEN turn ELSE :turn END, claims = 0, tries = 0, lease_holder = '', lease_until = NULL WHERE id = :key",
            [{"key": key, "content": said[key].content, "now": at, "turn": int(start)} for key in missing],
        )
        connection.execute(insert(tables.item_outcome), [waiting(key, one, at) for key in missing])
        detail = _STOOD_THERE if start else "It came while the source was paused."
        note = Note("found", "baseline" if start else "after-pause", detail, one.id)
        note_items(connection, watched_id, [(key, note) for key in missing], now)
        count += len(missing) if start else 0
    return count


def forget_content(connection: Connection, item_ids: Sequence[int]) -> None:
    """What nobody will read any more need not be kept twice."""
    change(
        connection,
        "UPDATE item SET content = NULL WHERE id = :key AND NOT EXISTS (SELECT 1 FROM item_outcome o "
        "WHERE o.item_id = item.id AND o.state IN ('waiting', 'held'))",
        [{"key": key} for key in item_ids],
    )
