"""What is to be done about a row of the due-table at an instant. Pure: the row and the instant in, a decision out.

- Each slot (an occurrence of one channel's wish) is taken once: what the table holds of it decides, not what a clock
  said before. A clock that goes back meets slots that are taken; one that leaps meets at most one that is late.
- Of what was missed only the latest is made up for, unless it is older than the row's grace, or a later slot was taken
  already: its news was in that one. Slots more than a week ahead were taken by a clock that was wrong: they do not
  count.
- A slot whose taker died is taken again when its lease has run out, or if it ends later than any lease can.
- Nothing happens in quiet hours, whether it is on time or late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.schedule import calendar
from bot.schedule.calendar import EARLIEST, LATEST, Intent, Occurrence, QuietMode

ON_TIME: Final = timedelta(minutes=2)  # a tick comes once a minute, and may be late itself
GRACE: Final = timedelta(days=7)
UNTIL_RESUMED: Final = LATEST
_OF_A_WRONG_CLOCK: Final = timedelta(days=7)
LONGEST_LEASE: Final = timedelta(minutes=20)  # one that ends later is of a clock that was ahead, and holds nothing


class Action(StrEnum):
    NOTHING = "nothing"
    FIRE = "fire"
    CATCH_UP = "catch up"  # over the whole gap
    HOLD = "hold"  # quiet hours: looked at again when they end
    DROP = "drop"  # the slot ends without anything


class SlotState(StrEnum):
    """A slot only moves forward; one that is not there was never taken."""

    TAKEN = "taken"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot as the table holds it."""

    key: str
    at: datetime
    state: SlotState
    action: Action
    lease_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a channel wants and when. Nothing at or before `rests_until` fires or is made up for; a pause without an end
    is UNTIL_RESUMED, and resuming sets it to now."""

    key: str  # unique for ever: "brief:discord:<workspace>:<channel>"
    intent: Intent
    platform: str
    workspace: str
    channel: str
    grace: timedelta = GRACE
    rests_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A row of the due-table, with the slots around now. `revision` counts how often the wish changed; `last_at` is the
    newest slot that was taken."""

    wish: Wish
    revision: int
    look_at: datetime | None
    looked_at: datetime
    last_at: datetime | None = None
    slots: Mapping[str, Slot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do. Before `look_at` there is nothing else to decide; None: nothing ever, as far as can be seen."""

    due: Due
    action: Action
    look_at: datetime | None
    slot: Occurrence | None = None
    passed_over: int = 0  # how many missed ones are left out for this one
    why: str = ""


def next_slot(due: Due, now: datetime) -> Occurrence | None:
    """The slot that a row waits for, for those who prepare it."""
    return calendar.next_after(due.wish.intent, max(now, due.wish.rests_until or now))


def decide(due: Due, now: datetime) -> Decision:
    """What to do about a row at `now`."""
    if not EARLIEST <= now < LATEST:
        return Decision(due, Action.NOTHING, None, why="no clock shows such a time")
    wish, intent = due.wish, due.wish.intent
    if wish.rests_until is not None and now < wish.rests_until:
        until = None if wish.rests_until == UNTIL_RESUMED else wish.rests_until
        return Decision(due, Action.NOTHING, until, why="paused")
    since = max(intent.created_at, wish.rests_until or EARLIEST)
    ahead = calendar.next_after(intent, now)
    look_at = ahead.at if ahead else None
    found = calendar.latest(intent, since, now)
    if found is None:
        return Decision(due, Action.NOTHING, look_at)
    slot = due.slots.get(found.key)
    if slot is not None and slot.state is SlotState.ENDED:
        return Decision(due, Action.NOTHING, look_at, found)
    if slot is not None and slot.lease_until is not None and now < slot.lease_until <= now + LONGEST_LEASE:
        again = min(slot.lease_until, look_at or slot.lease_until)
        return Decision(due, Action.NOTHING, again, found, why="being made")
    on_time = now - found.at <= ON_TIME
    if not on_time:
        if slot is None and any(found.at < other.at <= now + _OF_A_WRONG_CLOCK for other in due.slots.values()):
            return Decision(due, Action.DROP, look_at, found, why="a later one was made")
        if calendar.awake_between(intent, found.at, now, most=wish.grace) > wish.grace:
            return Decision(due, Action.DROP, look_at, found, why="too late")
    quiet_end = calendar.quiet_until(intent.quiet, now, intent.zone)
    if quiet_end is not None and intent.quiet is not None:
        if intent.quiet.mode is QuietMode.DROP:
            return Decision(due, Action.DROP, look_at, found, why="quiet hours")
        return Decision(due, Action.HOLD, quiet_end, found, why="quiet hours")
    if slot is not None:  # its taker died
        return Decision(due, slot.action, look_at, found, why="taken again")
    if on_time:
        return Decision(due, Action.FIRE, look_at, found)
    counted_from = max(since, due.last_at or since, now - calendar.HORIZON)
    passed_over = calendar.count_between(intent, counted_from, found.at) if counted_from < found.at else 0
    return Decision(due, Action.CATCH_UP, look_at, found, passed_over, why="missed")
