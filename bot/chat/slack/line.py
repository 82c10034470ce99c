"""The line to one workspace: what everything that answers there uses, and the last check of what goes over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.chat.last_check import require_sound
from bot.chat.slack.inspecting import inspect
from bot.chat.slack.rendering import render

if TYPE_CHECKING:
    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.chat.last_check import StoreFacts
    from bot.chat.messages import Message


@dataclass(frozen=True, slots=True)
class Line:
    """`file_hosts`: where Slack keeps files, and our token may go."""

    client: AsyncWebClient
    session: aiohttp.ClientSession
    token: str
    facts: StoreFacts
    file_hosts: frozenset[str]

    async def checked(self, message: Message) -> dict[str, Any]:
        """The body of a message that may leave. Raises VerbatimError."""
        outgoing = render(message)
        await require_sound(outgoing, inspect(outgoing.body), self.facts)
        return outgoing.body
