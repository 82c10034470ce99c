"""Autocomplete: what fits what somebody has typed so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.chat.messages import Choice

if TYPE_CHECKING:
    from bot.chat.requests import Person, Place
    from bot.front_desk.brief_commands import BriefCommands
    from bot.sourcing.use_cases import Sourcing

_MOST: Final = 25


class Suggestions:
    """The sources that may be seen, by what was typed of their number or title; time zones, briefs, topics."""

    def __init__(self, sourcing: Sourcing, briefs: BriefCommands) -> None:
        self._sourcing, self._briefs = sourcing, briefs

    async def suggest(self, command: str, argument: str, typed: str, place: Place, person: Person) -> list[Choice]:  # noqa: ARG002 - the port's
        if argument not in ("source", "url"):
            return await self._briefs.suggest(argument, typed, place, person)
        wanted = typed.casefold().lstrip("#")
        views = await self._sourcing.list(place.scope)
        fitting = [one for one in views if wanted in f"{one.id} {one.title} {one.address}".casefold()]
        return [Choice(f"#{one.id}", f"#{one.id} {one.title}") for one in fitting[:_MOST]]
