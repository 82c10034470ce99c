"""Reading briefs: the last one, what is new for one person, all of one, and questions about a story."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.briefs.brief import thawed_brief
from bot.chat.brief_messages import full_list
from bot.chat.brief_texts import tell
from bot.chat.composing import note_message
from bot.chat.messages import Button, Choice, Field, FieldKind, Form, Tone
from bot.chat.requests import Request, Responder, Right
from bot.chat.texts import say
from bot.domain import Scope
from bot.front_desk.brief_posting import Wanted
from bot.front_desk.brief_requests import LOOKED_THROUGH, BriefRoom, Handler, channel_of, key_of, new_wish, refused
from bot.front_desk.brief_wishes import LONGEST_TOPIC
from bot.front_desk.language import language_of
from bot.library.brief_store import BriefKind
from bot.library.search_terms import terms_of_text
from bot.schedule.calendar import zone_of

if TYPE_CHECKING:
    from bot.briefs.brief import BriefEntry


NOW_EVERY: Final = timedelta(minutes=15)  # how often /news now makes one in a channel
WINDOWS: Final = {"24h": timedelta(hours=24), "7d": timedelta(days=7)}
_NAMED: Final = 60  # documents that are left out for one reason, of which some are named
WINDOWS_OFFERED: Final = ("last", "24h", "7d")


class BriefReading(BriefRoom):
    """`/news latest` and `now`, and the buttons below a brief that show more of it."""

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "news latest": self.latest, "news now": self.brief_now, "full": self.full, "about": self.about,
            "asked": self.asked, "brief-on": self.brief_on, "brief-on-form": self.brief_now,
            "brief-me": self.brief_me, "brief-me-form": self.brief_now,
        }  # fmt: skip

    async def latest(self, request: Request, responder: Responder) -> None:
        """The last brief of this channel, as it was posted, and the way to it."""
        language, key = language_of(request), key_of(request, request.place.channel)
        record = await self._briefs.last_told(key)
        if record is None:
            await responder.only_you(note_message(tell("no-brief-yet", language), language, Tone.GREY))
            return
        messages = await self._posting.messages(record)
        posted = await self._posting.overview_of(record)
        jump: list[Button] = []
        if posted is not None and posted.message_id:
            link = self._faces[request.place.platform].link_to(
                posted.owed.workspace, posted.thread_id or posted.owed.channel, posted.message_id
            )
            jump = [Button(tell("button-jump", language), link=link)] if link else []
        told = note_message(tell("latest", language, title=messages.title), language, Tone.PLAIN, jump)
        await responder.only_you(told)
        topic = request.arguments.get("topic", "").strip()
        if not topic:
            await responder.only_you(messages.overview)
            return
        brief = await asyncio.to_thread(thawed_brief, record.body)
        stories = messages.stories or (messages.overview,)
        fitting = [
            story for entry, story in zip(brief.entries, stories, strict=False) if is_about(entry, topic, language)
        ]
        if not fitting:
            none = tell("latest-no-topic", language, topic=topic)
            await responder.only_you(note_message(none, language, Tone.GREY))
        for story in fitting:
            await responder.only_you(story)

    async def brief_now(self, request: Request, responder: Responder) -> None:
        """What is new, for one person; managers may post it for all."""
        language, place, now = language_of(request), request.place, self._now()
        channel = channel_of(request)
        key = key_of(request, channel)
        window = request.arguments.get("window", "")
        topic = request.arguments.get("topic", "").strip()[:LONGEST_TOPIC]
        recent = [
            one.made_at for one in await self._briefs.of_channel(key, limit=LOOKED_THROUGH, told_only=False)
            if one.kind is BriefKind.PRIVATE and one.slot != f"now:{request.id}" and now - one.made_at < NOW_EVERY
        ]  # fmt: skip
        wish = await self._briefs.wish(key) or new_wish(request, channel)
        due = await self._table.get(key)
        zone = await self._known_zone(request, key) or "UTC"
        if recent:
            free_at = (max(recent) + NOW_EVERY).astimezone(zone_of(zone))
            raise refused("limit-now", language, time=f"{free_at:%H:%M}")
        muted = tuple(await self._briefs.mutes(place.platform, place.workspace, request.person.id))
        wanted = Wanted(
            wish, f"now:{request.id}", BriefKind.PRIVATE, zone, due.wish.intent if due else None,
            window=WINDOWS.get(window), topics=(topic,) if topic else None, muted=muted, language=language,
        )  # fmt: skip
        record = await self._posting.make(wanted)
        messages = await self._posting.messages(record)
        await responder.only_you(messages.overview)
        brief = await asyncio.to_thread(thawed_brief, record.body)
        if request.person.right >= Right.MANAGER and not place.direct and not brief.is_empty:
            button = Button(tell("button-post-here", language), f"post-here:{record.id}")
            await responder.only_you(note_message(tell("now-note", language), language, Tone.PLAIN, [button]))

    async def brief_me(self, request: Request, responder: Responder) -> None:
        """Ask of which channel: only those that the person sees are offered. The brief comes as a direct message."""
        language = language_of(request)
        windows = tuple(Choice(one, say(f"choice-{one}", language)) for one in WINDOWS_OFFERED)
        fields = (
            Field("channel", tell("form-channel", language), FieldKind.CHANNEL),
            Field("topic", tell("form-topic", language), required=False),
            Field("window", tell("form-window", language), FieldKind.CHOICE, value="last", choices=windows),
        )
        form = Form("brief-me-form", tell("title-private", language), say("submit", language), fields)
        await responder.open_form(form)

    async def brief_on(self, request: Request, responder: Responder) -> None:
        """Ask on what."""
        language = language_of(request)
        windows = tuple(Choice(one, say(f"choice-{one}", language)) for one in WINDOWS_OFFERED)
        fields = (
            Field("topic", tell("form-topic", language)),
            Field("window", tell("form-window", language), FieldKind.CHOICE, value="7d", choices=windows),
        )
        form = Form("brief-on-form", tell("button-me-on", language), say("submit", language), fields)
        await responder.open_form(form)

    async def full(self, request: Request, responder: Responder) -> None:
        """Everything of a brief on one page: every story, all that is also new, all that was left out and why."""
        language, place = language_of(request), request.place
        record, brief, _ = await self._shown_brief(request)
        scope = Scope(f"{place.platform}-{place.workspace}", record.key.removeprefix(key_of(request, "")))
        left_out = [id_ for one in brief.left_out for id_ in one.document_ids[:_NAMED]]
        found = await asyncio.to_thread(self._desk.documents_with, scope, left_out)
        titles = {id_: (one.version.title if one.version else "") or one.name for id_, one in found.items()}
        await responder.only_you(full_list(brief, language, titles))

    async def about(self, request: Request, responder: Responder) -> None:
        """A form for a question about a story."""
        language = language_of(request)
        _, _, entry = await self._shown_brief(request)
        if entry is None:
            raise refused("button-too-old", language)
        asked = f"asked:{request.name.partition(':')[2]}"
        field = Field("question", tell("form-ask", language), hint=entry.headline[:100])
        await responder.open_form(Form(asked, tell("button-ask", language), say("submit", language), (field,)))

    async def asked(self, request: Request, responder: Responder) -> None:
        """Answer a question about a story: where it was asked in a thread, for all to see."""
        _, _, entry = await self._shown_brief(request)
        place, now = request.place, self._now()
        question = request.arguments.get("question", "")
        earlier = [entry.headline] if entry is not None and entry.headline else []
        answer = await self._asking.answer(question, place.scope, earlier=earlier, now=now)
        message = await self._asking.message(answer, place.scope, key=request.id, now=now)
        if not place.thread:
            await responder.only_you(message)
            return
        face = self._faces[place.platform]
        owed = face.post(place.workspace, place.channel, f"answer:{place.platform}:{request.id}", face.render(message))
        await self._deliveries.owe([replace(one, thread=place.thread) for one in owed], now=now)
        self._posting.wake(place.platform)


def is_about(entry: BriefEntry, topic: str, language: str) -> bool:
    wanted = set(terms_of_text(topic, language))
    told = [(entry.headline, language), *((one.text, one.language) for one in entry.quotes)]
    return bool(wanted) and any(wanted <= set(terms_of_text(text, of)) for text, of in told)
