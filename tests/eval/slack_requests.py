"""Slack's requests over HTTP, given to the project's own door and dispatcher: what is answered, what ran.

Events are kept in a file of SQLite as they are in the library, but without its schema of everything, whose opening
would take longer than a request may.
"""

from __future__ import annotations

import asyncio
import base64
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import aiohttp

from bot.chat.outgoing import Outgoing
from bot.chat.requests import Request, Responder
from bot.chat.slack.app import Slack, SlackAccess
from bot.domain import StoredVersion
from bot.library.delivery_store import DeliveryStore, EventState

NOBODY = "http://127.0.0.1:9/"  # nothing that a request sets off may leave this machine


@dataclass
class _Clock:
    now_s: float = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.now_s, UTC)


class _Events:
    """The part of `DeliveryStore` that requests need: each event is taken once."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path)
        self._file.execute("CREATE TABLE taken (platform TEXT, id TEXT, PRIMARY KEY (platform, id))")

    async def take_events(self, platform: str, events: Sequence[tuple[str, str]], *, now: datetime) -> list[bool]:
        sql = "INSERT OR IGNORE INTO taken VALUES (?, ?)"
        with self._file:
            return [self._file.execute(sql, (platform, name)).rowcount == 1 for name, _ in events]

    async def end_event(self, platform: str, event_id: str, state: EventState, *, now: datetime) -> None:
        """It stays taken."""

    async def put_cursor(self, platform: str, channel: str, message_id: str) -> None:
        """Nothing is read back here."""


class _Doors:
    """One workspace a signing secret, over one library, for as long as the process lives."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory(prefix="slack-requests-")
        self._clock = _Clock()
        self._slacks: dict[str, Slack] = {}
        self._store = cast("DeliveryStore", _Events(Path(self._folder.name) / "events.db"))

    def ask(self, secret: str, now_s: float, path: str, headers: Mapping[str, str], raw: bytes) -> dict[str, int]:
        return self._loop.run_until_complete(self._ask(secret, now_s, path, headers, raw))

    async def _ask(self, secret: str, now_s: float, path: str, headers: Mapping[str, str], raw: bytes) -> dict[str, int]:
        self._clock.now_s = now_s
        slack = self._slacks.get(secret) or await self._open(secret)
        before = slack.handled
        answer = await slack.door().answer(path, headers, raw)
        await asyncio.sleep(0)  # what was set off begins
        return {"status": answer.status, "handled": slack.handled - before}

    async def _open(self, secret: str) -> Slack:
        access = SlackAccess("token", signing_secret=secret, http_port=1, api=NOBODY)
        slack = Slack(access, _hear, None, self._store, _facts, _no_file, aiohttp.ClientSession(), self._clock.now)
        slack.know_me("T0", "U0", "B0")
        self._slacks[secret] = slack
        return slack


async def _hear(request: Request, responder: Responder) -> None:
    """Here the front desk would answer."""


async def _facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
    return {}, set()


async def _no_file(sha256: str) -> bytes | None:
    return None


@cache
def _doors() -> _Doors:
    return _Doors()


def slack_request(request: Mapping[str, Any]) -> dict[str, int]:
    """The status that Slack would get, and how many deliveries were handled because of it."""
    return _doors().ask(
        request["secret"], float(request["now"]), request["path"], request["headers"],
        base64.b64decode(request["body_b64"]),
    )  # fmt: skip
