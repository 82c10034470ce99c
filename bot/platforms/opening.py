"""Everything behind the chat platforms, built and handed to each other: the front desk, its handlers, its rounds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.app import open_writing_room
from bot.briefs.briefing import Briefing
from bot.briefs.written import write_brief
from bot.chat.outgoing import Outgoing
from bot.checking import embedded_percent, examine_for_chat
from bot.errors import VerbatimError
from bot.front_desk.admin_commands import AdminCommands, Stores
from bot.front_desk.asking import Asking
from bot.front_desk.audit import entry_of
from bot.front_desk.brief_commands import BriefCommands
from bot.front_desk.brief_posting import BriefPosting
from bot.front_desk.brief_requests import Parts
from bot.front_desk.cards import Cards
from bot.front_desk.desk import FrontDesk
from bot.front_desk.gone_channels import forget_gone_channels
from bot.front_desk.language import language_of
from bot.front_desk.news_commands import NewsCommands
from bot.front_desk.notices import KEPT, Notices
from bot.front_desk.permits import Permits
from bot.front_desk.source_commands import SourceCommands
from bot.language_model.port import Payer
from bot.library.brief_store import brief_key
from bot.library.index_feed import is_behind
from bot.library.sql_brief_store import SqlBriefStore
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_installation_store import SqlInstallationStore
from bot.library.sql_store import SqlStore
from bot.library.sql_subscription_store import SqlSubscriptionStore
from bot.library.sql_workspace_store import SqlWorkspaceStore
from bot.platforms.gathering import Gathering
from bot.platforms.rounds import Round, Run, give_way_to_the_loop
from bot.platforms.suggesting import Suggestions
from bot.schedule.sql_due_table import SqlDueTable
from bot.schedule.ticker import Ticker

if TYPE_CHECKING:
    from bot.app import App, WritingRoom
    from bot.briefs.brief import Brief
    from bot.chat.insight import Insight
    from bot.chat.last_check import StoreFacts
    from bot.chat.messages import Message
    from bot.chat.requests import Request
    from bot.domain import StoredVersion
    from bot.front_desk.face import Face
    from bot.library.brief_store import BriefWish
    from bot.library.delivery_store import DeliveryStore
    from bot.outbox.courier import Courier
    from bot.platforms.platform import Platform
    from bot.sourcing.use_cases import Sourcing
    from bot.writing import Writer

log = logging.getLogger(__name__)

_EVENTS_ARE_KEPT: Final = timedelta(days=30)  # no platform delivers an event again after that
_HOUSEKEEPING_S: Final = 3_600.0
_CARDS_S: Final = 2.0  # how often it is looked for documents to post
_NOTICES_S: Final = 5.0
_BRIEF_FILES_S: Final = 30.0
_GATHER_S = 40.0  # so long, at the most, sources are waited for before a brief over a gap, which is due in 90
_BRIEFS_S: Final = 5.0  # how soon a brief that was sent counts as delivered
_SLOTS_ARE_KEPT: Final = timedelta(days=90)  # far longer than any may be late
_CALLS_ARE_KEPT: Final = timedelta(days=90)  # of a language model
_WRITINGS_ARE_KEPT: Final = timedelta(days=3)  # what it wrote is of its day; a brief may be made anew after a weekend
_TROUBLED_SOURCES_S: Final = 300.0


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Platforms:
    """What runs for the platforms. `names` are those that have a token."""

    deliveries: DeliveryStore
    names: tuple[str, ...] = ()
    runs: list[Run] = field(default_factory=list)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve every platform until `stop`; each that fails is tried again, by itself."""
        async with asyncio.TaskGroup() as tasks:
            for one in self.runs:
                tasks.create_task(one(stop))


@asynccontextmanager
async def open_platforms(
    app: App, sourcing: Sourcing, writing: WritingRoom | None = None
) -> AsyncIterator[Platforms]:
    """Build what every configured platform needs. Nothing is connected yet. Raises VerbatimError. `writing`: what words
    answers, cards and briefs; one that is not given is opened."""
    settings = app.settings
    store = app.store
    if not isinstance(store, SqlStore):
        raise TypeError("the platforms keep their deliveries in an SQL store")
    give_way_to_the_loop()
    deliveries = SqlDeliveryStore(store.transactions)
    workspaces = SqlWorkspaceStore(store.transactions)
    subscriptions = SqlSubscriptionStore(store.transactions)
    briefs, table = SqlBriefStore(store.transactions), SqlDueTable(store.transactions)
    faces: dict[str, Face] = {}
    couriers: dict[str, Courier] = {}
    insights: dict[str, Insight] = {}

    def wake(platform: str) -> None:
        couriers[platform].wake()

    notices = Notices(workspaces, deliveries, faces, insights, wake=wake, now=utc_now)
    permits = Permits(
        workspaces, deliveries, app.sources, insights, note=notices.note, now=utc_now,
        cards_at_most=settings.cards_at_most, window=timedelta(minutes=settings.cards_window_min),
    )  # fmt: skip

    async def announce(request: Request, message: Message) -> None:
        """One line for all, in the channel where something was changed."""
        place = request.place
        if place.direct:
            return
        face = faces[place.platform]
        key = f"note:{place.platform}:{request.id}"
        owed = face.post(place.workspace, place.channel, key, face.render(message))
        await deliveries.owe(owed, now=utc_now())
        wake(place.platform)

    async def judged(request: Request, key: str, verdict: str) -> None:
        await deliveries.judge(
            request.place.platform, key, person=request.person.id, workspace=request.place.scope.workspace,
            verdict=verdict, now=utc_now(),
        )  # fmt: skip

    async def audited(request: Request, outcome: str) -> None:
        place, person = request.place, request.person
        try:
            await workspaces.write_audit(entry_of(request, outcome, utc_now()))
        except VerbatimError as error:  # what was done is done, and is not told as if it had failed
            log.error("the audit could not be written", extra={"request": request.name, "code": error.code})
            return
        if outcome == "done" and request.name.startswith("newsadmin") and not place.direct:
            await workspaces.meet_admin(place.platform, place.workspace, person.id, language_of(request))

    async with AsyncExitStack() as stack:
        if writing is None:
            writing = await stack.enter_async_context(open_writing_room(settings, store))
        writer, calls = writing.writer, writing.calls
        asking = Asking(app.answerer, app.desk, writer, writing_s=settings.model_timeout_s)
        stack.callback(asking.close)
        sources = SourceCommands(
            sourcing, app.intake, app.desk, announce, subscriptions, now=utc_now,
            max_file_bytes=settings.max_document_bytes, room=permits.room_for_sources,
        )  # fmt: skip
        gathered = Gathering(
            app.sources, store.newest_seq, partial(is_behind, app.index, app.desk), most_s=_GATHER_S
        )
        stack.push_async_callback(gathered.close)
        posting = BriefPosting(
            briefs, Briefing(app.desk), store, app.desk, subscriptions, deliveries, faces,
            wake=wake, now=utc_now, paused=permits.is_paused, gathered=gathered,
            write=None if writer is None else partial(_written_brief, writer),
        )  # fmt: skip
        stack.callback(posting.close)
        parts = Parts(
            posting, briefs, table, asking, deliveries, app.desk, faces, announce,
            now=utc_now, zone=settings.timezone, permit=permits.require_posting,
        )  # fmt: skip
        brief_commands = BriefCommands(parts)
        news = NewsCommands(
            asking, app.desk, sourcing, deliveries, judged=judged, now=utc_now,
            more_status=brief_commands.status_rows, model_standing=writing.standing,
            embedded=partial(embedded_percent, settings),
        )  # fmt: skip
        stores = Stores(workspaces, deliveries, app.sources, subscriptions, briefs, table)
        admin = AdminCommands(
            stores, permits, faces, insights, lambda: examine_for_chat(settings), wake=wake, now=utc_now,
            desk=app.desk,
        )
        front = FrontDesk(
            asking, deliveries, faces,
            {
                **sources.handlers(), **news.handlers(), **brief_commands.handlers(), **admin.handlers(),
                **notices.handlers(),
            },
            rights={**SourceCommands.RIGHTS, **BriefCommands.RIGHTS, **AdminCommands.RIGHTS, **Notices.RIGHTS},
            permit=permits.require, audited=audited, wake=wake,
        )  # fmt: skip
        stack.push_async_callback(front.close)

        async def language_of_channel(platform: str, workspace: str, channel: str) -> str:
            wish = await briefs.wish(brief_key(platform, workspace, channel))
            return wish.language if wish is not None else ""

        cards = Cards(
            store, app.desk, subscriptions, deliveries, faces,
            wake=wake, now=utc_now, withheld=permits.withheld, window_start=permits.window_start,
            writer=writer, language=language_of_channel,
        )  # fmt: skip

        async def keep_house() -> None:
            await deliveries.forget_events(before=utc_now() - _EVENTS_ARE_KEPT)
            await workspaces.forget_notices(before=utc_now() - KEPT)
            await table.forget_slots(before=utc_now() - _SLOTS_ARE_KEPT)
            await calls.forget_calls(before=utc_now() - _CALLS_ARE_KEPT)
            await writing.writings.forget_writings(before=utc_now() - _WRITINGS_ARE_KEPT)
            await forget_gone_channels(stores, faces, now=utc_now())

        async def look_at_sources() -> None:
            await notices.look_at_sources(await app.sources.followings(None))

        ticker = Ticker(table, posting.fire, prepare=posting.prepare, clock=utc_now)

        async def tick(stop: asyncio.Event) -> None:
            ticking = asyncio.create_task(ticker.run())
            await stop.wait()
            ticking.cancel()
            await asyncio.wait([ticking])

        platforms = Platforms(deliveries, runs=[tick])

        def serve(platform: Platform) -> None:
            name = platform.face.platform
            faces[name], couriers[name], insights[name] = platform.face, platform.courier, platform.insight
            platforms.names += (name,)
            platforms.runs += platform.runs

        facts, suggestions = _facts_of(app, faces), Suggestions(sourcing, brief_commands)
        if settings.discord_token:
            from bot.platforms.discord import discord_platform  # discord.py: half a second

            serve(discord_platform(app, front, deliveries, suggestions, facts, notices.take))
        if settings.slack_client_id:
            from bot.platforms.slack_apps import several_slacks

            installed = partial(workspaces.meet_admin, "slack")
            serve(
                await several_slacks(
                    app, front, deliveries, SqlInstallationStore(store.transactions), suggestions, facts,
                    notices.take, installed, stack,
                )
            )  # fmt: skip
        elif settings.slack_bot_token:
            from bot.platforms.slack import slack_platform

            serve(await slack_platform(app, front, deliveries, suggestions, facts, notices.take, stack))
        # Whoever reads documents, this process or another: what is new in the library is posted within seconds.
        for one in (
            Round("what is forgotten in time", _HOUSEKEEPING_S, keep_house),
            Round("cards", _CARDS_S, cards.post_new),
            Round("notices", _NOTICES_S, notices.tell),
            Round("briefs that were sent", _BRIEFS_S, posting.settle),
            Round("sources that fail", _TROUBLED_SOURCES_S, look_at_sources),
        ):
            platforms.runs.append(one.run)
        if settings.briefs_dir:
            from bot.brief_files import BriefFiles

            files = BriefFiles(Path(settings.briefs_dir), briefs, store)
            platforms.runs.append(Round("pages of briefs", _BRIEF_FILES_S, files.publish_new).run)
        yield platforms


async def _written_brief(writer: Writer, brief: Brief, language: str, wish: BriefWish, writing_s: float) -> Brief:
    """A brief with what the model says of its stories, in so many seconds, and at the expense of its channel."""
    payer = Payer(f"{wish.platform}-{wish.workspace}", wish.channel)
    made = await write_brief(
        brief, writer, language=language, today=brief.made_at.date(), time_limit_s=writing_s, payer=payer
    )
    return made.brief


def _facts_of(app: App, faces: Mapping[str, Face]) -> StoreFacts:
    """For the last check: the versions that a message quotes or leads to as the store holds them now, and which of the
    links it holds, or lead to a message of ours."""

    async def facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
        from bot.chat.discord.markdown import link_safe

        quoted = {quote.version_id for quote in outgoing.quotes}
        versions = await app.store.versions(None, {*quoted, *outgoing.leads_to})
        held = {address for one in versions.values() if (address := one.facts.address)}
        pages = {address.partition("#")[0] for address in held}
        ours = {link for link in outgoing.links if any(face.is_message(link) for face in faces.values())}
        return versions, pages | {link_safe(page) for page in pages} | ours

    return facts
