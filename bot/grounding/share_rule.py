"""Shares: "a third" is 33 percent and "one in three", "more than half" is 53 percent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.languages.reading import last_word

if TYPE_CHECKING:
    from bot.grounding.amounts import Stated
    from bot.grounding.statement import Statement
    from bot.languages.numbers import NumberMention

_SLACK = 0.005  # of a share: 33 percent are a third
_ROUND = 5  # percent
_SAME = 1e-6
_LOOSE_SLACK = 0.035  # of one that is meant about


def _share_of(one: Stated) -> float | None:
    """The share that an amount says: 0.2 for "20 percent", "a fifth" and "one in five"; None when it is none."""
    mention = one.mention
    if mention.upper is not None:
        return None
    if mention.unit == "%" and not one.points:
        return mention.value / 100
    if mention.unit:
        return None
    if mention.kind == "ordinal" and mention.value > 1:
        return 1 / mention.value
    return mention.value if 0 < mention.value < 1 else None


def is_share(said: Statement, one: Stated, quote: Statement, other: Stated) -> bool:
    """ "a third" for 33 percent, "one in five" for 20 percent."""
    mine, theirs = _share_of(one), _share_of(other)
    if one.role and other.role and one.role != other.role:
        return False  # "by a third" is not "to a third"
    if mine is None or theirs is None or one.mention.unit == other.mention.unit == "%":
        return False
    if any(x.mention.kind == "ordinal" and not is_part(s, x.mention) for s, x in ((said, one), (quote, other))):
        return False
    exact = one.mention.unit == "%" and one.mention.value % _ROUND != 0  # nobody means 32 percent roughly
    if exact and abs(theirs - mine) > _SLACK:
        return False
    if last_word(said.lowered, one.mention.start) in ("genau", "exakt", "exactly", "precisely"):
        return abs(theirs - mine) < _SAME
    return is_about(mine, theirs, one.mention.bound, other.mention.bound)


_PART = re.compile(r"\b(?:(?:an?|one|two|three|jede[rnsm]?|ein|eine|in|of|von|about|almost|nearly|fast|rund|etwa) )\Z")


def is_part(said: Statement, ordinal: NumberMention) -> bool:
    """Whether an ordinal may be a share: "a third", "one in five", "jeder fünfte", yet not "the third attack"."""
    return _PART.search(said.lowered, max(0, ordinal.start - 10), ordinal.start) is not None


def is_about(mine: float, theirs: float, bound: str, other_bound: str) -> bool:
    """Whether a share with its bound is what another one is, which is given in other figures."""
    off = theirs - mine
    if abs(off) <= _SLACK and (bound == other_bound or (bound == "about" and not other_bound)):
        return True
    if other_bound:
        return False
    if bound == "about":
        return abs(off) <= _LOOSE_SLACK
    if bound in ("more than", "at least"):
        return 0 < off <= 2 * _LOOSE_SLACK
    return bound in ("nearly", "less than", "up to") and 0 < -off <= 2 * _LOOSE_SLACK
