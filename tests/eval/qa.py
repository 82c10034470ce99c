"""Pack `qa`: questions with exact answer spans; which sentence is found first, and how sure the engine is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from bot.domain import TERMINAL
from tests.eval.shelves import Text, library_of

SETTINGS: dict[str, tuple[str | None, str | None]] = {
    "en": ("en", "en"), "de": ("de", "de"), "de>en": ("de", "en"), "en>de": ("en", "de"), "mix": (None, None),
}  # fmt: skip


def run(pack: Path, out: Path, settings: Iterable[str] = tuple(SETTINGS)) -> None:
    """Answer every question of every setting over every paragraph of that setting."""
    documents = lines_of(pack / "docs.jsonl")
    questions = lines_of(pack / "questions.jsonl")
    libraries: dict[str | None, list[str]] = {}
    for setting in settings:
        libraries.setdefault(SETTINGS[setting][1], []).append(setting)
    with out.open("w", encoding="utf-8") as lines:
        for language, asked in libraries.items():
            texts = [
                Text(d["id"], d["text"], d["lang"], d.get("title", ""))
                for d in documents
                if language is None or d["lang"] == language
            ]
            # Where both languages stand together, the bot knows which texts are one report.
            with library_of(texts, group=language is None) as room:
                for setting in asked:
                    for question in questions_of(setting, questions):
                        score, quotes = room.answerer.ranked(question["question"], TERMINAL, today=date(2026, 1, 1))
                        row = {
                            "setting": setting,
                            "qid": question["id"],
                            "score": score,
                            "quotes": [[q.document, q.quote.start, q.quote.end] for q in quotes],
                        }
                        lines.write(json.dumps(row) + "\n")


def questions_of(setting: str, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    asker, corpus = SETTINGS[setting]
    if setting == "mix":
        return [q for q in questions if q["src"] == "xquad"]
    found = [q for q in questions if q["lang"] == asker]
    return found if asker == corpus else [q for q in found if q["src"] == "xquad"]


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
