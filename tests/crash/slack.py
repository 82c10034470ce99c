"""Kills a bot on Slack at random moments while questions come and posts are owed, and looks at what stands in Slack.

    python -m tests.crash.slack --kills 60 --questions 40 --posts 40 --seed 1

Nothing may be lost, nothing may stand twice, posts of a channel stand in the order in which they were owed. Meanwhile
Slack answers some calls with 429, 5xx and dropped connections, and drops sockets.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.chat.messages import Message
from bot.chat.outgoing import Outgoing
from bot.chat.slack.rendering import render
from tests.crash import chat_run
from tests.crash.chat_run import CHANNELS, QUESTION, Clock, Fault, Json, Outcome
from tests.protocol.slack_server import SlackServer

FAULTY = ("chat.postMessage", "conversations.history", "conversations.replies", "users.info")


class SlackWorld:
    """Some channels of a workspace."""

    platform = "slack"

    def __init__(self, server: SlackServer) -> None:
        self.server, self.workspace = server, server.team
        self.places = [server.add_channel(f"news-{n}").id for n in range(CHANNELS)]
        server.add_user("U0077")

    @property
    def addresses(self) -> tuple[str, str]:
        return self.server.api, self.server.host

    async def say(self, place: str) -> Json:
        return await self.server.say(place, QUESTION)

    def answers(self, place: str, asked: Json) -> list[Json]:
        return self.server.replies(place, asked["ts"])

    def posts(self, place: str) -> list[str]:
        return [str(one["text"]) for one in self.server.messages(place)]

    def render(self, message: Message) -> Outgoing:
        return render(message)

    async def drop_sockets(self) -> None:
        await self.server.drop_sockets(abruptly=True)

    async def until(self, condition: Callable[[], bool], timeout_s: float) -> None:
        await self.server.until(condition, timeout_s)


@asynccontextmanager
async def opening(clock: Clock, fault: Fault) -> AsyncIterator[SlackWorld]:
    def faults(method: str) -> str:
        return fault() if method in FAULTY else ""

    async with SlackServer(now=clock, ack_s=1.0, retry_pauses_s=(0.05, 1.0, 2.0), faults=faults) as server:
        yield SlackWorld(server)


def run(kills: int, questions: int, posts: int, seed: int) -> Outcome:
    """Do it; takes some seconds a kill."""
    return chat_run.run(opening, kills, questions, posts, seed)


if __name__ == "__main__":
    chat_run.main(opening, (__doc__ or "").splitlines()[0])
