"""How soon a question is acknowledged while many are asked: python -m tests.benchmarks.acknowledging [--users 200]

A bot in a process of its own has questions to work on already, over a library of made-up news, when all users ask at
once; the platform's server is ours, on the same machine. Measured is the time from the delivery of a question to its
acknowledgement (Discord: the interaction's first answer; Slack: the envelope's), and how
many answers a second stand in the end. Beside it a loop that does nothing but wake up every five milliseconds tells how
late anything wakes up on this machine meanwhile.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click

from bot.app import rare_searches_for_cycles
from bot.front_desk.asking import Asking
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.platforms.rounds import give_way_to_the_loop
from tests.benchmarks import press
from tests.benchmarks.measuring import ROOT, quantiles
from tests.protocol import slack_server
from tests.protocol.discord_server import DiscordServer
from tests.protocol.listening import PLATFORMS
from tests.protocol.slack_server import SlackServer
from tests.shelf import shelf_of
from tests.unit.test_front_desk import ShelfDesk

BACKLOG = 20  # questions that are being worked on before the users come
PATIENCE_S = 1_800.0

Json = dict[str, Any]


async def serve(platform: str, api: str, host: str, documents: int, folder: Path) -> None:
    """The bot, until killed."""
    if os.environ.get("PYTHONS_OWN_TURNS") != "1":  # to see what it is without
        give_way_to_the_loop()
    versions = list(press.versions_of(itertools.islice(press.stories(), documents)))
    async with await SqlStore.open(f"sqlite:///{folder / 'library.db'}", busy_timeout_s=30) as store:
        with shelf_of(*versions) as shelf:
            asking = Asking(shelf.answerer, ShelfDesk(shelf))  # type: ignore[arg-type]
            deliveries = SqlDeliveryStore(store.transactions)
            held = {one.facts.id: one for one in versions}
            async with PLATFORMS[platform](api, host, asking, deliveries, held) as listening:
                with rare_searches_for_cycles():
                    print("ready", flush=True)
                    await listening.courier.run(asyncio.Event())


class _Discord:
    """Users of a Discord server who use /ask."""

    def __init__(self, server: DiscordServer) -> None:
        self.server, self.api, self.host = server, server.api, ""
        self.channels = [server.add_channel(server.add_guild()).id for _ in range(10)]
        self.asked: dict[str, float] = {}
        self.acked: dict[str, float] = {}
        callback = server._callback

        def noted(key: str, token: str, body: Json, query: Any) -> Any:
            self.acked.setdefault(token, time.perf_counter())
            return callback(key, token, body, query)


        server._callback = noted  # type: ignore[assignment,method-assign]

    async def ask(self, n: int, question: str) -> None:
        options = [{"name": "question", "type": 3, "value": question}]
        before = time.perf_counter()
        made = await self.server.command(self.channels[n % 10], "ask", options, user=str(1_000 + n))
        self.asked[made.token] = before

    def answered(self) -> int:
        return sum(1 for one in self.server.interactions.values() if one.original is not None and one.original["embeds"])


class _Slack:
    """Users of a Slack workspace who write."""

    def __init__(self, server: SlackServer) -> None:
        self.server, self.api, self.host = server, server.api, server.host
        self.channels = [server.add_channel(f"news-{n}").id for n in range(10)]
        self.asked: dict[str, float] = {}
        self.acked: dict[str, float] = {}
        self._messages: list[tuple[str, str]] = []
        send, acknowledge = server._send, slack_server.Envelope.acknowledge

        async def sent(envelope: slack_server.Envelope) -> None:
            self.asked.setdefault(envelope.id, time.perf_counter())
            await send(envelope)

        def noted(envelope: slack_server.Envelope, answer: Json) -> None:
            self.acked.setdefault(envelope.id, time.perf_counter())
            acknowledge(envelope, answer)

        server._send = sent  # type: ignore[method-assign]
        slack_server.Envelope.acknowledge = noted  # type: ignore[assignment,method-assign]

    async def ask(self, n: int, question: str) -> None:
        user = self.server.add_user(f"U{1_000 + n}")
        place = self.channels[n % 10]
        message = await self.server.say(place, question, user=user)
        self._messages.append((place, message["ts"]))

    def answered(self) -> int:
        return sum(bool(self.server.replies(place, ts)) for place, ts in self._messages)


async def measure(platform: str, users: int, documents: int) -> Json:
    with tempfile.TemporaryDirectory(prefix="acknowledging-", ignore_cleanup_errors=True) as folder:
        async with DiscordServer() if platform == "discord" else SlackServer() as server:
            world = _Discord(server) if isinstance(server, DiscordServer) else _Slack(server)
            words = ("serve", platform, world.api, world.host or "-", str(documents), folder)
            module = "tests.benchmarks.acknowledging"
            bot = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE
            )
            try:
                assert bot.stdout is not None
                await bot.stdout.readline()
                made = press.stories(seed=9)
                texts = [f"What was said about {' '.join(story.title.split()[:6])}?" for story in itertools.islice(made, BACKLOG + users)]
                for n, text in enumerate(texts[:BACKLOG]):
                    await world.ask(n, text)
                await server.until(lambda: world.answered() >= 2, PATIENCE_S)
                first = set(world.asked)
                beside = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "tests.benchmarks.idle_loop", cwd=ROOT,
                    stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                )  # fmt: skip
                assert beside.stdout is not None
                await beside.stdout.readline()
                before, began = world.answered(), time.perf_counter()
                await asyncio.gather(*(world.ask(BACKLOG + n, text) for n, text in enumerate(texts[BACKLOG:])))
                await server.until(lambda: len(world.acked) >= len(world.asked) >= len(first) + users, PATIENCE_S)
                told, _ = await beside.communicate(b"")
                working_on = BACKLOG + users - world.answered()
                await server.until(lambda: world.answered() >= BACKLOG + users, PATIENCE_S)
                took = time.perf_counter() - began
            finally:
                bot.kill()
                await bot.wait()
            times = [world.acked[key] - at for key, at in world.asked.items() if key not in first]
    return {
        "platform": platform, "acknowledged": quantiles(times), "idle": quantiles(json.loads(told)),
        "a_second": (BACKLOG + users - before) / took, "still_open": working_on,
    }  # fmt: skip


@click.group(invoke_without_command=True)
@click.option("--users", default=200, show_default=True)
@click.option("--documents", default=3_000, show_default=True)
@click.option("--platforms", default=",".join(sorted(PLATFORMS)), show_default=True)
@click.pass_context
def main(context: click.Context, users: int, documents: int, platforms: str) -> None:
    """Measure on each platform."""
    if context.invoked_subcommand:
        return
    for platform in platforms.split(","):
        found = asyncio.run(measure(platform, users, documents))
        acked, alone = found["acknowledged"], found["idle"]
        click.echo(
            f"{platform}: {users} users over {documents:,} documents, acknowledged p50 {acked['p50_ms']:.0f} ms, "
            f"p99 {acked['p99_ms']:.0f} ms ({found['still_open']} answers still open then); an idle loop was late by p50 "
            f"{alone['p50_ms']:.1f} ms, p99 {alone['p99_ms']:.1f} ms ({acked['p99_ms'] / max(alone['p99_ms'], 0.1):.0f} times "
            f"that); {found['a_second']:.1f} answers a second"
        )


@main.command(name="serve", hidden=True)
@click.argument("platform")
@click.argument("api")
@click.argument("host")
@click.argument("documents", type=int)
@click.argument("folder", type=click.Path(path_type=Path))
def _serve(platform: str, api: str, host: str, documents: int, folder: Path) -> None:
    asyncio.run(serve(platform, api, host, documents, folder))


if __name__ == "__main__":
    main()
