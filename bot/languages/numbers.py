"""Finds the numbers of a text with their units, in German and English notation and in words.

What counts and what does not:

- Days and clock times of written dates ("18. Dezember", "13:39 Uhr") are no numbers, their year is one of kind "year".
- Figures inside a name ("T-72", "COVID-19", "G7") are no numbers; a number that only names something ("Artikel 5",
  "Resolution 1701", "Nr. 3") is an "ordinal", as are "17.", "17th" and "dritte". "erste" and "first" are left out.
- Vague amounts ("Tausende", "several hundred", "Millionen Menschen") are left out: nobody counted, nothing to compare.
- German "ein" is an article, except in "eine Million", "ein Dutzend", "ein Drittel", "ein Prozent" and before the name
  of a currency; English "one" counts only where it is plainly a number ("at least one", "one percent", "one dead").
- Years are never joined to a range: "2019–2023" is two mentions. A decade ("1990s") is a year with an upper end.
- "from 5 to 10 percent", "von 5 auf 10 Prozent" are two amounts (the unit belongs to both), "5 to 10 percent" is a
  range, and so is "von 5 bis 10 Prozent": a German change says "auf".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.languages.number_finder import Core, NumberFinder
from bot.languages.reading import BLANKS, read
from bot.languages.units import common_size


@dataclass(frozen=True, slots=True)
class NumberMention:
    """One number of a text. The span holds sign, multiplier, currency and unit, but not the words of the bound.

    `upper` is the other end of a range. `bound` is "" or "up to", "more than", "about", "at least", "less than",
    "nearly". `unit` is "%", an ISO 4217 code, a measure ("km", "°C", "MW", "day", "year", …) or "".
    `kind` is "cardinal", "ordinal", "year", "percent", "money" or "measure".
    """

    start: int
    end: int
    value: float
    upper: float | None = None
    bound: str = ""
    unit: str = ""
    kind: str = "cardinal"


def numbers_in(text: str, language: str) -> tuple[NumberMention, ...]:
    """The numbers of a text, in order, not overlapping. `language` decides what "12.000" means; "und" reads both."""
    reading = read(text)
    found = _joined(reading.lowered, NumberFinder(reading, language).run(), language)
    return tuple(
        NumberMention(*reading.span(core.start, core.end), core.value, core.upper, core.bound, core.unit, core.kind)
        for core in found
    )


def same_amount(a: NumberMention, b: NumberMention) -> bool:
    """Whether two mentions state the same amount: value, range and unit, each in its own notation.

    Bounds are not compared: "fast 16.000" and "16,000" are one amount, meant with different care. Measures of one kind
    are converted (2 km = 2,000 m). An age may leave out its years ("aged 18-25"). A number that only names or orders
    something is never an amount of it: "Artikel 5" is not "5".
    """
    if (a.kind == "ordinal") != (b.kind == "ordinal"):
        return False
    unit_a, unit_b = a.unit, b.unit
    if {unit_a, unit_b} == {"", "year"}:
        unit_a = unit_b = "year"
    value_a, size_a = common_size(a.value, unit_a)
    value_b, size_b = common_size(b.value, unit_b)
    if size_a != size_b or not _close(value_a, value_b):
        return False
    if a.upper is None or b.upper is None:
        return a.upper is b.upper
    return _close(common_size(a.upper, unit_a)[0], common_size(b.upper, unit_b)[0])


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


# --- ranges -------------------------------------------------------------------------------------------------------

_LINK = re.compile(
    rf"[{BLANKS}]?[-–—‐‑][{BLANKS}]?"
    rf"|-?[{BLANKS}\n](?P<word>to|bis|bis zu|through|until|and|und|or|oder|auf)[{BLANKS}\n]"
    r"(?:about |around |etwa |rund )?"
)
_LONGEST_LINK = 16
_RANGING = frozenset("ranging ranged range ranges aged ages".split())


def _joined(lowered: str, cores: Iterable[Core], language: str) -> Iterator[Core]:
    """Put the two ends of a range into one, and give both ends the multiplier and unit that is said once."""
    first: Core | None = None
    for core in cores:
        if first is not None:
            if _join(lowered, first, core, language):
                continue
            yield first
        first = core
    if first is not None:
        yield first


def _join(lowered: str, first: Core, second: Core, language: str) -> bool:
    """Whether `second` became the upper end of `first`. Shares multiplier and unit between them in any case."""
    if not first.end < second.start <= first.end + _LONGEST_LINK:
        return False
    match = _LINK.fullmatch(lowered, first.end, second.start)
    if match is None or not _is_amount(first) or not _is_amount(second) or _dashes_go_on(lowered, first, second):
        return False
    if not _share(first, second):
        return False
    link = match["word"]
    if lowered[first.end] == "-" and first.form == second.form == "words" and first.num < 20 and second.num >= 100:
        first.num *= 1000 if second.num % 1000 == 0 else 100  # "fünf- bis sechshundert"
    if link in ("and", "und"):
        ranged = first.last in ("between", "zwischen")
    elif link in ("or", "oder"):  # "two or three"
        ranged = first.form != "figures" and first.den == second.den == 1 and first.num + 1 == second.num
    elif link == "to" and language != "de" and first.last == "from":
        ranged = len(first.before) > 1 and first.before[-2] in _RANGING
    else:
        ranged = link != "auf"
    if not ranged or first.value >= second.value:
        return False
    first.upper, first.end, first.unit, first.kind = second.value, second.end, second.unit, second.kind
    if not link and not first.bound:
        first.bound = second.bound
    return True


def _is_amount(core: Core) -> bool:
    return core.kind not in ("year", "ordinal") and core.upper is None


def _dashes_go_on(lowered: str, first: Core, second: Core) -> bool:
    """More than two numbers with dashes: a telephone number, a version, a part's number."""
    ahead, behind = lowered[max(0, first.start - 2) : first.start], lowered[second.end : second.end + 2]
    return (ahead[1:] in ("-", "–") and ahead[:1].isdecimal()) or (behind[:1] in ("-", "–") and behind[1:].isdecimal())


def _share(first: Core, second: Core) -> bool:
    """Let `first` have what stands behind both: "4 to 6 million euros". False when the two are of different kinds."""
    if second.prefixed and not first.unit:
        return False
    if first.unit and first.unit != second.unit and not (first.prefixed and not second.unit):
        return False
    if second.times > 1 and first.times == 1 and first.num * second.den <= second.num * first.den:
        first.times = second.times
    if not first.unit:
        first.unit, first.kind = second.unit, second.kind
    elif not second.unit:
        second.unit, second.kind = first.unit, first.kind
    return True
