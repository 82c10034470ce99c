"""What the store of deliveries and events promises, on each kind of database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.library.delivery_store import DeliveryKind, DeliveryState, DeliveryStore, EventState, Owed
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)


@pytest.fixture
def deliveries(store: SqlStore) -> DeliveryStore:
    return SqlDeliveryStore(store.transactions)


def owed(key: str, channel: str = "c1", **more: object) -> Owed:
    return Owed(key, "discord", "w1", channel, DeliveryKind.POST, b'{"a":1}', **more)  # type: ignore[arg-type]


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


async def claimed(deliveries: DeliveryStore, owner: str = "me", at: datetime = NOON) -> list[str]:
    found = await deliveries.claim("discord", owner=owner, now=at, lease=LEASE, limit=10)
    return [one.owed.key for one in found]


async def test_a_key_is_owed_once(deliveries: DeliveryStore) -> None:
    [first] = await deliveries.owe([owed("a")], now=NOON)
    [again] = await deliveries.owe([owed("a", channel="c2")], now=after(5))
    assert again == first
    assert first.owed == owed("a")
    assert (await deliveries.delivery("a")) == first
    assert await deliveries.delivery("b") is None


async def test_anything_comes_back_as_it_was_owed(deliveries: DeliveryStore) -> None:
    odd = Owed(
        "k\x00\ud800", "slack", "w\udfff", "c\x00", DeliveryKind.THREAD, b"\x00\xff", thread="t", reply_to="r",
        parent_key="none", files=(("a.png", "ff"),),
    )  # fmt: skip
    [kept] = await deliveries.owe([odd], now=NOON)
    assert kept.owed == odd


async def test_one_delivery_a_channel_is_claimed_and_in_order(deliveries: DeliveryStore) -> None:
    await deliveries.owe([owed("1"), owed("2"), owed("x", channel="c2")], now=NOON)
    assert await claimed(deliveries) == ["1", "x"]
    assert await claimed(deliveries, "another") == []
    first = await deliveries.delivery("1")
    assert first is not None
    assert await deliveries.sent(first.id, message_id="99", now=after(1))
    assert await claimed(deliveries) == ["2"]


async def test_an_earlier_one_that_waits_keeps_the_later_ones_waiting(deliveries: DeliveryStore) -> None:
    await deliveries.owe([owed("1"), owed("2")], now=NOON)
    [first] = await deliveries.claim("discord", owner="me", now=NOON, lease=LEASE, limit=10)
    assert await deliveries.release(first.id, "me", next_try_at=after(100), code="500", reason="down")
    assert await claimed(deliveries, at=after(99)) == []
    assert await claimed(deliveries, at=after(100)) == ["1"]


async def test_a_lease_that_ran_out_leaves_a_doubtful_delivery(deliveries: DeliveryStore) -> None:
    await deliveries.owe([owed("1")], now=NOON)
    [first] = await deliveries.claim("discord", owner="me", now=NOON, lease=LEASE, limit=10)
    assert not first.is_doubtful
    assert await claimed(deliveries, "other", after(59)) == []
    [again] = await deliveries.claim("discord", owner="other", now=after(60), lease=LEASE, limit=10)
    assert again.is_doubtful
    assert again.attempts == 2
    assert not await deliveries.release(first.id, "me", next_try_at=NOON, code="", reason="")
    assert await deliveries.sent(first.id, message_id="7", now=after(61)), "what is sent is sent, whoever says so"
    assert not await deliveries.sent(first.id, message_id="8", now=after(62))


async def test_what_hangs_on_a_parent_waits_for_it_and_knows_its_message(deliveries: DeliveryStore) -> None:
    await deliveries.owe([owed("1"), owed("2", channel="c2", parent_key="1")], now=NOON)
    [parent] = await deliveries.claim("discord", owner="me", now=NOON, lease=LEASE, limit=10)
    await deliveries.sent(parent.id, message_id="41", thread_id="42", now=NOON)
    [child] = await deliveries.claim("discord", owner="me", now=NOON, lease=LEASE, limit=10)
    assert (child.parent_message_id, child.parent_thread_id) == ("41", "42")


async def test_what_hangs_on_a_refused_one_is_refused_all_the_way_down(deliveries: DeliveryStore) -> None:
    await deliveries.owe([owed("1"), owed("2", parent_key="1"), owed("3", parent_key="2"), owed("4")], now=NOON)
    [first] = await deliveries.claim("discord", owner="me", now=NOON, lease=LEASE, limit=1)
    assert await deliveries.refused(first.id, "me", code="50035", reason="Invalid Form Body")
    states = [one.state for key in "1234" if (one := await deliveries.delivery(key))]
    assert states == [DeliveryState.REFUSED] * 3 + [DeliveryState.DUE]
    assert await claimed(deliveries) == ["4"]


@pytest.mark.parametrize(("workspace", "channel"), [("w1", "c1"), ("w1", ""), ("", "")])
async def test_a_rate_limit_holds_a_channel_a_workspace_or_all(
    deliveries: DeliveryStore, workspace: str, channel: str
) -> None:
    await deliveries.owe([owed("1")], now=NOON)
    await deliveries.postpone_channel("discord", workspace, channel, after(30))
    await deliveries.postpone_channel("discord", workspace, channel, after(20))  # never shortened
    assert await claimed(deliveries, at=after(29)) == []
    assert await claimed(deliveries, at=after(30)) == ["1"]


async def test_a_resting_channel_is_told_once_and_woken(deliveries: DeliveryStore) -> None:
    await deliveries.owe([owed("1"), owed("x", channel="c2")], now=NOON)
    rest = {"code": "50013", "reason": "Missing Permissions", "next_try_at": after(6 * 3600)}
    assert await deliveries.rest_channel("discord", "w1", "c1", now=NOON, **rest)  # type: ignore[arg-type]
    assert not await deliveries.rest_channel("discord", "w1", "c1", now=after(9), **rest)  # type: ignore[arg-type]
    [resting] = await deliveries.resting_channels("discord")
    assert (resting.channel, resting.code, resting.since) == ("c1", "50013", NOON)
    assert await claimed(deliveries) == ["x"]
    await deliveries.wake_channel("discord", "w1", "c1")
    assert await deliveries.resting_channels("discord") == []
    assert await claimed(deliveries) == ["1"]


async def test_a_resting_channel_is_tried_again_by_itself(deliveries: DeliveryStore) -> None:
    await deliveries.owe([owed("1")], now=NOON)
    await deliveries.rest_channel("discord", "w1", "c1", code="c", reason="r", now=NOON, next_try_at=after(100))
    assert await claimed(deliveries, at=after(99)) == []
    assert await claimed(deliveries, at=after(100)) == ["1"]


async def test_a_rest_lasts_through_tries_and_ends_with_what_is_sent(deliveries: DeliveryStore) -> None:
    [first, _] = await deliveries.owe([owed("1"), owed("x", channel="c2")], now=NOON)
    for channel in ("c1", "c2"):
        for at in (NOON, after(100)):
            await deliveries.rest_channel("discord", "w1", channel, code="c", reason="r", now=at, next_try_at=after(200))
    assert [(one.channel, one.since) for one in await deliveries.resting_channels("discord")] == [("c1", NOON), ("c2", NOON)]
    assert await claimed(deliveries, at=after(200)) == ["1", "x"]
    assert await deliveries.sent(first.id, message_id="m1", now=after(201))
    assert [one.channel for one in await deliveries.resting_channels("discord")] == ["c2"]
    assert await deliveries.rest_channel("discord", "w1", "c1", code="c", reason="r", now=after(300), next_try_at=after(400))


async def test_a_dropped_channel_is_owed_nothing(deliveries: DeliveryStore) -> None:
    await deliveries.owe([owed("1"), owed("2"), owed("x", channel="c2")], now=NOON)
    assert await deliveries.drop_channel("discord", "w1", "c1") == 2
    assert [one.owed.key for one in await deliveries.unsettled("discord")] == ["x"]


async def test_the_next_instant_is_the_first_claimable_ones(deliveries: DeliveryStore) -> None:
    assert await deliveries.next_due_at("discord") is None
    await deliveries.owe([owed("1", not_before=after(50)), owed("2"), owed("x", channel="c2", not_before=after(80))], now=NOON)
    assert await deliveries.next_due_at("discord") == after(50)
    assert await deliveries.next_due_at("slack") is None


async def test_two_that_claim_at_once_never_share(deliveries: DeliveryStore) -> None:
    await deliveries.owe([owed(str(n), channel=f"c{n}") for n in range(20)], now=NOON)
    both = await asyncio.gather(*(deliveries.claim("discord", owner=o, now=NOON, lease=LEASE, limit=20) for o in "ab"))
    keys = [one.owed.key for claims in both for one in claims]
    assert sorted(keys) == sorted(map(str, range(20)))


async def test_an_event_is_taken_by_the_first_and_ended_with_its_answer(deliveries: DeliveryStore) -> None:
    takes = await asyncio.gather(*(deliveries.take_event("slack", "Ev1", request_json="{}", now=NOON) for _ in range(3)))
    assert sorted(takes) == [False, False, True]
    assert [one.id for one in await deliveries.open_events("slack", before=after(1))] == ["Ev1"]
    await deliveries.owe([owed("answer:Ev1")], now=after(2), answers=("slack", "Ev1"))
    assert await deliveries.open_events("slack", before=after(9)) == []
    assert not await deliveries.take_event("slack", "Ev1", request_json="{}", now=after(3))


async def test_events_that_come_together_are_taken_together_each_once(deliveries: DeliveryStore) -> None:
    await deliveries.take_event("slack", "Ev2", request_json="{}", now=NOON)
    taken = await deliveries.take_events("slack", [("Ev1", "{}"), ("Ev2", "{}"), ("Ev1", "{}"), ("Ev3", "{}")], now=NOON)
    assert taken == [True, False, False, True]
    assert await deliveries.take_events("slack", [], now=NOON) == []
    assert [one.id for one in await deliveries.open_events("slack", before=after(1))] == ["Ev1", "Ev2", "Ev3"]


async def test_an_event_that_was_apologised_for_stays_so_until_it_is_forgotten(deliveries: DeliveryStore) -> None:
    await deliveries.take_event("slack", "Ev1", request_json='{"text":"ü\ud800"}', now=NOON)
    [one] = await deliveries.open_events("slack", before=after(1))
    assert one.request_json == '{"text":"ü\ud800"}'
    await deliveries.end_event("slack", "Ev1", EventState.APOLOGISED, now=after(5))
    await deliveries.end_event("slack", "Ev1", EventState.ANSWERED, now=after(6))
    assert await deliveries.forget_events(before=after(5)) == 0
    assert await deliveries.forget_events(before=after(6)) == 1
    assert await deliveries.take_event("slack", "Ev1", request_json="{}", now=after(7))


async def test_an_event_can_be_looked_at_after_its_end(deliveries: DeliveryStore) -> None:
    await deliveries.take_event("slack", "Ev1", request_json='{"a":1}', now=NOON)
    await deliveries.end_event("slack", "Ev1", EventState.ANSWERED, now=NOON)
    found = await deliveries.event("slack", "Ev1")
    assert found is not None
    assert found.request_json == '{"a":1}'
    assert await deliveries.event("discord", "Ev1") is None


async def test_the_last_verdict_of_a_person_counts(deliveries: DeliveryStore) -> None:
    for person, verdict in (("p1", "good"), ("p2", "good"), ("p1", "bad")):
        await deliveries.judge("slack", "Ev1", person=person, workspace="w1", verdict=verdict, now=NOON)
    await deliveries.judge("slack", "Ev1", person="p3", workspace="w2", verdict="bad", now=NOON)
    assert await deliveries.verdicts("w1") == {"good": 1, "bad": 1}


async def test_a_person_is_forgotten_here_and_nobody_else_is(deliveries: DeliveryStore) -> None:
    for person, workspace in (("p1", "w1"), ("p2", "w1"), ("p1", "w2")):
        await deliveries.judge("slack", f"Ev-{workspace}", person=person, workspace=workspace, verdict="good", now=NOON)
        name, said = f"{person}-{workspace}", '{"person":{"id":"%s"},"place":{"workspace":"%s"},"text":"words"}'
        await deliveries.take_event("slack", name, request_json=said % (person, workspace), now=NOON)
        await deliveries.end_event("slack", name, EventState.ANSWERED, now=NOON)
    assert await deliveries.forget_person("slack", "w1", "p1") == 2
    assert await deliveries.verdicts("w1") == {"good": 1}
    assert await deliveries.verdicts("w2") == {"good": 1}
    kept = {name: one for name in ("p1-w1", "p2-w1", "p1-w2") if (one := await deliveries.event("slack", name))}
    assert {name: "words" in one.request_json for name, one in kept.items()} == {
        "p1-w1": False, "p2-w1": True, "p1-w2": True,
    }  # fmt: skip
    assert not await deliveries.take_event("slack", "p1-w1", request_json="{}", now=NOON)


async def test_what_a_wrong_clock_wrote_far_ahead_binds_nobody_once_it_is_right(deliveries: DeliveryStore) -> None:
    await deliveries.owe([owed("a")], now=after(6_000))
    assert await claimed(deliveries, "dead", after(6_001)) == ["a"]
    assert await claimed(deliveries) == ["a"]  # its lease lies far ahead
    assert await claimed(deliveries, "another", after(1)) == []
    assert await claimed(deliveries, "another", after(-2)) == []  # a clock that is set right by seconds frees nothing
    [held] = await deliveries.unsettled("discord")
    assert await deliveries.release(held.id, "me", next_try_at=after(6_000), code="503", reason="")
    assert await claimed(deliveries, "me", after(2)) == ["a"]
    assert await deliveries.release(held.id, "me", next_try_at=after(1_800), code="503", reason="")
    assert await claimed(deliveries, "me", after(3)) == []


async def test_a_cursor_only_grows(deliveries: DeliveryStore) -> None:
    for message_id in ("999", "1000", "998", "1001", "1000"):
        await deliveries.put_cursor("discord", "c1", message_id)
    await deliveries.put_cursor("slack", "c1", "1700000000.000100")
    assert await deliveries.cursors("discord") == {"c1": "1001"}
