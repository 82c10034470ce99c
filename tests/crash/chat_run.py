"""What the runs that kill a bot in a chat have in common: what is asked and owed, when it is killed, and who judges."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from bot.chat.messages import Message, Paragraph
from bot.chat.outgoing import Outgoing, frozen
from bot.library.delivery_store import DeliveryKind, Owed
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from tests.leaks import leaks
from tests.unit.test_front_desk import FERRY, PRICE, SECRET

ROOT = Path(__file__).parents[2]
SPEED = 30.0  # seconds of the bot's clock in one of ours: leases and pauses are minutes
FAULTS = ("drop before", "drop after", "503", "500 after", "429", "slow")
FAULT_SHARE = 0.08
CHANNELS = 4
TOKENS = ("discord-test-token", "xoxb-test", "xapp-test")
QUESTION = "How many passengers were rescued?"

Json = dict[str, Any]
Clock = Callable[[], float]


class World(Protocol):
    """A platform on this machine, as a run needs it."""

    platform: str
    workspace: str
    places: list[str]

    @property
    def addresses(self) -> tuple[str, str]:
        """What the bot is told: the API, and where files are kept."""
        ...

    async def say(self, place: str) -> Json: ...

    def answers(self, place: str, asked: Json) -> list[Json]:
        """What of the bot's stands as the answer to a question."""
        ...

    def posts(self, place: str) -> list[str]:
        """The words of the posts in a channel, as they stand."""
        ...

    def render(self, message: Message) -> Outgoing: ...

    async def drop_sockets(self) -> None: ...

    async def until(self, condition: Callable[[], bool], timeout_s: float) -> None: ...


Fault = Callable[[], str]
Opening = Callable[[Clock, Fault], AbstractAsyncContextManager[World]]


@dataclass
class Outcome:
    """What stood there in the end. `failures` are what was promised not to happen."""

    kills: int = 0
    faults: int = 0
    drops: int = 0
    answers: int = 0
    posts: int = 0
    log: str = ""
    failures: list[str] = field(default_factory=list)


class _Bot:
    """The process, to be killed and started again."""

    def __init__(self, words: Sequence[str], log: Path) -> None:
        self._words, self._log = words, log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.crash.chat_bot", *self._words, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=log
            )  # fmt: skip

    async def ready(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(120):
            await self._process.stdout.readline()

    async def kill(self) -> bool:
        """Whether it had ended by itself."""
        if self._process is None:
            return False
        ended = self._process.returncode is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        return ended


def run(opening: Opening, kills: int, questions: int, posts: int, seed: int) -> Outcome:
    """Do it; takes some seconds a kill."""
    with tempfile.TemporaryDirectory(prefix="chat-crash-", ignore_cleanup_errors=True) as folder:
        return asyncio.run(_run(opening, Path(folder), kills, questions, posts, random.Random(seed)))


async def _run(opening: Opening, folder: Path, kills: int, questions: int, posts: int, dice: random.Random) -> Outcome:
    began, outcome, is_open = time.time(), Outcome(), False
    database = f"sqlite:///{folder / 'library.db'}"

    def clock() -> float:
        return began + (time.time() - began) * SPEED

    def fault() -> str:
        if is_open and dice.random() < FAULT_SHARE:
            outcome.faults += 1
            return dice.choice(FAULTS)
        return ""

    async with opening(clock, fault) as world, await SqlStore.open(database, busy_timeout_s=60) as store:
        deliveries = SqlDeliveryStore(store.transactions)
        bot = _Bot((world.platform, database, *world.addresses, str(began), str(SPEED)), folder / "log.txt")
        await bot.start()
        await bot.ready()  # the first start sets the marks from which missed questions are read back
        await asyncio.sleep(1.0)
        is_open = True
        asked: list[tuple[str, Json]] = []
        owed = Counter[str]()

        async def ask(place: str) -> None:
            asked.append((place, await world.say(place)))

        async def post(place: str) -> None:
            text = f"post {owed[place]:03}"
            owed[place] += 1
            payload = frozen(world.render(Message(text, (Paragraph(text),), "en")))
            one = Owed(f"{place}:{text}", world.platform, world.workspace, place, DeliveryKind.POST, payload)
            await deliveries.owe([one], now=datetime.fromtimestamp(clock(), UTC))

        async def kill(_: str) -> None:
            if await bot.kill():
                outcome.failures.append("the bot ended by itself")
            outcome.kills += 1
            await bot.start()
            if dice.random() < 0.7:  # some are killed while they start
                await bot.ready()
                await asyncio.sleep(dice.random() * 0.6)

        async def drop(_: str) -> None:
            outcome.drops += 1
            await world.drop_sockets()

        todo: list[Callable[[str], Awaitable[None]]] = []
        todo += [ask] * questions + [post] * posts + [kill] * kills + [drop] * (kills // 5)
        dice.shuffle(todo)
        for work in todo:
            await asyncio.sleep(dice.random() * 0.15)
            await work(dice.choice(world.places))
        try:
            await world.until(lambda: _complete(world, asked, owed), 300)
            await asyncio.sleep(3.0)  # for what might come twice
        except TimeoutError:
            outcome.failures.append("not everything had come after five minutes")
        await bot.kill()
        _judge(world, asked, owed, outcome)
        outcome.log = (folder / "log.txt").read_text("utf-8", "replace")
        texts = (QUESTION, *(one.text for one in (FERRY, PRICE, SECRET)))
        leaked = leaks(outcome.log, secrets=TOKENS, texts=texts, names=("reader77",))
        outcome.failures += [f"in the log stands {one}" for one in leaked]
    return outcome


def _complete(world: World, asked: list[tuple[str, Json]], owed: Counter[str]) -> bool:
    answered = all(world.answers(place, one) for place, one in asked)
    return answered and all(len(world.posts(place)) >= count for place, count in owed.items())


def _judge(world: World, asked: list[tuple[str, Json]], owed: Counter[str], outcome: Outcome) -> None:
    for place, one in asked:
        count = len(world.answers(place, one))
        outcome.answers += count
        if count != 1:
            outcome.failures.append(f"{count} answers to {one.get('ts', one.get('id'))} in {place}")
    for place, count in owed.items():
        texts = world.posts(place)
        outcome.posts += len(texts)
        if texts != [f"post {n:03}" for n in range(count)]:
            outcome.failures.append(f"in {place} stands {texts} instead of {count} posts in order")


def main(opening: Opening, about: str) -> None:
    """The command of a platform's module."""
    parser = argparse.ArgumentParser(description=about)
    for name, usual in (("kills", 60), ("questions", 40), ("posts", 40), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--log", type=Path, help="Where what the bot logged is kept.")
    chosen = parser.parse_args()
    outcome = run(opening, chosen.kills, chosen.questions, chosen.posts, chosen.seed)
    if chosen.log:
        chosen.log.write_text(outcome.log, "utf-8")
    print(
        f"{outcome.kills} kills, {outcome.faults} faults, {outcome.drops} times all sockets dropped: "
        f"{outcome.answers} answers, {outcome.posts} posts"
    )
    print("\n".join(outcome.failures) or "nothing lost, nothing doubled, nothing out of order")
    sys.exit(bool(outcome.failures))
