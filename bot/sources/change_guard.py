"""What a list of items, or a watched page, says when it has changed: news, a reset, or only noise. Pure.

A feed whose publisher moves to other software often shows its whole past as new. Items that come too many at once, or
are mostly old, are held and asked about ("was this feed reset?") instead of flooding a channel. "Too many" depends on
its pace: a busy feed that was out of reach for a day brings many, and they are news.

A watched page changes its teasers, its clock or its counters at every look. What changes back and forth is learnt and
does not count as a change.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

MANY: Final = 20
_USUAL_TIMES: Final = 4.0  # as many as its pace explains, times this, are no surprise
_FEW: Final = 5  # fewer old ones are a late addition, not a reset
_OLD: Final = timedelta(days=2)  # before the last good check: it should have been there then
SHOWN_AT_START: Final = 3  # of a new source's items


@dataclass(frozen=True, slots=True)
class Reset:
    """Why new items are held. Empty `code`: they are not."""

    code: str = ""
    reason: str = ""


def judge_news(
    unknown: Sequence[datetime | None], *, items_a_day: float, since: datetime | None, now: datetime
) -> Reset:
    """Whether items that a known feed never showed before look like a reset.

    `unknown` are their dates (None: it states none), `items_a_day` its usual pace, `since` the last good check.
    """
    count = len(unknown)
    away = now - since if since is not None else timedelta(0)
    usual = items_a_day * max(0.0, away.total_seconds()) / 86_400 * _USUAL_TIMES
    if count >= max(MANY, usual):
        return Reset("feed-reset-many", f"Was this feed reset? It shows {count} items at once that it never showed.")
    dated = [one for one in unknown if one is not None]
    old = sum(one < (since or now) - _OLD for one in dated)
    if count >= _FEW and 2 * old > count:
        return Reset("feed-reset-old", f"Was this feed reset? {old} of {count} items that it never showed are old.")
    return Reset()


def next_pace(items_a_day: float, new: int, elapsed: timedelta) -> float:
    """The usual number of items a day after `new` ones came in `elapsed`; a week weighs about as much as all before."""
    days = max(elapsed.total_seconds(), 1.0) / 86_400
    weight = min(1.0, days / (days + 7.0)) if items_a_day else min(1.0, days + 0.05)
    return items_a_day + weight * (min(new / days, 1e6) - items_a_day)


def first_pace(dates: Iterable[datetime], now: datetime) -> float:
    """Items a day as the dates of a new feed's items tell; 0 when they do not."""
    known = sorted(one for one in dates if one <= now)
    if len(known) < 2:
        return 0.0
    days = max((now - known[0]).total_seconds() / 86_400, 0.1)
    return len(known) / days


# --- watched pages ---

_MOST_REMEMBERED: Final = 2_000  # paragraphs that went
_DIGITS: Final = re.compile(r"[0-9]+")
_CLOCK: Final = re.compile(r"(?<![0-9])(?:[0-2]?[0-9]:[0-5][0-9]|(?:19|20|21)[0-9]{2})(?![0-9])")
_CLOCK_LINE: Final = 100  # characters; a longer paragraph with a time or a year in it is no clock
_RESTLESS: Final = 2  # looks in a row that showed something else: from now on what is new has to stay for two looks
_TWICE: Final = 2  # what went so often will come back


@dataclass(frozen=True, slots=True)
class PageMemory:
    """What is remembered of a page: keys of paragraphs, and how restless it is."""

    kept: tuple[str, ...] = ()  # the paragraphs of the version that was kept last
    last: tuple[str, ...] = ()  # the paragraphs at the last look
    gone: dict[str, int] = field(default_factory=dict)  # paragraphs, and forms of them, and how often each went
    streak: int = 0  # looks in a row that differed from the one before


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """Whether a page says something new, why, and what to remember."""

    changed: bool
    reason: str
    memory: PageMemory


def paragraph_keys(text: str) -> tuple[str, ...]:
    """A key for each paragraph: its hash and, where it may be a clock, that of its form, in which numbers are alike."""
    keys: dict[str, None] = {}
    for line in text.splitlines():
        if words := " ".join(line.split()):
            clock = len(words) <= _CLOCK_LINE and _CLOCK.search(words)
            keys[f"{_hash(words)}:{_hash(_DIGITS.sub('0', words)) if clock else ''}"] = None
    return tuple(keys)


def judge_page(memory: PageMemory, text: str) -> PageVerdict:
    """Whether the page says something that the version kept last did not say.

    A page that stands still is believed at once. On one that shows something else at every look, a paragraph counts
    when it stays for two looks; what comes and goes never does.
    """
    now = paragraph_keys(text)
    if not memory.kept:
        return PageVerdict(True, "first look", PageMemory(kept=now, last=now))
    streak = 0 if set(now) == set(memory.last) else memory.streak + 1
    gone = _gone(memory, now)
    restless = streak >= _RESTLESS
    noisy = {key for key, times in gone.items() if times >= _TWICE or (restless and not key.startswith("form:"))}
    after = PageMemory(memory.kept, now, gone, streak)
    kept, fresh = _quiet(memory.kept, noisy), _quiet(now, noisy)
    if kept == fresh:
        return PageVerdict(False, "unchanged" if not streak else "only what comes and goes has changed", after)
    if restless and not (fresh & set(memory.last)) - kept:
        return PageVerdict(False, "something else at every look; what stays will count", after)
    return PageVerdict(True, "changed", replace(after, kept=now))


def _gone(memory: PageMemory, now: Sequence[str]) -> dict[str, int]:
    """How often each paragraph went; and each form, when only its numbers changed."""
    present, before = set(now), set(memory.last)
    went = before - present
    new_forms = {_form(key) for key in present - before} - {""}
    gone = dict(memory.gone)
    for key in sorted(went):
        for one in (key, _form(key)) if _form(key) in new_forms else (key,):
            gone[one] = gone.pop(one, 0) + 1  # the last to go stand last
    return dict(list(gone.items())[-_MOST_REMEMBERED:])


def _quiet(keys: Iterable[str], noisy: set[str]) -> frozenset[str]:
    return frozenset(key for key in keys if key not in noisy and _form(key) not in noisy)


def _form(key: str) -> str:
    form = key.partition(":")[2]
    return f"form:{form}" if form else ""


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
