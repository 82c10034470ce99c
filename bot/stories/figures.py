"""Figures: the numbers of a sentence with what they count, in a key that both languages share.

"12.000 nordkoreanische Soldaten" and "12,000 North Korean soldiers" are one figure: 12000 of `soldier`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bot.domain import Figure
from bot.languages.lexicon import german_compounds, is_german_noun, is_known, may_be, translations_of
from bot.languages.numbers import numbers_in
from bot.languages.words import Word, is_stop_word, key_of, words_in

if TYPE_CHECKING:
    from bot.languages.numbers import NumberMention

_FURTHEST = 5  # words between a number and what it counts


def figures_in(text: str, language: str) -> tuple[Figure, ...]:
    """The figures of a text, in order: every number that counts or measures something; no years, no ordinals."""
    numbers = [n for n in numbers_in(text, language) if n.kind not in ("year", "ordinal")]
    if not numbers:
        return ()
    words = words_in(text, language)
    found = []
    for number in numbers:
        unit = number.unit or counted_thing(number, words, language)
        if unit:
            found.append(Figure(number.value, number.upper, number.bound, unit, number.start, number.end))
    return tuple(found)


def counted_thing(number: NumberMention, words: list[Word], language: str) -> str:
    """The key of what a number counts; empty when nothing countable follows it."""
    after = [w for w in words if w.start >= number.end][:_FURTHEST]
    best = ""
    for word in after:
        if word.kind == "number":
            break
        if word.kind != "word":
            continue
        if is_stop_word(word.text, language):
            if best or language == "en":
                break
            continue
        if language == "de":
            if word.text[0].isupper() and (is_german_noun(word) or not best):
                return shared_key(word, language)
        elif may_be(word.key, language, "n") or not is_known(word.key, language):
            best = shared_key(word, language)  # the last noun of the group: "North Korean *soldiers*"
        elif best:
            break
    return best


@lru_cache(maxsize=32768)
def _shared_key(text: str, key: str, language: str) -> str:
    if language == "de":
        meanings = translations_of(key, "de", "en")
        if not meanings:
            parts = german_compounds().parts(text)
            meanings = translations_of(parts[-1], "de", "en") if parts else ()
        if meanings:
            return key_of(meanings[0].split()[-1], "en")
    return key


def shared_key(word: Word, language: str) -> str:
    """One key for a noun in both languages: the stem of its English translation where the word list has one."""
    return _shared_key(word.text, word.key, language)
