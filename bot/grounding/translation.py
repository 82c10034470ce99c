"""The gate of a translation: the same numbers, dates, names, negations, claims and speakers as the original, in the
wanted language.

A translation stands below its quote and is never within quotation marks. It may be clumsy; it may not say another
thing. What cannot be compared (other languages than German and English) is compared by numbers and names alone.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from bot.grounding import (
    contrast_rule,
    date_rule,
    deed_rule,
    denied_rule,
    exchange_rule,
    hedge_rule,
    name_rule,
    negation_rule,
    number_rule,
    plan_rule,
    speaker_rule,
    surface_rules,
)
from bot.grounding.gate import Rule
from bot.grounding.statement import Statement, statement

LONGEST: Final = 900  # code points
_SHORTER, _LONGER = 0.4, 2.6  # times the original; a script without letters for sounds is far shorter
_COMPARABLE: Final = frozenset({"de", "en"})
_UNTRANSLATED = 5  # words
_QUOTATION: Final = frozenset('„“”"«»‹›')


def wrong_translation(
    original: str, translated: str, *, source: str, target: str, day: date | None = None, prompts: tuple[str, ...] = ()
) -> tuple[Rule, str] | None:
    """Why a translation may not be shown; None when it may. `day` is the original's, if it is known.

    Languages are ISO 639-1 codes. Quotation marks of the original may stand in the translation as often as there.
    """
    text = " ".join(translated.split())
    if wrong := surface_rules.wrong_length(text, LONGEST):
        return Rule.LENGTH, wrong
    if surface := surface_rules.forbidden_surface(text, (original,)):
        return Rule(surface[0]), surface[1]
    if echo := surface_rules.echoes_prompt(text, prompts, (original,)):
        return Rule.PROMPT_ECHO, echo
    if word := name_rule.lookalike(text):
        return Rule.LOOKALIKE, word
    if _marks(text) > _marks(original):
        return Rule.QUOTED_TEXT, "more quotation marks than the original"
    if not _SHORTER * len(original) <= len(text) <= _LONGER * len(original) + 20 and {source, target} <= _COMPARABLE:
        return Rule.LENGTH, f"{len(text)} for {len(original)}"
    if text == " ".join(original.split()) and source != target and len(text.split()) >= _UNTRANSLATED:
        return Rule.LANGUAGE, source
    there, here = statement(original, source, day), statement(text, target, day)
    if other := surface_rules.wrong_language(text, target, frozenset(n.text for n in (*here.names, *there.names))):
        return Rule.LANGUAGE, other
    return _added(here, there) or _lost(here, there) or _moved(here, there)


def _marks(text: str) -> int:
    """How many quotation marks a text has, of whatever form but the apostrophe's."""
    return sum(char in _QUOTATION for char in text)


def _moved(here: Statement, there: Statement) -> tuple[Rule, str] | None:
    """A claim that became a fact, or words and deeds that became somebody else's. Of German and English alone."""
    if not {here.language, there.language} <= _COMPARABLE:
        return None
    if hedge := hedge_rule.lost_hedge(here, (there,)):
        return Rule.HEDGE, hedge
    if early := plan_rule.told_too_early(here, (there,)):
        return Rule.HEDGE, early
    if opposite := contrast_rule.opposite(here, (there,)) or denied_rule.denied_there(here, (there,)):
        return Rule.NEGATION, opposite
    if speaker := speaker_rule.moved_speech(here, (there,), ("",)) or speaker_rule.mixed_up(here, (there,)):
        return Rule.ATTRIBUTION, speaker
    if places := exchange_rule.exchanged(here, (there,)) or deed_rule.exchanged_deed(here, (there,)):
        return Rule.ATTRIBUTION, places
    if speaker_rule.changed_places(here, (there,)):
        return Rule.ATTRIBUTION, "changed places"
    return None


def _added(here: Statement, there: Statement) -> tuple[Rule, str] | None:
    """What the translation has and the original has not."""
    if number := number_rule.wrong_number(here, (there,)):
        return Rule(number[0]), number[1]
    if day := date_rule.wrong_date(here, (there,)):
        return Rule.DATE, day
    if name := name_rule.wrong_name(here, (there,)):
        return Rule.NAME, name
    if {here.language, there.language} <= _COMPARABLE and (wrong := negation_rule.wrong_negation(here, (there,))):
        return Rule.NEGATION, wrong
    return None


def _lost(here: Statement, there: Statement) -> tuple[Rule, str] | None:
    """What the original has and the translation has not: an answer may leave out, a translation may not."""
    if number := number_rule.wrong_number(there, (here,)):
        return Rule(number[0]), number[1]
    if day := date_rule.wrong_date(there, (here,)):
        return Rule.DATE, day
    if name := name_rule.wrong_name(there, (here,), sure=True):
        return Rule.NAME, name
    if {here.language, there.language} <= _COMPARABLE and (wrong := negation_rule.wrong_negation(there, (here,))):
        return Rule.NEGATION, wrong
    return None
