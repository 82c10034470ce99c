"""Search terms: what a passage is indexed under and what a question looks for. Both sides are made here, so they meet.

A term is a key with its language before it (`de:krieg`, `en:war`), because "war" is a verb in one and a noun in the
other. Names (`@selenski`), numbers (`#12000`) and parts of German compounds have marks of their own; the first two are
shared by all languages. `de~waff` is any part, `de^handel` the last one, which says what the whole is: a
Panzerabwehrrakete is a rocket and no tank.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from bot.languages.irregular import base_form
from bot.languages.lexicon import german_compounds, may_be
from bot.languages.names import name_key
from bot.languages.words import (
    LONGEST_ACRONYM,
    UNSPACED,
    Word,
    is_one_word,
    is_stop_word,
    key_of,
    tokens_in,
    tokens_of_sentence,
    words_in,
    words_of_token,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.domain import Sentence

PART, HEAD = "de~", "de^"
_MOST_TOKENS = 65536  # of one language, remembered


def language_tag(language: str) -> str:
    """The namespace of a language's terms; unknown languages share one."""
    return language if language and language != "und" else "xx"


def term(key: str, language: str) -> str:
    return f"{language_tag(language)}:{key}"


def name_term(word: str) -> str:
    return f"@{name_key(word)}"


def number_term(key: str) -> str:
    return f"#{key}"


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
    found = _terms_one_by_one(words, language)
    if language == "de" and len(words) > 1:
        found += [term(key, "de") for _, _, key in separated_verbs(words)]
    return found


def _terms_one_by_one(words: Sequence[Word], language: str) -> list[str]:
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
    """`terms_of` the words of a text, several times faster: what a token stands for is looked up, not worked out."""
    return _terms_of_tokens(tokens_in(text), text, language)


def terms_of_sentences(text: str, sentences: Sequence[Sentence], language: str) -> list[str]:
    """`terms_of_text` of a stretch of text that these sentences make, one after the other."""
    tokens = chain.from_iterable([tokens_of_sentence(text[one.start : one.end]) for one in sentences])
    return _terms_of_tokens(tokens, text[sentences[0].start : sentences[-1].end], language)


def _terms_of_tokens(tokens: Iterable[str], text: str, language: str) -> list[str]:
    if language != "de":
        return list(chain.from_iterable(map(known_terms(language).__getitem__, tokens)))
    tokens = list(tokens)
    found = list(chain.from_iterable(map(known_terms("de").__getitem__, tokens)))
    return found + terms_of_verbs_in_parts(tokens, text, "de")


def terms_of_verbs_in_parts(tokens: Iterable[str], text: str, language: str) -> list[str]:
    """What `terms_of_text` finds besides the terms of the text's tokens."""
    if language != "de" or _PARTICLES.isdisjoint(tokens):
        return []
    return [term(key, "de") for key in _separated_verbs_of_text(text)]


class _KnownTerms(dict[str, tuple[str, ...]]):
    """The terms of a language's tokens."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, token: str) -> tuple[str, ...]:
        if len(self) >= _MOST_TOKENS:
            self.clear()
        language = self._language
        if not is_one_word(token) or (len(token) < LONGEST_ACRONYM and token.isupper()):
            terms = tuple(_terms_one_by_one(words_of_token(token, language), language))
        elif is_stop_word(token, language):
            terms = ()
        else:
            terms = _terms_of_word(token, key_of(token, language), language)
        self[token] = terms
        return terms


@lru_cache(maxsize=8)
def known_terms(language: str) -> Mapping[str, tuple[str, ...]]:
    """The terms of each token of `tokens_in`, which also are those of each of `words_in` by itself, by its text. A word
    that carries no news has none."""
    return _KnownTerms(language)


# Particles that German parts from their verb and puts at the end of the clause: "räumte … ein".
_PARTICLES = frozenset(
    "ab an auf aus bei ein fest fort frei heraus hervor hin hinzu los mit nach nieder statt teil vor voraus weg weiter "
    "wieder zu zurück zusammen".split()
)
_FURTHEST_VERB = 14  # words before the particle


def separated_verbs(words: Sequence[Word]) -> list[tuple[int, int, str]]:
    """Verbs that stand in two parts: where the verb is, where its particle, and the key of both put together again.

    "räumte … ein" → the key of "einräumen".
    """
    found = []
    for i, word in enumerate(words):
        if word.text not in _PARTICLES or (i + 1 < len(words) and words[i + 1].start <= word.end + 1):
            continue  # only at the end of a clause: something other than a blank follows
        found += _verb_before(words, i)
    return found


def _verb_before(words: Sequence[Word], i: int) -> list[tuple[int, int, str]]:
    """The verb that the particle at `i` belongs to, as `separated_verbs` gives it; none when there is none."""
    for j in range(i - 1, max(-1, i - _FURTHEST_VERB), -1):
        verb = words[j]
        if words[j + 1].start > verb.end + 1 and j + 1 != i:
            break  # a comma: the verb of another clause
        if verb.kind == "word" and verb.text[0].islower() and not is_stop_word(verb.text, "de"):
            whole = key_of(words[i].text + base_form(verb.text.lower().replace("ß", "ss"), "de"), "de")
            if may_be(whole, "de", "v"):
                return [(j, i, whole)]
    return []


# A particle behind which no word follows at once: only what stands before one has to be taken apart.
_PARTICLE_AT_END = re.compile(
    rf"(?<![^\W\d_{UNSPACED}])(?:{'|'.join(sorted(_PARTICLES, key=len, reverse=True))})(?!.?[^\W_])", re.DOTALL
)
_BEFORE_PARTICLE = 300  # code points: mostly more than _FURTHEST_VERB words
_MANY_PARTICLES = 16


def _separated_verbs_of_text(text: str) -> list[str]:
    """The keys of `separated_verbs` in a text."""
    keys: list[str] = []
    ends = [found.end() for found in _PARTICLE_AT_END.finditer(text)]
    for end in ends:
        begin = max(0, end - _BEFORE_PARTICLE)
        words = words_in(text[begin:end], "de")
        if len(ends) > _MANY_PARTICLES or (begin and len(words) < _FURTHEST_VERB + 2):  # the first may be half a word
            return [key for _, _, key in separated_verbs(words_in(text, "de"))]
        if words and words[-1].text in _PARTICLES:
            keys += [key for _, _, key in _verb_before(words, len(words) - 1)]
    return keys
