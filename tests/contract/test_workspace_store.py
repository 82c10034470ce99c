"""What the store of decisions, audit and notices promises, and the deliveries that are withheld, on each database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.library.delivery_store import DeliveryKind, DeliveryState, Owed
from bot.library.installation_store import Installed
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_installation_store import SqlInstallationStore
from bot.library.sql_store import SqlStore
from bot.library.sql_workspace_store import SqlWorkspaceStore
from bot.library.workspace_store import AuditEntry, KeptNotice, Limits, Workspace

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def office(store: SqlStore) -> SqlWorkspaceStore:
    return SqlWorkspaceStore(store.transactions)


@pytest.fixture
def deliveries(store: SqlStore) -> SqlDeliveryStore:
    return SqlDeliveryStore(store.transactions)


def owed(key: str, kind: DeliveryKind = DeliveryKind.POST, **more: object) -> Owed:
    return Owed(key, "slack", "w1", "c1", kind, b"{}", **more)  # type: ignore[arg-type]


async def test_what_is_decided_is_kept_each_by_itself(office: SqlWorkspaceStore) -> None:
    assert await office.workspace("slack", "w1") == Workspace("slack", "w1")
    await office.meet_admin("slack", "w1", "Uénil\0", "de")
    await office.set_alerts("slack", "w1", "c9", "en")
    await office.set_limits("slack", "w1", Limits(5, None, 7))
    await office.set_pause("slack", "w1", NOON, "Jo")
    await office.meet_admin("slack", "w1", "U2", "fr")
    there = Workspace("slack", "w1", "c9", "Uénil\0", "en", Limits(5, None, 7), NOON, "Jo")
    assert await office.workspace("slack", "w1") == there
    await office.set_pause("slack", "w1", None, "")
    assert (await office.workspace("slack", "w1")).paused_at is None
    assert await office.workspace("discord", "w1") == Workspace("discord", "w1")


async def test_the_audit_is_read_in_order_and_by_workspace(office: SqlWorkspaceStore) -> None:
    entries = [
        AuditEntry("slack", "w1", after(n), "U1", "Jo", "c1", f"act {n}", facts={"url": "\ud800"}) for n in range(3)
    ]
    for one in entries:
        await office.write_audit(one)
    await office.write_audit(AuditEntry("slack", "w2", NOON, "U9", "", "", "theirs"))
    assert await office.audit("slack", "w1") == entries
    assert await office.audit("slack", "w1", since=after(1)) == entries[1:]
    assert await office.audit("slack", "w1", limit=1) == entries[2:]


async def test_a_notice_waits_once_is_bundled_once_and_told(office: SqlWorkspaceStore) -> None:
    first = KeptNotice("slack", "w1", "resting", "c1:50013", NOON, "c1", "50013")
    assert await office.notice(first)
    assert not await office.notice(first)
    assert await office.notice(KeptNotice("slack", "w1", "late", "card:1", after(1), delivery_id=4))
    waiting = await office.waiting()
    assert [(one.kind, one.delivery_id) for one in waiting] == [("resting", None), ("late", 4)]
    assert await office.bundle([waiting[0].id], "notice:1") == 1
    assert await office.bundle([one.id for one in waiting], "notice:2") == 1
    bundles = await office.untold_bundles()
    assert {key: [one.kind for one in found] for key, found in bundles.items()} == {
        "notice:1": ["resting"], "notice:2": ["late"],
    }  # fmt: skip
    assert await office.last_told(NOON) == {}
    await office.told("notice:1", now=after(9))
    assert await office.last_told(NOON) == {("slack", "w1", "resting"): after(9)}
    assert await office.last_told(after(10)) == {}
    assert list(await office.untold_bundles()) == ["notice:2"]
    assert await office.forget_notices(before=after(10)) == 1
    assert await office.notice(first)


async def test_what_is_withheld_is_counted_and_never_sent(deliveries: SqlDeliveryStore) -> None:
    await deliveries.owe([owed("card:1"), owed("card:2", withheld="cap"), owed("note:1")], now=NOON)
    await deliveries.owe([owed("card:1:v2", DeliveryKind.EDIT, parent_key="card:1")], now=NOON)
    await deliveries.owe([owed("card:2:v2", DeliveryKind.EDIT, parent_key="card:2")], now=NOON)
    assert await deliveries.owed_since("slack", "w1", "card:", NOON) == 1
    assert await deliveries.owed_since("slack", "w1", "card:", NOON, channel="c2") == 0
    assert await deliveries.owed_since("slack", "w1", "card:", NOON, withheld="cap") == 1
    assert await deliveries.owed_since("slack", "w1", "card:", after(1)) == 0
    assert [one.owed.key for one in await deliveries.unsettled("slack")] == ["card:1", "note:1", "card:1:v2"]
    assert await deliveries.withhold("slack", "w1", "card:", code="paused") == 2
    assert [one.owed.key for one in await deliveries.unsettled("slack")] == ["note:1"]


async def test_a_person_may_have_a_refused_one_tried_again_with_what_hung_on_it(deliveries: SqlDeliveryStore) -> None:
    await deliveries.owe([owed("a"), owed("b", parent_key="a"), owed("c", parent_key="b")], now=NOON)
    [first] = await deliveries.claim("slack", owner="me", now=NOON, lease=LEASE, limit=9)
    assert not await deliveries.revive(first.id, now=NOON)
    await deliveries.refused(first.id, "me", code="cannot-look", reason="unclear")
    assert await deliveries.unsettled("slack") == []
    assert await deliveries.revive(first.id, now=after(1))
    assert not await deliveries.revive(first.id, now=after(1))
    assert [(one.owed.key, one.state) for one in await deliveries.unsettled("slack")] == [
        ("a", DeliveryState.DUE), ("b", DeliveryState.DUE), ("c", DeliveryState.DUE),
    ]  # fmt: skip
    again = await deliveries.delivery_numbered(first.id)
    assert again is not None
    assert not again.is_doubtful
    assert again.attempts == 0


async def test_a_conversation_is_read_back_from_its_events(deliveries: SqlDeliveryStore) -> None:
    for n in range(4):
        await deliveries.take_event("slack", f"e{n}", request_json=f'"{n}"', now=after(n), conversation="t1")
    await deliveries.take_event("slack", "other", request_json="{}", now=NOON, conversation="t2")
    found = await deliveries.conversation("slack", "t1", before=after(3), limit=2)
    assert [one.id for one in found] == ["e1", "e2"]


async def test_an_installation_is_kept_replaced_and_removed(store: SqlStore) -> None:
    kept = SqlInstallationStore(store.transactions)
    await kept.keep(Installed("", "T1", NOON, b"\x00old"))
    await kept.keep(Installed("E1", "T2", after(1), b"two"))
    await kept.keep(Installed("", "T1", after(2), b"\xffnew"))
    assert [one.content for one in await kept.everywhere()] == [b"two", b"\xffnew"]
    assert await kept.find("", "T1") == Installed("", "T1", after(2), b"\xffnew")
    assert await kept.find("E1", "T1") is None
    assert await kept.remove("", "T1")
    assert not await kept.remove("", "T1")
    await kept.issue_state("early", until=after(0), now=NOON)
    await kept.issue_state("abc", until=after(10), now=NOON)
    await kept.issue_state("late", until=after(1), now=NOON)
    waiting = await store.transactions.ask(lambda run: run("SELECT COUNT(*) FROM slack_state", {}))
    assert waiting[0][0] == 2  # who begins and never ends leaves nothing
    assert not await kept.consume_state("late", now=after(1))
    assert await kept.consume_state("abc", now=after(9))
    assert not await kept.consume_state("abc", now=after(9))
