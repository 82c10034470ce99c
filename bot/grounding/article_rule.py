"""Articles: "a soldier" where the quotes count three of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from bot.grounding.amounts import Stated, numbers_of
from bot.languages.number_words import lexicon
from bot.languages.numbers import NumberMention
from bot.languages.units import unit_words
from bot.stories.figures import counted_things

if TYPE_CHECKING:
    from bot.grounding.statement import Statement


_ONE: Final = {
    "en": re.compile(r"(?<![\w-])(?:one|a single|another|an?)\s", re.IGNORECASE),
    "de": re.compile(r"\beine?[nmrs]?\s", re.IGNORECASE),
}
_ONE_ABROAD = re.compile(r"\b(?:one|an?|eine?[nmrs]?)\s", re.IGNORECASE)
_NO_ONE = re.compile(r"\b(?:no|kein\w{0,2}|each|every|jede\w?|pro|per)\s\Z|\b(?:as|als|wie)\s\Z", re.IGNORECASE)
_ONE_OF = frozenset("century decade jahrhundert of der von hundred thousand million billion dozen third quarter half group gruppe teil part number anzahl".split())  # fmt: skip

_NEAR = 3  # words behind an article, one of which may be what it counts


_RELATIVE = re.compile(r"\s(?:earlier|later|before|after|ago|zuvor|davor|vorher|früher|später|danach|on year)\b")


def wrong_one(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """ "a soldier" where the quotes count three of them: articles are no numbers, but they count all the same."""
    if said.language not in ("de", "en"):
        return None
    counted: list[tuple[float, frozenset[str]]] = []
    for quote in quotes:
        for one in numbers_of(quote).stated:
            if one.mention.kind in ("cardinal", "measure") and one.mention.value != 1:
                things = (
                    frozenset([one.mention.unit])
                    if one.mention.unit
                    else counted_things(one.mention, list(quote.words), quote.language)
                )
                counted.append((one.mention.value, things))
    if not counted:
        return None
    for match in _ONE[said.language].finditer(said.lowered):
        if _NO_ONE.search(said.lowered[max(0, match.start() - 8) : match.start()]):
            continue
        mention = NumberMention(match.start(), match.end() - 1, 1.0)
        following = [w for w in said.words if w.start >= match.end()][:3]
        if not following or following[0].text.lower() in _ONE_OF or following[0].kind == "number":
            continue
        if following[0].text.lower().partition("-")[0] in lexicon(said.language):
            continue  # "a two-year high"
        if _duration(following[0].text.lower()) and _RELATIVE.match(said.lowered, following[0].end):
            continue  # "a week earlier"
        things = counted_things(mention, list(said.words), said.language)
        unit = _duration(following[0].text.lower())
        things = frozenset([unit]) if unit else things
        if not things:
            continue
        if any(things & there for _, there in counted) and not _says_one(things, quotes):
            return "number", said.text[match.start() : following[0].end]
    return None


def one_there(said: Statement, one: Stated, quotes: Sequence[Statement]) -> bool:
    """Whether a quote has "ein" or "a" for the sentence's "one", and of the same thing."""
    mention = one.mention
    things = frozenset([mention.unit]) if mention.unit else counted_things(mention, list(said.words), said.language)
    return _says_one(things or one.around, quotes, exactly=False)


def _duration(word: str) -> str:
    kind, unit = unit_words().get(word, ("", ""))
    return unit if kind == "measure" else ""


def _says_one(things: frozenset[str], quotes: Sequence[Statement], *, exactly: bool = True) -> bool:
    for quote in quotes:
        if exactly and any(o.mention.value == 1 and o.mention.kind != "ordinal" for o in numbers_of(quote).stated):
            return True
        for match in _ONE.get(quote.language, _ONE_ABROAD).finditer(quote.lowered):
            mention = NumberMention(match.start(), match.end() - 1, 1.0)
            following = next((w for w in quote.words if w.start >= match.end()), None)
            unit = _duration(following.text.lower()) if following else ""
            there = counted_things(mention, list(quote.words), quote.language)
            near = (i for i, w in enumerate(quote.words) if w.start >= match.end())
            for i in islice(near, _NEAR):  # "a no-confidence vote"
                there |= quote.senses[i]
            if (frozenset([unit]) if unit else there) & things:
                return True
    return False
