"""The line below a title that says who published a text and when: "Velmark Post, 5 November 2026".

Only a line that holds nothing else: a name in capitals, a date with its year, perhaps a place; no verb, no full stop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.documents import dating, outlets
from bot.documents.dating import PageDate, Printed

_LONGEST: Final = 110
_MOST_WORDS: Final = 6  # in a name
_EDGE: Final = " ,;|·•/()[]–—-:\u00a0"
_CUT: Final = re.compile(r"\s?[,;|·•/()\[\]]\s?|\s[–—-]\s")
_LABEL: Final = re.compile(r"(?:quelle|source|aus|from|in|erschienen in|published (?:in|by)):?\s", re.IGNORECASE)
# What stands around a date and names nobody.
_AROUND: Final = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:mon|diens|donners|frei|sams|sonn)tag\b|\b(?:mittwoch|sonnabend)\b"
    r"|\b(?:vom|am|den|on|of|issue|ausgabe|stand|updated|aktualisiert|published|veröffentlicht|uhr|print|online)\b:?",
    re.IGNORECASE,
)
_SMALL: Final = frozenset(
    "of the and for der die das den dem und für am im in an aus de la le du heute aktuell online today now weekly daily"
    " & von vom zu zum zur digital live morgen report reports world news".split()
)
# A lone name of these is a place more often than not.
_PLACE_WORDS: Final = frozenset("bad new san los sankt st. st saint el den las port north south east west".split())


@dataclass(frozen=True, slots=True)
class Imprint:
    """What such a line says. `outlet` is "" where the name may be that of a place."""

    outlet: str
    agency: str
    date: PageDate
    is_sure: bool  # the name is one of an outlet wherever it stands


def read_imprint(line: str, others: Sequence[str], language: str) -> Imprint | None:
    """The imprint that `line` is, None for any other line. `others` are the rest of the document: a name that its prose
    uses is a place or a body of the report, no outlet."""
    if not 12 <= len(line) <= _LONGEST or line[-1] in ".!?…" or not line[0].isalnum():
        return None
    stamps = dating.stamps_in(line, language)
    if len(stamps) != 1:
        return None
    before, after = line[: stamps[0].start], line[stamps[0].end :]
    kind = dating.kind_of(before)
    separated = not before.strip() or before.rstrip(_EDGE) != before.rstrip() or bool(_AROUND.search(before[-20:]))
    if not separated or (after.strip() and after[:1].isalnum()):
        return None
    names = [name for part in (before, after) for name in _CUT.split(_AROUND.sub(" ", part)) if name.strip(_EDGE)]
    names = [" ".join(_LABEL.sub("", name.strip(_EDGE)).split()) for name in names]
    if not 1 <= len(names) <= 3 or not all(map(_is_name, names)):
        return None
    agency = next(filter(None, map(outlets.agency_called, names)), "")
    sure = next(filter(outlets.looks_like_outlet, names), "")
    outlet = "" if agency else sure or (names[0] if _may_be_outlet(names[0], others) else "")
    date = PageDate(stamps[0], Printed.UPDATED if kind is Printed.UPDATED else Printed.PUBLISHED)
    return Imprint(outlet, agency, date, is_sure=bool(sure or agency))


def _is_name(name: str) -> bool:
    words = name.split()
    if outlets.agency_called(name):
        return True
    if not words or len(words) > _MOST_WORDS or not (words[0][0].isupper() or words[0][0].isdigit() or "." in name):
        return False
    return all(not word[0].islower() or word in _SMALL or (len(words) == 1 and "." in word) for word in words)


def _may_be_outlet(name: str, others: Sequence[str]) -> bool:
    words = name.split()
    if len(words) == 1 and "." in name.strip("."):
        return True  # a host
    if len(words) < 2 or words[0].casefold() in _PLACE_WORDS or outlets.is_section(name):
        return False
    return not any(name in other for other in others)
