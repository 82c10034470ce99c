"""Grouping: which report and which story a new document joins, decided once, in order of arrival, with the reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.stories.copies import compare
from bot.stories.fingerprints import days_and_months

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from bot.stories.fingerprints import Fingerprint

# Chosen on pairs of our own: follow-ups reach 0.4, two events in one town 0.4, unrelated reports 0.1.
SAME_STORY = 0.39
SAME_STORY_SHORT = 0.34  # of a text that is much shorter than the other: a short follow-up tells little of what was
MUCH_SHORTER = 0.67
SAME_STORY_HEADLINE = 0.53  # of a few words: they are alike by chance
HEADLINE_WORDS = 12
NAMES = 0.7  # how much a name counts beside another word
SHARED_NAMES = 0.28
FEWEST_NAMES = 5
# Unknown dates join by their names alone; known ones have to lie within a news cycle that follows one event.
LONGEST_STORY_DAYS = 45


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An earlier document that the new one is compared with, and where it was put."""

    print: Fingerprint
    day: date | None
    report_id: int
    story_id: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document belongs. Ids are those of the report's and the story's first document."""

    report_id: int
    story_id: int
    reason: str


def place_of(
    new: Fingerprint, day: date | None, neighbours: Sequence[Neighbour], rarity: Callable[[str], float]
) -> Place:
    """The report and story of a new document. `rarity` gives a term's weight, larger for rarer ones."""
    return _as_copy(new, neighbours) or _in_story(new, day, neighbours, rarity)


def _as_copy(new: Fingerprint, neighbours: Sequence[Neighbour]) -> Place | None:
    """The report that the document is a copy of. Copies of one report never contradict each other, none of them any."""
    found: dict[int, Place] = {}
    contradicted: set[int] = set()
    for neighbour in sorted(neighbours, key=lambda n: n.print.document_id):
        if neighbour.report_id in contradicted:
            continue
        likeness = compare(new, neighbour.print)
        if likeness.against:
            contradicted.add(neighbour.report_id)
        elif likeness.reason and neighbour.report_id not in found:
            reason = f"copy of #{neighbour.print.document_id}: {likeness.reason}"
            found[neighbour.report_id] = Place(neighbour.report_id, neighbour.story_id, reason)
    return next((place for report, place in found.items() if report not in contradicted), None)


def _in_story(
    new: Fingerprint, day: date | None, neighbours: Sequence[Neighbour], rarity: Callable[[str], float]
) -> Place:
    best, likeness, margin = None, 0.0, 0.0
    for neighbour in neighbours:
        if day and neighbour.day and abs((day - neighbour.day).days) > LONGEST_STORY_DAYS:
            continue
        found = story_likeness(new, neighbour.print, rarity)
        above = found / _enough(new, neighbour.print)
        if above >= 1 and above > margin:
            best, likeness, margin = neighbour, found, above
    if best is not None:
        reason = f"same story as #{best.print.document_id}: {likeness:.0%} alike in names and words"
        return Place(new.document_id, best.story_id, reason)
    return Place(new.document_id, new.document_id, "")


def _enough(one: Fingerprint, other: Fingerprint) -> float:
    """How much alike two documents must be to tell one story."""
    fewer, more = sorted((len(one.told), len(other.told)))
    if fewer < HEADLINE_WORDS:
        return SAME_STORY_HEADLINE
    return SAME_STORY_SHORT if fewer < MUCH_SHORTER * more else SAME_STORY


def story_likeness(one: Fingerprint, other: Fingerprint, rarity: Callable[[str], float]) -> float:
    """How much two documents speak of the same event, 0..1: what the beginning of each says that the other says too."""
    if len(one.told) > len(other.told):
        one, other = other, one
    if not one.told or _other_names(one, other):
        return 0.0
    # The longer one can be told by the shorter only as far as that goes.
    back = _told(other, one, rarity) / min(1.0, len(one.told) / len(other.told) + 0.1)
    return math.sqrt(_told(one, other, rarity) * min(1.0, back))


def _other_names(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether both name people and places, hardly any of them the same: the same kind of event somewhere else."""
    names, names_there = one.names - days_and_months(), other.names - days_and_months()
    fewer = min(len(names), len(names_there))
    return fewer >= FEWEST_NAMES and len(names & names_there) < SHARED_NAMES * fewer


def _told(one: Fingerprint, other: Fingerprint, rarity: Callable[[str], float]) -> float:
    """The share of what `one` tells that `other` tells too; rarer words count more, names most."""
    there = other.senses_told
    weights = [rarity(c.term) if c.senses.isdisjoint(one.names) else NAMES * rarity(c.term) for c in one.told]
    said = sum([w for w, c in zip(weights, one.told, strict=True) if not there.isdisjoint(c.senses)])
    return said / sum(weights) if said else 0.0
