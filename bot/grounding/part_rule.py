"""Parts and wholes: what a quote says of a part is not said of the whole, and no part is greater than its whole.

"Eleven were hurt, two of them badly": it is two who were hurt badly. "12 of 87 applications": it is 12 that were approved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

from bot.grounding.amounts import LARGE, Numbers, Stated, named, numbers_of, same_value
from bot.grounding.number_word_rule import PART_VALUES

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

OF_WHOM = re.compile(
    r"\b(?:davon|darunter|unter ihnen|von ihnen|von denen|of (?:which|whom|them|those)|includ(?:es?|ed|ing)|among them|amongst them|einschließlich|inklusive)\b"
)
_END = re.compile(r"[.;:]\s|\s[–—-]\s|,\s(?=(?:said|sagte|teilte|according|laut|so|wie|as|which|der|die|das)\b)")
_LISTS = frozenset({"darunter", "among them", "amongst them", "unter ihnen", "einschließlich", "inklusive"})
_COMMA = re.compile(r"[.;:,]\s|\s[–—-]\s")
_SOME = re.compile(
    r"\b(?:many|most|mostly|some|several|partly|mainly|half|viele\w?|meist\w{0,3}|einige\w?|mehrere\w?|teils|teilweise|vor allem|with|mit|auch|also|plus|and|und|sowie)\b"
)
_OF = re.compile(
    r"\s(?:of|out of|von|der|ihrer|seiner|aus)\s(?:(?:the|its|his|her|their|all|den|insgesamt|around|about|rund|etwa|some|damals|originally|[^\W\d_]{2,20}['’]s)\s){0,3}",
    re.IGNORECASE,
)
_AS_A_WHOLE = re.compile(
    r"\b(?:total|insgesamt|altogether|in all|out of|of(?: the| its| their)?(?: [^\W\d_]{2,20}['’]s)?|has|have|having|hat|haben|with|mit|own\w{0,2}|besitz\w{1,2}|betreib\w{1,2}|runs?|operat\w{1,4}|employ\w{0,3}|beschäftig\w{1,3}|fleet|flotte|among|unter|zusammen|umfass\w{1,3}|compris\w{1,3})\s\Z"
)


class Part(NamedTuple):
    """What a quote says of a part: the number of the whole, and the words that belong to the part alone."""

    whole: Stated
    words: tuple[frozenset[str], ...]


_ALL = re.compile(r"\b(?:all|alle) $")


def _more_than_all(said: Statement, quotes: Sequence[Statement]) -> str:
    """ "312 of the 45", "of nineteen, 19"."""
    for a, b in pairwise(numbers_of(said).stated):
        if {a.mention.kind, b.mention.kind} != {"cardinal"} or a.mention.unit or b.mention.unit:
            continue
        of = _OF.fullmatch(said.text, a.mention.end, b.mention.start) and a.mention.value > b.mention.value
        if not of and not (a.of_whom and a.mention.value == b.mention.value):
            continue
        pairs = [
            (x.mention.value, y.mention.value)
            for quote in quotes
            for x, y in pairwise(numbers_of(quote).stated)
            if not of or _OF.fullmatch(quote.text, x.mention.end, y.mention.start)
        ]
        if (a.mention.value, b.mention.value) not in pairs:
            return f"{named(a.mention)} of {named(b.mention)}"
    return ""


def part_for_whole(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """("number", what) where a sentence says of a whole what its quotes say of a part."""
    if wrong := _more_than_all(said, quotes):
        return "number", wrong
    mine = numbers_of(said).stated
    for quote in quotes:
        for part, whole in _shares(quote):
            for one in mine:
                if (
                    same_value(one.mention, whole.mention)
                    and not _has(mine, part)
                    and not _is_whole_there(said, one, quotes, quote)
                ):
                    return "number", f"{named(whole.mention)} for {named(part.mention)}"
        if (marker := OF_WHOM.search(said.lowered)) and not _ALL.search(said.lowered[: marker.start()]):
            continue
        for piece in _parts_of(quote):
            for one in mine:
                if same_value(one.mention, piece.whole.mention) and _has_words_of(said, one, piece, quotes):
                    return "number", f"{named(one.mention)} for a part"
    return None


def _has(stated: Sequence[Stated], other: Stated) -> bool:
    return any(same_value(one.mention, other.mention) for one in stated)


@lru_cache(maxsize=4096)
def _shares(quote: Statement) -> tuple[tuple[Stated, Stated], ...]:
    """The pairs of "12 of 87 applications"."""
    found = []
    for a, b in pairwise(numbers_of(quote).stated):
        if {a.mention.kind, b.mention.kind} != {"cardinal"}:
            continue
        if a.mention.value < b.mention.value and _OF.fullmatch(quote.text, a.mention.end, b.mention.start):
            found.append((a, b))
        if a.of_whom and b.mention.value < a.mention.value:  # "von 1.150 Rechnern sind 340 verschlüsselt"
            found.append((b, a))
    return tuple(found)


def _is_whole_there(said: Statement, one: Stated, quotes: Sequence[Statement], quote: Statement) -> bool:
    """Whether the sentence gives the number as a whole, or another quote has it by itself."""
    if _AS_A_WHOLE.search(said.lowered[max(0, one.mention.start - 24) : one.mention.start]):
        return True
    return any(_has(numbers_of(other).stated, one) for other in quotes if other is not quote)


@lru_cache(maxsize=4096)
def _parts_of(quote: Statement) -> tuple[Part, ...]:
    return tuple(_read_parts(quote))


def _read_parts(quote: Statement) -> Iterator[Part]:
    stated = numbers_of(quote).stated
    for marker in OF_WHOM.finditer(quote.lowered):
        ahead = [one for one in stated if one.mention.end <= marker.start() and one.mention.kind == "cardinal"]
        # "eleven were hurt, two of them badly": the number right before the marker is the part's own
        if ahead and marker.start() - ahead[-1].mention.end < 2:
            ahead = ahead[:-1]
        if not ahead:
            continue
        listed = marker.group() in _LISTS or marker.group().startswith("includ")
        end = (_COMMA if listed else _END).search(quote.lowered, marker.end())
        stop = end.start() if end else len(quote.text)
        inside = [i for i in quote.content if marker.end() <= quote.words[i].start < stop]
        outside = frozenset().union(*(quote.senses[i] for i in quote.content if i not in inside))
        words = tuple(quote.senses[i] for i in inside if outside.isdisjoint(quote.senses[i]))
        if words:
            yield Part(ahead[-1], words)


def _has_words_of(said: Statement, one: Stated, part: Part, quotes: Sequence[Statement]) -> bool:
    """Whether what belongs to the part stands with the number of the whole, and nothing says that it is some of it."""
    place = next((i for i, word in enumerate(said.words) if word.start >= one.mention.start), -1)
    if place < 0:
        return False
    clause = [i for i in said.content if said.clause_of[i] == said.clause_of[place]]
    in_clause = [
        o
        for o in numbers_of(said).stated
        if o is not one
        and any(
            said.words[i].start >= o.mention.start
            and said.words[i].start < o.mention.end
            and said.clause_of[i] == said.clause_of[place]
            for i in range(len(said.words))
        )
    ]
    if in_clause or not clause:
        return False
    span = said.lowered[said.words[clause[0]].start : said.words[clause[-1]].end]
    if _SOME.search(span):
        return False
    elsewhere = sum(any(not quote.bag.isdisjoint(words) for words in part.words) for quote in quotes)
    return elsewhere <= 1 and any(not words.isdisjoint(said.senses[i]) for i in clause for words in part.words)


# --- too great a part ---------------------------------------------------------------------------------------------

_TO = re.compile(r"\s(?:auf|to)\s", re.IGNORECASE)
_TIMES_AS = re.compile(
    r"\b(?:twice|double|triple|three times)\s(?:as (?:many|much) as\s)?(?:the\s)?\Z|\b(?:doppelt|dreimal) so viele? wie\s(?:die\s)?\Z",
    re.IGNORECASE,
)
_PART_OF = re.compile(r"\b(?:davon|darunter|of (?:which|whom|them|those|that)|including|among them)\b", re.IGNORECASE)


def part_exceeds(said: Statement, mine: Numbers) -> tuple[str, str] | None:
    """ "90 million, 760 million of which": no part is greater than its whole, and what is twice another not less."""
    for first, second in combinations(mine.stated, 2):
        a, b = first.mention, second.mention
        times = _TIMES_AS.search(said.text, a.end, b.start) if (a.kind, a.unit) == (b.kind, b.unit) else None
        if times and a.value < b.value and a.value not in PART_VALUES.values():
            return "number", f"{named(a)} as a multiple of {named(b)}"
    for whole, part in pairwise(mine.stated):
        a, b = whole.mention, part.mention
        bare = a.kind == "money" and b.kind == "cardinal" and b.value >= LARGE
        if a.kind in ("year", "ordinal") or b.value <= a.value or not (bare or (a.kind, a.unit) == (b.kind, b.unit)):
            continue
        if whole.of_whom and not _TO.search(said.text, a.end, b.start):
            return "number", f"{named(b)} of {named(a)}"
        if _PART_OF.search(said.text, a.end, min(b.end + 12, len(said.text))) and b.start - a.end < 80:
            return "number", f"{named(b)} of {named(a)}"
    return None
