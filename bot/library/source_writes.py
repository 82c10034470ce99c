"""Every write about sources on the web, each within a transaction that its caller has begun as the only writer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, text

from bot.domain import Document, Source, SourceKind
from bot.errors import NotFound
from bot.library import reads, rows, source_reads, source_rows, tables, writes
from bot.library.rows import instant_column
from bot.library.source_store import (
    CheckClaim,
    CheckResult,
    CheckSaved,
    Choices,
    Following,
    ItemClaim,
    ItemSaid,
    KeptFor,
    Note,
    OutcomeState,
    PageReading,
    Reading,
    Wanted,
    Watched,
)
from bot.library.store import Arrival
from bot.library.writes import insert_returning, run_on
from bot.sources.check_times import first_interval_s
from bot.sources.source_health import Health, SourceState, woken

_UNLUCKY = 4  # claims in a row that came to no end
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(days=1)
_STOOD_THERE = "It stood there when the source was added."
_NOT_REMOVED = "That source was not removed, or too long ago to be undone. Add it again to follow it."


def _run(connection: Connection, sql: str, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> int:
    """Run one statement that changes rows, for one or for many sets of parameters; how many rows it changed."""
    if not parameters:
        return 0
    return connection.execute(text(sql), parameters).rowcount


def _following(connection: Connection, source_id: int) -> Following:
    """The source, removed or not. Raises NotFound."""
    if (one := source_reads.following(run_on(connection), None, source_id)) is None:
        raise NotFound("no-such-source", f"source {source_id}", "There is no such source.")
    return one


def _living(connection: Connection, source_id: int) -> Following:
    """The source, if it is not removed. Raises NotFound."""
    one = _following(connection, source_id)
    if one.removed_at is not None:
        raise NotFound("source-removed", f"source {source_id}", "That source was removed.")
    return one


# --- what people do ---


def add(
    connection: Connection,
    kind: SourceKind,
    address: str,
    host: str,
    audience: str,
    choices: Choices,
    now: datetime,
    by: str,
    title: str,
) -> tuple[Following, bool]:
    run = run_on(connection)
    columns = {"kind": str(kind), "address": rows.to_column(address), "audience": rows.to_column(audience)}
    moved_here = run(  # somebody added it under the address that it had before it moved
        "SELECT s.id FROM source s JOIN source_choice c ON c.source_id = s.id JOIN watched w ON w.id = c.watched_id "
        "WHERE w.kind = :kind AND w.address = :address AND s.audience = :audience AND c.removed_at IS NULL",
        columns,
    )
    if moved_here:
        return _following(connection, moved_here[0][0]), False
    source = writes.ensure_source(connection, kind, address, audience)
    known = source_reads.following(run, None, source.id)
    if known is not None and known.removed_at is None:
        return known, False
    fresh = source_rows.choice_columns(choices) | {
        "source_id": source.id,
        "added_at": instant_column(now),
        "added_by": rows.to_column(by),
        "paused_until": None,
        "paused_by": "",
        "removed_at": None,
        "removed_by": "",
        "erased": False,
        "undo_until": None,
        "started_at": None,
        "needs_body": True,
    }
    if known is None:
        watched_id = _ensure_watched(connection, kind, address, host, now)
        connection.execute(insert(tables.source_choice), [fresh | {"watched_id": watched_id}])
    else:
        watched_id = known.watched.id
        if known.erased:  # what it holds has to be read again to come back
            _run(connection, "DELETE FROM item_outcome WHERE source_id = :source", {"source": source.id})
        _update_choice(connection, source.id, {name: value for name, value in fresh.items() if name != "source_id"})
    _run(
        connection,
        "UPDATE watched SET title = :title WHERE id = :key AND title = ''",
        {"key": watched_id, "title": rows.to_column(source_rows.title_of(title))},
    )
    _wake(connection, watched_id, now)
    _note_address(connection, watched_id, Note("added", "added", "", source.id), now)
    return _following(connection, source.id), True


def _ensure_watched(connection: Connection, kind: SourceKind, address: str, host: str, now: datetime) -> int:
    where = {"kind": str(kind), "address": rows.to_column(address)}
    found = run_on(connection)("SELECT id FROM watched WHERE kind = :kind AND address = :address", where)
    if found:
        return int(found[0][0])
    begin = Watched(
        id=0,
        kind=kind,
        address=address,
        host=host,
        health=Health(SourceState.ACTIVE, now, next_check_at=now),
        interval_s=first_interval_s((), now),
        items_a_day=0.0,
        added_at=now,
    )
    columns = source_rows.watched_columns(begin) | where
    columns |= {"host": rows.to_column(host), "added_at": instant_column(now), "lease_holder": "", "lease_until": None}
    [(key,)] = insert_returning(connection, tables.watched, [columns])
    return int(key)


def _wake(connection: Connection, watched_id: int, now: datetime) -> None:
    """Make an address due, also one that rests."""
    run = run_on(connection)
    [row] = run(f"SELECT {source_rows.WATCHED} FROM watched w WHERE w.id = :key", {"key": watched_id})
    health = woken(source_rows.watched(row).health, now)
    _update_watched(connection, watched_id, source_rows.health_columns(health))


def _update_choice(connection: Connection, source_id: int, columns: Mapping[str, Any]) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    _run(connection, f"UPDATE source_choice SET {changes} WHERE source_id = :key", {**columns, "key": source_id})


def _update_watched(connection: Connection, watched_id: int, columns: Mapping[str, Any]) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    _run(connection, f"UPDATE watched SET {changes} WHERE id = :key", {**columns, "key": watched_id})


def edit(connection: Connection, source_id: int, choices: Choices) -> Following:
    _living(connection, source_id)
    _update_choice(connection, source_id, source_rows.choice_columns(choices))
    return _following(connection, source_id)


def pause(connection: Connection, source_id: int, until: datetime, now: datetime, by: str) -> Following:
    one = _living(connection, source_id)
    columns = {"paused_until": instant_column(until), "paused_by": rows.to_column(by), "needs_body": True}
    _update_choice(connection, source_id, columns)
    _note_address(connection, one.watched.id, Note("paused", "paused", by, source_id), now)
    return _following(connection, source_id)


def resume(connection: Connection, source_id: int, now: datetime) -> Following:
    one = _living(connection, source_id)
    _update_choice(connection, source_id, {"paused_until": None, "paused_by": ""})
    _wake(connection, one.watched.id, now)
    _note_address(connection, one.watched.id, Note("resumed", "resumed", "", source_id), now)
    return _following(connection, source_id)


def remove(
    connection: Connection, source_id: int, *, erase: bool, now: datetime, by: str, undo_for: timedelta
) -> Following:
    one = _living(connection, source_id)
    _update_choice(
        connection,
        source_id,
        {
            "removed_at": instant_column(now),
            "removed_by": rows.to_column(by),
            "erased": erase,
            "undo_until": instant_column(now + undo_for),
        },
    )
    if erase:
        where = {"source": source_id}
        kept = run_on(connection)("SELECT id FROM document WHERE source_id = :source AND state = 'kept'", where)
        erased = "UPDATE document SET state = 'erased' WHERE source_id = :source AND state IN ('kept', 'failed')"
        _run(connection, erased, where)
        writes.log_changes(connection, [(row[0], None) for row in kept])
    _note_address(connection, one.watched.id, Note("removed", "erased" if erase else "removed", by, source_id), now)
    return _following(connection, source_id)


def undo_remove(connection: Connection, source_id: int, now: datetime) -> Following:
    one = _following(connection, source_id)
    if one.removed_at is None or one.undo_until is None or one.undo_until < now:
        raise NotFound("nothing-to-undo", f"source {source_id}", _NOT_REMOVED)
    back = {"removed_at": None, "removed_by": "", "erased": False, "undo_until": None, "needs_body": True}
    _update_choice(connection, source_id, back)
    if one.erased:
        where = {"source": source_id}
        kept = run_on(connection)(
            "SELECT d.id, v.id FROM document d JOIN version v ON v.document_id = d.id AND v.number = d.version_count "
            "WHERE d.source_id = :source AND d.state = 'erased' AND d.reason_code = ''",
            where,
        )
        _run(
            connection,
            "UPDATE document SET state = CASE WHEN reason_code = '' THEN 'kept' ELSE 'failed' END "
            "WHERE source_id = :source AND state = 'erased'",
            where,
        )
        writes.log_changes(connection, [(row[0], row[1]) for row in kept])
    _wake(connection, one.watched.id, now)
    _note_address(connection, one.watched.id, Note("removed", "undone", "", source_id), now)
    return _following(connection, source_id)


def release(connection: Connection, source_id: int, now: datetime, *, as_known: bool) -> int:
    one = _living(connection, source_id)
    held = run_on(connection)(
        "SELECT item_id FROM item_outcome WHERE source_id = :source AND state = 'held'", {"source": source_id}
    )
    items = [row[0] for row in held]
    state = OutcomeState.PASSED_OVER if as_known else OutcomeState.WAITING
    _run(
        connection,
        "UPDATE item_outcome SET state = :state, code = '', reason = '', at = :at "
        "WHERE source_id = :source AND state = 'held'",
        {"state": str(state), "source": source_id, "at": instant_column(now)},
    )
    code = "taken-as-known" if as_known else "released"
    if as_known:
        _forget_content(connection, items)
    else:
        due = "UPDATE item SET due_at = :now, turn = 0, claims = 0, tries = 0 WHERE id = :key"
        _run(connection, due, [{"key": key, "now": instant_column(now)} for key in items])
    _note_items(connection, one.watched.id, [(key, Note("released", code, "", source_id)) for key in items], now)
    return len(items)


def lift_baseline(connection: Connection, source_id: int, limit: int, now: datetime) -> list[Document]:
    one = _living(connection, source_id)
    run = run_on(connection)
    found = run(
        "SELECT o.item_id, o.document_id, v.id FROM item_outcome o JOIN item i ON i.id = o.item_id "
        "JOIN document d ON d.id = o.document_id "
        "JOIN version v ON v.document_id = d.id AND v.number = d.version_count "
        f"WHERE o.source_id = :source AND d.state = 'kept' AND d.baseline {source_reads.NEWEST_FIRST}",
        {"source": source_id, "limit": max(0, limit)},
    )
    oldest_first = list(reversed(found))
    lifted = [{"key": document, "no": False} for _, document, _ in found]
    _run(connection, "UPDATE document SET baseline = :no WHERE id = :key", lifted)
    _run(
        connection,
        "UPDATE item_outcome SET baseline = :no WHERE item_id = :item AND source_id = :source",
        [{"item": item, "source": source_id, "no": False} for item, _, _ in found],
    )
    writes.log_changes(connection, [(document, version) for _, document, version in oldest_first])
    notes = [(item, Note("released", "baseline-lifted", "", source_id)) for item, _, _ in found]
    _note_items(connection, one.watched.id, notes, now)
    documents = reads.documents_by_id(run, None, [document for _, document, _ in found])
    return [documents[document] for _, document, _ in found]


# --- claims ---


def claim_checks(
    connection: Connection, holder: str, now: datetime, limit: int, lease: timedelta, busy_hosts: Collection[str]
) -> list[CheckClaim]:
    run = run_on(connection)
    claimed = _claim(connection, "watched", source_reads.due_checks(run, now, limit, busy_hosts), holder, now, lease)
    if not claimed:
        return []
    followers = source_reads.followers(run, claimed, now)
    return [CheckClaim(followers[key][0].watched, holder, tuple(followers[key])) for key in claimed]


def claim_items(
    connection: Connection, holder: str, now: datetime, limit: int, lease: timedelta, busy_hosts: Collection[str]
) -> list[ItemClaim]:
    run = run_on(connection)
    claimed = _claim(connection, "item", source_reads.due_items(run, now, limit, busy_hosts), holder, now, lease)
    if not claimed:
        return []
    keys, parameters = reads.among("key", claimed)
    found = run(
        f"SELECT i.id, {source_rows.KEYS}, i.name, i.guid, i.link, i.title, i.content, i.claims, i.tries, "
        f"i.first_seen, i.watched_id FROM item i WHERE i.id IN {keys}",
        parameters,
    )
    _put_off(connection, {row[0]: row[9] for row in found}, now)
    followers = source_reads.followers(run, {row[12] for row in found}, now)
    waiting = run(
        f"SELECT item_id, source_id, baseline FROM item_outcome WHERE item_id IN {keys} AND state = 'waiting'",
        parameters,
    )
    baseline = {(item_id, source_id): bool(flag) for item_id, source_id, flag in waiting}
    claims: dict[int, ItemClaim] = {}
    for row in found:
        key, guid_key, link_key, text_key, name, guid, link, title, content, begun, tries, first_seen, watched_id = row
        wanted = {
            one.id: Wanted(one, baseline[key, one.id]) for one in followers[watched_id] if (key, one.id) in baseline
        }
        claims[key] = ItemClaim(
            item_id=key,
            watched=followers[watched_id][0].watched,
            holder=holder,
            keys=source_rows.keys((guid_key, link_key, text_key)),
            name=rows.from_column(name),
            guid=rows.from_column(guid),
            link=rows.from_column(link),
            title=rows.from_column(title),
            content=bytes(content or b""),
            claims=begun,
            tries=tries,
            first_seen=datetime.fromisoformat(first_seen),
            wanted=wanted,
        )
    return [claims[key] for key in claimed]


def _claim(
    connection: Connection, table: str, ids: Sequence[int], holder: str, now: datetime, lease: timedelta
) -> list[int]:
    """Claim those that nobody holds, in the order of `ids`."""
    if not ids:
        return []
    keys, parameters = reads.among("key", ids)
    counted = ", claims = claims + 1" if table == "item" else ""
    claimed = connection.execute(
        text(
            f"UPDATE {table} SET lease_holder = :holder, lease_until = :until{counted} "
            f"WHERE id IN {keys} AND (lease_until IS NULL OR lease_until <= :now) RETURNING id"
        ),
        parameters | {"holder": holder, "until": instant_column(now + lease), "now": instant_column(now)},
    ).all()
    ours = {row[0] for row in claimed}
    return [key for key in ids if key in ours]


def _put_off(connection: Connection, claims: Mapping[int, int], now: datetime) -> None:
    """Let items wait whose last claims all ended with their process, should this one end so, too: who kills us is not
    the first to be read at every start, and who was only near when something else did is read at another moment."""
    _run(
        connection,
        "UPDATE item SET due_at = :due WHERE id = :key",
        [
            {"key": key, "due": instant_column(now + min(_FIRST_WAIT * 2 ** min(count - _UNLUCKY, 20), _LONGEST_WAIT))}
            for key, count in claims.items()
            if count >= _UNLUCKY
        ],
    )


def _is_ours(connection: Connection, table: str, key: int, holder: str) -> bool:
    sql = f"SELECT 1 FROM {table} WHERE id = :key AND lease_holder = :holder AND lease_until IS NOT NULL"
    return bool(run_on(connection)(sql, {"key": key, "holder": holder}))


def give_back(connection: Connection, holder: str, *, died: bool) -> int:
    """Also what was claimed under this name by a process that is no more."""
    sql = "UPDATE {} SET lease_holder = '', lease_until = NULL{} WHERE lease_holder = :holder"
    uncount = "" if died else ", claims = CASE WHEN claims > 0 THEN claims - 1 ELSE 0 END"
    given = _run(connection, sql.format("watched", ""), {"holder": holder})
    return given + _run(connection, sql.format("item", uncount), {"holder": holder})


def holders(run: reads.Run) -> list[str]:
    found = run(
        "SELECT lease_holder FROM watched WHERE lease_until IS NOT NULL "
        "UNION SELECT lease_holder FROM item WHERE lease_until IS NOT NULL",
        {},
    )
    return sorted(row[0] for row in found)


# --- checks ---


def save_check(connection: Connection, claim: CheckClaim, result: CheckResult, now: datetime) -> CheckSaved | None:
    watched_id = claim.watched.id
    if not _is_ours(connection, "watched", watched_id, claim.holder):
        return None
    present = source_reads.followers(run_on(connection), [watched_id], now)[watched_id]
    served = {one.id for one in claim.followers}
    followers = [one for one in present if one.id in served]
    columns = source_rows.watched_columns(result.watched) | {"lease_holder": "", "lease_until": None}
    if len(present) > len(followers):  # somebody joined meanwhile, and has seen nothing yet
        columns["next_check_at"] = instant_column(now)
    _update_watched(connection, watched_id, columns)
    for note in result.notes:
        _note_address(connection, watched_id, note, now)
    new, baseline, held = _insert_items(connection, watched_id, result, followers, now)
    _saw(connection, [one.item_id for one in result.seen], now)
    changed = _change_items(connection, watched_id, result, now)
    baseline += _catch_up(connection, watched_id, result, followers, now) if result.took_body else 0
    documents = _save_page(connection, watched_id, result.reading, followers, now) if result.reading else ()
    if result.took_body:
        for one in followers:
            started = instant_column(one.started_at or now)
            _update_choice(connection, one.id, {"needs_body": False, "started_at": started})
    return CheckSaved(new, baseline, held, changed, documents)


def _insert_items(
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
            _item_columns(watched_id, said, now)
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
        for source_id, start in starts.items():
            held = source_id in held_for
            outcomes.append(
                {
                    "item_id": item_id,
                    "source_id": source_id,
                    "state": str(OutcomeState.HELD if held else OutcomeState.WAITING),
                    "code": result.hold if held else "",
                    "reason": rows.to_column(result.hold_reason) if held else "",
                    "baseline": start,
                    "document_id": None,
                    "at": at,
                }
            )
            if held:
                notes.append((item_id, Note("held", result.hold, result.hold_reason, source_id)))
            elif start:
                notes.append((item_id, Note("found", "baseline", _STOOD_THERE, source_id)))
    connection.execute(insert(tables.item_outcome), outcomes)
    _note_items(connection, watched_id, notes, now)
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


def _item_columns(watched_id: int, said: ItemSaid, now: datetime) -> dict[str, Any]:
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


def _saw(connection: Connection, item_ids: Iterable[int], now: datetime) -> None:
    """Count a sighting: what was seen unchanged a thousand times leaves no thousand lines."""
    for chunk in reads.chunks(item_ids):
        keys, parameters = reads.among("key", chunk)
        _run(
            connection,
            f"UPDATE item SET last_seen = :now, seen_times = seen_times + 1 WHERE id IN {keys}",
            parameters | {"now": instant_column(now)},
        )


# reading an item again takes it from whoever is just reading what it said before
_READ_AGAIN = (
    "due_at = :due, turn = :turn, content = :content, claims = 0, tries = 0, "
    "lease_holder = '', lease_until = NULL"
)


def _change_items(connection: Connection, watched_id: int, result: CheckResult, now: datetime) -> int:
    """Let items that changed be read again, for everyone who has them; how many."""
    count = 0
    rekeyed = [source_rows.key_columns(one.said) | {"key": one.item_id} for one in result.seen if one.rekeyed]
    _run(
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
        _run(
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
        _run(
            connection,
            "UPDATE item_outcome SET state = 'waiting', at = :at WHERE item_id = :item "
            "AND state IN ('kept', 'filtered', 'failed')",
            {"item": one.item_id, "at": instant_column(now)},
        )
        code = "redated" if one.redated else "changed"
        _note_items(connection, watched_id, [(one.item_id, Note("changed", code, one.said.detail))], now)
        count += bool(again)
    return count


def _catch_up(
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
        _run(
            connection,
            "UPDATE item SET due_at = :now, content = :content, turn = CASE WHEN due_at IS NOT NULL AND turn < :turn "
            "THEN turn ELSE :turn END, claims = 0, tries = 0, lease_holder = '', lease_until = NULL WHERE id = :key",
            [{"key": key, "content": said[key].content, "now": at, "turn": int(start)} for key in missing],
        )
        connection.execute(
            insert(tables.item_outcome),
            [
                {
                    "item_id": key,
                    "source_id": one.id,
                    "state": str(OutcomeState.WAITING),
                    "code": "",
                    "reason": "",
                    "baseline": start,
                    "document_id": None,
                    "at": at,
                }
                for key in missing
            ],
        )
        detail = _STOOD_THERE if start else "It came while the source was paused."
        note = Note("found", "baseline" if start else "after-pause", detail, one.id)
        _note_items(connection, watched_id, [(key, note) for key in missing], now)
        count += len(missing) if start else 0
    return count


def move(connection: Connection, claim: CheckClaim, address: str, host: str, now: datetime) -> bool:
    old = claim.watched
    if not _is_ours(connection, "watched", old.id, claim.holder):
        return False
    where = {"kind": str(old.kind), "address": rows.to_column(address)}
    found = run_on(connection)("SELECT id FROM watched WHERE kind = :kind AND address = :address", where)
    note = Note("moved", "moved-for-good", f"from {old.address} to {address}")
    fresh = {
        "etag": "",
        "last_modified": "",
        "moved_to": "",
        "moved_times": 0,
        "next_check_at": instant_column(now),
        "lease_holder": "",
        "lease_until": None,
    }
    if not found:
        _update_watched(connection, old.id, fresh | {"address": where["address"], "host": rows.to_column(host)})
        _note_address(connection, old.id, note, now)
        return True
    target = int(found[0][0])
    _merge_items(connection, old.id, target)
    both = {"old": old.id, "target": target}
    followed = "UPDATE source_choice SET watched_id = :target, needs_body = :yes WHERE watched_id = :old"
    _run(connection, followed, both | {"yes": True})
    _run(connection, "UPDATE trail SET watched_id = :target WHERE watched_id = :old", both)
    _run(connection, "DELETE FROM watched WHERE id = :old", both)
    due = "UPDATE watched SET next_check_at = :now WHERE id = :target"
    _run(connection, due, both | {"now": instant_column(now)})
    _note_address(connection, target, note, now)
    return True


def _merge_items(connection: Connection, old: int, target: int) -> None:
    """Hang the items of one address under another; those that both have become one."""
    pairs = run_on(connection)(
        "SELECT a.id, min(b.id) FROM item a JOIN item b ON b.watched_id = :target AND "
        "((a.guid_key <> '' AND b.guid_key = a.guid_key) OR (a.link_key <> '' AND b.link_key = a.link_key) "
        "OR b.name = a.name) WHERE a.watched_id = :old GROUP BY a.id",
        {"old": old, "target": target},
    )
    both = [{"old": a, "target": b} for a, b in pairs]
    _run(
        connection,
        "UPDATE item_outcome SET item_id = :target WHERE item_id = :old AND NOT EXISTS "
        "(SELECT 1 FROM item_outcome o WHERE o.item_id = :target AND o.source_id = item_outcome.source_id)",
        both,
    )
    _run(connection, "DELETE FROM item_outcome WHERE item_id = :old AND item_id <> :target", both)
    _run(connection, "UPDATE trail SET item_id = :target WHERE item_id = :old", both)
    # what the one still had to read, the other has to read now
    _run(
        connection,
        "UPDATE item SET due_at = coalesce(due_at, (SELECT due_at FROM item a WHERE a.id = :old)), "
        "content = coalesce(content, (SELECT content FROM item a WHERE a.id = :old)) WHERE id = :target",
        both,
    )
    _run(connection, "DELETE FROM item WHERE id = :old AND id <> :target", both)
    hang = "UPDATE item SET watched_id = :target, lease_holder = '', lease_until = NULL WHERE watched_id = :old"
    _run(connection, hang, {"old": old, "target": target})


# --- readings ---


def save_reading(connection: Connection, claim: ItemClaim, reading: Reading, now: datetime) -> list[KeptFor] | None:
    if not _is_ours(connection, "item", claim.item_id, claim.holder):
        return None
    wanted = run_on(connection)(
        "SELECT o.source_id, o.baseline FROM item_outcome o JOIN source_choice c ON c.source_id = o.source_id "
        "WHERE o.item_id = :item AND o.state = 'waiting' AND c.removed_at IS NULL",
        {"item": claim.item_id},
    )
    still = {source_id: bool(baseline) for source_id, baseline in wanted if source_id in reading.by_source}
    sources = {one.following.id: one.following for one in claim.wanted.values()}
    kept = _keep(connection, claim.watched.id, claim.item_id, claim.name, reading, still, sources, now)
    _finish(connection, claim.item_id, now)
    return kept


def _keep(
    connection: Connection,
    watched_id: int,
    item_id: int,
    name: str,
    reading: Reading,
    baselines: Mapping[int, bool],
    sources: Mapping[int, Following],
    now: datetime,
) -> list[KeptFor]:
    """Keep what an item became for each source that wants it: documents, outcomes and the trail."""
    results = {key: reading.by_source[key] for key in baselines}
    arrivals = {
        key: Arrival(
            _source(sources[key]),
            name,
            one.draft,
            reading.raw if one.raw is None else one.raw,
            now,
            baseline=baselines[key],
        )
        for key, one in results.items()
        if one.draft is not None and one.state is OutcomeState.KEPT
    }
    saved = dict(zip(arrivals, writes.save_drafts(connection, list(arrivals.values())), strict=True))
    kept = [KeptFor(key, one, one.document) for key, one in saved.items()]
    documents = {key: one.document for key, one in saved.items()}
    for key, one in results.items():
        if one.state is OutcomeState.FAILED:
            source = _source(sources[key])
            failed = writes.save_failure(
                connection, source, name, one.code, one.reason, reading.raw, now, None, baseline=baselines[key]
            )
            documents[key] = failed
            kept.append(KeptFor(key, None, failed))
    notes: list[tuple[int, Note]] = [(item_id, note) for note in reading.notes]
    for key, one in results.items():
        state = {
            "item": item_id,
            "source": key,
            "state": str(one.state),
            "code": rows.to_column(one.code),
            "reason": rows.to_column(one.reason),
            "at": instant_column(now),
        }
        if key in documents:
            _run(
                connection,
                "UPDATE item_outcome SET state = :state, code = :code, reason = :reason, at = :at, "
                "document_id = :document WHERE item_id = :item AND source_id = :source",
                state | {"document": documents[key].id},
            )
        else:  # what was kept before and is filtered now keeps its document
            _run(
                connection,
                "UPDATE item_outcome SET state = :state, code = :code, reason = :reason, at = :at "
                "WHERE item_id = :item AND source_id = :source",
                state,
            )
        code = str(saved[key].outcome) if key in saved else one.code
        detail = f"#{documents[key].id}" if key in saved else one.reason
        notes.append((item_id, Note(str(one.state), code or str(one.state), detail, key)))
    _note_items(connection, watched_id, notes, now)
    return kept


def _source(one: Following) -> Source:
    return Source(one.id, one.kind, one.address, one.audience)


def _finish(connection: Connection, item_id: int, now: datetime) -> None:
    """Give the claim on an item back; it is due again only when somebody still waits for it."""
    waiting = run_on(connection)(
        "SELECT 1 FROM item_outcome WHERE item_id = :item AND state = 'waiting' LIMIT 1", {"item": item_id}
    )
    _run(
        connection,
        "UPDATE item SET due_at = :due, lease_holder = '', lease_until = NULL, claims = 0, tries = 0 WHERE id = :item",
        {"item": item_id, "due": instant_column(now) if waiting else None},
    )
    if not waiting:
        _forget_content(connection, [item_id])


def _forget_content(connection: Connection, item_ids: Sequence[int]) -> None:
    """What nobody will read any more need not be kept twice."""
    _run(
        connection,
        "UPDATE item SET content = NULL WHERE id = :key AND NOT EXISTS (SELECT 1 FROM item_outcome o "
        "WHERE o.item_id = item.id AND o.state IN ('waiting', 'held'))",
        [{"key": key} for key in item_ids],
    )


def _save_page(
    connection: Connection, watched_id: int, page: PageReading, followers: Sequence[Following], now: datetime
) -> tuple[KeptFor, ...]:
    """Keep a watched page, which is one item for ever and was read in the check itself."""
    said, run = page.said, run_on(connection)
    found = run(
        "SELECT id FROM item WHERE watched_id = :watched AND name = :name",
        {"watched": watched_id, "name": rows.to_column(said.name)},
    )
    if found:
        item_id = int(found[0][0])
        columns = source_rows.said_columns(said)
        changes = ", ".join(f"{name} = :{name}" for name in columns)
        _run(
            connection,
            f"UPDATE item SET {changes}, last_seen = :now, seen_times = seen_times + 1 WHERE id = :key",
            columns | {"key": item_id, "now": instant_column(now)},
        )
    else:
        columns = _item_columns(watched_id, said, now) | {"due_at": None, "turn": 0, "content": None}
        [(item_id,)] = insert_returning(connection, tables.item, [columns])
    had = {row[0] for row in run("SELECT source_id FROM item_outcome WHERE item_id = :item", {"item": item_id})}
    new = [one for one in followers if one.id not in had]
    if new:
        connection.execute(
            insert(tables.item_outcome),
            [
                {
                    "item_id": item_id,
                    "source_id": one.id,
                    "state": str(OutcomeState.WAITING),
                    "code": "",
                    "reason": "",
                    "baseline": one.started_at is None,
                    "document_id": None,
                    "at": instant_column(now),
                }
                for one in new
            ],
        )
    # how the page was when it was added is the baseline, every change after that is news
    baselines = {one.id: one.started_at is None for one in followers if one.id in page.reading.by_source}
    by_id = {one.id: one for one in followers}
    _run(
        connection,
        "UPDATE item_outcome SET baseline = :baseline WHERE item_id = :item AND source_id = :source",
        [{"item": item_id, "source": key, "baseline": flag} for key, flag in baselines.items()],
    )
    return tuple(_keep(connection, watched_id, item_id, said.name, page.reading, baselines, by_id, now))


def postpone(connection: Connection, claim: ItemClaim, due_at: datetime, note: Note, now: datetime) -> bool:
    if not _is_ours(connection, "item", claim.item_id, claim.holder):
        return False
    _run(
        connection,
        "UPDATE item SET due_at = :due, claims = 0, tries = tries + 1, lease_holder = '', lease_until = NULL "
        "WHERE id = :key",
        {"key": claim.item_id, "due": instant_column(due_at)},
    )
    _note_items(connection, claim.watched.id, [(claim.item_id, note)], now)
    return True


# --- the trail ---


def _note_items(
    connection: Connection, watched_id: int, notes: Sequence[tuple[int, Note]], now: datetime
) -> None:
    columns = [source_rows.note_columns(note, watched_id, item_id, now) for item_id, note in notes]
    if columns:
        connection.execute(insert(tables.trail), columns)


def _note_address(connection: Connection, watched_id: int, note: Note, now: datetime) -> None:
    connection.execute(insert(tables.trail), [source_rows.note_columns(note, watched_id, None, now)])
