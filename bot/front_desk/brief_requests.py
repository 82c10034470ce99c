"""What all commands of briefs share: their stores, whose brief is meant, and how a refusal is worded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.briefs.brief import thawed_brief
from bot.chat.brief_texts import moment_with_offset, refusal, tell
from bot.chat.composing import note_message
from bot.chat.messages import Message
from bot.chat.requests import Request, Responder
from bot.errors import SettingsError, VerbatimError
from bot.front_desk.language import language_of
from bot.library.brief_store import BriefWish, brief_key
from bot.schedule import calendar
from bot.schedule.calendar import Intent, zone_of
from bot.schedule.due import UNTIL_RESUMED, Wish
from bot.schedule.telling import local_time
from bot.schedule.wording import read_day, read_time
from bot.schedule.zone_data import state_of

if TYPE_CHECKING:
    from datetime import date

    from bot.briefs.brief import Brief, BriefEntry
    from bot.front_desk.asking import Asking
    from bot.front_desk.brief_posting import BriefPosting
    from bot.front_desk.face import Face
    from bot.library.brief_store import BriefRecord, BriefStore
    from bot.library.delivery_store import DeliveryStore
    from bot.library.desk import Desk
    from bot.schedule.due import Due
    from bot.schedule.due_table import DueTable


Handler = Callable[[Request, Responder], Awaitable[None]]
Announce = Callable[[Request, Message], Awaitable[None]]

LOOKED_THROUGH: Final = 60  # records of a channel in which a button's brief is looked for
_DATES: Final = 3


@dataclass(frozen=True, slots=True)
class Parts:
    """What the commands of briefs work with.

    `zone`: of the installation, "" when none is set; `announce` puts one line into a channel; `permit` raises when
    nothing may be posted now.
    """

    posting: BriefPosting
    briefs: BriefStore
    table: DueTable
    asking: Asking
    deliveries: DeliveryStore
    desk: Desk
    faces: Mapping[str, Face]
    announce: Announce
    now: Callable[[], datetime]
    zone: str = ""
    permit: Callable[[Request], Awaitable[None]] | None = None


class BriefRoom:
    """One subject of the commands of briefs."""

    def __init__(self, parts: Parts) -> None:
        self._posting, self._briefs, self._table, self._asking = parts.posting, parts.briefs, parts.table, parts.asking
        self._deliveries, self._desk, self._faces, self._announce = (
            parts.deliveries, parts.desk, parts.faces, parts.announce,
        )  # fmt: skip
        self._now, self._installed_zone, self._permit = parts.now, parts.zone, parts.permit

    async def _due(self, request: Request) -> Due:
        due = await self._table.get(key_of(request, channel_of(request)))
        if due is None:
            raise refused("no-brief", language_of(request))
        return due

    async def _wished(self, request: Request) -> tuple[BriefWish, Due]:
        due = await self._due(request)
        wish = await self._briefs.wish(due.wish.key)
        if wish is None:
            raise refused("no-brief", language_of(request))
        return wish, due

    async def _put(self, wish: Wish) -> None:
        await self._table.put(wish, zone_data=state_of(wish.intent.zone), now=self._now())

    def _paused(self, due: Due, language: str) -> str | None:
        until = due.wish.rests_until
        if until is None or until <= self._now():
            return None
        if until == UNTIL_RESUMED:
            return tell("paused-open", language)
        return tell("paused", language, until=moment_with_offset(until, due.wish.intent.zone, language))

    def _next(self, intent: Intent, language: str, rests_until: datetime | None = None) -> str:
        dates = self._dates(intent, language, rests_until)
        return tell("set-next", language, dates=dates) if dates else tell("set-never", language)

    def _dates(self, intent: Intent, language: str, rests_until: datetime | None = None) -> str:
        after = max(self._now(), rests_until or self._now())
        if after >= calendar.LATEST:
            return "–"
        found = [one for one in calendar.outlook(intent, after, _DATES) if one.fires]
        return " · ".join(local_time(one, language) for one in found)

    async def _known_zone(self, request: Request, key: str) -> str:
        """The zone that is taken when none is named: the channel's, the person's own, another channel's, ours."""
        due = await self._table.get(key)
        if due is not None:
            return due.wish.intent.zone
        if request.person.time_zone and is_zone(request.person.time_zone):
            return request.person.time_zone
        for wish in await self._briefs.wishes(request.place.platform, request.place.workspace):
            other = await self._table.get(wish.key)
            if other is not None:
                return other.wish.intent.zone
        return self._installed_zone

    async def _answer(self, request: Request, responder: Responder, message: Message) -> None:
        """To a press in the place of what was pressed, to a command beside."""
        if request.name.startswith(("brief-zone:", "brief-pause:", "brief-resume:")) and not request.place.direct:
            await responder.replace(message)
        else:
            await responder.only_you(message)

    async def _tell_all(self, request: Request, channel: str, key: str, **facts: str) -> None:
        """One public line in the brief's own channel, in the brief's language."""
        wish = await self._briefs.wish(key_of(request, channel))
        language = (wish.language if wish else "") or language_of(request)
        message = note_message(tell(key, language, person=request.person.name, **facts), language)
        there = replace(request.place, channel=channel, thread="", direct=False)
        await self._announce(replace(request, place=there), message)

    async def _shown_brief(self, request: Request) -> tuple[BriefRecord, Brief, BriefEntry | None]:
        """The brief, and the story, that a button names: its channel, the beginning of its hash, its number."""
        reference, _, number = request.name.partition(":")[2].partition(":")
        channel, _, sha256 = reference.partition("/")
        key = key_of(request, channel)
        if sha256:
            for record in await self._briefs.of_channel(key, limit=LOOKED_THROUGH, told_only=False):
                if record.sha256.startswith(sha256):
                    brief = await asyncio.to_thread(thawed_brief, record.body)
                    n = int(number) if number.isdigit() else 0
                    entry = brief.entries[n - 1] if 1 <= n <= len(brief.entries) else None
                    return record, brief, entry
        raise refused("no-such-brief", language_of(request))


def key_of(request: Request, channel: str) -> str:
    return brief_key(request.place.platform, request.place.workspace, channel)


def channel_of(request: Request) -> str:
    """The channel that is meant: the one that was named, that a button carries, or this one."""
    verb, _, carried = request.name.partition(":")
    if carried and verb.startswith("brief-"):
        return carried
    named = request.arguments.get("channel", "").strip("<#> ").partition("|")[0]  # on Slack as it is typed
    return named or request.place.channel


def new_wish(request: Request, channel: str) -> BriefWish:
    place = request.place
    return BriefWish(key_of(request, channel), place.platform, place.workspace, channel, language=language_of(request))


def refused(code: str, language: str, **facts: str) -> VerbatimError:
    return VerbatimError(code, code, tell(code, language, **facts))


def in_both(error: SettingsError, language: str) -> VerbatimError:
    return VerbatimError(error.code, error.log, refusal(error.code, error.person, language))


def read_when(said: str, zone: str, language: str) -> Intent:
    try:
        return read_time(said, zone=zone)
    except SettingsError as error:
        raise in_both(error, language) from error


def read_the_day(said: str, language: str) -> date:
    try:
        return read_day(said)
    except SettingsError as error:
        raise in_both(error, language) from error


def is_zone(name: str) -> bool:
    try:
        zone_of(name)
    except SettingsError:
        return False
    return True
