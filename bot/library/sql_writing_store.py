"""What language models wrote, on SQLAlchemy, for SQLite and PostgreSQL. `WritingStore` is the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, text

from bot.library.rows import bytes_text, instant_column, text_bytes
from bot.library.transactions import Transactions


class SqlWritingStore:
    """`WritingStore` in the database of a `SqlStore`, whose transactions it takes part in."""

    def __init__(self, transactions: Transactions) -> None:
        self._db = transactions

    async def writings(self, keys: Sequence[str]) -> dict[str, str]:
        sql = text("SELECT key, written FROM model_writing WHERE key IN :keys")
        asked = sql.bindparams(bindparam("keys", list(keys), expanding=True))

        def read(connection: Connection) -> dict[str, str]:
            return {key: bytes_text(written) for key, written in connection.execute(asked)}

        return await self._db.inside(read) if keys else {}

    async def keep_writings(self, written: Mapping[str, str], *, now: datetime) -> None:
        sql = text(
            "INSERT INTO model_writing (key, kept_at, written) VALUES (:key, :now, :written) "
            "ON CONFLICT (key) DO NOTHING"
        )
        rows = [{"key": key, "now": instant_column(now), "written": text_bytes(one)} for key, one in written.items()]
        if rows:
            await self._db.alone(lambda connection: connection.execute(sql, rows))

    async def forget_writings(self, *, before: datetime) -> int:
        sql = text("DELETE FROM model_writing WHERE kept_at < :before")

        def write(connection: Connection) -> int:
            return connection.execute(sql, {"before": instant_column(before)}).rowcount

        return await self._db.alone(write)
