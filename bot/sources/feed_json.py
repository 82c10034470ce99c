"""JSON Feed 1.0 and 1.1, and what others serve as JSON with items in it; damaged JSON as far as it goes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

MAX_DEPTH: Final = 60

_TRAILING_COMMA: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|$)|,(?=\s*[}\]])', re.S)
_ITEMS: Final = re.compile(r'"(?:items|item|entries)"\s{0,100}:\s{0,100}\[')
_SPACE_OR_COMMA: Final = re.compile(r"[\s,]*")
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class JsonFeed:
    """The feed's own object and its items' objects, neither checked further."""

    feed: Json
    items: list[Json]
    broken_at: int | None = None  # line


def looks_like_json(text: str) -> bool:
    """Whether a text starts as a JSON object or list does."""
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def read_json_feed(text: str) -> JsonFeed | None:
    """The feed in a JSON text; None when there is none in it, however much is forgiven."""
    text = text.strip("\ufeff \t\r\n")
    broken_at: int | None = None
    try:
        return _feed_in(_loads(text))
    except RecursionError:
        return None
    except ValueError as error:
        broken_at = error.lineno if isinstance(error, json.JSONDecodeError) else None
    text = _FORBIDDEN.sub(" ", text)
    try:
        found = _feed_in(_loads(_TRAILING_COMMA.sub(_without_comma, text)))
    except (ValueError, RecursionError):
        found = _piece_by_piece(text)
    return JsonFeed(found.feed, found.items, broken_at) if found and (found.items or found.feed) else None


def _loads(text: str) -> Any:
    # Numbers stay text: none of them is reckoned with, and Python refuses those of thousands of digits.
    return json.loads(text, strict=False, parse_int=str, parse_float=str)


def _without_comma(match: re.Match[str]) -> str:
    return "" if match[0] == "," else match[0]


def _feed_in(value: Any) -> JsonFeed | None:
    """Where the items are: JSON Feed's "items", RSS in JSON's "rss.channel.item", a bare list of items."""
    if isinstance(value, dict) and isinstance(value.get("feed"), dict) and isinstance(value.get("items"), list):
        return JsonFeed(value["feed"], [item for item in value["items"] if isinstance(item, dict)])
    for path in ((), ("feed",), ("rss", "channel"), ("channel",), ("data",), ("responseData", "feed")):
        here = value
        for key in path:
            here = here.get(key) if isinstance(here, dict) else None
        if not isinstance(here, dict):
            continue
        for key in ("items", "item", "entries", "entry"):
            items = here.get(key)
            if isinstance(items, dict) and key == "item":
                items = [items]
            if isinstance(items, list):
                return JsonFeed(here, [item for item in items if isinstance(item, dict)])
    if isinstance(value, dict) and "jsonfeed.org/version" in str(value.get("version", ""))[:100]:
        return JsonFeed(value, [])
    if isinstance(value, list) and value and all(isinstance(item, dict) and _is_item(item) for item in value):
        return JsonFeed({}, value)
    return None


def _is_item(item: Json) -> bool:
    return any(key in item for key in ("url", "link", "external_url")) and any(
        key in item for key in ("title", "content_html", "content_text")
    )


def _piece_by_piece(text: str) -> JsonFeed | None:
    """The items of a JSON text that breaks off or is damaged: each that is whole."""
    match = _ITEMS.search(text)
    if match is None:
        return None
    try:
        head = _loads(_TRAILING_COMMA.sub(_without_comma, text[: match.start()].rstrip(" \t\r\n,") + "}"))
    except (ValueError, RecursionError):
        head = {}
    decoder = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)
    items: list[Json] = []
    at = match.end()
    while True:
        space = _SPACE_OR_COMMA.match(text, at)
        at = space.end() if space else at
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        if isinstance(item, dict):
            items.append(item)
    return JsonFeed(head if isinstance(head, dict) else {}, items)
