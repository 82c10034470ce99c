"""Directions: an amount by which something rises does not fall by it, and is neither its old nor its new height.

Read from what stands beside a number: "12 percent more", "fell to 5,000", "by a third".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.grounding.amounts import Stated, named, numbers_of, same_value
from bot.grounding.opposites import hits_of
from bot.languages.units import DURATIONS

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_BEHIND = 4  # words behind a number among which it is said what it is compared with


_UP_BEHIND: Final = frozenset("mehr höher teurer oberhalb more higher above dearer greater".split())
_DOWN_BEHIND: Final = frozenset("weniger niedriger billiger unterhalb less fewer lower below cheaper".split())
_THEN = re.compile(
    r"\b(?:(?:19|20)\d\d|ago|then|previous(?:ly)?|last|before|earlier|vor(?:jahr\w{0,2}|her)?|damals|zuvor|vergangen\w{1,2}|vorig\w{1,2})\b"
)
_COMPARED = re.compile(r"\W{1,2}(?:[^\W\d_]{1,20}\W){0,2}(?:than|als|below|above|unter|über|unterhalb|oberhalb)\b")


def turned_amount(said: Statement, quotes: Sequence[Statement]) -> str:
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


_AS_SHARES: Final = {"win": "up", "lose": "down"}  # "lost 4 percent"


@lru_cache(maxsize=4096)
def _directions(said: Statement) -> tuple[tuple[float, str, bool], ...]:
    return tuple(_read_directions(said))


def _read_directions(said: Statement) -> Iterator[tuple[float, str, bool]]:
    hits = [hit for hit in hits_of(said) if hit.side in ("up", "down", *_AS_SHARES)]
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
            sides = {
                _AS_SHARES.get(hit.side, hit.side)
                for hit in near
                if hit.side in ("up", "down") or one.mention.unit == "%"
            }
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


# --- by how much, and to how much ---------------------------------------------------------------------------------

_COMPARING = re.compile(
    r"\b(?:than|als|average|mittel|durchschnitt\w{0,5}|up|down|more|less|fewer|higher|lower|above|below|over|under|exceed\w{0,3}|beyond|extra|additional|another|further|gap|lead"
    r"|difference|margin|rise\w?|rose|increas\w{1,3}|fell|fall\w{0,2}|drop\w{0,4}|cut\w{0,4}|gain\w{0,2}|short|behind|ahead|by"
    r"|mehr\w{0,6}|weniger|höher\w{0,2}|niedriger\w{0,2}|über\w{0,10}|unter\w{0,10}|zusätzlich\w{0,2}|weitere\w?|abstand|vorsprung"
    r"|unterschied\w{0,2}|differenz|rückstand|um|teurer|billiger|verteuer\w{1,4}|gestiegen|gesunken|steig\w{1,4}|sink\w{1,3}"
    r"|erhöh\w{1,4}|plus|minus|better|worse|besser|schlechter|larger|smaller|größer|kleiner)\b"
)
_FRACTION = r"(?:(?:a|an|one|the|ein|eine|einen|die|das)\s)?(half|third|quarter|fifth|hälfte|drittel|viertel|fünftel)\b"
_TO_FRACTION = re.compile(rf"\b(?:to|auf)\s{_FRACTION}")
_BY_FRACTION = re.compile(rf"\b(?:by|um)\s{_FRACTION}")


def changed_role(said: Statement, quotes: Sequence[Statement]) -> str:
    """An amount by which something changes that becomes its height, or the other way round."""
    if old := _old_for_new(said, quotes):
        return old
    mine = numbers_of(said).stated
    there = [one for quote in quotes for one in numbers_of(quote).stated]
    for one in mine:
        if one.mention.kind in ("year", "ordinal"):
            continue
        own = [o for o in there if same_value(one.mention, o.mention)]
        if one.role == "by" and own and all(o.role == "to" for o in own):
            return f"by {named(one.mention)}"
        if one.role == "to" and own and all(o.role == "by" for o in own) and one.mention.unit == own[0].mention.unit:
            return f"to {named(one.mention)}"
    lowered = " ".join(quote.lowered for quote in quotes)
    for here, other in ((_TO_FRACTION, _BY_FRACTION), (_BY_FRACTION, _TO_FRACTION)):
        if (turned := here.search(said.lowered)) and other.search(lowered) and not here.search(lowered):
            return turned.group()
    if _COMPARING.search(said.lowered):
        return _by_the_height(mine, quotes)
    for one in mine:
        found = [(quote, o) for quote in quotes for o in numbers_of(quote).stated if same_value(one.mention, o.mention)]
        if (
            one.mention.unit not in DURATIONS
            and found
            and all(_is_compared(quote, o.mention.end) for quote, o in found)
        ):
            return f"{named(one.mention)} is a difference"
    return ""


def _by_the_height(mine: Sequence[Stated], quotes: Sequence[Statement]) -> str:
    """A height by which a sentence lets something rise, where the quotes say by how much it does."""
    there = [(quote, o) for quote in quotes for o in numbers_of(quote).stated]
    for one in mine:
        own = [(quote, o) for quote, o in there if same_value(one.mention, o.mention)]
        if one.role != "by" or not own or any(o.role or _is_by(quote, o) for quote, o in own):
            continue
        others = [o for _, o in there if not same_value(one.mention, o.mention)]
        if any(o.role in ("difference", "by") and o.mention.kind in (one.mention.kind, "cardinal") for o in others):
            return f"by {named(one.mention)}"
    return ""


_BY = re.compile(r"\b(?:by|um)\s(?:[^\W\d]{1,20}\s){0,3}\Z")


def _is_by(quote: Statement, one: Stated) -> bool:
    return _BY.search(quote.lowered, max(0, one.mention.start - 60), one.mention.start) is not None


def _is_compared(quote: Statement, end: int) -> bool:
    """Whether a number is said to be more or less than something: "280 more than allowed"."""
    starts = [word.start for word in quote.words]
    return _compared_behind(quote, end, bisect_right(starts, end - 1), len(quote.text)) is not None and bool(
        _COMPARED_WITH.match(quote.lowered, end)
    )


_COMPARED_WITH = re.compile(
    r"\s(?:(?!and\b|und\b)[^\W\d]{1,20}\s){0,3}(?:(?:more|less|fewer|higher|lower|mehr|weniger|höher|niedriger|teurer|billiger)\s(?:[^\W\d]{1,20}\s){0,1}(?:than|als)"
    r"|(?:above|below|unter|über|unterhalb|oberhalb)\s)"
)


# --- the old and the new height -----------------------------------------------------------------------------------

_AFTER = re.compile(
    r"(?:,\s(?:after|nach)|\b(?:gegenüber|compared (?:with|to)|statt|instead of))"
    r"\s(?:(?:only|just|nur|noch|rund|about|around|etwa|zuvor|previously|knapp|fast|nearly)\s)?[€$£]?\Z"
)
_BEFORE_THAT = re.compile(
    r"\b(?:the (?:year|month|week|quarter|day|season) before|a (?:year|month|week) (?:earlier|before|ago)"
    r"|(?:im|in der|am) (?:jahr|monat|woche|quartal|tag) (?:davor|zuvor)|vor einem jahr|vorjahr|vormonat|davor)\b"
)
_PART = re.compile(r"[,;](?!\d)|\s[–—-]\s")


def _old_for_new(said: Statement, quotes: Sequence[Statement]) -> str:
    """Two heights of which the sentence calls the one the old that the quotes call the new: "8 after 4", "4 after 8"."""
    old, new = _heights(said)
    if not old or not new:
        return ""
    for quote in quotes:
        there_old, there_new = _heights(quote)
        if old & there_new and new & there_old and not old & there_old and not new & there_new:
            return f"{min(old & there_new):g} was not before"
    return ""


@lru_cache(maxsize=4096)
def _heights(said: Statement) -> tuple[frozenset[float], frozenset[float]]:
    """The amounts that a sentence calls former ones, and the others. Lengths of time and shares of a sum are neither."""
    stated = [
        one
        for one in numbers_of(said).stated
        if one.mention.kind not in ("year", "ordinal") and one.mention.unit not in DURATIONS
    ]
    borders = [match.start() for match in _PART.finditer(said.text)]
    old = set()
    for one in stated:
        start, end = one.mention.start, one.mention.end
        begin = max((border for border in borders if border < start), default=0)
        until = min((border for border in borders if border >= end), default=len(said.text))
        if (
            one.role in ("from", "former")
            or _AFTER.search(said.lowered, max(0, start - 40), start)
            or _BEFORE_THAT.search(said.lowered, begin, until)
        ):
            old.add(one.mention.value)
    return frozenset(old), frozenset(one.mention.value for one in stated) - old
