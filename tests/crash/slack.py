"""Kills a bot on Slack at random moments while questions come and posts are owed, and looks at what stands in Slack.

    python -m tests.crash.slack --kills 60 --questions 40 --posts 40 --seed 1

Nothing may be lost, nothing may stand twice, posts of a channel stand in the order in which they were owed. Meanwhile
Slack answers some calls with 429, 5xx and dropped connections, and drops sockets.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.chat.messages import Message, Paragraph
from bot.chat.outgoing import frozen
from bot.chat.slack.rendering import render
from bot.library.delivery_store import DeliveryKind, Owed
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from tests.protocol.slack_server import Json, SlackServer

ROOT = Path(__file__).parents[2]
SPEED = 30.0
FAULTS = ("drop before", "drop after", "503", "500 after", "429")
FAULTY = ("chat.postMessage", "conversations.history", "conversations.replies", "users.info")
CHANNELS = 4


@dataclass
class Outcome:
    """What stood in Slack in the end. `failures` are what was promised not to happen."""

    kills: int = 0
    faults: int = 0
    answers: int = 0
    posts: int = 0
    failures: list[str] = field(default_factory=list)


class _Run:
    def __init__(self, server: SlackServer, database: str, began: float, rng: random.Random) -> None:
        self._server, self._database, self._began, self._rng = server, database, began, rng
        self._process: asyncio.subprocess.Process | None = None
        self.outcome = Outcome()

    def fault(self, method: str) -> str:
        if method in FAULTY and self._rng.random() < 0.08:
            self.outcome.faults += 1
            return self._rng.choice(FAULTS)
        return ""

    async def start(self) -> None:
        words = (self._database, self._server.api, self._server.host, str(self._began), str(SPEED))
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.crash.slack_bot", *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=sys.stderr
        )

    async def ready(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(120):
            await self._process.stdout.readline()

    async def kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


def run(kills: int, questions: int, posts: int, seed: int) -> Outcome:
    """Do it; takes some seconds a kill."""
    with tempfile.TemporaryDirectory(prefix="slack-crash-") as folder:
        return asyncio.run(_run(f"sqlite:///{folder}/library.db", kills, questions, posts, random.Random(seed)))


async def _run(database: str, kills: int, questions: int, posts: int, rng: random.Random) -> Outcome:
    began = time.time()

    def clock() -> float:
        return began + (time.time() - began) * SPEED

    async with (
        SlackServer(now=clock, ack_s=1.0, retry_pauses_s=(0.05, 1.0, 2.0)) as server,
        await SqlStore.open(database) as store,
    ):
        places = [server.add_channel(f"news-{n}") for n in range(CHANNELS)]
        server.add_user("U0077")
        deliveries = SqlDeliveryStore(store.transactions)
        work = _Run(server, database, began, rng)
        server.faults = work.fault
        await work.start()
        await work.ready()  # the first start sets the marks from which missed questions are read back
        await asyncio.sleep(1.0)
        asked: list[tuple[str, Json]] = []
        todo = ["ask"] * questions + ["post"] * posts + ["kill"] * kills
        rng.shuffle(todo)
        owed = Counter[str]()
        for what in todo:
            await asyncio.sleep(rng.random() * 0.15)
            place = rng.choice(places)
            if what == "ask":
                asked.append((place.id, await server.say(place.id, "How many passengers were rescued?")))
            elif what == "post":
                text = f"post {owed[place.id]:03}"
                owed[place.id] += 1
                payload = frozen(render(Message(text, (Paragraph(text),), "en")))
                one = Owed(f"{place.id}:{text}", "slack", server.team, place.id, DeliveryKind.POST, payload)
                await deliveries.owe([one], now=datetime.fromtimestamp(clock(), UTC))
            else:
                await work.kill()
                work.outcome.kills += 1
                await work.start()
                if rng.random() < 0.7:  # some are killed while they start
                    await work.ready()
                    await asyncio.sleep(rng.random() * 0.6)
        try:
            async with asyncio.timeout(120):
                await server.until(lambda: _complete(server, asked, owed), 120)
                await asyncio.sleep(2.0)  # for what might come twice
        except TimeoutError:
            work.outcome.failures.append("not everything had come after two minutes")
        await work.kill()
        _judge(server, asked, owed, work.outcome)
        return work.outcome


def _complete(server: SlackServer, asked: list[tuple[str, Json]], owed: Counter[str]) -> bool:
    answered = all(server.replies(channel, one["ts"]) for channel, one in asked)
    return answered and all(len(server.messages(channel)) >= count for channel, count in owed.items())


def _judge(server: SlackServer, asked: list[tuple[str, Json]], owed: Counter[str], outcome: Outcome) -> None:
    for channel, one in asked:
        count = len(server.replies(channel, one["ts"]))
        outcome.answers += count
        if count != 1:
            outcome.failures.append(f"{count} answers to {one['ts']} in {channel}")
    for channel, count in owed.items():
        texts = [one["text"] for one in server.messages(channel)]
        outcome.posts += len(texts)
        if texts != [f"post {n:03}" for n in range(count)]:
            outcome.failures.append(f"in {channel} stands {texts} instead of {count} posts in order")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name, usual in (("kills", 60), ("questions", 40), ("posts", 40), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args()
    outcome = run(asked.kills, asked.questions, asked.posts, asked.seed)
    print(f"{outcome.kills} kills, {outcome.faults} faults: {outcome.answers} answers, {outcome.posts} posts")
    print("\n".join(outcome.failures) or "nothing lost, nothing doubled, nothing out of order")
    sys.exit(bool(outcome.failures))


if __name__ == "__main__":
    main()
