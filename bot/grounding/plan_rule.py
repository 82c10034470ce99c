"""Plans: what is still to come in the quotes has not happened in the sentence, and one of two choices is not the one.

A part of a sentence is *open* ("is to close", "soll … werden", "can appeal") or *done* ("has closed", "wurde … gebracht").
A sentence that is done and nowhere open must not stand on a part of a quote that is open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.grounding.statement import is_calendar

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_OPEN_EN = re.compile(
    r"\b(?:will|would|shall|should|can|could|may|might|must|cannot|(?:is|are|was|were) (?:to|due|set|expected|scheduled|supposed|about|likely|planned|poised)"
    r"|plan(?:s|ned|ning)? to|want(?:s|ed)? to|intend(?:s|ed)? to|hope[sd]? to|aim(?:s|ed)? to|need(?:s|ed)? (?:to|the)|has to|have to|had to"
    r"|going to|yet to|not yet|whether|promise[sd]?|pledge[sd]?|vow(?:s|ed)?|expect(?:s|ed)?|propos\w{1,4}|consider\w{0,3}|threaten\w{0,3}|demand\w{0,3}"
    r"|call(?:s|ed)? (?:for|on)|urge[sd]?|ask(?:s|ed)? (?:for|to)|seek(?:s|ing)?|if|unless|until|before|agree[sd]? to|ordered|told|allowed|ready|able to|try|tried|trying)\b|['’](?:ll|d)\b"
)
_OPEN_DE = re.compile(
    r"\b(?:soll\w{0,3}|will|wollen|wollte\w?|kann|können|konnte\w?|könnte\w?|muss|müssen|musste\w?|müsste\w?|darf|dürfen|durfte\w?|dürfte\w?|würde\w?"
    r"|wird|werden|ob|wenn|falls|sofern|bis|bevor|plan\w{1,3}|geplant\w{0,2}|voraussichtlich|erwart\w{1,4}|droh\w{1,3}|forder\w{1,3}|gefordert\w{0,2}|verlang\w{1,3}"
    r"|versprach\w{0,2}|versprochen|zugesagt|zusag\w{1,3}|angekündigt\w{0,2}|kündig\w{1,4}|hoff\w{1,3}|prüf\w{1,3}|erwäg\w{1,3}|vorgesehen|zu|lassen|ließ\w{0,2}|noch nicht|künftig\w{0,2}|demnächst)\b"
)
# What is still to come, said so plainly that a finished deed contradicts it.
_TO_COME_EN = re.compile(
    r"\b(?:will(?! not)|shall|is to|are to|(?:is|are) (?:due|set|expected|scheduled|about|supposed|planned) to|plans? to|planning to|can(?! not)|may(?! not)|might|could(?! not)"
    r"|must(?! not| have)|needs? (?:to|the)|has yet to|have yet to|wants? to|intends? to|hopes? to|aims? to|promise[sd] (?:to )?|pledged (?:to )?)\b"
)
_TO_COME_DE = re.compile(
    r"\b(?:soll(?:en)?(?![^;]{1,160}\b(?:haben|sein)(?:[,;.]|$))|will|wollen|kann|können(?![,;.]|$)|könnte|könnten|muss|müssen(?![,;.]|$)|darf|dürfen|plant|planen|will|wird(?=[^,;.]{1,120}(?:en|ern|eln)(?:[,;.]|$))|werden(?=[^,;.]{1,120}(?:en|ern|eln)(?:[,;.]|$)))\b"
)
_DONE_EN = re.compile(
    r"\b(?:has|have|had) (?:(?:now|already|since|also|been|not|finally|largely|fully)\s){0,2}[a-z]{2,15}(?:ed|en|t|d|ne|un|ut|wn|ld|ade|one|ung|aid|ept)\b"
    r"|\b(?:was|were) (?:(?:now|already|since|also|not|finally)\s){0,2}[a-z]{2,15}(?:ed|en|ght|ld|ut|wn|ne|ade|id|pt|nt|ft)\b"
    r"|(?<=[a-z] )(?!need|speed|feed|exceed|indeed|hundred|said)[a-z]{2,14}[^e\W]ed\b(?= (?:the|a|an|its|his|her|their|on|in|at|to|for|from|by|with|against|after|about|around|some|more|\d))"
)
_DONE_DE = re.compile(
    r"\b(?:wurden?|worden)\b|\b(?:hat|haben|hatten?|ist|sind|war|waren)\b(?=[^;.]{1,160}\b(?:\w{0,10}ge\w{2,14}(?:t|en)|(?!betroffen|bedroht|begrenzt|beteiligt|bestimmt)(?:ver|be|ent|er|zer|miss|über|unter)\w{2,14}(?:t|en)|\w{3,12}iert)(?:[,;. ]|$))"
)
# "Must pay a fine" is told as "has been fined", and what cannot be is none that is to come.
_NOT_SO = re.compile(
    r"\b(?:strafe\w?|bußgeld\w{0,3}|geldbuße\w?|geldstrafe\w?|fined?|fines|penalty|nicht|nie|kein\w{0,2}|not|no|never|unable)\b",
    re.IGNORECASE,
)
_SHARE = 0.6
_FEWEST = 3


def told_too_early(said: Statement, quotes: Sequence[Statement]) -> str:
    """What a sentence tells as done or decided that its quotes tell as still open; "" for nothing."""
    if said.language not in ("de", "en") or not all(quote.language in ("de", "en") for quote in quotes):
        return ""
    return _done_too_early(said, quotes) or _one_of_two(said, quotes) or _no_condition(said, quotes)


def _done_too_early(said: Statement, quotes: Sequence[Statement]) -> str:
    if not _is_done(said):
        return ""
    words = _words(said)
    if len(words) < _FEWEST:
        return ""
    still_open = ""
    for quote in quotes:
        bag = quote.bag | {f"={word.text.lower()}" for word in quote.words}
        share = sum(not bag.isdisjoint(keys) for keys in words) / len(words)
        mark = _to_come(quote)
        if (share < _SHARE) if mark else (share >= _SHARE / 2):
            return ""  # too far from it, or told by another quote, too
        still_open = still_open or mark
    return still_open


def _words(said: Statement) -> list[frozenset[str]]:
    """The keys of each word of a sentence that says something, days and months left out."""
    return [
        senses | clues | {f"={word.text.lower()}"}
        for word, senses, clues in zip(said.words, said.senses, said.clue_senses, strict=True)
        if senses and not is_calendar(word.text)
    ]


@lru_cache(maxsize=4096)
def _is_done(said: Statement) -> bool:
    """Whether a sentence tells of what has happened, and of nothing that may or will."""
    done, still = (_DONE_DE, _OPEN_DE) if said.language == "de" else (_DONE_EN, _OPEN_EN)
    return done.search(said.text) is not None and still.search(said.text) is None


@lru_cache(maxsize=4096)
def _to_come(quote: Statement) -> str:
    """The word by which a quote says that something is still to come; "" where anything of it has happened."""
    to_come, done = (_TO_COME_DE, _DONE_DE) if quote.language == "de" else (_TO_COME_EN, _DONE_EN)
    mark = to_come.search(quote.text)
    return mark.group() if mark and not done.search(quote.text) and not _NOT_SO.search(quote.text) else ""


# --- one of two ---------------------------------------------------------------------------------------------------

_EITHER = re.compile(r"\b(?:either|entweder)\s([^.;]{2,100}?)\s(?:or|oder)\s([^.;,]{2,100})", re.IGNORECASE)
_STILL_TWO = re.compile(
    r"\b(?:or|oder|either|entweder|may|might|could|can|possibl[ey]|perhaps|one of|kann|können|könnte\w?|möglich\w{0,8}|vielleicht"
    r"|womöglich|einer der|eine der|eines der|not yet|noch nicht|unclear|unklar|offen|open|candidates?|kandidat\w{0,5}|whether|ob)\b",
    re.IGNORECASE,
)


def _one_of_two(said: Statement, quotes: Sequence[Statement]) -> str:
    """What a sentence says for certain of two things that a quote leaves open: "either Lund or Visby"."""
    if _STILL_TWO.search(said.text):
        return ""
    for quote in quotes:
        for match in _EITHER.finditer(quote.text):
            one, other = (_senses_between(quote, match.start(n), match.end(n)) for n in (1, 2))
            here = [not said.bag.isdisjoint(senses) for senses in (one - other, other - one)]
            if here[0] != here[1] and not any(_EITHER.search(q.text) is None and q is not quote for q in quotes):
                return match.group()[:40]
    return ""


def _senses_between(quote: Statement, start: int, end: int) -> frozenset[str]:
    return frozenset().union(
        *(
            senses | clues
            for word, senses, clues in zip(quote.words, quote.senses, quote.clue_senses, strict=True)
            if start <= word.start < end
        )
    )


# --- conditions ---------------------------------------------------------------------------------------------------

_CONDITION = re.compile(
    r"(?:^|,\s|\s)(?:only if|if|provided(?: that)?|unless|nur wenn|falls|sofern|vorausgesetzt|es sei denn)\s[^,;.]{3,160}",
    re.IGNORECASE,
)
_CAREFUL = re.compile(
    r"\b(?:if|provided|unless|wenn|falls|sofern|vorausgesetzt|depend\w{0,3}|abhängig|abhängen|hängt|bedingung\w{0,2}|condition\w{0,5}|subject to"
    r"|would|could|may|might|can|würde\w?|könnte\w?|kann|können|soll\w{0,3}|plan\w{0,4}|want\w?|will(?=\b[^.]{0,80}\b(?:zu|en)\b)|should|once|sobald|after|nach|bei|vorbehaltlich"
    r"|threat\w{0,5}|droh\w{1,3}|warn\w{0,3}|possibl[ey]|möglich\w{0,8}|in case|im falle?|ohne|without|otherwise|sonst|whether|ob|hope\w?|hoff\w{1,3})\b",
    re.IGNORECASE,
)


def _no_condition(said: Statement, quotes: Sequence[Statement]) -> str:
    """What happens in a sentence in any case, and in its quote under a condition."""
    if len(quotes) > 1 or _CAREFUL.search(said.text):
        return ""
    quote = quotes[0]
    condition = _CONDITION.search(quote.text)
    if condition is None:
        return ""
    inside = _senses_between(quote, condition.start(), condition.end())
    outside = _senses_between(quote, 0, condition.start()) | _senses_between(quote, condition.end(), len(quote.text))
    words = [said.senses[i] | said.clue_senses[i] for i in said.content]
    share = sum(not outside.isdisjoint(senses) for senses in words) / max(1, len(words))
    told = any(not (inside - outside).isdisjoint(senses) for senses in words)
    return condition.group().strip()[:40] if share >= _SHARE and not told else ""
