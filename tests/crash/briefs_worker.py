"""Briefs in a process of its own, by a clock that stands in a file, which dies at a step that it is told.

    python -m tests.crash.briefs_worker DATABASE_URL CLOCK_FILE DISCORD_API SLACK_API

reads lines `STEP before|after TIMES` and starts a process for each, one after the other: forked from this one, which
has imported all and opened nothing, since imports would be most of a short life. Real ticker, real briefs, real outbox,
real clients. A step is a transaction that writes, or a call that sends; the process kills itself before or after the
TIMES-th of its kind, and says so.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import discord
from slack_sdk.web.async_client import AsyncWebClient

from bot.briefs.briefing import Briefing
from bot.chat.discord.face import DiscordFace
from bot.chat.discord.sender import DiscordSender
from bot.chat.outgoing import Outgoing
from bot.chat.slack.face import SlackFace
from bot.chat.slack.sender import SlackSender
from bot.domain import StoredVersion
from bot.front_desk.brief_posting import BriefPosting
from bot.library.opening import open_desk
from bot.library.sql_brief_store import SqlBriefStore
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.library.sql_subscription_store import SqlSubscriptionStore
from bot.library.transactions import Transactions
from bot.outbox.courier import Courier
from bot.schedule.sql_due_table import SqlDueTable
from bot.schedule.ticker import Ticker

_IDLE: tuple[Any, ...] = (None, False, 0, [])  # what a look that found nothing comes back with


class Death:
    """Kills this process at the step that was chosen for it."""

    def __init__(self, step: str, when: str, times: int) -> None:
        self._step, self._when, self._left = step, when, times

    def at(self, step: str, when: str) -> None:
        if (step, when) != (self._step, self._when):
            return
        self._left -= 1
        if self._left <= 0:
            os.write(1, f"died {when} {step}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)


def watch_transactions(death: Death) -> None:
    """Let every transaction that writes be a step, named by the method that asks for it."""
    alone = Transactions.alone

    def watched(self: Transactions, work: Callable[..., Any]) -> Awaitable[Any]:
        caller = sys._getframe(1)
        step = f"{type(caller.f_locals.get('self')).__name__}.{caller.f_code.co_name}"

        async def run() -> Any:
            death.at(step, "before")
            result = await alone(self, work)
            if not any(result is idle or result == idle for idle in _IDLE):
                death.at(step, "after")
            return result

        return run()

    Transactions.alone = watched  # type: ignore[method-assign, assignment]


class Watched:
    """A sender whose calls are steps."""

    def __init__(self, sender: Any, death: Death) -> None:
        self._sender, self._death, self.platform = sender, death, sender.platform

    async def send(self, delivery: Any) -> Any:
        self._death.at(f"{self.platform} send", "before")
        result = await self._sender.send(delivery)
        self._death.at(f"{self.platform} send", "after")
        return result

    async def find(self, delivery: Any) -> Any:
        return await self._sender.find(delivery)


async def main(url: str, clock_file: Path, discord_api: str, slack_api: str, death: Death) -> None:
    """Tick and deliver until death."""

    def now() -> datetime:
        began, at, speed = clock_file.read_text().split()
        return datetime.fromisoformat(began) + timedelta(seconds=(time.time() - float(at)) * float(speed))

    def speed() -> float:
        return float(clock_file.read_text().split()[2])

    async def no_file(sha256: str) -> bytes | None:
        return None

    watch_transactions(death)
    discord.http.Route.BASE = discord_api
    client = discord.Client(intents=discord.Intents.none())
    await client.login("discord-test-token")
    async with await SqlStore.open(url, busy_timeout_s=20) as store, aiohttp.ClientSession() as session:

        async def facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
            return await store.versions(None, {quote.version_id for quote in outgoing.quotes}), set()

        desk = open_desk(url)
        deliveries, table = SqlDeliveryStore(store.transactions), SqlDueTable(store.transactions)
        slack = AsyncWebClient("xoxb-test", slack_api, session=session, retry_handlers=[])
        senders = (
            DiscordSender(client.http, facts, no_file, lambda: client.user.id if client.user else None),
            SlackSender(slack, facts, no_file, session),
        )
        couriers = [
            Courier(deliveries, Watched(one, death), now=now, stopwatch=lambda: time.monotonic() * speed())
            for one in senders
        ]
        posting = BriefPosting(
            SqlBriefStore(store.transactions), Briefing(desk), store, desk, SqlSubscriptionStore(store.transactions),
            deliveries, {"discord": DiscordFace(), "slack": SlackFace()}, wake=lambda _: None, now=now,
        )  # fmt: skip
        ticker = Ticker(table, posting.fire, prepare=posting.prepare, clock=now)

        async def deliver(courier: Courier) -> None:
            while True:
                await courier.deliver_due()
                await asyncio.sleep(0.02)

        async def settle() -> None:
            while True:
                await posting.settle()
                await asyncio.sleep(0.1)

        os.write(1, b"ready\n")
        beside = [asyncio.create_task(deliver(one)) for one in couriers] + [asyncio.create_task(settle())]
        while True:
            await ticker.tick()
            await asyncio.sleep(0.02)
            for one in beside:
                if one.done():
                    one.result()


def live_and_die(database: str, clock: str, api: str, other_api: str) -> None:
    """One life after the other, each in a process of its own; says how it ended."""
    for line in sys.stdin:
        step, when, times = line.rsplit(maxsplit=2)
        if (pid := os.fork()) == 0:
            asyncio.run(main(database, Path(clock), api, other_api, Death(step, when, int(times))))
            os._exit(1)
        _, status = os.waitpid(pid, 0)
        os.write(1, f"ended {os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    live_and_die(*sys.argv[1:])
