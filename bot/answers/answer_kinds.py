"""Whether a sentence shows an answer of the wanted kind: a number of the right thing, a date, a name, a place, a reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.answers.question import name_keys
from bot.answers.question_words import DEFINITION_SIGNS, MEANS_SIGNS, PLACE_SIGNS, REASON_SIGNS, Wanted
from bot.languages.dates import dates_in
from bot.languages.lexicon import is_german_noun
from bot.languages.names import name_key
from bot.languages.numbers import numbers_in
from bot.languages.words import is_stop_word, words_in

if TYPE_CHECKING:
    from bot.answers.question import Key, Question
    from bot.languages.numbers import NumberMention
    from bot.languages.words import Word

_VAGUE = re.compile(
    r"\b(?:tausende?n?|hunderte?n?|dutzende?n?|zahlreiche|mehrere|thousands|hundreds|dozens|several|scores|millions|millionen)\b",
    re.IGNORECASE,
)
_WORDS_TO_COUNTED = 4  # "12,000 heavily armed North Korean soldiers"
_DATE_PRECISIONS = ("day", "month", "year", "period")


def shows_kind(question: Question, text: str, language: str) -> float:
    """How far the sentence shows what is wanted: 1 as asked, 0 not at all; 0.5 for kinds that show no sign."""
    wanted = question.wanted
    if wanted is Wanted.HOW_MANY:
        return counted(question.focus, text, language)
    if wanted is Wanted.HOW_MUCH:
        return _measured(question, text, language)
    if wanted is Wanted.WHEN:
        return _dated(text, language)
    if wanted in (Wanted.WHO, Wanted.WHERE):
        place = wanted is Wanted.WHERE
        named = new_names(question, text, language)
        if not named:
            return 0.15
        return (1.0 if PLACE_SIGNS.search(text) else 0.55) if place else min(1.0, 0.7 + 0.15 * named)
    if wanted is Wanted.WHY:
        return 1.0 if REASON_SIGNS.search(text) else 0.3
    if wanted is Wanted.HOW:
        return 0.9 if MEANS_SIGNS.search(text) else 0.4
    if wanted is Wanted.DEFINITION:
        return 0.9 if DEFINITION_SIGNS.search(text) else 0.3
    return 0.5


def counted(focus: Key | None, text: str, language: str) -> float:
    """How far the sentence counts the thing asked about."""
    numbers = [n for n in numbers_in(text, language) if n.kind not in ("year", "ordinal")]
    if not numbers:
        return 0.35 if _VAGUE.search(text) else 0.0
    if focus is None:
        return 0.8
    counts = [n for n in numbers if counts_focus(n, focus, words_in(text, language), language)]
    return 1.0 if counts else 0.4


def counts_focus(number: NumberMention, focus: Key, words: list[Word], language: str) -> bool:
    """Whether the number counts the focus: the counted word follows it within a few words ("12.000 … Soldaten")."""
    from bot.library.search_terms import terms_of

    wanted = {one for alternative in focus.alternatives for one in alternative.terms}
    after = [w for w in words if w.start >= number.end][:_WORDS_TO_COUNTED]
    for word in after:
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


def new_names(question: Question, text: str, language: str) -> int:
    """How many words of the sentence look like names that the question does not hold already."""
    asked = name_keys(question)
    found = 0
    for i, word in enumerate(words_in(text, language)):
        if word.kind == "acronym" or (word.kind == "word" and word.text[0].isupper() and len(word.text) > 2):
            if i == 0 and is_stop_word(word.text, language):
                continue
            if language == "de" and is_german_noun(word):
                continue
            if name_key(word.text) not in asked:
                found += 1
    return found
