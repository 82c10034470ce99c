"""Slack's requests over HTTP, where no socket is wanted: who cannot prove to be Slack is refused, and learns no more.

Everything is looked at before the library that dispatches sees it; that one answers some malformed requests with an
error of its own. A request is never answered with 5xx for what stands in it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.chat.slack.events import is_readable
from bot.chat.slack.signature import is_genuine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp import web

log = logging.getLogger(__name__)

PATHS: Final = ("/slack/events", "/slack/commands", "/slack/interactions", "/slack/actions", "/slack/options")
LARGEST: Final = 1_000_000  # bytes; Slack's own requests are far smaller
FALLBACK: Final = "delivery"  # in the dispatcher's context: a name for a request that brings none
_LONGEST_CHALLENGE: Final = 1_000
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    body: str = ""
    content_type: str = "text/plain"


class HttpDoor:
    """Takes requests for one signing secret. `now_s` gives seconds since 1970; `app` may be looked for by the body of a
    request, and be None where nobody is at home."""

    def __init__(
        self,
        secret: str,
        app: AsyncApp | Callable[[dict[str, Any]], Awaitable[AsyncApp | None]],
        now_s: Callable[[], float],
    ) -> None:
        self._secret, self._app, self._now_s = secret, app, now_s

    def routes(self) -> list[web.RouteDef]:
        from aiohttp import web

        return [web.post(path, self._handle) for path in PATHS]

    async def _handle(self, request: web.Request) -> web.Response:
        from aiohttp import web

        raw = await request.content.read(LARGEST + 1)
        while len(raw) <= LARGEST and not request.content.at_eof():
            raw += await request.content.read(LARGEST + 1 - len(raw))
        for name in ("X-Slack-Signature", "X-Slack-Request-Timestamp"):
            if len(request.headers.getall(name, [])) > 1:
                return web.Response(status=401)
        answer = await self.answer(request.path, dict(request.headers), raw)
        return web.Response(status=answer.status, text=answer.body, content_type=answer.content_type)

    async def answer(self, path: str, headers: Mapping[str, str], raw: bytes) -> HttpAnswer:
        """What is answered to a POST. Whatever is not Slack's gets 4xx and reaches nothing."""
        given = {name.lower(): value for name, value in headers.items()}
        if path.partition("?")[0] not in PATHS:
            return HttpAnswer(404)
        if len(raw) > LARGEST:
            return HttpAnswer(413)
        timestamp, signature = given.get("x-slack-request-timestamp", ""), given.get("x-slack-signature", "")
        if not is_genuine(self._secret, timestamp, signature, raw, self._now_s()):
            return HttpAnswer(401)
        content_type = given.get("content-type", "").partition(";")[0].strip().lower()
        try:
            text = raw.decode()
            body = _body(text, content_type)
        except (ValueError, RecursionError):  # no text, no JSON, nested without end
            return HttpAnswer(400)
        if body.get("type") == "url_verification":
            challenge = body.get("challenge")
            if not isinstance(challenge, str) or len(challenge) > _LONGEST_CHALLENGE:
                return HttpAnswer(400)
            return HttpAnswer(200, json.dumps({"challenge": challenge}), _JSON)
        if body.get("ssl_check") == "1":
            return HttpAnswer(200)
        if not is_readable(body):
            return HttpAnswer(400)
        name = hashlib.sha256(timestamp.encode() + b":" + raw).hexdigest()
        kept = {key: [value] for key, value in given.items()}
        request = AsyncBoltRequest(body=text, headers=kept, context={FALLBACK: name}, mode="http")  # type: ignore[arg-type]
        app = self._app if isinstance(self._app, AsyncApp) else await self._app(body)
        if app is None:  # not installed, or no more: what is repeated would meet the same
            return HttpAnswer(200)
        made = await app.async_dispatch(request)
        if made.status >= 500:
            # A mistake of ours in reading it, told in the log by the dispatcher. Slack sends it again in any case.
            return HttpAnswer(400)
        return HttpAnswer(made.status, made.body or "", _JSON if (made.body or "").startswith("{") else "text/plain")


def _body(text: str, content_type: str) -> dict[str, Any]:
    """What Slack sends: JSON, or a form that may hold JSON. Raises ValueError, RecursionError."""
    if content_type == _JSON:
        found = json.loads(text)
    elif content_type == _FORM:
        fields = parse_qs(text, keep_blank_values=True, strict_parsing=True, max_num_fields=100)
        found = json.loads(fields["payload"][0]) if "payload" in fields else {k: v[0] for k, v in fields.items()}
    else:
        raise ValueError("a type that Slack does not send")
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - one kind of refusal for all that is malformed
    return found
