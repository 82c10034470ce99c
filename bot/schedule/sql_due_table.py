"""The due-table on SQLAlchemy, for SQLite and PostgreSQL. See `due_table` for the contract."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text

from bot.errors import SettingsError
from bot.library.rows import Row, from_column, instant_column, to_column
from bot.library.transactions import Transactions
from bot.schedule.calendar import EARLIEST, Intent
from bot.schedule.due import LONGEST_LEASE, Action, Decision, Due, Slot, SlotState, Wish

log = logging.getLogger(__name__)

_ROW: Final = (
    "SELECT key, platform, workspace, channel, revision, grace_s, rests_until, look_at, looked_at, last_at, intent "
    "FROM due"
)
_SLOTS: Final = "SELECT slot, at, state, action, lease_until FROM due_slot WHERE due_key = :key AND at >= :since"
_MOST_BACK: Final = timedelta(days=3_000)
_AROUND: Final = timedelta(days=3)  # an instant of a slot may have moved since it was written: quiet hours, zone data


class SqlDueTable:
    """`DueTable` in the database of a `SqlStore`, whose transactions it takes part in."""

    def __init__(self, transactions: Transactions) -> None:
        self._db = transactions

    # --- wishes ---

    async def put(self, wish: Wish, *, zone_data: str, now: datetime) -> Due:
        sql = (
            "INSERT INTO due (key, platform, workspace, channel, revision, zone, zone_data, grace_s, rests_until, "
            "look_at, looked_at, intent) VALUES (:key, :platform, :workspace, :channel, 1, :zone, :zone_data, :grace, "
            ":rests, :now, :now, :intent) ON CONFLICT (key) DO UPDATE SET platform = excluded.platform, "
            "workspace = excluded.workspace, channel = excluded.channel, revision = due.revision + 1, "
            "zone = excluded.zone, zone_data = excluded.zone_data, grace_s = excluded.grace_s, "
            "rests_until = excluded.rests_until, look_at = excluded.look_at, looked_at = excluded.looked_at, "
            "intent = excluded.intent"
        )
        columns = {
            "key": to_column(wish.key), "platform": to_column(wish.platform), "workspace": to_column(wish.workspace),
            "channel": to_column(wish.channel), "zone": to_column(wish.intent.zone), "zone_data": zone_data,
            "grace": int(wish.grace.total_seconds()), "rests": _instant(wish.rests_until), "now": instant_column(now),
            "intent": msgspec.json.encode(wish.intent),
        }  # fmt: skip

        def write(connection: Connection) -> Due:
            _run(connection, sql, columns)
            return _rows(connection, f"{_ROW} WHERE key = :key", {"key": columns["key"]}, now)[0][0]

        return await self._db.alone(write)

    async def get(self, key: str) -> Due | None:
        found = await self._read(f"{_ROW} WHERE key = :key", {"key": to_column(key)})
        return found[0] if found else None

    async def of_channel(self, platform: str, workspace: str, channel: str) -> list[Due]:
        sql = f"{_ROW} WHERE platform = :platform AND workspace = :workspace AND channel = :channel ORDER BY key"
        place = {"platform": platform, "workspace": workspace, "channel": channel}
        return await self._read(sql, {name: to_column(value) for name, value in place.items()})

    async def remove(self, key: str) -> bool:
        def write(connection: Connection) -> bool:
            _run(connection, "DELETE FROM due_slot WHERE due_key = :key", {"key": to_column(key)})
            return _run(connection, "DELETE FROM due WHERE key = :key", {"key": to_column(key)}) > 0

        return await self._db.alone(write)

    async def new_zone_data(self, state_of: Callable[[str], str], *, now: datetime) -> int:
        known = await self._db.ask(lambda run: run("SELECT DISTINCT zone, zone_data FROM due", {}))
        changed = [(zone, old, new) for zone, old in known if (new := state_of(from_column(zone))) != old]
        sql = (
            "UPDATE due SET zone_data = :new, look_at = :now, looked_at = :now "
            "WHERE zone = :zone AND zone_data = :old"
        )

        def write(connection: Connection) -> int:
            columns = ({"zone": zone, "old": old, "new": new, "now": instant_column(now)} for zone, old, new in changed)
            return sum(_run(connection, sql, one) for one in columns)

        return await self._db.alone(write) if changed else 0

    # --- slots ---

    async def due(self, *, now: datetime, limit: int) -> list[Due]:
        sql = f"{_ROW} WHERE look_at <= :now OR looked_at > :now ORDER BY look_at, key LIMIT :limit"
        columns = {"now": instant_column(now), "limit": limit}
        found, broken = await self._db.inside(lambda c: _rows(c, sql, columns, now))
        if broken:  # until its zone is known again, or a person changes it, it would only stand in the way of others
            rest = "UPDATE due SET look_at = NULL, looked_at = :now, zone_data = '' WHERE key = :key"
            await self._db.alone(lambda c: [_run(c, rest, {"key": key, "now": columns["now"]}) for key in broken])
        return found

    async def coming(self, *, now: datetime, until: datetime) -> list[Due]:
        sql = f"{_ROW} WHERE look_at > :now AND look_at <= :until ORDER BY look_at, key"
        columns = {"now": instant_column(now), "until": instant_column(until)}
        return (await self._db.inside(lambda c: _rows(c, sql, columns, now)))[0]

    async def next_look_at(self) -> datetime | None:
        [(first,)] = await self._db.ask(lambda run: run("SELECT MIN(look_at) FROM due", {}))
        return _read_instant(first)

    async def settle(
        self, decisions: Sequence[Decision], *, owner: str, now: datetime, lease: timedelta
    ) -> list[Decision]:
        def write(connection: Connection) -> list[Decision]:
            # in the order of their keys, so that two processes never wait for each other's rows
            ordered = sorted(range(len(decisions)), key=lambda n: decisions[n].due.wish.key)
            won = {n for n in ordered if _settle(connection, decisions[n], to_column(owner), now, lease)}
            return [one for n, one in enumerate(decisions) if n in won]

        return await self._db.alone(write)

    async def renew(self, key: str, slot: str, owner: str, *, until: datetime) -> bool:
        sql = f"UPDATE due_slot SET lease_until = :until WHERE {_MINE}"
        return await self._on_slot(sql, key, slot, owner, {"until": instant_column(until)})

    async def end(
        self, key: str, slot: str, owner: str, *, now: datetime, revision: int = 0, look_at: datetime | None = None
    ) -> bool:
        sql = f"UPDATE due_slot SET state = 'ended', ended_at = :now, lease_until = NULL WHERE {_MINE}"
        look = "UPDATE due SET look_at = CASE WHEN revision = :revision THEN :look ELSE :now END WHERE key = :key"
        ended = {"key": to_column(key), "slot": to_column(slot), "owner": to_column(owner), "now": instant_column(now)}

        def write(connection: Connection) -> bool:
            if not _run(connection, sql, ended):
                return False
            next_look = {"revision": revision, "look": _instant(look_at), "now": ended["now"], "key": ended["key"]}
            return _run(connection, look, next_look) > 0

        return await self._db.alone(write)

    async def give_back(self, key: str, slot: str, owner: str, *, again_at: datetime) -> bool:
        sql = f"UPDATE due_slot SET owner = '', lease_until = :again WHERE {_MINE}"
        return await self._on_slot(sql, key, slot, owner, {"again": instant_column(again_at)}, again_at)

    async def forget_slots(self, *, before: datetime) -> int:
        sql = "DELETE FROM due_slot WHERE state = 'ended' AND at < :before"
        return await self._db.alone(lambda c: _run(c, sql, {"before": instant_column(before)}))

    # --- inside ---

    async def _read(self, sql: str, columns: Mapping[str, Any]) -> list[Due]:
        return (await self._db.inside(lambda c: _rows(c, sql, columns, None)))[0]

    async def _on_slot(
        self, sql: str, key: str, slot: str, owner: str, more: Mapping[str, Any], look_at: datetime | None = None
    ) -> bool:
        columns = {"key": to_column(key), "slot": to_column(slot), "owner": to_column(owner), **more}
        look = "UPDATE due SET look_at = :at WHERE key = :key AND (look_at IS NULL OR look_at > :at)"

        def write(connection: Connection) -> bool:
            changed = _run(connection, sql, columns) > 0
            if changed and look_at is not None:
                _run(connection, look, {"key": columns["key"], "at": instant_column(look_at)})
            return changed

        return await self._db.alone(write)


_MINE: Final = "due_key = :key AND slot = :slot AND owner = :owner AND state = 'taken'"


def _settle(connection: Connection, one: Decision, owner: str, now: datetime, lease: timedelta) -> bool:
    """Write one decision down; whether its slot is now this owner's, to be carried out."""
    acts = one.action in (Action.FIRE, Action.CATCH_UP)
    look_at = now + lease if acts else one.look_at
    at = one.slot.at if one.slot is not None and (acts or one.action is Action.DROP) else None
    key = to_column(one.due.wish.key)
    looked = (
        "UPDATE due SET look_at = :look, looked_at = :now, last_at = CASE WHEN CAST(:at AS TEXT) IS NULL "
        "OR last_at > :at THEN last_at ELSE :at END WHERE key = :key AND revision = :revision"
    )
    columns = {
        "look": _instant(look_at), "now": instant_column(now), "at": _instant(at), "key": key,
        "revision": one.due.revision,
    }  # fmt: skip
    if not _run(connection, looked, columns) or one.slot is None or at is None:
        return False
    take = (
        "INSERT INTO due_slot (due_key, slot, at, state, action, why, passed_over, owner, lease_until, attempts, "
        "taken_at, ended_at) VALUES (:key, :slot, :at, :state, :action, :why, :passed, :owner, :lease, 1, :now, "
        ":ended) ON CONFLICT (due_key, slot) DO UPDATE SET state = excluded.state, action = excluded.action, "
        "why = excluded.why, owner = excluded.owner, lease_until = excluded.lease_until, "
        "ended_at = excluded.ended_at, attempts = due_slot.attempts + 1 "
        "WHERE due_slot.state = 'taken' AND (due_slot.lease_until <= :now OR due_slot.lease_until > :ahead)"
    )
    slot = {
        "key": key, "slot": to_column(one.slot.key), "at": instant_column(at), "action": str(one.action),
        "state": str(SlotState.TAKEN if acts else SlotState.ENDED), "why": one.why, "passed": one.passed_over,
        "owner": owner, "lease": instant_column(now + lease) if acts else None, "now": instant_column(now),
        "ahead": instant_column(now + LONGEST_LEASE),
        "ended": None if acts else instant_column(now),
    }  # fmt: skip
    won = _run(connection, take, slot) > 0
    if won:  # what a dead process left behind is made up for by this one
        left = (
            "UPDATE due_slot SET state = 'ended', ended_at = :now, lease_until = NULL, action = 'drop', "
            "why = 'a later one was made' "
            "WHERE due_key = :key AND state = 'taken' AND (lease_until <= :now OR lease_until > :ahead) AND at < :at"
        )
        _run(connection, left, {"key": key, "now": slot["now"], "ahead": slot["ahead"], "at": slot["at"]})
    return won and acts


def _run(connection: Connection, sql: str, columns: Mapping[str, Any]) -> int:
    return connection.execute(text(sql), columns).rowcount


def _rows(
    connection: Connection, sql: str, columns: Mapping[str, Any], now: datetime | None
) -> tuple[list[Due], list[str]]:
    """Rows of `_ROW`, with the slots around `now` unless that is None; and the keys of those that cannot be read."""
    found: list[Due] = []
    broken: list[str] = []
    for row in connection.execute(text(sql), columns).all():
        try:
            due = _due(row)
        except SettingsError as error:  # its zone was renamed since: one broken wish must not silence the others
            log.error("the wish %s cannot be read: %s", from_column(row[0]), error.log)
            broken.append(row[0])
            continue
        if now is not None:
            since = max(now, EARLIEST + _MOST_BACK) - min(due.wish.grace + _AROUND, _MOST_BACK)
            slots = connection.execute(text(_SLOTS), {"key": row[0], "since": instant_column(since)}).all()
            due = _with_slots(due, slots)
        found.append(due)
    return found, broken


def _with_slots(due: Due, slots: Sequence[Row]) -> Due:
    held = {
        from_column(slot): Slot(
            from_column(slot), datetime.fromisoformat(at), SlotState(state), Action(action), _read_instant(lease)
        )
        for slot, at, state, action, lease in slots
    }
    return Due(due.wish, due.revision, due.look_at, due.looked_at, due.last_at, held)


def _due(row: Row) -> Due:
    wish = Wish(
        from_column(row[0]), msgspec.json.decode(bytes(row[10]), type=Intent), from_column(row[1]),
        from_column(row[2]), from_column(row[3]), timedelta(seconds=row[5]), _read_instant(row[6]),
    )  # fmt: skip
    looked_at = datetime.fromisoformat(row[8])
    return Due(wish, row[4], _read_instant(row[7]), looked_at, _read_instant(row[9]))


def _instant(at: datetime | None) -> str | None:
    return instant_column(at) if at is not None else None


def _read_instant(column: str | None) -> datetime | None:
    return datetime.fromisoformat(column) if column else None
