"""A platform as the front desk sees it: how a message looks there, and where a reply to a request belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.chat.messages import Message
from bot.chat.outgoing import Outgoing
from bot.chat.requests import Request
from bot.library.delivery_store import Owed


class Face(Protocol):
    """One platform's look. Pure: it sends nothing."""

    platform: str

    def render(self, message: Message) -> Outgoing:
        """The message as the platform takes it."""
        ...

    def reply(self, request: Request, key: str, outgoing: Outgoing) -> list[Owed]:
        """What is owed so that everyone sees this as the reply to a request: in its thread, in a new thread on the
        question, or in the direct message. `key` is the beginning of every delivery's key."""
        ...

    def post(self, workspace: str, channel: str, key: str, outgoing: Outgoing) -> list[Owed]:
        """What is owed so that this stands in a channel by itself."""
        ...

    def post_brief(
        self,
        workspace: str,
        channel: str,
        key: str,
        overview: Outgoing,
        stories: Sequence[Outgoing],
        threads: str,
    ) -> list[Owed]:
        """What is owed so that a brief stands in a channel, the overview first (`key`:0), then its stories (`key`:1 …):
        `threads` "off": none of them, "one": in a thread on the overview, "per story": each by itself, with a thread of
        its own. `overview.title` names the thread, or the post where every message is one."""
        ...

    def link_to(self, workspace: str, channel: str, message_id: str) -> str:
        """The address of a message, "" while it is not known."""
        ...

    def is_message(self, address: str) -> bool:
        """Whether an address is one that `link_to` makes."""
        ...
