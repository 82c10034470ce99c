"""Trying an address: what would be read there today. Nothing of it is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.domain import DocumentDraft
from bot.errors import Unreadable
from bot.polling.items import news_item, page_of
from bot.polling.moves import moved_elsewhere
from bot.polling.ports import Fetches
from bot.sources.check_times import asked_interval_s, first_interval_s
from bot.sources.fetched import Fetched, FetchOutcome, Purpose
from bot.sources.item_identity import host_of, list_items
from bot.sourcing.discovery import Discovery, ItemPreview, Offer, previews
from bot.sourcing.ports import Reads

if TYPE_CHECKING:
    from bot.sources.feed import Feed

_MOST_PREVIEWS: Final = 50


@dataclass(frozen=True, slots=True)
class Trial:
    """What an address gives today. Nothing of it is stored."""

    address: str
    ok: bool
    code: str
    reason: str
    status: int = 0
    final_address: str = ""
    redirects: int = 0
    media_type: str = ""
    size_bytes: int = 0
    elapsed_s: float = 0.0
    conditional: bool = False  # it can be asked whether it has changed
    reader: str = ""  # "rss 2.0", "page", …
    title: str = ""
    encoding: str = ""
    problems: tuple[str, ...] = ()
    items: tuple[ItemPreview, ...] = ()  # the newest, up to 50
    item_count: int = 0
    interval_s: float = 0.0  # how often it would be asked
    offers: tuple[Offer, ...] = ()
    sample: DocumentDraft | None = None  # the newest item as it would be read
    sample_note: str = ""  # where its text comes from


class Trying:
    """Tries one address after the other."""

    def __init__(
        self, discovery: Discovery, fetcher: Fetches, reader: Reads, now: Callable[[], datetime]
    ) -> None:
        self._discovery = discovery
        self._fetcher = fetcher
        self._reader = reader
        self._now = now

    async def test(self, address: str, *, watch: bool, full_articles: bool) -> Trial:
        """What the address gives as a feed, or (`watch`) as a page; its newest item with its article, where the feed
        holds only a teaser and `full_articles` are wanted."""
        fetched = await self._discovery.ask(address, watch=watch)
        trial = Trial(
            address,
            ok=fetched.outcome is FetchOutcome.OK,
            code=fetched.code,
            reason=fetched.person,
            status=fetched.status,
            final_address=fetched.final_address or address,
            redirects=len(fetched.hops),
            media_type=fetched.media_type,
            size_bytes=len(fetched.body),
            elapsed_s=fetched.elapsed_s,
            conditional=bool(fetched.etag or fetched.last_modified),
        )
        if not trial.ok:
            return trial
        try:
            if watch:
                return await self._try_page(trial, fetched)
            return await self._try_feed(trial, fetched, full_articles=full_articles)
        except Unreadable as error:
            offers = () if watch else await self._discovery.offers(fetched, address)
            return replace(trial, ok=False, code=error.code, reason=error.person, offers=offers)

    async def _try_feed(self, trial: Trial, fetched: Fetched, *, full_articles: bool) -> Trial:
        feed = await self._discovery.feed(fetched)
        shown = previews(feed)
        dates = [one.published for one in shown if one.published is not None]
        trial = replace(
            trial,
            reader=feed.kind,
            title=feed.title,
            encoding=feed.encoding,
            problems=(*_moved(feed, trial.final_address), *feed.problems),
            items=shown[:_MOST_PREVIEWS],
            item_count=len(shown),
            interval_s=max(first_interval_s(dates, self._now()), asked_interval_s(feed.ttl_s, fetched.max_age_s)),
        )
        if feed.broken_at is not None:
            trial = replace(trial, code="feed-cut", reason=f"The feed breaks at line {feed.broken_at}.")
        if not shown:
            return trial
        newest = next(one for one in list_items(feed.items) if one.link == shown[0].link or not shown[0].link)
        page, note = None, "the feed's own text"
        if newest.item.teaser and newest.link and full_articles:
            inner = host_of(newest.link) == host_of(trial.final_address)  # as for the poller
            article = await self._fetcher.fetch(newest.link, purpose=Purpose.PAGE, inner=inner)
            if article.outcome is FetchOutcome.OK:
                page = page_of(article)
            else:
                note = f"the feed's own text, because its article could not be fetched: {article.person}"
        try:
            read = await self._reader.read_item(news_item(newest.link, newest.item, feed.title), page)
        except Unreadable as error:
            return replace(trial, sample_note=error.person)
        note = "the article's text" if read.from_page else note
        return replace(trial, sample=read.draft, sample_note=note)

    async def _try_page(self, trial: Trial, fetched: Fetched) -> Trial:
        read = await self._reader.read_item(news_item(trial.address), page_of(fetched))
        if not read.from_page:
            raise Unreadable(read.why_not_page or "no-text", "", "No text was found on that page.")
        return replace(trial, reader="page", title=read.draft.title, sample=read.draft, sample_note="the page's text")


def _moved(feed: Feed, address: str) -> tuple[str, ...]:
    elsewhere = moved_elsewhere(feed, address)
    return (f"The feed says that it has moved to {elsewhere}.",) if elsewhere else ()
