"""Dates: every day, month and year of a sentence has to be one of its quotes', each understood from its document's day.

- "am Montag" in a report of 8 May 2024 is 6 May 2024, and may be called that, or less exactly ("in May 2024").
- Without a document's day only what is written counts: the same weekday, the same day and month.
- "today", "gestern", "last week" mean the reader's day: they have to be true on that day, too, when it is known.
- "since", "until", "before" and "after" belong to a date: none is added, left out or exchanged.
- A document's own day may be named where the sentence says that it is one ("as of 8 May", "Stand: 8. Mai").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.grounding.amounts import numbers_of
from bot.grounding.statement import dates_on
from bot.languages.dates import DateMention
from bot.languages.reading import words_before
from bot.languages.words import fold
from bot.languages.written_dates import MONTH, MONTHS

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_LEADS: Final = {
    "since": "since seit ab starting beginning",
    "from": "from von",
    "until": "until till bis by through spätestens",
    "to": "to",
    "before": "before vor prior",
    "after": "after nach following",
}
_LEAD_OF: Final = {word: lead for lead, words in _LEADS.items() for word in words.split()}
_FILLERS: Final = frozenset("the dem der den des das end ende anfang mitte early late mid beginning of on early zum zur im ins in am monat month jahr year spätestens mindestens wenigstens frühestens höchstens voraussichtlich least earliest latest at about etwa rund".split())  # fmt: skip
_DEICTIC = re.compile(
    r"\b(?:today|tonight|yesterday|tomorrow|heute|gestern|vorgestern|morgen|übermorgen"
    r"|(?:last|this|next|past|coming) (?:week|month|year|quarter|weekend|night)"
    r"|(?:letzte|vergangene|vorige|diese|nächste|kommende)[nmrs]? (?:woche|monat|jahr|quartal|wochenende|nacht)s?"
    r"|ago|vorjahr\w{0,2}|vormonat\w{0,2}|vorwoche)\b|\bvor (?:\w{1,20} )?(?:tag|woche|monat|jahr|stunde)\w{0,2}\b"
)
_EDGES: Final = {
    "end": re.compile(r"jahresende|ende (?:des|dieses) jahres|end of (?:the|this) year|year['’]?s end|year-end"),
    "start": re.compile(
        r"jahres(?:beginn|anfang)|(?:beginn|anfang) (?:des|dieses) jahres|(?:start|beginning) of (?:the|this) year"
    ),
}
_YEAR = re.compile(r"(?<![\w.,])(?:19|20)\d\d(?![.,]?\d|\w)")
_YEAR_BEHIND = re.compile(r"\s(?:19|20)\d\d\b")
_POSTPONED = re.compile(
    r"\b(?:(?:ends?|ended|ending|end(?:et|en|ete|eten)|expire[sd]?|deadline|läuft|laufen|lief|ausgelaufen)\b|adjourn|postpone|delay|defer|push|extend|vertag|verschob|verschieb|verleg|aufgeschob|verläng|frist)\w{0,8}\b"
)
# The year before what is told of, not before the day of reading.
_YEAR_BEFORE = re.compile(r"(?:vorjahr\w{0,10}|(?:the |a |one )?(?:previous year|year (?:earlier|before)))")
_YEAR_BEFORE_THERE = re.compile(
    r"\bvorjahr\w{0,10}|\bprevious year|\byear (?:earlier|before|on year)|\byear-on-year|\blast year|\byear ago"
    r"|\b(?:vergangenen|vorigen|letzten) jahr|\bjahr (?:zuvor|davor)"
)
_UNTIL: Final = frozenset({"until", "to", ""})
_SO_FAR = re.compile(r"\b(?:so far|bisher|bislang|schon|already|bereits)\b")
_WEEKDAYS: Final = {
    "montag": 0, "monday": 0, "dienstag": 1, "tuesday": 1, "mittwoch": 2, "wednesday": 2, "donnerstag": 3,
    "thursday": 3, "freitag": 4, "friday": 4, "samstag": 5, "sonnabend": 5, "saturday": 5, "sonntag": 6, "sunday": 6,
}  # fmt: skip
_WEEKDAY = re.compile(
    r"(?<![^\W_])(montag|monday|dienstag|tuesday|mittwoch|wednesday|donnerstag|thursday|freitag|friday|samstag|sonnabend"
    r"|saturday|sonntag|sunday)(?:s|abend|morgen|nacht|nachmittag|vormittag|früh|mittag)?(?![^\W_])"
)
_PART_OF_DAY = re.compile(
    r"(?<![^\W_])(?:(?P<morning>morning|früh|vormittags?|frühmorgens)|(?P<noon>afternoon|nachmittags?)|(?P<midday>midday|(?<!nach)(?<!vor)mittags?)"
    r"|(?P<evening>evening|abends?|tonight)|(?P<night>night|nachts?|overnight))(?![^\W_])|\w{3,10}tag(?P<tail>abend|morgen|nacht|nachmittag|vormittag|mittag)(?![^\W_])"
)
_TAILS: Final = {
    "abend": "evening",
    "morgen": "morning",
    "nacht": "night",
    "nachmittag": "noon",
    "vormittag": "morning",
    "mittag": "midday",
}
_AS_OF = re.compile(r"\b(?:as of|stand|published on|dated|report (?:of|from)|bericht vom|veröffentlicht am|datiert)\b\W{0,3}(?:vom |the |on )?\Z")  # fmt: skip
# The beginnings of month names in languages whose dates nothing of ours reads.
_MONTHS_ABROAD: Final = (
    "janv gennaio ener jane styc янв січ ocak led", "fevr febb febr feve feb lut фев лют subat uno", "mars marz marc maart marz мар бер mart bre",
    "avri apri abri kwie апр кві nisan dub", "mai magg mayo maio mei maj мая май тра mayis kve", "juin giug juni junh czer июн чер haziran",
    "juil lugl juli julh lip июл лип temmuz", "aout agos augu sier авг сер agustos srp", "sept sett sete wrze сен вер eylul zar",
    "octo otto octu outu okt paz окт жов ekim rij", "nove novi list ноя лис kasim", "dece dice dici deze dec grud дек гру aralik pro",
)  # fmt: skip
_REPORTED = re.compile(
    r"\b(?:said|says|reported|reports|announced|according|told|teilte|sagte|meldete|berichtete|laut|zufolge|angaben)\b"
)
_DAY_AND_YEAR = re.compile(r"\d{1,4}")


class Dated(NamedTuple):
    """A date with what the rule compares beside its days."""

    mention: DateMention
    lead: str
    weekday: int | None
    deictic: bool
    edge: str  # "end": "Jahresende" is December, "the end of the year" begins in September; "start" likewise


@lru_cache(maxsize=4096)
def dates_of(said: Statement, day: date | None) -> tuple[Dated, ...]:
    """The dates of a sentence as they are understood on `day`."""
    found: list[Dated] = []
    for mention in map(partial(_coming, day=day), dates_on(said, day)):
        if mention.precision == "time" and mention.first is None and mention.month is None:
            continue  # a time of day is a number's matter
        if _YEAR_BEHIND.match(said.lowered, mention.end) and any(
            pattern.search(said.lowered, mention.start, mention.end) for pattern in _EDGES.values()
        ):
            continue  # "zum Jahresbeginn 2027": the year behind it says which
        span = said.lowered[mention.start : mention.end]
        weekday = _WEEKDAY.search(said.lowered[max(0, mention.start - 12) : mention.end])
        found.append(
            Dated(
                mention,
                "until" if found and _ends(said.lowered, found[-1].mention, mention) else _lead(said.lowered, mention),
                _WEEKDAYS[weekday[1]] if weekday else None,
                bool(_DEICTIC.search(span)),
                next((edge for edge, pattern in _EDGES.items() if pattern.search(span)), ""),
            )
        )
    return tuple(found)


_TO_THE_END = re.compile(r"\s?[–-]\s?|\s(?:to|until|till|through|bis|bis zum)\s(?:the\s)?")
_AND_THE_END = re.compile(r"\s(?:and|und)\s(?:the\s|dem\s)?")


def _ends(lowered: str, first: DateMention, last: DateMention) -> bool:
    """Whether two dates are the ends of one period: "2019 bis 2022", "between 2019 and 2022"."""
    if _TO_THE_END.fullmatch(lowered, first.end, last.start):
        return True
    between = _BETWEEN.search(lowered, max(0, first.start - 24), first.start)
    return bool(between and _AND_THE_END.fullmatch(lowered, first.end, last.start))


_BETWEEN = re.compile(r"\b(?:between|zwischen)\s(?:the\s|dem\s)?\Z")
_SOON = 75  # days


def _coming(mention: DateMention, *, day: date | None) -> DateMention:
    """A day without its year that lies just ahead: "ends on 22 November", written on the 11th, is no day of last year."""
    if day is None or not mention.relative or mention.month is None or mention.precision not in ("day", "month"):
        return mention
    if mention.first is None or mention.last is None or mention.last >= day or mention.first.month == 2:
        return mention
    first, last = (one.replace(year=one.year + 1) for one in (mention.first, mention.last))
    if not timedelta(0) < first - day <= timedelta(days=_SOON):
        return mention
    return replace(mention, first=first, last=last, year=first.year)


def wrong_date(said: Statement, quotes: Sequence[Statement], today: date | None = None) -> str:
    """The first date of a sentence that no quote bears out, as the sentence writes it; "" when all are borne out."""
    own = dates_of(said, None)
    for number, dated in enumerate(own):
        if not any(_borne_out(said, number, dated, quote, today) for quote in quotes):
            if number == 0 and _is_day_of_report(said, quotes):
                continue
            return said.text[dated.mention.start : dated.mention.end]
    weekdays = {_WEEKDAYS[m[1]] for m in _WEEKDAY.finditer(said.lowered)}
    if weekdays:
        there = {_WEEKDAYS[m[1]] for quote in quotes for m in _WEEKDAY.finditer(quote.lowered)}
        there |= {d.mention.first.weekday() for quote in quotes for d in dates_of(quote, quote.day) if d.mention.first}
        if _is_day_of_report(said, quotes):
            there |= {quote.day.weekday() for quote in quotes if quote.day}
        if weekdays - there:
            return "a weekday"
    return (
        _other_shift(said, quotes, today)
        or _impossible(said, quotes)
        or _wrong_part_of_day(said, quotes)
        or _exchanged(said, quotes)
    )


def _is_day_of_report(said: Statement, quotes: Sequence[Statement]) -> bool:
    """Whether the first date of a sentence is that of its reports, which name none: "On Monday the clinic reported"."""
    if not _REPORTED.search(said.lowered) or any(dates_of(quote, quote.day) for quote in quotes):
        return False
    days = {quote.day for quote in quotes}
    return any(
        day and dated.mention.first == dated.mention.last == day for day in days for dated in dates_of(said, day)[:1]
    )


def _other_shift(said: Statement, quotes: Sequence[Statement], today: date | None) -> str:
    """ "this year" for "im vergangenen Jahr", which `dates_in` passes over before some words."""
    shifts, there = _shifts(said.lowered), frozenset().union(*(_shifts(quote.lowered) for quote in quotes))
    for way, unit in shifts - there:
        kept = any(same == unit for _, same in shifts & there)
        if today is None and not kept and any(same == unit for _, same in there):
            return f"{way} {unit}"
    return ""


_AT_ONCE = re.compile(r",?\s(?:(?:in|im|am|on|for|of|at|seit|since|by|bis)\s)?(?:the\s|den\s)?", re.IGNORECASE)


def _exchanged(said: Statement, quotes: Sequence[Statement]) -> str:
    """ "2.4 percent in April", where the quotes have that number in May."""
    there = [pair for quote in quotes for pair in _dated_numbers(quote)]
    for value, mention in _dated_numbers(said):
        same = [other for number, other in there if number == value]
        known = mention.month is not None and all(o.month is not None for o in same)
        if same and known and not any(mention.month == o.month and mention.day in (None, o.day) for o in same):
            return said.text[mention.start : mention.end]
    return ""


@lru_cache(maxsize=4096)
def _dated_numbers(said: Statement) -> tuple[tuple[float, DateMention], ...]:
    """The numbers right behind which a date stands."""
    dates = dates_on(said, said.day)
    return tuple(
        (one.mention.value, mention)
        for one in numbers_of(said).stated
        for mention in dates
        if 0 < mention.start - one.mention.end < 16 and _AT_ONCE.fullmatch(said.text, one.mention.end, mention.start)
    )


_DAY_OF_MONTH = re.compile(rf"\d(?:\.|st|nd|rd|th)?\s(?:of\s)?({MONTH})|(?<![^\W_])({MONTH})\.?\s\d", re.IGNORECASE)


_LETTER_FOR_DAY = re.compile(rf"(?<=[a-z] )[AI] (?i:{MONTH})(?![^\W_])")
_LONE_LETTER = re.compile(rf"(?<![^\W_])(?:[b-hj-z]\.?|[ai]\.)\s(?:{MONTH})(?![^\W_])", re.IGNORECASE)  # "l. Juli"


def _impossible(said: Statement, quotes: Sequence[Statement]) -> str:
    """A day that the calendar does not have is no date that could be compared: its month has to be a quote's."""
    lone = _LONE_LETTER.search(said.lowered)
    if lone and not any(lone.group() in quote.lowered for quote in quotes):
        return lone.group()
    if letter := _LETTER_FOR_DAY.search(said.text):
        return letter.group()
    months = {MONTHS[(m[1] or m[2]).lower()] for m in _DAY_OF_MONTH.finditer(said.lowered)}
    known = {m for d in dates_of(said, None) for m in (d.mention.month, d.mention.last and d.mention.last.month) if m}
    for month in months - known:
        if not any(month == d.mention.month for quote in quotes for d in dates_of(quote, quote.day)):
            return f"month {month}"
    for match in _MONTH_WORD.finditer(said.text):  # "From April, …", "August saw …"
        month = MONTHS[match[1].lower()]
        if month not in known and not any(_has_month(quote, month) for quote in quotes):
            return match[1]
    return _one_day_for_two(said, quotes)


_MONTH_WORD = re.compile(
    r"\b(January|February|April|June|July|August|September|October|November|December|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)(?:wochen?|hälfte|tagen?|mitte|ende)?\b"
)


_MAY = 5


def _has_month(quote: Statement, month: int) -> bool:
    if any(MONTHS[m[1].lower()] == month for m in _MONTH_WORD.finditer(quote.text)):
        return True
    dates = dates_of(quote, quote.day)
    if any(month in (d.mention.month, d.mention.last and d.mention.last.month) for d in dates):
        return True
    names = tuple(name for name, number in MONTHS.items() if number == month and len(name) >= _SHORT)
    if month == _MAY and any(word.text in ("May", "Mai") for word in quote.words):
        return True
    return any(word.text.lower().startswith(names) for word in quote.words)


def _one_day_for_two(said: Statement, quotes: Sequence[Statement]) -> str:
    """ "missing since Thursday, found on Thursday", where a quote has one Thursday and a Monday."""
    mine = [_WEEKDAYS[match[1]] for match in _WEEKDAY.finditer(said.lowered)]
    for day in {day for day in mine if mine.count(day) > 1}:
        for quote in quotes:
            there = [_WEEKDAYS[match[1]] for match in _WEEKDAY.finditer(quote.lowered)]
            if there.count(day) == 1 and set(there) - set(mine):
                return "one day for two"
    return ""


def _wrong_part_of_day(said: Statement, quotes: Sequence[Statement]) -> str:
    mine = _parts_of_day(said)
    there = frozenset().union(*(_parts_of_day(quote) for quote in quotes))
    # "in the night to Monday" is also its early morning.
    if (
        mine
        and there
        and not mine & there
        and not {"night", "morning"} <= mine | there
        and not {"night", "evening"} <= mine | there
    ):
        return f"in the {min(mine)}"
    return ""


@lru_cache(maxsize=4096)
def _parts_of_day(said: Statement) -> frozenset[str]:
    return frozenset(
        _TAILS[m["tail"]] if m["tail"] else next(k for k, v in m.groupdict().items() if v and k != "tail")
        for m in _PART_OF_DAY.finditer(said.lowered)
    )


def _lead(lowered: str, mention: DateMention) -> str:
    words = list(words_before(lowered, mention.start))
    inside = lowered[mention.start : mention.end].split()
    if inside and inside[0] in ("vor", "ab", "seit"):
        words.append(inside[0]) if inside[0] != "vor" else None
    while words and words[-1] in _FILLERS:
        words.pop()
    if words[-2:] in (["back", "to"], ["zurück", "bis"]):
        return "since"  # "dating back to 2022"
    if words and words[-1] == "bis" and "zurück" in lowered[mention.end : mention.end + 20]:
        return "since"
    lead = _LEAD_OF.get(words[-1], "") if words else ""
    if lead in ("before", "until") and _NOT.search(lowered, max(0, mention.start - _REACH), mention.start):
        return ""  # "not until 2028", "nicht vor Mai"
    return lead


_NOT = re.compile(r"(?:\b(?:not|nicht|never|nie)\b|n['’]t\b)[^;,.:]{0,60}\Z")
_REACH = 60


@lru_cache(maxsize=4096)
def _period_ends(quote: Statement) -> tuple[int, ...]:
    """Which dates of a quote are the ends of a period: "between 2017 and 2021"."""
    dates = dates_of(quote, quote.day)
    found: list[int] = []
    for n in range(len(dates) - 1):
        if _BETWEEN_THEM.fullmatch(quote.lowered, dates[n].mention.end, dates[n + 1].mention.start) and _ends(
            quote.lowered, dates[n].mention, dates[n + 1].mention
        ):
            found += [n, n + 1]
    return tuple(found)


_BETWEEN_THEM = re.compile(r".{1,12}")


def _has_both_ends(said: Statement, quote: Statement, ends: Sequence[int]) -> bool:
    there = dates_of(quote, quote.day)
    mine = dates_of(said, quote.day)
    if len({d.mention.first for d in mine}) < 2 and not any(d.mention.precision == "period" for d in mine):
        return False
    years = {d.mention.year for d in mine} | {d.mention.last.year for d in mine if d.mention.last}
    return all(there[n].mention.year in years for n in ends)


def _is_all_of(mention: DateMention, year: int) -> bool:
    """Whether a quote speaks of a year, not of a day in it: "im vergangenen Jahr"."""
    return mention.first == date(year, 1, 1) and mention.last == date(year, 12, 31)


def _borne_out(said: Statement, number: int, dated: Dated, quote: Statement, today: date | None) -> bool:
    """Whether one quote has this date, understood from the quote's own day."""
    understood = dates_of(said, quote.day)
    mine = understood[number] if number < len(understood) else dated
    if dated.deictic and today is not None:
        on_reading = dates_of(said, today)
        mine = on_reading[number] if number < len(on_reading) else mine
    there = dates_of(quote, quote.day)
    year = said.lowered[dated.mention.start : dated.mention.end]
    years = frozenset(_YEAR.findall(quote.text))
    if year.isdecimal() and quote.day is not None and not mine.lead:
        ways = {way for way, unit in _shifts(quote.lowered) - _shifts(said.lowered) if unit == "year"}
        if int(year) - quote.day.year in {_STEPS[way] for way in ways}:
            return True  # "im vergangenen Jahr", which `dates_in` passes over before some words
    strange = _YEAR.fullmatch(year) and years and year not in years and years.isdisjoint(_YEAR.findall(said.text))
    if strange and not any(_is_all_of(o.mention, int(year)) for o in there):
        return False  # "from 2026", where the quote says 2027: the day on which it was said bears that out by chance
    moved = _POSTPONED.search(quote.lowered) is not None  # "vertagt auf den", "adjourned until"
    ends = _period_ends(quote)
    if not mine.lead and mine.mention.precision in ("year", "month", "day") and not _has_both_ends(said, quote, ends):
        there = tuple(other for n, other in enumerate(there) if n not in ends)
    if any(
        (_same_lead(mine, other, moved=moved) or (moved and {mine.lead, other.lead} <= _UNTIL)) and _within(other, mine)
        for other in there
    ):
        return True
    if _YEAR_BEFORE.fullmatch(said.lowered, dated.mention.start, dated.mention.end) and _YEAR_BEFORE_THERE.search(
        quote.lowered
    ):
        return True
    than = _THAN.search(said.lowered, max(0, mine.mention.start - 25), mine.mention.start)
    if not mine.lead and than and year.isdecimal() and _compared_years(quote.lowered) >= {year}:
        return True
    if not mine.lead and _SO_FAR.search(said.lowered):  # "so far this year" is since its beginning
        since = (other for other in there if other.lead == "since")
        if any(_within(other, mine) for other in since):
            return True
    if _DECADE.search(year) and _DECADE.search(quote.lowered):
        return True
    if year in _NOWADAYS and not _NOWADAYS.isdisjoint(word.text.lower() for word in quote.words):
        return True
    if _is_in_a_word(said, mine, quote):
        return True
    if not there and quote.day and mine.mention.first == mine.mention.last == quote.day:
        return bool(_AS_OF.search(said.lowered[: mine.mention.start]))
    if dated.deictic and today is None and _shift_of(said, dated) and _shift_of(said, dated) in _shifts(quote.lowered):
        return True
    if quote.language not in ("de", "en", "und") and not there:
        return _written_abroad(mine.mention, quote)
    return _linked(mine, there)


_NOWADAYS: Final = frozenset("heute heutzutage inzwischen mittlerweile derzeit jetzt now nowadays today currently".split())  # fmt: skip
_STEPS: Final = {"this": 0, "last": -1, "next": 1}
_DECADE = re.compile(
    r"\b(?:past|last|previous|letzte[nrms]?|vergangene[nrms]?) (?:decade|jahrzehnts?|(?:ten|zehn|10) (?:years|jahren?))\b"
)
_AHEAD = re.compile(r"\b(?:next|coming|nächste\w?|kommende\w?)\b")
_PAST = re.compile(r"\b(?:last|past|previous|letzte\w?|vergangene\w?|vorige\w?)\b")


def _is_in_a_word(said: Statement, mine: Dated, quote: Statement) -> bool:
    """ "Novemberwoche", "Freitags": a month without day and year, or a weekday, that a quote has in another form."""
    mention = mine.mention
    if mine.weekday is not None and mention.precision == "weekday" and not mine.lead:
        ways = {bool(_AHEAD.search(said.lowered)), bool(_AHEAD.search(quote.lowered))}
        behind = {bool(_PAST.search(said.lowered)), bool(_PAST.search(quote.lowered))}
        same = any(_WEEKDAYS[match[1]] == mine.weekday for match in _WEEKDAY.finditer(quote.lowered))
        return same and not (len(ways) > 1 and len(behind) > 1)
    if mention.month is None or mention.day is not None or mine.lead:
        return False
    names = tuple(name for name, number in MONTHS.items() if number == mention.month and len(name) > _SHORT)
    return any(w.text.lower().startswith(names) and len(w.text) > _SHORT + 4 for w in quote.words)


_SHORT = 4  # letters of "März" and of abbreviated months
_THAN = re.compile(
    r"\b(?:than|als|gegenüber|compared|verglichen|vergleich|wie|as|versus|against|from|von|nach|after|statt|on)\b"
)
_THAN_YEAR = re.compile(
    r"\b(?:als|than|wie|as) (?:in |im jahr )?((?:19|20)\d\d)(?=[\s,;.]|\Z)(?![.,]\d)(?! (?!(?:und|and|oder|or)\b)[^\W\d_])"
)


def _compared_years(lowered: str) -> frozenset[str]:
    """ "three million tonnes less than 2025": a year, though it could be an amount."""
    return frozenset(match[1] for match in _THAN_YEAR.finditer(lowered))


_SHIFT = re.compile(
    r"\b(?:(?P<this>this|current|diese[mnrs]?|laufende[mnrs]?)|(?P<last>last|past|previous|letzte[mnrs]?|vergangene[mnrs]?|vorige[mnrs]?)"
    r"|(?P<next>next|coming|nächste[mnrs]?|kommende[mnrs]?)) (?P<unit>week|woche|month|monat|year|jahr|quarter|quartal)"
)
_UNITS: Final = {"woche": "week", "monat": "month", "jahr": "year", "quartal": "quarter"}


def _shifts(lowered: str) -> frozenset[tuple[str, str]]:
    """ "diesen Monat" and "this month" in the same words, wherever `dates_in` passes over one of them."""
    return frozenset(
        (next(k for k, v in m.groupdict().items() if v), _UNITS.get(m["unit"], m["unit"]))
        for m in _SHIFT.finditer(lowered)
    )


def _shift_of(said: Statement, dated: Dated) -> tuple[str, str] | None:
    return next(iter(_shifts(said.lowered[dated.mention.start : dated.mention.end])), None)


def _same_lead(mine: Dated, other: Dated, *, moved: bool = False) -> bool:
    if mine.lead == other.lead:
        return True
    if not mine.lead and other.lead == "until":
        return True  # "open until 10 January": it is on that day, too
    coarse = mine.mention.precision in ("year", "month") or moved
    if coarse and {mine.lead, other.lead} <= {"", "until", "to"}:
        return True  # "by 2027" is in 2027 at the latest
    # "from" opens a period like "since", or names its day like "of"; "to" closes one, or says where something was moved.
    # What begins on a day is so since then.
    pair = {mine.lead, other.lead}
    return (
        pair <= {"since", ""}
        or pair <= {"since", "after"}
        or pair <= {"from", ""}
        or pair <= {"from", "since"}
        or pair <= {"to", ""}
        or pair <= {"to", "until"}
    )


def _within(other: Dated, mine: Dated) -> bool:
    """Whether the sentence's date says what the quote's says, or less."""
    a, b = mine.mention, other.mention
    if (
        mine.lead == "since"
        and not other.lead
        and a.precision in ("period", "year")
        and b.precision in ("day", "weekday")
    ):
        return a.first is not None and a.first == b.first  # "from early 2026" is not any day in it
    if mine.edge and mine.edge == other.edge and a.year == b.year:
        return True
    if (
        mine.weekday is not None
        and other.weekday is not None
        and mine.weekday != other.weekday
        and a.precision != "period"
    ):
        return False
    if a.first and a.last and b.first and b.last:
        return a.first <= b.first and b.last <= a.last
    if a.first is None and b.first is None:
        if mine.weekday is not None and mine.weekday == other.weekday and a.month is None:
            return True
        if mine.deictic or other.deictic:
            return mine.deictic and other.deictic
        if a.month is None and a.year is None:
            return False
        return _covers(a, b)
    if a.first is None:  # the sentence leaves the year out and the quote has it
        if mine.weekday is not None and a.month is None:
            return other.weekday == mine.weekday or (
                b.first is not None and b.first == b.last and b.first.weekday() == mine.weekday
            )
        return a.month is not None and _covers(a, b)
    return mine.weekday is not None and mine.weekday == other.weekday and a.relative


def _covers(a: DateMention, b: DateMention) -> bool:
    """Whether every field that `a` says is one of `b`."""
    if a.year is not None and a.year != b.year:
        return False
    if a.month is not None and a.month != b.month:
        return False
    return a.day is None or a.day == b.day


def _linked(mine: Dated, there: Sequence[Dated]) -> bool:
    """Whether the ends of the sentence's period are two dates of the quote: "from Monday to Friday"."""
    a = mine.mention
    if a.precision != "period" or a.first is None or a.last is None:
        return False
    return any(o.mention.first == a.first for o in there) and any(o.mention.last == a.last for o in there)


def _written_abroad(mention: DateMention, quote: Statement) -> bool:
    """Whether the figures and the month stand in a quote of a language whose dates are not read."""
    figures = {int(f) for f in _DAY_AND_YEAR.findall(quote.text)}
    if any(part is not None and part not in figures for part in (mention.day, mention.year)):
        return False
    if mention.month is None or mention.month in figures:
        return mention.year is not None or mention.day is not None
    beginnings = _MONTHS_ABROAD[mention.month - 1].split()
    return any(fold(word.text).startswith(b) for word in quote.words for b in beginnings)
