"""When something comes: once per chosen local day, whatever clocks do there."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.schedule.calendar import (
    LAST_DAY,
    Intent,
    Occurrence,
    QuietHours,
    QuietMode,
    Reason,
    SkippedDay,
    count_between,
    latest,
    missed,
    next_after,
    occurrences,
    outlook,
    wishes,
)

ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})
DAY = timedelta(days=1)
FOREVER = timedelta(days=100_000)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def at(zone: str, *times: str, **more: object) -> Intent:
    return Intent(zone, tuple(time.fromisoformat(t) for t in times), **more)  # type: ignore[arg-type]


def shown(found: list[Occurrence]) -> list[str]:
    return [f"{one.local:%m-%d %H:%M%z}" for one in found]


def between(intent: Intent, start: str, until: str) -> list[Occurrence]:
    return list(occurrences(intent, utc(start), utc(until)))


def test_a_time_that_is_skipped_is_moved_by_the_gap() -> None:
    found = between(at("Europe/Vienna", "02:30"), "2027-03-27", "2027-03-29T12:00")
    assert shown(found) == ["03-27 02:30+0100", "03-28 03:30+0200", "03-29 02:30+0200"]
    assert [one.reason for one in found] == [Reason.AS_SAID, Reason.MOVED, Reason.AS_SAID]


def test_of_two_that_are_called_alike_the_first_is_taken() -> None:
    found = between(at("Europe/Vienna", "02:30"), "2027-10-30T12:00", "2027-11-01")
    assert shown(found) == ["10-31 02:30+0200"]
    assert found[0].reason is Reason.FIRST_OF_TWO


def test_a_gap_at_midnight_does_not_lose_the_day() -> None:
    found = between(at("Africa/Cairo", "00:00"), "2027-04-28T12:00", "2027-05-01T12:00")
    assert [one.day.day for one in found] == [29, 30, 1]
    assert shown(found)[1] == "04-30 01:00+0300"


def test_a_time_that_a_gap_moves_over_midnight_belongs_to_the_day_that_was_chosen() -> None:
    found = between(at("America/Nuuk", "23:30"), "2027-03-27T00:00", "2027-03-29T12:00")
    assert shown(found) == ["03-26 23:30-0200", "03-28 00:30-0100", "03-28 23:30-0100"]
    assert [one.day.day for one in found] == [26, 27, 28]


def test_a_day_that_a_zone_never_had_has_no_occurrence() -> None:
    told = list(wishes(at("Pacific/Apia", "07:30"), utc("2011-12-29T12:00"), utc("2012-01-01T12:00")))
    assert [(one.day.day, one.fires) for one in told if one.day.month == 12] == [(29, True), (30, False), (31, True)]
    assert len({one.at for one in told if one.fires}) == sum(one.fires for one in told)


def test_two_wishes_that_meet_in_one_instant_are_one() -> None:
    found = between(at("Europe/Vienna", "02:30", "03:30"), "2027-03-28", "2027-03-28T12:00")
    assert [(one.wanted, one.reason) for one in found] == [(time(3, 30), Reason.AS_SAID)]
    over_midnight = between(at("America/Nuuk", "23:00", "00:00"), "2027-03-27T12:00", "2027-03-28T12:00")
    assert shown(over_midnight) == ["03-28 00:00-0100"]


def test_an_interval_counts_every_real_instant() -> None:
    half_hours = Intent("Australia/Lord_Howe", every_minutes=30)
    assert len(between(half_hours, "2027-04-03T00:00", "2027-04-04T00:00")) == 48
    hours = Intent("Europe/Vienna", every_minutes=60, minute=15)
    assert [one.local.hour for one in between(hours, "2027-03-28T00:00", "2027-03-28T03:00")] == [1, 3, 4]
    twice = between(hours, "2027-10-30T23:00", "2027-10-31T03:00")
    assert [one.local.hour for one in twice] == [1, 2, 2, 3]
    assert len({one.key for one in twice}) == 4


def test_the_31st_and_the_last_day() -> None:
    both = at("UTC", "09:00", month_days=frozenset({31, LAST_DAY}))
    assert [one.day.day for one in between(both, "2027-01-01", "2027-06-01")] == [31, 28, 31, 30, 31]
    assert [one.day.month for one in between(at("UTC", "09:00", month_days=frozenset({31})), "2027-01-01", "2027-06-01")] == [1, 3, 5]
    leap = at("UTC", "09:00", month_days=frozenset({29}))
    assert [one.day.month for one in between(leap, "2028-02-01", "2028-04-01")] == [2, 3]


def test_skipped_days_are_told_and_do_not_fire() -> None:
    intent = at("Europe/Vienna", "07:30", skip=(SkippedDay(date(2027, 12, 24), "holiday"),))
    told = outlook(intent, utc("2027-12-23T00:00"), 2)
    assert [(one.day.day, one.reason, one.note) for one in told] == [
        (23, Reason.AS_SAID, ""), (24, Reason.SKIPPED, "holiday"), (25, Reason.AS_SAID, ""),
    ]  # fmt: skip


def test_quiet_hours_hold_or_drop() -> None:
    night = QuietHours(time(22), time(7))
    held = at("Europe/Vienna", "23:00", "06:00", "07:00", quiet=night)
    found = between(held, "2027-06-01T12:00", "2027-06-02T12:00")
    assert shown(found) == ["06-02 07:00+0200"]  # three that meet
    assert between(at("UTC", "23:00", quiet=night), "2027-06-01T12:00", "2027-06-03")[0].day == date(2027, 6, 1)
    dropped = at("UTC", "06:59", "07:00", "22:00", quiet=QuietHours(time(22), time(7), QuietMode.DROP))
    assert [one.wanted.hour for one in between(dropped, "2027-06-01", "2027-06-02")] == [7]
    assert next_after(at("UTC", "23:00", quiet=QuietHours(time(22), time(7), QuietMode.DROP)), utc("2027-01-01")) is None


def test_nothing_before_its_creation_occurs() -> None:
    intent = at("UTC", "09:00", created_at=utc("2027-06-01T09:00"))
    assert [one.at for one in between(intent, "2020-01-01", "2027-06-03")] == [utc("2027-06-01T09:00"), utc("2027-06-02T09:00")]
    assert latest(intent, utc("1990-01-01"), utc("2027-06-01T08:59")) is None
    first = next_after(intent, utc("1990-01-01"))
    assert first is not None
    assert first.at == utc("2027-06-01T09:00")


def test_only_the_latest_of_what_was_missed_is_made_up_for() -> None:
    intent = at("UTC", "09:00", created_at=utc("2027-06-01T00:00"))
    found = missed(intent, utc("2027-06-04T10:00"), grace=timedelta(hours=6))
    assert found is not None
    assert (found.latest.day.day, found.passed_over, found.within_grace) == (4, 3, True)
    late = missed(intent, utc("2027-06-04T16:00"), grace=timedelta(hours=6))
    assert late is not None
    assert not late.within_grace
    assert missed(intent, utc("2027-06-04T10:00"), grace=FOREVER, done=[found.latest.key]) is None


def test_quiet_hours_are_not_counted_as_lateness() -> None:
    intent = at("UTC", "21:00", quiet=QuietHours(time(22), time(7)))
    found = missed(intent, utc("2027-06-02T07:30"), grace=timedelta(hours=2))
    assert found is not None
    assert found.late == timedelta(hours=1, minutes=30)


def test_a_jump_of_centuries_is_a_jump() -> None:
    every = Intent("Europe/Vienna", every_minutes=1, created_at=utc("2026-01-01"))
    far = utc("2726-01-01T00:00:30")
    found = latest(every, utc("2026-01-01"), far)
    assert found is not None
    assert found.at == utc("2726-01-01T00:00")
    assert count_between(every, utc("2026-01-01"), far) == 1000
    for instant in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert latest(at("Asia/Tokyo", "09:00"), instant, instant) is None
        assert next_after(at("Asia/Tokyo", "09:00"), instant) is None
        assert outlook(at("Asia/Tokyo", "09:00"), instant, 3) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Europe/Atlantis"}, {"zone": "Europe"}, {"zone": "../etc/passwd"}, {"zone": "\0\ud800"}, {"zone": ""},
        {"times": ()}, {"every_minutes": 5}, {"times": (), "every_minutes": 1441}, {"weekdays": frozenset({7})},
        {"month_days": frozenset({32})}, {"month_days": frozenset({1}), "weekdays": frozenset({1})},
        {"quiet": QuietHours(time(7), time(7))}, {"times": (time(7, tzinfo=UTC),)}, {"created_at": datetime(2027, 1, 1)},
    ],
)  # fmt: skip
def test_a_wish_without_sense_is_refused_with_a_cure(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError) as refused:
        Intent(**{"zone": "UTC", "times": (time(7),), **wrong})  # type: ignore[arg-type]
    assert len(refused.value.person.split()) > 5


days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
zones = st.sampled_from(ZONES)
walls = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@settings(max_examples=150, deadline=None)
@given(zones, days, walls)
def test_every_chosen_day_has_its_one_firing(zone: str, first: date, wall: time) -> None:
    start = datetime.combine(first, time(), tzinfo=UTC) - 3 * DAY
    found = list(occurrences(Intent(zone, (wall,)), start, start + 20 * DAY))
    chosen = [first + DAY * n for n in range(14)]
    there = [one.day for one in found]
    for day in chosen:
        noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(zone))
        exists = noon.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == day
        assert there.count(day) == exists
    assert all(a.at < b.at for a, b in itertools.pairwise(found))
    for one in found:
        as_said = one.local.replace(tzinfo=None) == datetime.combine(one.day, wall)
        assert as_said is (one.reason is not Reason.MOVED)


@settings(max_examples=60, deadline=None)
@given(
    zones, days, st.lists(walls, min_size=1, max_size=4), st.frozensets(st.integers(0, 6)),
    st.one_of(st.none(), st.builds(QuietHours, walls, walls, st.sampled_from(QuietMode)).filter(lambda q: q.start != q.end)),
    st.integers(0, 20 * 86_400),
)  # fmt: skip
def test_where_one_looks_from_changes_nothing(
    zone: str, first: date, times: list[time], weekdays: frozenset[int], quiet: QuietHours | None, seconds: int
) -> None:
    intent = Intent(zone, tuple(times), weekdays, quiet=quiet)
    start = datetime.combine(first, time(), tzinfo=UTC)
    split = start + timedelta(seconds=seconds)
    whole = list(occurrences(intent, start, start + 20 * DAY))
    assert [*occurrences(intent, start, split), *occurrences(intent, split, start + 20 * DAY)] == whole
    assert latest(intent, start, start + 20 * DAY - timedelta(seconds=1)) == (whole[-1] if whole else None)
    later = [one for one in whole if one.at > split]
    if later:
        assert next_after(intent, split) == later[0]
    assert len({one.at for one in whole}) == len(whole)
    if quiet is not None:
        assert not any(quiet.covers(one.local.time()) for one in whole)
