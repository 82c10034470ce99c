"""Dates and clock times written out with figures: "18. Dezember 2024", "Oct. 8-13", "18.12.2024", "13:39 Uhr".

`numbers` steps over them, `dates` says which days they are. Month names are those of the CLDR for German and English,
with the abbreviations that newsrooms use; both languages are read in every text, for translations leave them standing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from bot.languages.reading import Reading, last_word

_GERMAN_MONTHS = {
    "januar": 1, "jänner": 1, "jan": 1, "februar": 2, "feber": 2, "feb": 2, "märz": 3, "maerz": 3, "mär": 3, "mrz": 3,
    "april": 4, "apr": 4, "mai": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "august": 8, "aug": 8,
    "september": 9, "sept": 9, "sep": 9, "oktober": 10, "okt": 10, "november": 11, "nov": 11, "dezember": 12, "dez": 12,
}  # fmt: skip
_ENGLISH_MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6,
    "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10,
    "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
MONTHS = _GERMAN_MONTHS | _ENGLISH_MONTHS
# Also words of the language, names of people or parts of them: they are months only when they begin with a capital.
_NEED_CAPITAL = frozenset({"may", "march", "mar", "jan", "sep", "dec", "mär", "nov", "jun", "jul", "apr", "okt", "dez"})
_DAY_LEADS = frozenset("am vom zum seit ab dem den der und bis vor nach für".split())  # "am 18.12."

SPACE = r"(?:[^\S\n]{1,2}|\n)"  # one space or line break, or two spaces; never a blank line
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?!\d)"
YEAR = r"(?:1\d{3}|20\d{2}|2100)(?![^\W_])(?![.,]\d)"
MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")(?![^\W_])"
_ORDINAL = r"(?:\.|st\b|nd\b|rd\b|th\b)?"
_TO = rf"{SPACE}?(?:[-–—/]|\b(?:bis{SPACE}zum|auf{SPACE}den|bis|to|through|und|and|oder|or)\b){SPACE}?(?:the{SPACE})?"

# A number behind "October 12" that these follow is no day: "In October 12 percent …"
_NO_DAY = (
    rf"(?![.,:]\d)(?!{SPACE}?(?:%|percent|per{SPACE}cent|prozent|million|billion|trillion|thousand|hundred|bn\b|uhr\b"
    r"|°|km\b))(?!-[^\W\d_])(?![^\W_])"
)


class _Patterns(NamedTuple):
    day_month: re.Pattern[str]
    month_day: re.Pattern[str]
    month_year: re.Pattern[str]
    year_first: re.Pattern[str]
    year_last: re.Pattern[str]
    day_dot_month: re.Pattern[str]
    clock: re.Pattern[str]
    clock_run: re.Pattern[str]
    before_clock: re.Pattern[str]
    zone: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    return _Patterns(
        day_month=re.compile(
            rf"(?P<day>{_DAY}){_ORDINAL}(?:{_TO}(?P<last>{_DAY}){_ORDINAL})?{SPACE}?(?:of{SPACE})?"
            rf"(?P<month>{MONTH})(?:\.?,?{SPACE}(?:des{SPACE}jahres{SPACE})?(?P<year>{YEAR}))?"
        ),
        month_day=re.compile(
            rf"(?P<month>{MONTH})\.?{SPACE}(?P<day>{_DAY})(?:st\b|nd\b|rd\b|th\b)?"
            rf"(?:{_TO}(?P<last>{_DAY})(?:st\b|nd\b|rd\b|th\b)?{_NO_DAY})?"
            rf"(?:,?{SPACE}(?P<year>{YEAR})|{_NO_DAY})"
        ),
        month_year=re.compile(rf"(?P<month>{MONTH})\.?,?{SPACE}(?:of{SPACE}|des{SPACE}jahres{SPACE})?(?P<year>{YEAR})"),
        year_first=re.compile(r"(?P<year>[12]\d{3})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)(?:t(?=\d))?"),
        year_last=re.compile(
            r"(?P<a>\d{1,2})(?P<sep>[./-])(?:(?<=\.)[^\S\n])?(?P<b>\d{1,2})(?P=sep)(?:(?<=\.)[^\S\n])?"
            r"(?P<year>[12]\d{3}|\d{2})(?![^\W_])(?![./-]\d)"
        ),
        day_dot_month=re.compile(r"(?P<day>\d{1,2})\.[^\S\n]?(?P<month>\d{1,2})\.(?!\d)"),
        clock=re.compile(
            rf"(?P<hour>[01]?\d|2[0-4])(?:(?P<dots>[:.])(?P<minute>[0-5]\d)(?::[0-5]\d(?:\.\d{{1,6}})?)?)?(?![:\d]|[.,]\d)"
            rf"(?P<say>{SPACE}?(?:uhr\b|o['’]clock\b|[ap]\.{SPACE}?m\.|[ap]m\b))?"
        ),
        clock_run=re.compile(rf"(?:[01]\d|2[0-3])[0-5]\d(?={SPACE}?(?:GMT|UTC|BST|CET|MEZ|ET)(?![^\W_]))"),
        before_clock=re.compile(rf"(?<=t)|,?{SPACE}(?:(?:um|gegen|at|@|[-–|]){SPACE})?"),
        zone=re.compile(
            rf"{SPACE}?(?:Z|ET|EST|EDT|CT|PT|PST|PDT|GMT|UTC|BST|CET|CEST|MEZ|MESZ|EET|MSK|IST|KST|JST|Ortszeit|"
            rf"local{SPACE}time)(?![^\W_])(?:[+-]\d{{1,2}})?|[+-]\d\d:?\d\d(?!\d)"
        ),
    )


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as it is written, nothing resolved: what is not said is None. Offsets are those of the reading."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    last_day: int | None = None  # "8. bis 13. Oktober"
    year_start: int | None = None  # where the four figures of the year stand
    clock: bool = False  # a time of day is said

    @property
    def possible(self) -> bool:
        """Whether the calendar has it. 29 February is possible as long as no year is named."""
        try:
            for day in (self.day, self.last_day):
                if day is not None and self.month is not None:
                    date(self.year or 2000, self.month, day)
        except ValueError:
            return False
        return True


def written_date_at(reading: Reading, start: int, language: str) -> WrittenDate | None:
    """The date or time of day whose first figure or month name stands at `start`; None when none does.

    Slashes: the month comes first in English, unless the first figure cannot be one; elsewhere the day does. Dates that
    the calendar does not have are reported (they are no numbers either); ask `possible`.
    """
    lowered = reading.lowered
    if _inside_a_number(lowered, start):
        return None
    patterns = _patterns()
    if not lowered[start].isdecimal():
        found = _month_first(reading, start, language, patterns)
    else:
        found = _figures(lowered, start, language, patterns) or _day_first(reading, start, patterns)
        if found is None:
            return _clock_at(reading, start, start, language, patterns)
    if found is None or found.day is None:
        return found
    gap = patterns.before_clock.match(lowered, found.end)
    timed = _clock_at(reading, gap.end(), gap.end(), language, patterns) if gap else None
    if timed is None:
        return found
    return WrittenDate(
        found.start, timed.end, found.year, found.month, found.day, found.last_day, found.year_start, clock=True
    )


def _inside_a_number(lowered: str, start: int) -> bool:
    """Whether what stands at `start` continues a number or word: "12.000", "T-72", "10:30"."""
    if not start:
        return False
    before = lowered[start - 1]
    if before.isalnum() or before == "_":
        return True
    if start < 2 or before not in ".,:/-'’–":
        return False
    further = lowered[start - 2]
    return further.isdecimal() if before != "-" else further.isalnum()


def _is_month(reading: Reading, start: int, end: int) -> bool:
    return reading.lowered[start:end] not in _NEED_CAPITAL or not reading.text[start].islower()


def _of_match(match: re.Match[str]) -> WrittenDate:
    groups = match.groupdict()
    year = groups.get("year")
    day, last = groups.get("day"), groups.get("last")
    return WrittenDate(
        start=match.start(),
        end=match.end(),
        year=int(year) if year else None,
        month=MONTHS[groups["month"]],
        day=int(day) if day else None,
        last_day=int(last) if last else None,
        year_start=match.start("year") if year else None,
    )


def _month_first(reading: Reading, start: int, language: str, patterns: _Patterns) -> WrittenDate | None:
    match = patterns.month_year.match(reading.lowered, start)
    if match and _is_month(reading, *match.span("month")):
        return _of_match(match)
    match = patterns.month_day.match(reading.lowered, start)
    if match is None or not _is_month(reading, *match.span("month")):
        return None
    if match["year"] is None:
        # German puts the day before the month: "im August 15 Menschen" holds no day, nor does "In August 15 people".
        if language == "de" and match["month"] in _GERMAN_MONTHS:
            return None
        if match["last"] is None and last_word(reading.lowered, start) in ("in", "im"):
            return None
    return _of_match(match)


def _day_first(reading: Reading, start: int, patterns: _Patterns) -> WrittenDate | None:
    match = patterns.day_month.match(reading.lowered, start)
    if match is None or not _is_month(reading, *match.span("month")):
        return None
    return _of_match(match)


def _figures(lowered: str, start: int, language: str, patterns: _Patterns) -> WrittenDate | None:
    if match := patterns.year_first.match(lowered, start):
        year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
        return WrittenDate(start, match.end(), year, month, day, None, start)
    if match := patterns.year_last.match(lowered, start):
        first, second, written = int(match["a"]), int(match["b"]), match["year"]
        year = int(written) if len(written) == 4 else int(written) + (2000 if int(written) < 69 else 1900)
        month_first = match["sep"] == "/" and language == "en"
        if month_first:
            first, second = second, first
        if second > 12 >= first and match["sep"] != ".":
            first, second = second, first
        if 1 <= second <= 12 and 1 <= first <= 31 and (len(written) == 4 or match["sep"] != "-"):
            year_start = match.start("year") if len(written) == 4 else None
            return WrittenDate(start, match.end(), year, second, first, None, year_start)
        return None
    if language == "de" and (match := patterns.day_dot_month.match(lowered, start)):
        day, month = int(match["day"]), int(match["month"])
        if last_word(lowered, start) in _DAY_LEADS and 1 <= day <= 31 and 1 <= month <= 12:
            return WrittenDate(start, match.end(), None, month, day)
    return None


def _clock_at(
    reading: Reading, start: int, position: int, language: str, patterns: _Patterns
) -> WrittenDate | None:
    if match := patterns.clock_run.match(reading.text, position):  # "0900 GMT"
        zone = patterns.zone.match(reading.text, match.end())
        return WrittenDate(start, zone.end() if zone else match.end(), clock=True)
    match = patterns.clock.match(reading.lowered, position)
    if match is None:
        return None
    said = (match["say"] or "").strip()
    if match["dots"] != ":" and not said:
        return None
    if said[:1] in ("a", "p"):
        if int(match["hour"]) > 12:
            return None
        if said == "am" and language == "de":  # "5 am Montag"
            return None
    end = match.end()
    if zone := patterns.zone.match(reading.text, end):
        end = zone.end()
    return WrittenDate(start, end, clock=True)
