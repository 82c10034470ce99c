"""Background: what a report repeats of earlier times, and is no news though it stands in a new document.

"In 2022 the ministry had reported 1,500" is true of 2022. Three things give it away: a date that lies far before the
report, a tense that lies before the one in which news is told ("had reported", "waren evakuiert worden") where nobody
is said to say so now, and words like "at that time". What a firm employs or when a hall was built is none either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bot.languages.dates import dates_in

if TYPE_CHECKING:
    from bot.domain import StoredVersion
    from bot.languages.dates import DateMention

# How long before its report the end of a time may lie that is still told as news: figures of a month come weeks later.
_FAR: Final = {"day": 30, "weekday": 30, "time": 30, "month": 75}
_FAR_PERIOD: Final = 120
_DISTANT: Final = timedelta(days=180)
_A_DAY_OR_SO: Final = timedelta(days=10)  # what happened within so many days is dated by the last one
_LEADING: Final = 40  # a date that begins a sentence is that of all its clauses
_READ_FOR_A_DAY: Final = 6_000  # code points of a document without a date
_LONGEST: Final = 1_200
_BORDER: Final = re.compile(r"[,;:–—](?=\s)|[.!?](?=\s|\Z)")
_EARLIER: Final = {
    "en": re.compile(
        r"\bhad\s+(?:(?:already|also|not|never|been|previously|earlier|originally|initially|only|just|once)\s+)*"
        r"(?!(?:to|a|an|the|no|its|his|her|their|our|some|more|less|many|few|about|only|nothing|enough)\b|\d)[a-z]{3,}",
        re.I,
    ),
    "de": re.compile(
        r"\b(?:hatten?\b[^.;:]{0,160}\b(?:\w*ge\w{2,}(?:t|en)|(?:be|er|ver|zer|ent|emp)\w{2,}(?:t|en)|\w+iert)\b"
        r"|war(?:en)?\b[^.;:]{0,160}\b(?:worden|gewesen|gestiegen|gefallen|gesunken|gekommen|gegangen|gestorben|geworden"
        r"|geflohen|geblieben|abgereist|zurückgekehrt)\b|(?:worden|gewesen)\s+war(?:en)?\b"
        r"|\b\w{3,40}(?:t|en)\s+hatten?\b)",
        re.I,
    ),
}  # fmt: skip
# Somebody says so now: then an earlier tense is only that of what was said. "had said" is none of these.
_SAYS: Final = {
    "en": re.compile(
        r"(?<!had )(?<!had already )(?<!had earlier )(?<!had previously )\b(?:says?|said|tells?|told|reports?|"
        r"announce[sd]|acknowledge[sd]|admit(?:s|ted)|confirm(?:s|ed)|den(?:y|ies|ied)|claim(?:s|ed)|"
        r"according to|estimate[sd])\b",
        re.I,
    ),
    "de": re.compile(
        r"\b(?:sag(?:t|te|ten)|teil(?:t|te|ten)\b[^.;]{0,80}\bmit|mitteilten?|bericht(?:et|ete|eten)|meld(?:et|ete|eten)|"
        r"erklär(?:t|te|ten)|bestätig(?:t|te|ten)|räum(?:t|te|ten)|bestr(?:eitet|itt|itten)|laut|zufolge|nach angaben|"
        r"gab(?:en)?\b[^.;]{0,80}\b(?:an|bekannt)|schätz(?:t|te|ten))\b",
        re.I,
    ),
}  # fmt: skip
_THEN: Final = re.compile(
    r"\b(?:at (?:that|the) time|back then|in those days|a year (?:earlier|before|ago)|years (?:earlier|before|ago)|"
    r"the (?:old|previous) record|last year|the year before|damals|seinerzeit|zu (?:diesem|jenem) zeitpunkt|"
    r"(?:ein jahr|jahre) (?:zuvor|davor)|vor (?:einem jahr|\w+ jahren)|im vorjahr|"
    r"im (?:vergangenen|letzten|vorigen) jahr|letztes jahr|der (?:alte|bisherige) rekord)\b",
    re.I,
)
_STANDING: Final = re.compile(
    r"\b(?:employs|beschäftigt|was (?:founded|built|born|established)|wurde\w* (?:\w+ ){0,6}(?:gegründet|erbaut|gebaut|"
    r"geboren)|inhabitants|einwohner\w*|has a population)\b",
    re.I,
)
_BY_NOW: Final = re.compile(  # "by Tuesday evening 27 people had died" is the state of things
    r"\b(?:(?:by|until|as of) (?:then|now|today|late|early|noon|midnight|dawn|dusk|evening|morning|night|nightfall|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|the (?:evening|morning|end|weekend|afternoon))|so far|meanwhile|"
    r"bis(?= (?!zu\b)\D)|bislang|bisher|inzwischen|mittlerweile)(?![\w-])", re.I
)
_FEWEST_WORDS: Final = 3  # of a clause that counts


@dataclass(frozen=True, slots=True)
class Past:
    """That something is background. `day`: its own, where it says one; `when`: its words for its time, "In 2022";
    `distant`: that lies so far back that it is another story's time."""

    day: date | None = None
    when: str = ""
    distant: bool = False


def written_on(version: StoredVersion) -> tuple[date | None, bool]:
    """The day from which a document looks back, and whether that is its own, or only the last one that it names: then
    "on Friday" is no day. None: it says nothing."""
    published = version.facts.published
    if published.known_day is not None and not published.warning:
        return published.known_day, True
    return _last_named(version.text[:_READ_FOR_A_DAY], version.facts.language, version.facts.stored_at.date()), False


@lru_cache(maxsize=2048)
def _last_named(text: str, language: str, latest: date) -> date | None:
    named = [
        mention.first for mention in dates_in(text, language, None, bare_years=False)
        if mention.first is not None and mention.precision in ("day", "month") and mention.first <= latest
    ]  # fmt: skip
    return max(named, default=None)


@lru_cache(maxsize=8192)
def _sentence(text: str, language: str, day: tuple[date | None, bool], lead: bool) -> Sentence:
    return Sentence(text, language, day[0], is_own=day[1], lead=lead)


def past_sentence(version: StoredVersion, number: int) -> Sentence:
    """A sentence of a version, to be asked what of it is background."""
    s = version.sentences[number]
    text = version.text[s.start : min(s.end, s.start + _LONGEST)]
    return _sentence(text, version.facts.language, written_on(version), number == 0)


class Sentence:
    """What of one sentence is background, seen from a day. `is_own`: its document was written then, else not before;
    `lead`: it is the first of its document, which tells the news: nothing of it is."""

    def __init__(
        self, text: str, language: str, day: date | None, *, is_own: bool = True, lead: bool = False
    ) -> None:
        self._text, self._language, self._lead = text[:_LONGEST], language, lead
        self._day, self._from = day, day if is_own else None
        self._far: list[tuple[DateMention, bool]] | None = None

    def past_at(self, start: int, end: int) -> Past | None:
        """Whether what stands there is background."""
        first, last = self._clause(start, end)
        return self._past(first, last)

    def past(self) -> Past | None:
        """Whether all of the sentence is background."""
        clauses = self._clauses()
        found = [self._past(first, last) for first, last in clauses]
        return found[0] if found and all(found) else None

    def _past(self, first: int, last: int) -> Past | None:
        clause = self._text[first:last]
        said = _SAYS.get(self._language)
        earlier = _EARLIER.get(self._language)
        mentions = self._mentions()
        inside = [(one, far) for one, far in mentions if first <= one.start < last]
        leading = [(one, far) for one, far in mentions if one.start <= _LEADING and one.start < first]
        time = inside or leading[:1]
        far = bool(time) and all(far for _, far in time)
        if self._lead:
            return None
        if far or _THEN.search(clause) or _STANDING.search(clause):
            return self._at(time)
        # Without a word that somebody says so anywhere in the sentence, its tense is that of the report.
        told_now = said is None or said.search(self._text) or _BY_NOW.search(clause)
        if earlier is not None and earlier.search(clause) and not told_now:
            return self._at(time)
        return None

    def _at(self, time: list[tuple[DateMention, bool]]) -> Past:
        if not time:
            return Past()
        mention = time[0][0]
        first, last = mention.first, mention.last
        exact = last if first is not None and last is not None and last - first <= _A_DAY_OR_SO else None
        distant = self._day is not None and last is not None and self._day - last > _DISTANT
        return Past(exact, " ".join(self._text[mention.start : mention.end].split()), distant)

    def _mentions(self) -> list[tuple[DateMention, bool]]:
        """The dates of the sentence, and whether each lies far before its report."""
        if self._far is None:
            found = dates_in(self._text, self._language, self._from)
            self._far = [(one, self._is_far(one)) for one in found if one.last is not None]
        return self._far

    def _is_far(self, mention: DateMention) -> bool:
        # "from July" may be the next one: without a year it is the tense that tells.
        if self._day is None or mention.last is None or mention.relative:
            return False
        return self._day - mention.last > timedelta(days=_FAR.get(mention.precision, _FAR_PERIOD))

    def _clause(self, start: int, end: int) -> tuple[int, int]:
        first = max((one.end() for one in _BORDER.finditer(self._text, 0, start)), default=0)
        after = _BORDER.search(self._text, end)
        return first, after.start() if after else len(self._text)

    def _clauses(self) -> list[tuple[int, int]]:
        borders = [0, *(one.end() for one in _BORDER.finditer(self._text)), len(self._text)]
        pairs = list(pairwise(borders))
        long = [(a, b) for a, b in pairs if len(self._text[a:b].split()) >= _FEWEST_WORDS]
        # "In May 2013, a flood …": a time that stands alone says nothing by itself.
        return long or pairs[:1]
