"""What a feed says: its items and what it tells about itself, as frozen data that can go between processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain import UNKNOWN_LANGUAGE


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that an item points to: a picture, a recording."""

    address: str  # http or https
    media_type: str = ""
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item as the feed gives it. Identity is `guid`, else `canonical`, else the text; each may be missing."""

    guid: str = ""  # as the feed writes it; need not be an address
    link: str = ""  # absolute, http or https; empty when there is none that can be used
    canonical: str = ""  # the same without trackers and fragment, in one spelling: what is stored, shown and compared
    title: str = ""  # plain text in one line; to be escaped wherever it is shown
    html: str = ""  # the fullest text the item has, sanitised; links in it are absolute, http or https
    summary: str = ""  # the item's short text beside a longer one, plain
    text_is_plain: bool = False  # the feed gave plain text, and `html` is that text in paragraphs
    teaser: bool = False  # only the beginning or a short summary: the article is behind the link
    published: datetime | None = None  # aware, UTC; where only a day of change is given, that one
    updated: datetime | None = None  # aware, UTC
    date_doubt: str = ""  # why a date cannot be right ("in the future", "before the web"); it is kept all the same
    author: str = ""
    language: str = UNKNOWN_LANGUAGE
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """What was read from one answer of a feed's address."""

    kind: str  # "rss 2.0", "rss 1.0", "atom 1.0", "json feed 1.1", …
    title: str = ""  # plain text in one line
    title_html: str = ""  # the same with the markup that some feeds put into it, sanitised
    description: str = ""  # plain text
    description_html: str = ""
    link: str = ""  # the page that the feed belongs to
    language: str = UNKNOWN_LANGUAGE
    items: tuple[FeedItem, ...] = ()  # in the feed's order
    updated: datetime | None = None
    author: str = ""
    self_address: str = ""  # where the feed says it is
    moved_to: str = ""  # where the feed says it will be from now on
    hub: str = ""  # where one could be told of news (WebSub)
    ttl_s: int | None = None  # how long it asks to be left alone: ttl, or the syndication module's update period
    skip_hours: tuple[int, ...] = ()  # hours of the day, UTC, in which it wants no visit
    skip_days: tuple[int, ...] = ()  # weekdays, Monday is 0
    problems: tuple[str, ...] = ()  # plain English, what was wrong and was put right or left out
    broken_at: int | None = None  # line at which its XML or JSON breaks; the items were read all the same
    half: bool = False  # it ends within its last item: of that, anything may be missing or half said
    encoding: str = ""
