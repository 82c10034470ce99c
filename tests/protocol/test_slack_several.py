"""One app in several workspaces: installed by OAuth, each by its own token, which nobody reads in the library."""

from __future__ import annotations

import asyncio
import html
import json
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.chat.outgoing import Outgoing
from bot.chat.slack.app import Slack, SlackAccess
from bot.chat.slack.face import SlackFace
from bot.chat.slack.installations import Installations, States
from bot.chat.slack.several import App, SeveralSlacks, open_several
from bot.domain import StoredVersion
from bot.front_desk.asking import Asking
from bot.front_desk.desk import FrontDesk
from bot.library.installation_store import Installed
from bot.library.sealing import Seal, new_key
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_installation_store import SqlInstallationStore
from bot.library.sql_store import SqlStore
from bot.outbox.courier import Courier
from tests.protocol.slack_server import SlackServer
from tests.shelf import Shelf, shelf_of
from tests.unit.test_front_desk import FERRY, PRICE, SECRET, ShelfDesk


class Bot:
    """What the program wires for an app that several workspaces install."""

    def __init__(self, server: SlackServer, store: SqlStore, shelf: Shelf, key: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.server, self.deliveries = server, SqlDeliveryStore(store.transactions)
        self.kept = SqlInstallationStore(store.transactions)
        self.installers: list[tuple[str, str]] = []
        self.asking = Asking(shelf.answerer, ShelfDesk(shelf))  # type: ignore[arg-type]
        self.front = FrontDesk(self.asking, self.deliveries, {"slack": SlackFace()}, {}, wake=lambda _: self.courier.wake())
        self.installations = Installations(self.kept, Seal(key), installed=self._installed)
        self.slacks: SeveralSlacks
        self.courier: Courier
        self._stack, self._stop = AsyncExitStack(), asyncio.Event()

    async def start(self) -> None:
        access = SlackAccess(
            "", signing_secret=self.server.signing_secret, http_port=self.port, api=self.server.api
        )
        app = App(*self.server.client, "https://bot.example/")
        self.slacks = await self._stack.enter_async_context(
            open_several(access, app, self.installations, States(self.kept), self._make, lambda: datetime.now(UTC))
        )
        self.courier = Courier(self.deliveries, self.slacks)
        running = asyncio.create_task(self.courier.run(self._stop))
        self._stack.push_async_callback(asyncio.wait, [running])
        self._stack.callback(self._stop.set)
        async with asyncio.timeout(60):
            await self.slacks.connected.wait()
        self.server.deliver_to = f"http://127.0.0.1:{self.port}/slack/events"

    async def close(self) -> None:
        await self._stack.aclose()
        self.asking.close()

    def _make(self, access: SlackAccess, session: aiohttp.ClientSession) -> Slack:
        return Slack(access, self.front.handle, None, self.deliveries, self._facts, self._no_file, session)

    async def _installed(self, team: str, person: str) -> None:
        self.installers.append((team, person))
        await self.slacks.renew(team)

    async def _facts(self, outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
        return {1: FERRY, 2: SECRET, 3: PRICE}, set(outgoing.links)

    async def _no_file(self, sha256: str) -> bytes | None:
        return None

    async def browser(self, path: str, cookie: str = "", **query: str) -> tuple[int, str, str]:
        """Status, page and cookie of what a browser gets from us."""
        async with aiohttp.ClientSession() as session, session.get(
            f"http://127.0.0.1:{self.port}{path}", params=query, headers={"Cookie": cookie} if cookie else {}, allow_redirects=False
        ) as answer:  # fmt: skip
            return answer.status, await answer.text(), answer.headers.get("Set-Cookie", "").partition(";")[0]

    async def begin(self) -> tuple[str, str]:
        """Somebody opens the page for installing: the state in its link, and the cookie."""
        status, page, cookie = await self.browser("/slack/install")
        assert status == 200
        link = urlsplit(html.unescape(re.findall(r'href="(http[^"]+/oauth/v2/authorize[^"]+)"', page)[0]))
        asked = {name: value[0] for name, value in parse_qs(link.query).items()}
        assert asked["redirect_uri"] == "https://bot.example/slack/oauth_redirect"
        assert "chat:write" in asked["scope"]
        return asked["state"], cookie

    async def install(self, workspace: SlackServer, person: str) -> int:
        state, cookie = await self.begin()
        code = self.server.grant(workspace, person)
        status, _, _ = await self.browser("/slack/oauth_redirect", cookie, state=state, code=code)
        workspace.deliver_to = self.server.deliver_to
        return status


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with SlackServer(ack_s=30.0) as running:
        yield running


@pytest.fixture
async def bot(server: SlackServer, tmp_path: Path) -> AsyncIterator[Bot]:
    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        with shelf_of(FERRY, SECRET, PRICE) as shelf:
            made = Bot(server, store, shelf, new_key())
            await made.start()
            yield made
            await made.close()


async def answer_in(workspace: SlackServer, text: str) -> str:
    channel = workspace.add_channel()
    workspace.add_user("U0077", name="Reader")
    asked = await workspace.say(channel.id, text)
    await workspace.until(lambda: bool(workspace.replies(channel.id, asked["ts"])))
    return str(workspace.replies(channel.id, asked["ts"]))


async def test_each_workspace_installs_and_is_answered_by_its_own_token(bot: Bot, server: SlackServer) -> None:
    east, west = server.add_workspace("TEAST"), server.add_workspace("TWEST")
    assert await bot.install(east, "U1") == 200
    assert await bot.install(west, "U2") == 200
    assert bot.installers == [("TEAST", "U1"), ("TWEST", "U2")]
    question = "How many passengers were rescued?"
    assert "All 48 passengers were rescued by fishermen." in await answer_in(east, question)
    assert "All 48 passengers were rescued by fishermen." in await answer_in(west, question)
    assert await bot.slacks.owner("TWEST") == "U2"
    assert set(bot.slacks.homes) == {"TEAST", "TWEST"}
    assert all(b"xoxb-" not in one.content for one in await bot.kept.everywhere())
    assert {one.bot_token for one in await bot.installations.everywhere()} == {"xoxb-TEAST", "xoxb-TWEST"}


async def test_a_state_is_good_once_for_one_browser_and_a_while(bot: Bot, server: SlackServer) -> None:
    east = server.add_workspace("TEAST")
    state, cookie = await bot.begin()
    other, others_cookie = await bot.begin()
    code = server.grant(east, "U1")
    for given, at in ((state, ""), (state, others_cookie), ("made-up", "slack-app-oauth-state=made-up")):
        status, page, _ = await bot.browser("/slack/oauth_redirect", at, state=given, code=code)
        assert status in (400, 401), page
    assert (await bot.browser("/slack/oauth_redirect", cookie, state=state, code=code))[0] == 200
    assert (await bot.browser("/slack/oauth_redirect", cookie, state=state, code=server.grant(east, "U1")))[0] == 401
    assert (await bot.browser("/slack/oauth_redirect", others_cookie, state=other, code="wrong"))[0] == 401
    late = States(bot.kept, lambda: datetime.now(UTC) + timedelta(seconds=601))
    assert not await late.async_consume(await States(bot.kept).async_issue())


async def test_who_uninstalls_is_forgotten_and_who_never_installed_is_not_answered(bot: Bot, server: SlackServer) -> None:
    east, stranger = server.add_workspace("TEAST"), server.add_workspace("TWILD")
    await bot.install(east, "U1")
    assert "All 48" in await answer_in(east, "How many passengers were rescued?")
    stranger.deliver_to = server.deliver_to
    sent = await stranger.event({"type": "app_mention", "user": "U0077", "text": "hello", "channel": "C1", "ts": "1.1"})
    await asyncio.wait_for(sent.acked.wait(), 60)
    assert await bot.deliveries.open_events("slack", before=datetime.now(UTC)) == []
    gone = await east.event({"type": "app_uninstalled"})
    await asyncio.wait_for(gone.acked.wait(), 60)
    assert await bot.kept.everywhere() == []
    assert bot.slacks.homes == {}


async def test_a_token_is_read_with_an_older_key_and_with_none_that_was_lost(bot: Bot, server: SlackServer) -> None:
    east = server.add_workspace("TEAST")
    old, new = new_key(), new_key()
    bot.installations._seal = Seal(old)
    await bot.install(east, "U1")
    assert await Installations(bot.kept, Seal(f"{new}, {old}")).of_team("TEAST") is not None
    assert await Installations(bot.kept, Seal(new)).of_team("TEAST") is None


async def test_the_newest_installation_counts_and_what_is_told_late_ends_none(bot: Bot) -> None:
    kept, at = bot.kept, datetime(2026, 3, 2, 12, tzinfo=UTC)
    for enterprise, token, installed in (("", "xoxb-old", at), ("E1", "xoxb-new", at + timedelta(days=1))):
        content = bot.installations._seal.seal(json.dumps({"team_id": "TEAST", "bot_token": token}), f"slack/{enterprise}/TEAST")
        await kept.keep(Installed(enterprise, "TEAST", installed, content))
    found = await bot.installations.of_team("TEAST")
    assert found is not None
    assert found.bot_token == "xoxb-new"
    gone = {"team_id": "TEAST", "event_time": int(at.timestamp()) + 60, "event": {"type": "app_uninstalled"}}
    assert await bot.slacks._app_of(gone) is None
    theirs = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}
    assert await bot.slacks._app_of({**gone, "event_time": int(at.timestamp()) + 10**6, "event": theirs}) is None
    assert len(await kept.everywhere()) == 2
    ours = {"type": "tokens_revoked", "tokens": {"bot": ["U2"]}}
    assert await bot.slacks._app_of({**gone, "event_time": int(at.timestamp()) + 10**6, "event": ours}) is None
    assert await kept.everywhere() == []


@pytest.mark.slow
async def test_the_program_is_installed_in_a_workspace_and_answers_there(server: SlackServer, tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "dam.txt").write_text("340 people were brought to safety at Lindholm, the fire brigade said.\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    key = new_key()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VERBATIM_")}
    environment = {
        **kept, "VERBATIM_DATA_DIR": str(tmp_path / "data"), "VERBATIM_SEEDS_DIR": str(tmp_path / "seeds"),
        "SLACK_CLIENT_ID": server.client[0], "SLACK_CLIENT_SECRET": server.client[1],
        "SLACK_SIGNING_SECRET": server.signing_secret, "VERBATIM_SLACK_HTTP_PORT": str(port), "VERBATIM_SEAL_KEY": key,
        "VERBATIM_SLACK_ADDRESS": "https://bot.example", "VERBATIM_SLACK_API": server.api,
        "VERBATIM_DICTIONARY_FILE": os.devnull, "PYTHONPATH": str(Path(__file__).parents[2]),
    }  # fmt: skip
    with (tmp_path / "log.txt").open("wb") as log:
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "bot", "run", cwd=tmp_path, env=environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip

    def told() -> str:
        return (tmp_path / "log.txt").read_text("utf-8", "replace")

    async def get(path: str, **query: str) -> tuple[str, str]:
        address, cookie = f"http://127.0.0.1:{port}{path}", {"Cookie": query.pop("cookie", "")}
        async with aiohttp.ClientSession() as session, session.get(address, params=query, headers=cookie) as answer:
            return await answer.text(), answer.headers.get("Set-Cookie", "").partition(";")[0]

    try:
        async with asyncio.timeout(90):
            while "slack is connected" not in told():  # noqa: ASYNC110 - a log tells nobody of a new line
                await asyncio.sleep(0.1)
        page, cookie = await get("/slack/install")
        [state] = re.findall(r"state=([\w-]+)", html.unescape(page))[:1]
        east = server.add_workspace("TEAST")
        east.deliver_to = f"http://127.0.0.1:{port}/slack/events"
        page, _ = await get("/slack/oauth_redirect", cookie=cookie, state=state, code=server.grant(east, "U1"))
        assert "Thank you" in page
        assert "340 people were brought to safety" in await answer_in(east, "How many people were brought to safety at Lindholm?")
        running.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(running.wait(), 30) == 0
        for secret in (key, east.bot_token, server.client[1], server.signing_secret, state):
            assert secret not in told()
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
