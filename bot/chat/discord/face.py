"""Where replies and posts belong on Discord: a thread on the question, the direct message, a command's own reply."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from bot.chat.discord.markdown import visible
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
        return [
            Owed(
                f"{key}:thread", PLATFORM, place.workspace, place.channel, DeliveryKind.THREAD,
                thread_named(request.text), reply_to=request.id,
            ),
            Owed(
                f"{key}:0", PLATFORM, place.workspace, place.channel, DeliveryKind.POST, body,
                reply_to=request.id, parent_key=f"{key}:thread",
            ),
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
        """A story's message never notifies anybody: its body says so."""
        place = (PLATFORM, workspace, channel)
        owed = [Owed(f"{key}:0", *place, DeliveryKind.POST, frozen(overview))]
        told = [] if threads == "off" else list(enumerate(stories, 1))
        if told and threads == "one":
            opened = thread_named(overview.title)
            owed.append(Owed(f"{key}:thread", *place, DeliveryKind.THREAD, opened, parent_key=f"{key}:0"))
        for n, story in told:
            parent = f"{key}:thread" if threads == "one" else ""
            owed.append(Owed(f"{key}:{n}", *place, DeliveryKind.POST, frozen(story), parent_key=parent))
            if threads == "per story":
                opened = thread_named(story.title or _title_of(story))
                owed.append(Owed(f"{key}:{n}:thread", *place, DeliveryKind.THREAD, opened, parent_key=f"{key}:{n}"))
        return owed

    def link_to(self, workspace: str, channel: str, message_id: str) -> str:
        return f"https://discord.com/channels/{workspace}/{channel}/{message_id}"

    def is_message(self, address: str) -> bool:
        return re.fullmatch(r"https://discord\.com/channels/\d{1,20}/\d{1,20}/\d{1,20}", address) is not None


def thread_named(name: str) -> bytes:
    """The body that opens a thread."""
    named = shortened(seen(name), _THREAD_NAME) or "…"
    return msgspec.json.encode({"name": named, "auto_archive_duration": _ARCHIVED_AFTER_MIN})


def _title_of(outgoing: Outgoing) -> str:
    return visible(next((str(one["title"]) for one in outgoing.body.get("embeds", []) if one.get("title")), ""))
