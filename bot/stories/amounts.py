"""Amounts: the numbers that each sentence states, so that the same one is known again in another notation or unit."""

from __future__ import annotations

import math
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from bot.languages.numbers import numbers_in
from bot.languages.units import common_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain import Sentence
    from bot.languages.numbers import NumberMention

_ROUNDED = 0.05  # "about 300" may be another writer's 312
_HALF_DAY = 12
_CURRENCY = 3  # letters of a currency's code
MOST_AMOUNTS = 250  # of one text: tables of figures are recognised by their first rows
# Of what is no amount (dates, times of day, results): two digits at a time, so that 23:30, 23.30 and 2330 are the same.
_CLOCK = re.compile(r"\s?(?:Uhr|GMT|UTC|[ap]\.?m\b)")
_FIGURES = re.compile(r"\d{1,2}")
_LAKHS = re.compile(r"(?<![\d.,])\d{1,2}(?:[.,]\d\d){1,3}[.,]\d{3}(?![\d.,]?\d)")  # 2,06,737: as India groups
_MOST_LAKHS = 50
_BILLION = 1e9  # an English billion is no German one: false friends
# A translator may keep a number and change its unit: 100 feet are 30 metres, not 100. How many times as much that is:
# feet in metres, acres in hectares, pounds in kilograms, gallons in litres. Miles and yards are left out: other figures
# differ by as much often enough.
_SLIPS = {"m": 3.281, "m²": 2.471, "g": 2.205, "l": 3.785}
_ROUNDED_SLIP = 0.02


class Amount(NamedTuple):
    """A number that a text states; `unit` is "" for counts."""

    value: float
    unit: str
    loose: bool  # "about", "more than" …
    named: bool  # read as an amount; else a figure of a date, a time of day, a result
    other_end: float | None = None  # of a range


def amounts_in(text: str, sentences: Sequence[Sentence], language: str) -> tuple[tuple[Amount, ...], ...]:
    """The amounts of every sentence, numbers that `numbers_in` does not count (results, times of day) among them."""
    mentions = [(m.start, m.end, _ends(m)) for m in numbers_in(text, language) if not _CLOCK.match(text, m.end)]
    for match in islice(_LAKHS.finditer(text), _MOST_LAKHS):
        mentions = [m for m in mentions if m[1] <= match.start() or m[0] >= match.end()]
        value = float(re.sub(r"\D", "", match.group()))
        mentions.append((match.start(), match.end(), [Amount(value, "", False, True)]))
    mentions.sort(key=lambda m: m[0])
    ends = iter(mentions)
    current = next(ends, None)
    for match in _FIGURES.finditer(text):
        while current is not None and current[1] <= match.start():
            current = next(ends, None)
        if current is None or match.end() <= current[0]:
            mentions.append((match.start(), match.end(), [Amount(float(match.group()), "", False, False)]))
    mentions = sorted(mentions, key=lambda m: m[0])[:MOST_AMOUNTS]
    found: list[tuple[Amount, ...]] = []
    at = 0
    for sentence in sentences:
        inside: list[Amount] = []
        while at < len(mentions) and mentions[at][0] < sentence.end:
            inside += mentions[at][2]
            at += 1
        found.append(tuple(inside))
    return tuple(found)


def _ends(mention: NumberMention) -> list[Amount]:
    loose = bool(mention.bound)
    if mention.upper is None:
        return [Amount(mention.value, mention.unit, loose, True)]
    low, high = mention.value, mention.upper
    return [Amount(low, mention.unit, loose, True, high), Amount(high, mention.unit, loose, True, low)]


class Stated:
    """The amounts that a text states, to be looked up: an amount is one of them in another notation or unit, too.

    About the same is the same where one of the two says "about". Money is other money in another currency.
    """

    def __init__(self, amounts: Iterable[Amount]) -> None:
        self._values: set[float] = set()
        self._not_money: set[float] = set()
        self._sizes: set[tuple[str, str]] = set()
        self._unitless: set[str] = set()
        self._figures: set[float] = set()
        self._by_size: dict[str, list[float]] = {}
        self._loose: dict[str, list[float]] = {}
        for amount in amounts:
            value, size = common_size(amount.value, amount.unit)
            self._values.add(amount.value)
            self._sizes.add((size, _digits(value)))
            self._by_size.setdefault(size, []).append(value)
            if not _is_money(amount.unit):
                self._not_money.add(amount.value)
            if not amount.unit:
                self._unitless.add(_digits(amount.value))
            if amount.loose:
                self._loose.setdefault(size, []).append(value)
            if not amount.named:
                self._figures.add(amount.value)

    def __contains__(self, amount: Amount) -> bool:
        if amount.value in (self._not_money if _is_money(amount.unit) else self._values):
            return True
        value, size = common_size(amount.value, amount.unit)
        if (size, _digits(value)) in self._sizes:
            return True
        about = (self._by_size if amount.loose else self._loose).get(size, ())
        if any(math.isclose(value, other, rel_tol=_ROUNDED) for other in about):
            return True
        # "A third" is read as an ordinal where nothing tells it from one.
        if not amount.unit and amount.value and _digits(1 / amount.value) in self._unitless:
            return True
        if amount.named or amount.value > 2 * _HALF_DAY:
            return False
        return any(0 <= v <= 2 * _HALF_DAY and v in self._figures for v in _half_a_day_from(amount.value))


def _digits(value: float) -> str:
    return f"{value:.7g}"


def _half_a_day_from(value: float) -> tuple[float, float]:
    return value - _HALF_DAY, value + _HALF_DAY


def _is_money(unit: str) -> bool:
    return len(unit) == _CURRENCY and unit.isupper()


def comparable(one: Amount, other: Amount) -> bool:
    """Whether two amounts are of one kind, so that one may stand in place of the other.

    Money in two currencies is when the number is the same: another number may be the same money, converted.
    """
    if _is_money(one.unit) and _is_money(other.unit) and one.unit != other.unit:
        return math.isclose(one.value, other.value, rel_tol=1e-6)
    return common_size(1.0, one.unit)[1] == common_size(1.0, other.unit)[1]


def may_be_a_slip(one: Amount, other: Amount) -> bool:
    """Whether translators may have made one amount into the other, or two ranges differ by one of their ends."""
    (value, size), (value_there, size_there) = common_size(one.value, one.unit), common_size(other.value, other.unit)
    if size != size_there or min(value, value_there) <= 0:
        return False
    if one.other_end is not None and one.other_end == other.other_end:
        return True
    times = max(value, value_there) / min(value, value_there)
    if min(value, value_there) >= _BILLION and math.isclose(times, 1000, rel_tol=1e-6):
        return True
    return math.isclose(times, _SLIPS.get(size, 0.0), rel_tol=_ROUNDED_SLIP)
