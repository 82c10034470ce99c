"""Schedules by the real calendar, due-table and ticker, with a clock that the request sets.

A process lives from one instant to another; between ticks at which nothing is to be looked at, time is not waited for
but set. What a process did is all in the table (SQLite), as it is for the next process.
"""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count, pairwise
from pathlib import Path
from typing import Any

from bot.library.sql_store import SqlStore
from bot.schedule.calendar import EARLIEST, LAST_DAY, Intent, SkippedDay, occurrences
from bot.schedule.due import Decision, Wish
from bot.schedule.sql_due_table import SqlDueTable
from bot.schedule.ticker import Ticker
from bot.schedule.zone_data import state_of

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)
_CHANNEL = "schedules"
_MEMORY = Path("/dev/shm")  # a case may hold thousands of slots, and no test pulls the plug
_HOME = _MEMORY if _MEMORY.is_dir() else None
_numbers = count(1)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def _told(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _intent(request: dict[str, Any], created_at: datetime = EARLIEST) -> Intent:
    spec: dict[str, Any] = request["spec"]
    times = [spec["time"]] if "time" in spec else spec.get("times", [])
    days = spec.get("days") or ([spec["day"]] if spec["kind"] == "weekly" else [])
    numbers = spec.get("day", []) if spec["kind"] == "monthly" else []
    return Intent(
        request["tz"],
        times=tuple(time.fromisoformat(one) for one in times),
        weekdays=frozenset(DAYS.index(str(day).lower()[:3]) for day in days),
        month_days=frozenset(
            LAST_DAY if day == "last" else int(day) for day in (numbers if isinstance(numbers, list) else [numbers])
        ),
        every_minutes={"hourly": 60, "every": int(spec.get("minutes", 0))}.get(spec["kind"], 0),
        minute=int(spec.get("minute", 0)),
        skip=tuple(SkippedDay(date.fromisoformat(day)) for day in spec.get("skip", [])),
        created_at=created_at,
    )


def schedule(request: dict[str, Any]) -> dict[str, Any]:
    """All firings of a time."""
    start, until = _instant(request["from"]), _instant(request["until"])
    return {"fires": [_told(one.at) for one in occurrences(_intent(request), start, until)]}


def catchup(request: dict[str, Any]) -> dict[str, Any]:
    """What is posted by processes that live only at times."""
    lives = [(_instant(boot), _instant(stop)) for boot, stop in request["up"]]
    created = _instant(request["from"]) if "from" in request else lives[0][0]
    world = _World(request, created)

    async def live() -> None:
        await world.open()
        for boot, stop in lives:
            await world.live([(boot, boot)], boot, stop)

    _loop().run_until_complete(live())
    return {"posts": [{"for": _told(slot), "at": _told(at)} for slot, at, _ in world.posts]}


def clock(request: dict[str, Any]) -> dict[str, Any]:
    """What one process posts whose wall clock is set meanwhile."""
    zero = datetime(2000, 1, 1, tzinfo=UTC)  # of the clock that nobody sets
    points = [(zero + timedelta(seconds=float(p["mono"])), _instant(p["wall"])) for p in request["points"]]
    points.sort()
    created = _instant(request["from"]) if "from" in request else points[0][1]
    world = _World(request, created)

    async def live() -> None:
        await world.open()
        await world.live(points, points[0][0], zero + timedelta(seconds=float(request["end_mono"])))

    _loop().run_until_complete(live())
    return {"posts": [{"for": _told(slot), "at_mono": (mono - zero).total_seconds()} for slot, _, mono in world.posts]}


class _World:
    """One wish, its table, and a clock."""

    def __init__(self, request: dict[str, Any], created: datetime) -> None:
        self.posts: list[tuple[datetime, datetime, datetime]] = []  # the slot, the wall clock, the steady clock
        grace = timedelta(seconds=float(request.get("grace_s", 86_400)))
        key = f"case:{next(_numbers)}"
        self._wish = Wish(key, _intent(request, created), "terminal", "", _CHANNEL, grace)
        self._wall = self._mono = created

    async def open(self) -> None:
        self._table = SqlDueTable((await _store()).transactions)
        for old in await self._table.of_channel("terminal", "", _CHANNEL):  # of a case before this one
            await self._table.remove(old.wish.key)
        await self._table.put(self._wish, zone_data=state_of(self._wish.intent.zone), now=self._wall)

    async def live(self, points: list[tuple[datetime, datetime]], start: datetime, stop: datetime) -> None:
        """Be a process from `start` to `stop` of the steady clock. At each point the wall clock is set; it is noticed at
        the next tick, which comes once a minute of the steady clock."""
        ticker = Ticker(self._table, self._post, clock=lambda: self._wall)
        spans = [*points, (stop, stop)]
        for (begin, wall), (end, _) in pairwise(spans):
            mono = max(begin, start)
            while mono < min(end, stop):
                self._mono, self._wall = mono, wall + (mono - begin)
                if await ticker.tick():
                    await ticker.settle()
                    await ticker.tick()  # to see what comes next
                row = await self._table.get(self._wish.key)
                mono += MINUTE
                if row is None or row.look_at is None:
                    break
                waits = row.look_at - (wall + (mono - begin))
                if waits > timedelta():
                    mono += -(-waits // MINUTE) * MINUTE if waits % MINUTE else waits
        await ticker.stop()

    async def _post(self, one: Decision) -> None:
        assert one.slot is not None
        self.posts.append((one.slot.at, self._wall, self._mono))


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


_opened: list[SqlStore] = []
_folder: list[tempfile.TemporaryDirectory[str]] = []


async def _store() -> SqlStore:
    """A library of this process, with nothing of older cases that could be due."""
    if not _opened:
        _folder.append(tempfile.TemporaryDirectory(prefix="schedules-", dir=_HOME))
        _opened.append(await SqlStore.open(f"sqlite:///{Path(_folder[0].name) / 'library.db'}"))
    return _opened[0]
