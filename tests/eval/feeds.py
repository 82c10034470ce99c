"""Pack `feeds`: what is read of feeds, whole, odd and broken ones; and the hostile runner's `parse`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from bot.documents.child import ReaderChild
from bot.errors import Unreadable
from bot.sources.feed import Feed
from bot.sources.feed_reading import read_feed


def run(pack: Path, out: Path) -> None:
    """Read every feed in a reader child, as the bot does."""
    asyncio.run(_run(pack, out))


async def _run(pack: Path, out: Path) -> None:
    names = [json.loads(line)["file"] for line in (pack / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    async with ReaderChild() as reader:
        with out.open("w", encoding="utf-8") as lines:
            for name, raw in _files(pack, names):
                lines.write(json.dumps({"file": name, **await _told(reader, raw)}) + "\n")


def _files(pack: Path, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """The feeds beside the labels, in an archive or unpacked."""
    archive = pack / "feeds.zip"
    if not archive.exists():
        yield from ((name, (pack / name).read_bytes()) for name in names)
        return
    with ZipFile(archive) as held:
        inside = {Path(path).name: path for path in held.namelist()}
        yield from ((name, held.read(inside[Path(name).name])) for name in names)


async def _told(reader: ReaderChild, raw: bytes) -> dict[str, Any]:
    """A line of the run. A refusal with its reason is an answer; a reader that crashed is none."""
    try:
        feed = await reader.read_feed(raw)
    except Unreadable as refusal:
        return {"ok": not refusal.code.startswith("reader-"), "entries": 0, "reason": refusal.code}
    told: dict[str, Any] = {
        "ok": True,
        "entries": len(feed.items),
        "title": feed.title_html,
        "html": "\n".join((feed.title_html, feed.description_html, *(item.html for item in feed.items))),
    }
    if feed.items:
        first = feed.items[0]
        published = first.published.isoformat() if first.published else ""
        told["first"] = {"title": first.title, "link": first.link, "published": published}
    return told


def parse(path: Path, media_type: str) -> dict[str, Any]:
    """Read one feed from a file; its items, or why there are none.

    Without a child, whose start would be most of what is measured: so the parser alone has to stay within all bounds.
    """
    try:
        feed = read_feed(path.read_bytes(), media_type=media_type)
    except Unreadable as refusal:
        return {"ok": False, "error": refusal.person, "entries": []}
    return {"ok": True, "entries": entries_of(feed)}


def entries_of(feed: Feed) -> list[dict[str, str]]:
    """The items as the hostile runner wants them told."""
    return [
        {"title": item.title, "link": item.link, "id": item.guid, "text": item.html, "text_type": "html"}
        for item in feed.items
    ]
