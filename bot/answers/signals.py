"""Signals: what speaks for a sentence, each as one number between about 0 and 1, under a name.

They are computed for a question, a stretch of text and what stands around it; nothing here knows which is right. The
ranking weighs them (`ranking.py`); the decision looks at some of them directly.
"""

from __future__ import annotations

from operator import mul
from typing import TYPE_CHECKING, NamedTuple

from bot.answers.question_words import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answers.coverage import Lookup
    from bot.answers.question import Key, Question
    from bot.answers.units import Unit

_WINDOW = 8  # words that stand together
_ADJACENT = 2  # words from one to the next, with one between them
_USUAL_LENGTH = 14  # content words of a sentence


class Matches(NamedTuple):
    """How well each key is matched: in the unit, in its neighbours, and anywhere around (weighted)."""

    inside: tuple[float, ...]
    before: tuple[float, ...]
    second_before: tuple[float, ...]
    behind: tuple[float, ...]
    around: tuple[float, ...]


class Standing(NamedTuple):
    """Where a unit stands: how its passage was found, and among what."""

    passage: float  # 0..1, beside the best passage
    best_in_passage: float  # the best `inside` coverage of any unit of its passage
    units: int  # in its passage


_OWN_KINDS = tuple(w for w in Wanted if w not in (Wanted.WHICH, Wanted.YES_NO, Wanted.WHAT))
NAMES = (
    "coverage", "inside", "kind", "passage", "length", "inside*kind", "verbs", "things", "numbers", "others", "matched",
    "exact", "around", "passage^2", "coverage^2", "unmatched", "number*counted", "new names*who", "new names*other",
    "best in passage", "crowded", "union", "union gain", "second before gain", "behind gain", "names in union",
    "union*refers back", "absolute union", "absolute missing", "by length", "alike", "alike gain", "alike in union",
    "window", "adjacent", "bound", *(f"kind*{wanted.value}" for wanted in _OWN_KINDS),
)  # fmt: skip


def signals(
    question: Question,
    weights: Sequence[float],
    rarities: Sequence[float],
    unit: Unit,
    matches: Matches,
    standing: Standing,
    kind: float,
    new_names: int,
    lookup: Lookup,
) -> tuple[float, ...]:
    """The signals in the order of `NAMES`. `weights` sum to 1, `rarities` are the keys' plain idf."""
    inside, before = matches.inside, matches.before
    keys = question.keys
    coverage = _weighted(weights, matches.around)
    own = _weighted(weights, inside)
    both = [max(a, b) for a, b in zip(inside, before, strict=True)]
    union = _weighted(weights, both)
    earlier = _weighted(weights, [max(a, b) for a, b in zip(both, matches.second_before, strict=True)])
    neighbours = [max(a, b) for a, b in zip(both, matches.behind, strict=True)]
    similar = lookup.with_alike(unit, inside, unit.language)
    alike = _weighted(weights, similar)
    places = lookup.places(unit)
    content = unit.content
    matched = {i for row in places for i in row}
    number = float(any(word.kind == "number" for word in unit.words))
    names = min(5, new_names) / 3
    wanted = question.wanted
    counted = wanted in (Wanted.HOW_MANY, Wanted.HOW_MUCH, Wanted.WHEN)
    who = wanted in (Wanted.WHO, Wanted.WHERE)
    count = max(1, len(weights))
    return (
        coverage,
        own,
        kind,
        standing.passage,
        min(400, unit.end - unit.start) / 200,
        own * kind,
        _share(keys, weights, inside, "is_verb"),
        _share(keys, weights, inside, "is_thing"),
        _share(keys, weights, inside, "is_number"),
        _share_of_others(keys, weights, inside),
        sum([m > 0 for m in inside]) / count,
        sum([m >= 0.9 for m in inside]) / count,
        coverage - own,
        standing.passage**2,
        coverage**2,
        min(20, len(content) - len(matched)) / 10,
        number * counted,
        names * who,
        names * (not who),
        standing.best_in_passage or 1.0,
        min(20, standing.units) / 20,
        union,
        union - own,
        earlier - union,
        _weighted(weights, neighbours) - union,
        _share(keys, weights, both, "is_name"),
        unit.refers_back * (union - own),
        _weighted(rarities, both) / 10,
        sum([r * (1 - v) for r, v in zip(rarities, neighbours, strict=True)]) / 10,
        _by_length(rarities, inside, places, len(content)),
        alike,
        alike - own,
        _weighted(weights, [max(a, b) for a, b in zip(similar, before, strict=True)]),
        _best_window(weights, inside, places),
        _adjacent(weights, places),
        _bound(question, weights, inside, unit, places, matched),
        *[kind * (one is wanted) for one in _OWN_KINDS],
    )


def _weighted(weights: Sequence[float], values: Sequence[float]) -> float:
    total: float = sum(map(mul, weights, values))
    return total


def _share(keys: Sequence[Key], weights: Sequence[float], values: Sequence[float], flag: str) -> float:
    """How well the keys of one sort are matched; a half where the question has none of them."""
    whole = said = 0.0
    for key, weight, value in zip(keys, weights, values, strict=True):
        if getattr(key, flag):
            whole += weight
            said += weight * value
    return said / whole if whole else 0.5


def _share_of_others(keys: Sequence[Key], weights: Sequence[float], values: Sequence[float]) -> float:
    """As `_share`, for what is neither name nor verb."""
    whole = said = 0.0
    for key, weight, value in zip(keys, weights, values, strict=True):
        if not key.is_name and not key.is_verb:
            whole += weight
            said += weight * value
    return said / whole if whole else 0.5


def _by_length(
    rarities: Sequence[float], inside: Sequence[float], places: Sequence[Sequence[int]], length: int
) -> float:
    """BM25 of the unit by itself: what a long sentence says it says with less weight."""
    found = 0.0
    damping = 1.2 * (0.25 + 0.75 * max(1, length) / _USUAL_LENGTH)
    for rarity, value, places_of_key in zip(rarities, inside, places, strict=True):
        if value > 0:
            times = len(places_of_key) or 1
            found += rarity * min(1.0, value) * times * 2.2 / (times + damping)
    return found / 10


def _best_window(weights: Sequence[float], inside: Sequence[float], places: Sequence[Sequence[int]]) -> float:
    """The most that is said within a few words."""
    rows = sorted((at, key) for key, places_of_key in enumerate(places) for at in places_of_key)
    counts = [0] * len(weights)
    best = said = 0.0
    left = 0
    for at, key in rows:
        counts[key] += 1
        if counts[key] == 1:
            said += weights[key] * inside[key]
        while at - rows[left][0] > _WINDOW:
            gone = rows[left][1]
            counts[gone] -= 1
            if not counts[gone]:
                said -= weights[gone] * inside[gone]
            left += 1
        best = max(best, said)
    return best


def _adjacent(weights: Sequence[float], places: Sequence[Sequence[int]]) -> float:
    """How much of the question's neighbouring keys stand side by side in the unit, too, and in the same order."""
    near = whole = 0.0
    for i in range(len(weights) - 1):
        weight = weights[i] + weights[i + 1]
        whole += weight
        behind = set(places[i + 1])
        if any(at + step in behind for at in places[i] for step in range(1, _ADJACENT + 1)):
            near += weight
    return near / whole if whole else 0.0


def _bound(
    question: Question,
    weights: Sequence[float],
    inside: Sequence[float],
    unit: Unit,
    places: Sequence[Sequence[int]],
    matched: set[int],
) -> float:
    """How near a sign of the wanted kind (a number, a name) stands to the question's words; 0 for kinds without."""
    wanted = question.wanted
    words = unit.words
    if wanted in (Wanted.HOW_MANY, Wanted.HOW_MUCH, Wanted.WHEN):
        signs = [i for i in unit.content if words[i].kind == "number" and i not in matched]
    elif wanted in (Wanted.WHO, Wanted.WHERE):
        signs = [i for i in unit.content if i and words[i].text[:1].isupper() and i not in matched]
    else:
        return 0.0
    if not signs or not matched:
        return 0.0
    values = [0.0] * min(len(signs), _MOST_SIGNS)
    for weight, value, places_of_key in zip(weights, inside, places, strict=True):
        if not places_of_key:
            continue
        for n, distance in enumerate(_distances(signs[:_MOST_SIGNS], places_of_key)):
            values[n] += weight * value / (1 + max(0, distance - 1) / 4)
    return max(values)


_MOST_SIGNS = 40


def _distances(signs: Sequence[int], places: Sequence[int]) -> list[int]:
    """How far each of some ordered places is from the nearest of others, in linear time: sentences may be long."""
    found = []
    at = 0
    for sign in signs:
        while at + 1 < len(places) and abs(places[at + 1] - sign) <= abs(places[at] - sign):
            at += 1
        found.append(abs(places[at] - sign))
    return found
