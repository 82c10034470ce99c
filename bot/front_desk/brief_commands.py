"""What people do with briefs from a chat, each subject in a room of its own; here their commands are handed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from bot.chat.messages import Choice
from bot.chat.requests import Request, Right
from bot.front_desk.brief_home import BriefHome
from bot.front_desk.brief_pausing import BriefPausing
from bot.front_desk.brief_people import BriefPeople
from bot.front_desk.brief_publishing import BriefPublishing
from bot.front_desk.brief_reading import BriefReading
from bot.front_desk.brief_requests import Handler, Parts
from bot.front_desk.brief_setting import BriefSetting

if TYPE_CHECKING:
    from bot.chat.requests import Person, Place


class BriefCommands:
    """The handlers of `/brief …`, of `/news latest`, `now` and `me`, and of the buttons below briefs."""

    def __init__(self, parts: Parts) -> None:
        self._setting, self._pausing = BriefSetting(parts), BriefPausing(parts)
        self._publishing = BriefPublishing(parts)
        self._reading, self._people, self._home = BriefReading(parts), BriefPeople(parts), BriefHome(parts)

    def handlers(self) -> Mapping[str, Handler]:
        rooms = (self._setting, self._pausing, self._publishing, self._reading, self._people, self._home)
        return {name: handler for room in rooms for name, handler in room.handlers().items()}

    RIGHTS: Final = dict.fromkeys(
        (
            "brief-form", "brief-zone", "brief-settings", "brief-preview", "brief-post", "brief-pause", "brief-resume",
            "post-now", "post-here",
        ),
        Right.MANAGER,
    )  # fmt: skip

    async def status_rows(self, request: Request) -> tuple[tuple[str, str], ...]:
        """When the next brief comes here, in local time, for `/news status`."""
        return await self._home.status_rows(request)

    async def suggest(self, argument: str, typed: str, place: Place, person: Person) -> list[Choice]:
        """Choices for `timezone`, `brief` and topics, by what was typed so far."""
        return await self._home.suggest(argument, typed, place, person)
