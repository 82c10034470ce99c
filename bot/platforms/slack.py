"""Slack: a client that listens by socket or HTTP, a courier that delivers, and what Slack knows."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.chat.slack.app import SlackAccess, open_slack
from bot.chat.slack.face import SlackFace
from bot.chat.slack.insight import SlackInsight
from bot.chat.slack.people import Trusted
from bot.front_desk.prompts import Prompts
from bot.outbox.courier import Courier
from bot.platforms.platform import Platform
from bot.platforms.rounds import either

if TYPE_CHECKING:
    import asyncio

    from bot.app import App
    from bot.chat.last_check import StoreFacts
    from bot.chat.requests import Suggesting
    from bot.front_desk.desk import FrontDesk
    from bot.library.delivery_store import DeliveryStore
    from bot.platforms.platform import Notify
    from bot.settings import Settings


async def slack_platform(
    app: App,
    front: FrontDesk,
    deliveries: DeliveryStore,
    suggestions: Suggesting,
    facts: StoreFacts,
    notify: Notify,
    stack: AsyncExitStack,
) -> Platform:
    """Begins to connect; the stack's end lets what is under way finish."""
    access = access_of(app.settings)
    began = datetime.now(UTC)
    prompts = Prompts(app.desk, lambda: datetime.now(UTC))
    slack = await stack.enter_async_context(
        open_slack(access, front.handle, suggestions, deliveries, facts, app.store.raw, prompting=prompts.of)
    )
    courier = Courier(deliveries, slack.sender, notify=notify, stopwatch=time.monotonic)

    async def resume(stop: asyncio.Event) -> None:
        if await either(stop, slack.connected):
            await front.resume(began, "slack", slack.responder_for)

    async def deliver(stop: asyncio.Event) -> None:
        if await either(stop, slack.connected):
            await courier.run(stop)

    insight = SlackInsight(
        slack.patient, admins=access.trusted.admins, app_token=access.app_token, signed=bool(access.signing_secret),
        by_http=bool(access.http_port), ready=slack.connected.is_set,
    )  # fmt: skip
    return Platform(SlackFace(lambda: slack.homes), courier, insight, (resume, deliver))


def access_of(settings: Settings) -> SlackAccess:
    """How the settings say that Slack is reached."""
    return SlackAccess(
        bot_token=settings.slack_bot_token.reveal(), app_token=settings.slack_app_token.reveal(),
        signing_secret=settings.slack_signing_secret.reveal(), http_host=settings.slack_http_host,
        http_port=settings.slack_http_port, api=settings.slack_api,
        trusted=Trusted.read(settings.slack_managers, settings.slack_admins),
    )  # fmt: skip
