"""Slack over HTTP: what is signed and new is handled once, everything else reaches nothing and is never a 5xx."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.composing import note_message
from bot.chat.outgoing import Outgoing
from bot.chat.requests import Request, Responder
from bot.chat.slack.app import Slack, SlackAccess, open_slack
from bot.chat.slack.signature import is_genuine
from bot.domain import StoredVersion
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from tests.protocol.slack_server import Json, SlackServer

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MENTION: Json = {
    "type": "event_callback", "event_id": "Ev1", "team_id": "T0001",
    "event": {"type": "app_mention", "user": "U0077", "text": "<@U0BOT> hello", "channel": "C0000", "ts": "1.1"},
}  # fmt: skip


@dataclass
class Door:
    """The door of a bot that is served on a port, and what was handled behind it."""

    server: SlackServer
    slack: Slack
    address: str
    requests: list[Request] = field(default_factory=list)

    async def knock(self, raw: bytes, headers: dict[str, str] | None = None, *, kind: str = "application/json", path: str = "/slack/events") -> int:
        signed = self.server.signed(raw) if headers is None else headers
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.address + path, data=raw, headers={"Content-Type": kind, **signed}) as answer,
        ):
            await answer.read()
            return answer.status

    async def settled(self) -> list[str]:
        """What was handled, once everything under way has ended."""
        while self.slack._under_way:
            await asyncio.wait(set(self.slack._under_way))
        return [one.name or one.text for one in self.requests]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with SlackServer(ack_s=30.0) as server, await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        server.add_channel()
        server.add_user("U0077")
        handled: list[Request] = []

        async def handle(request: Request, responder: Responder) -> None:
            handled.append(request)
            if request.name == "news help":
                await responder.only_you(note_message("help", "en"))

        async def facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
            return {}, set()

        async def no_file(sha256: str) -> bytes | None:
            return None

        port = _free_port()
        access = SlackAccess(server.bot_token, signing_secret=server.signing_secret, http_port=port, api=server.api)
        deliveries = SqlDeliveryStore(store.transactions)
        async with open_slack(access, handle, None, deliveries, facts, no_file) as slack:
            await slack.connected.wait()
            server.deliver_to = f"http://127.0.0.1:{port}/slack/events"
            yield Door(server, slack, f"http://127.0.0.1:{port}", handled)


def mention(event_id: str, text: str = "hello") -> bytes:
    event = {**MENTION["event"], "text": text, "ts": f"1.{event_id.removeprefix('Ev')}"}
    return json.dumps({**MENTION, "event_id": event_id, "event": event}).encode()


async def test_what_slack_delivers_over_http_is_handled(door: Door) -> None:
    await door.server.say("C0000", "hello")
    used = await door.server.command("C0000", "")
    await door.server.until(lambda: bool(used.answers))
    assert sorted(await door.settled()) == ["hello", "news help"]
    assert door.server.repeats == 0


async def test_a_retry_is_acknowledged_and_not_handled_again(door: Door) -> None:
    raw = mention("Ev5")
    later = {**door.server.signed(raw, int(door.server._now()) + 2), "X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    assert [await door.knock(raw), await door.knock(raw), await door.knock(raw, later)] == [200, 200, 200]
    assert await door.settled() == ["hello"]


async def test_a_retry_of_what_never_arrived_is_handled(door: Door) -> None:
    raw = mention("Ev6")
    assert await door.knock(raw, {**door.server.signed(raw), "X-Slack-Retry-Num": "1"}) == 200
    assert await door.settled() == ["hello"]


async def test_a_recorded_command_is_not_played_again(door: Door) -> None:
    fields = {"command": "/news", "text": "", "user_id": "U0077", "channel_id": "C0000", "team_id": "T0001"}
    raw = urlencode(fields).encode()
    headers = door.server.signed(raw)
    form = "application/x-www-form-urlencoded"
    assert [await door.knock(raw, headers, kind=form) for _ in range(3)] == [200, 200, 200]
    assert await door.settled() == ["news help"]


async def test_a_challenge_is_met_and_handled_by_nobody(door: Door) -> None:
    raw = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}).encode()
    answer = await door.slack.door().answer("/slack/events", {"content-type": "application/json", **door.server.signed(raw)}, raw)
    assert (answer.status, json.loads(answer.body)) == (200, {"challenge": "abc"})
    assert await door.settled() == []


async def test_what_is_not_slacks_reaches_nothing(door: Door) -> None:
    raw = mention("Ev7")
    signed, now = door.server.signed(raw), int(door.server._now())
    wrong: list[dict[str, str]] = [
        {},
        {**signed, "X-Slack-Signature": ""},
        {**signed, "X-Slack-Signature": "v0=" + "0" * 64},
        {**signed, "X-Slack-Signature": signed["X-Slack-Signature"].upper()},
        {**signed, "X-Slack-Signature": signed["X-Slack-Signature"][:-1]},
        {**signed, "X-Slack-Signature": "v1" + signed["X-Slack-Signature"][2:]},
        {**signed, "X-Slack-Signature": "v0=ü"},
        {"X-Slack-Signature": signed["X-Slack-Signature"]},
        {**signed, "X-Slack-Request-Timestamp": "abc"},
        {**signed, "X-Slack-Request-Timestamp": "-1"},
        {**signed, "X-Slack-Request-Timestamp": "1e9"},
        {**signed, "X-Slack-Request-Timestamp": "9" * 400},
        {**signed, "X-Slack-Request-Timestamp": "１２３"},
        {**signed, "X-Slack-Request-Timestamp": f" {now} x"},
        door.server.signed(raw, now - 301),
        door.server.signed(raw, now + 302),
        door.server.signed(raw + b" "),
    ]
    for headers in wrong:
        assert await door.knock(raw, headers) == 401, headers
    assert await door.settled() == []
    assert await door.knock(raw) == 200
    assert await door.settled() == ["hello"]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"\xff\xfe\x00", "application/json"),
        (b"{", "application/json"),
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"type": "event_callback"}', "application/json"),
        (b'{"type": "event_callback", "event": "app_mention"}', "application/json"),
        (b'{"type": "event_callback", "event": {"type": 7}}', "application/json"),
        (b'{"type": 7}', "application/json"),
        (b'{"type": "url_verification", "challenge": {"a": 1}}', "application/json"),
        (b"payload={", "application/x-www-form-urlencoded"),
        (b"payload=[]", "application/x-www-form-urlencoded"),
        (b"payload=%7B%22type%22%3A%22block_actions%22%2C%22actions%22%3A5%2C%22user%22%3A7%7D", "application/x-www-form-urlencoded"),
        (b'{"type": "block_actions", "actions": []}', "application/json"),
        (b'{"type": "block_actions", "actions": [{"type": "button"}]}', "application/json"),
        (b'{"type": "view_submission"}', "application/json"),
        (b'{"type": "shortcut"}', "application/json"),
        (b"x", "application/x-www-form-urlencoded"),
        (b'{"type": "event_callback", "event": {"type": "app_mention"}}', "text/plain"),
        (b"x" * 1_000_001, "application/json"),
    ],
)
async def test_what_is_signed_but_makes_no_sense_is_refused(door: Door, raw: bytes, kind: str) -> None:
    assert 400 <= await door.knock(raw, kind=kind) < 500
    assert await door.settled() == []


async def test_other_paths_and_methods_are_not_there(door: Door) -> None:
    raw = mention("Ev8")
    assert await door.knock(raw, path="/") == 404
    assert await door.knock(raw, path="/slack/events/../install") == 404
    async with aiohttp.ClientSession() as session, session.get(door.address + "/slack/events") as answer:
        assert answer.status == 405
    assert await door.settled() == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "event", "user", "id", "channel", "actions", "view", "team", "text", "ts"]), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(event=JSON, kind=st.sampled_from(["event_callback", "block_actions", "view_submission", "message_action", "shortcut", "block_suggestion"]))
async def test_nothing_that_is_signed_breaks_the_door(door: Door, event: object, kind: str) -> None:
    base: Json = {"type": kind, "user": event, "view": event, "actions": event, "message": event, "channel": event}
    raw = json.dumps({**base, "event": {"type": "app_mention", "user": event, "text": event, "channel": event, "ts": event}}).encode()
    answer = await door.slack.door().answer("/slack/events", {"content-type": "application/json", **door.server.signed(raw)}, raw)
    assert answer.status < 500


@given(secret=st.text(), stamp=st.text(max_size=20), signature=st.text(max_size=80), body=st.binary(max_size=50))
def test_nothing_made_up_is_genuine(secret: str, stamp: str, signature: str, body: bytes) -> None:
    assert not is_genuine(secret, stamp, signature, body, NOW.timestamp())
