"""What polling needs of others, as ports: who fetches, who parses foreign bytes, who keeps index and stories up."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.documents.feed_items import ArticlePage, ItemDraft, NewsItem
from bot.sources.fetched import Fetched, Purpose

if TYPE_CHECKING:
    from bot.sources.feed import Feed


class Fetches(Protocol):
    """What the poller needs of `sources.fetcher.Fetcher`."""

    async def fetch(
        self,
        address: str,
        *,
        etag: str = "",
        last_modified: str = "",
        purpose: Purpose = Purpose.FEED,
        inner: bool = True,
    ) -> Fetched: ...


class Reads(Protocol):
    """What the poller needs of `documents.child.ReaderChild`: foreign bytes are parsed there."""

    async def read_feed(
        self, raw: bytes, *, media_type: str = "", address: str = "", now: datetime | None = None
    ) -> Feed: ...

    async def read_item(self, item: NewsItem, page: ArticlePage | None = None) -> ItemDraft: ...


class Follows(Protocol):
    """What the poller needs of `intake.Intake`."""

    async def keep_up(self) -> None: ...
