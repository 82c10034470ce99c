"""Subjects: each number stays with what it counts, whoever it belongs to, and in the order in which numbers are compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from bot.grounding.amounts import Numbers, Stated, named, numbers_of, same_value
from bot.grounding.part_rule import OF_WHOM
from bot.grounding.score_rule import is_seen_from_the_other_side
from bot.languages.units import common_size
from bot.stories.figures import counted_word

if TYPE_CHECKING:
    from bot.grounding.statement import Named, Statement


def swapped(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """A number that stands with what another number of the same quote counts."""
    stated = numbers_of(said).stated
    theirs = [numbers_of(quote) for quote in quotes]
    for quote, numbers in zip(quotes, theirs, strict=True):
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
        pair = _crossed(said, quote)
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
    return min(straight) == 0 and sum(crossed) > sum(straight) + 1


def _has_others_head(one: Stated, own: Stated, foreign: Stated) -> bool:
    """Whether what stands right behind a number stands with the other one in the quote."""
    return bool(one.head) and one.head.isdisjoint(own.around) and not one.head.isdisjoint(foreign.around)


def _crossed(said: Statement, quote: Statement) -> str:
    """Two numbers of one unit that each stand with what the other counts.

    Where they keep the quote's order, the words around them have to say so; where they do not, these words have to
    show that each has stayed with its own.
    """
    mine, there = numbers_of(said), numbers_of(quote)
    sides = is_seen_from_the_other_side(said, [quote])
    compared = {
        v for pair in mine.scores for v in pair if pair in there.scores or (sides and pair[::-1] in there.scores)
    }
    stated = [one for one in mine.stated if one.mention.kind not in ("year", "ordinal")]
    for a, b in combinations(stated, 2):
        if {a.mention.value, b.mention.value} & compared:
            continue  # what a score's number means, its other one says
        if a.numbered or b.numbered or (a.mention.upper is None) != (b.mention.upper is None):
            continue
        if not _is_one_unit(a, b) or same_value(a.mention, b.mention):
            continue
        pairs = [
            (o, p)
            for o in there.stated
            if same_value(a.mention, o.mention)
            for p in there.stated
            if same_value(b.mention, p.mention)
        ]
        ends = (a.mention.value, b.mention.value)
        if a.mention.unit != b.mention.unit:  # "nine years for the one and six for the other"
            pairs = [(o, p) for o, p in pairs if o.mention.unit == b.mention.unit and p.mention.unit == a.mention.unit]
        if not pairs or (ends in mine.pairs and ends in there.pairs):
            continue
        if ends[::-1] in there.pairs and (a.of_whom or OF_WHOM.search(said.lowered, a.mention.end, b.mention.end + 12)):
            continue  # "of 26 houses, 19" for "19 of 26 houses"
        if all(OF_WHOM.search(q.lowered) for q in (said, quote)) and all(
            o.mention.start < p.mention.start for o, p in pairs
        ):
            continue
        if any(p.of_whom for _, p in pairs) and _OF_THE.fullmatch(said.text, a.mention.end, b.mention.start):
            continue
        if not any(_keeps(Both(said, a, b), Both(quote, o, p)) for o, p in pairs):
            return f"{named(a.mention)} and {named(b.mention)}"
    return ""


def _is_one_unit(a: Stated, b: Stated) -> bool:
    """Whether two numbers could be put in each other's place: of one unit, or the one leaves it to the other."""
    if a.mention.unit == b.mention.unit:
        return True
    bare, other = (a, b) if not a.mention.unit else (b, a)
    return not bare.mention.unit and bare.mention.kind == "cardinal" and bare.counted < 0 and other.mention.unit != "%"


_OF_THE = re.compile(r"\s(?:of|out of|von|der|aus)\s(?:[\w'’-]{1,20}\s){0,3}")


class Both(NamedTuple):
    """Two numbers of one sentence."""

    said: Statement
    a: Stated
    b: Stated


def _keeps(mine: Both, theirs: Both) -> bool:
    """Whether two numbers of a sentence may be these two of a quote, each with its own."""
    if told := _told_by_form(mine, theirs):
        return told > 0
    leaning = _leaning(mine, theirs)
    told = _told_by_heads(mine, theirs)
    if told and told * leaning > -_PLAINLY:
        return told > 0
    in_order = (mine.a.mention.start < mine.b.mention.start) == (theirs.a.mention.start < theirs.b.mention.start)
    if in_order and (mine.a.mention.value, mine.b.mention.value) in numbers_of(mine.said).scores:
        return True
    if in_order or _is_bound_kept(mine, theirs):
        return leaning > -_CLEARLY
    return leaning > _BARELY


def _is_bound_kept(mine: Both, theirs: Both) -> bool:
    """Whether each is meant as exactly as its own there, and the two are not alike in that."""
    bounds = [one.mention.bound for one in (mine.a, mine.b, theirs.a, theirs.b)]
    return bounds[:2] == bounds[2:] and bounds[0] != bounds[1]


def _told_by_heads(mine: Both, theirs: Both) -> int:
    """1 where what stands right behind a number stands with it in the quote, -1 where it stands with the other one."""
    shared = _shared_nouns(mine) | _shared_nouns(theirs)
    found = {
        _told_by_head(mine.a.head - shared, theirs.a.around, theirs.b.around),
        _told_by_head(mine.b.head - shared, theirs.b.around, theirs.a.around),
    }
    return 0 if {1, -1} <= found else sum(found)


def _told_by_head(head: frozenset[str], own: frozenset[str], foreign: frozenset[str]) -> int:
    if not head or head.isdisjoint(own) == head.isdisjoint(foreign):
        return 0
    return -1 if head.isdisjoint(own) else 1


_PLAINLY, _CLEARLY, _BARELY = 1.2, 0.25, 0.02
_INSIDE, _OUTSIDE = 1.0, 0.25  # how near a word is that nothing parts from a number, and one that something does
_PER_WORD = 0.25
_ATTACHED = 0.45  # how far a word leans that belongs to one of two numbers


def _told_by_form(mine: Both, theirs: Both) -> int:
    """1 where the way in which one is said shows that it has stayed with its own, -1 where it shows the contrary."""
    for form in (_role_of, _age_of):
        a, b, own_a, own_b = form(mine.a), form(mine.b), form(theirs.a), form(theirs.b)
        if own_a == own_b or a == b:
            continue
        straight = [x == own for x, own in ((a, own_a), (b, own_b)) if x and own]
        crossed = [x == own for x, own in ((a, own_b), (b, own_a)) if x and own]
        if straight and all(straight):
            return 1
        if crossed and all(crossed):
            return -1
    return 0


def _role_of(one: Stated) -> str:
    return {"former": "from", "difference": "by"}.get(one.role, one.role)


def _age_of(one: Stated) -> str:
    return "age" if one.age else ""


def _leaning(mine: Both, theirs: Both) -> float:
    """How far the words that both have stand with the same one of the two numbers (above 0), or with the other."""
    said, quote = mine.said, theirs.said
    shared = _shared_nouns(mine) | _shared_nouns(theirs)
    there = [(quote.senses[j] | quote.clue_senses[j], _lean(theirs, j)) for j in quote.content]
    total = 0.0
    for i in said.content:
        senses = said.senses[i] | said.clue_senses[i]
        lean = _lean(mine, i)
        if abs(lean) < _ATTACHED or not shared.isdisjoint(senses):
            continue
        overlaps = [(len(senses & others), other) for others, other in there]
        most = max((overlap for overlap, _ in overlaps), default=0)
        found = [other for overlap, other in overlaps if overlap == most and abs(other) >= _ATTACHED] if most else []
        if found:
            total += lean * sum(found) / len(found)
    return total


def _shared_nouns(both: Both) -> frozenset[str]:
    """Where but one of two numbers says what it counts, the other counts the same: "38 flights …, 21 more"."""
    counted = [one.counted for one in (both.a, both.b) if one.counted >= 0]
    if len(counted) > 1 and not _is_same_thing(both.said.senses[counted[0]], both.said.senses[counted[1]]):
        return frozenset()
    return frozenset().union(*(both.said.senses[i] for i in counted))


def _is_same_thing(one: frozenset[str], other: frozenset[str]) -> bool:
    return 2 * len(one & other) > min(len(one), len(other))


def _lean(both: Both, place: int) -> float:
    """Whether a word stands with the first number (above 0) or with the second."""
    return _nearness(both.said, both.a, place) - _nearness(both.said, both.b, place)


def _nearness(said: Statement, one: Stated, place: int) -> float:
    word = said.words[place]
    if one.mention.start <= word.start < one.mention.end:
        return 0.0
    words = (
        said.number_of_words(one.mention.end, word.start)
        if word.start >= one.mention.end
        else said.number_of_words(word.end, one.mention.start)
    )
    weight = _INSIDE if said.senses[place] <= one.around else _OUTSIDE
    return weight / (1 + _PER_WORD * words)


_OF_WHAT = re.compile(
    r"\s(?:of|der|des|aller|von|vom)\s(?:(?:the|its|their|his|her|all|a|an|den|ihrer|seiner|dieser)\s)?"
)


def percent_of_other(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """ "15 percent of customers" for "customers get 15 percent of the fee"."""
    for one in numbers_of(said).stated:
        mine = _of_what(said, one) if one.mention.unit == "%" else frozenset()
        if not mine:
            continue
        own = [(q, o) for q in quotes for o in numbers_of(q).stated if same_value(one.mention, o.mention)]
        theirs = [_of_what(q, o) for q, o in own]
        if not theirs or not all(theirs) or any(not mine.isdisjoint(other) for other in theirs):
            continue
        moved = any(not mine.isdisjoint(q.bag) for q, _ in own) and all(not said.bag.isdisjoint(o) for o in theirs)
        if moved:
            return "number", f"{named(one.mention)} of something else"
    return None


def _of_what(said: Statement, one: Stated) -> frozenset[str]:
    """The senses of what a percentage is one of."""
    match = _OF_WHAT.match(said.text, one.mention.end)
    if match is None:
        return frozenset()
    noun = counted_word(match.end(), list(said.words), said.language)
    if noun is None or said.number_of_words(match.end(), noun.start) > _OFF:
        return frozenset()
    if not set(",.;:").isdisjoint(said.text[match.end() : noun.start]):
        return frozenset()
    place = said.words.index(noun)
    return said.senses[place] | said.clue_senses[place]


_OFF = 2  # words between "of" and its noun


def of_another_name(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """A number that a quote gives for one name and the sentence for another, whose own number it leaves out."""
    mine = numbers_of(said).stated
    for one in mine:
        if one.mention.kind in ("year", "ordinal"):
            continue
        names = _names_with(said, one)
        holders = [(q, o) for q in quotes for o in numbers_of(q).stated if same_value(one.mention, o.mention)]
        if not names or len(holders) != 1:
            continue
        quote, own = holders[0]
        of_own = _names_with(quote, own)
        if not of_own or any(not a.forms.isdisjoint(b.forms) for a in names for b in of_own):
            continue
        for other in numbers_of(quote).stated:
            if other is own or other.mention.kind != own.mention.kind or other.mention.unit != own.mention.unit:
                continue
            if any(same_value(x.mention, other.mention) for x in mine):
                continue
            if any(not a.forms.isdisjoint(b.forms) for a in names for b in _names_with(quote, other)):
                return "number", f"{named(one.mention)} is another's"
    return None


def _names_with(said: Statement, one: Stated) -> tuple[Named, ...]:
    """The names in the clause of a number."""
    clause = said.clause_of[min(len(said.words) - 1, said.number_of_words(0, one.mention.start))]
    return tuple(name for name in said.own_names if said.clause_of[name.place] == clause)


_PRONOUN = re.compile(r"\W{0,2}(?:he|she|it|they|er|sie|es|the company|das unternehmen)\b")


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
        if not holders or any(not holder.names or _PRONOUN.match(holder.lowered) for holder in holders):
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
