"""One request at a time for each host, at a distance."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.sources import host_pace
from bot.sources.host_pace import HostPace


@dataclass
class Clock:
    """A clock that obeys: sleeping moves it, and nothing else takes time."""

    now_s: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds


def pace_of(clock: Clock, distance_s: float = 5.0) -> HostPace:
    return HostPace(distance_s=distance_s, most_delay_s=60.0, now=clock.now, sleep=clock.sleep)


async def test_the_first_turn_comes_at_once_and_the_next_at_its_distance() -> None:
    clock = Clock()
    pace = pace_of(clock)
    for _ in range(3):
        async with pace.turn("a.example"):
            clock.now_s += 2.0
    assert clock.slept == [5.0, 5.0]


async def test_time_that_has_passed_counts() -> None:
    clock = Clock()
    pace = pace_of(clock)
    async with pace.turn("a.example"):
        pass
    clock.now_s += 3.0
    async with pace.turn("a.example"):
        pass
    clock.now_s += 30.0
    async with pace.turn("a.example"):
        pass
    assert clock.slept == [2.0]


async def test_hosts_do_not_wait_for_each_other() -> None:
    clock = Clock()
    pace = pace_of(clock)
    async with pace.turn("a.example"), pace.turn("b.example"):
        pass
    assert clock.slept == []


async def test_a_site_may_ask_for_more_but_not_for_ever() -> None:
    clock = Clock()
    pace = pace_of(clock)
    for delay_s in (0.0, 20.0, 1.0, 1e9):
        async with pace.turn("a.example", crawl_delay_s=delay_s):
            pass
    assert clock.slept == [20.0, 5.0, 60.0]


async def test_only_one_turn_of_a_host_is_held_at_a_time_and_who_came_first_goes_first() -> None:
    clock = Clock()
    pace = pace_of(clock)
    held = 0
    order: list[int] = []

    async def ask(number: int) -> None:
        nonlocal held
        async with pace.turn("a.example"):
            held += 1
            assert held == 1
            await asyncio.sleep(0)
            order.append(number)
            held -= 1

    await asyncio.gather(*(ask(number) for number in range(20)))
    assert order == list(range(20))
    assert clock.slept == [5.0] * 19


async def test_a_turn_is_given_back_when_its_holder_fails_or_is_cancelled() -> None:
    clock = Clock()
    pace = pace_of(clock)
    with pytest.raises(RuntimeError):
        async with pace.turn("a.example"):
            raise RuntimeError
    held = asyncio.Event()

    async def hold() -> None:
        async with pace.turn("a.example"):
            held.set()
            await asyncio.Event().wait()

    holder, waiter = asyncio.create_task(hold()), asyncio.create_task(hold())
    await held.wait()
    waiter.cancel()
    holder.cancel()
    await asyncio.gather(holder, waiter, return_exceptions=True)
    async with pace.turn("a.example"):
        pass


async def test_hosts_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_pace, "MANY_HOSTS", 10)
    clock = Clock()
    pace = pace_of(clock)
    for number in range(500):
        async with pace.turn(f"{number}.example"):
            clock.now_s += 10.0
    assert len(pace) <= 11
