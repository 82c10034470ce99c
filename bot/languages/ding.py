"""A German–English dictionary in the format of ding, as Debian's trans-de-en installs it, packed for look-ups on disk.

    Haus {n} [constr.]; Gebäude {n} | Häuser {pl} :: house; building | houses

Its 371,000 keys cost 320 MB as Python dictionaries, so they go into an SQLite file, and memory never holds them.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from threading import Lock


class DingDictionary:
    """A `Dictionary` over a file in ding's format, which is packed into an SQLite file on first use.

    The packed file in `cache_dir` is named after the dictionary's size and time and the stemmer's behaviour, so that a
    changed one is packed anew. Packing takes half a minute; `pack` does it ahead of the first look-up, and once only.
    """

    def __init__(self, path: Path, cache_dir: Path, stem: Callable[[str, str], str] | None = None) -> None:
        self._path = path
        self._cache_dir = cache_dir
        self._stem = stem
        self._lock = Lock()
        self._db: sqlite3.Connection | None = None

    def translations(self, word: str, source: str, target: str) -> tuple[str, ...]:
        """Words in `target` for a word or form in `source` in any case, those of the more general entries first."""
        return self._look_up(source, target, "", word.casefold())

    def stem_translations(self, stem: str, source: str, target: str) -> tuple[str, ...]:
        """As `translations`, by stem; () when the dictionary was opened without a stemmer."""
        return self._look_up(source, target, _STEMS, stem)

    def is_packed(self) -> bool:
        """Whether a look-up needs no packing first."""
        return (self._cache_dir / self._packed_name()).exists()

    def pack(self) -> Path:
        """The packed file, made when it is missing. A second process that packs at the same time does no harm."""
        packed = self._cache_dir / self._packed_name()
        if not packed.exists():
            self._cache_dir.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="ding-", dir=self._cache_dir) as folder:
                unfinished = Path(folder) / packed.name
                _pack(self._path, unfinished, self._stem)
                unfinished.replace(packed)
        return packed

    def close(self) -> None:
        """Close the packed file; a later look-up opens it again."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _packed_name(self) -> str:
        about = self._path.stat()
        stems = [self._stem(word, language) for language, words in _PROBES for word in words] if self._stem else []
        facts = repr((_PACKING, about.st_size, about.st_mtime_ns, stems))
        return f"ding-{hashlib.sha256(facts.encode('utf-8', 'replace')).hexdigest()[:16]}.sqlite"

    def _look_up(self, source: str, target: str, kind: str, key: str) -> tuple[str, ...]:
        if (source, target) not in _DIRECTIONS:
            return ()
        key = key.encode("utf-8", "replace").decode()  # SQLite refuses lone surrogates
        with self._lock:
            if self._db is None:
                # Immutable: no locks and no journal, since a packed file is never written again.
                uri = f"{self.pack().resolve().as_uri()}?immutable=1"
                self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
                weakref.finalize(self, self._db.close)  # who forgets `close` gets it; Python 3.13 warns otherwise
            row = self._db.execute(
                "SELECT found FROM entry WHERE kind = ? AND key = ?", (source + kind, key)
            ).fetchone()
        return tuple(row[0].split(";")) if row else ()


_DIRECTIONS = frozenset({("de", "en"), ("en", "de")})
_STEMS = "-stem"
_PACKING = 1  # raise it when the packed form changes
_PROBES = (
    ("de", ("häuser", "strassen", "angegriffen", "universität", "kinder", "politische", "vereinigten")),
    ("en", ("houses", "attacked", "running", "universities", "political", "men", "operational")),
)
_MOST_PHRASE_WORDS = 4  # longer sides of an entry are examples and explanations
_MOST_FOUND = 12
_LONGEST_SIDE = 4000  # code points
_NOTE = re.compile(r"\{[^{}]{0,200}\}|\[[^\[\]]{0,400}\]|\([^()]{0,400}\)|/[^/]{0,60}/|<[^<>]{0,200}>")
_PLACEHOLDERS = frozenset(
    "sich jd. jdn. jdm. jds. jmd. jmdn. jmdm. jmds. etw. sb. sb sb.'s sth. sth to a an the ... …".split()
)

_Row = tuple[str, str, int, str]  # kind, key, rank (the lower, the more general the entry), word found


def _pack(source: Path, target: Path, stem: Callable[[str, str], str] | None) -> None:
    """Write the packed form. SQLite sorts the rows on disk, so memory stays small."""
    with closing(sqlite3.connect(target, isolation_level=None)) as db:
        db.executescript(
            """PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -8000;
            CREATE TABLE entry (kind TEXT, key TEXT, found TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;
            CREATE TEMP TABLE raw (kind TEXT, key TEXT, rank INTEGER, found TEXT);
            BEGIN;"""
        )
        with source.open(encoding="utf-8", errors="replace") as lines:
            _fill(db, _word_rows(lines))
        if stem is not None:
            _fill(db, _stem_rows(db.execute("SELECT kind, key, found FROM entry"), stem))
        db.execute("COMMIT")


def _fill(db: sqlite3.Connection, rows: Iterator[_Row]) -> None:
    db.execute("DELETE FROM raw")
    db.executemany("INSERT INTO raw VALUES (?, ?, ?, ?)", rows)
    in_order = db.execute("SELECT kind, key, found FROM raw ORDER BY kind, key, rank, rowid")
    db.executemany(
        "INSERT INTO entry VALUES (?, ?, ?)",
        (
            (kind, key, ";".join(islice(dict.fromkeys(found for _, _, found in group), _MOST_FOUND)))
            for (kind, key), group in groupby(in_order, key=itemgetter(0, 1))
        ),
    )


def _word_rows(lines: Iterable[str]) -> Iterator[_Row]:
    for line in lines:
        german, separator, english = line.partition("::")
        if not separator or line.startswith("#"):
            continue
        # "Haus {n} | Häuser {pl} :: house | houses": the parts of the two sides belong together in order
        for part, (left, right) in enumerate(zip(german.split("|"), english.split("|"), strict=False)):
            theirs = _words(right)
            for i, ours in enumerate(_words(left)):
                for j, other in enumerate(theirs):
                    rank = 100 * part + i + j  # a phrase that is no headword elsewhere comes after single words
                    yield "de", ours.casefold(), rank + 10 * other.count(" "), other
                    yield "en", other.casefold(), rank + 10 * ours.count(" "), ours


def _words(side: str) -> list[str]:
    words = []
    for piece in _NOTE.sub(" ", side[:_LONGEST_SIDE]).split(";"):
        parts = [part for part in piece.split() if part not in _PLACEHOLDERS]
        if 0 < len(parts) <= _MOST_PHRASE_WORDS:
            words.append(" ".join(parts).strip(" !?.,"))
    return [word for word in words if word]


def _stem_rows(packed: Iterable[tuple[str, str, str]], stem: Callable[[str, str], str]) -> Iterator[_Row]:
    for language, key, found in packed:
        stemmed = " ".join([stem(word, language) for word in key.split(" ")])
        for rank, word in enumerate(found.split(";")):
            yield language + _STEMS, stemmed, rank, word
