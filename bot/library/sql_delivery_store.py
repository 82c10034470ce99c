"""Deliveries and incoming events, on SQLAlchemy, for SQLite and PostgreSQL. See `delivery_store` for the contract."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from bot.library.delivery_store import (
    DOUBTFUL,
    ChannelRest,
    ChannelState,
    Delivery,
    DeliveryKind,
    DeliveryState,
    EventState,
    Owed,
    TakenEvent,
)
from bot.library.rows import (
    Row,
    bytes_text,
    from_column,
    instant_column,
    text_bytes,
    to_column,
)
from bot.library.transactions import Transactions

_COLUMNS = (
    "d.id, d.key, d.platform, d.workspace, d.channel, d.kind, d.payload, d.thread, d.reply_to, d.parent_key, d.files, "
    "d.state, d.attempts, d.owed_at, d.next_try_at, d.lease_until, d.message_id, d.thread_id, d.code, d.reason, "
    "p.message_id, p.thread_id"
)
_FROM = f"SELECT {_COLUMNS} FROM delivery d LEFT JOIN delivery p ON p.key = d.parent_key AND d.parent_key <> '' "

_LONGEST_ASKED = timedelta(seconds=3_700)  # no platform asks us to wait for longer
_UNSETTLED = "('due', 'sending')"
# Of what is unsettled. Instants that lie too far ahead were written by a clock that was wrong: they bind nobody.
_FREE = "(d.state = 'due' OR d.lease_until <= :now OR d.lease_until > :ahead)"
_DUE = (
    "(d.next_try_at <= :now OR d.owed_at > :ahead AND d.attempts = 0 OR d.next_try_at > :asked AND d.attempts > 0)"
)
_FIRST_IN_ITS_CHANNEL = (
    "NOT EXISTS (SELECT 1 FROM delivery e WHERE e.platform = d.platform AND e.workspace = d.workspace "
    f"AND e.channel = d.channel AND e.state IN {_UNSETTLED} AND e.id < d.id)"
)
_CHANNEL_IS_OPEN = (
    "NOT EXISTS (SELECT 1 FROM channel_rest r WHERE r.platform = d.platform "
    "AND (r.workspace = d.workspace AND r.channel IN (d.channel, '') OR r.workspace = '' AND r.channel = '') "
    "AND (r.not_before > :now AND r.not_before <= :asked "
    "OR r.state = 'resting' AND (r.next_try_at IS NULL OR r.next_try_at > :now)))"
)
_PARENT_STANDS = "(d.parent_key = '' OR p.state = 'sent')"


class SqlDeliveryStore:
    """`DeliveryStore` in the database of a `SqlStore`, whose transactions it takes part in."""

    def __init__(self, transactions: Transactions) -> None:
        self._db = transactions

    # --- owing ---

    async def owe(
        self, deliveries: Sequence[Owed], *, now: datetime, answers: tuple[str, str] | None = None
    ) -> list[Delivery]:
        return await self._db.alone(lambda c: owe(c, deliveries, now, answers))

    # --- sending ---

    async def claim(self, platform: str, *, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Delivery]:
        return await self._db.alone(lambda c: _claim(c, platform, owner, now, lease, limit))

    async def release(self, delivery_id: int, owner: str, *, next_try_at: datetime, code: str, reason: str) -> bool:
        sql = (
            "UPDATE delivery SET state = 'due', owner = '', lease_until = NULL, next_try_at = :next, code = :code, "
            "reason = :reason WHERE id = :id AND owner = :owner AND state = 'sending'"
        )
        columns = {
            "id": delivery_id, "owner": to_column(owner), "next": instant_column(next_try_at), "code": to_column(code),
            "reason": to_column(reason),
        }  # fmt: skip
        return await self._db.alone(lambda c: _run(c, sql, columns) > 0)

    async def sent(self, delivery_id: int, *, message_id: str, thread_id: str = "", now: datetime) -> bool:
        columns = {
            "id": delivery_id, "message": to_column(message_id), "thread": to_column(thread_id),
            "now": instant_column(now),
        }  # fmt: skip
        return await self._db.alone(lambda c: _sent(c, columns))

    async def refused(self, delivery_id: int, owner: str, *, code: str, reason: str) -> bool:
        return await self._db.alone(lambda c: _refused(c, delivery_id, owner, code, reason))

    async def revive(self, delivery_id: int, *, now: datetime) -> bool:
        return await self._db.alone(lambda c: _revive(c, delivery_id, now))

    async def withhold(self, platform: str, workspace: str, prefix: str, *, code: str) -> int:
        sql = (
            "UPDATE delivery SET state = 'dropped', code = :code WHERE platform = :platform AND workspace = :workspace "
            "AND state = 'due' AND code <> :doubtful AND SUBSTR(key, 1, :length) = :prefix"
        )
        columns = {
            "platform": platform, "workspace": to_column(workspace), "prefix": prefix, "length": len(prefix),
            "code": code, "doubtful": DOUBTFUL,
        }  # fmt: skip
        return await self._db.alone(lambda c: _run(c, sql, columns))

    async def owed_since(
        self, platform: str, workspace: str, prefix: str, since: datetime, *, channel: str = "", withheld: str = ""
    ) -> int:
        sql = (
            "SELECT COUNT(*) FROM delivery WHERE platform = :platform AND workspace = :workspace "
            "AND owed_at >= :since AND kind = 'post' AND SUBSTR(key, 1, :length) = :prefix "
        )
        sql += "AND state = 'dropped' AND code = :withheld" if withheld else "AND state <> 'dropped'"
        sql += " AND channel = :channel" if channel else ""
        columns = {
            **_place(platform, workspace, channel), "prefix": prefix, "length": len(prefix),
            "since": instant_column(since), "withheld": withheld,
        }  # fmt: skip
        [(found,)] = await self._db.ask(lambda run: run(sql, columns))
        return int(found)

    async def drop_channel(self, platform: str, workspace: str, channel: str) -> int:
        sql = (
            "UPDATE delivery SET state = 'dropped', owner = '', lease_until = NULL "
            f"WHERE platform = :platform AND workspace = :workspace AND channel = :channel AND state IN {_UNSETTLED}"
        )
        return await self._db.alone(lambda c: _run(c, sql, _place(platform, workspace, channel)))

    async def postpone_channel(self, platform: str, workspace: str, channel: str, until: datetime) -> None:
        sql = (
            "INSERT INTO channel_rest (platform, workspace, channel, state, code, reason, since, told, not_before) "
            "VALUES (:platform, :workspace, :channel, 'open', '', '', :until, :no, :until) "
            "ON CONFLICT (platform, workspace, channel) DO UPDATE SET not_before = excluded.not_before "
            "WHERE channel_rest.not_before IS NULL OR channel_rest.not_before < excluded.not_before"
        )
        columns = {**_place(platform, workspace, channel), "until": instant_column(until), "no": False}
        await self._db.alone(lambda c: _run(c, sql, columns))

    async def next_due_at(self, platform: str) -> datetime | None:
        sql = (
            "SELECT MIN(CASE WHEN d.state = 'due' THEN d.next_try_at ELSE d.lease_until END) FROM delivery d "
            f"WHERE d.platform = :platform AND d.state IN {_UNSETTLED} AND {_FIRST_IN_ITS_CHANNEL}"
        )
        [(first,)] = await self._db.ask(lambda run: run(sql, {"platform": platform}))
        return datetime.fromisoformat(first) if first else None

    async def delivery(self, key: str) -> Delivery | None:
        found = await self._db.ask(lambda run: run(f"{_FROM} WHERE d.key = :key", {"key": to_column(key)}))
        return _delivery(found[0]) if found else None

    async def delivery_numbered(self, delivery_id: int) -> Delivery | None:
        found = await self._db.ask(lambda run: run(f"{_FROM} WHERE d.id = :id", {"id": delivery_id}))
        return _delivery(found[0]) if found else None

    async def unsettled(self, platform: str, *, limit: int = 1000) -> list[Delivery]:
        sql = f"{_FROM} WHERE d.platform = :platform AND d.state IN {_UNSETTLED} ORDER BY d.id LIMIT :limit"
        return [_delivery(r) for r in await self._db.ask(lambda run: run(sql, {"platform": platform, "limit": limit}))]

    # --- channels ---

    async def rest_channel(
        self,
        platform: str,
        workspace: str,
        channel: str,
        *,
        code: str,
        reason: str,
        now: datetime,
        next_try_at: datetime,
    ) -> bool:
        place = _place(platform, workspace, channel)
        columns = {
            **place, "code": to_column(code), "reason": to_column(reason), "now": instant_column(now),
            "next": instant_column(next_try_at), "yes": True,
        }  # fmt: skip
        return await self._db.alone(lambda c: _rest(c, place, columns))

    async def wake_channel(self, platform: str, workspace: str, channel: str) -> None:
        sql = (
            "DELETE FROM channel_rest WHERE platform = :platform AND workspace = :workspace AND channel = :channel "
            "AND state = 'resting'"
        )
        await self._db.alone(lambda c: _run(c, sql, _place(platform, workspace, channel)))

    async def resting_channels(self, platform: str) -> list[ChannelRest]:
        sql = (
            "SELECT platform, workspace, channel, state, code, reason, since, next_try_at, told FROM channel_rest "
            "WHERE platform = :platform AND state = 'resting' ORDER BY since, workspace, channel"
        )
        return [_rest_of(row) for row in await self._db.ask(lambda run: run(sql, {"platform": platform}))]

    # --- incoming events ---

    async def take_event(
        self, platform: str, event_id: str, *, request_json: str, now: datetime, conversation: str = ""
    ) -> bool:
        return (await self._take(platform, [(event_id, request_json)], now, conversation))[0]

    async def take_events(self, platform: str, events: Sequence[tuple[str, str]], *, now: datetime) -> list[bool]:
        return await self._take(platform, events, now, "")

    async def _take(
        self, platform: str, events: Sequence[tuple[str, str]], now: datetime, conversation: str
    ) -> list[bool]:
        sql = (
            "INSERT INTO incoming_event (platform, id, state, taken_at, conversation, request) "
            "VALUES (:platform, :id, 'taken', :now, :conversation, :request) ON CONFLICT (platform, id) DO NOTHING"
        )
        rows = [
            {
                "platform": platform, "id": to_column(event_id), "now": instant_column(now),
                "conversation": to_column(conversation), "request": text_bytes(request_json),
            }
            for event_id, request_json in events
        ]  # fmt: skip
        return await self._db.alone(lambda c: [_run(c, sql, row) > 0 for row in rows])

    async def end_event(self, platform: str, event_id: str, state: EventState, *, now: datetime) -> None:
        await self._db.alone(lambda c: _end_event(c, platform, event_id, state, now))

    async def event(self, platform: str, event_id: str) -> TakenEvent | None:
        sql = "SELECT platform, id, taken_at, request FROM incoming_event WHERE platform = :platform AND id = :id"
        found = await self._db.ask(lambda run: run(sql, {"platform": platform, "id": to_column(event_id)}))
        return _event(found[0]) if found else None

    async def conversation(
        self, platform: str, conversation: str, *, before: datetime, limit: int
    ) -> list[TakenEvent]:
        sql = (
            "SELECT platform, id, taken_at, request FROM incoming_event WHERE platform = :platform "
            "AND conversation = :conversation AND taken_at < :before ORDER BY taken_at DESC, id DESC LIMIT :limit"
        )
        columns = {
            "platform": platform, "conversation": to_column(conversation), "before": instant_column(before),
            "limit": limit,
        }  # fmt: skip
        return [_event(row) for row in reversed(await self._db.ask(lambda run: run(sql, columns)))]

    async def open_events(self, platform: str, *, before: datetime) -> list[TakenEvent]:
        sql = (
            "SELECT platform, id, taken_at, request FROM incoming_event "
            "WHERE platform = :platform AND state = 'taken' AND taken_at < :before ORDER BY taken_at, id"
        )
        found = await self._db.ask(lambda run: run(sql, {"platform": platform, "before": instant_column(before)}))
        return [_event(row) for row in found]

    async def judge(
        self, platform: str, event_id: str, *, person: str, workspace: str, verdict: str, now: datetime
    ) -> None:
        sql = (
            "INSERT INTO feedback (platform, event_id, person, workspace, verdict, at) "
            "VALUES (:platform, :id, :person, :workspace, :verdict, :now) ON CONFLICT (platform, event_id, person) "
            "DO UPDATE SET verdict = excluded.verdict, at = excluded.at"
        )
        columns = {
            "platform": platform, "id": to_column(event_id), "person": to_column(person),
            "workspace": to_column(workspace), "verdict": to_column(verdict), "now": instant_column(now),
        }  # fmt: skip
        await self._db.alone(lambda c: _run(c, sql, columns))

    async def verdicts(self, workspace: str) -> dict[str, int]:
        sql = "SELECT verdict, COUNT(*) FROM feedback WHERE workspace = :workspace GROUP BY verdict"
        found = await self._db.ask(lambda run: run(sql, {"workspace": to_column(workspace)}))
        return {from_column(verdict): int(count) for verdict, count in found}

    async def forget_person(self, platform: str, workspace: str, person: str) -> int:
        return await self._db.alone(lambda c: _forget_person(c, platform, workspace, person))

    async def forget_events(self, *, before: datetime) -> int:
        sql = "DELETE FROM incoming_event WHERE state <> 'taken' AND ended_at < :before"
        return await self._db.alone(lambda c: _run(c, sql, {"before": instant_column(before)}))

    async def put_cursor(self, platform: str, channel: str, message_id: str) -> None:
        # Ids of one platform grow in length and, of one length, in the order of their digits.
        sql = (
            "INSERT INTO channel_cursor (platform, channel, message_id) VALUES (:platform, :channel, :id) "
            "ON CONFLICT (platform, channel) DO UPDATE SET message_id = excluded.message_id "
            "WHERE LENGTH(channel_cursor.message_id) < LENGTH(excluded.message_id) "
            "OR LENGTH(channel_cursor.message_id) = LENGTH(excluded.message_id) "
            "AND channel_cursor.message_id < excluded.message_id"
        )
        columns = {"platform": platform, "channel": to_column(channel), "id": to_column(message_id)}
        await self._db.alone(lambda c: _run(c, sql, columns))

    async def cursors(self, platform: str) -> dict[str, str]:
        sql = "SELECT channel, message_id FROM channel_cursor WHERE platform = :platform"
        found = await self._db.ask(lambda run: run(sql, {"platform": platform}))
        return {from_column(channel): from_column(message_id) for channel, message_id in found}


def _run(connection: Connection, sql: str, columns: Mapping[str, Any]) -> int:
    """Run one statement that changes rows; how many it changed."""
    return connection.execute(text(sql), columns).rowcount


def _place(platform: str, workspace: str, channel: str) -> dict[str, Any]:
    return {"platform": platform, "workspace": to_column(workspace), "channel": to_column(channel)}


def owe(
    connection: Connection, deliveries: Sequence[Owed], now: datetime, answers: tuple[str, str] | None = None
) -> list[Delivery]:
    """`DeliveryStore.owe` within a transaction that does more."""
    sql = (
        "INSERT INTO delivery (key, platform, workspace, channel, kind, thread, reply_to, parent_key, files, state, "
        "owner, attempts, owed_at, next_try_at, message_id, thread_id, code, reason, payload) VALUES (:key, :platform, "
        ":workspace, :channel, :kind, :thread, :reply_to, :parent_key, :files, :state, '', 0, :now, :due, '', '', "
        ":code, '', :payload) ON CONFLICT (key) DO NOTHING"
    )
    late = (  # what hangs on something that has ended unsent shares its end, or it would block its channel for ever
        "UPDATE delivery SET state = 'dropped', code = 'parent-unsent' WHERE key = :key AND state = 'due' AND EXISTS "
        "(SELECT 1 FROM delivery p WHERE p.key = :parent_key AND p.state IN ('refused', 'dropped'))"
    )
    for one in deliveries:
        due = one.not_before if one.not_before and one.not_before > now else now
        columns = {
            **_place(one.platform, one.workspace, one.channel), "key": to_column(one.key), "kind": str(one.kind),
            "thread": to_column(one.thread), "reply_to": to_column(one.reply_to), "payload": one.payload,
            "parent_key": to_column(one.parent_key), "files": json.dumps(one.files), "now": instant_column(now),
            "due": instant_column(due), "state": "dropped" if one.withheld else "due", "code": one.withheld,
        }  # fmt: skip
        _run(connection, sql, columns)
        if one.parent_key:
            _run(connection, late, {"key": columns["key"], "parent_key": columns["parent_key"]})
    if answers is not None:
        _end_event(connection, *answers, EventState.ANSWERED, now)
    by_key = text(f"{_FROM} WHERE d.key = :key")
    return [_delivery(connection.execute(by_key, {"key": to_column(one.key)}).one()) for one in deliveries]


def _forget_person(connection: Connection, platform: str, workspace: str, person: str) -> int:
    sql = "DELETE FROM feedback WHERE platform = :platform AND workspace = :workspace AND person = :person"
    who = {"platform": platform, "workspace": to_column(workspace), "person": to_column(person)}
    count = _run(connection, sql, who)
    blank = "UPDATE incoming_event SET request = :blank WHERE platform = :room AND id = :id"
    for room in (platform, f"{platform}-delivery"):  # requests, and what a platform delivered
        sql = "SELECT id, request FROM incoming_event WHERE platform = :room AND state <> 'taken'"
        for event_id, request in connection.execute(text(sql), {"room": room}).all():
            if _asked_by(bytes_text(bytes(request)), workspace, person):
                count += _run(connection, blank, {"room": room, "id": event_id, "blank": text_bytes("{}")})
    return count


def _asked_by(request_json: str, workspace: str, person: str) -> bool:
    """Whether a request is a person's; of what a platform delivered, whether it names them at all."""
    if f'"{person}"' not in request_json:  # most are others': not worth reading
        return False
    try:
        request = json.loads(request_json)
        return bool(request["person"]["id"] == person and request["place"]["workspace"] == workspace)
    except (ValueError, KeyError, TypeError):
        return True


def _end_event(connection: Connection, platform: str, event_id: str, state: EventState, now: datetime) -> None:
    sql = (
        "UPDATE incoming_event SET state = :state, ended_at = :now "
        "WHERE platform = :platform AND id = :id AND state = 'taken'"
    )
    columns = {"platform": platform, "id": to_column(event_id), "state": str(state), "now": instant_column(now)}
    _run(connection, sql, columns)


def _claim(
    connection: Connection, platform: str, owner: str, now: datetime, lease: timedelta, limit: int
) -> list[Delivery]:
    at = {"platform": platform, "now": instant_column(now), "ahead": instant_column(now + 2 * lease)}
    at["asked"] = instant_column(now + _LONGEST_ASKED)
    found = connection.execute(
        text(
            f"{_FROM} WHERE d.platform = :platform AND d.state IN {_UNSETTLED} AND {_DUE} AND {_FREE} "
            f"AND {_FIRST_IN_ITS_CHANNEL} AND {_CHANNEL_IS_OPEN} AND {_PARENT_STANDS} "
            "ORDER BY d.next_try_at, d.id LIMIT :limit"
        ),
        {**at, "limit": limit},
    ).all()
    claim = (
        "UPDATE delivery SET code = CASE WHEN state = 'sending' THEN :doubtful ELSE code END, state = 'sending', "
        f"owner = :owner, lease_until = :until, attempts = attempts + 1 WHERE id = :id AND state IN {_UNSETTLED} "
        "AND (state = 'due' OR lease_until <= :now OR lease_until > :ahead)"
    )
    claimed: list[Delivery] = []
    for row in found:
        columns = {
            "id": row[0], "owner": to_column(owner), "until": instant_column(now + lease), "now": at["now"],
            "ahead": at["ahead"], "doubtful": DOUBTFUL,
        }  # fmt: skip
        if _run(connection, claim, columns):  # else another process was quicker
            again = connection.execute(text(f"{_FROM} WHERE d.id = :id"), {"id": row[0]}).one()
            claimed.append(_delivery(again))
    return claimed


def _sent(connection: Connection, columns: Mapping[str, Any]) -> bool:
    sent = (
        "UPDATE delivery SET state = 'sent', owner = '', lease_until = NULL, code = '', reason = '', "
        f"message_id = :message, thread_id = :thread, sent_at = :now WHERE id = :id AND state IN {_UNSETTLED}"
    )
    if not _run(connection, sent, columns):
        return False
    awake = (
        "DELETE FROM channel_rest WHERE state = 'resting' AND EXISTS (SELECT 1 FROM delivery d WHERE d.id = :id "
        "AND d.platform = channel_rest.platform AND d.workspace = channel_rest.workspace "
        "AND d.channel = channel_rest.channel)"
    )
    _run(connection, awake, {"id": columns["id"]})
    return True


def _refused(connection: Connection, delivery_id: int, owner: str, code: str, reason: str) -> bool:
    refuse = (
        "UPDATE delivery SET state = 'refused', owner = '', lease_until = NULL, code = :code, reason = :reason "
        "WHERE id = :id AND owner = :owner AND state = 'sending'"
    )
    why = {"code": to_column(code), "reason": to_column(reason)}
    if not _run(connection, refuse, {**why, "id": delivery_id, "owner": to_column(owner)}):
        return False
    hanging = (
        "UPDATE delivery SET state = 'refused', owner = '', lease_until = NULL, code = 'parent-refused', "
        f"reason = :reason WHERE state IN {_UNSETTLED} AND parent_key <> '' "
        "AND parent_key IN (SELECT p.key FROM delivery p WHERE p.state = 'refused')"
    )
    while _run(connection, hanging, {"reason": why["reason"]}):
        pass  # and what hangs on those
    return True


def _revive(connection: Connection, delivery_id: int, now: datetime) -> bool:
    again = "UPDATE delivery SET state = 'due', attempts = 0, code = '', reason = '', next_try_at = :now WHERE "
    at = {"now": instant_column(now)}
    if not _run(connection, f"{again} id = :id AND state = 'refused'", {**at, "id": delivery_id}):
        return False
    hanging = (
        "state = 'refused' AND code = 'parent-refused' "
        "AND parent_key IN (SELECT p.key FROM delivery p WHERE p.state = 'due')"
    )
    while _run(connection, f"{again} {hanging}", at):
        pass  # and what hung on those
    return True


def _rest(connection: Connection, place: dict[str, Any], columns: dict[str, Any]) -> bool:
    before = connection.execute(
        text(
            "SELECT code FROM channel_rest WHERE platform = :platform AND workspace = :workspace "
            "AND channel = :channel AND state = 'resting'"
        ),
        place,
    ).all()
    _run(
        connection,
        "INSERT INTO channel_rest (platform, workspace, channel, state, code, reason, since, next_try_at, told) "
        "VALUES (:platform, :workspace, :channel, 'resting', :code, :reason, :now, :next, :yes) "
        "ON CONFLICT (platform, workspace, channel) DO UPDATE SET state = 'resting', code = excluded.code, "
        "reason = excluded.reason, next_try_at = excluded.next_try_at, "
        "since = CASE WHEN channel_rest.state = 'resting' THEN channel_rest.since ELSE excluded.since END",
        columns,
    )
    return not before


def _event(row: Row) -> TakenEvent:
    return TakenEvent(row[0], from_column(row[1]), datetime.fromisoformat(row[2]), bytes_text(bytes(row[3])))


def _delivery(row: Row) -> Delivery:
    owed = Owed(
        key=from_column(row[1]), platform=row[2], workspace=from_column(row[3]), channel=from_column(row[4]),
        kind=DeliveryKind(row[5]), payload=bytes(row[6]), thread=from_column(row[7]), reply_to=from_column(row[8]),
        parent_key=from_column(row[9]), files=tuple((name, sha256) for name, sha256 in json.loads(row[10])),
    )  # fmt: skip
    return Delivery(
        id=row[0], owed=owed, state=DeliveryState(row[11]), attempts=row[12], owed_at=datetime.fromisoformat(row[13]),
        next_try_at=datetime.fromisoformat(row[14]), lease_until=datetime.fromisoformat(row[15]) if row[15] else None,
        message_id=from_column(row[16]), thread_id=from_column(row[17]), code=from_column(row[18]),
        reason=from_column(row[19]), parent_message_id=from_column(row[20] or ""),
        parent_thread_id=from_column(row[21] or ""),
    )  # fmt: skip


def _rest_of(row: Row) -> ChannelRest:
    return ChannelRest(
        row[0], from_column(row[1]), from_column(row[2]), ChannelState(row[3]), from_column(row[4]),
        from_column(row[5]), datetime.fromisoformat(row[6]), datetime.fromisoformat(row[7]) if row[7] else None,
        bool(row[8]),
    )  # fmt: skip
