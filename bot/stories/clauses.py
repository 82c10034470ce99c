"""Clauses: what is said right around a figure: what befell the counted, whether it is only a forecast."""

from __future__ import annotations

import re

# What befell the counted: a figure of the killed says nothing about the deployed.
FATES = {
    "killed": re.compile(
        r"\b(?:getötet\w*|tot|tote[nr]?|starben|gestorben\w*|ums leben|gefallen\w*|todesopfer\w*"
        r"|leben (?:ge)?kost\w*|kill(?:ed|ing|s)|dead|died|deaths?|fatalities)\b", re.I
    ),
    "hurt": re.compile(r"\b(?:verletzt\w*|verwundet\w*|verletzte[nr]?|wounded|injur\w+|hurt)\b", re.I),
    "lost": re.compile(r"\b(?:vermisst\w*|missing)\b", re.I),
    "held": re.compile(r"\b(?:gefangen\w*|festgenommen\w*|verhaftet\w*|captured|arrested|detained|prisoners?)\b", re.I),
    "moved": re.compile(
        r"\b(?:evakuiert\w*|geflohen|vertrieben\w*|obdachlos\w*|evacuated|displaced|fled|homeless)\b", re.I
    ),
    "replaced": re.compile(r"\b(?:verstärkung\w*|reinforcements?|ersatz)\b", re.I),
}  # fmt: skip
HYPOTHETICAL = re.compile(
    r"\b(?:könnten?|würden?|dürften?|spekul\w*|vorhersage\w*|prognos\w*|voraussichtlich|"
    r"could|might|would|speculat\w*|forecast\w*|predict\w*|projected)\b",
    re.I,
)
_BORDER = re.compile(r"[,;:–—.](?=\s|\Z)|\s(?:und|and|but|aber|while|während)\s")


def clause_around(text: str, start: int, end: int) -> str:
    """The clause that a stretch stands in: "14.000 Soldaten, darunter 3.000 Verstärkungen" are two."""
    first = max((m.end() for m in _BORDER.finditer(text, 0, start)), default=0)
    return text[first : clause_end(text, end)]


def clause_end(text: str, end: int) -> int:
    """Where the clause ends that something stands in which ends there."""
    after = _BORDER.search(text, end)
    return after.start() if after else len(text)


def fates_in(text: str) -> frozenset[str]:
    """What befell whom a clause speaks of."""
    return frozenset(fate for fate, sign in FATES.items() if sign.search(text))
