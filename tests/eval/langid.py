"""Pack `langid`: the language of sentences, headlines and words."""

from __future__ import annotations

import json
from pathlib import Path

from bot.languages.detection import detect


def run(pack: Path, out: Path) -> None:
    """Detect the language of every item."""
    with out.open("w", encoding="utf-8") as lines:
        for line in (pack / "items.jsonl").read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            lines.write(json.dumps({"id": item["id"], "lang": detect(item["text"]).language}) + "\n")
