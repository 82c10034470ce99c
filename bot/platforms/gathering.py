"""Gathering: what came while nobody read is asked for and read, before a brief over that gap is made of it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from bot.errors import VerbatimError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.library.source_store import Following

log = logging.getLogger(__name__)

_LOOK_S: Final = 1.0
_QUIET_LOOKS: Final = 3  # so many in a row without anything new: a folder that is being read brings something in each
_COUNTS_S: Final = 300.0  # so long nobody gathers anew


class Sources(Protocol):
    """What gathering needs to know of the sources on the web."""

    async def followings(self) -> Sequence[Following]: ...

    async def next_due(self, now: datetime) -> datetime | None: ...


class Gathering:
    """Waits until all sources that were due have answered or failed, and what they brought is read and in its place;
    not longer than `most_s` seconds. Whoever comes meanwhile waits for the same.

    `newest` tells the last line of the change log, `is_behind` whether some of it is not in its place yet.
    """

    def __init__(
        self,
        sources: Sources,
        newest: Callable[[], Awaitable[int]],
        is_behind: Callable[[], bool],
        *,
        most_s: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sources, self._newest, self._is_behind = sources, newest, is_behind
        self._most_s, self._now, self._sleep, self._monotonic = most_s, now, sleep, monotonic
        self._going: asyncio.Task[None] | None = None
        self._ended = float("-inf")

    async def close(self) -> None:
        """Wait no longer."""
        if self._going is not None:
            self._going.cancel()
            await asyncio.wait([self._going])

    async def __call__(self) -> None:
        if self._going is None and self._monotonic() - self._ended < _COUNTS_S:
            return
        if self._going is None:
            self._going = asyncio.create_task(self._gather())
            self._going.add_done_callback(self._done)
        await asyncio.shield(self._going)

    def _done(self, _: asyncio.Task[None]) -> None:
        self._going, self._ended = None, self._monotonic()

    async def _gather(self) -> None:
        began, at = self._now(), self._monotonic()
        seen, quiet = -1, 0
        while self._monotonic() - at < self._most_s:
            try:
                newest = await self._newest()
                quiet = quiet + 1 if newest == seen and not await self._is_busy(began) else 0
                seen = newest
            except VerbatimError as error:  # a library that is busy: it may go on in a second
                log.info("not gathered yet", extra={"code": error.code})
                quiet = 0
            if quiet >= _QUIET_LOOKS:
                return
            await self._sleep(_LOOK_S)
        log.info("a brief over a gap waits no longer for sources that are slow")

    async def _is_busy(self, began: datetime) -> bool:
        """Whether an address that was due has not been asked yet, or something is still to be read."""
        if await asyncio.to_thread(self._is_behind):
            return True
        due = await self._sources.next_due(self._now())
        if due is not None and due <= self._now():
            return True
        return any(_is_owed(one, began, self._now()) for one in await self._sources.followings())


def _is_owed(one: Following, began: datetime, now: datetime) -> bool:
    """Whether a source was due and nobody has asked it since."""
    due = one.watched.health.next_check_at
    return one.removed_at is None and not one.is_paused(now) and due is not None and due <= began
