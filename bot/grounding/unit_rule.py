"""Units: percent are no percentage points, dollars no euros, and a day's amount is not a year's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.languages.units import common_size, unit_words

if TYPE_CHECKING:
    from bot.grounding.amounts import Stated
    from bot.grounding.statement import Statement


_RATE = re.compile(
    r"(?:\b(?:per|pro|je|a|an|each|every|jede[nrs]?|im)\s|/\s?)"
    r"(?P<unit>second|sekunde|minute|hour|stunde|day|tag|week|woche|month|monat|quarter|quartal|year|jahr|person|kopf|capita|head)\b"
    r"(?!\s(?:earlier|ago|later|before|after|zuvor|früher|später|danach|davor)\b)"
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
    for read in (_long, _many):
        mine = read(said)
        there = frozenset().union(*(read(quote) for quote in quotes))
        if mine and there and not mine & there:
            return min(mine)
    return ""


def _long(said: Statement) -> frozenset[str]:
    return frozenset(_SPANS[m["de"]] if m["de"] else m["en"] for m in _LONG.finditer(said.lowered))


def _many(said: Statement) -> frozenset[str]:
    units = unit_words()
    return frozenset(units[m[1]][1] for m in _MANY_OF.finditer(said.lowered) if m[1] in units)
