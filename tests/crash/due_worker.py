"""The ticker over a real due-table in a process of its own, by a clock that stands in a file, to be killed by a test.

    python -m tests.crash.due_worker DATABASE_URL CLOCK_FILE

What is due is owed to the outbox of the same library, as a brief would be.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from bot.library.delivery_store import DeliveryKind, Owed
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.schedule.due import Decision
from bot.schedule.sql_due_table import SqlDueTable
from bot.schedule.ticker import Ticker


async def main(url: str, clock_file: Path) -> None:
    """Tick for ever, many times a second."""

    def now() -> datetime:
        return datetime.fromisoformat(clock_file.read_text())

    async with await SqlStore.open(url, busy_timeout_s=20) as store:
        outbox = SqlDeliveryStore(store.transactions)

        async def fire(one: Decision) -> None:
            wish, slot = one.due.wish, one.slot
            assert slot is not None
            key = f"{wish.key}:{slot.key}"
            await outbox.owe(
                [Owed(key, wish.platform, wish.workspace, wish.channel, DeliveryKind.POST, b"{}")], now=now()
            )

        ticker = Ticker(SqlDueTable(store.transactions), fire, clock=now)
        print("ready", flush=True)
        while True:
            await ticker.tick()
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
