"""Alignment: which stretch of one text says what a sentence of another says, and how much of each text the other says.

A translator or an editor may join, part and move sentences: each is compared with two neighbouring ones at once.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.stories.fingerprints import Fingerprint

_MATCHED = 0.4  # of a sentence's words: then the two say the same thing or nearly


class Match(NamedTuple):
    """A sentence of one text and where the other says it: in sentences `first` and `first + 1`."""

    first: int
    share: float  # of the sentence's words that stand there, 0..1
    weight: int


class Alignment:
    """Where `other` says each sentence of `one`. Not symmetric. Each sentence is looked for when it is asked for."""

    def __init__(self, one: Fingerprint, other: Fingerprint) -> None:
        self._one = one
        self._other = other
        self._matches: dict[int, Match] = {}

    def match(self, number: int) -> Match:
        """Where the other says this sentence; `share` is 0 where it nowhere does."""
        found = self._matches.get(number)
        if found is None:
            found = self._matches[number] = self._match(number)
        return found

    @cached_property
    def share(self) -> float:
        """Share of the text's words that stand where the other says the same, 0..1."""
        matches = [self.match(number) for number in range(len(self._one.sentences))]
        return sum([match.share * match.weight for match in matches]) / max(1, sum([match.weight for match in matches]))

    @property
    def matched(self) -> int:
        """How many sentences the other says, too, or nearly."""
        return len(self._places)

    @cached_property
    def in_order(self) -> float:
        """Share of the matched sentences that follow each other as in the other text, 0..1."""
        return _in_order(self._places)

    @cached_property
    def _places(self) -> list[int]:
        matches = [self.match(number) for number in range(len(self._one.sentences))]
        return [match.first for match in matches if match.weight and match.share >= _MATCHED]

    def _match(self, number: int) -> Match:
        sentence = self._one.sentences[number]
        weight = sum([content.weight for content in sentence])
        if self._one.text_of(number) in self._other.lines:
            there = self._other.lines[self._one.text_of(number)]
            return Match(there - 1 if number < there else there, 1.0, weight)
        places = self._other.places
        # The weights found at each place, added up for all places at once: bit `p` of `sums[k]` is bit `k` of what was
        # found at place `p`.
        sums: list[int] = []
        for content in sentence:
            mask = 0
            for sense in content.senses:
                mask |= places.get(sense, 0)
            if mask:
                for bit in _BITS[content.weight]:
                    _add(sums, bit, mask)
        best, where = 0, 0
        for bit in reversed(range(len(sums))):
            if best & sums[bit] if best else sums[bit]:
                best = best & sums[bit] if best else sums[bit]
                where |= 1 << bit
        return Match(_nearest(best, number), where / weight if weight else 0.0, weight)


_BITS = {2: (1,), 3: (0, 1)}


def _add(sums: list[int], bit: int, carry: int) -> None:
    while carry:
        if bit >= len(sums):
            sums += [0] * (bit + 1 - len(sums))
        sums[bit], carry = sums[bit] ^ carry, sums[bit] & carry
        bit += 1


def _nearest(places: int, number: int) -> int:
    """The number of the set bit that is nearest; 0 when none is set."""
    before = (places & ((2 << number) - 1)).bit_length() - 1
    behind = places >> number
    after = number + (behind & -behind).bit_length() - 1
    if not behind or (before >= 0 and number - before <= after - number):
        return max(0, before)
    return after


def _in_order(places: Sequence[int]) -> float:
    """The longest run of places that never goes back, as a share of all."""
    ends: list[int] = []
    for place in places:
        at = bisect_right(ends, place)
        ends[at : at + 1] = [place]
    return len(ends) / len(places) if places else 0.0
