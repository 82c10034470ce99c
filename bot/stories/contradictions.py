"""Contradictions: what two texts that are nearly the same say differently: figures, a "not", an opposite, the days.

Only sentences that speak of the same thing are compared, and only what the other text says nowhere counts: a translator
may move a figure, an editor may leave one out. A short report is little more than its news: there one word that stands
instead of another makes it another report, and so does another figure in the first sentence.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from bot.languages.lexicon import synonyms_of
from bot.languages.words import key_of, words_in
from bot.library.search_terms import term
from bot.stories.amounts import Stated, comparable, may_be_a_slip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.stories.alignment import Alignment
    from bot.stories.fingerprints import Content, Fingerprint

_COMPARABLE = 0.4  # share of a sentence's words that the other text's sentence has too
_SAME_BUT_FOR = 0.8  # then a "not" more or less is the difference
_RETOLD_BUT_FOR = 0.9  # translators turn a "not" into another word often enough
_OPPOSED = 0.6
_TURNING = "warn avoid prevent discourage"  # with these a "not" may be left out: "warned (not) to travel"
_OTHER_WORDS = 3  # "did not confirm" for "confirmed"
_LEAD = 2  # sentences
FEW_WORDS = 26  # that say something: what is shorter is its news and nothing else
_SHORT = 45
_LONGEST_READ = 1000  # code points of a sentence

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
# What says whether somebody stands by a claim. Some German verbs stand in two parts, far from each other.
_ADMITS = re.compile(
    r"\b(?:acknowledg(?:e[sd]?|ing)|admit(?:s|ted|ting)?|conced(?:e[sd]?|ing)|confirm(?:s|ed|ing)?"
    r"|bestätig(?:t|te|ten|en)|(?:ein)?geräumt|einräum(?:t|te|ten|en)|eingestand(?:en)?|gest(?:eht|ehen|anden?)|zugegeben"
    r"|zugab(?:en)?|zugibt|zugeben|(?:an)?erkannt(?:e|en)?|anerkenn(?:t|en)|stimm(?:t|te|ten|en)\b.{0,120}\bzu"
    r"|(?:gibt|gab|geben|gaben)\b.{0,120}\bzu|räum(?:t|te|ten|en)\b.{0,120}\bein)\b(?!\s+zu\b)",
    re.I,
)
_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut(?:e[sd]?|ing)|disput(?:e[sd]?|ing)"
    r"|bestr(?:eitet|eiten|itt|itten)|dementier(?:t|te|ten|en)|leugne(?:t|te|ten|n)|geleugnet|verneint(?:e|en)?"
    r"|widersp(?:richt|rach|rechen|rachen|rochen)|zurückgewiesen|zurückweis(?:t|en)|zurückwies(?:en)?|abgestritten"
    r"|(?:weist|wies|weisen|wiesen)\b.{0,120}\bzurück|(?:streitet|stritt|streiten|stritten)\b.{0,120}\bab"
    r"|(?:schließt|schloss|schließen|schlossen)\b.{0,120}\baus|(?:lehnt|lehnte|lehnen|lehnten)\b.{0,120}\bab)\b",
    re.I,
)
# "Headline | The Halvik Post", "Headline - Post": who prints it, not what it says.
_OUTLET = re.compile(r"\s[|–—-]\s[^|–—]{2,40}\Z")


def contradiction(one: Fingerprint, other: Fingerprint, there: Alignment, back: Alignment, *, edited: bool) -> str:
    """What speaks against two documents being one report, in plain English; empty when nothing does.

    `there` aligns `one` with `other`, `back` the other way round. `edited`: most of the wording is the same, so that a
    "not" more or less was put there on purpose.
    """
    return (
        _compare(one, other, there, back, edited=edited)
        or _compare(other, one, back, there, edited=edited)
        or (_other_lead(one, other) if not edited and min(one.size, other.size) < _SHORT else "")
        or _put_otherwise(one, other, there, edited=edited)
        or _put_otherwise(other, one, back, edited=edited)
    )


def _put_otherwise(one: Fingerprint, other: Fingerprint, there: Alignment, *, edited: bool) -> str:
    """What speaks against two texts being one report when one of them is short."""
    if min(one.size, other.size) >= _SHORT:
        return ""
    # Who retells a long report in short puts many things otherwise.
    same_form = edited or (one.language == other.language and max(one.size, other.size) < FEW_WORDS)
    word_by_word = same_form and min(one.size, other.size) < FEW_WORDS
    for number in range(len(one.sentences)):
        match = there.match(number)
        if one.text_of(number) in other.lines or match.share < _COMPARABLE:
            continue
        window = [i for i in (match.first, match.first + 1) if i < len(other.sentences)]
        stand = _stand(one.text_of(number))
        if stand and -stand in [_stand(other.text_of(i)) for i in window]:
            return "the opposite"
        if word_by_word and any(_other_words(one, number, other, i) for i in window):
            return "another word"
    return ""


def _other_lead(one: Fingerprint, other: Fingerprint) -> str:
    """Whether the first sentences that give figures give others: then an older figure is recalled further down."""
    mine, theirs = (next((amounts for amounts in p.amounts[:_LEAD] if amounts), ()) for p in (one, other))
    said = Stated(theirs)
    if any(a in said for a in mine) or any(may_be_a_slip(a, b) for a in mine for b in theirs):
        return ""
    return "other figures" if any(comparable(a, b) for a in mine for b in theirs) else ""


def _stand(sentence: str) -> int:
    """1 when a sentence tells that somebody stands by a claim, -1 when that is denied; 0 when it is neither or both."""
    start = sentence[:_LONGEST_READ]
    return (_ADMITS.search(start) is not None) - (_DENIES.search(start) is not None)


def _other_words(one: Fingerprint, number: int, other: Fingerprint, number_there: int) -> bool:
    """Whether two sentences that are alike each say a word that the other text has not, nor one that means the same."""
    here, there = one.sentences[number], other.sentences[number_there]
    if min(_shared(here, there), _shared(there, here)) < _OPPOSED:
        return False
    mine = list(_missing(one, number, other))
    theirs = list(_missing(other, number_there, one))
    return any(not any(_mean_the_same(a, b) for b in theirs) for a in mine) and any(
        not any(_mean_the_same(a, b) for a in mine) for b in theirs
    )


def _missing(one: Fingerprint, number: int, other: Fingerprint) -> Iterator[Content]:
    """The words of a sentence that the other text has not; who prints a headline is none of them."""
    text = one.text_of(number)
    outlet = _OUTLET.search(text) if number == len(one.sentences) - 1 else None
    named = {term(word.key, one.language) for word in words_in(outlet.group(), one.language)} if outlet else ()
    senses = other.senses
    for content in one.sentences[number]:
        counted = not content.concept or content.concept in _keys(_DAYS)  # numbers and days are compared elsewhere
        if not counted and content.term not in named and senses.isdisjoint(content.senses):
            yield content


def _mean_the_same(one: Content, other: Content) -> bool:
    return bool(_synonyms(one) & _synonyms(other))


def _synonyms(content: Content) -> frozenset[str]:
    language, _, key = content.term.partition(":")
    return frozenset([key, *(key_of(word, language) for word in synonyms_of(key, language) if " " not in word)])


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
