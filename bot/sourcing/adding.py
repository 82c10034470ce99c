"""Adding a source: the address is asked first, and what came of it is a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.domain import Scope, SourceKind
from bot.errors import Unreadable
from bot.library.source_store import Choices, Following, SourceStore
from bot.polling.items import news_item, page_of
from bot.sources.fetched import Fetched, FetchOutcome
from bot.sourcing.discovery import Discovery, ItemPreview, Offer, previews
from bot.sourcing.ports import Reads
from bot.sourcing.views import SourceView, look_up

SHOWN_AT_START: Final = 3  # items of a source that was just added


class Added(StrEnum):
    """What came of adding."""

    ADDED = "added"
    KNOWN = "known"  # it is followed already: `source` says as what
    OFFERED = "offered"  # no feed there, but `offers`
    FAILED = "failed"  # nothing was stored


@dataclass(frozen=True, slots=True)
class Addition:
    """What came of adding, with the three newest items; `code` and `reason` also when it was added as failing."""

    outcome: Added
    address: str
    source: SourceView | None = None
    offers: tuple[Offer, ...] = ()
    newest: tuple[ItemPreview, ...] = ()
    items: int = 0  # that it shows now: its baseline
    language: str = ""
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """For whom a source is added, with which choices, and by whom."""

    audience: str
    choices: Choices
    by: str


class Adding:
    """Adds one source after the other."""

    def __init__(
        self, sources: SourceStore, discovery: Discovery, reader: Reads, now: Callable[[], datetime]
    ) -> None:
        self._sources = sources
        self._discovery = discovery
        self._reader = reader
        self._now = now

    async def add(self, address: str, kind: SourceKind | None, wish: Wish, *, anyway: bool) -> Addition:
        """Add what answers there, as `Sourcing.add` says; `address` is one that may be followed."""
        if (known := await self._known(address, wish, kind)) is not None:
            return known
        watches = kind is SourceKind.PAGE
        fetched = await self._discovery.ask(address, watch=watches)
        if fetched.outcome is not FetchOutcome.OK:
            if not anyway:
                return Addition(Added.FAILED, address, code=fetched.code, reason=fetched.person)
            kept = await self._keep(kind or SourceKind.FEED, address, wish)
            return replace(kept, code=fetched.code, reason=fetched.person)
        address = fetched.moved_to or address
        if watches:
            return await self._add_page(address, fetched, wish)
        try:
            feed = await self._discovery.feed(fetched)
        except Unreadable as error:
            return await self._not_a_feed(error, address, fetched, wish, anyway=anyway)
        if (known := await self._known(address, wish, kind)) is not None:
            return known
        added = await self._keep(SourceKind.FEED, address, wish, feed.title)
        shown = previews(feed)
        source = added.source and replace(added.source, format=feed.kind)
        return replace(
            added, source=source, newest=shown[:SHOWN_AT_START], items=len(shown), language=feed.language
        )

    async def _known(self, address: str, wish: Wish, kind: SourceKind | None) -> Addition | None:
        """The answer to somebody who adds what is followed already."""
        for one in await self._sources.followings(Scope.of_audience(wish.audience)):
            is_here = address in (one.address, one.watched.address) and kind in (None, one.kind)
            if one.audience == wish.audience and is_here:
                return Addition(Added.KNOWN, address, source=await self._view(one))
        return None

    async def _add_page(self, address: str, fetched: Fetched, wish: Wish) -> Addition:
        try:
            read = await self._reader.read_item(news_item(address), page_of(fetched))
            if not read.from_page:
                raise Unreadable(read.why_not_page or "no-text", "", "No text was found on that page.")
        except Unreadable as error:
            return Addition(Added.FAILED, address, code=error.code, reason=error.person)
        draft = read.draft
        added = await self._keep(SourceKind.PAGE, address, wish, draft.title)
        source = added.source and replace(added.source, format="page")
        preview = ItemPreview(draft.title, address, draft.published.at, draft.language, teaser=False)
        return replace(added, source=source, newest=(preview,), items=1, language=draft.language)

    async def _not_a_feed(
        self, error: Unreadable, address: str, fetched: Fetched, wish: Wish, *, anyway: bool
    ) -> Addition:
        """What answered is no feed that can be read: a damaged one is kept as failing, a page is looked through."""
        if error.code == "feed-broken" or anyway:
            kept = await self._keep(SourceKind.FEED, address, wish)
            return replace(kept, code=error.code, reason=error.person)
        offers = await self._discovery.offers(fetched, address)
        if not offers:
            return Addition(Added.FAILED, address, code=error.code, reason=error.person)
        feeds = sum(one.kind is SourceKind.FEED for one in offers)
        reason = (
            "No feed at that address. Watch the page itself, or pick one of its feeds."
            if feeds
            else "No feed at that address, and the page names none. The page itself can be watched."
        )
        return Addition(Added.OFFERED, address, offers=offers, code=error.code, reason=reason)

    async def _keep(self, kind: SourceKind, address: str, wish: Wish, title: str = "") -> Addition:
        following, new = await self._sources.add(
            kind, address, wish.audience, wish.choices, now=self._now(), by=wish.by, title=title
        )
        return Addition(Added.ADDED if new else Added.KNOWN, address, source=await self._view(following))

    async def _view(self, one: Following) -> SourceView:
        return await look_up(self._sources, one, self._now())
