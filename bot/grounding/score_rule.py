"""Results: what is set against each other keeps its order, or changes it as a whole where winner and loser change.

German tells a result from its subject's side ("0:2-Niederlage"), English mostly from the winner's ("lost 2-0").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.grounding.amounts import numbers_of

if TYPE_CHECKING:
    from bot.grounding.statement import Statement
    from bot.languages.numbers import NumberMention

_RESULT = re.compile(
    r"(?<![\d.,:–-])(\d{1,2})(?:\s?[:–]\s?|-)(\d{1,2})(?![\d.,:–]\d|\d)(?!\s?(?:uhr|[ap]\.?m|percent|prozent|%))",
    re.IGNORECASE,
)
_LOST = re.compile(
    r"\b(?:los(?:e|es|ing|t|s)|defeat\w{0,3}|beaten|knocked out|eliminated|verl(?:or\w{0,3}|ier\w{1,3})|niederlage\w?|unterl(?:ag|agen|iegt|egen)|geschlagen|bezwungen|besiegt\w?)\b|niederlage\b"
)
_WON = re.compile(
    r"\b(?:w[io]ns?|winn\w{2,4}|beat(?:s|ing)?|victory|sieg\w{0,3}|gew(?:ann\w{0,2}|innt|innen|onnen)|besieg\w{1,3}|schlug\w{0,2}|schlägt)\b|sieg\b"
)


@lru_cache(maxsize=4096)
def results_of(said: Statement) -> tuple[tuple[int, int], ...]:
    """The results in figures that a sentence has, in order: "3:1", "6-4"."""
    return tuple((int(m[1]), int(m[2])) for m in _RESULT.finditer(said.text))


def _sides(said: Statement, quotes: Sequence[Statement]) -> int:
    """1 where the sentence has its results as the quotes do, -1 where it has all the other way round, else 0."""
    there = {result for quote in quotes for result in results_of(quote)}
    mine = [r for r in results_of(said) if r[0] != r[1] and (r in there or r[::-1] in there)]
    if not mine:
        return 0
    if all(r in there for r in mine):
        return 1
    return -1 if all(r[::-1] in there for r in mine) else 0


def is_seen_from_the_other_side(said: Statement, quotes: Sequence[Statement]) -> bool:
    """Whether all results are the other way round because the one tells of a defeat and the other of a victory."""
    if _sides(said, quotes) >= 0:
        return False
    if not any(_LOST.search(one.lowered) for one in (said, *quotes)):
        return False
    if not (_LOST.search(said.lowered) or _WON.search(said.lowered)):
        return False
    first = results_of(said)[0]
    only_won = _WON.search(said.lowered) and not _LOST.search(said.lowered)
    return not (only_won and len(results_of(said)) == 1 and first[0] < first[1])


_VOTE = re.compile(
    r"\b(?:votes?|voted|stimm\w{1,6}|beat|los[st]\w?|w[io]n|score\w?|lead\w?|trail\w{0,3}|verl\w{2,6}|gew\w{2,6}|besieg\w{1,3})\b"
)


_MOST_VOTES = 999


def is_result(said: Statement, mention: NumberMention, quotes: Sequence[Statement]) -> bool:
    """Whether a range is rather a result ("33 to 35", "13-14") that a quote has in this order."""
    if mention.upper is None or max(mention.value, mention.upper) > _MOST_VOTES:
        return False
    pair = (int(mention.value), int(mention.upper))
    there = {result for quote in quotes for result in results_of(quote)}
    if pair in there or (pair[::-1] in there and is_seen_from_the_other_side(said, quotes)):
        return True
    if not _VOTE.search(said.lowered):
        return False
    for quote in quotes:
        order = [one.mention.value for one in numbers_of(quote).stated]
        if mention.value in order and mention.upper in order[order.index(mention.value) + 1 :]:
            return True
    return False


def _is_other_winner(said: Statement, quotes: Sequence[Statement]) -> bool:
    """Whether whom a sentence names first has won a result that they lose in the quote, or the other way round."""
    if not results_of(said) or not said.own_names:
        return False
    won, lost = bool(_WON.search(said.lowered)), bool(_LOST.search(said.lowered))
    first = min(said.own_names, key=lambda name: name.place)
    for quote in quotes:
        if (
            won == lost
            or not quote.own_names
            or not set(results_of(quote)) & {r for result in results_of(said) for r in (result, result[::-1])}
        ):
            continue
        won_there, lost_there = bool(_WON.search(quote.lowered)), bool(_LOST.search(quote.lowered))
        same = not min(quote.own_names, key=lambda name: name.place).forms.isdisjoint(first.forms)
        if same and won_there not in (lost_there, won):
            return True
    return False


def turned(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """ "33 to 67" for "67 to 33", "480 of 212" for "212 of 480"."""
    if _is_other_winner(said, quotes):
        return "number", "the other one won"
    if is_seen_from_the_other_side(said, quotes):
        return None
    mine, theirs = numbers_of(said), [numbers_of(quote) for quote in quotes]
    if len(results_of(said)) > 1 and _sides(said, quotes) == 1:
        return None
    there = {pair for numbers in theirs for pair in numbers.pairs}
    if mine.wholes - frozenset().union(*(numbers.wholes for numbers in theirs)):
        return "number", "one number twice"
    for a, b in mine.pairs:
        if (b, a) in there and (a, b) not in there:
            return "number", f"{a:g} and {b:g} changed places"
    scores = frozenset().union(*(numbers.scores for numbers in theirs))
    order = [one.mention.value for one in mine.stated if one.mention.kind == "cardinal"]
    for a, b in scores:  # "14 were for it, 27 against", where the vote was 27 to 14
        if (b, a) not in scores and a in order and b in order and order.index(b) < order.index(a):
            return "number", f"{b:g} stands before {a:g}"
    for a, b in mine.scores - scores:
        if any(a in pair or b in pair for pair in scores) and (a, b) not in there:
            return "number", f"{a:g} to {b:g}"
        for numbers in theirs:  # "by 165 to 178", where 178 were for it and 165 against
            there_too = [one.mention.value for one in numbers.stated if one.mention.kind == "cardinal"]
            if a in there_too and b in there_too and there_too.index(b) < there_too.index(a):
                return "number", f"{a:g} to {b:g}"
    return None
