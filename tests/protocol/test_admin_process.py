"""What admins do, with the program as it is started by its owner: on Discord, on Slack and on the command line."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.protocol.discord_server import DiscordServer, Interaction
from tests.protocol.slack_server import SlackServer

ROOT = Path(__file__).parents[2]
ADMIN = str(1 << 5)
DAM = "The dam at Lindholm broke on Monday. 340 people were brought to safety by boats, the fire brigade said.\n"


class Program:
    """The bot with a token for either platform, in a folder of its own."""

    def __init__(self, folder: Path, discord: DiscordServer, slack: SlackServer) -> None:
        self.folder, self.discord, self.slack = folder, discord, slack
        (folder / "seeds").mkdir()
        (folder / "seeds" / "dam.txt").write_text(DAM)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("VERBATIM_")}
        self.environment = {
            **kept, "VERBATIM_DATA_DIR": str(folder / "data"), "VERBATIM_SEEDS_DIR": str(folder / "seeds"),
            "VERBATIM_DISCORD_TOKEN": discord.token, "VERBATIM_DISCORD_API": discord.api,
            "VERBATIM_SLACK_BOT_TOKEN": slack.bot_token, "VERBATIM_SLACK_APP_TOKEN": slack.app_token,
            "VERBATIM_SLACK_API": slack.api, "VERBATIM_DICTIONARY_FILE": os.devnull, "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    async def start(self, *arguments: str, out: Any) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "bot", *arguments, cwd=self.folder, env=self.environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out if out is not asyncio.subprocess.PIPE else None,
        )  # fmt: skip

    async def check(self, *options: str) -> tuple[int, str]:
        made = await self.start("check", *options, out=asyncio.subprocess.PIPE)
        told, _ = await asyncio.wait_for(made.communicate(), 60)
        return made.returncode or 0, told.decode()

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text("utf-8", "replace")


@pytest.fixture
async def discord() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as running:
        yield running


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as running:
        running.add_user("U0001", name="Ida", locale="de-DE", is_owner=True, is_primary_owner=True)
        yield running


@pytest.fixture
def program(tmp_path: Path, discord: DiscordServer, slack: SlackServer) -> Program:
    return Program(tmp_path, discord, slack)


def shown(interaction: Interaction) -> str:
    return str([interaction.original, *interaction.answers, *interaction.followups])


@pytest.mark.slow
async def test_check_names_what_is_wrong_before_anything_runs(program: Program) -> None:
    guild = program.discord.add_guild("Newsroom")
    program.discord.add_channel(guild, "open")
    program.discord.add_channel(guild, "hushed").mute = True
    program.slack.add_channel("news")
    program.slack.scopes = program.slack.scopes - {"channels:history"}
    code, told = await program.check("--json")
    assert code == 1
    found = {(one["check"], one["where"]): one for one in json.loads(told)}
    hushed = found["discord-rights", "Newsroom #hushed"]
    assert (hushed["verdict"], hushed["facts"]) == ("fail", "Send Messages, Embed Links, Attach Files")
    assert "Send Messages" in hushed["cure"]
    assert found["discord-rights", "Newsroom"]["facts"] == "1/2"
    assert found["slack-scopes", ""]["facts"] == "channels:history"
    for key in ("discord-token", "slack-token", "slack-app-token", "disk-space", "disk-write", "seeds"):
        assert found[key, ""]["verdict"] == "pass", key
    assert {found["clock", where]["verdict"] for where in ("Discord", "Slack")} == {"pass"}
    assert program.discord.token not in told
    program.environment |= {"VERBATIM_DISCORD_TOKEN": "nonsense", "VERBATIM_SLACK_BOT_TOKEN": "xoxb-no"}
    code, told = await program.check("--lang", "de")
    assert code == 1
    assert "✘ Discord-Token → Das Token des Bots" in told
    assert "✘ Slack-Bot-Token: invalid_auth → Das Bot-Token" in told


@pytest.mark.slow
async def test_an_admin_does_everything_in_chat(program: Program) -> None:
    discord, slack = program.discord, program.slack
    channel = discord.add_channel(discord.add_guild("Newsroom"))
    alerts = discord.add_channel(channel.guild_id, "alerts")
    news = slack.add_channel("news")
    with (program.folder / "log.txt").open("ab") as log:
        running = await program.start("run", out=log)
    try:
        await discord.until(lambda: bool(discord.commands) and slack.connections > 0, 60)

        async def admin(verb: str, *options: tuple[str, str], user: str = "77", locale: str = "en-US", **more: Any) -> str:
            given = [{"name": name, "type": 3, "value": value} for name, value in options]
            made = await discord.command(
                channel.id, "newsadmin", [{"name": verb, "type": 1, "options": [*given, *more.pop("options", [])]}],
                permissions=more.pop("permissions", ADMIN), locale=locale, user=user, **more,
            )  # fmt: skip
            await discord.until(made.done.is_set, 60)
            return shown(made)

        assert "You may not do this here" in await admin("limits", permissions="0")
        assert "wrong" in await admin("check")
        assert "Was geprüft wurde" in await admin("check", ("channel", alerts.id), locale="de")
        assert "at most one a day" in await admin("alerts", ("channel", alerts.id))
        await discord.until(lambda: "chose this channel" in str(discord.messages(alerts.id)), 60)
        assert "no such channel" in await admin("alerts", ("channel", "404"))
        assert "„viele“ ist keine Grenze" in await admin("limits", ("posts", "viele"), locale="de")
        assert "now 0" in await admin("limits", ("posts", "5"), ("sources", "2"))
        assert "Paused" in await admin("pause", ("all", "pause"))
        assert "Ich melde wieder" in await admin("pause", ("all", "resume"), locale="de")
        config = await admin("config", ("action", "export"))
        assert '"posts_a_day": 5' in config
        assert discord.token not in config
        assert "no-file" in await admin("config", ("action", "import"))
        audit = await admin("audit")
        assert "newsadmin limits,no-right," in audit
        assert "newsadmin limits,limit-wrong,posts=viele" in audit
        assert "newsadmin pause,done,all=pause" in audit
        assert audit.count("newsadmin check,done") == 2

        async def typed(text: str, user: str = "U0001") -> str:
            made = await slack.command(news.id, f"admin {text}", user=user)
            await slack.until(lambda: bool(made.answers or made.views), 60)
            return str(made.answers or made.views)

        assert "Das darfst du hier nicht" in (await typed("limits", user=slack.add_user("U2", locale="de-DE")))
        assert "Was geprüft wurde" in await typed("check")
        assert "höchstens eine am Tag" in await typed(f"alerts <#{news.id}|news>")
        await slack.until(lambda: "hat diesen Kanal gewählt" in str(slack.messages(news.id)), 60)
        assert "jetzt 0" in await typed("limits quellen:7")
        assert "Angehalten" in await typed("anhalten alles:pause")
        assert "angehalten" in await typed("pause")
        await typed("audit")
        await slack.until(lambda: any(b"newsadmin limits,done,sources=7" in one.get("content", b"") for one in slack.files.values()), 60)
        await slack.open_home("U0001", "messages")
        await slack.until(lambda: bool(slack.prompts), 60)
        assert "Was ist heute neu?" in str(slack.prompts)

        listed = await discord.say(channel.id, "export")
        direct = discord.direct("77")
        await discord.until(lambda: bool(discord.messages(direct.id)), 60)
        [file] = discord.messages(direct.id)[0]["attachments"]
        assert (file["filename"], "<opml" in file["content"]) == ("sources.opml", True)
        assert listed["id"] not in discord.channels

        asked = await discord.say(channel.id, "How many people were brought to safety at Lindholm?")
        await discord.until(lambda: asked["id"] in discord.channels and bool(discord.messages(asked["id"])), 60)
        again = await discord.say(asked["id"], "When did it break?")
        await discord.until(lambda: len(discord.messages(asked["id"])) > 1, 60)
        assert "broke on Monday" in str(discord.messages(asked["id"])[1]["embeds"]), again
        assert discord.token not in program.log
        assert slack.bot_token not in program.log
        assert "Traceback" not in program.log
        running.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(running.wait(), 30) == 0
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
    with sqlite3.connect(program.folder / "data" / "library.sqlite3") as library:
        [(places,)] = library.execute("SELECT COUNT(*) FROM workspace").fetchall()
    library.close()
    assert places == 2


@pytest.mark.slow
async def test_an_owner_hears_of_a_post_that_cannot_be_looked_for_and_has_it_posted_again(program: Program) -> None:
    slack = program.slack
    slack.scopes = slack.scopes - {"channels:history", "groups:history"}
    news = slack.add_channel("news")
    lost = ["drop before"]
    slack.faults = lambda method: lost.pop() if lost and method == "chat.postMessage" else ""
    with (program.folder / "log.txt").open("ab") as log:
        running = await program.start("run", out=log)
    try:
        await slack.until(lambda: slack.connections > 0, 60)
        asked = await slack.say(news.id, "How many people were brought to safety at Lindholm?")
        direct = slack.direct("U0001")
        await slack.until(lambda: bool(slack.messages(direct.id)), 60)
        [told] = slack.messages(direct.id)
        assert "Ob sie in ihrem Kanal stehen, ist unklar" in str(told["blocks"])
        assert slack.replies(news.id, asked["ts"]) == []
        action = next(one["action_id"] for block in told["blocks"] for one in block.get("elements", ()) if "again" in str(one.get("action_id")))
        await slack.press(direct.id, told, action, user="U0001")
        await slack.until(lambda: bool(slack.replies(news.id, asked["ts"])), 60)
        assert "340 people" in str(slack.replies(news.id, asked["ts"]))
    finally:
        running.kill()
        await running.wait()
