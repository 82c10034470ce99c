"""How a run is told to stop, and work that ends when it is."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Coroutine, Iterator

INTERRUPTED = 130  # the exit code of what was stopped before it was done


@contextlib.contextmanager
def signals(stop: asyncio.Event) -> Iterator[None]:
    """The first Ctrl-C, SIGTERM or closed terminal sets `stop`; the next one ends the process where it stands."""
    loop = asyncio.get_running_loop()

    def arrived() -> None:
        if stop.is_set():
            os._exit(INTERRUPTED)
        stop.set()

    handled = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            continue  # whoever started us wants it so: nohup, or a shell that put us into its background
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):  # we are not in the main thread
            loop.add_signal_handler(number, arrived)
            handled.append(number)
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)


async def until(stop: asyncio.Event, work: Coroutine[None, None, None]) -> bool:
    """Do the work, but not beyond `stop`; returns whether it came to its own end. Raises what it raises."""
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        if not working.done():
            working.cancel()
            await asyncio.wait((working,))
    if working.cancelled():
        return False
    working.result()
    return True
