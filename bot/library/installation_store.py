"""Workspaces in which an app was installed, and who is about to: what is kept of it, encrypted; as a port.

What is kept of an installation is bytes that only their maker can read. A state is good once, and only for a while; the
store holds no more of it than a hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Installed:
    """An installation. `team` is empty when it is for all of an enterprise, `enterprise` when there is none."""

    enterprise: str
    team: str
    installed_at: datetime
    content: bytes


class InstallationStore(Protocol):
    """Installations and states. Safe for any number of tasks and processes."""

    async def keep(self, installed: Installed) -> None:
        """From now on so; replaces what was kept for this enterprise and team."""
        ...

    async def find(self, enterprise: str, team: str) -> Installed | None: ...

    async def everywhere(self) -> list[Installed]:
        """Every installation, in the order in which they were made."""
        ...

    async def remove(self, enterprise: str, team: str) -> bool: ...

    async def issue_state(self, state_sha256: str, *, until: datetime, now: datetime) -> None:
        """Good until then. What ran out is forgotten."""
        ...

    async def consume_state(self, state_sha256: str, *, now: datetime) -> bool:
        """True once, and only in time. What ran out is forgotten."""
        ...
