"""The decision: does the evidence answer the question, or do the sources not say? With the reason in a code.

Not a threshold on BM25: what is decided is whether some sentence, with what stands around it, covers what the question
asks for: its names, what it counts or chooses, its rare words, and the kind of answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answers.question_words import LACK_SIGNS, NEGATIONS, Wanted

if TYPE_CHECKING:
    from bot.answers.evidence import Candidate, Evidence
    from bot.answers.question import Key

# On labelled questions this refuses nine of ten without an answer and keeps nine of ten with one.
ENOUGH = 0.42
# A key counts as there when the sentence or what stands around it says it at least this well.
THERE = 0.3
NEAR_BY = 0.4  # … and as near by when the sentence before or the title says it
# A noun or verb that stands nowhere around, not even by half a word, and bears so much of the question, is what was
# asked about. Only in the question's own language: what no list translates may be there unseen.
NOWHERE, WEIGHTY = 0.05, 0.32
COUNTED = 0.8  # how far a sentence shows a count of the thing itself
_LOOKED_AT = 8
_HALF_SURE = 12.0  # BM25 times sufficiency at which the confidence is about two thirds
# Kinds of answer that leave a sign in the sentence; without the sign it is no answer.
_SIGNED = {Wanted.HOW_MANY: 0.4, Wanted.HOW_MUCH: 0.3, Wanted.WHEN: 0.5, Wanted.WHO: 0.3}


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether there is enough, how sure that is, and what is missing.

    `confidence` (0..1) orders questions to one library by how likely they are answered. It grows with how much was
    found in absolute terms, so it is no measure between libraries of different size; what is enough does not depend
    on it.
    """

    enough: bool
    confidence: float
    reason: str  # "", "no-question", "nothing-about", "kind-missing", "not-together"
    missing: tuple[Key, ...]
    answering: tuple[Candidate, ...]  # the candidates that are enough by themselves, best first


def decide(evidence: Evidence) -> Decision:
    """Decide over the best candidates. Pure: the same evidence gives the same decision."""
    question = evidence.question
    if not question.keys:
        return Decision(False, 0.0, "no-question", (), ())
    if not evidence.candidates:
        return Decision(False, 0.0, "nothing-about", _rarest(evidence), ())
    judged = [(sufficiency(c, evidence), c) for c in evidence.candidates[:_LOOKED_AT]]
    surest, best = max(judged, key=lambda pair: pair[0])
    confidence = 1 - math.exp(-surest * evidence.best_passage / _HALF_SURE)
    confidence *= math.sqrt(1 - _weightiest_gap(best, evidence))
    missing = _missing(evidence)
    if surest >= ENOUGH:
        enough = tuple(c for value, c in judged if value >= max(ENOUGH * 0.9, surest * 0.6))
        return Decision(True, confidence, "", missing, enough)
    if missing:
        return Decision(False, confidence, "nothing-about", missing, ())
    kindless = all(c.kind < _SIGNED.get(question.wanted, 0.0) for _, c in judged)
    return Decision(False, confidence, "kind-missing" if kindless else "not-together", (), ())


def _weightiest_gap(candidate: Candidate, evidence: Evidence) -> float:
    """How much of the question hangs on the one key that the sentence and what stands around it say worst.

    A question that was meant for another story shares most of its words with this one; one is missing.
    """
    return max(weight * (1 - around) for weight, around in zip(evidence.weights, candidate.around, strict=True))


def sufficiency(candidate: Candidate, evidence: Evidence) -> float:
    """How surely a sentence answers the question, 0..1."""
    question = evidence.question
    value = _judgeable_coverage(candidate, evidence)
    names = named = others = said = missed = 0.0
    same_language = candidate.version.facts.language == question.language
    others_number = False
    for key, weight, inside, around in zip(
        question.keys, evidence.weights, candidate.matched, candidate.around, strict=True
    ):
        others_number |= key.is_number and inside < THERE and around < NEAR_BY
        if key.is_name and key.crosses:
            names += weight
            named += weight * (around >= THERE)
        elif not key.is_name:
            others += weight
            said += weight * min(1.0, around / 0.9)
        if around < NOWHERE and same_language and (key.is_verb or key.is_thing):
            missed = max(missed, weight)
        if key.is_focus and around < THERE and key.crosses:
            value *= 0.6 if question.wanted in (Wanted.HOW_MANY, Wanted.HOW_MUCH) else 0.8
    if names:
        value *= 1 - 0.6 * (1 - named / names)  # another person's, another country's news
    if names and others and said / others < 0.25:
        value *= 0.45  # the right people, but nothing of what is asked about them
    if missed >= WEIGHTY:
        value *= 0.6  # all but what the question is about: how many were *lost*, whose *wife*
    if others_number:
        value *= 0.7  # another year's, another number's
    if question.denies and not (NEGATIONS.search(candidate.text) or LACK_SIGNS.search(candidate.text)):
        value *= 0.4  # what is so answers no question about what is not
    needed = _SIGNED.get(question.wanted)
    if needed is not None and candidate.kind < needed:
        value *= 0.45 if question.wanted is not Wanted.WHO else 0.55
    elif question.wanted is Wanted.HOW_MANY and question.focus is not None and candidate.kind < COUNTED:
        value *= 0.7  # it holds a number, but of something else
    strength = 1 - math.exp(-evidence.best_passage / 6.0)
    return min(1.0, value * (0.75 + 0.25 * candidate.kind) * (0.8 + 0.2 * strength) * 1.12)


def _judgeable_coverage(candidate: Candidate, evidence: Evidence) -> float:
    """Coverage over the keys whose absence means something: a word we cannot translate may be there unseen."""
    language = candidate.version.facts.language
    total = covered = 0.0
    for key, weight, around in zip(evidence.question.keys, evidence.weights, candidate.around, strict=True):
        foreign = language != evidence.question.language
        trust = 1.0 if key.crosses or not foreign else 0.35
        if key.is_verb and foreign:
            trust *= 0.7  # verbs have the most translations that no list holds
        total += weight * max(trust, around)
        covered += weight * around * max(trust, around)
    return covered / total if total else 0.0


def _missing(evidence: Evidence) -> tuple[Key, ...]:
    """The keys that no candidate has, weightiest first."""
    found = []
    for i, key in enumerate(evidence.question.keys):
        if max(c.around[i] for c in evidence.candidates[:40]) < THERE:
            found.append((evidence.weights[i], key))
    return tuple(key for _, key in sorted(found, key=lambda pair: -pair[0]))


def _rarest(evidence: Evidence) -> tuple[Key, ...]:
    order = sorted(zip(evidence.weights, evidence.question.keys, strict=True), key=lambda pair: -pair[0])
    return tuple(key for _, key in order[:2])
