"""Resets of feeds, and the noise of watched pages."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.change_guard import PageMemory, first_pace, judge_news, judge_page, next_pace, paragraph_keys

NOW = datetime(2031, 5, 6, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_twenty_items_at_once_on_a_slow_feed_are_held() -> None:
    held = judge_news([NOW - HOUR] * 20, items_a_day=3, since=NOW - HOUR, now=NOW)
    assert held.code == "feed-reset-many"
    assert "reset?" in held.reason


def test_nineteen_fresh_items_pass() -> None:
    assert not judge_news([NOW - HOUR] * 19, items_a_day=3, since=NOW - HOUR, now=NOW).code


def test_a_busy_feed_that_was_out_of_reach_brings_many_and_they_are_news() -> None:
    assert not judge_news([NOW - HOUR] * 150, items_a_day=60, since=NOW - 3 * DAY, now=NOW).code


def test_mostly_old_items_are_held_but_a_late_addition_passes() -> None:
    old = NOW - 300 * DAY
    assert judge_news([old] * 4 + [NOW], items_a_day=3, since=NOW - HOUR, now=NOW).code == "feed-reset-old"
    assert not judge_news([old] * 4, items_a_day=3, since=NOW - HOUR, now=NOW).code
    assert not judge_news([None] * 10, items_a_day=3, since=NOW - HOUR, now=NOW).code


@given(
    st.lists(st.none() | st.datetimes(timezones=st.just(UTC)), max_size=60),
    st.floats(0, 1e5),
    st.none() | st.datetimes(timezones=st.just(UTC), max_value=NOW.replace(tzinfo=None)),
)
def test_any_dates_get_a_verdict_and_few_of_them_never_hold(
    unknown: list[datetime | None], pace: float, since: datetime | None
) -> None:
    held = judge_news(unknown, items_a_day=pace, since=since, now=NOW)
    assert bool(held.code) == bool(held.reason)
    if len(unknown) < 5:
        assert not held.code


def test_the_pace_follows_what_comes() -> None:
    pace = first_pace([NOW - n * HOUR for n in range(48)], NOW)
    assert 22 < pace < 27
    for _ in range(60):
        pace = next_pace(pace, 1, DAY)
    assert 0.9 < pace < 2


@given(st.floats(0, 1e6), st.integers(0, 10_000), st.floats(0, 1e7))
def test_a_pace_is_never_negative(pace: float, new: int, seconds: float) -> None:
    assert next_pace(pace, new, timedelta(seconds=seconds)) >= 0


# --- pages ---

STEADY = ["The harbour office opens at nine.", "Ships of more than 40 metres need a pilot.", "Fees are due on arrival."]


def look_at(texts: list[str]) -> list[bool]:
    """Which of these looks found a change."""
    memory, changes = PageMemory(), []
    for text in texts:
        verdict = judge_page(memory, text)
        memory = verdict.memory
        changes.append(verdict.changed)
    return changes


def page(*extra: str) -> str:
    return "\n\n".join([*STEADY, *extra])


def test_a_page_that_stands_still_is_believed_at_once() -> None:
    changed = page().replace("40 metres", "60 metres")
    assert look_at([page(), page(), changed, changed, page(), page()]) == [True, False, True, False, True, False]


def test_a_clock_makes_a_version_or_two_and_then_no_more() -> None:
    assert sum(look_at([page(f"As of {n % 24:02}:15") for n in range(40)])) <= 3


@pytest.mark.parametrize("pool", [4, 12, 60])
def test_rotating_teasers_make_a_few_versions_and_then_no_more(pool: int) -> None:
    rng = random.Random(pool)
    teasers = [f"Teaser about thing {chr(97 + n // 26)}{chr(97 + n % 26)} of the day" for n in range(pool)]
    texts = [page(*rng.sample(teasers, 3)) for _ in range(200)]
    changes = look_at(texts)
    assert sum(changes[:40]) <= 8
    assert sum(changes[40:]) <= 2


def test_a_change_on_a_restless_page_is_found_at_the_second_look() -> None:
    rng = random.Random(3)
    teasers = [f"Teaser about thing {chr(97 + n)} of the day" for n in range(20)]
    texts = [page(*rng.sample(teasers, 3)) for _ in range(60)]
    texts += [page("The east quay is closed until further notice.", *rng.sample(teasers, 3)) for _ in range(2)]
    assert look_at(texts)[60:] == [False, True]


def test_a_date_of_the_day_is_learnt() -> None:
    texts = [page(f"Today is {day} May 2031") for day in range(1, 29) for _ in range(3)]
    assert sum(look_at(texts)) <= 4


def test_a_changed_number_is_a_change() -> None:
    assert look_at([page("12 ships are waiting."), page("12 ships are waiting."), page("14 ships are waiting.")])[2]


@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_text_is_judged_and_the_same_text_twice_is_no_change(texts: list[str]) -> None:
    memory = PageMemory()
    for text in texts:
        memory = judge_page(memory, text).memory
        if paragraph_keys(text):
            again = judge_page(memory, text)
            assert not again.changed or memory.streak >= 1
            memory = judge_page(again.memory, text).memory
            assert not judge_page(memory, text).changed


def test_the_memory_of_a_page_is_bounded() -> None:
    memory = PageMemory()
    for n in range(30):
        memory = judge_page(memory, "\n".join(f"{n} {m} word{n}x{m}" for m in range(300))).memory
    assert len(memory.gone) <= 2_000
