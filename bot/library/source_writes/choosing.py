"""What people do: follow, choose anew, pause, resume, remove and take that back, let held or old items go on."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from bot.domain import Document, SourceKind
from bot.errors import NotFound
from bot.library import reads, rows, source_reads, source_rows, tables, writes
from bot.library.rows import instant_column
from bot.library.source_store import Choices, Following, Note, OutcomeState, Watched
from bot.library.source_writes.items import forget_content
from bot.library.source_writes.statements import change, following, living, update_choice, wake
from bot.library.source_writes.trail import note_address, note_items
from bot.library.writes import insert_returning, run_on
from bot.sources.check_times import first_interval_s
from bot.sources.source_health import Health, SourceState

_NOT_REMOVED = "That source was not removed, or too long ago to be undone. Add it again to follow it."


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
        return following(connection, moved_here[0][0]), False
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
            change(connection, "DELETE FROM item_outcome WHERE source_id = :source", {"source": source.id})
        update_choice(connection, source.id, {name: value for name, value in fresh.items() if name != "source_id"})
    change(
        connection,
        "UPDATE watched SET title = :title WHERE id = :key AND title = ''",
        {"key": watched_id, "title": rows.to_column(source_rows.title_of(title))},
    )
    wake(connection, watched_id, now)
    note_address(connection, watched_id, Note("added", "added", "", source.id), now)
    return following(connection, source.id), True


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


def edit(connection: Connection, source_id: int, choices: Choices) -> Following:
    living(connection, source_id)
    update_choice(connection, source_id, source_rows.choice_columns(choices))
    return following(connection, source_id)


def pause(connection: Connection, source_id: int, until: datetime, now: datetime, by: str) -> Following:
    one = living(connection, source_id)
    columns = {"paused_until": instant_column(until), "paused_by": rows.to_column(by), "needs_body": True}
    update_choice(connection, source_id, columns)
    note_address(connection, one.watched.id, Note("paused", "paused", by, source_id), now)
    return following(connection, source_id)


def resume(connection: Connection, source_id: int, now: datetime) -> Following:
    one = living(connection, source_id)
    update_choice(connection, source_id, {"paused_until": None, "paused_by": ""})
    wake(connection, one.watched.id, now)
    note_address(connection, one.watched.id, Note("resumed", "resumed", "", source_id), now)
    return following(connection, source_id)


def remove(
    connection: Connection, source_id: int, *, erase: bool, now: datetime, by: str, undo_for: timedelta
) -> Following:
    one = living(connection, source_id)
    update_choice(
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
        change(connection, erased, where)
        writes.log_changes(connection, [(row[0], None) for row in kept])
    note_address(connection, one.watched.id, Note("removed", "erased" if erase else "removed", by, source_id), now)
    return following(connection, source_id)


def undo_remove(connection: Connection, source_id: int, now: datetime) -> Following:
    one = following(connection, source_id)
    if one.removed_at is None or one.undo_until is None or one.undo_until < now:
        raise NotFound("nothing-to-undo", f"source {source_id}", _NOT_REMOVED)
    back = {"removed_at": None, "removed_by": "", "erased": False, "undo_until": None, "needs_body": True}
    update_choice(connection, source_id, back)
    if one.erased:
        where = {"source": source_id}
        kept = run_on(connection)(
            "SELECT d.id, v.id FROM document d JOIN version v ON v.document_id = d.id AND v.number = d.version_count "
            "WHERE d.source_id = :source AND d.state = 'erased' AND d.reason_code = ''",
            where,
        )
        change(
            connection,
            "UPDATE document SET state = CASE WHEN reason_code = '' THEN 'kept' ELSE 'failed' END "
            "WHERE source_id = :source AND state = 'erased'",
            where,
        )
        writes.log_changes(connection, [(row[0], row[1]) for row in kept])
    wake(connection, one.watched.id, now)
    note_address(connection, one.watched.id, Note("removed", "undone", "", source_id), now)
    return following(connection, source_id)


def release(connection: Connection, source_id: int, now: datetime, *, as_known: bool) -> int:
    one = living(connection, source_id)
    held = run_on(connection)(
        "SELECT item_id FROM item_outcome WHERE source_id = :source AND state = 'held'", {"source": source_id}
    )
    items = [row[0] for row in held]
    state = OutcomeState.PASSED_OVER if as_known else OutcomeState.WAITING
    change(
        connection,
        "UPDATE item_outcome SET state = :state, code = '', reason = '', at = :at "
        "WHERE source_id = :source AND state = 'held'",
        {"state": str(state), "source": source_id, "at": instant_column(now)},
    )
    code = "taken-as-known" if as_known else "released"
    if as_known:
        forget_content(connection, items)
    else:
        due = "UPDATE item SET due_at = :now, turn = 0, claims = 0, tries = 0 WHERE id = :key"
        change(connection, due, [{"key": key, "now": instant_column(now)} for key in items])
    note_items(connection, one.watched.id, [(key, Note("released", code, "", source_id)) for key in items], now)
    return len(items)


def lift_baseline(connection: Connection, source_id: int, limit: int, now: datetime) -> list[Document]:
    one = living(connection, source_id)
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
    change(connection, "UPDATE document SET baseline = :no WHERE id = :key", lifted)
    change(
        connection,
        "UPDATE item_outcome SET baseline = :no WHERE item_id = :item AND source_id = :source",
        [{"item": item, "source": source_id, "no": False} for item, _, _ in found],
    )
    writes.log_changes(connection, [(document, version) for _, document, version in oldest_first])
    notes = [(item, Note("released", "baseline-lifted", "", source_id)) for item, _, _ in found]
    note_items(connection, one.watched.id, notes, now)
    documents = reads.documents_by_id(run, None, [document for _, document, _ in found])
    return [documents[document] for _, document, _ in found]
