"""The poller: claims what is due in rounds, a few at a time and one for a host, and has it checked or read.

A check and the reading of an item are each one transaction (`SourceStore`); between them nothing is remembered here, so
a process may be killed anywhere. What the web or a document does wrong is a value: it becomes a state of the address or
the end of an item, with code and reason. What the library cannot do (a full disk) stops the claiming, is said once, and
is tried again until it works.

The clock and the waiting are handed in: simulated days run through the same code.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.errors import VerbatimError
from bot.library.source_store import CheckClaim, ItemClaim, SourceStore
from bot.polling.checks import Checks
from bot.polling.holders import is_dead, this_process
from bot.polling.items import host_of_reading
from bot.polling.ports import Fetches, Follows, Reads
from bot.polling.readings import Readings
from bot.polling.steps import Step

log = logging.getLogger(__name__)

WIDTH: Final = 12  # checks and readings at a time; a body of each may be in memory
LEASE: Final = timedelta(minutes=10)
_MOST_IN_A_STEP: Final = 400  # checks and readings, then what happened is told
_LONGEST_STEP: Final = timedelta(seconds=30)  # then nothing more is begun: news do not wait for a slow host's last feed
_LOOK_AGAIN_S: Final = 5.0  # how soon what another process added is noticed
_AGAIN_S: Final = (2.0, 60.0)  # how soon, and how late, what the library could not do is tried again


class Poller:
    """Polls everything that is followed. Any number of them, in any number of processes, share the work."""

    def __init__(
        self,
        sources: SourceStore,
        fetcher: Fetches,
        reader: Reads,
        intake: Follows,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        width: int = WIDTH,
        holder: str = "",
    ) -> None:
        self._sources = sources
        self._checks = Checks(sources, fetcher, reader)
        self._readings = Readings(sources, fetcher, reader)
        self._intake = intake
        self._now = now
        self._sleep = sleep
        self._width = width
        self._holder = holder or this_process()
        self._owes_claims = False  # claims that could not be given back
        self._untold: Step | None = None  # of a step that ended early

    async def run(self, tell: Callable[[Step | VerbatimError | None], Awaitable[None]]) -> None:
        """Poll until cancelled. `tell` gets every round in which something was done; the error when the library cannot
        be used, and None when it can again."""
        again_s, longest_s = _AGAIN_S
        failing = False
        await self.take_over()
        while True:
            try:
                step = await self.step()
            except VerbatimError as error:
                await tell(error)
                failing = True
                await self._sleep(again_s)
                again_s = min(2 * again_s, longest_s)
                continue
            if failing:
                await tell(None)
                failing, again_s = False, _AGAIN_S[0]
            if step.checks or step.readings or step.postponed:
                await tell(step)
            wait_s = _LOOK_AGAIN_S if step.next_due is None else (step.next_due - self._now()).total_seconds()
            if wait_s > 0:
                await self._sleep(min(wait_s, _LOOK_AGAIN_S))

    async def take_over(self) -> None:
        """Give back what processes on this machine had claimed when they were killed: nobody has to wait for that."""
        with contextlib.suppress(VerbatimError):  # then the leases end by themselves
            for holder in await self._sources.holders():
                if is_dead(holder):
                    await self._sources.give_back(holder, died=True)

    async def step(self, now: datetime | None = None, *, most: int = _MOST_IN_A_STEP) -> Step:
        """Check and read what is due, `most` at the most, and bring index and stories up to date.

        `now` stands for the clock during the whole step. Raises VerbatimError when the library cannot be used; what was
        done until then is kept, and told by the next step. Cancelled, it gives its claims back.
        """
        clock = self._now if now is None else lambda: now
        if self._owes_claims:
            await self._sources.give_back(self._holder)
            self._owes_claims = False
        step = self._untold or Step()
        step.next_due = await self._sources.next_due(clock())
        if step.next_due is None or step.next_due > clock():
            self._untold = None
            return step  # looking costs no turn as a writer
        self._untold = step
        done_all = False
        try:
            done_all = await self._work(step, clock, most)
        finally:
            if not done_all:
                self._owes_claims = True
                with contextlib.suppress(VerbatimError):  # then it is tried again before the next step
                    await self._sources.give_back(self._holder)
                    self._owes_claims = False
        if step.events or step.changed:
            try:
                await self._intake.keep_up()
            except VerbatimError as error:  # what was read is kept; the next one to keep up takes it in
                log.error("index not kept up", extra={"code": error.code, "facts": error.log})
        step.next_due = await self._sources.next_due(clock())
        self._untold = None
        return step

    async def _work(self, step: Step, clock: Callable[[], datetime], most: int) -> bool:
        """Claim and do, `width` at a time, until nothing is due. Raises what the library raised, after the rest."""
        running: dict[asyncio.Task[None], str] = {}
        begun = 0
        until = clock() + _LONGEST_STEP
        trouble: VerbatimError | None = None
        read_at = -1  # what had been done when no item was left to be read
        try:
            while True:
                free = min(self._width - len(running), most - begun) if clock() <= until else 0
                # Claiming a few at a time costs far fewer transactions than one for each that has ended.
                if (free >= self._width // 3 or (free > 0 and not running)) and trouble is None:
                    try:
                        busy = set(running.values()) - {""}
                        done_so_far = step.changed + step.unchanged + step.readings + step.postponed
                        work = await self._claim(step, clock, free, busy, items=done_so_far != read_at)
                        if not busy and not any(is_item for is_item, _, _ in work):
                            read_at = done_so_far
                        for _, host, one in work:
                            running[asyncio.ensure_future(one)] = host
                            begun += 1
                    except VerbatimError as error:
                        trouble = error
                if not running:
                    break
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    del running[task]
                    try:
                        task.result()
                    except VerbatimError as error:
                        trouble = trouble or error
        finally:
            for task in running:
                task.cancel()
            if running:
                await asyncio.wait(running)
        if trouble is not None:
            raise trouble
        return True

    async def _claim(
        self, step: Step, clock: Callable[[], datetime], free: int, busy: set[str], *, items: bool
    ) -> list[tuple[bool, str, Coroutine[Any, Any, None]]]:
        """What may be done now, each with the host that it asks: readings first, but checks always get a share."""
        to_read: list[ItemClaim] = []
        if items:
            to_read = await self._sources.claim_items(
                self._holder,
                now=clock(),
                limit=max(1, free - max(1, free // 3)),
                lease=LEASE,
                busy_hosts=sorted(busy),
            )
        hosts = {host_of_reading(claim) for claim in to_read} - {""}
        left = free - len(to_read)
        checks: list[CheckClaim] = []
        if left:
            checks = await self._sources.claim_checks(
                self._holder, now=clock(), limit=left, lease=LEASE, busy_hosts=sorted(busy | hosts)
            )
        # made only now: a failed claim must not leave work behind that nobody awaits
        return [
            *((True, host_of_reading(claim), self._readings.read(claim, step, clock)) for claim in to_read),
            *((False, claim.watched.host, self._checks.check(claim, step, clock)) for claim in checks),
        ]
