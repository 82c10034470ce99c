"""Whether a sentence shows an answer of the wanted kind: a number of the right thing, a date, a name, a place.

Reasons and means leave signs, too; where a kind leaves none, nothing is said either way.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from bot.answers.question_words import DEFINITION_SIGNS, MEANS_SIGNS, PLACE_SIGNS, REASON_SIGNS, Wanted
from bot.languages.dates import dates_in
from bot.languages.lexicon import is_german_noun, is_known
from bot.languages.names import name_key
from bot.languages.numbers import numbers_in
from bot.languages.words import Word, is_stop_word, key_of
from bot.library.search_terms import PART, terms_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answers.question import Key, Question
    from bot.languages.numbers import NumberMention

_VAGUE = re.compile(
    r"\b(?:tausende?n?|hunderte?n?|dutzende?n?|zahlreiche|mehrere|thousands|hundreds|dozens|several|scores|millions|millionen)\b",
    re.IGNORECASE,
)
_WORDS_TO_COUNTED = 4  # "12,000 heavily armed North Korean soldiers"
_DATE_PRECISIONS = ("day", "month", "year", "period")


class Stretch(Protocol):
    """What is looked at: a text with its words and those of them that look like names."""

    @property
    def text(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def words(self) -> Sequence[Word]: ...
    @property
    def names(self) -> Sequence[tuple[int, str]]: ...


def shows_kind(question: Question, stretch: Stretch) -> float:
    """How far the stretch shows what is wanted: 1 as asked, 0 not at all; 0.5 for kinds that show no sign."""
    wanted, text, language = question.wanted, stretch.text, stretch.language
    if wanted is Wanted.HOW_MANY:
        return _counted(question.focus, stretch)
    if wanted is Wanted.HOW_MUCH:
        return _measured(question, text, language)
    if wanted is Wanted.WHEN:
        return _dated(text, language)
    if wanted is Wanted.WHERE:
        if not new_names(question, stretch):
            return 0.15
        return 1.0 if PLACE_SIGNS.search(text) else 0.55
    if wanted is Wanted.WHO:
        return _who(question, stretch)
    if wanted is Wanted.WHY:
        return 1.0 if REASON_SIGNS.search(text) else 0.3
    if wanted is Wanted.HOW:
        return 0.9 if MEANS_SIGNS.search(text) else 0.4
    if wanted is Wanted.DEFINITION:
        return _defined(question, stretch)
    return 0.5


def _counted(focus: Key | None, stretch: Stretch) -> float:
    """How far the sentence counts the thing asked about."""
    text, language = stretch.text, stretch.language
    numbers = [n for n in numbers_in(text, language) if n.kind not in ("year", "ordinal")]
    if not numbers:
        return 0.35 if _VAGUE.search(text) else 0.0
    if focus is None:
        return 0.8
    counts = [n for n in numbers if counts_focus(n, focus, stretch.words, language)]
    return 1.0 if counts else 0.4


def counts_focus(number: NumberMention, focus: Key, words: Sequence[Word], language: str) -> bool:
    """Whether the number counts the focus: the counted word follows it within a few words ("12.000 … Soldaten")."""
    wanted = {t for a in focus.alternatives for t in a.terms if not t.startswith(PART)}
    behind = bisect_left(words, number.end, key=lambda word: word.start)
    for word in words[behind : behind + _WORDS_TO_COUNTED]:
        if word.kind == "number":
            return False  # the next number counts what follows it
        if wanted.intersection(terms_of([word], language)):
            return True
    return False


def _measured(question: Question, text: str, language: str) -> float:
    numbers = [n for n in numbers_in(text, language) if n.kind not in ("year", "ordinal")]
    if not numbers:
        return 0.0
    if question.unit == "%":
        return 1.0 if any(n.unit == "%" for n in numbers) else 0.4
    if question.unit == "money":
        return 1.0 if any(n.kind == "money" for n in numbers) else 0.35
    return 1.0 if any(n.unit for n in numbers) else 0.75


def _dated(text: str, language: str) -> float:
    mentions = dates_in(text, language)
    if any(m.precision in _DATE_PRECISIONS for m in mentions):
        return 1.0
    if mentions:
        return 0.7
    return 0.6 if any(n.kind == "year" for n in numbers_in(text, language)) else 0.0


_IDENTITY = re.compile(
    r"\b(?:who (?:is|was|are|were)|wer (?:ist|war|sind|waren)|wie (?:heißt|heißen|hieß|lautet)|name of|named|called)\b",
    re.IGNORECASE,
)
_WHOLE = 0.6  # the weight of an alternative that says all of a key
_ROLE_WORDS = 4  # a role is said within so many words: "minister of the defence"
_NEAR = 6  # words between a role and the name of who has it: "the minister of defence, Jane Doe"


def _who(question: Question, stretch: Stretch) -> float:
    """A name that the question does not hold; where it asks who somebody is, a name beside the role, or the reverse."""
    words, text, language = stretch.words, stretch.text, stretch.language
    names = new_names(question, stretch)
    if not _IDENTITY.search(question.text):
        return min(1.0, 0.7 + 0.15 * len(names)) if names else 0.15
    roles = [key for key in question.keys if not key.is_name]
    if not roles:
        # "Who is Jane Doe?": her name with an apposition.
        asked = question.names
        at = [w.end for w in words if name_key(w.text) in asked]
        return 0.9 if any(_APPOSITION.match(text, end) for end in at) else 0.4
    of_words = [terms_of([word], language) for word in words]
    at_roles = [
        i
        for i in range(len(words))
        if any(key.match({t for terms in of_words[i : i + _ROLE_WORDS] for t in terms}) >= _WHOLE for key in roles)
    ]
    named = set(names)
    near = any(i in named for at in at_roles for i in range(at - _NEAR, at + _NEAR + 1))
    return 1.0 if near else 0.2


_APPOSITION = re.compile(r"\s?(?:,|\(|–|-|ist\b|war\b|is\b|was\b|als\b|as\b)")


def _defined(question: Question, stretch: Stretch) -> float:
    """A defining word close behind or before what is asked about."""
    words, text, language = stretch.words, stretch.text, stretch.language
    for i, word in enumerate(words):
        terms = set(terms_of(words[i : i + _ROLE_WORDS], language))
        if any(key.match(terms) >= _WHOLE for key in question.keys):
            if DEFINITION_SIGNS.search(text[max(0, word.start - 30) : word.start]):
                return 0.9
            if DEFINITION_SIGNS.search(text[word.end : word.end + 30]):
                return 1.0
    return 0.3


def new_names(question: Question, stretch: Stretch) -> list[int]:
    """Which words of the sentence look like names that the question does not hold already, by their place."""
    return [i for i, name in stretch.names if name not in question.names]


# Written with a capital, and nobody's name. April, August, May and June are.
_CALENDAR: Final = frozenset(
    "january february march july september october november december januar februar märz juni juli oktober dezember "
    "monday tuesday wednesday thursday friday saturday sunday "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag".split()
)


def name_like(text: str, words: Sequence[Word], language: str) -> tuple[tuple[int, str], ...]:
    """The words that look like names, each by its place and its `name_key`."""
    found = []
    for i, word in enumerate(words):
        name = _named_by(word.text, word.key, word.kind, language) if word.text[0].isupper() else ""
        if not name:
            continue
        # At the start every word has a capital, and "High-Level-Treffen" is no person.
        if language != "de" and i == 0 and is_known(word.key, language):
            continue
        hyphen = text[word.end : word.end + 1] == "-" and text[word.end + 1 : word.end + 2].isalpha()
        if hyphen and is_known(key_of(word.text, "en"), "en"):
            continue
        if i and text[word.start - 1] == "-" and is_known(key_of(word.text, "en"), "en"):
            continue
        found.append((i, name))
    return tuple(found)


@lru_cache(maxsize=16384)
def _named_by(text: str, key: str, kind: str, language: str) -> str:
    """The `name_key` of a word with a capital that may be a name by itself; "" when it is none."""
    if kind not in ("word", "acronym") or (kind == "word" and len(text) <= 2) or text.lower() in _CALENDAR:
        return ""
    if language == "de" and kind == "word" and is_german_noun(Word(0, len(text), text, key, kind)):
        return ""
    return "" if is_stop_word(text, language) else name_key(text)
