"""A library made from plain texts, for measuring: the real store, index and grouping in a temporary folder."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.app import App, ReadingRoom, open_app, open_reading_room
from bot.documents.sentences import split_sentences
from bot.domain import EVERYONE, DocumentDraft, Sentence, SourceKind
from bot.languages.ding import DingDictionary
from bot.languages.lexicon import asking_also
from bot.languages.words import key_of
from bot.library.store import Arrival
from bot.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Text:
    """A document that is known to be clean: its text is the text of record as it stands, a paragraph a line."""

    name: str
    text: str
    language: str
    title: str = ""


@contextmanager
def library_of(texts: Iterable[Text], *, group: bool = False) -> Iterator[ReadingRoom]:
    """A library that holds these texts, opened for reading. `group`: also place them into reports and stories."""
    with tempfile.TemporaryDirectory(prefix="verbatim-eval-") as folder:
        settings = load_settings(
            {
                "data_dir": Path(folder) / "data",
                "seeds_dir": Path(folder) / "seeds",
                "dictionary_file": Path(os.devnull),  # only what `dictionary` names, wherever this is measured
            },
            env={},
            cwd=Path(folder),
        )
        asyncio.run(_fill(settings, list(texts), group))
        with open_reading_room(settings) as room:
            yield room


@contextmanager
def dictionary(path: Path | None) -> Iterator[None]:
    """Meanwhile, a dictionary in ding's format is used; None: nothing but our own list. Packing it takes some seconds."""
    if path is None:
        yield
        return
    with (
        tempfile.TemporaryDirectory(prefix="verbatim-eval-") as folder,
        closing(DingDictionary(path, Path(folder), key_of)) as larger,
        asking_also(larger),
    ):
        larger.pack()
        assert larger.entry_count(), path
        yield


async def _fill(settings: Settings, texts: list[Text], group: bool) -> None:
    async with open_app(settings) as app:
        source = await app.store.ensure_source(SourceKind.FILE, "pack", EVERYONE)
        for start in range(0, len(texts), 500):
            arrivals = [
                Arrival(source, text.name, draft_of(text), text.text.encode(), datetime.now(UTC))
                for text in texts[start : start + 500]
            ]
            await app.store.save_drafts(arrivals)
        await (app.intake.follow() if group else index_only(app))


async def index_only(app: App) -> None:
    """Index without grouping: for data in which every paragraph is a document of its own."""
    from bot.library.index_feed import put_next_batch

    assert app.index.begin()
    while batch := put_next_batch(app.index, app.desk):
        app.index.commit(batch.up_to)


def draft_of(text: Text) -> DocumentDraft:
    """The text as the bot would keep it."""
    return DocumentDraft(
        text=text.text,
        sentences=_sentences(text.text, text.language),
        title=text.title,
        language=text.language,
    )


def _sentences(text: str, language: str) -> tuple[Sentence, ...]:
    """As the bot reads a text that is not wrapped: each line is a paragraph. (It sets them apart by blank lines.)"""
    found: list[Sentence] = []
    at = 0
    for number, line in enumerate(text.split("\n")):
        found += [Sentence(at + s.start, at + s.end, number) for s in split_sentences(line, language)]
        at += len(line) + 1
    return tuple(found)
