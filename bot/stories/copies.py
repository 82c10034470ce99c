"""Copies: the same report again, also shortened, edited, retold or translated. Contradicting reports are never copies.

A wrong "copy" hides a voice, a missed one counts a voice twice; the first is worse, so every rule wants two witnesses:
the same wording or the same content, and nothing said differently. Whether two texts are copies depends on these two
alone, never on what else the library holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.stories.alignment import Alignment
from bot.stories.contradictions import FEW_WORDS, contradiction

if TYPE_CHECKING:
    from bot.stories.fingerprints import Fingerprint

# The shorter text may be this much shorter; a brief mention of an event is no copy of a long report on it.
SHORTEST_SHARE = 0.25
EXCERPT = 0.7  # of its wording: then a text is a part of the other however short it is
FEWEST_CONTENT_WORDS = 12  # less says too little to be recognised by
# Copies share at least 0.4 of the shorter one's runs of words, reports on one event under a third.
SHARED_RUNS = 0.4
# Share of each text's words that stand where the other says the same (see `align`). On labelled pairs: other reports on
# one event reach 0.6 in one language and 0.4 across two; retold and translated ones start at 0.55 and 0.45.
RETOLD = 0.59
RETOLD_IN_ANY_ORDER = 0.66
TRANSLATED = 0.44
OF_A_SHORTER = 0.1  # more is asked of a text that is a part of the other: long texts say something of everything
IN_ORDER = 0.75
# Of two sentences on one kind of event most words are the same soon: more is asked of texts of no more than that.
SHARED_RUNS_OF_FEW = 0.6
RETOLD_IN_FEW = 0.8
# Nobody else tells so many things in this very order: then less is asked of each.
LONG = 12  # sentences
LONG_IN_ORDER = 0.9
OF_A_LONG_ONE = 0.09
NAMES_KEPT = 0.3
FEWEST_NAMES = 4


class Likeness(NamedTuple):
    """Why two documents are copies, and what speaks against it. In plain English, empty when there is nothing."""

    reason: str
    against: str


UNLIKE = Likeness("", "")


def copy_reason(one: Fingerprint, other: Fingerprint) -> str:
    """Why two documents are copies of one report, in plain English; empty when they are not."""
    likeness = compare(one, other)
    return "" if likeness.against else likeness.reason


def compare(one: Fingerprint, other: Fingerprint) -> Likeness:
    """Whether two documents say the same and whether they contradict each other; `against` only with a `reason`."""
    if (one.size, one.words, one.language) > (other.size, other.words, other.language):
        one, other = other, one
    if one.size < FEWEST_CONTENT_WORDS:
        same = (one.language, one.words, one.sentences) == (other.language, other.words, other.sentences)
        return Likeness("the same words", "") if same and one.size else UNLIKE
    wording = len(one.runs & other.runs) / max(1, len(one.runs)) if one.language == other.language else 0.0
    edited = wording >= (SHARED_RUNS_OF_FEW if other.size < FEW_WORDS else SHARED_RUNS)
    if wording < EXCERPT and one.size < SHORTEST_SHARE * other.size:
        return UNLIKE
    if not edited and not _may_say_the_same(one, other):
        return UNLIKE
    there, back = Alignment(one, other), Alignment(other, one)
    reason = f"{wording:.0%} of its wording is the same" if edited else _retold(one, other, there, back)
    return Likeness(reason, contradiction(one, other, there, back, edited=edited)) if reason else UNLIKE


def _retold(one: Fingerprint, other: Fingerprint, there: Alignment, back: Alignment) -> str:
    part = one.size / other.size
    least = _least(one, other)
    if other.size < FEW_WORDS and there.share < RETOLD_IN_FEW:
        return ""
    if there.share < least - OF_A_LONG_ONE:
        return ""
    in_order = min(there.in_order, back.in_order)
    if in_order < IN_ORDER:
        enough = RETOLD_IN_ANY_ORDER
    elif in_order >= LONG_IN_ORDER and min(there.matched, back.matched) >= LONG:
        enough = least - OF_A_LONG_ONE
    else:
        enough = least
    if there.share < enough or back.share < enough * min(1.0, part + 0.1):
        return ""
    order = ", in the same order" if in_order >= IN_ORDER else ""
    words = "in other words" if one.language == other.language else f"{one.language}/{other.language}"
    return f"{there.share:.0%} of what it says is said there too{order}, {words}"


def _least(one: Fingerprint, other: Fingerprint) -> float:
    """How much of the shorter text `one` the other must say at least."""
    return (RETOLD if one.language == other.language else TRANSLATED) + OF_A_SHORTER * (1 - one.size / other.size)


def _may_say_the_same(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether `_retold` may find anything; cheap, and never wrong when it says no, but for the names."""
    fewer = min(len(one.names), len(other.names))
    if fewer >= FEWEST_NAMES and len(one.names & other.names) < NAMES_KEPT * fewer:
        return False
    senses = other.senses
    shared = sum([c.weight for sentence in one.sentences for c in sentence if not senses.isdisjoint(c.senses)])
    return shared >= (_least(one, other) - OF_A_LONG_ONE) * one.weight
