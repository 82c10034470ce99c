"""Dates as feeds write them: the standards, other languages, zones by name, seconds since 1970, odd orders.

Asked before feedparser, which reads more formats, but reads 2031/05/02 as November, and Central European time as UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jänner janvier enero gennaio janeiro januari",
            "feb february februar feber fév février febrero febbraio",
            "mar march märz mär maerz mrz mars marzo março maart",
            "apr april avr avril abril aprile", "may mai mayo maggio maio mei",
            "jun june juni juin junio giugno junho", "jul july juli juil juillet julio luglio julho",
            "aug august août aout agosto augustus", "sep sept september septembre septiembre settembre setembro",
            "oct october okt oktober octobre octubre ottobre outubro", "nov november novembre noviembre novembro",
            "dec december dez dezember déc décembre diciembre dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ZONES: Final = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60, "mez": 60, "cest": 120,
    "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "est": -300, "edt": -240, "cst": -360, "cdt": -300,
    "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "ist": 330, "jst": 540, "kst": 540, "aest": 600,
    "aedt": 660, "hst": -600, "akst": -540, "akdt": -480, "nzst": 720, "nzdt": 780,
}  # fmt: skip
_CLOCK: Final = r"(?:\D{1,12}?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?:[.,]\d{1,9})?\s{0,3}([ap]\.?m\b\.?)?)?"
_ZONE: Final = r"(?:\s{0,3}(?:uhr\s{0,3})?\(?(?:(?:gmt|utc)?([+-]\d{1,2}):?(\d{2})?|([a-z]{1,5})\b))?"
_DAY_MONTH: Final = re.compile(
    r"\b(\d{1,2})(?:\.|st|nd|rd|th|er)?[\s\-/]{0,3}(?:de\s)?([^\W\d_]{3,10})\.?,?[\s\-/]{0,3}(?:de\s)?(\d{4})"
    rf"{_CLOCK}{_ZONE}",
    re.I,
)
_MONTH_DAY: Final = re.compile(
    rf"\b([^\W\d_]{{3,10}})\.?\s{{1,3}}(\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,3}}(\d{{4}}){_CLOCK}{_ZONE}", re.I
)
_DOTTED: Final = re.compile(rf"\b(\d{{1,2}})\.\s?(\d{{1,2}})\.\s?(\d{{4}}){_CLOCK}{_ZONE}", re.I)
_YEAR_FIRST: Final = re.compile(rf"\b(\d{{4}})[\-/.](\d{{1,2}})[\-/.](\d{{1,2}}){_CLOCK}{_ZONE}", re.I)
_SLASHES: Final = re.compile(rf"\b(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}){_CLOCK}{_ZONE}", re.I)
_SECONDS: Final = re.compile(r"(\d{9,10})(\d{3})?(?:\.\d{1,9})?")


def date_of(text: str) -> datetime | None:
    """The instant that a date names, in UTC; without a zone it is taken as UTC. None when nothing can be made of it."""
    text = " ".join(text[:120].split())
    try:
        return _read(text)
    except (ValueError, TypeError, IndexError, OverflowError):  # a 31st of February, a year 0, no date at all
        return None


def _read(text: str) -> datetime | None:
    if match := _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(match[1]), UTC)
    try:
        return _in_utc(datetime.fromisoformat(text))
    except ValueError:
        pass
    if match := _YEAR_FIRST.search(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _DAY_MONTH.search(text):
        day, month, year = int(match[1]), _MONTHS.get(match[2].lower(), 0), int(match[3])
    elif match := _DOTTED.search(text):
        day, month, year = int(match[1]), int(match[2]), int(match[3])
    elif match := _MONTH_DAY.search(text):
        month, day, year = _MONTHS.get(match[1].lower(), 0), int(match[2]), int(match[3])
    elif match := _SLASHES.search(text):
        month, day, year = int(match[1]), int(match[2]), int(match[3])
        if month > 12:
            day, month = month, day
    else:
        return _in_utc(parsedate_to_datetime(text))  # years of two digits
    hour, minute, second, half, ahead, ahead_minutes, name = match.groups()[3:]
    clock = int(hour or 0)
    if half:
        clock = clock % 12 + 12 * (half[0] in "pP")
    offset = _ZONES.get((name or "").lower(), 0)
    if ahead:
        offset = int(ahead) * 60 + (-1 if ahead[0] == "-" else 1) * int(ahead_minutes or 0)
    zone = timezone(timedelta(minutes=offset))
    return _in_utc(datetime(year, month, day, clock, int(minute or 0), int(second or 0), tzinfo=zone))


def _in_utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
