"""Signals: what speaks for a sentence, each as one number between about 0 and 1, under a name.

They are computed for a question, a stretch of text and what stands around it; nothing here knows which is right. The
ranking weighs them (`ranking.py`); the decision looks at some of them directly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.answers.question_words import Wanted
from bot.languages.words import fold, is_stop_word
from bot.library.search_terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answers.question import Key, Question
    from bot.languages.words import Word

FAMILY = 0.6  # what a word of the same family counts ("negotiation" for "negotiate")
_CLEARLY = 0.5  # an alternative of less weight says too little to be looked for word by word


class Unit(NamedTuple):
    """A stretch of text that may be quoted, analysed: a sentence, or a part of a very long one."""

    start: int
    end: int
    sentence: int  # its number in the version
    words: tuple[Word, ...]
    of_words: tuple[frozenset[str], ...]  # the terms of each word
    terms: frozenset[str]  # of all of them
    content: tuple[int, ...]  # which words carry news
    folded: tuple[str, ...]


def unit_of(start: int, end: int, sentence: int, words: Sequence[Word], language: str) -> Unit:
    """Analyse a stretch. `words` have offsets within the stretch."""
    of_words = tuple(frozenset(terms_of([word], language)) for word in words)
    return Unit(
        start,
        end,
        sentence,
        tuple(words),
        of_words,
        frozenset(terms_of(words, language)),
        tuple(i for i, w in enumerate(words) if w.kind != "word" or not is_stop_word(w.text, language)),
        tuple(fold(word.text) for word in words),
    )


class Matches(NamedTuple):
    """How well each key is matched: in the unit, in the stretch before it, and anywhere around (the best, weighted)."""

    inside: tuple[float, ...]
    before: tuple[float, ...]
    around: tuple[float, ...]


class Standing(NamedTuple):
    """Where a unit stands: its place and how its passage was found."""

    position: int  # sentence number in its document
    passage: float  # 0..1, beside the best passage
    best_in_passage: float  # the best `inside` coverage of any unit of its passage


WANTED_ORDER = tuple(Wanted)
NAMES = (
    "coverage", "inside", "kind", "passage", "first", "length", "fragment", "passage*coverage", "inside*kind", "names",
    "focus", "verbs", "matched", "exact", "around", "best passage", "passage^2", "coverage^2", "inside^2", "family",
    "family gain", "near", "precise", "unmatched", "number", "capitals", "new names", "words", "number*counted",
    "new names*who", "new names*other", "family*kind", "inside/best", "best in passage", "is best in passage",
    "union", "union gain", "before", *(f"kind*{wanted.value}" for wanted in WANTED_ORDER),
)  # fmt: skip


def signals(
    question: Question,
    weights: Sequence[float],
    unit: Unit,
    matches: Matches,
    standing: Standing,
    kind: float,
    new_names: int,
    language: str,
) -> tuple[float, ...]:
    """The signals in the order of `NAMES`."""
    coverage = _weighted(weights, matches.around)
    inside = _weighted(weights, matches.inside)
    before = _weighted(weights, matches.before)
    union = _weighted(weights, [max(a, b) for a, b in zip(matches.inside, matches.before, strict=True)])
    positions, family = _positions(question, weights, unit, matches.inside, language)
    matched = {i for places in positions for i in places}
    number = float(any(word.kind == "number" for word in unit.words))
    capitals = min(8, sum(word.text[:1].isupper() for word in unit.words[1:])) / 4
    names = min(5, new_names) / 3
    counted = question.wanted in (Wanted.HOW_MANY, Wanted.HOW_MUCH, Wanted.WHEN)
    who = question.wanted in (Wanted.WHO, Wanted.WHERE)
    length = unit.end - unit.start
    best = standing.best_in_passage or 1.0
    keys = max(1, len(weights))
    return (
        coverage,
        inside,
        kind,
        standing.passage,
        1 / (1 + standing.position),
        min(400, length) / 200,
        float(length < 40),
        standing.passage * coverage,
        inside * kind,
        _share(question.keys, weights, matches.inside, "is_name"),
        _share(question.keys, weights, matches.inside, "is_focus"),
        _share(question.keys, weights, matches.inside, "is_verb"),
        sum(m > 0 for m in matches.inside) / keys,
        sum(m >= 0.9 for m in matches.inside) / keys,
        coverage - inside,
        float(standing.passage >= 1.0),
        standing.passage**2,
        coverage**2,
        inside**2,
        family,
        family - inside,
        _nearness(positions, weights),
        len(matched) / max(1, len(unit.content)),
        min(20, len(unit.content) - len(matched)) / 10,
        number,
        capitals,
        names,
        len(unit.content) / 20,
        number * counted,
        names * who,
        names * (not who),
        family * kind,
        inside / best,
        best,
        float(inside >= standing.best_in_passage),
        union,
        union - inside,
        before,
        *(kind * (wanted is question.wanted) for wanted in WANTED_ORDER),
    )


def _weighted(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(w * v for w, v in zip(weights, values, strict=True))


def _share(keys: Sequence[Key], weights: Sequence[float], values: Sequence[float], flag: str) -> float:
    """How well the keys of one sort are matched; a half where the question has none of them."""
    chosen = [(w, v) for key, w, v in zip(keys, weights, values, strict=True) if getattr(key, flag)]
    whole = sum(w for w, _ in chosen)
    return sum(w * v for w, v in chosen) / whole if whole else 0.5


def _positions(
    question: Question, weights: Sequence[float], unit: Unit, inside: Sequence[float], language: str
) -> tuple[list[list[int]], float]:
    """Which words say each key, and the coverage when words of the same family count, too."""
    positions: list[list[int]] = []
    family = 0.0
    for key, weight, own in zip(question.keys, weights, inside, strict=True):
        terms = {t for a in key.alternatives if a.weight >= _CLEARLY for t in a.terms}
        positions.append([i for i in unit.content if not terms.isdisjoint(unit.of_words[i])])
        value = own
        if own < FAMILY:
            beginning = key.family_in(language, question.language)
            if beginning and any(unit.folded[i].startswith(beginning) for i in unit.content):
                value = FAMILY
        family += weight * value
    return positions, family


def _nearness(positions: Sequence[Sequence[int]], weights: Sequence[float]) -> float:
    """How close together the words of neighbouring keys stand: 1 side by side."""
    near = whole = 0.0
    for i in range(len(positions) - 1):
        weight = weights[i] + weights[i + 1]
        whole += weight
        if positions[i] and positions[i + 1]:
            distance = _distance(positions[i], positions[i + 1])
            near += weight / max(1, distance)
    return near / whole if whole else 0.0


def _distance(one: Sequence[int], other: Sequence[int]) -> int:
    """The least distance between two ordered rows of places, in linear time: a sentence may be a megabyte."""
    i = j = 0
    least = abs(one[0] - other[0])
    while i < len(one) and j < len(other):
        least = min(least, abs(one[i] - other[j]))
        if one[i] < other[j]:
            i += 1
        else:
            j += 1
    return least
