"""Items between their feed and their reading: what is kept of one until it is read, and which are new or changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import msgspec

from bot.documents.feed_items import ArticlePage, NewsItem
from bot.library.source_store import ItemClaim, ItemSaid, KnownItem, Seen
from bot.sources.fetched import Fetched
from bot.sources.item_identity import Listed, host_of, keys_from_now_on

if TYPE_CHECKING:
    from bot.sources.feed import Feed, FeedItem

_MOST_REDATED: Final = 3  # a feed that renews its dates at every look makes this many versions, not one a look


class Said(msgspec.Struct, frozen=True):
    """What is kept of a feed's item until it is read, as JSON: it is the raw form of a document made of it."""

    item: NewsItem
    teaser: bool = False  # and its article is to be fetched
    categories: tuple[str, ...] = ()


_encode = msgspec.json.Encoder().encode
decode_said = msgspec.json.Decoder(Said).decode


def news_item(link: str, item: FeedItem | None = None, outlet: str = "") -> NewsItem:
    """What the reader needs of an item, or of a page that stands for itself."""
    if item is None:
        return NewsItem(link=link)
    return NewsItem(
        title=item.title,
        link=link,
        content=item.html or item.summary,
        is_plain=not item.html,  # `html` is markup also where the feed gave plain text
        published=None if item.date_doubt else item.published,
        updated=None if item.date_doubt else item.updated,
        author=item.author,
        outlet=outlet,
        language=item.language,
    )


def page_of(fetched: Fetched) -> ArticlePage:
    """A page as the reader takes it."""
    return ArticlePage(fetched.body, fetched.media_type or "text/html", fetched.charset)


def said_of(one: Listed, feed: Feed, *, old: bool = False) -> ItemSaid:
    item = one.item
    follows = item.teaser and bool(one.link) and not old
    said = Said(news_item(one.link, item, feed.title), follows, item.categories)
    return ItemSaid(
        keys=one.keys,
        name=one.name,
        host=host_of(one.link) if follows else "",
        guid=item.guid,
        link=one.link,
        title=item.title,
        published=said.item.published,
        said_sha256=one.said_sha256,
        words_sha256=one.words_sha256,
        content=_encode(said),
        detail=f"known by {one.by}" if one.by else "",
    )


def has_words(item: FeedItem) -> bool:
    return bool(item.title or item.html or item.summary)


def seen_of(one: Listed, feed: Feed) -> Seen:
    known = one.known
    assert isinstance(known, KnownItem)  # noqa: S101 - the store made it; this tells the type checker
    same_words = known.words_sha256 == one.words_sha256
    changed = known.said_sha256 != one.said_sha256 and not (same_words and known.redated >= _MOST_REDATED)
    if not has_words(one.item):
        changed = False  # it said something before: this is damage, not a correction
    keys = keys_from_now_on(known.keys, one)
    said = replace(said_of(one, feed), keys=keys)
    return Seen(known.id, said, changed=changed, redated=changed and same_words, rekeyed=keys != known.keys)


def host_of_reading(claim: ItemClaim) -> str:
    return host_of(claim.link) if claim.content and decode_said(claim.content).teaser else ""
