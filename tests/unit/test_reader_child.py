"""The child that reads what strangers wrote: its limits, its deaths, and the document after them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.documents.child import ReaderChild
from bot.documents.feed_items import ArticlePage, NewsItem, draft_of_item
from bot.documents.reading import read_document
from bot.errors import Unreadable
from bot.sources.feed_finding import find_feeds
from bot.sources.feed_reading import read_feed
from tests.fuzz import samples

SLOW = b"<html><body>" + b"<p>A short paragraph to be read.</p>" * 60_000

# One loop for the file, so that most tests share a warm child; whatever happens to it, the next test gets a sound one.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reader() -> AsyncIterator[ReaderChild]:
    async with ReaderChild(wall_s=300.0, cpu_s=300) as shared:  # what is not about time must not end by it
        yield shared


async def code_of(reader: ReaderChild, raw: bytes, name: str) -> str:
    with pytest.raises(Unreadable) as refused:
        await reader.read(raw, name=name)
    return refused.value.code


async def test_it_reads_what_the_parent_would_read(reader: ReaderChild) -> None:
    when = datetime(2031, 5, 2, tzinfo=UTC)
    for name, raw in samples.all_formats().items():
        assert await reader.read(raw, name=name, modified_at=when) == read_document(raw, name=name, modified_at=when)


async def test_refusals_come_through_with_both_voices(reader: ReaderChild) -> None:
    with pytest.raises(Unreadable) as refused:
        await reader.read(b"%PDF-1.7 cut", name="a.pdf")
    assert refused.value.code == "broken-pdf"
    assert refused.value.person.startswith("The PDF is damaged")


async def test_a_file_name_need_not_be_unicode(reader: ReaderChild) -> None:
    draft = await reader.read(samples.html(), name="bad-\udcff-name.html")
    assert samples.PARAGRAPHS[0] in draft.text


def is_there(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def environment_of(process: int) -> bytes:
    return Path(f"/proc/{process}/environ").read_bytes()


async def busy_child(reader: ReaderChild) -> tuple[asyncio.Task[object], int]:
    """A document that is being read and will be for a while, and the process that reads it."""
    await reader.read(samples.json_item(), name="a.json")
    (child,) = (child for child in reader._all if child.is_alive())
    before = child.documents
    reading: asyncio.Task[object] = asyncio.create_task(reader.read(SLOW, name="slow.html"))
    while child.documents == before:  # noqa: ASYNC110 - what it waits for has no event
        await asyncio.sleep(0)
    return reading, child._process.pid


async def test_a_document_over_the_limit_never_reaches_the_child() -> None:
    reader = ReaderChild()  # not started: it would be started by the first document that is sent
    with pytest.raises(Unreadable) as refused:
        await reader.read(b"x" * 100, name="a.html", max_bytes=99)
    assert refused.value.code == "too-large"
    await reader.close()


async def test_a_killed_child_costs_its_document_only(reader: ReaderChild) -> None:
    reading, process = await busy_child(reader)
    os.kill(process, signal.SIGKILL)
    with pytest.raises(Unreadable) as refused:
        await reading
    assert refused.value.code == "reader-crashed"
    assert samples.PARAGRAPHS[0] in (await reader.read(samples.html(), name="a.html")).text


async def test_a_child_that_died_between_documents_is_replaced_unnoticed(reader: ReaderChild) -> None:
    await reader.read(samples.json_item(), name="a.json")
    (child,) = (child for child in reader._all if child.is_alive())
    os.kill(child._process.pid, signal.SIGKILL)
    await child._process.wait()
    assert samples.PARAGRAPHS[0] in (await reader.read(samples.html(), name="a.html")).text


async def test_a_document_that_takes_too_long_is_given_up() -> None:
    async with ReaderChild(wall_s=0.2) as reader:
        assert await code_of(reader, SLOW, "slow.html") == "reader-timeout"


async def test_a_document_that_needs_too_much_memory_is_given_up() -> None:
    # Every element brings the attribute along. (The limits on time are for a machine that has other things to do.)
    large = b'<?xml version="1.0"?><!DOCTYPE a [<!ATTLIST b c CDATA "' + b"h" * 50_000 + b'">]><a>' + b"<b/>" * 20_000 + b"</a>"
    async with ReaderChild(memory_bytes=260 * 2**20, wall_s=300.0, cpu_s=300) as reader:
        assert await code_of(reader, large, "large.xml") == "reader-memory"
        assert samples.PARAGRAPHS[0] in (await reader.read(samples.html(), name="a.html")).text


async def test_a_cancelled_document_does_not_answer_the_next_one(reader: ReaderChild) -> None:
    reading, _ = await busy_child(reader)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert samples.PARAGRAPHS[0] in (await reader.read(samples.html(), name="a.html")).text


async def test_a_child_is_renewed_after_its_share_of_documents() -> None:
    async with ReaderChild(documents_per_child=2) as reader:
        seen = set()
        for _ in range(3):
            await reader.read(samples.json_item(), name="a.json")
            seen |= {child._process.pid for child in reader._all if child.documents}
    assert len(seen) == 2


async def test_no_child_outlives_its_parent() -> None:
    async with ReaderChild(children=2) as reader:
        pids = [child._process.pid for child in reader._all]
    assert len(pids) == 2
    assert not any(map(is_there, pids))


CHILD_WITHOUT_NETWORK = """
from bot.documents.child import _forbid_network
_forbid_network()
import socket, urllib.request
for attempt in (lambda: socket.socket(), lambda: socket.create_connection(("127.0.0.1", 9)), lambda: socket.getaddrinfo("localhost", 9),
                lambda: urllib.request.urlopen("http://127.0.0.1:9/")):
    try:
        attempt()
    except OSError as error:
        assert "no network" in str(error), error
    else:
        raise SystemExit("a socket was opened")
"""


async def test_the_child_opens_no_sockets() -> None:
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", CHILD_WITHOUT_NETWORK], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


async def test_no_secret_of_the_environment_reaches_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-canary")
    async with ReaderChild() as reader:
        (child,) = reader._all
        assert b"canary" not in environment_of(child._process.pid)


async def test_items_of_feeds_are_read_there_too(reader: ReaderChild) -> None:
    item = NewsItem(title=samples.TITLE, content="<p>\udcffDie Brücke ist zu.</p>")
    page = ArticlePage(samples.html())
    assert (await reader.read_item(item)).draft.title == samples.TITLE
    item = replace(item, content="<p>Die Brücke über die Lohne bleibt zu.</p>")
    assert await reader.read_item(item, page) == draft_of_item(item, page)


async def test_feeds_are_read_there_too(reader: ReaderChild) -> None:
    now = datetime(2031, 5, 2, tzinfo=UTC)
    raw = (
        b'<rss version="2.0"><channel><title>Harbour News</title><ttl>60</ttl><item><guid>7</guid><title>Quay & crane</title>'
        b"<link>https://harbour.example.com/7?utm_source=feed</link><pubDate>Fri, 02 May 2031 06:00:00 GMT</pubDate></item>"
    )
    feed = await reader.read_feed(raw, media_type="text/xml", address="https://harbour.example.com/feed", now=now)
    assert feed == read_feed(raw, media_type="text/xml", address="https://harbour.example.com/feed", now=now)
    assert [item.title for item in feed.items] == ["Quay & crane"]
    with pytest.raises(Unreadable) as refused:
        await reader.read_feed(b"<html><body>Nothing here.</body></html>")
    assert refused.value.code == "feed-is-a-page"


async def test_feeds_of_pages_are_found_there_too(reader: ReaderChild) -> None:
    raw = b'<head><link rel="alternate" type="application/atom+xml" href="/atom.xml" title="News"></head>'
    found = await reader.find_feeds(raw, address="https://harbour.example.com/")
    assert found == find_feeds(raw, "https://harbour.example.com/")
    assert [feed.address for feed in found] == ["https://harbour.example.com/atom.xml"]
