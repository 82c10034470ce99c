"""What one round of polling did, and what of it is worth telling somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.intake import Event, Happened
from bot.library.source_store import Following, KeptFor, Watched
from bot.library.store import SaveOutcome


class AddressChange(StrEnum):
    """What of an address is worth telling somebody."""

    FAILING = "failing"
    RESTING = "resting"
    WELL = "well"  # it works again
    HELD = "held"  # "was this feed reset?"
    ODD = "odd"  # it works, with a remark
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class AddressNews:
    """Something that happened to an address, and who follows it. `failures` counts the failed checks in a row."""

    change: AddressChange
    watched: Watched  # as it is now
    followers: tuple[Following, ...]
    code: str
    reason: str
    held: int = 0

    @property
    def failures(self) -> int:
        return self.watched.health.failures


@dataclass(slots=True)
class Step:
    """What one round of polling did. Counts are of checks unless they say otherwise."""

    checks: int = 0
    not_modified: int = 0  # the server said so
    unchanged: int = 0  # the same bytes, or nothing new in them
    changed: int = 0
    failed: int = 0
    lost: int = 0  # claims that were somebody else's when they were done
    found: int = 0  # items, news
    baseline: int = 0  # items
    held: int = 0  # items
    readings: int = 0  # items read to their end
    postponed: int = 0  # items
    articles: int = 0  # requests for the articles behind items
    bytes_received: int = 0
    events: list[Event] = field(default_factory=list)  # documents, as a look at a folder tells them
    addresses: list[AddressNews] = field(default_factory=list)
    next_due: datetime | None = None  # None: nothing is due unless somebody adds something


def events_of(kept: Sequence[KeptFor]) -> list[Event]:
    happened = {
        SaveOutcome.NEW: Happened.NEW,
        SaveOutcome.NEW_VERSION: Happened.CHANGED,
        SaveOutcome.REVIVED: Happened.BACK,
    }
    events = []
    for one in kept:
        if one.saved is None:
            events.append(Event(Happened.FAILED, one.document))
        elif one.saved.outcome in happened:
            events.append(Event(happened[one.saved.outcome], one.document))
    return events
