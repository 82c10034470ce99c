"""Setting a channel's brief: when and how, by a command or a form, and what is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.chat.brief_texts import tell
from bot.chat.composing import note_message
from bot.chat.messages import Choice, Field, FieldKind, Form, Menu, Message, Paragraph, Tone
from bot.chat.requests import Request, Responder, Right
from bot.chat.texts import say
from bot.front_desk.brief_requests import BriefRoom, Handler, Parts, channel_of, key_of, new_wish, read_when, refused
from bot.front_desk.brief_wishes import CHOICES, ZONES, changed_wish, unchanged_of
from bot.front_desk.language import language_of
from bot.front_desk.pending import Pending
from bot.library.brief_store import BriefWish
from bot.schedule.calendar import Intent
from bot.schedule.due import Wish
from bot.schedule.telling import in_words

if TYPE_CHECKING:
    from bot.chat.messages import Block


@dataclass(frozen=True, slots=True)
class _Set:
    """What somebody set, before its time zone was known."""

    channel: str
    arguments: dict[str, str]


class BriefSetting(BriefRoom):
    """`/brief set` and `show`, the form, and the one question that is asked back."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._sets: Pending[_Set] = Pending(parts.now)

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "brief set": self.set, "brief show": self.show, "brief-form": self.form_came,
            "brief-zone": self.zone_chosen, "brief-settings": self.settings,
        }  # fmt: skip

    async def set(self, request: Request, responder: Responder) -> None:
        """Set when and how; without a time, by a form."""
        if request.arguments.get("time", "").strip():
            await self._set(request, responder, _Set(channel_of(request), dict(request.arguments)))
        else:
            await self.settings(request, responder)

    async def settings(self, request: Request, responder: Responder) -> None:
        """A form with what is set now. Discord shows its first five fields."""
        language, channel = language_of(request), channel_of(request)
        wish = await self._briefs.wish(key_of(request, channel)) or new_wish(request, channel)
        due = await self._table.get(wish.key)
        when = in_words(replace(due.wish.intent, quiet=None, skip=()), "en") if due else "07:30"
        if not due and (zone := await self._known_zone(request, wish.key)):
            when = f"07:30 {zone}"
        fields = (
            Field("time", tell("form-when", language), value=when, hint=tell("form-when-hint", language)),
            self._choice("length", wish.length, language), self._choice("style", wish.style, language),
            self._choice("threads", wish.threads, language),
            Field(
                "topics", tell("form-topics", language), value=", ".join(wish.topics), required=False,
                hint=tell("form-topics-hint", language),
            ),
            self._choice("empty", wish.empty, language),
            self._choice("unchanged", unchanged_of(wish), language),
            self._choice("lang", wish.language or language, language),
        )  # fmt: skip
        title = tell("form-title", language)
        await responder.open_form(Form(f"brief-form:{channel}", title, say("save", language), fields))

    def _choice(self, name: str, value: str, language: str) -> Field:
        choices = tuple(Choice(one, say(f"choice-{one}", language)) for one in CHOICES[name])
        return Field(name, tell(f"form-{name}", language), FieldKind.CHOICE, value=value, choices=choices)

    async def form_came(self, request: Request, responder: Responder) -> None:
        arguments = {"topics": "all", **{key: value for key, value in request.arguments.items() if value}}
        await self._set(request, responder, _Set(channel_of(request), arguments))

    async def zone_chosen(self, request: Request, responder: Responder) -> None:
        """The one question that is asked back: in which time zone."""
        asked = self._sets.take(request.name.partition(":")[2])
        zone = request.arguments.get("value", "")
        if asked is None or zone not in ZONES:
            raise refused("button-too-old", language_of(request))
        await self._set(request, responder, replace(asked, arguments={**asked.arguments, "timezone": zone}))

    async def _set(self, request: Request, responder: Responder, asked: _Set) -> None:
        language, key, given = language_of(request), key_of(request, asked.channel), asked.arguments
        if not asked.channel or (request.place.direct and asked.channel == request.place.channel):
            raise refused("channel-missing", language)
        said = " ".join(given.get(name, "") for name in ("days", "time", "timezone")).strip()
        zone = await self._known_zone(request, key)
        if not zone and not names_zone(said, language):
            self._sets.put(request.id, asked)
            zones = tuple(Choice(one, one) for one in ZONES)
            menu = Menu(f"brief-zone:{request.id}", tell("zone-pick", language), zones)
            await responder.only_you(note_message(tell("zone-which", language), language, Tone.WARNING, [menu]))
            return
        before = await self._table.get(key)
        intent = read_when(said, zone or "UTC", language)
        kept = before.wish.intent if before else intent
        intent = replace(intent, skip=(*kept.skip, *intent.skip), quiet=kept.quiet, created_at=self._now())
        wish = changed_wish(await self._briefs.wish(key) or new_wish(request, asked.channel), given, language)
        await self._briefs.put_wish(wish)
        await self._put(Wish(key, intent, wish.platform, wish.workspace, wish.channel))
        await self._answer(request, responder, self._as_set(wish, intent, language, tone=Tone.GOOD))

    def _as_set(self, wish: BriefWish, intent: Intent, language: str, *, tone: Tone = Tone.PLAIN) -> Message:
        """The plain sentence, the next three dates with their offsets, and how it will look."""
        sentence = tell("set", language, words=in_words(intent, language))
        how = tell(
            "set-more", language, length=say(f"choice-{wish.length}", language),
            style=say(f"choice-{wish.style}", language), empty=say(f"choice-{wish.empty}", language),
            threads=say(f"choice-{wish.threads}", language), words=say(f"choice-{wish.language or 'en'}", language),
        )  # fmt: skip
        blocks: list[Block] = [Paragraph(sentence, strong=True), Paragraph(self._next(intent, language))]
        if wish.topics:
            blocks.append(Paragraph(tell("set-topics", language, topics=", ".join(wish.topics))))
        if wish.mark_quiet:
            how += tell("set-unchanged", language)
        return Message(sentence, (*blocks, Paragraph(how, small=True)), language, tone)

    async def show(self, request: Request, responder: Responder) -> None:
        language, channel = language_of(request), channel_of(request)
        if channel != request.place.channel and request.person.right < Right.MANAGER:
            raise refused("other-channel", language)
        key = key_of(request, channel)
        wish, due = await self._briefs.wish(key), await self._table.get(key)
        if wish is None or due is None:
            await responder.only_you(note_message(tell("none-set", language), language, Tone.GREY))
            return
        message = self._as_set(wish, due.wish.intent, language)
        if (paused := self._paused(due, language)) is not None:
            message = replace(message, blocks=(message.blocks[0], Paragraph(paused), *message.blocks[2:]))
        await responder.only_you(message)


def names_zone(said: str, language: str) -> bool:
    """Whether a wish names its zone itself."""
    return read_when(said, "UTC", language).zone == read_when(said, "Europe/Berlin", language).zone
