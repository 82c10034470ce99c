"""Times of day: "14.20 Uhr", "2:20 p.m.", "noon"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.languages.numbers import numbers_in

_CLOCK = re.compile(
    r"(?<![\d:.,])(?P<hour>2[0-4]|[01]?\d)(?:(?P<sep>[:.])(?P<minute>[0-5]\d))?(?::[0-5]\d)?\s?"
    r"(?P<mark>uhr|[ap]\.?\s?m\b\.?|o['’]clock|h\b(?=\s?\d{0,2}\b))?",
    re.IGNORECASE,
)
_SPELLED_HOUR = re.compile(r"(?<![^\W_])([^\W\d_]{3,40})\suhr\b", re.IGNORECASE)
_HOURS = 24
_NOON = re.compile(
    r"\b(?:(?P<noon>noon|midday|(?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)?mittags?)|(?P<night>midnight|mitternachts?))\b",
    re.IGNORECASE,
)

_HALF_DAY = 720


class Clock(NamedTuple):
    """A time of day in minutes; `sure`: whether it is known to be before or after noon."""

    start: int
    end: int
    minutes: int
    sure: bool


def clocks_in(text: str) -> Iterator[Clock]:
    """The times of day of a text."""
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


def wrong_clock(mine: Sequence[Clock], there: Sequence[Clock]) -> tuple[str, str] | None:
    """("date", the time) of the first time of day that is none of the quotes'."""
    for clock in mine:
        if not any(
            clock.minutes == o.minutes
            or (not (clock.sure and o.sure) and clock.minutes % _HALF_DAY == o.minutes % _HALF_DAY)
            for o in there
        ):
            return "date", f"at {clock.minutes // 60}:{clock.minutes % 60:02}"
    return None
