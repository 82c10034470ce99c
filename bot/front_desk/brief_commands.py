"""What people do with briefs from a chat: set when and how they come, look ahead, post, make anew, pause, mute."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from bot.briefs.brief import LENGTHS, thawed_brief
from bot.chat.brief_messages import brief_title, full_list, look_of
from bot.chat.brief_texts import day_in_words, moment_with_offset, refusal, tell
from bot.chat.composing import note_message
from bot.chat.messages import (
    Button,
    ButtonStyle,
    Choice,
    Field,
    FieldKind,
    Form,
    Heading,
    Menu,
    Message,
    Paragraph,
    Points,
    Tone,
)
from bot.chat.requests import Request, Responder, Right
from bot.chat.texts import say
from bot.domain import Scope
from bot.errors import SettingsError, VerbatimError
from bot.front_desk.brief_posting import Redone, Wanted
from bot.front_desk.language import language_of
from bot.front_desk.pending import Pending
from bot.library.brief_store import BriefKind, BriefState, BriefWish, Mute, brief_key
from bot.library.search_terms import terms_of_text
from bot.schedule import calendar
from bot.schedule.calendar import Intent, QuietMode, SkippedDay, zone_of
from bot.schedule.due import UNTIL_RESUMED, Wish
from bot.schedule.telling import in_words, local_time
from bot.schedule.wording import read_day, read_quiet, read_time
from bot.schedule.zone_data import state_of

if TYPE_CHECKING:
    from datetime import date

    from bot.briefs.brief import Brief, BriefEntry
    from bot.chat.messages import Block
    from bot.chat.requests import Person, Place
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

NOW_EVERY: Final = timedelta(minutes=15)  # how often /news now makes one in a channel
_DATES: Final = 3
_LAST_BRIEFS: Final = 5
_LOOKED_THROUGH: Final = 60  # records of a channel in which a button's brief is looked for
MOST_TOPICS: Final = 20
_LONGEST_TOPIC: Final = 60
_MOST_TIMES, _MOST_SKIPPED = 96, 1_000  # of an intent that comes in a file
_WINDOWS: Final = {"24h": timedelta(hours=24), "7d": timedelta(days=7)}
_WINDOWS_OFFERED: Final = ("last", "24h", "7d")
_ALL_TOPICS: Final = frozenset({"all", "alle", "-"})
_NO_QUIET: Final = frozenset({"off", "aus", "none", "keine", "never", "nie"})
_CHOICES: Final = {
    "length": tuple(LENGTHS), "style": ("bullets", "prose", "headlines"), "empty": ("say so", "silent"),
    "threads": ("off", "one", "per story"), "lang": ("en", "de"),
}  # fmt: skip
_ZONES: Final = (
    "Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/London", "Europe/Paris", "Europe/Madrid", "Europe/Rome",
    "Europe/Warsaw", "Europe/Kyiv", "Europe/Athens", "Europe/Istanbul", "Africa/Lagos", "Africa/Johannesburg",
    "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
    "America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "UTC",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Set:
    """What somebody set, before its time zone was known."""

    channel: str
    arguments: dict[str, str]


class BriefCommands:
    """The handlers of `/brief …`, of `/news latest`, `now` and `me`, and of the buttons below briefs.

    `zone`: of the installation, "" when none is set; `announce` puts one line into a channel; `permit` raises when
    nothing may be posted now.
    """

    def __init__(
        self,
        posting: BriefPosting,
        briefs: BriefStore,
        table: DueTable,
        asking: Asking,
        deliveries: DeliveryStore,
        desk: Desk,
        faces: Mapping[str, Face],
        announce: Announce,
        *,
        now: Callable[[], datetime],
        zone: str = "",
        permit: Callable[[Request], Awaitable[None]] | None = None,
    ) -> None:
        self._posting, self._briefs, self._table, self._asking = posting, briefs, table, asking
        self._deliveries, self._desk, self._faces, self._announce = deliveries, desk, faces, announce
        self._now, self._installed_zone, self._permit = now, zone, permit
        self._sets: Pending[_Set] = Pending(now)

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "brief set": self.set, "brief show": self.show, "brief preview": self.preview, "brief post": self.post,
            "brief redo": self.redo, "brief pause": self.pause, "brief resume": self.resume, "brief skip": self.skip,
            "brief quiet": self.quiet, "news latest": self.latest, "news now": self.brief_now, "news me": self.me,
            "brief-form": self.form_came, "brief-zone": self.zone_chosen, "brief-settings": self.settings,
            "brief-preview": self.preview, "brief-post": self.post, "brief-pause": self.pause,
            "brief-resume": self.resume, "post-now": self.post_now, "post-here": self.post_here, "full": self.full,
            "mute": self.mute, "unmute": self.unmute, "about": self.about, "asked": self.asked,
            "brief-on": self.brief_on, "brief-on-form": self.brief_now, "brief-me": self.brief_me,
            "brief-me-form": self.brief_now, "forget": self.forget,
            "home brief": self.home_brief, "home briefs": self.home_briefs, "home me": self.home_me,
        }  # fmt: skip

    RIGHTS: Final = dict.fromkeys(
        (
            "brief-form", "brief-zone", "brief-settings", "brief-preview", "brief-post", "brief-pause", "brief-resume",
            "post-now", "post-here",
        ),
        Right.MANAGER,
    )  # fmt: skip

    # --- setting ---

    async def set(self, request: Request, responder: Responder) -> None:
        """Set when and how; without a time, by a form."""
        if request.arguments.get("time", "").strip():
            await self._set(request, responder, _Set(_channel(request), dict(request.arguments)))
        else:
            await self.settings(request, responder)

    async def settings(self, request: Request, responder: Responder) -> None:
        """A form with what is set now. Discord shows its first five fields."""
        language, channel = language_of(request), _channel(request)
        wish = await self._briefs.wish(_key(request, channel)) or _new_wish(request, channel)
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
            self._choice("empty", wish.empty, language), self._choice("lang", wish.language or language, language),
        )  # fmt: skip
        title = tell("form-title", language)
        await responder.open_form(Form(f"brief-form:{channel}", title, say("save", language), fields))

    def _choice(self, name: str, value: str, language: str) -> Field:
        choices = tuple(Choice(one, say(f"choice-{one}", language)) for one in _CHOICES[name])
        return Field(name, tell(f"form-{name}", language), FieldKind.CHOICE, value=value, choices=choices)

    async def form_came(self, request: Request, responder: Responder) -> None:
        arguments = {"topics": "all", **{key: value for key, value in request.arguments.items() if value}}
        await self._set(request, responder, _Set(_channel(request), arguments))

    async def zone_chosen(self, request: Request, responder: Responder) -> None:
        """The one question that is asked back: in which time zone."""
        asked = self._sets.take(request.name.partition(":")[2])
        zone = request.arguments.get("value", "")
        if asked is None or zone not in _ZONES:
            raise _refused("button-too-old", language_of(request))
        await self._set(request, responder, replace(asked, arguments={**asked.arguments, "timezone": zone}))

    async def _set(self, request: Request, responder: Responder, asked: _Set) -> None:
        language, key, given = language_of(request), _key(request, asked.channel), asked.arguments
        if not asked.channel or (request.place.direct and asked.channel == request.place.channel):
            raise _refused("channel-missing", language)
        said = " ".join(given.get(name, "") for name in ("days", "time", "timezone")).strip()
        zone = await self._known_zone(request, key)
        if not zone and not _names_zone(said, language):
            self._sets.put(request.id, asked)
            zones = tuple(Choice(one, one) for one in _ZONES)
            menu = Menu(f"brief-zone:{request.id}", tell("zone-pick", language), zones)
            await responder.only_you(note_message(tell("zone-which", language), language, Tone.WARNING, [menu]))
            return
        before = await self._table.get(key)
        intent = _read(said, zone or "UTC", language)
        kept = before.wish.intent if before else intent
        intent = replace(intent, skip=(*kept.skip, *intent.skip), quiet=kept.quiet, created_at=self._now())
        wish = _changed(await self._briefs.wish(key) or _new_wish(request, asked.channel), given, language)
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
        return Message(sentence, (*blocks, Paragraph(how, small=True)), language, tone)

    def _next(self, intent: Intent, language: str, rests_until: datetime | None = None) -> str:
        dates = self._dates(intent, language, rests_until)
        return tell("set-next", language, dates=dates) if dates else tell("set-never", language)

    def _dates(self, intent: Intent, language: str, rests_until: datetime | None = None) -> str:
        after = max(self._now(), rests_until or self._now())
        if after >= calendar.LATEST:
            return "–"
        found = [one for one in calendar.outlook(intent, after, _DATES) if one.fires]
        return " · ".join(local_time(one, language) for one in found)

    async def show(self, request: Request, responder: Responder) -> None:
        language, channel = language_of(request), _channel(request)
        if channel != request.place.channel and request.person.right < Right.MANAGER:
            raise _refused("other-channel", language)
        key = _key(request, channel)
        wish, due = await self._briefs.wish(key), await self._table.get(key)
        if wish is None or due is None:
            await responder.only_you(note_message(tell("none-set", language), language, Tone.GREY))
            return
        message = self._as_set(wish, due.wish.intent, language)
        if (paused := self._paused(due, language)) is not None:
            message = replace(message, blocks=(message.blocks[0], Paragraph(paused), *message.blocks[2:]))
        await responder.only_you(message)

    def _paused(self, due: Due, language: str) -> str | None:
        until = due.wish.rests_until
        if until is None or until <= self._now():
            return None
        if until == UNTIL_RESUMED:
            return tell("paused-open", language)
        return tell("paused", language, until=moment_with_offset(until, due.wish.intent.zone, language))

    # --- pausing ---

    async def pause(self, request: Request, responder: Responder) -> None:
        language = language_of(request)
        due = await self._due(request)
        said = request.arguments.get("until", "").strip()
        until, words = UNTIL_RESUMED, ""
        if said:
            day = _read_day(said, language)
            zone = due.wish.intent.zone
            until, _ = calendar.instant_of(day, time.min, zone_of(zone))
            words = day_in_words(day, language)
            if until <= self._now():
                raise _refused("until-past", language, day=words)
        await self._put(replace(due.wish, rests_until=until))
        told = tell("paused", language, until=words) if words else tell("paused-open", language)
        buttons = [Button(tell("button-resume", language), f"brief-resume:{due.wish.channel}")]
        await self._answer(request, responder, note_message(told, language, Tone.GOOD, buttons))
        key = "paused-public" if words else "paused-open-public"
        await self._tell_all(request, due.wish.channel, key, until=words)

    async def resume(self, request: Request, responder: Responder) -> None:
        language, due, now = language_of(request), await self._due(request), self._now()
        intent = due.wish.intent
        if self._paused(due, language) is None:
            told = tell("not-paused", language, dates=self._dates(intent, language))
            await self._answer(request, responder, note_message(told, language))
            return
        await self._put(replace(due.wish, rests_until=now))
        told = tell("resumed", language, dates=self._dates(intent, language))
        await self._answer(request, responder, note_message(told, language, Tone.GOOD))
        await self._tell_all(request, due.wish.channel, "resumed-public")

    async def skip(self, request: Request, responder: Responder) -> None:
        """Leave out a day: the named one, or that of the next brief."""
        language, due, now = language_of(request), await self._due(request), self._now()
        intent = due.wish.intent
        ahead = calendar.next_after(intent, max(now, due.wish.rests_until or now))
        said = request.arguments.get("date", "").strip()
        dates = self._dates(intent, language, due.wish.rests_until)
        if said:
            day = _read_day(said, language)
        elif ahead is not None:
            day = ahead.day
        else:
            raise _refused("skip-no-day", language, day="–", dates=dates)
        words = day_in_words(day, language)
        if day < now.astimezone(zone_of(intent.zone)).date():
            raise _refused("skip-past", language, day=words)
        if not _comes_on(intent, day, now):
            raise _refused("skip-no-day", language, day=words, dates=dates)
        skipping = replace(intent, skip=(*intent.skip, SkippedDay(day)))
        await self._put(replace(due.wish, intent=skipping))
        on = tell("on", language, day=words)
        told = tell("skipped", language, day=on, dates=self._dates(skipping, language, due.wish.rests_until))
        await self._answer(request, responder, note_message(told, language, Tone.GOOD))
        await self._tell_all(request, due.wish.channel, "skipped-public", day=words)

    async def quiet(self, request: Request, responder: Responder) -> None:
        language, due = language_of(request), await self._due(request)
        start = request.arguments.get("from", "").strip()
        if start.casefold() in _NO_QUIET:
            await self._put(replace(due.wish, intent=replace(due.wish.intent, quiet=None)))
            await self._answer(request, responder, note_message(tell("quiet-off", language), language, Tone.GOOD))
            return
        mode = QuietMode(request.arguments.get("mode") or "hold")
        try:
            quiet = read_quiet(f"{start} {request.arguments.get('to', '')}", mode)
        except SettingsError as error:
            raise _in_both(error, language) from error
        intent = replace(due.wish.intent, quiet=quiet)
        await self._put(replace(due.wish, intent=intent))
        facts = {"start": f"{quiet.start:%H:%M}", "end": f"{quiet.end:%H:%M}", "mode": tell(f"mode-{mode}", language)}
        told = f"{tell('quiet-set', language, **facts)} {self._next(intent, language, due.wish.rests_until)}"
        await self._answer(request, responder, note_message(told, language, Tone.GOOD))

    async def _put(self, wish: Wish) -> None:
        await self._table.put(wish, zone_data=state_of(wish.intent.zone), now=self._now())

    async def _due(self, request: Request) -> Due:
        due = await self._table.get(_key(request, _channel(request)))
        if due is None:
            raise _refused("no-brief", language_of(request))
        return due

    async def _tell_all(self, request: Request, channel: str, key: str, **facts: str) -> None:
        """One public line in the brief's own channel, in the brief's language."""
        wish = await self._briefs.wish(_key(request, channel))
        language = (wish.language if wish else "") or language_of(request)
        message = note_message(tell(key, language, person=request.person.name, **facts), language)
        there = replace(request.place, channel=channel, thread="", direct=False)
        await self._announce(replace(request, place=there), message)

    async def _answer(self, request: Request, responder: Responder, message: Message) -> None:
        """To a press in the place of what was pressed, to a command beside."""
        if request.name.startswith(("brief-zone:", "brief-pause:", "brief-resume:")) and not request.place.direct:
            await responder.replace(message)
        else:
            await responder.only_you(message)

    # --- posting ---

    async def preview(self, request: Request, responder: Responder) -> None:
        """What would be posted now, exactly; a button posts exactly that."""
        language = language_of(request)
        wish, due = await self._wished(request)
        at = None
        if said := request.arguments.get("at", "").strip():
            today = _read(said, due.wish.intent.zone, language)
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
            raise _refused("no-brief", language)
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
        wish = await self._briefs.wish(record.key) or _new_wish(request, record.key.rpartition(":")[2])
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
            raise _refused("no-brief-posted", language)
        became = await self._posting.redo(record, wish, due.wish.intent.zone)
        if became is Redone.STILL_POSTING:
            raise _refused("still-posting", language)
        told = tell("redone" if became is Redone.REDONE else "redo-same", language)
        await responder.only_you(note_message(told, language, Tone.GOOD if became is Redone.REDONE else Tone.GREY))

    async def _wished(self, request: Request) -> tuple[BriefWish, Due]:
        due = await self._due(request)
        wish = await self._briefs.wish(due.wish.key)
        if wish is None:
            raise _refused("no-brief", language_of(request))
        return wish, due

    async def _require_posting(self, request: Request) -> None:
        if self._permit is not None:
            await self._permit(request)

    async def _pressed_record(self, request: Request, made_as: str) -> BriefRecord:
        """The record whose number a button carries, if it is one of this workspace and such a button belongs to it."""
        number = request.name.partition(":")[2]
        record = await self._briefs.by_id(int(number)) if number.isdigit() else None
        if record is None or not record.key.startswith(_key(request, "")) or not record.slot.startswith(made_as):
            raise _refused("button-too-old", language_of(request))
        return record

    # --- reading ---

    async def latest(self, request: Request, responder: Responder) -> None:
        """The last brief of this channel, as it was posted, and the way to it."""
        language, key = language_of(request), _key(request, request.place.channel)
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
            story for entry, story in zip(brief.entries, stories, strict=False) if _is_about(entry, topic, language)
        ]
        if not fitting:
            none = tell("latest-no-topic", language, topic=topic)
            await responder.only_you(note_message(none, language, Tone.GREY))
        for story in fitting:
            await responder.only_you(story)

    async def brief_now(self, request: Request, responder: Responder) -> None:
        """What is new, for one person; managers may post it for all."""
        language, place, now = language_of(request), request.place, self._now()
        channel = _channel(request)
        key = _key(request, channel)
        window = request.arguments.get("window", "")
        topic = request.arguments.get("topic", "").strip()[:_LONGEST_TOPIC]
        recent = [
            one.made_at for one in await self._briefs.of_channel(key, limit=_LOOKED_THROUGH, told_only=False)
            if one.kind is BriefKind.PRIVATE and one.slot != f"now:{request.id}" and now - one.made_at < NOW_EVERY
        ]  # fmt: skip
        wish = await self._briefs.wish(key) or _new_wish(request, channel)
        due = await self._table.get(key)
        zone = await self._known_zone(request, key) or "UTC"
        if recent:
            free_at = (max(recent) + NOW_EVERY).astimezone(zone_of(zone))
            raise _refused("limit-now", language, time=f"{free_at:%H:%M}")
        muted = tuple(await self._briefs.mutes(place.platform, place.workspace, request.person.id))
        wanted = Wanted(
            wish, f"now:{request.id}", BriefKind.PRIVATE, zone, due.wish.intent if due else None,
            window=_WINDOWS.get(window), topics=(topic,) if topic else None, muted=muted, language=language,
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
        windows = tuple(Choice(one, say(f"choice-{one}", language)) for one in _WINDOWS_OFFERED)
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
        windows = tuple(Choice(one, say(f"choice-{one}", language)) for one in _WINDOWS_OFFERED)
        fields = (
            Field("topic", tell("form-topic", language)),
            Field("window", tell("form-window", language), FieldKind.CHOICE, value="7d", choices=windows),
        )
        form = Form("brief-on-form", tell("button-me-on", language), say("submit", language), fields)
        await responder.open_form(form)

    async def full(self, request: Request, responder: Responder) -> None:
        """Everything of a brief on one page: every story, all that is also new, all that was left out and why."""
        language = language_of(request)
        _, brief, _ = await self._shown_brief(request)
        await responder.only_you(full_list(brief, language))

    async def about(self, request: Request, responder: Responder) -> None:
        """A form for a question about a story."""
        language = language_of(request)
        _, _, entry = await self._shown_brief(request)
        if entry is None:
            raise _refused("button-too-old", language)
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

    async def _shown_brief(self, request: Request) -> tuple[BriefRecord, Brief, BriefEntry | None]:
        """The brief, and the story, that a button names: its channel, the beginning of its hash, its number."""
        reference, _, number = request.name.partition(":")[2].partition(":")
        channel, _, sha256 = reference.partition("/")
        key = _key(request, channel)
        if sha256:
            for record in await self._briefs.of_channel(key, limit=_LOOKED_THROUGH, told_only=False):
                if record.sha256.startswith(sha256):
                    brief = await asyncio.to_thread(thawed_brief, record.body)
                    n = int(number) if number.isdigit() else 0
                    entry = brief.entries[n - 1] if 1 <= n <= len(brief.entries) else None
                    return record, brief, entry
        raise _refused("no-such-brief", language_of(request))

    # --- what one person keeps from themselves ---

    async def mute(self, request: Request, responder: Responder) -> None:
        """A story that a button names."""
        language, place = language_of(request), request.place
        _, _, entry = await self._shown_brief(request)
        if entry is None:
            raise _refused("button-too-old", language)
        mute = Mute(story_id=entry.story_id)
        await self._briefs.mute(place.platform, place.workspace, request.person.id, mute, now=self._now())
        undo = Button(say("undo", language), f"unmute:{entry.story_id}:")
        what = tell("story", language, headline=entry.headline[:_LONGEST_TOPIC] or f"#{entry.story_id}")
        told = tell("muted", language, what=what)
        await responder.only_you(note_message(told, language, Tone.GOOD, [undo]))

    async def unmute(self, request: Request, responder: Responder) -> None:
        """What a button names: a story's number, or the place of a topic among those that are muted."""
        language, place = language_of(request), request.place
        story, _, index = request.name.partition(":")[2].partition(":")
        found = await self._briefs.mutes(place.platform, place.workspace, request.person.id)
        if story.isdigit():
            chosen = [one for one in found if one.story_id == int(story)]
        else:
            topics = [one for one in found if one.story_id is None]
            chosen = topics[int(index) : int(index) + 1] if index.isdigit() else []
        for one in chosen:
            await self._briefs.unmute(place.platform, place.workspace, request.person.id, one)
        what = ", ".join(_muted_words(one, language) for one in chosen)
        if not chosen:
            raise _refused("button-too-old", language)
        await responder.replace(note_message(tell("unmuted", language, what=what), language, Tone.GOOD))

    async def me(self, request: Request, responder: Responder) -> None:
        """What is kept of a person; mute, unmute, forget."""
        language, place, person = language_of(request), request.place, request.person.id
        given = request.arguments
        if given.get("forget") == "true":
            await responder.only_you(_sure(language))
            return
        if topic := given.get("mute", "").strip()[:_LONGEST_TOPIC]:
            await self._briefs.mute(place.platform, place.workspace, person, Mute(topic), now=self._now())
            told = tell("muted", language, what=_muted_words(Mute(topic), language))
            await responder.only_you(note_message(told, language, Tone.GOOD))
            return
        if topic := given.get("unmute", "").strip():
            found = await self._briefs.mutes(place.platform, place.workspace, person)
            chosen = [one for one in found if one.topic.casefold() == topic.casefold() or topic == f"#{one.story_id}"]
            for one in chosen:
                await self._briefs.unmute(place.platform, place.workspace, person, one)
            key = "unmuted" if chosen else "was-not-muted"
            what = _muted_words(chosen[0] if chosen else Mute(topic), language)
            await responder.only_you(note_message(tell(key, language, what=what), language))
            return
        await responder.only_you(await self._kept_about(request))

    async def _kept_about(self, request: Request) -> Message:
        language, place = language_of(request), request.place
        found = await self._briefs.mutes(place.platform, place.workspace, request.person.id)
        head = tell("me-head", language)
        blocks: list[Block] = [Heading(head)]
        buttons: list[Button] = []
        if found:
            blocks.append(Paragraph(tell("me-mutes", language, what=""), strong=True))
            blocks.append(Points(tuple(_muted_words(one, language) for one in found)))
            topics = [one for one in found if one.story_id is None]
            for one in found[:3]:
                name = f"unmute:{one.story_id}:" if one.story_id is not None else f"unmute::{topics.index(one)}"
                buttons.append(Button(tell("button-unmute", language, what=one.topic or f"#{one.story_id}"), name))
        else:
            blocks.append(Paragraph(tell("me-none", language)))
        blocks.append(Paragraph(tell("me-kept", language), small=True))
        buttons.append(Button(tell("button-forget", language), "forget:ask", style=ButtonStyle.DANGER))
        return Message(head, tuple(blocks), language, buttons=tuple(buttons))

    async def forget(self, request: Request, responder: Responder) -> None:
        language, place = language_of(request), request.place
        answer = request.name.partition(":")[2]
        if answer == "ask":
            await responder.only_you(_sure(language))
        elif answer == "yes":
            n = await self._briefs.forget_person(place.platform, place.workspace, request.person.id)
            await self._deliveries.forget_person(place.platform, place.workspace, request.person.id)
            await responder.replace(note_message(tell("forgotten", language, n=n), language, Tone.GOOD))
        else:
            await responder.replace(note_message(say("cancelled", language), language))

    # --- for other pages ---

    async def status_rows(self, request: Request) -> tuple[tuple[str, str], ...]:
        """When the next brief comes here, in local time, for `/news status`."""
        language = language_of(request)
        if request.place.direct:
            return ()
        due = await self._table.get(_key(request, request.place.channel))
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
        await responder.only_you(Message(line, (Heading(head), Paragraph(line)), language, buttons=buttons))

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
            if look is not None and await asyncio.to_thread(_may_be_seen, self._desk, brief, scope):
                names = " · ".join(entry.headline for entry in brief.entries[:_LAST_BRIEFS] if entry.headline)
                lines.append(f"{brief_title(brief, replace(look, language=language))}: {names or '–'}")
            if len(lines) == _LAST_BRIEFS:
                break
        if lines:
            head = tell("home-last", language)
            blocks: tuple[Block, ...] = (Paragraph(head, strong=True), Points(tuple(lines)))
            await responder.only_you(Message(head, blocks, language))

    async def home_me(self, request: Request, responder: Responder) -> None:
        await responder.only_you(await self._kept_about(request))

    # --- suggestions ---

    async def suggest(self, argument: str, typed: str, place: Place, person: Person) -> list[Choice]:
        """Choices for `timezone`, `brief` and topics, by what was typed so far."""
        wanted = typed.strip().casefold()
        key = brief_key(place.platform, place.workspace, place.channel)
        language = "de" if person.language.lower().startswith("de") else "en"
        if argument == "timezone":
            return [Choice(one, one) for one in _zones_like(wanted)]
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
            return [Choice(one.topic or f"#{one.story_id}", _muted_words(one, language)) for one in muted[:25]]
        if argument in ("topic", "mute"):
            wish = await self._briefs.wish(key)
            last = await self._briefs.last_told(key)
            names = list(wish.topics) if wish else []
            if last is not None:
                brief = await asyncio.to_thread(thawed_brief, last.body)
                names += [entry.headline[:_LONGEST_TOPIC] for entry in brief.entries]
            return [Choice(one, one) for one in dict.fromkeys(names) if one and wanted in one.casefold()][:25]
        return []

    async def _known_zone(self, request: Request, key: str) -> str:
        """The zone that is taken when none is named: the channel's, the person's own, another channel's, ours."""
        due = await self._table.get(key)
        if due is not None:
            return due.wish.intent.zone
        if request.person.time_zone and _is_zone(request.person.time_zone):
            return request.person.time_zone
        for wish in await self._briefs.wishes(request.place.platform, request.place.workspace):
            other = await self._table.get(wish.key)
            if other is not None:
                return other.wish.intent.zone
        return self._installed_zone


# --- small things ---


def _key(request: Request, channel: str) -> str:
    return brief_key(request.place.platform, request.place.workspace, channel)


def _channel(request: Request) -> str:
    """The channel that is meant: the one that was named, that a button carries, or this one."""
    verb, _, carried = request.name.partition(":")
    if carried and verb.startswith("brief-"):
        return carried
    named = request.arguments.get("channel", "").strip("<#> ").partition("|")[0]  # on Slack as it is typed
    return named or request.place.channel


def _new_wish(request: Request, channel: str) -> BriefWish:
    place = request.place
    return BriefWish(_key(request, channel), place.platform, place.workspace, channel, language=language_of(request))


def _changed(wish: BriefWish, given: Mapping[str, str], language: str) -> BriefWish:
    """The wish with what was given; what was not stays. Raises VerbatimError."""
    chosen: dict[str, str] = {}
    for name, choices in _CHOICES.items():
        value = given.get(name, "").strip().casefold()
        if value and value not in choices:
            raise _refused("unknown-length", language, value=value[:60], choices=", ".join(choices))
        if value:
            chosen["language" if name == "lang" else name] = value
    topics = wish.topics
    if said := given.get("topics", "").strip():
        named = [one.strip()[:_LONGEST_TOPIC] for one in said.replace("\n", ",").split(",")]
        topics = () if said.casefold() in _ALL_TOPICS else tuple(dict.fromkeys(one for one in named if one))
    return replace(wish, topics=topics[:MOST_TOPICS], **chosen)  # type: ignore[arg-type]  # all of them are texts


def can_be_wished(wish: BriefWish, intent: Intent | None) -> bool:
    """Whether somebody could have set this by a command: what comes in a file may say anything."""
    chosen = {
        "length": wish.length, "style": wish.style, "empty": wish.empty, "threads": wish.threads, "lang": wish.language,
    }  # fmt: skip
    topics = len(wish.topics) <= MOST_TOPICS and all(0 < len(one) <= _LONGEST_TOPIC for one in wish.topics)
    times = intent is None or (len(intent.times) <= _MOST_TIMES and len(intent.skip) <= _MOST_SKIPPED)
    return topics and times and all(value in _CHOICES[name] for name, value in chosen.items())


def _refused(code: str, language: str, **facts: str) -> VerbatimError:
    return VerbatimError(code, code, tell(code, language, **facts))


def _in_both(error: SettingsError, language: str) -> VerbatimError:
    return VerbatimError(error.code, error.log, refusal(error.code, error.person, language))


def _read(said: str, zone: str, language: str) -> Intent:
    try:
        return read_time(said, zone=zone)
    except SettingsError as error:
        raise _in_both(error, language) from error


def _read_day(said: str, language: str) -> date:
    try:
        return read_day(said)
    except SettingsError as error:
        raise _in_both(error, language) from error


def _names_zone(said: str, language: str) -> bool:
    """Whether a wish names its zone itself."""
    return _read(said, "UTC", language).zone == _read(said, "Europe/Berlin", language).zone


def _is_zone(name: str) -> bool:
    try:
        zone_of(name)
    except SettingsError:
        return False
    return True


def _zones_like(typed: str) -> list[str]:
    from zoneinfo import available_timezones

    if not typed:
        return list(_ZONES)
    wanted = typed.replace(" ", "_")
    found = sorted(one for one in available_timezones() if wanted in one.casefold())
    return sorted(found, key=lambda one: (one not in _ZONES, not one.casefold().startswith(wanted)))[:25]


def _comes_on(intent: Intent, day: date, now: datetime) -> bool:
    """Whether a brief is still to come on a day."""
    start, _ = calendar.instant_of(day, time.min, zone_of(intent.zone))
    around = calendar.wishes(intent, max(now, start - timedelta(days=1)), start + timedelta(days=3))
    return any(one.fires and one.day == day for one in around)


def _is_about(entry: BriefEntry, topic: str, language: str) -> bool:
    wanted = set(terms_of_text(topic, language))
    told = [(entry.headline, language), *((one.text, one.language) for one in entry.quotes)]
    return bool(wanted) and any(wanted <= set(terms_of_text(text, of)) for text, of in told)


def _muted_words(mute: Mute, language: str) -> str:
    if mute.story_id is not None:
        return tell("story", language, headline=f"#{mute.story_id}")
    return tell("topic", language, topic=mute.topic)


def _sure(language: str) -> Message:
    buttons = (
        Button(tell("button-forget", language), "forget:yes", style=ButtonStyle.DANGER),
        Button(tell("button-keep", language), "forget:no"),
    )
    sure = tell("forget-sure", language)
    return Message(sure, (Paragraph(sure),), language, Tone.WARNING, buttons)


def _may_be_seen(desk: Desk, brief: Brief, scope: Scope) -> bool:
    """Whether all that a brief tells may be seen there. One without a quote only tells of its channel: not to all."""
    quoted = {one.quote.version_id for entry in brief.entries for one in entry.quotes}
    return bool(quoted) and set(desk.versions(scope, quoted)) == quoted
