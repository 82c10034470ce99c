"""Channels that we were thrown out of: what was set up there is forgotten, long after it was told.

A channel that refuses us sleeps first: nothing is deleted, an admin is told, it is tried again every six hours and
woken when we are let in again. What was said there stays, and so do its briefs: what was quoted stays provable.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.domain import Scope
from bot.library.brief_store import brief_key

if TYPE_CHECKING:
    from bot.front_desk.admin_commands import Stores
    from bot.library.delivery_store import ChannelRest

log = logging.getLogger(__name__)

FORGOTTEN_AFTER: Final = timedelta(days=30)  # of rest, without a single post that was taken


async def forget_gone_channels(stores: Stores, platforms: Iterable[str], *, now: datetime) -> int:
    """Forget the wishes of channels that have rested for so long; how many channels. Safe to be killed and called
    again: that a channel rests is forgotten last. Raises VerbatimError."""
    gone = [
        rest
        for platform in platforms
        for rest in await stores.deliveries.resting_channels(platform)
        if now - rest.since >= FORGOTTEN_AFTER
    ]
    for rest in gone:
        await _forget(stores, rest, now)
        log.warning("a channel is gone for good", extra={"platform": rest.platform, "channel": rest.channel})
    return len(gone)


async def _forget(stores: Stores, rest: ChannelRest, now: datetime) -> None:
    place = rest.platform, rest.workspace, rest.channel
    for due in await stores.due.of_channel(*place):
        await stores.due.remove(due.wish.key)
    await stores.briefs.remove_wish(brief_key(*place))
    await stores.subscriptions.forget_channel(rest.platform, rest.channel)
    scope = Scope(f"{rest.platform}-{rest.workspace}", rest.channel)
    for source in await stores.sources.followings(scope):
        if Scope.of_audience(source.audience) == scope:  # nobody else sees what it brings
            await stores.sources.remove(source.id, erase=False, now=now)
    await stores.deliveries.drop_channel(*place)
    await stores.deliveries.wake_channel(*place)
