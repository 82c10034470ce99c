"""Bounds: how exactly an amount is meant may be loosened ("more than 100" → "at least 100"), never tightened or turned.

A number that the quote says exactly may be rounded where the sentence says that it is: "around 12,000" for 11,950,
"more than 11,000", "nearly 12,000".
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Final

from bot.languages.bounds import bound_phrases
from bot.languages.reading import last_word, words_before

if TYPE_CHECKING:
    from bot.grounding.amounts import Stated
    from bot.grounding.statement import Statement
    from bot.languages.numbers import NumberMention

# Which bound of a quote may become which bound of a sentence: the same or a weaker one.
_LOOSER: Final = {
    "": frozenset({"", "about"}),
    "about": frozenset({"about"}),
    "more than": frozenset({"more than", "at least"}),
    "at least": frozenset({"at least"}),
    "up to": frozenset({"up to"}),
    "less than": frozenset({"less than", "up to"}),
    "nearly": frozenset({"nearly", "about", "less than"}),
}
_BEFORE, _BEHIND = 32, 24  # code points in which a bound may stand that was not read as the number's
_SLIGHTLY = re.compile(
    r"\b(?:gut|just over|just above|slightly (?:more|over|above)|a little (?:more|over)|etwas (?:mehr|über)|kaum mehr)\b"
)
_ENOUGH_DIGITS = 3  # of a number that is rounded
_FAR = 1.5  # times: "more than 100" says too little of 150 and more


def may_become(one: Stated, said: Statement, other: Stated, quote: Statement) -> bool:
    """Whether a sentence may mean an amount as it does where a quote means it as that does."""
    a, b = one.mention, other.mention
    allowed = _LOOSER.get(b.bound, frozenset({b.bound}))
    if a.bound in allowed:
        return True
    if _AGO.match(said.lowered, a.end) or _AGO.match(quote.lowered, b.end):
        return True  # "27 percent higher than five years ago" counts exactly five
    if {a.bound, b.bound} == {"", "less than"} and _is_among(one, said, other, quote):
        return True
    if (other.doubtful and a.bound in ("", b.bound)) or (one.doubtful and b.bound in ("", a.bound)):
        return True
    if (one.lasting or other.lasting) and {a.bound, b.bound} == {"", "more than"}:
        return True
    if a.bound == "about" and b.bound == "more than":
        return _SLIGHTLY.search(quote.lowered, max(0, b.start - _BEFORE), b.start) is not None
    # The other may be said a few words off, where reading does not look: "at least, however, 250 euros".
    if not b.bound and any(a.bound in _LOOSER[near] for near in _bounds_near(quote, other)):
        return True
    return not a.bound and not allowed.isdisjoint(_bounds_near(said, one))


def _is_among(one: Stated, said: Statement, other: Stated, quote: Statement) -> bool:
    """Whether "unter" means "among", as the other sentence says plainly: "eine Umfrage unter 62", "a survey of 62"."""
    low, plain = ((one, said), (other, quote)) if one.mention.bound else ((other, quote), (one, said))
    if last_word(low[1].lowered, low[0].mention.start) not in ("unter", "under"):
        return False
    words = words_before(plain[1].lowered, plain[0].mention.start)
    return not _AMONG.isdisjoint(words[-2:])


_AMONG: Final = frozenset("of among amongst from von der den unter aus".split())


def _bounds_near(said: Statement, one: Stated) -> frozenset[str]:
    """The bounds that stand by a number, with no other number between."""
    mention = one.mention
    before = said.lowered[max(0, mention.start - _BEFORE) : mention.start]
    if _GOOD.search(before):
        return frozenset({"more than"})
    behind = said.lowered[mention.end : mention.end + _BEHIND]
    before = _FIGURE.split(before)[-1]
    behind = _FIGURE.split(behind)[0]
    table = bound_phrases(said.language)
    limits = [bound for bound, words in _LIMITS if words.search(said.lowered)]
    found = set(limits) | {table[m.group()] for m in _loose_bounds().finditer(before) if m.group() in table}
    return frozenset(found | {table[m.group()] for m in _loose_bounds().finditer(behind) if m.group() in table})


_FIGURE = re.compile(r"\d|[.;]\s")
_AGO = re.compile(r"\s(?:ago|earlier|before|previously|zuvor|davor|früher|vorher)\b")
_LIMITS: Final = (
    ("up to", re.compile(r"\b(?:upper limit|maximum|ceiling|obergrenze|höchstwert|höchstgrenze|höchstmenge)\b")),
    ("at least", re.compile(r"\b(?:lower limit|minimum|untergrenze|mindest\w{3,14})\b")),
)
_GOOD = re.compile(r"\ba good \Z")


@cache
def _loose_bounds() -> re.Pattern[str]:
    # Only phrases that mean nothing else: "über", "some" and "gut" have to stand right before their number.
    sure = (
        "mindestens wenigstens zumindest höchstens maximal ungefähr schätzungsweise circa approximately roughly".split()
    )
    phrases = [
        *sure,
        "at least",
        "at most",
        "no fewer than",
        "no more than",
        "up to",
        "bis zu",
        "as many as",
        "more than",
        "mehr als",
    ]
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b")


# --- rounding -----------------------------------------------------------------------------------------------------


def is_rounded(a: NumberMention, b: NumberMention, value: float, exact: float) -> bool:
    """Whether `a` rounds what `b` says exactly, and says that it does. The values are of one unit."""
    if not a.bound or b.bound or a.upper is not None or b.upper is not None or value <= 0 or exact <= 0:
        return False
    fine, coarse = _digits(exact), _digits(value)
    if fine < _ENOUGH_DIGITS or coarse >= fine:
        return False
    step = 10.0 ** (math.floor(math.log10(value)) - coarse + 1)
    above = exact - value
    if a.bound == "about":
        return abs(above) <= step / 2
    if a.bound in ("more than", "at least"):
        return 0 <= above < step and exact < _FAR * value
    return 0 <= -above < step and value < _FAR * exact


def _digits(value: float) -> int:
    """How many digits of a value say something: 2 of 12,000, 4 of 11,950."""
    text = f"{value:.9g}"
    if "e" in text:
        text = f"{value:.0f}"
    figures = text.replace(".", "").lstrip("0")
    return len(figures.rstrip("0") if "." not in text else figures)
