"""Word lists: translations between two languages, near synonyms within one, and names that are written differently.

    data/<source>_<target>.tsv   lemma, part of speech, translations separated by ";", the most usual first
    data/synonyms_<language>.tsv  word;word;word — what a reader may ask for and a text may say instead
    data/name_variants.tsv        name;name;name — one name in several spellings, whatever the language

Lists are read on first use and kept as one string per headword; `LONGEST_PHRASE` words is the longest headword.
A dictionary in ding's format (Debian's trans-de-en) is packed into an SQLite file, since it is too large for memory.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple, Protocol

DATA: Final = Path(__file__).with_name("data")
DING: Final = Path("/usr/share/trans/de-en")  # where Debian's trans-de-en puts it
LONGEST_PHRASE: Final = 6  # words
PARTS_OF_SPEECH: Final = frozenset({"n", "v", "adj", "adv", "prep", "name", "abbr", "num", "phrase"})

Stem = Callable[[str, str], str]
"""(word, language) → stem. Phrases are stemmed word by word."""


class Entry(NamedTuple):
    """One line of a word list."""

    lemma: str
    pos: str
    translations: tuple[str, ...]


class Dictionary(Protocol):
    """What every dictionary can be asked. Unknown words and unknown pairs of languages give ()."""

    def translations(self, word: str, source: str, target: str) -> tuple[str, ...]:
        """Lemmas in `target`, the most usual first, for a lemma in `source` in any case of letters."""
        ...

    def stem_translations(self, stem: str, source: str, target: str) -> tuple[str, ...]:
        """Lemmas in `target` for every lemma of `source` with this stem; a phrase is its stems with one space between."""
        ...


def entries(source: str, target: str) -> Iterator[Entry]:
    """The lines of the list `<source>_<target>.tsv`, in its order; none when there is no such list."""
    for line in _lines(f"{source}_{target}.tsv"):
        lemma, pos, meanings = line.split("\t")
        yield Entry(lemma, pos, tuple(meanings.split(";")))


def translations(word: str, source: str, target: str) -> tuple[str, ...]:
    """Lemmas in `target`, the most usual first, for a lemma in `source`: from our own list, read in either direction.

    Case of letters does not matter, except where a short abbreviation is also a word: "US" is a country, "us" is not.
    """
    return _split(_lookup(_table(source, target), word))


def synonyms(word: str, language: str) -> tuple[str, ...]:
    """Words of the same language that may stand for `word`, without itself, in the order of the list."""
    return _companions(f"synonyms_{language}.tsv", word)


def name_variants(name: str) -> tuple[str, ...]:
    """Other spellings of a name in any language, without itself."""
    return _companions("name_variants.tsv", name)


class WordList:
    """Our own lists, asked by lemma or by stem. `stem` makes the keys of `stem_translations` and `stem_synonyms`."""

    def __init__(self, stem: Stem) -> None:
        self._stem = stem
        self._stems: dict[tuple[str, str], dict[str, str]] = {}
        self._groups: dict[tuple[str, str], dict[str, str]] = {}

    def translations(self, word: str, source: str, target: str) -> tuple[str, ...]:
        """As the function `translations`."""
        return translations(word, source, target)

    def stem_translations(self, stem: str, source: str, target: str) -> tuple[str, ...]:
        """Lemmas in `target` of every lemma in `source` with this stem. The table of stems is made on first use."""
        table = self._stems.get((source, target))
        if table is None:
            table = self._stems[source, target] = _merge(
                (key, meaning)
                for lemma, meaning in _pairs(source, target)
                for key in _stem_keys(lemma, source, self._stem)
            )
        return _split(table.get(stem, ""))

    def stem_synonyms(self, stem: str, language: str) -> tuple[str, ...]:
        """Words of `language` in one group with any word that has this stem; words with that stem are left out."""
        return self._others(f"synonyms_{language}.tsv", stem, language)

    def stem_name_variants(self, stem: str, language: str) -> tuple[str, ...]:
        """Other spellings of the names with this stem in `language`."""
        return self._others("name_variants.tsv", stem, language)

    def _others(self, file: str, stem: str, language: str) -> tuple[str, ...]:
        table = self._groups.get((file, language))
        if table is None:
            table = self._groups[file, language] = _merge(
                (key, line)
                for line in _lines(file)
                for word in line.split(";")
                for key in _stem_keys(word, language, self._stem)
            )
        found = _split(table.get(stem, ""))
        return tuple(word for word in found if stem not in _stem_keys(word, language, self._stem))


class Dictionaries:
    """Several dictionaries asked in order; what an earlier one knows comes first."""

    def __init__(self, *members: Dictionary) -> None:
        self._members = members

    def translations(self, word: str, source: str, target: str) -> tuple[str, ...]:
        """The translations of all members, each once."""
        return tuple(dict.fromkeys(t for m in self._members for t in m.translations(word, source, target)))

    def stem_translations(self, stem: str, source: str, target: str) -> tuple[str, ...]:
        """The translations of all members, each once."""
        return tuple(dict.fromkeys(t for m in self._members for t in m.stem_translations(stem, source, target)))


def installed_dictionary(stem: Stem, cache_dir: Path, ding: Path = DING) -> Dictionary:
    """Our word list, with the ding dictionary behind it when that is installed (packed into `cache_dir` on first use)."""
    own = WordList(stem)
    return Dictionaries(own, DingDictionary(ding, cache_dir, stem)) if ding.is_file() else own


# Our own lists


@cache
def _lines(file: str) -> tuple[str, ...]:
    # A language comes from a document or a person: only a plain file name may reach the disk.
    if not re.fullmatch(r"[a-z_]{1,40}\.tsv", file):
        return ()
    try:
        text = (DATA / file).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def _pairs(source: str, target: str) -> Iterator[tuple[str, str]]:
    """(lemma, translation) from the list of this pair of languages or, turned round, from that of the opposite one."""
    forward = _lines(f"{source}_{target}.tsv")
    for line in forward:
        lemma, _, meanings = line.split("\t")
        yield lemma, meanings
    if forward:
        return
    backward = [line.split("\t") for line in _lines(f"{target}_{source}.tsv")]
    for lemma, _, meanings in backward:  # a headword whose first translation this is, is its best translation
        yield meanings.partition(";")[0], lemma
    for lemma, _, meanings in backward:
        for meaning in meanings.split(";")[1:]:
            yield meaning, lemma


@cache
def _table(source: str, target: str) -> dict[str, str]:
    return _merge((_key(lemma), meaning) for lemma, meaning in _pairs(source, target))


def _merge(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    table: dict[str, str] = {}
    for key, values in pairs:
        known = table.setdefault(key, values)
        if known is not values:
            table[key] = f"{known};{values}"
    return table


_ALSO_WORDS = frozenset({"AIDS", "AM", "IS", "IT", "PM", "UN", "US", "WHO"})  # abbreviations that fold into a word


def _key(word: str) -> str:
    return word if word in _ALSO_WORDS else word.casefold()


def _stem_keys(phrase: str, language: str, stem: Stem) -> tuple[str, ...]:
    if phrase in _ALSO_WORDS:
        return (phrase,)
    if " " in phrase:
        return (" ".join([stem(word, language) for word in phrase.split(" ")]),)
    return (stem(phrase, language),)


def _lookup(table: dict[str, str], word: str) -> str:
    return table.get(word) or table.get(_key(word), "")


def _split(joined: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(joined.split(";"))) if joined else ()


@cache
def _groups(file: str) -> dict[str, str]:
    return _merge((_key(word), line) for line in _lines(file) for word in line.split(";"))


def _companions(file: str, word: str) -> tuple[str, ...]:
    key = _key(word)
    return tuple(other for other in _split(_lookup(_groups(file), word)) if _key(other) != key)


# Ding


class DingDictionary:
    """A German–English dictionary in the format of ding, looked up in an SQLite file that is packed on first use.

    The file in `cache_dir` is named after the dictionary's size and time and the stemmer, so a changed one is packed
    anew. Packing takes seconds and little memory; `pack` does it ahead of the first look-up and may be called again.
    """

    def __init__(self, path: Path, cache_dir: Path, stem: Stem | None = None) -> None:
        self._path = path
        self._cache_dir = cache_dir
        self._stem = stem
        self._lock = Lock()
        self._db: sqlite3.Connection | None = None

    def translations(self, word: str, source: str, target: str) -> tuple[str, ...]:
        """Lemmas and forms in `target`, those of the more general entries first."""
        return self._look_up("word", word.casefold(), source, target)

    def stem_translations(self, stem: str, source: str, target: str) -> tuple[str, ...]:
        """As `translations`, by stem; () when the dictionary was opened without a stemmer."""
        return self._look_up("stem", stem, source, target) if self._stem else ()

    def pack(self) -> Path:
        """The packed file, made when it is missing. A second process that packs at the same time does no harm."""
        packed = self._cache_dir / self._packed_name()
        if not packed.exists():
            self._cache_dir.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix="ding-", suffix=".tmp", dir=self._cache_dir)
            os.close(handle)
            try:
                _pack(self._path, name, self._stem)
                os.replace(name, packed)
            finally:
                Path(name).unlink(missing_ok=True)
        return packed

    def close(self) -> None:
        """Close the packed file; a later look-up opens it again."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _packed_name(self) -> str:
        about = self._path.stat()
        stems = [self._stem(word, lang) for lang, words in _PROBES for word in words] if self._stem else []
        facts = repr((_PACKING, about.st_size, about.st_mtime_ns, stems))
        return f"ding-{hashlib.sha256(facts.encode()).hexdigest()[:16]}.sqlite"

    def _look_up(self, kind: str, key: str, source: str, target: str) -> tuple[str, ...]:
        if (source, target) not in {("de", "en"), ("en", "de")}:
            return ()
        key = key.encode("utf-8", "replace").decode()  # SQLite refuses lone surrogates
        with self._lock:
            if self._db is None:
                # Immutable: no locks, no journal; the packed file is never written again.
                uri = f"{self.pack().resolve().as_uri()}?immutable=1"
                self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
            row = self._db.execute(f"SELECT value FROM {kind}_{source} WHERE key = ?", (key,)).fetchone()
        return tuple(row[0].split(";")) if row else ()


_PACKING = 1  # raise it when the packed form changes
_PROBES = (
    ("de", ("Häuser", "Straßen", "angegriffen", "Universität", "Kinder", "politische", "Vereinigten")),
    ("en", ("houses", "attacked", "running", "universities", "political", "men", "operational")),
)
_MOST_PHRASE_WORDS = 4  # longer sides of an entry are examples and explanations
_MOST_VALUES = 12
_NOTE = re.compile(r"\{[^{}]{0,200}\}|\[[^\[\]]{0,400}\]|\([^()]{0,400}\)|/[^/]{0,60}/|<[^<>]{0,200}>")
_PLACEHOLDER = re.compile(
    r"(?:(?<=\s)|^)(?:sich|jdn?\.|jdm\.|jds\.|jmdn?\.|jmdm\.|etw\.|sb\.?|sth\.?|sb\.'s|to|a|an|the|\.\.\.)(?=\s|$)"
)


def _pack(source: Path, target: str, stem: Stem | None) -> None:
    """Write the packed form. The rows are sorted by SQLite on disk, so memory stays small."""
    with closing(sqlite3.connect(target, isolation_level=None)) as db:
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; BEGIN;")
        db.execute("CREATE TEMP TABLE raw (lang TEXT, key TEXT, rank INTEGER, value TEXT)")
        with source.open(encoding="utf-8", errors="replace") as lines:
            db.executemany("INSERT INTO raw VALUES (?, ?, ?, ?)", _ding_rows(lines))
        for language in ("de", "en"):
            db.execute(f"CREATE TABLE word_{language} (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
            rows = db.execute("SELECT key, value FROM raw WHERE lang = ? ORDER BY key, rank, rowid", (language,))
            db.executemany(f"INSERT INTO word_{language} VALUES (?, ?)", _joined(rows))
            if stem is None:
                continue
            db.execute("DELETE FROM raw WHERE lang = 'stem'")
            words = db.execute(f"SELECT key, value FROM word_{language}")
            db.executemany("INSERT INTO raw VALUES ('stem', ?, ?, ?)", _stem_rows(words, language, stem))
            db.execute(f"CREATE TABLE stem_{language} (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
            rows = db.execute("SELECT key, value FROM raw WHERE lang = 'stem' ORDER BY key, rank, rowid")
            db.executemany(f"INSERT INTO stem_{language} VALUES (?, ?)", _joined(rows))
        db.execute("COMMIT")


def _ding_rows(lines: Iterable[str]) -> Iterator[tuple[str, str, int, str]]:
    """Rows (language, key, rank, value) for both directions of every entry; a lower rank is a more general entry."""
    for line in lines:
        german, separator, english = line.partition("::")
        if not separator or line.startswith("#"):
            continue
        # "Haus {n} | Häuser {pl} :: house | houses": the parts of the two sides belong together in order
        for part, (left, right) in enumerate(zip(german.split("|"), english.split("|"), strict=False)):
            ours, theirs = _ding_words(left), _ding_words(right)
            for i, word in enumerate(ours):
                for j, other in enumerate(theirs):
                    rank = part * 100 + i + j + 10 * other.count(" ")
                    yield "de", word.casefold(), rank, other
                    yield "en", other.casefold(), part * 100 + i + j + 10 * word.count(" "), word


def _ding_words(side: str) -> list[str]:
    plain = _NOTE.sub(" ", side[:2000])
    words = []
    for piece in plain.split(";"):
        word = " ".join(_PLACEHOLDER.sub(" ", piece).split()).strip(" !?.,")
        if word and word.count(" ") < _MOST_PHRASE_WORDS:
            words.append(word)
    return words


def _stem_rows(words: Iterable[tuple[str, str]], language: str, stem: Stem) -> Iterator[tuple[str, int, str]]:
    for key, value in words:
        stemmed = " ".join([stem(word, language) for word in key.split(" ")])
        for rank, meaning in enumerate(value.split(";")):
            yield stemmed, rank, meaning


def _joined(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """(key, value) rows sorted by key → one row per key, its distinct values joined with ";", the first of them only."""
    current: str | None = None
    values: dict[str, None] = {}
    for key, value in rows:
        if key != current:
            if current is not None:
                yield current, ";".join(values)
            current, values = key, {}
        if len(values) < _MOST_VALUES:
            values[value] = None
    if current is not None:
        yield current, ";".join(values)
