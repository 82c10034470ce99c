"""The states of a watched address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.sources.source_health import (
    GIVE_UP_AFTER,
    Failure,
    FailureKind,
    Health,
    SourceState,
    failed,
    succeeded,
    what_helps,
    what_next,
    woken,
)

NOW = datetime(2031, 5, 6, 12, tzinfo=UTC)
WELL = Health(SourceState.ACTIVE, NOW - timedelta(days=9), next_check_at=NOW)
DOWN = Failure("http-503", "The server says that it is overloaded (503).")


def fail_on(health: Health, failure: Failure = DOWN, *, until: datetime, interval_s: float = 900.0) -> list[Health]:
    """Every state on the way when each check fails."""
    states = [health]
    while (at := states[-1].next_check_at) is not None and at <= until:
        states.append(failed(states[-1], failure, at, interval_s=interval_s))
    return states


def test_the_first_failure_is_told_with_code_reason_and_the_next_try() -> None:
    after = failed(WELL, DOWN, NOW, interval_s=900)
    assert (after.state, after.code, after.reason, after.since) == (SourceState.FAILING, DOWN.code, DOWN.person, NOW)
    assert after.next_check_at == NOW + timedelta(seconds=900)
    assert "Tried again at 2031-05-06 12:15 UTC" in what_next(after.state, after.next_check_at, None)


def test_success_ends_all_of_it() -> None:
    after = succeeded(failed(WELL, DOWN, NOW, interval_s=900), NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    assert (after.state, after.code, after.reason, after.failures) == (SourceState.ACTIVE, "", "", 0)
    assert after.since == NOW + timedelta(hours=1)


def test_a_week_of_failures_ends_in_rest_and_rest_in_giving_up() -> None:
    states = fail_on(WELL, until=NOW + timedelta(days=400))
    first_rest = next(one for one in states if one.state is SourceState.RESTING)
    assert timedelta(days=7) <= first_rest.since - NOW < timedelta(days=8)
    assert states[-1].state is SourceState.RESTING
    assert states[-1].next_check_at is None
    assert len(states) < 80
    looks = sum(one.state is SourceState.RESTING for one in states)
    assert looks == GIVE_UP_AFTER // timedelta(days=7) + 2


def test_what_is_gone_rests_at_once_until_somebody_asks() -> None:
    after = failed(WELL, Failure("http-410", "Taken away for good (410).", FailureKind.GONE), NOW, interval_s=300)
    assert (after.state, after.next_check_at) == (SourceState.RESTING, None)
    assert "until somebody resumes it" in what_next(after.state, None, None)
    assert woken(after, NOW).next_check_at == NOW
    assert failed(woken(after, NOW), DOWN, NOW, interval_s=300).state is SourceState.FAILING


def test_a_machine_that_was_off_for_a_month_does_not_put_everything_to_rest() -> None:
    once = failed(WELL, DOWN, NOW, interval_s=300)
    later = failed(once, DOWN, NOW + timedelta(days=30), interval_s=300)
    assert later.state is SourceState.FAILING


def test_what_answers_with_nothing_is_asked_as_usual_and_never_rests() -> None:
    empty = Failure("feed-empty", "It lists nothing any more.", FailureKind.ODD)
    states = fail_on(WELL, empty, until=NOW + timedelta(days=20))
    assert {one.state for one in states[1:]} == {SourceState.FAILING}
    assert all(one.since == NOW for one in states[1:])
    assert len(states) > 20 * 24


def test_a_shut_door_is_not_knocked_at_every_five_minutes() -> None:
    shut = Failure("http-403", "It refuses automated reading (403).", FailureKind.REFUSED)
    after = failed(WELL, shut, NOW, interval_s=300)
    assert after.next_check_at == NOW + timedelta(hours=1)


def test_the_server_s_own_time_is_kept() -> None:
    busy = Failure("http-429", "Too many requests (429).", retry_after_s=7_200)
    after = failed(WELL, busy, NOW, interval_s=300)
    assert after.next_check_at == NOW + timedelta(hours=2)


@given(st.lists(st.sampled_from([*FailureKind, None]), max_size=60), st.floats(0, 1e6))
def test_no_state_is_without_reason_and_none_that_is_tried_is_without_a_next_time(
    course: list[FailureKind | None], interval: float
) -> None:
    health, at = WELL, NOW
    for kind in course:
        if kind is None:
            health = succeeded(health, at, at + timedelta(hours=1))
        else:
            health = failed(health, Failure("some-code", "Some reason.", kind), at, interval_s=interval)
        assert (health.state is SourceState.ACTIVE) or (health.code and health.reason)
        assert health.next_check_at is not None or health.state is SourceState.RESTING
        assert health.since <= at
        assert what_next(health.state, health.next_check_at, None)
        assert what_helps(health.state, health.code) or health.state is SourceState.ACTIVE
        at = health.next_check_at or at + timedelta(days=30)
