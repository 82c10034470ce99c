"""How exactly a number is meant: "mehr als", "as many as", "knapp", ">", "or more"."""

from __future__ import annotations

import re
from functools import cache

from bot.languages.reading import BLANKS

_GERMAN = {
    "up to": "bis zu|bis|höchstens|maximal|nicht mehr als|nicht über|bestenfalls|allenfalls|maximal bis zu",
    "more than": "mehr als|über|gut|größer als|höher als|mehr als die",
    "about": "etwa|rund|ungefähr|circa|ca|zirka|schätzungsweise|geschätzt|geschätzte|geschätzten|um die|gegen|in etwa",
    "at least": "mindestens|wenigstens|zumindest|nicht weniger als|ab|minimal",
    "less than": "weniger als|unter|kleiner als|geringer als|niedriger als",
    "nearly": "fast|knapp|beinahe|nahezu|annähernd|kaum",
}
_ENGLISH = {
    "up to": "up to|as many as|as much as|as high as|no more than|not more than|at most|a maximum of|maximum of|"
    "up to a maximum of|as far as|as long as",
    "more than": "more than|over|upwards of|upward of|exceeding|exceeded|exceeds|in excess of|above|greater than|"
    "higher than|well over|surpassing|surpassed|topped|more than the",
    "about": "about|around|approximately|roughly|some|circa|ca|an estimated|estimated|estimated at|something like|"
    "in the region of|in the order of|approx",
    "at least": "at least|no fewer than|no less than|not less than|not fewer than|a minimum of|minimum of|as few as",
    "less than": "less than|fewer than|under|below|lower than|smaller than",
    "nearly": "nearly|almost|close to|just under|just below|just short of|nearing|approaching|virtually",
}
# Harmless in their own language, misleading in a text whose language is not known.
_ONLY_AT_HOME = ("um die", "ab", "gut", "gegen", "under", "some", "fast")
_SIGNS = {">": "more than", "<": "less than", "≥": "at least", "≤": "up to", "~": "about", "≈": "about"}
_BEHIND = re.compile(
    rf"(?P<plus>\+|-plus\b|[{BLANKS}]plus\b)|[{BLANKS}](?:or|oder|und|and)[{BLANKS}]"
    r"(?:(?P<more>more|mehr|above|höher)|(?P<fewer>fewer|less|weniger|under)|(?P<so>so))(?![^\W_])"
)
_OF_GROUP = {"plus": "more than", "more": "at least", "fewer": "up to", "so": "about"}


@cache
def bound_phrases(language: str) -> dict[str, str]:
    """Phrases of up to four lower-case words, single spaces → "up to", "more than", "about", "at least", …"""
    tables = {"de": (_GERMAN,), "en": (_ENGLISH,)}.get(language, (_GERMAN, _ENGLISH))
    phrases = {phrase: bound for table in tables for bound, row in table.items() for phrase in row.split("|")}
    if len(tables) > 1:
        for phrase in _ONLY_AT_HOME:
            phrases.pop(phrase, None)
    return phrases


def bound_of(words: tuple[str, ...], lowered: str, start: int, end: int, language: str) -> str:
    """The bound of the number at `start`:`end`, before which `words` stand; "" when it is meant exactly."""
    phrases = bound_phrases(language)
    for count in range(len(words), 0, -1):
        if bound := phrases.get(" ".join(words[-count:])):
            return bound
    sign = lowered[max(0, start - 2) : start].strip()[-1:]
    if sign in _SIGNS:
        return _SIGNS[sign]
    match = _BEHIND.match(lowered, end)
    return _OF_GROUP[match.lastgroup] if match and match.lastgroup else ""
