"""The gate of a question that a model made understandable alone: it may add words of its thread, and no others.

What was asked stays: every word that says something, every number and every "not" of the question itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.grounding import surface_rules
from bot.languages.numbers import numbers_in
from bot.languages.words import is_stop_word, words_in

LONGEST: Final = 400  # code points
_NEGATIONS: Final = frozenset(
    "not no never none nobody nothing without nor cannot nicht kein keine keinen keinem keiner keines nie niemals "
    "niemand nichts ohne weder".split()
)
# What a pronoun, a place or a time that was left out may be put in the place of.
_STANDS_FOR: Final = frozenset(
    "there then that this these those it he she they him her them his its their one ones here so too also else "
    "dort da dann damals das dies diese dieser dieses es er sie ihm ihn ihr ihre ihren seine sein seinen darüber "
    "davon dazu daran dabei hier so auch sonst noch und and or oder what how about was wie".split()
)


def wrong_rewriting(question: str, turns: Sequence[str], rewritten: str, language: str) -> str:
    """Why a rewritten question may not be asked, "" when it may. `turns` are the questions before it in its thread."""
    text = " ".join(rewritten.split())
    if not text or len(text) > LONGEST:
        return "length"
    if surface := surface_rules.forbidden_surface(text, (question, *turns)):
        return surface[0]
    thread = [question, *turns]
    known = {word.key for one in thread for word in words_in(one, language)}
    known |= {word.text.casefold() for one in thread for word in words_in(one, language)}
    mine = words_in(text, language)
    for word in mine:
        lowered = word.text.casefold()
        if word.key not in known and lowered not in known and not is_stop_word(lowered, language):
            return "foreign-word"
    said = {one.value for thread_one in thread for one in numbers_in(thread_one, language)}
    if any(one.value not in said for one in numbers_in(text, language)):
        return "number"
    kept = {word.key for word in mine} | {word.text.casefold() for word in mine}
    for word in words_in(question, language):
        lowered = word.text.casefold()
        says_nothing = is_stop_word(lowered, language) or lowered in _STANDS_FOR
        if not says_nothing and word.key not in kept and lowered not in kept:
            return "lost-word"
    if _negations(question, language) != _negations(text, language):
        return "negation"
    return ""


def _negations(text: str, language: str) -> int:
    return sum(word.text.casefold() in _NEGATIONS for word in words_in(text, language))
