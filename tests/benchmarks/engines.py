"""The engines that are measured side by side: ours, and those that a user could pick instead.

Each is set up as its own documentation recommends for German and English: stop words left out, words stemmed where the
engine can do that, an OR of the question's words. All get the same passages (title and some sentences) in the same order.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

from bot.domain import TERMINAL
from bot.languages.stop_words import STOP_WORDS
from tests.benchmarks.press import read_passages, read_stories, versions_of

TODAY = date(2026, 1, 1)
LANGUAGES = ("de", "en")
_WORD = re.compile(r"\w+")
_NAME = {"de": "german", "en": "english"}
_COMMIT_EVERY = 20_000


class Missing(Exception):
    """A library that is measured beside ours is not installed."""


class Engine(ABC):
    """An engine over numbered passages. Its index is built in one process and asked in another where it can be kept."""

    name: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()  # modules
    keeps_on_disk: ClassVar[bool] = True

    @classmethod
    def version(cls) -> str:
        """The name and version of what is measured."""
        return f"{cls.needs[0]} {version(cls.needs[0])}"

    @abstractmethod
    def build(self, data: Path, folder: Path) -> None:
        """Index the passages of `data`."""

    def open(self, folder: Path) -> None:  # noqa: B027 - one that keeps nothing on disk has nothing to open
        """Open what `build` left in the folder."""

    @abstractmethod
    def prepare(self, question: str, language: str) -> Any:
        """Analyse a question: not part of what is timed as the search."""

    @abstractmethod
    def search(self, prepared: Any, limit: int) -> list[tuple[int, float]]:
        """The best passages: number and score."""


def words_of(text: str, language: str) -> list[str]:
    """Words without stop words, stemmed by Snowball: what a user feeds an engine that does not do it itself."""
    stem = _stemmer(language).stemWord
    return [stem(w) for w in _WORD.findall(text.lower()) if w not in STOP_WORDS[language]]


@cache
def _stemmer(language: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer(_NAME[language])


class Ours(Engine):
    """Our index, asked for everything that our analysis of the question looks for."""

    name = "Verbatim"

    @classmethod
    def version(cls) -> str:
        from bot import __version__

        return f"Verbatim {__version__}"

    def build(self, data: Path, folder: Path) -> None:
        from bot.library.search_index import SearchIndex

        index = SearchIndex(folder)
        assert index.begin()
        for number, one in enumerate(versions_of(read_stories(data)), 1):
            index.put(one)
            if number % (_COMMIT_EVERY // 5) == 0:
                index.commit(number)
        index.commit(number)
        index.close()
        from bot.library.passages import passages_of

        numbers = [0]
        for one in versions_of(read_stories(data)):
            numbers.append(numbers[-1] + len(passages_of(one.sentences)))
        (folder / "first.txt").write_text("\n".join(map(str, numbers)), encoding="ascii")

    def open(self, folder: Path) -> None:
        from bot.library.search_index import SearchIndex

        self._index = SearchIndex(folder)
        self._folder = folder
        self._first: list[int] = []

    def prepare(self, question: str, language: str) -> Any:
        from bot.answers.question import analyse_question

        return [key.asked() for key in analyse_question(question, today=TODAY, language=language).keys]

    def search(self, prepared: Any, limit: int) -> list[Any]:
        return self._index.search(prepared, TERMINAL, limit=limit)

    def numbers(self, hits: Sequence[Any]) -> list[int]:
        """The numbers of passages that `search` found: looked up when the clock has stopped."""
        if not self._first:
            self._first = [int(n) for n in (self._folder / "first.txt").read_text("ascii").split()]
        return [self._first[version_id - 1] + number for version_id, number, _ in hits]


class Tantivy(Engine):
    """tantivy as its documentation sets it up: a field for each language with stop words, stemming and folding."""

    name = "tantivy"
    needs = ("tantivy",)
    across = False  # whether a question is also looked for in the other language's field

    def _index_in(self, folder: Path) -> Any:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("key", fast=True)
        for language in LANGUAGES:
            builder.add_text_field(language, tokenizer_name=language, index_option="freq")
        self._schema = builder.build()
        index = tantivy.Index(self._schema, path=str(folder))
        self._analysers = {}
        for language in LANGUAGES:
            self._analysers[language] = (
                tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
                .filter(tantivy.Filter.remove_long(80))
                .filter(tantivy.Filter.lowercase())
                .filter(tantivy.Filter.stopword(_NAME[language]))
                .filter(tantivy.Filter.stemmer(_NAME[language]))
                .filter(tantivy.Filter.ascii_fold())
                .build()
            )
            index.register_tokenizer(language, self._analysers[language])
        return index

    def build(self, data: Path, folder: Path) -> None:
        import tantivy

        folder.mkdir(parents=True, exist_ok=True)
        index = self._index_in(folder)
        writer = index.writer(32_000_000, num_threads=1)
        for number, passage in enumerate(read_passages(data)):
            document = tantivy.Document()
            document.add_integer("key", number)
            document.add_text(passage.language, passage.text)
            writer.add_document(document)
            if number % _COMMIT_EVERY == _COMMIT_EVERY - 1:
                writer.commit()
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self._index = self._index_in(folder)
        self._index.reload()

    def prepare(self, question: str, language: str) -> Any:
        fields = LANGUAGES if self.across else (language,)
        return [(field, word) for field in fields for word in dict.fromkeys(self._analysers[field].analyze(question))]

    def search(self, prepared: Any, limit: int) -> list[tuple[int, float]]:
        import tantivy

        if not prepared:
            return []
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, *one)) for one in prepared]
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(terms), limit, count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        return [(int(key or 0), score) for key, (score, _) in zip(keys, hits, strict=True)]


class Fts5(Engine):
    """SQLite FTS5 with its Unicode tokenizer over text without stop words, stemmed before it is handed over."""

    name = "SQLite FTS5"

    @classmethod
    def version(cls) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    def build(self, data: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(folder / "fts5.sqlite3")
        connection.execute("CREATE VIRTUAL TABLE passage USING fts5(text, content='', tokenize='unicode61')")
        texts = ((n, " ".join(words_of(p.text, p.language))) for n, p in enumerate(read_passages(data), 1))
        with connection:
            connection.executemany("INSERT INTO passage(rowid, text) VALUES (?, ?)", texts)
        with connection:
            connection.execute("INSERT INTO passage(passage) VALUES ('optimize')")
        connection.close()

    def open(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "fts5.sqlite3")

    def prepare(self, question: str, language: str) -> Any:
        return " OR ".join(f'"{word}"' for word in dict.fromkeys(words_of(question, language)))

    def search(self, prepared: Any, limit: int) -> list[tuple[int, float]]:
        if not prepared:
            return []
        found = self._connection.execute(
            "SELECT rowid, rank FROM passage WHERE passage MATCH ? ORDER BY rank LIMIT ?", (prepared, limit)
        )
        return [(rowid - 1, -rank) for rowid, rank in found]


class Bm25s(Engine):
    """bm25s over the same stemmed words, kept on disk and mapped into memory."""

    name = "bm25s"
    needs = ("bm25s",)

    def build(self, data: Path, folder: Path) -> None:
        import bm25s

        vocabulary: dict[str, int] = {}
        ids = [
            [vocabulary.setdefault(word, len(vocabulary)) for word in words_of(p.text, p.language)]
            for p in read_passages(data)
        ]
        engine = bm25s.BM25()
        engine.index((ids, vocabulary), show_progress=False)
        engine.save(str(folder))

    def open(self, folder: Path) -> None:
        import bm25s

        self._engine = bm25s.BM25.load(str(folder), mmap=True)

    def prepare(self, question: str, language: str) -> Any:
        return list(dict.fromkeys(words_of(question, language)))

    def search(self, prepared: Any, limit: int) -> list[tuple[int, float]]:
        if not prepared:
            return []
        limit = min(limit, self._engine.scores["num_docs"])
        found, scores = self._engine.retrieve([prepared], k=limit, show_progress=False)
        return [(int(n), float(s)) for n, s in zip(found[0], scores[0], strict=True) if s > 0]


class RankBm25(Engine):
    """rank_bm25, which keeps everything in Python's own dictionaries and scores every passage for every question."""

    name = "rank_bm25"
    needs = ("rank_bm25", "numpy")
    keeps_on_disk = False

    @classmethod
    def version(cls) -> str:
        return f"rank-bm25 {version('rank-bm25')}"

    def build(self, data: Path, folder: Path) -> None:
        from rank_bm25 import BM25Okapi

        words: dict[str, str] = {}  # each word once in memory
        texts = [[words.setdefault(w, w) for w in words_of(p.text, p.language)] for p in read_passages(data)]
        self._engine = BM25Okapi(texts)

    def prepare(self, question: str, language: str) -> Any:
        return list(dict.fromkeys(words_of(question, language)))

    def search(self, prepared: Any, limit: int) -> list[tuple[int, float]]:
        import numpy as np

        scores = self._engine.get_scores(prepared)
        best = np.argpartition(-scores, min(limit, len(scores) - 1))[:limit]
        best = best[np.argsort(-scores[best], kind="stable")]
        return [(int(n), float(scores[n])) for n in best if scores[n] > 0]


ENGINES: dict[str, type[Engine]] = {e.name: e for e in (Ours, Tantivy, Fts5, Bm25s, RankBm25)}


def require(engine: type[Engine]) -> None:
    """Raise Missing, saying what to install."""
    absent = [module for module in engine.needs if importlib.util.find_spec(module) is None]
    if absent:
        raise Missing(f"{engine.name} needs {', '.join(absent)}: pip install -e '.[benchmarks]'")


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def versions() -> list[str]:
    """What is measured, with versions, as far as it is installed."""
    known = []
    for engine in ENGINES.values():
        try:
            require(engine)
        except Missing:
            continue
        known.append(engine.version())
    return known
