"""One request at a time for each host, and a minimum distance between two; whoever comes first is served first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

MANY_HOSTS: Final = 5000  # from here on, hosts that may be asked again anyway are forgotten


@dataclass(slots=True)
class _Place:
    """What is known of one host."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    ended_at: float | None = None


class HostPace:
    """Gives turns. `now` and `sleep` belong together: a clock in seconds that never goes back, and a wait by it."""

    def __init__(
        self,
        *,
        distance_s: float = 1.0,
        most_delay_s: float = 30.0,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._distance_s = distance_s
        self._most_delay_s = most_delay_s
        self.now = now
        self._sleep = sleep
        self._places: dict[str, _Place] = {}

    def __len__(self) -> int:
        return len(self._places)

    @asynccontextmanager
    async def turn(self, host: str, *, crawl_delay_s: float = 0.0) -> AsyncIterator[None]:
        """Hold the host's only turn. It begins `distance_s` after the end of the last one, or `crawl_delay_s` where the
        site asks for more, up to `most_delay_s`. Never ask for a second turn while holding one: two could wait for
        each other for ever."""
        place = self._places.setdefault(host, _Place())
        place.waiting += 1
        try:
            async with place.lock:
                if place.ended_at is not None:
                    distance_s = max(self._distance_s, min(crawl_delay_s, self._most_delay_s))
                    wait_s = place.ended_at + distance_s - self.now()
                    if wait_s > 0:
                        await self._sleep(min(wait_s, distance_s))
                try:
                    yield
                finally:
                    place.ended_at = self.now()
        finally:
            place.waiting -= 1
            self._forget()

    def _forget(self) -> None:
        if len(self._places) <= MANY_HOSTS:
            return
        free_from = self.now() - max(self._distance_s, self._most_delay_s)
        for host, place in list(self._places.items()):
            if not place.waiting and (place.ended_at is None or place.ended_at <= free_from):
                del self._places[host]
