"""What the store of briefs promises, on each kind of database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import Receipt, Scope
from bot.errors import NotFound
from bot.library.brief_store import BriefKind, BriefRecord, BriefState, BriefStore, BriefWish, Mute, brief_key
from bot.library.delivery_store import DeliveryKind, DeliveryStore, Owed
from bot.library.sql_brief_store import SqlBriefStore
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore

NOON = datetime(2031, 5, 14, 12, tzinfo=UTC)
KEY = brief_key("discord", "w1", "c1")


@pytest.fixture
def briefs(store: SqlStore) -> BriefStore:
    return SqlBriefStore(store.transactions)


@pytest.fixture
def deliveries(store: SqlStore) -> DeliveryStore:
    return SqlDeliveryStore(store.transactions)


def owed(key: str) -> Owed:
    return Owed(key, "discord", "w1", "c1", DeliveryKind.POST, b"{}")


async def keep(
    briefs: BriefStore,
    slot: str,
    body: bytes = b"{}",
    *,
    kind: BriefKind = BriefKind.SCHEDULED,
    window: tuple[int, int] = (0, 5),
    key: str = KEY,
    told: Sequence[int] = (),
) -> BriefRecord:
    return await briefs.keep(
        key, slot, kind, body, made_at=NOON, since=NOON - timedelta(days=1), from_seq=window[0], to_seq=window[1],
        told=told,
    )  # fmt: skip


async def owe(briefs: BriefStore, record: BriefRecord) -> BriefRecord:
    return await briefs.owed(record.id, deliveries=[owed(f"{record.slot}:0")], now=NOON)


async def settled(briefs: BriefStore, record: BriefRecord) -> BriefRecord:
    await briefs.settle()
    found = await briefs.by_id(record.id)
    assert found is not None
    return found


async def send(deliveries: DeliveryStore, key: str) -> None:
    delivery = await deliveries.delivery(key)
    assert delivery is not None
    assert await deliveries.sent(delivery.id, message_id="1", now=NOON + timedelta(seconds=9))


async def test_a_wish_is_kept_replaced_listed_and_taken_back(briefs: BriefStore) -> None:
    odd = BriefWish("k\x00\ud800", "slack", "w\udfff", "c\x00", language="de", topics=("\ud800 harbour", "x"))
    wish = BriefWish(KEY, "discord", "w1", "c1", length="short", mark_quiet=True)
    for one in (odd, BriefWish(KEY, "discord", "w1", "c1"), wish):
        await briefs.put_wish(one)
    assert await briefs.wish(odd.key) == odd
    assert await briefs.wishes("discord", "w1") == [wish]
    assert await briefs.remove_wish(KEY)
    assert not await briefs.remove_wish(KEY)
    assert await briefs.wish(KEY) is None


async def test_a_slot_is_frozen_once_and_only_what_was_merely_made_gives_way(briefs: BriefStore) -> None:
    first = await keep(briefs, "s1", b"old", window=(0, 5))
    newer = await keep(briefs, "s1", b"new", window=(0, 7))
    assert (newer.id, newer.body, newer.to_seq, newer.state) == (first.id, b"new", 7, BriefState.MADE)
    assert newer.sha256 != first.sha256
    assert (await owe(briefs, newer)).state is BriefState.OWED
    assert (await keep(briefs, "s1", b"late", window=(0, 9))).body == b"new"
    assert await briefs.record(KEY, "s1") == await briefs.by_id(first.id)
    assert await briefs.record(KEY, "s2") is None


async def test_what_is_owed_is_owed_once_with_its_deliveries_and_its_receipt(
    briefs: BriefStore, deliveries: DeliveryStore, store: SqlStore
) -> None:
    record = await keep(briefs, "s1")
    receipt = Receipt(NOON, "brief", Scope("discord-w1", "c1"), ())
    for key in ("a", "b"):
        await briefs.owed(record.id, deliveries=[owed(key)], now=NOON, receipt=receipt)
    assert [one.owed.key for one in await deliveries.unsettled("discord")] == ["a"]
    assert len(await store.receipts()) == 1
    with pytest.raises(NotFound):
        await briefs.owed(record.id + 1, deliveries=[], now=NOON)


async def test_a_body_that_was_made_anew_meanwhile_is_not_owed_by_the_deliveries_of_the_old_one(
    briefs: BriefStore, deliveries: DeliveryStore
) -> None:
    old = await keep(briefs, "s1", b"old")
    await keep(briefs, "s1", b"new", window=(0, 7))
    refused = await briefs.owed(old.id, deliveries=[owed("s1:0")], now=NOON, sha256=old.sha256)
    assert (refused.state, refused.body) == (BriefState.MADE, b"new")
    assert await deliveries.delivery("s1:0") is None
    taken = await briefs.owed(old.id, deliveries=[owed("s1:0")], now=NOON, sha256=refused.sha256)
    assert taken.state is BriefState.OWED


async def test_a_record_follows_its_first_delivery(briefs: BriefStore, deliveries: DeliveryStore) -> None:
    sent, lost = await keep(briefs, "s1"), await keep(briefs, "s2", window=(5, 9))
    for record in (sent, lost):
        await owe(briefs, record)
    assert (await settled(briefs, sent)).state is BriefState.OWED
    await send(deliveries, "s1:0")
    await deliveries.drop_channel("discord", "w1", "c1")
    assert await briefs.settle() == 2
    assert await briefs.settle() == 0
    found = await settled(briefs, sent)
    assert (found.state, found.delivered_at) == (BriefState.DELIVERED, NOON + timedelta(seconds=9))
    assert (await settled(briefs, lost)).state is BriefState.FAILED
    assert [one.slot for one in await briefs.delivered_since(NOON)] == ["s1"]
    assert await briefs.delivered_since(NOON + timedelta(seconds=9)) == []


async def test_the_next_window_begins_where_the_last_one_that_was_told_ends(
    briefs: BriefStore, deliveries: DeliveryStore
) -> None:
    assert await briefs.last_told(KEY) is None
    await owe(briefs, await keep(briefs, "s1", window=(0, 5)))
    await owe(briefs, await keep(briefs, "s2", window=(5, 9), key=brief_key("discord", "w1", "c2")))
    refused = await owe(briefs, await keep(briefs, "s3", window=(5, 8)))
    told = await briefs.last_told(KEY)
    assert told is not None
    assert told.to_seq == 8, "what is owed will be told"
    await send(deliveries, "s1:0")
    await deliveries.drop_channel("discord", "w1", "c1")
    assert (await settled(briefs, refused)).state is BriefState.FAILED
    for kind in (BriefKind.PREVIEW, BriefKind.PRIVATE):
        await keep(briefs, f"one person {kind}", kind=kind, window=(5, 20))
    told = await briefs.last_told(KEY)
    assert told is not None
    assert told.to_seq == 5, "its news is owed to the next one"


async def test_a_window_that_was_lost_after_others_counted_on_it_is_known_as_lost(
    briefs: BriefStore, deliveries: DeliveryStore
) -> None:
    first = await owe(briefs, await keep(briefs, "s1", window=(0, 5)))
    second = await owe(briefs, await keep(briefs, "s2", window=(5, 9)))
    for kind in (BriefKind.PREVIEW, BriefKind.PRIVATE):
        await keep(briefs, f"one person {kind}", kind=kind, window=(5, 20))
    [claimed] = await deliveries.claim("discord", owner="me", now=NOON, lease=timedelta(minutes=1), limit=1)
    assert claimed.owed.key == "s1:0"
    await deliveries.refused(claimed.id, "me", code="last-check", reason="a link that is not held")
    await send(deliveries, "s2:0")
    await briefs.settle()
    third = await briefs.keep(
        KEY, "s3", BriefKind.SCHEDULED, b"{}", made_at=NOON, since=None, from_seq=0, to_seq=12, skipped=[(5, 9), (10, 11)]
    )
    assert (await owe(briefs, third)).skipped == ((5, 9), (10, 11))
    found = await briefs.windows(KEY)
    assert [(one.slot, one.state, one.from_seq, one.to_seq, one.skipped) for one in found] == [
        ("s3", BriefState.OWED, 0, 12, ((5, 9), (10, 11))),
        ("s2", BriefState.DELIVERED, 5, 9, ()),
        ("s1", BriefState.FAILED, 0, 5, ()),
    ]
    assert [one.record_id for one in found] == [third.id, second.id, first.id]
    assert (found[0].since, found[1].since) == (None, NOON - timedelta(days=1))
    assert [one.slot for one in await briefs.windows(KEY, records=1)] == ["s3"]
    assert await briefs.windows("another") == []


async def test_what_would_tell_the_same_again_is_replaced_until_it_is_made_anew(briefs: BriefStore) -> None:
    preview = await keep(briefs, "preview:1", kind=BriefKind.PREVIEW, window=(0, 5))
    prepared = await keep(briefs, "s1", window=(0, 6))
    later = await keep(briefs, "s2", window=(6, 8))
    await owe(briefs, prepared)
    assert (await settled(briefs, preview)).state is BriefState.REPLACED
    assert (await settled(briefs, later)).state is BriefState.MADE
    assert (await owe(briefs, preview)).state is BriefState.REPLACED, "never posted any more"
    again = await keep(briefs, "preview:1", b"newer", kind=BriefKind.PREVIEW, window=(6, 8))
    posted = await owe(briefs, again)
    assert (posted.state, posted.kind, posted.body) == (BriefState.OWED, BriefKind.POSTED, b"newer")


async def test_what_was_told_to_all_is_known_of_the_last_briefs(briefs: BriefStore) -> None:
    for n in range(3):
        await owe(briefs, await keep(briefs, f"s{n}", window=(n, n + 1), told=(n, 10 + n)))
    await keep(briefs, "preview:1", kind=BriefKind.PREVIEW, window=(3, 4), told=(99,))
    assert await briefs.told(KEY) == {0, 10, 1, 11, 2, 12}
    assert await briefs.told(KEY, records=1) == {2, 12}
    last = await briefs.last_told(KEY)
    assert last is not None
    assert await briefs.told(KEY, before_id=last.id) == {0, 10, 1, 11}
    before = await briefs.last_told(KEY, before_id=last.id)
    assert before is not None
    assert before.slot == "s1"
    assert await briefs.told("another") == frozenset()


async def test_what_needs_no_delivery_counts_as_delivered(briefs: BriefStore) -> None:
    silent = await briefs.owed((await keep(briefs, "s1")).id, deliveries=(), now=NOON)
    assert (silent.state, silent.delivered_at) == (BriefState.DELIVERED, NOON)
    assert await briefs.last_told(KEY) == silent


async def test_redo_keeps_what_stood_before(briefs: BriefStore, deliveries: DeliveryStore) -> None:
    record = await owe(briefs, await keep(briefs, "s1", b"one"))
    second = await briefs.revise(record.id, b"two", deliveries=[owed("edit:1")], now=NOON, to_seq=record.to_seq + 2)
    assert second.to_seq == record.to_seq + 2
    same = await briefs.revise(record.id, b"two", deliveries=[owed("edit:2")], now=NOON)
    assert same == second
    assert (second.revision, second.body, second.state) == (1, b"two", BriefState.OWED)
    assert await briefs.revisions(record.id) == [(0, b"one"), (1, b"two")]
    assert [one.owed.key for one in await deliveries.unsettled("discord")] == ["s1:0", "edit:1"]


async def test_the_archive_lists_what_was_told_the_last_one_first(briefs: BriefStore) -> None:
    for n in range(4):
        await owe(briefs, await keep(briefs, f"s{n}", window=(n, n + 1)))
    await keep(briefs, "preview:1", kind=BriefKind.PREVIEW, window=(4, 5))
    page = await briefs.of_channel(KEY, limit=3)
    assert [one.slot for one in page] == ["s3", "s2", "s1"]
    assert [one.slot for one in await briefs.of_channel(KEY, before_id=page[-1].id)] == ["s0"]
    assert len(await briefs.of_channel(KEY, told_only=False)) == 5
    assert await briefs.keys() == [KEY]


async def test_what_a_person_muted_is_theirs_and_is_forgotten_with_them(briefs: BriefStore) -> None:
    topic, story = Mute("Häfen\ud800"), Mute(story_id=7)
    for one in (topic, story, topic):
        await briefs.mute("slack", "w1", "ann", one, now=NOON)
    await briefs.mute("slack", "w1", "bo", story, now=NOON)
    assert set(await briefs.mutes("slack", "w1", "ann")) == {topic, story}
    assert await briefs.unmute("slack", "w1", "ann", story)
    assert not await briefs.unmute("slack", "w1", "ann", story)
    assert await briefs.forget_person("slack", "w1", "ann") == 1
    assert await briefs.mutes("slack", "w1", "ann") == []
    assert await briefs.mutes("slack", "w1", "bo") == [story]
