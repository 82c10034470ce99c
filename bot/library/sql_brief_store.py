"""Briefs, wishes and mutes, on SQLAlchemy, for SQLite and PostgreSQL. See `brief_store` for the contract."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from bot.domain import Receipt
from bot.errors import NotFound
from bot.library import writes
from bot.library.brief_store import BriefKind, BriefRecord, BriefState, BriefWindow, BriefWish, Mute
from bot.library.delivery_store import Owed
from bot.library.rows import Row, from_column, instant_column, to_column
from bot.library.sql_delivery_store import owe
from bot.library.transactions import Transactions

_RECORD = (
    "SELECT r.id, r.key, r.slot, r.kind, r.state, r.made_at, r.since, r.from_seq, r.to_seq, r.body, r.sha256, "
    "r.revision, r.delivered_at, r.skipped FROM brief_record r"
)
_FOR_ALL = "r.kind IN ('scheduled', 'catch up', 'posted')"
_TOLD = f"r.state IN ('owed', 'delivered') AND {_FOR_ALL}"


class SqlBriefStore:
    """`BriefStore` in the database of a `SqlStore`, whose transactions it takes part in."""

    def __init__(self, transactions: Transactions) -> None:
        self._db = transactions

    # --- wishes ---

    async def put_wish(self, wish: BriefWish) -> None:
        sql = (
            "INSERT INTO brief_wish (key, platform, workspace, channel, wish) "
            "VALUES (:key, :platform, :workspace, :channel, :wish) ON CONFLICT (key) DO UPDATE SET wish = excluded.wish"
        )
        # The place stands in columns of its own, which hold any string.
        chosen = json.dumps(asdict(replace(wish, key="", platform="", workspace="", channel=""))).encode()
        columns = {
            "key": to_column(wish.key), "platform": wish.platform, "workspace": to_column(wish.workspace),
            "channel": to_column(wish.channel), "wish": chosen,
        }  # fmt: skip
        await self._db.alone(lambda c: _run(c, sql, columns))

    async def wish(self, key: str) -> BriefWish | None:
        found = await self._db.ask(lambda run: run(f"{_WISH} WHERE key = :key", {"key": to_column(key)}))
        return _wish(found[0]) if found else None

    async def wishes(self, platform: str, workspace: str) -> list[BriefWish]:
        sql = f"{_WISH} WHERE platform = :platform AND workspace = :workspace ORDER BY key"
        columns = {"platform": platform, "workspace": to_column(workspace)}
        return [_wish(row) for row in await self._db.ask(lambda run: run(sql, columns))]

    async def remove_wish(self, key: str) -> bool:
        sql = "DELETE FROM brief_wish WHERE key = :key"
        return await self._db.alone(lambda c: _run(c, sql, {"key": to_column(key)}) > 0)

    # --- records ---

    async def keep(
        self,
        key: str,
        slot: str,
        kind: BriefKind,
        body: bytes,
        *,
        made_at: datetime,
        since: datetime | None,
        from_seq: int,
        to_seq: int,
        told: Iterable[int] = (),
        skipped: Iterable[tuple[int, int]] = (),
    ) -> BriefRecord:
        columns = {
            "key": to_column(key), "slot": to_column(slot), "kind": str(kind), "made_at": instant_column(made_at),
            "since": instant_column(since) if since else None, "from_seq": from_seq, "to_seq": to_seq,
            "sha256": hashlib.sha256(body).hexdigest(), "body": body, "told": " ".join(map(str, dict.fromkeys(told))),
            "skipped": " ".join(f"{start}-{end}" for start, end in skipped),
        }  # fmt: skip
        return await self._db.alone(lambda c: _keep(c, columns))

    async def owed(
        self,
        record_id: int,
        *,
        deliveries: Sequence[Owed],
        now: datetime,
        receipt: Receipt | None = None,
        sha256: str = "",
    ) -> BriefRecord:
        return await self._db.alone(lambda c: _owed(c, record_id, deliveries, now, receipt, sha256))

    async def revise(
        self,
        record_id: int,
        body: bytes,
        *,
        deliveries: Sequence[Owed],
        now: datetime,
        receipt: Receipt | None = None,
        to_seq: int = 0,
        told: Iterable[int] = (),
        sha256: str = "",
    ) -> BriefRecord:
        def work(connection: Connection) -> BriefRecord:
            record = _locked(connection, record_id)
            if body == record.body or sha256 not in ("", record.sha256):
                return record
            return _revise(connection, record, body, deliveries, now, receipt, to_seq, told)

        return await self._db.alone(work)

    async def revisions(self, record_id: int) -> list[tuple[int, bytes]]:
        sql = (
            "SELECT revision, body FROM brief_revision WHERE record_id = :id "
            "UNION ALL SELECT revision, body FROM brief_record WHERE id = :id ORDER BY 1"
        )
        return [(int(n), bytes(body)) for n, body in await self._db.ask(lambda run: run(sql, {"id": record_id}))]

    async def settle(self) -> int:
        return await self._db.alone(_settle)

    async def last_told(self, key: str, *, before_id: int | None = None) -> BriefRecord | None:
        where = f"r.key = :key AND {_TOLD}" + (" AND r.id < :before" if before_id else "")
        return await self._one(where, {"key": to_column(key), "before": before_id})

    async def windows(self, key: str, *, records: int = 60) -> list[BriefWindow]:
        sql = (
            "SELECT r.id, r.slot, r.state, r.since, r.made_at, r.from_seq, r.to_seq, r.skipped, r.revision "
            f"FROM brief_record r WHERE r.key = :key AND r.state IN ('owed', 'delivered', 'failed') AND {_FOR_ALL} "
            "ORDER BY r.id DESC LIMIT :limit"
        )
        found = await self._db.ask(lambda run: run(sql, {"key": to_column(key), "limit": max(0, records)}))
        return [
            BriefWindow(
                int(row[0]), from_column(row[1]), BriefState(row[2]), _instant(row[3]), datetime.fromisoformat(row[4]),
                int(row[5]), int(row[6]), _spans(row[7]), int(row[8]),
            )
            for row in found
        ]  # fmt: skip

    async def told(self, key: str, *, records: int = 60, before_id: int | None = None) -> frozenset[int]:
        earlier = " AND r.id < :before" if before_id else ""
        sql = (
            f"SELECT r.told FROM brief_record r WHERE r.key = :key AND {_TOLD}{earlier} ORDER BY r.id DESC LIMIT :limit"
        )
        columns = {"key": to_column(key), "limit": max(0, records), "before": before_id}
        found = await self._db.ask(lambda run: run(sql, columns))
        return frozenset(int(one) for row in found for one in row[0].split())

    async def record(self, key: str, slot: str) -> BriefRecord | None:
        return await self._one("r.key = :key AND r.slot = :slot", {"key": to_column(key), "slot": to_column(slot)})

    async def by_id(self, record_id: int) -> BriefRecord | None:
        return await self._one("r.id = :id", {"id": record_id})

    async def of_channel(
        self, key: str, *, limit: int = 10, before_id: int | None = None, told_only: bool = True
    ) -> list[BriefRecord]:
        where = "r.key = :key" + (f" AND {_TOLD}" if told_only else "") + (" AND r.id < :before" if before_id else "")
        columns = {"key": to_column(key), "limit": max(0, limit), "before": before_id}
        sql = f"{_RECORD} WHERE {where} ORDER BY r.id DESC LIMIT :limit"
        return [_record(row) for row in await self._db.ask(lambda run: run(sql, columns))]

    async def keys(self) -> list[str]:
        sql = f"SELECT DISTINCT r.key FROM brief_record r WHERE {_TOLD} ORDER BY r.key"
        return [from_column(row[0]) for row in await self._db.ask(lambda run: run(sql, {}))]

    async def delivered_since(self, after: datetime, *, limit: int = 100) -> list[BriefRecord]:
        sql = (
            f"{_RECORD} WHERE r.state = 'delivered' AND {_FOR_ALL} AND r.delivered_at > :after "
            "ORDER BY r.delivered_at, r.id LIMIT :limit"
        )
        columns = {"after": instant_column(after), "limit": max(0, limit)}
        return [_record(row) for row in await self._db.ask(lambda run: run(sql, columns))]

    async def _one(self, where: str, columns: Mapping[str, Any]) -> BriefRecord | None:
        sql = f"{_RECORD} WHERE {where} ORDER BY r.id DESC LIMIT 1"
        found = await self._db.ask(lambda run: run(sql, columns))
        return _record(found[0]) if found else None

    # --- people ---

    async def mute(self, platform: str, workspace: str, person: str, mute: Mute, *, now: datetime) -> None:
        sql = (
            "INSERT INTO brief_mute (platform, workspace, person, topic, story_id, muted_at) "
            "VALUES (:platform, :workspace, :person, :topic, :story, :now) "
            "ON CONFLICT (platform, workspace, person, topic, story_id) DO NOTHING"
        )
        columns = {**_muted(platform, workspace, person, mute), "now": instant_column(now)}
        await self._db.alone(lambda c: _run(c, sql, columns))

    async def unmute(self, platform: str, workspace: str, person: str, mute: Mute) -> bool:
        sql = f"DELETE FROM brief_mute WHERE {_PERSON} AND topic = :topic AND story_id = :story"
        return await self._db.alone(lambda c: _run(c, sql, _muted(platform, workspace, person, mute)) > 0)

    async def mutes(self, platform: str, workspace: str, person: str) -> list[Mute]:
        sql = f"SELECT topic, story_id FROM brief_mute WHERE {_PERSON} ORDER BY muted_at, topic, story_id"
        found = await self._db.ask(lambda run: run(sql, _person(platform, workspace, person)))
        return [Mute(from_column(topic), int(story) or None) for topic, story in found]

    async def forget_person(self, platform: str, workspace: str, person: str) -> int:
        sql = f"DELETE FROM brief_mute WHERE {_PERSON}"
        return await self._db.alone(lambda c: _run(c, sql, _person(platform, workspace, person)))


_PERSON = "platform = :platform AND workspace = :workspace AND person = :person"
_WISH = "SELECT key, platform, workspace, channel, wish FROM brief_wish"


def _run(connection: Connection, sql: str, columns: Mapping[str, Any]) -> int:
    """Run one statement that changes rows; how many it changed."""
    return connection.execute(text(sql), columns).rowcount


def _person(platform: str, workspace: str, person: str) -> dict[str, Any]:
    return {"platform": platform, "workspace": to_column(workspace), "person": to_column(person)}


def _muted(platform: str, workspace: str, person: str, mute: Mute) -> dict[str, Any]:
    return {**_person(platform, workspace, person), "topic": to_column(mute.topic), "story": mute.story_id or 0}


def _keep(connection: Connection, columns: Mapping[str, Any]) -> BriefRecord:
    put = (
        "INSERT INTO brief_record (key, slot, kind, state, made_at, since, from_seq, to_seq, revision, delivery_key, "
        "told, skipped, sha256, body) VALUES "
        "(:key, :slot, :kind, 'made', :made_at, :since, :from_seq, :to_seq, 0, '', :told, :skipped, :sha256, :body) "
        "ON CONFLICT (key, slot) DO UPDATE SET kind = excluded.kind, state = 'made', made_at = excluded.made_at, "
        "since = excluded.since, from_seq = excluded.from_seq, to_seq = excluded.to_seq, sha256 = excluded.sha256, "
        "body = excluded.body, told = excluded.told, skipped = excluded.skipped "
        "WHERE brief_record.state IN ('made', 'replaced')"
    )
    _run(connection, put, columns)
    found = connection.execute(text(f"{_RECORD} WHERE r.key = :key AND r.slot = :slot"), columns)
    return _record(found.one())


def _locked(connection: Connection, record_id: int) -> BriefRecord:
    """The record, which nobody else changes before this transaction ends."""
    _run(connection, "UPDATE brief_record SET id = id WHERE id = :id", {"id": record_id})
    found = connection.execute(text(f"{_RECORD} WHERE r.id = :id"), {"id": record_id}).one_or_none()
    if found is None:
        raise NotFound("no-brief", f"brief {record_id}", "There is no such brief.")
    return _record(found)


def _owed(
    connection: Connection,
    record_id: int,
    deliveries: Sequence[Owed],
    now: datetime,
    receipt: Receipt | None,
    sha256: str,
) -> BriefRecord:
    record = _locked(connection, record_id)
    if record.state is not BriefState.MADE or sha256 not in ("", record.sha256):
        return record
    owe(connection, deliveries, now)
    if receipt is not None:
        writes.keep_receipt(connection, receipt)
    at = instant_column(now)
    columns = {
        "id": record_id, "kind": str(record.kind if record.kind.is_for_all else BriefKind.POSTED),
        "state": str(BriefState.OWED if deliveries else BriefState.DELIVERED),
        "delivery": to_column(deliveries[0].key) if deliveries else "", "at": None if deliveries else at,
    }  # fmt: skip
    owing = (
        "UPDATE brief_record SET state = :state, kind = :kind, delivery_key = :delivery, delivered_at = :at "
        "WHERE id = :id"
    )
    _run(connection, owing, columns)
    replaced = (  # they would tell the same again
        "UPDATE brief_record SET state = 'replaced' "
        "WHERE key = :key AND state = 'made' AND id <> :id AND from_seq < :to_seq"
    )
    _run(connection, replaced, {"key": to_column(record.key), "id": record_id, "to_seq": record.to_seq})
    return _locked(connection, record_id)


def _revise(
    connection: Connection,
    record: BriefRecord,
    body: bytes,
    deliveries: Sequence[Owed],
    now: datetime,
    receipt: Receipt | None,
    to_seq: int,
    told: Iterable[int],
) -> BriefRecord:
    kept = "INSERT INTO brief_revision (record_id, revision, body) VALUES (:id, :revision, :body)"
    _run(connection, kept, {"id": record.id, "revision": record.revision, "body": record.body})
    before = connection.execute(text("SELECT told FROM brief_record WHERE id = :id"), {"id": record.id}).scalar_one()
    changed = (
        "UPDATE brief_record SET body = :body, sha256 = :sha256, revision = revision + 1, to_seq = :to_seq, "
        "told = :told WHERE id = :id"
    )
    columns = {"body": body, "sha256": hashlib.sha256(body).hexdigest(), "to_seq": max(to_seq, record.to_seq)}
    all_told = " ".join(dict.fromkeys([*before.split(), *map(str, told)]))
    _run(connection, changed, {"id": record.id, "told": all_told, **columns})
    owe(connection, deliveries, now)
    if receipt is not None:
        writes.keep_receipt(connection, receipt)
    return _locked(connection, record.id)


def _settle(connection: Connection) -> int:
    first = "FROM delivery d WHERE d.key = brief_record.delivery_key"
    sent = (
        f"UPDATE brief_record SET state = 'delivered', delivered_at = (SELECT d.sent_at {first}) "
        f"WHERE state = 'owed' AND EXISTS (SELECT 1 {first} AND d.state = 'sent')"
    )
    lost = (
        "UPDATE brief_record SET state = 'failed' "
        f"WHERE state = 'owed' AND EXISTS (SELECT 1 {first} AND d.state IN ('refused', 'dropped'))"
    )
    return _run(connection, sent, {}) + _run(connection, lost, {})


def _wish(row: Row) -> BriefWish:
    import msgspec

    chosen = msgspec.convert(json.loads(bytes(row[4])), BriefWish)
    return replace(
        chosen, key=from_column(row[0]), platform=row[1], workspace=from_column(row[2]), channel=from_column(row[3])
    )


def _record(row: Row) -> BriefRecord:
    return BriefRecord(
        id=int(row[0]), key=from_column(row[1]), slot=from_column(row[2]), kind=BriefKind(row[3]),
        state=BriefState(row[4]), made_at=datetime.fromisoformat(row[5]),
        since=_instant(row[6]), from_seq=int(row[7]), to_seq=int(row[8]), body=bytes(row[9]), sha256=row[10],
        revision=int(row[11]), delivered_at=_instant(row[12]), skipped=_spans(row[13]),
    )  # fmt: skip


def _instant(column: str | None) -> datetime | None:
    return datetime.fromisoformat(column) if column else None


def _spans(column: str) -> tuple[tuple[int, int], ...]:
    pairs = (one.partition("-") for one in column.split())
    return tuple((int(start), int(end)) for start, _, end in pairs)
