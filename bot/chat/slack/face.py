"""Where replies and posts belong on Slack: the thread of the question, the direct message, the channel of a command."""

from __future__ import annotations

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
    """The look of Slack, for the front desk."""

    platform = PLATFORM

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
