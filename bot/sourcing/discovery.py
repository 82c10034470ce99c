"""What an address holds: the items of its feed, or the feeds that could be followed instead of a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bot.domain import SourceKind
from bot.errors import Unreadable
from bot.library.source_store import LONGEST_ADDRESS
from bot.polling.ports import Fetches
from bot.sources.fetched import Fetched, FetchOutcome, Purpose
from bot.sources.item_identity import list_items
from bot.sourcing.ports import Reads

if TYPE_CHECKING:
    from bot.sources.feed import Feed

_MOST_GUESSES: Final = 6  # usual paths that are tried when a page names no feed


@dataclass(frozen=True, slots=True)
class ItemPreview:
    """An item as its feed shows it; nothing of it is stored."""

    title: str
    link: str
    published: datetime | None
    language: str
    teaser: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that could be added instead of what was typed: call `add` with its address and kind."""

    kind: SourceKind
    address: str
    title: str
    format: str = ""  # "rss", "atom", …


class Discovery:
    """Asks addresses, and stores nothing of what they answer."""

    def __init__(self, fetcher: Fetches, reader: Reads, now: Callable[[], datetime]) -> None:
        self._fetcher = fetcher
        self._reader = reader
        self._now = now

    async def ask(self, address: str, *, watch: bool) -> Fetched:
        """Ask for a feed, or (`watch`) for a page, whose site is asked first whether programs may read it."""
        return await self._fetcher.fetch(address, purpose=Purpose.PAGE if watch else Purpose.FEED)

    async def feed(self, fetched: Fetched) -> Feed:
        """The feed that was fetched. Raises Unreadable."""
        return await self._reader.read_feed(
            fetched.body,
            media_type=fetched.content_type,
            address=fetched.final_address or fetched.address,
            now=self._now(),
        )

    async def offers(self, fetched: Fetched, address: str) -> tuple[Offer, ...]:
        """The feeds that a page names; else those found where feeds usually lie; and the page itself."""
        if "html" not in fetched.media_type and b"<" not in fetched.body[:1_000]:
            return ()
        here = fetched.final_address or address
        try:
            found = await self._reader.find_feeds(fetched.body, media_type=fetched.content_type, address=here)
        except Unreadable:
            found = ()
        offers = [
            Offer(SourceKind.FEED, one.address, one.title, one.kind)
            for one in found
            if len(one.address) <= LONGEST_ADDRESS
        ]
        if not any(not one.is_comments for one in found):
            offers = [*await self._guessed(here), *offers]
        return (*offers, Offer(SourceKind.PAGE, address, "the page itself", "page"))

    async def _guessed(self, address: str) -> list[Offer]:
        from bot.sources.feed_finding import usual_paths

        for guess in usual_paths(address)[:_MOST_GUESSES]:
            fetched = await self.ask(guess, watch=False)
            if fetched.outcome is FetchOutcome.OK:
                try:
                    feed = await self.feed(fetched)
                except Unreadable:
                    continue
                return [Offer(SourceKind.FEED, fetched.moved_to or guess, feed.title, feed.kind)]
        return []


def previews(feed: Feed) -> tuple[ItemPreview, ...]:
    """A feed's items, the newest first; those without a date in the feed's order after the dated ones."""
    listed = list_items(feed.items)
    dated = [one for one in listed if one.item.published is not None and not one.item.date_doubt]
    undated = [one for one in listed if one not in dated]
    dated.sort(key=lambda one: one.item.published or datetime.min.replace(tzinfo=UTC), reverse=True)
    return tuple(
        ItemPreview(
            one.item.title,
            one.link,
            None if one.item.date_doubt else one.item.published,
            one.item.language,
            one.item.teaser,
        )
        for one in (*dated, *undated)
    )
