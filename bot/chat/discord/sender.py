"""Deliveries as calls of Discord's REST API, through discord.py's own client: what became of each, as a value.

Every message goes with an enforced nonce, so a repeated call within some minutes gives back the first message. After
that the channel's history is looked through for a message of ours with the same words and buttons.
"""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import msgspec
from discord import DiscordServerError, File, Forbidden, HTTPException, NotFound, RateLimited
from discord.http import Route

from bot.chat.discord.face import INTERACTION, PLATFORM
from bot.chat.discord.inspecting import inspect
from bot.chat.discord.keys import nonce_of
from bot.chat.foreign_words import seen, shortened
from bot.chat.last_check import opened
from bot.chat.outgoing import Outgoing, thawed
from bot.library.delivery_store import DeliveryKind
from bot.outbox.sender import SendOutcome, SendResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from discord.http import HTTPClient

    from bot.chat.last_check import StoreFacts
    from bot.library.delivery_store import Delivery

CALL_S: Final = 45.0  # discord.py tries a failing call five times within half a minute
HISTORY: Final = 100  # messages that are looked through; Discord's limit
_THREAD_IS_THERE: Final = 160_004
_GONE: Final = frozenset((10_003, 10_004, 10_008, 50_001, 50_013, 50_083, 50_278))  # channel, guild, access, archived
_PARENT_GONE: Final = 10_008
_NO_MESSAGES_HERE: Final = frozenset(("50008", "50024"))  # a forum: there every message is a post with a name
_TAG_ASKED: Final = 1 << 4  # of a forum's flags: no post without a tag
_MOST_TAGS: Final = 5
_POST_NAME: Final = 90  # Discord takes 100
_ALT: Final = 1_000  # Discord takes 1,024
_REPLY_GONE: Final = frozenset((10_015, 50_027))  # the interaction's token ran out


class DiscordSender:
    """`Sender` over discord.py's HTTP client, which is logged in by whoever owns it. `files` gives stored bytes."""

    platform = PLATFORM

    def __init__(
        self,
        http: HTTPClient,
        facts: StoreFacts,
        files: Callable[[str], Awaitable[bytes | None]],
        own_id: Callable[[], int | None],
    ) -> None:
        self._http, self._facts, self._files, self._own_id = http, facts, files, own_id

    async def send(self, delivery: Delivery) -> SendResult:
        """Make the call. Never raises for what Discord does."""
        owed = delivery.owed
        if owed.kind is DeliveryKind.THREAD:
            return await self._open_thread(delivery)
        outgoing = await opened(owed.payload, inspect, self._facts)
        if isinstance(outgoing, SendResult):
            return outgoing
        if owed.reply_to.startswith(INTERACTION):
            result = await self._edit_reply(delivery, outgoing)
            if result.code not in map(str, _REPLY_GONE):
                return result
            if not owed.parent_key:
                return await self._post(delivery, outgoing)  # the person waits no longer; the channel still gets it
        if owed.kind is DeliveryKind.EDIT:
            route = Route(
                "PATCH", "/channels/{channel_id}/messages/{message_id}",
                channel_id=self._channel(delivery), message_id=delivery.parent_message_id,
            )  # fmt: skip
            return await self._call(self._with_files(route, outgoing.body, outgoing, replacing=True))
        return await self._post(delivery, outgoing)

    async def find(self, delivery: Delivery) -> SendResult:
        """Look for a doubtful delivery. Opening a thread and editing may simply be done again."""
        owed = delivery.owed
        if owed.kind is not DeliveryKind.POST:
            return SendResult(SendOutcome.FAILED)
        body = thawed(owed.payload).body
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=self._channel(delivery))
        standing: list[Any] = []

        async def look() -> dict[str, Any]:
            standing.extend(await self._http.request(route, params={"limit": HISTORY}))
            return {}

        result = await self._call(look())
        if result.code in _NO_MESSAGES_HERE:
            return await self._find_in_forum(delivery)
        if result.outcome is not SendOutcome.SENT:
            outcome = SendOutcome.DOUBTFUL if result.outcome is SendOutcome.FAILED else result.outcome
            return SendResult(outcome, retry_after_s=result.retry_after_s, code=result.code, reason=result.reason)
        for message in standing:
            if self._is_ours(message, nonce_of(owed.key), body, owed.reply_to):
                found = str(message["id"])
                return SendResult(SendOutcome.SENT, message_id=found, thread_id=delivery.parent_thread_id)
        return SendResult(SendOutcome.FAILED)

    def _channel(self, delivery: Delivery) -> str:
        return delivery.parent_thread_id or delivery.owed.thread or delivery.owed.channel

    async def _post(self, delivery: Delivery, outgoing: Outgoing) -> SendResult:
        owed = delivery.owed
        body = {**outgoing.body, "nonce": nonce_of(owed.key), "enforce_nonce": True}
        if owed.reply_to and not owed.reply_to.startswith(INTERACTION) and not delivery.parent_thread_id:
            body["message_reference"] = {"message_id": owed.reply_to, "fail_if_not_exists": False}
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=self._channel(delivery))
        result = await self._call(self._with_files(route, body, outgoing))
        if result.code in _NO_MESSAGES_HERE:
            return await self._post_in_forum(delivery, outgoing)
        if result.outcome is SendOutcome.SENT and delivery.parent_thread_id:  # where an edit will find it
            return replace(result, thread_id=delivery.parent_thread_id)
        return result

    async def _post_in_forum(self, delivery: Delivery, outgoing: Outgoing) -> SendResult:
        """A post of its own, with those tags of the forum that are called like a topic. Discord knows no nonce here."""
        forum: dict[str, Any] = {}

        async def look() -> dict[str, Any]:
            route = Route("GET", "/channels/{channel_id}", channel_id=delivery.owed.channel)
            forum.update(await self._http.request(route))
            return {}

        asked = await self._call(look())
        if asked.outcome is not SendOutcome.SENT:
            failed = SendOutcome.FAILED if asked.outcome is SendOutcome.DOUBTFUL else asked.outcome
            return SendResult(failed, retry_after_s=asked.retry_after_s, code=asked.code, reason=asked.reason)
        made: dict[str, Any] = {"name": _post_name(outgoing), "message": outgoing.body}
        if tags := _tags(forum, outgoing.topics):
            made["applied_tags"] = tags
        route = Route("POST", "/channels/{channel_id}/threads", channel_id=delivery.owed.channel)
        result = await self._call(self._with_files(route, made, outgoing))
        return replace(result, thread_id=result.message_id) if result.outcome is SendOutcome.SENT else result

    async def _find_in_forum(self, delivery: Delivery) -> SendResult:
        """A post of ours with these words among those that are open."""
        outgoing = thawed(delivery.owed.payload)
        threads: list[dict[str, Any]] = []

        async def look() -> dict[str, Any]:
            route = Route("GET", "/guilds/{guild_id}/threads/active", guild_id=delivery.owed.workspace)
            for thread in (await self._http.request(route)).get("threads", []):
                if str(thread.get("parent_id")) == delivery.owed.channel and thread.get("name") == _post_name(outgoing):
                    route = Route(
                        "GET", "/channels/{channel_id}/messages/{message_id}",
                        channel_id=thread["id"], message_id=thread["id"],
                    )  # fmt: skip
                    threads.append(await self._http.request(route))
            return {}

        result = await self._call(look())
        if result.outcome is not SendOutcome.SENT:
            outcome = SendOutcome.DOUBTFUL if result.outcome is SendOutcome.FAILED else result.outcome
            return SendResult(outcome, retry_after_s=result.retry_after_s, code=result.code, reason=result.reason)
        for message in threads:
            if self._is_ours(message, nonce_of(delivery.owed.key), outgoing.body, ""):
                return SendResult(SendOutcome.SENT, message_id=str(message["id"]), thread_id=str(message["id"]))
        return SendResult(SendOutcome.FAILED)

    async def _with_files(
        self, route: Route, body: dict[str, Any], outgoing: Outgoing, *, replacing: bool = False
    ) -> Any:
        """The call with the files of a message; `replacing`: they take the place of those that stand there."""
        files: list[File] = []
        described: list[dict[str, Any]] = []
        for name, sha256, alt in outgoing.described_files():
            content = await self._files(sha256)
            if content is not None:
                described.append({"id": len(files), "filename": name, "description": shortened(alt, _ALT)})
                files.append(File(io.BytesIO(content), filename=name))
        if not files:
            return await self._http.request(route, json=body)
        if replacing or any(outgoing.alts):  # in a forum the message lies within the post
            inside = {**body.get("message", body), "attachments": described}
            body = {**body, "message": inside} if "message" in body else inside
        form: list[dict[str, Any]] = [{"name": "payload_json", "value": msgspec.json.encode(body).decode()}]
        for n, file in enumerate(files):
            part = {"name": f"files[{n}]", "value": file.fp, "filename": file.filename}
            form.append({**part, "content_type": "application/octet-stream"})
        return await self._http.request(route, form=form, files=files)

    async def _edit_reply(self, delivery: Delivery, outgoing: Outgoing) -> SendResult:
        application, _, token = delivery.owed.reply_to.removeprefix(INTERACTION).partition(":")
        if not token:
            return SendResult(SendOutcome.FAILED, code=str(next(iter(_REPLY_GONE))))
        route = Route(
            "PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
            webhook_id=application, webhook_token=token,
        )  # fmt: skip
        return await self._call(self._http.request(route, json=outgoing.body), gone=_REPLY_GONE)

    async def _open_thread(self, delivery: Delivery) -> SendResult:
        """A thread on a message has the message's id. Where none can be opened, the answer goes below the question."""
        owed = delivery.owed
        message = delivery.parent_message_id or owed.reply_to
        if delivery.parent_thread_id:  # a post in a forum is a thread already
            return SendResult(SendOutcome.SENT, message_id=message, thread_id=delivery.parent_thread_id)
        route = Route(
            "POST", "/channels/{channel_id}/messages/{message_id}/threads",
            channel_id=self._channel(delivery), message_id=message,
        )  # fmt: skip
        result = await self._call(self._http.request(route, json=msgspec.json.decode(owed.payload)))
        if result.outcome is SendOutcome.SENT:
            return SendResult(SendOutcome.SENT, message_id=message, thread_id=result.message_id)
        if result.code == str(_THREAD_IS_THERE):
            return SendResult(SendOutcome.SENT, message_id=message, thread_id=message)
        if result.outcome in (SendOutcome.REFUSED, SendOutcome.NO_ACCESS):
            return SendResult(SendOutcome.SENT, message_id=message)
        return result

    def _is_ours(self, message: dict[str, Any], nonce: str, body: dict[str, Any], reply_to: str) -> bool:
        if str(message.get("nonce", "")) == nonce:
            return True
        own = self._own_id()
        if own is not None and str(message.get("author", {}).get("id")) != str(own):
            return False
        reference = str((message.get("message_reference") or {}).get("message_id") or "")
        if reference and reference != reply_to:
            return False
        return _words(message) == _words(body) and _buttons(message) == _buttons(body)

    async def _call(self, call: Awaitable[Any], *, gone: frozenset[int] = frozenset()) -> SendResult:
        try:
            async with asyncio.timeout(CALL_S):
                data = await call
        except TimeoutError:
            return SendResult(SendOutcome.DOUBTFUL, code="time-out", reason="Discord did not answer in time.")
        except RateLimited as error:
            return SendResult(SendOutcome.WAIT, retry_after_s=error.retry_after, code="429")
        except HTTPException as error:
            return _result_of(error, gone)
        except (aiohttp.ClientConnectorError, RuntimeError):  # the session is closed until the client logs in again
            return SendResult(SendOutcome.FAILED, code="no-connection", reason="Discord cannot be reached.")
        except (aiohttp.ClientError, OSError):
            return SendResult(SendOutcome.DOUBTFUL, code="broken-connection", reason="The connection to Discord broke.")
        return SendResult(SendOutcome.SENT, message_id=str((data or {}).get("id", "")))


def _result_of(error: HTTPException, gone: frozenset[int]) -> SendResult:
    code = str(error.code or error.status)
    reason = f"Discord says: {error.text or error.status}"
    if error.code in gone:
        return SendResult(SendOutcome.FAILED, code=code, reason=reason)
    if error.status == 401:
        return SendResult(SendOutcome.UNAUTHORISED, code="401", reason="Discord refuses the bot's token.")
    if error.status == 429:
        wait = error.response.headers.get("Retry-After", "5")
        seconds = float(wait) if wait.replace(".", "", 1).isdigit() else 5.0
        everywhere = error.response.headers.get("X-RateLimit-Global") == "true"
        return SendResult(SendOutcome.WAIT, retry_after_s=seconds, everywhere=everywhere, code="429")
    if isinstance(error, Forbidden | NotFound) or error.code in _GONE:
        outcome = SendOutcome.REFUSED if error.code == _PARENT_GONE else SendOutcome.NO_ACCESS
        return SendResult(outcome, code=code, reason=reason)
    if isinstance(error, DiscordServerError) or error.status >= 500:
        return SendResult(SendOutcome.DOUBTFUL, code=code, reason=reason)  # it may have been taken all the same
    return SendResult(SendOutcome.REFUSED, code=code, reason=reason)


def _post_name(outgoing: Outgoing) -> str:
    return shortened(seen(outgoing.title), _POST_NAME) or "…"


def _tags(forum: dict[str, Any], topics: Sequence[str]) -> list[str]:
    """The forum's tags that are called like a topic; if it asks for one and none fits, the first that we may set."""
    free = [one for one in forum.get("available_tags", []) if not one.get("moderated")]
    wanted = {topic.casefold() for topic in topics}
    fitting = [str(one["id"]) for one in free if str(one.get("name", "")).casefold() in wanted]
    if not fitting and int(forum.get("flags") or 0) & _TAG_ASKED:
        fitting = [str(one["id"]) for one in free[:1]]
    return fitting[:_MOST_TAGS]


def _words(message: dict[str, Any]) -> list[tuple[str, str]]:
    """Titles and texts, white space squeezed: Discord trims what it stores."""
    return [
        (" ".join(embed.get("title", "").split()), " ".join(embed.get("description", "").split()))
        for embed in message.get("embeds", [])
    ]


def _buttons(message: dict[str, Any]) -> list[str]:
    rows = [row.get("components", []) for row in message.get("components", [])]
    return [one["custom_id"] for row in rows for one in row if "custom_id" in one]
