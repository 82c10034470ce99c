"""Topics: whether a document is about what somebody typed, in either language."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bot.languages.lexicon import made_of_translations, translations_of
from bot.languages.words import fold, is_stop_word, key_of, words_in
from bot.library.search_terms import term, terms_of_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain import StoredVersion

_READ = 2_500  # code points: what a document is about stands in its title and at its beginning
_MOST_MEANINGS = 6


def about(topic: str, versions: Iterable[StoredVersion]) -> bool:
    """Whether one of the documents says every word of a topic, or its translation."""
    wanted = _wanted(topic)
    return bool(wanted) and any(_says(version, wanted) for version in versions)


def _says(version: StoredVersion, wanted: tuple[frozenset[str], ...]) -> bool:
    terms = _terms(f"{version.facts.title}\n{version.text[:_READ]}", version.facts.language)
    return all(not one.isdisjoint(terms) for one in wanted)


@lru_cache(maxsize=512)
def _terms(text: str, language: str) -> frozenset[str]:
    return frozenset(terms_of_text(text, language)) | {f"={fold(w.text)}" for w in words_in(text, language)}


@made_of_translations
@lru_cache(maxsize=512)
def _wanted(topic: str) -> tuple[frozenset[str], ...]:
    """For each word of a topic the terms of which a document has to hold one."""
    found = []
    for word in words_in(topic[:200], ""):
        if is_stop_word(word.text, "de") or is_stop_word(word.text, "en"):
            continue
        keys = {f"={fold(word.text)}"}
        for language, other in (("de", "en"), ("en", "de")):
            keys |= set(terms_of_text(word.text, language))
            for meaning in translations_of(key_of(word.text, language), language, other)[:_MOST_MEANINGS]:
                keys.add(term(key_of(meaning.split()[-1], other), other))
        found.append(frozenset(keys))
    return tuple(found)
