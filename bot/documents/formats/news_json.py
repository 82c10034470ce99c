"""JSON news items by their usual keys: one object, a list of them, lines of them, or a JSON Feed (jsonfeed.org).

Only keys that name text, title, names and dates are read. What else an object holds is for machines, not for readers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.documents.encodings import decode
from bot.documents.extracted import Extracted
from bot.documents.formats.fragments import plain
from bot.documents.refusals import unreadable

_TITLES: Final = ("headline", "title", "name", "headline_main", "subject")
_TEXTS: Final = (
    "articleBody", "body", "body_text", "bodytext", "fulltext", "full_text", "text", "content_text", "content_html",
    "content", "article", "story", "maintext", "paragraphs", "message", "description", "summary", "abstract", "lead",
)  # fmt: skip
_OUTLETS: Final = ("publisher", "outlet", "source", "source_name", "sitename", "site_name", "provider")
_AUTHORS: Final = ("author", "authors", "byline", "creator")
_PUBLISHED: Final = (
    "datePublished", "date_published", "published", "published_at", "publishedAt", "pubDate", "pub_date",
    "publish_date", "date_publish", "publication_date", "firstcreated", "date", "created_at", "created", "timestamp",
)  # fmt: skip
_MODIFIED: Final = ("dateModified", "date_modified", "updated", "updated_at", "modified", "versioncreated")
_ADDRESSES: Final = ("url", "link", "canonical", "canonical_url", "external_url", "mainEntityOfPage", "web_url")
_LANGUAGES: Final = ("language", "lang", "inLanguage")
_LISTS: Final = ("items", "articles", "documents", "entries", "results", "stories", "news", "@graph", "data", "hits")
_WRAPPERS: Final = (
    "article", "item", "document", "data", "response", "result", "story", "_source", "fields", "newsItem",
)  # fmt: skip
_MOST_ITEMS: Final = 1_000
_DEEPEST: Final = 6


@dataclass(frozen=True, slots=True)
class _Item:
    title: str
    text: str
    fields: Mapping[str, object]


def read(raw: bytes) -> Extracted:
    """The text of one item, or of all items one after the other. Raises Unreadable ("broken-json", "no-text")."""
    decoded = decode(raw)
    value = _parsed(decoded.text)
    fields = value if isinstance(value, Mapping) else {}
    items = _items(value, 0)
    if not items:
        raise unreadable("no-text", "no key that holds text")
    if len(items) == 1:
        title, text, fields = items[0].title, items[0].text, items[0].fields
    else:
        title = _first(fields, _TITLES)
        text = "\n\n".join(part for item in items for part in (item.title, item.text) if part)
    return Extracted(
        text=text,
        media_type="application/json",
        encoding=decoded.encoding,
        title=title,
        outlet=_first(fields, _OUTLETS),
        byline=_first(fields, _AUTHORS),
        address=_first(fields, _ADDRESSES),
        language=_first(fields, _LANGUAGES),
        published=_first(fields, _PUBLISHED),
        modified=_first(fields, _MODIFIED),
    )


def _parsed(text: str) -> object:
    try:
        return json.loads(text, strict=False)
    except RecursionError:
        raise unreadable("too-deep", "JSON nested beyond the recursion limit") from None
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise unreadable("broken-json", str(error)[:100]) from None
        try:
            return [json.loads(line, strict=False) for line in lines[:_MOST_ITEMS]]
        except (ValueError, RecursionError):
            raise unreadable("broken-json", str(error)[:100]) from None


def _items(value: object, depth: int) -> list[_Item]:
    """The items with text in a value: itself, those of a list it holds, or the one that it wraps."""
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        return [item for part in value[:_MOST_ITEMS] for item in _items(part, depth + 1)][:_MOST_ITEMS]
    if not isinstance(value, Mapping):
        return []
    for key in _LISTS:
        if isinstance(value.get(key), list) and (items := _items(value[key], depth + 1)):
            return items
    title = _first(value, _TITLES)
    for key in () if title else _WRAPPERS:
        if isinstance(value.get(key), Mapping) and (items := _items(value[key], depth + 1)):
            return items
    for key in _TEXTS:
        if text := _text(value.get(key)):
            return [_Item(title, text, value)]
    return []


def _text(value: object) -> str:
    """Text as paragraphs: a string (HTML or not), a list of paragraphs, or an object that holds it."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        parts = (_text(part) for part in value[:10_000])
        return "\n\n".join(part for part in parts if part)
    if isinstance(value, Mapping):
        return next(
            (
                text
                for key in ("value", "text", "html", "content", "#text", "rendered")
                if (text := _text(value.get(key)))
            ),
            "",
        )
    return ""


def _first(fields: Mapping[str, object], keys: tuple[str, ...]) -> str:
    return next((words for key in keys if (words := _words(fields.get(key)))), "")


def _words(value: object) -> str:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(words for part in value[:20] if (words := _words(part))))
    if isinstance(value, Mapping):
        return next(
            (words for key in ("name", "rendered", "main", "title", "@id", "url") if (words := _words(value.get(key)))),
            "",
        )
    return ""
