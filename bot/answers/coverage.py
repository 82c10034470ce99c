"""Coverage: how well stretches of text say each key of a question, looked up from their terms, all keys at a time."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bot.languages.words import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answers.question import Question
    from bot.answers.units import Unit

_CLEARLY = 0.5  # an alternative of less weight says too little to be looked for word by word
# How much of their runs of three letters two words must share to be alike: "Restauration" and "restaurieren",
# "hugenottisch" and "Hugenotten". Between languages words look alike by chance more often.
ALIKE, ALIKE_ABROAD = 0.35, 0.45
_SHORTEST_ALIKE = 4
_LONGEST_ALIKE = 40  # what is longer is no word of a language


class Lookup:
    """A question's keys turned round, from terms to keys. One serves all texts that are looked at for a question."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._keys = len(question.keys)
        self._nothing = (0.0,) * self._keys
        single: dict[str, list[tuple[int, float]]] = {}
        several: dict[str, list[tuple[tuple[str, ...], int, float]]] = {}
        clearly: dict[str, list[int]] = {}
        for i, key in enumerate(question.keys):
            for alternative in key.alternatives:
                if len(alternative.terms) == 1:
                    single.setdefault(alternative.terms[0], []).append((i, alternative.weight))
                else:
                    several.setdefault(alternative.terms[0], []).append((alternative.terms, i, alternative.weight))
                if alternative.weight >= _CLEARLY:
                    for one in alternative.terms:
                        clearly.setdefault(one, []).append(i)
        self._single, self._several, self._clearly = single, several, clearly
        self._terms = frozenset(single) | frozenset(several)
        self._clear_terms = frozenset(clearly)
        self._own: dict[str, list[int]] = {}  # runs of three letters → the keys whose own word holds them
        self._sizes = [0] * self._keys
        for i, key in enumerate(question.keys):
            own = fold(key.words.split()[-1]) if key.words.split() else ""
            if not key.is_number and _SHORTEST_ALIKE <= len(own) <= _LONGEST_ALIKE:
                runs = _runs(own)
                self._sizes[i] = len(runs)
                for run in runs:
                    self._own.setdefault(run, []).append(i)
        self._own_runs = frozenset(self._own)
        self._alike: dict[str, tuple[tuple[int, float], ...]] = {}

    def match(self, terms: frozenset[str]) -> tuple[float, ...]:
        """How well a set of terms says each key: the weight of the best alternative that stands there."""
        found = self._terms & terms
        if not found:
            return self._nothing
        values = [0.0] * self._keys
        for one in found:
            for i, weight in self._single.get(one, ()):
                values[i] = max(values[i], weight)
            for all_of_it, i, weight in self._several.get(one, ()):
                if weight > values[i] and terms.issuperset(all_of_it):
                    values[i] = weight
        return tuple(values)

    def places(self, unit: Unit) -> list[list[int]]:
        """Which words of a unit say something of each key, by their number, ascending."""
        places: list[list[int]] = [[] for _ in range(self._keys)]
        if self._clear_terms.isdisjoint(unit.terms):
            return places
        for at in unit.content:
            for one in self._clear_terms & unit.of_words[at]:
                for i in self._clearly[one]:
                    if not places[i] or places[i][-1] != at:
                        places[i].append(at)
        return places

    def with_alike(self, unit: Unit, inside: Sequence[float], language: str) -> list[float]:
        """`inside`, with words counted that look like the key's own: of one family, or part of one compound."""
        values = list(inside)
        least = ALIKE if language == self._question.language else ALIKE_ABROAD
        for at in unit.content:
            for i, share in self._alike_of(unit.folded[at]):
                if share > least and share > values[i]:
                    values[i] = share
        return values

    def _alike_of(self, word: str) -> tuple[tuple[int, float], ...]:
        found = self._alike.get(word)
        if found is None:
            found = self._alike[word] = self._shares(word) if len(word) <= _LONGEST_ALIKE else ()
        return found

    def _shares(self, word: str) -> tuple[tuple[int, float], ...]:
        runs = _runs(word)
        shared = self._own_runs & runs
        if len(shared) < 2:  # one run in common is chance
            return ()
        counts: dict[int, int] = {}
        for run in shared:
            for i in self._own[run]:
                counts[i] = counts.get(i, 0) + 1
        shares = ((i, 2 * count / (self._sizes[i] + len(runs))) for i, count in counts.items())
        return tuple((i, share) for i, share in shares if share > ALIKE)


@lru_cache(maxsize=16384)
def _runs(word: str) -> frozenset[str]:
    """The runs of three letters of a folded word, with its borders."""
    bordered = f"^{word}$"
    return frozenset([bordered[i : i + 3] for i in range(len(bordered) - 2)])
