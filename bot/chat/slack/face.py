"""Where replies and posts belong on Slack: the thread of the question, the direct message, the channel of a command."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.chat.messages import Message
from bot.chat.outgoing import Outgoing, frozen
from bot.chat.requests import Request, RequestKind
from bot.chat.slack.rendering import render
from bot.library.delivery_store import DeliveryKind, Owed

PLATFORM: Final = "slack"
RESPONSE: Final = "response:"  # before the address at which a command may be answered, in `reply_to`
ASKED_AT: Final = "asked at"  # the argument of a request that holds the id of the message itself
ANSWER_AT: Final = "answer at"  # the argument of a request that holds the address at which it may be answered


class SlackFace:
    """The look of Slack, for the front desk. `homes` gives the addresses of the workspaces that are known by now."""

    platform = PLATFORM

    def __init__(self, homes: Callable[[], Mapping[str, str]] = dict) -> None:
        self.homes = homes

    def render(self, message: Message) -> Outgoing:
        return render(message)

    def reply(self, request: Request, key: str, outgoing: Outgoing) -> list[Owed]:
        """In the thread of the question, which is made by answering; a direct message is answered below itself; a
        command has no thread, so its answer stands in the channel."""
        place = request.place
        thread = place.thread
        reply_to = ""
        if request.kind is RequestKind.QUESTION:
            reply_to = request.arguments.get(ASKED_AT, "")
            thread = thread or ("" if place.direct else reply_to)
        elif address := request.arguments.get(ANSWER_AT, ""):
            reply_to = f"{RESPONSE}{address}"
        return [
            Owed(
                f"{key}:0", PLATFORM, place.workspace, place.channel, DeliveryKind.POST, frozen(outgoing),
                thread=thread, reply_to=reply_to,
            )
        ]  # fmt: skip

    def post(self, workspace: str, channel: str, key: str, outgoing: Outgoing) -> list[Owed]:
        return [Owed(f"{key}:0", PLATFORM, workspace, channel, DeliveryKind.POST, frozen(outgoing))]

    def post_brief(
        self,
        workspace: str,
        channel: str,
        key: str,
        overview: Outgoing,
        stories: Sequence[Outgoing],
        threads: str,
    ) -> list[Owed]:
        """A thread is made by answering; its replies are shown nowhere else."""
        place = (PLATFORM, workspace, channel)
        parent = f"{key}:0" if threads == "one" else ""
        told = [] if threads == "off" else list(enumerate(stories, 1))
        return [
            Owed(f"{key}:0", *place, DeliveryKind.POST, frozen(overview)),
            *(Owed(f"{key}:{n}", *place, DeliveryKind.POST, frozen(one), parent_key=parent) for n, one in told),
        ]

    def link_to(self, workspace: str, channel: str, message_id: str) -> str:
        home = self.homes().get(workspace, "").rstrip("/")
        return f"{home}/archives/{channel}/p{message_id.replace('.', '')}" if home else ""

    def is_message(self, address: str) -> bool:
        found = re.fullmatch(r"(https?://[^/]+)/archives/[A-Z0-9]{1,20}/p\d{1,20}", address)
        return found is not None and found[1] in {home.rstrip("/") for home in self.homes().values()}
