"""Subjects: each number stays with what it counts, whoever it belongs to, and in the order in which numbers are compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from bot.grounding.amounts import LARGE, Numbers, Stated, named, numbers_of, same_value
from bot.grounding.number_word_rule import PART_VALUES
from bot.languages.units import common_size

if TYPE_CHECKING:
    from bot.grounding.statement import Statement


def swapped(mine: Numbers, theirs: Sequence[Numbers]) -> tuple[str, str] | None:
    """A number that stands with what another number of the same quote counts."""
    stated = mine.stated
    for numbers in theirs:
        if len(numbers.stated) < 2:
            continue
        for one in stated:
            if one.mention.kind in ("year", "ordinal") or not one.around:
                continue
            own = [o for o in numbers.stated if same_value(one.mention, o.mention)]
            if not own or any(
                same_value(one.mention, o.mention) and o not in numbers.stated for n in theirs for o in n.stated
            ):
                continue
            if any(not o.around for o in own):
                continue
            if any(one.role and one.role == o.role for o in own):
                continue
            # Where the sentence states the other number, too, the two are looked at together.
            stated_too = [s for s in stated if s is not one]
            straight = max(len(one.around & o.around) for o in own)
            others = [
                o
                for o in numbers.stated
                if o not in own
                and o.mention.kind == own[0].mention.kind
                and o.mention.unit == own[0].mention.unit
                and not any(same_value(s.mention, o.mention) for s in stated_too)
            ]
            if straight == 0 and any(one.around & o.around for o in others):
                return "number", f"{named(one.mention)} counts something else"
        pair = _crossed(stated, mine, numbers)
        if pair:
            return "number", f"{pair} changed places"
    if len(theirs) > 1 and (pair := _crossed_between(stated, theirs)):
        return "number", f"{pair} changed places"
    return None


def _crossed_between(stated: Sequence[Stated], theirs: Sequence[Numbers]) -> str:
    """Two numbers, each of another quote, of which each stands with what the other counts."""
    for a, b in combinations([one for one in stated if one.mention.kind not in ("year", "ordinal")], 2):
        if a.mention.unit != b.mention.unit or same_value(a.mention, b.mention):
            continue
        holders = [
            [(n, o) for n, numbers in enumerate(theirs) for o in numbers.stated if same_value(x.mention, o.mention)]
            for x in (a, b)
        ]
        pairs = [(o, p) for n, o in holders[0] for m, p in holders[1]]
        if any(n == m for n, _ in holders[0] for m, _ in holders[1]) or not pairs:
            continue
        if all(_is_crossed(a, b, o, p) for o, p in pairs):
            return f"{named(a.mention)} and {named(b.mention)}"
    return ""


def _is_crossed(a: Stated, b: Stated, a_there: Stated, b_there: Stated) -> bool:
    straight = (len(a.around & a_there.around), len(b.around & b_there.around))
    crossed = (len(a.around & b_there.around), len(b.around & a_there.around))
    if _has_others_head(a, a_there, b_there) and _has_others_head(b, b_there, a_there):
        return True
    return min(straight) == 0 and sum(crossed) > sum(straight)


def _has_others_head(one: Stated, own: Stated, foreign: Stated) -> bool:
    """Whether what stands right behind a number stands with the other one in the quote."""
    return bool(one.head) and one.head.isdisjoint(own.around) and not one.head.isdisjoint(foreign.around)


def _crossed(stated: Sequence[Stated], mine: Numbers, there: Numbers) -> str:
    """Two numbers of one unit that each stand with what the other counts.

    Where they keep the quote's order, the words around them have to say so; where they do not, these words have to
    show that each has stayed with its own.
    """
    scored = {value for pair in mine.scores & there.scores for value in pair}
    stated = [one for one in stated if one.mention.kind not in ("year", "ordinal")]
    for i, a in enumerate(stated):
        for b in stated[i + 1 :]:
            if {a.mention.value, b.mention.value} & scored:
                continue  # what a score's number means, its other one says
            if a.mention.unit != b.mention.unit or same_value(a.mention, b.mention):
                continue
            pairs = [
                (o, p)
                for o in there.stated
                if same_value(a.mention, o.mention)
                for p in there.stated
                if same_value(b.mention, p.mention)
            ]
            ends = (a.mention.value, b.mention.value)
            if not pairs or (ends in mine.pairs and ends in there.pairs):
                continue
            if a.of_whom and ends[::-1] in there.pairs:
                continue  # "of 26 houses, 19" for "19 of 26 houses"
            if not any(_keeps(a, b, o, p) for o, p in pairs):
                return f"{named(a.mention)} and {named(b.mention)}"
    return ""


def _keeps(a: Stated, b: Stated, a_there: Stated, b_there: Stated) -> bool:
    """Whether two numbers of a sentence may be these two of a quote, each with its own."""
    roles = [(one.role, other.role) for one, other in ((a, a_there), (b, b_there))]
    if any(mine and mine == theirs for mine, theirs in roles) and all(x == y or not (x and y) for x, y in roles):
        return True
    if _has_others_head(a, a_there, b_there) or _has_others_head(b, b_there, a_there):
        return False
    of_a, of_b = a.around - b.head, b.around - a.head  # "the $200 million film took in $35 million"
    straight = (len(of_a & a_there.around), len(of_b & b_there.around))
    crossed = (len(of_a & b_there.around), len(of_b & a_there.around))
    if (a.mention.start < b.mention.start) == (a_there.mention.start < b_there.mention.start):
        return min(crossed) <= min(straight) or sum(crossed) <= sum(straight)
    return sum(straight) > sum(crossed)


def somebody_elses(said: Statement, mine: Numbers, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """A number that one quote gives for one name and the sentence for another, of which a further quote has its own."""
    if len(quotes) < 2:
        return None
    for one in mine.stated:
        spans = [(o.mention.start, o.mention.end) for o in mine.stated]
        near = said.names_near(one.mention.start)
        names = [n for n in near if not any(a <= said.words[n.place].start < b for a, b in spans)]
        if one.mention.kind in ("year", "ordinal") or not names:
            continue
        holders = [q for q in quotes if any(same_value(one.mention, o.mention) for o in numbers_of(q).stated)]
        if not holders or any(not holder.names for holder in holders):
            continue  # "it cut 300 jobs": whoever "it" is
        others = [quote for quote in quotes if quote not in holders]
        for name in names:
            if any(not name.forms.isdisjoint(holder.forms) for holder in holders):
                continue
            rivals = [o for q in others if not name.forms.isdisjoint(q.forms) for o in numbers_of(q).stated]
            if any(comparable(one, o) for o in rivals):
                return "number", f"{named(one.mention)} is not that of {name.text}"
    return None


def comparable(one: Stated, other: Stated) -> bool:
    """Whether two amounts may be of one kind of thing, so that the one could be put in the other's place."""
    a, b = one.mention, other.mention
    if a.kind != b.kind or common_size(1, a.unit)[1] != common_size(1, b.unit)[1]:
        return False
    return bool(one.around & other.around) or bool(a.unit and not (one.around and other.around))


def turned(mine: Numbers, theirs: Sequence[Numbers]) -> tuple[str, str] | None:
    """ "33 to 67" for "67 to 33", "480 of 212" for "212 of 480"."""
    there = {pair for numbers in theirs for pair in numbers.pairs}
    if mine.wholes - frozenset().union(*(numbers.wholes for numbers in theirs)):
        return "number", "one number twice"
    for a, b in mine.pairs:
        if (b, a) in there and (a, b) not in there:
            return "number", f"{a:g} and {b:g} changed places"
    scores = frozenset().union(*(numbers.scores for numbers in theirs))
    order = [one.mention.value for one in mine.stated if one.mention.kind == "cardinal"]
    for a, b in scores:  # "14 were for it, 27 against", where the vote was 27 to 14
        if (b, a) not in scores and a in order and b in order and order.index(b) < order.index(a):
            return "number", f"{b:g} stands before {a:g}"
    for a, b in mine.scores - scores:
        if any(a in pair or b in pair for pair in scores) and (a, b) not in there:
            return "number", f"{a:g} to {b:g}"
        for numbers in theirs:  # "by 165 to 178", where 178 were for it and 165 against
            there_too = [one.mention.value for one in numbers.stated if one.mention.kind == "cardinal"]
            if a in there_too and b in there_too and there_too.index(b) < there_too.index(a):
                return "number", f"{a:g} to {b:g}"
    return None


_TO = re.compile(r"\s(?:auf|to)\s", re.IGNORECASE)
_TIMES_AS = re.compile(
    r"\b(?:twice|double|triple|three times)\s(?:as (?:many|much) as\s)?(?:the\s)?\Z|\b(?:doppelt|dreimal) so viele? wie\s(?:die\s)?\Z",
    re.IGNORECASE,
)
_PART_OF = re.compile(r"\b(?:davon|darunter|of (?:which|whom|them|those|that)|including|among them)\b", re.IGNORECASE)


def part_exceeds(said: Statement, mine: Numbers) -> tuple[str, str] | None:
    """ "90 million, 760 million of which": no part is greater than its whole, and what is twice another not less."""
    for first, second in combinations(mine.stated, 2):
        a, b = first.mention, second.mention
        times = _TIMES_AS.search(said.text, a.end, b.start) if (a.kind, a.unit) == (b.kind, b.unit) else None
        if times and a.value < b.value and a.value not in PART_VALUES.values():
            return "number", f"{named(a)} as a multiple of {named(b)}"
    for whole, part in pairwise(mine.stated):
        a, b = whole.mention, part.mention
        bare = a.kind == "money" and b.kind == "cardinal" and b.value >= LARGE
        if a.kind in ("year", "ordinal") or b.value <= a.value or not (bare or (a.kind, a.unit) == (b.kind, b.unit)):
            continue
        if whole.of_whom and not _TO.search(said.text, a.end, b.start):
            return "number", f"{named(b)} of {named(a)}"
        if _PART_OF.search(said.text, a.end, min(b.end + 12, len(said.text))) and b.start - a.end < 80:
            return "number", f"{named(b)} of {named(a)}"
    return None
