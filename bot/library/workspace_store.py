"""What a workspace decided about us, who changed what there, and what its admins are to hear: a store, as a port.

Rules that every adapter keeps, beside those of `store`:

- A workspace that decided nothing is there all the same, with the defaults.
- What was written into the audit is never changed.
- A notice of one kind about one subject is kept once, so it is told once. It is put into a bundle by who comes first,
  and a bundle is told of until it is marked as told: its key keeps it from standing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """What an admin allows a workspace; None: as much as there is."""

    posts_a_day: int | None = None  # cards; briefs count, but are never withheld
    tokens_a_day: int | None = None  # of the language model
    sources: int | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """What was decided. `admin` is the first who used an admin's command: whom notices reach without a channel."""

    platform: str
    workspace: str  # the platform's own id
    alerts_channel: str = ""
    admin: str = ""
    language: str = ""  # of notices: "de", "en", "" when nobody said
    limits: Limits = Limits()
    paused_at: datetime | None = None
    paused_by: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Somebody did, or tried, what only some may do. `facts` hold no secret."""

    platform: str
    workspace: str
    at: datetime
    person: str
    name: str
    channel: str
    action: str  # "source add", "newsadmin limits"
    outcome: str = "done"  # or the code of why not
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """Something that admins should hear of."""

    platform: str
    workspace: str
    kind: str
    subject: str  # with the kind, what it is told once about
    at: datetime
    channel: str = ""
    code: str = ""
    delivery_id: int | None = None
    id: int = 0
    bundle: str = ""


class WorkspaceStore(Protocol):
    """Decisions, audit and notices. Safe for any number of tasks and processes."""

    async def workspace(self, platform: str, workspace: str) -> Workspace: ...

    async def set_alerts(self, platform: str, workspace: str, channel: str, language: str) -> None: ...

    async def set_limits(self, platform: str, workspace: str, limits: Limits) -> None: ...

    async def set_pause(self, platform: str, workspace: str, since: datetime | None, by: str) -> None:
        """Pause all posting, or (None) go on."""
        ...

    async def meet_admin(self, platform: str, workspace: str, person: str, language: str) -> None:
        """Remember an admin, unless one is known."""
        ...

    async def write_audit(self, entry: AuditEntry) -> None: ...

    async def audit(
        self, platform: str, workspace: str, *, since: datetime | None = None, limit: int = 10_000
    ) -> list[AuditEntry]:
        """The latest entries, oldest first."""
        ...

    async def notice(self, notice: KeptNotice) -> bool:
        """Keep it until it is told; False when one of its kind was kept about this subject."""
        ...

    async def waiting(self, limit: int = 1_000) -> list[KeptNotice]:
        """Those that are in no bundle yet, oldest first."""
        ...

    async def last_told(self, since: datetime) -> dict[tuple[str, str, str], datetime]:
        """When something of a (platform, workspace, kind) was last put into words, if after `since`."""
        ...

    async def bundle(self, notice_ids: Sequence[int], key: str) -> int:
        """Put those that are in none into this bundle; how many those were."""
        ...

    async def untold_bundles(self) -> dict[str, list[KeptNotice]]: ...

    async def told(self, key: str, *, now: datetime) -> None: ...

    async def forget_notices(self, *, before: datetime) -> int:
        """Forget what was told before this instant; how many. What is noticed anew after that is told anew."""
        ...
