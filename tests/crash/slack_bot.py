"""A bot on Slack in a process of its own, to be killed by a test: real listening, answering and posting.

    python -m tests.crash.slack_bot DATABASE API FILE_HOST BEGAN SPEED

One second since BEGAN (of the epoch) counts for SPEED seconds, for leases and pauses.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta

from bot.chat.outgoing import Outgoing
from bot.chat.requests import Request, Responder
from bot.chat.slack.app import SlackAccess, open_slack
from bot.chat.slack.face import PLATFORM, SlackFace
from bot.domain import StoredVersion
from bot.front_desk.asking import Asking
from bot.front_desk.desk import FrontDesk
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.outbox.courier import Courier
from tests.shelf import shelf_of
from tests.unit.test_front_desk import FERRY, PRICE, SECRET, ShelfDesk


async def main(database: str, api: str, file_host: str, began: float, speed: float) -> None:
    """Serve until killed."""
    start = datetime.fromtimestamp(began, UTC)

    def now() -> datetime:
        return start + timedelta(seconds=(time.time() - began) * speed)

    async def facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
        return {1: FERRY, 2: SECRET, 3: PRICE}, set(outgoing.links)

    async def no_file(sha256: str) -> bytes | None:
        return None

    async def unheard(request: Request, responder: Responder) -> None:
        """Commands are not what this is about."""

    access = SlackAccess("xoxb-test", "xapp-test", api=api, file_hosts=frozenset((file_host,)), ping_s=1.0)
    async with await SqlStore.open(database) as store:
        with shelf_of(FERRY, SECRET, PRICE) as shelf:
            asking = Asking(shelf.answerer, ShelfDesk(shelf))  # type: ignore[arg-type]
            deliveries = SqlDeliveryStore(store.transactions)
            handlers = {"news help": unheard}
            front = FrontDesk(asking, deliveries, {PLATFORM: SlackFace()}, handlers, now=now)
            async with open_slack(access, front.handle, None, deliveries, facts, no_file, now=now) as slack:
                courier = Courier(deliveries, slack.sender, now=now)
                await slack.connected.wait()
                print("ready", flush=True)
                resuming = asyncio.create_task(front.resume(now(), PLATFORM, slack.responder_for))
                while True:
                    await courier.deliver_due()
                    await asyncio.sleep(0.02)
                    if resuming.done():
                        resuming.result()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), float(sys.argv[5])))
