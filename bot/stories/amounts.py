"""Amounts: the numbers that each sentence states, so that the same one is known again in another notation or unit."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from bot.languages.numbers import numbers_in
from bot.languages.units import common_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain import Sentence

_ROUNDED = 0.05  # "about 300" may be another writer's 312
_HALF_DAY = 12
MOST_AMOUNTS = 250  # of one text: tables of figures are recognised by their first rows
# Of what is no amount (dates, times of day, results): two digits at a time, so that 23:30, 23.30 and 2330 are the same.
_CLOCK = re.compile(r"\s?(?:Uhr|GMT|UTC|[ap]\.?m\b)")
_FIGURES = re.compile(r"\d{1,2}")


class Amount(NamedTuple):
    """A number that a text states; `unit` is "" for counts."""

    value: float
    unit: str
    loose: bool  # "about", "more than" …
    named: bool  # read as an amount; else a figure of a date, a time of day, a result


def amounts_in(text: str, sentences: Sequence[Sentence], language: str) -> tuple[tuple[Amount, ...], ...]:
    """The amounts of every sentence, numbers that `numbers_in` does not count (results, times of day) among them."""
    mentions = [
        (m.start, m.end, [Amount(v, m.unit, bool(m.bound), True) for v in (m.value, m.upper) if v is not None])
        for m in numbers_in(text, language)
        if not _CLOCK.match(text, m.end)
    ]
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


class Stated:
    """The amounts that a text states, to be looked up."""

    def __init__(self, amounts: Iterable[Amount]) -> None:
        self._amounts = tuple(amounts)
        self._values = frozenset([amount.value for amount in self._amounts])

    def __contains__(self, amount: Amount) -> bool:
        """Whether one of them is the same amount: about the same where one of the two says "about"."""
        return amount.value in self._values or any(_same(amount, other) for other in self._amounts)


def _same(one: Amount, other: Amount) -> bool:
    if math.isclose(one.value, other.value, rel_tol=1e-6):
        return True
    if not one.named and not other.named and max(one.value, other.value) <= 2 * _HALF_DAY:
        return abs(one.value - other.value) == _HALF_DAY
    value, size = common_size(one.value, one.unit)
    value_there, size_there = common_size(other.value, other.unit)
    tolerance = _ROUNDED if one.loose or other.loose else 1e-6
    return size == size_there and math.isclose(value, value_there, rel_tol=tolerance)


def comparable(one: Amount, other: Amount) -> bool:
    """Whether two amounts are of one kind, so that one may stand in place of the other."""
    return common_size(1.0, one.unit)[1] == common_size(1.0, other.unit)[1]
