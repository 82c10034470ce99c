"""Word lists: translations between two languages, near synonyms within one, and names that are written differently.

    data/<source>_<target>.tsv   lemma, part of speech, translations separated by ";", the most usual first
    data/synonyms_<language>.tsv  word;word;word — what a reader may ask for and a text may say instead
    data/name_variants.tsv        name;name;name — one name in several spellings, whatever the language

Lists are read on first use and kept as one string per headword; `LONGEST_PHRASE` words is the longest headword.
A larger dictionary that happens to be installed is asked for what they do not know: see `ding`, `lexicon.asking_also`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple, Protocol
from unicodedata import normalize

DATA: Final = Path(__file__).with_name("data")
LONGEST_PHRASE: Final = 6  # words
PARTS_OF_SPEECH: Final = frozenset({"n", "v", "adj", "adv", "prep", "name", "abbr", "num", "phrase"})

_WORD = re.compile(r"[^\W_]+")

Stem = Callable[[str, str], str]
"""(word, language) → stem, for single words as they are written; phrases are given word by word."""


class Entry(NamedTuple):
    """One line of a word list."""

    lemma: str
    pos: str
    translations: tuple[str, ...]


class Dictionary(Protocol):
    """What every dictionary can be asked. Unknown words and unknown pairs of languages give ()."""

    def stem_translations(self, stem: str, source: str, target: str) -> tuple[str, ...]:
        """Lemmas in `target` for every lemma of `source` with this stem.

        The stem of a phrase, or of a word with hyphens, is the stems of its runs of letters and digits with one space
        between them.
        """
        ...


def entries(source: str, target: str) -> Iterator[Entry]:
    """The lines of the list `<source>_<target>.tsv`, in its order; none when there is no such list."""
    for line in _lines(f"{source}_{target}.tsv"):
        lemma, pos, meanings = line.split("\t")
        yield Entry(lemma, pos, tuple(meanings.split(";")))


def translations(word: str, source: str, target: str) -> tuple[str, ...]:
    """Lemmas in `target`, the most usual first, for a lemma in `source`: from our own list, read in either direction.

    Case of letters does not matter, except for the few names that fold into a frequent word: "US" is a country, "us" is
    not. The same holds for stems: the key of "US" is "US".
    """
    return _split(_lookup(_table(source, target), word))


def synonyms(word: str, language: str) -> tuple[str, ...]:
    """Words of the same language that may stand for `word`, without itself, in the order of the list."""
    return _companions(f"synonyms_{language}.tsv", word)


def name_variants(name: str) -> tuple[str, ...]:
    """Other spellings of a name in any language, without itself."""
    return _companions("name_variants.tsv", name)


class WordList:
    """Our own lists, asked by lemma or by stem. `stem` makes the keys of all methods that take a stem.

    A stem must begin with the letter that its word begins with, accent or not, or with the one after "ge" (that of a
    participle may be its verb's): a question knows a dozen words, so only the lemmas with their initials are stemmed.
    All 27,000 would cost a tenth of a second.
    """

    def __init__(self, stem: Stem) -> None:
        self._stem = stem
        self._stems: dict[tuple[str, str, str], dict[str, str]] = {}

    def stem_translations(self, stem: str, source: str, target: str) -> tuple[str, ...]:
        """Lemmas in `target` of every lemma in `source` with this stem."""
        return _split(self._with_stem(stem, source, _pair_initials(source, target), f"{source}_{target}"))

    def stem_synonyms(self, stem: str, language: str) -> tuple[str, ...]:
        """Words of `language` in one group with any word that has this stem; words with that stem are left out."""
        file = f"synonyms_{language}.tsv"
        found = _split(self._with_stem(stem, language, _group_initials(file), file))
        return tuple(word for word in found if self._key(word, language) != stem)

    def _with_stem(self, stem: str, language: str, initials: dict[str, list[tuple[str, str]]], table: str) -> str:
        initial = _initial(stem)
        stems = self._stems.get((table, language, initial))
        if stems is None:
            pairs = ((self._key(word, language), joined) for word, joined in initials.get(initial, ()))
            stems = self._stems[table, language, initial] = _merge(pairs)
        return stems.get(stem, "")

    def _key(self, word: str, language: str) -> str:
        if word in _ALSO_WORDS:
            return word
        if word.isalpha():
            return self._stem(word, language)
        return " ".join([self._stem(part, language) for part in _WORD.findall(word)])


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
    """(lemma, translations) from the list of this direction, then from that of the opposite one, turned round.

    Each list is gone through twice: a headword whose first translation this is, is its best translation.
    """
    forward = [line.split("\t") for line in _lines(f"{source}_{target}.tsv")]
    for lemma, _, meanings in forward:
        yield lemma, meanings.partition(";")[0]
    for lemma, _, meanings in forward:
        if ";" in meanings:
            yield lemma, meanings.partition(";")[2]
    backward = [line.split("\t") for line in _lines(f"{target}_{source}.tsv")]
    for lemma, _, meanings in backward:
        yield meanings.partition(";")[0], lemma
    for lemma, _, meanings in backward:
        for meaning in meanings.split(";")[1:]:
            yield meaning, lemma


@cache
def _table(source: str, target: str) -> dict[str, str]:
    return _merge((_key(lemma), meaning) for lemma, meaning in _pairs(source, target))


@cache
def _pair_initials(source: str, target: str) -> dict[str, list[tuple[str, str]]]:
    return _by_initial(_pairs(source, target))


@cache
def _group_initials(file: str) -> dict[str, list[tuple[str, str]]]:
    return _by_initial((word, line) for line in _lines(file) for word in line.split(";"))


def _by_initial(items: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    initials: dict[str, list[tuple[str, str]]] = {}
    for item in items:
        word = item[0]
        initial = _initial(word)
        initials.setdefault(initial, []).append(item)
        if word.startswith("ge") and _initial(word[2:]) != initial:
            initials.setdefault(_initial(word[2:]), []).append(item)
    return initials


def _initial(word: str) -> str:
    first = word[:1]
    return first.lower() if first.isascii() else normalize("NFD", first.casefold())[:1]


def _merge(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    table: dict[str, str] = {}
    for key, values in pairs:
        known = table.setdefault(key, values)
        if known is not values:
            table[key] = f"{known};{values}"
    return table


_ALSO_WORDS = frozenset({"AIDS", "IS", "IT", "Nice", "PM", "US", "WHO"})  # they fold into another, frequent word


def _key(word: str) -> str:
    return word if word in _ALSO_WORDS else word.casefold()


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
