"""Discord: a client that listens, a courier that delivers, and what Discord knows."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import discord
from discord.http import Route

from bot.chat.discord.client import DiscordClient
from bot.chat.discord.face import DiscordFace
from bot.chat.discord.insight import DiscordInsight
from bot.chat.discord.responding import MentionResponder
from bot.chat.discord.sender import DiscordSender
from bot.outbox.courier import Courier
from bot.platforms.platform import Platform
from bot.platforms.rounds import either, sleep

if TYPE_CHECKING:
    from bot.app import App
    from bot.chat.last_check import StoreFacts
    from bot.chat.requests import Request, Responder, Suggesting
    from bot.front_desk.desk import FrontDesk
    from bot.library.delivery_store import DeliveryStore
    from bot.platforms.platform import Notify

log = logging.getLogger(__name__)

_AGAIN_S: Final = (2.0, 300.0)  # how soon, and how late, a platform that cannot be reached is tried again
_STOOD_S: Final = 60.0  # a connection that stood so long was one: trying begins anew
_FINISH_S: Final = 10.0  # how long answers under way may take when we are told to stop


def discord_platform(
    app: App,
    front: FrontDesk,
    deliveries: DeliveryStore,
    suggestions: Suggesting,
    facts: StoreFacts,
    notify: Notify,
) -> Platform:
    """Nothing is connected yet."""
    settings = app.settings
    Route.BASE = settings.discord_api  # discord.py knows no other way

    client = DiscordClient(front.handle, suggestions, deliveries, facts, shard_count=settings.discord_shards or None)

    def own_id() -> int | None:
        return client.user.id if client.user else None

    sender = DiscordSender(client.http, facts, app.store.raw, own_id)
    courier = Courier(deliveries, sender, notify=notify, stopwatch=time.monotonic)

    async def resume_and_listen(stop: asyncio.Event) -> None:
        def responder(request: Request) -> Responder:
            return MentionResponder(client.line, request.place.thread or request.place.channel, request.person.id)

        began = datetime.now(UTC)
        listening = asyncio.create_task(listen(client, settings.discord_token.reveal(), stop))
        await front.resume(began, "discord", responder)
        await listening

    async def deliver(stop: asyncio.Event) -> None:
        """Nothing can be sent before the first login."""
        if await either(stop, client.connected):
            await courier.run(stop)

    insight = DiscordInsight(client.http, own_id)
    return Platform(DiscordFace(), courier, insight, (resume_and_listen, deliver))


async def listen(client: DiscordClient, token: str, stop: asyncio.Event) -> None:
    """Log in and listen until `stop`; a connection that cannot be made, or that is lost for good, is tried again."""
    wait_s = _AGAIN_S[0]
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            if client.is_closed():
                client.reopen()
            began = time.monotonic()
            listening = asyncio.create_task(client.start(token))
            await asyncio.wait({listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not listening.done():
                await client.finish(_FINISH_S)
                listening.cancel()
            error = None if listening.cancelled() or not listening.done() else listening.exception()
            if stop.is_set():
                return
            if isinstance(error, discord.LoginFailure):
                log.error("Discord refuses the bot's token. Set VERBATIM_DISCORD_TOKEN anew and start again.")
                return
            if time.monotonic() - began > _STOOD_S:
                wait_s = _AGAIN_S[0]
            log.warning("discord cannot be reached", extra={"error": type(error).__name__, "again_in_s": wait_s})
            await sleep(stop, wait_s)
            wait_s = min(2 * wait_s, _AGAIN_S[1])
    finally:
        stopping.cancel()
        if not client.is_closed():  # after a refused token it would leave its connections open
            await client.close()
