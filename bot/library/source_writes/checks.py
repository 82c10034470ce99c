"""What a check of an address brought: the address as it is now, its items, a watched page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert

from bot.library import rows, source_reads, source_rows, tables
from bot.library.rows import instant_column
from bot.library.source_store import CheckClaim, CheckResult, CheckSaved, Following, KeptFor, PageReading
from bot.library.source_writes.claims import is_ours
from bot.library.source_writes.items import (
    catch_up,
    change_items,
    count_sightings,
    insert_items,
    item_columns,
    waiting,
)
from bot.library.source_writes.readings import keep
from bot.library.source_writes.statements import change, update_choice, update_watched
from bot.library.source_writes.trail import note_address
from bot.library.writes import insert_returning, run_on


def save_check(connection: Connection, claim: CheckClaim, result: CheckResult, now: datetime) -> CheckSaved | None:
    watched_id = claim.watched.id
    if not is_ours(connection, "watched", watched_id, claim.holder):
        return None
    present = source_reads.followers(run_on(connection), [watched_id], now)[watched_id]
    served = {one.id for one in claim.followers}
    followers = [one for one in present if one.id in served]
    columns = source_rows.watched_columns(result.watched) | {"lease_holder": "", "lease_until": None}
    if len(present) > len(followers):  # somebody joined meanwhile, and has seen nothing yet
        columns["next_check_at"] = instant_column(now)
    update_watched(connection, watched_id, columns)
    for note in result.notes:
        note_address(connection, watched_id, note, now)
    new, baseline, held = insert_items(connection, watched_id, result, followers, now)
    count_sightings(connection, [one.item_id for one in result.seen], now)
    changed = change_items(connection, watched_id, result, now)
    baseline += catch_up(connection, watched_id, result, followers, now) if result.took_body else 0
    documents = _save_page(connection, watched_id, result.reading, followers, now) if result.reading else ()
    if result.took_body:
        for one in followers:
            started = instant_column(one.started_at or now)
            update_choice(connection, one.id, {"needs_body": False, "started_at": started})
    return CheckSaved(new, baseline, held, changed, documents)


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
        change(
            connection,
            f"UPDATE item SET {changes}, last_seen = :now, seen_times = seen_times + 1 WHERE id = :key",
            columns | {"key": item_id, "now": instant_column(now)},
        )
    else:
        columns = item_columns(watched_id, said, now) | {"due_at": None, "turn": 0, "content": None}
        [(item_id,)] = insert_returning(connection, tables.item, [columns])
    had = {row[0] for row in run("SELECT source_id FROM item_outcome WHERE item_id = :item", {"item": item_id})}
    new = [one for one in followers if one.id not in had]
    if new:
        at = instant_column(now)
        connection.execute(insert(tables.item_outcome), [waiting(item_id, one, at) for one in new])
    # how the page was when it was added is the baseline, every change after that is news
    baselines = {one.id: one.started_at is None for one in followers if one.id in page.reading.by_source}
    by_id = {one.id: one for one in followers}
    change(
        connection,
        "UPDATE item_outcome SET baseline = :baseline WHERE item_id = :item AND source_id = :source",
        [{"item": item_id, "source": key, "baseline": flag} for key, flag in baselines.items()],
    )
    return tuple(keep(connection, watched_id, item_id, said.name, page.reading, baselines, by_id, now))
