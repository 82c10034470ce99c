"""Installations, on SQLAlchemy. See `installation_store` for the contract."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from bot.library.installation_store import Installed
from bot.library.rows import Row, from_column, instant_column, to_column
from bot.library.transactions import Transactions

_COLUMNS = "SELECT enterprise, team, installed_at, content FROM slack_installation"


class SqlInstallationStore:
    """`InstallationStore` in the database of a `SqlStore`, whose transactions it takes part in."""

    def __init__(self, transactions: Transactions) -> None:
        self._db = transactions

    async def keep(self, installed: Installed) -> None:
        sql = (
            "INSERT INTO slack_installation (enterprise, team, installed_at, content) "
            "VALUES (:enterprise, :team, :at, :content) ON CONFLICT (enterprise, team) DO UPDATE SET "
            "installed_at = excluded.installed_at, content = excluded.content"
        )
        columns = {
            **_key(installed.enterprise, installed.team), "at": instant_column(installed.installed_at),
            "content": installed.content,
        }  # fmt: skip
        await self._db.alone(lambda c: c.execute(text(sql), columns))

    async def find(self, enterprise: str, team: str) -> Installed | None:
        sql = f"{_COLUMNS} WHERE enterprise = :enterprise AND team = :team"
        found = await self._db.ask(lambda run: run(sql, _key(enterprise, team)))
        return _installed(found[0]) if found else None

    async def everywhere(self) -> list[Installed]:
        sql = f"{_COLUMNS} ORDER BY installed_at, enterprise, team"
        return [_installed(row) for row in await self._db.ask(lambda run: run(sql, {}))]

    async def remove(self, enterprise: str, team: str) -> bool:
        sql = "DELETE FROM slack_installation WHERE enterprise = :enterprise AND team = :team"
        return await self._db.alone(lambda c: c.execute(text(sql), _key(enterprise, team)).rowcount > 0)

    async def issue_state(self, state_sha256: str, *, until: datetime, now: datetime) -> None:
        sql = "INSERT INTO slack_state (state_sha256, until) VALUES (:state, :until)"
        columns = {"state": state_sha256, "until": instant_column(until)}

        def work(connection: Connection) -> None:
            # Anyone may begin an installation, and most who do never end it: what ran out does not pile up.
            connection.execute(text("DELETE FROM slack_state WHERE until <= :now"), {"now": instant_column(now)})
            connection.execute(text(sql), columns)

        await self._db.alone(work)

    async def consume_state(self, state_sha256: str, *, now: datetime) -> bool:
        def work(connection: Connection) -> bool:
            at = {"state": state_sha256, "now": instant_column(now)}
            used = text("DELETE FROM slack_state WHERE state_sha256 = :state AND until > :now")
            good = connection.execute(used, at).rowcount > 0
            connection.execute(text("DELETE FROM slack_state WHERE until <= :now"), {"now": at["now"]})
            return good

        return await self._db.alone(work)


def _key(enterprise: str, team: str) -> dict[str, Any]:
    return {"enterprise": to_column(enterprise), "team": to_column(team)}


def _installed(row: Row) -> Installed:
    return Installed(from_column(row[0]), from_column(row[1]), datetime.fromisoformat(row[2]), bytes(row[3]))
