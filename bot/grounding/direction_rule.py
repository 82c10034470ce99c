"""Directions: what is more than something else is not less, nor the highest the lowest, nor the earliest day the latest.

A direction belongs to a number when it stands in its part of the sentence: "a quarter *less* than a year ago", "*up* 12
percent". Only opposite directions of one number speak against a sentence, never a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from bot.grounding.amounts import Stated, named, numbers_of, same_value

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

# Behind a number, or the verb of its part of the sentence.
_UP = re.compile(
    r"\b(?:more|mehr|higher|höher|above|über(?= (?:den|dem|der|die|das)\b)|later|später|longer|länger|older|älter|faster|schneller|teurer|dearer|up|rises?|rose|risen|rising"
    r"|increas\w{1,3}|grew|grown|grows?|growth|climb\w{0,3}|jump\w{0,3}|gain\w{0,3}|surg\w{1,3}|soar\w{0,3}|plus|stieg\w{0,2}|steigt|steigen|gestiegen|anstieg\w{0,2}|wuchs\w{0,2}|gewachsen"
    r"|zuwachs|zulegt\w{0,3}|zugelegt|legte\w?(?=[^.;]{1,60}\bzu\b)|kletter\w{1,4}|erhöh\w{1,4}|verteuer\w{1,4}|zunahm\w{0,2}|zugenommen|nahm\w{0,2}(?=[^.;]{1,60}\bzu\b))\b"
)
_DOWN = re.compile(
    r"\b(?:less|fewer|weniger|lower|niedriger|tiefer|below|unter(?= (?:den|dem|der|die|das)\b)|earlier|früher|shorter|kürzer|younger|jünger|slower|langsamer|cheaper|billiger|günstiger|down"
    r"|falls?|fell|fallen|falling|drop\w{0,4}|decreas\w{1,3}|declin\w{1,3}|slip\w{0,4}|s[aiu]nk\w{0,2}|sinking|slump\w{0,3}|shr[aiu]nk\w{0,2}|plung\w{1,3}|los[et]s?|minus|sank\w{0,2}|gesunken|fiel\w{0,2}|gefallen"
    r"|rückgang\w{0,2}|rückgäng\w{1,2}|ging\w{0,2}(?=[^.;]{1,60}\bzurück\b)|zurückge\w{3,8}|zurückging\w{0,2}|schrumpf\w{1,4}|abnahm\w{0,2}|abgenommen|nahm\w{0,2}(?=[^.;]{1,60}\bab\b)"
    r"|gab\w{0,2}(?=[^.;]{1,60}\bnach\b)|nachgegeben|verlor\w{0,2}|einge?br\w{2,6}|brach\w{0,2}(?=[^.;]{1,60}\bein\b)|verbillig\w{1,4}|kürzt\w{0,2}|cuts?)\b"
)
# A bound of the number behind it is no direction: "more than 500", "über 500"; nor is "a year earlier".
_BOUND = re.compile(
    r"\b(?:more|less|fewer|mehr|weniger|higher|lower) (?:than|als) (?=[€$£]?\d|(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|eine?[nmrs]?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|half|die hälfte)\b)"
    r"|\b(?:no|nicht|kein\w{0,2}|not) (?:more|less|fewer|later|earlier|longer|mehr|weniger|später|früher|länger)\b"
    r"|\b(?:year|month|week|quarter|day|decade|jahr|monat|woche|tag)s? (?:earlier|before|later|früher|später)\b|\b(?:sooner or later|once more|früher oder später|up to|more and more)\b"
)
_PARTS = re.compile(
    r"[;:,](?!\d)|\b(?:and|but|while|whereas|after|before|und|aber|während|nachdem|doch|when|als(?= (?:im|am|in|er|sie|es)\b))\b"
)
_REACH = 60  # code points


def turned_direction(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    """("number", what) where a number goes the other way than in every quote that has it."""
    for one in numbers_of(said).stated:
        mine = _direction(said, one)
        theirs = [
            _direction(quote, other)
            for quote in quotes
            for other in numbers_of(quote).stated
            if same_value(one.mention, other.mention) and one.mention.kind == other.mention.kind
        ]
        if mine and theirs and all(direction == -mine for direction in theirs):
            return "number", f"{named(one.mention)} the other way"
        if _each_for_all(said, one, quotes):
            return "number", f"each {named(one.mention)}"
        if outcome := _other_outcome(said, one, quotes):
            return "number", f"{named(one.mention)} {outcome}"
    return _turned_phrase(said, quotes)


# What became of so many people: where no quote has a word of the kind, it is not theirs.
_OUTCOMES: Final = {
    "dead": {
        "en": r"dead|die[ds]?|dying|kill\w{0,3}|deaths?|deadly|fatal\w{0,6}|lives|perished|murder\w{0,3}|shot(?! down)|drown\w{0,3}|executed|slain|massacre\w?",
        "de": r"tot|tote[nrs]?|töt\w{1,4}|tödlich\w{0,2}|getötet\w{0,2}|starb\w{0,2}|stirbt|sterben|gestorben\w?|verstorben\w?|verstarb\w?|ums leben|todes\w{2,12}|tod|erschoss\w{2,4}"
        r"|ertr[au]nk\w{0,3}|ermord\w{1,4}|verunglück\w{1,3}|umgekommen|hingerichtet\w?",
    },
    "hurt": {
        "en": r"injur\w{1,4}|wound\w{0,3}|hurt|unhurt|uninjured|unharmed|harm\w{0,2}",
        "de": r"\w{0,8}verletz\w{1,5}|verwundet\w{0,2}|unversehrt\w?",
    },
    "missing": {
        "en": r"(?:reported|went|gone|still|were|was|remain\w{0,2}) missing|missing (?:people|persons?|man|men|woman|women|child|children)|unaccounted for|vanish\w{0,3}|disappear\w{0,3}",
        "de": r"vermisst\w{0,2}|verschwunden\w?|verschollen\w?|verschwand\w{0,2}",
    },
    "arrested": {
        "en": r"arrest\w{0,3}|detain\w{0,3}|detention|custody|jailed|imprisoned",
        "de": r"festgenommen\w?|festnahme\w?|nahm\w{0,2}(?=[^.;]{1,80}\bfest\b)|verhaft\w{1,4}|gewahrsam|inhaftiert\w?",
    },
}


@cache
def _outcomes(language: str) -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(rf"\b(?:{words.get(language, words['en'])})\b") for kind, words in _OUTCOMES.items()}


_TOLD_SO: Final = {
    "dead": re.compile(
        r"\b(?:trauer\w{0,3}|mourn\w{0,3}|funeral|beerdig\w{1,3}|leiche\w?|body|bodies|remains|claimed|forderte\w?|gefordert)\b"
    ),
    "hurt": re.compile(
        r"\b(?:lebensgef\w{2,8}|critical\w{0,2}|hospital\w{0,4}|krankenh\w{2,6}|klinik\w{0,2}|behandelt\w{0,2}|treat\w{2,4}|leben)\b"
    ),
    "missing": re.compile(r"\b(?:missing|search\w{0,3}|such\w{1,4}|gesucht\w?|trapped|verschüttet\w?)\b"),
    "arrested": re.compile(
        r"\b(?:polizei|police|prison|jail|gefängnis|haft\w{0,4}|fass\w{1,4}|gefasst\w?|caught|suspects?)\b"
    ),
}
_SOME_OUTCOME = re.compile(r"\b(?:casualt\w{1,4}|victims?|\w{0,8}opfer\w?|toll|bilanz|lost their)\b")


def _other_outcome(said: Statement, one: Stated, quotes: Sequence[Statement]) -> str:
    """ "70 people were injured", where the quotes know 70 people on a train and nothing of injuries."""
    if one.mention.kind != "cardinal" or any(_SOME_OUTCOME.search(quote.lowered) for quote in quotes):
        return ""
    begin, end = _part_of(said, one)
    if not {said.language, *(quote.language for quote in quotes)} <= {"de", "en"}:
        return ""
    for kind, outcome in _outcomes(said.language).items():
        found = outcome.search(said.lowered, begin, end)
        told = any(
            _outcomes(quote.language)[kind].search(quote.lowered) or _TOLD_SO[kind].search(quote.lowered)
            for quote in quotes
        )
        if found and not told:
            return found.group()
    return ""


_EACH = re.compile(r"\b(?:each|apiece|jeweils|jede[nrms]?(?! (?:zweite|dritte|vierte|fünfte))|je)\b")
_TOTAL = re.compile(r"\b(?:total\w{0,3}|altogether|combined|together|insgesamt|gesamt\w{0,12}|zusammen)\b")
_AROUND = 30  # code points


def _each_for_all(said: Statement, one: Stated, quotes: Sequence[Statement]) -> bool:
    """ "each weighs 210 kilogrammes", where that is what all weigh together."""
    if not _near(said, one, _EACH):
        return False
    own = [(q, o) for q in quotes for o in numbers_of(q).stated if same_value(one.mention, o.mention)]
    return bool(own) and all(_near(q, o, _TOTAL) and not _near(q, o, _EACH) for q, o in own)


def _near(said: Statement, one: Stated, words: re.Pattern[str]) -> bool:
    begin, end = max(0, one.mention.start - _AROUND), one.mention.end + _AROUND
    return words.search(said.lowered, begin, end) is not None


def _direction(said: Statement, one: Stated) -> int:
    """1 for more, -1 for less, 0 where nothing or both are said in the number's part of the sentence."""
    low, high = _part_of(said, one)
    lowered = _without_bounds(said)
    behind = _way(lowered[one.mention.end : high])
    return behind or _way(lowered[low : one.mention.start])


def _part_of(said: Statement, one: Stated) -> tuple[int, int]:
    """The part of a sentence around a number, up to what ends it or another number."""
    start, end = one.mention.start, one.mention.end
    borders = [match.start() for match in _PARTS.finditer(_without_bounds(said))]
    others = [o.mention for o in numbers_of(said).stated if o is not one]
    low = max([b for b in borders if b < start] + [o.end for o in others if o.end <= start] + [start - _REACH, 0])
    high = min([b for b in borders if b >= end] + [o.start for o in others if o.start >= end] + [end + _REACH])
    return low, high


def _way(text: str) -> int:
    up, down = _UP.search(text) is not None, _DOWN.search(text) is not None
    return up - down


@lru_cache(maxsize=4096)
def _without_bounds(said: Statement) -> str:
    return _BOUND.sub(lambda match: "·" * len(match.group()), said.lowered)


# --- phrases ------------------------------------------------------------------------------------------------------

_EXTREMES: Final = (
    (r"longest|längste\w?", r"shortest|kürzeste\w?"),
    (r"highest|höchste\w?", r"lowest|niedrigste\w?|tiefste\w?|geringste\w?"),
    (r"largest|biggest|größte\w?", r"smallest|kleinste\w?"),
    (r"oldest|älteste\w?", r"youngest|jüngste\w?"),
    (r"strongest|stärkste\w?", r"weakest|schwächste\w?"),
    (r"fastest|schnellste\w?", r"slowest|langsamste\w?"),
    (r"too (?:high|much|many|fast|late)|zu (?:hoch|viel\w?|schnell|spät|hohe\w?)", r"too (?:low|little|few|slow(?:ly)?|early)|zu (?:niedrig|wenig\w?|langsam|früh|niedrige\w?)"),
    (r"at the latest|no later than|spätestens", r"at the earliest|no earlier than|frühestens"),
    (r"at least|mindestens|wenigstens|no fewer than|no less than", r"at most|höchstens|maximal|no more than"),
    (r"at the latest|no later than|spätestens", r"until at least|at least until|mindestens bis|bis mindestens"),
    (r"above (?:the|that|those|its|their)|über (?:der|dem|den) (?:von|des)", r"below (?:the|that|those|its|their)|unter (?:der|dem|den) (?:von|des)"),
    (r"surplus|überschuss\w{0,3}|profit|gewinn|plus", r"deficit|defizit\w{0,2}|loss|verlust|minus|fehlbetrag"),
    (r"twice|zweimal", r"once|einmal"),
)  # fmt: skip
_PHRASES: Final = tuple(
    (re.compile(rf"\b(?:{up})(?![^\W_])"), re.compile(rf"\b(?:{down})(?![^\W_])")) for up, down in _EXTREMES
)
_NTH = re.compile(
    r"\b(?:(?:second|third|fourth|fifth|sixth|next)[ -](?P<en>[a-z]{3,12}est)|(?:zweit|dritt|viert|fünft|sechst|nächst)(?P<de>[a-zäöü]{3,12}ste))[nmrs]?\b"
)
_EVER = re.compile(r"\b(?:ever|of all time|in history|aller zeiten|jemals|der geschichte|all-time)\b")
_EVER_THERE = re.compile(
    r"\b(?:ever|never|record\w?|histor\w{1,7}|all[ -]time|aller zeiten|jemals|nie|noch nie|rekord\w{0,12}|geschichte|beginn der|began|begin)\b"
)
_UNANIMOUS = re.compile(r"\b(?:unanimous(?:ly)?|einstimmig\w{0,2}|without dissent|geschlossen für)\b")


def _turned_phrase(said: Statement, quotes: Sequence[Statement]) -> tuple[str, str] | None:
    there = " ".join(quote.lowered for quote in quotes)
    for up, down in _PHRASES:
        for this, that in ((up, down), (down, up)):
            mine = this.search(said.lowered)
            if mine and not that.search(said.lowered) and that.search(there) and not this.search(there):
                return "number", mine.group()
    for match in _NTH.finditer(there):
        extreme = match["en"] or match["de"]
        if re.search(rf"\b{extreme}", said.lowered) and not _NTH.search(said.lowered):
            return "number", extreme
    if (ever := _EVER.search(said.lowered)) and not _EVER_THERE.search(there):
        return "hedge", ever.group()
    if (unanimous := _UNANIMOUS.search(said.lowered)) and not _UNANIMOUS.search(there):
        return "number", unanimous.group()
    return None
