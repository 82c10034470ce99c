"""Units: percent are no percentage points, dollars no euros, and a day's amount is not a year's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.grounding.amounts import numbers_of
from bot.languages.units import common_size, unit_words

if TYPE_CHECKING:
    from bot.grounding.amounts import Stated
    from bot.grounding.statement import Statement


_RATE = re.compile(
    r"(?:\b(?P<sure>per|pro|je|each|every|jede[nrs]?)\s|\b(?:a|an|im)\s|/\s?)"
    r"(?P<unit>second|sekunde|minute|hour|stunde|day|tag|week|woche|month|monat|quarter|quartal|year|jahr|person|kopf|capita|head)\b"
    r"(?(sure)|(?!\s(?:earlier|ago|later|before|after|zuvor|früher|später|danach|davor)\b))"
    r"|\b(?P<adverb>daily|täglich\w{0,2}|weekly|wöchentlich\w{0,2}|monthly|monatlich\w{0,2}|annual|annually|yearly"
    r"|jährlich\w{0,2}|hourly|stündlich\w{0,2})\b",
    re.IGNORECASE,
)
_RATES: Final = {
    "second": "s", "sekunde": "s", "minute": "min", "hour": "h", "stunde": "h", "hourly": "h", "stündlich": "h",
    "day": "day", "tag": "day", "daily": "day", "täglich": "day", "week": "week", "woche": "week", "weekly": "week",
    "wöchentlich": "week", "month": "month", "monat": "month", "monthly": "month", "monatlich": "month",
    "quarter": "quarter", "quartal": "quarter", "year": "year", "jahr": "year", "annual": "year", "annually": "year",
    "yearly": "year", "jährlich": "year", "person": "head", "kopf": "head", "capita": "head", "head": "head",
}  # fmt: skip


@lru_cache(maxsize=4096)
def _rates_of(said: Statement) -> frozenset[str]:
    return frozenset(_rates(said.lowered))


def _rates(lowered: str) -> Iterator[str]:
    for match in _RATE.finditer(lowered):
        word = match["unit"] or match["adverb"]
        yield _RATES.get(word) or _RATES.get(re.sub(r"(?:e|en|er|es|em)\Z", "", word), "")


def unit_fault(one: Stated, other: Stated) -> str:
    """ "", or the rule that two amounts of one value break: "currency" or "unit"."""
    a, b = one.mention, other.mention
    unit_a, unit_b = common_size(1, a.unit)[1], common_size(1, b.unit)[1]
    if {a.unit, b.unit} == {"", "year"}:
        return ""
    if unit_a != unit_b:
        if {unit_a, unit_b} <= {"SEK", "NOK", "DKK", "CZK", "ISK", "KR"} and "KR" in (unit_a, unit_b):
            return ""
        if {unit_a, unit_b} == {"°", "°C"}:
            return ""
        return "currency" if "money" in (a.kind, b.kind) else "unit"
    if a.unit == "%" and one.points != other.points:
        return "unit"
    return ""


def wrong_rate(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """ "per day", where the quotes say how much it is in a year."""
    there = frozenset().union(*(_rates_of(quote) for quote in quotes))
    missing = _rates_of(said) - there
    # "im Jahr", "the year" say when as often as how often: only another rate contradicts them.
    for rate in sorted(missing):
        if there - {rate}:
            return "unit", f"per {rate}"
    return None


_LONG = re.compile(
    r"\b(?:(?P<de>stunde|tage|woche|monate|jahre)n?lang(?:e[nmrs]?)?|(?P<en>hour|day|week|month|year)s of)\b"
)
_SPANS: Final = {"stunde": "hour", "tage": "day", "woche": "week", "monate": "month", "jahre": "year"}
_MANY_OF = re.compile(
    r"\b(?:mehreren?|einigen?|several|a few) (?:hundert|tausend|hundred|thousand) ([^\W\d_]{1,20})(?![^\W_])"
)


def vague_unit(said: Statement, quotes: Sequence[Statement]) -> str:
    """ "after weeks of rain" for "tagelanger Regen", several hundred centimetres for as many metres."""
    for read in (_long, _many, _spans, _lone_spans, _light):
        mine = read(said)
        there = frozenset().union(*(read(quote) for quote in quotes))
        if mine and there and not mine & there:
            return min(mine)
    return ""


def _long(said: Statement) -> frozenset[str]:
    return frozenset(_SPANS[m["de"]] if m["de"] else m["en"] for m in _LONG.finditer(said.lowered))


_SPAN = re.compile(
    r"\b(?:seit|for|nach|after|over|über|within|binnen|since)\s(?:many |several |vielen |mehreren |einigen )?(?P<unit>(?:stunde|tage|woche|monate|jahre|jahrzehnte)n|(?:hour|day|week|month|year|decade)s)\b(?! (?:old|alt))"
)
_LONE_SPAN = re.compile(
    r"\bfor an? (?P<en>hour|day|week|month|year|decade)\b|\beine?n?\s(?P<de>stunde|tag|woche|monat|jahr|jahrzehnt) lang\b"
)
_TO_ENGLISH: Final = {
    "stunden": "hour", "tagen": "day", "wochen": "week", "monaten": "month", "jahren": "year", "jahrzehnten": "decade",
    "stunde": "hour", "tag": "day", "woche": "week", "monat": "month", "jahr": "year", "jahrzehnt": "decade",
}  # fmt: skip


def _spans(said: Statement) -> frozenset[str]:
    """ "seit Jahren", "for weeks"."""
    return frozenset(_TO_ENGLISH.get(m["unit"], m["unit"].removesuffix("s")) for m in _SPAN.finditer(said.lowered))


_LIGHT = re.compile(
    r"\blight[ -](?P<en>year|month|week|day|hour|minute|second)s?\b|\blicht(?P<de>jahr|monat|tag|stunde|minute|sekunde)"
)
_LIGHT_UNITS: Final = {"jahr": "year", "monat": "month", "tag": "day", "stunde": "hour", "sekunde": "second"}


def _light(said: Statement) -> frozenset[str]:
    """ "124 light years"."""
    return frozenset(m["en"] or _LIGHT_UNITS.get(m["de"], m["de"]) for m in _LIGHT.finditer(said.lowered))


def _lone_spans(said: Statement) -> frozenset[str]:
    """ "for an hour", "einen Tag lang"."""
    return frozenset(_TO_ENGLISH[m["de"]] if m["de"] else m["en"] for m in _LONE_SPAN.finditer(said.lowered))


_TOLD: Final = frozenset({"m", "m²", "m³", "l", "g", "W", "Wh", "kg", "km", "t"})
_RARE: Final = dict.fromkeys(("gallone", "gallonen", "gallon", "gallons"), ("measure", "gal"))
_ALIKE: Final = {"decade": "age", "century": "age", "gal": "l"}


def other_measure(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """("unit", it) of a measure that stands without a number, where the quotes have another: "a gallon of diesel"."""
    mine = _measures(said)
    there = [pair for quote in quotes for pair in (*_measures(quote), *_counted_measures(quote))]
    for kind, unit in mine:
        others = {other for known, other in there if known == kind}
        if others and unit not in others:
            return "unit", unit
    return None


_MONEY = re.compile(r"\b(euro|dollar|pfund|franken|rubel|yen|rupie)(?=[a-zäöü]{3,14}\b)")


def other_money(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """ "Dollarraum" for "Euroraum"."""
    mine = {match[1] for match in _MONEY.finditer(said.lowered)}
    there = {match[1] for quote in quotes for match in _MONEY.finditer(quote.lowered)}
    strange = sorted(name for name in mine - there if not any(name in quote.lowered for quote in quotes))
    return ("currency", strange[0]) if strange and there else None


@lru_cache(maxsize=4096)
def _measures(said: Statement) -> tuple[tuple[str, str], ...]:
    """What is measured and in which unit, of every word of a unit that has no number, but those of time and money."""
    units = unit_words()
    words = [word.text.lower() for word in said.words]
    spans = [(one.mention.start, one.mention.end) for one in numbers_of(said).stated]
    found = []
    for i, place in enumerate(word.start for word in said.words):
        if any(start <= place < end for start, end in spans):
            continue
        for name in (" ".join(words[i : i + 2]), words[i]):
            kind, unit = units.get(name, _RARE.get(name, ("", "")))
            if kind == "measure":
                common = common_size(1, unit)[1]
                if common in _TOLD or unit in _ALIKE:
                    found.append((_ALIKE.get(unit, common), unit))
                break
    return tuple(found)


def _counted_measures(said: Statement) -> Iterator[tuple[str, str]]:
    for one in numbers_of(said).stated:
        unit = one.mention.unit
        yield _ALIKE.get(unit, common_size(1, unit)[1]), unit


def _many(said: Statement) -> frozenset[str]:
    units = unit_words()
    return frozenset(units[m[1]][1] for m in _MANY_OF.finditer(said.lowered) if m[1] in units)
