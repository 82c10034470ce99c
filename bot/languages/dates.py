"""Finds the dates of a text and says which days they are; reads the period that a question restricts itself to.

What is not written is taken from the day the text was written (`reference`), looking back: "am Freitag" is the last
Friday up to and including that day, "im Oktober" the last October that had begun, "13. Januar" the last one. Forward
only where the words say so ("nächste Woche", "next Friday", "diesen Freitag"). Without a reference such mentions keep
what they say (`month`, `day`) and have no `first` and `last`.

Parts of a year are thirds ("Ende 2024": September to December), parts of a month are tens of days; weeks begin on
Monday; seasons are those of the northern hemisphere, a winter is named by the year it begins in. Dates that the
calendar does not have are no mentions. Vague times ("vor einigen Tagen", "in recent months") are none either.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime

from bot.languages.calendar_spans import NOWHERE, Span, day_of, months_from, shifted, years_from
from bot.languages.date_finder import DateFinder, Said
from bot.languages.numbers import numbers_in
from bot.languages.reading import Reading, last_word, read, words_before
from bot.languages.written_dates import SPACE


@dataclass(frozen=True, slots=True)
class DateMention:
    """One date or period of a text. `first` and `last` are its first and last day, None when they are not known.

    `precision` is "day", "weekday", "month", "year", "period" (a span of days: "8. bis 13. Oktober", a week, a
    quarter) or "time" (a time of day is said; without a day beside it `first` is None). `year`, `month` and `day` are
    those of the first day, as far as they are said or resolved to that precision. `relative`: only the day of writing
    makes it a date.
    """

    start: int
    end: int
    first: date | None
    last: date | None
    precision: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    relative: bool = False


def dates_in(
    text: str, language: str, reference: date | None = None, *, bare_years: bool = True
) -> tuple[DateMention, ...]:
    """The dates of a text, in order, not overlapping. `reference` is the day on which it was written, if known.

    Years that stand alone cost as much as all the rest; `bare_years=False` leaves them out.
    """
    reading = read(text)
    settled = _settled(reading, language, reference, bare_years=bare_years)
    return tuple(_mention(said, days, reading.span(said.start, said.end)) for said, days in settled)


def period_asked(question: str, language: str, today: date) -> tuple[date | None, date | None, str] | None:
    """The days a question restricts itself to: first, last (None: open) and the words that say so. None: it does not.

    "before 2020" ends on 31 December 2019, "since Monday" has no end, "in October 2024" is that month. A date that the
    question asks *about* ("about 6 January 2021") restricts nothing. Of several periods the first counts.
    """
    reading = read(question)
    known = [(said, days) for said, days in _settled(reading, language, today) if days[0] and days[1]]
    for index, (said, days) in enumerate(known):
        lead, start = _lead(reading.lowered, said.start)
        if lead == "about":
            continue
        end = said.end
        further = known[index + 1] if index + 1 < len(known) else None
        if further and _is_linked(reading.lowered, said, further[0], lead):
            period, end = _stretch(said, days[0], further[1][1]), further[0].end
        elif lead == "from" and (onwards := _ONWARDS.match(reading.lowered, end)):
            period, end = (days[0], None), onwards.end()
        else:
            period = _opened(lead, days)
        if period[0] and period[1] and period[0] > period[1]:  # "2025 – yesterday", asked in 2024
            period, end = _opened(lead, days), said.end
        start, end = reading.span(start, end)
        return *period, question[start:end]
    return None


# --- settling -----------------------------------------------------------------------------------------------------

_FOUR_FIGURES = re.compile(r"(?<!\d)(?:1\d|20|21)\d\d(?!\d)")
_DASH = re.compile(r" ?[-–—] ?")
_SECOND_YEAR = re.compile(r"/\d\d(?!\d)")
_LINK = re.compile(
    rf"{SPACE}?[-–—/]{SPACE}?"
    rf"|{SPACE}(?:bis|to|and|und|until|till|through|or|oder){SPACE}(?:(?:zum|dem|the|in|im|am|on|den){SPACE})?"
)
_LONGEST_LINK = 20


def _settled(
    reading: Reading, language: str, reference: date | None, *, bare_years: bool = True
) -> list[tuple[Said, Span]]:
    """All that is said, with the days that it means."""
    day = reference.date() if isinstance(reference, datetime) else reference
    said = list(DateFinder(reading, language, day).run())
    if bare_years:
        said = _with_bare_years(reading.text, said, language)
    _lend_years(reading.lowered, said)
    return [(one, one.span if one.span is not None else _days(one, day)) for one in said if one.precision]


def _mention(said: Said, span: Span, place: tuple[int, int]) -> DateMention:
    first, last = span
    year, month, day = said.year, said.month, said.day
    if first is not None:
        year = first.year
        month = first.month if said.precision in ("day", "weekday", "month", "time") else month and first.month
        day = first.day if said.precision in ("day", "weekday", "time") else day and first.day
    return DateMention(*place, first, last, said.precision, year, month, day, said.relative)


def _with_bare_years(text: str, said: list[Said], language: str) -> list[Said]:
    """Add the years and decades that stand alone: `numbers` knows which four figures are one."""
    starts = [one.start for one in said]

    def is_taken(place: int) -> bool:
        before = bisect_right(starts, place)
        return before > 0 and said[before - 1].end > place

    if all(is_taken(match.start()) for match in _FOUR_FIGURES.finditer(text)):
        return said
    years: list[Said] = []
    for number in numbers_in(text, language):
        if number.kind != "year" or is_taken(number.start):
            continue
        year = int(number.value)
        found = Said(number.start, number.end, "year", year, span=years_from(year))
        if number.upper is not None:
            found.precision, found.span = "period", years_from(year, 10)
        elif match := _SECOND_YEAR.match(text, number.end):
            found.end, found.precision, found.span = match.end(), "period", years_from(year, 2)
        elif years and _DASH.fullmatch(text, years[-1].end, found.start) and (years[-1].year or year) < year:
            first = years.pop()
            found = Said(first.start, found.end, "period", first.year)
            found.span = (first.span or NOWHERE)[0], years_from(year)[1]
        years.append(found)
    return sorted(said + years, key=lambda one: one.start)


def _lend_years(lowered: str, said: list[Said]) -> None:
    """ "vom 30. September bis 2. Oktober 2024", "zwischen Mai und Juli 2024": the year is said once for both."""
    for first, second in zip(reversed(said[:-1]), reversed(said[1:]), strict=True):
        if first.month is None or first.year is not None or first.span is not None:
            continue
        if second.month is None or second.year is None or second.relative:
            continue
        if second.start - first.end <= _LONGEST_LINK and _LINK.fullmatch(lowered, first.end, second.start):
            earlier = (first.month, first.day or 1) <= (second.month, second.day or 31)
            first.year, first.relative = second.year - (not earlier), False


def _days(said: Said, reference: date | None) -> Span:
    """The days of a weekday or of a month with or without its year, looking back from the reference."""
    if said.year is not None:
        return _days_in(said, said.year)
    if reference is None:
        return NOWHERE
    if said.weekday is not None:
        back = (reference.weekday() - said.weekday) % 7
        if said.forward == -1:
            back = back or 7
        elif said.forward > 0:
            back = back - 7 if back else -7 if said.forward == 2 else 0
        day = shifted(reference, -back)
        return day, day
    if said.month is None:
        return NOWHERE
    if said.forward == 2:
        return _days_in(said, reference.year + (said.month <= reference.month))
    year = reference.year - (said.forward == -1 and said.month == reference.month)
    for back in range(9):  # 29 February may be eight years away
        found = _days_in(said, year - back)
        if found[0] is not None and found[0] <= reference:
            return found
    return NOWHERE


def _days_in(said: Said, year: int) -> Span:
    if said.month is None:
        return NOWHERE
    if said.day is None:
        return months_from(year, said.month)
    first = day_of(year, said.month, said.day)
    if said.last_day is None:
        return first, first
    last = day_of(year, said.month, said.last_day)
    if said.last_day < said.day:  # "vom 28. auf den 1. März"
        before = months_from(year, said.month - 1)[0]
        first = day_of(before.year, before.month, said.day) if before else None
    return (first, last) if first and last else NOWHERE


# --- questions ----------------------------------------------------------------------------------------------------

_LEADS = {
    "since": "since|seit|ab|starting|starting in|starting on|beginning|not before|not earlier than|frühestens",
    "from": "from|von",
    "after": "after|nach|later than|später als",
    "before": "before|vor|prior to|earlier than|ahead of|früher als",
    "until": "until|till|bis|by|up to|bis zum|bis zur|bis in|through|spätestens",
    "about": "about|über|regarding|concerning|zum|betreffend",
    "in": "in|on|im|am|during|während|at|over|within|innerhalb|innerhalb von|binnen|throughout|between|zwischen|vom",
}
# "from Monday on"; without it "the report from Monday" is one of that day.
_ONWARDS = re.compile(r"\s(?:onwards?|on|an)(?![^\W_])")
_LEAD_OF = {phrase: lead for lead, phrases in _LEADS.items() for phrase in phrases.split("|")}
_FILLERS = frozenset("the dem der den des das einem a year jahr jahre jahres month monat tag day".split())


def _lead(lowered: str, start: int) -> tuple[str, int]:
    """What the words before a date do to it, and where they begin."""
    words = words_before(lowered, start)
    known = len(words)
    while known and words[known - 1] in _FILLERS:
        known -= 1
    for count in (3, 2, 1):
        if count <= known and (lead := _LEAD_OF.get(" ".join(words[known - count : known]))):
            at = start
            for word in reversed(words[known - count :]):
                at = lowered.rfind(word, 0, at)
            return lead, at
    return "", start


def _opened(lead: str, days: Span) -> Span:
    """The period that a word makes of a date: "since" opens its end, "before" ends a day earlier."""
    if lead == "since":
        return days[0], None
    if lead == "after":
        return shifted(days[1], 1), None
    if lead == "before":
        return None, shifted(days[0], -1)
    if lead == "until":
        return None, days[1]
    return days


def _is_linked(lowered: str, first: Said, second: Said, lead: str) -> bool:
    """Whether two dates are the ends of one period: "between May and July", "vom 3. März bis 5. April"."""
    if second.start - first.end > _LONGEST_LINK or not _LINK.fullmatch(lowered, first.end, second.start):
        return False
    link = lowered[first.end : second.start].split()[:1]
    if link in (["and"], ["und"]):
        return lead == "in" and last_word(lowered, first.start) in ("between", "zwischen", *_FILLERS)
    return link not in (["or"], ["oder"], ["/"])


def _stretch(said: Said, first: date | None, last: date | None) -> Span:
    """From one day to the other; a first that was resolved to lie after the last goes back one round."""
    if first and last and first > last and said.relative:
        first = shifted(first, -7) if said.weekday is not None else day_of(first.year - 1, first.month, first.day)
    return first, last
