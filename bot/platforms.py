"""The chat platforms: a client and a courier for each that has a token, and the one front desk behind them all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.chat.messages import Choice
from bot.chat.outgoing import Outgoing
from bot.errors import VerbatimError
from bot.front_desk.asking import Asking
from bot.front_desk.cards import Cards
from bot.front_desk.desk import FrontDesk
from bot.front_desk.news_commands import NewsCommands
from bot.front_desk.source_commands import SourceCommands
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.library.sql_subscription_store import SqlSubscriptionStore
from bot.outbox.courier import Courier

if TYPE_CHECKING:
    from bot.app import App
    from bot.chat.last_check import StoreFacts
    from bot.chat.messages import Message
    from bot.chat.requests import Person, Place, Request, Responder
    from bot.domain import StoredVersion
    from bot.front_desk.face import Face
    from bot.library.delivery_store import DeliveryStore
    from bot.sourcing import Sourcing

log = logging.getLogger(__name__)

_AGAIN_S: Final = (2.0, 300.0)  # how soon, and how late, a platform that cannot be reached is tried again
_FINISH_S: Final = 10.0  # how long answers under way may take when we are told to stop
_EVENTS_ARE_KEPT: Final = timedelta(days=30)  # no platform delivers an event again after that
_HOUSEKEEPING_S: Final = 3_600.0
_MOST_SUGGESTED: Final = 25
_CARDS_S: Final = 2.0  # how often it is looked for documents to post

Run = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


def utc_now() -> datetime:
    return datetime.now(UTC)



@dataclass(slots=True)
class Platforms:
    """What runs for the platforms. `names` are those that have a token."""

    deliveries: DeliveryStore
    cards: Cards
    names: tuple[str, ...]
    runs: list[Run] = field(default_factory=list)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve every platform until `stop`; each that fails is tried again, by itself."""
        async with asyncio.TaskGroup() as tasks:
            for one in self.runs:
                tasks.create_task(one(stop))
            tasks.create_task(self._keep_house(stop))
            tasks.create_task(self._post_cards(stop))

    async def _post_cards(self, stop: asyncio.Event) -> None:
        """Whoever reads documents, this process or another: what is new in the library is posted within seconds."""
        while not stop.is_set():
            try:
                await self.cards.post_new()
            except VerbatimError as error:
                log.warning("cards are not posted now: %s", error.person, extra={"code": error.code})
            await _sleep(stop, _CARDS_S)

    async def _keep_house(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.deliveries.forget_events(before=utc_now() - _EVENTS_ARE_KEPT)
            except Exception as error:  # noqa: BLE001 - a full disk or a busy library: it is only tidying
                log.warning("old events are still kept", extra={"error": type(error).__name__})
            await _sleep(stop, _HOUSEKEEPING_S)


@asynccontextmanager
async def open_platforms(app: App, sourcing: Sourcing) -> AsyncIterator[Platforms]:
    """Build what every configured platform needs. Nothing is connected yet. Raises VerbatimError."""
    settings = app.settings
    store = app.store
    if not isinstance(store, SqlStore):
        raise TypeError("the platforms keep their deliveries in an SQL store")
    deliveries = SqlDeliveryStore(store.transactions)
    faces: dict[str, Face] = {}
    couriers: dict[str, Courier] = {}
    async with AsyncExitStack() as stack:
        asking = Asking(app.answerer, app.desk)
        stack.callback(asking.close)

        async def announce(request: Request, message: Message) -> None:
            """One line for all, in the channel where something was changed."""
            place = request.place
            if place.direct:
                return
            face = faces[place.platform]
            key = f"note:{place.platform}:{request.id}"
            owed = face.post(place.workspace, place.channel, key, face.render(message))
            await deliveries.owe(owed, now=utc_now())
            couriers[place.platform].wake()

        async def judged(request: Request, key: str, verdict: str) -> None:
            await deliveries.judge(
                request.place.platform, key, person=request.person.id, workspace=request.place.scope.workspace,
                verdict=verdict, now=utc_now(),
            )  # fmt: skip

        subscriptions = SqlSubscriptionStore(store.transactions)
        sources = SourceCommands(
            sourcing, app.intake, app.desk, announce, subscriptions, now=utc_now,
            max_file_bytes=settings.max_document_bytes,
        )  # fmt: skip
        news = NewsCommands(asking, app.desk, sourcing, deliveries, judged=judged, now=utc_now)
        front = FrontDesk(
            asking, deliveries, faces, {**sources.handlers(), **news.handlers()},
            rights=SourceCommands.RIGHTS, wake=lambda platform: couriers[platform].wake(),
        )  # fmt: skip
        cards = Cards(
            store, app.desk, subscriptions, deliveries, faces,
            wake=lambda platform: couriers[platform].wake(), now=utc_now,
        )  # fmt: skip
        platforms = Platforms(deliveries, cards, ())
        facts = _facts_of(app)
        if settings.discord_token:
            run, deliver, courier, face = _discord(app, front, deliveries, _Suggestions(sourcing), facts)
            faces[face.platform], couriers[face.platform] = face, courier
            platforms.names += (face.platform,)
            platforms.runs += [run, deliver]
        if settings.slack_bot_token:
            from bot.chat.slack.face import SlackFace

            faces["slack"] = SlackFace()
            run, deliver, couriers["slack"] = await _slack(app, front, deliveries, _Suggestions(sourcing), facts, stack)
            platforms.names += ("slack",)
            platforms.runs += [run, deliver]
        yield platforms


async def _slack(
    app: App,
    front: FrontDesk,
    deliveries: DeliveryStore,
    suggestions: _Suggestions,
    facts: StoreFacts,
    stack: AsyncExitStack,
) -> tuple[Run, Run, Courier]:
    """Begins to connect; the stack's end lets what is under way finish."""
    from bot.chat.slack.app import SlackAccess, open_slack
    from bot.chat.slack.people import Trusted

    settings = app.settings
    access = SlackAccess(
        bot_token=settings.slack_bot_token.reveal(), app_token=settings.slack_app_token.reveal(),
        signing_secret=settings.slack_signing_secret.reveal(), http_host=settings.slack_http_host,
        http_port=settings.slack_http_port, api=settings.slack_api,
        trusted=Trusted.read(settings.slack_managers, settings.slack_admins),
    )  # fmt: skip
    began = utc_now()
    slack = await stack.enter_async_context(
        open_slack(access, front.handle, suggestions, deliveries, facts, app.store.raw)
    )
    courier = Courier(deliveries, slack.sender)

    async def resume(stop: asyncio.Event) -> None:
        if await _either(stop, slack.connected):
            await front.resume(began, "slack", slack.responder_for)

    async def deliver(stop: asyncio.Event) -> None:
        if await _either(stop, slack.connected):
            await courier.run(stop)

    return resume, deliver, courier


async def _either(stop: asyncio.Event, ready: asyncio.Event) -> bool:
    """Wait until it is ready, or we are told to stop: False."""
    waiting = [asyncio.create_task(stop.wait()), asyncio.create_task(ready.wait())]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()
    return not stop.is_set()


def _discord(
    app: App, front: FrontDesk, deliveries: DeliveryStore, suggestions: _Suggestions, facts: StoreFacts
) -> tuple[Run, Run, Courier, Face]:
    import discord
    from discord.http import Route

    from bot.chat.discord.client import DiscordClient
    from bot.chat.discord.face import DiscordFace
    from bot.chat.discord.responding import MentionResponder
    from bot.chat.discord.sender import DiscordSender

    settings = app.settings
    Route.BASE = settings.discord_api  # discord.py knows no other way

    client = DiscordClient(front.handle, suggestions, deliveries, facts, shard_count=settings.discord_shards or None)
    sender = DiscordSender(client.http, facts, app.store.raw, lambda: client.user.id if client.user else None)
    courier = Courier(deliveries, sender, notify=None)

    async def run(stop: asyncio.Event) -> None:
        """Log in, resume what a crash left open, listen; a connection that cannot be made is tried again."""
        wait_s = _AGAIN_S[0]
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                listening = asyncio.create_task(client.start(settings.discord_token.reveal()))
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
                log.warning("discord cannot be reached", extra={"error": type(error).__name__, "again_in_s": wait_s})
                await _sleep(stop, wait_s)
                wait_s = min(2 * wait_s, _AGAIN_S[1])
        finally:
            stopping.cancel()

    async def resumed(stop: asyncio.Event) -> None:
        def responder(request: Request) -> Responder:
            return MentionResponder(client.line, request.place.thread or request.place.channel, request.person.id)

        began = utc_now()
        listening = asyncio.create_task(run(stop))
        await front.resume(began, "discord", responder)
        await listening

    async def deliver(stop: asyncio.Event) -> None:
        """Nothing can be sent before the first login."""
        if await _either(stop, client.connected):
            await courier.run(stop)

    return resumed, deliver, courier, DiscordFace()


def _facts_of(app: App) -> StoreFacts:
    """For the last check: the quoted versions as the store holds them now, and which of the links it holds."""

    async def facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
        from bot.chat.discord.markdown import link_safe

        versions = await app.store.versions(None, {quote.version_id for quote in outgoing.quotes})
        held = {address for one in versions.values() if (address := one.facts.address)}
        pages = {address.partition("#")[0] for address in held}
        return versions, pages | {link_safe(page) for page in pages}

    return facts


class _Suggestions:
    """Autocomplete: the sources that may be seen, by what was typed of their number or title."""

    def __init__(self, sourcing: Sourcing) -> None:
        self._sourcing = sourcing

    async def suggest(self, command: str, argument: str, typed: str, place: Place, person: Person) -> list[Choice]:  # noqa: ARG002 - the port's
        if argument not in ("source", "url"):
            return []
        wanted = typed.casefold().lstrip("#")
        views = await self._sourcing.list(place.scope)
        fitting = [one for one in views if wanted in f"{one.id} {one.title} {one.address}".casefold()]
        return [Choice(f"#{one.id}", f"#{one.id} {one.title}") for one in fitting[:_MOST_SUGGESTED]]


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    """Sleep, unless we are told to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


