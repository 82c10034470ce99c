"""Search terms: what a passage is indexed under and what a question looks for. Both sides are made here, so they meet.

A term is a key with its language before it (`de:krieg`, `en:war`), because "war" is a verb in one and a noun in the
other. Names (`@selenski`), numbers (`#12000`) and parts of German compounds have marks of their own; the first two are
shared by all languages. `de~waff` is any part, `de^handel` the last one, which says what the whole is: a
Panzerabwehrrakete is a rocket and no tank.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bot.languages.irregular import base_form
from bot.languages.lexicon import german_compounds, may_be
from bot.languages.names import name_key
from bot.languages.words import Word, is_stop_word, key_of, words_in

if TYPE_CHECKING:
    from collections.abc import Sequence


PART, HEAD = "de~", "de^"


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
        parts = german_compounds().parts(text)
        terms += [f"{PART}{part}" for part in parts]
        terms += [f"{HEAD}{parts[-1]}"] if parts else []
    if text[0].isupper() and len(text) > 2:
        terms.append(name_term(text))
    return tuple(terms)


def terms_of(words: Sequence[Word], language: str) -> list[str]:
    """The terms a text is indexed under, in order, repeated as they occur; words that carry no news are left out."""
    found: list[str] = []
    for word in words:
        if word.kind == "number":
            found.append(number_term(word.key))
        elif word.kind == "acronym":
            found += [term(word.key, language), f"@{word.key}"]
        elif not is_stop_word(word.text, language):
            found += _terms_of_word(word.text, word.key, language)
    if language == "de":
        found += [term(key, "de") for key in separated_verbs(words)]
    return found


# Particles that German parts from their verb and puts at the end of the clause: "räumte … ein".
_PARTICLES = frozenset(
    "ab an auf aus bei ein fest fort frei heraus hervor hin hinzu los mit nach nieder statt teil vor voraus weg weiter "
    "wieder zu zurück zusammen".split()
)
_FURTHEST_VERB = 14  # words before the particle


def separated_verbs(words: Sequence[Word]) -> list[str]:
    """The keys of verbs that stand in two parts, put together again: "räumte … ein" → the key of "einräumen"."""
    found = []
    for i, word in enumerate(words):
        if word.text not in _PARTICLES or (i + 1 < len(words) and words[i + 1].start <= word.end + 1):
            continue  # only at the end of a clause: something other than a blank follows
        for j in range(i - 1, max(-1, i - _FURTHEST_VERB), -1):
            verb = words[j]
            if words[j + 1].start > verb.end + 1 and j + 1 != i:
                break  # a comma: the verb of another clause
            if verb.kind == "word" and verb.text[0].islower() and not is_stop_word(verb.text, "de"):
                whole = key_of(word.text + base_form(verb.text.lower().replace("ß", "ss"), "de"), "de")
                if may_be(whole, "de", "v"):
                    found.append(whole)
                    break
    return found


def terms_of_text(text: str, language: str) -> list[str]:
    """`terms_of` the words of a text."""
    return terms_of(words_in(text, language), language)

