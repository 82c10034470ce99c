"""Figures: the numbers of a sentence with what they count, in a key that both languages share.

"12.000 Soldaten" and "12,000 troops" are one figure: 12000 of what both languages know as `soldier`.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.domain import Figure
from bot.languages.lexicon import (
    german_compounds,
    is_known,
    made_of_translations,
    may_be,
    synonyms_of,
    translations_of,
)
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
        things = frozenset([number.unit]) if number.unit else counted_things(number, words, language)
        if things:
            found.append(Figure(number.value, number.upper, number.bound, things, number.start, number.end))
    return tuple(found)


def counted_things(number: NumberMention, words: list[Word], language: str) -> frozenset[str]:
    """The keys of what a number counts; empty when nothing countable follows it."""
    counted = counted_word(number.end, words, language)
    return shared_keys(counted, language) if counted is not None else frozenset()


def counted_word(end: int, words: list[Word], language: str) -> Word | None:
    """The word for what a number that ends there counts; None when nothing countable follows it."""
    behind = bisect_left(words, end, key=lambda word: word.start)
    after = words[behind : behind + _FURTHEST]
    head: Word | None = None
    before = end
    for word in after:
        if word.kind == "number" or word.start > before + 1:
            break  # "stands at 14, police said": more than a blank lies between
        before = word.end
        if word.kind != "word":
            continue
        if is_stop_word(word.text, language):
            if head is not None or language == "en":
                break
            continue
        if head is not None and ends_noun_group(head, word):
            break
        if language == "de":
            if word.text[0].isupper():
                return word
        elif may_be(word.key, language, "n") or not is_known(word.key, language):
            head = word  # the last noun of the group: "North Korean *soldiers*"
        elif head is not None:
            break
    return head


_PLURALS_WITHOUT_S = frozenset("people men women children police personnel".split())
_SELDOM_HEADS = frozenset("news sports arms states nations".split())


def ends_noun_group(head: Word, word: Word) -> bool:
    """Whether an English word after a plural noun is its verb: "12,000 troops | *arrived*", yet "sports *fans*"."""
    plural, lowered = head.text.lower(), word.text.lower()
    if plural in _SELDOM_HEADS or not (plural in _PLURALS_WITHOUT_S or _ends_in_one_s(plural)):
        return False
    return word.text[0].islower() and may_be(word.key, "en", "v") and not _ends_in_one_s(lowered)


def _ends_in_one_s(lowered: str) -> bool:
    return lowered.endswith("s") and not lowered.endswith("ss")


def shared_keys(word: Word, language: str) -> frozenset[str]:
    """Keys for a noun that both languages share: stems of its English translations and synonyms, or its own."""
    return _shared_keys(word.text, word.key, language)


@made_of_translations
@lru_cache(maxsize=32768)
def _shared_keys(text: str, key: str, language: str) -> frozenset[str]:
    meanings: list[str] = []
    if language == "de":
        meanings += translations_of(key, "de", "en")
        if not meanings:
            parts = german_compounds().parts(text)
            meanings += translations_of(parts[-1], "de", "en") if parts else ()
    elif language == "en":
        meanings += [key, *synonyms_of(key, "en")]
    return frozenset(key_of(meaning.split()[-1], "en") for meaning in meanings) or frozenset([key])
