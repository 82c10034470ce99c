"""Deliveries as calls of Slack's Web API: what became of each, as a value.

Slack knows no key that would keep a repeated post from standing twice, and its own library repeats calls whose answer
was lost: the client given here must not. Every message carries the hash of its key as metadata; what may or may not
have been posted is looked for in the history of its channel or thread.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.chat.foreign_words import shortened
from bot.chat.last_check import opened
from bot.chat.outgoing import Outgoing
from bot.chat.slack.face import PLATFORM, RESPONSE
from bot.chat.slack.inspecting import inspect
from bot.chat.slack.keys import is_keyed, metadata_of
from bot.library.delivery_store import DeliveryKind
from bot.outbox.sender import SendOutcome, SendResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.chat.last_check import StoreFacts
    from bot.library.delivery_store import Delivery

    Files = Callable[[str], Awaitable[bytes | None]]

log = logging.getLogger(__name__)

# What a call may raise: the last one is slack_sdk's for a body that is no text.
CALL_ERRORS: Final = (SlackApiError, aiohttp.ClientError, OSError, TimeoutError, ValueError)
CALL_S: Final = 25.0
LONGEST_UPDATE: Final = 3_900  # bytes of `text`; chat.update takes 4,000, chat.postMessage ten times as many
LOOK_S: Final = 45.0  # several pages
PAGE: Final = 200  # messages; of newer apps that are sold to others Slack gives fifteen
PAGES: Final = 25
CLOCKS_S: Final = 10_800.0  # by so much our clock and Slack's may differ: one that is set wrong is seldom seen at once
CANNOT_LOOK: Final = "cannot-look"
REFUSED_TOKENS: Final = frozenset(
    ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type")
)
_NO_ACCESS: Final = frozenset(
    (
        "channel_not_found", "not_in_channel", "is_archived", "restricted_action", "no_permission", "access_denied",
        "restricted_action_read_only_channel", "restricted_action_thread_only_channel", "missing_scope",
        "restricted_action_non_threadable_channel", "restricted_action_thread_locked", "team_access_not_granted",
        "org_login_required", "messages_tab_disabled", "cannot_dm_bot", "user_not_found", "user_disabled",
        "is_inactive", "ekm_access_denied", "posting_to_general_channel_denied", "external_channel_migrating",
    )
)  # fmt: skip
_LIMITED: Final = frozenset(("ratelimited", "rate_limited", "message_limit_exceeded"))
_UNCLEAR: Final = frozenset(("fatal_error", "internal_error", "service_unavailable", "request_timeout"))
MAY_NOT_READ: Final = frozenset(("missing_scope", "not_allowed_token_type", "no_permission", "access_denied"))
_ALT: Final = 1_000  # what Slack takes
_GONE: Final = frozenset(("not_in_channel", "channel_not_found"))


class SlackSender:
    """`Sender` over slack_sdk's client, which must have no retry handlers. `files` gives stored bytes."""

    platform = PLATFORM

    def __init__(self, client: AsyncWebClient, facts: StoreFacts, files: Files, session: aiohttp.ClientSession) -> None:
        self._client, self._facts, self._files, self._session = client, facts, files, session

    async def send(self, delivery: Delivery) -> SendResult:
        """Make the call. Never raises for what Slack does."""
        owed = delivery.owed
        if owed.kind is DeliveryKind.THREAD:  # answering a message makes its thread
            message = delivery.parent_message_id or owed.reply_to
            return SendResult(SendOutcome.SENT, message_id=message, thread_id=message)
        outgoing = await opened(owed.payload, inspect, self._facts)
        if isinstance(outgoing, SendResult):
            return outgoing
        body = {**outgoing.body, "channel": owed.channel}
        if owed.kind is DeliveryKind.EDIT and not delivery.parent_message_id and owed.reply_to.startswith(RESPONSE):
            return await self._respond(owed.reply_to.removeprefix(RESPONSE), outgoing.body, instead=True)
        if owed.kind is DeliveryKind.EDIT:
            kept = {key: value for key, value in body.items() if not key.startswith("unfurl")}
            update = {
                **kept, "text": _within(kept["text"]), "ts": delivery.parent_message_id,
                "metadata": metadata_of(owed.parent_key or owed.key),
            }  # fmt: skip
            result = await self._called("chat.update", update)
            if result.outcome is SendOutcome.SENT and outgoing.files:
                await self._hand_out(outgoing, owed.channel, owed.thread or delivery.parent_message_id)
            return result
        thread = _thread(delivery)
        body["metadata"] = metadata_of(owed.key)
        if thread:
            body["thread_ts"] = thread
        result = await self._called("chat.postMessage", body)
        if result.code in _GONE and owed.reply_to.startswith(RESPONSE):
            return await self._respond(owed.reply_to.removeprefix(RESPONSE), outgoing.body)
        if result.outcome is SendOutcome.SENT and outgoing.files:
            await self._hand_out(outgoing, owed.channel, thread or result.message_id)
        return result

    async def find(self, delivery: Delivery) -> SendResult:
        """Look for a doubtful delivery. An edit may simply be made again."""
        owed = delivery.owed
        if owed.kind is not DeliveryKind.POST:
            return SendResult(SendOutcome.FAILED)
        thread = _thread(delivery)
        oldest = f"{delivery.owed_at.timestamp() - CLOCKS_S:.6f}"
        options: dict[str, Any] = {"channel": owed.channel, "limit": PAGE, "include_all_metadata": True}
        options |= {"ts": thread, "oldest": oldest} if thread else {"oldest": oldest}
        method = "conversations.replies" if thread else "conversations.history"
        try:
            async with asyncio.timeout(LOOK_S):
                for _ in range(PAGES):
                    page: Any = await self._client.api_call(method, http_verb="GET", params=options)
                    for message in page.get("messages") or ():
                        if is_keyed(message, owed.key):
                            return SendResult(SendOutcome.SENT, message_id=str(message["ts"]))
                    cursor = (page.get("response_metadata") or {}).get("next_cursor")
                    if not cursor:
                        return SendResult(SendOutcome.FAILED)
                    options["cursor"] = cursor
        except CALL_ERRORS as error:
            return _not_seen(error)
        return SendResult(SendOutcome.DOUBTFUL, reason="There is too much in that channel to look through at once.")

    async def _called(self, method: str, body: dict[str, Any]) -> SendResult:
        try:
            async with asyncio.timeout(CALL_S):
                answer: Any = await self._client.api_call(method, json=body)
        except CALL_ERRORS as error:
            return result_of(error)
        return SendResult(SendOutcome.SENT, message_id=str(answer.get("ts") or ""))

    async def _respond(self, address: str, body: dict[str, Any], *, instead: bool = False) -> SendResult:
        """Answer a command where we are no member, by the address that came with it: half an hour, five times.
        `instead`: in the place of the answer before."""
        words = {"text": body["text"], "blocks": body["blocks"], "response_type": "in_channel"}
        words |= {"replace_original": True} if instead else {}
        try:
            async with asyncio.timeout(CALL_S), self._session.post(address, json=words) as answer:
                if answer.status == 200:
                    return SendResult(SendOutcome.SENT)
                if answer.status == 429:
                    return SendResult(SendOutcome.WAIT, retry_after_s=_seconds(answer.headers), code="429")
                if answer.status < 500:
                    reason = "I am no member of that channel, and the command was answered too late. Invite me."
                    return SendResult(SendOutcome.NO_ACCESS, code="not_in_channel", reason=reason)
                return SendResult(SendOutcome.DOUBTFUL, code=str(answer.status), reason="Slack has trouble.")
        except CALL_ERRORS as error:
            return result_of(error)

    async def _hand_out(self, outgoing: Outgoing, channel: str, thread: str) -> None:
        """Files go below their message, once; a file that does not get there loses no message."""
        for name, sha256, alt in outgoing.described_files():
            content = await self._files(sha256)
            if content is None:
                continue
            try:
                async with asyncio.timeout(CALL_S):
                    await upload(self._client, self._session, name, content, channel=channel, thread=thread, alt=alt)
            except CALL_ERRORS as error:
                log.warning("a file was not handed out", extra={"error": type(error).__name__, "code": code_of(error)})


async def upload(
    client: AsyncWebClient,
    session: aiohttp.ClientSession,
    name: str,
    content: bytes,
    *,
    channel: str,
    thread: str = "",
    alt: str = "",
) -> None:
    """Put a file into a channel or thread, in the three steps that Slack asks for. Raises what the calls raise."""
    ticket: Any = await client.files_getUploadURLExternal(
        filename=name, length=len(content), alt_txt=shortened(alt, _ALT) or None
    )
    async with session.post(str(ticket["upload_url"]), data=content) as sent:
        sent.raise_for_status()
    shared: dict[str, Any] = {"files": [{"id": ticket["file_id"], "title": name}], "channel_id": channel}
    await client.api_call("files.completeUploadExternal", json={**shared, **({"thread_ts": thread} if thread else {})})


def code_of(error: BaseException) -> str:
    """Slack's own name for what went wrong, "" when it gave none."""
    if not isinstance(error, SlackApiError):
        return ""
    data = getattr(error.response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def result_of(error: BaseException) -> SendResult:
    """What became of a call that did not end well."""
    if isinstance(error, SlackApiError):
        return _refusal(error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return SendResult(SendOutcome.FAILED, code="no-connection", reason="Slack cannot be reached.")
    if isinstance(error, TimeoutError):
        return SendResult(SendOutcome.DOUBTFUL, code="time-out", reason="Slack did not answer in time.")
    return SendResult(SendOutcome.DOUBTFUL, code="broken-connection", reason="The connection to Slack broke.")


def _refusal(error: SlackApiError) -> SendResult:
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))
    code = code_of(error)
    reason = f"Slack says: {code or status}"
    if status == 429 or code in _LIMITED:
        return SendResult(SendOutcome.WAIT, retry_after_s=_seconds(error.response.headers), code="429", reason=reason)
    if code in REFUSED_TOKENS or status == 401:
        reason = f"Slack refuses the bot's token ({code})."
        return SendResult(SendOutcome.UNAUTHORISED, code=code or "401", reason=reason)
    if status >= 500 or not code or code in _UNCLEAR:
        return SendResult(SendOutcome.DOUBTFUL, code=code or str(status), reason=reason)
    if code in _NO_ACCESS:
        return SendResult(SendOutcome.NO_ACCESS, code=code, reason=reason)
    return SendResult(SendOutcome.REFUSED, code=code, reason=reason)


def _not_seen(error: BaseException) -> SendResult:
    """What a look-up that failed tells: never that the message is not there."""
    code = code_of(error)
    if code in MAY_NOT_READ:
        reason = "It may or may not have been posted, and I may not read that channel to see (channels:history)."
        return SendResult(SendOutcome.REFUSED, code=CANNOT_LOOK, reason=reason)
    if code == "thread_not_found":  # the message whose thread it belongs to was deleted, and with it the thread
        return SendResult(SendOutcome.FAILED, code=code)
    result = result_of(error)
    if result.outcome in (SendOutcome.FAILED, SendOutcome.REFUSED):
        return SendResult(SendOutcome.DOUBTFUL, code=result.code, reason=result.reason)
    return result


def _thread(delivery: Delivery) -> str:
    """The message in whose thread a delivery belongs, "" for the channel itself."""
    return delivery.parent_thread_id or delivery.parent_message_id or delivery.owed.thread


def _seconds(headers: Any) -> float:
    """How long Slack asks us to wait."""
    wait = str(headers.get("Retry-After") or "")
    return min(float(wait), 3_600.0) if wait.replace(".", "", 1).isdigit() and wait.isascii() else 5.0


def _within(text: str) -> str:
    """The words for screen readers as an edit takes them; cut in no entity."""
    if len(text.encode("utf-8", "replace")) <= LONGEST_UPDATE:
        return text
    cut = text.encode("utf-8", "replace")[: LONGEST_UPDATE - 3].decode("utf-8", "ignore")
    head, ampersand, tail = cut.rpartition("&")
    return f"{head if ampersand and ';' not in tail else cut}…"
