"""Bytes of a feed → `Feed`: RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, CDF, JSON Feed, whole or damaged.

The XML is surveyed strictly first (`feed_mending`), in time that grows with its length only. What is well-formed and
within bounds goes to feedparser as it is, everything else after it was mended; so feedparser, some of whose
expressions are quadratic, never sees what could make it slow, and never its own guesses at broken XML are needed.
It gets bytes in memory only: given a text, it would open files and addresses.
"""

from __future__ import annotations

import calendar
import io
import re
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.domain import UNKNOWN_LANGUAGE
from bot.errors import Unreadable
from bot.sources.feed import Enclosure, Feed, FeedItem
from bot.sources.feed_dates import date_of
from bot.sources.feed_encoding import decoded
from bot.sources.feed_html import (
    has_markup,
    html_of_text,
    line_of,
    safe_html,
    text_of_html,
    unescaped,
    without_controls,
)
from bot.sources.feed_json import Json, JsonFeed, looks_like_json, read_json_feed
from bot.sources.feed_links import Links, web_link
from bot.sources.feed_mending import MAX_ITEMS, Mended, Survey, mend, survey, without_middle, without_nested
from bot.sources.web_address import clean_link

MAX_BYTES: Final = 16 * 2**20
MAX_HTML_IN_ALL: Final = 10 * 2**20  # characters of all items together; later ones keep their title and link
MAX_CATEGORIES: Final = 50
MAX_ENCLOSURES: Final = 20
MAX_GUID: Final = 2000
SHORT_TEXT: Final = 600  # characters; a text that a feed calls a summary and that is no longer than this is a teaser

REASONS: Final = {
    "feed-empty-body": "The answer was empty: there is no feed in it.",
    "feed-too-large": "The feed is larger than {limit}, the most that is read of one feed.",
    "feed-broken": "The feed is broken and no item could be read from it: {where}.",
    "feed-is-a-page": "This is a web page, not a feed.",
    "feed-is-a-list": "This is a list of feeds (OPML), not a feed; it can be imported.",
    "feed-is-a-sitemap": "This is a site map, not a feed.",
    "not-a-feed": "This is no feed: neither RSS nor Atom nor JSON Feed.",
}

EXCESSES: Final = {
    "depth": "The feed is nested too deeply; what lies deeper was flattened.",
    "elements": "The feed has more elements than are read of one feed; the rest was left out.",
    "attributes": "A tag has more attributes than are read; the others were left out.",
    "repeated": "An element is repeated more often than is read; the others were left out.",
    "lines": "The feed has more lines than are read as such.",
    "prefixes": "The feed uses more vocabularies than are read.",
    "short": "An author, date or address is far too long; it was cut.",
}

_KINDS: Final = {
    "rss090": "rss 0.90", "rss091n": "rss 0.91", "rss091u": "rss 0.91", "rss092": "rss 0.92", "rss093": "rss 0.93",
    "rss094": "rss 0.94", "rss20": "rss 2.0", "rss10": "rss 1.0", "rss": "rss", "atom01": "atom 0.1",
    "atom02": "atom 0.2", "atom03": "atom 0.3", "atom10": "atom 1.0", "atom": "atom", "cdf": "cdf",
}  # fmt: skip
_RSS_11: Final = b"http://purl.org/net/rss1.1#"
_RSS_10: Final = b"http://purl.org/rss/1.0/"
_HTML_START: Final = re.compile(
    r"\s{0,1000}(?:<!--[^>]{0,2000}>\s{0,100}){0,5}<(?:!doctype\s+html|html|head|body)\b", re.I
)
_PAGE: Final = re.compile(r"<(?:html|body)\b", re.I)
_FEED_TAG: Final = re.compile(r"<(?:rss|feed|channel|item|entry|(?:\w{1,20}:)?(?:RDF|feed))[\s>/]", re.I)
_LANGUAGE: Final = re.compile(r"([a-zA-Z]{2,3})(?:[-_][A-Za-z0-9]{1,8}){0,3}")
_CUT_OFF: Final = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|>>|→|(?<=[.!?…\n(\[])\s?(?:more|mehr)"
    r"|\b(?:(?:continue|keep) reading|read (?:more|on|the (?:full|whole|rest)[\w ]{0,30})|full (?:story|article)"
    r"|weiter ?lesen|(?:jetzt )?lesen sie (?:mehr|weiter)[\w ]{0,30}|mehr (?:lesen|dazu|erfahren)"
    r"|zum (?:ganzen )?artikel|den (?:ganzen|vollständigen) artikel lesen|lire la suite|leer más|seguir leyendo"
    r"|lees (?:meer|verder)))"
    r"[\s.:)\]»>→…]{0,6}$",
    re.I,
)
_APPEARED: Final = re.compile(
    r"\n?(?:The post .{0,400} (?:appeared first|first appeared) on .{0,200}"
    r"|Der Beitrag .{0,400} erschien zuerst auf .{0,200})$",
    re.S,
)
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS: Final = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}
_BEFORE_THE_WEB: Final = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD: Final = timedelta(days=2)  # clocks and zones go wrong by hours


def read_feed(raw: bytes, *, media_type: str = "", address: str = "", now: datetime | None = None) -> Feed:
    """Read one feed. `address` is where it came from: relative links are resolved against it.

    Raises Unreadable with a code of `REASONS`. `now` is what dates "in the future" are measured by.
    """
    now = now or datetime.now(UTC)
    if len(raw) > MAX_BYTES:
        raise _unreadable("feed-too-large", f"{len(raw)} bytes", limit=f"{MAX_BYTES // 2**20} MB")
    text, encoding = decoded(raw, media_type)
    stripped = text.strip("\ufeff\x00 \t\r\n\v\f")
    if not stripped:
        raise _unreadable("feed-empty-body")
    if looks_like_json(stripped):
        found = read_json_feed(stripped)
        if found is None:
            raise _unreadable("not-a-feed", "JSON without items")
        return _JsonReading(found, address, now, encoding).feed()
    if "<" not in stripped:
        raise _unreadable("not-a-feed", "no markup")
    return _read_xml(stripped, text, address, now, encoding)


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count:,} items"


def _unreadable(code: str, log: str = "", **facts: str) -> Unreadable:
    return Unreadable(code, log, REASONS[code].format(**facts))


# ---- XML ------------------------------------------------------------------------------------------------------------


def _read_xml(stripped: str, text: str, address: str, now: datetime, encoding: str) -> Feed:
    problems: list[str] = []
    skipped_lines = text[: text.find(stripped[:1])].count("\n")
    document = _without_declaration(stripped).encode("utf-8", "replace")
    seen = survey(document)
    broken_at = None
    whole, half = True, False
    if seen.error or seen.excess:
        if seen.excess in EXCESSES:
            problems.append(EXCESSES[seen.excess])
        if seen.error:
            broken_at = (seen.line or 1) + skipped_lines
            problems.append(f"The XML breaks at line {broken_at} ({seen.error}); it was mended.")
        document, seen, mended = _mended(stripped, problems, broken_at, seen.error)
        whole, half = mended.whole, mended.half
    elif len(seen.items) > MAX_ITEMS:
        problems.append(f"The feed has {len(seen.items):,} items; the first and the last {MAX_ITEMS // 2:,} are read.")
        document = without_middle(document, seen.items)
    elif seen.nested:
        document = without_nested(document, seen.nested)
    if not seen.items or seen.root not in ("rss", "rdf", "feed", "channel"):
        _refuse_other_kinds(seen, stripped)
    parsed = _parsed(_from_root(document, seen), address)
    feed = _XmlReading(parsed, _asked_for(document, seen), address, now, encoding).feed(problems, broken_at, half=half)
    if not feed.items and broken_at is not None and not whole:
        raise _unreadable("feed-broken", problems[0], where=f"its XML breaks at line {broken_at}")
    return feed


def _without_declaration(text: str) -> str:
    """The document without its XML declaration, whose encoding no longer holds; its line stays."""
    if text.startswith("<?xml"):
        end = text.find("?>", 0, 2000)
        if end >= 0:
            return "\n" * text.count("\n", 0, end) + text[end + 2 :]
    return text


def _mended(text: str, problems: list[str], broken_at: int | None, error: str) -> tuple[bytes, Survey, Mended]:
    """The mended document, its survey, and what was found while mending."""
    if _HTML_START.match(text) and not _FEED_TAG.search(text):
        raise _unreadable("feed-is-a-page")
    mended = mend(text)
    if mended.cut:
        problems.append(EXCESSES["elements"])
    if mended.left_out:
        problems.append(f"Only the first {mended.items:,} items are read, {mended.left_out:,} are not.")
    document = mended.xml.encode("utf-8", "replace")
    seen = survey(document, bounded=False) if document else Survey(error="no feed tag")
    if document and seen.error:
        document = _recovered(document)
        seen = survey(document) if document else seen
    if not document or seen.error or seen.excess:
        if _PAGE.search(text[:5000]):
            raise _unreadable("feed-is-a-page")
        if not _FEED_TAG.search(text):
            raise _unreadable("not-a-feed", error)
        where = (
            f"its XML breaks at line {broken_at}" if broken_at is not None else "it is built in a way that does harm"
        )
        raise _unreadable("feed-broken", f"line {broken_at}: {error or seen.excess}", where=where)
    return document, seen, mended


def _recovered(document: bytes) -> bytes:
    """What libxml2 makes of XML that is still broken after the mending."""
    from lxml import etree

    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        return b""
    return b"" if root is None else bytes(etree.tostring(root, encoding="utf-8"))


def _from_root(document: bytes, seen: Survey) -> bytes:
    """The document from its root element on: what feedparser looks for before it is looked for in vain, and slowly."""
    body = document[seen.root_at :]
    if seen.namespace.encode() == _RSS_11:
        body = body.replace(_RSS_11, _RSS_10)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def _refuse_other_kinds(seen: Survey, text: str) -> None:
    """Well-formed XML of other kinds is told by its name; a feed without items is a feed."""
    if seen.root in ("rss", "rdf", "feed", "channel"):
        return
    if seen.root == "html" or _HTML_START.match(text):
        raise _unreadable("feed-is-a-page")
    if seen.root == "opml":
        raise _unreadable("feed-is-a-list")
    if seen.root in ("urlset", "sitemapindex"):
        raise _unreadable("feed-is-a-sitemap")
    if not seen.items:
        raise _unreadable("not-a-feed", "XML of another kind")


def _parsed(document: bytes, address: str) -> Mapping[str, Any]:
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8"}
    if base := web_link(address):
        headers["content-location"] = base
    try:
        found: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (
        Exception
    ) as error:  # a hundred handlers of a hundred formats, fed by strangers: any of them may raise anything
        raise _unreadable(
            "feed-broken", f"feedparser: {type(error).__name__}", where="what it says contradicts itself"
        ) from error
    return found


# ---- what feedparser leaves aside ------------------------------------------------------------------------------------

_SKIP: Final = re.compile(rb"<(?:hour|day)\s{0,20}>\s{0,20}([A-Za-z0-9]{1,12})\s{0,20}</(?:hour|day)", re.I)
_SKIPPED_HOURS: Final = re.compile(rb"<skip(?:Hours|Days)\b", re.I)


def _asked_for(document: bytes, seen: Survey) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The hours and the weekdays in which the feed wants no visit; they stand before or after all items."""
    first = seen.items[0] if seen.items else len(document)
    hours: set[int] = set()
    days: set[int] = set()
    for part in (document[: min(first, 50_000)], document[-5000:]):
        if _SKIPPED_HOURS.search(part):
            for match in _SKIP.finditer(part):
                word = match[1].decode("ascii").lower()
                if word.isdecimal() and int(word) <= 24:
                    hours.add(int(word) % 24)
                elif word in _WEEKDAYS:
                    days.add(_WEEKDAYS.index(word))
    # Whoever skips all hours or days has misunderstood the element.
    return tuple(sorted(hours)) if len(hours) < 24 else (), tuple(sorted(days)) if len(days) < 7 else ()


# ---- from feedparser's words to ours ---------------------------------------------------------------------------------


class _Reading:
    """What both kinds of feeds need: safe text, dates with doubts, an upper bound for all texts together."""

    def __init__(self, address: str, now: datetime, encoding: str) -> None:
        self.address = address
        self.now = now
        self.encoding = encoding
        self.html_left = MAX_HTML_IN_ALL
        self.links = Links()
        self.cut = 0

    def body(self, value: str, base: str, *, is_text: bool) -> tuple[str, bool]:
        """The sanitised HTML of an item's text, and whether it was plain text."""
        if len(value) > self.html_left:
            self.cut += 1
            return "", False
        plain = is_text or not has_markup(value)
        html = html_of_text(value if is_text else unescaped(value)) if plain else safe_html(value, base, self.links)
        if len(html) > self.html_left:
            self.cut += 1
            return "", False
        self.html_left -= len(html)
        return html, plain

    def doubt(self, *instants: datetime | None) -> str:
        for instant in instants:
            if instant is not None and instant > self.now + _AHEAD:
                return "in the future"
            if instant is not None and instant < _BEFORE_THE_WEB:
                return "before the web"
        return ""

    def finished(self, feed: Feed, problems: list[str]) -> tuple[str, ...]:
        if self.cut:
            problems.append(f"The text of {_items(self.cut)} was left out: all of it together is too long.")
        doubtful = sum(bool(item.date_doubt) for item in feed.items)
        if doubtful:
            problems.append(f"The dates of {_items(doubtful)} cannot be right.")
        return tuple(dict.fromkeys(problems))


class _XmlReading(_Reading):
    def __init__(
        self,
        parsed: Mapping[str, Any],
        skip: tuple[tuple[int, ...], tuple[int, ...]],
        address: str,
        now: datetime,
        encoding: str,
    ) -> None:
        super().__init__(address, now, encoding)
        self.channel: Mapping[str, Any] = parsed.get("feed") or {}
        self.entries: list[Mapping[str, Any]] = list(parsed.get("entries") or ())
        self.version: str = parsed.get("version") or ""
        self.skip = skip

    @property
    def is_atom(self) -> bool:
        return self.version.startswith("atom")

    def feed(self, problems: list[str], broken_at: int | None, *, half: bool) -> Feed:
        import dataclasses

        channel = self.channel
        language = _language(_text(channel, "language"))
        title = _value(channel, "title")
        subtitle = _value(channel, "subtitle")
        links = _links(channel)
        items = tuple(self.item(entry, language) for entry in self.entries)
        feed = Feed(
            kind=_KINDS.get(self.version, "rss"),
            title=line_of(title.value, is_text=title.is_text),
            title_html=title.html(self.address),
            description=line_of(subtitle.value, is_text=subtitle.is_text),
            description_html=subtitle.html(self.address),
            link=self.link(channel, links),
            language=language,
            items=items,
            updated=self.date(channel, "updated") or self.date(channel, "published"),
            author=self.author(channel),
            self_address=_link_of(links, "self", self.address),
            moved_to=web_link(_text(channel, "newlocation") or _text(channel, "itunes_new-feed-url"), self.address),
            hub=_link_of(links, "hub", self.address),
            ttl_s=self.ttl_s(),
            skip_hours=self.skip[0],
            skip_days=self.skip[1],
            broken_at=broken_at,
            half=half,
            encoding=self.encoding,
        )
        return dataclasses.replace(feed, problems=self.finished(feed, problems))

    def item(self, entry: Mapping[str, Any], language: str) -> FeedItem:
        links = _links(entry)
        title = _value(entry, "title")
        summary = _value(entry, "summary")
        contents = [_Value.of(content) for content in _list(entry, "content")]
        fullest = max(
            (content for content in contents if content.can_be_shown),
            key=lambda content: len(content.value),
            default=_Value(),
        )
        is_full = len(fullest.value) > len(summary.value)
        body = fullest if is_full or not summary.value else summary
        if not body.value:
            body = _value(entry, "media_description")
        html, plain = self.body(body.value, body.base or self.address, is_text=body.is_text and self.is_atom)
        words = text_of_html(html)
        short = line_of(summary.value, is_text=summary.is_text and self.is_atom, longest=2000) if is_full else ""
        heading = line_of(title.value, is_text=title.is_text and self.is_atom)
        link = self.link(entry, links)
        updated = self.date(entry, "updated") or self.date(entry, "modified")
        published = self.date(entry, "published") or self.date(entry, "created") or updated
        return FeedItem(
            guid=_line(_text(entry, "id"), MAX_GUID),
            link=link,
            canonical=clean_link(link),
            title=heading,
            html=html,
            summary=short,
            text_is_plain=plain,
            teaser=is_teaser(words, is_full=bool(contents) and is_full, has_link=bool(link), has_title=bool(heading)),
            published=published,
            updated=updated,
            date_doubt=self.doubt(published, updated),
            author=self.author(entry),
            language=_language(
                _text(entry, "language"), _text(entry, "dc_language"), body.language, title.language, language
            ),
            categories=_distinct(
                line_of(_text(tag, "term") or _text(tag, "label"), longest=200) for tag in _list(entry, "tags")
            ),
            enclosures=tuple(self.enclosures(entry))[:MAX_ENCLOSURES],
        )

    def link(self, holder: Mapping[str, Any], links: list[Mapping[str, Any]]) -> str:
        """Where the item can be read: what a link service stands in for before the service's own address."""
        base = self.address
        candidates = [_text(holder, "feedburner_origlink"), _text(holder, "link"), _link_of(links, "alternate", base)]
        guid = _text(holder, "id")
        if holder.get("guidislink") or (guid.startswith(("http://", "https://")) and "guidislink" not in holder):
            candidates.append(guid)
        return next((found for candidate in candidates if (found := web_link(candidate, base))), "")

    def date(self, holder: Mapping[str, Any], name: str) -> datetime | None:
        written = holder.get(name) if name in holder else None
        if not isinstance(written, str) or not written.strip():
            return None
        if found := date_of(written):
            return found
        parsed = holder.get(f"{name}_parsed")
        if not isinstance(parsed, time.struct_time) or parsed.tm_year < 1:
            return None
        try:
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
        except (ValueError, OverflowError, OSError):
            return None

    def author(self, holder: Mapping[str, Any]) -> str:
        names = _distinct(_line(_text(author, "name"), 200) for author in _list(holder, "authors"))
        return ", ".join(names[:10]) or line_of(_text(holder, "author"), longest=300)

    def enclosures(self, entry: Mapping[str, Any]) -> Iterable[Enclosure]:
        for enclosure in _list(entry, "enclosures") + _list(entry, "media_content"):
            address = web_link(_text(enclosure, "href") or _text(enclosure, "url"), self.address)
            if address:
                yield Enclosure(
                    address,
                    _line(_text(enclosure, "type"), 100),
                    _size(_text(enclosure, "length") or _text(enclosure, "filesize")),
                )

    def ttl_s(self) -> int | None:
        ttl = _text(self.channel, "ttl").strip()
        if ttl.isdecimal() and len(ttl) <= 7 and int(ttl) > 0:
            return int(ttl) * 60
        period = _PERIODS.get(_text(self.channel, "sy_updateperiod").strip().lower())
        often = _text(self.channel, "sy_updatefrequency").strip()
        if period is None:
            return None
        return max(60, period // max(1, int(often))) if often.isdecimal() and len(often) <= 6 else period


class _Value:
    """A text of feedparser with its declared type, base and language."""

    __slots__ = ("base", "language", "type", "value")

    def __init__(self, value: str = "", kind: str = "text/html", base: str = "", language: str = "") -> None:
        self.value, self.type, self.base, self.language = value, kind, base, language

    @classmethod
    def of(cls, detail: Mapping[str, Any]) -> _Value:
        return cls(
            _text(detail, "value"),
            _text(detail, "type") or "text/html",
            _text(detail, "base"),
            _text(detail, "language"),
        )

    @property
    def is_text(self) -> bool:
        return self.type == "text/plain"

    @property
    def can_be_shown(self) -> bool:
        return self.type.startswith("text/") or self.type.endswith(("xml", "html"))

    def html(self, base: str) -> str:
        if not has_markup(self.value):
            return without_controls(" ".join(self.value.split()))
        return _unwrapped(safe_html(self.value, self.base or base))


def _unwrapped(html: str) -> str:
    """A title without the one element around it that Atom asks for in XHTML."""
    lone = html.startswith("<div>") and html.endswith("</div>") and html.count("<div") == 1
    return html[5:-6].strip() if lone else html


def _value(holder: Mapping[str, Any], name: str) -> _Value:
    detail = holder.get(f"{name}_detail")
    if isinstance(detail, Mapping) and isinstance(detail.get("value"), str):
        return _Value.of(detail)
    return _Value(_text(holder, name))


def _text(holder: Mapping[str, Any], name: str) -> str:
    # "in" first: feedparser's dictionary answers for some names with those of others, and warns of it.
    value = holder.get(name) if name in holder else ""
    return value if isinstance(value, str) else ""


def _list(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = holder.get(name) if name in holder else None
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


def _links(holder: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return _list(holder, "links")


def _link_of(links: list[Mapping[str, Any]], relation: str, base: str) -> str:
    found = (web_link(_text(link, "href"), base) for link in links if _text(link, "rel") == relation)
    return next(filter(None, found), "")


def _line(text: str, longest: int) -> str:
    return without_controls(" ".join(text[: longest * 2].split()))[:longest]


def _size(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 15 else None


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))[:MAX_CATEGORIES]


def _language(*written: str) -> str:
    """The first of some language tags that is one, without its region."""
    matches = (_LANGUAGE.fullmatch(tag.strip()[:40]) for tag in written)
    return next((match[1].lower() for match in matches if match), UNKNOWN_LANGUAGE)


def is_teaser(words: str, *, is_full: bool, has_link: bool, has_title: bool) -> bool:
    """Whether a text is only the beginning or a summary of what stands behind the item's link."""
    if not has_link:
        return False
    words = _APPEARED.sub("", words[-2000:]).rstrip() if len(words) <= SHORT_TEXT * 5 else words[-300:].rstrip()
    if _CUT_OFF.search(words[-80:]):
        return True
    if not words:
        return True
    return not is_full and has_title and len(words) < SHORT_TEXT


# ---- JSON ------------------------------------------------------------------------------------------------------------


class _JsonReading(_Reading):
    """JSON Feed's names, and those that others use for the same."""

    def __init__(self, found: JsonFeed, address: str, now: datetime, encoding: str) -> None:
        super().__init__(address, now, encoding)
        self.found = found

    def feed(self) -> Feed:
        import dataclasses

        channel, problems = self.found.feed, []
        if self.found.broken_at is not None:
            problems.append(f"The JSON breaks at line {self.found.broken_at}; what could be read was read.")
        if len(self.found.items) > MAX_ITEMS:
            problems.append(
                f"Only the first {MAX_ITEMS:,} items are read, {len(self.found.items) - MAX_ITEMS:,} are not."
            )
        language = _language(_first(channel, "language"))
        title, description = _first(channel, "title"), _first(channel, "description", "subtitle")
        feed = Feed(
            kind=self.kind(),
            title=line_of(title),
            title_html=_Value(title).html(self.address),
            description=line_of(description),
            description_html=_Value(description).html(self.address),
            link=web_link(_first(channel, "home_page_url", "link", "url"), self.address),
            language=language,
            items=tuple(self.item(item, language) for item in self.found.items[:MAX_ITEMS]),
            author=self.author(channel),
            self_address=web_link(_first(channel, "feed_url", "feedLink", "feedUrl"), self.address),
            hub=next((web_link(_first(hub, "url")) for hub in _many(channel, "hubs") if isinstance(hub, dict)), ""),
            broken_at=self.found.broken_at,
            encoding=self.encoding,
        )
        return dataclasses.replace(feed, problems=self.finished(feed, problems))

    def kind(self) -> str:
        version = _first(self.found.feed, "version", "feedVersion").rstrip("/").rpartition("/")[2]
        return f"json feed {version}" if re.fullmatch(r"1(\.\d)?", version) else "json feed"

    def item(self, item: Json, language: str) -> FeedItem:
        html = _first(item, "content_html", "content", "contentHtml", "content:encoded")
        text = _first(item, "content_text", "contentText")
        summary = _first(item, "summary", "description", "contentSnippet")
        is_full = bool(html or text) and len(html or text) >= len(summary)
        chosen = (html or text) if is_full else summary or html or text
        body, plain = self.body(chosen, self.address, is_text=is_full and not html)
        link = self.link(item)
        title = line_of(_first(item, "title"))
        updated = _json_date(item, "date_modified", "updated", "modified", "isoDate")
        published = _json_date(item, "date_published", "pubDate", "published", "publishedAt", "date") or updated
        return FeedItem(
            guid=_line(_first(item, "id", "guid"), MAX_GUID),
            link=link,
            canonical=clean_link(link),
            title=title,
            html=body,
            summary=line_of(summary, longest=2000) if is_full and summary else "",
            text_is_plain=plain,
            teaser=is_teaser(text_of_html(body), is_full=is_full, has_link=bool(link), has_title=bool(title)),
            published=published,
            updated=updated,
            date_doubt=self.doubt(published, updated),
            author=self.author(item),
            language=_language(_first(item, "language"), language),
            categories=_distinct(
                line_of(_word(tag), longest=200) for tag in _many(item, "tags", "categories", "category")
            ),
            enclosures=tuple(self.enclosures(item))[:MAX_ENCLOSURES],
        )

    def link(self, item: Json) -> str:
        found = web_link(_first(item, "url", "link", "permalink", "external_url"), self.address)
        identity = _first(item, "id", "guid")
        return found or (web_link(identity) if identity.startswith(("http://", "https://")) else "")

    def author(self, holder: Json) -> str:
        people = _many(holder, "authors", "author", "creator")
        return ", ".join(
            _distinct(_line(_first(who, "name") if isinstance(who, dict) else _word(who), 200) for who in people)[:10]
        )

    def enclosures(self, item: Json) -> Iterable[Enclosure]:
        for part in _many(item, "attachments", "enclosures", "enclosure"):
            if isinstance(part, dict) and (address := web_link(_first(part, "url", "link"), self.address)):
                size = _first(part, "size_in_bytes", "length")
                yield Enclosure(address, _line(_first(part, "mime_type", "type"), 100), _size(size.partition(".")[0]))
        for name in ("image", "banner_image"):
            if address := web_link(_first(item, name), self.address):
                yield Enclosure(address, "image")


def _word(value: object) -> str:
    """A JSON string; numbers were left as the text they were written as."""
    return without_controls(value) if isinstance(value, str) else ""


def _first(holder: Json, *names: str) -> str:
    for name in names:
        if word := _word(holder.get(name)):
            return word
        value = holder.get(name)
        if isinstance(value, dict) and (word := _word(value.get("#text")) or _word(value.get("_"))):
            return word
    return ""


def _many(holder: Json, *names: str) -> list[Any]:
    """The first of some fields that holds something, as a list."""
    for name in names:
        value = holder.get(name)
        if value:
            return value[:500] if isinstance(value, list) else [value]
    return []


def _json_date(item: Json, *names: str) -> datetime | None:
    return next((found for name in names if (word := _first(item, name)) and (found := date_of(word))), None)
