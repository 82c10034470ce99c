"""Channels that refuse us: they sleep, and what was set up there is forgotten only after thirty days."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.domain import SourceKind
from bot.front_desk.admin_commands import Stores
from bot.front_desk.gone_channels import FORGOTTEN_AFTER, forget_gone_channels
from bot.front_desk.permits import Permits
from bot.library.brief_store import BriefWish, brief_key
from bot.library.delivery_store import DeliveryKind, DeliveryState, Owed
from bot.library.source_store import Choices
from bot.library.sql_brief_store import SqlBriefStore
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_source_store import SqlSourceStore
from bot.library.sql_store import SqlStore
from bot.library.sql_subscription_store import SqlSubscriptionStore
from bot.library.sql_workspace_store import SqlWorkspaceStore
from bot.library.subscription_store import Posts, Subscription
from bot.schedule.calendar import Intent
from bot.schedule.due import Wish
from bot.schedule.sql_due_table import SqlDueTable

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        db = store.transactions
        yield Stores(
            SqlWorkspaceStore(db), SqlDeliveryStore(db), SqlSourceStore(db), SqlSubscriptionStore(db),
            SqlBriefStore(db), SqlDueTable(db),
        )  # fmt: skip


async def set_up(stores: Stores, channel: str) -> None:
    """A channel with a brief, a source of its workspace, one of its own, and something that is owed to it."""
    key = brief_key("discord", "w1", channel)
    await stores.briefs.put_wish(BriefWish(key, "discord", "w1", channel))
    intent = Intent("UTC", (time(7, 30),), created_at=NOON)
    await stores.due.put(Wish(key, intent, "discord", "w1", channel), zone_data="v1", now=NOON)
    for name, audience in (("shared", "w:discord-w1"), (channel, f"w:discord-w1/c:{channel}")):
        source, _ = await stores.sources.add(
            SourceKind.FEED, f"https://{name}.example/feed", audience, Choices(), now=NOON
        )
        await stores.subscriptions.subscribe(Subscription("discord", "w1", channel, source.id, Posts.BOTH))
    await stores.deliveries.owe([Owed(f"card:{channel}", "discord", "w1", channel, DeliveryKind.POST, b"{}")], now=NOON)


async def rest(stores: Stores, channel: str, at: datetime) -> None:
    await stores.deliveries.rest_channel(
        "discord", "w1", channel, code="50001", reason="Missing Access", now=at, next_try_at=at + 6 * HOUR
    )


async def test_what_was_set_up_in_a_channel_is_forgotten_after_thirty_days_of_rest(stores: Stores) -> None:
    for channel in ("gone", "open"):
        await set_up(stores, channel)
    await rest(stores, "gone", NOON)
    assert await forget_gone_channels(stores, ["discord"], now=NOON + FORGOTTEN_AFTER - HOUR) == 0
    await rest(stores, "gone", NOON + FORGOTTEN_AFTER - HOUR)  # refused once more
    assert await forget_gone_channels(stores, ["discord"], now=NOON + FORGOTTEN_AFTER) == 1
    assert [one.channel for one in await stores.briefs.wishes("discord", "w1")] == ["open"]
    assert await stores.due.of_channel("discord", "w1", "gone") == []
    assert len(await stores.due.of_channel("discord", "w1", "open")) == 1
    assert await stores.subscriptions.of_channel("discord", "gone") == []
    assert len(await stores.subscriptions.of_channel("discord", "open")) == 2
    followed = [one.address for one in await stores.sources.followings()]
    assert followed == ["https://shared.example/feed", "https://open.example/feed"]
    dropped = await stores.deliveries.delivery("card:gone")
    assert dropped is not None
    assert dropped.state is DeliveryState.DROPPED
    assert [one.owed.channel for one in await stores.deliveries.unsettled("discord")] == ["open"]
    assert await forget_gone_channels(stores, ["discord"], now=NOON + 2 * FORGOTTEN_AFTER) == 0


async def test_nothing_is_posted_by_itself_while_a_channel_rests(stores: Stores) -> None:
    now = NOON
    permits = Permits(
        stores.workspaces, stores.deliveries, stores.sources, {}, note=lambda _: pytest.fail("nothing to tell"),
        now=lambda: now, cards_at_most=9, window=HOUR,
    )  # fmt: skip
    await rest(stores, "c1", NOON)
    assert await permits.withheld("discord", "w1", "c1") == "resting"
    assert await permits.is_paused("discord", "w1", "c1")
    assert not await permits.is_paused("discord", "w1", "c2")
    now += 6 * HOUR  # what is owed now tries whether we are let in again
    assert await permits.withheld("discord", "w1", "c1") == ""
    assert not await permits.is_paused("discord", "w1", "c1")
