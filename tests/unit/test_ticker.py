"""The ticker: carries out each slot once, tries again what fails, and wakes when the clock was set back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import DiskFull
from bot.library.sql_store import SqlStore
from bot.schedule.calendar import Intent, Occurrence
from bot.schedule.due import Decision, Due, Wish
from bot.schedule.sql_due_table import SqlDueTable
from bot.schedule.ticker import AHEAD, LEASE, WIDTH, Ticker, _EveryMinute, _wake_when_asleep

NOON = datetime(2027, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Scene:
    """A due-table, a clock, and what was fired."""

    def __init__(self, table: SqlDueTable) -> None:
        self.table, self.now = table, NOON
        self.fired: list[str] = []
        self.prepared: list[str] = []
        self.fails: Exception | None = None

    def ticker(self, owner: str = "me") -> Ticker:
        return Ticker(self.table, self.fire, prepare=self.prepare, clock=lambda: self.now, owner=owner)

    async def fire(self, one: Decision) -> None:
        await asyncio.sleep(0)
        if self.fails:
            raise self.fails
        self.fired.append(f"{one.due.wish.key} {one.action}")

    async def prepare(self, due: Due, slot: Occurrence) -> None:
        self.prepared.append(f"{due.wish.key} {slot.key}")

    async def put(self, *keys: str) -> None:
        for key in keys:
            wish = Wish(key, Intent("UTC", (time(12),), created_at=NOON - timedelta(hours=9)), "discord", "w", key)
            await self.table.put(wish, zone_data="", now=NOON - timedelta(hours=9))

    async def tick(self, ticker: Ticker, at: datetime | None = None) -> list[str]:
        before = len(self.fired)
        self.now = at or self.now
        await ticker.tick()
        await ticker.settle()
        return self.fired[before:]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        yield Scene(SqlDueTable(store.transactions))


async def test_it_fires_once_a_slot(scene: Scene) -> None:
    await scene.put("a")
    ticker = scene.ticker()
    assert await scene.tick(ticker, NOON - SECOND) == []
    assert await scene.tick(ticker, NOON) == ["a fire"]
    assert await scene.tick(ticker, NOON) == []
    assert await scene.tick(scene.ticker("restarted"), NOON - timedelta(minutes=30)) == []
    assert await scene.tick(ticker, NOON + timedelta(days=1, hours=1)) == ["a catch up"]


async def test_more_than_it_can_hold_is_carried_out_in_order(scene: Scene) -> None:
    keys = [f"{n:02}" for n in range(3 * WIDTH)]
    await scene.put(*keys)
    assert await scene.tick(scene.ticker()) == [f"{key} fire" for key in keys]


async def test_two_processes_share_the_work(scene: Scene) -> None:
    await scene.put(*(f"{n:02}" for n in range(40)))
    one, two = scene.ticker("one"), scene.ticker("two")
    await asyncio.gather(one.tick(), two.tick())
    await one.settle()
    await two.settle()
    assert sorted(scene.fired) == [f"{n:02} fire" for n in range(40)]


async def test_what_fails_is_tried_again_and_stops_no_other(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    await scene.put("a", "b")
    scene.fails = KeyError("a secret of a document")
    ticker = scene.ticker()
    assert await scene.tick(ticker) == []
    assert "KeyError at test_ticker.py" in caplog.text
    assert "secret" not in caplog.text
    scene.fails = None
    assert await scene.tick(ticker, NOON + 30 * SECOND) == []
    assert await scene.tick(ticker, NOON + 61 * SECOND) == ["a fire", "b fire"]


async def test_what_a_dead_process_left_is_taken_again(scene: Scene) -> None:
    await scene.put("a")
    dead = Ticker(scene.table, lambda one: asyncio.sleep(1e6), clock=lambda: scene.now)
    await dead.tick()
    await asyncio.sleep(0)
    await dead.stop()
    ticker = scene.ticker()
    assert await scene.tick(ticker, NOON + LEASE - SECOND) == []
    assert await scene.tick(ticker, NOON + LEASE) == ["a fire"]


async def test_what_is_being_made_is_not_begun_again_when_the_machine_slept(scene: Scene) -> None:
    await scene.put("a")
    begun: list[str] = []
    awake = asyncio.Event()

    async def slow(one: Decision) -> None:
        begun.append(one.due.wish.key)
        await awake.wait()

    ticker = Ticker(scene.table, slow, clock=lambda: scene.now)
    await ticker.tick()
    await asyncio.sleep(0)
    scene.now += timedelta(hours=1)
    await ticker.tick()
    awake.set()
    await ticker.settle()
    await ticker.tick()
    assert begun == ["a"]


async def test_it_prepares_half_an_hour_ahead_and_once(scene: Scene) -> None:
    await scene.put("a")
    ticker = scene.ticker()
    for at in (NOON - AHEAD - SECOND, NOON - AHEAD, NOON - timedelta(minutes=5)):
        await scene.tick(ticker, at)
        assert ticker._preparing is not None
        await ticker._preparing
    assert scene.prepared == ["a 2027-03-02T12:00 UTC"]


async def test_without_its_table_it_takes_nothing_and_says_so_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.put("a")
    ticker = scene.ticker()
    with monkeypatch.context() as broken:

        async def full(*args: object, **more: object) -> None:
            raise DiskFull("disk-full", "no space")

        broken.setattr(scene.table, "settle", full)
        assert await scene.tick(ticker) == []
        assert await scene.tick(ticker) == []
    assert caplog.text.count("no space") == 1
    assert await scene.tick(ticker) == ["a fire"]


async def test_no_clock_is_believed_beyond_reason(scene: Scene) -> None:
    await scene.put("a")
    ticker = scene.ticker()
    assert await scene.tick(ticker, datetime.min.replace(tzinfo=UTC)) == []
    assert await scene.tick(ticker, datetime.max.replace(tzinfo=UTC)) == []
    assert await scene.tick(ticker, NOON) == ["a fire"]


def test_a_leap_of_the_clock_is_one_tick() -> None:
    trigger = _EveryMinute()
    assert trigger.get_next_fire_time(NOON, NOON.replace(year=2627)) == NOON.replace(year=2627, minute=1)
    assert trigger.get_next_fire_time(NOON.replace(year=2627), NOON) == NOON.replace(minute=1)


async def test_a_clock_that_is_set_back_does_not_put_the_tick_to_sleep() -> None:
    scheduler = AsyncIOScheduler(timezone=UTC)
    job = scheduler.add_job(print, _EveryMinute(), next_run_time=NOON)
    scheduler.start(paused=True)
    _wake_when_asleep(job, NOON - timedelta(seconds=59))
    assert job.next_run_time == NOON
    _wake_when_asleep(job, NOON - timedelta(days=400))
    assert job.next_run_time == NOON - timedelta(days=400)
    asleep = NOON - timedelta(days=400, seconds=-50)
    _wake_when_asleep(job, asleep - timedelta(seconds=80), timedelta(seconds=2))
    assert job.next_run_time == NOON - timedelta(days=400), "nothing leapt"
    _wake_when_asleep(job, asleep, timedelta(hours=8))  # a machine that slept
    assert job.next_run_time == asleep
    scheduler.shutdown(wait=False)
    await asyncio.sleep(0)


async def test_it_ticks_at_once_when_it_is_started_and_ends_when_it_is_cancelled(scene: Scene) -> None:
    await scene.put("a")
    done = asyncio.Event()

    async def fire(one: Decision) -> None:
        done.set()

    running = asyncio.create_task(Ticker(scene.table, fire, clock=lambda: NOON).run())
    await asyncio.wait_for(done.wait(), 30)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
