"""The state of an address after a check: well, quiet, failed or led elsewhere, and what of that is told. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.domain import SourceKind
from bot.library.source_store import Watched
from bot.polling.memories import FeedMemory
from bot.polling.steps import AddressChange
from bot.sources import change_guard, check_times, source_health
from bot.sources.fetched import Fetched, FetchOutcome
from bot.sources.source_health import Failure, FailureKind, Health, SourceState

if TYPE_CHECKING:
    from bot.sources.feed import Feed

# What is no passing trouble: asking again soon would change nothing.
REFUSING: Final = frozenset("http-401 http-402 http-403 http-404 http-405 http-406 http-451 tls-certificate".split())
_QUIET_LEAST: Final = timedelta(days=14)
_QUIET_GAPS: Final = 8.0  # times the usual distance between two items


def well(
    watched: Watched,
    fetched: Fetched,
    memory: FeedMemory,
    interval_s: float,
    now: datetime,
    code: str,
    reason: str,
) -> Watched:
    """The address after a check that went well."""
    asked_s = check_times.asked_interval_s(memory.ttl_s, fetched.max_age_s)
    spread = check_times.spread_of(f"{watched.address} {now.timestamp()}")
    at = check_times.next_check(now, interval_s, asked_s=asked_s, spread=spread)
    at = check_times.after_skipped(at, memory.skip_hours, memory.skip_days)
    return replace(
        watched,
        health=source_health.succeeded(watched.health, now, at, code=code, reason=reason),
        interval_s=interval_s,
        checked_at=now,
        succeeded_at=now,
    )


def failed(watched: Watched, failure: Failure, now: datetime) -> Watched:
    """The address after a check that failed."""
    spread = check_times.spread_of(f"{watched.address} {now.timestamp()}")
    health = source_health.failed(watched.health, failure, now, interval_s=watched.interval_s, spread=spread)
    return replace(watched, health=health, checked_at=now)


def failure_of(fetched: Fetched) -> Failure:
    """What an answer without what was asked for means for the next try."""
    if fetched.outcome is FetchOutcome.GONE:
        kind = FailureKind.GONE
    elif fetched.outcome is FetchOutcome.REFUSED or fetched.code in REFUSING:
        kind = FailureKind.REFUSED
    else:
        kind = FailureKind.PASSING
    return Failure(fetched.code, fetched.person, kind, fetched.log, fetched.retry_after_s)


def change_of(before: Health, after: Health) -> AddressChange | None:
    """What is worth telling of a change of health; a state that stays with the same code is told once."""
    if after.state is not before.state:
        return {
            SourceState.ACTIVE: AddressChange.WELL,
            SourceState.FAILING: AddressChange.FAILING,
            SourceState.RESTING: AddressChange.RESTING,
        }[after.state]
    if after.code == before.code:
        return None
    if after.state is SourceState.ACTIVE:
        return AddressChange.ODD if after.code else AddressChange.WELL
    return AddressChange.FAILING if after.state is SourceState.FAILING else AddressChange.RESTING


def remark_on(feed: Feed) -> tuple[str, str]:
    if feed.broken_at is None:
        return "", ""
    return "feed-cut", f"The feed breaks at line {feed.broken_at}; what could be read of it was read."


def quiet(watched: Watched, now: datetime) -> tuple[str, str]:
    """A remark on an address that works but has had nothing new for much longer than it used to."""
    if watched.kind is not SourceKind.FEED or watched.items_a_day <= 0:
        return "", ""
    since = watched.changed_at or watched.added_at
    silence = now - since
    usual = timedelta(days=min(_QUIET_GAPS / watched.items_a_day, 3_650))
    if silence < max(_QUIET_LEAST, usual):
        return "", ""
    return "feed-quiet", f"Nothing new has come since {since:%Y-%m-%d}; it used to come far more often."


def pace_after(watched: Watched, new: int, now: datetime) -> float:
    """The usual number of items a day; measured over the time since something came, when something comes."""
    if not new or watched.succeeded_at is None:
        return watched.items_a_day
    since = watched.changed_at or watched.succeeded_at
    return change_guard.next_pace(watched.items_a_day, new, now - since)
