"""A Discord body as a client would read it, for the last check: written against the platform's rules, not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.chat.discord.markdown import links_in, visible
from bot.chat.foreign_words import LIVE, utf16
from bot.chat.last_check import Inspection

if TYPE_CHECKING:
    from collections.abc import Iterator

_EMBED_LIMITS: Final = {"title": 256, "description": 4_096}
_MEDIA: Final = ("image", "thumbnail", "video")


def inspect(body: dict[str, Any]) -> Inspection:
    """What a client makes of a "create message" body."""
    quotations: list[str] = []
    live: list[str] = []
    faults = list(_faults(body))
    for text in _markdown(body):
        live += links_in(text)
        quotations += _quotations(text)
    for embed in body.get("embeds", []):
        live += [embed["url"]] if "url" in embed else []
        faults += [f"an embed with {kind}" for kind in _MEDIA if kind in embed]
    for row in body.get("components", []):
        live += [one["url"] for one in row.get("components", []) if "url" in one]
    return Inspection(tuple(quotations), tuple(live), tuple(_pings(body)), tuple(faults))


def _markdown(body: dict[str, Any]) -> Iterator[str]:
    if body.get("content"):
        yield body["content"]
    for embed in body.get("embeds", []):
        for part in ("title", "description"):
            if embed.get(part):
                yield embed[part]
        for field in embed.get("fields", []):
            yield field["name"]
            yield field["value"]


def _quotations(markdown: str) -> list[str]:
    """Runs of "> " lines, as they are seen."""
    runs: list[list[str]] = []
    inside = False
    for line in markdown.split("\n"):
        if line.startswith("> "):
            if not inside:
                runs.append([])
            runs[-1].append(line)
        inside = line.startswith("> ")
    return [visible("\n".join(run)) for run in runs]


def _pings(body: dict[str, Any]) -> Iterator[str]:
    allowed = body.get("allowed_mentions")
    if not isinstance(allowed, dict) or allowed.get("parse") != []:
        yield "allowed_mentions does not say nobody"
    elif allowed.get("users") or allowed.get("roles") or allowed.get("replied_user"):
        yield "allowed_mentions names somebody"
    if body.get("tts"):
        yield "spoken"


def _faults(body: dict[str, Any]) -> Iterator[str]:
    embeds, rows = body.get("embeds", []), body.get("components", [])
    if not body.get("content") and not embeds:
        yield "an empty message"
    if utf16(body.get("content", "")) > 2_000:
        yield "content over 2,000"
    if LIVE.search(body.get("content", "")) and not body.get("flags", 0) & 4:
        yield "a preview is not switched off"
    if len(embeds) > 10:
        yield "more than 10 embeds"
    total = 0
    for embed in embeds:
        for part, most in _EMBED_LIMITS.items():
            total += utf16(embed.get(part, ""))
            if utf16(embed.get(part, "")) > most:
                yield f"{part} over {most}"
        fields = embed.get("fields", [])
        if len(fields) > 25:
            yield "more than 25 fields"
        for field in fields:
            total += utf16(field["name"]) + utf16(field["value"])
            if not 1 <= utf16(field["name"]) <= 256 or not 1 <= utf16(field["value"]) <= 1_024:
                yield "a field's length"
        total += utf16(embed.get("footer", {}).get("text", "")) + utf16(embed.get("author", {}).get("name", ""))
    if total > 6_000:
        yield "embeds over 6,000 in all"
    if len(rows) > 5 or any(not 1 <= len(row.get("components", [])) <= 5 for row in rows):
        yield "rows of buttons"
    ids = [one["custom_id"] for row in rows for one in row.get("components", []) if "custom_id" in one]
    if len(ids) != len(set(ids)) or any(not 1 <= len(one) <= 100 for one in ids):
        yield "a button's custom_id"
    for row in rows:
        for one in row.get("components", []):
            if one.get("type") == 2 and not 1 <= utf16(one.get("label", "")) <= 80:
                yield "a button's label"
