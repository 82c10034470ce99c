"""What waits for somebody's press of a button: kept in memory, for as long as a platform lets the button be pressed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

T = TypeVar("T")

FOR: Final = timedelta(minutes=15)
_MOST: Final = 10_000


class Pending(Generic[T]):
    """Things by a short key; forgotten after a quarter of an hour, and by a restart, which `take` tells alike."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: OrderedDict[str, tuple[datetime, T]] = OrderedDict()

    def put(self, key: str, thing: T) -> None:
        self._kept[key] = (self._now(), thing)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)

    def get(self, key: str) -> T | None:
        """What waits under the key, as long as it does."""
        at, thing = self._kept.get(key, (None, None))
        return thing if at is not None and self._now() - at <= FOR else None

    def take(self, key: str) -> T | None:
        """The same, once."""
        thing = self.get(key)
        self._kept.pop(key, None)
        return thing
