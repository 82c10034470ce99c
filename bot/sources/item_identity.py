"""Which item of a feed is which: by guid, then by canonical link, then by text. Pure.

What feeds really do with these: guids that are all alike, or new after each change of software; links that all lead to
the front page, or carry a new tracker every day; the same item listed twice; no guid and no link at all. So a guid or a
link identifies only where it tells the items of one feed apart, and a text only where it is long enough to be nobody
else's. A date never makes an item new, and neither does a headline.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, Protocol
from urllib.parse import urlsplit

from bot.sources.feed import FeedItem
from bot.sources.web_address import clean_link

_TAG: Final = re.compile(r"<[^<>]{0,4000}>")
_TELLING_TEXT: Final = 200  # characters: a shorter text may well stand under two items
_LONGEST_NAME: Final = 900


class ItemKeys(NamedTuple):
    """By what an item is known: hashes of its guid, its link and its text; empty where it has none that tells."""

    guid: str
    link: str
    text: str


class Known(Protocol):
    """What is needed of an item that was seen before."""

    @property
    def id(self) -> int: ...

    @property
    def keys(self) -> ItemKeys: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Listed:
    """An item as a feed lists it now, with its keys. `words_sha256` is of its words alone, `said_sha256` of its dates,
    author and link as well."""

    item: FeedItem
    keys: ItemKeys
    link: str  # canonical; empty when there is none
    words_sha256: str
    said_sha256: str
    known: Known | None = None
    by: str = ""  # "guid", "link" or "text", when it is known

    @property
    def name(self) -> str:
        """What its documents are called: its link where that is its own, else its guid, else its text's hash."""
        if self.keys.link:
            name = self.link
        elif self.keys.guid:
            name = self.item.guid
        else:
            name = f"{self.link}#{self.words_sha256[:16]}"
        return name if len(name.encode("utf-8", "surrogatepass")) <= _LONGEST_NAME else f"{name[:200]}…{key_of(name)}"


def key_of(text: str) -> str:
    """By what an index knows a guid or a link; empty for an empty one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32] if text else ""


def host_of(address: str) -> str:
    """Whom an address asks; "" when it is none."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def link_key_of(link: str) -> str:
    """By what an index knows a canonical link: the same for http and https, with "www." and a last slash or without."""
    place = link.partition("://")[2] or link
    return key_of(place.removeprefix("www.").rstrip("/"))


def list_items(items: Sequence[FeedItem]) -> list[Listed]:
    """The items of a feed, each once, in order, with the keys that tell them apart."""
    listed = [_listed(item) for item in items]
    links_of_guid: dict[str, set[str]] = defaultdict(set)
    for one in listed:
        links_of_guid[one.keys.guid].add(one.keys.link)
    # One guid under several links is no guid; an item listed twice has the same link both times.
    listed = [
        one if len(links_of_guid[one.keys.guid]) == 1 else replace(one, keys=one.keys._replace(guid=""))
        for one in listed
    ]
    unique: dict[object, Listed] = {}
    for one in listed:
        keys = one.keys
        unique.setdefault((keys.guid, keys.link) if keys.guid else (keys.link, one.words_sha256), one)
    shared = Counter(one.keys.link for one in unique.values())
    apart = [
        one if shared[one.keys.link] == 1 else replace(one, keys=one.keys._replace(link="")) for one in unique.values()
    ]
    return [one if any(one.keys) else replace(one, keys=ItemKeys("", "", one.words_sha256[:32])) for one in apart]


def recognise(listed: Sequence[Listed], known: Sequence[Known]) -> list[Listed]:
    """The same with the item that each of them is, where it was seen before; no known item stands for two."""
    found: dict[int, tuple[Known, str]] = {}
    taken: set[int] = set()
    for place, by in enumerate(ItemKeys._fields):
        table: dict[str, list[Known]] = defaultdict(list)
        for seen in known:
            if seen.keys[place] and seen.id not in taken:
                table[seen.keys[place]].append(seen)
        for position, one in enumerate(listed):
            if position not in found and (free := table.get(one.keys[place])):
                found[position] = (free.pop(0), by)
                taken.add(found[position][0].id)
    return [
        replace(one, known=found[position][0], by=found[position][1]) if position in found else one
        for position, one in enumerate(listed)
    ]


def keys_from_now_on(before: ItemKeys, one: Listed) -> ItemKeys:
    """By what an item is known that was recognised: what it shows now, and what it showed before where it shows nothing
    now, as damaged feeds do. A guid or link that it now shares with others is its own no longer."""
    return ItemKeys(
        one.keys.guid or ("" if one.item.guid else before.guid),
        one.keys.link or ("" if one.link else before.link),
        one.keys.text or before.text,
    )


def words_of(title: str, html: str) -> str:
    """Title and text without markup, in one line: what a change is measured by."""
    return " ".join(f"{title}\n{_TAG.sub(' ', html)}".split())


def _listed(item: FeedItem) -> Listed:
    link = item.canonical or clean_link(item.link)
    words = words_of(item.title, item.html or item.summary)
    words_sha256 = _sha256(words)
    dates = "|".join("" if at is None else at.isoformat() for at in (item.published, item.updated))
    text = words_sha256[:32] if len(words) >= _TELLING_TEXT else ""
    return Listed(
        item=item,
        keys=ItemKeys(key_of(item.guid), link_key_of(link), text),
        link=link,
        words_sha256=words_sha256,
        said_sha256=_sha256(f"{words_sha256}|{dates}|{item.author}|{link}"),
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
