"""Conflicts: figures for the same thing that disagree, and statements that one report denies and another makes.

Only what the question asks for is compared, and only between independent reports. Which side is right, we do not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answers.answer_kinds import counts_focus
from bot.answers.question_words import NEGATIONS, Wanted
from bot.languages.numbers import numbers_in, same_amount
from bot.languages.words import words_in
from bot.stories.clauses import HYPOTHETICAL, clause_around, fates_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.answers.evidence import Candidate, Evidence
    from bot.answers.question import Question
    from bot.languages.numbers import NumberMention

# A sentence takes part when it covers nearly as much of the question as the best one.
COMPARABLE = 0.72
COMPARABLE_INSIDE = 0.7
# Who admits something says it in other words than who denied it.
REVERSING = 0.48
MOST_SIDES = 5


@dataclass(frozen=True, slots=True)
class Stated:
    """One side as it was found: what the sentence states, and the sentences of independent reports that state it."""

    value: str
    candidates: tuple[Candidate, ...]
    bound: str = ""  # "up to", "more than", …


def figure_sides(evidence: Evidence, report_of: Callable[[Candidate], int]) -> tuple[Stated, ...]:
    """The different figures that comparable sentences give for what the question counts, best supported first.

    Fewer than two sides mean that there is no conflict.
    """
    question = evidence.question
    if question.wanted is not Wanted.HOW_MANY or question.focus is None or not evidence.candidates:
        return ()
    groups: list[tuple[NumberMention, str, list[Candidate]]] = []
    for candidate in comparable(evidence):
        language = candidate.version.facts.language
        text = candidate.text
        for number in _answering_numbers(question, text, language):
            words = text[number.start : number.end]
            same = next((g for g in groups if same_amount(g[0], number)), None)
            if same is None:
                groups.append((number, words, [candidate]))
            elif candidate not in same[2]:
                same[2].append(candidate)
    sides = [Stated(words, tuple(candidates), number.bound) for number, words, candidates in groups]
    if not _independent(sides, report_of):
        return ()
    sides.sort(key=lambda side: -max(c.score for c in side.candidates))
    return tuple(sides[:MOST_SIDES])


def reversal_sides(evidence: Evidence, report_of: Callable[[Candidate], int]) -> tuple[Stated, ...]:
    """For a yes-or-no question: sentences that deny what others affirm, the denial first; empty without both."""
    question = evidence.question
    if question.wanted is not Wanted.YES_NO or not evidence.candidates:
        return ()
    verbs = [i for i, key in enumerate(question.keys) if key.is_verb]
    denied: list[Candidate] = []
    affirmed: list[Candidate] = []
    for candidate in comparable(evidence, REVERSING):
        if verbs and not any(candidate.matched[i] for i in verbs):
            continue
        (denied if NEGATIONS.search(candidate.text) else affirmed).append(candidate)
    sides = [Stated("denied", tuple(denied[:3])), Stated("affirmed", tuple(affirmed[:3]))]
    if not denied or not affirmed or not _independent(sides, report_of):
        return ()
    return tuple(sides)


def comparable(evidence: Evidence, share: float = COMPARABLE) -> list[Candidate]:
    """The candidates that answer nearly as much of the question as the best one (a `share` of it), best first."""
    best = evidence.candidates[0]
    return [
        c
        for c in evidence.candidates
        if c.coverage >= share * best.coverage and c.inside >= COMPARABLE_INSIDE * share * best.inside
    ]


def _answering_numbers(question: Question, text: str, language: str) -> list[NumberMention]:
    focus = question.focus
    if focus is None:
        return []
    words = words_in(text, language)
    asked_fates = fates_in(question.text)
    found = []
    for number in numbers_in(text, language):
        if number.kind in ("year", "ordinal", "percent", "money") or not counts_focus(number, focus, words, language):
            continue
        clause = clause_around(text, number.start, number.end)
        if HYPOTHETICAL.search(clause) and not HYPOTHETICAL.search(question.text):
            continue  # a forecast contradicts nobody
        fates = fates_in(clause)
        if fates and not fates & asked_fates:
            continue  # "2,700 soldiers wounded" is no answer to how many were sent
        found.append(number)
    return found


def _independent(sides: Sequence[Stated], report_of: Callable[[Candidate], int]) -> bool:
    """Whether at least two sides come from different reports: one report may count several things."""
    if len(sides) < 2:
        return False
    reports = [{report_of(c) for c in side.candidates} for side in sides]
    # Neither may hold all of the other's reports: then each has a report of its own.
    return any(not a <= b and not b <= a for i, a in enumerate(reports) for b in reports[i + 1 :])
