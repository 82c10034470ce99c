"""The word list by stem: what a word may be called in the other language or by another word, and its parts of speech.

Everything here is looked up by the keys of `words.key_of`, so inflected words find their entry. A larger dictionary
lends its translations only, so that no text is indexed or taken apart differently where one is installed.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.languages.compounds import CompoundSplitter
from bot.languages.dictionary import DATA, WordList, entries
from bot.languages.words import Word, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.languages.dictionary import Dictionary


class _Cached(Protocol):
    def cache_clear(self) -> None: ...


CachedT = TypeVar("CachedT", bound=_Cached)

_larger: list[Dictionary] = []  # the first to be asked stands last
_made_of_translations: list[_Cached] = []
LANGUAGES = ("de", "en")  # the languages that our word list joins


@cache
def word_list() -> WordList:
    """Our word list, keyed by stems."""
    return WordList(key_of)


STEMS = DATA / "stems.tsv"


def stem_table() -> str:
    """What stands in `STEMS`: language, part of speech, the stems of all single words of the list that may be that.

    Stemming the list takes a tenth of a second and more, too long for a question. `python -m tools.write_stems`.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for entry in entries("de", "en"):
        for language, forms in (("de", (entry.lemma,)), ("en", entry.translations)):
            stems = found.setdefault((language, entry.pos), set())
            stems.update(key_of(form, language) for form in forms if " " not in form)
    lines = [f"{language}\t{pos}\t{' '.join(sorted(stems))}" for (language, pos), stems in sorted(found.items())]
    about = ("# Stems of the words of de_en.tsv, made by tools/write_stems.py.", "# SPDX-License-Identifier: MIT")
    return "\n".join([*about, *lines, ""])


@cache
def _stems(language: str) -> dict[str, frozenset[str]]:
    """Part of speech → stems."""
    rows = (line.split("\t") for line in STEMS.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {pos: frozenset(joined.split(" ")) for tag, pos, joined in rows if tag == language}


@cache
def _known(language: str) -> frozenset[str]:
    return frozenset().union(*_stems(language).values())


def is_known(key: str, language: str) -> bool:
    """Whether any word with this stem is in the word list."""
    return key in _known(language)


def may_be(key: str, language: str, pos: str) -> bool:
    """Whether a word with this stem is listed as that part of speech ("n", "v", "adj", "name", …)."""
    return key in _stems(language).get(pos, ())


@cache
def german_compounds() -> CompoundSplitter:
    """The splitter of German compounds over the German side of the word list."""
    return CompoundSplitter(_known("de"))


@contextmanager
def asking_also(larger: Dictionary) -> Iterator[None]:
    """Meanwhile, what our list does not know is looked up in a larger dictionary, in the whole process."""
    _larger.append(larger)
    _forget()
    try:
        yield
    finally:
        _larger.remove(larger)
        _forget()


def made_of_translations(function: CachedT) -> CachedT:
    """Mark a cached function whose results depend on translations: they are forgotten when the dictionary changes."""
    _made_of_translations.append(function)
    return function


def _forget() -> None:
    for function in _made_of_translations:
        function.cache_clear()


@made_of_translations
@lru_cache(maxsize=8192)
def translations_of(key: str, source: str, target: str) -> tuple[str, ...]:
    """What a stem (several, joined by spaces, for a phrase) of `source` may be called in `target`, most usual first."""
    for dictionary in (word_list(), *reversed(_larger)):
        if found := dictionary.stem_translations(key, source, target):
            return found
    return ()


@lru_cache(maxsize=8192)
def synonyms_of(key: str, language: str) -> tuple[str, ...]:
    """Words or phrases of the same language that may stand for a stem."""
    return word_list().stem_synonyms(key, language)


_NOUN_ENDING = re.compile(
    r"(?:ung|heit|keit|schaft|tion|ität|ismus|ling|nis|tum|chen|ment|ungen|heiten|keiten|schaften|tionen|itäten|nisse)\Z"
)


def is_german_noun(word: Word) -> bool:
    """Whether a capitalised German word is rather a noun of the language than a name."""
    if may_be(word.key, "de", "name"):
        return False
    return is_known(word.key, "de") or bool(_NOUN_ENDING.search(word.text)) or bool(german_compounds().parts(word.text))
