"""Transactions over one engine: reads side by side, writes one after the other, each whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.library import engines, reads, writes
from bot.library.faults import in_our_words

T = TypeVar("T")


async def _to_the_end(transaction: Coroutine[Any, Any, T]) -> T:
    """Await a transaction. Who is cancelled meanwhile is cancelled when it has ended: torn out of the middle of it, the
    drivers lose the connection, and aiosqlite its thread."""
    task = asyncio.ensure_future(transaction)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # has been seen, is not to be reported as lost
        raise


class Transactions:
    """Runs work on connections of an engine. Raises LibraryError and its kinds, and what the work raises."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        # PostgreSQL queues writers by itself; SQLite lets them poll, so ours take turns here first
        self._turn = asyncio.Lock() if engine.dialect.name == "sqlite" else None

    async def inside(self, work: Callable[[Connection], T]) -> T:
        """Run reads in one transaction."""

        async def transaction() -> T:
            async with self.engine.connect() as connection:
                return await connection.run_sync(work)

        with in_our_words():
            return await _to_the_end(transaction())

    async def alone(self, work: Callable[[Connection], T]) -> T:
        """Run writes in one transaction, as the only writer."""

        async def transaction() -> T:
            async with self.engine.execution_options(**engines.WRITING).begin() as connection:
                return await connection.run_sync(work)

        async with AsyncExitStack() as stack:
            if self._turn is not None:
                await stack.enter_async_context(self._turn)
            with in_our_words():
                return await _to_the_end(transaction())

    async def ask(self, question: Callable[[reads.Run], T]) -> T:
        """Run one of `reads`."""
        return await self.inside(lambda connection: question(writes.run_on(connection)))
