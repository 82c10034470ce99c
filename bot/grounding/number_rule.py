"""Numbers: every amount of a sentence has to stand in its quotes, in its unit, counting the same, as exactly meant.

- An amount is met in any notation and in a unit of the same kind (1,2 Mrd. = 1.2 billion, 2 km = 2,000 m), never rounded.
- How exactly it is meant may be loosened ("more than 100" → "at least 100"), never tightened or left out.
- A range is met by the whole range, or by one end that says so ("up to 6 million").
- "from 5", "to 10" and "by 5" are three things; so are percent and percentage points, a day's and a year's.
- Where a quote counts two things, the number has to stay with its own: "12 killed, 30 hurt" is not "30 killed".
- Figures that are read as no number have to stand in a quote as they are: results, numbers of flights, types.
- Figures of other scripts, fractions in one sign and raised figures are no way to write a number.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, islice, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.grounding.statement import dates_on
from bot.languages.bounds import bound_phrases
from bot.languages.number_words import lexicon
from bot.languages.numbers import NumberMention, numbers_in
from bot.languages.reading import last_word, words_before
from bot.languages.units import DURATIONS, common_size, unit_words
from bot.stories.figures import counted_things

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

# Which bound of a quote may become which bound of a sentence: the same or a weaker one.
_LOOSER: Final = {
    "": frozenset({"", "about"}),
    "about": frozenset({"about"}),
    "more than": frozenset({"more than", "at least"}),
    "at least": frozenset({"at least"}),
    "up to": frozenset({"up to"}),
    "less than": frozenset({"less than", "up to"}),
    "nearly": frozenset({"nearly", "about", "less than"}),
}
_LINK = re.compile(r"\s?(?:[-–—]|to|bis|and|und|or|oder)\s?", re.IGNORECASE)
_POINTS = re.compile(r"punkt|point", re.IGNORECASE)
_BELOW_ZERO = re.compile(
    r"[^\n.;]{0,12}?\b(?:below (?:zero|freezing)|unter (?:null|dem gefrierpunkt))\b", re.IGNORECASE
)
_ROLE_WORDS: Final = {"from": "from", "to": "to", "auf": "to", "by": "by", "um": "by"}
_ONWARDS = re.compile(r"[^.;]{0,40}?\b(?:auf|to|bis)\b", re.IGNORECASE)
_RATE = re.compile(
    r"(?:\b(?:per|pro|je|a|an|each|every|jede[nrs]?|im)\s|/\s?)"
    r"(?P<unit>second|sekunde|minute|hour|stunde|day|tag|week|woche|month|monat|quarter|quartal|year|jahr|person|kopf|capita|head)\b"
    r"(?!\s(?:earlier|ago|later|before|after|zuvor|früher|später|danach|davor)\b)"
    r"|\b(?P<adverb>daily|täglich\w{0,2}|weekly|wöchentlich\w{0,2}|monthly|monatlich\w{0,2}|annual|annually|yearly"
    r"|jährlich\w{0,2}|hourly|stündlich\w{0,2})\b",
    re.IGNORECASE,
)
_RATES: Final = {
    "second": "s", "sekunde": "s", "minute": "min", "hour": "h", "stunde": "h", "hourly": "h", "stündlich": "h",
    "day": "day", "tag": "day", "daily": "day", "täglich": "day", "week": "week", "woche": "week", "weekly": "week",
    "wöchentlich": "week", "month": "month", "monat": "month", "monthly": "month", "monatlich": "month",
    "quarter": "quarter", "quartal": "quarter", "year": "year", "jahr": "year", "annual": "year", "annually": "year",
    "yearly": "year", "jährlich": "year", "person": "head", "kopf": "head", "capita": "head", "head": "head",
}  # fmt: skip
# Amounts in words that `numbers_in` leaves out because nobody counted; the size that each states at least.
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
    r"\b(?:(?P<half>half|halves|halved|halving|hälfte|halbe[rnms]?|halbier\w{1,5})"
    r"|(?P<double>double[ds]?|doubling|twice|twofold|doppelt\w{0,2}|verdoppel\w{1,5}|zweifach\w{0,2}|zweimal|zweite[nrs]? mal)"
    r"|(?P<triple>triple[ds]?|tripling|threefold|thrice|verdreifach\w{1,5}|dreifach\w{0,2}|dreimal|three times)"
    r"|(?P<quadruple>quadruple[ds]?|fourfold|vervierfach\w{1,5}|vierfach\w{0,2}|viermal|four times))\b",
    re.IGNORECASE,
)
_PART_VALUES: Final = {"half": 0.5, "double": 2.0, "triple": 3.0, "quadruple": 4.0}
_FIRST = re.compile(
    r"\b(?:first|erste[nrsm]?|erst(?:mals|malig\w{0,2})|zuerst|zunächst|initial(?:ly)?|anfangs|opening|erst)\b",
    re.IGNORECASE,
)
_NEAR = 3  # words behind an article, one of which may be what it counts
_A_SECOND = re.compile(r"\b(?:a|the|its|his|her|their) second\b|\bzweite[nrsm]?\b")
_SECOND = 2
_ONE: Final = {
    "en": re.compile(r"\b(?:one|a single|another|an?)\s", re.IGNORECASE),
    "de": re.compile(r"\beine?[nmrs]?\s", re.IGNORECASE),
}
_ONE_ABROAD = re.compile(r"\b(?:one|an?|eine?[nmrs]?)\s", re.IGNORECASE)
_NO_ONE = re.compile(r"\b(?:no|kein\w{0,2}|each|every|jede\w?|pro|per)\s\Z|\b(?:as|als|wie)\s\Z", re.IGNORECASE)
_ONE_OF = frozenset("of der von hundred thousand million billion dozen third quarter half group gruppe teil part number anzahl".split())  # fmt: skip
_TOKEN = re.compile(r"[^\W_]*\d[^\W_]*(?:[.,:'’/\-–][^\W_]*\d[^\W_]*)*")
_HYPHENED = re.compile(r"(?<![^\W_])(?:[^\W\d_]+-)*[^\W\d_]+-\d+\w*|\d+[^\W_]*(?:-[^\W\d_]+)+")
_CLOCK = re.compile(
    r"(?<![\d:.,])(?P<hour>2[0-4]|[01]?\d)(?:(?P<sep>[:.])(?P<minute>[0-5]\d))?(?::[0-5]\d)?\s?"
    r"(?P<mark>uhr|[ap]\.?\s?m\b\.?|o['’]clock|h\b(?=\s?\d{0,2}\b))?",
    re.IGNORECASE,
)
_SPELLED_HOUR = re.compile(r"(?<![^\W_])([^\W\d_]{3,40})\suhr\b", re.IGNORECASE)
_HOURS = 24
_NOON = re.compile(r"\b(?:(?P<noon>noon|midday|mittags?)|(?P<night>midnight|mitternachts?))\b", re.IGNORECASE)
_BOUNDARY = re.compile(
    r"[,:](?!\d)|[;()–—]|\b(?:and|but|while|whereas|as|when|or|und|aber|während|wobei|sowie|oder|als)\b", re.IGNORECASE
)
_OF = re.compile(r"\W{0,3}(?:\w{1,20}\W{1,2}){0,2}(?:of|von|der|out of|aus|from)\W(?:\w{1,20}\W){0,2}", re.IGNORECASE)
_HALF_DAY = 720


class Clock(NamedTuple):
    """A time of day in minutes; `sure`: whether it is known to be before or after noon."""

    start: int
    end: int
    minutes: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Stated:
    """An amount with what the rule compares beside its value."""

    mention: NumberMention
    role: str  # "from", "to", "by" or ""
    points: bool  # percentage points
    lasting: bool  # a length of time, whose "over" may mean "during"
    doubtful: bool  # "gegen drei" is about three or against three
    around: frozenset[str]  # senses of the words that stand with it
    numbered: bool  # "round two", "Runde 2"
    of_whom: bool  # "of 26 houses, …": a whole whose part follows
    head: frozenset[str]  # senses of the word right behind it: "the $35 million film"


@dataclass(frozen=True, slots=True)
class Numbers:
    """All numbers of a sentence."""

    stated: tuple[Stated, ...]
    clocks: tuple[Clock, ...]
    rates: frozenset[str]
    vague: tuple[tuple[str, float], ...]
    parts: frozenset[str]
    first: bool
    second: bool
    pairs: tuple[tuple[float, float], ...]  # "67 to 33", "212 of 480", the two ends of a range
    scores: frozenset[tuple[float, float]]  # those of the pairs that are set against each other: "67 to 33"
    wholes: frozenset[float]  # "19 of 19", "19, 19 and 41"
    tokens: frozenset[str]  # every run with a figure in it, in small letters, one mark for all separators


@lru_cache(maxsize=4096)
def numbers_of(said: Statement) -> Numbers:
    """Read the numbers of a sentence once."""
    text, lowered = said.text, said.lowered
    clocks = tuple(_clocks(text))
    mentions = [
        m
        for m in numbers_in(text, said.language)
        if not any(c.start <= m.start < c.end for c in clocks)
        and not (m.value == 0 and lowered[m.start : m.end] in ("zero", "null"))
    ]
    dates = dates_on(said, None)  # a date's year is the date rule's
    mentions = [m for m in mentions if m.kind != "year" or not any(d.start <= m.start < d.end for d in dates)]
    mentions = _mended(said, mentions)
    return Numbers(
        stated=tuple(_stated(said, mentions)),
        clocks=clocks,
        rates=frozenset(_rates(lowered)),
        vague=tuple(_vague(lowered, mentions)),
        parts=frozenset(m.lastgroup or "" for m in _PARTS.finditer(lowered)),
        first=bool(_FIRST.search(lowered)),
        second=bool(_A_SECOND.search(lowered)),
        pairs=tuple(_pairs(text, mentions)),
        scores=frozenset(_scores(text, mentions)),
        wholes=frozenset(
            a.value
            for a, b in pairwise(mentions)
            if a.value == b.value
            and b.start - a.end < _LINK_LENGTH
            and (_OF.fullmatch(text, a.end, b.start) or _LISTED.fullmatch(text, a.end, b.start))
        ),
        tokens=frozenset(_token_key(m.group()) for m in _TOKEN.finditer(text)),
    )


def wrong_number(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """(rule, detail) of the first number that the quotes do not bear out: "number", "unit", "currency" or "hedge"."""
    strange = next((c for c in said.text if not c.isascii() and _is_strange_figure(c)), "")
    if strange and not any(strange in quote.text for quote in quotes):
        return "number", f"a figure U+{ord(strange):04X}"
    mine, theirs = numbers_of(said), [numbers_of(quote) for quote in quotes]
    there = [one for numbers in theirs for one in numbers.stated]
    for quote, numbers in zip(quotes, theirs, strict=True):
        there += [whole for one in numbers.stated for whole in _elliptic(quote, one, numbers.stated)]
    for one in mine.stated:
        if one.mention.value == 1 and one.mention.kind in ("cardinal", "measure") and _one_there(said, one, quotes):
            continue
        fault = _fault(one, there, mine, theirs)
        if fault is not None and not any(
            _fault(whole, there, mine, theirs) is None for whole in _elliptic(said, one, mine.stated)
        ):
            return fault
    return (
        _swapped(mine, theirs)
        or _turned(mine, theirs)
        or _part_exceeds(said, mine)
        or _year_counts(said, mine, quotes)
        or _somebody_elses(said, mine, quotes)
        or _wrong_clock(mine, theirs)
        or _wrong_rate(mine, theirs)
        or _wrong_words(said, mine, theirs, quotes)
        or _wrong_one(said, quotes)
        or _loose_figures(said, mine, theirs, quotes)
    )


# --- reading ------------------------------------------------------------------------------------------------------


_PER_HOUR = re.compile(r"\s?(?:pro stunde|per hour|an hour|je stunde|in der stunde|stundenkilometer)", re.IGNORECASE)
_AGAINST = re.compile(r"\s(?:zu|to|gegen|against|versus)\s|\s?[:–-]\s?", re.IGNORECASE)
_ONE_IN = re.compile(r"\b(?:one|1|a|einer?|eines|ein)\s(?:in|von|out of)\s(?:etwa |about |rund )?\Z", re.IGNORECASE)
_FRANC = re.compile(r"\b(?:schweizer |swiss )?fran[ck](?=s?\b|en\b)", re.IGNORECASE)


def _mended(said: Statement, mentions: Sequence[NumberMention]) -> list[NumberMention]:
    """The mentions with what only their neighbourhood tells: a sign, a unit, that they are one of several."""
    found: list[NumberMention] = []
    mentions = list(_shared(said, [part for mention in mentions for part in _parted(said, mention)]))
    for n, mention in enumerate(mentions):
        one = _with_unit(said, mention, mentions[n + 1] if n + 1 < len(mentions) else None)
        if found and (whole := _one_duration(said, found[-1], one)) is not None:
            found[-1] = whole
            continue
        if one.kind == "cardinal" and _ONE_IN.search(said.text[max(0, one.start - 20) : one.start]):
            one = replace(one, kind="ordinal")
            if found and found[-1].value == 1:
                found.pop()
        found.append(one)
    return found


_AND = re.compile(r"\s?(?:,\s|\s(?:and|und)\s)?", re.IGNORECASE)
_SMALLER: Final = {"year": ("month", 12), "h": ("min", 60), "min": ("s", 60)}


def _one_duration(said: Statement, large: NumberMention, small: NumberMention) -> NumberMention | None:
    """ "four years and six months" is four and a half years."""
    unit, parts = _SMALLER.get(large.unit, ("", 1))
    if small.unit != unit or small.value >= parts or not _AND.fullmatch(said.text, large.end, small.start):
        return None
    if large.upper is not None or small.upper is not None or small.bound:
        return None
    return replace(large, value=large.value + small.value / parts, end=small.end)


_BY_TO = re.compile(r"\sto\s")


def _parted(said: Statement, mention: NumberMention) -> Sequence[NumberMention]:
    """ "by 0.25 points to 4.5 percent" is no range: it went up by the one, to the other."""
    span = said.text[mention.start : mention.end]
    to = _BY_TO.search(span) if mention.upper is not None and last_word(said.lowered, mention.start) == "by" else None
    if to is None:
        return (mention,)
    return tuple(
        replace(one, start=one.start + mention.start + at, end=one.end + mention.start + at)
        for at, half in ((0, span[: to.start()]), (to.end(), span[to.end() :]))
        for one in numbers_in(half, said.language)
    )


_FROM = re.compile(r"\b(?:von|from)\s\W?\Z", re.IGNORECASE)
_TO = re.compile(r"\s(?:auf|to)\s", re.IGNORECASE)
_FIGURES = re.compile(r"\d+(?:[.,]\d+)?")


def _shared(said: Statement, mentions: Sequence[NumberMention]) -> Iterator[NumberMention]:
    """ "von 45 auf 12 Millionen Dollar": what is said once behind the second belongs to both."""
    for n, mention in enumerate(mentions):
        following = mentions[n + 1] if n + 1 < len(mentions) else None
        small = mention.kind in ("cardinal", "money") and mention.upper is None and 0 < mention.value < 1000
        if small and following is not None and following.value >= 1000 and mention.unit in ("", following.unit):
            figures = _FIGURES.search(said.text, following.start, following.end)
            own = numbers_in(figures.group(), said.language) if figures else ()
            times = following.value / own[0].value if len(own) == 1 and own[0].value else 1
            linked = _TO.fullmatch(said.text, mention.end, following.start)
            if times >= 1000 and linked and _FROM.search(said.text[max(0, mention.start - 8) : mention.start]):
                yield replace(mention, value=mention.value * times, unit=following.unit, kind=following.kind)
                continue
        yield mention


_ELLIPTIC = 60  # code points between a bare number and the one whose unit it shares


def _elliptic(said: Statement, bare: Stated, stated: Sequence[Stated]) -> Iterator[Stated]:
    """ "statt 3,1 am Ende 5,4 Milliarden Franken": what a bare number may mean when the one behind it says its unit."""
    mention = bare.mention
    if mention.kind != "cardinal" or mention.unit or mention.upper is not None or not 0 < mention.value < 1000:
        return
    behind = [o.mention for o in stated if 0 < o.mention.start - mention.end < _ELLIPTIC]
    following = min(behind, key=lambda o: o.start, default=None)
    if following is None or following.kind not in ("money", "percent", "measure", "cardinal"):
        return
    if _head(said, mention):  # "30 houses for 5 million euros"
        head = next(word for word in said.words if word.start >= mention.end)
        if head.text[0].isupper() or said.language == "en":
            return
    figures = _FIGURES.search(said.text, following.start, following.end)
    own = numbers_in(figures.group(), said.language) if figures else ()
    times = following.value / own[0].value if len(own) == 1 and own[0].value else 1
    if following.unit or times > 1:
        yield replace(
            bare, mention=replace(mention, value=mention.value * times, unit=following.unit, kind=following.kind)
        )


_DEGREE_OF = re.compile(r"\s(?:program|course|student|holder|certificate|subject|graduate|title)")
_BOUND_APART = re.compile(
    r"\b(?:(?P<least>mindestens|wenigstens|zumindest|at least)|(?P<most>höchstens|maximal|at most))"
    r"[, ]{1,2}(?:aber|jedoch|doch|dabei|however|though)[, ]{1,2}\Z",
    re.IGNORECASE,
)


def _with_unit(said: Statement, mention: NumberMention, following: NumberMention | None) -> NumberMention:
    text = said.text
    if not mention.bound and (apart := _BOUND_APART.search(text, max(0, mention.start - 32), mention.start)):
        mention = replace(mention, bound="at least" if apart["least"] else "up to")  # "mindestens aber 250 Euro"
    if following is not None and mention.unit == following.unit and mention.upper is None:
        # "um ein Viertel auf 4,8 Milliarden Dollar": a quarter of what was, not of a billion dollars
        part = numbers_in(text[mention.start : mention.end], said.language)
        if len(part) == 1 and part[0].value < 1 < mention.value:
            return replace(part[0], start=mention.start, end=mention.end, bound=mention.bound)
    if mention.unit == "°" and _DEGREE_OF.match(text, mention.end):
        return replace(mention, unit="", kind="cardinal")  # "52 degree programmes"
    if mention.unit.startswith("°") and mention.value > 0 and _BELOW_ZERO.match(text, mention.end):
        return replace(mention, value=-mention.value, upper=None)
    if mention.unit in ("km", "mi") and _PER_HOUR.match(text, mention.end):
        return replace(mention, unit="km/h" if mention.unit == "km" else "mph")
    if mention.unit in ("", "CHF"):
        franc = _FRANC.search(text, max(mention.start, mention.end - 12), mention.end + 14)
        if franc:
            return replace(mention, unit="CHF", kind="money", end=max(mention.end, franc.end() + 2))
    alone = mention.unit or mention.kind != "cardinal" or following is None or following.unit not in ("%", "km", "m")
    if alone or following is None or following.bound or not _AGAINST.fullmatch(text, mention.end, following.start):
        return mention
    return replace(mention, unit=following.unit, kind=following.kind)


def _stated(said: Statement, mentions: Sequence[NumberMention]) -> Iterator[Stated]:
    borders = sorted(
        {m.start() for m in _BOUNDARY.finditer(said.text)} | {n.start for n in mentions} | {n.end for n in mentions}
    )
    arounds = [_around(said, m, borders) for m in mentions]
    for i in range(len(mentions) - 1):  # "30 of the 120 houses" counts houses twice
        gap = said.text[mentions[i].end : mentions[i + 1].start]
        if len(gap) < 40 and _OF.fullmatch(gap):
            arounds[i] = arounds[i + 1] = arounds[i] | arounds[i + 1]
    for mention, around in zip(mentions, arounds, strict=True):
        span = said.text[mention.start : mention.end]
        yield Stated(
            mention,
            _role(said.lowered, mention),
            bool(_POINTS.search(span)),
            mention.unit in DURATIONS and last_word(said.lowered, mention.start) in ("over", "über"),
            last_word(said.lowered, mention.start) in ("gegen", "ab") or _is_of(said, mention),
            around,
            mention.kind == "cardinal" and last_word(said.lowered, mention.start) in _LABELS,
            bool(_WHOLE.search(said.text, max(0, mention.start - 20), mention.start)),
            _head(said, mention),
        )


_LABELS: Final = frozenset("round runde phase stage etappe part teil chapter kapitel set satz match game spiel season staffel".split())  # fmt: skip
_WHOLE = re.compile(r"(?:^|[;,]\s)(?:out of|of|von)\s(?:(?:the|all|den|insgesamt)\s){0,2}\Z", re.IGNORECASE)
_FEW = 12
_OF_A_SUM = re.compile(
    r"\w{0,30}(?:anleihen?|kredite?|verträge|vertrag|auftrag|aufträge|darlehen|rechnung|scheck|betrag|summe|paket|bürgschaft"
    r"|forderung|klage|spende|bescheid|abkommen|geschäft)s?\Z"
)


def _is_of(said: Statement, mention: NumberMention) -> bool:
    """Whether "über" says of how much or how far: "eine Anleihe über 250 Millionen", "der Weltrekord über 100 Meter"."""
    if said.language != "de" or mention.kind not in ("money", "measure", "cardinal"):
        return False
    words = [word for word in said.words if word.end <= mention.start][-2:]
    if len(words) < 2 or words[1].text != "über" or not words[0].text[0].isupper():
        return False
    if mention.kind == "cardinal":  # "der Ausnahmezustand über drei Regionen"
        return said.text[mention.start].isalpha() and mention.value <= _FEW
    return mention.unit in ("m", "km", "mi") or _OF_A_SUM.match(words[0].text.lower()) is not None


def _head(said: Statement, mention: NumberMention) -> frozenset[str]:
    at = next((i for i, word in enumerate(said.words) if word.start >= mention.end), -1)
    if at < 0 or said.text[mention.end : said.words[at].start].strip(" -") or said.words[at].kind == "number":
        return frozenset()
    return said.senses[at]


_DIFFERENCE = re.compile(r"\s(?:[^\W\d_]{1,20}\s)?(?:fewer|less|weniger|(?:more|mehr)\s(?:than|als))\b")


_FORMER = re.compile(
    r"\s(?:\(?(?:a|one|the|ein|eine|einen|im)\s)?(?:[^\W\d_]{1,12}\s){0,2}(?:earlier|before|previously|zuvor|vorher|früher|vorjahr|vormonat)\b"
)


def _role(lowered: str, mention: NumberMention) -> str:
    if _DIFFERENCE.match(lowered, mention.end):
        return "difference"
    if mention.unit not in DURATIONS and _FORMER.match(lowered, mention.end):
        return "former"
    words = words_before(lowered, mention.start)
    phrases = bound_phrases("und")
    while words and (
        words[-1] in phrases or words[-1] in ("rund", "etwa", "knapp", "fast", "gut", "some", "über", "under", "unter")
    ):
        words = words[:-1]
    while words and words[-1] in _ADVERBS:
        words = words[:-1]
    last = words[-1] if words else ""
    if last == "statt" or tuple(words[-2:]) == ("instead", "of"):
        return "former"
    if last in ("von", "vom"):
        return "from" if _ONWARDS.match(lowered, mention.end) else ""
    if last == "to" and len(words) > 1 and words[-2] in ("up", "close", "compared"):
        return ""
    return _ROLE_WORDS.get(last, "by" if mention.unit == "%" and last in _CHANGES else "")


_ADVERBS: Final = frozenset("ursprünglich originally voraussichtlich zunächst bisher bislang initially".split())
_CHANGES: Final = frozenset("rose fell dropped increased decreased grew climbed jumped gained slipped sank declined surged soared shrank up down plus minus".split())  # fmt: skip


def _around(said: Statement, mention: NumberMention, borders: Sequence[int]) -> frozenset[str]:
    """Senses of the words between this number and what ends its part of the sentence on either side."""
    before = max((b for b in borders if b <= mention.start and b != mention.start), default=0)
    behind = min((b for b in borders if b > mention.end), default=len(said.text))
    found: set[str] = set()
    for word, senses in zip(said.words, said.senses, strict=True):
        if before <= word.start < behind and not mention.start <= word.start < mention.end and word.kind != "number":
            found |= senses
    if _RELATIVE.match(said.text, before):  # "the film, which cost $200m"
        at = next((i for i in range(len(said.words) - 1, -1, -1) if said.words[i].end <= before and said.senses[i]), -1)
        found |= said.senses[at] if at >= 0 else frozenset()
    return frozenset(found)


_RELATIVE = re.compile(r",\s(?:which|who|that|der|die|das|dessen|deren)\b")


_PAIRED = re.compile(
    r"\W{0,2}(?:(?:[^\W\d_]{1,20}\W)?(?:to|zu|gegen|against|of|von|der|out of|aus|bis|and|und|ihrer|seiner|its|their)|:|-|–)\W{0,2}(?:(?:the|den|der|its|ihrer|their|insgesamt|all)\W)?[€$£]?",
    re.IGNORECASE,
)


def _pairs(text: str, mentions: Sequence[NumberMention]) -> Iterator[tuple[float, float]]:
    for mention in mentions:
        if mention.upper is not None:
            yield mention.value, mention.upper
    for a, b in pairwise(mentions):
        if a.value != b.value and b.start - a.end < 45 and _PAIRED.fullmatch(text, a.end, b.start):
            yield a.value, b.value


_LISTED = re.compile(r",\s(?:and\s|und\s)?|\s(?:and|und)\s")
_LINK_LENGTH = 24
_AGAINST_EACH_OTHER = re.compile(r"\s?[:–-]\s?|\s(?:(?:votes|stimmen)\s)?(?:to|zu|gegen|against)\s", re.IGNORECASE)


def _scores(text: str, mentions: Sequence[NumberMention]) -> Iterator[tuple[float, float]]:
    lowered = text.lower()
    for a, b in pairwise(mentions):
        plain = a.kind == b.kind == "cardinal" and a.upper is None and b.upper is None
        linked = b.start - a.end < _LINK_LENGTH and _AGAINST_EACH_OTHER.fullmatch(text, a.end, b.start)
        if plain and linked and last_word(lowered, a.start) not in ("from", "von", "um"):
            yield a.value, b.value


def _clocks(text: str) -> Iterator[Clock]:
    for match in _CLOCK.finditer(text):
        mark = (match["mark"] or "").lower().replace(".", "").replace(" ", "")
        if match["minute"] is None and mark in ("", "h"):
            continue
        if (
            match["minute"] is not None
            and not mark
            and (match["sep"] == "." or text[match.end() : match.end() + 1].isdecimal())
        ):
            continue
        if mark == "h" and match["sep"] != ":":
            continue
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        if mark in ("am", "pm"):
            hour = hour % 12 + (12 if mark == "pm" else 0)
        sure = mark in ("am", "pm", "uhr") or hour > 12
        yield Clock(match.start(), match.end(), hour % 24 * 60 + minute, sure)
    for match in _SPELLED_HOUR.finditer(text):
        hours = numbers_in(match[1], "de")
        if hours and hours[0].kind == "cardinal":
            yield Clock(
                match.start(), match.end(), int(hours[0].value * 60) if hours[0].value <= _HOURS else -1, sure=False
            )
    for match in _NOON.finditer(text):
        yield Clock(match.start(), match.end(), 720 if match["noon"] else 0, sure=True)


def _rates(lowered: str) -> Iterator[str]:
    for match in _RATE.finditer(lowered):
        word = match["unit"] or match["adverb"]
        yield _RATES.get(word) or _RATES.get(re.sub(r"(?:e|en|er|es|em)\Z", "", word), "")


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


# --- comparing ----------------------------------------------------------------------------------------------------


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def _same_value(a: NumberMention, b: NumberMention) -> bool:
    """Whether two amounts are the same but perhaps for their kinds of unit, which `_unit_fault` compares."""
    (value, size), (other, other_size) = common_size(a.value, a.unit), common_size(b.value, b.unit)
    return _close(value, other) if size == other_size else _close(a.value, b.value)


def _fault(one: Stated, there: Sequence[Stated], mine: Numbers, theirs: Sequence[Numbers]) -> tuple[str, str] | None:
    """What is wrong with an amount; None when some amount of the quotes bears it out."""
    fault: tuple[str, str] = ("number", _named(one.mention))
    if one.mention.value == _SECOND and one.numbered and any(numbers.second for numbers in theirs):
        return None
    for other in there:
        found = _compared(one, other, mine, there)
        if found is None:
            return None
        if found[0] != "number" or fault[1] == _named(one.mention):
            fault = found if found[0] != "number" else fault
    mention = one.mention
    if mention.kind == "ordinal":
        if mention.value == _SECOND and any(numbers.second for numbers in theirs):
            return None  # read as a length of time there
        if any(_close(o.mention.value * mention.value, 1) for o in there):
            return None  # "a third" is read as an ordinal where nothing tells it from one
    elif mention.value in (2.0, 3.0, 4.0, 0.5) and not mention.unit:
        name = next(name for name, value in _PART_VALUES.items() if value == mention.value)
        if any(name in numbers.parts for numbers in theirs) and name in mine.parts:
            return None
    elif mention.unit == "%" and mention.value == 50 and any("half" in numbers.parts for numbers in theirs):
        return None
    if mention.upper is not None and _is_linked_there(mention, theirs):
        return None
    return fault


def _named(mention: NumberMention) -> str:
    ends = f"{mention.value:g}" if mention.upper is None else f"{mention.value:g}–{mention.upper:g}"
    return f"{mention.bound} {ends} {mention.unit}".strip()


def _is_elliptic(bare: NumberMention, mine: Numbers, there: Sequence[Stated]) -> bool:
    """Whether a large sum without its currency has it from its neighbour: "12 million dollars, after 45 million"."""
    if bare.kind != "cardinal" or bare.value < _LARGE:
        return False
    own = mine.stated if any(o.mention is bare for o in mine.stated) else there
    return any(o.mention.kind == "money" and o.mention.value >= 10**5 for o in own)


def _compared(one: Stated, other: Stated, mine: Numbers, there: Sequence[Stated]) -> tuple[str, str] | None:
    """What speaks against `other` bearing `one` out; None when nothing does."""
    a, b = one.mention, other.mention
    nothing = ("number", _named(a))
    if (a.kind == "ordinal") != (b.kind == "ordinal"):
        if _close(a.value, b.value) and (one.numbered or other.numbered):
            return None  # "round two" is the second
        whole, part = (a, b) if a.kind == "ordinal" else (b, a)
        if not (_close(whole.value * part.value, 1) and part.value < 1):
            return nothing
        return None
    if (a.kind == "year") != (b.kind == "year") and not _close(a.value, b.value):
        return nothing
    unit = _unit_fault(one, other)
    if unit == "currency" and "" in (a.unit, b.unit) and _is_elliptic(a if not a.unit else b, mine, there):
        unit = ""
    if a.upper is None and b.upper is None:
        if not _same_value(a, b):
            return nothing
        if unit:
            return unit, _named(a)
        roles = {one.role, other.role}
        contrary = one.role == "difference" or "" not in roles
        if len(roles) > 1 and contrary and roles not in ({"from", "former"}, {"by", "difference"}):
            return "number", f"{one.role} {_named(a)}"
        if (other.doubtful and a.bound in ("", b.bound)) or (one.doubtful and b.bound in ("", a.bound)):
            return None
        lasting = (one.lasting or other.lasting) and {a.bound, b.bound} == {"", "more than"}
        if a.bound not in _LOOSER.get(b.bound, frozenset({b.bound})) and not lasting:
            return "hedge", f"{b.bound or 'exactly'} became {a.bound or 'exactly'} {_named(a)}"
        return None
    if a.upper is not None and b.upper is not None:
        if not (_same_value(a, b) and _same_value(_end_of(a), _end_of(b))):
            return nothing
        return (unit, _named(a)) if unit else None
    if b.upper is None:
        return nothing
    # One end of a range has to say that it is one, or the sentence has the other end, too.
    low, high = _same_value(a, b), _same_value(a, _end_of(b))
    if not (low or high):
        return nothing
    if unit:
        return unit, _named(a)
    if (low and a.bound in ("at least", "more than")) or (high and a.bound in ("up to", "less than")):
        return None
    far = _end_of(b) if low else b
    if any(s.mention.upper is None and _same_value(s.mention, far) for s in mine.stated if s is not one):
        return None
    return "hedge", f"a range became {_named(a)}"


def _end_of(mention: NumberMention) -> NumberMention:
    upper = mention.value if mention.upper is None else mention.upper
    return NumberMention(mention.start, mention.end, upper, None, mention.bound, mention.unit, mention.kind)


def _unit_fault(one: Stated, other: Stated) -> str:
    """ "", or the rule that two amounts of one value break: "currency" or "unit"."""
    a, b = one.mention, other.mention
    unit_a, unit_b = common_size(1, a.unit)[1], common_size(1, b.unit)[1]
    if {a.unit, b.unit} == {"", "year"}:
        return ""
    if unit_a != unit_b:
        if {unit_a, unit_b} <= {"SEK", "NOK", "DKK", "CZK", "ISK", "KR"} and "KR" in (unit_a, unit_b):
            return ""
        if {unit_a, unit_b} == {"°", "°C"}:
            return ""
        return "currency" if "money" in (a.kind, b.kind) else "unit"
    if a.unit == "%" and one.points != other.points:
        return "unit"
    return ""


def _is_linked_there(mention: NumberMention, theirs: Sequence[Numbers]) -> bool:
    """Whether a quote has both ends, which were not read as one range there."""
    for numbers in theirs:
        for first, second in pairwise(numbers.stated):
            a, b = first.mention, second.mention
            near = 0 <= b.start - a.end <= 12 and common_size(1, a.unit)[1] == common_size(1, mention.unit)[1]
            if near and _same_value(mention, a) and _same_value(_end_of(mention), b):
                return True
    return False


def _swapped(mine: Numbers, theirs: Sequence[Numbers]) -> tuple[str, str] | None:
    """A number that stands with what another number of the same quote counts."""
    stated = mine.stated
    for numbers in theirs:
        if len(numbers.stated) < 2:
            continue
        for one in stated:
            if one.mention.kind in ("year", "ordinal") or not one.around:
                continue
            own = [o for o in numbers.stated if _same_value(one.mention, o.mention)]
            if not own or any(
                _same_value(one.mention, o.mention) and o not in numbers.stated for n in theirs for o in n.stated
            ):
                continue
            if any(not o.around for o in own):
                continue
            if any(one.role and one.role == o.role for o in own):
                continue
            # Where the sentence states the other number, too, the two are looked at together.
            stated_too = [s for s in stated if s is not one]
            straight = max(len(one.around & o.around) for o in own)
            others = [
                o
                for o in numbers.stated
                if o not in own
                and o.mention.kind == own[0].mention.kind
                and o.mention.unit == own[0].mention.unit
                and not any(_same_value(s.mention, o.mention) for s in stated_too)
            ]
            if straight == 0 and any(one.around & o.around for o in others):
                return "number", f"{_named(one.mention)} counts something else"
        pair = _crossed(stated, mine, numbers)
        if pair:
            return "number", f"{pair} changed places"
    if len(theirs) > 1 and (pair := _crossed_between(stated, theirs)):
        return "number", f"{pair} changed places"
    return None


def _crossed_between(stated: Sequence[Stated], theirs: Sequence[Numbers]) -> str:
    """Two numbers, each of another quote, of which each stands with what the other counts."""
    for a, b in combinations([one for one in stated if one.mention.kind not in ("year", "ordinal")], 2):
        if a.mention.unit != b.mention.unit or _same_value(a.mention, b.mention):
            continue
        holders = [
            [(n, o) for n, numbers in enumerate(theirs) for o in numbers.stated if _same_value(x.mention, o.mention)]
            for x in (a, b)
        ]
        pairs = [(o, p) for n, o in holders[0] for m, p in holders[1]]
        if any(n == m for n, _ in holders[0] for m, _ in holders[1]) or not pairs:
            continue
        if all(_is_crossed(a, b, o, p) for o, p in pairs):
            return f"{_named(a.mention)} and {_named(b.mention)}"
    return ""


def _is_crossed(a: Stated, b: Stated, a_there: Stated, b_there: Stated) -> bool:
    straight = (len(a.around & a_there.around), len(b.around & b_there.around))
    crossed = (len(a.around & b_there.around), len(b.around & a_there.around))
    if _has_others_head(a, a_there, b_there) and _has_others_head(b, b_there, a_there):
        return True
    return min(straight) == 0 and sum(crossed) > sum(straight)


def _has_others_head(one: Stated, own: Stated, foreign: Stated) -> bool:
    """Whether what stands right behind a number stands with the other one in the quote."""
    return bool(one.head) and one.head.isdisjoint(own.around) and not one.head.isdisjoint(foreign.around)


def _crossed(stated: Sequence[Stated], mine: Numbers, there: Numbers) -> str:
    """Two numbers of one unit that each stand with what the other counts.

    Where they keep the quote's order, the words around them have to say so; where they do not, these words have to
    show that each has stayed with its own.
    """
    scored = {value for pair in mine.scores & there.scores for value in pair}
    stated = [one for one in stated if one.mention.kind not in ("year", "ordinal")]
    for i, a in enumerate(stated):
        for b in stated[i + 1 :]:
            if {a.mention.value, b.mention.value} & scored:
                continue  # what a score's number means, its other one says
            if a.mention.unit != b.mention.unit or _same_value(a.mention, b.mention):
                continue
            pairs = [
                (o, p)
                for o in there.stated
                if _same_value(a.mention, o.mention)
                for p in there.stated
                if _same_value(b.mention, p.mention)
            ]
            ends = (a.mention.value, b.mention.value)
            if not pairs or (ends in mine.pairs and ends in there.pairs):
                continue
            if a.of_whom and ends[::-1] in there.pairs:
                continue  # "of 26 houses, 19" for "19 of 26 houses"
            if not any(_keeps(a, b, o, p) for o, p in pairs):
                return f"{_named(a.mention)} and {_named(b.mention)}"
    return ""


def _keeps(a: Stated, b: Stated, a_there: Stated, b_there: Stated) -> bool:
    """Whether two numbers of a sentence may be these two of a quote, each with its own."""
    roles = [(one.role, other.role) for one, other in ((a, a_there), (b, b_there))]
    if any(mine and mine == theirs for mine, theirs in roles) and all(x == y or not (x and y) for x, y in roles):
        return True
    if _has_others_head(a, a_there, b_there) or _has_others_head(b, b_there, a_there):
        return False
    of_a, of_b = a.around - b.head, b.around - a.head  # "the $200 million film took in $35 million"
    straight = (len(of_a & a_there.around), len(of_b & b_there.around))
    crossed = (len(of_a & b_there.around), len(of_b & a_there.around))
    if (a.mention.start < b.mention.start) == (a_there.mention.start < b_there.mention.start):
        return min(crossed) <= min(straight) or sum(crossed) <= sum(straight)
    return sum(straight) > sum(crossed)


def _somebody_elses(said: Statement, mine: Numbers, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """A number that one quote gives for one name and the sentence for another, of which a further quote has its own."""
    if len(quotes) < 2:
        return None
    for one in mine.stated:
        spans = [(o.mention.start, o.mention.end) for o in mine.stated]
        near = said.names_near(one.mention.start)
        names = [n for n in near if not any(a <= said.words[n.place].start < b for a, b in spans)]
        if one.mention.kind in ("year", "ordinal") or not names:
            continue
        holders = [q for q in quotes if any(_same_value(one.mention, o.mention) for o in numbers_of(q).stated)]
        if not holders or any(not holder.names for holder in holders):
            continue  # "it cut 300 jobs": whoever "it" is
        others = [quote for quote in quotes if quote not in holders]
        for name in names:
            if any(not name.forms.isdisjoint(holder.forms) for holder in holders):
                continue
            rivals = [o for q in others if not name.forms.isdisjoint(q.forms) for o in numbers_of(q).stated]
            if any(_comparable(one, o) for o in rivals):
                return "number", f"{_named(one.mention)} is not that of {name.text}"
    return None


def _comparable(one: Stated, other: Stated) -> bool:
    """Whether two amounts may be of one kind of thing, so that the one could be put in the other's place."""
    a, b = one.mention, other.mention
    if a.kind != b.kind or common_size(1, a.unit)[1] != common_size(1, b.unit)[1]:
        return False
    return bool(one.around & other.around) or bool(a.unit and not (one.around and other.around))


def _turned(mine: Numbers, theirs: Sequence[Numbers]) -> tuple[str, str] | None:
    """ "33 to 67" for "67 to 33", "480 of 212" for "212 of 480"."""
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


_LARGE = 10**6  # a sum as large as this may leave its currency to the one before
_TIMES_AS = re.compile(
    r"\b(?:twice|double|triple|three times)\s(?:as (?:many|much) as\s)?(?:the\s)?\Z|\b(?:doppelt|dreimal) so viele? wie\s(?:die\s)?\Z",
    re.IGNORECASE,
)
_PART_OF = re.compile(r"\b(?:davon|darunter|of (?:which|whom|them|those|that)|including|among them)\b", re.IGNORECASE)


def _part_exceeds(said: Statement, mine: Numbers) -> tuple[str, str] | None:
    """ "90 million, 760 million of which": no part is greater than its whole, and what is twice another not less."""
    for first, second in combinations(mine.stated, 2):
        a, b = first.mention, second.mention
        times = _TIMES_AS.search(said.text, a.end, b.start) if (a.kind, a.unit) == (b.kind, b.unit) else None
        if times and a.value < b.value and a.value not in _PART_VALUES.values():
            return "number", f"{_named(a)} as a multiple of {_named(b)}"
    for whole, part in pairwise(mine.stated):
        a, b = whole.mention, part.mention
        bare = a.kind == "money" and b.kind == "cardinal" and b.value >= _LARGE
        if a.kind in ("year", "ordinal") or b.value <= a.value or not (bare or (a.kind, a.unit) == (b.kind, b.unit)):
            continue
        if whole.of_whom and not _TO.search(said.text, a.end, b.start):
            return "number", f"{_named(b)} of {_named(a)}"
        if _PART_OF.search(said.text, a.end, min(b.end + 12, len(said.text))) and b.start - a.end < 80:
            return "number", f"{_named(b)} of {_named(a)}"
    return None


_YEARLIKE = re.compile(r"(?<![\w.,])(?:1[5-9]|20)\d\d(?![\w.,]\d|\d)")
_AGE = re.compile(
    r"\b(?:age of|aged|alter von)\s\d{3,4}\b|\b\d{4}[ -](?:years?[ -]old|jahre alt|jährig)", re.IGNORECASE
)


def _year_counts(said: Statement, mine: Numbers, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """ "1932 cars", where 1932 is a year and the quote counts 40,000 cars."""
    if (match := _AGE.search(said.text)) and not any(_AGE.search(quote.text) for quote in quotes):
        return "number", match.group()
    for match in _YEARLIKE.finditer(said.text):
        mention = NumberMention(match.start(), match.end(), float(match.group()))
        things = counted_things(mention, list(said.words), said.language)
        amounts = [o.mention for quote in quotes for o in numbers_of(quote).stated if o.mention.kind != "year"]
        if not things or any(_close(o.value, mention.value) for o in amounts):
            continue
        for quote in quotes:
            for one in numbers_of(quote).stated:
                if one.mention.kind != "cardinal" or things.isdisjoint(
                    counted_things(one.mention, list(quote.words), quote.language)
                ):
                    continue
                own = [o for o in mine.stated if _same_value(o.mention, one.mention)]
                if not any(things & counted_things(o.mention, list(said.words), said.language) for o in own):
                    return "number", match.group()
    return None


def _wrong_clock(mine: Numbers, theirs: Sequence[Numbers]) -> tuple[str, str] | None:
    there = [clock for numbers in theirs for clock in numbers.clocks]
    for clock in mine.clocks:
        if not any(
            clock.minutes == o.minutes
            or (not (clock.sure and o.sure) and clock.minutes % _HALF_DAY == o.minutes % _HALF_DAY)
            for o in there
        ):
            return "date", f"at {clock.minutes // 60}:{clock.minutes % 60:02}"
    return None


def _wrong_rate(mine: Numbers, theirs: Sequence[Numbers]) -> tuple[str, str] | None:
    if not mine.stated and not mine.vague:
        return None
    there = frozenset().union(*(numbers.rates for numbers in theirs))
    missing = mine.rates - there
    # "im Jahr", "the year" say when as often as how often: only another rate contradicts them.
    for rate in sorted(missing):
        if there - {rate}:
            return "unit", f"per {rate}"
    return None


def _wrong_words(
    said: Statement, mine: Numbers, theirs: Sequence[Numbers], quotes: Sequence[Statement]
) -> tuple[str, str] | None:
    """Amounts in words that are none of `numbers_in`: "thousands", "twice as many", "the first"."""
    values = [o.mention for numbers in theirs for o in numbers.stated if o.mention.kind not in ("year", "ordinal")]
    for word, size in mine.vague:
        vague = {s for numbers in theirs for _, s in numbers.vague}
        own = re.search(rf"(?<!\d ){re.escape(word)}", said.lowered)  # not that of "48 Millionen"
        at = own.end() if own else 0
        following = next((w.text.lower() for w in said.words if w.start >= at), "")
        counted = any(
            2 * size <= (v.upper or v.value) < 1000 * size and (not v.unit or following in unit_words()) for v in values
        )
        if size not in vague and not counted:
            return "number", word
    if wrong := _vague_unit(said, quotes):
        return "unit", wrong
    for part in sorted(mine.parts):
        if any(part in numbers.parts for numbers in theirs):
            continue
        value = _PART_VALUES[part]
        if any(_close(v.value, value) or (v.unit == "%" and _close(v.value, 100 * value)) for v in values):
            continue
        if part == "half" and any(_close(v.value % 1, 0.5) for v in values):
            continue
        if any(
            _same_value(s.mention, v) for s in mine.stated for v in values if s.mention.value in (value, value * 10**6)
        ):
            continue
        return "number", part
    ordinals = [o for numbers in theirs for o in numbers.stated if o.mention.kind == "ordinal"]
    if mine.first and ordinals and not any(numbers.first for numbers in theirs):
        return "number", "first"
    foreign = _foreign_number_word(said, quotes)
    return ("number", foreign) if foreign else None


_LONG = re.compile(
    r"\b(?:(?P<de>stunde|tage|woche|monate|jahre)n?lang(?:e[nmrs]?)?|(?P<en>hour|day|week|month|year)s of)\b"
)
_SPANS: Final = {"stunde": "hour", "tage": "day", "woche": "week", "monate": "month", "jahre": "year"}
_MANY_OF = re.compile(
    r"\b(?:mehreren?|einigen?|several|a few) (?:hundert|tausend|hundred|thousand) ([^\W\d_]{1,20})(?![^\W_])"
)


def _vague_unit(said: Statement, quotes: Sequence[Statement]) -> str:
    """ "after weeks of rain" for "tagelanger Regen", several hundred centimetres for as many metres."""
    for read in (_long, _many):
        mine = read(said)
        there = frozenset().union(*(read(quote) for quote in quotes))
        if mine and there and not mine & there:
            return min(mine)
    return ""


def _long(said: Statement) -> frozenset[str]:
    return frozenset(_SPANS[m["de"]] if m["de"] else m["en"] for m in _LONG.finditer(said.lowered))


def _many(said: Statement) -> frozenset[str]:
    units = unit_words()
    return frozenset(units[m[1]][1] for m in _MANY_OF.finditer(said.lowered) if m[1] in units)


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


def _wrong_one(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
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
        things = counted_things(mention, list(said.words), said.language)
        unit = _duration(following[0].text.lower())
        things = frozenset([unit]) if unit else things
        if not things:
            continue
        if any(things & there for _, there in counted) and not _says_one(things, quotes):
            return "number", said.text[match.start() : following[0].end]
    return None


def _one_there(said: Statement, one: Stated, quotes: Sequence[Statement]) -> bool:
    """Whether a quote has "ein" or "a" for the sentence's "one", and of the same thing."""
    mention = one.mention
    things = frozenset([mention.unit]) if mention.unit else counted_things(mention, list(said.words), said.language)
    return _says_one(things or one.around, quotes, exactly=False)


def _duration(word: str) -> str:
    kind, unit = unit_words().get(word, ("", ""))
    return unit if kind == "measure" and unit in DURATIONS else ""


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


def _token_key(token: str) -> str:
    return re.sub(r"[.,:'’/\-–]", "·", token.lower()).strip("·")


_LETTER_AND_SIGN = re.compile(
    r"(?<![^\W_])[^\W\d_]\s?%|(?<![\w.,-])\d+[-–:][^\W\d_](?![^\W_])|(?<!half )(?<![^\W_])[ai]\s(?:percent|prozent)\b"
)
_LETTER_AND_UNIT = re.compile(r"(?<![^\W_])[b-hj-z]\s([^\W\d_]{2,20})(?![^\W_])")


def _loose_figures(
    said: Statement, mine: Numbers, theirs: Sequence[Numbers], quotes: Sequence[Statement]
) -> tuple[str, str] | None:
    """Figures that are part of no number, date or time of day have to stand in a quote as they are."""
    spans = [(s.mention.start, s.mention.end) for s in mine.stated] + [(c.start, c.end) for c in mine.clocks]
    spans += [(d.start, d.end) for d in dates_on(said, said.day)]
    there = frozenset().union(*(numbers.tokens for numbers in theirs))
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


def _is_strange_figure(char: str) -> bool:
    if char in "½¼¾⅓⅔²³":
        return False
    category = unicodedata.category(char)
    return category in ("Nd", "No", "Nl")
