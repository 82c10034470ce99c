"""What the due-table promises, on each kind of database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import text

from bot.library import engines
from bot.library.sql_store import SqlStore
from bot.schedule.calendar import Intent, QuietHours, SkippedDay
from bot.schedule.due import Action, Decision, SlotState, Wish, decide
from bot.schedule.due_table import DueTable
from bot.schedule.sql_due_table import SqlDueTable

NOON = datetime(2027, 3, 2, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)


@pytest.fixture
def table(store: SqlStore) -> DueTable:
    return SqlDueTable(store.transactions)


@pytest.fixture
async def other(url: str, store: SqlStore) -> AsyncIterator[DueTable]:
    """The same table in another process."""
    async with await SqlStore.open(url, busy_timeout_s=60) as opened:
        yield SqlDueTable(opened.transactions)


def wish(key: str = "brief:a", **more: object) -> Wish:
    intent = Intent("UTC", (time(12),), created_at=NOON - timedelta(hours=12))
    return replace(Wish(key, intent, "discord", "w1", "c1"), **more)  # type: ignore[arg-type]


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


async def put(table: DueTable, *wishes: Wish) -> None:
    for one in wishes:
        await table.put(one, zone_data="v1", now=NOON - timedelta(hours=1))


async def decisions(table: DueTable, now: datetime) -> list[Decision]:
    return [decide(row, now) for row in await table.due(now=now, limit=100)]


async def taken(table: DueTable, owner: str = "me", now: datetime = NOON) -> list[str]:
    made = await table.settle(await decisions(table, now), owner=owner, now=now, lease=LEASE)
    return [f"{one.due.wish.key} {one.action} {one.slot.key if one.slot else ''}" for one in made]


async def test_anything_comes_back_as_it_was_put(table: DueTable) -> None:
    odd = Wish(
        "k\x00\ud800",
        Intent(
            "Asia/Tokyo", (time(7, 30), time(19)), frozenset({0, 4}), skip=(SkippedDay(date(2027, 1, 1), "Neujahr"),),
            quiet=QuietHours(time(22), time(7)), created_at=NOON,
        ),
        "slack", "w\udfff", "c\x00", timedelta(hours=6), NOON,
    )  # fmt: skip
    row = await table.put(odd, zone_data="v1", now=NOON)
    assert row.wish == odd
    assert (row.revision, row.look_at) == (1, NOON)
    assert await table.get(odd.key) == row
    assert await table.of_channel("slack", "w\udfff", "c\x00") == [row]
    assert await table.of_channel("slack", "w", "c\x00") == []
    assert (await table.put(odd, zone_data="v1", now=NOON)).revision == 2
    assert await table.remove(odd.key)
    assert not await table.remove(odd.key)
    assert await table.get(odd.key) is None


async def test_a_slot_is_taken_once_whoever_asks(table: DueTable, other: DueTable) -> None:
    await put(table, *(wish(f"brief:{n}") for n in range(20)))
    mine, theirs = await decisions(table, NOON), await decisions(other, NOON)
    assert len(mine) == len(theirs) == 20
    won = await asyncio.gather(
        table.settle(mine, owner="me", now=NOON, lease=LEASE),
        other.settle(list(reversed(theirs)), owner="them", now=NOON, lease=LEASE),
    )
    assert sorted(one.due.wish.key for half in won for one in half) == sorted(f"brief:{n}" for n in range(20))
    assert await taken(other, "them") == []


async def test_a_slot_that_ended_never_comes_again_though_the_clock_is_set_back(table: DueTable) -> None:
    await put(table, wish())
    assert await taken(table) == ["brief:a fire 2027-03-02T12:00 UTC"]
    assert await table.end("brief:a", "2027-03-02T12:00 UTC", "me", now=after(5))
    assert await taken(table, now=after(30)) == []
    for seconds in (-1500, -600, 0, 60, 3600):
        assert await taken(table, now=after(seconds)) == [], seconds
    assert await taken(table, now=after(86_400)) == ["brief:a fire 2027-03-03T12:00 UTC"]


async def test_what_was_looked_at_by_a_later_clock_is_looked_at_again(table: DueTable) -> None:
    await put(table, wish())
    assert await taken(table, now=NOON.replace(year=2227)) == ["brief:a fire 2227-03-02T12:00 UTC"]
    await table.end("brief:a", "2227-03-02T12:00 UTC", "me", now=NOON.replace(year=2227))
    assert await taken(table, now=after(-60)) == []
    assert await taken(table, now=after(0)) == ["brief:a fire 2027-03-02T12:00 UTC"]


async def test_a_lease_that_ran_out_lets_another_go_on(table: DueTable, other: DueTable) -> None:
    await put(table, wish())
    slot = "2027-03-02T12:00 UTC"
    assert await taken(table)
    assert await table.renew("brief:a", slot, "me", until=after(100))
    assert await taken(other, "them", after(99)) == []
    assert await taken(other, "them", after(100)) == ["brief:a fire 2027-03-02T12:00 UTC"]
    assert not await table.renew("brief:a", slot, "me", until=after(500))
    assert not await table.end("brief:a", slot, "me", now=after(101))
    assert await table.end("brief:a", slot, "them", now=after(102))
    assert not await table.end("brief:a", slot, "them", now=after(103))


async def test_what_a_wrong_clock_took_before_its_process_died_does_not_wait_for_that_hour(
    table: DueTable, other: DueTable
) -> None:
    await put(table, wish())
    assert await taken(table, now=after(3_000)) == ["brief:a catch up 2027-03-02T12:00 UTC"]
    assert await taken(other, "them", after(5)) == ["brief:a catch up 2027-03-02T12:00 UTC"]
    assert await taken(table, now=after(10)) == []


async def test_what_did_not_work_is_tried_again(table: DueTable) -> None:
    await put(table, wish())
    assert await taken(table)
    assert await table.give_back("brief:a", "2027-03-02T12:00 UTC", "me", again_at=after(30))
    assert await taken(table, "them", after(29)) == []
    assert await taken(table, "them", after(61)) == ["brief:a fire 2027-03-02T12:00 UTC"]


async def test_a_wish_that_changed_meanwhile_is_decided_anew(table: DueTable) -> None:
    await put(table, wish())
    before = await decisions(table, NOON)
    later = replace(wish(), intent=Intent("UTC", (time(13),), created_at=NOON))
    await table.put(later, zone_data="v1", now=NOON)
    assert await table.settle(before, owner="me", now=NOON, lease=LEASE) == []
    assert await taken(table, now=after(1)) == []
    assert await taken(table, now=after(3600)) == ["brief:a fire 2027-03-02T13:00 UTC"]


async def test_new_zone_data_let_a_wish_be_looked_at_and_fire_no_slot_twice(table: DueTable) -> None:
    await put(table, wish())
    await taken(table)
    await table.end("brief:a", "2027-03-02T12:00 UTC", "me", now=NOON)
    assert await taken(table) == []
    assert await table.due(now=after(60), limit=9) == []
    assert await table.new_zone_data(lambda zone: "v1", now=after(60)) == 0
    assert await table.new_zone_data(lambda zone: "v2", now=after(60)) == 1
    assert [row.wish.key for row in await table.due(now=after(60), limit=9)] == ["brief:a"]
    assert await taken(table, now=after(60)) == []


async def test_what_was_too_late_is_dropped_once(table: DueTable) -> None:
    await put(table, wish(grace=timedelta(minutes=10)))
    assert await taken(table, now=after(3600)) == []
    [row] = await table.of_channel("discord", "w1", "c1")
    assert row.look_at == after(86_400)
    again = (await table.put(row.wish, zone_data="v1", now=after(3600)))
    assert [(slot.state, slot.action) for slot in again.slots.values()] == [(SlotState.ENDED, Action.DROP)]
    assert await table.forget_slots(before=after(0)) == 0
    assert await table.forget_slots(before=after(1)) == 1


async def test_rows_come_in_the_order_of_their_slots(table: DueTable) -> None:
    for key, hour in (("brief:b", 13), ("brief:a", 14), ("brief:c", 12)):
        await put(table, wish(key, intent=Intent("UTC", (time(hour),), created_at=NOON - timedelta(minutes=90))))
    assert await taken(table, now=after(-1)) == []
    assert await table.next_look_at() == NOON
    coming = await table.coming(now=after(-1), until=after(3600))
    assert [row.wish.key for row in coming] == ["brief:c", "brief:b"]
    assert [row.wish.key for row in await table.due(now=after(7200), limit=2)] == ["brief:c", "brief:b"]


async def test_a_wish_that_cannot_be_read_stands_in_nobodys_way(table: DueTable, url: str) -> None:
    await put(table, wish("brief:0"), wish())
    engine = engines.open_async(url)
    async with engine.begin() as connection:
        broken = b'{"zone":"Europe/Atlantis","times":["12:00:00"]}'
        await connection.execute(text("UPDATE due SET intent = :intent WHERE key = 'brief:0'"), {"intent": broken})
    await engine.dispose()
    assert await table.due(now=NOON, limit=1) == []
    assert await taken(table) == ["brief:a fire 2027-03-02T12:00 UTC"]
    assert await table.new_zone_data(lambda zone: "v1", now=after(60)) == 1, "looked at again once its zone is known"
