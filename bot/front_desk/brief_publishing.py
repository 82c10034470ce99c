"""Posting briefs at once: looking ahead, posting what was seen, making a posted one anew."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.briefs.brief import thawed_brief
from bot.chat.brief_texts import tell
from bot.chat.composing import note_message
from bot.chat.messages import Button, ButtonStyle, Tone
from bot.chat.requests import Request, Responder
from bot.front_desk.brief_posting import Redone, Wanted
from bot.front_desk.brief_requests import BriefRoom, Handler, key_of, new_wish, read_when, refused
from bot.front_desk.language import language_of
from bot.library.brief_store import BriefKind, BriefState
from bot.schedule import calendar

if TYPE_CHECKING:
    from bot.library.brief_store import BriefRecord


class BriefPublishing(BriefRoom):
    """`/brief preview`, `post` and `redo`, and the buttons that post what one person sees."""

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "brief preview": self.preview, "brief post": self.post, "brief redo": self.redo,
            "brief-preview": self.preview, "brief-post": self.post, "post-now": self.post_now,
            "post-here": self.post_here,
        }  # fmt: skip

    async def preview(self, request: Request, responder: Responder) -> None:
        """What would be posted now, exactly; a button posts exactly that."""
        language = language_of(request)
        wish, due = await self._wished(request)
        at = None
        if said := request.arguments.get("at", "").strip():
            today = read_when(said, due.wish.intent.zone, language)
            ahead = calendar.next_after(today, self._now())
            at = ahead.at if ahead else None
        wanted = Wanted(wish, f"preview:{request.id}", BriefKind.PREVIEW, due.wish.intent.zone, due.wish.intent, at=at)
        record = await self._posting.make(wanted)
        messages = await self._posting.messages(record)
        brief = await asyncio.to_thread(thawed_brief, record.body)
        if brief.is_empty and wish.empty == "silent":
            await responder.only_you(note_message(tell("preview-empty", language), language, Tone.GREY))
            return
        for one in (messages.overview, *messages.stories):
            await responder.only_you(one)
        button = Button(tell("button-post-now", language), f"post-now:{record.id}", style=ButtonStyle.MAIN)
        await responder.only_you(note_message(tell("preview-note", language), language, Tone.PLAIN, [button]))

    async def post(self, request: Request, responder: Responder) -> None:
        language = language_of(request)
        await self._require_posting(request)
        wish, due = await self._wished(request)
        slot = f"post:{request.id}"
        record = await self._posting.make(
            Wanted(wish, slot, BriefKind.POSTED, due.wish.intent.zone, due.wish.intent)
        )
        await self._posting.owe(record, wish)
        await responder.only_you(note_message(tell("posting", language), language, Tone.GOOD))

    async def post_now(self, request: Request, responder: Responder) -> None:
        """Post exactly the record that was previewed."""
        language = language_of(request)
        await self._require_posting(request)
        record = await self._pressed_record(request, "preview:")
        wish = await self._briefs.wish(record.key)
        if wish is None:
            raise refused("no-brief", language)
        was_made = record.state is BriefState.MADE
        record = await self._posting.owe(record, wish)
        posted = was_made and record.state in (BriefState.OWED, BriefState.DELIVERED)
        told = tell("posting" if posted else "posted-before", language)
        await responder.replace(note_message(told, language, Tone.GOOD))

    async def post_here(self, request: Request, responder: Responder) -> None:
        """Post what one person saw. It counts as the channel's brief only if it tells all that the next one would."""
        language = language_of(request)
        await self._require_posting(request)
        record = await self._pressed_record(request, "now:")
        wish = await self._briefs.wish(record.key) or new_wish(request, record.key.rpartition(":")[2])
        brief, last = await asyncio.to_thread(thawed_brief, record.body), await self._briefs.last_told(record.key)
        muted = any(one.reason == "muted" for one in brief.left_out)
        gap = last is not None and record.from_seq > last.to_seq
        if record.state is not BriefState.MADE:
            await responder.replace(note_message(tell("posted-before", language), language))
            return
        if muted or gap or brief.topics != wish.topics:
            await self._posting.show_again(record, wish, f"{record.id}")
        else:
            await self._posting.owe(record, wish)
        await responder.replace(note_message(tell("posting", language), language, Tone.GOOD))

    async def redo(self, request: Request, responder: Responder) -> None:
        language = language_of(request)
        await self._require_posting(request)
        wish, due = await self._wished(request)
        named = request.arguments.get("brief", "").strip().lstrip("#")
        record = await self._briefs.by_id(int(named)) if named.isdigit() else await self._briefs.last_told(wish.key)
        if record is None or record.key != wish.key or record.state not in (BriefState.OWED, BriefState.DELIVERED):
            raise refused("no-brief-posted", language)
        became = await self._posting.redo(record, wish, due.wish.intent.zone)
        if became is Redone.STILL_POSTING:
            raise refused("still-posting", language)
        told = tell("redone" if became is Redone.REDONE else "redo-same", language)
        await responder.only_you(note_message(told, language, Tone.GOOD if became is Redone.REDONE else Tone.GREY))

    async def _require_posting(self, request: Request) -> None:
        if self._permit is not None:
            await self._permit(request)

    async def _pressed_record(self, request: Request, made_as: str) -> BriefRecord:
        """The record whose number a button carries, if it is one of this workspace and such a button belongs to it."""
        number = request.name.partition(":")[2]
        record = await self._briefs.by_id(int(number)) if number.isdigit() else None
        if record is None or not record.key.startswith(key_of(request, "")) or not record.slot.startswith(made_as):
            raise refused("button-too-old", language_of(request))
        return record
