"""Contradictions: what two texts that are nearly the same say differently: figures, a "not", an opposite, the days.

Only sentences that speak of the same thing are compared, and only what the other text says nowhere counts: a translator
may move a figure, an editor may leave one out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bot.languages.words import key_of
from bot.stories.amounts import comparable, may_be_a_slip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.stories.alignment import Alignment
    from bot.stories.fingerprints import Content, Fingerprint

_COMPARABLE = 0.4  # share of a sentence's words that the other text's sentence has too
_SAME_BUT_FOR = 0.8  # then a "not" more or less is the difference
_RETOLD_BUT_FOR = 0.9  # translators turn a "not" into another word often enough
_OPPOSED = 0.6
_TURNING = "warn avoid prevent discourage"  # with these a "not" may be left out: "warned (not) to travel"
_OTHER_WORDS = 3  # "did not confirm" for "confirmed"
_LEAD = 2  # sentences

# Opposites among what news reports turn round; English, because German words lead there.
_OPPOSITES = (
    ("rise increase raise climb higher grow", "fall drop decrease lower sink reduce cut"),
    ("confirm acknowledge admit", "deny"),
    ("accept approve adopt agree", "reject refuse oppose"),
    ("win beat", "lose"),
    ("open reopen", "close shut"),
    ("convict guilty", "acquit innocent"),
    ("arrest detain", "release"),
    ("allow permit", "ban forbid prohibit"),
)
_DAYS = "monday tuesday wednesday thursday friday saturday sunday"


def contradiction(one: Fingerprint, other: Fingerprint, there: Alignment, back: Alignment, *, edited: bool) -> str:
    """What speaks against two documents being one report, in plain English; empty when nothing does.

    `there` aligns `one` with `other`, `back` the other way round. `edited`: most of the wording is the same, so that a
    "not" more or less was put there on purpose.
    """
    return _compare(one, other, there, back, edited=edited) or _compare(other, one, back, there, edited=edited)


def _compare(one: Fingerprint, other: Fingerprint, there: Alignment, back: Alignment, *, edited: bool) -> str:
    days, days_there = _keys(_DAYS) & one.concepts, _keys(_DAYS) & other.concepts
    for number, mine in enumerate(one.sentences):
        if one.text_of(number) in other.lines:
            continue
        match = there.match(number)
        if match.share < _COMPARABLE:
            continue
        # Each the best the other has: what resembles a sentence that was left out contradicts nothing.
        window = [
            i
            for i in (match.first, match.first + 1)
            if i < len(other.sentences) and other.sentences[i] and back.match(i).first in (number - 1, number)
        ]
        lost = [a for a in one.amounts[number] if a not in other.stated]
        if lost:
            instead = [b for i in window for b in other.amounts[i] if b not in one.stated]
            for a in lost:
                others = [b for b in instead if comparable(a, b)]
                on_purpose = edited or number < _LEAD
                if others and (on_purpose or not any(may_be_a_slip(a, b) for b in others)):
                    return "other figures"
        if (
            edited
            and not days & days_there
            and days & _concepts(mine)
            and any(days_there & _concepts(other.sentences[i]) for i in window)
        ):
            return "other days"
        alike = {i: min(_shared(mine, other.sentences[i]), _shared(other.sentences[i], mine)) for i in window}
        nearest = max(alike, key=alike.__getitem__, default=-1)
        if nearest < 0 or alike[nearest] < _OPPOSED:
            continue
        if _opposed(mine, other.sentences[nearest]):
            return "the opposite"
        same = [i for i in window if alike[i] >= (_SAME_BUT_FOR if edited else _RETOLD_BUT_FOR)]
        strictly = not edited and number >= _LEAD
        if same and all(_only_negated(one, number, other, i, strictly=strictly) for i in same):
            return "a negation"
    return ""


def _shared(one: Sequence[Content], other: Sequence[Content]) -> float:
    """Share of the words of `one` that `other` has too."""
    if not one:
        return 0.0
    senses = frozenset().union(*(content.senses for content in other))
    return sum(1 for content in one if not senses.isdisjoint(content.senses)) / len(one)


def _only_negated(one: Fingerprint, number: int, other: Fingerprint, number_there: int, *, strictly: bool) -> bool:
    """Whether two sentences differ by a "not" and hardly anything else; `strictly`: it was put to the very same words.

    Who retells says "superfluous" for "no longer needed", and "failed to" for "did not".
    """
    if _concepts((*one.sentences[number], *other.sentences[number_there])) & _keys(_TURNING):
        return False
    mine, theirs = one.tones[number], other.tones[number_there]
    if mine.negated == theirs.negated or abs(mine.words - theirs.words) > _OTHER_WORDS:
        return False
    plain, denying = one.sentences[number], other.sentences[number_there]
    if mine.negated:
        plain, denying = denying, plain
    return not strictly or _shared(plain, denying) == 1.0


@cache
def _opposites() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    return tuple((_keys(one), _keys(other)) for one, other in _OPPOSITES)


@cache
def _keys(words: str) -> frozenset[str]:
    return frozenset(key_of(word, "en") for word in words.split())


def _opposed(one: Sequence[Content], other: Sequence[Content]) -> bool:
    mine, theirs = {c.concept for c in one}, {c.concept for c in other}
    for up, down in _opposites():
        for this, that in ((up, down), (down, up)):
            if mine & this and not mine & that and theirs & that and not theirs & this:
                return True
    return False


def _concepts(sentence: Iterable[Content]) -> frozenset[str]:
    return frozenset(content.concept for content in sentence)
