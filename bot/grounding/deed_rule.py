"""Deeds: who beats, sues, buys from or warns whom does not change places with the other.

Read only where the order of the words is plain: two names and a verb of the table, in the active or the passive voice.
What wins here may lose there, and who sells may be bought from: such verbs are looked at from either side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.grounding.exchange_rule import Group, groups_of
from bot.grounding.opposites import Hit, hits_of

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

# Verbs with two ends, and the other verb that tells the same from the other end.
_MIRRORED: Final = {"lose": "win", "sell": "buy"}
_TRADED: Final = frozenset({"buy", "sell"})
_DEEDS: Final = frozenset(
    "win,lose,buy,sell,sue,accuse,attack on,warn,replace,appoint,overtake,rescue,kill,invite,visit,outvote,exceed,help,"
    "thank,owe,criticise,welcome,arrest,praise,receive,defend".split(",")
)
_PLACED = re.compile(r"\b(?:in|at|near|im|bei|am|aus|zum|zur|nach)\s(?:(?:der|the)\s)?\Z", re.IGNORECASE)
_BY: Final = frozenset("by von vom durch".split())
_IS_PASSIVE = re.compile(r"\b(?:was|were|is|are|been|being|be|got|wird|wurden?|werden|worden)\b", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s\Z", re.IGNORECASE)
_OBJECT: Final = frozenset("den dem einen einem ihren ihrem seinen seinem".split())
_BETWEEN = re.compile(
    r";|:(?!\d)|\b(?:and|und|or|oder|but|aber|who|whom|whose|which|that|dass|daß|while|während|weil|because|after|nachdem|as|als|sowie)\b",
    re.IGNORECASE,
)


class Deed(NamedTuple):
    """Who does something to whom."""

    side: str
    doer: Group
    other: Group


def exchanged_deed(said: Statement, quotes: Sequence[Statement]) -> str:
    """Which deed of a sentence one does to another in it that the other does to the one in a quote; "" for none."""
    mine = _deeds(said)
    if not mine:
        return ""
    theirs = [deed for quote in quotes for deed in _deeds(quote)]
    for deed in mine:
        alike = [one for one in theirs if one.side == deed.side]
        if any(_is_kept(deed, one) for one in alike):
            continue
        if any(_is_turned(deed, one) for one in alike):
            return f"{said.words[deed.doer.last].text} and {said.words[deed.other.last].text} changed places"
    return ""


def _is_kept(deed: Deed, there: Deed) -> bool:
    return not deed.doer.forms.isdisjoint(there.doer.forms) and not deed.other.forms.isdisjoint(there.other.forms)


def _is_turned(deed: Deed, there: Deed) -> bool:
    return not deed.doer.forms.isdisjoint(there.other.forms) and not deed.other.forms.isdisjoint(there.doer.forms)


@lru_cache(maxsize=4096)
def _deeds(said: Statement) -> tuple[Deed, ...]:
    hits = [hit for hit in hits_of(said) if hit.side in _DEEDS and not hit.damped]
    if not hits:
        return ()
    names = [g for g in groups_of(said) if not _PLACED.search(said.text, max(0, _at(said, g) - 12), _at(said, g))]
    return tuple(_read(said, hits, names[:_MOST]))


_MOST = 5


def _at(said: Statement, group: Group) -> int:
    return said.words[group.first].start


def _read(said: Statement, hits: Sequence[Hit], names: Sequence[Group]) -> Iterator[Deed]:
    for one, other in combinations(names, 2):
        begin, end = said.words[one.last].end, _at(said, other)
        if _BETWEEN.search(said.text, begin, end):
            continue
        for hit in hits:
            if hit.side not in _TRADED and any(
                _FROM.search(said.text, max(0, _at(said, g) - 6), _at(said, g)) for g in (one, other)
            ):
                continue
            doer = _doer(said, hit, one, other)
            if doer is None:
                continue
            patient = other if doer is one else one
            side = _MIRRORED.get(hit.side)
            yield Deed(side, patient, doer) if side else Deed(hit.side, doer, patient)


def _doer(said: Statement, hit: Hit, one: Group, other: Group) -> Group | None:
    """Which of two names, the first standing before the second, does it; None where the order does not tell."""
    by_one, by_other = _is_behind(said, one, hit, _BY), _is_behind(said, other, hit, _BY)
    passive = _is_passive(said, hit)
    if said.language == "de" and passive:
        if by_one != by_other:
            return one if by_one else other
        return None
    if said.language == "en":
        if not one.last < hit.first or not hit.last < other.first:
            return None
        if by_other and passive:
            return other
        return None if by_other or (passive and hit.side not in ("win", "lose")) else one
    if by_one or by_other:
        return one if by_other and hit.side in _TRADED else None
    if _is_behind(said, one, hit, _OBJECT):
        return None if _is_behind(said, other, hit, _OBJECT) else other
    return one  # in German both may stand before the verb, the doer first


def _is_passive(said: Statement, hit: Hit) -> bool:
    """Whether an English verb has a "was" before it, or a German sentence a "wurde" anywhere."""
    if said.language == "de":
        return _IS_PASSIVE.search(said.text) is not None
    start = said.words[max(0, hit.first - _AUXILIARIES)].start
    end = said.words[hit.first].start
    return not said.words[hit.first].text.endswith("ing") and _IS_PASSIVE.search(said.text, start, end) is not None


_AUXILIARIES = 3


def _is_behind(said: Statement, name: Group, hit: Hit, words: frozenset[str]) -> bool:
    """Whether one of some words stands before a name, with nothing between but what says who it is."""
    for i in range(name.first - 1, max(-1, name.first - 1 - _TITLES), -1):
        if i in hit.places or said.text[said.words[i].end : said.words[i + 1].start].strip():
            return False
        word = said.words[i].text
        if word.lower() in words:
            return True
        if said.language == "de" and word[0].islower() and not word.endswith(("en", "em", "er", "es")):
            return False
    return False


_TITLES = 4
