"""Subscriptions, on SQLAlchemy, for SQLite and PostgreSQL. See `subscription_store` for the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import text

from bot.library.reads import Run, among, chunks
from bot.library.rows import Row, from_column, to_column
from bot.library.subscription_store import Posts, Subscription
from bot.library.transactions import Transactions

_COLUMNS = "SELECT platform, workspace, channel, source_id, posts FROM subscription"


class SqlSubscriptionStore:
    """`SubscriptionStore` in the database of a `SqlStore`, whose transactions it takes part in."""

    def __init__(self, transactions: Transactions) -> None:
        self._db = transactions

    async def subscribe(self, subscription: Subscription) -> None:
        sql = (
            "INSERT INTO subscription (platform, workspace, channel, source_id, posts) "
            "VALUES (:platform, :workspace, :channel, :source, :posts) "
            "ON CONFLICT (platform, channel, source_id) DO UPDATE SET posts = excluded.posts"
        )
        columns = {
            "platform": subscription.platform, "workspace": to_column(subscription.workspace),
            "channel": to_column(subscription.channel), "source": subscription.source_id,
            "posts": str(subscription.posts),
        }  # fmt: skip
        await self._db.alone(lambda c: c.execute(text(sql), columns))

    async def forget_channel(self, platform: str, channel: str) -> int:
        sql = "DELETE FROM subscription WHERE platform = :platform AND channel = :channel"
        columns = {"platform": platform, "channel": to_column(channel)}
        return await self._db.alone(lambda c: c.execute(text(sql), columns).rowcount)

    async def of_sources(self, source_ids: Iterable[int]) -> list[Subscription]:
        found: list[Subscription] = []
        for chunk in chunks(source_ids):
            keys, columns = among("source", chunk)
            sql = f"{_COLUMNS} WHERE source_id IN {keys} ORDER BY source_id, platform, channel"
            found += map(_subscription, await self._db.ask(_rows(sql, columns)))
        return found

    async def of_channel(self, platform: str, channel: str) -> list[Subscription]:
        sql = (
            f"{_COLUMNS} WHERE platform = :platform AND channel = :channel AND NOT EXISTS (SELECT 1 "
            "FROM source_choice c WHERE c.source_id = subscription.source_id AND c.removed_at IS NOT NULL) "
            "ORDER BY source_id"
        )
        columns = {"platform": platform, "channel": to_column(channel)}
        return list(map(_subscription, await self._db.ask(_rows(sql, columns))))


def _rows(sql: str, columns: Mapping[str, Any]) -> Callable[[Run], Sequence[Row]]:
    return lambda run: run(sql, columns)


def _subscription(row: Row) -> Subscription:
    return Subscription(row[0], from_column(row[1]), from_column(row[2]), int(row[3]), Posts(row[4]))
