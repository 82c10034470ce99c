"""Copies: the same report again, also shortened, edited or translated. Reports that contradict each other are not copies.

A wrong "copy" hides a voice, a missed one counts a voice twice; the first is worse, so every rule wants two witnesses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.stories.fingerprints import Fingerprint

# Chosen on labelled pairs: copies share at least half of the shorter one's runs of words, other reports under a fifth.
SHARED_RUNS = 0.5
SHARED_ANCHORS = 0.55
SHARED_NUMBERS = 0.7
FEWEST_ANCHORS = 10
FEWEST_RUNS = 12
# The shorter text may be this much shorter; a brief mention of an event is no copy of a long report on it.
SHORTEST_SHARE = 0.25
# Numbers that stand in one text only, on both sides: a figure was replaced, not lost.
REPLACED_NUMBERS = 0.2


def copy_reason(one: Fingerprint, other: Fingerprint) -> str:
    """Why two documents are copies of one report, in plain English; empty when they are not."""
    if min(one.words, other.words) < SHORTEST_SHARE * max(one.words, other.words):
        return ""
    if one.language == other.language:
        return _same_language(one, other)
    return _across_languages(one, other)


def contradicts(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether each text states numbers in place of the other's: then at least one of them is another report."""
    if not one.numbers or not other.numbers:
        return False
    only_one, only_other = len(one.numbers - other.numbers), len(other.numbers - one.numbers)
    replaced = min(only_one, only_other)
    return replaced > REPLACED_NUMBERS * min(len(one.numbers), len(other.numbers))


def _same_language(one: Fingerprint, other: Fingerprint) -> str:
    fewer = min(len(one.runs), len(other.runs))
    if fewer < FEWEST_RUNS:
        return "the same words" if one.runs == other.runs and one.runs else ""
    shared = len(one.runs & other.runs) / fewer
    if shared < SHARED_RUNS or contradicts(one, other):
        return ""
    return f"{shared:.0%} of its wording is the same"


def _across_languages(one: Fingerprint, other: Fingerprint) -> str:
    from rapidfuzz.distance import LCSseq

    fewer = min(len(one.anchors), len(other.anchors))
    if fewer < FEWEST_ANCHORS or contradicts(one, other):
        return ""
    in_order = LCSseq.similarity(one.anchors, other.anchors) / fewer
    fewer_numbers = min(len(one.numbers), len(other.numbers))
    numbers = len(one.numbers & other.numbers) / fewer_numbers if fewer_numbers else 0.0
    if in_order < SHARED_ANCHORS or (fewer_numbers and numbers < SHARED_NUMBERS):
        return ""
    share = f"{in_order:.0%} of its names and numbers stand in the same order"
    return f"{share}, {one.language}/{other.language}"
