"""Numbers as their neighbourhood makes them: a sign, a unit said later, one of several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.languages.bounds import bound_of
from bot.languages.numbers import NumberMention, numbers_in
from bot.languages.reading import last_word, words_before

if TYPE_CHECKING:
    from bot.grounding.statement import Statement


_BELOW_ZERO = re.compile(
    r"[^\n.;]{0,12}?\b(?:below (?:zero|freezing)|unter (?:null|dem gefrierpunkt))\b", re.IGNORECASE
)

_PER_HOUR = re.compile(r"\s?(?:pro stunde|per hour|an hour|je stunde|in der stunde|stundenkilometer)", re.IGNORECASE)
_AGAINST = re.compile(r"\s(?:zu|to|gegen|against|versus)\s|\s?[:–-]\s?", re.IGNORECASE)
_ONE_IN = re.compile(r"\b(?:one|1|a|einer?|eines|ein)\s(?:in|von|out of)\s(?:etwa |about |rund )?\Z", re.IGNORECASE)
_FRANC = re.compile(r"\b(?:schweizer |swiss )?fran[ck](?=s?\b|en\b)", re.IGNORECASE)


def mended(said: Statement, mentions: Sequence[NumberMention]) -> list[NumberMention]:
    """The mentions with what only their neighbourhood tells: a sign, a unit, that they are one of several."""
    found: list[NumberMention] = []
    mentions = sorted([*mentions, *_and_a_half(said)], key=lambda one: one.start)
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


_AND_A_HALF = re.compile(r"\b(?P<whole>andert|einein|zweiein|dreiein|vierein)halb(?:mal|fach)", re.IGNORECASE)
_WHOLES: Final = {"andert": 1, "einein": 1, "zweiein": 2, "dreiein": 3, "vierein": 4}
_HALF_A = re.compile(
    r"\b(?:half an?|(?P<more>an?)) (?P<en>century|decade|year|hour|day|minute)(?(more) and a half)\b"
    r"|\b(?:eine?[nmrs]? )?halbe[nmrs]? (?P<de>jahrhundert|jahrzehnt|jahr|stunde|tag)(?:e?s|e)?\b"
)
_HALVED: Final = {
    "century": "century", "decade": "decade", "year": "year", "hour": "h", "day": "day", "minute": "min",
    "jahrhundert": "century", "jahrzehnt": "decade", "jahr": "year", "stunde": "h", "tag": "day",
}  # fmt: skip
_FOLD = re.compile(r"fache[nrms]?\Z|mal\Z", re.IGNORECASE)


def _and_a_half(said: Statement) -> Iterator[NumberMention]:
    """ "anderthalbmal so viele", which is read as no number."""
    for match in _AND_A_HALF.finditer(said.text):
        bound = bound_of(words_before(said.lowered, match.start()), said.lowered, match.start(), match.end(), "de")
        yield NumberMention(match.start(), match.end(), _WHOLES[match["whole"].lower()] + 0.5, None, bound)
    for match in _HALF_A.finditer(said.lowered):
        bound = bound_of(
            words_before(said.lowered, match.start()), said.lowered, match.start(), match.end(), said.language
        )
        unit = _HALVED[match["en"] or match["de"]]
        yield NumberMention(match.start(), match.end(), 1.5 if match["more"] else 0.5, None, bound, unit, "measure")


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


_SPAN_OF = re.compile(r"\s[A-ZÄÖÜ][a-zäöü]{2,14}(woche|tag|monat|jahr|stunde|minute)(?:e|n|en|s)?\b")
_SPANS: Final = {"woche": "week", "tag": "day", "monat": "month", "jahr": "year", "stunde": "h", "minute": "min"}
_RUNNING = re.compile(
    r"\s(?:(?:straight|consecutive|successive|full|whole|long|solid)\s(?P<en>year|month|week|day|hour|minute)s?"
    r"|(?:ganze[nr]?|volle[nr]?|lange[nr]?|aufeinanderfolgende[nr]?)\s(?P<de>jahr|monat|woche|tag|stunde|minute)(?:e?n|e|s)?)\b"
)
_RUN: Final = {
    "year": "year", "month": "month", "week": "week", "day": "day", "hour": "h", "minute": "min",
    "jahr": "year", "monat": "month", "woche": "week", "tag": "day", "stunde": "h",
}  # fmt: skip
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
    if not mention.bound and said.language == "de" and _FOLD.search(text, mention.start, mention.end):
        words = words_before(said.lowered, mention.start)
        if words and words[-1] in ("das", "dem", "des", "die"):  # "fast das Siebenfache"
            bound = bound_of(words[:-1], said.lowered, mention.start, mention.end, "de")
            mention = replace(mention, bound=bound)
    if following is not None and mention.unit == following.unit and mention.upper is None:
        # "um ein Viertel auf 4,8 Milliarden Dollar": a quarter of what was, not of a billion dollars
        part = numbers_in(text[mention.start : mention.end], said.language)
        if len(part) == 1 and part[0].value < 1 < mention.value:
            return replace(part[0], start=mention.start, end=mention.end, bound=mention.bound)
    if mention.unit == "°" and _DEGREE_OF.match(text, mention.end):
        return replace(mention, unit="", kind="cardinal")  # "52 degree programmes"
    if not mention.unit and mention.kind == "cardinal" and (running := _RUNNING.match(said.lowered, mention.end)):
        return replace(mention, unit=_RUN[running["en"] or running["de"]], kind="measure")
    if not mention.bound and last_word(said.lowered, mention.start) in ("keine", "keinen", "kein"):
        mention = replace(mention, bound="less than")  # "keine 90 Minuten"
    if not mention.unit and last_word(said.lowered, mention.start) == "tempo":
        return replace(mention, unit="km/h", kind="measure")
    if not mention.unit and mention.kind == "cardinal" and (span := _SPAN_OF.match(text, mention.end)):
        return replace(mention, unit=_SPANS[span[1].lower()], kind="measure")  # "drei Maiwochen"
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
