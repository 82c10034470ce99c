"""What Slack delivered: written down before it is acknowledged, so that a crash loses nothing, a repeat does nothing.

A delivery is known by Slack's own name for it. Beside this, the front desk takes each request once by what it is about:
the same question may come by two deliveries.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import msgspec

from bot.errors import VerbatimError
from bot.library.delivery_store import EventState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.library.delivery_store import DeliveryStore

log = logging.getLogger(__name__)

ROOM: Final = "slack-delivery"  # beside the front desk's own events
_SECRETS: Final = frozenset(("token", "authorizations", "authed_users"))  # nobody needs them later


class Arrivals:
    """Deliveries in the library. Where it cannot be written, they are known for as long as the process lives."""

    def __init__(self, store: DeliveryStore, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._taken: set[str] = set()
        self._since = now()

    async def take(self, name: str, body: dict[str, Any]) -> bool:
        """True for the first time; False for every repeat."""
        if name in self._taken:
            return False
        self._taken.add(name)
        kept = {key: value for key, value in body.items() if key not in _SECRETS}
        try:
            written = msgspec.json.encode(kept).decode()
            return await self._store.take_event(ROOM, name, request_json=written, now=self._now())
        except VerbatimError as error:  # a full disk: the front desk will say so to the person
            log.error("a delivery could not be written down", extra={"code": error.code})
            return True

    async def end(self, name: str) -> None:
        """It was handled. What cannot be written now is handled again at the next start, where it counts as taken."""
        if not name:
            return
        try:
            await self._store.end_event(ROOM, name, EventState.ANSWERED, now=self._now())
        except VerbatimError as error:
            log.error("the end of a delivery could not be written down", extra={"code": error.code})
            return
        self._taken.discard(name)

    async def left_open(self) -> list[tuple[str, dict[str, Any]]]:
        """What a crash left unhandled."""
        found = await self._store.open_events(ROOM, before=self._since)
        return [(one.id, msgspec.json.decode(one.request_json)) for one in found if one.id not in self._taken]
