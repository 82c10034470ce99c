"""One HTTP exchange with one endpoint, within limits on time and size. The one place that knows httpx.

The endpoint was named by the owner, so it may stand on this machine or in a private network; where it redirects to is
not followed, because nobody named that. The key goes into the head of requests to this endpoint and nowhere else.
Answers come as they are: nothing packed is asked for, because httpx unpacks without bound.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from bot import __version__
from bot.language_model.endpoints import Endpoint
from bot.language_model.port import ModelOutcome
from bot.language_model.waits import told_wait_s, used_up_s

if TYPE_CHECKING:
    import ssl

    import httpx

CONNECT_S: Final = 5.0
# Idle connections hold threads of small servers: with httpx's usual pool 40 requests to llama-server took 20 s.
CONNECTIONS: Final = 4
IDLE_S: Final = 15.0
NO_ANSWER: Final = "no-answer"  # the connection ended before a word
MOST_ERROR_BYTES: Final = 16_384

_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_TOO_LONG: Final = re.compile(r"context[_ -]?(length|size|window)|maximum context|exceed_context|too many tokens", re.I)
_EMPTY_ACCOUNT: Final = re.compile(r"insufficient_quota|billing|credit", re.I)
_UNWANTED: Final = re.compile(r"content_(filter|policy)|content management policy|moderation", re.I)
_NO_MODEL: Final = re.compile(
    r"\bmodel\b[^.]{0,200}?\b(?:not found|not exist|not loaded|unknown)|\b(?:no such|unknown) model\b", re.I
)
FOR_GOOD: Final = frozenset({"certificate", "no-tls"})  # of what keeps us from connecting, what a person has to change
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 529})  # asking again may help; 529: overloaded


class Trouble(Exception):
    """An exchange that brought no reply, and what follows from it."""

    def __init__(
        self,
        outcome: ModelOutcome,
        code: str,
        *,
        status: int = 0,
        retry: bool = False,
        wait_s: float | None = None,
        may_have_cost: bool = False,
        for_good: bool = False,
        complaint: str = "",
    ) -> None:
        self.outcome = outcome
        self.code = code  # short, of letters and digits: safe to log
        self.status = status
        self.retry = retry  # the same request may work later
        self.wait_s = wait_s  # as the server says; None: it says nothing
        self.may_have_cost = may_have_cost  # it may have been worked on
        self.for_good = for_good  # nothing will work before somebody changes something
        self.complaint = complaint  # the server's words: may quote the prompt, so never logged
        super().__init__(code)

    @property
    def of_the_endpoint(self) -> bool:
        """Whether it speaks against the endpoint rather than against this request."""
        return self.for_good or self.outcome in (ModelOutcome.DOWN, ModelOutcome.SLOW)


class TooMuch(Exception):
    """More bytes came than were allowed."""


@dataclass(slots=True)
class Answer:
    """The head of an answer, and its body piece by piece."""

    status: int
    head: Mapping[str, str]  # names in lower case
    _response: httpx.Response

    @property
    def media_type(self) -> str:
        return self.head.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def rests_s(self) -> float | None:
        """Seconds for which this endpoint has no more requests for us, when it says so."""
        return used_up_s(self.head)

    async def pieces(self, most_bytes: int) -> AsyncGenerator[bytes]:
        """The body as it comes. Raises TooMuch, and Trouble for what is packed."""
        if self.head.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise Trouble(ModelOutcome.CUT, "packed-answer", status=self.status, may_have_cost=True)
        received = 0
        async with aclosing(self._response.aiter_raw()) as raw:  # type: ignore[type-var]
            async for piece in raw:
                received += len(piece)
                if received > most_bytes:
                    raise TooMuch
                yield piece

    async def body(self, most_bytes: int) -> bytes:
        """All of it. Raises TooMuch."""
        async with aclosing(self.pieces(most_bytes)) as pieces:
            return b"".join([piece async for piece in pieces])

    async def trouble(self, *, now: datetime) -> Trouble:
        """What an answer means that is no success."""
        try:
            words = (await self.body(MOST_ERROR_BYTES)).decode("utf-8", "replace")
        except (TooMuch, Trouble):
            words = ""
        return trouble_of(self.status, self.head, words, now)


class Wire:
    """Connections to one endpoint, used again. Made for one event loop; `close` it in the end."""

    def __init__(
        self, endpoint: Endpoint, *, connections: int = CONNECTIONS, ssl_context: ssl.SSLContext | None = None
    ) -> None:
        self.endpoint = endpoint
        self._connections = connections
        self._ssl_context = ssl_context  # None: certificates as this machine trusts them
        self._client: httpx.AsyncClient | None = None
        self._http2 = endpoint.url.startswith("https:") and find_spec("h2") is not None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    @asynccontextmanager
    async def exchange(
        self, path: str, body: Mapping[str, Any] | None = None, *, limit_s: float
    ) -> AsyncIterator[Answer]:
        """Ask (POST with a body, else GET) and read within `limit_s`. Raises Trouble for all that goes wrong, in the
        block as well."""
        import httpx

        client = self._ready_client()
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        response: httpx.Response | None = None
        try:
            async with asyncio.timeout(limit_s):
                method = "GET" if content is None else "POST"
                request = client.build_request(method, self.endpoint.url + path, content=content, headers=self._head())
                try:
                    response = await client.send(request, stream=True)
                    yield Answer(response.status_code, dict(response.headers.items()), response)
                finally:
                    if response is not None:
                        await response.aclose()
        except TimeoutError:
            raise Trouble(ModelOutcome.SLOW, "timeout", may_have_cost=True) from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            code = "unreachable" if isinstance(error, httpx.TimeoutException) else _why_unreachable(error)
            for_good = code in FOR_GOOD
            raise Trouble(ModelOutcome.DOWN, code, retry=not for_good, for_good=for_good) from error
        except httpx.TimeoutException as error:
            raise Trouble(ModelOutcome.SLOW, "timeout", may_have_cost=True) from error
        except httpx.TransportError as error:  # reset, closed, not HTTP
            code = "broken-off" if response is not None else NO_ANSWER
            if response is None and self._http2:  # some offer HTTP/2 and do not know it
                self._http2 = False
                await self.close()
            raise Trouble(ModelOutcome.DOWN, code, retry=True, may_have_cost=True) from error
        except httpx.HTTPError as error:
            raise Trouble(ModelOutcome.DOWN, type(error).__name__) from error

    def _head(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.endpoint.key}"} if self.endpoint.key else {}

    def _ready_client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = self._new_client()
        return self._client

    def _new_client(self) -> httpx.AsyncClient:
        from http.cookiejar import DefaultCookiePolicy

        import httpx

        context = self._ssl_context or _ssl_context(secure=self.endpoint.url.startswith("https:"))
        logging.getLogger("hpack").setLevel(logging.WARNING)  # its debug lines hold the heads of requests: the key
        client = httpx.AsyncClient(
            headers={
                "Accept": "application/json, text/event-stream",
                "Accept-Encoding": "identity",
                "Content-Type": "application/json",
                "User-Agent": f"Verbatim/{__version__}",
            },
            follow_redirects=False,
            http2=self._http2,
            limits=httpx.Limits(
                max_connections=self._connections,
                max_keepalive_connections=self._connections,
                keepalive_expiry=IDLE_S,
            ),
            timeout=httpx.Timeout(None, connect=CONNECT_S),
            trust_env=False,
            verify=context,
        )
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # keep none
        return client


@cache
def _ssl_context(*, secure: bool) -> ssl.SSLContext:
    """What certificates are checked by, one for all endpoints."""
    import ssl

    import httpx

    # Reading all certificates takes a while, and plain HTTP needs none: this one trusts nobody.
    return httpx.create_ssl_context() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def make_ready(endpoints: Iterable[Endpoint]) -> None:
    """Load what the first request to these needs, so that it costs that request, and who waits beside it, no time."""
    import httpx  # noqa: F401

    if find_spec("h2") is not None:
        import h2  # first, and whole, should another thread be importing it
        import h2.connection  # noqa: F401
    for endpoint in endpoints:
        _ssl_context(secure=endpoint.url.startswith("https:"))


def _why_unreachable(error: BaseException) -> str:
    """Why there is no connection: "certificate", "no-tls", "no-handshake", "no-such-name", else "unreachable"."""
    import socket
    import ssl

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate"
        if isinstance(cause, ssl.SSLError):
            return "no-tls" if "WRONG_VERSION" in str(cause.reason) else "no-handshake"
        if isinstance(cause, socket.gaierror):
            return "no-such-name"
        cause = cause.__cause__ or cause.__context__
    return "unreachable"


def trouble_of(status: int, head: Mapping[str, str], words: str, now: datetime) -> Trouble:
    """What a status other than 200 means. `words` is the beginning of the answer's body."""
    code, complaint = _error_of(words)
    of = partial(Trouble, status=status, complaint=complaint)
    if _UNWANTED.search(f"{code} {complaint}") and status < 500:
        return of(ModelOutcome.REFUSED, "unwanted")
    if status in (401, 403):
        return of(ModelOutcome.REFUSED, f"no-access-{status}", for_good=True)
    if status == 402 or (status == 429 and _EMPTY_ACCOUNT.search(f"{code} {complaint}")):
        return of(ModelOutcome.LIMITED, "account-empty", for_good=True)
    if status == 429:
        return of(ModelOutcome.LIMITED, "rate-limit", retry=True, wait_s=told_wait_s(head, now))
    if _TOO_LONG.search(f"{code} {complaint}"):
        return of(ModelOutcome.REFUSED, "too-long")
    if status in _PASSING:
        wait_s = told_wait_s(head, now) if {"retry-after", "retry-after-ms"} & head.keys() else None
        late = status in (408, 504)
        outcome = ModelOutcome.SLOW if late else ModelOutcome.DOWN
        return of(outcome, f"status-{status}", retry=True, wait_s=wait_s, may_have_cost=late)
    if status >= 500:
        return of(ModelOutcome.DOWN, f"status-{status}")
    if 300 <= status < 400:
        return of(ModelOutcome.REFUSED, "redirect", for_good=True)
    if code == "model_not_found" or (status == 404 and _NO_MODEL.search(complaint)):
        return of(ModelOutcome.REFUSED, "no-such-model", for_good=True)
    if status == 404:
        return of(ModelOutcome.REFUSED, code or "not-there", for_good=True)
    return of(ModelOutcome.REFUSED, code or f"status-{status}")


def read_json(content: bytes) -> Any:
    """JSON of strangers. Raises ValueError for whatever is none."""
    try:
        return json.loads(content.decode("utf-8", "replace"))
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def utc_now() -> datetime:
    return datetime.now(UTC)


def _error_of(words: str) -> tuple[str, str]:
    """The short code of an error, empty when it has none that looks like one, and all that it says."""
    try:
        said = read_json(words.encode("utf-8", "replace"))
    except ValueError:
        return "", words
    error = said.get("error", said) if isinstance(said, dict) else said
    if isinstance(error, dict):
        for name in ("code", "type"):
            if isinstance(code := error.get(name), str) and _CODE.fullmatch(code):
                return code, words
    return "", words
