"""What people do with sources, over a web by hand and the real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import TERMINAL, Scope, SourceKind
from bot.errors import NotFound, Unreadable, VerbatimError
from bot.library.source_store import Choices, OutcomeState
from bot.library.sql_source_store import SqlSourceStore
from bot.library.sql_store import SqlStore
from bot.polling.poller import Poller
from bot.sources.source_health import SourceState
from bot.sourcing.adding import Added
from bot.sourcing.use_cases import Sourcing
from tests.web import START, Clock, NoIndex, Reader, Web, entry, page, rss

FEED = "https://paper.example/feed"
HOME = "https://paper.example/"
HOUSE = Scope("house")
DAY = timedelta(days=1)
WORDS = "The harbour office opens at nine in the morning on every working day of the week, as it always has."


@dataclass
class Desk:
    web: Web
    clock: Clock
    store: SqlStore
    sources: SqlSourceStore
    poller: Poller
    sourcing: Sourcing

    async def step(self, after: timedelta = timedelta(0)) -> None:
        self.clock.at += after
        await self.poller.step()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    web, clock, reader = Web(), Clock(), Reader()
    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        sources = SqlSourceStore(store.transactions)
        poller = Poller(sources, web, reader, NoIndex(), now=clock, sleep=clock.sleep)
        yield Desk(web, clock, store, sources, poller, Sourcing(sources, store, web, reader, now=clock))


def html(head: str = "", body: str = f"<p>{WORDS}</p>") -> bytes:
    return f"<html><head><title>Paper</title>{head}</head><body><article>{body}</article></body></html>".encode()


# --- adding ---


async def test_a_feed_is_added_with_its_title_and_three_newest_items(desk: Desk) -> None:
    desk.web.put(FEED, rss(*(entry(f"a{n}", published=START - n * DAY) for n in range(5))))
    added = await desk.sourcing.add(" <paper.example/feed> ", by="somebody", choices=Choices(keep=(" a ", "a")))
    assert added.outcome is Added.ADDED
    assert [one.link[-2:] for one in added.newest] == ["a0", "a1", "a2"]
    assert added.items == 5
    assert added.source is not None
    assert (added.source.title, added.source.address, added.source.state) == ("Paper", FEED, SourceState.ACTIVE)
    assert added.source.choices.keep == ("a",)
    assert added.source.added_by == "somebody"
    assert [one.title for one in await desk.sourcing.list()] == ["Paper"]  # before its first check, too


async def test_what_is_followed_already_is_said_to_be(desk: Desk) -> None:
    desk.web.put(FEED, rss(entry("a")))
    first = await desk.sourcing.add(FEED)
    again = await desk.sourcing.add("feed:" + FEED)
    assert again.outcome is Added.KNOWN
    assert again.source is not None
    assert first.source is not None
    assert again.source.id == first.source.id
    assert (await desk.sourcing.add(FEED, audience="w:house")).outcome is Added.ADDED


async def test_a_home_page_offers_its_feeds_and_itself(desk: Desk) -> None:
    link = '<link rel="alternate" type="application/rss+xml" title="All" href="/feed">'
    desk.web.put(HOME, html(link), media_type="text/html")
    offered = await desk.sourcing.add("paper.example")
    assert offered.outcome is Added.OFFERED
    assert [(one.kind, one.address, one.title) for one in offered.offers] == [
        (SourceKind.FEED, FEED, "All"),
        (SourceKind.PAGE, HOME, "the page itself"),
    ]
    assert "Watch the page" in offered.reason
    assert await desk.sourcing.list() == ()


async def test_a_page_that_names_no_feed_is_searched_where_feeds_lie(desk: Desk) -> None:
    desk.web.put(HOME, html(), media_type="text/html")
    desk.web.put(HOME + "rss.xml", rss(entry("a")))
    offered = await desk.sourcing.add(HOME)
    assert [one.address for one in offered.offers] == [HOME + "rss.xml", HOME]


async def test_a_page_can_be_watched(desk: Desk) -> None:
    desk.web.put(HOME, html(), media_type="text/html")
    added = await desk.sourcing.add(HOME, kind=SourceKind.PAGE)
    assert added.outcome is Added.ADDED
    assert added.source is not None
    assert (added.source.kind, added.source.title) == (SourceKind.PAGE, "Paper")
    await desk.step()
    assert await desk.store.document_count(TERMINAL) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://10.0.0.7/feed", "address-not-public"),
        ("http://printer/", "address-inner-name"),
        ("file:///etc/passwd", "address-not-web"),
        ("", "address-empty"),
        ("https://paper.example/" + "a" * 3000, "address-too-long"),
        ("https://paper.example/refused", "http-403"),
        ("https://paper.example/nothing", "http-404"),
        ("https://paper.example/picture", "not-a-feed"),
    ],
)
async def test_what_cannot_be_read_is_not_stored_and_says_why(desk: Desk, text: str, code: str) -> None:
    desk.web.put("https://paper.example/refused", b"", status=403)
    desk.web.put("https://paper.example/picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, media_type="image/png")
    failed = await desk.sourcing.add(text)
    assert (failed.outcome, failed.code) == (Added.FAILED, code)
    assert failed.reason
    assert await desk.sourcing.list() == ()


async def test_a_damaged_feed_is_kept_as_failing_and_anything_can_be_kept_anyway(desk: Desk) -> None:
    desk.web.put(FEED, b"<?xml version='1.0'?><rss version='2.0'><channel><titl")
    added = await desk.sourcing.add(FEED)
    if added.outcome is Added.ADDED:
        await desk.step()
        [view] = await desk.sourcing.list()
        assert view.state is SourceState.FAILING or view.code
    late = await desk.sourcing.add("https://late.example/feed", anyway=True)
    assert (late.outcome, late.code) == (Added.ADDED, "http-404")


async def test_an_address_that_has_moved_is_added_where_it_is(desk: Desk) -> None:
    desk.web.put(FEED, b"", moved_to="https://new.example/feed")
    desk.web.put("https://new.example/feed", rss(entry("a")))
    added = await desk.sourcing.add(FEED)
    assert added.address == "https://new.example/feed"
    assert (await desk.sourcing.add("https://new.example/feed")).outcome is Added.KNOWN


# --- trying ---


async def test_a_trial_follows_no_feed_into_a_network_of_ours(desk: Desk) -> None:
    there = "http://intranet.example/salaries"
    short = replace(entry("docks"), text="The council met about the docks and decided. Read more…", link=there)
    desk.web.put(FEED, rss(short))
    await desk.sourcing.test(FEED)
    assert desk.web.entered_inner == {FEED: True, there: False}


async def test_a_trial_shows_what_would_be_read_and_stores_nothing(desk: Desk) -> None:
    short = replace(entry("docks"), text="The council met about the docks and decided. Read more…")
    desk.web.put(FEED, rss(short, entry("old", published=START - DAY), ttl=90))
    long = [f"Paragraph {n}: the council met about the docks, and much was decided that evening." for n in range(6)]
    desk.web.put("https://paper.example/docks", page("Docks", *long), media_type="text/html")
    trial = await desk.sourcing.test(FEED)
    assert (trial.ok, trial.status, trial.reader, trial.title, trial.item_count) == (True, 200, "rss 2.0", "Paper", 2)
    assert trial.interval_s == 5_400
    assert trial.conditional
    assert [one.teaser for one in trial.items] == [True, False]
    assert trial.sample is not None
    assert "Paragraph 5" in trial.sample.text
    assert trial.sample_note == "the article's text"
    assert desk.web.entered_inner["https://paper.example/docks"]
    assert await desk.sourcing.list() == ()
    assert await desk.store.sources() == []
    assert await desk.store.document_count(TERMINAL) == 0


async def test_a_trial_tells_what_is_wrong(desk: Desk) -> None:
    desk.web.put(HOME, html('<link rel="alternate" type="application/atom+xml" href="/atom">'), media_type="text/html")
    trial = await desk.sourcing.test(HOME)
    assert (trial.ok, trial.code, trial.status) == (False, "feed-is-a-page", 200)
    assert trial.offers[0].address == HOME + "atom"
    assert (await desk.sourcing.test("https://gone.example/")).code == "http-404"
    assert (await desk.sourcing.test("http://127.0.0.1/")).code == "address-not-public"
    watched = await desk.sourcing.test(HOME, watch=True)
    assert (watched.ok, watched.reader, watched.sample is not None) == (True, "page", True)


async def test_a_source_can_be_tried_by_its_name(desk: Desk) -> None:
    desk.web.put(FEED, rss(entry("a"), title="Harbour News"))
    await desk.sourcing.add(FEED)
    await desk.step()
    assert (await desk.sourcing.test("harbour")).address == FEED


# --- looking ---


async def test_a_trial_says_where_a_feed_has_moved(desk: Desk) -> None:
    moved = b"<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' version='2.0'><channel><itunes:new-feed-url>"
    raw = rss(entry("a")).replace(b"<rss version='2.0'><channel>", moved + b"https://new.example/</itunes:new-feed-url>")
    desk.web.put(FEED, raw)
    assert (await desk.sourcing.test(FEED)).problems == ("The feed says that it has moved to https://new.example/.",)


async def test_a_source_is_found_by_number_address_and_title(desk: Desk) -> None:
    for name in ("north", "south"):
        desk.web.put(f"https://{name}.example/feed", rss(entry(name), title=f"Harbour {name}"))
        await desk.sourcing.add(f"https://{name}.example/feed")
    await desk.step()
    for ref in ("#1", "1", "https://north.example/feed", "https://north.example/feed?utm_source=x", "harbour NORTH"):
        assert (await desk.sourcing.find(TERMINAL, ref)).id == 1
    with pytest.raises(NotFound) as two:
        await desk.sourcing.find(TERMINAL, "Harbour")
    assert two.value.code == "ambiguous-source"
    assert "#1 Harbour north, #2 Harbour south" in two.value.person
    for ref in ("", "#9", "nothing"):
        with pytest.raises(NotFound):
            await desk.sourcing.find(TERMINAL, ref)


async def test_each_state_has_a_code_a_reason_what_is_next_and_what_helps(desk: Desk) -> None:
    desk.web.put(FEED, rss(entry("a")))
    await desk.sourcing.add(FEED)
    await desk.step()
    [view] = await desk.sourcing.list()
    assert (view.state, view.code, view.help) == (SourceState.ACTIVE, "", "")
    assert view.next.startswith("Checked again at 2031-05-06")
    assert view.items is not None
    assert view.items.by_state == {OutcomeState.KEPT: 1}
    desk.web.places[FEED].code = "connect-timeout"
    await desk.step(DAY)
    [view] = await desk.sourcing.list(states=[SourceState.FAILING])
    assert (view.code, view.failures, view.since) == ("connect-timeout", 1, START + DAY)
    assert view.next.startswith("Tried again at")
    assert view.help
    view = await desk.sourcing.pause("1", until=START + 9 * DAY, by="Somebody")
    assert (view.state, view.code, view.reason) == (SourceState.PAUSED, "paused", "Paused by Somebody.")
    assert view.next == "Paused until 2031-05-15 12:00 UTC."
    view = await desk.sourcing.pause("1")
    assert view.next == "Paused until somebody resumes it."
    desk.web.places[FEED].code, desk.web.places[FEED].status = "", 410
    assert (await desk.sourcing.resume("1")).state is SourceState.FAILING
    await desk.step()
    [view] = await desk.sourcing.list()
    assert (view.state, view.code, view.next_at) == (SourceState.RESTING, "http-410", None)
    assert "Resume it" in view.help
    shown = await desk.sourcing.show("1")
    assert [line.code for line in shown.trail][:2] == ["http-410", "resumed"]
    assert len(shown.newest) == 1


async def test_a_reset_shows_until_somebody_decides(desk: Desk) -> None:
    desk.web.put(FEED, rss(entry("a")))
    await desk.sourcing.add(FEED)
    await desk.step()
    desk.web.put(FEED, rss(entry("a"), *(entry(f"b{n}") for n in range(25))))
    await desk.step(DAY)
    await desk.step(DAY)
    [view] = await desk.sourcing.list()
    assert (view.code, view.held, view.state) == ("feed-reset", 25, SourceState.ACTIVE)
    assert "release" in view.help
    assert await desk.sourcing.release("1", as_known=True) == 25
    [view] = await desk.sourcing.list()
    assert (view.code, view.held) == ("", 0)


async def test_post_last_announces_the_newest_of_the_baseline(desk: Desk) -> None:
    desk.web.put(FEED, rss(*(entry(f"a{n}", published=START - n * DAY) for n in range(12))))
    await desk.sourcing.add(FEED)
    await desk.step()
    posted = await desk.sourcing.post_last("1")
    assert [one.name.rpartition("/")[2] for one in posted] == [f"a{n}" for n in range(10)]


async def test_an_item_tells_why_by_link_with_trackers_by_guid_and_by_document(desk: Desk) -> None:
    desk.web.put(FEED, rss(entry("docks")))
    await desk.sourcing.add(FEED)
    await desk.step()
    for ref in ("https://paper.example/docks?utm_medium=rss", "urn:docks", "#1", "docks"):
        [story] = await desk.sourcing.why(ref)
        assert story.title == "The council talks about docks"
        assert story.trail[-1].stage == "kept"
    assert await desk.sourcing.why("https://paper.example/never") == ()


# --- changing ---


async def test_a_source_is_removed_and_that_undone(desk: Desk) -> None:
    desk.web.put(FEED, rss(entry("a")))
    await desk.sourcing.add(FEED)
    await desk.step()
    removed = await desk.sourcing.remove("1", erase=True, by="somebody")
    assert removed.undo_until == START + timedelta(minutes=10)
    assert await desk.sourcing.list() == ()
    assert await desk.store.document_count(TERMINAL) == 0
    back = await desk.sourcing.undo_remove(FEED)
    assert back.removed_at is None
    assert await desk.store.document_count(TERMINAL) == 1
    with pytest.raises(NotFound):
        await desk.sourcing.undo_remove("1")


async def test_choices_are_made_anew(desk: Desk) -> None:
    desk.web.put(FEED, rss(entry("a")))
    added = await desk.sourcing.add(FEED)
    assert added.source is not None
    choices = replace(added.source.choices, title="  My  paper ", drop=("x",), languages=(" DE",))
    view = await desk.sourcing.edit("1", choices)
    assert (view.title, view.choices.drop, view.choices.languages) == ("My paper", ("x",), ("de",))


async def test_a_workspace_sees_and_changes_its_own(desk: Desk) -> None:
    desk.web.put(FEED, rss(entry("a")))
    await desk.sourcing.add(FEED)
    await desk.sourcing.add(FEED, audience="w:house")
    await desk.sourcing.add(FEED, audience="w:other")
    assert [one.id for one in await desk.sourcing.list(HOUSE)] == [1, 2]
    assert [one.id for one in await desk.sourcing.list()] == [1, 2, 3]
    with pytest.raises(NotFound):
        await desk.sourcing.pause("3", HOUSE)
    with pytest.raises(VerbatimError) as refused:
        await desk.sourcing.remove("1", HOUSE, erase=True)
    assert refused.value.code == "not-yours"
    assert (await desk.sourcing.pause("2", HOUSE)).state is SourceState.PAUSED


# --- lists ---


async def test_a_list_is_imported_line_by_line_and_comes_out_again(desk: Desk) -> None:
    raw = b"https://a.example/f\nPaper https://b.example/f\nhttp://192.168.0.1/f\nrubbish line\nhttps://a.example/f#x\n"
    lines = await desk.sourcing.import_list(raw, "list.txt")
    assert [(one.outcome, one.code, one.title) for one in lines] == [
        (Added.ADDED, "", "https://a.example/f"),
        (Added.ADDED, "", "Paper"),
        (Added.FAILED, "address-not-public", ""),
        (Added.FAILED, "no-address", ""),
        (Added.KNOWN, "listed-twice", ""),
    ]
    opml = await desk.sourcing.export_list("opml")
    again = await desk.sourcing.import_list(opml, "x.opml", audience="w:house")
    assert [(one.outcome, one.address) for one in again] == [
        (Added.ADDED, "https://a.example/f"), (Added.ADDED, "https://b.example/f"),
    ]  # fmt: skip
    assert await desk.sourcing.export_list("txt", HOUSE) == b"https://a.example/f\nhttps://b.example/f\n"
    assert (await desk.sourcing.export_list("csv")).decode("utf-8-sig").startswith("address,title,")
    with pytest.raises(NotFound):
        await desk.sourcing.export_list("pdf")
    with pytest.raises(Unreadable):
        await desk.sourcing.import_list(b"")
