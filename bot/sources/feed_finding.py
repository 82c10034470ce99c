"""The feeds of a web page: what it links to as its feed, what looks like one, and where feeds usually lie.

Pure: nothing is fetched, so a found address is a promise of the page only. The page is read tag by tag, without a tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from bot.sources.feed_encoding import decoded
from bot.sources.feed_html import line_of
from bot.sources.feed_links import web_link

MAX_FOUND: Final = 30
MAX_CHARS: Final = 4_000_000  # of the page; what a page says of its feeds stands at its beginning
MAX_LINKS: Final = 20_000

_TYPES: Final = {
    "application/rss+xml": "rss", "application/rdf+xml": "rss", "application/x-rss+xml": "rss", "text/rss+xml": "rss",
    "application/atom+xml": "atom", "application/feed+json": "json", "application/json": "json", "text/xml": "rss",
    "application/xml": "rss",
}  # fmt: skip
_VAGUE_TYPES: Final = frozenset(("application/json", "text/xml", "application/xml"))
_NO_FEED: Final = re.compile(
    r"oembed|wp-json|opensearch|sitemap|/xmlrpc|/amp/|manifest|\.(?:css|js|png|jpe?g|gif|svg|ico|pdf)$", re.I
)
_FEED_PATH: Final = re.compile(
    r"/(?:feeds?|rss(?:2|feed|\d\.\d)?|atom(?:feed)?|rdf)/?$"
    r"|\.(?:rss|rdf|atom)$"
    r"|/(?:feeds?|rss|atom|index|news|blog|posts?|all|latest|main|articles?|headlines)[\w\-]{0,40}\.(?:xml|json|rss|rdf|atom)$"
    r"|/(?:feeds?|rss|atom|rssfeeds?|xml/rss)/[\w\-/.%]{1,200}$"
    r"|[\w\-]{0,60}(?:rss|feed|atom)[\w\-]{0,60}\.(?:xml|json|php|aspx?)$",
    re.I,
)  # fmt: skip
_FEED_QUERY: Final = re.compile(
    r"(?:^|[&;])(?:feed=(?:rss2?|atom|rdf|json)|(?:format|type|output|alt|view)=(?:rss|atom|feed)\w{0,10})(?:$|[&;])",
    re.I,
)
_FEED_HOST: Final = re.compile(
    r"(?:^|\.)(?:feedburner\.com|feedpress\.me|feeds?\.[\w.\-]{1,100}|rss\.[\w.\-]{1,100})$", re.I
)
_FEED_WORDS: Final = re.compile(
    r"(?:(?:full |main |our |the )?(?:rss|atom|xml|json)(?:[ -]?(?:2\.0|1\.0|feeds?|abonnieren|abo))?"
    r"|feeds?|newsfeeds?|rss[ -]?news)\W{0,3}$",
    re.I,
)
_COMMENTS: Final = re.compile(r"comment|kommentar|replies|respuestas|commentaires", re.I)
_AGGREGATORS: Final = re.compile(
    r"(?:^|\.)(?:feedly|inoreader|netvibes|newsblur|theoldreader|bloglines|subtome|facebook|twitter|x|linkedin|google|yahoo|w3)\.\w{2,3}$",
    re.I,
)  # fmt: skip
_USUAL: Final = tuple("feed rss rss.xml feed.xml atom.xml index.xml feed.json atom index.rdf ?feed=rss2".split())


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """An address that a page gives as a feed, or that looks like one."""

    address: str  # absolute, http or https
    title: str = ""  # what the page calls it
    kind: str = "feed"  # "rss", "atom", "json", or "feed" where the page does not say
    is_comments: bool = False  # what readers write, not what the page publishes


def find_feeds(raw: bytes, address: str, *, media_type: str = "") -> tuple[FoundFeed, ...]:
    """The feeds that a page names, best first: its own link tags, then links that look like feeds, comments last."""
    from lxml import etree

    text, _ = decoded(raw, media_type)
    reading = _Page()
    # Unicode goes in as UTF-8, so that nothing the page says of its encoding is believed once more.
    parser = etree.HTMLParser(target=reading, encoding="utf-8", huge_tree=False)
    try:
        parser.feed(text[:MAX_CHARS].replace("\x00", "").encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError:  # too deep, or no markup at all: what was seen before holds
        pass
    base = web_link(reading.base, address) or address
    host = _host(address)
    ranked: list[tuple[int, int, FoundFeed]] = []
    for order, (tag, href, title, relation, kind) in enumerate(reading.links):
        found = _judged(tag, href, title, relation, kind, base)
        if found is not None:
            rank, feed = found
            elsewhere = tag == "a" and _host(feed.address) != host
            ranked.append((rank + 2 * elsewhere + 10 * feed.is_comments, order, feed))
    kept: dict[str, FoundFeed] = {}
    for _, _, feed in sorted(ranked, key=lambda entry: entry[:2]):
        kept.setdefault(_same(feed.address), feed)
    kept.pop(_same(address), None)
    return tuple(kept.values())[:MAX_FOUND]


def usual_paths(address: str) -> tuple[str, ...]:
    """Where the feed of a page usually lies: below the page's own folder first, then at the top of its site."""
    start = web_link(address)
    if not start:
        return ()
    parts = urlsplit(start)
    folders = [parts.path if parts.path.endswith("/") else parts.path.rpartition("/")[0] + "/"]
    last = parts.path.rpartition("/")[2]
    if last and "." not in last:
        folders.insert(0, parts.path + "/")  # /blog is a folder that lost its slash
    folders = [folder for folder in dict.fromkeys([*folders[:1], "/"]) if len(folder) <= 200]
    most = {"/": len(_USUAL)}
    found = [
        urlunsplit((parts.scheme, parts.netloc, folder + path, query, ""))
        for folder in folders
        for path, _, query in (name.partition("?") for name in _USUAL[: most.get(folder, 3)])
    ]
    if last.startswith("@") and parts.path.count("/") == 1:
        found.insert(0, urlunsplit((parts.scheme, parts.netloc, f"{parts.path}.rss", "", "")))  # Mastodon
    return tuple(dict.fromkeys(found))


def _judged(tag: str, href: str, title: str, relation: str, kind: str, base: str) -> tuple[int, FoundFeed] | None:
    is_feed_scheme = href[:5].lower() == "feed:"
    if is_feed_scheme:
        href = href[5:] if href[5:9].lower() == "http" else "http:" + href[5:]
    address = web_link(href, base).partition("#")[0]
    if not address or _NO_FEED.search(address):
        return None
    media_type = kind.partition(";")[0].strip().lower()
    relations = relation.lower().split()
    parts = urlsplit(address)
    looks = bool(
        _FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query) or _FEED_HOST.search(parts.hostname or "")
    )
    known = _TYPES.get(media_type, "")
    comments = bool(_COMMENTS.search(title) or _COMMENTS.search(parts.path))
    feed = FoundFeed(address, line_of(title, longest=200), known or _kind_of(address), comments)
    if "stylesheet" in relations:
        return None
    if tag == "link":
        if known and "alternate" in relations and (media_type not in _VAGUE_TYPES or looks or _names_feed(title)):
            return 0, feed
        return (1, feed) if "feed" in relations else None
    if _AGGREGATORS.search(parts.hostname or ""):
        return None
    if is_feed_scheme or (known and media_type not in _VAGUE_TYPES):
        return 2, feed
    if looks:
        return 3, feed
    return (4, feed) if _FEED_WORDS.match(title) and parts.path.strip("/") else None


def _names_feed(title: str) -> bool:
    return bool(re.search(r"\b(?:rss|atom|feed|json feed)", title, re.I))


def _kind_of(address: str) -> str:
    path = address.lower()
    for word, kind in ((".json", "json"), ("json", "json"), ("atom", "atom"), ("rss", "rss"), (".rdf", "rss")):
        if word in path.rpartition("//")[2].partition("/")[2]:
            return kind
    return "feed"


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _same(address: str) -> str:
    """What two spellings of one address have in common."""
    return address.partition("//")[2].removeprefix("www.").rstrip("/")


class _Page:
    """Called by lxml for each tag: keeps the links and what is written on them."""

    def __init__(self) -> None:
        self.base = ""
        self.links: list[tuple[str, str, str, str, str]] = []  # tag, href, title, rel, type
        self._in_link: tuple[str, str, str] | None = None
        self._text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "base":
            self.base = self.base or attributes.get("href", "")[:4096]
        elif tag in ("link", "area") or (tag == "a" and attributes.get("href")):
            self._finish()
            if len(self.links) >= MAX_LINKS:
                return
            said = (
                attributes.get("href", "")[:5000],
                attributes.get("rel", "")[:200],
                attributes.get("type", "")[:200],
            )
            title = attributes.get("title", "") or attributes.get("aria-label", "")
            if tag == "a":
                self._in_link, self._text = said, [title[:300]] if title else []
            else:
                self.links.append(("link" if tag == "link" else "a", said[0], title[:500], said[1], said[2]))
        elif self._in_link and tag == "img" and attributes.get("alt"):
            self._text.append(attributes["alt"][:100])

    def data(self, text: str) -> None:
        if self._in_link and len(self._text) < 10:
            self._text.append(text[:200])

    def end(self, tag: str) -> None:
        if tag == "a":
            self._finish()

    def close(self) -> None:
        self._finish()

    def _finish(self) -> None:
        if self._in_link:
            href, relation, kind = self._in_link
            words = list(dict.fromkeys(" ".join(part.split()) for part in self._text))
            self.links.append(("a", href, " ".join(word for word in words if word)[:500], relation, kind))
            self._in_link, self._text = None, []
