"""Grouping: which report and which story a new document joins, decided once, in order of arrival, with the reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.stories.copies import copy_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from bot.stories.fingerprints import Fingerprint

# Reports on one event share most of their names; reports on one region share some.
SAME_STORY = 0.42
FEWEST_SHARED = 4
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
    for neighbour in sorted(neighbours, key=lambda n: n.print.document_id):
        reason = copy_reason(new, neighbour.print)
        if reason:
            return Place(neighbour.report_id, neighbour.story_id, f"copy of #{neighbour.print.document_id}: {reason}")
    best, likeness = None, 0.0
    for neighbour in neighbours:
        if day and neighbour.day and abs((day - neighbour.day).days) > LONGEST_STORY_DAYS:
            continue
        found = story_likeness(new, neighbour.print, rarity)
        if found > likeness:
            best, likeness = neighbour, found
    if best is not None and likeness >= SAME_STORY:
        reason = f"same story as #{best.print.document_id}: shares {likeness:.0%} of its names"
        return Place(new.document_id, best.story_id, reason)
    return Place(new.document_id, new.document_id, "")


def story_likeness(one: Fingerprint, other: Fingerprint, rarity: Callable[[str], float]) -> float:
    """Cosine of the two documents' names and numbers, rarer ones weighing more: 0 nothing shared, 1 the same."""
    shared = (one.names & other.names) | (one.numbers & other.numbers)
    if len(shared) < FEWEST_SHARED:
        return 0.0

    def length(print_: Fingerprint) -> float:
        return math.sqrt(sum(rarity(t) ** 2 for t in print_.names | print_.numbers))

    return sum(rarity(t) ** 2 for t in shared) / ((length(one) * length(other)) or 1.0)
