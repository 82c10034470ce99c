"""What every store of sources on the web promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.briefs.briefing import BriefAsk, Briefing
from bot.domain import DocumentState, Scope, SourceKind
from bot.errors import NotFound
from bot.library.desk import Desk
from bot.library.source_store import (
    FOR_EVER,
    CheckResult,
    Choices,
    Note,
    OutcomeState,
    PageReading,
    Reading,
    Seen,
    SourceReading,
    SourceStore,
)
from bot.library.sql_source_store import SqlSourceStore
from bot.library.sql_store import SqlStore
from bot.library.store import SaveOutcome
from bot.sources.source_health import Failure, FailureKind, SourceState, failed
from tests.contract.feeds import ADDRESS, LEASE, ME, check, claim_check, follow, known, read_all, reading, said, well
from tests.contract.papers import HOUSE, LATER, NOON, ODD, paper, receipt_for

DAY = timedelta(days=1)


@pytest.fixture
def sources(store: SqlStore) -> SourceStore:
    return SqlSourceStore(store.transactions)


# --- following ---


async def test_what_is_followed_is_given_back_with_every_choice(sources: SourceStore) -> None:
    choices = Choices(ODD, False, ("Hafen", "quay"), (ODD,), ("de",), "both")
    one, new = await sources.add(SourceKind.PAGE, ADDRESS, "w:house", choices, now=NOON, by=ODD)
    assert new
    assert (one.kind, one.address, one.audience, one.choices, one.added_by) == (
        SourceKind.PAGE, ADDRESS, "w:house", choices, ODD,
    )  # fmt: skip
    assert one.watched.health.next_check_at == NOON
    assert one.watched.host == "press.example"
    assert await sources.followings() == [one]
    assert await sources.is_anything_followed()


async def test_the_same_address_is_followed_once_by_an_audience_and_asked_once_for_all(sources: SourceStore) -> None:
    first = await follow(sources, audience="w:house")
    again, new = await sources.add(SourceKind.FEED, ADDRESS, "w:house", Choices(title="x"), now=LATER)
    other = await follow(sources, audience="w:other")
    assert (again.id, new) == (first.id, False)
    assert again.choices.title == ""
    assert other.id != first.id
    assert other.watched.id == first.watched.id
    claims = await sources.claim_checks(ME, now=NOON, limit=9, lease=LEASE)
    assert [[one.id for one in claim.followers] for claim in claims] == [[first.id, other.id]]


async def test_a_scope_sees_its_own_sources_only(sources: SourceStore) -> None:
    house = await follow(sources, audience="w:house")
    other = await follow(sources, "https://other.example/f", audience="w:other")
    everyone = await follow(sources, "https://all.example/f")
    assert [one.id for one in await sources.followings(HOUSE)] == [house.id, everyone.id]
    assert await sources.following(other.id, HOUSE) is None
    assert await sources.following(other.id) is not None


async def test_choices_can_be_made_anew(sources: SourceStore) -> None:
    one = await follow(sources)
    changed = await sources.edit(one.id, Choices(title="Harbour", keep=("quay",)), now=LATER)
    assert (changed.title, changed.choices.keep) == ("Harbour", ("quay",))
    with pytest.raises(NotFound):
        await sources.edit(999, Choices(), now=LATER)


async def test_a_paused_source_is_not_asked_for_until_its_time(sources: SourceStore) -> None:
    one = await follow(sources)
    paused = await sources.pause(one.id, until=NOON + DAY, now=NOON, by="somebody")
    assert paused.is_paused(NOON)
    assert not paused.is_paused(NOON + DAY)
    assert await sources.claim_checks(ME, now=NOON, limit=9, lease=LEASE) == []
    assert await sources.next_due(NOON) == NOON + DAY
    assert len(await sources.claim_checks(ME, now=NOON + DAY, limit=9, lease=LEASE)) == 1


async def test_a_source_is_paused_until_somebody_resumes_it(sources: SourceStore) -> None:
    one = await follow(sources)
    assert (await sources.pause(one.id, now=NOON)).paused_until == FOR_EVER
    assert await sources.next_due(NOON) is None
    resumed = await sources.resume(one.id, now=LATER)
    assert resumed.paused_until is None
    assert await sources.next_due(LATER) == LATER


async def test_what_came_during_a_pause_is_taken_in_after_it(sources: SourceStore, store: SqlStore) -> None:
    first, second = await follow(sources, audience="w:house"), await follow(sources, audience="w:other")
    await check(sources, new=(said("a"),))
    await sources.pause(first.id, now=NOON)
    await check(sources, new=(said("b"),), seen=(await _seen(sources, second.watched.id, "a"),), now=NOON + DAY)
    await read_all(sources, NOON + DAY)
    assert await store.document_count(HOUSE) == 0
    await sources.resume(first.id, now=NOON + 2 * DAY)
    seen = tuple([await _seen(sources, first.watched.id, name) for name in "ab"])
    await check(sources, seen=seen, now=NOON + 2 * DAY)
    await read_all(sources, NOON + 2 * DAY)
    found = await store.documents(HOUSE)
    assert sorted((one.name[-1], one.baseline) for one in found) == [("a", True), ("b", False)]
    assert await store.document_count(Scope("other")) == 2


async def _seen(sources: SourceStore, watched_id: int, name: str) -> Seen:
    return Seen(await known(sources, watched_id, said(name)), said(name))


# --- claims ---


async def test_nobody_else_gets_what_is_claimed_until_the_lease_ends(sources: SourceStore) -> None:
    await follow(sources)
    claim = await claim_check(sources)
    assert await sources.claim_checks("other", now=NOON, limit=9, lease=LEASE) == []
    assert await sources.next_due(NOON) == NOON + LEASE
    late = await claim_check(sources, NOON + LEASE, "other")
    assert await sources.save_check(claim, well(claim, LATER), now=LATER) is None
    assert await sources.save_check(late, well(late, LATER), now=LATER) is not None


async def test_of_many_who_claim_at_once_one_gets_it(sources: SourceStore) -> None:
    for n in range(4):
        await follow(sources, f"https://host{n}.example/f")
    claims = await asyncio.gather(
        *(sources.claim_checks(f"p{n}", now=NOON, limit=2, lease=LEASE) for n in range(4))
    )
    ids = [claim.watched.id for some in claims for claim in some]
    assert len(ids) == len(set(ids)) == 4


async def test_one_address_of_a_host_is_claimed_at_a_time_and_none_of_a_busy_one(sources: SourceStore) -> None:
    for n in range(3):
        await follow(sources, f"https://one.example/{n}")
    await follow(sources, "https://two.example/f", now=LATER)
    claims = await sources.claim_checks(ME, now=LATER, limit=9, lease=LEASE)
    assert [one.watched.host for one in claims] == ["one.example", "two.example"]
    assert await sources.claim_checks(ME, now=LATER, limit=9, lease=LEASE, busy_hosts=["one.example"]) == []


async def test_two_processes_never_ask_one_host_at_once(sources: SourceStore) -> None:
    await follow(sources, "https://one.example/1")
    await check(sources, new=(said("a", host="one.example"), said("b", host="two.example")))
    await follow(sources, "https://one.example/2")
    await claim_check(sources)
    assert await sources.claim_checks("other", now=NOON, limit=9, lease=LEASE) == []
    [item] = await sources.claim_items("other", now=NOON, limit=9, lease=LEASE)
    assert item.name[-1] == "b"
    await follow(sources, "https://two.example/1")
    assert await sources.claim_checks("third", now=NOON, limit=9, lease=LEASE) == []
    await sources.give_back("other")
    assert len(await sources.claim_checks("third", now=NOON, limit=9, lease=LEASE)) == 1


async def test_claims_that_are_given_back_are_claimed_again(sources: SourceStore) -> None:
    await follow(sources)
    await check(sources, new=(said("a"),))
    await sources.resume(1, now=NOON)
    await claim_check(sources)
    await sources.claim_items(ME, now=NOON, limit=9, lease=LEASE)
    assert await sources.holders() == [ME]
    assert await sources.give_back(ME) == 2
    assert await sources.holders() == []
    [item] = await sources.claim_items(ME, now=NOON, limit=9, lease=LEASE)
    assert item.claims == 1
    await sources.give_back(ME, died=True)
    [item] = await sources.claim_items(ME, now=NOON, limit=9, lease=LEASE)
    assert item.claims == 2


# --- checks ---


async def test_what_a_check_found_out_is_kept(sources: SourceStore) -> None:
    await follow(sources)
    claim = await claim_check(sources)
    health = failed(claim.watched.health, Failure("http-503", ODD), NOON, interval_s=600)
    now_is = replace(
        claim.watched, health=health, interval_s=700.5, items_a_day=2.5, checked_at=NOON, etag=ODD, last_modified="then",
        content_sha256="c", moved_to="https://new.example/", moved_times=2, title=ODD, link="l", format="atom",
        memory=b"\0m",
    )  # fmt: skip
    await sources.save_check(claim, CheckResult(now_is, notes=(Note("failed", "http-503", ODD),)), now=NOON)
    [one] = await sources.followings()
    assert one.watched == now_is
    assert one.started_at is None
    trail = await sources.address_trail(one.watched.id)
    assert [(line.stage, line.code) for line in trail] == [("failed", "http-503"), ("added", "added")]
    assert trail[0].detail == ODD


async def test_what_stands_there_at_first_is_the_baseline_and_what_comes_later_is_news(
    sources: SourceStore, store: SqlStore
) -> None:
    await follow(sources)
    assert (await check(sources, new=(said("a"), said("b")))).baseline == 2
    saved = await check(sources, new=(said("c"),), now=LATER)
    assert (saved.new, saved.baseline) == (1, 0)
    await read_all(sources, LATER)
    found = await store.documents(HOUSE)
    assert {one.name[-1]: one.baseline for one in found} == {"a": True, "b": True, "c": False}


async def test_news_is_read_before_a_baseline(sources: SourceStore) -> None:
    await follow(sources)
    await check(sources, new=(said("a"), said("b")))
    await check(sources, new=(said("c"),), now=LATER)
    claims = await sources.claim_items(ME, now=LATER, limit=2, lease=LEASE)
    assert [one.name[-1] for one in claims] == ["c", "a"]


async def test_an_item_is_known_by_guid_link_or_text(sources: SourceStore) -> None:
    one = await follow(sources)
    await check(sources, new=(said("a"), said("b")))
    keys = said("a").keys
    for part in ("guid", "link", "text"):
        alone = type(keys)("", "", "")._replace(**{part: getattr(keys, part)})
        assert [item.name[-1] for item in await sources.known_items(one.watched.id, [alone])] == ["a"]
    assert await sources.known_items(one.watched.id, [type(keys)("", "", "")]) == []
    assert await sources.known_items(999, [keys]) == []


async def test_an_item_whose_readers_all_died_is_tried_ever_more_rarely(sources: SourceStore) -> None:
    await follow(sources)
    await check(sources, new=(said("a"),))
    claimed, at = [], NOON
    for _ in range(16):
        claimed += [(claim.claims, at - NOON) for claim in await sources.claim_items(ME, now=at, limit=9, lease=LEASE)]
        await sources.give_back(ME, died=True)
        at += timedelta(minutes=3)
    assert [(count, when.total_seconds() / 60) for count, when in claimed] == [
        (1, 0), (2, 3), (3, 6), (4, 9), (5, 15), (6, 27),
    ]  # fmt: skip
    assert await read_all(sources, NOON + 2 * DAY)


async def test_a_changed_item_becomes_a_version_not_a_document(sources: SourceStore, store: SqlStore) -> None:
    one = await follow(sources)
    await check(sources, new=(said("a"),))
    await read_all(sources)
    key = await known(sources, one.watched.id, said("a"))
    saved = await check(sources, seen=(Seen(key, said("a", "It was different."), changed=True),), now=LATER)
    assert saved.changed == 1
    [kept] = await read_all(sources, LATER)
    assert kept.saved is not None
    assert kept.saved.outcome is SaveOutcome.NEW_VERSION
    assert await store.document_count(HOUSE) == 1
    assert kept.document.baseline


async def test_the_page_that_another_feed_s_item_was_read_from_is_known_for_a_while(sources: SourceStore) -> None:
    link, page = said("a").keys.link, b"<p>The article.</p>"
    for n in range(2):
        await follow(sources, address=f"https://press{n}.example/feed")
    await check(sources, new=(said("a"),))
    [first] = await sources.claim_items(ME, now=NOON, limit=9, lease=LEASE)
    assert await sources.read_page(first.item_id, link, since=NOON) is None
    one = SourceReading(OutcomeState.KEPT, draft=replace(paper("Words.", "A"), media_type="text/html"), raw=page)
    notes = (Note("read", "article", "The text is the article's."),)
    assert await sources.save_reading(first, Reading(b"feed", dict.fromkeys(first.wanted, one), notes), now=NOON)
    await check(sources, new=(said("a"),))
    [second] = await sources.claim_items(ME, now=NOON, limit=9, lease=LEASE)
    known_page = await sources.read_page(second.item_id, link, since=NOON)
    assert known_page is not None
    assert (known_page.raw, known_page.at, known_page.asked_for) == (page, NOON, "press0.example")
    assert await sources.read_page(second.item_id, link, since=LATER) is None
    assert await sources.save_reading(second, reading(second), now=NOON)
    assert await sources.read_page(second.item_id, link, since=NOON) is None


async def test_a_change_takes_an_item_from_who_reads_its_old_words(sources: SourceStore, store: SqlStore) -> None:
    one = await follow(sources)
    await check(sources, new=(said("a"),))
    [slow] = await sources.claim_items(ME, now=NOON, limit=9, lease=LEASE)
    key = await known(sources, one.watched.id, said("a"))
    await check(sources, seen=(Seen(key, said("a", "Newer words."), changed=True),), now=LATER)
    assert await sources.save_reading(slow, reading(slow), now=LATER) is None
    [kept] = await read_all(sources, LATER)
    version = await store.version(HOUSE, kept.document.version.id if kept.document.version else 0)
    assert version is not None
    assert version.text == "Newer words."


async def test_sightings_are_counted_not_listed(sources: SourceStore) -> None:
    one = await follow(sources)
    await check(sources, new=(said("a"),))
    for n in range(1, 4):
        await check(sources, seen=(await _seen(sources, one.watched.id, "a"),), now=NOON + n * DAY)
    [story] = await sources.why(None, ["guid-a"])
    assert (story.seen_times, story.last_seen) == (4, NOON + 3 * DAY)
    assert [line.stage for line in story.trail] == ["found", "found"]


async def test_held_items_wait_for_a_person(sources: SourceStore, store: SqlStore) -> None:
    one = await follow(sources)
    await check(sources, new=(said("a"),))
    saved = await check(sources, new=(said("b"), said("c")), now=LATER, hold="feed-reset-many")
    assert (saved.new, saved.held) == (0, 2)
    await read_all(sources, LATER)
    assert await store.document_count(HOUSE) == 1
    assert (await sources.counts([one.id]))[one.id].by_state == {OutcomeState.KEPT: 1, OutcomeState.HELD: 2}
    assert await sources.release(one.id, now=LATER) == 2
    await read_all(sources, LATER)
    assert [d.baseline for d in await store.documents(HOUSE)] == [False, False, True]
    assert await sources.release(one.id, now=LATER) == 0


async def test_held_items_can_be_taken_as_known(sources: SourceStore, store: SqlStore) -> None:
    one = await follow(sources)
    await check(sources, new=(said("a"),))
    await check(sources, new=(said("b"),), now=LATER, hold="feed-reset-old")
    assert await sources.release(one.id, now=LATER, as_known=True) == 1
    await read_all(sources, LATER)
    assert await store.document_count(HOUSE) == 1
    [story] = await sources.why(HOUSE, ["guid-b"])
    assert [line.code for line in story.trail] == ["found", "feed-reset-old", "taken-as-known"]


async def test_who_joins_during_a_check_gets_the_next_one_at_once(sources: SourceStore, store: SqlStore) -> None:
    first = await follow(sources, audience="w:house")
    claim = await claim_check(sources)
    second = await follow(sources, audience="w:other")
    await sources.save_check(claim, replace(well(claim, NOON), new=(said("a"),), took_body=True), now=NOON)
    claim = await claim_check(sources)
    assert claim.needs_body
    seen = (await _seen(sources, first.watched.id, "a"),)
    await sources.save_check(claim, replace(well(claim, NOON), seen=seen, took_body=True), now=NOON)
    await read_all(sources)
    assert [await store.document_count(Scope(name)) for name in ("house", "other")] == [1, 1]
    assert (await sources.counts([second.id]))[second.id].by_state == {OutcomeState.KEPT: 1}


# --- readings ---


async def test_an_item_is_read_once_and_becomes_a_document_of_each_source(
    sources: SourceStore, store: SqlStore
) -> None:
    await follow(sources, audience="w:house")
    other = await follow(sources, audience="w:other")
    await check(sources, new=(said("a"),))
    [claim] = await sources.claim_items(ME, now=NOON, limit=9, lease=LEASE)
    both = reading(claim)
    both = replace(both, by_source={**both.by_source, other.id: SourceReading(OutcomeState.FILTERED, "drop", "“x”")})
    saved = await sources.save_reading(claim, both, now=NOON)
    assert saved is not None
    assert [one.document.audience for one in saved] == ["w:house"]
    assert await sources.claim_items(ME, now=NOON + DAY, limit=9, lease=LEASE) == []
    assert await store.document_count(Scope("other")) == 0
    [story] = await sources.why(Scope("other"), ["guid-a"])
    assert [(one.state, one.code) for one in story.outcomes] == [(OutcomeState.FILTERED, "drop")]
    assert all(line.source_id in (None, other.id) for line in story.trail)


async def test_an_item_that_cannot_be_read_is_a_failed_document(sources: SourceStore, store: SqlStore) -> None:
    one = await follow(sources)
    await check(sources, new=(said("a"),))
    [claim] = await sources.claim_items(ME, now=NOON, limit=9, lease=LEASE)
    why = SourceReading(OutcomeState.FAILED, "no-text", "No text was found.")
    await sources.save_reading(claim, Reading(b"raw", {one.id: why}), now=NOON)
    [document] = await store.documents(HOUSE)
    assert (document.state, document.reason, document.baseline) == (DocumentState.FAILED, "No text was found.", True)


async def test_an_item_that_is_put_off_comes_back_at_its_time(sources: SourceStore) -> None:
    await follow(sources)
    await check(sources, new=(said("a"),))
    [claim] = await sources.claim_items(ME, now=NOON, limit=9, lease=LEASE)
    assert await sources.postpone(claim, LATER, Note("fetched", "http-503", "overloaded"), now=NOON)
    assert await sources.claim_items(ME, now=NOON, limit=9, lease=LEASE) == []
    [again] = await sources.claim_items(ME, now=LATER, limit=9, lease=LEASE)
    assert (again.claims, again.tries, again.content) == (1, 1, claim.content)


async def test_readings_of_one_host_come_one_at_a_time(sources: SourceStore) -> None:
    await follow(sources)
    items = (*(said(f"a{n}", host="paper.example") for n in range(3)), said("b", host="two.example"), said("c"), said("d"))
    await check(sources, new=items)
    claims = await sources.claim_items(ME, now=NOON, limit=9, lease=LEASE, busy_hosts=["two.example"])
    assert [one.name.rpartition("/")[2] for one in claims] == ["a0", "c", "d"]


async def test_a_watched_page_is_one_item_and_its_changes_are_news(sources: SourceStore, store: SqlStore) -> None:
    one, _ = await sources.add(SourceKind.PAGE, ADDRESS, "*", Choices(), now=NOON)
    for now, words in ((NOON, "The gate is shut."), (LATER, "The gate is open.")):
        claim = await claim_check(sources, now)
        kept = SourceReading(OutcomeState.KEPT, draft=paper(words))
        page = PageReading(said("page", words), Reading(words.encode(), {one.id: kept}))
        result = replace(well(claim, now), reading=page, took_body=True)
        saved = await sources.save_check(claim, result, now=now)
        assert saved is not None
        assert len(saved.documents) == 1
        [document] = await store.documents(HOUSE)
        assert document.baseline == (now == NOON)
    assert document.version is not None
    assert document.version.number == 2


async def test_a_baseline_can_be_lifted(sources: SourceStore, store: SqlStore) -> None:
    one = await follow(sources)
    await check(sources, new=tuple(said(name, published=NOON - n * DAY) for n, name in enumerate("abc")))
    await read_all(sources)
    seq = await store.newest_seq()
    lifted = await sources.lift_baseline(one.id, 2, now=LATER)
    assert [document.name[-1] for document in lifted] == ["a", "b"]
    assert not any(document.baseline for document in lifted)
    assert [change.document_id for change in await store.changes_after(seq)] == [lifted[1].id, lifted[0].id]
    assert [d.name[-1] for d in await sources.newest_documents(one.id, 9)] == ["a", "b", "c"]
    assert [d.name[-1] for d in await sources.lift_baseline(one.id, 9, now=LATER)] == ["c"]


# --- removing ---


async def test_a_source_that_was_removed_is_asked_for_no_more_and_its_documents_stay(
    sources: SourceStore, store: SqlStore
) -> None:
    one = await follow(sources)
    await check(sources, new=(said("a"),))
    await read_all(sources)
    removed = await sources.remove(one.id, erase=False, now=LATER, by="somebody")
    assert (removed.removed_at, removed.removed_by) == (LATER, "somebody")
    assert await sources.followings() == []
    assert [s.id for s in await sources.followings(removed=True)] == [one.id]
    assert await sources.next_due(LATER) is None
    assert not await sources.is_anything_followed()
    assert await store.document_count(HOUSE) == 1
    with pytest.raises(NotFound):
        await sources.pause(one.id, now=LATER)


async def test_what_was_erased_is_found_by_nobody_and_its_quotes_stay_provable(
    sources: SourceStore, store: SqlStore, desk: Desk
) -> None:
    one = await follow(sources)
    await check(sources, new=(said("a"),))
    [kept] = await read_all(sources)
    assert kept.document.version is not None
    version = await store.version(HOUSE, kept.document.version.id)
    assert version is not None
    await store.keep_receipt(receipt_for(version))
    seq = await store.newest_seq()
    await sources.remove(one.id, erase=True, now=LATER)
    assert await store.documents(HOUSE) == []
    assert await store.document_count(HOUSE) == 0
    assert await store.document(HOUSE, f"#{kept.document.id}") is None
    assert await store.document(HOUSE, kept.document.name) is None
    assert desk.version(HOUSE, version.facts.id) is None
    assert desk.documents(HOUSE) == []
    assert [change.version_id for change in await store.changes_after(seq)] == [None]
    assert await sources.why(HOUSE, ["guid-a"]) == []
    [receipt] = await store.receipts()
    assert receipt.quotes[0].text_in(desk.versions(None, [version.facts.id])[version.facts.id])


@pytest.mark.parametrize("erase", [False, True])
async def test_a_removal_can_be_undone_for_a_while(sources: SourceStore, store: SqlStore, erase: bool) -> None:
    one = await follow(sources, title="Mine")
    await check(sources, new=(said("a"), said("b")))
    claims = await sources.claim_items(ME, now=NOON, limit=9, lease=LEASE)
    await sources.save_reading(claims[0], reading(claims[0]), now=NOON)
    bad = SourceReading(OutcomeState.FAILED, "no-text", "No text.")
    await sources.save_reading(claims[1], Reading(b"raw", {one.id: bad}), now=NOON)
    before = await store.documents(HOUSE)
    await sources.remove(one.id, erase=erase, now=LATER)
    back = await sources.undo_remove(one.id, now=LATER + timedelta(minutes=9))
    assert (back.title, back.removed_at, back.erased) == ("Mine", None, False)
    assert await store.documents(HOUSE) == before
    assert await sources.next_due(LATER) is not None
    await sources.remove(one.id, erase=erase, now=LATER)
    with pytest.raises(NotFound) as too_late:
        await sources.undo_remove(one.id, now=LATER + timedelta(minutes=11))
    assert too_late.value.code == "nothing-to-undo"


async def test_a_source_that_is_added_again_begins_anew(sources: SourceStore, store: SqlStore) -> None:
    one = await follow(sources)
    await check(sources, new=(said("a"),))
    await read_all(sources)
    await sources.remove(one.id, erase=True, now=LATER)
    again, new = await sources.add(SourceKind.FEED, ADDRESS, "*", Choices(title="Again"), now=LATER)
    assert (again.id, new, again.title, again.started_at) == (one.id, True, "Again", None)
    await check(sources, new=(said("b"),), seen=(await _seen(sources, one.watched.id, "a"),), now=LATER)
    await read_all(sources, LATER)
    found = await store.documents(HOUSE)
    assert sorted((d.name[-1], d.state, d.baseline) for d in found) == [
        ("a", DocumentState.KEPT, True), ("b", DocumentState.KEPT, True),
    ]  # fmt: skip


# --- moving ---


async def test_an_address_that_moved_keeps_its_items_and_followers(sources: SourceStore) -> None:
    one = await follow(sources)
    await check(sources, new=(said("a"),))
    claim = await claim_check(sources, LATER)
    assert await sources.move(claim, "https://new.example/feed", now=LATER)
    [moved] = await sources.followings()
    assert (moved.id, moved.address, moved.watched.address) == (one.id, ADDRESS, "https://new.example/feed")
    assert (moved.watched.host, moved.watched.etag) == ("new.example", "")
    assert await known(sources, moved.watched.id, said("a"))
    again, new = await sources.add(SourceKind.FEED, "https://new.example/feed", "*", Choices(), now=LATER)
    assert (again.id, new) == (one.id, False)
    assert not await sources.move(claim, "https://third.example/", now=LATER)


async def test_two_addresses_that_become_one_double_no_item(sources: SourceStore, store: SqlStore) -> None:
    old = await follow(sources, audience="w:house")
    await check(sources, new=(said("a"), said("b")))
    await read_all(sources)
    new = await follow(sources, "https://new.example/feed", audience="w:other", now=LATER)
    claims = await sources.claim_checks(ME, now=LATER, limit=2, lease=LEASE)
    of_new = next(one for one in claims if one.watched.id == new.watched.id)
    of_old = next(one for one in claims if one.watched.id == old.watched.id)
    await sources.save_check(
        of_new, replace(well(of_new, LATER), new=(said("b"), said("c")), took_body=True), now=LATER
    )
    assert await sources.move(of_old, "https://new.example/feed", now=LATER)
    one, other = await sources.followings()
    assert one.watched.id == other.watched.id == new.watched.id
    assert len(await sources.known_items(new.watched.id, [said(name).keys for name in "abc"])) == 3
    seen = tuple([await _seen(sources, new.watched.id, name) for name in "bc"])
    await check(sources, seen=seen, now=LATER)
    await read_all(sources, LATER)
    assert sorted(d.name[-1] for d in await store.documents(HOUSE)) == ["a", "b", "c"]
    assert sorted(d.name[-1] for d in await store.documents(Scope("other"))) == ["b", "c"]


# --- why ---


async def test_an_item_tells_its_story(sources: SourceStore) -> None:
    one = await follow(sources)
    await check(sources, new=(said("a", published=NOON - DAY),))
    [kept] = await read_all(sources, LATER)
    for ref in ("guid-a", "https://press.example/a", f"#{kept.document.id}", str(kept.document.id)):
        [story] = await sources.why(HOUSE, ["nothing", ref])
        assert story.title == "Title of a"
        assert [(line.at, line.stage) for line in story.trail] == [
            (NOON, "found"), (NOON, "found"), (LATER, "read"), (LATER, "kept"),
        ]  # fmt: skip
        [outcome] = story.outcomes
        assert (outcome.source_id, outcome.state, outcome.document_id) == (one.id, OutcomeState.KEPT, kept.document.id)
    assert await sources.why(HOUSE, ["", "nothing", "x" * 9999]) == []


async def test_nobody_is_told_about_items_of_others(sources: SourceStore) -> None:
    await follow(sources, audience="w:other")
    await check(sources, new=(said("a"),))
    [kept] = await read_all(sources)
    assert await sources.why(HOUSE, ["guid-a", f"#{kept.document.id}"]) == []
    assert len(await sources.why(Scope("other"), ["guid-a"])) == 1


async def test_any_text_survives(sources: SourceStore, store: SqlStore) -> None:
    await follow(sources)
    odd = replace(said("a"), guid=ODD * 500, link=f"https://e.example/{ODD * 500}", title=ODD, name=ODD, detail=ODD)
    await check(sources, new=(odd,))
    [claim] = await sources.claim_items(ME, now=NOON, limit=1, lease=LEASE)
    assert (claim.title, claim.name) == (ODD, ODD)
    await sources.save_reading(claim, reading(claim), now=NOON)
    assert [d.name for d in await store.documents(HOUSE)] == [ODD]


async def test_items_that_would_have_one_name_get_two(sources: SourceStore, store: SqlStore) -> None:
    await follow(sources)
    await check(sources, new=(said("a"),))
    twins = tuple(replace(said(name), name=said("a").name) for name in "bc")
    await check(sources, new=twins, now=LATER)
    await read_all(sources, LATER)
    assert sorted(d.name.rpartition("/")[2] for d in await store.documents(HOUSE)) == ["a", "a#2", "a#3"]
    await check(sources, new=(replace(said("d"), name=said("a").name),), now=LATER + DAY)
    await read_all(sources, LATER + DAY)
    assert sorted(d.name.rpartition("/")[2] for d in await store.documents(HOUSE)) == ["a", "a#2", "a#3", "a#4"]


async def test_gone_rests_and_somebody_wakes_it(sources: SourceStore) -> None:
    one = await follow(sources)
    claim = await claim_check(sources)
    gone = failed(claim.watched.health, Failure("http-410", "Gone.", FailureKind.GONE), NOON, interval_s=600)
    await sources.save_check(claim, CheckResult(replace(claim.watched, health=gone)), now=NOON)
    assert await sources.next_due(NOON) is None
    woken = await sources.resume(one.id, now=LATER)
    assert woken.watched.health.state is SourceState.FAILING
    assert len(await sources.claim_checks(ME, now=LATER, limit=1, lease=LEASE)) == 1


async def test_a_brief_counts_a_source_that_fails_though_it_brought_nothing(sources: SourceStore, desk: Desk) -> None:
    one = await follow(sources)
    claim = await claim_check(sources)
    silent = failed(claim.watched.health, Failure("silent", "It fell silent."), NOON, interval_s=600)
    await sources.save_check(claim, CheckResult(replace(claim.watched, health=silent)), now=NOON)
    for ask in ({"seen": frozenset({one.id})}, {"sources": frozenset({one.id})}):
        made = Briefing(desk).make(replace(BriefAsk(HOUSE, after_seq=0, since=None, now=LATER), **ask))  # type: ignore[arg-type]
        assert (made.sources, made.failing) == (1, (one.title,))


async def test_a_brief_announces_what_is_new_and_no_baseline(sources: SourceStore, desk: Desk) -> None:
    one = await follow(sources)
    await check(sources, new=(said("old", "The old quay was closed in spring."),))
    await check(sources, new=(said("new", "A new ferry leaves from the north pier."),), now=LATER)
    await read_all(sources, LATER)

    briefing = Briefing(desk)

    def told(after_seq: int) -> list[str]:
        made = briefing.make(BriefAsk(HOUSE, after_seq=after_seq, since=None, now=LATER))
        return [title for title in ("Title of old", "Title of new") if title in str(made)]

    assert told(0) == ["Title of new"]
    seq = desk.newest_seq()
    assert told(seq) == []
    await sources.lift_baseline(one.id, 10, now=LATER)
    assert told(seq) == ["Title of old"]
