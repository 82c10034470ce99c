"""Pack `stories`: which headlines are one story, over days and across languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tests.eval.newsroom import Newsroom, Text


def headline(item: Mapping[str, str]) -> Text:
    """A headline is all there is: it is the text."""
    at = datetime.fromisoformat(item["time"])
    return Text(item["id"], item["title"], item["lang"], day=at.date().isoformat(), at=at)


def run(pack: Path, out: Path) -> None:
    """Put the headlines into stories, in their order."""
    items = [json.loads(line) for line in (pack / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    with Newsroom() as room:
        placed = room.place([headline(item) for item in items])
    with out.open("w", encoding="utf-8") as lines:
        for item, membership in zip(items, placed, strict=True):
            lines.write(json.dumps({"id": item["id"], "cluster": f"s-{membership.story_id}"}) + "\n")
