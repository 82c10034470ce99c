"""Which channels follow which sources, and how: the store of subscriptions, as a port."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Posts(StrEnum):
    """What a channel gets of a source."""

    BRIEF = "brief"  # in its briefs only
    EACH = "each"  # a card for each document
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel's wish for one source."""

    platform: str
    workspace: str  # the platform's own id
    channel: str
    source_id: int
    posts: Posts

    @property
    def wants_cards(self) -> bool:
        return self.posts is not Posts.BRIEF


class SubscriptionStore(Protocol):
    """Subscriptions. Safe for any number of tasks and processes."""

    async def subscribe(self, subscription: Subscription) -> None:
        """From now on so; replaces what the channel wished for this source before."""
        ...

    async def forget_channel(self, platform: str, channel: str) -> int:
        """The channel follows nothing any more; how many wishes that were."""
        ...

    async def of_sources(self, source_ids: Iterable[int]) -> list[Subscription]:
        """Every channel's wish for these sources."""
        ...

    async def of_channel(self, platform: str, channel: str) -> list[Subscription]:
        """Everything that a channel follows, by source; not what was removed, for as long as that is not undone."""
        ...
