"""Keeping briefs back: pausing and resuming them, leaving out a day, quiet hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from bot.chat.brief_texts import day_in_words, tell
from bot.chat.composing import note_message
from bot.chat.messages import Button, Tone
from bot.chat.requests import Request, Responder
from bot.errors import SettingsError
from bot.front_desk.brief_requests import BriefRoom, Handler, in_both, read_the_day, refused
from bot.front_desk.language import language_of
from bot.schedule import calendar
from bot.schedule.calendar import Intent, QuietMode, SkippedDay, zone_of
from bot.schedule.due import UNTIL_RESUMED
from bot.schedule.wording import read_quiet

if TYPE_CHECKING:
    from datetime import date


_NO_QUIET: Final = frozenset({"off", "aus", "none", "keine", "never", "nie"})


class BriefPausing(BriefRoom):
    """`/brief pause`, `resume`, `skip` and `quiet`."""

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "brief pause": self.pause, "brief resume": self.resume, "brief skip": self.skip,
            "brief quiet": self.quiet, "brief-pause": self.pause, "brief-resume": self.resume,
        }  # fmt: skip

    async def pause(self, request: Request, responder: Responder) -> None:
        language = language_of(request)
        due = await self._due(request)
        said = request.arguments.get("until", "").strip()
        until, words = UNTIL_RESUMED, ""
        if said:
            day = read_the_day(said, language)
            zone = due.wish.intent.zone
            until, _ = calendar.instant_of(day, time.min, zone_of(zone))
            words = day_in_words(day, language)
            if until <= self._now():
                raise refused("until-past", language, day=words)
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
            day = read_the_day(said, language)
        elif ahead is not None:
            day = ahead.day
        else:
            raise refused("skip-no-day", language, day="–", dates=dates)
        words = day_in_words(day, language)
        if day < now.astimezone(zone_of(intent.zone)).date():
            raise refused("skip-past", language, day=words)
        if not comes_on(intent, day, now):
            raise refused("skip-no-day", language, day=words, dates=dates)
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
            raise in_both(error, language) from error
        intent = replace(due.wish.intent, quiet=quiet)
        await self._put(replace(due.wish, intent=intent))
        facts = {"start": f"{quiet.start:%H:%M}", "end": f"{quiet.end:%H:%M}", "mode": tell(f"mode-{mode}", language)}
        told = f"{tell('quiet-set', language, **facts)} {self._next(intent, language, due.wish.rests_until)}"
        await self._answer(request, responder, note_message(told, language, Tone.GOOD))


def comes_on(intent: Intent, day: date, now: datetime) -> bool:
    """Whether a brief is still to come on a day."""
    start, _ = calendar.instant_of(day, time.min, zone_of(intent.zone))
    around = calendar.wishes(intent, max(now, start - timedelta(days=1)), start + timedelta(days=3))
    return any(one.fires and one.day == day for one in around)
