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
from bot.languages.dictionary import WordList, entries
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


@cache
def _parts_of_speech(language: str) -> dict[str, str]:
    """Stem → the parts of speech of all single words with it, joined by spaces."""
    found: dict[str, str] = {}
    for entry in entries("de", "en"):
        forms = (entry.lemma,) if language == "de" else entry.translations
        for form in forms:
            if " " not in form:
                key = key_of(form, language)
                if entry.pos not in found.get(key, ""):
                    found[key] = f"{found.get(key, '')} {entry.pos}".strip()
    return found


def is_known(key: str, language: str) -> bool:
    """Whether any word with this stem is in the word list."""
    return key in _parts_of_speech(language)


def may_be(key: str, language: str, pos: str) -> bool:
    """Whether a word with this stem is listed as that part of speech ("n", "v", "adj", "name", …)."""
    return pos in _parts_of_speech(language).get(key, "").split()


@cache
def german_compounds() -> CompoundSplitter:
    """The splitter of German compounds over the German side of the word list."""
    return CompoundSplitter(_parts_of_speech("de").__contains__)


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
