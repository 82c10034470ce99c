"""Ten thousand channels whose briefs are due at once: python -m tests.benchmarks.briefs [--channels 10000]

Made-up news in an SQLite library: feeds of the installation that many channels follow, feeds of workspaces that their
channels alone see, stories of up to twelve reports over two weeks. Every channel had a brief the day before. Measured
is the preparation: what the channel follows and was told, the brief itself, and freezing it. It runs on one processor.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import text

from bot.briefs.brief import thawed_brief
from bot.briefs.briefing import Briefing
from bot.domain import EVERYONE, DateBasis, DocumentDate, DocumentDraft, Sentence, Source, SourceKind
from bot.front_desk.brief_posting import BriefPosting, Wanted
from bot.library.brief_store import BriefKind, BriefWish, brief_key
from bot.library.opening import open_desk
from bot.library.sql_brief_store import SqlBriefStore
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.library.sql_subscription_store import SqlSubscriptionStore
from bot.library.store import Arrival, Membership
from tests.benchmarks.measuring import quantiles, resident_mb
from tests.benchmarks.press import stories

HALF_AN_HOUR_S = 1800.0
SLOT = datetime(2031, 5, 14, 7, 0, tzinfo=UTC)
_FEEDS, _A_DAY, _DAYS = 200, 12, 14
_OWN_FEEDS, _OWN_A_DAY = 2, 3
_FOLLOWED = 12
_CHANNELS_OF_A_WORKSPACE = 20
_REPORTS_OF_A_STORY = 12


class _Library:
    """Makes news: some are one report, many are one story with others."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._chance = random.Random(5)
        self._press = stories(words=250)
        self._open: list[tuple[int, str, str]] = []  # story, title, text of its first report

    async def publish(self, sources: list[Source], each: int, at: datetime) -> int:
        arrivals = []
        for source in sources:
            for n in range(each):
                one = next(self._press)
                words, sentences = one.text, tuple(Sentence(*span) for span in one.sentences)
                published = DocumentDate(at.date(), at, DateBasis.STATED)
                draft = DocumentDraft(
                    words, sentences, one.title, outlet=f"{source.address}", language=one.language, published=published,
                    address=f"{source.address}/{at:%Y%m%d}/{n}",
                )  # fmt: skip
                arrivals.append(Arrival(source, f"{at:%Y%m%d}-{n}", draft, words.encode(), at))
        for start in range(0, len(arrivals), 500):
            saved = await self._store.save_drafts(arrivals[start : start + 500])
            await self._store.put_memberships([self._place(one.document.id) for one in saved])
        return len(arrivals)

    def _place(self, document_id: int) -> Membership:
        """Half of all news goes on with a story of the last days, a tenth repeats its last report."""
        if self._open and self._chance.random() < 0.5:
            story, *_ = self._chance.choice(self._open[-400:])
            report = story if self._chance.random() < 0.2 else document_id
            return Membership(document_id, report, story, "")
        self._open.append((document_id, "", ""))
        return Membership(document_id, document_id, document_id, "")


async def _prepare(folder: Path, channels: int) -> None:
    url = f"sqlite:///{folder / 'library.sqlite3'}"
    async with await SqlStore.open(url) as store:
        desk = open_desk(url)
        library, chance = _Library(store), random.Random(9)
        briefs, subscriptions = SqlBriefStore(store.transactions), SqlSubscriptionStore(store.transactions)
        feeds = [await store.ensure_source(SourceKind.FEED, f"https://paper{n}.example", EVERYONE) for n in range(_FEEDS)]
        workspaces = max(1, channels // _CHANNELS_OF_A_WORKSPACE)
        own = [
            [
                await store.ensure_source(SourceKind.FEED, f"https://town{w}-{n}.example", f"w:discord-w{w}")
                for n in range(_OWN_FEEDS)
            ]
            for w in range(workspaces)
        ]
        started = time.perf_counter()
        documents = 0
        for day in range(_DAYS, 0, -1):
            documents += await library.publish(feeds, _A_DAY, SLOT - timedelta(days=day))
        yesterday = desk.newest_seq()
        documents += await library.publish(feeds, _A_DAY, SLOT - timedelta(hours=3))
        documents += await library.publish([one for some in own for one in some], _OWN_A_DAY, SLOT - timedelta(hours=2))
        wishes = [BriefWish(brief_key("discord", f"w{n % workspaces}", f"c{n}"), "discord", f"w{n % workspaces}", f"c{n}")
                  for n in range(channels)]  # fmt: skip
        rows = [
            {"workspace": wish.workspace, "channel": wish.channel, "source": source.id}
            for n, wish in enumerate(wishes)
            for source in (*chance.sample(feeds, _FOLLOWED), *own[n % workspaces])
        ]
        follow = text(
            "INSERT INTO subscription (platform, workspace, channel, source_id, posts) "
            "VALUES ('discord', :workspace, :channel, :source, 'brief')"
        )
        await store.transactions.alone(lambda connection: connection.execute(follow, rows))
        made_s = time.perf_counter() - started
        print(f"{documents:,} documents, {channels:,} channels made in {made_s:.0f} s", file=sys.stderr, flush=True)
        posting = BriefPosting(
            briefs, Briefing(desk), store, desk, subscriptions, SqlDeliveryStore(store.transactions), {},
            wake=lambda _: None, now=lambda: SLOT - timedelta(minutes=30),
        )  # fmt: skip
        for wish in wishes:  # yesterday's, of which nothing is to be measured
            record = await briefs.keep(
                wish.key, "yesterday", BriefKind.SCHEDULED, _NOTHING, made_at=SLOT - timedelta(days=1), since=None,
                from_seq=0, to_seq=yesterday,
            )  # fmt: skip
            await briefs.owed(record.id, deliveries=(), now=SLOT - timedelta(days=1))
        times: list[float] = []
        told = 0
        began, cpu = time.perf_counter(), time.process_time()
        for wish in wishes:
            at = time.perf_counter()
            record = await posting.make(Wanted(wish, "today", BriefKind.SCHEDULED, at=SLOT))
            times.append(time.perf_counter() - at)
            told += len(thawed_brief(record.body).entries)
        all_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
        posting.close()
        desk.close()
    spread = quantiles(times)
    print(f"{channels:,} channels, {documents:,} documents, {told / channels:.1f} stories a brief")
    print(f"  prepared in {all_s:.0f} s ({cpu_s:.0f} s of processor time); limit {HALF_AN_HOUR_S:.0f} s for 10,000")
    print(f"  a brief: median {spread['p50_ms']:.1f} ms, 99 of 100 within {spread['p99_ms']:.1f} ms; {resident_mb()[0]:.0f} MB")
    if all_s / channels * 10_000 > HALF_AN_HOUR_S:
        sys.exit("too slow")


_NOTHING = (
    b'{"made_at":"2031-05-13T07:00:00Z","since":null,"from_seq":0,"to_seq":0,"entries":[],"also_new":[],'
    b'"documents":0,"copies":0,"failed":[]}'
)


@click.command(help=__doc__)
@click.option("--channels", default=10_000, show_default=True)
def main(channels: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix="verbatim-briefs-", ignore_cleanup_errors=True) as folder:
        asyncio.run(_prepare(Path(folder), channels))


if __name__ == "__main__":
    main()
