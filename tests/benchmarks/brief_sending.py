"""Ten thousand prepared briefs fall due at once: python -m tests.benchmarks.brief_sending [--channels 10000]

Measured is what happens at the slot: the ticker takes every slot, each brief is rendered for its platform and owed, with
its thread and its stories, in the order of the slots; then how fast the outbox hands deliveries to a platform that takes
each at once. The platforms' own limits come on top. It runs on one processor.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from pathlib import Path
from typing import Any

import click

from bot.briefs.brief import Brief, BriefEntry, FactKind, NewFact
from bot.briefs.briefing import BriefAsk
from bot.chat.discord.face import DiscordFace
from bot.chat.slack.face import SlackFace
from bot.documents.sentences import split_sentences
from bot.domain import EVERYONE, DocumentDraft, ShownQuote, SourceKind
from bot.front_desk.brief_posting import BriefPosting
from bot.library.brief_store import BriefWish, brief_key
from bot.library.delivery_store import Delivery
from bot.library.opening import open_desk
from bot.library.sql_brief_store import SqlBriefStore
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.library.sql_subscription_store import SqlSubscriptionStore
from bot.outbox.courier import Courier
from bot.outbox.sender import SendOutcome, SendResult
from bot.quotes.showing import show_sentence
from bot.schedule.calendar import Intent
from bot.schedule.due import Wish
from bot.schedule.sql_due_table import SqlDueTable
from bot.schedule.ticker import WIDTH, Ticker
from tests.benchmarks.measuring import resident_mb

SLOTS = (wall(8, 59), wall(9, 0))  # half of the channels each; both are due when the clock is looked at
NOON = datetime(2031, 5, 14, 9, 0, 1, tzinfo=UTC)
STORIES, QUOTES = 5, 2
TRIED = 2_000


class _SameForAll:
    """A briefing that makes one brief for everybody: what it costs to make them is measured elsewhere."""

    def __init__(self, quotes: list[ShownQuote], newest: int) -> None:
        self._quotes, self._newest = quotes, newest

    def make(self, ask: BriefAsk) -> Brief:
        entries = tuple(
            BriefEntry(
                n, "UPDATE", f"Harbour of Elm, report {n}", tuple(self._quotes[QUOTES * n : QUOTES * n + QUOTES]), 3,
                (f"https://paper.example/{n}",), 0, document_ids=(n,), publishers=("Elm Courier", "Oster Post"), voices=2,
                new_facts=(NewFact(FactKind.CHANGED, "40", "48", self._quotes[0], self._quotes[QUOTES * n], "ships"),),
            )
            for n in range(STORIES)
        )  # fmt: skip
        return Brief(
            ask.now, ask.since, ask.after_seq, self._newest, entries, (), 40, 0, (), at=ask.at, sources=12, length=ask.length
        )


class _TakesAll:
    """A platform that takes every delivery at once."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        self.order: list[int] = []

    async def send(self, delivery: Delivery) -> SendResult:
        self.order.append(delivery.id)
        return SendResult(SendOutcome.SENT, message_id=str(delivery.id), thread_id="1")

    async def find(self, delivery: Delivery) -> SendResult:
        return SendResult(SendOutcome.FAILED)


async def _library(store: SqlStore) -> list[ShownQuote]:
    source = await store.ensure_source(SourceKind.FEED, "https://paper.example", EVERYONE)
    quotes = []
    for n in range(STORIES * QUOTES):
        text = f"The harbour office of Elm counted {40 + n} ships on Monday. Nobody was hurt, the harbour master said."
        draft = DocumentDraft(text, split_sentences(text, "en"), title=f"Report {n}", language="en", address=f"https://paper.example/{n}")
        saved = await store.save_draft(source, f"https://paper.example/{n}", draft, text.encode(), seen_at=NOON)
        version = await store.version(None, saved.document.version.id) if saved.document.version else None
        shown = show_sentence(version, 0) if version is not None else None
        assert shown is not None
        quotes.append(shown)
    return quotes


async def _measure(folder: Path, channels: int) -> None:
    url = f"sqlite:///{folder / 'library.sqlite3'}"
    async with await SqlStore.open(url) as store:
        quotes, desk = await _library(store), open_desk(url)
        briefs, table = SqlBriefStore(store.transactions), SqlDueTable(store.transactions)
        deliveries = SqlDeliveryStore(store.transactions)
        now = NOON - timedelta(minutes=25)
        briefing: Any = _SameForAll(quotes, await store.newest_seq())
        posting = BriefPosting(
            briefs, briefing, store, desk, SqlSubscriptionStore(store.transactions), deliveries,
            {"discord": DiscordFace(), "slack": SlackFace()}, wake=lambda _: None, now=lambda: now,
        )  # fmt: skip
        for n in range(channels):
            platform, workspace, channel = ("discord", "slack")[n % 4 == 3], f"w{n // 20}", f"c{n}"
            key = brief_key(platform, workspace, channel)
            await briefs.put_wish(BriefWish(key, platform, workspace, channel, language="en"))
            intent = Intent("UTC", (SLOTS[n % 2],), created_at=NOON - timedelta(hours=2))
            await table.put(Wish(key, intent, platform, workspace, channel), zone_data="", now=NOON - timedelta(hours=2))
        ticker = Ticker(table, posting.fire, prepare=posting.prepare, clock=lambda: now)
        began = time.perf_counter()
        await ticker.tick()  # takes in that nothing is due yet, and begins to prepare
        while True:  # until every wish was looked at
            await ticker.settle()
            if not await table.due(now=now, limit=1):
                break
            await ticker.tick()
        await ticker._prepare_all(now, posting.prepare)
        prepared_s = time.perf_counter() - began
        now = NOON
        began, cpu = time.perf_counter(), time.process_time()
        taken = await ticker.tick()
        await ticker.settle()
        owed_s, owed_cpu_s = time.perf_counter() - began, time.process_time() - cpu
        rows = await deliveries.unsettled("discord", limit=10_000_000) + await deliveries.unsettled("slack", limit=10_000_000)
        overviews = sorted(one.id for one in rows if one.owed.key.endswith(":0"))
        slot_of = {one.id: one.owed.key.split(":")[4:5] for one in rows if one.owed.key.endswith(":0")}
        order = [slot_of[id_] for id_ in overviews]
        first = order[0] if order else []
        early = max((i for i, slot in enumerate(order) if slot == first), default=0)
        late = min((i for i, slot in enumerate(order) if slot != first), default=len(order))
        print(f"{channels:,} channels, {len(rows):,} deliveries of {len(overviews):,} briefs, {len(taken):,} slots taken")
        print(f"  made ahead in {prepared_s:.0f} s (a brief that is the same for all: what making costs is measured elsewhere)")
        print(f"  at the slot: rendered and owed in {owed_s:.0f} s ({owed_cpu_s:.0f} s of processor time), {owed_s / channels * 1000:.1f} ms a brief")
        print(f"  in the order of the slots: {'yes' if early - late < 2 * WIDTH else 'NO'} ({max(0, early - late + 1)} of {len(order):,} changed places, {WIDTH} are made at once)")
        sender = _TakesAll("discord")
        courier = Courier(deliveries, sender, now=lambda: now)
        began = time.perf_counter()
        while len(sender.order) < TRIED and await courier.deliver_due():
            pass
        sent_s = time.perf_counter() - began
        print(f"  outbox: {len(sender.order) / sent_s:.0f} deliveries a second to a platform that takes each at once; {resident_mb()[0]:.0f} MB")
        posting.close()
        desk.close()
    if early - late >= 2 * WIDTH or len(overviews) != channels:
        sys.exit("out of order, or not all")


@click.command()
@click.option("--channels", default=10_000, show_default=True)
def main(channels: int) -> None:
    """Let them fall due."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix="verbatim-sending-") as folder:
        asyncio.run(_measure(Path(folder), channels))


if __name__ == "__main__":
    main()
