"""A bot on a platform in a process of its own, to be killed by a test: real listening, answering and posting.

    python -m tests.crash.chat_bot discord|slack DATABASE API FILE_HOST BEGAN SPEED

One second since BEGAN (of the epoch) counts for SPEED seconds, for leases and pauses.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta

from bot.front_desk.asking import Asking
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.logs import set_up_logging
from tests.protocol.listening import PLATFORMS
from tests.shelf import shelf_of
from tests.unit.test_front_desk import FERRY, PRICE, SECRET, ShelfDesk


async def main(platform: str, database: str, api: str, file_host: str, began: float, speed: float) -> None:
    """Serve until killed."""
    start = datetime.fromtimestamp(began, UTC)

    def now() -> datetime:
        return start + timedelta(seconds=(time.time() - began) * speed)

    set_up_logging("debug")
    async with await SqlStore.open(database, busy_timeout_s=60) as store:
        with shelf_of(FERRY, SECRET, PRICE) as shelf:
            asking = Asking(shelf.answerer, ShelfDesk(shelf))  # type: ignore[arg-type]
            deliveries = SqlDeliveryStore(store.transactions)
            versions = {1: FERRY, 2: SECRET, 3: PRICE}
            async with PLATFORMS[platform](api, file_host, asking, deliveries, versions, now) as listening:
                print("ready", flush=True)
                resuming = asyncio.create_task(listening.front.resume(now(), platform, listening.responder_for))
                while True:
                    await listening.courier.deliver_due()
                    await asyncio.sleep(0.02)
                    if resuming.done():
                        resuming.result()


if __name__ == "__main__":
    _, which, library, address, files, since, times = sys.argv
    asyncio.run(main(which, library, address, files, float(since), float(times)))
