"""How long to wait before a model is asked again: what its server says in the head of its answer, else a growing pause.

Servers say it in several ways. Retry-After is seconds or a date (RFC 9110, section 10.2.3), `retry-after-ms` what its
name says, and `x-ratelimit-reset-…` a length as Go writes it ("1m12.5s", "20ms") or plain seconds, beside
`x-ratelimit-remaining-…`, which says whether it matters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

LONGEST_S: Final = 86_400.0

_PART_S: Final = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_LENGTH: Final = re.compile(r"(?:\d{1,9}(?:\.\d{1,12})?(?:ms|us|µs|ns|d|h|m|s)){1,6}")
_PART: Final = re.compile(r"(\d{1,9}(?:\.\d{1,12})?)(ms|us|µs|ns|d|h|m|s)")
_NUMBER: Final = re.compile(r"\d{1,12}(?:\.\d{1,12})?")
_KINDS: Final = ("requests", "tokens")


def told_wait_s(head: Mapping[str, str], now: datetime) -> float | None:
    """What a server that refuses says: seconds to wait, None when it says nothing. Names are in lower case."""
    if _NUMBER.fullmatch(milliseconds := head.get("retry-after-ms", "").strip()):
        return _bounded(float(milliseconds) / 1000)
    if (after := head.get("retry-after", "").strip()) and (seconds := _seconds_or_date(after, now)) is not None:
        return seconds
    return used_up_s(head, sure=False)


def used_up_s(head: Mapping[str, str], *, sure: bool = True) -> float | None:
    """Seconds until a limit that is used up is filled again. `sure`: only where the server says that it is used up."""
    waits = []
    for kind in _KINDS:
        remaining = head.get(f"x-ratelimit-remaining-{kind}", "").strip()
        used_up = remaining == "0" if sure or remaining else True
        length = length_s(head.get(f"x-ratelimit-reset-{kind}", ""))
        if used_up and length is not None:
            waits.append(length)
    return max(waits, default=None)


def length_s(text: str) -> float | None:
    """A length of time as these heads write it, in seconds; None when it is none."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return _bounded(float(text))
    if not _LENGTH.fullmatch(text):
        return None
    return _bounded(sum(float(number) * _PART_S[unit] for number, unit in _PART.findall(text)))


def pause_s(failures: int, jitter: float) -> float:
    """The pause after so many failures in a row: 0.5, 1, 2, 4, 8 s, each somewhere between its half and its whole, so
    that those who failed together do not come back together. `jitter` is from 0 to 1."""
    return float(min(8.0, 0.5 * 2 ** min(10, max(0, failures - 1)))) * (0.5 + 0.5 * jitter)


def _seconds_or_date(text: str, now: datetime) -> float | None:
    if _NUMBER.fullmatch(text):
        return _bounded(float(text))
    from email.utils import parsedate_to_datetime

    try:
        at = parsedate_to_datetime(text[:64])
        return _bounded(((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _bounded(seconds: float) -> float:
    return min(LONGEST_S, max(0.0, seconds))
