"""The switchboard: leads a request to the first endpoint that can take it, within the request's time and the budget.

Endpoints stand in order of preference. One that fails again and again is passed over for a while (`breaker`), one that
says that it has no more room is passed over until it has. What may pass by itself is tried again after a pause, up to
`TRIES` times an endpoint, and only while there is time; then the next endpoint is asked.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.errors import LibraryError
from bot.language_model import budget, costs
from bot.language_model.abilities import REMEMBERED, Abilities, read_abilities
from bot.language_model.breaker import Breaker
from bot.language_model.chat_completions import BrokenOff, ChatCompletions, Said
from bot.language_model.cures import CURES, kind_of
from bot.language_model.metering import Meter, said_text
from bot.language_model.port import BudgetStore, ModelFailed, ModelOutcome, ModelReply, ModelRequest, Verdict
from bot.language_model.waits import pause_s
from bot.language_model.wire import CONNECTIONS, Trouble, utc_now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = logging.getLogger(__name__)

TRIES: Final = 4  # an endpoint and request
PART_TRIES: Final = 2  # where a reply broke off: what had come is paid for, and better than nothing
SHARE: Final = 0.6  # of the time that is left, for one endpoint, while others are still to be asked
FAIR_S: Final = 5.0  # who was given less time is not to blame for not answering


@dataclass(slots=True)
class Line:
    """One endpoint and what is known of it just now."""

    chat: ChatCompletions
    width: int = CONNECTIONS  # requests at once
    breaker: Breaker = field(default_factory=Breaker)
    rests_until_s: float = 0.0
    kept: Abilities = field(default_factory=Abilities)  # as the store remembers them
    turns: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.turns = asyncio.Semaphore(self.width)

    @property
    def url(self) -> str:
        return self.chat.wire.endpoint.url


class Switchboard:
    """`LanguageModel` over endpoints. Made for one event loop; `close` it in the end."""

    def __init__(
        self,
        lines: Sequence[Line],
        meter: Meter,
        store: BudgetStore,
        *,
        timeout_s: float = 30.0,
        now: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._lines, self._meter, self._store = tuple(lines), meter, store
        self._timeout_s = timeout_s
        self._now, self._clock, self._sleep, self._jitter = now, clock, sleep, jitter
        self._recalled = False

    async def close(self) -> None:
        for line in self._lines:
            await line.chat.wire.close()

    async def complete(self, request: ModelRequest) -> ModelReply:
        """See `LanguageModel`."""
        if not self._lines:
            raise ModelFailed(ModelOutcome.NOT_CONFIGURED)
        end_s = self._clock() + request.time_limit_s
        await self._recall()
        await self._meter.keep_prompt(request)
        failed: ModelFailed | None = None
        part: ModelReply | None = None  # of a reply that broke off: better than none
        for number, line in enumerate(self._lines):
            left = len(self._lines) - number - 1
            try:
                return await self._ask(line, request, end_s, others=left > 0)
            except _Part as broken:
                part = part or broken.reply
                failed = ModelFailed(ModelOutcome.CUT, "the reply broke off")
            except ModelFailed as error:
                failed = error
                if error.outcome is ModelOutcome.BUDGET and error.shortage and error.shortage.unit == "tokens":
                    break
            if self._clock() >= end_s:
                break
        if part is not None:
            return part
        raise failed or ModelFailed(ModelOutcome.DOWN)

    async def _ask(self, line: Line, request: ModelRequest, end_s: float, *, others: bool) -> ModelReply:
        """Ask one endpoint until it answers or it is of no use. Raises ModelFailed, _Part."""
        now_s = self._clock()
        if others:
            end_s = now_s + SHARE * (end_s - now_s)
        if line.rests_until_s > end_s or (others and line.rests_until_s > now_s):
            raise ModelFailed(ModelOutcome.LIMITED, f"{line.url} has no room for {line.rests_until_s - now_s:.0f} s")
        if not line.breaker.may_ask(now_s):
            raise ModelFailed(ModelOutcome.DOWN, f"{line.url} failed often and rests", code="model-rests")
        said_so = False
        try:
            if line.rests_until_s > now_s:
                await self._sleep(line.rests_until_s - now_s)
            reply = await self._tries(line, request, end_s)
            line.breaker.succeeded()
            said_so = True
            return reply
        except _Failed as failure:
            trouble = failure.trouble
            if trouble.of_the_endpoint and failure.fair:
                line.breaker.failed(self._clock(), for_good=trouble.for_good)
                said_so = True
            log.warning(
                "a model did not answer: %s",
                CURES["en"][kind_of(trouble.code)],
                extra={"endpoint": line.url, "task": request.task, "code": trouble.code, "status": trouble.status},
            )
            if failure.part is not None:
                raise _Part(failure.part) from trouble
            raise ModelFailed(trouble.outcome, f"{line.url}: {trouble.code}", code=f"model-{trouble.code}") from trouble
        finally:
            if not said_so:
                line.breaker.abandoned()

    async def _tries(self, line: Line, request: ModelRequest, end_s: float) -> ModelReply:
        """Raises _Failed, and ModelFailed when a budget has no room."""
        inner_errors = 0
        part: ModelReply | None = None
        for number in range(1, TRIES + 1):
            limit_s = min(self._timeout_s, end_s - self._clock())
            if limit_s <= 0:
                raise _Failed(Trouble(ModelOutcome.SLOW, "no-time-left"), part, fair=False)
            try:
                return await self._once(line, request, limit_s, doubts=max(0, inner_errors - 1))
            except _Failed as failure:
                trouble = failure.trouble
                part = failure.part = failure.part or part
                inner_errors += trouble.status == 500
                wait_s = pause_s(number, self._jitter()) if trouble.wait_s is None else trouble.wait_s
                if trouble.outcome is ModelOutcome.LIMITED:
                    line.rests_until_s = self._clock() + wait_s
                tries = TRIES if part is None else PART_TRIES
                if not trouble.retry or number >= tries or self._clock() + wait_s >= end_s:
                    raise
                log.debug("asking again", extra={"endpoint": line.url, "code": trouble.code, "wait_s": wait_s})
                await self._sleep(wait_s)
        raise AssertionError

    async def _once(self, line: Line, request: ModelRequest, limit_s: float, *, doubts: int) -> ModelReply:
        """One call and its row. Raises _Failed, and ModelFailed when a budget has no room."""
        end_s = self._clock() + limit_s
        async with _turn(line.turns, limit_s):
            endpoint = line.chat.wire.endpoint
            tokens_in, tokens_out = budget.most_tokens(request)
            reservation = await self._meter.reserve(
                endpoint,
                task=request.task,
                prompt=request.prompt,
                tokens_in=tokens_in,
                tokens_out=tokens_out,
                payer=request.payer,
            )
            began_s = self._clock()
            trouble: Trouble | None = None
            try:
                said = await line.chat.ask(request, limit_s=max(0.01, end_s - began_s), doubts=doubts)
            except BrokenOff as broken:
                said, trouble = broken.said, broken.trouble
            except Trouble as error:
                await self._meter.failed(reservation, error, seconds=self._clock() - began_s)
                raise _Failed(error, None, fair=limit_s >= min(FAIR_S, self._timeout_s)) from error
            except asyncio.CancelledError:
                await self._meter.cancelled(reservation, seconds=self._clock() - began_s)
                raise
            seconds = self._clock() - began_s
            bill = await self._meter.settle(
                reservation,
                Verdict.CUT if said.finish == "cut" else Verdict.ANSWERED,
                code=trouble.code if trouble else "",
                tokens_in=said.tokens_in,
                tokens_out=said.tokens_out,
                seconds=seconds,
                said=said_text(request, said.text),
            )
        reply = ModelReply(
            said.text, endpoint.model, endpoint.url, bill.tokens_in, bill.tokens_out, seconds,
            costs.money(bill.money), said.finish,
        )  # fmt: skip
        self._note_rest(line, said)
        await self._keep(line)
        if trouble is not None:
            raise _Failed(trouble, reply, fair=limit_s >= min(FAIR_S, self._timeout_s))
        return reply

    def _note_rest(self, line: Line, said: Said) -> None:
        if said.rests_s:
            line.rests_until_s = self._clock() + said.rests_s

    async def _recall(self) -> None:
        """What is remembered of the endpoints, once."""
        if self._recalled:
            return
        self._recalled = True
        try:
            remembered = await self._store.abilities()
        except LibraryError:  # then it is learned anew
            return
        for line in self._lines:
            written, since = remembered.get(line.chat.wire.endpoint.name, ("", None))
            if since is not None and self._now() - since < REMEMBERED:
                line.kept = line.chat.abilities = read_abilities(written)

    async def _keep(self, line: Line) -> None:
        if line.chat.abilities == line.kept:
            return
        line.kept = line.chat.abilities
        try:
            await self._store.keep_abilities(line.chat.wire.endpoint.name, line.kept.written(), now=self._now())
        except LibraryError as error:
            log.warning("what an endpoint can do is not written down", extra={"code": error.code})


class _Failed(Exception):
    """A try that failed; `part` is what came before it broke off."""

    def __init__(self, trouble: Trouble, part: ModelReply | None, *, fair: bool) -> None:
        self.trouble, self.part, self.fair = trouble, part, fair
        super().__init__(trouble.code)


class _Part(Exception):
    """An endpoint gave a part of a reply, and no more."""

    def __init__(self, reply: ModelReply) -> None:
        self.reply = reply
        super().__init__("part")


@asynccontextmanager
async def _turn(turns: asyncio.Semaphore, limit_s: float) -> AsyncIterator[None]:
    """Wait for a turn, not longer than `limit_s`. Nothing has been sent or reserved before it comes."""
    try:
        async with asyncio.timeout(limit_s):
            await turns.acquire()
    except TimeoutError:
        trouble = Trouble(ModelOutcome.SLOW, "no-turn", retry=False)
        raise _Failed(trouble, None, fair=False) from None
    try:
        yield
    finally:
        turns.release()
