"""The ticker: once a minute it asks the due-table what is due, takes it, and has it carried out.

apscheduler is the alarm clock and nothing else: it holds one job, the tick. Its own rules for days and times are not
used, nor does it make up for ticks: what was missed is the table's to know. A wall clock that is set back would leave
it waiting until that clock has come forward again; it is woken when its next tick is more than a minute away.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.errors import VerbatimError, what_and_where
from bot.schedule import calendar
from bot.schedule.calendar import EARLIEST, LATEST, Occurrence
from bot.schedule.due import Action, Decision, Due, decide, next_slot
from bot.schedule.due_table import DueTable
from bot.schedule.zone_data import state_of

log = logging.getLogger(__name__)

AHEAD: Final = timedelta(minutes=30)  # how long before its slot a brief is prepared
LEASE: Final = timedelta(seconds=60)  # after a crash a slot is free again within 90 s
_RENEW_S: Final = 20.0
_LONGEST_S: Final = 900.0  # what takes longer hangs: it gives its place to others, and is tried again
_AGAIN: Final = timedelta(seconds=60)
_WATCH_S: Final = 20.0
_LEAP: Final = timedelta(seconds=30)
_MINUTE: Final = timedelta(minutes=1)
WIDTH: Final = 16  # slots carried out at a time; each is held by renewing its lease

Fire = Callable[[Decision], Awaitable[None]]
Prepare = Callable[[Due, Occurrence], Awaitable[None]]


def _now() -> datetime:
    return datetime.now(UTC)


class _EveryMinute(BaseTrigger):  # type: ignore[misc]  # apscheduler publishes no types
    """The next full minute after now, never one that has passed: a leap of the clock is one tick, not a million."""

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:  # noqa: ARG002
        now = now.astimezone(UTC)
        return now.replace(second=0, microsecond=0) + _MINUTE if now < LATEST else None


class Ticker:
    """Carries out what is due. `fire` makes and owes what a slot is for; it may be called again for one slot when a
    process died in it, so what it does must be keyed by the slot. `prepare` may be called many times."""

    def __init__(
        self,
        table: DueTable,
        fire: Fire,
        *,
        prepare: Prepare | None = None,
        clock: Callable[[], datetime] = _now,
        owner: str = "",
    ) -> None:
        self._table, self._fire, self._prepare, self._clock = table, fire, prepare, clock
        self._owner = owner or f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._running: set[asyncio.Task[None]] = set()
        self._busy: set[tuple[str, str]] = set()
        self._preparing: asyncio.Task[None] | None = None
        self._prepared: dict[str, str] = {}
        self._trouble = ""
        self._knows_zones = False

    async def run(self) -> None:
        """Tick until cancelled; what is being carried out then is given up, and taken again when its lease ran out."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it would tell of every minute
        scheduler = AsyncIOScheduler(timezone=UTC)
        job = scheduler.add_job(
            self.tick, _EveryMinute(), coalesce=True, max_instances=1, misfire_grace_time=None, next_run_time=_now()
        )
        scheduler.start()
        try:
            while True:
                began, began_at = time.monotonic(), _now()
                await asyncio.sleep(_WATCH_S)
                leapt = _now() - began_at - timedelta(seconds=time.monotonic() - began)
                _wake_when_asleep(job, _now(), leapt)
        finally:
            scheduler.shutdown(wait=False)
            await self.stop()

    async def tick(self) -> list[Decision]:
        """Look once at what is due, and have it carried out beside: no more of it at a time than a few, in the order of
        the slots. Trouble of the library is told and tried again at the next tick: without it nothing is taken."""
        now = self._clock()
        if not EARLIEST <= now < LATEST:
            return []  # no clock shows such a time: what it says is worth nothing
        try:
            if not self._knows_zones:
                await self._table.new_zone_data(state_of, now=now)
                self._knows_zones = True
            self._start_preparing(now)
            taken = await self._take(now)
        except VerbatimError as error:
            if error.code != self._trouble:
                log.error("nothing is taken from the due-table: %s", error.log)
            self._trouble = error.code
            return []
        if self._trouble:
            log.info("the due-table can be used again")
        self._trouble = ""
        return taken

    async def settle(self) -> None:
        """Wait until all that was taken has been carried out."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def stop(self) -> None:
        """Give up what is being carried out."""
        tasks = {*self._running, *([self._preparing] if self._preparing else [])}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    # --- inside ---

    async def _take(self, now: datetime) -> list[Decision]:
        """Take what is due at `now`, which stays the tick's own: waiting for a turn makes nothing late."""
        taken: list[Decision] = []
        while True:
            while len(self._running) >= WIDTH:
                await asyncio.wait(set(self._running), return_when=asyncio.FIRST_COMPLETED)
            rows = await self._table.due(now=now, limit=WIDTH - len(self._running))
            if not rows:
                return taken
            decisions = [self._not_twice_here(decide(row, now), now) for row in rows]
            for one in decisions:
                if one.action in (Action.DROP, Action.CATCH_UP):
                    _tell(one)
            waited = max(self._clock() - now, timedelta())
            won = await self._table.settle(decisions, owner=self._owner, now=now, lease=waited + LEASE)
            for one in won:
                self._busy.add(_name_of(one))
                task = asyncio.create_task(self._carry_out(one))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            taken += won

    def _not_twice_here(self, one: Decision, now: datetime) -> Decision:
        """A machine that slept, or a clock that leapt, makes the lease of what is being done here look as if it had run
        out: it goes on."""
        if one.action is Action.NOTHING or _name_of(one) not in self._busy:
            return one
        return Decision(one.due, Action.NOTHING, now + LEASE, one.slot, why="being made")

    async def _carry_out(self, one: Decision) -> None:
        """Do what a slot is for, holding it until that has happened."""
        key, slot = _name_of(one)
        work = asyncio.ensure_future(self._fire(one))
        loop = asyncio.get_running_loop()
        ends = loop.time() + _LONGEST_S
        try:
            while not work.done():
                if loop.time() > ends:
                    raise TimeoutError
                await asyncio.wait({work}, timeout=_RENEW_S)
                if not work.done() and not await self._table.renew(
                    key, slot, self._owner, until=self._clock() + LEASE
                ):
                    log.warning("%s %s was taken by another process", key, slot)
                    return
            await work
            ahead = calendar.next_after(one.due.wish.intent, one.slot.at) if one.slot else None
            then = ahead.at if ahead else None
            await self._table.end(
                key, slot, self._owner, now=self._clock(), revision=one.due.revision, look_at=then
            )
        except Exception as error:  # noqa: BLE001 - whatever went wrong with one channel, the others go on
            told = error.log if isinstance(error, VerbatimError) else what_and_where(error)
            log.error("%s %s did not work and is tried again: %s", key, slot, told)
            await self._give_back(key, slot)
        finally:
            self._busy.discard(_name_of(one))
            work.cancel()

    async def _give_back(self, key: str, slot: str) -> None:
        try:
            await self._table.give_back(key, slot, self._owner, again_at=self._clock() + _AGAIN)
        except VerbatimError as error:  # its lease runs out by itself
            log.error("%s %s could not be given back: %s", key, slot, error.log)

    def _start_preparing(self, now: datetime) -> None:
        if self._prepare is None or (self._preparing is not None and not self._preparing.done()):
            return
        self._preparing = asyncio.create_task(self._prepare_all(now, self._prepare))

    async def _prepare_all(self, now: datetime, prepare: Prepare) -> None:
        coming: dict[str, str] = {}
        try:
            rows = await self._table.coming(now=now, until=now + AHEAD)
        except VerbatimError as error:
            log.warning("nothing is prepared: %s", error.log)
            return
        for row in rows:
            key, slot = row.wish.key, next_slot(row, now)
            if slot is None or slot.at > now + AHEAD:
                continue
            if self._prepared.get(key) != slot.key:
                try:
                    await prepare(row, slot)
                except Exception as error:  # noqa: BLE001 - a brief that is not prepared is made at its slot
                    told = error.log if isinstance(error, VerbatimError) else what_and_where(error)
                    log.warning("%s could not be prepared: %s", key, told)
            coming[key] = slot.key
        self._prepared = coming


def _name_of(one: Decision) -> tuple[str, str]:
    return one.due.wish.key, one.slot.key if one.slot else ""


def _tell(one: Decision) -> None:
    slot = one.slot.key if one.slot else ""
    if one.action is Action.DROP:
        log.info("%s %s is dropped: %s", one.due.wish.key, slot, one.why)
    else:
        log.info("%s %s is made up for; %d more were missed", one.due.wish.key, slot, one.passed_over)


def _wake_when_asleep(job: Any, now: datetime, leapt: timedelta = timedelta()) -> None:
    """Have the tick come at once when the clock was set back, so that it is further away than it can be; and when it
    has leapt: a machine that slept counts the seconds to the next tick from where it fell asleep."""
    if job.next_run_time is None:
        return
    if job.next_run_time - now > _MINUTE + timedelta(seconds=1) or leapt > _LEAP:
        job.modify(next_run_time=now)
