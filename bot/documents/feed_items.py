"""News items that a feed brings: drafts from what the feed holds itself, or from the article that it links to.

A feed and its article say the same things twice, and either may be wrong. The text is the article's, unless the page
shows something else (a consent or login wall) or less than the feed. A title or date that the page is sure of is the
page's; where it is not, the feed's word counts before any guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlsplit

from bot.documents.dating import metadata_date
from bot.documents.extracted import Extracted
from bot.documents.reading import MAX_BYTES, extract_as, kept
from bot.documents.refusals import unreadable
from bot.domain import DocumentDraft
from bot.errors import Unreadable


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One item as a feed states it; all of it may be empty. Instants are aware; `content` is HTML unless `is_plain`."""

    title: str = ""
    link: str = ""
    content: str = ""
    is_plain: bool = False
    published: datetime | None = None
    updated: datetime | None = None
    author: str = ""
    outlet: str = ""  # who publishes the feed
    language: str = ""


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """What the item's link led to, with what HTTP said about it. Both may be empty."""

    raw: bytes
    media_type: str = "text/html"
    charset: str = ""


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """A draft, and where its text comes from. `why_not_page` is empty unless a page was given and not used: the code of
    its refusal, "other-text" (it shows something else) or "less-text" (it shows less than the feed)."""

    draft: DocumentDraft
    from_page: bool = False
    why_not_page: str = ""


_ENDINGS: Final = {
    "application/pdf": ".pdf",
    "application/json": ".json",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_CUT_OFF: Final = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*\Z")
_WORD: Final = re.compile(r"[^\W\d_]{4,40}")
_COMPARED_LETTERS: Final = 6  # of a word: inflected forms count as the same
_LEAST_WORDS: Final = 4  # fewer say nothing
_LEAST_SHARE: Final = 0.2  # of the feed's words that stand in the page's text
_NEVER: Final = date(1970, 1, 1)  # what programs write for a date that they do not have


def draft_of_item(item: NewsItem, page: ArticlePage | None = None) -> ItemDraft:
    """The draft of an item, from its page where one is given and shows the article. Raises Unreadable."""
    said = _extracted(item)
    if page is None:
        return ItemDraft(_drafted(said))
    try:
        shown = _page(page)
        refusal = _refusal(said, shown)
        if not refusal:
            return ItemDraft(_drafted(_merged(said, shown)), from_page=True)
    except Unreadable as error:
        if not said.text:
            raise  # nothing else could do instead, and this is the reason
        refusal = error.code
    return ItemDraft(_drafted(said), why_not_page=refusal)


def _drafted(extracted: Extracted) -> DocumentDraft:
    from bot.documents.drafting import draft_document

    return draft_document(kept(extracted))


def _extracted(item: NewsItem) -> Extracted:
    """What the feed says. An item without content is its title."""
    from bot.documents.formats.fragments import drop_hidden, parse_html, plain, text_of_tree

    if len(item.content) > MAX_BYTES:
        raise unreadable("too-large", f"{len(item.content)} characters", limit=f"{MAX_BYTES // 2**20} MB")
    text, planted = item.content.strip(), False
    if text and not item.is_plain:
        tree = parse_html(text)
        planted = tree is not None and drop_hidden(tree)
        text = text_of_tree(tree) if tree is not None else ""
    title = plain(item.title)
    return Extracted(
        text=text or title,
        media_type="text/html",
        title=title,
        outlet=plain(item.outlet),
        byline=_author(plain(item.author)),
        address=item.link,
        language=item.language,
        published=_instant(item.published),
        modified=_instant(item.updated),
        suspicious=("hidden html text",) if planted else (),
    )


def _author(stated: str) -> str:
    """The name in "jane@paper.example (Jane Doe)", as RSS writes authors; a bare address is no name."""
    return parseaddr(stated)[0] if "@" in stated else stated


def _instant(moment: datetime | None) -> str:
    return "" if moment is None or moment.date() <= _NEVER else moment.astimezone(UTC).isoformat()


def _page(page: ArticlePage) -> Extracted:
    media_type = page.media_type.partition(";")[0].strip().lower()
    return extract_as(page.raw, name=f"page{_ENDINGS.get(media_type, '.html')}", charset=page.charset)


def _refusal(said: Extracted, shown: Extracted) -> str:
    """Why the page's text is not that of the item; empty when it is."""
    teaser = "" if said.text == said.title else said.text
    words = _stems(teaser)
    if len(words) < _LEAST_WORDS:
        words |= _stems(said.title)
    if len(words) >= _LEAST_WORDS and len(words & _stems(shown.text)) < _LEAST_SHARE * len(words):
        return "other-text"
    return "less-text" if len(shown.text) < len(teaser) else ""


def _stems(text: str) -> set[str]:
    return {word[:_COMPARED_LETTERS] for word in _WORD.findall(text.casefold())}


def _merged(said: Extracted, shown: Extracted) -> Extracted:
    """The page's text with the best that either says about it."""
    trusted = shown.title and (shown.title_is_sure or not said.title or _CUT_OFF.search(said.title))
    return replace(
        shown,
        title=shown.title if trusted else said.title,
        outlet=shown.outlet or said.outlet,
        byline=shown.byline or said.byline,
        address=shown.address if _host(shown.address) == _host(said.address) else said.address or shown.address,
        language=shown.language or said.language,
        published=_published(said.published, shown.published),
        modified=shown.modified or said.modified,
        suspicious=tuple(dict.fromkeys((*shown.suspicious, *said.suspicious))),
    )


def _published(said: str, shown: str) -> str:
    """The page's date. The feed's where the page states none, only the same day, or a later one: nothing stands in a
    feed before it is published, but some pages call the day of the last change that of publication."""
    theirs, ours = metadata_date(said), metadata_date(shown)
    if theirs is None or ours is None:
        return shown if theirs is None else said
    if ours[0] > theirs[0] + timedelta(days=1) or (ours[0] == theirs[0] and ours[1] is None):
        return said
    return shown


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
