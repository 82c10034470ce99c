"""The page of our own that Slack gives us: how things stand, the sources, how to use the bot; for managers, adding."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from bot.chat.messages import Button, ButtonStyle, Message, Paragraph
from bot.chat.requests import Right
from bot.chat.slack.events import FORM_OF_COMMAND
from bot.chat.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.chat.requests import Person
    from bot.chat.slack.line import Line

BLOCKS: Final = 100  # Slack's limit
# commands, and parts of this page alone, whose answers make it, from the top
SHOWN: Final = ("home brief", "home briefs", "news status", "news list", "home me", "news help")
CALL_S: Final = 10.0


class HomePage:
    """One person's page: gathers what commands would have answered, then shows it."""

    def __init__(self, line: Line, person: str) -> None:
        self._line, self._person = line, person
        self._gathered: list[Message] | None = None

    def gather(self) -> None:
        """From now on what is said is kept for `show`."""
        self._gathered = []

    async def note(self, message: Message) -> None:
        """What is for the person alone: part of the page while it is gathered, else a direct message."""
        if self._gathered is not None:
            self._gathered.append(message)
            return
        body = {**await self._line.checked(message), "channel": self._person}
        async with asyncio.timeout(CALL_S):
            await self._line.client.api_call("chat.postMessage", json=body)

    async def turn(self, message: Message) -> None:
        """Show this message in the place of the page."""
        if self._gathered is not None:
            self._gathered.append(message)
            return
        await self._publish([message])

    async def show(self, person: Person, language: str) -> None:
        """Show what was gathered. Raises what the call raises."""
        gathered, self._gathered = self._gathered or [], None
        if person.right >= Right.MANAGER:
            add = Button(say("home-add", language), f"{FORM_OF_COMMAND}source add", style=ButtonStyle.MAIN)
            manage = say("home-manage", language)
            gathered.append(Message(manage, (Paragraph(manage),), language, buttons=(add,)))
        await self._publish(gathered)

    async def _publish(self, messages: Sequence[Message]) -> None:
        view = {"type": "home", "blocks": home_blocks([await self._line.checked(one) for one in messages])}
        async with asyncio.timeout(CALL_S):
            await self._line.client.api_call("views.publish", json={"user_id": self._person, "view": view})


def home_blocks(bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks of messages, a line between them; whole messages are left out where it gets too long."""
    blocks: list[dict[str, Any]] = []
    for body in bodies:
        more: list[dict[str, Any]] = [{"type": "divider"}] if blocks else []
        more += body["blocks"]
        if len(blocks) + len(more) <= BLOCKS:
            blocks += more
    return blocks
