"""Pack `newsdocs`: which texts are one report, within a language and across languages.

Each task has a library of its own; `neardup` one for each language, because it labels a report and its translation as two.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.eval.newsroom import Newsroom, Text


def run(pack: Path, out: Path) -> None:
    """Put the texts into reports, in their order."""
    items = [json.loads(line) for line in (pack / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    with out.open("w", encoding="utf-8") as lines:
        shelves = [(item["task"], item["lang"] if item["task"] == "neardup" else "") for item in items]
        for shelf in dict.fromkeys(shelves):
            with Newsroom() as room:
                mine = [item for item, its in zip(items, shelves, strict=True) if its == shelf]
                placed = room.place([Text(item["id"], item["text"], item["lang"], item["title"]) for item in mine])
            for item, membership in zip(mine, placed, strict=True):
                lines.write(
                    json.dumps({"id": item["id"], "cluster": f"{'-'.join(shelf)}-{membership.report_id}"}) + "\n"
                )
