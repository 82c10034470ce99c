"""Figures that are read as no number stand in a quote as they are: results, flights, types, years that seem to count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.grounding.amounts import Numbers, close, numbers_of, same_value
from bot.grounding.statement import dates_on
from bot.languages.numbers import NumberMention
from bot.languages.reading import last_word
from bot.languages.units import unit_words
from bot.stories.figures import counted_things

if TYPE_CHECKING:
    from bot.grounding.statement import Statement


_TOKEN = re.compile(r"[^\W_]*\d[^\W_]*(?:[.,:'’/\-–][^\W_]*\d[^\W_]*)*")
_HYPHENED = re.compile(r"(?<![^\W_])(?:[^\W\d_]+-)*[^\W\d_]+-\d+\w*|\d+[^\W_]*(?:-[^\W\d_]+)+")

_YEARLIKE = re.compile(r"(?<![\w.,])(?:1[5-9]|20)\d\d(?![\w.,]\d|\d)")
_AGE = re.compile(
    r"\b(?:age of|aged|alter von)\s\d{3,4}\b|\b\d{4}[ -](?:years?[ -]old|jahre alt|jährig)", re.IGNORECASE
)


_OF_A_YEAR: Final = frozenset(
    "der die das den dem the in of im jahr year since seit".split()
)  # "die 1987 gebaute Fähre"


def year_counts(said: Statement, mine: Numbers, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """ "1932 cars", where 1932 is a year and the quote counts 40,000 cars."""
    if (match := _AGE.search(said.text)) and not any(_AGE.search(quote.text) for quote in quotes):
        return "number", match.group()
    for match in _YEARLIKE.finditer(said.text):
        mention = NumberMention(match.start(), match.end(), float(match.group()))
        things = counted_things(mention, list(said.words), said.language)
        amounts = [o.mention for quote in quotes for o in numbers_of(quote).stated if o.mention.kind != "year"]
        if not things or any(close(o.value, mention.value) for o in amounts):
            continue
        if last_word(said.lowered, match.start()) in _OF_A_YEAR:
            continue
        for quote in quotes:
            for one in numbers_of(quote).stated:
                if one.mention.kind != "cardinal" or things.isdisjoint(
                    counted_things(one.mention, list(quote.words), quote.language)
                ):
                    continue
                own = [o for o in mine.stated if same_value(o.mention, one.mention)]
                if not any(things & counted_things(o.mention, list(said.words), said.language) for o in own):
                    return "number", match.group()
    return None


@lru_cache(maxsize=4096)
def _tokens(said: Statement) -> frozenset[str]:
    """Every run with a figure in it, in small letters, one mark for all separators."""
    return frozenset(_token_key(m.group()) for m in _TOKEN.finditer(said.text))


_FALLING = re.compile(r"(?<![\d.,-])(\d{1,3}(?:[.,]\d{3})+|\d{5,})\s?[-–]\s?(\d{1,3}(?:[.,]\d{3})+|\d{5,})(?![\d-])")


def _token_key(token: str) -> str:
    return re.sub(r"[.,:'’/\-–]", "·", token.lower()).strip("·")


_LETTER_AND_SIGN = re.compile(
    r"(?<![^\W_])[^\W\d_]\s?%|(?<![\w.,-])\d+[-–:][^\W\d_](?![^\W_])|(?<![^\W_])[^\W\d_]:\d|(?<!half )(?<![^\W_])[ai]\s(?:percent|prozent)\b"
)
_LETTER_AND_UNIT = re.compile(r"(?<![^\W_])[b-hj-z]\s([^\W\d_]{2,20})(?![^\W_])")


def loose_figures(said: Statement, mine: Numbers, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """Figures that are part of no number, date or time of day have to stand in a quote as they are."""
    spans = [(s.mention.start, s.mention.end) for s in mine.stated] + [(c.start, c.end) for c in mine.clocks]
    spans += [(d.start, d.end) for d in dates_on(said, said.day)]
    there = frozenset().union(*(_tokens(quote) for quote in quotes))
    lowered = [quote.lowered for quote in quotes]
    for match in _TOKEN.finditer(said.text):
        if _token_key(match.group()) in there:
            continue
        rest = [
            i
            for i in range(match.start(), match.end())
            if said.text[i].isdecimal() and not any(start <= i < end for start, end in spans)
        ]
        if rest:
            return "number", match.group()
    for match in _LETTER_AND_UNIT.finditer(said.lowered):  # "E Euro", "l percent": a letter that looks like a figure
        if unit_words().get(match[1]) and not any(match.group() in text for text in lowered):
            return "number", match.group()
    for match in _LETTER_AND_SIGN.finditer(said.lowered):
        if not any(match.group() in text for text in lowered):
            return "number", match.group()
    for match in _FALLING.finditer(said.text):  # "240,000-50,000"
        low, high = (int(re.sub(r"\D", "", part)) for part in match.groups())
        if low > high and not any(match.group() in quote.text for quote in quotes):
            return "number", match.group()
    for match in _HYPHENED.finditer(said.text):  # "T-72" is not "T-90", nor is "2-1" another result
        if any(start <= match.start() and match.end() <= end for start, end in spans):
            continue
        name = match.group().lower()
        if name[0].isdecimal() or any(name in text for text in lowered):
            continue
        figures = re.findall(r"\d+", name)
        head = re.split(r"-\d", name)[0]
        known = all(any(f == t or f in t.split("·") for t in there) for f in figures)
        if not known and any(head in text for text in lowered):
            return "number", match.group()
    return None


def is_strange_figure(char: str) -> bool:
    """Whether a character is a figure of another script or size."""
    if char in "½¼¾⅓⅔²³":
        return False
    category = unicodedata.category(char)
    return category in ("Nd", "No", "Nl")
