"""A web by hand for tests of polling: addresses, what stands there, and how it answers. No sockets, no clock of its own."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from bot.documents.feed_items import ArticlePage, ItemDraft, NewsItem, draft_of_item
from bot.sources.feed import Feed
from bot.sources.feed_finding import FoundFeed, find_feeds
from bot.sources.feed_reading import read_feed
from bot.sources.fetched import Fetched, FetchOutcome, Purpose, person_text

START = datetime(2031, 5, 6, 12, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still until somebody moves it; who sleeps moves it."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Entry:
    """One item of a feed."""

    guid: str = ""
    title: str = ""
    text: str = ""
    link: str = ""
    published: datetime | None = None


def entry(name: str, *, published: datetime | None = None, text: str = "", link: str = "") -> Entry:
    """An item with a guid and a link, whose text is long enough to be no teaser."""
    words = " ".join(f"Clause {n} of the report on {name} was read aloud in the council." for n in range(12))
    return Entry(
        guid=f"urn:{name}",
        title=f"The council talks about {name}",
        text=text or words,
        link=link or f"https://paper.example/{name}",
        published=published or START - timedelta(hours=1),
    )


def rss(*entries: Entry, title: str = "Paper", ttl: int = 0) -> bytes:
    """A feed with these items."""
    parts = [f"<title>{escape(title)}</title><link>https://paper.example/</link>", f"<ttl>{ttl}</ttl>" if ttl else ""]
    for one in entries:
        lines = [
            f"<guid isPermaLink='false'>{escape(one.guid)}</guid>" if one.guid else "",
            f"<title>{escape(one.title)}</title>" if one.title else "",
            f"<link>{escape(one.link)}</link>" if one.link else "",
            f"<pubDate>{format_datetime(one.published)}</pubDate>" if one.published else "",
            f"<description>{escape(f'<p>{one.text}</p>')}</description>",
        ]
        parts.append(f"<item>{''.join(lines)}</item>")
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{''.join(parts)}</channel></rss>".encode()


def page(title: str, *paragraphs: str) -> bytes:
    """A web page with an article."""
    body = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    return (
        f"<html lang='en'><head><title>{escape(title)}</title></head><body><article><h1>{escape(title)}</h1>{body}"
        "</article></body></html>"
    ).encode()


@dataclass
class Place:
    """What stands at an address."""

    body: bytes = b""
    status: int = 200
    media_type: str = "application/rss+xml"
    moved_to: str = ""
    retry_after_s: int | None = None
    code: str = ""  # instead of an answer: "connect-timeout", …
    validators: bool = True
    etag: str = ""  # instead of one made of the body


@dataclass
class Web:
    """Answers as the fetcher would."""

    places: dict[str, Place] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    conditional: int = 0
    entered_inner: dict[str, bool] = field(default_factory=dict)  # whether it was asked with leave to enter our networks

    def put(self, address: str, body: bytes, **more: object) -> None:
        self.places[address] = Place(body, **more)  # type: ignore[arg-type]

    async def fetch(
        self,
        address: str,
        *,
        etag: str = "",
        last_modified: str = "",
        purpose: Purpose = Purpose.FEED,
        inner: bool = True,
    ) -> Fetched:
        self.asked[address] += 1
        self.entered_inner[address] = inner
        place = self.places.get(address, Place(status=404))
        final, moved_to = address, ""
        if place.moved_to:
            final = moved_to = place.moved_to
            place = self.places.get(moved_to, Place(status=404))
        if place.code:
            return Fetched(address, FetchOutcome.FAILED, place.code, "", person_text(place.code, "Paper", "9"))
        ours = place.etag or f'"{hashlib.sha256(place.body).hexdigest()[:12]}"' if place.validators else ""
        answer = Fetched(
            address,
            FetchOutcome.OK,
            "ok",
            final_address=final,
            status=place.status,
            media_type=place.media_type,
            body=place.body,
            etag=ours,
            moved_to=moved_to,
            bytes_received=len(place.body) + 200,
        )
        if place.status == 200:
            if etag and etag == ours:
                self.conditional += 1
                return replace(answer, outcome=FetchOutcome.NOT_MODIFIED, code="not-modified", status=304, body=b"")
            return answer
        outcome = {410: FetchOutcome.GONE, 429: FetchOutcome.RETRY, 503: FetchOutcome.RETRY}.get(
            place.status, FetchOutcome.FAILED
        )
        code = f"http-{place.status}"
        return replace(
            answer,
            outcome=outcome,
            code=code,
            body=b"",
            etag="",
            person=person_text(code, "Paper", "10 minutes"),
            retry_after_s=place.retry_after_s,
        )


class Reader:
    """Reads in this process what the reader child reads in another."""

    def __init__(self) -> None:
        self.feeds = 0

    async def read_feed(
        self, raw: bytes, *, media_type: str = "", address: str = "", now: datetime | None = None
    ) -> Feed:
        self.feeds += 1
        return read_feed(raw, media_type=media_type, address=address, now=now)

    async def read_item(self, item: NewsItem, page: ArticlePage | None = None) -> ItemDraft:
        return draft_of_item(item, page)

    async def find_feeds(self, raw: bytes, *, media_type: str = "", address: str) -> tuple[FoundFeed, ...]:
        return find_feeds(raw, address, media_type=media_type)


class NoIndex:
    """An intake that has nothing to follow."""

    async def keep_up(self) -> None:
        return
