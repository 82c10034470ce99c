"""When an address is checked next: from how often it really changes, what it asks for, and how often it failed. Pure.

Between checks lie five minutes to a day. An address that has changed is looked at twice as often, one that has not a
quarter less often; so a feed is looked at about four times for each change, whatever its pace is. What the other side
asks for (`ttl`, `max-age`) is a least distance. `Retry-After` is obeyed as it was clamped by the fetcher.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final
from zlib import crc32

LEAST_S: Final = 300.0
MOST_S: Final = 86_400.0
_UNKNOWN_S: Final = 1_800.0  # nothing is known of its pace
_FIRST_MOST_S: Final = 6 * 3_600.0  # what dates promise is not believed further than this
_SOONER: Final = 0.5
_LATER: Final = 1.25
_JITTER: Final = 0.1  # of the distance, upwards only
_DATES_LOOKED_AT: Final = 12
_BACK_OFF_MOST_S: Final = 4 * 3_600.0  # when our own network was down, all of it is asked again within this time


def first_interval_s(dates: Iterable[datetime], now: datetime) -> float:
    """The distance to begin with: half of what usually lies between the newest items; `dates` are theirs, aware."""
    newest = sorted((one for one in dates if one <= now), reverse=True)[:_DATES_LOOKED_AT]
    if len(newest) < 3:
        return _UNKNOWN_S
    usual_s = median((later - earlier).total_seconds() for later, earlier in pairwise(newest))
    silence_s = (now - newest[0]).total_seconds()
    return min(_FIRST_MOST_S, max(LEAST_S, max(usual_s, silence_s / 4) / 2))


def next_interval_s(interval_s: float, *, changed: bool) -> float:
    """The distance after a check that went well."""
    return _within(interval_s * (_SOONER if changed else _LATER))


def asked_interval_s(*wishes_s: float | None) -> float:
    """The least distance that the other side asks for: its longest wish, within a day."""
    return min(MOST_S, max((wish for wish in wishes_s if wish is not None and wish > 0), default=0.0))


def back_off_s(failures: int, interval_s: float) -> float:
    """The distance after this many failures in a row: doubled each time, up to four hours."""
    doubled = LEAST_S * 2.0 ** min(max(failures, 1) - 1, 10)
    return min(_BACK_OFF_MOST_S, max(doubled, interval_s))


def next_check(
    now: datetime, interval_s: float, *, asked_s: float = 0.0, retry_after_s: float | None = None, spread: float = 0.0
) -> datetime:
    """The instant of the next check. `spread` (0..1) moves it later by up to a tenth, so that not all come at once."""
    wait_s = max(_within(interval_s), min(asked_s, MOST_S))
    wait_s = min(wait_s, MOST_S / (1 + _JITTER)) * (1 + _JITTER * min(1.0, max(0.0, spread)))
    return now + timedelta(seconds=max(wait_s, retry_after_s or 0.0))


def after_skipped(at: datetime, hours: Collection[int], days: Collection[int]) -> datetime:
    """The first instant from `at` on that lies in none of the hours (UTC) and weekdays (Monday is 0) in which a feed
    wants no visit. Who skips them all skips none."""
    moved = at.astimezone(UTC)
    for _ in range(24):
        if moved.hour not in hours and moved.weekday() not in days:
            return moved
        moved = (moved + timedelta(hours=1)).replace(minute=at.minute, second=at.second)
    return at


def spread_of(key: str) -> float:
    """A number in 0..1 that is always the same for this key: the address and the time of the last check, say."""
    return crc32(key.encode("utf-8", "surrogatepass")) / 2**32


def _within(interval_s: float) -> float:
    return min(MOST_S, max(LEAST_S, interval_s))
