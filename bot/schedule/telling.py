"""Times in our words, German and English: a wish as one plain line, and why an occurrence is when it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.schedule.calendar import LAST_DAY, Intent, Occurrence, QuietMode, Reason

_DAYS: Final = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
}
_WORDS: Final = {
    "en": {
        "daily": "every day",
        "hourly": "every hour", "hours": "every {} hours", "minute": "every minute",
        "every": "every {} minutes", "at": "at minute {}",
        "day": "day {} of the month", "last": "the last day of the month", "hold": "quiet {}–{}, then held",
        "drop": "quiet {}–{}, then dropped", "without": "not on {}",
        Reason.MOVED: "moved by the gap from {wanted}", Reason.FIRST_OF_TWO: "first of two {wanted}s",
        Reason.SECOND_OF_TWO: "second of two {wanted}s", Reason.HELD: "held by quiet hours from {wanted}",
        Reason.SKIPPED: "skipped", Reason.QUIET: "dropped: quiet hours",
        Reason.NO_SUCH_DAY: "this day does not exist there",
        Reason.MERGED: "falls together with another time", Reason.AS_SAID: "",
    },
    "de": {
        "daily": "jeden Tag",
        "hourly": "jede Stunde", "hours": "alle {} Stunden", "minute": "jede Minute",
        "every": "alle {} Minuten", "at": "zur Minute {}",
        "day": "am {}. des Monats", "last": "am letzten Tag des Monats", "hold": "Ruhe {}–{}, danach nachgeholt",
        "drop": "Ruhe {}–{}, entfällt dann", "without": "nicht am {}",
        Reason.MOVED: "wegen der Zeitumstellung verschoben von {wanted}",
        Reason.FIRST_OF_TWO: "das erste von zwei {wanted}",
        Reason.SECOND_OF_TWO: "das zweite von zwei {wanted}", Reason.HELD: "wegen der Ruhezeit verschoben von {wanted}",
        Reason.SKIPPED: "ausgelassen", Reason.QUIET: "entfällt: Ruhezeit",
        Reason.NO_SUCH_DAY: "diesen Tag gibt es dort nicht",
        Reason.MERGED: "fällt mit einer anderen Zeit zusammen", Reason.AS_SAID: "",
    },
}  # fmt: skip


def in_words(intent: Intent, language: str) -> str:
    """ "07:30, Mon–Fri, Europe/Berlin"."""
    language = language if language in _WORDS else "en"
    words = _WORDS[language]
    if intent.every_minutes == 60:
        parts = [words["hourly"]]
    elif intent.every_minutes and intent.every_minutes % 60 == 0:
        parts = [words["hours"].format(intent.every_minutes // 60)]
    elif intent.every_minutes:
        parts = [words["minute"] if intent.every_minutes == 1 else words["every"].format(intent.every_minutes)]
    else:
        parts = [" ".join(f"{wall:%H:%M}" for wall in sorted(intent.times))]
    if intent.every_minutes and intent.minute:
        parts.append(words["at"].format(intent.minute))
    if intent.weekdays:
        parts.append(_weekdays(sorted(intent.weekdays), _DAYS[language]))
    for day in sorted(intent.month_days, key=lambda day: (day == LAST_DAY, day)):
        parts.append(words["last"] if day == LAST_DAY else words["day"].format(day))
    if not intent.weekdays and not intent.month_days and not intent.every_minutes:
        parts.append(words["daily"])
    if quiet := intent.quiet:
        mode = "hold" if quiet.mode is QuietMode.HOLD else "drop"
        parts.append(words[mode].format(f"{quiet.start:%H:%M}", f"{quiet.end:%H:%M}"))
    if intent.skip:
        parts.append(words["without"].format(" ".join(sorted({one.day.isoformat() for one in intent.skip}))))
    return ", ".join([*parts, intent.zone])


def _weekdays(days: list[int], names: tuple[str, ...]) -> str:
    """ "Mon–Fri", "Mon Wed Fri"."""
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{names[days[0]]}–{names[days[-1]]}"
    return " ".join(names[day] for day in days)


def why(one: Occurrence, language: str) -> str:
    """Why an occurrence is when it is, or does not fire; empty when there is nothing to say."""
    words = _WORDS.get(language) or _WORDS["en"]
    told = words[one.reason].format(wanted=f"{one.wanted:%H:%M}")
    return f"{told}: {one.note}" if one.note else told


def local_time(one: Occurrence, language: str) -> str:
    """ "Mon 2026-11-23 07:30 +01:00"; of one that does not fire, the day and time that were wished for."""
    days = _DAYS.get(language) or _DAYS["en"]
    if not one.fires:
        return f"{days[one.day.weekday()]} {one.day.isoformat()} {one.wanted:%H:%M}"
    local = one.local
    return f"{days[local.weekday()]} {local:%Y-%m-%d %H:%M} {offset(local.utcoffset())}"


def offset(shift: timedelta | None) -> str:
    """ "+01:00"."""
    minutes = int((shift or timedelta()).total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
