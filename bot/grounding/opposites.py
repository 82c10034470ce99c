"""Opposites: which words of a sentence stand on which side of a pair that cannot both be so.

The pairs are in `data/opposites.tsv`, reviewed by hand. A side with a "not" or the like beside it is *damped*: it says
nothing for certain.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.grounding.amounts import numbers_of

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_NOTHING = "nothing"
# What looks like a side and is none.
_READ_OVER: Final = {
    "de": "nach_wie_vor nach_angaben vor_allem vor_ort vor_gericht nach_bekanntwerden nach_eigenen nach_unten "
    "gab~bekannt gibt~bekannt bekannt_gegeben bekannt_gab "
    "nach_oben vor_dem_hintergrund schwer_zu leicht_zu zu_ende am_ende vor_wenigen vor_kurzem alle_#",
    "en": "fell_ill fall_ill fell_short fall_short close_to lower_house upper_house decline_to declined_to declines_to "
    "declining_to in_the_fall cut_off dead_end up_to high_school high_court high_street early_warning left_behind "
    "opposed_to for_example for_the_first for_the_last full_time part_time all_but after_all above_all at_all "
    "against_the_backdrop all_# every_# fall_apart fell_apart rise_up back_down cut_short",
}
_DAMPER = re.compile(
    r"(?<![^\W_])(?:not|no|never|none|nobody|neither|nor|without|cannot|hardly|barely|scarcely|instead|rather|prevent\w{0,3}"
    r"|avoid\w{0,3}|refus\w{1,3}|reject\w{0,3}|fail\w{0,4}|unable|bann(?:ed|ing)|forb[ai]d\w{0,3}|prohibit\w{0,3}"
    r"|less(?! than)"
    r"|den(?:y|ies|ied)|despite|otherwise|unless|"
    r"nicht(?! [a-zäöüß]{4,25}e[nrsm]? (?-i:[A-ZÄÖÜ]))"
    r"|nichts|nie|niemals|niemand\w{0,2}|weder|kein(?:e[nmrs]?)?|kaum|ohne|statt|anstatt|anstelle|sondern|verhinder\w{1,4}"
    r"|vermeid\w{1,3}|vermied\w{0,2}|verweiger\w{1,4}|weigert\w{0,2}|scheiter\w{1,3}|gescheitert|verboten\w{0,2}|verbiet\w{1,3}"
    r"|untersag\w{1,3}|weniger(?= [a-zäöüß]{3,20}(?: |,|\.))(?! als)|lehn\w{1,3}|abgelehnt|trotz|sonst"
    r"|langsamer|slower|more slowly"
    r")(?![^\W_])|n['’]t(?![^\W_])",
    re.IGNORECASE,
)  # fmt: skip


class Hit(NamedTuple):
    """A side that a sentence has: the places of the first and the last of its words."""

    side: str
    first: int
    last: int
    clause: int
    damped: bool
    places: tuple[int, ...]  # of all its words: what stands between a verb and its particle is none of them


class _Table(NamedTuple):
    exact: dict[str, list[str]]
    begun: dict[str, list[str]]
    ended: dict[str, list[str]]
    rows: dict[str, list[tuple[tuple[str, ...], str]]]
    far: dict[str, list[tuple[str, str]]]


@cache
def rows() -> tuple[tuple[str, ...], ...]:
    """The rows of the table, of three columns for a side and of two for what it is set against."""
    text = (Path(__file__).parent / "data" / "opposites.tsv").read_text("utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _table(language: str) -> _Table:
    column = 1 if language == "de" else 2
    table = _Table({}, {}, {}, {}, {})
    sides = [(row[0], row[column]) for row in rows() if len(row) > 2]
    for side, entries in ((_NOTHING, _READ_OVER[language]), *sides):
        for entry in dict.fromkeys(entries.split()):
            if "~" in entry:
                verb, _, behind = entry.partition("~")
                table.far.setdefault(verb, []).append((behind, side))
            elif "_" in entry:
                row = tuple(entry.split("_"))
                table.rows.setdefault(row[0], []).append((row, side))
            elif entry.startswith("*"):
                table.ended.setdefault(entry[1:], []).append(side)
            elif entry.endswith("*"):
                table.begun.setdefault(entry[:-1], []).append(side)
            else:
                table.exact.setdefault(entry, []).append(side)
    return table


@cache
def opposed() -> dict[str, tuple[tuple[str, str], ...]]:
    """Of each side, those that cannot be so with it, and how near the same thing must stand."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in rows():
        if len(row) > 2:
            continue
        near, _, side = row[0].rpartition(": ")
        others = row[1].split(", ")
        pairs = combinations([side, *others], 2) if near == "each" else [(side, other) for other in others]
        for one, other in pairs:
            found[one] = (*found.get(one, ()), (other, near))
            found[other] = (*found.get(other, ()), (one, near))
    return found


@lru_cache(maxsize=16384)
def _sides_of(token: str, language: str) -> tuple[str, ...]:
    """The sides that a word stands on by itself."""
    table = _table(language)
    sides = list(table.exact.get(token, ()))
    for at in range(_SHORTEST_BEGINNING, len(token) + 1):
        sides += table.begun.get(token[:at], ())
    for at in range(len(token), _SHORTEST_BEGINNING - 1, -1):
        if ended := table.ended.get(token[-at:], ()):
            sides += ended  # the longest ending says what it is: "Nachmittag" is no "Mittag"
            break
    return tuple(dict.fromkeys(sides))


_FURTHEST = 14  # words between a verb and its particle
_ENDS_CLAUSE: Final = frozenset("und oder als wie aber sowie doch nachdem".split())
_SHORTEST_BEGINNING = 3


@lru_cache(maxsize=4096)
def hits_of(said: Statement) -> tuple[Hit, ...]:
    """The sides that the words of a German or English sentence stand on."""
    if said.language not in ("de", "en"):
        return ()
    table = _table(said.language)
    counted = {one.mention.start for one in numbers_of(said).stated}
    tokens = [
        "#" if word.kind == "number" or word.start in counted else word.text.lower().replace("’", "'")
        for word in said.words
    ]
    found: list[tuple[str, tuple[int, ...]]] = []
    taken: set[int] = set()
    for i, token in enumerate(tokens):
        longest: tuple[str, ...] = ()
        sides: list[str] = []
        for row, side in table.rows.get(token, ()):
            if tuple(tokens[i : i + len(row)]) == row and len(row) >= len(longest):
                sides = [*sides, side] if len(row) == len(longest) else [side]
                longest = row
        if longest and i not in taken:
            row_places = tuple(range(i, i + len(longest)))
            found += [(side, row_places) for side in sides]
            taken.update(row_places)
        for behind, side in table.far.get(token, ()):
            end = _place_behind(said, tokens, i, behind)
            if end:
                found.append((side, (i, end)))
                taken.update((i, end))
    for i, token in enumerate(tokens):
        if i in taken or said.words[i].kind != "word":
            continue
        found += [(side, (i,)) for side in _sides_of(token, said.language)]
    starts = [word.start for word in said.words]
    damped: dict[int, set[int]] = {}
    for match in _DAMPER.finditer(said.text):
        place = max(0, bisect_right(starts, match.start()) - 1)
        damped.setdefault(said.clause_of[place], set()).add(place)
    hits = []
    for side, places in sorted(found, key=lambda one: one[1][0]):
        clauses = {said.clause_of[places[0]], said.clause_of[places[-1]]}
        is_damped = any(place not in places for clause in clauses for place in damped.get(clause, ()))
        if side != _NOTHING:
            hits.append(Hit(side, places[0], places[-1], said.clause_of[places[0]], is_damped, places))
    return tuple(hit._replace(damped=True) if _is_undone(said, hit, hits) else hit for hit in hits)


_UNDOING: Final = frozenset({"lift", "abolish", "stop", "call off", "bring to an end"})
_UNDONE: Final = frozenset({"close", "forbid", "impose", "convict", "suspend", "block", "arrest", "tighten", "strike"})
_MARKET = re.compile(r"\b(?:aktien?|börsen?|handel\w{0,10}|index|dax|shares?|stocks?|trading|markets?|märkten?)\b")


def _is_undone(said: Statement, hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether what a word names is lifted in its clause: "the closure was lifted". Shares close without a door."""
    if hit.side in ("open", "close") and _MARKET.search(said.lowered):
        return True
    return hit.side in _UNDONE and any(
        other.side in _UNDOING and other.clause == hit.clause and other.first != hit.first for other in hits
    )


def _place_behind(said: Statement, tokens: Sequence[str], i: int, behind: str) -> int:
    """Where what belongs to a verb stands behind it in the same part of the sentence; 0 where it does not."""
    for j in range(i + 1, min(len(tokens), i + _FURTHEST)):
        if _ENDS.search(said.text, said.words[j - 1].end, said.words[j].start):
            return 0
        if tokens[j] != behind:
            continue
        if behind in ("gegen", "für", "against", "for"):
            if j + 1 < len(tokens) and tokens[j + 1] == "#":
                continue  # "mit 15 gegen 4 Stimmen"
            return j
        last = j + 1 == len(tokens) or tokens[j + 1] in _ENDS_CLAUSE
        if last or said.language == "en" or said.text[said.words[j].end : said.words[j + 1].start].strip():
            return j
    return 0


_ENDS = re.compile(r"[,:](?!\d)|[;.!?](?= )")
