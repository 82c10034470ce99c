"""Amounts in words that are read as no number: "thousands", "twice as many", "the first"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import permutations
from typing import TYPE_CHECKING, Final

from bot.grounding.amounts import close, numbers_of, same_value
from bot.grounding.share_rule import is_about
from bot.grounding.unit_rule import vague_unit
from bot.languages.bounds import bound_of
from bot.languages.number_words import lexicon
from bot.languages.numbers import NumberMention
from bot.languages.reading import words_before
from bot.languages.units import common_size, unit_words
from bot.stories.figures import counted_things

if TYPE_CHECKING:
    from bot.grounding.statement import Statement


_VAGUE: Final = {
    "dozens": 12, "dutzende": 12, "dutzenden": 12, "scores": 20, "hundreds": 100, "hunderte": 100, "hunderten": 100,
    "hunderter": 100, "thousands": 1000, "tausende": 1000, "tausenden": 1000, "tausender": 1000, "zehntausende": 10**4,
    "zehntausenden": 10**4, "hunderttausende": 10**5, "hunderttausenden": 10**5, "millions": 10**6,
    "billions": 10**9,
}  # fmt: skip
_VAGUE_WORD = re.compile(
    r"\b(?:(?P<times>tens|hundreds) of )?(?P<word>dozens|dutzenden?|scores|hundreds|hundert(?:e[nr]?)|thousands"
    r"|tausende[nr]?|zehntausenden?|hunderttausenden?|millions|billions)\b"
    r"|\b(?:mehrere[rn]?|einige[rn]?|several|a few|many|viele|etliche)\s(?P<some>dutzend|dozen|hundert|hundred|tausend"
    r"|thousand|millionen|million|milliarden|billion)\b"
    r"|(?<!\d )\b(?P<bare>millionen|milliarden)\b",
    re.IGNORECASE,
)
_SOME: Final = {
    "dutzend": 12, "dozen": 12, "hundert": 100, "hundred": 100, "tausend": 1000, "thousand": 1000,
    "millionen": 10**6, "million": 10**6, "milliarden": 10**9, "billion": 10**9,
}  # fmt: skip
_PARTS = re.compile(
    r"\b(?:(?P<half>half|halves|halved|halving|hälfte|halb(?= so\b)|halbe[rnms]?|halbier\w{1,5})"
    r"|(?P<double>double[ds]?|doubling|twice|twofold|doppelt\w{0,2}|verdoppel\w{1,5}|zweifach\w{0,2}|zweimal)"
    r"|(?P<triple>triple[ds]?|tripling|threefold|thrice|verdreifach\w{1,5}|dreifach\w{0,2}|dreimal|three times)"
    r"|(?P<quadruple>quadruple[ds]?|fourfold|vervierfach\w{1,5}|vierfach\w{0,2}|viermal|four times))\b",
    re.IGNORECASE,
)
PART_VALUES: Final = {"half": 0.5, "double": 2.0, "triple": 3.0, "quadruple": 4.0}
_FIRST = re.compile(r"\b(?:first|erste[nrsm]?)(?= )")
_FIRST_AT_ALL = re.compile(
    r"\b(?:first|erste[nrsm]?|erst(?:mals|malig\w{0,2})|zuerst|zunächst|initial(?:ly)?|anfangs|opening|erst)\b"
)
_NO_PART = re.compile(r"\b(?:first|second|latter|other|better|erste[nr]?|zweite[nr]?|andere[nr]?|quarter) \Z")
_NO_PART_EITHER = re.compile(r"-?time\b|-brother|-sister")
_A_SECOND = re.compile(r"\b(?:a|the|its|his|her|their) second\b|\bzweite[nrsm]?\b")


@lru_cache(maxsize=4096)
def parts_of(said: Statement) -> frozenset[str]:
    """ "half", "double", "triple", "quadruple": those of them that a sentence says."""
    return frozenset(match.lastgroup or "" for match in _parts(said))


def _parts(said: Statement) -> Iterator[re.Match[str]]:
    for match in _PARTS.finditer(said.lowered):
        if not (
            _NO_PART.search(said.lowered, max(0, match.start() - 10), match.start())
            or _NO_PART_EITHER.match(said.lowered, match.end())
        ):
            yield match  # "the first half" is a time


def has_second(said: Statement) -> bool:
    """Whether a sentence says "a second", which may be read as a length of time."""
    return bool(_A_SECOND.search(said.lowered))


@lru_cache(maxsize=4096)
def _vague_of(said: Statement) -> tuple[tuple[str, float], ...]:
    return tuple(_vague(said.lowered, [one.mention for one in numbers_of(said).stated]))


def _vague(lowered: str, mentions: Sequence[NumberMention]) -> Iterator[tuple[str, float]]:
    for match in _VAGUE_WORD.finditer(lowered):
        if any(m.start <= match.start() < m.end for m in mentions):
            continue
        if match["some"]:
            size = _SOME[match["some"]]
        elif match["bare"]:
            size = _SOME[match["bare"]]
        else:
            size = _VAGUE[match["word"]] * {"tens": 10, "hundreds": 100}.get(match["times"] or "", 1)
        yield match.group(), float(size)


def wrong_words(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """Amounts in words that are none of `numbers_in`: "thousands", "twice as many", "the first"."""
    there = [one.mention for quote in quotes for one in numbers_of(quote).stated]
    values = [mention for mention in there if mention.kind not in ("year", "ordinal")]
    for word, size in _vague_of(said):
        vague = {s for quote in quotes for _, s in _vague_of(quote)}
        own = re.search(rf"(?<!\d ){re.escape(word)}", said.lowered)  # not that of "48 Millionen"
        at = own.end() if own else 0
        following = next((w.text.lower() for w in said.words if w.start >= at), "")
        counted = any(
            2 * size <= (v.upper or v.value) < 1000 * size and (not v.unit or following in unit_words()) for v in values
        )
        if size not in vague and not counted:
            return "number", word
    if wrong := vague_unit(said, quotes):
        return "unit", wrong
    if part := _wrong_part(said, quotes, values):
        return "number", part
    if _is_other_than_first(said, quotes):
        return "number", "first"
    foreign = _foreign_number_word(said, quotes)
    return ("number", foreign) if foreign else None


def _wrong_part(said: Statement, quotes: Sequence[Statement], values: Sequence[NumberMention]) -> str:
    """ "half", "twice as many", where the quotes have neither the word nor numbers of which one is so much of the other."""
    for match in _parts(said):
        part = match.lastgroup or ""
        if any(part in parts_of(quote) for quote in quotes):
            continue
        value = PART_VALUES[part]
        if any(close(v.value, value) or (v.unit == "%" and close(v.value, 100 * value)) for v in values):
            continue
        if part == "half" and any(close(v.value % 1, 0.5) for v in values):
            continue
        within = [
            one.mention for one in numbers_of(said).stated if one.mention.start <= match.start() < one.mention.end
        ]
        own = [one.mention for one in numbers_of(said).stated if one.mention.value in (value, value * 10**6)] + within
        if any(same_value(mine, v) for mine in own for v in values):
            continue
        if not any(is_about(value, share, _bound_before(said, match.start()), "") for share in _ratios(values)):
            return part
    return ""


def _bound_before(said: Statement, start: int) -> str:
    words = words_before(said.lowered, start)
    words = words[:-1] if words and words[-1] in ("die", "der", "das", "the", "a") else words
    return bound_of(words, said.lowered, start, start, said.language)


def _ratios(values: Sequence[NumberMention]) -> Iterator[float]:
    """What one number of the quotes is of another, and what shares they give."""
    for value in values:
        if value.unit == "%" and not value.bound:
            yield value.value / 100
    exact = [v for v in values if not v.bound and v.upper is None and v.value > 0][:_MOST]
    for a, b in permutations(exact, 2):
        if common_size(1, a.unit)[1] == common_size(1, b.unit)[1]:
            yield common_size(a.value, a.unit)[0] / common_size(b.value, b.unit)[0]


_MOST = 8  # numbers that are compared with each other


def _is_other_than_first(said: Statement, quotes: Sequence[Statement]) -> bool:
    """Whether a sentence calls the first what a quote calls the third."""
    if any(_FIRST_AT_ALL.search(quote.lowered) for quote in quotes):
        return False
    firsts: set[str] = set()
    for match in _FIRST.finditer(said.lowered):
        firsts |= counted_things(NumberMention(match.start(), match.end(), 1.0), list(said.words), said.language)
    return any(
        one.mention.kind == "ordinal" and firsts & counted_things(one.mention, list(quote.words), quote.language)
        for quote in quotes
        for one in (numbers_of(quote).stated if firsts else ())
    )


def _foreign_number_word(said: Statement, quotes: Sequence[Statement]) -> str:
    """A number word of the other language, which the sentence's own reading passes over."""
    if said.language not in ("de", "en"):
        return _number_word_abroad(said, quotes)
    other = lexicon("en" if said.language == "de" else "de")
    own = lexicon(said.language)
    known = {w.text.lower() for quote in quotes for w in quote.words}
    for word in said.words:
        lowered = word.text.lower()
        entry = other.get(lowered)
        if entry is None or entry.kind not in ("cardinal", "ordinal", "times") or lowered in own or lowered in known:
            continue
        if entry.num < 2 or (lowered in ("elf", "achten", "acht") and said.language == "en"):
            continue
        return word.text
    return ""


# Two to twelve, twenty … a thousand: enough to see that a sentence counts in words.
_ABROAD: Final = {
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente quarante cinquante soixante cent mille",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce quince veinte treinta cuarenta cincuenta sesenta cien mil",
    "it": "due tre quattro cinque sei sette otto nove dieci undici dodici quindici venti trenta quaranta cinquanta sessanta cento mille",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf vijftien twintig dertig veertig vijftig zestig honderd duizend",
    "pt": "dois três quatro cinco seis sete oito nove dez onze doze quinze vinte trinta quarenta cinquenta sessenta cem mil",
    "pl": "dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście piętnaście dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt sto tysiąc",
}  # fmt: skip
_ABROAD_VALUES: Final = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30, 40, 50, 60, 100, 1000)


def _number_word_abroad(said: Statement, quotes: Sequence[Statement]) -> str:
    table = dict(zip(_ABROAD.get(said.language, "").split(), _ABROAD_VALUES, strict=False))
    values = {o.mention.value for quote in quotes for o in numbers_of(quote).stated}
    known = {w.text.lower() for quote in quotes for w in quote.words}
    return next(
        (
            w.text
            for w in said.words
            if w.text.lower() in table and w.text.lower() not in known and table[w.text.lower()] not in values
        ),
        "",
    )
