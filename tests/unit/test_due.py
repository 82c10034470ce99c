"""What is done about a slot: once, in time, never in quiet hours, and of what was missed the latest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.schedule.calendar import Intent, QuietHours, QuietMode, SkippedDay
from bot.schedule.due import UNTIL_RESUMED, Action, Due, Slot, SlotState, Wish, decide

MONDAY = datetime(2027, 3, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def row(*slots: Slot, grace: timedelta = 2 * DAY, rests_until: datetime | None = None, **more: object) -> Due:
    given: dict[str, object] = {"zone": "UTC", "times": (time(8),), "created_at": MONDAY, **more}
    wish = Wish("w", Intent(**given), "discord", "g", "c", grace, rests_until)  # type: ignore[arg-type]
    return Due(wish, 1, MONDAY, MONDAY, None, {slot.key: slot for slot in slots})


def slot(day: int, state: SlotState = SlotState.ENDED, lease_until: datetime | None = None) -> Slot:
    at = MONDAY + (day - 1) * DAY + 8 * HOUR
    return Slot(f"{at:%Y-%m-%d}T08:00 UTC", at, state, Action.FIRE, lease_until)


def what(due: Due, at: datetime) -> tuple[Action, int | None]:
    made = decide(due, at)
    acts = made.action is not Action.NOTHING and made.slot is not None
    return made.action, made.slot.day.day if acts and made.slot else None


def test_it_fires_when_it_is_time_and_not_before() -> None:
    assert what(row(), MONDAY + 8 * HOUR - timedelta(seconds=1)) == (Action.NOTHING, None)
    assert what(row(), MONDAY + 8 * HOUR) == (Action.FIRE, 1)
    assert what(row(), MONDAY + 8 * HOUR + timedelta(seconds=119)) == (Action.FIRE, 1)
    assert decide(row(), MONDAY).look_at == MONDAY + 8 * HOUR


def test_what_is_late_is_made_up_for_with_the_count_of_the_others() -> None:
    made = decide(row(), MONDAY + 4 * DAY + 9 * HOUR)
    assert (made.action, made.passed_over) == (Action.CATCH_UP, 4)
    assert made.slot is not None
    assert made.slot.day == date(2027, 3, 5)
    assert what(row(grace=HOUR / 2), MONDAY + 9 * HOUR) == (Action.DROP, 1)


def test_a_slot_that_ended_or_is_being_made_is_left_alone() -> None:
    at = MONDAY + 9 * HOUR
    assert what(row(slot(1)), at) == (Action.NOTHING, None)
    held = row(slot(1, SlotState.TAKEN, at + HOUR / 4))
    assert what(held, at) == (Action.NOTHING, None)
    assert decide(held, at).look_at == at + HOUR / 4
    assert what(row(slot(1, SlotState.TAKEN, at)), at) == (Action.FIRE, 1)
    assert what(row(slot(1, SlotState.TAKEN, at + HOUR)), at) == (Action.FIRE, 1)  # no lease is as long


def test_a_clock_that_is_set_back_brings_no_old_brief() -> None:
    later = slot(3)
    assert what(row(later), MONDAY + DAY + 9 * HOUR) == (Action.DROP, 2)
    assert what(row(later), MONDAY + DAY + 8 * HOUR) == (Action.FIRE, 2)
    wrong = slot(300)
    assert what(row(wrong), MONDAY + DAY + 9 * HOUR) == (Action.CATCH_UP, 2)


def test_nothing_happens_in_quiet_hours() -> None:
    night = QuietHours(time(22), time(7))
    due = row(times=(time(21),), quiet=night)
    held = decide(due, MONDAY + 23 * HOUR)
    assert (held.action, held.look_at) == (Action.HOLD, MONDAY + DAY + 7 * HOUR)
    assert what(due, MONDAY + DAY + 7 * HOUR) == (Action.CATCH_UP, 1)
    dropped = row(times=(time(21),), quiet=replace(night, mode=QuietMode.DROP))
    assert what(dropped, MONDAY + 23 * HOUR) == (Action.DROP, 1)


def test_a_pause_is_no_gap_to_be_made_up_for() -> None:
    paused = row(rests_until=MONDAY + 2 * DAY)
    assert decide(paused, MONDAY + 9 * HOUR).look_at == MONDAY + 2 * DAY
    assert what(paused, MONDAY + 2 * DAY + HOUR) == (Action.NOTHING, None)
    assert what(paused, MONDAY + 2 * DAY + 8 * HOUR) == (Action.FIRE, 3)
    assert decide(row(rests_until=UNTIL_RESUMED), MONDAY + 9 * HOUR).look_at is None


def test_a_skipped_day_does_not_fire() -> None:
    due = row(skip=(SkippedDay(date(2027, 3, 1)),))
    assert what(due, MONDAY + 8 * HOUR) == (Action.NOTHING, None)
    assert what(due, MONDAY + DAY + 8 * HOUR) == (Action.FIRE, 2)


def test_no_clock_is_believed_beyond_reason() -> None:
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert decide(row(), at).action is Action.NOTHING
    assert decide(row(), MONDAY.replace(year=2900)).passed_over <= 1000


moves = st.lists(st.integers(-200_000, 400_000), min_size=1, max_size=40)


@settings(max_examples=80, deadline=None)
@given(moves, st.sampled_from([(time(8),), (time(2, 30), time(3, 30)), ()]), st.sampled_from(["UTC", "Europe/Vienna"]))
def test_however_the_clock_is_set_a_slot_is_made_at_most_once(jumps: list[int], times: tuple[time, ...], zone: str) -> None:
    start = datetime(2027, 3, 26, tzinfo=UTC)
    intent = Intent(zone, times, every_minutes=0 if times else 60, created_at=start)
    due = Due(Wish("w", intent, "", "", "", DAY), 1, start, start)
    made: list[str] = []
    instants: list[datetime] = []
    now = start
    for jump in jumps:
        now += timedelta(seconds=jump)
        one = decide(due, now)
        assert one.look_at is None or one.look_at > now
        if one.slot is None or one.action in (Action.NOTHING, Action.HOLD):
            continue
        assert start <= one.slot.at <= now
        if one.action in (Action.FIRE, Action.CATCH_UP):
            made.append(one.slot.key)
            instants.append(one.slot.at)
        ended = Slot(one.slot.key, one.slot.at, SlotState.ENDED, one.action)
        due = replace(due, slots={**due.slots, one.slot.key: ended}, last_at=one.slot.at)
    assert len(set(made)) == len(made)
    assert len(set(instants)) == len(instants)
