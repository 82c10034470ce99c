"""Numbers: every amount of a sentence has to stand in its quotes, in its unit, counting the same, as exactly meant.

- An amount is met in any notation and in a unit of the same kind (1,2 Mrd. = 1.2 billion, 2 km = 2,000 m), rounded only where both say so.
- How exactly it is meant may be loosened ("more than 100" → "at least 100"), never tightened or left out.
- A sum, a difference, a share or a count may be made of numbers that a quote gives, and of no others.
- A range is met by the whole range, or by one end that says so ("up to 6 million").
- "from 5", "to 10" and "by 5" are three things; so are percent and percentage points, a day's and a year's.
- Where a quote counts two things, the number has to stay with its own: "12 killed, 30 hurt" is not "30 killed".
- Figures that are read as no number have to stand in a quote as they are: results, numbers of flights, types.
- Figures of other scripts, fractions in one sign and raised figures are no way to write a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bot.grounding.amounts import LARGE, Numbers, Stated, close, elliptic, end_of, named, numbers_of, same_value
from bot.grounding.article_rule import one_there, wrong_one
from bot.grounding.bound_rule import may_become
from bot.grounding.clock_times import wrong_clock
from bot.grounding.derived_rule import is_derived, is_lost_difference
from bot.grounding.direction_rule import turned_direction
from bot.grounding.figure_rule import is_strange_figure, loose_figures, year_counts
from bot.grounding.number_word_rule import PART_VALUES, has_second, parts_of, wrong_words
from bot.grounding.part_rule import part_exceeds, part_for_whole
from bot.grounding.score_rule import is_result, turned
from bot.grounding.share_rule import is_part
from bot.grounding.subject_rule import of_another_name, percent_of_other, somebody_elses, swapped
from bot.grounding.unit_rule import other_measure, other_money, unit_fault, wrong_rate
from bot.languages.lexicon import may_be
from bot.languages.numbers import NumberMention
from bot.languages.units import common_size
from bot.languages.words import key_of

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_SECOND = 2
_YEARS: Final = (1500, 2100)
_There = tuple["Statement", "Stated"]  # an amount and the quote that has it


def wrong_number(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """(rule, detail) of the first number that the quotes do not bear out: "number", "unit", "currency" or "hedge"."""
    strange = next((c for c in said.text if not c.isascii() and is_strange_figure(c)), "")
    if strange and not any(strange in quote.text for quote in quotes):
        return "number", f"a figure U+{ord(strange):04X}"
    mine, theirs = numbers_of(said), [numbers_of(quote) for quote in quotes]
    there: list[_There] = []
    for quote, numbers in zip(quotes, theirs, strict=True):
        there += [(quote, one) for one in numbers.stated]
        there += [(quote, whole) for one in numbers.stated for whole in elliptic(quote, one, numbers.stated)]
    for one in mine.stated:
        if one.mention.value == 1 and one.mention.kind in ("cardinal", "measure") and one_there(said, one, quotes):
            continue
        fault = _fault(said, one, there, quotes)
        if (
            fault is not None
            and not any(_fault(said, whole, there, quotes) is None for whole in elliptic(said, one, mine.stated))
            and not (fault[0] == "number" and is_derived(said, one, quotes))
        ):
            return fault
    return (
        swapped(said, quotes)
        or turned(said, quotes)
        or part_exceeds(said, mine)
        or part_for_whole(said, quotes)
        or turned_direction(said, quotes)
        or year_counts(said, mine, quotes)
        or somebody_elses(said, mine, quotes)
        or wrong_clock(mine.clocks, [clock for numbers in theirs for clock in numbers.clocks])
        or of_another_name(said, quotes)
        or percent_of_other(said, quotes)
        or wrong_rate(said, quotes)
        or other_measure(said, quotes)
        or other_money(said, quotes)
        or wrong_words(said, quotes)
        or wrong_one(said, quotes)
        or loose_figures(said, mine, quotes)
    )


def _fault(
    said: Statement, one: Stated, there: Sequence[_There], quotes: Sequence[Statement]
) -> tuple[str, str] | None:
    """What is wrong with an amount; None when some amount of the quotes bears it out."""
    mention = one.mention
    nothing = fault = ("number", named(mention))
    for quote, other in there:
        found = _compared(said, one, quote, other, there)
        if found is None:
            return None
        if found[0] != "number" or fault == nothing:
            fault = found if found[0] != "number" else fault
    if _is_in_words(said, one, quotes) or _is_bare_year(mention, quotes):
        return None
    if mention.upper is not None and (
        any(_is_linked_there(mention, numbers_of(quote)) for quote in quotes) or is_result(said, mention, quotes)
    ):
        return None
    if any(_is_in_a_word(mention, quote) for quote in quotes):
        return None
    return fault


def _is_in_a_word(mention: NumberMention, quote: Statement) -> bool:
    """Whether a number is the first part of a German noun: "Siebenmeter" is seven metres, "Vierbettzimmer" has four beds."""
    if quote.language != "de" or mention.bound or mention.upper is not None or not 1 < mention.value <= len(_UNITS):
        return False
    if mention.value != int(mention.value):
        return False
    names = _ORDERED if mention.kind == "ordinal" else _UNITS
    name = names[int(mention.value) - 1]
    return any(
        word.text[0].isupper()
        and word.text.lower().startswith(name)
        and len(word.text) > len(name) + 3
        and may_be(key_of(word.text[len(name) :].capitalize(), "de"), "de", "n")
        for word in quote.words
    )


_ORDERED: Final = "erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft".split()
_UNITS: Final = "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split()


def _is_in_words(said: Statement, one: Stated, quotes: Sequence[Statement]) -> bool:
    """Whether the quotes have an amount in words that are read as no number: "a second", "double", "half"."""
    mention = one.mention
    if mention.value == _SECOND and (mention.kind == "ordinal" or one.numbered):
        return any(has_second(quote) for quote in quotes)
    if mention.value in (2.0, 3.0, 4.0, 0.5) and not mention.unit:
        name = next(name for name, value in PART_VALUES.items() if value == mention.value)
        return name in parts_of(said) and any(name in parts_of(quote) for quote in quotes)
    return mention.unit == "%" and mention.value == 50 and any("half" in parts_of(quote) for quote in quotes)


def _is_bare_year(mention: NumberMention, quotes: Sequence[Statement]) -> bool:
    """Whether a number is a year of a quote, which is read as one there alone: "die 1987 gebaute Fähre"."""
    if mention.unit or mention.bound or mention.upper is not None or not _YEARS[0] <= mention.value <= _YEARS[1]:
        return False
    year = re.compile(rf"(?<![\w.,]){mention.value:.0f}(?![\w%]|[.,]\d)")
    return any(year.search(quote.text) for quote in quotes)


def _is_elliptic(bare: NumberMention, mine: Numbers, there: Sequence[_There]) -> bool:
    """Whether a large sum without its currency has it from its neighbour: "12 million dollars, after 45 million"."""
    if bare.kind != "cardinal" or bare.value < LARGE:
        return False
    own = mine.stated if any(o.mention is bare for o in mine.stated) else [other for _, other in there]
    return any(o.mention.kind == "money" and o.mention.value >= 10**5 for o in own)


def _compared(
    said: Statement, one: Stated, quote: Statement, other: Stated, there: Sequence[_There]
) -> tuple[str, str] | None:
    """What speaks against `other` bearing `one` out; None when nothing does."""
    a, b = one.mention, other.mention
    nothing = ("number", named(a))
    if (a.kind == "ordinal") != (b.kind == "ordinal"):
        if close(a.value, b.value) and (one.numbered or other.numbered):
            return None  # "round two" is the second
        (whole, whose), part = ((a, said), b) if a.kind == "ordinal" else ((b, quote), a)
        is_same = close(whole.value * part.value, 1) and part.value < 1 and is_part(whose, whole)
        return None if is_same and not _is_other_role(one, other) else nothing
    if (a.kind == "year") != (b.kind == "year") and not close(a.value, b.value):
        return nothing
    unit = unit_fault(one, other)
    if unit == "currency" and "" in (a.unit, b.unit):
        unit = "" if _is_elliptic(a if not a.unit else b, numbers_of(said), there) else unit
        if not a.unit and one.counted < 0 and any(o.mention.unit == b.unit for o in numbers_of(said).stated):
            unit = ""  # "240,000 pounds, far more than the estimated 30,000"
    if a.upper is not None:
        if b.upper is None or not (same_value(a, b) and same_value(end_of(a), end_of(b))):
            return nothing
        return (unit, named(a)) if unit else None
    if b.upper is not None:
        return _one_end(one, other, unit, numbers_of(said))
    if not same_value(a, b):
        return nothing
    if unit:
        return unit, named(a)
    if _is_other_role(one, other) or is_lost_difference(said, one, quote, other):
        return "number", f"{one.role} {named(a)}"
    if not may_become(one, said, other, quote):
        return "hedge", f"{b.bound or 'exactly'} became {a.bound or 'exactly'} {named(a)}"
    return None


def _is_other_role(one: Stated, other: Stated) -> bool:
    """Whether a number is what something rose to, and in the quote what it rose by."""
    roles = {one.role, other.role}
    if len(roles) == 1 or roles in ({"from", "former"}, {"by", "difference"}):
        return False
    return "" not in roles or (one.role == "difference" and one.mention.unit != "%")


def _one_end(one: Stated, other: Stated, unit: str, mine: Numbers) -> tuple[str, str] | None:
    """One end of a range has to say that it is one, or the sentence has the other end, too."""
    a, b = one.mention, other.mention
    low, high = same_value(a, b), same_value(a, end_of(b))
    if not (low or high):
        return "number", named(a)
    if unit:
        return unit, named(a)
    if (low and a.bound in ("at least", "more than")) or (high and a.bound in ("up to", "less than")):
        return None
    far = end_of(b) if low else b
    if any(s.mention.upper is None and same_value(s.mention, far) for s in mine.stated if s is not one):
        return None
    return "hedge", f"a range became {named(a)}"


def _is_linked_there(mention: NumberMention, numbers: Numbers) -> bool:
    """Whether a quote has both ends, which were not read as one range there."""
    for first, second in pairwise(numbers.stated):
        a, b = first.mention, second.mention
        near = 0 <= b.start - a.end <= 12 and common_size(1, a.unit)[1] == common_size(1, mention.unit)[1]
        if near and same_value(mention, a) and same_value(end_of(mention), b):
            return True
    return False
