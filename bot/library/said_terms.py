"""Said terms: under which search terms each sentence of a document stands, kept so that asking need not work it out.

A file beside the index, and as disposable: what is not in it, or was kept of another text, is worked out when it is
asked for. A term is kept as four bytes. Two may share them: a question then takes, about once in ten thousand, a word
for said that is not. That moves a sentence a little among others; what is quoted is always cut from the text.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
import weakref
import zlib
from array import array
from typing import TYPE_CHECKING, Any

from bot.library.search_terms import terms_of_sentences, terms_of_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bot.domain import StoredVersion, VersionFacts

log = logging.getLogger(__name__)

FILE = "said.sqlite3"
_READ, _WRITE = "ro", "rwc"  # SQLite's modes
_WIDE = "I" if array("I").itemsize == 4 else "L"  # four bytes
_SEAL_DIGITS = 16  # of the text's hash
_BUSY_S = 2.0
_COLUMNS = "version INTEGER PRIMARY KEY, document INTEGER NOT NULL, seal TEXT NOT NULL, numbers BLOB NOT NULL"
_PAGE_BYTES = 16_384  # a document's numbers are two or three thousand bytes: half of small pages would stay empty
_MAKING = (
    f"PRAGMA page_size = {_PAGE_BYTES}",
    "PRAGMA journal_mode = WAL",  # who asks is not kept waiting
    "PRAGMA synchronous = NORMAL",
    f"CREATE TABLE IF NOT EXISTS said ({_COLUMNS})",
    "CREATE INDEX IF NOT EXISTS said_document ON said (document)",
    "CREATE TABLE IF NOT EXISTS progress (seq INTEGER NOT NULL)",
)


def number_of(term: str) -> int:
    """The four bytes that a term is kept as."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass"))


def _numbers_of(terms: Iterable[str]) -> list[int]:
    """As `number_of` each, without a call of ours for each."""
    try:
        return list(map(zlib.crc32, map(str.encode, terms)))
    except UnicodeEncodeError:  # a lone surrogate
        return [number_of(one) for one in terms]


class Said:
    """The numbers of the terms of a version's title and of each of its sentences."""

    __slots__ = ("_ends", "_numbers")

    def __init__(self, packed: bytes) -> None:
        """Raises ValueError for what was not made by `pack`."""
        numbers = array(_WIDE)
        numbers.frombytes(packed)
        if sys.byteorder == "big":
            numbers.byteswap()
        count = numbers[0] if numbers else 0
        self._ends, self._numbers = numbers[1 : count + 1], numbers[count + 1 :]
        if not count or len(self._ends) != count or self._ends[-1] != len(self._numbers):
            raise ValueError("not the numbers of a version")

    @property
    def title(self) -> Sequence[int]:
        return self._numbers[: self._ends[0]]

    @property
    def sentences(self) -> Sequence[int]:
        """Those of all sentences."""
        return self._numbers[self._ends[0] :]

    @property
    def count(self) -> int:
        """How many sentences there are."""
        return len(self._ends) - 1

    def sentence(self, i: int) -> Sequence[int]:
        return self._numbers[self._ends[i] : self._ends[i + 1]]


def pack(title: Iterable[str], sentences: Iterable[Iterable[str]]) -> bytes:
    """The terms of a title and of sentences as `Said` reads them: where each ends, then each one's numbers."""
    numbers, ends = array(_WIDE), array(_WIDE)
    for terms in (title, *sentences):
        numbers.extend(_numbers_of(dict.fromkeys(terms)))
        ends.append(len(numbers))
    whole = array(_WIDE, [len(ends)]) + ends + numbers
    if sys.byteorder == "big":
        whole.byteswap()
    return whole.tobytes()


def terms_of_version(version: StoredVersion) -> tuple[list[str], list[list[str]]]:
    """The search terms of the title and of each sentence."""
    language = version.facts.language
    sentences = [terms_of_sentences(version.text, (one,), language) for one in version.sentences]
    return terms_of_text(version.facts.title, language), sentences


class SaidTerms:
    """The file of one index. No call raises for what may be wrong with it: then nothing is kept, and nothing known."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._turn = threading.Lock()  # of those who read
        self._reading: sqlite3.Connection | None = None
        self._writing: sqlite3.Connection | None = None
        self._lost = False  # what came since the last commit, which could not be kept; it is not tried again before it
        self._open: dict[str, sqlite3.Connection] = {}
        weakref.finalize(self, _close_all, self._open)  # who forgets `close` gets it; Python 3.13 warns otherwise

    def of(self, wanted: Iterable[VersionFacts]) -> dict[int, Said]:
        """What is known of these versions, by id."""
        seals = {one.id: _seal(one) for one in wanted}
        if not seals:
            return {}
        ids = ", ".join(map(str, seals))
        with self._turn:
            rows = self._rows(f"SELECT version, seal, numbers FROM said WHERE version IN ({ids})")
        found: dict[int, Said] = {}
        for version, seal, numbers in rows:
            if seal == seals[version]:
                try:
                    found[version] = Said(numbers)
                except ValueError:
                    log.warning("said terms are damaged", extra={"version": version})
        return found

    def up_to(self) -> int:
        """Up to which line of the change log all versions were put; 0 for a new file."""
        with self._turn:
            rows = self._rows("SELECT seq FROM progress")
        return int(rows[0][0]) if rows else 0

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            if self._reading is None:
                if not self._path.exists():
                    return []
                self._reading = self._opened(_READ)
            return self._reading.execute(sql).fetchall()
        except (sqlite3.Error, OSError) as error:
            log.info("said terms cannot be read", extra={"error": str(error)})
            self._close_reading()
            return []

    def put(self, version: StoredVersion, title: Iterable[str], sentences: Iterable[Iterable[str]]) -> None:
        """Keep a version's terms in place of whatever is kept of its document; for good after `commit`."""
        facts = version.facts
        self._write("DELETE FROM said WHERE document = ?", facts.document_id)
        row = facts.id, facts.document_id, _seal(facts), pack(title, sentences)
        self._write("INSERT OR REPLACE INTO said VALUES (?, ?, ?, ?)", *row)

    def drop(self, document_id: int) -> None:
        """Forget a document; for good after `commit`."""
        self._write("DELETE FROM said WHERE document = ?", document_id)

    def clear(self) -> None:
        """Forget everything; for good after `commit`."""
        self._write("DELETE FROM said")
        self._write("DELETE FROM progress")

    def commit(self, up_to: int, since: int) -> None:
        """Keep all since the last commit: the lines of the change log after `since`, up to `up_to`."""
        known = self._write("SELECT seq FROM progress")
        if since <= (known[0][0] if known else 0) < up_to:
            self._write("DELETE FROM progress")
            self._write("INSERT INTO progress VALUES (?)", up_to)
        self._write("COMMIT")
        self._lost = False

    def close(self) -> None:
        """What was not committed is not kept."""
        self._close_writing()
        with self._turn:
            self._close_reading()

    def _close_writing(self) -> None:
        if self._writing is not None:
            self._open.pop(_WRITE).close()
            self._writing = None

    def _close_reading(self) -> None:
        if self._reading is not None:
            self._open.pop(_READ).close()
            self._reading = None

    def _write(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        if self._lost:
            return []
        try:
            if self._writing is None:
                self._writing = self._opened(_WRITE)
                for statement in _MAKING:
                    self._writing.execute(statement)
            if not self._writing.in_transaction:
                self._writing.execute("BEGIN IMMEDIATE")
            return self._writing.execute(sql, parameters).fetchall()
        except (sqlite3.Error, OSError) as error:
            # A full disk stops the index, too, which says so; what else may be wrong is cured by beginning anew.
            log.warning("said terms cannot be kept", extra={"error": str(error)})
            self._lost = True
            self._close_writing()
            if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
                self._path.unlink(missing_ok=True)
            return []

    def _opened(self, mode: str) -> sqlite3.Connection:
        self._open[mode] = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=_BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
        return self._open[mode]


def _close_all(connections: dict[str, sqlite3.Connection]) -> None:
    for one in connections.values():
        one.close()


def _seal(facts: VersionFacts) -> str:
    """What tells the version's text from another that once had its number."""
    return facts.text_sha256[:_SEAL_DIGITS]
