"""What is done again and again until we are told to stop, and waiting that ends when we are."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from bot.errors import VerbatimError, what_and_where

log = logging.getLogger(__name__)

_TURN_S: Final = 0.0001

Run = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Round:
    """Something that is done every so many seconds. `name` stands in the log when it cannot be done now."""

    name: str
    every_s: float
    work: Callable[[], Awaitable[object]]

    async def run(self, stop: asyncio.Event) -> None:
        """Do it until `stop`. What fails is tried again in its turn: none of this may end the others."""
        while not stop.is_set():
            try:
                await self.work()
            except VerbatimError as error:
                log.warning("%s: not now: %s", self.name, error.person, extra={"code": error.code})
            except Exception as error:  # noqa: BLE001 - a mistake of ours in one round: questions are answered all the same
                log.error("%s: failed", self.name, extra={"error": what_and_where(error)})
            await sleep(stop, self.every_s)


async def sleep(stop: asyncio.Event, seconds: float) -> None:
    """Sleep, unless we are told to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


async def either(stop: asyncio.Event, ready: asyncio.Event) -> bool:
    """Wait until it is ready, or we are told to stop: False."""
    waiting = [asyncio.create_task(stop.wait()), asyncio.create_task(ready.wait())]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()
    return not stop.is_set()


def give_way_to_the_loop() -> None:
    """Let threads that compute hand over to the loop within a tenth of a millisecond.

    Python's own five are paid after every call of the network: beside a search, acknowledging many waits for them all.
    """
    sys.setswitchinterval(min(sys.getswitchinterval(), _TURN_S))
