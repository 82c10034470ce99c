"""What admins do from a chat: test everything, choose where notices go, limits, audit, take settings along, pause."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from bot.chat.commands import typed_as
from bot.chat.composing import note_message
from bot.chat.findings import Finding, Verdict, findings_message, suspicious_finding
from bot.chat.messages import Attachment, Button, ButtonStyle, Facts, Heading, Message, Paragraph, Tone
from bot.chat.requests import Request, Responder, Right
from bot.chat.texts import say
from bot.errors import AddressRefused, VerbatimError
from bot.front_desk import configuration
from bot.front_desk.audit import audit_table, shown_address
from bot.front_desk.brief_wishes import can_be_wished
from bot.front_desk.configuration import BriefIn, Configuration, FollowingIn, LimitsIn, SourceIn
from bot.front_desk.language import language_of
from bot.front_desk.pending import Pending
from bot.front_desk.permits import CARDS
from bot.library.brief_store import BriefWish, brief_key
from bot.library.source_store import ON_THE_WEB
from bot.library.subscription_store import Posts, Subscription
from bot.library.workspace_store import Limits
from bot.schedule.calendar import Intent
from bot.schedule.due import Wish
from bot.schedule.zone_data import state_of
from bot.sources.web_address import read_address
from bot.sourcing.choices import tidy

if TYPE_CHECKING:
    from bot.chat.insight import Insight
    from bot.chat.requests import Place
    from bot.front_desk.face import Face
    from bot.front_desk.permits import Permits
    from bot.library.brief_store import BriefStore
    from bot.library.delivery_store import DeliveryStore
    from bot.library.desk import Desk
    from bot.library.source_store import SourceStore
    from bot.library.subscription_store import SubscriptionStore
    from bot.library.workspace_store import WorkspaceStore
    from bot.schedule.due_table import DueTable

Handler = Callable[[Request, Responder], Awaitable[None]]
Examine = Callable[[], Awaitable[list[Finding]]]

_LONGEST_ADDRESS: Final = 2_000
_SINCE: Final = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
_BRIEFS: Final = "brief:"
_KINDS: Final = {str(kind): kind for kind in ON_THE_WEB}


@dataclass(frozen=True, slots=True)
class Stores:
    """What an admin's commands read and write."""

    workspaces: WorkspaceStore
    deliveries: DeliveryStore
    sources: SourceStore
    subscriptions: SubscriptionStore
    briefs: BriefStore
    due: DueTable


class AdminCommands:
    """The handlers of `/newsadmin …`. `examine` tests this machine: clock, disk, library, index, model."""

    def __init__(
        self,
        stores: Stores,
        permits: Permits,
        faces: Mapping[str, Face],
        insights: Mapping[str, Insight],
        examine: Examine,
        *,
        wake: Callable[[str], None],
        now: Callable[[], datetime],
        desk: Desk | None = None,
    ) -> None:
        self._desk = desk
        self._stores, self._permits, self._faces, self._insights = stores, permits, faces, insights
        self._examine, self._wake, self._now = examine, wake, now
        self._taken: Pending[Configuration] = Pending(now)

    RIGHTS: Final = {"config-take": Right.ADMIN, "config-leave": Right.ADMIN}

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "newsadmin check": self.check, "newsadmin alerts": self.alerts, "newsadmin limits": self.limits,
            "newsadmin audit": self.audit, "newsadmin config": self.config, "newsadmin pause": self.pause,
            "config-take": self.take_over, "config-leave": self.leave,
        }  # fmt: skip

    # --- check ---

    async def check(self, request: Request, responder: Responder) -> None:
        """Every right and limit, tested now: the platform, this channel or the one that was named (in a direct message
        all of the workspace), this machine."""
        place = request.place
        channel = _channel(request) or ("" if place.direct else place.channel)
        found: list[Finding] = []
        if (insight := self._insights.get(place.platform)) is not None:
            found += await insight.findings(place.workspace, channel)
        if not place.direct:
            found += await self._decided(place, language_of(request))
        found += await self._examine()
        if self._desk is not None:
            found.append(await asyncio.to_thread(suspicious_finding, self._desk, place.scope))
        await responder.only_you(findings_message(found, language_of(request)))

    async def _decided(self, place: Place, language: str) -> list[Finding]:
        """Where notices go, and how much of the limit of posts is used."""
        chosen = await self._stores.workspaces.workspace(place.platform, place.workspace)
        insight = self._insights.get(place.platform)
        if chosen.alerts_channel:
            name = (await insight.access(place.workspace, chosen.alerts_channel)).name if insight else ""
            alerts = Finding("alerts", Verdict.GOOD, name or chosen.alerts_channel)
        elif chosen.admin or (insight and await insight.owner(place.workspace)):
            alerts = Finding("alerts", Verdict.GOOD, say("admin-direct", language))
        else:
            alerts = Finding("alerts", Verdict.BAD, say("nobody", language))
        used, most = await self._permits.posts_of_a_day(place.platform, place.workspace), chosen.limits.posts_a_day
        full = most is not None and used >= most
        posts = Finding("posts", Verdict.BAD if full else Verdict.GOOD, f"{used}" if most is None else f"{used}/{most}")
        return [alerts, posts]

    # --- alerts ---

    async def alerts(self, request: Request, responder: Responder) -> None:
        """From now on notices go there; the first is that they do, so that it is seen whether they can."""
        place, language = request.place, language_of(request)
        channel = _channel(request)
        insight = self._insights.get(place.platform)
        name = (await insight.access(place.workspace, channel)).name if insight else ""
        await self._stores.workspaces.set_alerts(place.platform, place.workspace, channel, language)
        face = self._faces[place.platform]
        told = note_message(say("alerts-test", language, person=request.person.name), language)
        owed = face.post(place.workspace, channel, f"note:{place.platform}:{request.id}", face.render(told))
        await self._stores.deliveries.owe(owed, now=self._now())
        self._wake(place.platform)
        said = say("alerts-set", language, channel=name or channel)
        await responder.only_you(note_message(said, language, Tone.GOOD))

    # --- limits ---

    async def limits(self, request: Request, responder: Responder) -> None:
        """Change what was given, show what holds."""
        place, language = request.place, language_of(request)
        before = (await self._stores.workspaces.workspace(place.platform, place.workspace)).limits
        given = request.arguments
        after = Limits(
            _number(given.get("posts", ""), before.posts_a_day, language),
            _number(given.get("tokens", ""), before.tokens_a_day, language),
            _number(given.get("sources", ""), before.sources, language),
        )
        if after != before:
            await self._stores.workspaces.set_limits(place.platform, place.workspace, after)
        used = (
            ("limit-posts", after.posts_a_day, await self._permits.posts_of_a_day(place.platform, place.workspace)),
            ("limit-tokens", after.tokens_a_day, None),
            ("limit-sources", after.sources, await self._permits.count_sources(place.platform, place.workspace)),
        )
        rows = []
        for key, limit, count in used:
            shown = say("no-limit", language) if limit is None else f"{limit:,}"
            if count is not None:
                shown = say("used", language, limit=shown, used=count)
            rows.append((say(key, language), shown))
        head = say("limits-now", language)
        how = say("limits-how", language, limits=typed_as("newsadmin limits", place.platform))
        blocks = (Heading(head), Facts(tuple(rows)), Paragraph(how, small=True))
        await responder.only_you(Message(head, blocks, language, Tone.GOOD if after != before else Tone.PLAIN))

    # --- audit ---

    async def audit(self, request: Request, responder: Responder) -> None:
        """Who changed what, as a file."""
        place, language = request.place, language_of(request)
        since = self._now() - _SINCE.get(request.arguments.get("since", "30d"), timedelta(days=36_500))
        entries = await self._stores.workspaces.audit(place.platform, place.workspace, since=since)
        if not entries:
            await responder.only_you(note_message(say("audit-none", language), language, Tone.GREY))
            return
        told = say("audit-told", language, n=len(entries), since=f"{entries[0].at:%Y-%m-%d}")
        file = Attachment("audit.csv", audit_table(entries), "text/csv")
        await responder.only_you(replace(note_message(told, language), attachments=(file,)))

    # --- config ---

    async def config(self, request: Request, responder: Responder) -> None:
        language = language_of(request)
        if request.arguments.get("action") == "import":
            await self._offer(request, responder)
            return
        made = await self._configuration(request.place)
        told = say("config-told", language, sources=len(made.sources), briefs=len(made.briefs))
        if made.left_out:
            told += " " + say("config-left-out", language, n=len(made.left_out))
        file = Attachment("verbatim-config.json", configuration.written(made), "application/json")
        await responder.only_you(replace(note_message(told, language), attachments=(file,)))

    async def _configuration(self, place: Place) -> Configuration:
        stores = self._stores
        chosen = await stores.workspaces.workspace(place.platform, place.workspace)
        audience = f"w:{place.platform}-{place.workspace}"
        sources, left_out = [], []
        for one in await stores.sources.followings(None):
            if one.audience != audience or one.removed_at is not None:  # what came privately stays where it came
                continue
            address = one.watched.address
            if configuration.holds_key(address) or configuration.holds_key(one.address):
                left_out.append(shown_address(address))
                continue
            wishes = await stores.subscriptions.of_sources([one.id])
            channels = tuple(
                FollowingIn(wish.channel, str(wish.posts))
                for wish in wishes
                if (wish.platform, wish.workspace) == (place.platform, place.workspace)
            )
            chose = one.choices
            sources.append(
                SourceIn(
                    address, str(one.kind), one.title, chose.full_articles, chose.keep, chose.drop, chose.languages,
                    channels,
                )
            )  # fmt: skip
        briefs = []
        for brief in await stores.briefs.wishes(place.platform, place.workspace):
            due = await stores.due.get(brief.key)
            intent = msgspec.Raw(msgspec.json.encode(due.wish.intent)) if due else msgspec.Raw(b"null")
            briefs.append(
                BriefIn(
                    brief.channel, intent, brief.language, brief.length, brief.style, brief.empty, brief.threads,
                    brief.topics, brief.mark_quiet,
                )
            )  # fmt: skip
        limits = LimitsIn(chosen.limits.posts_a_day, chosen.limits.tokens_a_day, chosen.limits.sources)
        return Configuration(
            exported_at=f"{self._now():%Y-%m-%dT%H:%M:%SZ}", alerts_channel=chosen.alerts_channel, limits=limits,
            sources=tuple(sources), left_out=tuple(left_out), briefs=tuple(briefs),
        )  # fmt: skip

    async def _offer(self, request: Request, responder: Responder) -> None:
        """Read the file, say what it would change, and wait for a press."""
        place, language = request.place, language_of(request)
        if not request.files:
            raise VerbatimError("no-file", request.name, say("config-no-file", language))
        raw = await responder.read_file(request.files[0], configuration.LARGEST)
        found = _read(raw, language)
        known = {
            one.watched.address
            for one in await self._stores.sources.followings(None)
            if one.audience == f"w:{place.platform}-{place.workspace}"
        }
        new = sum(one.address not in known for one in found.sources)
        self._taken.put(_bound(place, request.id), found)
        told = say("config-sure", language, sources=new, briefs=len(found.briefs))
        buttons = (
            Button(say("config-do", language), f"config-take:{request.id}", style=ButtonStyle.MAIN),
            Button(say("cancel", language), f"config-leave:{request.id}"),
        )
        await responder.only_you(note_message(told, language, Tone.WARNING, buttons))

    async def leave(self, request: Request, responder: Responder) -> None:
        self._taken.take(_bound(request.place, request.name.partition(":")[2]))
        language = language_of(request)
        await responder.replace(note_message(say("cancelled", language), language))

    async def take_over(self, request: Request, responder: Responder) -> None:
        """Confirmed: sources, followers, briefs and limits are added to what is there; nothing is removed."""
        place, language = request.place, language_of(request)
        found = self._taken.take(_bound(place, request.name.partition(":")[2]))
        if found is None:
            await responder.replace(note_message(say("expired", language), language, Tone.TROUBLE))
            return
        added, known, failed = await self._take_sources(request, found)
        briefs = 0
        for one in found.briefs:
            briefs += await self._take_brief(place, one, language)
        if found.limits != LimitsIn():
            limits = Limits(found.limits.posts_a_day, found.limits.tokens_a_day, found.limits.sources)
            await self._stores.workspaces.set_limits(place.platform, place.workspace, limits)
        told = say("config-done", language, added=added, known=known, failed=failed, briefs=briefs)
        await responder.replace(note_message(told, language, Tone.WARNING if failed else Tone.GOOD))

    async def _take_sources(self, request: Request, found: Configuration) -> tuple[int, int, int]:
        place, added, known, failed = request.place, 0, 0, 0
        room = await self._permits.room_for_sources(place)
        audience = f"w:{place.platform}-{place.workspace}"
        there = {
            one.watched.address: one.id
            for one in await self._stores.sources.followings(None)
            if one.audience == audience
        }
        for one in found.sources:
            address = _address(one.address)
            number = there.get(address)
            if number is None:
                if not address or one.kind not in _KINDS or (room is not None and added >= room):
                    failed += 1
                    continue
                following, new = await self._stores.sources.add(
                    _KINDS[one.kind], address, audience, tidy(one.choices), now=self._now(), by=request.person.name
                )
                number = following.id
                added += new
                known += not new
            else:
                known += 1
            for wish in one.channels:
                if wish.posts in set(Posts) and await self._is_channel(place, wish.channel):
                    await self._stores.subscriptions.subscribe(
                        Subscription(place.platform, place.workspace, wish.channel, number, Posts(wish.posts))
                    )
        return added, known, failed

    async def _take_brief(self, place: Place, one: BriefIn, language: str) -> bool:
        """One channel's brief; False where it cannot be had as it stands in the file."""
        if not await self._is_channel(place, one.channel):
            return False
        try:
            intent = msgspec.json.decode(bytes(one.intent), type=Intent | None)
        except (msgspec.MsgspecError, VerbatimError):
            return False
        key = brief_key(place.platform, place.workspace, one.channel)
        wish = BriefWish(
            key, place.platform, place.workspace, one.channel, one.language or language, one.length, one.style,
            one.empty, one.threads, one.topics, one.mark_quiet,
        )  # fmt: skip
        if not can_be_wished(wish, intent):
            return False
        await self._stores.briefs.put_wish(wish)
        if intent is not None:
            timed = Wish(key, replace(intent, created_at=self._now()), place.platform, place.workspace, one.channel)
            await self._stores.due.put(timed, zone_data=state_of(intent.zone), now=self._now())
        return True

    async def _is_channel(self, place: Place, channel: str) -> bool:
        """Whether it is a channel of this workspace: a file from elsewhere names others."""
        insight = self._insights.get(place.platform)
        return insight is None or (await insight.access(place.workspace, channel)).there

    # --- pause ---

    async def pause(self, request: Request, responder: Responder) -> None:
        """Stop all cards and briefs of the workspace, or go on; without an argument, say how it stands."""
        place, language = request.place, language_of(request)
        command = typed_as("newsadmin pause", place.platform)[:-1]
        chosen = await self._stores.workspaces.workspace(place.platform, place.workspace)
        wanted = request.arguments.get("all", "")
        facts = {"pause": f"{command} all:resume`"}
        if wanted == "pause":
            await self._stores.workspaces.set_pause(place.platform, place.workspace, self._now(), request.person.name)
            dropped = 0
            for prefix in (CARDS, _BRIEFS):
                dropped += await self._stores.deliveries.withhold(
                    place.platform, place.workspace, prefix, code="paused"
                )
            told, tone = say("pause-now", language, **facts), Tone.WARNING
            told += " " + say("pause-dropped", language, n=dropped) if dropped else ""
        elif wanted == "resume":
            await self._stores.workspaces.set_pause(place.platform, place.workspace, None, "")
            told, tone = say("pause-over", language), Tone.GOOD
        elif chosen.paused_at is not None:
            since = f"{chosen.paused_at:%Y-%m-%d %H:%M} UTC"
            told, tone = say("pause-is", language, since=since, person=chosen.paused_by, **facts), Tone.WARNING
        else:
            told, tone = say("pause-not", language, pause=f"{command} all:pause`"), Tone.PLAIN
        await responder.only_you(note_message(told, language, tone))


def _bound(place: Place, key: str) -> str:
    """What waits for a press waits for one of the same workspace."""
    return f"{place.platform}/{place.workspace}/{key}"


def _channel(request: Request) -> str:
    return request.arguments.get("channel", "").strip("<#> ").partition("|")[0]


def _number(text: str, before: int | None, language: str) -> int | None:
    """A limit as it was typed; 0 takes it away. Raises VerbatimError."""
    text = text.strip()
    if not text:
        return before
    plain = text.replace(",", "").replace(".", "")
    if not (plain.isascii() and plain.isdigit()) or int(plain[:12]) > configuration.MOST_LIMIT:
        raise VerbatimError("limit-wrong", "no whole number", say("limit-wrong", language, value=text[:40]))
    return int(plain) or None


def _address(text: str) -> str:
    """An address of a file in its one spelling, "" when it may not be kept. What is fetched is judged each time."""
    try:
        address = read_address(text).text
    except AddressRefused:
        return ""
    return "" if configuration.holds_key(address) or len(address) > _LONGEST_ADDRESS else address


def _read(raw: bytes, language: str) -> Configuration:
    try:
        return configuration.read(raw)
    except VerbatimError as error:
        told = say("config-broken", language, why=error.person)
        raise VerbatimError(error.code, error.log, told) from error


