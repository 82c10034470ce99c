"""What a workspace allows: how many posts and sources, whether anything is posted now, which channels may be named."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.chat.commands import ArgumentKind, Command, typed_as
from bot.chat.texts import say
from bot.errors import VerbatimError
from bot.front_desk.language import language_of
from bot.library.workspace_store import KeptNotice

if TYPE_CHECKING:
    from bot.chat.insight import Insight
    from bot.chat.requests import Place, Request
    from bot.library.delivery_store import DeliveryStore
    from bot.library.source_store import SourceStore
    from bot.library.workspace_store import WorkspaceStore

A_DAY: Final = timedelta(days=1)
CARDS: Final = "card:"
_ADDING: Final = frozenset(("source add", "add as source", "follow", "pick", "undo"))
_CHECKING: Final = "newsadmin check"  # it is there for when the platform says nothing
_READING: Final = frozenset(("news list", "brief show", _CHECKING))  # of what takes a channel, these post nothing there
# Buttons and forms that lead to a channel: by its id alone, or by a brief of it ("channel/hash").
_OF_A_CHANNEL: Final = frozenset(
    ("brief-form", "brief-settings", "brief-preview", "brief-post", "brief-pause", "brief-resume")
)
_OF_A_BRIEF: Final = frozenset(("full", "about", "asked", "mute"))


class Permits:
    """Judges by what an admin decided and by what the platform says. `note` keeps a notice for admins."""

    def __init__(
        self,
        workspaces: WorkspaceStore,
        deliveries: DeliveryStore,
        sources: SourceStore,
        insights: Mapping[str, Insight],
        *,
        note: Callable[[KeptNotice], Awaitable[bool]],
        now: Callable[[], datetime],
        cards_at_most: int,
        window: timedelta,
    ) -> None:
        self._workspaces, self._deliveries, self._sources = workspaces, deliveries, sources
        self._insights, self._note, self._now = insights, note, now
        self._cards_at_most, self._window = cards_at_most, window

    async def require(self, request: Request, command: Command | None) -> None:
        """Before a command is carried out. Raises VerbatimError with cause and cure."""
        channel = named_channel(request, command)
        if channel:
            await self._require_channel(request, channel, posts=command is not None and command.key not in _READING)
        verb = command.key if command else request.name.partition(":")[0]
        if verb in _ADDING and await self.room_for_sources(request.place) == 0:
            await self.refuse_source(request)

    async def refuse_source(self, request: Request) -> None:
        """Say that no source fits in any more. Raises VerbatimError."""
        place, language = request.place, language_of(request)
        most = (await self._workspaces.workspace(place.platform, place.workspace)).limits.sources
        used = await self.count_sources(place.platform, place.workspace)
        facts = {"most": most, "used": used, "limits": typed_as("newsadmin limits", place.platform)}
        raise VerbatimError("sources-full", f"{used} of {most}", say("sources-full", language, **facts))

    async def room_for_sources(self, place: Place) -> int | None:
        """How many sources may still be added; None: any number."""
        most = (await self._workspaces.workspace(place.platform, place.workspace)).limits.sources
        if most is None:
            return None
        return max(0, most - await self.count_sources(place.platform, place.workspace))

    async def count_sources(self, platform: str, workspace: str) -> int:
        audience = f"w:{platform}-{workspace}"
        found = await self._sources.followings(None)
        return sum(one.audience == audience or one.audience.startswith(f"{audience}/") for one in found)

    async def withheld(self, platform: str, workspace: str, channel: str) -> str:
        """Why a card is not posted now: "paused", "resting", "limit", "cap"; "" when it is."""
        chosen = await self._workspaces.workspace(platform, workspace)
        if chosen.paused_at is not None:
            return "paused"
        if await self._rests(platform, workspace, channel):
            return "resting"
        most = chosen.limits.posts_a_day
        if most is not None and await self.posts_of_a_day(platform, workspace) >= most:
            day = f"{self._now():%Y-%m-%d}"
            await self._note(KeptNotice(platform, workspace, "limit", day, self._now(), channel))
            return "limit"
        since = self.window_start()
        count = await self._deliveries.owed_since(platform, workspace, CARDS, since, channel=channel)
        return "cap" if count >= self._cards_at_most else ""

    async def posts_of_a_day(self, platform: str, workspace: str) -> int:
        """Cards of the last 24 hours."""
        return await self._deliveries.owed_since(platform, workspace, CARDS, self._now() - A_DAY)

    async def require_posting(self, request: Request) -> None:
        """For what a person has posted here and now. Raises VerbatimError when posting is paused or at its limit."""
        place, language = request.place, language_of(request)
        chosen = await self._workspaces.workspace(place.platform, place.workspace)
        if chosen.paused_at is not None:
            facts = {"since": _when(chosen.paused_at), "pause": _resuming(place.platform)}
            raise VerbatimError("all-paused", "posting is paused", say("all-paused", language, **facts))
        most = chosen.limits.posts_a_day
        if most is not None and await self.posts_of_a_day(place.platform, place.workspace) >= most:
            facts = {"most": str(most), "limits": typed_as("newsadmin limits", place.platform)}
            raise VerbatimError("posts-full", f"{most} a day", say("posts-full", language, **facts))

    async def is_paused(self, platform: str, workspace: str, channel: str) -> bool:
        """Whether nothing is to be posted there by itself: because somebody said so, or because it rests."""
        chosen = await self._workspaces.workspace(platform, workspace)
        return chosen.paused_at is not None or await self._rests(platform, workspace, channel)

    async def _rests(self, platform: str, workspace: str, channel: str) -> bool:
        """Whether a channel that refused us is left alone. Once its time to be tried again is there, what is owed next
        tries it, should nothing else wait for it."""
        now = self._now()
        return any(
            (one.workspace, one.channel) == (workspace, channel) and (one.next_try_at is None or one.next_try_at > now)
            for one in await self._deliveries.resting_channels(platform)
        )

    def window_start(self) -> datetime:
        """When the window for cards began in which we are."""
        at, length = self._now().timestamp(), self._window.total_seconds()
        return datetime.fromtimestamp(at - at % length, UTC)

    async def _require_channel(self, request: Request, channel: str, *, posts: bool) -> None:
        """A channel that was named must be one that the person sees and, where something is to be posted, that we may
        write into. What a button or a form names is looked at as well: its name may be old, or made up."""
        place, language = request.place, language_of(request)
        insight = self._insights.get(place.platform)
        if insight is None or channel == place.channel:
            return
        access = await insight.access(place.workspace, channel, request.person.id)
        if not access.there:
            raise VerbatimError("channel-unknown", "no such channel", say("channel-unknown", language))
        if not access.seen_by_person or not (posts or access.sure or request.name == _CHECKING):
            raise VerbatimError("channel-not-yours", "not a member", say("channel-not-yours", language))
        if posts and access.missing:
            facts = {
                "channel": access.name, "missing": ", ".join(access.missing),
                "check": typed_as("newsadmin check", place.platform),
            }  # fmt: skip
            raise VerbatimError("channel-no-right", facts["missing"], say("channel-no-right", language, **facts))


def named_channel(request: Request, command: Command | None) -> str:
    """The channel that a request names beside its place: as an argument, or as a button or form carries it. Pure."""
    names = [one.name for one in command.arguments if one.kind is ArgumentKind.CHANNEL] if command else []
    verb, _, carried = request.name.partition(":")
    if command is None and verb in _OF_A_CHANNEL and carried:
        return carried
    if command is None and verb in _OF_A_BRIEF and "/" in carried:
        return carried.partition("/")[0]
    return request.arguments.get(next(iter(names), "channel"), "").strip("<#> ").partition("|")[0]


async def tokens_allowed(workspaces: WorkspaceStore, workspace: str) -> int | None:
    """How many tokens of the language model a workspace (as scopes name it: "slack-T1") may use a day; None: any."""
    platform, found, own = workspace.partition("-")
    return (await workspaces.workspace(platform, own)).limits.tokens_a_day if found else None


def _resuming(platform: str) -> str:
    """The command that goes on, as it is typed."""
    return typed_as("newsadmin pause", platform)[:-1] + (" all:resume`")


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
