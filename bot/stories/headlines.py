"""Headlines: how likely two short texts tell one story, by a small learned model over plain signals.

A dozen words are alike by chance, and another outlet's dozen are others: names, rare words, letters in common and the
hours between count together. The weights are a reviewed file, learned by `python -m tests.eval.train_stories`.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.stories.fingerprints import Fingerprint

DATA = Path(__file__).with_name("headlines.json")
NAMES = (
    "alike", "least", "most", "shared", "shared_alike", "rarest", "second", "third", "names", "nameless", "letters",
    "letters_alike", "numbers", "other_numbers", "hours", "hours_alike", "later", "one_language", "one_language_alike",
    "one_language_shared", "few_words", "size",
)  # fmt: skip
_MOST_SHARED = 4.0
_MOST_NUMBERS = 2
_LATER_H = 36
_FEW_WORDS = 4


def likelihood(one: Fingerprint, other: Fingerprint, hours: float, rarity: Callable[[str], float]) -> float:
    """How likely two headlines tell one story, 0..1. `rarity` gives a term's weight, 0..1, larger for rarer ones."""
    weights, bias = _weights()
    score = bias + sum([w * s for w, s in zip(weights, signals(one, other, hours, rarity), strict=True)])
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def signals(one: Fingerprint, other: Fingerprint, hours: float, rarity: Callable[[str], float]) -> tuple[float, ...]:
    """The signals of `NAMES`, the same for both orders of the two."""
    mine, theirs = _Said(one, other, rarity), _Said(other, one, rarity)
    alike = math.sqrt(mine.share * theirs.share)
    shared = min((mine.shared + theirs.shared) / 2, _MOST_SHARED)
    rarest = [*max(mine.rarities, theirs.rarities), 0.0, 0.0, 0.0][:3]
    named = mine.named and theirs.named
    letters = _letters_alike(one, other)
    same_language = float(one.language == other.language)
    late = math.log1p(abs(hours))
    both_numbers = bool(one.numbers and other.numbers)
    same_numbers = len(one.numbers & other.numbers)
    return (
        alike,
        min(mine.share, theirs.share),
        max(mine.share, theirs.share),
        shared,
        shared * alike,
        *rarest,
        math.sqrt(mine.names_share * theirs.names_share) if named else 0.0,
        float(not named),
        letters,
        letters * alike,
        float(min(same_numbers, _MOST_NUMBERS)),
        float(both_numbers and not same_numbers),
        late,
        late * alike,
        float(abs(hours) > _LATER_H),
        same_language,
        same_language * alike,
        same_language * shared,
        float(min(len(one.said), len(other.said)) < _FEW_WORDS),
        math.log1p(min(mine.whole, theirs.whole)),
    )


class _Said:
    """What of a headline another says, too, weighed by rarity."""

    def __init__(self, one: Fingerprint, other: Fingerprint, rarity: Callable[[str], float]) -> None:
        there = other.senses_said
        whole = shared = names = names_shared = 0.0
        self.rarities: list[float] = []
        for content in one.said:
            weight = rarity(content.term)
            is_name = not content.senses.isdisjoint(one.names)
            whole += weight
            names += weight if is_name else 0.0
            if not there.isdisjoint(content.senses):
                shared += weight
                names_shared += weight if is_name else 0.0
                self.rarities.append(weight)
        self.rarities.sort(reverse=True)
        self.whole = whole
        self.shared = shared
        self.share = shared / whole if whole else 0.0
        self.named = names > 0
        self.names_share = names_shared / names if names else 0.0


def _letters_alike(one: Fingerprint, other: Fingerprint) -> float:
    both = len(one.letters) + len(other.letters)
    return 2 * len(one.letters & other.letters) / both if both else 0.0


@cache
def _weights() -> tuple[tuple[float, ...], float]:
    read = json.loads(DATA.read_text(encoding="utf-8"))
    return tuple(read["weights"][name] for name in NAMES), read["bias"]
