"""Pack `extract`: text, title and date of web pages, by the whole way that a dropped page takes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from bot.documents.reading import read_document
from bot.errors import Unreadable


def run(pack: Path, out: Path) -> None:
    """Read every page; one that is refused gives empty fields, as for whoever dropped it."""
    with out.open("w", encoding="utf-8") as lines:
        for line in (pack / "gold.jsonl").read_text(encoding="utf-8").splitlines():
            page = json.loads(line)["id"]
            raw = gzip.decompress((pack / "html" / f"{page}.html.gz").read_bytes())
            lines.write(json.dumps({"id": page, **read(raw)}) + "\n")


def read(raw: bytes) -> dict[str, str]:
    """The fields that the pack asks for; the date is a day."""
    try:
        draft = read_document(raw, name="page.html")
    except Unreadable:
        return {"text": "", "title": "", "date": ""}
    day = draft.published.day
    return {"text": draft.text, "title": draft.title, "date": day.isoformat() if day else ""}
