"""The poller of a real library in a process of its own, on a clock that runs faster than ours, to be killed by a test.

    python -m tests.crash.fast_poller BEGAN SPEED [--finish]

One second since BEGAN (of the epoch) counts for SPEED seconds. With `--finish` everything is asked once more and read to
its end; then the process ends by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from datetime import UTC, datetime, timedelta

from bot.app import App, open_app, web_fetcher
from bot.polling.poller import Poller
from bot.polling.steps import Step
from bot.settings import load_settings
from bot.sources.host_pace import HostPace


async def main(began: float, speed: float, *, finish: bool) -> None:
    """Poll for ever, or until nothing is left to do."""
    start = datetime.fromtimestamp(began, UTC)

    def now() -> datetime:
        return start + timedelta(seconds=(time.time() - began) * speed)

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / speed)

    async with open_app(load_settings()) as app:
        # robots.txt, too, is kept by this clock
        pace = HostPace(distance_s=0.0, now=lambda: now().timestamp(), sleep=sleep)
        fetcher = web_fetcher(app.settings, pace=pace)
        try:
            poller = Poller(app.sources, fetcher, app.reader, app.intake, now=now, sleep=sleep)
            print("ready", flush=True)
            if finish:
                await to_the_end(poller, app, now())
            else:
                await poller.run(quietly)
        finally:
            await fetcher.close()


async def quietly(_: Step | Exception | None) -> None:
    """Nobody listens."""


async def to_the_end(poller: Poller, app: App, now: datetime) -> None:
    """Ask everything until it works, and read all of it; time passes as fast as there is something to wait for."""
    await poller.take_over()
    for _ in range(3):
        for one in await app.sources.followings():
            await app.sources.resume(one.id, now=now)
            await app.sources.release(one.id, now=now)
        for _ in range(40):
            step = await poller.step(now)
            if not (step.checks or step.readings or step.postponed):
                break
            now += timedelta(hours=1)
        now += timedelta(days=1)
    await app.intake.keep_up()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(float(sys.argv[1]), float(sys.argv[2]), finish="--finish" in sys.argv))
