"""Bombs as feeds, as articles behind items and as watched pages, over HTTP: each ends, and all others are read meanwhile."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.documents.child import ReaderChild
from bot.domain import EVERYONE, DocumentState, Scope, SourceKind
from bot.library.source_store import Choices, Following
from bot.library.sql_source_store import SqlSourceStore
from bot.library.sql_store import SqlStore
from bot.polling.poller import Poller
from bot.sources.fetcher import Fetcher, FetchRules
from bot.sources.host_pace import HostPace
from bot.sources.public_networks import read_networks
from bot.sources.source_health import SourceState
from tests.fuzz.bombs import BOMBS, zeros
from tests.protocol.web_server import Script, Talk, WebServer, answer
from tests.web import START, Clock, Entry, NoIndex, entry, page, rss

HOUSE = Scope("house")
RSS, HTML = "application/rss+xml", "text/html"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ARTICLE = [f"Paragraph {n}: the council met about the docks, and much was decided on that long evening." for n in range(8)]
pytestmark = pytest.mark.slow


def bomb(name: str, media_type: str) -> bytes:
    return answer(BOMBS[name](), Content_Type=media_type)


async def endless(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>")
    while True:
        await talk.send(b"<p>more of it, and more " * 4_000)


async def dripping(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        await talk.send(b"<")
        await asyncio.sleep(0.2)


async def endless_gzip(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    packed = gzip.compress(bytes(1_000_000))
    while True:
        await talk.send(packed)


def bombs() -> dict[str, Script]:
    """What stands at which path. The codes of feeds are in `FEEDS`."""
    return {
        "gzip": answer(zeros(100), Content_Encoding="gzip"),
        "gzip for ever": endless_gzip,
        "no encoding": answer(zeros(100), Content_Type=RSS),
        "endless": endless,
        "drip": dripping,
        "laughs": bomb("XML: billion laughs.xml", RSS),
        "defaults": bomb("XML: attributes by default.xml", RSS),
        "levels": bomb("XML: a million levels.xml", RSS),
        "brackets": bomb("JSON: a million brackets.json", "application/feed+json"),
        "word": bomb("Word: a text of 90 MB.docx", WORD),
        "zip": bomb("Word: 10,000 names for one part.docx", WORD),
        "pdf": bomb("PDF: a form that draws itself.pdf", "application/pdf"),
        "page": bomb("page: a million levels.html", HTML),
    }


@dataclass
class Desk:
    server: WebServer
    clock: Clock
    store: SqlStore
    sources: SqlSourceStore
    poller: Poller

    def at(self, path: str, host: str) -> str:
        return self.server.at(f"/{path.replace(' ', '-')}", f"{host.replace(' ', '-')}.example")

    def serve(self, path: str, script: Script) -> None:
        self.server.pages[f"/{path.replace(' ', '-')}"] = script

    async def follow(self, address: str, kind: SourceKind = SourceKind.FEED) -> Following:
        one, _ = await self.sources.add(kind, address, EVERYONE, Choices(), now=self.clock())
        return one

    async def good_feeds(self) -> set[str]:
        """Four honest feeds with an article each; the names of their items."""
        names = set()
        for n in range(4):
            link = self.at(f"article{n}", f"good{n}")
            self.serve(f"article{n}", answer(page(f"The docks, part {n}", *ARTICLE), Content_Type=HTML))
            short = Entry(f"urn:short{n}", "Docks", "The council met about the docks and decided. Read more…", link, START)
            whole = replace(entry(f"whole{n}"), link=self.at(f"whole{n}", f"good{n}"))
            self.serve(f"good{n}", answer(rss(short, whole), Content_Type=RSS))
            await self.follow(self.at(f"good{n}", f"good{n}"))
            names |= {link, whole.link}
        return names

    async def texts(self) -> dict[str, str]:
        found = {}
        for one in await self.store.documents(HOUSE, limit=500):
            assert one.state is DocumentState.KEPT, (one.name, one.reason)
            assert one.version is not None
            version = await self.store.version(HOUSE, one.version.id)
            assert version is not None
            found[one.name] = version.text
        return found


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async def here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    clock = Clock()
    opened = await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}")
    async with WebServer() as server, opened as store, ReaderChild(wall_s=300.0, cpu_s=300) as reader:
        rules = FetchRules(
            allowed_networks=read_networks("127.0.0.0/8"),
            allowed_ports=frozenset({server.port}),
            resolver=here,
            total_s=6.0,
            idle_s=2.0,
        )
        fetcher = Fetcher(rules, HostPace(distance_s=0.0), wall_clock=clock)
        sources = SqlSourceStore(store.transactions)
        poller = Poller(sources, fetcher, reader, NoIndex(), now=clock, sleep=clock.sleep)
        yield Desk(server, clock, store, sources, poller)
        await fetcher.close()


SLOW = "too-slow"  # on a busy machine any of them may be, before it is found out what it is
# What may be said of a bomb that is a feed: one code, or several where limits race each other.
FEEDS = {
    "gzip": "body-too-large", "gzip for ever": "body-too-large", "no encoding": "not-a-feed",
    "endless": "body-too-large too-slow", "drip": "too-slow", "laughs": "not-a-feed feed-broken",
    "defaults": "not-a-feed feed-too-large reader-memory", "levels": "not-a-feed feed-broken", "brackets": "not-a-feed",
    "word": "not-a-feed", "zip": "not-a-feed", "pdf": "not-a-feed", "page": "feed-is-a-page feed-broken",
}  # fmt: skip

# The last two lines of the trail of an item whose article is a bomb; its document is the feed's own text.
ARTICLES = {
    "gzip": ["body-too-large", "feed-text"], "gzip for ever": ["body-too-large", "feed-text"],
    "endless": ["body-too-large", "feed-text"], "drip": ["too-slow", "feed-text"], "no encoding": ["ok", "unsupported"], "laughs": ["ok", "entities"],
    "defaults": ["ok", "reader-memory"], "levels": ["ok", "too-deep"], "brackets": ["ok", "other-text"],
    "word": ["ok", "bomb"], "zip": ["ok", "bomb"], "pdf": ["ok", "scan"], "page": ["ok", "no-text"],
}  # fmt: skip


async def test_bombs_that_are_feeds_fail_alone(desk: Desk) -> None:
    expected = await desk.good_feeds()
    followed = {}
    for name, script in bombs().items():
        desk.serve(name, script)
        followed[name] = await desk.follow(desk.at(name, name))
    step = await desk.poller.step()
    assert step.failed == len(followed)
    assert set(await desk.texts()) == expected
    told = {news.watched.address: news for news in step.addresses}
    for name, one in followed.items():
        news = told[one.address]
        assert news.watched.health.state is SourceState.FAILING, name
        assert news.code in (*FEEDS[name].split(), SLOW), name
        assert news.reason, name


async def test_bombs_behind_items_leave_the_feed_s_own_text(desk: Desk) -> None:
    expected = await desk.good_feeds()
    items: list[Entry] = []
    for name, script in bombs().items():
        desk.serve(name, script)
        text = f"The council met about the {name} and decided something. Read more…"
        items.append(Entry(f"urn:{name}", f"About the {name}", text, desk.at(name, name), START))
        desk.serve(f"feed of {name}", answer(rss(items[-1]), Content_Type=RSS))
        await desk.follow(desk.at(f"feed of {name}", name))
    await desk.poller.step()
    assert expected <= set(await desk.texts())
    for _ in range(4):  # what may pass is tried again before the feed's own text has to do
        desk.clock.at += timedelta(hours=1)
        await desk.poller.step()
    texts = await desk.texts()
    assert set(texts) == expected | {one.link for one in items}
    told: dict[str, list[str]] = {}
    for one in items:
        assert "decided something" in texts[one.link], one.guid
        [story] = await desk.sources.why(HOUSE, [one.guid])
        told[one.guid.removeprefix("urn:")] = [line.code for line in story.trail if line.stage in ("fetched", "read")]
    expected_of = {name: codes for name, codes in ARTICLES.items() if told[name][-2:] != [SLOW, "feed-text"]}
    assert {name: told[name][-2:] for name in expected_of} == expected_of


async def test_bombs_that_are_watched_pages_fail_alone(desk: Desk) -> None:
    expected = await desk.good_feeds()
    followed = []
    for name, script in bombs().items():
        desk.serve(name, script)
        followed.append(await desk.follow(desk.at(name, name), SourceKind.PAGE))
    step = await desk.poller.step()
    assert step.failed == len(followed)
    assert set(await desk.texts()) == expected
    for one in await desk.sources.followings():
        if one.kind is SourceKind.PAGE:
            assert one.watched.health.state is SourceState.FAILING, one.address
            assert one.watched.health.reason, one.address


async def test_a_bomb_within_a_feed_is_one_item_of_it(desk: Desk) -> None:
    expected = await desk.good_feeds()
    deep = Entry("urn:deep", "A deep item", "<div>" * 100_000 + "the end of it", desk.at("deep", "deep"), START)
    long = Entry("urn:long", "A long item", "word " * 1_000_000, desk.at("long", "deep"), START)
    whole = replace(entry("beside"), link=desk.at("beside", "deep"))
    desk.serve("feed", answer(rss(deep, whole, long), Content_Type=RSS))
    await desk.follow(desk.at("feed", "deep"))
    for _ in range(4):
        await desk.poller.step()
        desk.clock.at += timedelta(hours=1)
    states = {one.name: one.state for one in await desk.store.documents(HOUSE, limit=500)}
    assert expected | {whole.link} <= {name for name, state in states.items() if state is DocumentState.KEPT}
    assert {deep.link, long.link} <= set(states)
