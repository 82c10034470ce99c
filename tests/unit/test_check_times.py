"""When an address is checked next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.sources.check_times import (
    LEAST_S,
    MOST_S,
    asked_interval_s,
    back_off_s,
    first_interval_s,
    next_check,
    next_interval_s,
    spread_of,
)

NOW = datetime(2031, 5, 6, 12, tzinfo=UTC)
SECONDS = st.floats(0, 1e9)


@given(SECONDS, SECONDS, st.floats(0, 1))
def test_between_checks_lie_five_minutes_to_a_day(interval: float, asked: float, spread: float) -> None:
    wait = (next_check(NOW, interval, asked_s=asked, spread=spread) - NOW).total_seconds()
    assert LEAST_S <= wait <= MOST_S + 1
    assert wait >= min(asked, MOST_S / 1.1) - 1


def test_a_server_that_says_when_is_obeyed() -> None:
    assert next_check(NOW, 300, retry_after_s=200_000) == NOW + timedelta(seconds=200_000)


@given(st.floats(LEAST_S, MOST_S))
def test_what_changes_is_looked_at_more_often(interval: float) -> None:
    assert LEAST_S <= next_interval_s(interval, changed=True) <= interval <= next_interval_s(interval, changed=False)
    assert next_interval_s(interval, changed=False) <= MOST_S


def test_a_daily_feed_is_looked_at_a_few_times_a_day() -> None:
    interval, at, checks, published = 300.0, 0.0, 0, 0.0
    while at < 60 * 86_400:
        at += interval
        checks += at > 30 * 86_400
        changed = at - published >= 86_400
        published += 86_400 * changed
        interval = next_interval_s(interval, changed=changed)
    assert 2 <= checks / 30 <= 8


def test_a_new_feed_begins_with_the_pace_of_its_items() -> None:
    hourly = [NOW - timedelta(hours=n) for n in range(1, 20)]
    daily = [NOW - timedelta(days=n) for n in range(1, 20)]
    assert first_interval_s(hourly, NOW) == 1800
    assert first_interval_s(daily, NOW) == 6 * 3600
    assert first_interval_s([], NOW) == 1800
    assert first_interval_s([NOW + timedelta(days=9)] * 9, NOW) == 1800


@given(st.lists(st.datetimes(timezones=st.just(UTC)), max_size=20))
def test_any_dates_make_a_beginning(dates: list[datetime]) -> None:
    assert LEAST_S <= first_interval_s(dates, NOW) <= MOST_S


@given(st.integers(-5, 10_000), st.floats(0, 1e9))
def test_backing_off_grows_and_ends_at_four_hours(failures: int, interval: float) -> None:
    assert LEAST_S <= back_off_s(failures, interval) <= back_off_s(failures + 1, interval) <= 4 * 3600


def test_the_longest_wish_counts_within_a_day() -> None:
    assert asked_interval_s(None, 600, 3_600, -5) == 3_600
    assert asked_interval_s(10**9) == MOST_S
    assert asked_interval_s(None) == 0


@given(st.text())
def test_a_spread_is_a_share_and_always_the_same(key: str) -> None:
    assert 0 <= spread_of(key) < 1
    assert spread_of(key) == spread_of(key)
