"""A bot on a platform's server of ours: the real client, front desk and sender over documents that a test gives it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from bot.chat.outgoing import Outgoing
from bot.chat.requests import Request, Responder
from bot.domain import StoredVersion
from bot.front_desk.asking import Asking
from bot.front_desk.desk import FrontDesk, Handler
from bot.front_desk.face import Face
from bot.library.delivery_store import DeliveryStore
from bot.outbox.courier import Courier
from bot.outbox.sender import Sender

Now = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Listening:
    """A client that is connected, and what goes with it."""

    front: FrontDesk
    sender: Sender
    courier: Courier
    responder_for: Callable[[Request], Responder]


class Connect(Protocol):
    """Connect to a platform. `versions` are what answers may quote."""

    def __call__(
        self, api: str, file_host: str, asking: Asking, deliveries: DeliveryStore, versions: Mapping[int, StoredVersion], now: Now = utc_now
    ) -> AbstractAsyncContextManager[Listening]: ...


async def _no_file(sha256: str) -> bytes | None:
    return None


async def _unheard(request: Request, responder: Responder) -> None:
    """Commands are not what this is about."""


_HANDLERS: dict[str, Handler] = {"news help": _unheard}


class _Couriers:
    """The front desk wakes one that is made after it."""

    def __init__(self) -> None:
        self.one: Courier | None = None

    def wake(self, _platform: str) -> None:
        if self.one is not None:
            self.one.wake()


@asynccontextmanager
async def on_slack(
    api: str, file_host: str, asking: Asking, deliveries: DeliveryStore, versions: Mapping[int, StoredVersion], now: Now = utc_now
) -> AsyncIterator[Listening]:
    from bot.chat.slack.app import SlackAccess, open_slack
    from bot.chat.slack.face import SlackFace

    async def facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
        return dict(versions), set(outgoing.links)

    access = SlackAccess("xoxb-test", "xapp-test", api=api, file_hosts=frozenset((file_host,)), ping_s=1.0)
    faces: dict[str, Face] = {"slack": SlackFace()}
    couriers = _Couriers()
    front = FrontDesk(asking, deliveries, faces, _HANDLERS, wake=couriers.wake, now=now)
    async with open_slack(access, front.handle, None, deliveries, facts, _no_file, now=now) as slack:
        await slack.connected.wait()
        couriers.one = Courier(deliveries, slack.sender, now=now)
        yield Listening(front, slack.sender, couriers.one, slack.responder_for)


@asynccontextmanager
async def on_discord(
    api: str, file_host: str, asking: Asking, deliveries: DeliveryStore, versions: Mapping[int, StoredVersion], now: Now = utc_now
) -> AsyncIterator[Listening]:
    from discord.gateway import DiscordWebSocket
    from discord.http import Route
    from yarl import URL

    from bot.chat.discord.client import DiscordClient
    from bot.chat.discord.face import DiscordFace
    from bot.chat.discord.responding import MentionResponder
    from bot.chat.discord.sender import DiscordSender
    from bot.platforms.discord import listen

    async def facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
        return dict(versions), set(outgoing.links)

    Route.BASE = api
    DiscordWebSocket.DEFAULT_GATEWAY = URL(api).with_scheme("ws").with_path("/gateway")  # after an invalid session
    faces: dict[str, Face] = {"discord": DiscordFace()}
    couriers = _Couriers()
    front = FrontDesk(asking, deliveries, faces, _HANDLERS, wake=couriers.wake, now=now)
    client = DiscordClient(front.handle, None, deliveries, facts, guild_ready_s=0.1)
    sender = DiscordSender(client.http, facts, _no_file, lambda: client.user.id if client.user else None)

    def responder_for(request: Request) -> Responder:
        return MentionResponder(client.line, request.place.thread or request.place.channel, request.person.id)

    stop = asyncio.Event()
    listening = asyncio.create_task(listen(client, "discord-test-token", stop))
    await client.connected.wait()
    couriers.one = Courier(deliveries, sender, now=now)
    try:
        yield Listening(front, sender, couriers.one, responder_for)
    finally:
        stop.set()
        await listening


PLATFORMS: dict[str, Connect] = {"slack": on_slack, "discord": on_discord}
