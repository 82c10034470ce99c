"""Addresses that have moved for good: by redirects, or because the feed says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.library.source_store import Watched
from bot.polling.memories import feed_memory
from bot.sources.fetched import Fetched
from bot.sources.item_identity import link_key_of

if TYPE_CHECKING:
    from bot.sources.feed import Feed

MOVED_TIMES: Final = 3  # checks in a row that were led elsewhere for good, and looks to where a feed says it moved
_MOVED_AGAIN: Final = 20  # and once in so many bodies after that


@dataclass(frozen=True, slots=True)
class MovedTo:
    """Where an address is asked for from now on, and how that is known."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class SaidMove:
    """Where a feed says that it has moved, and in how many bodies in a row, this one included. ("", 0): nowhere."""

    address: str
    times: int

    @property
    def is_looked_at(self) -> bool:
        """Whether this time its word is tried: at first each time, then now and again."""
        return 0 < self.times <= MOVED_TIMES or (self.times > 0 and self.times % _MOVED_AGAIN == 0)

    @property
    def is_open(self) -> bool:
        """Whether the next body is wanted for it, changed or not."""
        return 0 < self.times < MOVED_TIMES

    @property
    def is_doubted(self) -> bool:
        return self.times >= MOVED_TIMES


def said_move(feed: Feed, watched: Watched) -> SaidMove:
    """What a feed says of its having moved, after what is remembered of its saying so."""
    memory = feed_memory(watched)
    elsewhere = moved_elsewhere(feed, watched.address)
    if not elsewhere:
        return SaidMove("", 0)
    return SaidMove(elsewhere, 1 + (memory.moved_asked if memory.moved_to == elsewhere else 0))


def led_elsewhere(watched: Watched, fetched: Fetched) -> Watched:
    """The address with one more, or no more, word of its having moved for good."""
    if not fetched.moved_to:
        return replace(watched, moved_to="", moved_times=0)
    times = watched.moved_times + 1 if fetched.moved_to == watched.moved_to else 1
    return replace(watched, moved_to=fetched.moved_to, moved_times=times)


def moved_elsewhere(feed: Feed, address: str) -> str:
    """Where a feed says that it has moved; "" when that is here."""
    return feed.moved_to if feed.moved_to and link_key_of(feed.moved_to) != link_key_of(address) else ""
