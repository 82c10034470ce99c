"""Briefs as an owner sees them: `verbatim run` by a clock of the test's own, with a Discord and a Slack on this machine."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.protocol.discord_server import Channel, DiscordServer, Interaction, Json
from tests.protocol.slack_server import SlackServer

ROOT = Path(__file__).parents[2]
BERLIN = ZoneInfo("Europe/Berlin")
MANAGER = str(1 << 4)
DAM = "The dam at Lindholm broke on Monday. 340 people were brought to safety by boats, the fire brigade said.\n"
FERRY = "The ferry to Elm Island runs again since Sunday. Tickets cost 14 euros, the harbour office of Elm said.\n"
MARKET = "The market hall of Oster burnt down on Friday night. 12 stalls were destroyed, the mayor of Oster said.\n"


@dataclass
class Program:
    """`verbatim run` in a folder of its own, with both platforms, by a clock that obeys."""

    folder: Path
    discord: DiscordServer
    slack: SlackServer
    process: asyncio.subprocess.Process | None = None
    ahead_s: float = field(default=0.0)

    async def start(self) -> None:
        connected = self.discord.connections, self.slack.connections
        kept = {key: value for key, value in os.environ.items() if not key.startswith("VERBATIM_")}
        environment = {
            **kept, "VERBATIM_DATA_DIR": str(self.folder / "data"), "VERBATIM_SEEDS_DIR": str(self.folder / "seeds"),
            "VERBATIM_DISCORD_TOKEN": self.discord.token, "VERBATIM_DISCORD_API": self.discord.api,
            "VERBATIM_SLACK_BOT_TOKEN": self.slack.bot_token, "VERBATIM_SLACK_APP_TOKEN": self.slack.app_token,
            "VERBATIM_SLACK_API": self.slack.api, "VERBATIM_DICTIONARY_FILE": os.devnull, "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        with (self.folder / "log.txt").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "tests.protocol.clocked_run", str(self.folder / "ahead"), cwd=self.folder,
                env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        await self.discord.until(lambda: self.discord.connections > connected[0] and bool(self.discord.commands), 60)
        await self.slack.until(lambda: self.slack.connections > connected[1], 60)

    def set_clock(self, at: datetime) -> None:
        self.ahead_s = (at - datetime.now(UTC)).total_seconds()
        beside = self.folder / "ahead.new"
        beside.write_text(str(self.ahead_s))
        beside.replace(self.folder / "ahead")

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead_s)

    def drop(self, name: str, text: str) -> None:
        (self.folder / "seeds" / name).write_text(text)

    async def end(self, how: int) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), 30)

    def log(self) -> str:
        return (self.folder / "log.txt").read_text("utf-8", "replace")


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    (tmp_path / "seeds").mkdir()
    async with DiscordServer() as discord, SlackServer() as slack:
        made = Program(tmp_path, discord, slack)
        made.set_clock(datetime.now(UTC))
        made.drop("dam.txt", DAM)
        discord.add_channel(discord.add_guild())
        slack.add_user("U0077", is_admin=True, tz="Europe/Berlin")
        slack.add_channel()
        await made.start()
        yield made
        await made.end(signal.SIGKILL)


def options(verb: str, **values: str) -> list[Json]:
    return [{"name": verb, "type": 1, "options": [{"name": key, "type": 3, "value": value} for key, value in values.items()]}]


async def shown(server: DiscordServer, used: Interaction, count: int = 1) -> list[Json]:
    """What the person sees of a reply: so many messages."""

    def seen() -> list[Json]:
        return [*([used.original] if used.original else []), *used.followups]

    await server.until(lambda: len(seen()) >= count, 60)
    return seen()


def half_past_seven(after: datetime) -> datetime:
    """The next 07:30 in Berlin, a moment later."""
    local = after.astimezone(BERLIN)
    day = local.date() + timedelta(days=local.hour * 60 + local.minute >= 450)
    return datetime(day.year, day.month, day.day, 7, 30, 5, tzinfo=BERLIN).astimezone(UTC)


def words(message: Json) -> str:
    return str([message.get("embeds"), message.get("blocks"), message.get("components")])


def look(message: Json) -> Any:
    """What a reader sees and presses."""
    return message["embeds"], message["components"]


async def until_read(program: Program, channel: Channel, question: str, answer: str) -> None:
    """Until a dropped file has been read: a question about it is answered."""
    for _ in range(60):
        asked = await program.discord.say(channel.id, question)
        await program.discord.until(lambda a=asked: a["id"] in program.discord.channels and bool(program.discord.messages(a["id"])), 60)  # type: ignore[misc]
        if answer in str(program.discord.messages(asked["id"])):
            return
        await asyncio.sleep(0.5)
    raise AssertionError(f"never read: {answer}\n{program.log()}")


@pytest.mark.slow
async def test_a_channel_sets_its_brief_and_gets_it_at_its_slot_and_once_after_downtime(program: Program) -> None:
    discord, slack = program.discord, program.slack
    [channel], [place] = discord.channels.values(), slack.channels.values()
    await until_read(program, channel, "How many people were brought to safety at Lindholm?", "340 people")

    used = await discord.command(channel.id, "brief", options("set", time="07:30", timezone="Berlin"), permissions=MANAGER, locale="de")
    [told] = await shown(discord, used)
    assert "Dieser Kanal bekommt seinen Überblick: 07:30, jeden Tag, Europe/Berlin." in words(told)
    assert words(told).count("07:30 +0") == 3
    typed = await slack.command(place.id, "brief Mon-Sun 07:30")
    await slack.until(lambda: "07:30, every day, Europe/Berlin" in str(typed.answers), 60)

    program.set_clock(half_past_seven(program.now()))
    await discord.until(lambda: bool(discord.messages(channel.id)), 60)
    await slack.until(lambda: bool(slack.messages(place.id)), 60)
    [overview] = [one for one in discord.messages(channel.id) if one["embeds"]]
    day = program.now().astimezone(BERLIN)
    assert f"{day.day}." in overview["embeds"][0]["title"]
    assert "07:30" in overview["embeds"][0]["title"]
    await discord.until(lambda: overview["id"] in discord.channels and bool(discord.messages(overview["id"])), 60)
    [story] = discord.messages(overview["id"])
    assert "340 people were brought to safety" in words(story)
    assert story["flags"] & (1 << 12)
    [posted] = slack.messages(place.id)
    await slack.until(lambda: bool(slack.replies(place.id, posted["ts"])), 60)
    assert "340 people were brought to safety" in str(slack.replies(place.id, posted["ts"]))

    program.drop("ferry.txt", FERRY)
    await until_read(program, channel, "What do tickets of the ferry to Elm Island cost?", "14 euros")
    used = await discord.command(channel.id, "brief", options("preview"), permissions=MANAGER)
    previewed = await shown(discord, used, 3)
    button = next(one for row in previewed[-1]["components"] for one in row["components"])
    await discord.press(channel.id, previewed[-1], button["custom_id"], permissions=MANAGER)
    await discord.until(lambda: len([one for one in discord.messages(channel.id) if "custom_id" in words(one)]) == 2, 60)
    second = [one for one in discord.messages(channel.id) if "custom_id" in words(one)][-1]
    await discord.until(lambda: second["id"] in discord.channels and bool(discord.messages(second["id"])), 60)
    [its_story] = discord.messages(second["id"])
    assert [look(one) for one in previewed[:2]] == [look(second), look(its_story)]

    await program.end(signal.SIGKILL)
    program.set_clock(program.now() + timedelta(days=3, hours=2))
    program.drop("market.txt", MARKET)
    await program.start()
    await discord.until(lambda: len([one for one in discord.messages(channel.id) if "custom_id" in words(one)]) == 3, 60)
    third = [one for one in discord.messages(channel.id) if "custom_id" in words(one)][-1]
    assert "NACHGEHOLT" in words(third)
    await slack.until(lambda: len(slack.messages(place.id)) == 2, 60)
    assert "CATCH-UP" in str(slack.messages(place.id)[-1])
    assert "Traceback" not in program.log()
    assert "340 people were brought" not in program.log().partition("Brief ·")[0]


def custom_id(message: Json, label: str) -> str:
    found = [one for row in message["components"] for one in row["components"] if one.get("label") == label]
    return str(found[0]["custom_id"])


@pytest.mark.slow
async def test_the_form_of_slack_the_buttons_below_a_brief_and_redo_in_place(program: Program) -> None:
    discord, slack = program.discord, program.slack
    [channel], [place] = discord.channels.values(), slack.channels.values()
    await until_read(program, channel, "How many people were brought to safety at Lindholm?", "340 people")

    typed = await slack.command(place.id, "brief")
    await slack.until(lambda: bool(typed.views), 60)
    await slack.submit(typed.views[0], {"time": "werktags 7:30 Wien", "length": "short", "threads": "off"})
    await slack.until(lambda: "07:30, Mon–Fri, Europe/Vienna" in str([typed.answers, slack.ephemerals]), 60)
    await slack.command(place.id, "brief post")
    await slack.until(lambda: bool(slack.messages(place.id)), 60)
    [posted] = slack.messages(place.id)
    assert "340 people were brought to safety" in str(posted["blocks"])  # without threads the overview quotes

    await shown(discord, await discord.command(channel.id, "brief", options("set", time="07:30", timezone="Berlin"), permissions=MANAGER))
    await discord.command(channel.id, "brief", options("post"), permissions=MANAGER)
    await discord.until(lambda: any("custom_id" in words(one) for one in discord.messages(channel.id)), 60)
    overview = next(one for one in discord.messages(channel.id) if "custom_id" in words(one))
    await discord.until(lambda: overview["id"] in discord.channels and bool(discord.messages(overview["id"])), 60)
    [story] = discord.messages(overview["id"])
    muted = await discord.press(overview["id"], story, custom_id(story, "Mute story"))
    assert "Muted: the story" in str(await pressed(discord, muted))
    asked = await discord.press(overview["id"], story, custom_id(story, "Ask about this"))
    await discord.until(lambda: bool(asked.answers), 60)
    form = asked.answers[0]["data"]
    await discord.submit(overview["id"], form["custom_id"], {"question": "Who brought 340 people to safety?"})
    await discord.until(lambda: len(discord.messages(overview["id"])) == 2, 60)
    assert "the fire brigade said" in words(discord.messages(overview["id"])[1])
    listed = await discord.press(channel.id, overview, custom_id(overview, "Full list"))
    assert "The full list" in str(await pressed(discord, listed))

    program.drop("ferry.txt", FERRY)
    await until_read(program, channel, "What do tickets of the ferry to Elm Island cost?", "14 euros")
    await discord.command(channel.id, "brief", options("redo"), permissions=MANAGER)
    await discord.until(lambda: "Updated" in words(overview), 60)
    await discord.until(lambda: any("14 euros" in words(one) for one in discord.messages(overview["id"])), 60)
    assert len([one for one in discord.messages(channel.id) if "custom_id" in words(one)]) == 1
    status = await discord.command(channel.id, "news", options("status"))
    assert "07:30 +0" in str(await shown(discord, status))
    assert "Traceback" not in program.log()


async def pressed(server: DiscordServer, used: Interaction) -> list[Json]:
    """What only the person sees of a press."""
    await server.until(lambda: bool(used.followups) or any(one.get("data") for one in used.answers), 60)
    return [*used.answers, *used.followups]
