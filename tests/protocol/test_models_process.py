"""The program with language models, from outside: quotes stand before a model has answered, and no workspace's question
or key comes to the server of another."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.protocol.discord_server import Channel as DiscordChannel
from tests.protocol.discord_server import DiscordServer
from tests.protocol.model_server import ModelServer
from tests.protocol.slack_server import Channel as SlackChannel
from tests.protocol.slack_server import SlackServer
from tests.protocol.test_tls import written

ROOT = Path(__file__).parents[2]
KEYS = {
    "house": "sk-canary-house-51c0", "first": "sk-canary-first-8d27", "second": "sk-canary-second-e93b",
    "third": "sk-canary-third-27fa",
}  # fmt: skip
MANAGER = str(1 << 5)
QUESTION = "How many people were brought to safety at Lindholm?"
QUOTE = "340 people were brought to safety by boats, the fire brigade said."
FRENCH = "Combien de personnes ont été mises en sécurité à Lindholm ?"
WORDED = "said. [1]"  # a sentence with its mark; a quote ends with a quotation mark


def _has(messages: list[Any], sign: str) -> bool:
    return sign in str(messages).replace("\\", "")  # Discord's brackets are escaped


@dataclass
class Town:
    """Two servers of Discord and a workspace of Slack with a model each, a server without, and the house's model."""

    folder: Path
    discord: DiscordServer
    slack: SlackServer
    models: dict[str, ModelServer]
    first: DiscordChannel
    second: DiscordChannel
    third: SlackChannel
    guest: DiscordChannel
    environment: dict[str, str]

    async def run(self, *words: str, typed: str = "") -> asyncio.subprocess.Process:
        with (self.folder / "log.txt").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "bot", *words, cwd=self.folder, env=self.environment,
                stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log,
            )  # fmt: skip
        if typed:
            assert process.stdin is not None
            process.stdin.write(f"{typed}\n".encode())
            process.stdin.close()
        return process

    async def brings(self, name: str, workspace: str) -> None:
        own = ("--url", self.models[name].url, "--name", f"model-{name}")
        process = await self.run("model", "own", "set", workspace, *own, typed=KEYS[name])
        assert await asyncio.wait_for(process.wait(), 60) == 0, self.log()

    def log(self) -> str:
        return (self.folder / "log.txt").read_text("utf-8", "replace")

    def asked(self) -> dict[str, int]:
        return {name: len(model.chats) for name, model in self.models.items()}

    async def told(self, channel: DiscordChannel, text: str, sign: str) -> str:
        """What stands below a question as soon as the sign is in it."""
        asked = await self.discord.say(channel.id, text)
        here = asked["id"]
        await self.discord.until(lambda: here in self.discord.channels and _has(self.discord.messages(here), sign), 60)
        return str(self.discord.messages(here))

    async def told_on_slack(self, text: str, sign: str) -> str:
        asked = await self.slack.say(self.third.id, text)
        await self.slack.until(lambda: _has(self.slack.replies(self.third.id, asked["ts"]), sign), 60)
        return str(self.slack.replies(self.third.id, asked["ts"]))


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "dam.txt").write_text(f"The dam at Lindholm broke on Monday. {QUOTE}\n")
    tls = written(tmp_path / "localhost", "localhost", days=30)
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(DiscordServer())
        slack = await stack.enter_async_context(SlackServer())
        slack.add_user("U0077")
        models = {
            name: await stack.enter_async_context(
                ModelServer(key=KEYS[name], model=f"model-{name}", tls=None if name == "house" else tls)
            )
            for name in KEYS
        }
        first, second, guest = (
            discord.add_channel(discord.add_guild(name)) for name in ("First", "Second", "Guest")
        )
        kept = {key: value for key, value in os.environ.items() if not key.startswith("VERBATIM_")}
        environment = {
            **kept, "VERBATIM_DATA_DIR": str(tmp_path / "data"), "VERBATIM_SEEDS_DIR": str(tmp_path / "seeds"),
            "VERBATIM_DISCORD_TOKEN": discord.token, "VERBATIM_DISCORD_API": discord.api,
            "VERBATIM_SLACK_BOT_TOKEN": slack.bot_token, "VERBATIM_SLACK_APP_TOKEN": slack.app_token,
            "VERBATIM_SLACK_API": slack.api, "VERBATIM_MODEL_URL": models["house"].url,
            "VERBATIM_MODEL_NAME": "model-house", "VERBATIM_MODEL_KEY": KEYS["house"],
            "VERBATIM_MODEL_WORKSPACE_HOSTS": "localhost", "SSL_CERT_FILE": str(tmp_path / "localhost.pem"),
            "VERBATIM_DICTIONARY_FILE": os.devnull, "VERBATIM_LOG_LEVEL": "debug", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        made = Town(tmp_path, discord, slack, models, first, second, slack.add_channel(), guest, environment)
        await made.brings("first", f"discord-{first.guild_id}")
        await made.brings("second", f"discord-{second.guild_id}")
        await made.brings("third", f"slack-{slack.team}")
        program = await made.run("run")
        try:
            await discord.until(lambda: discord.connections > 0 and bool(discord.commands), 60)
            await slack.until(lambda: slack.connections > 0, 60)
            yield made
        finally:
            program.send_signal(signal.SIGKILL)
            await program.wait()


@pytest.mark.slow
async def test_each_workspace_is_answered_by_its_own_model_and_no_key_goes_elsewhere(town: Town) -> None:
    start = town.asked()  # the house words the brief in the terminal
    assert QUOTE in await town.told(town.first, QUESTION, WORDED)
    assert town.asked() == {**start, "first": 1}
    await town.told(town.second, QUESTION, WORDED)
    assert town.asked() == {**start, "first": 1, "second": 1}
    await town.told_on_slack(QUESTION, WORDED)
    assert town.asked() == {**start, "first": 1, "second": 1, "third": 1}
    await town.told(town.guest, QUESTION, WORDED)
    assert town.asked() == {"house": start["house"] + 1, "first": 1, "second": 1, "third": 1}

    # A question that only its translation finds is translated by its own workspace's model, too.
    for name in ("first", "second"):
        town.models[name].phrases = {FRENCH: QUESTION}
    before = town.asked()
    await town.told(town.first, FRENCH, "340")
    asked = town.models["first"].chats[before["first"] :]
    assert any("translations" in one.form and FRENCH in one.prompt for one in asked)
    assert town.asked() == {**before, "first": town.asked()["first"]}

    # A budget is a workspace's own.
    limit = [{"name": "limits", "type": 1, "options": [{"name": "tokens", "type": 4, "value": 1}]}]
    set_to = await town.discord.command(town.first.id, "newsadmin", limit, permissions=MANAGER)
    await town.discord.until(set_to.done.is_set, 60)
    before = town.asked()
    await town.told(town.first, "What broke at Lindholm?", "udget")
    await town.told(town.second, "What broke at Lindholm?", "Monday. [1]")
    assert (town.asked()["first"], town.asked()["house"]) == (before["first"], before["house"])

    for key_of, model in town.models.items():
        keys = {one.fields.get("authorization") for one in model.asked}
        assert keys == {f"Bearer {KEYS[key_of]}"}
    files = [path.read_bytes() for path in (town.folder / "data").rglob("*") if path.is_file()]
    for key in KEYS.values():
        assert key not in town.log()
        assert not any(key.encode() in content for content in files)


@pytest.mark.slow
async def test_quotes_stand_before_a_slow_model_has_answered_and_stay_when_it_has(town: Town) -> None:
    for model in town.models.values():
        model.hold = asyncio.Event()
    on_discord = await town.told(town.first, QUESTION, QUOTE)
    on_slack = await town.told_on_slack(QUESTION, QUOTE)
    assert not _has([on_discord, on_slack], WORDED)
    await town.models["first"].until(lambda: bool(town.models["first"].chats))
    await town.models["third"].until(lambda: bool(town.models["third"].chats))
    for model in town.models.values():
        assert model.hold is not None
        model.hold.set()
    here = next(one for one in town.discord.channels if QUOTE in str(town.discord.messages(one)))
    await town.discord.until(lambda: _has(town.discord.messages(here), WORDED), 60)
    assert QUOTE in str(town.discord.messages(here))
    assert len(town.discord.messages(here)) == 1
