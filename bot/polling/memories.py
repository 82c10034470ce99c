"""What is remembered of an address from one check to the next, as JSON in its row."""

from __future__ import annotations

from typing import Any

import msgspec

from bot.domain import SourceKind
from bot.library.source_store import Watched
from bot.sources import change_guard


class FeedMemory(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is remembered of a feed from one check to the next, for answers without a body."""

    ttl_s: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    items: int = 0  # that it listed when it was read last; of a cut one, and those before it, the most
    half: bool = False  # it ended within its last item
    code: str = ""  # of what was odd about it
    reason: str = ""
    moved_to: str = ""  # where it says that it will be from now on …
    moved_asked: int = 0  # … and how often that was looked at


encode = msgspec.json.Encoder().encode


def feed_memory(watched: Watched) -> FeedMemory:
    return _memory(watched, FeedMemory, SourceKind.FEED) or FeedMemory()


def page_memory(watched: Watched) -> change_guard.PageMemory:
    return _memory(watched, change_guard.PageMemory, SourceKind.PAGE) or change_guard.PageMemory()


def _memory(watched: Watched, shape: type[Any], kind: SourceKind) -> Any:
    if not watched.memory or watched.kind is not kind:
        return None
    try:
        return msgspec.json.decode(watched.memory, type=shape)
    except msgspec.MsgspecError:  # of another release: it is learnt anew
        return None
