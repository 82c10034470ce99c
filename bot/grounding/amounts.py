"""Amounts: the numbers of a sentence with the words that say what each of them counts and how it is meant."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bot.grounding.clock_times import Clock, clocks_in
from bot.grounding.number_reading import mended
from bot.grounding.statement import dates_on
from bot.languages.bounds import bound_phrases
from bot.languages.numbers import NumberMention, numbers_in
from bot.languages.reading import last_word, words_before
from bot.languages.units import DURATIONS, common_size
from bot.stories.figures import counted_word

if TYPE_CHECKING:
    from bot.grounding.statement import Statement


_POINTS = re.compile(r"punkt|point", re.IGNORECASE)

_ROLE_WORDS: Final = {"from": "from", "to": "to", "auf": "to", "by": "by", "um": "by"}
_ONWARDS = re.compile(r"[^.;]{0,40}?\b(?:auf|to|bis)\b", re.IGNORECASE)

_BOUNDARY = re.compile(
    r"[,:](?!\d)|[;()–—]|\b(?:and|but|while|whereas|as|when|or|und|aber|während|wobei|sowie|oder|als)\b", re.IGNORECASE
)
_OF = re.compile(r"\W{0,3}(?:\w{1,20}\W{1,2}){0,2}(?:of|von|der|out of|aus|from)\W(?:\w{1,20}\W){0,2}", re.IGNORECASE)


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
    age: bool = False  # "der 34-Jährige", "aged 34"
    counted: int = -1  # the place of the word for what it counts


@dataclass(frozen=True, slots=True)
class Numbers:
    """All numbers of a sentence."""

    stated: tuple[Stated, ...]
    clocks: tuple[Clock, ...]
    pairs: tuple[tuple[float, float], ...]  # "67 to 33", "212 of 480", the two ends of a range
    scores: frozenset[tuple[float, float]]  # those of the pairs that are set against each other: "67 to 33"
    wholes: frozenset[float]  # "19 of 19", "19, 19 and 41"


@lru_cache(maxsize=4096)
def numbers_of(said: Statement) -> Numbers:
    """Read the numbers of a sentence once."""
    text, lowered = said.text, said.lowered
    clocks = tuple(clocks_in(text))
    mentions = [
        m
        for m in numbers_in(text, said.language)
        if not any(c.start <= m.start < c.end for c in clocks)
        and not (m.value == 0 and lowered[m.start : m.end] in ("zero", "null"))
    ]
    dates = dates_on(said, None)  # a date's year is the date rule's
    mentions = [m for m in mentions if m.kind != "year" or not any(d.start <= m.start < d.end for d in dates)]
    mentions = mended(said, mentions)
    return Numbers(
        stated=tuple(_stated(said, mentions)),
        clocks=clocks,
        pairs=tuple(_pairs(text, mentions)),
        scores=frozenset(_scores(text, mentions)),
        wholes=frozenset(
            a.value
            for a, b in pairwise(mentions)
            if a.value == b.value
            and b.start - a.end < _LINK_LENGTH
            and (_OF.fullmatch(text, a.end, b.start) or _LISTED.fullmatch(text, a.end, b.start))
        ),
    )


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
            last_word(said.lowered, mention.start) in ("gegen", "ab")
            or _is_of(said, mention)
            or _is_governed(said, mention),
            around,
            mention.kind == "cardinal" and last_word(said.lowered, mention.start) in _LABELS,
            bool(_WHOLE.search(said.text, max(0, mention.start - 20), mention.start)),
            _head(said, mention),
            bool(
                _AGE_BEHIND.match(said.text, mention.end)
                or _AGE_BEFORE.search(said.lowered, 0, mention.start)
                or _AGED.search(span)
            ),
            _counted(said, mention),
        )


_LABELS: Final = frozenset(
    "week woche kalenderwoche kw "
    "round runde phase stage etappe part teil chapter kapitel set satz match game spiel season staffel".split()
)
_WHOLE = re.compile(r"(?:^|[;,]\s)(?:out of|of|von)\s(?:(?:the|all|den|insgesamt)\s){0,2}\Z", re.IGNORECASE)
_FEW = 12
_OF_A_SUM = re.compile(
    r"\w{0,30}(?:anleihen?|kredite?|verträge|vertrag|auftrag|aufträge|darlehen|rechnung|scheck|betrag|summe|paket|bürgschaft"
    r"|forderung|klage|spende|bescheid|abkommen|geschäft)s?\Z"
)


def _is_of(said: Statement, mention: NumberMention) -> bool:
    """Whether "über" says of how much or how far: "eine Anleihe über 250 Millionen"."""
    if said.language != "de" or mention.kind not in ("money", "measure", "cardinal"):
        return False
    words = [word for word in said.words if word.end <= mention.start][-2:]
    if len(words) < 2 or words[1].text != "über" or not words[0].text[0].isupper():
        return False
    if mention.kind == "cardinal":  # "der Ausnahmezustand über drei Regionen"
        return said.text[mention.start].isalpha() and mention.value <= _FEW
    return mention.unit in ("m", "km", "mi") or _OF_A_SUM.match(words[0].text.lower()) is not None


_AGED = re.compile(r"-Jährig")
_AGE_BEHIND = re.compile(r"(?:[ -]years?)?[ -]old\b|(?: Jahre)? alte?[nmrs]?\b|-Jährig")
_AGE_BEFORE = re.compile(r"\b(?:aged|age of|im alter von|alter von)\s\Z")


_GOVERN: Final = re.compile(
    r"\b(?:verfüg|berat|beriet|bericht|entscheid|entschied|sprach|sprech|gesprochen|verhandel|abstimm|stimm|herrsch)"
    r"\w{0,6}\b"
)


def _is_governed(said: Statement, mention: NumberMention) -> bool:
    """Whether "unter" means "among" and "über" "of", as the words before or the verb tell."""
    governed = said.language == "de" and last_word(said.lowered, mention.start) == "über"
    return governed and mention.kind == "cardinal" and _GOVERN.search(said.lowered, mention.end) is not None


_AWAY = re.compile(r"\b(?:für|in|im|an|am|auf|bei|mit|nach|vor|zu|zum|gegen|over|for|by|at|on|to|with|and|und)\b")


def _counted(said: Statement, mention: NumberMention) -> int:
    if mention.unit:
        return -1
    word = counted_word(mention.end, list(said.words), said.language)
    if word is None or _AWAY.search(said.lowered, mention.end, word.start):
        return -1
    return said.words.index(word)


def _head(said: Statement, mention: NumberMention) -> frozenset[str]:
    """Of the word right behind a number, and in German of the noun behind that adjective: "der 35 Euro teure Film"."""
    at = next((i for i, word in enumerate(said.words) if word.start >= mention.end), -1)
    if at < 0 or said.text[mention.end : said.words[at].start].strip(" -") or said.words[at].kind == "number":
        return frozenset()
    noun = said.words[at + 1 : at + 2]
    if said.language == "de" and said.words[at].text[0].islower() and noun and noun[0].text[0].isupper():
        return said.senses[at] | said.senses[at + 1]
    return said.senses[at]


_DIFFERENCE = re.compile(
    r"\s(?:(?!(?:and|und|on|to|in|of|at|for|by|damit|von|im|am|bei|auf)\b)[^\W\d_]{1,20}\s(?:a\s)?){0,2}"
    r"(?:fewer|less|weniger|(?:more|mehr|higher|lower|höher|niedriger)\s(?:than|als)|above\b|below\b)"
)


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
    while words and (words[-1] in _ADVERBS or words[-1] in _SMALL_ARTICLES):
        words = words[:-1]
    last = words[-1] if words else ""
    if _INSTEAD_OF.search(lowered, max(0, mention.start - 40), mention.start):
        return "former"
    if last in ("after", "nach") and mention.unit not in DURATIONS and mention.kind not in ("ordinal", "year"):
        return "former"
    if last in ("von", "vom"):
        return "from" if _ONWARDS.match(lowered, mention.end) else ""
    if last == "to" and len(words) > 1 and words[-2] in ("up", "close", "compared"):
        return ""
    return _ROLE_WORDS.get(last, "by" if mention.unit == "%" and last in _CHANGES else "")


# What another number is set against.
_INSTEAD_OF = re.compile(
    r"\b(?:statt|instead of|rather than|compared (?:with|to)|gegenüber|verglichen mit|im vergleich zu|nach zuvor"
    r"|(?:twice|double|triple|three times|four times)(?: as (?:many|much) as)?"
    r"|(?:doppelt|dreimal|viermal) so \w{3,5} wie)"
    r"(?: (?:the|den|die|der|a|an|previously|zuvor|ursprünglich|originally))?\s[€$£]?\Z"
)
_SMALL_ARTICLES: Final = frozenset("a an the ein eine einen einem einer das den die".split())
_ADVERBS: Final = frozenset("ursprünglich originally voraussichtlich zunächst bisher bislang initially".split())
_CHANGES: Final = frozenset(
    "rose fell dropped increased decreased grew climbed jumped gained slipped sank declined "
    "surged soared shrank up down plus minus".split()
)


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
    r"\W{0,2}(?:(?:(?!instead|rather)[^\W\d_]{1,20}\W)?"
    r"(?:to|zu|gegen|against|of|von|der|out of|aus|bis|and|und|ihrer|seiner|its|their)"
    r"|:|-|–)\W{0,2}"
    r"(?:(?:the|den|der|its|ihrer|their|insgesamt|all)\W)?[€$£]?",
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


def close(a: float, b: float) -> bool:
    """Whether two values are one but for how computers count."""
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def same_value(a: NumberMention, b: NumberMention) -> bool:
    """Whether two amounts are the same but perhaps for their kinds of unit, which `_unit_fault` compares."""
    (value, size), (other, other_size) = common_size(a.value, a.unit), common_size(b.value, b.unit)
    return close(value, other) if size == other_size else close(a.value, b.value)


def named(mention: NumberMention) -> str:
    """The amount as a log names it."""
    ends = f"{mention.value:g}" if mention.upper is None else f"{mention.value:g}–{mention.upper:g}"
    return f"{mention.bound} {ends} {mention.unit}".strip()


def end_of(mention: NumberMention) -> NumberMention:
    """The upper end of a range, or the number itself."""
    upper = mention.value if mention.upper is None else mention.upper
    return NumberMention(mention.start, mention.end, upper, None, mention.bound, mention.unit, mention.kind)


LARGE: Final = 10**6  # a sum as large as this may leave its currency to the one before
_FIGURES = re.compile(r"\d+(?:[.,]\d+)?")
_ELLIPTIC = 110  # code points between a bare number and the one whose unit it shares


def elliptic(said: Statement, bare: Stated, stated: Sequence[Stated]) -> Iterator[Stated]:
    """ "statt 3,1 am Ende 5,4 Milliarden Franken": what a bare number may mean when another one says its unit."""
    mention = bare.mention
    if mention.kind != "cardinal" or mention.unit or mention.upper is not None or not 0 < mention.value < 1000:
        return
    behind = [o.mention for o in stated if 0 < o.mention.start - mention.end < _ELLIPTIC]
    before = [o.mention for o in stated if 0 < mention.start - o.mention.end < _ELLIPTIC]
    nearest = [min(behind, key=lambda o: o.start), *before[-1:]] if behind else before[-1:]
    if _head(said, mention):  # "30 houses for 5 million euros"
        head = next(word for word in said.words if word.start >= mention.end)
        if head.text[0].isupper() or (said.language == "en" and bare.counted >= 0):
            return
    for other in nearest:
        if other.kind not in ("money", "percent", "measure", "cardinal"):
            continue
        figures = _FIGURES.search(said.text, other.start, other.end)
        own = numbers_in(figures.group(), said.language) if figures else ()
        times = other.value / own[0].value if len(own) == 1 and own[0].value else 1
        if other.unit or times > 1:
            yield replace(bare, mention=replace(mention, value=mention.value * times, unit=other.unit, kind=other.kind))
