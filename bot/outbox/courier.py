"""The courier: takes what is due to one platform, sends it, and settles what may or may not have been sent by looking.

Nothing is sent without a row that says so on the disk first. After a crash at any moment a delivery is either due (it
was not sent), sending with a lease that runs out (it is looked for before it is sent again) or sent.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.errors import LibraryError
from bot.library.delivery_store import DOUBTFUL
from bot.outbox.sender import SendOutcome, SendResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.library.delivery_store import Delivery, DeliveryStore
    from bot.outbox.sender import Sender

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)  # longer than any send may take, and its look-up
AT_ONCE = 16  # channels; the platforms' own rate limits are narrower
PAUSES_S = (5.0, 20.0, 60.0, 180.0, 420.0, 900.0)  # between tries: six in half an hour, then it is late
LATE_EVERY_S = 1_800.0
REST = timedelta(hours=6)  # a channel that refuses us is tried again so often
LOOK_AGAIN_S = 15.0
IN_FLIGHT_S = 60.0  # longer than a call may take: after a leap of the clock leases say nothing for so long
LEAP_S = 5.0
IDLE_S = 30.0  # how long to wait at most when nothing is known to be due
SHUTDOWN_S = 10.0


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that an admin should hear of, once."""

    code: str  # "late", "refused", "resting", "unauthorised"
    delivery: Delivery
    reason: str
    cause: str = ""  # the platform's code, or "last-check", "payload", "cannot-look"


class Courier:
    """Delivers one platform's deliveries. Several may run at once, in one process or many.

    `stopwatch` counts seconds whatever is done to the clock, so that a leap of the clock is noticed.
    """

    def __init__(
        self,
        store: DeliveryStore,
        sender: Sender,
        *,
        notify: Callable[[Notice], Awaitable[None]] | None = None,
        now: Callable[[], datetime] = utc_now,
        jitter: Callable[[], float] = random.random,
        lease: timedelta = LEASE,
        at_once: int = AT_ONCE,
        stopwatch: Callable[[], float] | None = None,
    ) -> None:
        self._store, self._sender = store, sender
        self._stopwatch = stopwatch
        self._between: float | None = None  # the clock less the stopwatch, when both were looked at last
        self._leapt_at = float("-inf")
        self._held: set[int] = set()
        self._notify, self._now, self._jitter = notify, now, jitter
        self._lease, self._at_once = lease, at_once
        self._owner = f"{sender.platform}-{secrets.token_hex(6)}"
        self._news = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self.stopped_because = ""  # set when the platform refuses our token: nothing is sent any more

    def wake(self) -> None:
        """Something new is owed: look at once."""
        self._news.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`; then finish or leave, within ten seconds, what is under way."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set() and not self.stopped_because:
                self._news.clear()
                wait_s = await self._start_what_is_due()
                news = asyncio.create_task(self._news.wait())
                await asyncio.wait(
                    [stopping, news, *self._under_way], timeout=wait_s, return_when=asyncio.FIRST_COMPLETED
                )
                news.cancel()
        finally:
            stopping.cancel()
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=SHUTDOWN_S)
            for task in self._under_way:  # their rows stay "sending"; whoever comes next looks for them
                task.cancel()

    async def deliver_due(self) -> int:
        """Claim and deliver once what is due now, to the end; how many deliveries were tried."""
        claimed = await self._claim(self._at_once)
        await asyncio.gather(*(self._deliver(one) for one in claimed))
        return len(claimed)

    async def _start_what_is_due(self) -> float:
        """Begin as many deliveries as may be under way; returns how long to wait for the next, in seconds."""
        free = self._at_once - len(self._under_way)
        if not free:
            return IDLE_S
        try:
            claimed = await self._claim(free)
            for one in claimed:
                task = asyncio.create_task(self._deliver(one))
                self._under_way.add(task)
                task.add_done_callback(self._done)
            if claimed:
                return 0.0 if len(claimed) == free else 1.0
            due = await self._store.next_due_at(self._sender.platform)
        except LibraryError as error:  # a full disk, a busy library: nothing is claimed, so nothing is sent
            log.warning("nothing is sent now: %s", error.person, extra={"code": error.code})
            return IDLE_S
        if due is None:
            return IDLE_S
        # What is due but was not claimed waits for a channel that rests or is limited.
        return min(IDLE_S, max(1.0, (due - self._now()).total_seconds()))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._news.set()  # the next one of its channel may go
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a delivery ended unrecorded; it is looked for later", exc_info=error)

    async def _claim(self, limit: int) -> list[Delivery]:
        if self.stopped_because:
            return []
        self._look_at_clock()
        return await self._store.claim(
            self._sender.platform, owner=self._owner, now=self._now(), lease=self._lease, limit=limit
        )

    def _look_at_clock(self) -> None:
        if self._stopwatch is None:
            return
        measured = self._stopwatch()
        between = self._now().timestamp() - measured
        if self._between is not None and abs(between - self._between) > LEAP_S:
            self._leapt_at = measured
        self._between = between

    @property
    def _has_leapt(self) -> bool:
        """Whether the clock leapt so lately that whoever held a delivery may still be sending it."""
        return self._stopwatch is not None and self._stopwatch() - self._leapt_at < IN_FLIGHT_S

    async def _deliver(self, delivery: Delivery) -> None:
        if delivery.id in self._held:  # a leap of the clock made our own lease run out
            return
        self._held.add(delivery.id)
        try:
            await self._deliver_held(delivery)
        finally:
            self._held.discard(delivery.id)

    async def _deliver_held(self, delivery: Delivery) -> None:
        if delivery.is_doubtful:
            found = await self._sender.find(delivery)
            if found.outcome is SendOutcome.FAILED and self._has_leapt:
                await self._again(delivery, self._now() + timedelta(seconds=IN_FLIGHT_S), DOUBTFUL, found.reason)
                return
            if found.outcome is not SendOutcome.FAILED:
                await self._record(delivery, found, looked=True)
                return
        result = await self._sender.send(delivery)
        if result.outcome is SendOutcome.DOUBTFUL:
            found = await self._sender.find(delivery)
            if found.outcome is SendOutcome.SENT:
                result = found
        await self._record(delivery, result, looked=False)

    async def _record(self, delivery: Delivery, result: SendResult, *, looked: bool) -> None:
        now, outcome = self._now(), result.outcome
        if outcome is SendOutcome.SENT:
            await self._store.sent(
                delivery.id, message_id=result.message_id, thread_id=result.thread_id, now=now
            )
        elif outcome is SendOutcome.WAIT:
            until = now + timedelta(seconds=result.retry_after_s)
            place = ("", "") if result.everywhere else (delivery.owed.workspace, delivery.owed.channel)
            await self._store.postpone_channel(self._sender.platform, *place, until)
            await self._again(delivery, until, DOUBTFUL if looked else result.code, result.reason)
        elif outcome is SendOutcome.DOUBTFUL:
            at = now + timedelta(seconds=LOOK_AGAIN_S * (1 + self._jitter()))
            await self._again(delivery, at, DOUBTFUL, result.reason)
            await self._late(delivery, result)
        elif outcome is SendOutcome.FAILED:
            await self._again(delivery, now + self._pause(delivery.attempts), result.code, result.reason)
            await self._late(delivery, result)
        elif outcome is SendOutcome.REFUSED:
            await self._store.refused(delivery.id, self._owner, code=result.code, reason=result.reason)
            await self._tell("refused", delivery, result.reason, result.code)
        elif outcome is SendOutcome.NO_ACCESS:
            await self._again(delivery, now, DOUBTFUL if looked else result.code, result.reason)
            news = await self._store.rest_channel(
                self._sender.platform, delivery.owed.workspace, delivery.owed.channel,
                code=result.code, reason=result.reason, now=now, next_try_at=now + REST,
            )  # fmt: skip
            if news:
                await self._tell("resting", delivery, result.reason, result.code)
        else:
            self.stopped_because = result.reason or "the platform refuses our token"
            await self._again(delivery, now, DOUBTFUL if looked else result.code, result.reason)
            await self._tell("unauthorised", delivery, self.stopped_because, result.code)
            self._news.set()

    async def _again(self, delivery: Delivery, at: datetime, code: str, reason: str) -> None:
        await self._store.release(delivery.id, self._owner, next_try_at=at, code=code, reason=reason)

    def _pause(self, attempts: int) -> timedelta:
        seconds = PAUSES_S[attempts - 1] if attempts <= len(PAUSES_S) else LATE_EVERY_S
        return timedelta(seconds=seconds * (0.75 + 0.5 * self._jitter()))

    async def _late(self, delivery: Delivery, result: SendResult) -> None:
        if delivery.attempts == len(PAUSES_S):
            await self._tell("late", delivery, result.reason, result.code)

    async def _tell(self, code: str, delivery: Delivery, reason: str, cause: str) -> None:
        owed = delivery.owed
        log.warning(
            "delivery: %s", code,
            extra={
                "key": owed.key, "platform": owed.platform, "channel": owed.channel, "reason": reason, "cause": cause,
            },
        )  # fmt: skip
        if self._notify is not None:
            await self._notify(Notice(code, delivery, reason, cause))
