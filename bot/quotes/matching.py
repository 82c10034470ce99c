"""Matching: where a typed claim stands in a source, character for character but for typography (rules Q1 to Q6).

Zero edits: a claim is found when its normal form is a stretch of the source's normal form, and the stretch begins and
ends where a quote may. Elisions, brackets, markup, splices and reorderings need no rule of their own: such a claim is
equal to no stretch, unless the source is written that way itself.

A word divided at a line's end may be read in three ways, so we look for skeletons, which leave out hyphens, and then
compare what was left out: it must be the same, or one of the readings. All of it is linear in the source.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from bot.quotes.borders import span_refusal
from bot.quotes.normalising import Normalised, Span, has_soft_divisions, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HYPHENS = re.compile("-[- ]*")
_ELLIPSIS = re.compile(r"\.\.\.")
_BRACKET = re.compile(r"[\[\](){}<>]")
_MARKUP = re.compile(r"\*|__|#|~~|</?\w|&\w+;")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]{0,2} (?=\S)")
# A hostile source can hold a claim at nearly every place. Nobody needs more places than these, and they bound the time.
MOST_SPANS: Final = 2_000
_MOST_CHECKS = 5_000  # of borders
_MOST_STEPS = 400_000  # places, weighed by the claim's length, and their hyphens


@dataclass(frozen=True, slots=True)
class Located:
    """Where a claim stands, and whether it may be quoted from there (`verdict` is "accept" or "reject").

    `code` is "" when accepted, "misattributed" when the claim stands in another source only (`source`, `start` and
    `end` say where), "fabricated" when it stands nowhere, else a code of `explain_refusal`. Without a place the offsets
    are -1. `ambiguous`: it stands at several places of the source and nothing told which was meant; show the whole
    sentence.
    """

    verdict: str
    code: str
    source: str = ""
    start: int = -1
    end: int = -1
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class _Skeleton:
    """A normal form without its hyphens, and what was left out before which of its characters."""

    key: str
    at: tuple[int, ...]  # in `key`, rising
    removed: tuple[str, ...]  # "-", "- ", "--" …
    length: tuple[int, ...]  # of all that was removed up to and including this one
    divided: frozenset[int]  # which of them divide a word at a line's end


@dataclass(frozen=True, slots=True)
class _Reading:
    normal: Normalised
    skeleton: _Skeleton


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim's skeleton in two spellings of its first letter, and its own hyphens: at its ends and inside."""

    keys: tuple[str, ...]
    lead: str
    tail: str
    inside: tuple[tuple[int, str], ...]


def find_quote(claim: str, text: str) -> tuple[Span, ...]:
    """Every span of `text` that equals the claim under rules Q1 to Q5, in order; empty when it is refused.

    Where the source has the claim's outer quotation marks too, they belong to the span.
    """
    return _search(claim, text)[0]


def explain_refusal(claim: str, text: str) -> str:
    """Why `find_quote` finds nothing, or "" when it finds something.

    "empty" (neither letter nor digit), a code of `borders.span_refusal` when the words stand there but may not be cut
    out, "elision", "brackets", "markup" or "spliced" for what was probably done to the source's words; else
    "not-found".
    """
    return _search(claim, text)[1]


def locate(claim: str, sources: Mapping[str, str], cited: str, near: int | None = None) -> Located:
    """Where a claim stands: in the cited source, else in another one, else nowhere (Q6).

    Of several places in the cited source the one nearest to the code point `near` is taken, without `near` the first.
    """
    code = "not-found"
    if cited in sources:
        spans, code = _search(claim, sources[cited])
        if spans:
            best = spans[0] if near is None else min(spans, key=lambda span: (_distance(span, near), span))
            return Located("accept", "", cited, best.start, best.end, ambiguous=near is None and len(spans) > 1)
    if code == "empty":
        return Located("reject", code)
    for name, text in sources.items():
        if name != cited and (spans := find_quote(claim, text)):
            return Located("reject", "misattributed", name, spans[0].start, spans[0].end)
    return Located("reject", "fabricated" if code == "not-found" else code)


def _distance(span: Span, near: int) -> int:
    return max(span.start - near, near - span.end + 1, 0)


def _search(claim: str, text: str) -> tuple[tuple[Span, ...], str]:
    typed = normalise(claim).text.strip(" ")
    if not any(c.isalnum() for c in typed):
        return (), "empty"
    refusal = ""
    for words in _with_and_without_marks(typed):
        spans: set[Span] = set()
        for reading in _readings(text):
            found, refused = _places(words, reading, text)
            spans.update(found)
            refusal = refusal or refused
        if spans:
            return tuple(sorted(spans)), ""
    return (), refusal or _guess(typed, text)


def _with_and_without_marks(typed: str) -> Iterator[str]:
    """Q2: one pair of outer quotation marks may be the claim's own."""
    yield typed
    if len(typed) > 2 and typed[0] == typed[-1] and typed[0] in "\"'":
        yield typed[1:-1].strip(" ")


@lru_cache(maxsize=4)  # several claims are looked for in one source; a source can be a megabyte
def _readings(text: str) -> tuple[_Reading, ...]:
    forms = [normalise(text)]
    if has_soft_divisions(text):
        forms.append(normalise(text, join_soft=True))
    return tuple(_Reading(form, _skeleton(form.text, form.divisions)) for form in forms)


def _skeleton(normal: str, divisions: frozenset[int] = frozenset()) -> _Skeleton:
    parts: list[str] = []
    at: list[int] = []
    removed: list[str] = []
    divided: set[int] = set()
    done = gone = 0
    for found in _HYPHENS.finditer(normal):
        parts.append(normal[done : found.start()])
        if found.start() in divisions and found.end() - found.start() == 2:
            divided.add(len(at))
        at.append(found.start() - gone)
        removed.append(found.group())
        gone += found.end() - found.start()
        done = found.end()
    parts.append(normal[done:])
    lengths = tuple(accumulate(map(len, removed)))
    return _Skeleton("".join(parts), tuple(at), tuple(removed), lengths, frozenset(divided))


def _claim(words: str) -> _Claim:  # of a normal form
    skeleton = _skeleton(words)
    last = len(skeleton.key)
    hyphens = dict(zip(skeleton.at, skeleton.removed, strict=True))
    lead, tail = hyphens.pop(0, ""), hyphens.pop(last, "")
    return _Claim(tuple(_spellings(skeleton.key)), lead, tail, tuple(hyphens.items()))


def _spellings(key: str) -> Iterator[str]:
    """Q2: the claim as it is, then with its first letter in the other case.

    Both letters must be one character and share their lower case, which tells ı from I and the micro sign from Greek
    mu, and leaves ß alone. A claim that begins with a digit has no first letter.
    """
    yield key
    first = next((i for i, char in enumerate(key) if char.isalnum()), 0)
    letter = key[first]
    for other in sorted({letter.lower(), letter.upper(), letter.title()} - {letter}):
        if len(other) == 1 and other.lower() == letter.lower():
            yield key[:first] + other + key[first + 1 :]


def _places(words: str, reading: _Reading, text: str) -> tuple[list[Span], str]:
    """Where the words stand in one reading of the text, and why the first refused place was refused."""
    if not any(c.isalnum() for c in words):
        return [], ""
    claim = _claim(words)
    spans: list[Span] = []
    refusal = ""
    steps = checks = 0
    for key in claim.keys:
        place = reading.skeleton.key.find(key)
        while place >= 0 and steps < _MOST_STEPS and checks < _MOST_CHECKS and len(spans) < MOST_SPANS:
            steps += 1 + len(key) // 200
            if _cuts_plainly(reading.skeleton, place, len(key)):
                refusal = refusal or "mid-word"
            else:
                bounds, compared = _compare(claim, reading.skeleton, place, len(key))
                steps += compared
                if bounds:
                    checks += 1
                    span = reading.normal.source_span(*bounds)
                    refused = "mid-character" if span is None else span_refusal(text, *span)
                    if span is not None and not refused:
                        spans.append(span)
                    refusal = refusal or refused
            place = reading.skeleton.key.find(key, place + 1)
    return spans, refusal


def _cuts_plainly(skeleton: _Skeleton, place: int, length: int) -> bool:
    """A quick look before the careful one: does a word go on at either end, with not even a hyphen between?"""
    key = skeleton.key
    for border in (place, place + length):
        if 0 < border < len(key) and key[border - 1].isalnum() and key[border].isalnum():
            index = bisect_left(skeleton.at, border)
            if index == len(skeleton.at) or skeleton.at[index] != border:
                return True
    return False


def _compare(claim: _Claim, skeleton: _Skeleton, place: int, length: int) -> tuple[Span | None, int]:
    """The normal form's span at this place of the skeleton if the hyphens agree too, and how many were compared."""
    low = bisect_left(skeleton.at, place)
    high = bisect_right(skeleton.at, place + length)
    first = low + (low < high and skeleton.at[low] == place)
    last = high - (low < high and skeleton.at[high - 1] == place + length)
    before = skeleton.removed[low] if first > low else ""
    after = skeleton.removed[last] if last < high else ""
    if not before.endswith(claim.lead) or not after.startswith(claim.tail):
        return None, 0
    wanted = dict(claim.inside)
    for index in range(first, last):
        want = wanted.pop(skeleton.at[index] - place, "")
        if want != skeleton.removed[index] and not (index in skeleton.divided and want in {"", "-"}):
            return None, index - first + 1
    if wanted:  # a hyphen that the source has not
        return None, last - first
    start = place + (skeleton.length[first - 1] if first else 0) - len(claim.lead)
    end = place + length + (skeleton.length[last - 1] if last else 0) + len(claim.tail)
    return Span(start, end), last - first


def _guess(typed: str, text: str) -> str:
    """What was probably done to the source's words. Only for people; nothing is decided by it."""
    if _ELLIPSIS.search(typed):
        return "elision"
    if _BRACKET.search(typed):
        return "brackets"
    if _MARKUP.search(typed):
        return "markup"
    parts = [part for part in _SENTENCE_END.split(typed) if any(c.isalnum() for c in part)]
    normal = _readings(text)[0].normal.text if 1 < len(parts) <= 20 else ""
    return "spliced" if normal and all(part in normal for part in parts) else "not-found"


