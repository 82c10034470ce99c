"""Briefs on other pages: Slack's App Home, the status of a channel, and what fits what somebody typed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.briefs.brief import thawed_brief
from bot.chat.brief_messages import brief_title, look_of
from bot.chat.brief_texts import moment_with_offset, tell
from bot.chat.messages import Button, Choice, Heading, Message, Paragraph, Points
from bot.chat.requests import Request, Responder, Right
from bot.domain import Scope
from bot.front_desk.brief_people import muted_words
from bot.front_desk.brief_requests import BriefRoom, Handler, key_of
from bot.front_desk.brief_wishes import LONGEST_TOPIC, ZONES
from bot.front_desk.language import language_of
from bot.library.brief_store import brief_key
from bot.schedule import calendar
from bot.schedule.telling import in_words, local_time

if TYPE_CHECKING:
    from bot.briefs.brief import Brief
    from bot.chat.messages import Block
    from bot.chat.requests import Person, Place
    from bot.library.brief_store import BriefRecord
    from bot.library.desk import Desk
    from bot.schedule.due import Due


_LAST_BRIEFS: Final = 5


class BriefHome(BriefRoom):
    """The cards of App Home, the rows of `/news status`, and suggestions."""

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "home brief": self.home_brief, "home briefs": self.home_briefs,
        }  # fmt: skip

    async def status_rows(self, request: Request) -> tuple[tuple[str, str], ...]:
        """When the next brief comes here, in local time, for `/news status`."""
        language = language_of(request)
        if request.place.direct:
            return ()
        due = await self._table.get(key_of(request, request.place.channel))
        if due is None:
            value = tell("status-no-brief", language)
        elif (paused := self._paused(due, language)) is not None:
            value = paused
        else:
            ahead = calendar.next_after(due.wish.intent, self._now())
            value = local_time(ahead, language) if ahead else "–"
        return ((tell("status-brief", language), value),)

    async def home_brief(self, request: Request, responder: Responder) -> None:
        """The next brief of the workspace; managers may look at it, post it and pause it."""
        language, now = language_of(request), self._now()
        coming: list[tuple[datetime, Due]] = []
        for wish in await self._briefs.wishes(request.place.platform, request.place.workspace):
            due = await self._table.get(wish.key)
            ahead = calendar.next_after(due.wish.intent, max(now, due.wish.rests_until or now)) if due else None
            if due is not None and ahead is not None:
                coming.append((ahead.at, due))
        head = tell("home-head", language)
        if not coming:
            blocks: tuple[Block, ...] = (Heading(head), Paragraph(tell("home-none", language)))
            await responder.only_you(Message(head, blocks, language))
            return
        at, due = min(coming, key=lambda one: (one[0], one[1].wish.key))
        intent, channel = due.wish.intent, due.wish.channel
        when = moment_with_offset(at, intent.zone, language)
        line = tell("home-next", language, when=when, words=in_words(intent, language))
        buttons: tuple[Button, ...] = ()
        if request.person.right >= Right.MANAGER:
            buttons = tuple(
                Button(tell(f"button-{name}", language), f"brief-{action}:{channel}")
                for name, action in (("preview", "preview"), ("post-now", "post"), ("pause", "pause"))
            )
        told = Paragraph(f"{line} →", channel=channel)
        await responder.only_you(Message(line, (Heading(head), told), language, buttons=buttons))

    async def home_briefs(self, request: Request, responder: Responder) -> None:
        """The last five briefs, as far as all in the workspace may see what they tell."""
        language, place = language_of(request), request.place
        found: list[BriefRecord] = []
        for wish in await self._briefs.wishes(place.platform, place.workspace):
            found += await self._briefs.of_channel(wish.key, limit=_LAST_BRIEFS)
        scope = Scope(f"{place.platform}-{place.workspace}")
        lines: list[str] = []
        for record in sorted(found, key=lambda one: -one.id):
            brief = await asyncio.to_thread(thawed_brief, record.body)
            look = look_of(record.body)
            if look is not None and await asyncio.to_thread(may_be_seen, self._desk, brief, scope):
                names = " · ".join(entry.headline for entry in brief.entries[:_LAST_BRIEFS] if entry.headline)
                lines.append(f"{brief_title(brief, replace(look, language=language))}: {names or '–'}")
            if len(lines) == _LAST_BRIEFS:
                break
        if lines:
            head = tell("home-last", language)
            blocks: tuple[Block, ...] = (Paragraph(head, strong=True), Points(tuple(lines)))
            await responder.only_you(Message(head, blocks, language))

    async def suggest(self, argument: str, typed: str, place: Place, person: Person) -> list[Choice]:
        """Choices for `timezone`, `brief` and topics, by what was typed so far."""
        wanted = typed.strip().casefold()
        key = brief_key(place.platform, place.workspace, place.channel)
        language = "de" if person.language.lower().startswith("de") else "en"
        if argument == "timezone":
            return [Choice(one, one) for one in zones_like(wanted)]
        if argument == "brief":
            choices = []
            for record in await self._briefs.of_channel(key, limit=25):
                look = look_of(record.body)
                brief = await asyncio.to_thread(thawed_brief, record.body)
                title = brief_title(brief, replace(look, language=language)) if look else f"#{record.id}"
                if wanted in f"#{record.id} {title}".casefold():
                    choices.append(Choice(str(record.id), title))
            return choices
        if argument == "unmute":
            muted = await self._briefs.mutes(place.platform, place.workspace, person.id)
            return [Choice(one.topic or f"#{one.story_id}", muted_words(one, language)) for one in muted[:25]]
        if argument in ("topic", "mute"):
            wish = await self._briefs.wish(key)
            last = await self._briefs.last_told(key)
            names = list(wish.topics) if wish else []
            if last is not None:
                brief = await asyncio.to_thread(thawed_brief, last.body)
                names += [entry.headline[:LONGEST_TOPIC] for entry in brief.entries]
            return [Choice(one, one) for one in dict.fromkeys(names) if one and wanted in one.casefold()][:25]
        return []


def zones_like(typed: str) -> list[str]:
    from zoneinfo import available_timezones

    if not typed:
        return list(ZONES)
    wanted = typed.replace(" ", "_")
    found = sorted(one for one in available_timezones() if wanted in one.casefold())
    return sorted(found, key=lambda one: (one not in ZONES, not one.casefold().startswith(wanted)))[:25]


def may_be_seen(desk: Desk, brief: Brief, scope: Scope) -> bool:
    """Whether all that a brief tells may be seen there. One without a quote only tells of its channel: not to all."""
    quoted = {one.quote.version_id for entry in brief.entries for one in entry.quotes}
    return bool(quoted) and set(desk.versions(scope, quoted)) == quoted
