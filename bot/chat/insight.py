"""What only a platform knows of a workspace: its owner, its channels, who may do what in them. A port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.chat.findings import Finding


@dataclass(frozen=True, slots=True)
class Access:
    """A channel, as a person and we have it. What could not be asked is said to be fine: the platform has the last
    word when something is posted. It has none when something is read: there, only what is `sure` counts."""

    there: bool = True  # a channel of this workspace that we can see
    name: str = ""  # "#news"
    seen_by_person: bool = True
    sure: bool = True  # the platform said whether the person sees it
    missing: tuple[str, ...] = ()  # what we lack for posting there, by the platform's own names


class Insight(Protocol):
    """One platform's knowledge. No method raises for what the platform does: it answers with what is known."""

    @property
    def is_ready(self) -> bool:
        """Whether the platform can be asked at all: there has been a connection."""
        ...

    async def owner(self, workspace: str) -> str:
        """Who answers for a workspace, "" when that is not known."""
        ...

    async def language(self, workspace: str, person: str) -> str:
        """What a person of a workspace reads, or else most do there, as the platform writes it: "de", "en-US", ""."""
        ...

    async def direct_channel(self, workspace: str, person: str) -> str:
        """The channel in which this person alone is reached, "" when there is none."""
        ...

    async def access(self, workspace: str, channel: str, person: str = "") -> Access:
        """How a channel stands to us, and to a person if one is named."""
        ...

    async def findings(self, workspace: str, channel: str = "") -> list[Finding]:
        """Every right and limit, tested now: of one channel, or of all in which we are (of all workspaces: "")."""
        ...
