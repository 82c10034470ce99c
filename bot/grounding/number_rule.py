"""Numbers: every amount of a sentence has to stand in its quotes, in its unit, counting the same, as exactly meant.

- An amount is met in any notation and in a unit of the same kind (1,2 Mrd. = 1.2 billion, 2 km = 2,000 m), never rounded.
- How exactly it is meant may be loosened ("more than 100" → "at least 100"), never tightened or left out.
- A range is met by the whole range, or by one end that says so ("up to 6 million").
- "from 5", "to 10" and "by 5" are three things; so are percent and percentage points, a day's and a year's.
- Where a quote counts two things, the number has to stay with its own: "12 killed, 30 hurt" is not "30 killed".
- Figures that are read as no number have to stand in a quote as they are: results, numbers of flights, types.
- Figures of other scripts, fractions in one sign and raised figures are no way to write a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bot.grounding.amounts import LARGE, Numbers, Stated, close, elliptic, end_of, named, numbers_of, same_value
from bot.grounding.article_rule import one_there, wrong_one
from bot.grounding.clock_times import wrong_clock
from bot.grounding.figure_rule import is_strange_figure, loose_figures, year_counts
from bot.grounding.number_word_rule import PART_VALUES, has_second, parts_of, wrong_words
from bot.grounding.subject_rule import part_exceeds, somebody_elses, swapped, turned
from bot.grounding.unit_rule import unit_fault, wrong_rate
from bot.languages.numbers import NumberMention
from bot.languages.units import common_size

if TYPE_CHECKING:
    from bot.grounding.statement import Statement


_LOOSER: Final = {
    "": frozenset({"", "about"}),
    "about": frozenset({"about"}),
    "more than": frozenset({"more than", "at least"}),
    "at least": frozenset({"at least"}),
    "up to": frozenset({"up to"}),
    "less than": frozenset({"less than", "up to"}),
    "nearly": frozenset({"nearly", "about", "less than"}),
}
_SECOND = 2


def wrong_number(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """(rule, detail) of the first number that the quotes do not bear out: "number", "unit", "currency" or "hedge"."""
    strange = next((c for c in said.text if not c.isascii() and is_strange_figure(c)), "")
    if strange and not any(strange in quote.text for quote in quotes):
        return "number", f"a figure U+{ord(strange):04X}"
    mine, theirs = numbers_of(said), [numbers_of(quote) for quote in quotes]
    there = [one for numbers in theirs for one in numbers.stated]
    for quote, numbers in zip(quotes, theirs, strict=True):
        there += [whole for one in numbers.stated for whole in elliptic(quote, one, numbers.stated)]
    for one in mine.stated:
        if one.mention.value == 1 and one.mention.kind in ("cardinal", "measure") and one_there(said, one, quotes):
            continue
        fault = _fault(one, there, said, quotes)
        if fault is not None and not any(
            _fault(whole, there, said, quotes) is None for whole in elliptic(said, one, mine.stated)
        ):
            return fault
    return (
        swapped(mine, theirs)
        or turned(mine, theirs)
        or part_exceeds(said, mine)
        or year_counts(said, mine, quotes)
        or somebody_elses(said, mine, quotes)
        or wrong_clock(mine.clocks, [clock for numbers in theirs for clock in numbers.clocks])
        or wrong_rate(said, quotes)
        or wrong_words(said, mine, theirs, quotes)
        or wrong_one(said, quotes)
        or loose_figures(said, mine, quotes)
    )


def _fault(
    one: Stated, there: Sequence[Stated], said: Statement, quotes: Sequence[Statement]
) -> tuple[str, str] | None:
    """What is wrong with an amount; None when some amount of the quotes bears it out."""
    fault: tuple[str, str] = ("number", named(one.mention))
    mine, theirs = numbers_of(said), [numbers_of(quote) for quote in quotes]
    if one.mention.value == _SECOND and one.numbered and any(has_second(quote) for quote in quotes):
        return None
    for other in there:
        found = _compared(one, other, mine, there)
        if found is None:
            return None
        if found[0] != "number" or fault[1] == named(one.mention):
            fault = found if found[0] != "number" else fault
    mention = one.mention
    if mention.kind == "ordinal":
        if mention.value == _SECOND and any(has_second(quote) for quote in quotes):
            return None  # read as a length of time there
        if any(close(o.mention.value * mention.value, 1) for o in there):
            return None  # "a third" is read as an ordinal where nothing tells it from one
    elif mention.value in (2.0, 3.0, 4.0, 0.5) and not mention.unit:
        name = next(name for name, value in PART_VALUES.items() if value == mention.value)
        if any(name in parts_of(quote) for quote in quotes) and name in parts_of(said):
            return None
    elif mention.unit == "%" and mention.value == 50 and any("half" in parts_of(quote) for quote in quotes):
        return None
    if mention.upper is not None and _is_linked_there(mention, theirs):
        return None
    return fault


def _is_elliptic(bare: NumberMention, mine: Numbers, there: Sequence[Stated]) -> bool:
    """Whether a large sum without its currency has it from its neighbour: "12 million dollars, after 45 million"."""
    if bare.kind != "cardinal" or bare.value < LARGE:
        return False
    own = mine.stated if any(o.mention is bare for o in mine.stated) else there
    return any(o.mention.kind == "money" and o.mention.value >= 10**5 for o in own)


def _compared(one: Stated, other: Stated, mine: Numbers, there: Sequence[Stated]) -> tuple[str, str] | None:
    """What speaks against `other` bearing `one` out; None when nothing does."""
    a, b = one.mention, other.mention
    nothing = ("number", named(a))
    if (a.kind == "ordinal") != (b.kind == "ordinal"):
        if close(a.value, b.value) and (one.numbered or other.numbered):
            return None  # "round two" is the second
        whole, part = (a, b) if a.kind == "ordinal" else (b, a)
        if not (close(whole.value * part.value, 1) and part.value < 1):
            return nothing
        return None
    if (a.kind == "year") != (b.kind == "year") and not close(a.value, b.value):
        return nothing
    unit = unit_fault(one, other)
    if unit == "currency" and "" in (a.unit, b.unit) and _is_elliptic(a if not a.unit else b, mine, there):
        unit = ""
    if a.upper is None and b.upper is None:
        if not same_value(a, b):
            return nothing
        if unit:
            return unit, named(a)
        roles = {one.role, other.role}
        contrary = one.role == "difference" or "" not in roles
        if len(roles) > 1 and contrary and roles not in ({"from", "former"}, {"by", "difference"}):
            return "number", f"{one.role} {named(a)}"
        if (other.doubtful and a.bound in ("", b.bound)) or (one.doubtful and b.bound in ("", a.bound)):
            return None
        lasting = (one.lasting or other.lasting) and {a.bound, b.bound} == {"", "more than"}
        if a.bound not in _LOOSER.get(b.bound, frozenset({b.bound})) and not lasting:
            return "hedge", f"{b.bound or 'exactly'} became {a.bound or 'exactly'} {named(a)}"
        return None
    if a.upper is not None and b.upper is not None:
        if not (same_value(a, b) and same_value(end_of(a), end_of(b))):
            return nothing
        return (unit, named(a)) if unit else None
    if b.upper is None:
        return nothing
    # One end of a range has to say that it is one, or the sentence has the other end, too.
    low, high = same_value(a, b), same_value(a, end_of(b))
    if not (low or high):
        return nothing
    if unit:
        return unit, named(a)
    if (low and a.bound in ("at least", "more than")) or (high and a.bound in ("up to", "less than")):
        return None
    far = end_of(b) if low else b
    if any(s.mention.upper is None and same_value(s.mention, far) for s in mine.stated if s is not one):
        return None
    return "hedge", f"a range became {named(a)}"


def _is_linked_there(mention: NumberMention, theirs: Sequence[Numbers]) -> bool:
    """Whether a quote has both ends, which were not read as one range there."""
    for numbers in theirs:
        for first, second in pairwise(numbers.stated):
            a, b = first.mention, second.mention
            near = 0 <= b.start - a.end <= 12 and common_size(1, a.unit)[1] == common_size(1, mention.unit)[1]
            if near and same_value(mention, a) and same_value(end_of(mention), b):
                return True
    return False
