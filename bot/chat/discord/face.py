"""Where replies and posts belong on Discord: a thread on the question, the direct message, a command's own reply."""

from __future__ import annotations

import msgspec

from bot.chat.discord.rendering import render
from bot.chat.foreign_words import seen, shortened
from bot.chat.messages import Message
from bot.chat.outgoing import Outgoing, frozen
from bot.chat.requests import Request, RequestKind
from bot.library.delivery_store import DeliveryKind, Owed

PLATFORM = "discord"
INTERACTION = "interaction:"  # before the application's id and the token, in `reply_to`
_THREAD_NAME = 90  # Discord takes 100
_ARCHIVED_AFTER_MIN = 1_440


class DiscordFace:
    """The look of Discord, for the front desk."""

    platform = PLATFORM

    def render(self, message: Message) -> Outgoing:
        return render(message)

    def reply(self, request: Request, key: str, outgoing: Outgoing) -> list[Owed]:
        """In a thread on the question; within the thread or the direct message where it was asked; or, for a command,
        as the reply that was promised when it was acknowledged."""
        place = request.place
        body = frozen(outgoing)
        if request.kind is not RequestKind.QUESTION:
            reply_to = f"{INTERACTION}{request.arguments.get('interaction', '')}"
            return [
                Owed(
                    f"{key}:0", PLATFORM, place.workspace, place.channel, DeliveryKind.EDIT, body,
                    thread=place.thread, reply_to=reply_to,
                )
            ]  # fmt: skip
        if place.direct or place.thread:
            return [
                Owed(
                    f"{key}:0", PLATFORM, place.workspace, place.channel, DeliveryKind.POST, body,
                    thread=place.thread, reply_to=request.id,
                )
            ]  # fmt: skip
        opened = msgspec.json.encode(
            {"name": shortened(seen(request.text), _THREAD_NAME) or "…", "auto_archive_duration": _ARCHIVED_AFTER_MIN}
        )
        return [
            Owed(
                f"{key}:thread", PLATFORM, place.workspace, place.channel, DeliveryKind.THREAD, opened,
                reply_to=request.id,
            ),
            Owed(
                f"{key}:0", PLATFORM, place.workspace, place.channel, DeliveryKind.POST, body,
                reply_to=request.id, parent_key=f"{key}:thread",
            ),
        ]  # fmt: skip

    def post(self, workspace: str, channel: str, key: str, outgoing: Outgoing) -> list[Owed]:
        return [Owed(f"{key}:0", PLATFORM, workspace, channel, DeliveryKind.POST, frozen(outgoing))]
