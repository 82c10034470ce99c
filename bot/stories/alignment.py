"""Alignment: which stretch of one text says what a sentence of another says, and how much of each text the other says.

A translator or an editor may join, part and move sentences: each is compared with two neighbouring ones at once.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.stories.fingerprints import Content

_MATCHED = 0.4  # of a sentence's words: then the two say the same thing or nearly


class Match(NamedTuple):
    """A sentence of one text and where the other says it: in sentences `first` and `first + 1`."""

    sentence: int
    first: int
    share: float  # of the sentence's words that stand there, 0..1
    weight: float


class Alignment(NamedTuple):
    """How one text is said by another."""

    matches: tuple[Match, ...]
    share: float  # of the text's words that stand where the other says the same, 0..1
    in_order: float  # share of the matched sentences that follow each other as in the other text, 0..1


def align(one: Sequence[Sequence[Content]], other: Sequence[Sequence[Content]]) -> Alignment:
    """Where `other` says each sentence of `one`. Not symmetric."""
    where: dict[str, set[int]] = {}
    for number, sentence in enumerate(other):
        for content in sentence:
            for sense in content.senses:
                where.setdefault(sense, set()).add(number)
    matches = []
    for number, sentence in enumerate(one):
        weight = sum(content.weight for content in sentence)
        if not weight:
            continue
        found: dict[int, float] = {}
        for content in sentence:
            places: set[int] = set()
            for sense in content.senses:
                places |= where.get(sense, _NOWHERE)
            for place in places | {place - 1 for place in places if place}:
                found[place] = found.get(place, 0.0) + content.weight
        best = max(found, key=lambda place: (found[place], -abs(place - number)), default=0)
        matches.append(Match(number, best, found.get(best, 0.0) / weight, weight))
    whole = sum(match.weight for match in matches)
    share = sum(match.share * match.weight for match in matches) / whole if whole else 0.0
    return Alignment(tuple(matches), share, _in_order([m.first for m in matches if m.share >= _MATCHED]))


_NOWHERE: set[int] = set()


def _in_order(places: Sequence[int]) -> float:
    """The longest run of places that never goes back, as a share of all."""
    ends: list[int] = []
    for place in places:
        at = bisect_right(ends, place)
        ends[at : at + 1] = [place]
    return len(ends) / len(places) if places else 0.0
