"""Grouping: which report and which story a new document joins, decided once, in order of arrival, with the reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.languages.lexicon import LANGUAGES
from bot.stories.copies import compare
from bot.stories.fingerprints import days_and_months
from bot.stories.headlines import likelihood

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from bot.stories.fingerprints import Fingerprint

# Chosen on pairs of our own: follow-ups reach 0.4, two events in one town 0.4, unrelated reports 0.1.
SAME_STORY = 0.39
SAME_STORY_SHORT = 0.34  # of a text that is much shorter than the other: a short follow-up tells little of what was
MUCH_SHORTER = 0.67
SAME_STORY_HEADLINE = 0.53  # of a few words beside a long text: they are alike by chance
HEADLINE_WORDS = 12
SHORT_WORDS = 16  # two texts of no more than that are compared as headlines are
LONG_HEADLINE = 24  # words of a text that is nothing but its title
# A headline joins the story that it is likeliest to tell: half as its nearest member does, half as its nearest few.
JOINS = 0.5
NEAREST = 0.5
FEW = 3
SMALL = 3  # documents of a story that a later headline may still lead into another one
HINTED = 0.2  # how likely that headline must tell it, too
NAMES = 0.7  # how much a name counts beside another word
SHARED_NAMES = 0.28
FEWEST_NAMES = 5
# Unknown dates join by their names alone; known ones have to lie within a news cycle that follows one event.
LONGEST_STORY_DAYS = 45
_JOINED = frozenset(LANGUAGES)
_WORTH_WEIGHING = 0.12  # share of its words, counted: the rarest of fewer do not weigh enough
_SAME_DAY_H, _UNKNOWN_H = 4.0, 12.0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An earlier document that the new one is compared with, and where it was put."""

    print: Fingerprint
    day: date | None
    report_id: int
    story_id: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document belongs. Ids are those of the report's and the story's first document."""

    report_id: int
    story_id: int
    reason: str


def place_of(
    new: Neighbour, neighbours: Sequence[Neighbour], rarity: Callable[[str], float], sizes: Mapping[int, int]
) -> Place:
    """The report and story of a new document, whose own ids are not looked at.

    `rarity` gives a term's weight, 0..1, larger for rarer ones; `sizes` says how many documents a story has.
    """
    return _as_copy(new.print, neighbours) or _in_story(new, neighbours, rarity, sizes)


def _as_copy(new: Fingerprint, neighbours: Sequence[Neighbour]) -> Place | None:
    """The report that the document is a copy of. Copies of one report never contradict each other, none of them any."""
    reports: dict[int, list[Neighbour]] = {}
    for neighbour in sorted(neighbours, key=lambda n: n.print.document_id):
        reports.setdefault(neighbour.report_id, []).append(neighbour)
    for copies in reports.values():
        found: Place | None = None
        for copy in copies:
            likeness = compare(new, copy.print)
            if likeness.against:
                break
            if likeness.reason and found is None:
                reason = f"copy of #{copy.print.document_id}: {likeness.reason}"
                found = Place(copy.report_id, copy.story_id, reason)
        else:
            if found is not None:
                return found
    return None


def _in_story(
    new: Neighbour, neighbours: Sequence[Neighbour], rarity: Callable[[str], float], sizes: Mapping[int, int]
) -> Place:
    joined: list[tuple[float, int, str]] = []  # by how much it is enough, the story, why
    told: dict[int, list[tuple[float, int]]] = {}  # chances and documents by story
    foreign: dict[int, int] = {}  # how many of these are in a language that ours is not joined with
    for other in neighbours:
        if not _near_in_time(new, other):
            continue
        if is_short(new.print) and is_short(other.print):
            chance = likelihood(new.print, other.print, hours_between(new, other), rarity)
            told.setdefault(other.story_id, []).append((chance, -other.print.document_id))
            foreign[other.story_id] = foreign.get(other.story_id, 0) + are_foreign(
                new.print.language, other.print.language
            )
            continue
        found = story_likeness(new.print, other.print, rarity)
        above = found / _enough(new.print, other.print)
        if above >= 1:
            why = f"same story as #{other.print.document_id}: {found:.0%} alike in names and words"
            joined.append((above, -other.story_id, why))
    for story, near in told.items():
        chance = story_chance([one for one, _ in near], sizes.get(story, 1) - foreign[story])
        if chance >= JOINS:
            why = f"same story as #{-max(near)[1]}: {chance:.0%} likely by words, names and time"
            joined.append((chance / JOINS, -story, why))
    document_id = new.print.document_id
    if joined:
        _, story, why = max(joined)
        return Place(document_id, -story, why)
    return Place(document_id, document_id, "")


def led_along(
    new: Neighbour, neighbours: Sequence[Neighbour], rarity: Callable[[str], float], sizes: Mapping[int, int]
) -> list[tuple[Neighbour, str]]:
    """The documents of small stories that turn out to tell the new headline's, which links them, each with the reason.

    Two outlets may tell one event without a word in common until a third comes. All documents of such a story have to
    be among the neighbours, and each must by itself be likely to tell the larger one. `sizes` counts the new one, too.
    """
    if sizes.get(new.story_id, 1) == 1 or not is_short(new.print):
        return []
    stories: dict[int, dict[int, Neighbour]] = {new.story_id: {new.print.document_id: new}}
    for one in neighbours:
        if is_short(one.print):
            stories.setdefault(one.story_id, {})[one.print.document_id] = one
    mine = list(stories.pop(new.story_id).values())
    led: list[tuple[Neighbour, str]] = []
    for story, found in stories.items():
        theirs = list(found.values())
        if len(theirs) > SMALL or len(theirs) != sizes.get(story, 1) or not all(_near_in_time(new, o) for o in theirs):
            continue
        if max([likelihood(new.print, one.print, hours_between(new, one), rarity) for one in theirs]) < HINTED:
            continue
        for one in theirs:
            chances = [likelihood(one.print, other.print, hours_between(one, other), rarity) for other in mine]
            chance = story_chance([c for c in chances if c >= HINTED] or [0.0], sizes[new.story_id])
            if chance < JOINS:
                del led[len(led) - theirs.index(one) :]
                break
            why = f"same story as #{new.print.document_id}, which came later and links them: {chance:.0%} likely"
            led.append((one, why))
    return led


def are_foreign(one: str, other: str) -> bool:
    """Whether no word list joins two languages: then a headline in one says little of what is in the other."""
    return one != other and not {one, other} <= _JOINED


def _near_in_time(one: Neighbour, other: Neighbour) -> bool:
    return not (one.day and other.day and abs((one.day - other.day).days) > LONGEST_STORY_DAYS)


def is_short(print_: Fingerprint) -> bool:
    """Whether a document is as short as a headline."""
    if print_.size <= SHORT_WORDS:
        return True
    return print_.size <= LONG_HEADLINE and print_.version.facts.title in ("", print_.version.text)


def story_chance(chances: Sequence[float], size: int) -> float:
    """How likely a headline tells a story of so many documents, by its chances with those that were looked at."""
    few = max(1, min(size, FEW))
    nearest = sorted(chances, reverse=True)[:few]
    return NEAREST * nearest[0] + (1 - NEAREST) * sum(nearest) / few


def hours_between(one: Neighbour, other: Neighbour) -> float:
    """The hours between two documents, as far as that is known."""
    if one.at and other.at:
        return abs((one.at - other.at).total_seconds()) / 3600
    if one.day and other.day:
        return max(_SAME_DAY_H, 24.0 * abs((one.day - other.day).days))
    return _UNKNOWN_H


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
    if _shared(one, other) < _WORTH_WEIGHING * len(one.told):
        return 0.0
    there = _told(one, other, rarity)
    if math.sqrt(there) < SAME_STORY_SHORT:
        return 0.0  # the way back can only make it less
    # The longer one can be told by the shorter only as far as that goes.
    back = _told(other, one, rarity) / min(1.0, len(one.told) / len(other.told) + 0.1)
    return math.sqrt(there * min(1.0, back))


def _other_names(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether both name people and places, hardly any of them the same: the same kind of event somewhere else."""
    names, names_there = one.names - days_and_months(), other.names - days_and_months()
    fewer = min(len(names), len(names_there))
    return fewer >= FEWEST_NAMES and len(names & names_there) < SHARED_NAMES * fewer


def _shared(one: Fingerprint, other: Fingerprint) -> int:
    there = other.senses_told
    return sum([not there.isdisjoint(content.senses) for content in one.told])


def _told(one: Fingerprint, other: Fingerprint, rarity: Callable[[str], float]) -> float:
    """The share of what `one` tells that `other` tells too; rarer words count more, names most."""
    there, names = other.senses_told, one.names
    whole = said = 0.0
    for content in one.told:
        senses = content.senses
        weight = rarity(content.term)
        if not names.isdisjoint(senses):
            weight *= NAMES
        whole += weight
        if not there.isdisjoint(senses):
            said += weight
    return said / whole if said else 0.0
