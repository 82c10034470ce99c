"""Autocomplete: what fits what somebody has typed so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.chat.messages import Choice

if TYPE_CHECKING:
    from bot.chat.requests import Person, Place
    from bot.sourcing import Sourcing

_MOST: Final = 25


class Suggestions:
    """The sources that may be seen, by what was typed of their number or title."""

    def __init__(self, sourcing: Sourcing) -> None:
        self._sourcing = sourcing

    async def suggest(self, command: str, argument: str, typed: str, place: Place, person: Person) -> list[Choice]:  # noqa: ARG002 - the port's
        if argument not in ("source", "url"):
            return []
        wanted = typed.casefold().lstrip("#")
        views = await self._sourcing.list(place.scope)
        fitting = [one for one in views if wanted in f"{one.id} {one.title} {one.address}".casefold()]
        return [Choice(f"#{one.id}", f"#{one.id} {one.title}") for one in fitting[:_MOST]]
