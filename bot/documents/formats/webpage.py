"""Web pages: the article's text by trafilatura, what the page says about itself by `page_facts`.

Trafilatura runs in its fast mode without readers' comments: on the labelled pages at hand that was both its quickest
and its most exact setting. Its result tree is written out here and not by its own text writer, which resolves
character references a second time and marks tables and lists with signs that the page does not have.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import TYPE_CHECKING, Final

from bot.documents.dating import Printed, metadata_date
from bot.documents.encodings import Decoded, decode
from bot.documents.extracted import Extracted
from bot.documents.formats.fragments import drop_hidden, parse_html, text_of_tree
from bot.documents.formats.lead import find_lead
from bot.documents.formats.page_days import address_day, neighbour_day, on_day, printed_day, scripted_day
from bot.documents.formats.page_facts import PageFacts, facts_of
from bot.documents.formats.stretches import join_stretches
from bot.documents.refusals import unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

# WHATWG HTML, "prescan a byte stream to determine its encoding": the first 1,024 bytes; pages in the wild are later.
_CHARSET: Final = re.compile(
    rb"<meta[^>]{0,300}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9._:-]{2,40})", re.IGNORECASE
)
_XML_ENCODING: Final = re.compile(
    rb"\A\s{0,99}<\?xml[^>]{0,200}?encoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9._:-]{2,40})", re.IGNORECASE
)
_HTML_SEARCHED: Final = 8_192
_TEXTLESS: Final = (
    "script style svg noscript iframe link meta input select textarea canvas object embed video audio source track"
    " param map area template datalist applet"
).split()
_KEPT_SCRIPT: Final = "kept-script"


def read(raw: bytes, charset: str = "") -> Extracted:
    """The article of a page; `charset` as HTTP states it. Raises Unreadable ("binary", "broken-html", "no-text")."""
    return read_page(decode(raw, charset or declared_charset(raw)))


def read_page(page: Decoded) -> Extracted:
    """The article of a page that is already text."""
    tree = _parsed(page.text)
    if tree is None:
        raise unreadable("broken-html", "no element could be parsed")
    facts = facts_of(tree)
    published, modified, printed = _days(tree, facts)
    planted = drop_hidden(tree)
    _slim(tree)
    text = _article(tree)
    lead = find_lead(tree, facts.description, text) if facts.description else ""
    if lead:
        text = f"{lead}\n\n{text}"
    if not text:
        raise unreadable("no-text", "neither an article nor any other text")
    return Extracted(
        text=text,
        media_type="text/html",
        encoding=page.encoding,
        title=facts.title,
        title_is_sure=facts.title_is_sure,
        outlet=facts.outlet,
        byline=facts.byline,
        address=facts.address,
        language=facts.language,
        published=published,
        modified=modified,
        printed=printed,
        suspicious=("hidden html text",) if planted else (),
    )


def declared_charset(raw: bytes) -> str:
    """The charset that HTML or XML declares about itself, empty when none."""
    found = _XML_ENCODING.match(raw[:512]) or _CHARSET.search(raw[:_HTML_SEARCHED])
    return found[1].decode("ascii") if found else ""


def _parsed(html: str) -> _Element | None:
    load, _ = _trafilatura()
    tree = load(html)
    return parse_html(html) if tree is None else tree


def _slim(tree: _Element) -> None:
    """Take out what has no text of the page's own. The extractor would as well, after it copied and searched it all."""
    from lxml.etree import strip_elements

    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            script.tag = _KEPT_SCRIPT  # it may hold the article's text
    strip_elements(tree, *_TEXTLESS, with_tail=False)
    for script in tree.iter(_KEPT_SCRIPT):
        script.tag = "script"


def _article(tree: _Element) -> str:
    _, extract = _trafilatura()
    try:
        body = extract(tree)
    except RecursionError:
        body = None
    text = text_of_tree(body) if body is not None else ""
    if text:
        if join_stretches(tree, text) and (body := extract(tree)) is not None:
            text = max(text, text_of_tree(body), key=len)
        return text
    # A page too small or too odd to have an article: all that it shows.
    whole = tree.find(".//body")
    return text_of_tree(tree if whole is None else whole)


def _days(tree: _Element, facts: PageFacts) -> tuple[str, str, str]:
    """When it was published and changed as the page states it, and the day that it merely prints."""
    found = printed_day(tree, facts.title, facts.language)
    stated = metadata_date(facts.published)
    if stated:
        if found is None or found.day == stated[0]:
            return facts.published, facts.modified, ""
        if found.day == neighbour_day(facts.published):
            # Stated in UTC, a report of the evening in America is of the next day; the page prints the newsroom's.
            return on_day(facts.published, found.day), facts.modified, ""
        if found.kind is Printed.PUBLISHED and found.day < stated[0]:
            return found.day.isoformat(), facts.modified, ""  # some pages state the last change as the publication
        changed = metadata_date(facts.modified)
        if found.kind is Printed.BARE and changed and found.day == changed[0] and stated[0] not in found.others:
            return "", facts.modified, ""  # dated anew: to its readers the page gives the day of its last change
        return facts.published, facts.modified, ""
    if found is None:
        return "", facts.modified, scripted_day(tree) or address_day(facts.address) or _guessed_day(tree)
    day = found.day.isoformat()
    match found.kind:
        case Printed.PUBLISHED:
            return day, facts.modified, ""
        case Printed.UPDATED:
            return "", facts.modified or day, ""
        case Printed.BARE:
            return "", facts.modified, day


def _guessed_day(tree: _Element) -> str:
    """The day that htmldate finds elsewhere. Not by its extensive search: that takes three times as long as all the
    rest of a page, and then believes the name of a picture."""
    from htmldate import find_date

    try:
        return find_date(tree, original_date=True, extensive_search=False) or ""
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return ""  # a missing date is no reason to lose the page


@cache
def _trafilatura() -> tuple[Callable[[str], _Element | None], Callable[[_Element], _Element | None]]:
    """Its parser and its extractor; imported on first use, since that alone takes half a second."""
    from trafilatura.core import bare_extraction
    from trafilatura.settings import Document
    from trafilatura.utils import load_html

    # It reports every page that it gives up; that is told once, by the reason we keep.
    for library in ("trafilatura", "htmldate"):
        logging.getLogger(library).setLevel(logging.CRITICAL)

    def extract(tree: _Element) -> _Element | None:
        document = bare_extraction(tree, fast=True, include_comments=False)
        return document.body if isinstance(document, Document) else None

    return load_html, extract
