"""The program as it is started by its owner, from outside: a process, a Discord and a news site on this machine."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.protocol.discord_server import Channel, DiscordServer, Interaction, Json
from tests.protocol.web_server import Talk, WebServer, answer
from tests.web import entry, rss

MANAGER = str(1 << 4)
ROOT = Path(__file__).parents[2]


@dataclass
class Program:
    """`verbatim run` in a folder of its own."""

    folder: Path
    server: DiscordServer
    site: WebServer
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        before = self.server.connections
        await self.start_only(self.server.token)
        await self.server.until(lambda: self.server.connections > before and bool(self.server.commands), 60)

    async def start_only(self, token: str) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("VERBATIM_")}
        environment = {
            **kept, "VERBATIM_DATA_DIR": str(self.folder / "data"), "VERBATIM_SEEDS_DIR": str(self.folder / "seeds"),
            "VERBATIM_DISCORD_TOKEN": token, "VERBATIM_DISCORD_API": self.server.api,
            "VERBATIM_FETCH_ALLOWED_NETWORKS": "127.0.0.0/8", "VERBATIM_FETCH_EXTRA_PORTS": str(self.site.port),
            "VERBATIM_FETCH_HOST_DISTANCE_S": "0", "VERBATIM_DICTIONARY_FILE": os.devnull, "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        with (self.folder / "log.txt").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "bot", "run", cwd=self.folder, env=environment,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    async def end(self, how: int = signal.SIGTERM) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), 30)

    def log(self) -> str:
        return (self.folder / "log.txt").read_text("utf-8", "replace")


@pytest.fixture
async def site() -> AsyncIterator[WebServer]:
    async with WebServer() as running:
        running.pages["/feed.xml"] = feed
        yield running


async def feed(talk: Talk) -> None:
    items = [entry(name, link=f"https://paper.example/{name}") for name in ("bridge", "ferry")]
    await talk.send(answer(rss(*items, title="Elm Courier"), Content_Type="application/rss+xml"))


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as running:
        yield running


@pytest.fixture
async def channel(server: DiscordServer) -> Channel:
    return server.add_channel(server.add_guild())


@pytest.fixture
async def program(tmp_path: Path, server: DiscordServer, channel: Channel, site: WebServer) -> AsyncIterator[Program]:
    (tmp_path / "seeds").mkdir()
    text = "The dam at Lindholm broke on Monday. 340 people were brought to safety by boats, the fire brigade said.\n"
    (tmp_path / "seeds" / "dam.txt").write_text(text)
    made = Program(tmp_path, server, site)
    await made.start()
    yield made
    await made.end(signal.SIGKILL)


async def answered(server: DiscordServer, asked: Json) -> str:
    await server.until(lambda: asked["id"] in server.channels and bool(server.messages(asked["id"])), 60)
    return str(server.messages(asked["id"]))


async def done(server: DiscordServer, interaction: Interaction) -> str:
    """What the person sees of the reply to a command or press, its latest words."""
    await server.until(interaction.done.is_set, 60)
    return str([interaction.original, *interaction.answers, *interaction.followups])


def button(interaction: Interaction, label: str) -> str:
    message = interaction.original or interaction.answers[0]["data"]
    rows = [one for row in message["components"] for one in row["components"]]
    return next(str(one["custom_id"]) for one in rows if one.get("label") == label)


@pytest.mark.slow
async def test_a_channel_asks_adds_a_source_and_asks_again(
    program: Program, server: DiscordServer, channel: Channel, site: WebServer
) -> None:
    asked = await server.say(channel.id, "How many people were brought to safety at Lindholm?")
    assert "340 people were brought to safety" in await answered(server, asked)

    url = [{"name": "add", "type": 1, "options": [{"name": "url", "type": 3, "value": site.at("/feed.xml")}]}]
    offered = await server.command(channel.id, "source", url, permissions=MANAGER, locale="de")
    assert "kann verfolgt werden" in await done(server, offered)
    message = offered.original or server._message(channel, offered.answers[0]["data"])
    pressed = await server.press(channel.id, message, button(offered, "Verfolgen"), permissions=MANAGER, locale="de")
    assert "ist hinzugefügt" in await done(server, pressed)
    await server.until(lambda: "hinzugefügt" in str(server.messages(channel.id)), 60)

    async def asks_until_read() -> str:
        for _ in range(40):
            question = await server.say(channel.id, "What says clause 3 of the report on bridge?")
            told = await answered(server, question)
            if "Clause 3 of the report on bridge" in told:
                return told
            await asyncio.sleep(0.5)
        return ""

    assert await asks_until_read()
    listed = await server.command(channel.id, "news", [{"name": "list", "type": 1, "options": []}])
    assert "Elm Courier" in await done(server, listed)
    assert server.token not in program.log()
    assert "Clause 3" not in program.log()


@pytest.mark.slow
async def test_another_server_sees_nothing_of_a_source_that_was_added_here(
    program: Program, server: DiscordServer, channel: Channel, site: WebServer
) -> None:
    url = [{"name": "add", "type": 1, "options": [{"name": "url", "type": 3, "value": site.at("/feed.xml")}]}]
    offered = await server.command(channel.id, "source", url, permissions=MANAGER)
    await done(server, offered)
    message = offered.original or server._message(channel, offered.answers[0]["data"])
    await done(server, await server.press(channel.id, message, button(offered, "Follow it"), permissions=MANAGER))
    other = server.add_channel(server.add_guild("Elsewhere"))
    listed = await server.command(other.id, "news", [{"name": "list", "type": 1, "options": []}])
    assert "No sources here yet" in await done(server, listed)


@pytest.mark.slow
async def test_a_killed_program_answers_what_it_had_taken_once(
    program: Program, server: DiscordServer, channel: Channel
) -> None:
    faults = ["drop before"] * 100
    server.faults = lambda method, path: faults.pop() if faults and method == "POST" and "/messages" in path else ""
    asked = await server.say(channel.id, "How many people were brought to safety at Lindholm?")
    await server.until(lambda: len(faults) < 100, 60)
    await program.end(signal.SIGKILL)
    faults.clear()
    await program.start()
    assert "340 people" in await answered(server, asked)
    assert len(server.messages(asked["id"])) == 1


@pytest.mark.slow
async def test_it_ends_in_order_when_it_is_told_to(program: Program, server: DiscordServer) -> None:
    assert await program.end() == 0
    assert "Traceback" not in program.log()


@pytest.mark.slow
async def test_a_discord_that_cannot_be_reached_is_found_when_it_comes(
    tmp_path: Path, site: WebServer, unused_port: int
) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "dam.txt").write_text("340 people were brought to safety at Lindholm, the fire brigade said.\n")
    server = DiscordServer()
    channel = server.add_channel(server.add_guild())
    server.port = unused_port
    program = Program(tmp_path, server, site)
    await program.start_only(server.token)
    while "discord cannot be reached" not in program.log():  # noqa: ASYNC110 - a log tells nobody of a new line
        await asyncio.sleep(0.1)
    await server.start(unused_port)
    try:
        await server.until(lambda: bool(server.commands), 60)
        asked = await server.say(channel.id, "How many people were brought to safety at Lindholm?")
        assert "340 people" in await answered(server, asked)
    finally:
        await program.end(signal.SIGKILL)
        await server.stop()


@pytest.mark.slow
async def test_a_refused_token_is_said_and_does_not_stop_the_rest(
    program: Program, server: DiscordServer, channel: Channel
) -> None:
    await program.end()
    refused, server.token = server.token, "another"
    await program.start_only(refused)
    await server.until(lambda: server.invalid[401] > 0, 60)
    while "refuses the bot's token" not in program.log():  # noqa: ASYNC110 - a log tells nobody of a new line
        await asyncio.sleep(0.1)
    assert program.process is not None
    assert program.process.returncode is None
    assert refused not in program.log()
