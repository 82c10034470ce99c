"""A whole question: analysed, searched, sentences weighed, decided and shown, in a process that is running and warm.

The library is a real one, on disk: the store's rows, the index and the stories' memberships. Documents are saved as the
intake saves them, but not compared with each other (grouping has its own table), each is its own report.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import open_app, open_reading_room, rare_searches_for_cycles
from bot.domain import (
    EVERYONE,
    TERMINAL,
    DateBasis,
    DocumentDate,
    DocumentDraft,
    Scope,
    Sentence,
    SourceKind,
    StoredVersion,
)
from bot.library.store import Arrival, Membership
from bot.settings import Settings, load_settings
from tests.benchmarks.engines import fresh
from tests.benchmarks.measuring import ROOT, best_of_rounds, quantiles, resident_mb
from tests.benchmarks.press import Story, read_questions, read_stories, versions_of, write_data

TODAY = date(2026, 1, 1)
WARM_UP = 40
_BATCH = 500


def run(folder: Path, size: int, larger: Sequence[int]) -> list[dict[str, Any]]:
    """Milliseconds of a question in a process that only asks: in a library on disk of `size` passages, and in those of
    the `larger` sizes for which the search was measured."""
    data = folder / str(size)
    write_data(data, size)
    library = data / "library"
    if not (library / "filled").exists():
        fill(fresh(library), data)
    rows = [{"passages": size} | _child(data, "library")]
    for other in larger:
        data = folder / str(other)
        if other > size and (data / "verbatim" / "built.json").exists():
            rows.append({"passages": other, "rows": "file"} | _child(data, "rows"))
    return rows


def _child(data: Path, which: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.ask_speed", str(data), which]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def settings_of(library: Path) -> Settings:
    """The settings of a library of its own."""
    return load_settings({"data_dir": library / "data", "seeds_dir": library / "seeds"}, env={}, cwd=library)


def fill(library: Path, data: Path) -> None:
    """Make a library of the documents in `data`."""
    asyncio.run(_fill(settings_of(library), read_stories(data)))
    (library / "filled").touch()


async def _fill(settings: Settings, stories: Iterator[Story]) -> None:
    async with open_app(settings) as app:
        source = await app.store.ensure_source(SourceKind.FOLDER, "seeds", EVERYONE)
        numbers = itertools.count(1)
        while batch := list(itertools.islice(stories, _BATCH)):
            arrivals = [
                Arrival(source, f"{n:07}.txt", draft_of(s), s.text.encode(), datetime.now(UTC))
                for n, s in zip(numbers, batch, strict=False)
            ]
            saved = await app.store.save_drafts(arrivals)
            ids = [one.document.id for one in saved]
            await app.store.put_memberships([Membership(id_, id_, id_) for id_ in ids])
        index_all(app.index, app.desk)


def index_all(index: Any, desk: Any) -> None:
    """Take the whole change log into the index."""
    from bot.library.index_feed import put_next_batch

    assert index.begin()
    while batch := put_next_batch(index, desk):
        index.commit(batch.up_to)


def draft_of(story: Story) -> DocumentDraft:
    """The document as a reader would have read it."""
    day = date(2024, 1, 1) + timedelta(story.day)
    return DocumentDraft(
        text=story.text,
        sentences=tuple(Sentence(*one) for one in story.sentences),
        title=story.title,
        language=story.language,
        published=DocumentDate(day, basis=DateBasis.STATED),
    )


def asked(data: Path) -> dict[str, Any]:
    """Ask in this process; every question some times, never twice in a row."""
    questions = [question.text for question in read_questions(data)]
    with open_reading_room(settings_of(data / "library")) as room:
        for text in questions[:WARM_UP]:
            room.answerer.answer(text, TERMINAL, today=TODAY)
        whole = best_of_rounds(questions, lambda text: room.answerer.answer(text, TERMINAL, today=TODAY))
        rss, anonymous = resident_mb()
    return quantiles(whole) | {"rss_mb": rss, "anonymous_mb": anonymous, "asked": len(questions)}


class _Rows:
    """The documents of `data` as a library's rows, read from the file one by one: for sizes that take long to store."""

    def __init__(self, data: Path) -> None:
        self._lines = (data / "documents.jsonl").open("rb")
        self._offsets = [0]
        for line in self._lines:
            self._offsets.append(self._offsets[-1] + len(line))

    def versions(self, _scope: Scope | None, version_ids: Iterable[int]) -> dict[int, StoredVersion]:
        """As the store: versions by number."""
        found = {}
        for number in set(version_ids):
            self._lines.seek(self._offsets[number - 1])
            [version] = versions_of([Story(*json.loads(self._lines.readline()))], number)
            found[number] = version
        return found

    def memberships(self, _scope: Scope | None, document_ids: Iterable[int]) -> dict[int, Membership]:
        """Every document is a report of its own."""
        return {id_: Membership(id_, id_, id_) for id_ in document_ids}


def rows_of(data: Path) -> _Rows:
    """The rows of a library that is not there."""
    return _Rows(data)


def asked_from_rows(data: Path) -> dict[str, Any]:
    """As `asked`, over the index that the search is measured with and rows without a database."""
    from bot.answers.answering import Answerer
    from bot.library.search_index import SearchIndex

    questions = [question.text for question in read_questions(data)]
    index = SearchIndex(data / "verbatim")
    answerer = Answerer(index, _Rows(data))
    with rare_searches_for_cycles():
        for text in questions[:WARM_UP]:
            answerer.answer(text, TERMINAL, today=TODAY)
        whole = best_of_rounds(questions, lambda text: answerer.answer(text, TERMINAL, today=TODAY))
        rss, anonymous = resident_mb()
    kept = index.said_up_to() > 0
    return quantiles(whole) | {"rss_mb": rss, "anonymous_mb": anonymous, "asked": len(questions), "kept": kept}


if __name__ == "__main__":
    ask_in = asked if sys.argv[2] == "library" else asked_from_rows
    print(json.dumps(ask_in(Path(sys.argv[1]))))
