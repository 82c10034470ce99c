"""Search terms: what a passage is indexed under and what a question looks for. Both sides are made here, so they meet.

A term is a key with its language before it (`de:krieg`, `en:war`), because "war" is a verb in one and a noun in the other.
Names (`@selenski`), numbers (`#12000`) and parts of German compounds (`de~waff`) have marks of their own; the first two
are shared by all languages.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bot.languages.lexicon import german_compounds
from bot.languages.names import name_key
from bot.languages.words import Word, is_stop_word, words_in

if TYPE_CHECKING:
    from collections.abc import Iterable


def language_tag(language: str) -> str:
    """The namespace of a language's terms; unknown languages share one."""
    return language if language and language != "und" else "xx"


def term(key: str, language: str) -> str:
    return f"{language_tag(language)}:{key}"


def name_term(word: str) -> str:
    return f"@{name_key(word)}"


def number_term(key: str) -> str:
    return f"#{key}"


@lru_cache(maxsize=131072)
def _terms_of_word(text: str, key: str, language: str) -> tuple[str, ...]:
    tag = language_tag(language)
    terms = [f"{tag}:{key}"]
    if language == "de" and len(text) >= 8:
        terms += [f"de~{part}" for part in german_compounds().parts(text)]
    if text[0].isupper() and len(text) > 2:
        terms.append(name_term(text))
    return tuple(terms)


def terms_of(words: Iterable[Word], language: str) -> list[str]:
    """The terms a text is indexed under, in order, repeated as they occur; words that carry no news are left out."""
    found: list[str] = []
    for word in words:
        if word.kind == "number":
            found.append(number_term(word.key))
        elif word.kind == "acronym":
            found += [term(word.key, language), f"@{word.key}"]
        elif not is_stop_word(word.text, language):
            found += _terms_of_word(word.text, word.key, language)
    return found


def terms_of_text(text: str, language: str) -> list[str]:
    """`terms_of` the words of a text."""
    return terms_of(words_in(text, language), language)

