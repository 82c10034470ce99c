"""Coverage: how well stretches of text say each key of a question, looked up from their terms, all keys at a time."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from bot.languages.words import fold
from bot.library.said_terms import number_of
from bot.library.search_terms import known_terms, terms_of_verbs_in_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.answers.question import Question
    from bot.answers.units import Unit

_CLEARLY = 0.5  # an alternative of less weight says too little to be looked for word by word
# How much of their runs of three letters two words must share to be alike: "Restauration" and "restaurieren",
# "hugenottisch" and "Hugenotten". Between languages words look alike by chance more often.
ALIKE, ALIKE_ABROAD = 0.35, 0.45
_SHORTEST_ALIKE = 4
_T = TypeVar("_T")
_LONGEST_ALIKE = 40  # what is longer is no word of a language


class Lookup:
    """A question's keys turned round, from terms to keys. One serves all texts that are looked at for a question."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._keys = len(question.keys)
        self.nothing = (0.0,) * self._keys
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
        self._all_terms = frozenset(one for key in question.keys for way in key.alternatives for one in way.terms)
        self._numbered = {number_of(one): one for one in self._all_terms}
        self._numbers = frozenset(self._numbered)
        self._matched: dict[frozenset[str], tuple[float, ...]] = {}
        self._clear_terms = frozenset(clearly)
        self._own: dict[str, list[int]] = {}  # runs of three letters → the keys whose own word holds them
        self._sizes = [0] * self._keys
        for i, key in enumerate(question.keys):
            own = fold(key.words.split()[-1]) if key.words.split() else ""
            if not key.is_number and _SHORTEST_ALIKE <= len(own) <= _LONGEST_ALIKE:
                runs = set(_runs(own))
                self._sizes[i] = len(runs)
                for run in runs:
                    self._own.setdefault(run, []).append(i)
        self._own_runs = frozenset(self._own)
        self._alike = _Kept(self._alike_of)
        self._clearly_said: dict[str, _Kept[tuple[int, ...]]] = {}  # by language

    def said(self, tokens: Sequence[str], text: str, language: str) -> frozenset[str]:
        """Those of the terms of a text, and of the tokens it is made of, that matter to the question."""
        found = self._all_terms.intersection(chain.from_iterable(map(known_terms(language).__getitem__, tokens)))
        verbs = terms_of_verbs_in_parts(tokens, text, language)
        return found.union(self._all_terms.intersection(verbs)) if verbs else found

    def said_in(self, unit: Unit) -> frozenset[str]:
        return self.said(unit.tokens, unit.text, unit.language)

    def said_by(self, numbers: Sequence[int]) -> frozenset[str]:
        """As `said`, of a text whose terms were kept by their numbers."""
        found = self._numbers.intersection(numbers)
        return frozenset(map(self._numbered.__getitem__, found))

    def match(self, terms: frozenset[str]) -> tuple[float, ...]:
        """How well a set of terms says each key: the weight of the best alternative that stands there."""
        found = self._terms & terms
        if not found:
            return self.nothing
        known = self._matched.get(terms)
        if known is None:
            known = self._matched[terms] = self._best(found, terms)
        return known

    def _best(self, found: frozenset[str], terms: frozenset[str]) -> tuple[float, ...]:
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
        said = self._clearly_said.get(unit.language)
        if said is None:
            said = self._clearly_said[unit.language] = _Kept(partial(self._says_clearly, known_terms(unit.language)))
        words = unit.words
        for at in unit.content:
            for i in said[words[at].text]:
                places[i].append(at)
        return places

    def _says_clearly(self, terms: Mapping[str, tuple[str, ...]], word: str) -> tuple[int, ...]:
        """Which keys a word says something of."""
        return tuple(sorted({i for one in self._clear_terms.intersection(terms[word]) for i in self._clearly[one]}))

    def with_alike(self, unit: Unit, inside: Sequence[float], language: str) -> list[float]:
        """`inside`, with words counted that look like the key's own: of one family, or part of one compound."""
        values = list(inside)
        least = ALIKE if language == self._question.language else ALIKE_ABROAD
        words, alike = unit.words, self._alike
        for at in unit.content:
            for i, share in alike[words[at].text]:
                if share > least and share > values[i]:
                    values[i] = share
        return values

    def _alike_of(self, written: str) -> tuple[tuple[int, float], ...]:
        word = fold(written)
        return self._shares(word) if len(word) <= _LONGEST_ALIKE else ()

    def _shares(self, word: str) -> tuple[tuple[int, float], ...]:
        runs = _runs(word)
        shared = self._own_runs.intersection(runs)
        if len(shared) < 2:  # one run in common is chance
            return ()
        length = len(set(runs))
        counts: dict[int, int] = {}
        for run in shared:
            for i in self._own[run]:
                counts[i] = counts.get(i, 0) + 1
        shares = ((i, 2 * count / (self._sizes[i] + length)) for i, count in counts.items())
        return tuple((i, share) for i, share in shares if share > ALIKE)


class _Kept(dict[str, _T]):
    """What a function says of words, each asked once."""

    def __init__(self, ask: Callable[[str], _T]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, word: str) -> _T:
        said = self[word] = self._ask(word)
        return said


def _runs(word: str) -> list[str]:
    """The runs of three letters of a folded word, with its borders."""
    bordered = f"^{word}$"
    return [bordered[i : i + 3] for i in range(len(word))]
