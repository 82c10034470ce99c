"""Numbers that the quotes bear out without saying them: rounded, as a share, added up, compared, counted from a list.

Each has to be shown by the quotes' own numbers and by a word of the sentence that says what was done with them. Where
a quote counts the same thing otherwise, nothing is derived.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Final

from bot.grounding.amounts import Stated, close, numbers_of, same_value
from bot.grounding.bound_rule import is_rounded
from bot.grounding.part_rule import OF_WHOM
from bot.grounding.share_rule import is_share
from bot.grounding.statement import dates_on
from bot.languages.units import common_size
from bot.stories.figures import counted_things

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_COMPARED = re.compile(
    r"\b(?:more|fewer|less|higher|lower|above|below|extra|additional|difference|gap|lead|rise|rose|increase\w?|fall|fell|drop\w{0,3}|gain\w{0,2}"
    r"|margin|majority|mehr|weniger|höher|niedriger|über|unter|zusätzlich\w{0,2}|unterschied|differenz|abstand|vorsprung|plus|minus|anstieg|zuwachs|rückgang"
    r"|stieg\w{0,2}|sank\w{0,2}|gestiegen|gesunken|mehrheit|later|older|younger|longer|später|älter|jünger|länger|earlier|früher|zuvor)\b"
)
_TOGETHER = re.compile(
    r"\b(?:total\w{0,3}|altogether|together|combined|overall|in all|all told|sum|insgesamt|zusammen|zusammengenommen|gesamt\w{0,8}|summe|both|beide[nrms]?)\b"
)
_NEAR = 40  # code points around a number in which such a word stands
_SMALL = 12  # up to here a list is counted
_MOST = 8  # numbers of quotes that are added to or subtracted from each other
_AGO = re.compile(
    r"\b(?:ago|old|alte?[nrsm]?|jährige?[nrsm]?|since|seit|after|nach|later|später|between|zwischen|for|within|binnen|jubiläum|anniversary|vor)\b|year-old"
)


def is_derived(said: Statement, one: Stated, quotes: Sequence[Statement]) -> bool:
    """Whether an amount of a sentence follows from what its quotes say."""
    pairs = [(quote, other) for quote in quotes for other in numbers_of(quote).stated]
    if any(_is_rounding(one, other) or is_share(said, one, quote, other) for quote, other in pairs):
        return True
    if _is_counted_otherwise(said, one, quotes):
        return False
    return (
        _is_ordered(one, [other for _, other in pairs])
        or _is_difference(said, one, quotes)
        or _is_sum(said, one, quotes)
        or _is_list_counted(one, quotes)
        or _is_span(said, one, quotes)
        or _is_number_of_days(one, quotes)
        or _is_round_span(one, quotes)
    )


def _is_rounding(one: Stated, other: Stated) -> bool:
    a, b = one.mention, other.mention
    if "ordinal" in (a.kind, b.kind) or "year" in (a.kind, b.kind) or one.points != other.points:
        return False
    (value, size), (exact, other_size) = common_size(a.value, a.unit), common_size(b.value, b.unit)
    return size == other_size and is_rounded(a, b, value, exact)


# --- counting -----------------------------------------------------------------------------------------------------


def things_of(said: Statement, one: Stated) -> frozenset[str]:
    """The keys of what an amount counts or measures."""
    if one.mention.unit:
        return frozenset({common_size(1, one.mention.unit)[1]})
    return counted_things(one.mention, list(said.words), said.language)


def _is_counted_otherwise(said: Statement, one: Stated, quotes: Sequence[Statement]) -> bool:
    """Whether a quote gives another number of the very thing, which the sentence does not give."""
    things = things_of(said, one)
    own = numbers_of(said).stated
    if not things or one.role == "difference":
        return False
    for quote in quotes:
        for other in numbers_of(quote).stated:
            if other.mention.kind in ("ordinal", "year") or things.isdisjoint(things_of(quote, other)):
                continue
            if not any(same_value(mine.mention, other.mention) for mine in own) and not _COMPARED.search(
                said.lowered, max(0, one.mention.start - _NEAR), one.mention.end + _NEAR
            ):
                return True
    return False


def _is_ordered(one: Stated, there: Sequence[Stated]) -> bool:
    """ "three ministers have left" for "the third minister to leave", "the second case" for "two cases"."""
    mention = one.mention
    if mention.unit or mention.upper is not None or not 1 < mention.value <= _SMALL:
        return False
    return any(
        other.mention.value == mention.value
        and not other.mention.unit
        and {other.mention.kind, mention.kind} == {"ordinal", "cardinal"}
        and not other.numbered
        for other in there
    )


_ITEM = r"[^\W\d_][\w.'’&-]{1,30}(?:\s[^\W\d_][\w.'’&-]{1,30}){0,3}"
_LISTED = re.compile(rf"{_ITEM}(?:,\s{_ITEM}){{0,6}}\s(?:and|und|sowie|as well as)\s{_ITEM}")


def _is_list_counted(one: Stated, quotes: Sequence[Statement]) -> bool:
    """ "two countries" for "Canada and Norway"."""
    mention = one.mention
    whole = mention.kind == "cardinal" and not mention.unit and mention.upper is None and not mention.bound
    if not whole or not 1 < mention.value <= _SMALL or one.numbered or one.role:
        return False
    return any(mention.value in set(_lengths(quote)) for quote in quotes)


def _lengths(said: Statement) -> Iterator[int]:
    """How many items the lists of names in a sentence have."""
    places = {name.place for name in said.names}
    starts = [word.start for i, word in enumerate(said.words) if i in places]
    for match in _LISTED.finditer(said.text):
        items = re.split(r",\s|\s(?:and|und|sowie|as well as)\s", match.group())
        at = match.start()
        named = 0
        for item in items:
            begin = said.text.find(item, at)
            named += any(begin <= start < begin + len(item) for start in starts)
            at = begin + len(item)
        if named == len(items):
            yield named


# --- adding and comparing -----------------------------------------------------------------------------------------


def _amounts(quotes: Sequence[Statement], one: Stated) -> list[Stated]:
    """The numbers of the quotes that have the unit of an amount."""
    unit = common_size(1, one.mention.unit)[1]
    return [
        other
        for quote in quotes
        for other in numbers_of(quote).stated
        if other.mention.kind not in ("ordinal", "year")
        and other.mention.upper is None
        and common_size(1, other.mention.unit)[1] == unit
    ][:_MOST]


def _size(one: Stated) -> float:
    return common_size(one.mention.value, one.mention.unit)[0]


def _is_difference(said: Statement, one: Stated, quotes: Sequence[Statement]) -> bool:
    """ "250 more than a year before" for 1,120 after 870."""
    mention = one.mention
    if mention.kind in ("ordinal", "year") or mention.upper is not None or (mention.unit == "%" and not one.points):
        return False
    behind = re.split(r"[;,.]\s|\b(?:and|und)\b|\d", said.lowered[mention.end : mention.end + _NEAR])[0]
    if not (one.role in ("by", "difference") or _COMPARED.search(behind)):
        return False
    return any(
        close(abs(_size(a) - _size(b)), _size(one)) and _keeps_bound(mention.bound, a, b)
        for a, b in combinations(_amounts(quotes, one), 2)
        if not any(OF_WHOM.search(quote.lowered) for quote in quotes)
    )


def is_lost_difference(said: Statement, one: Stated, quote: Statement, other: Stated) -> bool:
    """Whether a sentence takes for an amount what a quote says something is more or less by, or the other way round."""
    if one.mention.kind not in ("money", "cardinal", "measure") or one.mention.bound in ("more than", "less than"):
        return False
    if other.role == "difference" and not one.role:
        return not _COMPARED.search(said.lowered)
    if one.role == "by" and not other.role and one.mention.kind == "money":
        rivals = [o for o in numbers_of(quote).stated if o is not other and o.role in ("by", "difference")]
        return any(o.mention.unit in ("", other.mention.unit) for o in rivals)
    return False


def _keeps_bound(bound: str, *parts: Stated) -> bool:
    """Whether what was made of some amounts is meant as exactly as they are, or less."""
    theirs = {part.mention.bound for part in parts} - {""}
    return bound == "about" or theirs <= {bound} or (not theirs and not bound)


def _is_sum(said: Statement, one: Stated, quotes: Sequence[Statement]) -> bool:
    mention = one.mention
    if mention.kind in ("ordinal", "year", "percent") or mention.upper is not None:
        return False
    if not _TOGETHER.search(said.lowered, max(0, mention.start - _NEAR), mention.end + _NEAR):
        return False
    amounts = _amounts(quotes, one)
    return any(
        close(sum(_size(part) for part in parts), _size(one)) and _keeps_bound(mention.bound, *parts)
        for count in (2, 3)
        for parts in combinations(amounts, count)
    )


def _is_number_of_days(one: Stated, quotes: Sequence[Statement]) -> bool:
    """ "two days of strikes" for "on Thursday and Friday"."""
    if one.mention.unit != "day" or one.mention.bound or not 1 < one.mention.value <= _SMALL:
        return False
    for quote in quotes:
        days = {(d.first, quote.text[d.start : d.end]) for d in dates_on(quote, quote.day) if d.first == d.last}
        if len(days) == one.mention.value:
            return True
    return False


_ROUND: Final = {
    10: re.compile(r"\b(?:decade|jahrzehnts?)\b"),
    100: re.compile(r"\b(?:century|jahrhunderts?)\b"),
    7: re.compile(r"\b(?:week|woche)\b"),
}


def _is_round_span(one: Stated, quotes: Sequence[Statement]) -> bool:
    """ "ten years" for "the past decade"."""
    mention = one.mention
    if mention.unit != ("day" if mention.value == 7 else "year") or mention.bound or mention.upper is not None:
        return False
    span = _ROUND.get(int(mention.value))
    return span is not None and mention.value in _ROUND and any(span.search(quote.lowered) for quote in quotes)


def _is_span(said: Statement, one: Stated, quotes: Sequence[Statement]) -> bool:
    """ "39 years ago", "the 39-year-old ferry" for 1987, written in 2026."""
    mention = one.mention
    if mention.unit not in ("year", "decade") or mention.upper is not None:
        return False
    if not _AGO.search(said.lowered, max(0, mention.start - 24), mention.end + 24):
        return False
    length = mention.value * (10 if mention.unit == "decade" else 1)
    for quote in quotes:
        years = {d.year for d in dates_on(quote, quote.day) if d.year is not None}
        years |= {d.last.year for d in dates_on(quote, quote.day) if d.last is not None}
        if quote.day is not None:
            years.add(quote.day.year)
        if any(close(abs(a - b), length) for a, b in combinations(years, 2)):
            return True
    return False
