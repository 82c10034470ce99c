"""What Slack delivered: written down before it is acknowledged, so that a crash loses nothing, a repeat does nothing.

A delivery is known by Slack's own name for it. Beside this, the front desk takes each request once by what it is about:
the same question may come by two deliveries.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any, Final

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
        self._waiting: list[tuple[str, str, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._since = now()

    async def take(self, name: str, body: dict[str, Any]) -> bool:
        """True for the first time; False for every repeat."""
        if name in self._taken:
            return False
        self._taken.add(name)
        kept = {key: value for key, value in body.items() if key not in _SECRETS}
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((name, json.dumps(kept), written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        try:
            return await written
        except BaseException:  # it was not written down: when Slack sends it again, it counts as new
            self._taken.discard(name)
            raise

    async def _write(self) -> None:
        """Write down what waits, together: a burst would otherwise wait for a disk as many times as it is long."""
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                first = await self._store.take_events(ROOM, [(name, text) for name, text, _ in batch], now=self._now())
            except VerbatimError as error:  # a full disk: the front desk will say so to the person
                log.error("deliveries could not be written down", extra={"code": error.code, "count": len(batch)})
                first = [True] * len(batch)
            except Exception as error:  # noqa: BLE001 - whoever waits must not wait for ever; Slack sends it again
                for _, _, waiting in batch:
                    if not waiting.done():
                        waiting.set_exception(error)
                continue
            for (_, _, waiting), new in zip(batch, first, strict=True):
                if not waiting.done():
                    waiting.set_result(new)

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
        return [(one.id, json.loads(one.request_json)) for one in found if one.id not in self._taken]
