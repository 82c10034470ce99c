"""The only way out to the web: one function that asks for an address, guarded, polite, bounded, and never raising.

Every request goes to a public address over http or https (`web_address`, `guarded_network`), waits for its host's turn
(`host_pace`), carries no cookie, no password and nothing of a proxy or the environment, and ends within limits on time,
redirects and size. Redirects are followed here, each checked like a first address. Pages ask robots.txt first.

httpx is given the host alone as its URL, and path and query on the side: what it logs holds no secret, and what it
would act on by itself (cookies, redirects, compressed bodies) it does not get to see.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar
from urllib.parse import urljoin

import httpcore
import httpx

from bot import __version__
from bot.errors import AddressRefused
from bot.sources.answer_head import Head, sendable
from bot.sources.fetched import (
    MOST_RETRY_S,
    USUAL_RETRY_S,
    Fetched,
    FetchOutcome,
    Hop,
    Purpose,
    Trouble,
    person_text,
    refused,
)
from bot.sources.guarded_network import GuardedBackend, Meter, Resolver, system_resolver
from bot.sources.host_pace import HostPace
from bot.sources.inflating import ACCEPTED, inflater
from bot.sources.public_networks import Network
from bot.sources.robots import ALLOW_ALL, MOST_BYTES, RobotsRules, read_robots
from bot.sources.web_address import WebAddress, check_address

log = logging.getLogger(__name__)

PRODUCT: Final = "Verbatim"  # by this name a robots.txt speaks to us
LOOKUP_THREADS: Final = 16

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
_WITH_BODY: Final = frozenset({200, 203})
# Chunks of one byte each: a megabyte of them keeps a processor busy for half a minute.
_MANY_PIECES: Final = 2000
_CRUMB_BYTES: Final = 8
_ACCEPT: Final = {
    Purpose.FEED: "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, text/html;q=0.6, */*;q=0.4",
    Purpose.PAGE: "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    Purpose.FILE: "*/*",
}

ROBOTS_KEPT_S: Final = 86_400.0  # RFC 9309, section 2.4: not longer than a day ...
ROBOTS_STALE_S: Final = 30 * 86_400.0  # ... unless they cannot be read; 2.3.1.4
ROBOTS_UNREACHABLE_S: Final = 600.0  # then this long nobody asks again
_MOST_ROBOTS: Final = 5000  # sites
_MOST_ROBOTS_WEIGHT: Final = 8_000_000  # characters


def user_agent(contact: str = "") -> str:
    """How we introduce ourselves. `contact` is an address at which a site's owner reaches whoever runs the bot."""
    contact = " ".join("".join(char for char in contact if " " <= char <= "~" and char not in "()\\").split())
    return f"{PRODUCT}/{__version__} (news reader; {contact})" if contact else f"{PRODUCT}/{__version__} (news reader)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRules:
    """What may be fetched, and how much of it. `total_s` is for a fetch with its redirects, without waiting."""

    allowed_networks: tuple[Network, ...] = ()  # beyond the public internet
    allowed_ports: frozenset[int] = frozenset()  # beyond web_address.USUAL_PORTS
    max_body_bytes: int = 15_000_000  # inflated
    max_header_bytes: int = 65_536
    max_redirects: int = 5
    total_s: float = 25.0
    idle_s: float = 10.0
    connect_s: float = 10.0
    user_agent: str = field(default_factory=user_agent)
    resolver: Resolver | None = None  # None: the machine's own
    ssl_context: ssl.SSLContext | None = None  # None: certificates as browsers trust them


class Fetcher:
    """Fetches. Made for one event loop; `close` it in the end."""

    def __init__(
        self,
        rules: FetchRules,
        pace: HostPace,
        *,
        wall_clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rules = rules
        self._pace = pace
        self._wall_clock = wall_clock
        self._stopwatch = stopwatch
        self._names = ThreadPoolExecutor(LOOKUP_THREADS, "look-up")  # starts no thread before the first look-up
        self._transport = _Transport(rules.resolver or system_resolver(self._names), rules.ssl_context)
        self._client: httpx.AsyncClient | None = None
        self._fetches: _Shared[tuple[str, str, str, Purpose, bool], Fetched] = _Shared()
        self._robots_fetches: _Shared[tuple[str, bool], RobotsRules | Fetched] = _Shared()
        self._robots = _RobotsShelf()

    async def close(self) -> None:
        """Let go of everything. Look-ups that hang are left behind."""
        self._names.shutdown(wait=False, cancel_futures=True)
        if self._client is not None:
            await self._client.aclose()

    async def fetch(
        self,
        address: str,
        *,
        etag: str = "",
        last_modified: str = "",
        purpose: Purpose = Purpose.FEED,
        inner: bool = True,
    ) -> Fetched:
        """Ask for one address. Whatever the web does is a value; only cancelling raises.

        `etag` and `last_modified` are those of the last answer, unchanged. `inner`: whether the networks that the
        settings allow may be entered; False for addresses that no person of ours chose, such as a feed's links to other
        hosts. Who asks for the same at the same time gets the same answer, from one request.
        """
        try:
            first = self._checked(address, inner=inner)
        except AddressRefused as error:
            return refused(address, error)
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        key = (first.text, etag, last_modified, purpose, inner)
        fetched = await self._fetches.share(key, lambda: self._follow(first, conditions, purpose, inner=inner))
        log.debug("fetched", extra={"address": first.shown, "code": fetched.code, "seconds": fetched.elapsed_s})
        return fetched

    def _checked(self, address: str, *, inner: bool) -> WebAddress:
        return check_address(address, networks=self._networks(inner=inner), ports=self._rules.allowed_ports)

    def _networks(self, *, inner: bool) -> tuple[Network, ...]:
        return self._rules.allowed_networks if inner else ()

    async def _follow(
        self, first: WebAddress, conditions: dict[str, str], purpose: Purpose, *, inner: bool, cut_at: int = 0
    ) -> Fetched:
        """Ask, and follow redirects until something else comes."""
        head = {"Accept": _ACCEPT[purpose], **{name: text for name, text in conditions.items() if sendable(text)}}
        journey = _Journey(first, conditional=len(head) > 1, inner=inner)
        address = first
        try:
            while True:
                crawl_delay_s = 0.0
                if purpose is Purpose.PAGE:
                    verdict = await self._robots_verdict(address, inner=journey.inner)
                    if isinstance(verdict, Fetched):
                        return journey.stopped(verdict)
                    crawl_delay_s = verdict
                async with self._pace.turn(address.host, crawl_delay_s=crawl_delay_s):
                    answer = await self._exchange(address, head, journey, cut_at)
                if answer.status not in _REDIRECTS:
                    return self._judge(answer, journey)
                address = self._next_address(address, answer, journey)
        except AddressRefused as error:
            return journey.ended(FetchOutcome.REFUSED, error.code, error.log, error.person)
        except Trouble as trouble:
            return journey.failed(trouble, self._facts(trouble))

    def _next_address(self, address: WebAddress, answer: _Answer, journey: _Journey) -> WebAddress:
        """Where a redirect leads. Raises AddressRefused and Trouble."""
        location = answer.head.location
        if not location:
            raise Trouble("redirect-nowhere", f"{answer.status} without a Location")
        journey.hops.append(Hop(address.text, answer.status))
        if len(journey.hops) > self._rules.max_redirects:
            raise Trouble("too-many-redirects", f"{len(journey.hops)} redirects")
        try:
            onward = self._checked(urljoin(address.text, location), inner=journey.inner)
        except ValueError as error:  # of urljoin, for brackets that do not match
            raise Trouble("redirect-nowhere", "the Location cannot be read") from error
        if any(onward.text == hop.address for hop in journey.hops):
            raise Trouble("redirect-loop", f"back to {onward.shown}")
        journey.address = onward
        return onward

    async def _exchange(self, address: WebAddress, head: dict[str, str], journey: _Journey, cut_at: int) -> _Answer:
        """One request and its answer. Raises AddressRefused, Trouble."""
        rules = self._rules
        # The wire may carry more than the body: the frames of chunks. Twice as much is more than honest servers need.
        meter = Meter(rules.max_header_bytes, 2 * rules.max_body_bytes + rules.max_header_bytes)
        started = self._stopwatch()
        journey.status = 0
        try:
            async with asyncio.timeout(max(0.0, rules.total_s - journey.elapsed_s)):
                return await self._asked(address, head, meter, journey, cut_at)
        except TimeoutError:
            raise Trouble("too-slow", f"not done after {rules.total_s:g} s") from None
        except httpcore.RemoteProtocolError as error:
            if not meter.received:
                code = "no-answer"
            elif meter.ended and b"HTTP/".startswith(meter.begins):
                code = "cut-short" if meter.head_done else "reset"
            else:
                code = "not-http"
            raise Trouble(code, str(error)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as error:
            code = "reset" if meter.received else "connect-failed"
            raise Trouble(code, f"{type(error).__name__}: {error}") from error
        finally:
            # A site of the public web does not decide what is fetched from an inner network.
            journey.inner = journey.inner and meter.inner
            journey.elapsed_s += self._stopwatch() - started
            journey.bytes_received += meter.received

    async def _asked(
        self, address: WebAddress, head: dict[str, str], meter: Meter, journey: _Journey, cut_at: int
    ) -> _Answer:
        raw_head = [(name.encode("ascii"), value.encode("latin-1")) for name, value in head.items()]
        networks = self._networks(inner=journey.inner)
        extensions = {"target": address.target.encode("ascii"), "meter": meter, "networks": networks}
        request = self._ready_client().build_request("GET", address.site + "/", headers=raw_head, extensions=extensions)
        response = await self._ready_client().send(request, stream=True)
        try:
            answered = Head(response.extensions["head"])
            journey.status = response.status_code
            if response.status_code not in _WITH_BODY:
                return _Answer(response.status_code, answered)
            body = await self._body(response, answered, meter, cut_at)
            return _Answer(response.status_code, answered, body)
        finally:
            await response.aclose()

    async def _body(self, response: httpx.Response, head: Head, meter: Meter, cut_at: int) -> bytes:
        most = self._rules.max_body_bytes
        inflating = inflater(head.get("content-encoding"), most)
        if head.length > most and not cut_at:
            raise Trouble("body-too-large", f"{head.length} bytes are announced")
        received = pieces = 0
        try:
            # What ends the reading is raised by the next read, at the bottom: generators left half-way are closed by
            # somebody some time, but not here and now.
            async for piece in response.aiter_raw():
                try:
                    inflating.take(piece)
                except Trouble as trouble:
                    meter.stopped = meter.stopped or trouble
                received += len(piece)
                pieces += 1
                if pieces > _MANY_PIECES and received < pieces * _CRUMB_BYTES:
                    meter.stopped = meter.stopped or Trouble("body-in-crumbs", f"{pieces} pieces, {received} bytes")
                if cut_at and received >= cut_at:
                    meter.stopped = meter.stopped or _Enough("enough")
            if meter.stopped is not None:
                raise meter.stopped
        except _Enough:
            return inflating.so_far()
        return inflating.whole()

    def _judge(self, answer: _Answer, journey: _Journey) -> Fetched:
        """What an answer means that is no redirect."""
        status, head, now = answer.status, answer.head, self._wall_clock()
        if status in _WITH_BODY:
            fetched = journey.ended(FetchOutcome.OK, "ok")
        elif status == httpx.codes.NOT_MODIFIED and journey.conditional:
            fetched = journey.ended(FetchOutcome.NOT_MODIFIED, "not-modified")
        elif status == httpx.codes.GONE:
            fetched = journey.told(FetchOutcome.GONE, status)
        elif status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
            wait_s = head.retry_after_s(now) or USUAL_RETRY_S
            fetched = replace(journey.told(FetchOutcome.RETRY, status, _duration(wait_s)), retry_after_s=wait_s)
        else:
            fetched = replace(journey.told(FetchOutcome.FAILED, status), retry_after_s=head.retry_after_s(now))
        permanent = bool(journey.hops) and all(hop.status in _PERMANENT for hop in journey.hops)
        reached = fetched.outcome in (FetchOutcome.OK, FetchOutcome.NOT_MODIFIED)
        return replace(
            fetched,
            media_type=head.media_type,
            charset=head.charset,
            body=answer.body,
            etag=head.validator("etag"),
            last_modified=head.validator("last-modified"),
            max_age_s=head.max_age_s(now),
            moved_to=fetched.final_address if permanent and reached else "",
            filename=head.filename,
        )

    async def _robots_verdict(self, address: WebAddress, *, inner: bool) -> float | Fetched:
        """The site's crawl delay when the page may be read, else what comes of it instead."""
        kept = self._robots.get(address.site, self._pace.now())
        if kept is None:
            kept = await self._robots_fetches.share(
                (address.site, inner), lambda: self._fresh_robots(address, inner=inner)
            )
        if isinstance(kept, Fetched):
            return kept
        if kept.allows(address.target):
            return kept.crawl_delay_s
        return Fetched(
            address.text,
            FetchOutcome.REFUSED,
            "robots-refuses",
            f"robots.txt of {address.site}",
            person_text("robots-refuses", address.host),
        )

    async def _fresh_robots(self, address: WebAddress, *, inner: bool) -> RobotsRules | Fetched:
        robots = self._checked(f"{address.site}/robots.txt", inner=inner)
        fetched = await self._follow(robots, {}, Purpose.FILE, inner=inner, cut_at=MOST_BYTES)
        now = self._pace.now()
        rules = _rules_of(fetched)
        if rules is not None:
            self._robots.put(address.site, rules, now, ROBOTS_KEPT_S)
            return rules
        if not fetched.status and not fetched.hops:
            return fetched  # the site itself cannot be reached: that is the news, not its robots.txt
        old = self._robots.old(address.site, now)
        if old is not None:
            return old
        wait_s = int(min(max(fetched.retry_after_s or 0, ROBOTS_UNREACHABLE_S), MOST_RETRY_S))
        unreachable = Fetched(
            address.text,
            FetchOutcome.RETRY,
            "robots-unreachable",
            f"robots.txt of {address.site}: {fetched.code}",
            person_text("robots-unreachable", address.host),
            retry_after_s=wait_s,
        )
        self._robots.put(address.site, unreachable, now, ROBOTS_UNREACHABLE_S)
        return unreachable

    def _facts(self, trouble: Trouble) -> str:
        """What the words for a person leave open."""
        rules = self._rules
        return {
            "silent": f"{rules.idle_s:g}",
            "too-slow": f"{rules.total_s:g}",
            "head-too-large": f"{rules.max_header_bytes:,}",
            "body-too-large": f"{rules.max_body_bytes:,}",
            "too-many-redirects": str(rules.max_redirects),
        }.get(trouble.code, trouble.log)

    def _ready_client(self) -> httpx.AsyncClient:
        if self._client is None:
            rules = self._rules
            self._client = httpx.AsyncClient(
                transport=self._transport,
                trust_env=False,
                follow_redirects=False,
                headers={"User-Agent": rules.user_agent, "Accept-Encoding": ACCEPTED, "Connection": "close"},
                timeout=httpx.Timeout(rules.idle_s, connect=rules.connect_s),
            )
        return self._client


KeyT = TypeVar("KeyT")
ResultT = TypeVar("ResultT")


class _Shared(Generic[KeyT, ResultT]):
    """Work that several want at the same time is done once, by the first of them."""

    def __init__(self) -> None:
        self._running: dict[KeyT, asyncio.Future[ResultT | None]] = {}

    async def share(self, key: KeyT, work: Callable[[], Awaitable[ResultT]]) -> ResultT:
        while (running := self._running.get(key)) is not None:
            shared = await asyncio.shield(running)
            if shared is not None:
                return shared
            # Whoever did the work was cancelled: the next one takes it over.
        future: asyncio.Future[ResultT | None] = asyncio.get_running_loop().create_future()
        self._running[key] = future
        result = None
        try:
            result = await work()
            return result
        finally:
            del self._running[key]
            future.set_result(result)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    head: Head
    body: bytes = b""


@dataclass(slots=True)
class _Journey:
    """One fetch on its way through its redirects."""

    first: WebAddress
    conditional: bool
    inner: bool  # whether the next hop may enter the networks that the settings allow
    address: WebAddress = field(init=False)
    hops: list[Hop] = field(default_factory=list)
    status: int = 0
    bytes_received: int = 0
    elapsed_s: float = 0.0

    def __post_init__(self) -> None:
        self.address = self.first

    def ended(self, outcome: FetchOutcome, code: str, log_text: str = "", person: str = "") -> Fetched:
        return Fetched(
            self.first.text,
            outcome,
            code,
            f"{self.address.shown}: {log_text}" if log_text else self.address.shown,
            person,
            final_address=self.address.text,
            status=self.status,
            hops=tuple(self.hops),
            bytes_received=self.bytes_received,
            elapsed_s=self.elapsed_s,
        )

    def told(self, outcome: FetchOutcome, status: int, facts: str = "") -> Fetched:
        code = f"http-{status}"
        return self.ended(outcome, code, f"status {status}", person_text(code, self.address.host, facts))

    def failed(self, trouble: Trouble, facts: str) -> Fetched:
        person = person_text(trouble.code, self.address.host, facts)
        return self.ended(FetchOutcome.FAILED, trouble.code, trouble.log[:300], person)

    def stopped(self, verdict: Fetched) -> Fetched:
        """By a robots.txt, or on the way to it."""
        ended = self.ended(verdict.outcome, verdict.code, verdict.log, verdict.person)
        return replace(ended, retry_after_s=verdict.retry_after_s)


class _Enough(Trouble):
    """As much was read as anybody wants."""


class _RobotsShelf:
    """The robots.txt of the sites asked last, within a bound."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[RobotsRules | Fetched, float, float]] = OrderedDict()
        self._weight = 0

    def get(self, site: str, now: float) -> RobotsRules | Fetched | None:
        kept = self._kept.get(site)
        return kept[0] if kept is not None and now < kept[2] else None

    def old(self, site: str, now: float) -> RobotsRules | None:
        """What was read too long ago, but is better than nothing."""
        kept = self._kept.get(site)
        if kept is None or not isinstance(kept[0], RobotsRules) or now > kept[1] + ROBOTS_STALE_S:
            return None
        self._kept[site] = (kept[0], kept[1], now + ROBOTS_UNREACHABLE_S)
        return kept[0]

    def put(self, site: str, rules: RobotsRules | Fetched, now: float, good_for_s: float) -> None:
        self._drop(site)
        self._kept[site] = (rules, now, now + good_for_s)
        self._weight += _weight(rules)
        while len(self._kept) > _MOST_ROBOTS or self._weight > _MOST_ROBOTS_WEIGHT:
            self._drop(next(iter(self._kept)))

    def _drop(self, site: str) -> None:
        kept = self._kept.pop(site, None)
        if kept is not None:
            self._weight -= _weight(kept[0])


def _weight(rules: RobotsRules | Fetched) -> int:
    return rules.weight if isinstance(rules, RobotsRules) else 1000


def _rules_of(fetched: Fetched) -> RobotsRules | None:
    """The rules that an answer amounts to (RFC 9309, section 2.3.1); None: they cannot be reached, so nobody enters."""
    if fetched.outcome is FetchOutcome.OK:
        return read_robots(fetched.body, PRODUCT)
    if 400 <= fetched.status < 500 and fetched.status != httpx.codes.TOO_MANY_REQUESTS:
        return ALLOW_ALL
    if fetched.hops and (fetched.outcome is FetchOutcome.REFUSED or "redirect" in fetched.code):
        return ALLOW_ALL  # it leads nowhere: there is none
    return None


class _Transport(httpx.AsyncBaseTransport):
    """One connection for each exchange, through the guarded network; httpx does not see the fields of the answer."""

    def __init__(self, resolver: Resolver, ssl_context: ssl.SSLContext | None) -> None:
        self._resolver = resolver
        self._ssl_context = ssl_context

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        meter: Meter = request.extensions["meter"]
        url = request.url
        if url.scheme == "https" and self._ssl_context is None:
            self._ssl_context = httpx.create_ssl_context(trust_env=False)
        port = url.port or (443 if url.scheme == "https" else 80)
        connection = httpcore.AsyncHTTPConnection(
            httpcore.Origin(url.raw_scheme, url.raw_host, port),
            ssl_context=self._ssl_context,
            network_backend=GuardedBackend(meter, resolver=self._resolver, networks=request.extensions["networks"]),
        )
        try:
            answer = await connection.handle_async_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(
                        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=request.extensions["target"]
                    ),
                    headers=request.headers.raw,
                    extensions=request.extensions,
                )
            )
        except BaseException:  # a cancellation, too: nobody else knows of this connection
            await connection.aclose()
            raise
        meter.head_done = True
        return httpx.Response(answer.status, stream=_Body(answer, connection), extensions={"head": answer.headers})


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response, connection: httpcore.AsyncHTTPConnection) -> None:
        self._answer = answer
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()
        await self._connection.aclose()


def _duration(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds"
    if seconds < 7200:
        return f"{round(seconds / 60)} minutes"
    return f"{round(seconds / 3600)} hours"
