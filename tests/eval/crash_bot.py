"""A bot that posts briefs to a stand-in for both platforms and is killed while it does: for `crash` runners.

    python -m tests.eval.crash_bot --write due.jsonl --briefs 40     what falls due, {"platform", "channel", "key"} a line
    FAKE_CHAT=http://127.0.0.1:N python -m tests.eval.crash_bot --expect due.jsonl

It keeps everything in the folder it is started in; started there again, it goes on. FAKE_CHAT has Discord's REST API
below /api/v10 and Slack's below /api. For each line a brief of documents of our own falls due within the first
minute and a half (--within) after the very first start, by the real due-table and ticker; the real outbox, couriers and senders carry it
out. `brief:<key>` stands at the foot of each. Any number of these may run in one folder.

Its clock runs twelve times as fast as ours, so that what a killed process had in hand is free again after seconds; it
starts long ago, so that it is never ahead of the platforms'. From another folder, run this file by its path.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__" and not __package__:
    sys.path[0] = str(Path(__file__).resolve().parents[2])  # where `bot` and `tests` are

if TYPE_CHECKING:
    from bot.chat.messages import Message
    from bot.chat.outgoing import Outgoing
    from bot.chat.requests import Request
    from bot.domain import StoredVersion
    from bot.front_desk.face import Face
    from bot.library.delivery_store import Owed
    from bot.library.sql_store import SqlStore
    from bot.outbox.sender import Sender

SPEED = 12.0
BEHIND = timedelta(hours=12)
WITHIN_S = 90.0
WORKSPACES = {"discord": "1", "slack": "T1"}
TEXTS = (
    "The ferry to Elm Island sank on Sunday night. All 48 passengers were rescued by fishermen, the harbour office said.",
    "The dam at Lindholm broke on Monday. 340 people were brought to safety by boats, the fire brigade said.",
    "The market hall of Oster burnt down on Friday night. 12 stalls were destroyed, the mayor of Oster said.",
)


@dataclass(frozen=True)
class Expected:
    """A brief that falls due."""

    platform: str
    channel: str
    key: str

    def wish_key(self, number: int) -> str:
        return f"brief:{self.platform}:{WORKSPACES[self.platform]}:{self.channel}:{number}"


def write_expectation(file: Path, briefs: int, channels: int) -> None:
    """So many briefs, alternately on each platform, in so many channels of each."""
    lines = []
    for n in range(briefs):
        platform, place = ("discord", "slack")[n % 2], n // 2 % channels
        channel = str(1_000_000_001 + place) if platform == "discord" else f"C{1_000_001 + place}"
        lines.append(json.dumps({"platform": platform, "channel": channel, "key": f"{channel}/{n:04}"}))
    file.write_text("\n".join(lines) + "\n", "utf-8")


def read_expectation(file: Path) -> list[Expected]:
    lines = file.read_text("utf-8").splitlines()
    return [Expected(one["platform"], one["channel"], one["key"]) for line in lines if line.strip() and (one := json.loads(line))]


class KeyedFace:
    """A platform's face, with the key of each brief at the foot of its overview."""

    def __init__(self, face: Face, keys: dict[str, str]) -> None:
        self._face, self._keys, self.platform = face, keys, face.platform

    def post_brief(
        self, workspace: str, channel: str, key: str, overview: Outgoing, stories: Sequence[Outgoing], threads: str
    ) -> list[Owed]:
        found = next((label for wish, label in self._keys.items() if f"{wish}:" in f"{key}:"), "")
        shown = f"brief:{found}"
        if self.platform == "discord":
            first, *others = overview.body["embeds"]
            body = {**overview.body, "embeds": [{**first, "footer": {"text": shown}}, *others]}
        else:
            foot = {"type": "context", "elements": [{"type": "plain_text", "text": shown, "emoji": False}]}
            body = {**overview.body, "blocks": [*overview.body["blocks"], foot]}
        return self._face.post_brief(workspace, channel, key, replace(overview, body=body), stories, threads)

    def render(self, message: Message) -> Outgoing:
        return self._face.render(message)

    def reply(self, request: Request, key: str, outgoing: Outgoing) -> list[Owed]:
        return self._face.reply(request, key, outgoing)

    def post(self, workspace: str, channel: str, key: str, outgoing: Outgoing) -> list[Owed]:
        return self._face.post(workspace, channel, key, outgoing)

    def link_to(self, workspace: str, channel: str, message_id: str) -> str:
        return self._face.link_to(workspace, channel, message_id)

    def is_message(self, address: str) -> bool:
        return self._face.is_message(address)


def first_start(folder: Path) -> float:
    """When the very first process here was started, in seconds of the epoch."""
    file = folder / "began"
    with (folder / "began.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            beside = folder / "began.new"
            beside.write_text(repr(time.time()))
            beside.replace(file)
        return float(file.read_text())


async def set_up(store: SqlStore, expected: Sequence[Expected], began: datetime, within_s: float) -> None:
    """Documents and wishes, as far as they are not there. A process that is killed here leaves the rest to the next."""
    from bot.documents.sentences import split_sentences
    from bot.domain import EVERYONE, DocumentDraft, SourceKind
    from bot.library.brief_store import BriefWish
    from bot.library.sql_brief_store import SqlBriefStore
    from bot.library.store import Membership
    from bot.schedule.calendar import Intent
    from bot.schedule.due import Wish
    from bot.schedule.sql_due_table import SqlDueTable

    briefs, table = SqlBriefStore(store.transactions), SqlDueTable(store.transactions)
    if expected and await table.get(expected[-1].wish_key(len(expected) - 1)) is not None:
        return
    source = await store.ensure_source(SourceKind.FOLDER, "seeds", EVERYONE)
    for n, text in enumerate(TEXTS):
        draft = DocumentDraft(text, split_sentences(text, "en"), title=f"Report {n}", outlet=f"Courier {n}", language="en")
        saved = await store.save_draft(source, f"{n}.txt", draft, text.encode(), seen_at=began)
        await store.put_memberships([Membership(saved.document.id, saved.document.id, saved.document.id)])
    most = math.ceil(within_s * SPEED / 60)
    for n, one in enumerate(expected):
        key, workspace = one.wish_key(n), WORKSPACES[one.platform]
        if await table.get(key) is not None:
            continue
        await briefs.put_wish(BriefWish(key, one.platform, workspace, one.channel, language="en", threads="off"))
        at = began + timedelta(minutes=2 + n * (most - 2) // len(expected))
        intent = Intent("UTC", (wall(at.hour, at.minute),), created_at=began)
        await table.put(Wish(key, intent, one.platform, workspace, one.channel), zone_data="", now=began)


async def run(address: str, expected: Sequence[Expected], folder: Path, within_s: float) -> None:
    """Post what falls due, until killed or terminated."""
    from bot.library.opening import open_desk
    from bot.library.sql_brief_store import SqlBriefStore
    from bot.library.sql_delivery_store import SqlDeliveryStore
    from bot.library.sql_store import SqlStore
    from bot.library.sql_subscription_store import SqlSubscriptionStore

    began_s = first_start(folder)
    began = datetime.fromtimestamp(began_s, UTC).replace(second=0, microsecond=0) - BEHIND

    def now() -> datetime:
        return began + timedelta(seconds=(time.time() - began_s) * SPEED)

    url = f"sqlite:///{folder / 'library.db'}"
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(await SqlStore.open(url, busy_timeout_s=30))
        await set_up(store, expected, began, within_s)

        from bot.briefs.briefing import Briefing
        from bot.chat.discord.face import DiscordFace
        from bot.chat.slack.face import SlackFace
        from bot.front_desk.brief_posting import BriefPosting
        from bot.outbox.courier import Courier
        from bot.schedule.sql_due_table import SqlDueTable
        from bot.schedule.ticker import Ticker

        keys = {one.wish_key(n): one.key for n, one in enumerate(expected)}
        faces: dict[str, Face] = {one.platform: KeyedFace(one, keys) for one in (DiscordFace(), SlackFace())}
        desk, deliveries = open_desk(url), SqlDeliveryStore(store.transactions)
        senders = await open_senders(address, store, stack)
        couriers = {one.platform: Courier(deliveries, one, now=now) for one in senders}
        posting = BriefPosting(
            SqlBriefStore(store.transactions), Briefing(desk), store, desk, SqlSubscriptionStore(store.transactions),
            deliveries, faces, wake=lambda platform: couriers[platform].wake(), now=now,
        )  # fmt: skip
        stack.callback(posting.close)
        ticker = Ticker(SqlDueTable(store.transactions), posting.fire, prepare=posting.prepare, clock=now)
        stop = asyncio.Event()
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(15, stop.set)

        async def deliver(courier: Courier) -> None:
            while not stop.is_set():
                await courier.deliver_due()
                await asyncio.sleep(0.05)

        async def tick() -> None:
            while not stop.is_set():
                await ticker.tick()
                await posting.settle()
                await asyncio.sleep(0.2)
            await ticker.stop()

        async with asyncio.TaskGroup() as tasks:
            for courier in couriers.values():
                tasks.create_task(deliver(courier))
            tasks.create_task(tick())


async def open_senders(address: str, store: SqlStore, stack: AsyncExitStack) -> list[Sender]:
    """Real senders over the real clients, which need no connection that listens."""
    import aiohttp
    from discord.http import HTTPClient, Route
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.chat.discord.sender import DiscordSender
    from bot.chat.slack.app import quiet
    from bot.chat.slack.sender import SlackSender

    async def facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
        return await store.versions(None, {quote.version_id for quote in outgoing.quotes}), set()

    async def no_file(sha256: str) -> bytes | None:
        return None

    session = await stack.enter_async_context(aiohttp.ClientSession())
    slack = AsyncWebClient("xoxb-crash", f"{address}/api/", session=session, retry_handlers=[], logger=quiet())
    Route.BASE = f"{address}/api/v10"
    http = HTTPClient(asyncio.get_running_loop())
    stack.push_async_callback(http.close)
    me: Any = await http.static_login("discord-crash")
    return [DiscordSender(http, facts, no_file, lambda: int(me["id"])), SlackSender(slack, facts, no_file, session)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--expect", type=Path, help="What falls due.")
    parser.add_argument("--write", type=Path, help="Write down what will fall due, and do no more.")
    parser.add_argument("--briefs", type=int, default=40)
    parser.add_argument("--channels", type=int, default=10, help="Of each platform.")
    parser.add_argument("--within", type=float, default=WITHIN_S, help="Seconds in which all of it falls due.")
    chosen = parser.parse_args()
    if chosen.write:
        write_expectation(chosen.write, chosen.briefs, chosen.channels)
        return
    address = os.environ.get("FAKE_CHAT", "")
    if not chosen.expect or not address:
        parser.error("--expect FILE and FAKE_CHAT in the environment are needed")
    from bot.logs import set_up_logging

    set_up_logging("warning")
    asyncio.run(run(address, read_expectation(chosen.expect), Path.cwd(), chosen.within))


if __name__ == "__main__":
    main()
