"""Who somebody on Slack is to us, and what a channel is: asked from Slack, kept for some minutes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from bot.chat.requests import Person, Place, Right
from bot.chat.slack.face import PLATFORM
from bot.chat.slack.sender import CALL_ERRORS, code_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.chat.slack.events import Came

log = logging.getLogger(__name__)

T = TypeVar("T")

KEPT_S: Final = 300.0
WAIT_S: Final = 2.0  # a form must be opened within three seconds
_MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Trusted:
    """Who manages sources and who is an admin beside those whom the workspace calls so: ids of users and groups."""

    managers: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()

    @classmethod
    def read(cls, managers: str, admins: str) -> Trusted:
        """From the settings: ids, separated by commas or spaces."""
        listed = [frozenset(text.replace(",", " ").split()) for text in (managers, admins)]
        return cls(*listed)


class _Kept(Generic[T]):
    """Answers by a key, for some minutes; two who ask at once share one call."""

    def __init__(self, ask: Callable[[str], Awaitable[T]], now: Callable[[], float]) -> None:
        self._ask, self._now = ask, now
        self._known: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[T]] = {}

    async def get(self, key: str) -> T:
        at, value = self._known.get(key, (None, None))
        if at is not None and value is not None and self._now() - at < KEPT_S:
            return value
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.ensure_future(self._ask(key))
            task.add_done_callback(lambda ended: self._asked(key, ended))
        found = await asyncio.shield(task)
        self._known[key] = (self._now(), found)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return found

    def forget(self, key: str) -> None:
        self._known.pop(key, None)

    def _asked(self, key: str, ended: asyncio.Task[T]) -> None:
        self._asking.pop(key, None)
        if not ended.cancelled():
            ended.exception()  # looked at, though whoever asked may be gone


class People:
    """Persons and places of one workspace. What cannot be asked gives no right, and counts as private."""

    def __init__(
        self, client: AsyncWebClient, workspace: str, trusted: Trusted, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._client, self._workspace, self._trusted = client, workspace, trusted
        self._users = _Kept(self._ask_user, now)
        self._groups = _Kept(self._ask_group, now)
        self._channels = _Kept(self._ask_channel, now)

    async def person(self, user: str) -> Person:
        if not user:
            return Person("", "")
        try:
            async with asyncio.timeout(WAIT_S):
                found = await self._users.get(user)
                right = await self._right(user, found)
        except CALL_ERRORS as error:
            log.warning("a person could not be asked for", extra={"error": code_of(error) or type(error).__name__})
            return Person(user, "")
        profile = found.get("profile") or {}
        name = str(profile.get("display_name") or found.get("real_name") or found.get("name") or "")
        language = str(found.get("locale") or "")
        return Person(user, name, right, language, str(found.get("tz") or ""))

    async def place(self, what: Came) -> Place:
        """Where something happened. A channel is private unless the event or Slack says that it is not."""
        private = what.private
        if private is None:
            private = True
            try:
                async with asyncio.timeout(WAIT_S):
                    private = await self._channels.get(what.channel) != "public"
            except CALL_ERRORS as error:
                log.warning("a channel could not be asked for", extra={"error": code_of(error) or type(error).__name__})
        return Place(
            PLATFORM, self._workspace, what.channel, "" if what.thread == what.message else what.thread,
            direct=what.direct, private=private,
        )  # fmt: skip

    def forget_channel(self, channel: str) -> None:
        self._channels.forget(channel)

    async def _right(self, user: str, found: dict[str, Any]) -> Right:
        """Owners are admins and admins are managers; guests and people of other workspaces are neither."""
        if found.get("team_id", self._workspace) != self._workspace or found.get("is_restricted"):
            return Right.EVERYONE
        if found.get("is_owner") or found.get("is_primary_owner") or await self._is_listed(user, self._trusted.admins):
            return Right.ADMIN
        if found.get("is_admin") or await self._is_listed(user, self._trusted.managers):
            return Right.MANAGER
        return Right.EVERYONE

    async def _is_listed(self, user: str, listed: frozenset[str]) -> bool:
        if user in listed:
            return True
        groups = [one for one in listed if one.startswith("S")]
        return any([user in await self._groups.get(group) for group in groups])

    async def _ask_user(self, user: str) -> dict[str, Any]:
        answer: Any = await self._client.users_info(user=user, include_locale=True)
        return dict(answer["user"])

    async def _ask_group(self, group: str) -> frozenset[str]:
        try:
            answer: Any = await self._client.usergroups_users_list(usergroup=group)
        except CALL_ERRORS as error:
            log.warning("a user group could not be asked for", extra={"error": code_of(error) or type(error).__name__})
            return frozenset()
        return frozenset(answer.get("users") or ())

    async def _ask_channel(self, channel: str) -> str:
        answer: Any = await self._client.conversations_info(channel=channel)
        found = answer["channel"]
        private = found.get("is_private") or found.get("is_im") or found.get("is_mpim") or found.get("is_group")
        return "private" if private else "public"
