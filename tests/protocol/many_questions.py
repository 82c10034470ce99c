"""Many questions to a whole bot: does each get one answer, and does nothing of one workspace reach another?

    python -m tests.protocol.many_questions isolation --questions 1000     opposite secrets, two workspaces, each platform
    python -m tests.protocol.many_questions repeats --questions 200        every event three times, shuffled

Each platform's server is ours, the clients are the real ones. Each question of the first run is asked in a channel (one
in three is private, where the platform lets the server say so) about what both know differently, what only the other
knows, or a guess at the other's secret; none of the other's facts may stand anywhere in the asker's workspace.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain import StoredVersion
from bot.front_desk.asking import Asking
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from tests.protocol.discord_server import DiscordServer
from tests.protocol.listening import PLATFORMS
from tests.protocol.slack_server import SlackServer
from tests.shelf import shelf_of
from tests.unit.test_front_desk import ShelfDesk
from tests.versions import version_of

TOPICS = (
    "harbour", "bridge", "tunnel", "market", "theatre", "airport", "stadium", "library", "hospital", "museum", "station", "brewery",
)  # fmt: skip
COLOURS = ("crimson", "turquoise", "maroon", "indigo", "scarlet", "emerald", "amber", "violet", "ochre", "beige", "cobalt", "magenta")
SIDES = ("Northgate", "Southgate")
ASKED = (
    "How will the new {topic} of Elm be painted?", "Is the {topic} painted {guess}?", "What did the {topic} of {other} cost?",
    "What does {other} know of the {topic}?",
)  # fmt: skip
PATIENCE_S = 600.0

Json = dict[str, Any]


@dataclass
class Outcome:
    """`failures` are what was promised not to happen."""

    questions: int = 0
    deliveries: int = 0
    answers: int = 0
    told: int = 0  # answers that held what their own workspace knows
    failures: list[str] = field(default_factory=list)


@dataclass
class Desk:
    """A workspace on a platform: where questions are asked, and what stands there."""

    platform: str
    workspace: str
    server: DiscordServer | SlackServer
    places: list[str]

    async def ask(self, place: str, text: str) -> Json:
        return await self.server.say(place, text)

    def answers(self, place: str, asked: Json) -> list[Json]:
        """What of the bot's stands in the thread on a question."""
        if isinstance(self.server, DiscordServer):
            return self.server.messages(asked["id"]) if asked["id"] in self.server.channels else []
        return self.server.replies(place, asked["ts"])

    async def deliver_again(self, place: str, asked: Json) -> None:
        if isinstance(self.server, DiscordServer):
            channel = self.server.channels[place]
            await self.server.dispatch("MESSAGE_CREATE", self.server._with_member(channel, asked))
        else:
            await self.server.deliver_message(place, asked)

    def all_words(self) -> str:
        """Everything of the bot's that stands in this workspace."""
        if isinstance(self.server, DiscordServer):
            ours = [one.id for one in self.server.channels.values() if one.guild_id == self.workspace]
            return str([self.server.messages(one) for one in ours])
        return str([self.server._own(one) for one in self.server.channels])


@asynccontextmanager
async def bots(platform: str, folder: Path, documents: Callable[[Sequence[str]], list[StoredVersion]]) -> AsyncIterator[list[Desk]]:
    """Two workspaces of a platform with one library between them, answered by running bots. `documents` makes what
    stands in it, for the names of the workspaces."""
    async with AsyncExitStack() as stack:
        desks: list[Desk] = []
        if platform == "discord":
            server = await stack.enter_async_context(DiscordServer())
            for side in SIDES:
                guild = server.add_guild(side)
                desks.append(Desk(platform, guild, server, [server.add_channel(guild, f"news-{n}").id for n in range(3)]))
            reached = [(server.api, "")]
        else:
            reached = []
            for n, side in enumerate(SIDES):
                slack = await stack.enter_async_context(SlackServer())
                slack.team = f"T000{n}"
                slack.add_user("U0077", name="Reader")
                places = [slack.add_channel(f"{side}-{k}".lower(), private=k == 2).id for k in range(3)]
                desks.append(Desk(platform, slack.team, slack, places))
                reached.append((slack.api, slack.host))
        versions = documents([one.workspace for one in desks])
        shelf = stack.enter_context(shelf_of(*versions))
        stop = asyncio.Event()
        for n, (api, host) in enumerate(reached):
            # On Slack each workspace has its own deliveries here: as two installations that share what they read.
            store = await stack.enter_async_context(await SqlStore.open(f"sqlite:///{folder / f'{platform}-{n}.db'}"))
            deliveries = SqlDeliveryStore(store.transactions)
            asking = Asking(shelf.answerer, ShelfDesk(shelf))  # type: ignore[arg-type]
            stack.callback(asking.close)
            held = {one.facts.id: one for one in versions}
            listening = await stack.enter_async_context(PLATFORMS[platform](api, host, asking, deliveries, held))
            running = asyncio.create_task(listening.courier.run(stop))

            async def finish(running: asyncio.Task[None] = running) -> None:
                stop.set()
                await running

            stack.push_async_callback(finish)
        yield desks


def secret_of(side: int, topic: int) -> str:
    """The colour that a workspace knows for a topic: never the other's."""
    return COLOURS[(topic + 5 * side) % len(COLOURS)]


def word_of(side: int, topic: int) -> str:
    """A word that stands in no other workspace's documents."""
    return f"{secret_of(side, topic)}{'norda' if side == 0 else 'sudur'}{TOPICS[topic]}"


def opposite_secrets(workspaces: Sequence[str]) -> list[StoredVersion]:
    made: list[StoredVersion] = []
    for side, workspace in enumerate(workspaces):
        for topic, name in enumerate(TOPICS):
            text = (
                f"The new {name} of Elm will be painted {word_of(side, topic)}, the mayor said on Monday. "
                f"The {name} of {SIDES[side]} cost {1_000 * (side + 1) + topic} euros."
            )
            made.append(version_of(text, id=len(made) + 1, title=f"The {name}", audience=f"w:{key_of(workspace)}"))
    return made


def key_of(workspace: str) -> str:
    """How a workspace is called in an audience."""
    return f"{'slack' if workspace.startswith('T') else 'discord'}-{workspace}"


async def isolation(platform: str, questions: int, folder: Path, dice: random.Random) -> Outcome:
    """Ask across; look at everything that stands in each workspace."""
    outcome = Outcome()
    async with bots(platform, folder, opposite_secrets) as desks:
        for start in range(0, questions, 50):
            asked: list[tuple[int, str, Json, int]] = []
            for _ in range(min(50, questions - start)):
                side, topic = dice.randrange(2), dice.randrange(len(TOPICS))
                other = 1 - side
                text = dice.choice(ASKED).format(topic=TOPICS[topic], guess=word_of(other, topic), other=SIDES[other])
                place = dice.choice(desks[side].places)
                asked.append((side, place, await desks[side].ask(place, text), topic))
            outcome.questions += len(asked)
            for side, place, one, topic in asked:
                desk = desks[side]
                await desk.server.until(lambda desk=desk, place=place, one=one: bool(desk.answers(place, one)), PATIENCE_S)  # type: ignore[misc]
                outcome.answers += 1
                outcome.told += word_of(side, topic) in str(desk.answers(place, one)).replace("\\\\", "")
        for side, desk in enumerate(desks):
            words = desk.all_words()
            for topic, name in enumerate(TOPICS):
                price = f"{1_000 * (2 - side) + topic} euros"
                if f"painted {word_of(1 - side, topic)}, the mayor" in words or price in words:
                    outcome.failures.append(f"{platform}: {SIDES[side]} was told of the other's {name}")
    return outcome


async def repeats(platform: str, questions: int, folder: Path, dice: random.Random) -> Outcome:
    """Deliver every event three times, in any order; one answer each."""
    outcome = Outcome(questions=questions)
    async with bots(platform, folder, opposite_secrets) as desks:
        asked = []
        for _ in range(questions):
            desk = dice.choice(desks)
            place = dice.choice(desk.places)
            text = f"How will the new {dice.choice(TOPICS)} of Elm be painted?"
            asked.append((desk, place, await desk.ask(place, text)))
        again = asked * 2
        dice.shuffle(again)
        for desk, place, one in again:
            await desk.deliver_again(place, one)
        outcome.deliveries = len(asked) + len(again)
        for desk, place, one in asked:
            await desk.server.until(lambda desk=desk, place=place, one=one: bool(desk.answers(place, one)), PATIENCE_S)  # type: ignore[misc]
        # One more in each workspace: what was delivered before it has been taken by then.
        for desk in desks:
            last = await desk.ask(desk.places[0], "How will the new harbour of Elm be painted?")
            await desk.server.until(lambda desk=desk, last=last: bool(desk.answers(desk.places[0], last)), PATIENCE_S)  # type: ignore[misc]
        for desk, place, one in asked:
            count = len(desk.answers(place, one))
            outcome.answers += count
            if count != 1:
                outcome.failures.append(f"{platform}: {count} answers to one question")
    return outcome


RUNS = {"isolation": isolation, "repeats": repeats}


def run(what: str, platform: str, questions: int, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="questions-", ignore_cleanup_errors=True) as folder:
        return asyncio.run(RUNS[what](platform, questions, Path(folder), random.Random(seed)))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=list(RUNS))
    parser.add_argument("--questions", type=int, default=1_000, help="On each platform.")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    failures = []
    for platform in PLATFORMS:
        found = run(chosen.what, platform, chosen.questions, chosen.seed)
        failures += found.failures
        more = f", {found.deliveries} deliveries" if found.deliveries else f", {found.told} of them with the asker's own secret"
        print(f"{platform}: {found.questions} questions, {found.answers} answers{more}, {len(found.failures)} failures", flush=True)
    print("\n".join(failures) or "nothing crossed over, nothing came twice")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
