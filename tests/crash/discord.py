"""Kills a bot on Discord at random moments while questions come and posts are owed, and looks at what stands there.

    python -m tests.crash.discord --kills 60 --questions 40 --posts 40 --seed 1

Nothing may be lost, nothing may stand twice, posts of a channel stand in the order in which they were owed. Meanwhile
Discord answers some calls with 429, 5xx and dropped connections, and drops the gateway's sockets, some of them for good.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.chat.discord.rendering import render
from bot.chat.messages import Message
from bot.chat.outgoing import Outgoing
from tests.crash import chat_run
from tests.crash.chat_run import CHANNELS, QUESTION, Clock, Fault, Json, Outcome
from tests.protocol.discord_server import DiscordServer


class DiscordWorld:
    """Some channels of a server, one of them silent until the first question."""

    platform = "discord"

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.workspace = server.add_guild()
        self.places = [server.add_channel(self.workspace, f"news-{n}").id for n in range(CHANNELS)]
        self._dice = random.Random(1)

    @property
    def addresses(self) -> tuple[str, str]:
        return self.server.api, ""

    async def say(self, place: str) -> Json:
        return await self.server.say(place, QUESTION)

    def answers(self, place: str, asked: Json) -> list[Json]:
        """In the thread on the question; or below it, where no thread could be opened."""
        thread = self.server.messages(asked["id"]) if asked["id"] in self.server.channels else []
        below = [
            one
            for one in self.server.messages(place)
            if (one.get("message_reference") or {}).get("message_id") == asked["id"]
        ]
        return thread + below

    def posts(self, place: str) -> list[str]:
        standing = [one for one in self.server.messages(place) if not one.get("message_reference")]
        return [str(one["embeds"][0]["description"]) if one["embeds"] else str(one["content"]) for one in standing]

    def render(self, message: Message) -> Outgoing:
        return render(message)

    async def drop_sockets(self) -> None:
        await self.server.drop_sockets(invalidate=self._dice.random() < 0.5)

    async def until(self, condition: Callable[[], bool], timeout_s: float) -> None:
        await self.server.until(condition, timeout_s)


@asynccontextmanager
async def opening(clock: Clock, fault: Fault) -> AsyncIterator[DiscordWorld]:
    def faults(_method: str, path: str) -> str:
        return fault() if path.startswith("/channels/") else ""

    async with DiscordServer(now=clock, faults=faults) as server:
        yield DiscordWorld(server)


def run(kills: int, questions: int, posts: int, seed: int) -> Outcome:
    """Do it; takes some seconds a kill."""
    return chat_run.run(opening, kills, questions, posts, seed)


if __name__ == "__main__":
    chat_run.main(opening, (__doc__ or "").splitlines()[0])
