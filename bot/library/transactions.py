"""Transactions over one engine: reads side by side, writes one after the other, each whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.library import engines, reads, writes
from bot.library.faults import in_our_words

T = TypeVar("T")

_THREADS: Final = 5  # as many connections as SQLAlchemy keeps


async def _to_the_end(transaction: Coroutine[Any, Any, T]) -> T:
    """Await a transaction. Who is cancelled meanwhile is cancelled when it has ended: torn out of the middle of it, the
    drivers lose the connection, and aiosqlite its thread."""
    task = asyncio.ensure_future(transaction)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_seen)
        await asyncio.wait([task])  # who is cancelled once more waits no longer, and the transaction ends by itself
        raise


def _seen(task: asyncio.Task[Any]) -> None:
    """What a transaction raised that nobody waits for is not to be reported as lost: it may hold what was written."""
    if not task.cancelled():
        task.exception()


class Transactions:
    """Runs work on connections of an engine. Raises LibraryError and its kinds, and what the work raises.

    On SQLite a transaction runs in a thread from its begin to its end. An asynchronous driver would change threads
    several times for each statement, which takes more time than the statement.
    """

    def __init__(self, engine: Engine | AsyncEngine) -> None:
        self._engine = engine
        self._threads = None
        self._turn = None
        if isinstance(engine, Engine):
            self._threads = ThreadPoolExecutor(_THREADS, "library")
            # PostgreSQL queues writers by itself; SQLite lets them poll, so ours take turns here first
            self._turn = asyncio.Lock()

    @property
    def engine(self) -> Engine:
        """The engine as code without a loop knows it."""
        return self._engine if isinstance(self._engine, Engine) else self._engine.sync_engine

    async def close(self) -> None:
        """Give all connections back; a second call does nothing."""
        if isinstance(self._engine, AsyncEngine):
            await self._engine.dispose()
        else:
            self._engine.dispose()
        if self._threads is not None:
            self._threads.shutdown(wait=False)

    async def inside(self, work: Callable[[Connection], T]) -> T:
        """Run reads in one transaction."""
        with in_our_words():
            return await _to_the_end(self._run(work, writing=False))

    async def alone(self, work: Callable[[Connection], T]) -> T:
        """Run writes in one transaction, as the only writer."""
        async with AsyncExitStack() as stack:
            if self._turn is not None:
                await stack.enter_async_context(self._turn)
            with in_our_words():
                return await _to_the_end(self._run(work, writing=True))

    async def _run(self, work: Callable[[Connection], T], *, writing: bool) -> T:
        engine = self._engine.execution_options(**engines.WRITING) if writing else self._engine
        if isinstance(engine, AsyncEngine):
            async with engine.begin() if writing else engine.connect() as waited_for:
                return await waited_for.run_sync(work)

        def transaction() -> T:
            with engine.begin() if writing else engine.connect() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._threads, transaction)

    async def ask(self, question: Callable[[reads.Run], T]) -> T:
        """Run one of `reads`."""
        return await self.inside(lambda connection: question(writes.run_on(connection)))
