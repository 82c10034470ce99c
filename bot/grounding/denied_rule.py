"""Denied words: what a quote denies in so many words is not said, and what a part of something is not said of all of it.

Narrower than the rule of negations, and so surer: the "not" stands right before the word, and the sentence has the word
and nothing that denies, limits or doubts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.grounding.opposites import hits_of

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_NOT: Final = {
    "de": re.compile(r"(?<!\w)(?:nicht|nie|niemals)\s(?:mehr\s|zur\s|zum\s|in\s|im\s)?(?=\w)", re.IGNORECASE),
    "en": re.compile(
        r"(?:(?<!\w)(?:not|never)|n['’]t|(?<!\w)(?:refuse[sd]?|refusing|fail(?:s|ed|ing)?|decline[sd]?|unable) to|(?<!\w)(?:reject|rebuff)(?:s|ed)? calls to)"
        r"\s(?:(?:yet|been|be|to|of|in|under|any|longer|fully)\s){0,3}(?=\w)",
        re.IGNORECASE,
    ),
}
# A "not" that does not deny the word behind it.
_NO_DENIAL = re.compile(
    r"(?:nur|allein|zuletzt|so|ganz|alle\w?|immer|überall|jede\w?|nur|only|just|as|so|all|always|every\w*|merely|least|more|less|fewer|later|earlier"
    r"|vor|before|until|bis|gegen|über|weniger|than|einmal|even|zwei|drei|one|two|a|an|the|ein\w{0,2}|der|die|das|\d.*)\Z",
    re.IGNORECASE,
)
# What keeps a sentence from saying a thing plainly.
_CAREFUL = re.compile(
    r"(?<!\w)(?:not|no|non(?=-)|never|none|nobody|nothing|neither|nor|without|cannot|hardly|barely|un\w{3,20}|in(?:capable|active|correct|valid)|impossible|fail\w{0,4}"
    r"|refus\w{1,3}|reject\w{0,3}|declin\w{1,3}|den(?:y|ies|ied|ying)|disput\w{1,3}|lack\w{0,3}|miss\w{0,4}|whether|if|only|instead|rather|few|until|before|yet|still"
    r"|nicht|nichts|nie|niemals|niemand\w{0,2}|weder|kein\w{0,2}|kaum|ohne|statt|fehl\w{0,4}|ob|falls|wenn|erst|nur|noch|bis|vor|bevor|lehn\w{1,3}|abgelehnt|verweiger\w{1,4}"
    r"|scheiter\w{1,3}|gescheitert|bestr[ei]t\w{0,3}|bestritt\w{0,2}|dementier\w{1,3}|ausgeschlossen|schließt|verzicht\w{1,3}|keinesfalls|\w{3,20}los\w{0,2}|\w{3,20}less)(?!\w)|n['’]t(?!\w)",
    re.IGNORECASE,
)


def denied_there(said: Statement, quotes: Sequence[Statement]) -> str:
    """A word of a sentence that its quotes have with a "not" alone; or that they have, and the sentence with a "not"."""
    if said.language not in _NOT or not all(quote.language in _NOT for quote in quotes):
        return ""
    if not _CAREFUL.search(said.text):
        for quote in quotes:
            for place in _denied(quote):
                found = _found(said, quote, place)
                if found >= 0 and not _is_plain_there(quote.senses[place], place, quote, quotes):
                    return said.words[found].text
    return _for_all(said, quotes)


@lru_cache(maxsize=4096)
def _denied(quote: Statement) -> tuple[int, ...]:
    """The words right behind a "not"."""
    return tuple(_read_denied(quote))


def _read_denied(quote: Statement) -> Iterator[int]:
    starts = {word.start: i for i, word in enumerate(quote.words)}
    for match in _NOT[quote.language].finditer(quote.text):
        place = starts.get(match.end())
        if place is None or _NO_DENIAL.match(quote.words[place].text):
            continue
        if quote.senses[place] and not any(name.place == place and not name.is_word for name in quote.names):
            yield place


def _found(said: Statement, quote: Statement, place: int) -> int:
    """Where the sentence has a denied word, with something else of its clause; -1 where it does not."""
    senses = quote.senses[place]
    sides = {hit.side for hit in hits_of(quote) if place in hit.places}
    clause = quote.clause_of[place]
    around = frozenset().union(
        *(quote.senses[i] for i in range(len(quote.words)) if i != place and abs(quote.clause_of[i] - clause) < 2)
    )
    others = [i for i in said.content if not around.isdisjoint(said.senses[i])]
    for i in said.content:
        word = said.words[i]
        if word.text[0].isupper() and said.language == "de" and quote.language == "de":
            continue
        same = (
            word.key == quote.words[place].key
            if said.language == quote.language
            else not senses.isdisjoint(said.senses[i])
        )
        side = bool(sides & {hit.side for hit in hits_of(said) if i in hit.places})
        if (same or side) and len([j for j in others if j != i]) >= max(1, len(said.content) // 3):
            return i
    return -1


def _is_plain_there(senses: frozenset[str], place: int, quote: Statement, quotes: Sequence[Statement]) -> bool:
    """Whether the quotes have a denied word elsewhere, too, without a "not"."""
    return any(
        not senses.isdisjoint(other.senses[i])
        for other in quotes
        for i in other.content
        if not (other is quote and i == place) and i not in _denied(other)
    )


# --- all of them --------------------------------------------------------------------------------------------------

_NUMBER = (
    r"(?:\d[\d.,]{0,9}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|some|many|most|ein\w{0,2}|zwei|drei|vier|fünf|sechs|sieben"
    r"|acht|neun|zehn|elf|zwölf|einige|viele|die hälfte|die meisten)"
)
_ALL = re.compile(
    r"\b(?:all|both|alle[nrm]?(?! (?:zwei|drei|vier|fünf|zehn|paar) (?:jahre|monate|wochen|tage|stunden|minuten))|beide[nr]?|sämtliche[nr]?"
    r"|(?:every|each|jede[rsnm]?)(?! (?:other|day|week|month|year|hour|time|second|third|fourth|fifth|tenth|two|three|four|five|ten"
    r"|tag|woche|monat|jahr|stunde|mal|zweite|dritte|vierte|fünfte|sechste|zehnte)))\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:all|every\w*|each|both|everyone|alle[nrm]?|jede[rsnm]?|beide[nr]?|sämtliche[nr]?|entire\w{0,2}|whole|gesamte?\w?|ganze?\w?|total|insgesamt|komplett\w{0,2}"
    r"|vollständig\w{0,2}|no|none|kein\w{0,2}|any|full\w{0,2}|complete\w{0,2}|always|immer|überall|everywhere|nationwide|bundesweit|throughout)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"\b{_NUMBER} (?:of (?:them|its|the|their|these|those|his|her)\b|von (?:ihnen|denen|den)\b|der (?:damals |insgesamt |rund |etwa )?(?:\d|beiden|zwei|drei|vier|fünf)"
    r"|davon\b|ihrer\b|seiner\b)|\b(?:among them is|one of|einer der|eine der|eines der|einem der|einen der|unter ihnen ist|darunter ist)\b",
    re.IGNORECASE,
)


def _for_all(said: Statement, quotes: Sequence[Statement]) -> str:
    """A sentence that says of all what its quotes say of some of them."""
    every = _ALL.search(said.text)
    if every is None or _PART.search(said.text):
        return ""
    if any(_WHOLE.search(quote.text) for quote in quotes):
        return ""
    return every.group() if quotes and all(_PART.search(quote.text) for quote in quotes) else ""
