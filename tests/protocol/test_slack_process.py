"""The program as it is started by its owner, with a Slack and a news site on this machine, seen from outside."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.protocol.slack_server import SlackServer
from tests.protocol.web_server import WebServer, answer
from tests.web import entry, rss

ROOT = Path(__file__).parents[2]


async def started(folder: Path, server: SlackServer, site: WebServer) -> asyncio.subprocess.Process:
    """`verbatim run` in a folder of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("VERBATIM_")}
    environment = {
        **kept, "VERBATIM_DATA_DIR": str(folder / "data"), "VERBATIM_SEEDS_DIR": str(folder / "seeds"),
        "VERBATIM_SLACK_BOT_TOKEN": server.bot_token, "VERBATIM_SLACK_APP_TOKEN": server.app_token,
        "VERBATIM_SLACK_API": server.api, "VERBATIM_FETCH_ALLOWED_NETWORKS": "127.0.0.0/8",
        "VERBATIM_FETCH_EXTRA_PORTS": str(site.port), "VERBATIM_DICTIONARY_FILE": os.devnull, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    with (folder / "log.txt").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "bot", "run", cwd=folder, env=environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip


@pytest.mark.slow
async def test_a_workspace_asks_and_adds_a_source(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    text = "The dam at Lindholm broke on Monday. 340 people were brought to safety by boats, the fire brigade said.\n"
    (tmp_path / "seeds" / "dam.txt").write_text(text)
    async with SlackServer() as server, WebServer() as site:
        feed = rss(*(entry(name, link=f"https://paper.example/{name}") for name in ("bridge", "ferry")))
        site.pages["/feed.xml"] = answer(feed, Content_Type="application/rss+xml")
        server.add_user("U0077", is_admin=True)
        channel = server.add_channel()
        program = await started(tmp_path, server, site)
        try:
            await server.until(lambda: server.connections > 0, 60)
            asked = await server.say(channel.id, "How many people were brought to safety at Lindholm?")
            await server.until(lambda: bool(server.replies(channel.id, asked["ts"])), 60)
            assert "340 people were brought to safety" in str(server.replies(channel.id, asked["ts"]))
            await server.command(channel.id, f"add {site.at('/feed.xml')}")
            await server.until(lambda: "can be followed" in str(server.ephemerals), 60)
            program.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(program.wait(), 30) == 0
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
        told = (tmp_path / "log.txt").read_text("utf-8", "replace")
        assert "Traceback" not in told
        assert server.bot_token not in told
        assert "340 people were brought" not in told.partition("Brief ·")[0]
