"""A bot on a platform in a process of its own, to be killed by a test: real listening, answering and posting.

    python -m tests.crash.chat_bot discord|slack DATABASE API FILE_HOST BEGAN SPEED

One second since BEGAN (of the epoch) counts for SPEED seconds, for leases and pauses.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.chat.outgoing import Outgoing
from bot.chat.requests import Request, Responder
from bot.domain import StoredVersion
from bot.front_desk.asking import Asking
from bot.front_desk.desk import FrontDesk, Handler
from bot.front_desk.face import Face
from bot.library.delivery_store import DeliveryStore
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.logs import set_up_logging
from bot.outbox.courier import Courier
from bot.outbox.sender import Sender
from tests.shelf import shelf_of
from tests.unit.test_front_desk import FERRY, PRICE, SECRET, ShelfDesk

Now = Callable[[], datetime]


@dataclass(frozen=True)
class Listening:
    """A client that is connected, and what goes with it."""

    front: FrontDesk
    sender: Sender
    responder_for: Callable[[Request], Responder]


async def facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
    return {1: FERRY, 2: SECRET, 3: PRICE}, set(outgoing.links)


async def no_file(sha256: str) -> bytes | None:
    return None


async def unheard(request: Request, responder: Responder) -> None:
    """Commands are not what this is about."""


HANDLERS: dict[str, Handler] = {"news help": unheard}


@asynccontextmanager
async def on_slack(
    api: str, file_host: str, asking: Asking, deliveries: DeliveryStore, now: Now
) -> AsyncIterator[Listening]:
    from bot.chat.slack.app import SlackAccess, open_slack
    from bot.chat.slack.face import SlackFace

    access = SlackAccess("xoxb-test", "xapp-test", api=api, file_hosts=frozenset((file_host,)), ping_s=1.0)
    faces: dict[str, Face] = {"slack": SlackFace()}
    front = FrontDesk(asking, deliveries, faces, HANDLERS, now=now)
    async with open_slack(access, front.handle, None, deliveries, facts, no_file, now=now) as slack:
        await slack.connected.wait()
        yield Listening(front, slack.sender, slack.responder_for)


@asynccontextmanager
async def on_discord(
    api: str, _file_host: str, asking: Asking, deliveries: DeliveryStore, now: Now
) -> AsyncIterator[Listening]:
    from discord.gateway import DiscordWebSocket
    from discord.http import Route
    from yarl import URL

    from bot.chat.discord.client import DiscordClient
    from bot.chat.discord.face import DiscordFace
    from bot.chat.discord.responding import MentionResponder
    from bot.chat.discord.sender import DiscordSender
    from bot.platforms.discord import listen

    Route.BASE = api
    DiscordWebSocket.DEFAULT_GATEWAY = URL(api).with_scheme("ws").with_path("/gateway")  # after an invalid session
    faces: dict[str, Face] = {"discord": DiscordFace()}
    front = FrontDesk(asking, deliveries, faces, HANDLERS, now=now)
    client = DiscordClient(front.handle, None, deliveries, facts, guild_ready_s=0.1)
    sender = DiscordSender(client.http, facts, no_file, lambda: client.user.id if client.user else None)

    def responder_for(request: Request) -> Responder:
        return MentionResponder(client.line, request.place.thread or request.place.channel, request.person.id)

    listening = asyncio.create_task(listen(client, "discord-test-token", asyncio.Event()))
    await client.connected.wait()
    yield Listening(front, sender, responder_for)
    listening.cancel()


PLATFORMS = {"slack": on_slack, "discord": on_discord}


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
            async with PLATFORMS[platform](api, file_host, asking, deliveries, now) as listening:
                courier = Courier(deliveries, listening.sender, now=now)
                print("ready", flush=True)
                resuming = asyncio.create_task(listening.front.resume(now(), platform, listening.responder_for))
                while True:
                    await courier.deliver_due()
                    await asyncio.sleep(0.02)
                    if resuming.done():
                        resuming.result()


if __name__ == "__main__":
    _, which, library, address, files, since, times = sys.argv
    asyncio.run(main(which, library, address, files, float(since), float(times)))
