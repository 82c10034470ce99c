"""Polling over a web by hand, with the real store, the real readers and a clock that obeys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.documents.feed_items import ArticlePage, ItemDraft, NewsItem
from bot.domain import EVERYONE, Document, DocumentState, Scope, SourceKind
from bot.errors import DiskFull, IndexUnusable, Unreadable, VerbatimError
from bot.intake import Happened
from bot.library.source_store import Choices, Following, OutcomeState
from bot.library.sql_source_store import SqlSourceStore
from bot.library.sql_store import SqlStore
from bot.polling.holders import is_dead, this_process
from bot.polling.poller import Poller
from bot.polling.ports import Follows
from bot.polling.steps import AddressChange, Step
from bot.sources.source_health import SourceState
from tests.web import START, Clock, Entry, NoIndex, Place, Reader, Web, entry, page, rss

FEED = "https://paper.example/feed"
HOUSE = Scope("house")
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass
class Desk:
    """A poller and all that it works with."""

    web: Web
    clock: Clock
    store: SqlStore
    sources: SqlSourceStore
    reader: Reader
    poller: Poller

    async def follow(self, address: str = FEED, kind: SourceKind = SourceKind.FEED, **choices: object) -> Following:
        one, _ = await self.sources.add(kind, address, EVERYONE, Choices(**choices), now=self.clock())  # type: ignore[arg-type]
        return one

    def poll_with(self, *, reader: Reader | None = None, intake: Follows | None = None) -> None:
        self.poller = Poller(
            self.sources,
            self.web,
            reader or self.reader,
            intake or NoIndex(),
            now=self.clock,
            sleep=self.clock.sleep,
        )

    async def step(self, after: timedelta = timedelta(0)) -> Step:
        self.clock.at += after
        return await self.poller.step()

    async def source(self) -> Following:
        [one] = await self.sources.followings()
        return one

    async def documents(self) -> list[Document]:
        return await self.store.documents(HOUSE)

    async def text_of(self, document: Document) -> str:
        assert document.version is not None
        version = await self.store.version(HOUSE, document.version.id)
        assert version is not None
        return version.text


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    web, clock, reader = Web(), Clock(), Reader()
    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        sources = SqlSourceStore(store.transactions)
        poller = Poller(sources, web, reader, NoIndex(), now=clock, sleep=clock.sleep)
        yield Desk(web, clock, store, sources, reader, poller)


def many(*names: str) -> tuple[Entry, ...]:
    return tuple(entry(name) for name in names)


# --- what is news ---


async def test_what_a_new_source_holds_is_its_baseline_and_what_comes_later_is_news(desk: Desk) -> None:
    desk.web.put(FEED, rss(*many("docks", "school")))
    await desk.follow()
    first = await desk.step()
    assert (first.checks, first.baseline, first.found, len(first.events)) == (1, 2, 0, 2)
    assert all(event.document.baseline for event in first.events)
    desk.web.put(FEED, rss(*many("museum", "docks", "school")))
    later = await desk.step(DAY)
    assert [(event.happened, event.document.name, event.document.baseline) for event in later.events] == [
        (Happened.NEW, "https://paper.example/museum", False)
    ]
    source = await desk.source()
    assert (source.title, source.watched.format, source.watched.health.state) == ("Paper", "rss 2.0", SourceState.ACTIVE)


async def test_an_unchanged_feed_is_asked_conditionally_and_not_read_again(desk: Desk) -> None:
    desk.web.put(FEED, rss(*many("docks")))
    await desk.follow()
    await desk.step()
    for _ in range(5):
        step = await desk.step(DAY)
        assert (step.checks, step.not_modified, step.events) == (1, 1, [])
    assert desk.reader.feeds == 1
    desk.web.places[FEED].validators = False
    await desk.step(DAY)
    await desk.step(DAY)
    assert desk.reader.feeds == 1


async def test_nothing_is_asked_for_before_its_time(desk: Desk) -> None:
    desk.web.put(FEED, rss(*many("docks"), ttl=120))
    await desk.follow()
    step = await desk.step()
    assert step.next_due is not None
    assert step.next_due - desk.clock() >= 2 * HOUR
    assert (await desk.step(HOUR)).checks == 0
    assert (await desk.step(2 * HOUR)).checks == 1


async def test_a_renamed_headline_and_a_bumped_date_make_versions_not_documents(desk: Desk) -> None:
    one = entry("docks")
    desk.web.put(FEED, rss(one))
    await desk.follow()
    await desk.step()
    desk.web.put(FEED, rss(replace(one, title="A better headline about the docks")))
    assert [event.happened for event in (await desk.step(DAY)).events] == [Happened.CHANGED]
    desk.web.put(FEED, rss(replace(one, title="A better headline about the docks", published=START)))
    await desk.step(DAY)
    [document] = await desk.documents()
    assert document.version is not None
    assert document.version.number == 3
    assert document.version.title == "A better headline about the docks"


async def test_a_feed_that_renews_its_dates_at_every_look_makes_a_few_versions_only(desk: Desk) -> None:
    await desk.follow()
    for n in range(12):
        desk.web.put(FEED, rss(entry("docks", published=START + n * HOUR)))
        await desk.step(DAY)
    [document] = await desk.documents()
    assert document.version is not None
    assert document.version.number <= 4


@pytest.mark.parametrize(
    "again",
    [
        {"guid": "urn:new-scheme"},
        {"guid": "", "link": "https://paper.example/docks?utm_source=feed"},
        {"guid": "", "link": "http://www.paper.example/docks/"},
        {"guid": "urn:new", "link": "https://paper.example/2031/05/docks.html"},
        {"guid": ""},
    ],
)
async def test_an_item_that_changes_its_guid_or_its_link_is_the_same_item(desk: Desk, again: dict[str, str]) -> None:
    desk.web.put(FEED, rss(entry("docks")))
    await desk.follow()
    await desk.step()
    desk.web.put(FEED, rss(replace(entry("docks"), **again)))  # type: ignore[arg-type]
    await desk.step(DAY)
    assert len(await desk.documents()) == 1


async def test_an_item_stays_known_whatever_of_it_is_missing_for_a_day(desk: Desk) -> None:
    docks = entry("docks")
    steps = (
        docks,
        Entry(guid=docks.guid),  # a damaged answer: no link, no words
        replace(docks, guid="urn:new"),  # known by its link
        replace(docks, guid="urn:new", link="https://paper.example/2031/docks", text=docks.text.upper()),
        replace(docks, guid="", link="https://paper.example/2031/docks", text=docks.text.upper()),
        replace(docks, guid="urn:new", link="https://paper.example/2032/docks"),
    )
    await desk.follow()
    for shown in steps:
        desk.web.put(FEED, rss(shown))
        await desk.step(DAY)
    [document] = await desk.documents()
    assert document.version is not None
    assert (document.version.number, document.state) == (3, DocumentState.KEPT)


async def test_items_that_share_a_guid_or_a_link_are_told_apart(desk: Desk) -> None:
    front = "https://paper.example/"
    same_guid = [replace(entry(name), guid="1") for name in ("docks", "school")]
    same_link = [replace(entry(name), link=front) for name in ("museum", "bridge")]
    bare = [Entry(title=f"Note on {name}", text=f"A short word about {name}.", link=front) for name in ("eels", "ducks")]
    desk.web.put(FEED, rss(*same_guid, *same_link, *bare, *bare))
    await desk.follow()
    await desk.step()
    assert len(await desk.documents()) == 6
    desk.web.put(FEED, rss(*bare, *same_link, *same_guid))
    await desk.step(DAY)
    assert len(await desk.documents()) == 6


async def test_a_feed_that_was_reset_is_held_and_asked_about(desk: Desk) -> None:
    desk.web.put(FEED, rss(*many("docks")))
    one = await desk.follow()
    await desk.step()
    desk.web.put(FEED, rss(*many("docks", *(f"old{n}" for n in range(30)))))
    step = await desk.step(DAY)
    assert (step.found, step.held, step.events) == (0, 30, [])
    [news] = step.addresses
    assert (news.change, news.code, news.held) == (AddressChange.HELD, "feed-reset-many", 30)
    assert "reset?" in news.reason
    assert (await desk.step(DAY)).events == []
    assert (await desk.sources.counts([one.id]))[one.id].by_state[OutcomeState.HELD] == 30
    await desk.sources.release(one.id, now=desk.clock())
    assert len((await desk.step()).events) == 30


async def test_a_source_that_was_out_of_reach_brings_all_that_it_missed(desk: Desk) -> None:
    desk.web.put(FEED, rss(*(entry(f"a{n}", published=START - n * HOUR) for n in range(24))))
    await desk.follow()
    await desk.step()
    desk.web.places[FEED].code = "connect-refused"
    for _ in range(3):
        await desk.step(DAY)
    desk.web.put(FEED, rss(*(entry(f"b{n}", published=START + n * HOUR) for n in range(24))))
    step = await desk.step(DAY)
    assert (step.held, len(step.events)) == (0, 24)


# --- full articles ---


def teaser(name: str = "docks") -> Entry:
    return replace(entry(name), text=f"The council met about the {name} and decided something. Read more…")


ARTICLE = [f"Paragraph {n}: the council met about the docks, and much was decided on that long evening." for n in range(8)]


async def test_a_teaser_is_followed_to_its_article(desk: Desk) -> None:
    desk.web.put(FEED, rss(teaser()))
    desk.web.put("https://paper.example/docks", page("Docks decided", *ARTICLE), media_type="text/html")
    await desk.follow()
    step = await desk.step()
    assert step.articles == 1
    [document] = await desk.documents()
    [story] = await desk.sources.why(HOUSE, ["urn:docks"])
    assert [(line.stage, line.code) for line in story.trail] == [
        ("found", "found"), ("found", "baseline"), ("fetched", "ok"), ("read", "article"), ("kept", "new"),
    ]  # fmt: skip
    assert "Paragraph 7" in await desk.text_of(document)


@pytest.mark.parametrize(("after", "fetched"), [(HOUR, 1), (2 * DAY, 2)])
async def test_an_article_that_two_feeds_list_is_fetched_once(desk: Desk, after: timedelta, fetched: int) -> None:
    link = "https://paper.example/docks"
    desk.web.put(link, page("Docks decided", *ARTICLE), media_type="text/html")
    for n in range(2):
        address = f"https://paper.example/feed/{n}"
        desk.web.put(address, rss(replace(teaser(), guid=f"urn:{n}", link=f"{link}?utm_source={n}")))
        await desk.follow(address)
        await desk.step(after)
    assert desk.web.asked[link] == fetched
    texts = [await desk.text_of(one) for one in await desk.documents()]
    assert len(texts) == 2
    assert all("Paragraph 7" in text for text in texts)
    trail = [(line.stage, line.code) for story in await desk.sources.why(HOUSE, ["urn:1"]) for line in story.trail]
    assert (("fetched", "known-page") in trail) == (fetched == 1)


async def test_what_a_site_s_own_feed_may_reach_is_not_handed_to_another(desk: Desk) -> None:
    link = "https://paper.example/docks"
    desk.web.put(link, page("Docks decided", *ARTICLE), media_type="text/html")
    for address in (FEED, "https://elsewhere.example/feed"):
        desk.web.put(address, rss(teaser()))
        await desk.follow(address)
        await desk.step(HOUR)
    assert desk.web.asked[link] == 2
    assert desk.web.entered_inner[link] is False


async def test_an_article_that_has_changed_is_fetched_anew(desk: Desk) -> None:
    link = "https://paper.example/docks"
    desk.web.put(link, page("Docks decided", *ARTICLE), media_type="text/html")
    addresses = [f"https://paper.example/feed/{n}" for n in range(2)]
    for address in addresses:
        desk.web.put(address, rss(teaser()))
        await desk.follow(address)
        await desk.step(HOUR)
    desk.web.put(addresses[1], rss(replace(teaser(), title="The docks, once more")))
    await desk.step(HOUR)
    assert desk.web.asked[link] == 2


async def test_a_feed_s_links_to_other_hosts_do_not_open_our_networks(desk: Desk) -> None:
    here, there = "https://paper.example/docks", "http://intranet.example/salaries"
    desk.web.put(FEED, rss(teaser(), replace(teaser("salaries"), link=there)))
    for address in (here, there):
        desk.web.put(address, page("Decided", *ARTICLE), media_type="text/html")
    await desk.follow()
    await desk.step()
    assert desk.web.entered_inner == {FEED: True, here: True, there: False}


async def test_a_source_may_say_that_teasers_will_do(desk: Desk) -> None:
    desk.web.put(FEED, rss(teaser()))
    await desk.follow(full_articles=False)
    assert (await desk.step()).articles == 0
    assert desk.web.asked["https://paper.example/docks"] == 0
    assert len(await desk.documents()) == 1


@pytest.mark.parametrize("place", [Place(status=403), Place(code="robots-refuses"), Place(status=410)])
async def test_where_the_article_is_refused_the_feed_s_own_text_is_kept_with_a_note(desk: Desk, place: Place) -> None:
    desk.web.put(FEED, rss(teaser()))
    desk.web.places["https://paper.example/docks"] = place
    await desk.follow()
    for _ in range(4):
        await desk.step(HOUR)
    [document] = await desk.documents()
    assert "decided something" in await desk.text_of(document)
    [story] = await desk.sources.why(HOUSE, ["urn:docks"])
    assert any(line.stage == "fetched" and "own text is used" in line.detail for line in story.trail)


async def test_an_article_that_is_late_is_tried_again_before_the_feed_has_to_do(desk: Desk) -> None:
    desk.web.put(FEED, rss(teaser()))
    desk.web.put("https://paper.example/docks", b"", status=503, retry_after_s=600)
    await desk.follow()
    step = await desk.step()
    assert (step.postponed, step.readings) == (1, 0)
    assert step.next_due == START + timedelta(minutes=10)
    desk.web.put("https://paper.example/docks", page("Docks decided", *ARTICLE), media_type="text/html")
    assert (await desk.step(timedelta(minutes=10))).readings == 1
    [document] = await desk.documents()
    assert "Paragraph 7" in await desk.text_of(document)


class PoisonedReader(Reader):
    """A reader that dies of one word."""

    async def read_item(self, item: NewsItem, page: ArticlePage | None = None) -> ItemDraft:
        if "poison" in item.title or (page is not None and b"poison" in page.raw):
            raise Unreadable("reader-crashed", "", "Reading failed badly.")
        return await super().read_item(item, page)


async def test_a_poisonous_item_is_parked_after_three_tries_and_harms_no_other(desk: Desk) -> None:
    desk.poll_with(reader=PoisonedReader())
    desk.web.put(FEED, rss(entry("poison"), entry("docks")))
    await desk.follow()
    await desk.step()
    assert [d.name for d in await desk.documents()] == ["https://paper.example/docks"]
    for _ in range(3):
        await desk.step(HOUR)
    states = {d.name.rpartition("/")[2]: (d.state, d.reason) for d in await desk.documents()}
    assert states["poison"] == (DocumentState.FAILED, "Reading failed badly.")
    [story] = await desk.sources.why(HOUSE, ["urn:poison"])
    assert [line.code for line in story.trail if line.stage == "read"] == ["reader-crashed"] * 3
    assert story.due_at is None


async def test_a_page_that_kills_the_reader_leaves_the_feed_s_own_text(desk: Desk) -> None:
    desk.poll_with(reader=PoisonedReader())
    desk.web.put(FEED, rss(teaser()))
    desk.web.put("https://paper.example/docks", page("x", "poison"), media_type="text/html")
    await desk.follow()
    await desk.step()
    [document] = await desk.documents()
    assert "decided something" in await desk.text_of(document)


# --- filters ---


async def test_filters_let_through_what_people_chose_and_tell_the_rule(desk: Desk) -> None:
    await desk.follow(keep=("docks", "school"), drop=("museum",))
    both = replace(entry("docks"), title="Docks and museum")
    desk.web.put(FEED, rss(*many("docks", "ducks"), replace(both, guid="urn:both", link="https://paper.example/both")))
    await desk.step()
    assert [d.name for d in await desk.documents()] == ["https://paper.example/docks"]
    [story] = await desk.sources.why(HOUSE, ["urn:both"])
    assert (story.outcomes[0].state, story.outcomes[0].code) == (OutcomeState.FILTERED, "drop")
    assert "“museum”" in story.outcomes[0].reason
    [story] = await desk.sources.why(HOUSE, ["urn:ducks"])
    assert story.outcomes[0].code == "keep"


async def test_the_article_of_a_dropped_item_is_not_fetched(desk: Desk) -> None:
    desk.web.put(FEED, rss(teaser()))
    await desk.follow(drop=("docks",))
    assert (await desk.step()).articles == 0
    assert await desk.documents() == []


async def test_the_topics_of_an_item_count_as_its_words(desk: Desk) -> None:
    feed = rss(entry("docks"), entry("match"), replace(teaser(), link="https://paper.example/draw"))
    for name, topic in (("match", "Sport"), ("draw", "Sport"), ("docks", "Local news")):
        link = f"<link>https://paper.example/{name}</link>".encode()
        feed = feed.replace(link, link + f"<category>{topic}</category>".encode())
    desk.web.put(FEED, feed)
    await desk.follow(drop=("sport",))
    await desk.sources.add(SourceKind.FEED, FEED, "w:house", Choices(keep=("sport",), full_articles=False), now=desk.clock())
    step = await desk.step()
    kept = {(d.name.rpartition("/")[2], d.source_id) for d in await desk.documents()}
    assert kept == {("docks", 1), ("match", 2), ("draw", 2)}
    assert step.articles == 0


async def test_another_language_is_filtered(desk: Desk) -> None:
    desk.web.put(FEED, rss(entry("docks")))
    await desk.follow(languages=("de",))
    await desk.step()
    [story] = await desk.sources.why(HOUSE, ["urn:docks"])
    assert story.outcomes[0].code == "language"


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (Place(status=500), "http-500"),
        (Place(status=404), "http-404"),
        (Place(status=403), "http-403"),
        (Place(status=429, retry_after_s=900), "http-429"),
        (Place(code="connect-timeout"), "connect-timeout"),
        (Place(code="redirect-loop"), "redirect-loop"),
        (Place(page("Sign in", "Please sign in to go on."), media_type="text/html"), "feed-is-a-page"),
        (Place(b""), "feed-empty-body"),
        (Place(rss()), "feed-empty"),
        (Place(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "not-a-feed"),
    ],
)
async def test_each_way_to_fail_is_reported_at_once_with_code_and_reason(desk: Desk, place: Place, code: str) -> None:
    desk.web.put(FEED, rss(*many("docks", "museum", "bridge")))
    await desk.follow()
    await desk.step()
    desk.web.places[FEED] = place
    step = await desk.step(DAY)
    [news] = step.addresses
    assert (news.change, news.code) == (AddressChange.FAILING, code)
    source = await desk.source()
    assert (source.watched.health.state, source.watched.health.code) == (SourceState.FAILING, code)
    assert source.watched.health.reason
    assert source.watched.health.next_check_at is not None
    assert (await desk.step(DAY)).addresses == []
    desk.web.put(FEED, rss(*many("docks", "school")))
    step = await desk.step(DAY)
    assert [one.change for one in step.addresses] == [AddressChange.WELL]
    assert len(step.events) == 1


async def test_gone_rests_at_once_and_is_told(desk: Desk) -> None:
    desk.web.put(FEED, b"", status=410)
    one = await desk.follow()
    step = await desk.step()
    assert [news.change for news in step.addresses] == [AddressChange.RESTING]
    assert step.next_due is None
    assert (await desk.step(400 * DAY)).checks == 0
    desk.web.put(FEED, rss(*many("docks")))
    await desk.sources.resume(one.id, now=desk.clock())
    assert (await desk.step()).baseline == 1


async def test_failures_end_in_rest_and_a_feed_that_comes_back_is_found(desk: Desk) -> None:
    desk.web.places[FEED] = Place(code="connect-refused")
    await desk.follow()
    for _ in range(200):
        await desk.step(2 * HOUR)
    assert (await desk.source()).watched.health.state is SourceState.RESTING
    assert desk.web.asked[FEED] < 70
    desk.web.put(FEED, rss(*many("docks")))
    for _ in range(8):
        await desk.step(DAY)
    assert (await desk.source()).watched.health.state is SourceState.ACTIVE


async def test_a_feed_that_falls_silent_is_remarked_upon(desk: Desk) -> None:
    desk.web.put(FEED, rss(*(entry(f"a{n}", published=START - n * HOUR) for n in range(20))))
    await desk.follow()
    changes = [news.code for _ in range(40) for news in (await desk.step(DAY)).addresses]
    assert changes == ["feed-quiet"]
    assert (await desk.source()).watched.health.state is SourceState.ACTIVE


async def test_a_feed_that_is_cut_off_gives_what_can_be_read_and_a_remark(desk: Desk) -> None:
    whole = rss(*many("docks", "school", "museum"))
    desk.web.put(FEED, whole[: whole.index(b"museum") + 60])
    await desk.follow()
    step = await desk.step()
    assert step.baseline >= 2
    health = (await desk.source()).watched.health
    assert (health.state, health.code) == (SourceState.ACTIVE, "feed-cut")
    assert "line" in health.reason


async def test_wherever_a_feed_is_cut_off_each_of_its_items_becomes_one_document(desk: Desk) -> None:
    await desk.follow()
    shown: list[Entry] = []
    for n in range(12):
        shown = [entry(f"{n}-docks"), entry(f"{n}-school", text="A school."), *shown[:2]]
        whole = rss(*shown)
        at = whole.index(b"<item>")
        desk.web.put(FEED, whole[: at + (len(whole) - at) * n // 12])
        await desk.step(DAY)
        desk.web.put(FEED, whole)
        await desk.step(DAY)
    documents = await desk.store.documents(HOUSE)
    assert {one.state for one in documents} == {DocumentState.KEPT}
    assert len(documents) == 24
    assert max(one.version.number for one in documents if one.version is not None) == 1


async def test_a_feed_that_is_cut_again_and_again_never_gives_half_an_item(desk: Desk) -> None:
    whole = rss(*many("docks", "school", "museum"))
    in_first = whole.index(b"paper.example/docks") + len(b"paper.example/do")
    in_second = whole.index(b"paper.example/school") + len(b"paper.example/sch")
    await desk.follow()
    for at in (in_first, len(whole), in_second, in_first, in_second, whole.index(b"<item>"), in_first, len(whole)):
        desk.web.put(FEED, whole[:at])
        await desk.step(DAY)
    names = {f"https://paper.example/{name}" for name in ("docks", "school", "museum")}
    assert {(one.name, one.version and one.version.number) for one in await desk.documents()} == {(n, 1) for n in names}


async def test_an_item_of_which_a_broken_feed_says_nothing_waits_for_one_that_does(desk: Desk) -> None:
    desk.web.put(FEED, rss(entry("docks"), Entry(guid="urn:school")).replace(b"</rss>", b"<rss"))
    await desk.follow()
    await desk.step()
    desk.web.put(FEED, rss(*many("docks", "school")))
    await desk.step(DAY)
    assert [one.state for one in await desk.store.documents(HOUSE)] == [DocumentState.KEPT] * 2


async def test_what_was_cut_off_at_the_first_look_is_baseline_too(desk: Desk) -> None:
    whole = rss(*many("docks", "school", "museum"))
    desk.web.put(FEED, whole[: whole.index(b"school") + 9])
    await desk.follow()
    first = await desk.step()
    desk.web.put(FEED, whole)
    second = await desk.step(DAY)
    desk.web.put(FEED, rss(*many("bridge", "docks", "school", "museum")))
    third = await desk.step(DAY)
    assert [(one.baseline, one.found) for one in (first, second, third)] == [(1, 0), (2, 0), (0, 1)]


async def test_the_only_item_of_a_feed_that_always_ends_within_it_is_read(desk: Desk) -> None:
    whole = rss(entry("docks"))
    desk.web.put(FEED, whole[: whole.index(b"</description>")])
    await desk.follow()
    assert [(await desk.step(DAY)).baseline for _ in range(3)] == [0, 1, 0]
    assert len(await desk.documents()) == 1


async def test_a_feed_that_was_cut_on_its_way_is_asked_for_whole_again(desk: Desk) -> None:
    whole = rss(*many("docks", "school", "museum"))
    cut = whole[: whole.index(b"school")]
    desk.web.put(FEED, cut, etag='"1"')
    await desk.follow()
    await desk.step()
    desk.web.put(FEED, whole, etag='"1"')
    await desk.step(DAY)
    assert len(await desk.documents()) == 3
    assert (await desk.step(DAY)).not_modified == 1


async def test_a_feed_that_is_always_broken_is_asked_conditionally_from_the_second_time_on(desk: Desk) -> None:
    desk.web.put(FEED, rss(*many("docks", "school")).replace(b"</channel>", b"</chanel>"))
    await desk.follow()
    first, second, third = [await desk.step(DAY) for _ in range(3)]
    assert (first.baseline, second.unchanged, third.not_modified) == (2, 1, 1)
    assert desk.reader.feeds == 1


async def test_a_permanent_redirect_is_followed_for_good_after_three_looks(desk: Desk) -> None:
    new = "https://new.example/feed"
    desk.web.put(new, rss(*many("docks")))
    desk.web.put(FEED, b"", moved_to=new)
    await desk.follow()
    told = []
    for _ in range(4):
        told += [news.change for news in (await desk.step(DAY)).addresses]
        desk.web.places[new].validators = False
        desk.web.put(new, rss(*many("docks"), title=str(desk.clock())), validators=False)
    assert told == [AddressChange.MOVED]
    assert (await desk.source()).watched.address == new
    assert len(await desk.documents()) == 1
    before = desk.web.asked[FEED]
    await desk.step(DAY)
    assert desk.web.asked[FEED] == before


async def test_a_permanent_redirect_counts_when_nothing_has_changed_too(desk: Desk) -> None:
    new = "https://new.example/feed"
    desk.web.put(new, rss(*many("docks")))
    desk.web.put(FEED, b"", moved_to=new)
    await desk.follow()
    told = [news.change for _ in range(4) for news in (await desk.step(DAY)).addresses]
    assert told == [AddressChange.MOVED]
    assert desk.web.conditional > 0


def moving(to: str, *entries: Entry) -> bytes:
    """A feed that says that it has moved."""
    said = f"<itunes:new-feed-url>{to}</itunes:new-feed-url>".encode()
    raw = rss(*entries).replace(b"<rss ", b"<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' ")
    return raw.replace(b"<link>", said + b"<link>", 1)


async def test_a_feed_that_says_it_has_moved_is_asked_there_when_it_shows_the_same(desk: Desk) -> None:
    new = "https://new.example/feed"
    desk.web.put(FEED, moving(FEED.replace("https", "http"), *many("docks", "school")))
    await desk.follow()
    assert (await desk.step()).addresses == []  # that is here
    desk.web.put(FEED, moving(new, *many("museum", "docks")))
    desk.web.put(new, rss(*many("bridge", "museum", "docks")))
    [news] = (await desk.step(DAY)).addresses
    assert (news.change, news.watched.address, new in news.reason) == (AddressChange.MOVED, new, True)
    assert desk.web.entered_inner[new] is True  # once it was chosen; while it was tried, it was not
    before = desk.web.asked[FEED]
    await desk.step(DAY)
    assert (await desk.source()).watched.address == new
    assert desk.web.asked[FEED] == before
    assert len(await desk.documents()) == 4


@pytest.mark.parametrize("there", [rss(entry("other")), moving(FEED, entry("docks")), b"<html></html>", b""])
async def test_a_feed_that_says_it_has_moved_stays_where_it_is_when_that_is_not_so(desk: Desk, there: bytes) -> None:
    new = "https://new.example/feed"
    desk.web.put(FEED, moving(new, entry("docks")))
    if there:
        desk.web.put(new, there)
    await desk.follow()
    told = [(news.change, news.code) for _ in range(6) for news in (await desk.step(DAY)).addresses]
    assert told == [(AddressChange.ODD, "feed-moved")]
    assert desk.web.asked[new] == 3
    assert desk.web.conditional > 0
    health = (await desk.source()).watched.health
    assert new in health.reason
    assert health.state is SourceState.ACTIVE


async def test_a_bug_of_ours_is_the_failure_of_one_address(desk: Desk) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise KeyError("x")

    desk.reader.read_feed = broken  # type: ignore[assignment, method-assign]
    desk.web.put(FEED, rss(*many("docks")))
    await desk.follow()
    assert (await desk.step()).failed == 1
    assert (await desk.source()).watched.health.code == "our-fault"


# --- pages ---

PAGE = "https://office.example/notice"
HOURS = ["The harbour office opens at nine in the morning on every working day of the week.",
         "Ships of more than forty metres need a pilot who knows the river and its sands."]  # fmt: skip


async def test_a_watched_page_makes_a_version_when_its_text_changes(desk: Desk) -> None:
    desk.web.put(PAGE, page("Notice", *HOURS), media_type="text/html")
    await desk.follow(PAGE, SourceKind.PAGE)
    first = await desk.step()
    assert [event.document.baseline for event in first.events] == [True]
    assert (await desk.step(DAY)).events == []
    desk.web.put(PAGE, page("Notice", *HOURS, "The east quay is closed until the dredging has ended."), media_type="text/html")
    [event] = (await desk.step(DAY)).events
    assert (event.happened, event.document.baseline) == (Happened.CHANGED, False)
    [document] = await desk.documents()
    assert document.version is not None
    assert document.version.number == 2
    assert "east quay" in await desk.text_of(document)


async def test_teasers_that_rotate_on_a_page_make_no_version_every_hour(desk: Desk) -> None:
    await desk.follow(PAGE, SourceKind.PAGE)
    for n in range(60):
        teasers = [f"Also of interest: the long story number {(n * 7 + k) % 12} of the old lighthouse keeper." for k in (0, 1)]
        desk.web.put(PAGE, page("Notice", *HOURS, *teasers), media_type="text/html")
        await desk.step(DAY)
    [document] = await desk.documents()
    assert document.version is not None
    assert document.version.number <= 6


# --- many ---


async def test_one_request_serves_every_source_that_follows_an_address(desk: Desk) -> None:
    desk.web.put(FEED, rss(*many("docks")))
    for name in "abc":
        await desk.sources.add(SourceKind.FEED, FEED, f"w:{name}", Choices(), now=START)
    await desk.step()
    assert desk.web.asked[FEED] == 1
    for name in "abc":
        assert await desk.store.document_count(Scope(name)) == 1


async def test_who_joins_later_gets_its_own_baseline(desk: Desk) -> None:
    desk.web.put(FEED, rss(*many("docks")))
    await desk.sources.add(SourceKind.FEED, FEED, "w:a", Choices(), now=START)
    await desk.step()
    desk.web.put(FEED, rss(*many("school", "docks")))
    await desk.step(DAY)
    await desk.sources.add(SourceKind.FEED, FEED, "w:b", Choices(), now=desk.clock())
    await desk.step()
    found = await desk.store.documents(Scope("b"))
    assert sorted(d.name[-5:] for d in found) == ["chool", "docks"]
    assert all(d.baseline for d in found)
    assert [d.baseline for d in await desk.store.documents(Scope("a"))] == [False, True]


async def test_many_sources_are_polled_a_few_at_a_time(desk: Desk) -> None:
    at_once = most = 0
    fetch = desk.web.fetch

    async def counted(address: str, **how: object) -> object:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        answer = await fetch(address, **how)  # type: ignore[arg-type]
        at_once -= 1
        return answer

    desk.web.fetch = counted  # type: ignore[assignment, method-assign]
    for n in range(24):
        address = f"https://host{n}.example/feed"
        desk.web.put(address, rss(entry(f"thing{n}")))
        await desk.follow(address)
    step = await desk.step()
    assert step.checks == 24
    assert 2 < most <= 12
    assert len(await desk.documents()) == 24


async def test_a_step_ends_where_it_should_and_the_next_goes_on(desk: Desk) -> None:
    for n in range(9):
        desk.web.put(f"https://host{n}.example/feed", rss(entry(f"thing{n}")))
        await desk.follow(f"https://host{n}.example/feed")
    step = await desk.poller.step(most=5)
    assert step.checks + step.readings == 5
    assert step.next_due == START
    while (await desk.poller.step(most=5)).readings:
        pass
    assert len(await desk.documents()) == 9


async def test_a_step_ends_before_a_slow_host_s_last_feed_and_tells_what_came(desk: Desk) -> None:
    fetch = desk.web.fetch

    async def slowly(address: str, **how: object) -> object:
        desk.clock.at += 10 * SECOND
        return await fetch(address, **how)  # type: ignore[arg-type]

    desk.web.fetch = slowly  # type: ignore[assignment, method-assign]
    for n in range(20):
        desk.web.put(f"https://paper.example/{n}", rss(entry(f"thing{n}")))
        await desk.follow(f"https://paper.example/{n}")
    step = await desk.step()
    assert 0 < step.checks < 10
    assert step.events
    assert step.next_due is not None
    assert step.next_due <= desk.clock()
    while step.checks or step.readings:
        step = await desk.step()
    assert len(await desk.documents()) == 20


# --- stopping and coming back ---


async def test_a_full_disk_stops_the_claiming_and_nothing_is_lost(desk: Desk) -> None:
    desk.web.put(FEED, rss(*many("docks", "school")))
    await desk.follow()
    save, full = desk.sources.save_check, True

    async def refused(*arguments: object, **more: object) -> object:
        if full:
            raise DiskFull("disk-full", "no room")
        return await save(*arguments, **more)  # type: ignore[arg-type]

    desk.sources.save_check = refused  # type: ignore[assignment, method-assign]
    told: list[object] = []

    async def tell(what: Step | VerbatimError | None) -> None:
        nonlocal full
        told.append(what)
        full = len(told) < 3
        if isinstance(what, Step):
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await desk.poller.run(tell)
    assert [getattr(one, "code", one) for one in told[:-1]] == ["disk-full", "disk-full", "disk-full", None]
    assert len(await desk.documents()) == 2


async def test_what_was_read_before_the_disk_was_full_is_told_by_the_next_step(desk: Desk) -> None:
    for name in ("north", "south"):
        desk.web.put(f"https://{name}.example/feed", rss(entry(name)))
        await desk.follow(f"https://{name}.example/feed")
    keep = desk.sources.save_reading
    calls = 0

    async def once(*arguments: object, **more: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise DiskFull("disk-full", "no room")
        return await keep(*arguments, **more)  # type: ignore[arg-type]

    desk.sources.save_reading = once  # type: ignore[assignment, method-assign]
    with pytest.raises(DiskFull):
        await desk.step()
    assert len((await desk.step()).events) == 2


async def test_an_index_that_cannot_be_written_keeps_no_news_away(desk: Desk) -> None:
    class Broken(NoIndex):
        async def keep_up(self) -> None:
            raise IndexUnusable("index-not-written")

    desk.poll_with(intake=Broken())
    desk.web.put(FEED, rss(entry("docks")))
    await desk.follow()
    assert len((await desk.step()).events) == 1


async def test_who_is_cancelled_gives_its_claims_back(desk: Desk) -> None:
    asked = asyncio.Event()

    async def stuck(*_: object, **__: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    desk.web.fetch = stuck  # type: ignore[assignment, method-assign]
    await desk.follow()
    working = asyncio.ensure_future(desk.poller.step())
    await asked.wait()
    assert len(await desk.sources.holders()) == 1
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert await desk.sources.holders() == []


async def test_claims_of_a_process_that_was_killed_are_taken_over(desk: Desk) -> None:
    machine, _, started, _ = this_process().split("/")
    dead = f"{machine}/999999999/{started}/00"
    assert is_dead(dead)
    assert not is_dead(this_process())
    assert not is_dead(f"elsewhere/999999999/{started}/00")
    assert not is_dead("nonsense")
    await desk.follow()
    await desk.sources.claim_checks(dead, now=START, limit=1, lease=HOUR)
    await desk.poller.take_over()
    assert await desk.sources.holders() == []
