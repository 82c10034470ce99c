"""The courier delivers everything once, in order, through faults and crashes; the platform, not our rows, says so."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.library.delivery_store import Delivery, DeliveryKind, DeliveryState, Owed
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.outbox.courier import PAUSES_S, Courier, Notice
from bot.outbox.sender import SendOutcome, SendResult


class Killed(BaseException):
    """The process ends here."""


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Stopwatch:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


class Platform:
    """A chat platform's far end: what stands in its channels is the truth. `plan` names the faults to come."""

    platform = "discord"

    def __init__(self) -> None:
        self.stands: list[tuple[str, str]] = []
        self.plan: list[str] = []
        self.looks = 0
        self.two_stand = asyncio.Event()

    async def send(self, delivery: Delivery) -> SendResult:
        fault = self.plan.pop(0) if self.plan else "ok"
        if fault == "killed before":
            raise Killed
        if fault in ("ok", "lost answer", "killed after", "late"):
            self.stands.append((delivery.owed.channel, delivery.owed.key))
        if len(self.stands) >= 2:
            self.two_stand.set()
        if fault == "killed after":
            raise Killed
        results = {
            "ok": SendResult(SendOutcome.SENT, message_id=str(len(self.stands)), thread_id="t"),
            "lost answer": SendResult(SendOutcome.DOUBTFUL, code="time-out"),
            "lost request": SendResult(SendOutcome.DOUBTFUL, code="time-out"),
            "down": SendResult(SendOutcome.FAILED, code="503", reason="Discord answers 503."),
            "limit": SendResult(SendOutcome.WAIT, retry_after_s=7.0),
            "limit everywhere": SendResult(SendOutcome.WAIT, retry_after_s=9.0, everywhere=True),
            "refused": SendResult(SendOutcome.REFUSED, code="50035", reason="Invalid Form Body"),
            "no access": SendResult(SendOutcome.NO_ACCESS, code="50001", reason="Missing Access"),
            "no token": SendResult(SendOutcome.UNAUTHORISED, code="401", reason="The token is refused."),
        }
        return results[fault]

    async def find(self, delivery: Delivery) -> SendResult:
        self.looks += 1
        fault = self.plan.pop(0) if self.plan and self.plan[0].startswith("look") else "ok"
        if fault == "look fails":
            return SendResult(SendOutcome.DOUBTFUL, code="time-out")
        if fault == "look not allowed":
            return SendResult(SendOutcome.REFUSED, code="cannot-look", reason="The history may not be read.")
        if (delivery.owed.channel, delivery.owed.key) in self.stands:
            return SendResult(SendOutcome.SENT, message_id="found")
        return SendResult(SendOutcome.FAILED)


class Scene:
    """A courier, its clock, its platform, and what admins were told."""

    def __init__(self, store: SqlDeliveryStore) -> None:
        self.store, self.clock, self.platform = store, Clock(), Platform()
        self.notices: list[Notice] = []
        self.courier = self.new_courier()

    def new_courier(self) -> Courier:
        async def notify(notice: Notice) -> None:
            self.notices.append(notice)

        return Courier(self.store, self.platform, notify=notify, now=self.clock.now, jitter=lambda: 0.5)

    async def owe(self, *keys: str, channel: str = "c1") -> None:
        await self.store.owe(
            [Owed(key, "discord", "w", channel, DeliveryKind.POST, b"{}") for key in keys], now=self.clock.now()
        )

    async def settle(self, rounds: int = 400) -> None:
        """Let time pass until nothing is owed any more; a courier that was killed is followed by another."""
        for _ in range(rounds):
            try:
                tried = await self.courier.deliver_due()
            except Killed:
                self.courier = self.new_courier()
                continue
            due = await self.store.next_due_at("discord")
            if due is None:
                return
            if not tried:  # a channel may rest or be limited longer than its delivery waits
                self.clock.at = max(due, self.clock.at + timedelta(seconds=5))

    async def state(self, key: str) -> DeliveryState:
        found = await self.store.delivery(key)
        assert found is not None
        return found.state


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        yield Scene(SqlDeliveryStore(store.transactions))


async def test_what_is_owed_stands_in_its_channel_in_order(scene: Scene) -> None:
    await scene.owe("1", "2", "3")
    await scene.settle()
    assert scene.platform.stands == [("c1", "1"), ("c1", "2"), ("c1", "3")]
    assert scene.platform.looks == 0


@pytest.mark.parametrize("fault", ["lost answer", "lost request", "killed before", "killed after", "down", "limit"])
async def test_a_fault_neither_loses_nor_doubles(scene: Scene, fault: str) -> None:
    scene.platform.plan = [fault]
    await scene.owe("1", "2")
    await scene.settle()
    assert scene.platform.stands == [("c1", "1"), ("c1", "2")]


async def test_a_doubt_that_cannot_be_settled_now_waits(scene: Scene) -> None:
    scene.platform.plan = ["lost answer", "look fails", "look fails", "look fails"]
    await scene.owe("1")
    await scene.settle()
    assert scene.platform.stands == [("c1", "1")]
    assert await scene.state("1") is DeliveryState.SENT


async def test_a_doubt_that_can_never_be_settled_is_not_sent_again_and_told(scene: Scene) -> None:
    scene.platform.plan = ["lost answer", "look fails", "look not allowed"]
    await scene.owe("1")
    await scene.settle()
    assert scene.platform.stands == [("c1", "1")]
    assert await scene.state("1") is DeliveryState.REFUSED
    assert [notice.delivery.code for notice in scene.notices] == ["doubtful"]


async def test_a_platform_that_is_down_for_long_is_said_to_be_late_and_still_served(scene: Scene) -> None:
    scene.platform.plan = ["down"] * (len(PAUSES_S) + 2)
    await scene.owe("1")
    await scene.settle(rounds=5_000)
    assert [notice.code for notice in scene.notices] == ["late"]
    assert scene.platform.stands == [("c1", "1")]


async def test_a_refused_payload_is_kept_and_the_next_one_goes(scene: Scene) -> None:
    scene.platform.plan = ["refused"]
    await scene.owe("1", "2")
    await scene.settle()
    assert scene.platform.stands == [("c1", "2")]
    assert await scene.state("1") is DeliveryState.REFUSED
    assert [notice.code for notice in scene.notices] == ["refused"]


async def test_a_channel_without_access_rests_and_others_do_not(scene: Scene) -> None:
    scene.platform.plan = ["no access", "ok"]
    await scene.owe("1", "2")
    await scene.owe("x", channel="c2")
    for _ in range(5):
        await scene.courier.deliver_due()
        scene.clock.pass_s(60)
    assert scene.platform.stands == [("c2", "x")]
    assert [notice.code for notice in scene.notices] == ["resting"]
    await scene.store.wake_channel("discord", "w", "c1")
    await scene.settle()
    assert scene.platform.stands == [("c2", "x"), ("c1", "1"), ("c1", "2")]


async def test_a_limit_for_all_holds_every_channel(scene: Scene) -> None:
    scene.platform.plan = ["limit everywhere"]
    await scene.owe("1")
    await scene.courier.deliver_due()
    await scene.owe("x", channel="c2")
    scene.clock.pass_s(8)
    assert await scene.courier.deliver_due() == 0
    scene.clock.pass_s(1)
    assert await scene.courier.deliver_due() == 2


async def test_a_refused_token_stops_all_sending(scene: Scene) -> None:
    scene.platform.plan = ["no token"]
    await scene.owe("1")
    await scene.courier.deliver_due()
    scene.clock.pass_s(3600)
    assert await scene.courier.deliver_due() == 0
    assert scene.courier.stopped_because == "The token is refused."
    assert await scene.state("1") is DeliveryState.DUE
    await asyncio.wait_for(scene.courier.run(asyncio.Event()), 60)


@pytest.mark.parametrize("seed", range(3))
async def test_random_faults_and_kills_lose_and_double_nothing(scene: Scene, seed: int) -> None:
    rng = random.Random(seed)
    faults = ["ok", "lost answer", "lost request", "killed before", "killed after", "down", "limit", "limit everywhere"]
    scene.platform.plan = rng.choices(faults, k=60)
    for channel in ("c1", "c2", "c3"):
        await scene.owe(*(f"{channel}-{n}" for n in range(6)), channel=channel)
    await scene.settle(rounds=4_000)
    for channel in ("c1", "c2", "c3"):
        assert [key for where, key in scene.platform.stands if where == channel] == [f"{channel}-{n}" for n in range(6)]


async def test_a_running_courier_hears_of_news_and_stops_when_it_is_told(scene: Scene) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(scene.courier.run(stop))
    await scene.owe("1", "2")
    scene.courier.wake()
    await asyncio.wait_for(scene.platform.two_stand.wait(), 60)
    stop.set()
    await asyncio.wait_for(running, 60)
    assert scene.platform.stands == [("c1", "1"), ("c1", "2")]


async def test_a_leap_of_the_clock_while_something_is_sent_doubles_nothing(scene: Scene) -> None:
    stopwatch, taken, go_on = Stopwatch(), asyncio.Event(), asyncio.Event()
    send = scene.platform.send

    async def slow(delivery: Delivery) -> SendResult:
        taken.set()
        await go_on.wait()
        return await send(delivery)

    scene.platform.send = slow  # type: ignore[method-assign]
    mine, other = (Courier(scene.store, scene.platform, now=scene.clock.now, stopwatch=stopwatch) for _ in range(2))
    assert await other.deliver_due() == 0
    await scene.owe("1")
    sending = asyncio.create_task(mine.deliver_due())
    await taken.wait()
    scene.clock.pass_s(6_000)
    await mine.deliver_due()
    await other.deliver_due()
    go_on.set()
    await sending
    for _ in range(3):
        stopwatch.s += 61
        scene.clock.pass_s(61)
        await mine.deliver_due()
        await other.deliver_due()
    assert scene.platform.stands == [("c1", "1")]
