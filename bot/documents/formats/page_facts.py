"""What a web page says about itself: JSON-LD, OpenGraph and other meta elements, <time>, canonical link, language.

Order of trust for dates and names: JSON-LD of an article (schema.org), then meta elements, then marked-up elements.
The title is the heading that the reader sees, when the page's own metadata confirms it: metadata alone carries site
names and shortened lines.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from bot.documents.dating import metadata_date
from bot.documents.formats.fragments import opening_of
from bot.documents.formats.page_days import is_in_utc, on_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Everything may be empty. Dates are as the page writes them."""

    title: str = ""
    title_is_sure: bool = False  # a heading that the page's metadata confirms
    outlet: str = ""
    byline: str = ""
    published: str = ""
    modified: str = ""
    address: str = ""
    language: str = ""
    description: str = ""  # what the page says that it is about: often the lead, word for word


ARTICLE_TYPES: Final = frozenset(
    "newsarticle article reportagenewsarticle analysisnewsarticle opinionnewsarticle backgroundnewsarticle"
    " reviewnewsarticle blogposting liveblogposting socialmediaposting report techarticle scholarlyarticle"
    " satiricalarticle askpublicnewsarticle advertisercontentarticle pressrelease discussionforumposting"
    " review recipe".split()
)
_PAGE_TYPES: Final = frozenset("webpage itempage aboutpage videoobject creativework".split())
_PUBLISHED: Final = (
    "article:published_time article:published og:article:published_time datepublished date.published"
    " publication_date publishdate pubdate dc.date.issued dcterms.issued dcterms.created dc.date.created"
    " dcterms.date dc.date date parsely-pub-date sailthru.date citation_publication_date citation_date"
    " cxenseparse:recs:publishtime vr:published_time last-modified-original bt:pubdate originalpublicationdate"
    " originaldate rnews:datepublished shareaholic:article_published_time".split()
)
_MODIFIED: Final = (
    "article:modified_time og:updated_time datemodified dcterms.modified dc.date.modified last-modified"
    " lastmod article:modified sailthru.updated revised".split()
)
_AUTHORS: Final = (
    "author article:author dc.creator dcterms.creator byl sailthru.author parsely-author citation_author"
    " shareaholic:article_author_name og:article:author".split()
)
_OUTLETS: Final = (
    "og:site_name dc.publisher dcterms.publisher publisher application-name citation_journal_title".split()
)
_TITLES: Final = "og:title twitter:title dc.title dcterms.title parsely-title sailthru.title headline title".split()
_DESCRIPTIONS: Final = "og:description description twitter:description dc.description dcterms.abstract".split()
_SPACE: Final = re.compile(r"\s+")
_SITE_NAME_AFTER: Final = re.compile(r"\s+[|–—·•»«:~-]{1,2}\s+|\s*[|│]\s*")
_WORDS: Final = re.compile(r"\w+")
_NO_NAME: Final = re.compile(r"https?:|www\.|@|\A(?:admin|redaktion|editor|unknown|n/?a|none|null)\Z", re.IGNORECASE)
_JSON_COMMENT: Final = re.compile(r"\A\s{0,99}(?://\s{0,9})?(?:<!\[CDATA\[|<!--)|(?://\s{0,9})?(?:\]\]>|-->)\s{0,99}\Z")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_ADDRESS_DAY: Final = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/._-]|\Z)")
_MOST_JSON: Final = 500_000
_MOST_NODES: Final = 2_000


def facts_of(tree: _Element) -> PageFacts:
    """Read the facts out of a parsed page. Never raises on what a page may hold."""
    meta = _meta(tree)
    article = _article_node(tree, meta)
    address = _address(tree, meta, article)
    outlet = _name(article.get("publisher")) or _first(meta, _OUTLETS) or _name(article.get("isPartOf"))
    title, is_sure = _title(tree, meta, _string(article.get("headline")), outlet)
    return PageFacts(
        title=title,
        title_is_sure=is_sure,
        outlet=outlet.lstrip("@"),
        byline=_byline(article, meta, tree),
        published=_published(tree, meta, article, address),
        modified=_string(article.get("dateModified")) or _first(meta, _MODIFIED) or _marked_time(tree, "dateModified"),
        address=address,
        language=_language(tree, meta, article),
        description=_first(meta, _DESCRIPTIONS),
    )


def http_address(value: str) -> str:
    """The address if it is an absolute http(s) one with a host and without credentials, else empty."""
    try:
        parts = urlsplit(value.strip())
        safe = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    return value.strip() if safe and len(value) <= 4_096 and value.isprintable() and " " not in value.strip() else ""


def squeezed(text: str | None) -> str:
    """White space made single, ends trimmed."""
    return _SPACE.sub(" ", text or "").strip()


def _meta(tree: _Element) -> dict[str, str]:
    """Meta elements by lower-case name; the first of a name counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = squeezed(element.get("content"))
        name = (
            (
                element.get("property")
                or element.get("name")
                or element.get("itemprop")
                or element.get("http-equiv")
                or ""
            )
            .strip()
            .lower()
        )
        if content and name:
            found.setdefault(name, content[:4_096])
    return found


def _first(meta: Mapping[str, str], names: list[str]) -> str:
    return next((meta[name] for name in names if meta.get(name)), "")


def _article_node(tree: _Element, meta: Mapping[str, str]) -> Mapping[str, object]:
    """The JSON-LD node that describes the page's article, empty when there is none.

    Pages describe the reports that they link to as well: the node that has the page's title or address comes first.
    """
    page: Mapping[str, object] = {}
    articles: list[Mapping[str, object]] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        for node in _nodes(_JSON_COMMENT.sub("", (script.text or "")[:_MOST_JSON])):
            kinds = node.get("@type")
            names = {str(kind).rpartition("/")[2].lower() for kind in (kinds if isinstance(kinds, list) else [kinds])}
            if names & ARTICLE_TYPES and (node.get("headline") or node.get("datePublished") or node.get("name")):
                articles.append(node)
            elif not page and names & _PAGE_TYPES and node.get("datePublished"):
                page = node
    if len(articles) < 2:
        return articles[0] if articles else page
    title = tree.find(".//title")
    claims = [meta.get("og:title", ""), squeezed("".join(title.itertext())) if title is not None else ""]
    address = _bare(_address(tree, meta, {}))
    for node in articles:
        entity = node.get("mainEntityOfPage")
        linked = (node.get("url"), node.get("@id"), entity.get("@id") if isinstance(entity, dict) else entity)
        headline = _string(node.get("headline")) or _string(node.get("name"))
        if (address and any(_bare(_string(link)) == address for link in linked)) or any(
            _covers(claim, headline) or _covers(headline, claim) for claim in claims if claim
        ):
            return node
    return articles[0]


def _nodes(source: str) -> Iterator[Mapping[str, object]]:
    try:
        # Not strict: line breaks inside of strings are frequent in hand-made JSON-LD.
        waiting = [json.loads(source, strict=False)]
    except (ValueError, RecursionError):
        return
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting[:0] = value[:_MOST_NODES]
        elif isinstance(value, dict):
            yield value
            waiting.extend(
                value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement") if key in value
            )


def _string(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return squeezed(value)[:4_096] if isinstance(value, str) else ""


def _name(value: object) -> str:
    """The name of a person or organisation, given as text, as an object or as a list of either."""
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(name for part in value[:20] if (name := _name(part))))
    if isinstance(value, dict):
        value = value.get("name")
        if isinstance(value, list):
            return _name(value)
    return _string(value)


def _byline(article: Mapping[str, object], meta: Mapping[str, str], tree: _Element) -> str:
    for name in (_name(article.get("author")), _first(meta, _AUTHORS), _marked_author(tree)):
        if name and not _NO_NAME.search(name) and len(name) <= 200:
            return name
    return ""


def _marked_author(tree: _Element) -> str:
    for element in tree.xpath(
        '(.//*[@itemprop="author"] | .//a[@rel="author"] | .//address//a[contains(@rel,"author")])[position()<4]'
    ):
        inner = element.xpath('.//*[@itemprop="name"]')
        name = opening_of(inner[0] if inner else element, 120)
        if 2 < len(name) < 120:
            return name
    return ""


def _published(tree: _Element, meta: Mapping[str, str], article: Mapping[str, object], address: str) -> str:
    """The date of publication as metadata states it, checked against the day that many addresses hold.

    Metadata is often in UTC: a report of the evening in America is then of the next day. The address has the day of the
    newsroom.
    """
    stated = next((value for value in _stated_dates(meta, article) if _YEAR.search(value) and metadata_date(value)), "")
    found = _ADDRESS_DAY.search(address)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        day = None
    if day is None:
        return stated or _marked_time(tree, "datePublished")
    known = metadata_date(stated) if stated else None
    if known is None:
        return day.isoformat()
    return on_day(stated, day) if is_in_utc(stated) and abs(known[0] - day) == timedelta(days=1) else stated


def _stated_dates(meta: Mapping[str, str], article: Mapping[str, object]) -> Iterator[str]:
    yield _string(article.get("datePublished"))
    for name in _PUBLISHED:
        yield meta.get(name, "")
    yield _string(article.get("dateCreated"))


def _marked_time(tree: _Element, itemprop: str) -> str:
    """A date that the page marks up as its own; empty when marks of several days compete, as those of comments do."""
    marked = tree.xpath(f'.//*[@itemprop="{itemprop}"]')
    if not marked and itemprop == "datePublished":
        marked = tree.xpath(
            ".//time[@datetime][@pubdate or contains(@class,'publish') or contains(@class,'entry-date')]"
        )
        marked = marked or tree.xpath(".//article//time[@datetime]")
    values = [
        squeezed(e.get("datetime") or e.get("content") or e.get("title") or opening_of(e, 100))[:100]
        for e in marked[:50]
    ]
    dated = [value for value in values if _YEAR.search(value)]
    return dated[0] if len({value[:10] for value in dated}) == 1 else ""


def _title(tree: _Element, meta: Mapping[str, str], headline: str, outlet: str) -> tuple[str, bool]:
    """The heading that metadata confirms; else the metadata's title without the site's name; else the only heading.
    The second value: whether it is confirmed."""
    page_title = squeezed("".join(next(tree.iter("title")).itertext())) if tree.find(".//title") is not None else ""
    claims = [claim for claim in (headline, *(meta.get(name, "") for name in _TITLES), page_title) if claim]
    first, second = _headings(tree, "h1"), _headings(tree, "h2")
    for headings in (first, second):
        confirmed = [h for h in headings if any(_covers(claim, h) for claim in claims) and _bare(h) != _bare(outlet)]
        if confirmed:
            return max(confirmed[:5], key=len), True
    for claim in claims:
        # The heading has the section's name in front ("Local News | …"): then the metadata's own title is the better
        # one.
        if any(_covers(h, claim) for h in first):
            return claim, True
    if len(first) == 1 and _bare(first[0]) != _bare(outlet):
        return first[0], False
    return next((cut for claim in claims if (cut := _without_site(claim, outlet))), first[0] if first else ""), False


def _headings(tree: _Element, tag: str) -> list[str]:
    texts = (opening_of(element, 300) for element in islice(tree.iter(tag), 60))
    return [text for text in texts if 2 < len(text) <= 300]


def _covers(longer: str, shorter: str) -> bool:
    """Whether the words of `shorter` stand in a row in `longer` and make up a good part of it."""
    a, b = _bare(longer), _bare(shorter)
    return bool(b) and f" {b} " in f" {a} " and len(b) * 4 >= len(a)


def _bare(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


def _without_site(title: str, outlet: str) -> str:
    """The title up to the separator before the site's name: "Quay closes | The Gazette" is "Quay closes"."""
    parts = _SITE_NAME_AFTER.split(title)
    if len(parts) < 2:
        return title
    if outlet and _bare(parts[-1]) == _bare(outlet):
        return title[: title.rfind(parts[-1])].rstrip(" \t|│–—·•»«:~-")
    return max(parts, key=len)


def _address(tree: _Element, meta: Mapping[str, str], article: Mapping[str, object]) -> str:
    base = http_address(meta.get("og:url", "")) or http_address(_string(article.get("url")))
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            href = (element.get("href") or "").strip()
            try:
                address = http_address(urljoin(base, href)) if href else ""
            except ValueError:
                address = ""
            if address:
                return address
    entity = article.get("mainEntityOfPage")
    return base or http_address(_string(entity.get("@id") if isinstance(entity, dict) else entity))


def _language(tree: _Element, meta: Mapping[str, str], article: Mapping[str, object]) -> str:
    root = tree.getroottree().getroot()
    return (
        squeezed(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"))
        or _string(article.get("inLanguage"))
        or meta.get("og:locale", "")
        or meta.get("content-language", "")
    )
