"""Decisions, audit and notices of workspaces, on SQLAlchemy. See `workspace_store` for the contract."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from bot.library.reads import among, chunks
from bot.library.rows import Row, bytes_text, from_column, instant_column, text_bytes, to_column
from bot.library.transactions import Transactions
from bot.library.workspace_store import AuditEntry, KeptNotice, Limits, Workspace

_DEFAULTS = {
    "alerts_channel": "", "admin": "", "language": "", "posts_a_day": None, "tokens_a_day": None,
    "most_sources": None, "paused_at": None, "paused_by": "",
}  # fmt: skip
_NOTICE = "SELECT platform, workspace, kind, subject, at, channel, code, delivery_id, id, bundle FROM notice"


class SqlWorkspaceStore:
    """`WorkspaceStore` in the database of a `SqlStore`, whose transactions it takes part in."""

    def __init__(self, transactions: Transactions) -> None:
        self._db = transactions

    # --- decisions ---

    async def workspace(self, platform: str, workspace: str) -> Workspace:
        sql = (
            "SELECT alerts_channel, admin, language, posts_a_day, tokens_a_day, most_sources, paused_at, paused_by "
            "FROM workspace WHERE platform = :platform AND workspace = :workspace"
        )
        found = await self._db.ask(lambda run: run(sql, _place(platform, workspace)))
        if not found:
            return Workspace(platform, workspace)
        row = found[0]
        return Workspace(
            platform, workspace, from_column(row[0]), from_column(row[1]), from_column(row[2]),
            Limits(row[3], row[4], row[5]), _instant(row[6]), from_column(row[7]),
        )  # fmt: skip

    async def set_alerts(self, platform: str, workspace: str, channel: str, language: str) -> None:
        await self._put(platform, workspace, alerts_channel=to_column(channel), language=to_column(language))

    async def set_limits(self, platform: str, workspace: str, limits: Limits) -> None:
        await self._put(
            platform, workspace,
            posts_a_day=limits.posts_a_day, tokens_a_day=limits.tokens_a_day, most_sources=limits.sources,
        )  # fmt: skip

    async def set_pause(self, platform: str, workspace: str, since: datetime | None, by: str) -> None:
        at = instant_column(since) if since else None
        await self._put(platform, workspace, paused_at=at, paused_by=to_column(by))

    async def meet_admin(self, platform: str, workspace: str, person: str, language: str) -> None:
        if (known := await self.workspace(platform, workspace)).admin:
            return
        kept = known.language or language
        await self._put(platform, workspace, admin=to_column(person), language=to_column(kept))

    async def _put(self, platform: str, workspace: str, **columns: Any) -> None:
        row = {**_DEFAULTS, **columns, **_place(platform, workspace)}
        sql = (
            f"INSERT INTO workspace ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)}) "
            "ON CONFLICT (platform, workspace) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in columns)
        )
        await self._db.alone(lambda c: c.execute(text(sql), row))

    # --- audit ---

    async def write_audit(self, entry: AuditEntry) -> None:
        sql = (
            "INSERT INTO audit (platform, workspace, at, person, name, channel, action, outcome, facts) "
            "VALUES (:platform, :workspace, :at, :person, :name, :channel, :action, :outcome, :facts)"
        )
        row = {
            **_place(entry.platform, entry.workspace), "at": instant_column(entry.at),
            "person": to_column(entry.person), "name": to_column(entry.name), "channel": to_column(entry.channel),
            "action": to_column(entry.action), "outcome": to_column(entry.outcome),
            "facts": text_bytes(json.dumps(dict(entry.facts), sort_keys=True)),
        }  # fmt: skip
        await self._db.alone(lambda c: c.execute(text(sql), row))

    async def audit(
        self, platform: str, workspace: str, *, since: datetime | None = None, limit: int = 10_000
    ) -> list[AuditEntry]:
        sql = (
            "SELECT at, person, name, channel, action, outcome, facts FROM audit WHERE platform = :platform "
            "AND workspace = :workspace AND at >= :since ORDER BY id DESC LIMIT :limit"
        )
        row = {**_place(platform, workspace), "since": instant_column(since) if since else "", "limit": limit}
        found = await self._db.ask(lambda run: run(sql, row))
        return [
            AuditEntry(
                platform, workspace, datetime.fromisoformat(one[0]), from_column(one[1]), from_column(one[2]),
                from_column(one[3]), from_column(one[4]), from_column(one[5]), json.loads(bytes_text(bytes(one[6]))),
            )
            for one in reversed(found)
        ]  # fmt: skip

    # --- notices ---

    async def notice(self, notice: KeptNotice) -> bool:
        sql = (
            "INSERT INTO notice (platform, workspace, kind, subject, channel, code, delivery_id, at, bundle) "
            "VALUES (:platform, :workspace, :kind, :subject, :channel, :code, :delivery, :at, '') "
            "ON CONFLICT (platform, workspace, kind, subject) DO NOTHING"
        )
        row = {
            **_place(notice.platform, notice.workspace), "kind": notice.kind, "subject": to_column(notice.subject),
            "channel": to_column(notice.channel), "code": to_column(notice.code), "delivery": notice.delivery_id,
            "at": instant_column(notice.at),
        }  # fmt: skip
        return await self._db.alone(lambda c: c.execute(text(sql), row).rowcount > 0)

    async def waiting(self, limit: int = 1_000) -> list[KeptNotice]:
        sql = f"{_NOTICE} WHERE told_at IS NULL AND bundle = '' ORDER BY id LIMIT :limit"
        return [_notice(row) for row in await self._db.ask(lambda run: run(sql, {"limit": limit}))]

    async def last_told(self, since: datetime) -> dict[tuple[str, str, str], datetime]:
        sql = (
            "SELECT platform, workspace, kind, MAX(told_at) FROM notice WHERE told_at >= :since "
            "GROUP BY platform, workspace, kind"
        )
        found = await self._db.ask(lambda run: run(sql, {"since": instant_column(since)}))
        return {(row[0], from_column(row[1]), row[2]): datetime.fromisoformat(row[3]) for row in found}

    async def bundle(self, notice_ids: Sequence[int], key: str) -> int:
        def work(connection: Connection) -> int:
            put = 0
            for chunk in chunks(notice_ids):
                keys, columns = among("id", chunk)
                sql = f"UPDATE notice SET bundle = :key WHERE bundle = '' AND id IN {keys}"
                put += connection.execute(text(sql), {**columns, "key": to_column(key)}).rowcount
            return put

        return await self._db.alone(work)

    async def untold_bundles(self) -> dict[str, list[KeptNotice]]:
        sql = f"{_NOTICE} WHERE told_at IS NULL AND bundle <> '' ORDER BY id"
        bundles: dict[str, list[KeptNotice]] = {}
        for row in await self._db.ask(lambda run: run(sql, {})):
            one = _notice(row)
            bundles.setdefault(one.bundle, []).append(one)
        return bundles

    async def told(self, key: str, *, now: datetime) -> None:
        sql = "UPDATE notice SET told_at = :now WHERE bundle = :key AND told_at IS NULL"
        columns = {"key": to_column(key), "now": instant_column(now)}
        await self._db.alone(lambda c: c.execute(text(sql), columns))

    async def forget_notices(self, *, before: datetime) -> int:
        sql = "DELETE FROM notice WHERE told_at < :before"
        return await self._db.alone(lambda c: c.execute(text(sql), {"before": instant_column(before)}).rowcount)


def _place(platform: str, workspace: str) -> dict[str, Any]:
    return {"platform": platform, "workspace": to_column(workspace)}


def _instant(column: str | None) -> datetime | None:
    return datetime.fromisoformat(column) if column else None


def _notice(row: Row) -> KeptNotice:
    return KeptNotice(
        row[0], from_column(row[1]), row[2], from_column(row[3]), datetime.fromisoformat(row[4]), from_column(row[5]),
        from_column(row[6]), row[7], int(row[8]), from_column(row[9]),
    )  # fmt: skip
