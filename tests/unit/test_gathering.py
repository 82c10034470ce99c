"""Before a brief over a gap is made, what was due is asked and read, by a clock of the test's own; not for ever."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.domain import SourceKind
from bot.errors import LibraryError
from bot.library.source_store import Choices, Following, Watched
from bot.platforms.gathering import Gathering
from bot.sources.source_health import Health, SourceState

NOON = datetime(2031, 5, 14, 12, tzinfo=UTC)


def source(number: int, answers_after_s: float) -> tuple[Following, float]:
    health = Health(SourceState.ACTIVE, NOON, next_check_at=NOON - timedelta(hours=3))
    watched = Watched(number, SourceKind.FEED, f"https://{number}.example/feed", "", health, 300.0, 1.0, NOON)
    return Following(number, SourceKind.FEED, watched.address, "*", Choices(), watched, NOON), answers_after_s


@dataclass
class Web:
    """Sources that answer after so many seconds, and a library in which what they bring takes its place a second later."""

    sources: list[tuple[Following, float]]
    passed_s: float = 0.0
    troubled_until_s: float = -1.0

    async def sleep(self, seconds: float) -> None:
        self.passed_s += seconds
        await asyncio.sleep(0)

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed_s)

    async def followings(self) -> list[Following]:
        return [self._asked(one) if self.passed_s >= after else one for one, after in self.sources]

    def _asked(self, one: Following) -> Following:
        health = replace(one.watched.health, next_check_at=NOON + timedelta(hours=1))
        return replace(one, watched=replace(one.watched, health=health))

    async def next_due(self, now: datetime) -> datetime | None:
        return None  # whoever asks them has claimed them all

    async def newest(self) -> int:
        if self.passed_s < self.troubled_until_s:
            raise LibraryError("busy", "the library is busy", "Later.")
        return sum(self.passed_s >= after for _, after in self.sources)

    def is_behind(self) -> bool:
        return any(after <= self.passed_s < after + 1 for _, after in self.sources)

    def gathering(self) -> Gathering:
        return Gathering(
            self, self.newest, self.is_behind, most_s=40.0, now=self.now, sleep=self.sleep, monotonic=lambda: self.passed_s
        )


async def test_it_waits_for_all_that_was_due_and_no_longer() -> None:
    web = Web([source(1, 2.0), source(2, 17.0)])
    await web.gathering()()
    assert 18 <= web.passed_s <= 24


async def test_a_source_that_never_answers_is_waited_for_no_longer_than_is_allowed() -> None:
    web = Web([source(1, 2.0), source(2, 9_000.0)])
    await web.gathering()()
    assert 40 <= web.passed_s <= 41


async def test_who_is_paused_or_was_taken_away_is_not_waited_for() -> None:
    paused, removed = source(1, 9_000.0), source(2, 9_000.0)
    web = Web([
        (replace(paused[0], paused_until=NOON + timedelta(days=9)), 9_000.0),
        (replace(removed[0], removed_at=NOON - timedelta(days=1)), 9_000.0),
    ])  # fmt: skip
    await web.gathering()()
    assert web.passed_s <= 5


async def test_a_busy_library_is_looked_at_again() -> None:
    web = Web([source(1, 1.0)], troubled_until_s=12.0)
    await web.gathering()()
    assert 14 <= web.passed_s <= 17


async def test_all_channels_wait_for_the_same_and_those_that_come_soon_after_for_nothing() -> None:
    web = Web([source(1, 9.0)])
    gathering = web.gathering()
    await asyncio.gather(*(gathering() for _ in range(20)))
    once = web.passed_s
    await gathering()
    assert web.passed_s == once
    web.passed_s += 3_600
    await gathering()
    assert web.passed_s > once + 3_600, "another gap"


async def test_it_ends_when_it_is_told_to() -> None:
    web = Web([source(1, 9_000.0)])
    gathering = web.gathering()
    waiting = asyncio.create_task(gathering())
    await asyncio.sleep(0)
    await gathering.close()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
