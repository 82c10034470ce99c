"""Answering one Slack event so that nobody but the person sees it, in place of a message, or by opening a form."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp

from bot.chat.slack.sender import CALL_ERRORS, code_of, upload
from bot.chat.slack.views import modal
from bot.errors import VerbatimError

if TYPE_CHECKING:
    from bot.chat.messages import Form, Message
    from bot.chat.requests import IncomingFile, Place
    from bot.chat.slack.home import HomePage
    from bot.chat.slack.line import Line

log = logging.getLogger(__name__)

CALL_S: Final = 10.0
READ_S: Final = 60.0
STATUS_S: Final = 1.0
_NOT_THERE: Final = frozenset(
    ("user_not_in_channel", "not_in_channel", "channel_not_found", "is_archived", "no_permission")
)
_CHUNK: Final = 65_536


class SlackResponder:
    """Answers one event. The ways to a person differ by event; the first that the event brought is taken.

    An address to answer at (commands, presses, forms opened by them) reaches the person alone, wherever they are. Else
    an ephemeral message in the channel; in a direct message, a plain one.
    """

    def __init__(
        self, line: Line, place: Place, person: str, *, asked_at: str = "", answer_at: str = "", trigger: str = "",
        home: HomePage | None = None,
    ) -> None:  # fmt: skip
        self._line, self._place, self._person = line, place, person
        self._asked_at, self._answer_at, self._trigger, self._home = asked_at, answer_at, trigger, home

    async def working(self, text: str) -> None:
        """The status line below a question, where Slack shows one."""
        thread = self._place.thread or self._asked_at
        if not thread:
            return
        status = {"channel_id": self._place.channel, "thread_ts": thread, "status": text}
        with contextlib.suppress(*CALL_ERRORS):
            async with asyncio.timeout(STATUS_S):
                await self._line.client.api_call("assistant.threads.setStatus", json=status)

    async def only_you(self, message: Message) -> None:
        if self._home is not None:
            await self._home.note(message)
            return
        body = await self._line.checked(message)
        for attached in message.attachments:
            await self._hand_over(attached.name, attached.content)
        if self._answer_at and await self._respond({**_words(body), "response_type": "ephemeral"}):
            return
        await self._say(body)

    async def replace(self, message: Message) -> None:
        if self._home is not None:
            await self._home.turn(message)
            return
        body = await self._line.checked(message)
        if not self._answer_at or not await self._respond({**_words(body), "replace_original": True}):
            await self._say(body)

    async def open_form(self, form: Form) -> None:
        await self.open_view(modal(form, self._place, self._answer_at))

    async def open_view(self, view: dict[str, Any]) -> None:
        """Open a modal. Raises VerbatimError: where none can be opened, or three seconds after what asked for it."""
        if not self._trigger:
            raise VerbatimError("no-form-here", "a form in a message", "Use the command for that: it opens a form.")
        try:
            async with asyncio.timeout(CALL_S):
                await self._line.client.api_call("views.open", json={"trigger_id": self._trigger, "view": view})
        except CALL_ERRORS as error:
            late = code_of(error) in ("expired_trigger_id", "trigger_expired", "exchanged_trigger_id")
            why = "That took too long" if late else "Slack did not open the form"
            person = f"{why}; please try again."
            raise VerbatimError("form-too-late" if late else "form", code_of(error) or "views.open", person) from error

    async def read_file(self, file: IncomingFile, max_bytes: int) -> bytes:
        return await read_private_file(self._line, file, max_bytes)

    async def _respond(self, body: dict[str, Any]) -> bool:
        """Use the address that came with the event; False when Slack takes no more answers there."""
        try:
            async with asyncio.timeout(CALL_S), self._line.session.post(self._answer_at, json=body) as answer:
                if answer.status == 200:
                    return True
                log.info("an answer was not taken", extra={"status": answer.status})
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("an answer was not taken", extra={"error": type(error).__name__})
        return False

    async def _say(self, body: dict[str, Any]) -> None:
        place = self._place
        if place.direct:
            await self._call("chat.postMessage", {**body, "channel": place.channel, **self._in_thread()})
            return
        try:
            only = {**body, "channel": place.channel, "user": self._person, **self._in_thread()}
            await self._call("chat.postEphemeral", only)
        except CALL_ERRORS as error:
            if code_of(error) not in _NOT_THERE:
                raise
            await self._call("chat.postMessage", {**body, "channel": self._person})

    def _in_thread(self) -> dict[str, str]:
        return {"thread_ts": self._place.thread} if self._place.thread else {}

    async def _call(self, method: str, body: dict[str, Any]) -> Any:
        async with asyncio.timeout(CALL_S):
            return await self._line.client.api_call(method, json=body)

    async def _hand_over(self, name: str, content: bytes) -> None:
        """A file for one person goes into the direct message with them: no file is ephemeral. Raises VerbatimError."""
        try:
            channel = self._place.channel
            if not self._place.direct or not channel.startswith("D"):
                opened = await self._call("conversations.open", {"users": self._person})
                channel = str(opened["channel"]["id"])
            async with asyncio.timeout(READ_S):
                await upload(self._line.client, self._line.session, name, content, channel=channel)
        except CALL_ERRORS as error:
            person = "The file could not be sent to you. I need the rights `files:write` and `im:write` for that."
            raise VerbatimError("file-not-sent", code_of(error) or type(error).__name__, person) from error


async def read_private_file(line: Line, file: IncomingFile, max_bytes: int) -> bytes:
    """The bytes of a file that Slack keeps for us, asked for with our token. Raises VerbatimError."""
    if file.size > max_bytes:
        person = f"The file has {file.size:,} bytes; the limit is {max_bytes:,}. Nothing was stored."
        raise VerbatimError("too-large", f"{file.size} bytes", person)
    address = urlsplit(file.address)
    if address.netloc not in line.file_hosts:
        person = "That file is not kept by Slack, so I do not read it."
        raise VerbatimError("file-elsewhere", "not Slack's host", person)
    try:
        headers = {"Authorization": f"Bearer {line.token}"}
        async with (
            asyncio.timeout(READ_S),
            line.session.get(file.address, headers=headers, allow_redirects=False) as answer,
        ):
            page = answer.content_type == "text/html" and file.media_type != "text/html"
            if answer.status != 200 or page:  # without the right, Slack shows its page for signing in
                person = "Slack did not hand the file over. I need the right `files:read`, and to be in that channel."
                raise VerbatimError("file-not-had", f"{answer.status} {answer.content_type}", person)
            raw = bytearray()
            async for chunk in answer.content.iter_chunked(_CHUNK):
                raw += chunk
                if len(raw) > max_bytes:
                    person = f"The file is larger than {max_bytes:,} bytes. Nothing was stored."
                    raise VerbatimError("too-large", f"over {max_bytes} bytes", person)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        person = "Slack did not hand the file over. Please try again."
        raise VerbatimError("file-not-had", type(error).__name__, person) from error
    return bytes(raw)


def _words(body: dict[str, Any]) -> dict[str, Any]:
    """What an address for answers takes of a message's body."""
    return {key: body[key] for key in ("text", "blocks", "unfurl_links", "unfurl_media")} | {"replace_original": False}
