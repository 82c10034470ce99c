"""Calendar rules: from "07:30, Mon-Fri, Europe/Berlin" to instants. Pure; what reads no clock cannot be fooled by one.

- A chosen time comes once per chosen local day. One that the day skips is moved by the gap, with the offset before it
  (RFC 5545, section 3.3.5: 02:30 becomes 03:30 summer time); of two that are called alike, the first is taken.
- A day that a zone never had (a jump over the date line) has no occurrence; wishes that meet in one instant are one.
- "Every 30 minutes" is every instant at which the clock on the wall shows such a time: both passes of a repeated hour,
  none in a gap.

An occurrence belongs to the local day that was chosen, though a gap at midnight moves it into the next: that day stands
in titles, and it is in the `key` by which an occurrence happens once, whatever later zone data make of its instant.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from bot.errors import SettingsError

LAST_DAY: Final = -1  # of a month
EARLIEST: Final = datetime(1800, 1, 1, tzinfo=UTC)  # what a clock may show; beyond, nothing occurs
LATEST: Final = datetime(9900, 1, 1, tzinfo=UTC)
HORIZON: Final = timedelta(days=800)  # a wish without an occurrence for so long has none
_DAY: Final = timedelta(days=1)
_LOOK_BACK_DAYS: Final = (2, 10, 70, 801)
_MOST_COUNTED: Final = 1_000


class QuietMode(StrEnum):
    """What becomes of an occurrence in quiet hours."""

    HOLD = "hold"  # it comes when they end
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` up to `end` on the wall's clock, over midnight when `end` is the earlier."""

    start: time
    end: time
    mode: QuietMode = QuietMode.HOLD

    def covers(self, wall: time) -> bool:
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day on which nothing is wanted, and why, in the words of whoever said so."""

    day: date
    why: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """When somebody wants something, as they said it. Raises SettingsError when that makes no sense.

    Either `times` of the chosen days, or `every_minutes`: whenever the minutes since midnight, less `minute`, are a
    multiple of it. `weekdays` count from Monday = 0; `month_days` are 1 to 31 or LAST_DAY; empty means every day.
    Nothing before `created_at` occurs: it is when the wish was made or last changed.
    """

    zone: str
    times: tuple[time, ...] = ()
    weekdays: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    every_minutes: int = 0
    minute: int = 0
    skip: tuple[SkippedDay, ...] = ()
    quiet: QuietHours | None = None
    created_at: datetime = EARLIEST

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if bool(self.times) == bool(self.every_minutes):
            raise _unclear("no-time", "times of day, or an interval: one of them", "Say a time of day, such as 07:30.")
        if any(t.tzinfo is not None for t in self.times) or self.created_at.tzinfo is None:
            raise _unclear("time-zone", "times of day have no zone, instants have one", "Say a time such as 07:30.")
        if self.every_minutes and not (1 <= self.every_minutes <= 1440 and 0 <= self.minute < 1440):
            raise _unclear(
                "interval", f"every {self.every_minutes} minutes, at {self.minute}",
                "An interval is one minute to 24 hours, such as “every 30 minutes”.",
            )  # fmt: skip
        if not self.weekdays <= set(range(7)) or not self.month_days <= {LAST_DAY, *range(1, 32)}:
            raise _unclear(
                "no-such-day", f"weekdays {sorted(self.weekdays)}, days of the month {sorted(self.month_days)}",
                "Days are Monday to Sunday, or the 1st to the 31st of a month, or its last.",
            )  # fmt: skip
        if self.weekdays and self.month_days:
            raise _unclear(
                "two-kinds-of-days", "weekdays and days of the month",
                "Choose weekdays or days of the month; two briefs can have one each.",
            )  # fmt: skip
        if self.quiet is not None and self.quiet.start == self.quiet.end:
            raise _unclear("quiet-hours", f"quiet {self.quiet}", "Quiet hours need an end that is not their beginning.")

    def wants(self, day: date) -> bool:
        """Whether a day is chosen, skipped or not."""
        if self.weekdays:
            return day.weekday() in self.weekdays
        if self.month_days:
            last = gregorian.monthrange(day.year, day.month)[1]
            return day.day in self.month_days or (day.day == last and LAST_DAY in self.month_days)
        return True


class Reason(StrEnum):
    """Why an occurrence is when it is, or why there is none."""

    AS_SAID = "as said"
    MOVED = "moved by the gap"
    FIRST_OF_TWO = "first of two"
    SECOND_OF_TWO = "second of two"  # of an interval, which counts both
    HELD = "held by quiet hours"
    # and these never fire
    SKIPPED = "skipped"
    QUIET = "in quiet hours"
    NO_SUCH_DAY = "no such day"
    MERGED = "another at that instant"


_SILENT: Final = frozenset({Reason.SKIPPED, Reason.QUIET, Reason.NO_SUCH_DAY, Reason.MERGED})


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that was wished for. `at` is in UTC, to the second; `day` and `wanted` are what was said."""

    at: datetime
    day: date
    wanted: time
    zone: str
    reason: Reason
    note: str = ""  # of a skipped day: why
    of_interval: bool = False

    @property
    def fires(self) -> bool:
        return self.reason not in _SILENT

    @property
    def key(self) -> str:
        """What names it once and for ever: the civil time that was chosen, of an interval the instant."""
        if self.of_interval:
            return f"{self.at:%Y-%m-%dT%H:%M}Z"
        return f"{self.day.isoformat()}T{self.wanted:%H:%M} {self.zone}"

    @property
    def local(self) -> datetime:
        """`at` on the wall's clock, with its offset."""
        return self.at.astimezone(zone_of(self.zone))


def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name. Raises SettingsError."""
    try:
        return _zone(name)
    except (KeyError, ValueError, OSError):  # a name that is a folder, a path or no file name at all
        person = f"“{name[:60]}” is no time zone. Name one by its place, such as Europe/Berlin."
        raise SettingsError("no-such-zone", f"no zone {name[:60]!r}", person) from None


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _unclear(code: str, log: str, person: str) -> SettingsError:
    return SettingsError(code, log, person)


# --- from a local time to an instant ---


def instant_of(day: date, wall: time, zone: ZoneInfo) -> tuple[datetime, Reason]:
    """The instant of a local time that is wanted once, and how it was found."""
    said = datetime.combine(day, wall)
    first = said.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None, fold=0) != said:
        return first, Reason.MOVED  # in a gap, fold=0 has the offset before it (PEP 495)
    second = said.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return first, Reason.AS_SAID if first == second else Reason.FIRST_OF_TWO


def day_of(at: datetime, zone: str) -> date:
    """The local civil day of an instant."""
    return at.astimezone(zone_of(zone)).date()


def _day_exists(day: date, zone: ZoneInfo) -> bool:
    """Whether any instant of a zone has this date: its first or its last minute stays on it."""
    first = datetime.combine(day, time.min, tzinfo=zone)
    last = datetime.combine(day, time(23, 59, 59), tzinfo=zone).replace(fold=1)
    return any(end.astimezone(UTC).astimezone(zone).date() == day for end in (first, last))


@lru_cache(maxsize=64)  # a tick asks for the days around now, again and again
def _of_day(intent: Intent, day: date) -> tuple[Occurrence, ...]:
    """What is wanted on one chosen day, in no order; wishes that meet in an instant are not yet one."""
    return tuple(_after_quiet(intent, wish) for wish in _wishes_of(intent, day, zone_of(intent.zone)))


def _wishes_of(intent: Intent, day: date, zone: ZoneInfo) -> Iterator[Occurrence]:
    skipped = next((one for one in intent.skip if one.day == day), None)
    for wall in intent.times:
        at, reason = instant_of(day, wall, zone)
        note = ""
        if reason is Reason.MOVED and not _day_exists(day, zone):
            reason = Reason.NO_SUCH_DAY
        elif skipped is not None:
            reason, note = Reason.SKIPPED, skipped.why
        yield Occurrence(at, day, wall, intent.zone, reason, note)
    if not intent.every_minutes:
        return
    for minute in range(intent.minute % intent.every_minutes, 1440, intent.every_minutes):
        wall = time(*divmod(minute, 60))
        said = datetime.combine(day, wall)
        passes = [said.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        real = sorted({at for at in passes if at.astimezone(zone).replace(tzinfo=None, fold=0) == said})
        for number, at in enumerate(real):
            reason, note = Reason.AS_SAID, ""
            if skipped is not None:
                reason, note = Reason.SKIPPED, skipped.why
            elif len(real) > 1:
                reason = Reason.SECOND_OF_TWO if number else Reason.FIRST_OF_TWO
            yield Occurrence(at, day, wall, intent.zone, reason, note, of_interval=True)


def quiet_until(quiet: QuietHours | None, at: datetime, zone: str) -> datetime | None:
    """When the quiet hours around an instant end; None when it is in none."""
    place = zone_of(zone)
    local = at.astimezone(place)
    if quiet is None or not quiet.covers(local.time()):
        return None
    day = local.date() if local.time() < quiet.end else local.date() + _DAY
    end, _ = instant_of(day, quiet.end, place)
    if end <= at:  # the first of two ends lies behind: it is their second
        end = datetime.combine(day, quiet.end, tzinfo=place).replace(fold=1).astimezone(UTC)
    return end if end > at else None


def _after_quiet(intent: Intent, wish: Occurrence) -> Occurrence:
    until = quiet_until(intent.quiet, wish.at, intent.zone) if wish.fires else None
    if until is None or intent.quiet is None:
        return wish
    if intent.quiet.mode is QuietMode.DROP:
        return _as(wish, wish.at, Reason.QUIET)
    return _as(wish, until, Reason.HELD)


def _as(one: Occurrence, at: datetime, reason: Reason) -> Occurrence:
    return Occurrence(at, one.day, one.wanted, one.zone, reason, one.note, one.of_interval)


def _from_day(intent: Intent, first: date, last: date) -> Iterator[Occurrence]:
    """All wishes of the days from `first` to `last`, in order of their instants; of those that meet in one, the one
    that nothing moved fires. What a gap or quiet hours move comes after all that it passes."""
    zone = zone_of(intent.zone)
    waiting: list[Occurrence] = []
    day = first
    while day <= last:
        if intent.wants(day):
            waiting += _of_day(intent, day)
        day += _DAY
        if waiting:
            border = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)  # nothing of later days is before it
            yield from _met(one for one in waiting if one.at < border)
            waiting = [one for one in waiting if one.at >= border]
    yield from _met(waiting)


def _met(wishes: Iterable[Occurrence]) -> Iterator[Occurrence]:
    taken: datetime | None = None
    for one in sorted(wishes, key=lambda w: (w.at, w.fires, w.reason in (Reason.MOVED, Reason.HELD), w.day)):
        if one.fires and one.at == taken:
            yield _as(one, one.at, Reason.MERGED)
            continue
        if one.fires:
            taken = one.at
        yield one


# --- what others ask ---


def wishes(intent: Intent, start: datetime, until: datetime) -> Iterator[Occurrence]:
    """Every wish with `start` ≤ `at` < `until`, in order, with those that do not fire and why."""
    start, until = max(start, intent.created_at, EARLIEST), min(until, LATEST)
    if start >= until:
        return
    held = intent.quiet is not None and intent.quiet.mode is QuietMode.HOLD
    back = _DAY + bool(intent.times) * _DAY + held * _DAY  # how far a gap and quiet hours can move a wish
    first, last = day_of(start, intent.zone) - back, day_of(until, intent.zone) + _DAY
    for one in _from_day(intent, first, last):
        if one.at >= until:
            return
        if one.at >= start:
            yield one


def occurrences(intent: Intent, start: datetime, until: datetime) -> Iterator[Occurrence]:
    """Every firing with `start` ≤ `at` < `until`, in order. Lazy: centuries cost what is taken of them."""
    return (one for one in wishes(intent, start, until) if one.fires)


def next_after(intent: Intent, at: datetime) -> Occurrence | None:
    """The first firing after an instant; None when none comes within HORIZON."""
    start = max(at, intent.created_at - timedelta(microseconds=1))
    if not EARLIEST <= start < LATEST:
        return None
    return next((one for one in occurrences(intent, start, start + HORIZON) if one.at > at), None)


def outlook(intent: Intent, after: datetime, count: int) -> list[Occurrence]:
    """The next `count` firings after an instant, and between them the wishes that do not fire, each with its reason."""
    told: list[Occurrence] = []
    start = max(after, intent.created_at - timedelta(microseconds=1))
    while EARLIEST <= start < LATEST and count > 0:
        until = start + HORIZON
        found = 0
        for one in wishes(intent, start, until):
            if one.at <= after:
                continue
            told.append(one)
            found += one.fires
            if found == count:
                return told
        count -= found
        if not found:
            break
        start = until
    return told


def latest(intent: Intent, start: datetime, now: datetime) -> Occurrence | None:
    """The last firing with `start` ≤ `at` ≤ `now`, however long ago `start` is."""
    start, until = max(start, intent.created_at, EARLIEST), min(now, LATEST) + timedelta(microseconds=1)
    if start >= until:
        return None
    for days in _LOOK_BACK_DAYS:
        begin = max(start, until - days * _DAY)
        last = None
        for last in occurrences(intent, begin, until):  # noqa: B007 - the last one is wanted
            pass
        if last is not None or begin == start:
            return last
    return None


def count_between(intent: Intent, after: datetime, before: datetime) -> int:
    """How many firings lie between two instants, both left out; counting ends at a thousand."""
    count = 0
    for one in occurrences(intent, after, before):
        count += one.at > after
        if count >= _MOST_COUNTED:
            break
    return count


@dataclass(frozen=True, slots=True)
class Missed:
    """What should have happened and did not. Only the latest is made up for; `passed_over` counts the others."""

    latest: Occurrence
    late: timedelta  # quiet hours not counted
    within_grace: bool
    passed_over: int


def missed(
    intent: Intent, now: datetime, *, grace: timedelta, done: Iterable[str] = (), since: datetime = EARLIEST
) -> Missed | None:
    """What is missed at `now`, given the keys of what happened or was dropped, and since when to look."""
    found = latest(intent, since, now)
    if found is None or found.key in frozenset(done):
        return None
    late = awake_between(intent, found.at, now, most=grace)
    passed_over = count_between(intent, max(since, now - HORIZON), found.at)
    return Missed(found, late, late <= grace, passed_over)


def awake_between(intent: Intent, start: datetime, end: datetime, *, most: timedelta) -> timedelta:
    """How long it is from `start` to `end` without quiet hours; where that is more than `most`, anything longer."""
    if intent.quiet is None or end - start <= timedelta():
        return max(end - start, timedelta())
    at, awake = start, timedelta()
    while at < end and awake <= most:
        until = quiet_until(intent.quiet, at, intent.zone)
        if until is None:
            begins, _ = _next_quiet(intent.quiet, at, intent.zone)
            until = min(begins, end)
            awake += until - at
        at = until
    return awake


def _next_quiet(quiet: QuietHours, at: datetime, zone: str) -> tuple[datetime, Reason]:
    place = zone_of(zone)
    day = day_of(at, zone)
    begins = instant_of(day, quiet.start, place)
    return begins if begins[0] > at else instant_of(day + _DAY, quiet.start, place)
