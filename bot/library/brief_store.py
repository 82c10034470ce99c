"""Briefs as they were frozen, what channels want of them, and what people have muted: the store of briefs, as a port.

Rules that every adapter keeps, beside those of `store`:

- A brief is frozen before anything of it is sent. `(key, slot)` is given once: keeping it again changes nothing, unless
  it was only made so far (prepared or previewed, or replaced as such); then newer material takes its place.
- What is owed is what is frozen: the record and its deliveries are written in one transaction, and no body is lost:
  `redo` adds a revision and keeps the ones before.
- Each part of the change log is told once: a brief tells what no other one told or is about to tell (`windows`). One
  that was refused or dropped told nobody anything: its window is owed to the next one, also when a later brief, which
  counted on it, was delivered. What only one person saw, or a preview, tells nobody either.
- Its state follows its deliveries (`settle`); nobody has to be there when they are sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain import Receipt
from bot.library.delivery_store import Owed


def brief_key(platform: str, workspace: str, channel: str) -> str:
    """The key of a channel's wish, here and in the due-table."""
    return f"brief:{platform}:{workspace}:{channel}"


@dataclass(frozen=True, slots=True)
class BriefWish:
    """What a channel wants of its brief. When it wants it stands in the due-table, under the same key."""

    key: str  # brief_key
    platform: str
    workspace: str
    channel: str
    language: str = ""  # of our words, "de" or "en"; quotes keep theirs
    length: str = "normal"  # short, normal, long: 3, 5, 7 stories
    style: str = "bullets"  # bullets, prose, headlines
    empty: str = "say so"  # say so, silent
    threads: str = "one"  # off, one, per story
    topics: tuple[str, ...] = ()  # empty: all
    mark_quiet: bool = False  # say, too, which stories of the last brief have nothing new


class BriefKind(StrEnum):
    SCHEDULED = "scheduled"
    CATCH_UP = "catch up"  # over a gap
    POSTED = "posted"  # a person had it posted
    PREVIEW = "preview"
    PRIVATE = "private"  # one person saw it

    @property
    def is_for_all(self) -> bool:
        return self not in (BriefKind.PREVIEW, BriefKind.PRIVATE)


class BriefState(StrEnum):
    """A record only moves forward: made → owed → delivered or failed."""

    MADE = "made"  # prepared or previewed
    OWED = "owed"
    DELIVERED = "delivered"
    FAILED = "failed"  # refused or dropped: its news is owed to the next one
    REPLACED = "replaced"  # only ever made; another was posted in its place


@dataclass(frozen=True, slots=True)
class BriefRecord:
    """A brief as it was frozen, over the changes `from_seq < seq <= to_seq`, but those that other briefs tell: in one
    of `skipped`, `start < seq <= end`."""

    id: int
    key: str  # of the wish
    slot: str  # the due-table's, or "post:<event id>", "preview:<event id>"; with the key once
    kind: BriefKind
    state: BriefState
    made_at: datetime
    since: datetime | None
    from_seq: int
    to_seq: int
    body: bytes  # `frozen_brief`
    sha256: str  # of the body
    revision: int = 0  # counts redoing
    delivered_at: datetime | None = None
    skipped: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class BriefWindow:
    """What one brief tells of the change log; the fields are those of its record."""

    record_id: int
    slot: str
    state: BriefState
    since: datetime | None
    made_at: datetime
    from_seq: int
    to_seq: int
    skipped: tuple[tuple[int, int], ...] = ()
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Mute:
    """What a person does not want to hear of: a topic, or a story by its id."""

    topic: str = ""
    story_id: int | None = None


class BriefStore(Protocol):
    """Briefs, wishes and mutes. Safe for any number of tasks and processes."""

    # --- wishes ---

    async def put_wish(self, wish: BriefWish) -> None:
        """From now on so; replaces the one of this key."""
        ...

    async def wish(self, key: str) -> BriefWish | None: ...

    async def wishes(self, platform: str, workspace: str) -> list[BriefWish]:
        """All of a workspace, in order of their keys."""
        ...

    async def remove_wish(self, key: str) -> bool:
        """False when there was none. Its briefs stay."""
        ...

    # --- records ---

    async def keep(
        self,
        key: str,
        slot: str,
        kind: BriefKind,
        body: bytes,
        *,
        made_at: datetime,
        since: datetime | None,
        from_seq: int,
        to_seq: int,
        told: Iterable[int] = (),
        skipped: Iterable[tuple[int, int]] = (),
    ) -> BriefRecord:
        """Freeze a brief as MADE, with the documents that its entries tell. One that stands already under (key, slot)
        is returned as it is, unless it is only MADE or was REPLACED: then this takes its place, with its id."""
        ...

    async def owed(
        self,
        record_id: int,
        *,
        deliveries: Sequence[Owed],
        now: datetime,
        receipt: Receipt | None = None,
        sha256: str = "",
    ) -> BriefRecord:
        """Owe a MADE record and its deliveries, and keep the receipt, in one transaction. A record in any other state
        stays as it is and owes nothing: look at the state that comes back.

        A preview or a private one is POSTED from now on. Others of its key that are only made and would tell some of
        the same are REPLACED. Without deliveries (nothing new, and the channel wants silence; or it was shown where
        nothing has to be sent) it is DELIVERED at `now`. With `sha256`, only the body of that hash is owed: what was
        made anew by another process meanwhile stays MADE, and comes back. Raises NotFound.
        """
        ...

    async def revise(
        self,
        record_id: int,
        body: bytes,
        *,
        deliveries: Sequence[Owed],
        now: datetime,
        receipt: Receipt | None = None,
        to_seq: int = 0,
        told: Iterable[int] = (),
        sha256: str = "",
    ) -> BriefRecord:
        """Freeze the next revision of a record and owe its edits, in one transaction; the same body again is no
        revision and owes nothing. The record ends at `to_seq` from now on, if it told more, and has told these
        documents, too. With `sha256`, only the body of that hash is revised: what somebody else revised meanwhile
        stays, and comes back. Raises NotFound."""
        ...

    async def revisions(self, record_id: int) -> list[tuple[int, bytes]]:
        """Every body that a record had, the first one first."""
        ...

    async def settle(self) -> int:
        """Let OWED records follow their first delivery: sent → DELIVERED, refused or dropped → FAILED; how many."""
        ...

    async def last_told(self, key: str, *, before_id: int | None = None) -> BriefRecord | None:
        """The newest OWED or DELIVERED record that was for all; of those that were made before another one."""
        ...

    async def windows(self, key: str, *, records: int = 60) -> list[BriefWindow]:
        """What the last so many briefs for all cover, the last one first: those that are OWED or DELIVERED told it, or
        will; what FAILED is owed to the next brief, as far as none of the others covers it."""
        ...

    async def told(self, key: str, *, records: int = 60, before_id: int | None = None) -> frozenset[int]:
        """The documents that the last so many briefs for all told: their stories are known to the channel."""
        ...

    async def record(self, key: str, slot: str) -> BriefRecord | None: ...

    async def by_id(self, record_id: int) -> BriefRecord | None: ...

    async def of_channel(
        self, key: str, *, limit: int = 10, before_id: int | None = None, told_only: bool = True
    ) -> list[BriefRecord]:
        """A channel's briefs, the last one first; `told_only`: OWED and DELIVERED ones that were for all."""
        ...

    async def keys(self) -> list[str]:
        """Every channel that was told a brief, by its key, in order."""
        ...

    async def delivered_since(self, after: datetime, *, limit: int = 100) -> list[BriefRecord]:
        """Records that were delivered after an instant, in that order, of all channels: for feeds and files."""
        ...

    # --- people ---

    async def mute(self, platform: str, workspace: str, person: str, mute: Mute, *, now: datetime) -> None: ...

    async def unmute(self, platform: str, workspace: str, person: str, mute: Mute) -> bool:
        """False when that was not muted."""
        ...

    async def mutes(self, platform: str, workspace: str, person: str) -> list[Mute]:
        """What a person has muted, oldest first."""
        ...

    async def forget_person(self, platform: str, workspace: str, person: str) -> int:
        """Erase all that is known of a person here; how many mutes that were."""
        ...
