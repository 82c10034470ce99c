"""Slack in several workspaces: one app, installed by whoever may, each workspace with a token of its own."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.app import seal_of
from bot.chat.slack.app import Slack, SlackAccess
from bot.chat.slack.face import SlackFace
from bot.chat.slack.installations import Installations, States
from bot.chat.slack.several import App as SlackApp
from bot.chat.slack.several import SeveralSlacks, open_several
from bot.errors import SettingsError
from bot.front_desk.prompts import Prompts
from bot.outbox.courier import Courier
from bot.platforms.platform import Platform
from bot.platforms.rounds import either
from bot.platforms.slack import access_of

if TYPE_CHECKING:
    import asyncio

    import aiohttp

    from bot.app import App
    from bot.chat.last_check import StoreFacts
    from bot.chat.requests import Suggesting
    from bot.front_desk.desk import FrontDesk
    from bot.library.delivery_store import DeliveryStore
    from bot.library.installation_store import InstallationStore
    from bot.platforms.platform import Notify
    from bot.settings import Settings

_NEEDED = ("slack_client_secret", "slack_signing_secret", "slack_http_port", "slack_address")


def utc_now() -> datetime:
    return datetime.now(UTC)


async def several_slacks(
    app: App,
    front: FrontDesk,
    deliveries: DeliveryStore,
    store: InstallationStore,
    suggestions: Suggesting,
    facts: StoreFacts,
    notify: Notify,
    installed: Callable[[str, str, str], Awaitable[None]],
    stack: AsyncExitStack,
) -> Platform:
    """Begins to connect; the stack's end lets what is under way finish. Raises SettingsError."""
    settings = app.settings
    _require(settings)
    prompts = Prompts(app.desk, utc_now)
    opened: list[SeveralSlacks] = []

    def make(access: SlackAccess, session: aiohttp.ClientSession) -> Slack:
        return Slack(
            access, front.handle, suggestions, deliveries, facts, app.store.raw, session, utc_now, prompts.of
        )

    async def somebody_installed(team: str, person: str) -> None:
        """Who installed it hears of trouble until somebody names a channel."""
        await installed(team, person, "")
        for one in opened:
            await one.renew(team)

    installations = Installations(store, seal_of(settings), installed=somebody_installed)
    known_as = SlackApp(settings.slack_client_id, settings.slack_client_secret.reveal(), settings.slack_address)
    access = replace(access_of(settings), bot_token="", app_token="")
    began = utc_now()
    slacks = await stack.enter_async_context(
        open_several(access, known_as, installations, States(store), make, utc_now)
    )
    opened.append(slacks)
    courier = Courier(deliveries, slacks, notify=notify, stopwatch=time.monotonic)

    async def resume(stop: asyncio.Event) -> None:
        if await either(stop, slacks.connected):
            await front.resume(began, "slack", slacks.responder_for)

    async def deliver(stop: asyncio.Event) -> None:
        if await either(stop, slacks.connected):
            await courier.run(stop)

    return Platform(SlackFace(lambda: slacks.homes), courier, slacks, (resume, deliver))


def _require(settings: Settings) -> None:
    """Everything that several workspaces need. Raises SettingsError with all that is missing."""
    if missing := [key for key in _NEEDED if not getattr(settings, key)]:
        person = f"slack_client_id means several workspaces, and that needs {', '.join(missing)}, too."
        raise SettingsError("slack-several", ", ".join(missing), person)
