"""Times as people type them, German and English: "Mo–Fr 7:30", "werktags 07:30", "daily 9am", "every Monday 08:00".

Pure. What is not understood is refused with the cause and a cure, never guessed: a brief at the wrong hour is worse
than a question. "werktags" is Monday to Friday.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Final

from bot.errors import SettingsError
from bot.schedule.calendar import EARLIEST, LAST_DAY, Intent, QuietHours, QuietMode, SkippedDay, zone_of

LONGEST: Final = 300  # characters
_EXAMPLES: Final = "“07:30”, “Mon–Fri 7:30 Europe/Berlin”, “werktags 07:30”, “daily 9am”, “every 30 minutes”"

_DAY_NAMES: Final = {
    name: number
    for number, names in enumerate(
        (
            "mon monday mondays mo montag montags", "tue tues tuesday tuesdays di dienstag dienstags",
            "wed weds wednesday wednesdays mi mittwoch mittwochs",
            "thu thur thurs thursday thursdays do donnerstag donnerstags",
            "fri friday fridays fr freitag freitags", "sat saturday saturdays sa samstag samstags sonnabend sonnabends",
            "sun sunday sundays so sonntag sonntags",
        )
    )
    for name in names.split()
}  # fmt: skip
_DAY_GROUPS: Final = {
    **dict.fromkeys("weekdays weekday workdays werktags werktag werktage werktagen wochentags".split(), range(5)),
    **dict.fromkeys("weekend weekends wochenende wochenenden".split(), range(5, 7)),
    **dict.fromkeys("daily everyday täglich taeglich tgl".split(), range(7)),
}
_NUMBERS: Final = {
    word: number
    for number, words in enumerate("one ein eine einen|two zwei|three drei|four vier|five fünf|six sechs".split("|"), 1)
    for word in words.split()
}
_EVERY: Final = frozenset("every each jeden jede jeder jedes alle".split())
_LONG_UNITS: Final = frozenset(
    "day days tag tage tages week weeks woche wochen month months monat monats monate".split()
)
_FILLERS: Final = frozenset(
    "at um on am an in im the of der die das des den and und uhr clock o'clock oclock a.m p.m from von zone zeitzone "
    "timezone local ortszeit o time gegen morgens früh frueh vormittags morning mornings".split()
)
_EVENING: Final = frozenset("abends abend nachmittags nachmittag evening evenings afternoon afternoons".split())
_NO_RANGE: Final = frozenset({"-", "to", "bis", "through", "till", "until"})

# One word, number or sign after the other; each pattern is tried where the last one ended.
_TOKEN: Final = re.compile(
    r"""
      (?P<space>[\s,;&]+)
    | (?P<iso>\d{4}-\d{2}-\d{2})
    | (?P<german_day>\d{1,2}\.\d{1,2}\.\d{4})
    | (?P<clock>\d{1,2}[:h.]\d{2}(?!\d)(?:\s{0,3}(?:uhr|[ap]\.?m\b\.?))?)
    | (?P<hour>\d{1,2}\s{0,3}(?:uhr(?:\s{1,3}\d{2}(?!\d))?|[ap]\.?m\b\.?|h\b))
    | (?P<ordinal>\d{1,2}(?:st|nd|rd|th|\.(?!\d)))
    | (?P<offset>(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?(?![\d\w]))
    | (?P<number>\d{1,6})
    | (?P<zone>[a-z_]{2,40}/[a-z0-9_+/-]{1,60})
    | (?P<word>[^\W\d_][\w'.]{0,60})
    | (?P<dash>-)
    | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


@dataclass(slots=True)
class _Heard:
    """What has been understood so far."""

    times: list[time] = field(default_factory=list)
    weekdays: set[int] = field(default_factory=set)
    month_days: set[int] = field(default_factory=set)
    every_minutes: int = 0
    minute: int = 0
    zone: str = ""
    evening: bool = False
    skip: list[date] = field(default_factory=list)


def read_time(
    said: str,
    *,
    zone: str,
    skip: tuple[SkippedDay, ...] = (),
    quiet: QuietHours | None = None,
    created_at: datetime = EARLIEST,
) -> Intent:
    """The wish in somebody's words; `zone` is taken when they name none. Raises SettingsError."""
    text = _plain(said)
    if not text:
        raise _refused("no-time", "nothing was said", f"Say when, such as {_EXAMPLES}.")
    if len(text) > LONGEST:
        raise _refused("too-long", f"{len(text)} characters", f"That is too long for a time. Say it as in {_EXAMPLES}.")
    if re.fullmatch(r"[\d*/,\-?]+(?:\s+[\w*/,\-?#]+){4,5}", text) and text.count(":") == 0:
        raise _refused("cron", "looks like cron", "That looks like cron. Say it in words: “Mon–Fri 07:30”.")
    heard = _Heard()
    tokens = [(kind, word) for kind, word in _tokens(text) if kind != "space"]
    position = 0
    order: list[str] = []
    while position < len(tokens):
        before = len(heard.times), (len(heard.weekdays), len(heard.month_days))
        position = _understand(tokens, position, heard)
        said_now = ["times"] * (len(heard.times) > before[0])
        said_now += ["days"] * ((len(heard.weekdays), len(heard.month_days)) != before[1])
        order += [what for what in said_now if order[-1:] != [what]]
    if len(order) > 2:
        person = "Other times on other days are two wishes. Say all days, then all times: “Mon Wed Fri 07:30 19:00”."
        raise _refused("two-wishes", f"days and times in turns: {order}", person)
    if heard.every_minutes and heard.times:
        person = "Say times of day or an interval, not both: “hourly”, or “07:30”."
        raise _refused("time-and-interval", "a time and an interval", person)
    if not heard.every_minutes and not heard.times:
        raise _refused("no-time", "no time of day", f"At what time? Say it as in {_EXAMPLES}.")
    if heard.evening:  # "abends um 8"
        heard.times = [one.replace(hour=one.hour + 12) if 1 <= one.hour < 12 else one for one in heard.times]
    days = frozenset(heard.weekdays)
    return Intent(
        heard.zone or zone,
        tuple(sorted(set(heard.times))),
        frozenset() if len(days) == 7 else days,
        frozenset(heard.month_days),
        heard.every_minutes,
        heard.minute,
        (*skip, *(SkippedDay(day) for day in heard.skip)),
        quiet,
        created_at,
    )


def read_quiet(said: str, mode: QuietMode = QuietMode.HOLD) -> QuietHours:
    """Quiet hours: "22:00-07:00", "22 bis 7 Uhr". Raises SettingsError."""
    ends = [_time_of(word) for word in re.findall(r"\d{1,2}(?:[:.]\d{2})?(?:\s{0,3}(?:uhr|[ap]\.?m))?", _plain(said))]
    if len(ends) != 2:
        raise _refused("quiet-hours", "not two times", "Say from when to when, such as “22:00-07:00”.")
    if ends[0] == ends[1]:
        raise _refused("quiet-hours", "no length", "Quiet hours need an end that is not their beginning.")
    return QuietHours(ends[0], ends[1], mode)


def read_day(said: str) -> date:
    """A day: "2026-12-24" or "24.12.2026". Raises SettingsError."""
    text = _plain(said)
    try:
        if "." in text:
            day, month, year = (int(part) for part in text.split("."))
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        person = f"“{said[:40]}” is no day. Write it as 2026-12-24 or 24.12.2026."
        raise _refused("no-such-day", f"no day: {said[:40]!r}", person) from None


# --- inside ---


def _refused(code: str, log: str, person: str) -> SettingsError:
    return SettingsError(code, log, person)


def _plain(said: str) -> str:
    """In one form of letters, dashes and spaces, in lower case."""
    text = unicodedata.normalize("NFC", said[: 4 * LONGEST])
    text = re.sub("[\u2010-\u2015\u2212]", "-", text).replace("\u2019", "'")
    return " ".join(text.casefold().replace("ß", "ss").split())


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for found in _TOKEN.finditer(text):
        yield found.lastgroup or "other", found[0].strip()


def _understand(tokens: list[tuple[str, str]], position: int, heard: _Heard) -> int:
    """Take in what stands at a position; where to go on."""
    kind, word = tokens[position]
    bare = word.rstrip(".")
    if kind in ("clock", "hour"):
        heard.times.append(_time_of(word))
        return position + 1
    if kind in ("iso", "german_day"):
        person = "A brief comes again and again. To leave out a day, say “except 2026-12-24”."
        raise _refused("a-date", f"a date: {word}", person)
    if kind == "offset":
        person = "An offset does not know summer time. Name a place instead, such as Europe/Berlin."
        raise _refused("offset", f"an offset: {word}", person)
    if kind == "number" and len(word) == 4 and word[:2] not in ("19", "20"):  # else it may be a year
        heard.times.append(_time_of(word))
        return position + 1
    if kind == "zone":
        heard.zone = _zone_named(word)
        return position + 1
    if kind == "ordinal":
        heard.month_days.add(_day_number(word))
        return position + 1
    if kind == "word":
        for reader in _READERS:
            after = reader(tokens, position, heard)
            if after is not None:
                return after
        if bare in _EVENING:
            heard.evening = True
            return position + 1
        if bare in _FILLERS or bare in _EVERY:
            return _after_filler(tokens, position, heard)
        for words in (3, 2, 1):  # "ho chi minh", "new york", "tokyo"
            if place := _zone_of_city("".join(token[1].rstrip(".") for token in tokens[position : position + words])):
                heard.zone = place
                return position + words
    if word in (".", "+"):
        return position + 1
    told = word if word.isprintable() else repr(word)
    cure = f"Say it as in {_EXAMPLES}."
    if kind == "number":
        cure = f"Is that a time? Write {int(word):02}:00." if int(word) < 24 else cure
    raise _refused("not-understood", f"not understood: {told[:60]!r}", f"I do not understand “{told[:60]}”. {cure}")


def _after_filler(tokens: list[tuple[str, str]], position: int, heard: _Heard) -> int:
    """ "at 7", "um 19": after such a word a bare number is an hour."""
    kind, word = tokens[position + 1] if position + 1 < len(tokens) else ("", "")
    if kind == "number" and tokens[position][1] in ("at", "um", "gegen"):
        heard.times.append(_time_of(word))
        return position + 2
    return position + 1


def _read_weekdays(tokens: list[tuple[str, str]], position: int, heard: _Heard) -> int | None:
    word = tokens[position][1].rstrip(".")
    if word in _DAY_GROUPS:
        heard.weekdays.update(_DAY_GROUPS[word])
        return position + 1
    if word not in _DAY_NAMES:
        return None
    first = _DAY_NAMES[word]
    if position + 2 < len(tokens) and tokens[position + 1][1] in _NO_RANGE:
        last = _DAY_NAMES.get(tokens[position + 2][1].rstrip("."))
        if last is not None:
            heard.weekdays.update((first + n) % 7 for n in range((last - first) % 7 + 1))
            return position + 3
    heard.weekdays.add(first)
    return position + 1


def _read_interval(tokens: list[tuple[str, str]], position: int, heard: _Heard) -> int | None:
    """ "hourly", "every 30 minutes", "alle zwei Stunden", "jede Stunde", "every day", "every month"."""
    word = tokens[position][1].rstrip(".")
    if word in ("hourly", "stündlich", "stuendlich"):
        heard.every_minutes = 60
        return _minute_of_hour(tokens, position + 1, heard)
    if word in ("monthly", "monatlich", "weekly", "wöchentlich", "woechentlich"):
        return position + 1  # the day that is named says the rest
    if word not in _EVERY:
        return None
    following = [token[1].rstrip(".") for token in tokens[position + 1 : position + 3]]
    if not following:
        return None
    if following[0] in ("other", "second", "zweiten", "zweite", "zweiter", "zweites"):
        person = "Every other week or day is not possible. Choose weekdays or days of the month."
        raise _refused("every-other", "every other one", person)
    count = int(following[0]) if following[0].isdecimal() else _NUMBERS.get(following[0], 0)
    unit = following[1] if count and len(following) > 1 else following[0]
    after = position + (3 if count else 2)
    count = count or 1
    minutes = {"minute": 1, "minutes": 1, "min": 1, "minuten": 1, "hour": 60, "hours": 60, "stunde": 60, "stunden": 60}
    if unit in minutes:
        if not 1 <= count * minutes[unit] <= 1440:
            person = "An interval is one minute to 24 hours, such as “every 30 minutes”."
            raise _refused("interval", f"{count} {unit}", person)
        heard.every_minutes = count * minutes[unit]
        return after if unit in ("minute", "minutes", "min", "minuten") else _minute_of_hour(tokens, after, heard)
    if unit in _LONG_UNITS:
        if count != 1:
            raise _refused(
                "every-other", f"every {count} {unit}",
                "Every few days or weeks is not possible. Choose weekdays or days of the month.",
            )  # fmt: skip
        if unit in ("day", "tag"):
            heard.weekdays.update(range(7))
        return after
    return None


def _minute_of_hour(tokens: list[tuple[str, str]], position: int, heard: _Heard) -> int:
    """ "hourly at :15", as far as it is said."""
    rest = [word for _, word in tokens[position : position + 3]]
    for fillers in (0, 1):
        if rest[fillers : fillers + 1] == [":"] and len(rest) > fillers + 1 and rest[fillers + 1].isdecimal():
            heard.minute = int(rest[fillers + 1])
            if heard.minute > 59 or (fillers and rest[0] not in _FILLERS):
                break
            return position + fillers + 2
    return position


def _read_month_day(tokens: list[tuple[str, str]], position: int, heard: _Heard) -> int | None:
    """ "the last day of the month", "letzter Tag des Monats", "am Monatsletzten", "ultimo", "on day 31"."""
    word = tokens[position][1]
    if word in ("ultimo", "monatsende", "monatsletzten", "monatsletzter"):
        heard.month_days.add(LAST_DAY)
        return position + 1
    following = tokens[position + 1] if position + 1 < len(tokens) else ("", "")
    if word in ("last", "letzter", "letzten", "letzte") and following[1] in ("day", "tag", "tages"):
        heard.month_days.add(LAST_DAY)
        return position + 2
    if word in ("last", "letzter", "letzten", "letzte", "first", "erster", "ersten") and following[1] in _DAY_NAMES:
        raise _refused(
            "weekday-of-month", f"{word} {following[1]}",
            "A certain weekday of a month is not possible. Choose a weekday, or a day of the month.",
        )  # fmt: skip
    if word in ("day", "tag") and following[0] == "number":
        heard.month_days.add(_day_number(following[1]))
        return position + 2
    if word in ("month", "monat", "monats", "monthly"):
        return position + 1
    return None


def _read_named_time(tokens: list[tuple[str, str]], position: int, heard: _Heard) -> int | None:
    """ "noon", "Mitternacht", "halb 8", "half past 7"."""
    word = tokens[position][1]
    named = {"noon": 12, "midday": 12, "mittags": 12, "mittag": 12, "midnight": 0, "mitternacht": 0, "mitternachts": 0}
    if word in named:
        heard.times.append(time(named[word]))
        return position + 1
    following = [token[1] for token in tokens[position + 1 : position + 3]]
    if word == "halb" and following[:1] and following[0].isdecimal() and 1 <= int(following[0]) <= 24:
        heard.times.append(time(int(following[0]) - 1, 30))
        return position + 2
    if word == "half" and len(following) == 2 and following[0] == "past" and following[1].isdecimal():
        heard.times.append(time(_time_of(following[1]).hour, 30))
        return position + 3
    return None


def _read_exception(tokens: list[tuple[str, str]], position: int, heard: _Heard) -> int | None:
    """ "except 2026-12-24, 25.12.2026", "außer 24.12.2026"."""
    if tokens[position][1] not in ("except", "without", "ausser", "ohne", "not", "nicht", "skip"):
        return None
    after = position + 1
    while after < len(tokens) and (tokens[after][0] in ("iso", "german_day") or tokens[after][1] in _FILLERS):
        if tokens[after][0] in ("iso", "german_day"):
            heard.skip.append(read_day(tokens[after][1]))
        after += 1
    if not heard.skip:
        raise _refused("no-such-day", "an exception without a day", "Which day? Write it as “except 2026-12-24”.")
    return after


_READERS: Final[tuple[Callable[[list[tuple[str, str]], int, _Heard], int | None], ...]] = (
    _read_exception, _read_weekdays, _read_interval, _read_month_day, _read_named_time,
)  # fmt: skip


def _time_of(word: str) -> time:
    """ "7:30", "7.30", "07h30", "7 uhr", "7 uhr 30", "9am", "9:15 p.m.", "19". Raises SettingsError."""
    numbers = [int(number) for number in re.findall(r"\d{1,2}", word)]
    hour, minute = numbers[0], numbers[1] if len(numbers) > 1 else 0
    half = re.search(r"([ap])\.?m", word)
    if half:
        if not 1 <= hour <= 12:
            raise _refused("no-such-time", f"no time: {word!r}", f"“{word}” is no time. Write 9am, 9pm or 21:00.")
        hour = hour % 12 + (12 if half[1] == "p" else 0)
    if hour == 24 and minute == 0:
        person = "24:00 is the end of one day and the beginning of the next. Write 00:00, or 23:59."
        raise _refused("no-such-time", f"no time: {word!r}", person)
    if hour > 23 or minute > 59:
        raise _refused("no-such-time", f"no time: {word!r}", f"“{word}” is no time of day. Write it as 07:30 or 19:30.")
    return time(hour, minute)


def _day_number(word: str) -> int:
    number = int(re.sub(r"\D", "", word))
    if not 1 <= number <= 31:
        raise _refused("no-such-day", f"day {number}", f"No month has a day {number}. Days are 1 to 31, or “last day”.")
    return number


@cache
def _zones() -> dict[str, str]:
    """Names of zones by their names in lower case."""
    from zoneinfo import available_timezones

    return {name.casefold(): name for name in available_timezones()}


@cache
def _cities() -> dict[str, str]:
    """Zones by the place that ends their name, where only one is called so."""
    found: dict[str, set[str]] = {}
    for name in _zones().values():
        area, _, place = name.rpartition("/")
        if area and area.split("/")[0] in _AREAS:
            found.setdefault(place.casefold().replace("_", ""), set()).add(name)
    return {place: next(iter(names)) for place, names in found.items() if len(names) == 1}


_AREAS: Final = frozenset("Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split())
_GERMAN_CITIES: Final = {
    "wien": "Europe/Vienna", "zürich": "Europe/Zurich", "rom": "Europe/Rome", "mailand": "Europe/Rome",
    "prag": "Europe/Prague", "warschau": "Europe/Warsaw", "moskau": "Europe/Moscow", "kiew": "Europe/Kyiv",
    "kyjiw": "Europe/Kyiv", "brüssel": "Europe/Brussels", "lissabon": "Europe/Lisbon", "athen": "Europe/Athens",
    "kopenhagen": "Europe/Copenhagen", "kairo": "Africa/Cairo", "tokio": "Asia/Tokyo", "peking": "Asia/Shanghai",
    "hamburg": "Europe/Berlin", "münchen": "Europe/Berlin", "munich": "Europe/Berlin", "bern": "Europe/Zurich",
}  # fmt: skip


def _zone_named(word: str) -> str:
    name = _zones().get(word.replace(" ", "_"), word)
    if name not in _zones().values():
        import difflib

        near = difflib.get_close_matches(word, _zones(), n=1, cutoff=0.7)
        hint = f" Did you mean {_zones()[near[0]]}?" if near else " Name one by its place, such as Europe/Berlin."
        raise _refused("no-such-zone", f"no zone {word!r}", f"“{word}” is no time zone.{hint}")
    zone_of(name)
    return name


def _zone_of_city(word: str) -> str:
    """The zone of a city, "utc" or another bare name; empty when it is none."""
    if word in ("utc", "gmt", "z"):
        return "UTC"
    if word in ("cet", "cest", "mez", "mesz", "est", "edt", "pst", "pdt", "cst", "cdt", "bst", "ist"):
        person = f"“{word.upper()}” is half a year's, or several places'. Name one place, such as Europe/Berlin."
        raise _refused("abbreviation", f"an abbreviation: {word}", person)
    return _GERMAN_CITIES.get(word) or _cities().get(word.replace("_", ""), "")

