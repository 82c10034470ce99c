"""Contrasts: a sentence does not say the opposite of its quotes about the same thing.

Only evidence counts: the sentence has one side of a pair of opposites, the quotes have the other and nothing of the
first, nothing near either is denied or weakened, and the words around both are the same. When in doubt it lets pass.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.grounding.amounts import numbers_of
from bot.grounding.change_rule import changed_role, turned_amount
from bot.grounding.exchange_rule import groups_of
from bot.grounding.opposites import Hit, hits_of, opposed
from bot.languages.lexicon import made_of_translations, translations_of
from bot.languages.words import key_of

if TYPE_CHECKING:
    from bot.grounding.statement import Statement


def opposite(said: Statement, quotes: Sequence[Statement]) -> str:
    """What of a sentence is the opposite of what its quotes say; "" of nothing."""
    mine = hits_of(said)
    theirs = [hits_of(quote) for quote in quotes]
    if turned := turned_amount(said, quotes) or changed_role(said, quotes):
        return turned
    for quote in quotes:
        if word := _without_prefix(said, quote) or _without_prefix(quote, said):
            return word
    if not mine:
        return ""
    for quote, hits in zip(quotes, theirs, strict=True):
        if exchanged := _exchanged_numbers(said, quote, mine, hits):
            return exchanged
    there = {hit.side for hits in theirs for hit in hits}
    own = {hit.side for hit in mine}
    for hit in mine:
        if hit.side in there:
            if not hit.damped and (turned := _of_same_number(said, hit, quotes, theirs)):
                return turned
            continue
        for other, near in opposed().get(hit.side, ()):
            if other not in there or other in own:
                continue
            against = [(n, k) for n, hits in enumerate(theirs) for k in hits if k.side == other]
            if any(k.damped != hit.damped for _, k in against) or (hit.damped and near in ("", "each", "number")):
                continue
            for n, k in against:
                if _is_same_thing(said, hit, quotes[n], k, near) and not _has_that_word(said, hit, quotes, against):
                    return f"{said.words[hit.first].text} for {quotes[n].words[k.first].text}"
    return ""


def _has_that_word(said: Statement, hit: Hit, quotes: Sequence[Statement], against: Sequence[tuple[int, Hit]]) -> bool:
    """Whether the quotes have the very word in another sense, or another word for it."""
    mine = frozenset().union(*(_nearest_keys(said, i) for i in hit.places))
    for n, quote in enumerate(quotes):
        skipped = {j for m, k in against if m == n for j in k.places}
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
    if near == "than":
        compared = _compared_with(said, hit), _compared_with(quote, other)
        if all(compared):
            return not compared[0].isdisjoint(compared[1])
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
        if person := _PERSONS.get(said.words[i].text.lower()):
            return frozenset({person})
    return frozenset()


_PERSONS: Final = {"her": "~her", "ihr": "~her", "him": "~him", "ihm": "~him", "them": "~them", "ihnen": "~them"}


def _compared_with(said: Statement, hit: Hit) -> frozenset[str]:
    """Of the first word behind "than" that says something: "lower in the east than in the *west*"."""
    for i in range(hit.last + 1, len(said.words)):
        if said.words[i].text.lower() in ("than", "als"):
            return next(
                (said.senses[j] for j in range(i + 1, min(len(said.words), i + _BEHIND)) if said.senses[j]), frozenset()
            )
    return frozenset()


def _values(said: Statement, clause: int) -> frozenset[float]:
    """The numbers of a clause that are no years."""
    return _values_of_clauses(said).get(clause, frozenset())


@lru_cache(maxsize=4096)
def _values_of_clauses(said: Statement) -> dict[int, frozenset[float]]:
    starts = [word.start for word in said.words]
    found: dict[int, frozenset[float]] = {}
    for one in numbers_of(said).stated:
        if one.mention.kind not in ("year", "ordinal"):
            clause = said.clause_of[max(0, bisect_right(starts, one.mention.start) - 1)]
            found[clause] = found.get(clause, frozenset()) | {one.mention.value}
    return found


def _doer(said: Statement, hit: Hit) -> frozenset[str]:
    """The forms of the name that does something: the first of its clause that no preposition puts elsewhere."""
    if _PASSIVE.search(said.lowered):
        return frozenset()
    for group in groups_of(said):
        word = said.words[group.first]
        if said.clause_of[group.first] > hit.clause:
            break
        if not _PLACED.search(said.text, max(0, word.start - 14), word.start):
            return group.forms
    return frozenset()


_PASSIVE = re.compile(r"\b(?:by|von|vom|durch|worden|wurden?|wird|werden)\b")
_PLACED = re.compile(
    r"\b(?:in|at|near|from|of|to|against|over|for|with|im|bei|beim|am|an|aus|zum|zur|nach|gegen|für|mit|den|dem|über|vor)"
    r"\s(?:(?:der|die|das|den|dem|the)\s)?\Z",
    re.IGNORECASE,
)


def _is_nearest(said: Statement, hit: Hit, quote: Statement, other: Hit) -> bool:
    """Whether the clause of a side says of the same thing as the clause of the other side, and as no other clause."""
    clauses = _clauses_around(said, hit)
    words = [
        said.senses[i] | said.clue_senses[i]
        for i in range(len(said.words))
        if said.clause_of[i] in clauses and said.senses[i] and i not in hit.places
    ]
    if not words:
        return False
    own = _clauses_around(quote, other)
    shared = {
        clause: sum(not bag.isdisjoint(senses) for senses in words)
        for clause in range(quote.clauses)
        for bag in (_bag_of_clause(quote, clause),)
    }
    most = sum(shared[clause] for clause in own)
    return most > 0 and most >= max(shared.values()) and most >= _SHARE * len(words)


def _clauses_around(said: Statement, hit: Hit) -> tuple[int, ...]:
    """The clause of a side, with the one before it where but a comma parts them: "one worker, a cook, is missing"."""
    before = [word for i, word in enumerate(said.words) if said.clause_of[i] == hit.clause - 1]
    if not before:
        return (hit.clause,)
    alone = not any(
        said.senses[i] for i in range(len(said.words)) if said.clause_of[i] == hit.clause and i not in hit.places
    )
    first = next(word for i, word in enumerate(said.words) if said.clause_of[i] == hit.clause)
    by_comma = said.text[before[-1].end : first.start].strip() == "," and not _CONJUNCTION.match(first.text.lower())
    return (hit.clause - 1, hit.clause) if alone or by_comma else (hit.clause,)


_CONJUNCTION = re.compile(
    r"(?:and|but|while|whereas|although|though|because|after|before|or|und|aber|während|wobei|obwohl|weil|sowie|oder|nachdem|bevor|sondern|der|die|das)\Z"
)


def _of_same_number(said: Statement, hit: Hit, quotes: Sequence[Statement], theirs: Sequence[Sequence[Hit]]) -> str:
    """A number that stands with one side here, and wherever the quotes have it, with the other alone."""
    others = {other for other, near in opposed().get(hit.side, ()) if near in ("", "number")}
    beside = {one.side for one in hits_of(said) if one.clause == hit.clause}
    if not others or others & beside:
        return ""
    value = _nearest_value(said, hit)
    if value is None:
        return ""
    found = [
        (quote, [one for one in hits if one.clause == clause and not one.damped])
        for quote, hits in zip(quotes, theirs, strict=True)
        for clause in range(quote.clauses)
        if value in _values(quote, clause)
    ]
    for quote, hits in found:
        against = [one for one in hits if one.side in others]
        if any(one.side == hit.side for one in hits) or not against:
            return ""
        if all(_nearest_value(quote, one) != value for one in against):
            return ""
    return f"{said.words[hit.first].text} for {value:g}" if found else ""


def _exchanged_numbers(said: Statement, quote: Statement, mine: Sequence[Hit], theirs: Sequence[Hit]) -> str:
    """Two opposites each of which stands nearest to the other's number: assets and liabilities."""
    sides, there = {hit.side: hit for hit in mine}, {hit.side: hit for hit in theirs}
    if len(sides) < 2 or len(there) < 2:
        return ""
    for side, hit in sides.items():
        for other, near in opposed().get(side, ()):
            if other < side or near not in ("", "number") or not {other, side} <= there.keys() or other not in sides:
                continue
            here = _nearest_value(said, hit), _nearest_value(said, sides[other])
            their = _nearest_value(quote, there[side]), _nearest_value(quote, there[other])
            if (
                None not in here
                and here[0] != here[1]
                and here == their[::-1]
                and not _is_named_twice(mine, theirs, side, other)
            ):
                return f"{side} and {other} changed numbers"
    return ""


def _is_named_twice(mine: Sequence[Hit], theirs: Sequence[Hit], *sides: str) -> bool:
    return any(sum(hit.side == side for hit in hits) > 1 for hits in (mine, theirs) for side in sides)


@lru_cache(maxsize=4096)
def _nearest_value(said: Statement, hit: Hit) -> float | None:
    """The number of a side's clause that stands nearest to it."""
    here = said.words[hit.first].start, said.words[hit.last].end
    values = _values(said, hit.clause)
    near = [
        (min(abs(one.mention.start - here[1]), abs(here[0] - one.mention.end)), one.mention.value)
        for one in numbers_of(said).stated
        if one.mention.value in values
    ]
    return min(near)[1] if near else None


_SHARE = 0.2


@lru_cache(maxsize=4096)
def _bag_of_clause(said: Statement, clause: int) -> frozenset[str]:
    return frozenset().union(
        *(said.senses[i] | said.clue_senses[i] for i in range(len(said.words)) if said.clause_of[i] == clause)
    )


# --- "un-" --------------------------------------------------------------------------------------------------------

_SHORTEST_STEM = 6
_NO_PREFIX = re.compile(r"un(?:d|t|i(?:on|t|v|q|f|c|s)|ge(?:f|m|n|r)|a\b)")  # "under", "unter", "union", "ungefähr"


def _without_prefix(plain: Statement, prefixed: Statement) -> str:
    """An adjective that one of two sentences of one language has with "un-", and the other without, of the same thing."""
    if plain.language != prefixed.language:
        return ""
    keys = {word.key: i for i, word in enumerate(plain.words) if word.text[0].islower()}
    for j, word in enumerate(prefixed.words):
        lowered = word.text
        if not lowered.startswith("un") or len(lowered) < _SHORTEST_STEM + 2 or _NO_PREFIX.match(lowered):
            continue
        place = keys.get(key_of(lowered[2:], plain.language))
        if place is None or any(other.key == word.key for other in plain.words):
            continue
        if any(other.key == plain.words[place].key for other in prefixed.words) or _IS_DENIED.search(plain.lowered):
            continue
        here, there = (_hit_at(plain, place), _hit_at(prefixed, j))
        if not _next(plain, here).isdisjoint(_next(prefixed, there)):
            return f"{plain.words[place].text} and {lowered}"
    return ""


_IS_DENIED = re.compile(r"\b(?:not|no|never|nicht|nie|kein\w{0,2}|without|ohne|hardly|kaum)\b|n['’]t\b")


def _hit_at(said: Statement, place: int) -> Hit:
    return Hit("", place, place, said.clause_of[place], damped=False, places=(place,))
