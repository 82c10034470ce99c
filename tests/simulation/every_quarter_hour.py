"""Every time zone, every day from 2020 to 2045, every quarter of an hour: one firing per chosen local day.

    python -m tests.simulation.every_quarter_hour [ZONE …]

On days near a change of offset (one on either side) the calendar is asked for every quarter hour, each as a wish of
its own, and compared with what the clock on the wall shows at every quarter of every hour of these days. Between
changes the offset is one number, and local times are instants plus that number: there one day of each stretch is asked.
Changes are found by looking at the offset every six hours, than which no two changes of a zone lie closer. Zones that
change at the same hours between the same offsets are one.
"""

from __future__ import annotations

import sys
import time as clock
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from bot.schedule.calendar import Intent, Occurrence, occurrences
from bot.schedule.zone_data import state_of

START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC)
QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
QUARTERS = [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)]
STEP = 6 * HOUR
AROUND = 1


def changes_of(zone: ZoneInfo) -> tuple[tuple[datetime, timedelta], ...]:
    """Each instant, to the hour, from which a zone has another offset, and that offset; the first is where we start."""
    at = START - 5 * DAY
    found = [(at, _offset(at, zone))]
    while at < END + 5 * DAY:
        after = at + STEP
        if (offset := _offset(after, zone)) != found[-1][1]:
            found.append((next(one for n in range(1, 7) if _offset(one := at + n * HOUR, zone) == offset), offset))
        at = after
    return tuple(found)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def expected(zone: ZoneInfo, first: date, last: date) -> dict[tuple[date, time], datetime | None]:
    """When each quarter hour of these days comes, by looking at the wall clock all the time."""
    shown: dict[datetime, datetime] = {}
    at = datetime.combine(first, time(), tzinfo=UTC) - 2 * DAY
    end = datetime.combine(last, time(), tzinfo=UTC) + 3 * DAY
    offsets: list[tuple[datetime, timedelta]] = []
    while at < end:
        offset = _offset(at, zone)
        shown.setdefault((at + offset).replace(tzinfo=None), at)
        offsets.append((at, offset))
        at += QUARTER
    wanted: dict[tuple[date, time], datetime | None] = {}
    day = first
    while day <= last:
        real = any(datetime.combine(day, quarter) in shown for quarter in QUARTERS)
        for quarter in QUARTERS:
            said = datetime.combine(day, quarter)
            wanted[day, quarter] = (shown.get(said) or _moved(said, offsets)) if real else None
        day += DAY
    return wanted


def _moved(said: datetime, offsets: list[tuple[datetime, timedelta]]) -> datetime:
    """A local time that no clock shows, with the offset before the gap."""
    for (_, before), (at, after) in pairwise(offsets):
        if (at + before).replace(tzinfo=None) <= said < (at + after).replace(tzinfo=None):
            return (said - before).replace(tzinfo=UTC)
    raise AssertionError(f"{said} is in no gap")


def ask(zone: str, quarter: time, first: date, last: date) -> list[Occurrence]:
    start = datetime.combine(first, time(), tzinfo=UTC) - DAY
    until = datetime.combine(last, time(), tzinfo=UTC) + 3 * DAY
    found = occurrences(Intent(zone, (quarter,)), start, until)
    return [one for one in found if first <= one.day <= last]


def prove(name: str, changes: tuple[tuple[datetime, timedelta], ...]) -> tuple[int, list[str]]:
    """How many local days and times were asked for, and what was wrong."""
    zone = ZoneInfo(name)
    spans = [(at.date() - AROUND * DAY, at.date() + AROUND * DAY) for at, _ in changes[1:]]
    for (begin, _), (end, _) in pairwise([*changes, (END, timedelta())]):
        middle = (begin + (end - begin) / 2).date()
        spans.append((middle, middle))
    asked, wrong = 0, []
    for first, last in spans:
        wanted = expected(zone, first, last)
        for quarter in QUARTERS:
            got: dict[date, list[datetime]] = defaultdict(list)
            for one in ask(name, quarter, first, last):
                got[one.day].append(one.at)
            for day in {day for day, _ in wanted}:
                right = wanted[day, quarter]
                asked += 1
                if got[day] != ([right] if right else []):
                    wrong.append(f"{name} {day} {quarter}: {got[day]}, not {right}")
    return asked, wrong


def main(names: list[str]) -> int:
    """Prove it and print the result; 1 when something is wrong."""
    began = clock.monotonic()
    zones = names or sorted(available_timezones() - {"localtime", "posixrules", "Factory"})
    alike: dict[tuple[tuple[datetime, timedelta], ...], list[str]] = defaultdict(list)
    same_rules: dict[str, list[str]] = defaultdict(list)
    for name in zones:
        same_rules[state_of(name)].append(name)
    for same in same_rules.values():
        alike[changes_of(ZoneInfo(same[0]))] += same
    found_s = clock.monotonic() - began
    asked = 0
    wrong: list[str] = []
    for changes, [first, *_] in alike.items():
        some, bad = prove(first, changes)
        asked, wrong = asked + some, wrong + bad
    days = (END - START).days
    print(f"{len(zones)} zones, {len(alike)} of them different from 2020 to 2045, {days} days, {len(QUARTERS)} quarter hours")
    print(f"{sum(len(changes) - 1 for changes in alike)} changes of offset; {asked} local times asked near and between them")
    print(f"wrong: {len(wrong)}; {clock.monotonic() - began:.0f} s, {found_s:.0f} s of them looking for changes")
    for line in wrong[:20]:
        print("  " + line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
