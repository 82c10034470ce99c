"""Claims on addresses and items: conditional updates with a lease."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from bot.library import reads, rows, source_reads, source_rows
from bot.library.rows import instant_column
from bot.library.source_store import CheckClaim, ItemClaim, Wanted
from bot.library.source_writes.statements import change
from bot.library.writes import run_on

_UNLUCKY = 4  # claims in a row that came to no end
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(days=1)


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
    change(
        connection,
        "UPDATE item SET due_at = :due WHERE id = :key",
        [
            {"key": key, "due": instant_column(now + min(_FIRST_WAIT * 2 ** min(count - _UNLUCKY, 20), _LONGEST_WAIT))}
            for key, count in claims.items()
            if count >= _UNLUCKY
        ],
    )


def is_ours(connection: Connection, table: str, key: int, holder: str) -> bool:
    sql = f"SELECT 1 FROM {table} WHERE id = :key AND lease_holder = :holder AND lease_until IS NOT NULL"
    return bool(run_on(connection)(sql, {"key": key, "holder": holder}))


def give_back(connection: Connection, holder: str, *, died: bool) -> int:
    """Also what was claimed under this name by a process that is no more."""
    sql = "UPDATE {} SET lease_holder = '', lease_until = NULL{} WHERE lease_holder = :holder"
    uncount = "" if died else ", claims = CASE WHEN claims > 0 THEN claims - 1 ELSE 0 END"
    given = change(connection, sql.format("watched", ""), {"holder": holder})
    return given + change(connection, sql.format("item", uncount), {"holder": holder})


def holders(run: reads.Run) -> list[str]:
    found = run(
        "SELECT lease_holder FROM watched WHERE lease_until IS NOT NULL "
        "UNION SELECT lease_holder FROM item WHERE lease_until IS NOT NULL",
        {},
    )
    return sorted(row[0] for row in found)
