"""Answering one Discord event: acknowledged before the platform's three seconds are over, then replied to."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord
import msgspec
from discord import HTTPException
from discord.http import Route

from bot.chat.discord.inspecting import inspect
from bot.chat.discord.rendering import custom_id, render
from bot.chat.foreign_words import shortened
from bot.chat.last_check import require_sound
from bot.chat.messages import Choice, FieldKind, Form
from bot.errors import VerbatimError

if TYPE_CHECKING:
    from discord.http import HTTPClient

    from bot.chat.last_check import StoreFacts
    from bot.chat.messages import Attachment, Message
    from bot.chat.requests import IncomingFile

log = logging.getLogger(__name__)

ACKNOWLEDGE_S: Final = 1.0  # after which a command that has not been answered is acknowledged; Discord waits for three
_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE, _CHOICES, _MODAL = 4, 5, 6, 7, 8, 9
_EPHEMERAL: Final = 64
_TITLE, _LABEL, _TEXT = 45, 45, 4_000
_LABEL_COMPONENT, _TEXT_INPUT, _SELECT, _CHANNEL_SELECT, _UPLOAD = 18, 4, 3, 8, 19


class Line:
    """The line to Discord for what the outbox does not carry: private replies, checked like all that leaves."""

    def __init__(self, http: HTTPClient, facts: StoreFacts) -> None:
        self.http, self._facts = http, facts

    async def checked(self, message: Message) -> dict[str, Any]:
        """The body of a message that may leave. Raises VerbatimError."""
        outgoing = render(message)
        await require_sound(outgoing, inspect(outgoing.body), self._facts)
        return outgoing.body

    async def send(self, route: Route, body: dict[str, Any], attachments: Sequence[Attachment] = ()) -> None:
        """Make the call, with files when there are any."""
        if not attachments:
            await self.http.request(route, json=body)
            return
        files = [discord.File(io.BytesIO(one.content), filename=one.name) for one in attachments]
        form: list[dict[str, Any]] = [{"name": "payload_json", "value": msgspec.json.encode(body).decode()}]
        for n, (file, one) in enumerate(zip(files, attachments, strict=True)):
            part = {"name": f"files[{n}]", "value": file.fp, "filename": file.filename}
            form.append({**part, "content_type": one.media_type})
        await self.http.request(route, form=form, files=files)


class DiscordResponder:
    """Answers an interaction. `public`: the outbox posts the reply, as an edit of what was promised."""

    def __init__(self, line: Line, event: dict[str, Any], *, public: bool) -> None:
        self._line, self._event, self._public = line, event, public
        self._is_component = event["type"] == 3
        self._first = asyncio.Lock()  # one of us gives the first answer: who replies, or who acknowledges
        self._deferred = self._answered = False
        self._later: asyncio.Task[None] | None = None

    async def acknowledge(self) -> None:
        """Promise a reply: at once when everyone will see it, else when it takes longer than a second."""
        if self._public:
            await self._defer()
        else:
            self._later = asyncio.create_task(self._acknowledge_later())

    async def finish(self) -> None:
        """Nothing more will be said. A press that changed nothing is acknowledged all the same."""
        if self._later is not None:
            self._later.cancel()
        if not self._answered and not self._deferred:
            with contextlib.suppress(HTTPException, aiohttp.ClientError, OSError):
                await self._defer()

    async def working(self, text: str) -> None:  # noqa: ARG002 - Discord shows "thinking" of its own
        return

    async def only_you(self, message: Message) -> None:
        body = await self._line.checked(message)
        async with self._first:
            if not self._answered and not self._deferred and not message.attachments:
                await self._callback(_MESSAGE, {**body, "flags": body.get("flags", 0) | _EPHEMERAL})
                self._answered = True
                return
            if not self._answered and not self._deferred:  # files go with what follows an acknowledgement
                await self._defer()
        if not self._answered and not self._is_component and not self._public:
            await self._edit_original(body, message.attachments)
        else:
            await self._follow_up({**body, "flags": body.get("flags", 0) | _EPHEMERAL}, message.attachments)
        self._answered = True

    async def replace(self, message: Message) -> None:
        body = {"content": "", "components": [], **await self._line.checked(message)}
        async with self._first:
            if not self._answered and not self._deferred:
                await self._callback(_UPDATE if self._is_component else _MESSAGE, body)
                self._answered = True
                return
        await self._edit_original(body)
        self._answered = True

    async def open_form(self, form: Form) -> None:
        async with self._first:
            if self._answered or self._deferred:
                raise VerbatimError("form-too-late", "already acknowledged", "That took too long; please try again.")
            await self._callback(_MODAL, modal(form))
            self._answered = True

    async def suggest(self, choices: list[Choice]) -> None:
        """Answer autocomplete."""
        shown = [{"name": shortened(one.label, 100) or "…", "value": one.value[:100]} for one in choices[:25]]
        await self._callback(_CHOICES, {"choices": shown})
        self._answered = True

    async def read_file(self, file: IncomingFile, max_bytes: int) -> bytes:
        return await read_attachment(self._line.http, file, max_bytes)

    async def _acknowledge_later(self) -> None:
        await asyncio.sleep(ACKNOWLEDGE_S)
        with contextlib.suppress(HTTPException, aiohttp.ClientError, OSError):
            async with self._first:
                if not self._answered:
                    await self._defer()

    async def _defer(self) -> None:
        self._deferred = True
        if self._is_component:
            await self._callback(_DEFERRED_UPDATE, None)
        else:
            await self._callback(_DEFERRED, {} if self._public else {"flags": _EPHEMERAL})

    async def _callback(self, kind: int, data: dict[str, Any] | None) -> None:
        route = Route(
            "POST", "/interactions/{webhook_id}/{webhook_token}/callback",
            webhook_id=self._event["id"], webhook_token=self._event["token"],
        )  # fmt: skip
        await self._line.send(route, {"type": kind, **({"data": data} if data is not None else {})})

    async def _edit_original(self, body: dict[str, Any], attachments: Sequence[Attachment] = ()) -> None:
        route = Route(
            "PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
            webhook_id=self._event["application_id"], webhook_token=self._event["token"],
        )  # fmt: skip
        await self._line.send(route, {key: value for key, value in body.items() if key != "flags"}, attachments)

    async def _follow_up(self, body: dict[str, Any], attachments: Sequence[Attachment] = ()) -> None:
        route = Route(
            "POST", "/webhooks/{webhook_id}/{webhook_token}",
            webhook_id=self._event["application_id"], webhook_token=self._event["token"],
        )  # fmt: skip
        await self._line.send(route, body, attachments)


class MentionResponder:
    """Answers a mention. What only the person should see goes by direct message: a mention has no other way."""

    def __init__(self, line: Line, channel: str, person: str) -> None:
        self._line, self._channel, self._person = line, channel, person

    async def working(self, text: str) -> None:  # noqa: ARG002 - Discord shows that somebody types
        with contextlib.suppress(HTTPException, aiohttp.ClientError, OSError):
            await self._line.http.send_typing(int(self._channel))

    async def only_you(self, message: Message) -> None:
        body = await self._line.checked(message)
        direct = await self._line.http.start_private_message(int(self._person))
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=direct["id"])
        await self._line.send(route, body, message.attachments)

    async def replace(self, message: Message) -> None:
        await self.only_you(message)

    async def open_form(self, form: Form) -> None:  # noqa: ARG002 - the port's
        raise VerbatimError("no-form-here", "a form in a mention", "Use the slash command for that: it opens a form.")

    async def read_file(self, file: IncomingFile, max_bytes: int) -> bytes:
        return await read_attachment(self._line.http, file, max_bytes)


async def read_attachment(http: HTTPClient, file: IncomingFile, max_bytes: int) -> bytes:
    """The bytes of a file that Discord keeps. Raises VerbatimError."""
    if file.size > max_bytes:
        person = f"The file has {file.size:,} bytes; the limit is {max_bytes:,}. Nothing was stored."
        raise VerbatimError("too-large", f"{file.size} bytes", person)
    try:
        raw: bytes = await http.get_from_cdn(file.address)
    except (HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise VerbatimError(
            "file-not-had", type(error).__name__, "Discord did not hand the file over. Please try again."
        ) from error
    if len(raw) > max_bytes:
        raise VerbatimError("too-large", f"{len(raw)} bytes", f"The file is larger than {max_bytes:,} bytes.")
    return raw


def modal(form: Form) -> dict[str, Any]:
    """A form as Discord's modal: at most five fields, each with its label."""
    fields: list[dict[str, Any]] = []
    for one in form.fields[:5]:
        inner: dict[str, Any] = {"custom_id": one.name, "required": one.required}
        if one.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT):
            inner |= {"type": _TEXT_INPUT, "style": 2 if one.kind is FieldKind.LONG_TEXT else 1, "max_length": _TEXT}
            if one.value:
                inner["value"] = one.value[:_TEXT]
        elif one.kind is FieldKind.FILE:
            inner |= {"type": _UPLOAD, "min_values": int(one.required), "max_values": 1}
        elif one.kind is FieldKind.CHANNEL:
            inner |= {"type": _CHANNEL_SELECT, "min_values": int(one.required), "max_values": 1}
        else:
            several = one.kind is FieldKind.CHOICES
            chosen = set(one.value.split("\n")) if one.value else set()
            options = [
                {"label": shortened(c.label, 100) or "…", "value": c.value[:100], "default": c.value in chosen}
                for c in one.choices[:25]
            ]
            inner |= {"type": _SELECT, "options": options, "min_values": int(one.required)}
            inner["max_values"] = len(options) if several else 1
        label: dict[str, Any] = {"type": _LABEL_COMPONENT, "label": shortened(one.label, _LABEL), "component": inner}
        if one.hint:
            label["description"] = shortened(one.hint, 100)
        fields.append(label)
    return {"custom_id": custom_id(form.action), "title": shortened(form.title, _TITLE), "components": fields}


