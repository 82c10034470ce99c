"""A German–English dictionary in the format of ding, as Debian's trans-de-en installs it, packed for look-ups on disk.

    Haus {n} [constr.]; Gebäude {n} | Häuser {pl} :: house; building | houses

Its 550,000 keys would cost hundreds of megabytes in memory and half a minute at every start, so they go into an SQLite
file once. That dictionary is under the GPL: it is read where somebody installed it, and never part of what we ship.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sqlite3
import sys
import time
import weakref
from array import array
from contextlib import closing, suppress
from itertools import groupby, islice
from pathlib import Path
from stat import S_ISREG
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

log = logging.getLogger(__name__)

LARGEST_FILE: Final = 100_000_000  # bytes; four times what Debian installs


class DingDictionary:
    """A `Dictionary` over a file in ding's format. It knows nothing until the file was packed: look-ups never pack.

    The packed file in `cache_dir` is named after the dictionary's size and time and the stemmer's behaviour, so that a
    changed one is packed anew. Whatever is wrong with either file is logged, and then nothing is known.
    """

    def __init__(self, path: Path, cache_dir: Path, stem: Callable[[str, str], str]) -> None:
        self._path = path
        self._cache_dir = cache_dir
        self._stem = stem
        self._lock = Lock()
        self._db: sqlite3.Connection | None = None
        self._is_opened = False

    def stem_translations(self, stem: str, source: str, target: str) -> tuple[str, ...]:
        """Words or phrases in `target`, the most usual first, for the stems of a word or phrase in `source`."""
        if (source, target) not in _DIRECTIONS:
            return ()
        key = stem.encode("utf-8", "replace").decode()  # SQLite refuses lone surrogates
        rows = self._rows("SELECT found FROM entry WHERE language = ? AND key = ?", source, key)
        return tuple(str(rows[0][0]).split(";")) if rows else ()

    def entry_count(self) -> int:
        """How many words and phrases of both languages can be asked for; 0 when there is nothing to ask."""
        rows = self._rows("SELECT count(*) FROM entry")
        return int(rows[0][0]) if rows else 0

    def is_packed(self) -> bool:
        """Whether the packed form of the file as it is now is there."""
        packed = self._packed()
        return packed is not None and packed.exists()

    def pack(self) -> None:
        """Make the packed form; two processes may do so at the same time. Raises OSError, sqlite3.Error."""
        from tempfile import TemporaryDirectory

        packed = self._packed()
        if packed is None:
            return
        self._cache_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._clear_away()
        with TemporaryDirectory(prefix=_UNFINISHED, dir=self._cache_dir) as folder:
            unfinished = Path(folder) / packed.name
            _pack(self._path, unfinished, self._stem)
            unfinished.replace(packed)
        self.close()

    def pack_apart(self) -> None:
        """Make the packed form if it is missing, in a process that gives its 300 MB back. What fails is logged."""
        import subprocess

        if self._packed() is None or self.is_packed():
            return
        log.info("packing the dictionary", extra={"dictionary": str(self._path)})
        command = [sys.executable, "-m", "bot.languages.ding", str(self._path), str(self._cache_dir)]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        facts = ""
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, timeout=_PACKING_S, check=False
            )
            facts = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            facts = str(error)
        if not self.is_packed():
            log.warning("dictionary not packed", extra={"dictionary": str(self._path), "facts": facts})
            return
        self.close()
        count = self.entry_count()
        log.log(
            logging.INFO if count else logging.WARNING,
            "dictionary packed" if count else "dictionary without entries",
            extra={"dictionary": str(self._path), "entries": count},
        )

    def close(self) -> None:
        """Close the packed file; a later look-up opens it again."""
        with self._lock:
            self._is_opened = False
            if self._db is not None:
                self._db.close()
                self._db = None

    def _packed(self) -> Path | None:
        """Where the packed form of the file as it is now belongs; None when it is no file to be packed."""
        try:
            about = self._path.stat()
        except (OSError, ValueError):
            return None
        if not S_ISREG(about.st_mode):
            return None
        if about.st_size > LARGEST_FILE:
            log.warning("dictionary too large", extra={"dictionary": str(self._path), "bytes": about.st_size})
            return None
        stems = [self._stem(word, language) for language, words in _PROBES for word in words]
        facts = repr((_PACKING, about.st_size, about.st_mtime_ns, stems))
        return self._cache_dir / f"{_PACKED}{hashlib.sha256(facts.encode('utf-8', 'replace')).hexdigest()[:16]}.sqlite"

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """What a query of the packed form gives; nothing when there is none, or none that can be read."""
        with self._lock:
            try:
                if not self._is_opened:
                    self._is_opened = True
                    self._open()
                return self._db.execute(query, values).fetchall() if self._db is not None else []
            except (OSError, sqlite3.Error) as error:
                log.warning("packed dictionary unusable", extra={"dictionary": str(self._path), "facts": str(error)})
                self._discard()
                return []

    def _open(self) -> None:
        packed = self._packed()
        if packed is not None and packed.exists():
            # Immutable: no locks and no journal, since a packed form is never written again.
            self._db = sqlite3.connect(f"{packed.resolve().as_uri()}?immutable=1", uri=True, check_same_thread=False)
            weakref.finalize(self, self._db.close)  # who forgets `close` gets it; Python 3.13 warns otherwise

    def _discard(self) -> None:
        """Know nothing from now on, and let the next start pack anew."""
        if self._db is not None:
            self._db.close()
            self._db = None
        with suppress(OSError):
            if (packed := self._packed()) is not None:
                packed.unlink(missing_ok=True)

    def _clear_away(self) -> None:
        """Remove the packed forms of earlier files, and what a killed process left."""
        for packed in self._cache_dir.glob(f"{_PACKED}*.sqlite"):
            with suppress(OSError):  # another process may hold it open, where that matters
                packed.unlink()
        from shutil import rmtree

        for folder in self._cache_dir.glob(f"{_UNFINISHED}*"):
            with suppress(OSError):
                if time.time() - folder.stat().st_mtime > _SURELY_LEFT_S:
                    rmtree(folder)


_DIRECTIONS = frozenset({("de", "en"), ("en", "de")})
_PACKED = "ding-"
_UNFINISHED = "packing-"
_SURELY_LEFT_S = 3600
_PACKING_S = 600  # packing takes ten seconds or so, several times that on a small and busy machine
_MOST_PAIRS = 5_000_000  # what Debian installs has 800,000, ...
_MOST_NUMBERED = 3_000_000  # ... of 550,000 words and phrases
_PACKING = 2  # raise it when the packed form changes
_PROBES = (
    ("de", ("häuser", "strassen", "angegriffen", "universität", "Kinder", "politische", "vereinigten")),
    ("en", ("houses", "attacked", "running", "universities", "political", "men", "operational")),
)
_LONGEST_LINE = 20_000  # code points; the longest that Debian installs has half of it
_MOST_WORDS = 3  # longer sides of an entry are examples and explanations
_MOST_SYNONYMS = 8  # of one side of a part
_MOST_FOUND = 6
_LEAST_SHARE = 0.08  # of the best translation's weight; what is rarer is a by-meaning
_NOTE = re.compile(r"\{[^{}|]{0,200}\}|\[[^\[\]|]{0,400}\]|\([^()|]{0,400}\)|(?<= )/[^/|]{0,60}/|<[^<>|]{0,200}>")
_SELDOM = re.compile(r"\[(?:obs\.|archaic|dated|rare|slang|vulg\.|poet|former|hist|veralt|altert|selten|Dialekt)")
_MARK = " \0 "  # after what is seldom said
_WORTH = 2000  # of a headword and its first translation
_LETTERS = re.compile(r"[^\W_]+")
_PLACEHOLDERS = frozenset(
    "sich jd. jdn. jdm. jds. jmd. jmdn. jmdm. jmds. etw. sb. sb sb.'s sb.’s sth. sth to a an the "
    "der die das den dem des ein eine einen einem einer eines ... … \0".split()
)


class _Words:
    """The words and phrases of one language, numbered by their stems; `forms` has the shortest way to write each."""

    def __init__(self, language: str, stem: Callable[[str, str], str]) -> None:
        self._language = language
        self._stem = stem
        self._stems: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self.forms: list[str] = []

    def number(self, form: str) -> int | None:
        """The number of a word or phrase; None when it has no letters."""
        key = self._stems.get(form)
        if key is None:
            key = " ".join([self._stem_of(part) for part in _LETTERS.findall(form)])
            if not key:
                return None
        number = self._numbers.setdefault(key, len(self.forms))
        if number == len(self.forms):
            self.forms.append(form)
            return number
        known = self.forms[number]
        if len(form) < len(known) or (len(form) == len(known) and known[0].isupper()):
            self.forms[number] = form
        return number

    def _stem_of(self, word: str) -> str:
        stem = self._stems.get(word)
        if stem is None:
            stem = self._stems[word] = self._stem(word, self._language)
        return stem

    def keys(self) -> list[str]:
        """The stems, in the order of their numbers."""
        return list(self._numbers)


def _pack(source: Path, target: Path, stem: Callable[[str, str], str]) -> None:
    """Write the packed form. Raises OSError, sqlite3.Error."""
    german, english = _Words("de", stem), _Words("en", stem)
    there, back = array("Q"), array("Q")
    with source.open(encoding="utf-8-sig", errors="replace", newline="\n") as lines:
        for left, right, weight, backward in islice(_pairs(lines, german, english), _MOST_PAIRS):
            there.append(_row(left, right, weight))
            back.append(_row(right, left, backward))
    with closing(sqlite3.connect(target, isolation_level=None)) as db:
        db.executescript(
            """PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
            CREATE TABLE entry (language TEXT, key TEXT, found TEXT, PRIMARY KEY (language, key)) WITHOUT ROWID;
            BEGIN;"""
        )
        for language, rows, ours, theirs in (("de", there, german, english), ("en", back, english, german)):
            entries = sorted(_entries(rows, ours.keys(), theirs.forms))
            db.executemany("INSERT INTO entry VALUES (?, ?, ?)", ((language, key, found) for key, found in entries))
        db.execute("COMMIT")


def _row(ours: int, theirs: int, weight: int) -> int:
    """A pair in one number, so that a million of them take eight megabytes and sort fast."""
    return ours << 40 | theirs << 16 | weight


def _entries(rows: array[int], keys: list[str], forms: list[str]) -> Iterator[tuple[str, str]]:
    for number, group in groupby(sorted(rows), key=lambda row: row >> 40):
        key = keys[number]
        weights: dict[int, int] = {}
        for row in group:
            theirs = row >> 16 & 0xFFFFFF
            weights[theirs] = weights.get(theirs, 0) + (row & 0xFFFF)
        best = sorted(weights, key=lambda theirs: -weights[theirs])[:_MOST_FOUND]
        least = weights[best[0]] * _LEAST_SHARE
        yield key, ";".join(forms[theirs] for theirs in best if weights[theirs] >= least)


def _pairs(lines: Iterable[str], german: _Words, english: _Words) -> Iterator[tuple[int, int, int, int]]:
    """(German, English, weight of this translation, that of the opposite one), a pair as often as it is met."""
    for line in lines:
        left, separator, right = line.partition("::")
        if not separator or line.startswith("#") or len(line) > _LONGEST_LINE:
            continue
        if len(german.forms) + len(english.forms) > _MOST_NUMBERED:
            return
        # "Haus {n} | Häuser {pl} :: house | houses": the parts of the two sides belong together in order
        scale = 1.0  # the headword says more than its phrases
        for ours, theirs in zip(_plain(left).split("|"), _plain(right).split("|"), strict=False):
            others = _numbered(theirs, english)
            if others:
                for i, (one, one_worth) in enumerate(_numbered(ours, german)):
                    for j, (other, other_worth) in enumerate(others):
                        # the first synonyms say more than the later ones
                        worth = scale * min(one_worth, other_worth)
                        yield one, other, int(worth / ((1 + j) * (1 + 0.3 * i))), int(worth / ((1 + i) * (1 + 0.3 * j)))
            scale = 0.5


def _plain(side: str) -> str:
    """A side without its notes, but with a mark after words of which a note says that they are seldom."""
    return _NOTE.sub(_marked, side) if any(sign in side for sign in "{[(/<") else side


def _marked(note: re.Match[str]) -> str:
    return _MARK if _SELDOM.match(note.group()) else " "


def _numbered(side: str, words: _Words) -> list[tuple[int, int]]:
    """The words of one side of a part, each with its worth."""
    found = []
    for piece in side.split(";")[:_MOST_SYNONYMS]:
        worth = _WORTH if _MARK not in piece else _WORTH // 4
        parts = [part for part in piece.split() if part not in _PLACEHOLDERS]
        if 0 < len(parts) <= _MOST_WORDS:
            number = words.number(" ".join(parts).strip(" !?.,"))
            if number is not None:
                found.append((number, worth))
    return found


def main() -> None:
    """What `pack_apart` starts: pack the dictionary of the first path into the folder of the second."""
    from bot.languages.words import key_of

    path, cache_dir = map(Path, sys.argv[1:3])
    try:
        DingDictionary(path, cache_dir, key_of).pack()
    except (OSError, sqlite3.Error, MemoryError) as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
