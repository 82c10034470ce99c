"""How a watched address fares: its state with code, plain reason and since when; what happens next; what helps. Pure.

    active ── a check fails ──▶ failing ── a week of failures ──▶ resting
      ▲                           │                                 │
      └── a check succeeds ◀──────┴─────────────────────────────────┘   410 Gone: resting at once

A resting address is still looked at once a week for three months, and at once when somebody resumes it; after that, and
after "410 Gone", only when somebody resumes it. *Paused* is a person's wish, not a state of health: it is kept with the
source. No state is entered without a code and a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.sources.check_times import back_off_s, next_check

REST_AFTER: Final = timedelta(days=7)
RESTING_LOOK: Final = timedelta(days=7)
GIVE_UP_AFTER: Final = timedelta(days=90)
_LEAST_FAILURES: Final = 6  # before it rests: a machine that was off for a week has failed but once
_REFUSED_LEAST_S: Final = 3_600.0  # a door that was shut on purpose is not knocked at every five minutes


class SourceState(StrEnum):
    """Every source is in exactly one of these."""

    ACTIVE = "active"
    PAUSED = "paused"
    FAILING = "failing"
    RESTING = "resting"


class FailureKind(StrEnum):
    """What a failure means for the next try."""

    PASSING = "passing"  # may be over in a moment
    REFUSED = "refused"  # meant: the same answer is likely for long
    GONE = "gone"  # said to be for ever
    ODD = "odd"  # it answers, but not with what it should: asked as usual, and told


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a check failed. `code` is short and stable, `person` says it in plain words."""

    code: str
    person: str
    kind: FailureKind = FailureKind.PASSING
    log: str = ""
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """State, why, since when, and when the next check is (None: not by itself). `code` of an active address is a note:
    something worth knowing that keeps no news away."""

    state: SourceState
    since: datetime
    code: str = ""
    reason: str = ""
    failures: int = 0  # in a row
    next_check_at: datetime | None = None


def succeeded(before: Health, now: datetime, next_check_at: datetime, *, code: str = "", reason: str = "") -> Health:
    """After a check that went well; `code` and `reason` note what is odd about it."""
    since = before.since if before.state is SourceState.ACTIVE and before.code == code else now
    return Health(SourceState.ACTIVE, since, code, reason, 0, next_check_at)


def failed(before: Health, failure: Failure, now: datetime, *, interval_s: float, spread: float = 0.0) -> Health:
    """After a check that failed."""
    failures = before.failures + 1
    since = now if before.state is SourceState.ACTIVE else before.since
    after = Health(SourceState.FAILING, since, failure.code, failure.person, failures)
    if failure.kind is FailureKind.GONE:
        resting_since = before.since if before.state is SourceState.RESTING else now
        return replace(after, state=SourceState.RESTING, since=resting_since)
    if failure.kind is FailureKind.ODD:
        return replace(after, next_check_at=next_check(now, interval_s, spread=spread))
    if before.state is SourceState.RESTING:
        over = now - before.since >= GIVE_UP_AFTER
        return replace(after, state=SourceState.RESTING, next_check_at=None if over else now + RESTING_LOOK)
    if failures >= _LEAST_FAILURES and now - since >= REST_AFTER:
        return replace(after, state=SourceState.RESTING, since=now, next_check_at=now + RESTING_LOOK)
    wait_s = back_off_s(failures, interval_s)
    if failure.kind is FailureKind.REFUSED:
        wait_s = max(wait_s, _REFUSED_LEAST_S)
    at = next_check(now, wait_s, retry_after_s=failure.retry_after_s, spread=spread)
    return replace(after, next_check_at=at)


def woken(before: Health, now: datetime) -> Health:
    """After somebody asked for it to be tried again: due now. It counts as well only when a check says so."""
    if before.state is SourceState.RESTING:
        return replace(before, state=SourceState.FAILING, since=now, failures=0, next_check_at=now)
    return replace(before, next_check_at=now)


def what_next(state: SourceState, next_check_at: datetime | None, paused_until: datetime | None) -> str:
    """What happens next, in plain words; instants as "2031-05-06 12:00 UTC"."""
    if state is SourceState.PAUSED:
        return f"Paused until {_said(paused_until)}." if paused_until else "Paused until somebody resumes it."
    if next_check_at is None:
        return "It is not checked again until somebody resumes it."
    if state is SourceState.RESTING:
        return f"It rests; the next try is at {_said(next_check_at)}, then once a week for three months."
    again = "Tried again" if state is SourceState.FAILING else "Checked again"
    return f"{again} at {_said(next_check_at)}."


_INNER: Final = "If you mean an address of your own network, an admin can allow it in the settings."
_NO_FEED: Final = "Open the address with a browser. If a page comes, add that page: it names its feeds, if it has any."
# By the beginning of the code: what a person can do about it.
HELP: Final = (
    ("feed-reset", "Look at the held items: release them, or take them as known."),
    ("feed-quiet", "Look at the page with a browser: the feed may have been given up. Remove it if so."),
    ("feed-empty", "Look at the page with a browser: the feed may have moved. Add the new address, remove this one."),
    ("feed-moved", "Look at the new address with a browser. If it is the same source, add it and remove this one."),
    ("feed-cut", "Nothing has to be done; its publisher can mend it. Items after the break are missing."),
    ("feed-", _NO_FEED),
    ("not-a-feed", _NO_FEED),
    ("address-inner", _INNER),
    ("address-not-public", _INNER),
    ("address", "Correct the address: remove this source and add the right one."),
    ("robots", "The publisher does not want it read by programs. Ask for a feed, or remove the source."),
    ("http-410", "The publisher says that it was taken away for good. Look for its new address, or remove the source."),
    ("http-404", "Look for the new address on the publisher's page; this one leads nowhere."),
    ("http-40", "The publisher refuses programs, or asks for a password. Ask for access, or remove the source."),
    ("http-429", "Nothing has to be done: it is asked less often now."),
    ("name-", "Check the spelling of the address; if it is right, the publisher's name server is at fault."),
    ("tls", "The publisher's certificate cannot be trusted. Only the publisher can mend it."),
)


TRY_NOW: Final = "Resume it to have it tried at once."
RESUME_IT: Final = "Resume it when it is wanted again."
NOTHING_TO_DO: Final = "Nothing has to be done: it is tried again by itself. Remove it if it is not wanted any more."


def what_helps(state: SourceState, code: str) -> str:
    """What a person can do, in one or two plain sentences; empty when nothing needs doing."""
    if state is SourceState.PAUSED:
        return RESUME_IT
    if state is SourceState.ACTIVE and not code:
        return ""
    found = next((help_ for beginning, help_ in HELP if code.startswith(beginning)), "")
    if state is SourceState.RESTING:
        return f"{found} {TRY_NOW}".strip()
    return found or NOTHING_TO_DO


def _said(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC") if at else ""
