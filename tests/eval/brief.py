"""Pack `brief`: which sentences of an article carry its news, best first."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from bot.briefs.news_value import news_values
from bot.domain import DocumentDate, Sentence, StoredVersion, VersionFacts, sha256_hex


def run(pack: Path, out: Path) -> None:
    """Rank the sentences of every article, as the pack splits them."""
    with out.open("w", encoding="utf-8") as lines:
        for line in (pack / "docs.jsonl").read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            ranked = [i for i, _ in news_values(_version(item["title"], item["text"], item["sents"]))]
            rest = [i for i in range(len(item["sents"])) if i not in ranked]
            lines.write(json.dumps({"id": item["id"], "sents": ranked + rest}) + "\n")


def _version(title: str, text: str, spans: list[list[int]]) -> StoredVersion:
    facts = VersionFacts(
        id=1, document_id=1, number=1, raw_sha256="", text_sha256=sha256_hex(text), stored_at=datetime.now(UTC),
        title=title, outlet="", byline="", agency="", language="en", published=DocumentDate(), translation=None,
        media_type="text/plain", address="", length=len(text),
    )  # fmt: skip
    sentences = tuple(Sentence(start, end, i) for i, (start, end) in enumerate(spans))
    return StoredVersion(facts, "article", "*", text, sentences)
