"""The table of what is due, as a port. What every adapter keeps:

- A slot is taken by one taker; while its lease runs nobody else gets it, and once it has ended nobody ever does.
- A wish that changed since it was read is not acted upon: the row is decided anew.
- Whatever was looked at by a later clock is looked at again: a clock that is set back silences nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.schedule.due import Decision, Due, Wish


class DueTable(Protocol):
    """Wishes and their slots. Safe for any number of tasks and processes."""

    # --- wishes ---

    async def put(self, wish: Wish, *, zone_data: str, now: datetime) -> Due:
        """Write a new wish, or put it in the place of the one with this key. `zone_data` names the state of its zone's
        data. It is looked at at once; what was taken stays taken."""
        ...

    async def get(self, key: str) -> Due | None: ...

    async def of_channel(self, platform: str, workspace: str, channel: str) -> list[Due]: ...

    async def remove(self, key: str) -> bool:
        """Forget a wish and its slots. False when there is none."""
        ...

    async def new_zone_data(self, state_of: Callable[[str], str], *, now: datetime) -> int:
        """Let every wish be looked at at once whose zone's data changed; how many these are."""
        ...

    # --- slots ---

    async def due(self, *, now: datetime, limit: int) -> list[Due]:
        """Rows about which something is to be decided, in the order of their slots."""
        ...

    async def coming(self, *, now: datetime, until: datetime) -> list[Due]:
        """Rows that will be looked at after `now` and up to `until`, in that order."""
        ...

    async def next_look_at(self) -> datetime | None:
        """When the next row is to be looked at."""
        ...

    async def settle(
        self, decisions: Sequence[Decision], *, owner: str, now: datetime, lease: timedelta
    ) -> list[Decision]:
        """Write decisions down, all or nothing. Those with slots that this owner has now taken come back, in order:
        they are to be carried out."""
        ...

    async def renew(self, key: str, slot: str, owner: str, *, until: datetime) -> bool:
        """Go on holding a slot. False when it is lost to another, or ended."""
        ...

    async def end(
        self, key: str, slot: str, owner: str, *, now: datetime, revision: int = 0, look_at: datetime | None = None
    ) -> bool:
        """What the slot was for has happened, or is owed for sure. False when it was lost meanwhile. The row is looked
        at again at `look_at`, if its wish is still at `revision`; else at once."""
        ...

    async def give_back(self, key: str, slot: str, owner: str, *, again_at: datetime) -> bool:
        """It did not work: the slot may be taken again at `again_at`. False when it was lost meanwhile."""
        ...

    async def forget_slots(self, *, before: datetime) -> int:
        """Drop what is known of slots that ended and lie before an instant."""
        ...
