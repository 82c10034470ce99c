"""A Slack body as a client would read it, for the last check: written against the platform's rules, not ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from bot.chat.foreign_words import LIVE, utf16
from bot.chat.last_check import Inspection

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANGLE: Final = re.compile(r"<([^<>]*)>")
_PINGING: Final = ("broadcast", "user", "usergroup", "team")  # a channel that is named is no ping
_MEDIA: Final = ("image", "video", "file")
_BLOCKS: Final = frozenset(("header", "rich_text", "section", "context", "actions", "divider", "context_actions"))


def inspect(body: dict[str, Any]) -> Inspection:
    """What a client makes of a `chat.postMessage` body."""
    quotations: list[str] = []
    live: list[str] = []
    pings: list[str] = []
    faults = list(_faults(body))
    for one in _objects(body):
        kind = one.get("type")
        if kind == "rich_text_quote":
            quotations.append("".join(part.get("text", "") for part in one["elements"]))
        if kind in _PINGING:
            pings.append(str(kind))
        if kind in _MEDIA:
            faults.append(f"media: {kind}")
        if kind == "mrkdwn":
            live += _live_in_mrkdwn(one.get("text", ""), pings)
        live += [one[key] for key in ("url", "image_url", "title_link") if key in one]
    live += _live_in_mrkdwn(body.get("text", ""), pings)
    if body.get("link_names") or body.get("parse") == "full":
        pings.append("names are linked")
    return Inspection(tuple(quotations), tuple(live), tuple(pings), tuple(faults))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += reversed(one.values())
        elif isinstance(one, list):
            waiting += reversed(one)


def _live_in_mrkdwn(text: str, pings: list[str]) -> list[str]:
    live: list[str] = []
    for angle in _ANGLE.finditer(text):
        if angle[1].startswith(("!", "@")):
            pings.append("a mention")
        else:
            live.append(angle[1].partition("|")[0])
    return live + [found[0] for found in LIVE.finditer(_ANGLE.sub(" ", text))]


def _faults(body: dict[str, Any]) -> Iterator[str]:
    blocks = body.get("blocks", [])
    if not body.get("text"):
        yield "no text for screen readers"
    if len(body.get("text", "").encode("utf-8", "replace")) > 40_000:
        yield "text over 40,000"
    if body.get("unfurl_links") is not False or body.get("unfurl_media") is not False:
        yield "a preview is not switched off"
    if len(blocks) > 50:
        yield "more than 50 blocks"
    for block in blocks:
        kind = block.get("type")
        if kind not in _BLOCKS:
            yield "an unknown block"
        if kind == "header" and not 1 <= utf16(block["text"]["text"]) <= 150:
            yield "a header's length"
        if kind == "section":
            fields = block.get("fields", [])
            if not (fields or "text" in block) or len(fields) > 10:
                yield "a section's fields"
            if utf16(block.get("text", {}).get("text", "")) > 3_000 or any(utf16(f["text"]) > 2_000 for f in fields):
                yield "a section's length"
        if kind == "context" and not (1 <= len(block["elements"]) <= 10 and all(e["text"] for e in block["elements"])):
            yield "a context's elements"
        if kind == "actions":
            ids = [element["action_id"] for element in block["elements"]]
            if not 1 <= len(ids) <= 25 or len(set(ids)) != len(ids) or any(not 1 <= len(i) <= 255 for i in ids):
                yield "an action's id"
            if any(not 1 <= utf16(e["text"]["text"]) <= 75 for e in block["elements"] if e["type"] == "button"):
                yield "a button's label"
        if kind == "rich_text" and (not block["elements"] or any(not _full(part) for part in block["elements"])):
            yield "an empty part of rich text"


def _full(part: dict[str, Any]) -> bool:
    """Slack refuses empty sections and empty text elements."""
    if part.get("type") in ("text", "link"):
        return bool(part.get("text") or part.get("url"))
    return bool(part.get("elements")) and all(_full(one) for one in part["elements"])
