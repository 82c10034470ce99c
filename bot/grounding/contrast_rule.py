"""Contrasts: a sentence does not say the opposite of its quotes about the same thing.

Only evidence counts: the sentence has one side of a pair of opposites, the quotes have the other and nothing of the
first, nothing near either is denied or weakened, and the words around both are the same. When in doubt it lets pass.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.grounding.amounts import numbers_of
from bot.grounding.opposites import Hit, hits_of, opposed
from bot.languages.lexicon import made_of_translations, translations_of
from bot.languages.words import key_of

if TYPE_CHECKING:
    from bot.grounding.statement import Statement


def opposite(said: Statement, quotes: Sequence[Statement]) -> str:
    """What of a sentence is the opposite of what its quotes say; "" of nothing."""
    mine = hits_of(said)
    theirs = [hits_of(quote) for quote in quotes]
    if turned := _turned_amount(said, quotes):
        return turned
    if not mine:
        return ""
    there = {hit.side for hits in theirs for hit in hits}
    own = {hit.side for hit in mine}
    for hit in mine:
        if hit.damped or hit.side in there:
            continue
        for other, near in opposed().get(hit.side, ()):
            if other not in there or other in own:
                continue
            against = [(n, k) for n, hits in enumerate(theirs) for k in hits if k.side == other]
            if any(k.damped for _, k in against):
                continue
            for n, k in against:
                if _is_same_thing(said, hit, quotes[n], k, near) and not _has_that_word(said, hit, quotes, against):
                    return f"{said.words[hit.first].text} for {quotes[n].words[k.first].text}"
    return ""


def _has_that_word(said: Statement, hit: Hit, quotes: Sequence[Statement], against: Sequence[tuple[int, Hit]]) -> bool:
    """Whether the quotes have the very word in another sense, or another word for it."""
    mine = frozenset().union(*(_nearest_keys(said, i) for i in range(hit.first, hit.last + 1)))
    for n, quote in enumerate(quotes):
        skipped = {j for m, k in against if m == n for j in range(k.first, k.last + 1)}
        if any(j not in skipped and not mine.isdisjoint(_nearest_keys(quote, j)) for j in quote.content):
            return True
    return False


_NEAREST = 4


def _nearest_keys(said: Statement, place: int) -> frozenset[str]:
    """The key of a word and those of its first translations, without the far ones that `Statement.senses` has."""
    word = said.words[place]
    if not said.senses[place] or word.kind != "word":
        return frozenset()
    if said.language == "en":
        return frozenset({word.key})
    return frozenset({f"de:{word.key}"}) | _first_translations(word.key)


@made_of_translations
@lru_cache(maxsize=8192)
def _first_translations(key: str) -> frozenset[str]:
    found = [meaning for meaning in translations_of(key, "de", "en") if " " not in meaning]
    return frozenset(key_of(meaning, "en") for meaning in found[:_NEAREST])


def _is_same_thing(said: Statement, hit: Hit, quote: Statement, other: Hit, near: str) -> bool:
    if near == "next":
        return not _next(said, hit).isdisjoint(_next(quote, other))
    if near == "number":
        return bool(_values(said, hit.clause) & _values(quote, other.clause))
    if near == "doer":
        doer, there = _doer(said, hit), _doer(quote, other)
        return bool(doer) and not doer.isdisjoint(there)
    return _is_nearest(said, hit, quote, other)


_BEHIND = 4


def _next(said: Statement, hit: Hit) -> frozenset[str]:
    """Of the next word that says something: "leichte Verletzungen", "before Easter"."""
    for i in range(hit.last + 1, min(len(said.words), hit.last + _BEHIND)):
        if said.text[said.words[i - 1].end : said.words[i].start].strip():
            break
        if said.senses[i]:
            return said.senses[i] | said.clue_senses[i]
    return frozenset()


def _values(said: Statement, clause: int) -> frozenset[float]:
    starts = [word.start for word in said.words]
    return frozenset(
        one.mention.value
        for one in numbers_of(said).stated
        if said.clause_of[max(0, bisect_right(starts, one.mention.start) - 1)] == clause
    )


def _doer(said: Statement, hit: Hit) -> frozenset[str]:
    """The forms of the name nearest before a verb, of the whole of it; empty in the passive voice."""
    if _PASSIVE.search(said.lowered):
        return frozenset()
    before = [name for name in said.names if name.place < hit.first]
    return frozenset().union(*(name.forms for name in before[-1:]))


_PASSIVE = re.compile(r"\b(?:by|von|vom|durch|worden|wurden?|wird|against|gegen|to|an)\b")


def _is_nearest(said: Statement, hit: Hit, quote: Statement, other: Hit) -> bool:
    """Whether the clause of a side says of the same thing as the clause of the other side, and as no other clause."""
    words = [
        said.senses[i] | said.clue_senses[i]
        for i in range(len(said.words))
        if said.clause_of[i] == hit.clause and said.senses[i] and not hit.first <= i <= hit.last
    ]
    if not words:
        return False
    shared = [0] * quote.clauses
    for clause in range(quote.clauses):
        bag = _bag_of_clause(quote, clause)
        shared[clause] = sum(not bag.isdisjoint(senses) for senses in words)
    if shared[other.clause] == 0 or shared[other.clause] < max(shared):
        return False
    return shared[other.clause] >= _SHARE * len(words)


_SHARE = 0.3


@lru_cache(maxsize=4096)
def _bag_of_clause(said: Statement, clause: int) -> frozenset[str]:
    return frozenset().union(
        *(said.senses[i] | said.clue_senses[i] for i in range(len(said.words)) if said.clause_of[i] == clause)
    )


# --- amounts ------------------------------------------------------------------------------------------------------

_UP_BEHIND: Final = frozenset("mehr höher teurer oberhalb more higher above dearer greater".split())
_DOWN_BEHIND: Final = frozenset("weniger niedriger billiger unterhalb less fewer lower below cheaper".split())
_THEN = re.compile(
    r"\b(?:ago|then|previous(?:ly)?|last|before|earlier|vor(?:jahr\w{0,2}|her)?|damals|zuvor|vergangen\w{1,2}|vorig\w{1,2})\b"
)
_COMPARED = re.compile(r"\W{1,2}(?:[^\W\d_]{1,20}\W){0,2}(?:than|als|below|above|unter|über|unterhalb|oberhalb)\b")


def _turned_amount(said: Statement, quotes: Sequence[Statement]) -> str:
    """An amount by which something rises in the sentence and falls in its quotes, or the other way round."""
    mine = _directions(said)
    if not mine:
        return ""
    theirs = [one for quote in quotes for one in _directions(quote)]
    for value, unit, up in mine:
        there = {other for v, u, other in theirs if v == value and u == unit}
        if there == {not up} and not any(v == value and u == unit and other is not up for v, u, other in mine):
            return f"{value:g} {'more' if up else 'less'}"
    return ""


@lru_cache(maxsize=4096)
def _directions(said: Statement) -> tuple[tuple[float, str, bool], ...]:
    return tuple(_read_directions(said))


def _read_directions(said: Statement) -> Iterator[tuple[float, str, bool]]:
    hits = [hit for hit in hits_of(said) if hit.side in ("up", "down")]
    starts = [word.start for word in said.words]
    stated = numbers_of(said).stated
    for n, one in enumerate(stated):
        if one.mention.kind in ("year", "ordinal"):
            continue
        until = stated[n + 1].mention.start if n + 1 < len(stated) else len(said.text)
        first = bisect_right(starts, one.mention.end - 1)
        if first == 0 and not starts:
            continue
        direction = _compared_behind(said, one.mention.end, first, until)
        clause = said.clause_of[max(0, bisect_right(starts, one.mention.start) - 1)]
        if direction is None:
            near = [hit for hit in hits if hit.clause == clause or said.clause_of[hit.last] == clause]
            if any(hit.damped for hit in near):
                continue
            sides = {hit.side for hit in near}
            if len(sides) == 1:
                direction = "up" in sides
        elif _was_then(said, one.mention.start, one.mention.end, clause):
            continue
        if direction is not None:
            yield one.mention.value, one.mention.unit, direction


def _compared_behind(said: Statement, end: int, first: int, until: int) -> bool | None:
    for i in range(first, min(len(said.words), first + _BEHIND)):
        word = said.words[i]
        if word.start >= until or re.search(r"[,;:()]", said.text[end : word.start]):
            return None
        lowered = word.text.lower()
        if lowered in _UP_BEHIND:
            return True
        if lowered in _DOWN_BEHIND:
            return False
        if lowered in ("über", "unter") and i + 1 < len(said.words):
            if said.words[i + 1].text.lower() in _DATIVE:
                return lowered == "über"
            return None
    return None


_DATIVE: Final = frozenset("dem den der ihrem seinem ihren seinen diesem denen".split())


def _was_then(said: Statement, start: int, end: int, clause: int) -> bool:
    """Whether it is the past that was higher: "a year ago it had been nine points higher"."""
    if _COMPARED.match(said.lowered, end):
        return False
    begin = next((w.start for i, w in enumerate(said.words) if said.clause_of[i] == clause), 0)
    return bool(_THEN.search(said.lowered, begin, start))
