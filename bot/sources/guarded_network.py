"""Connections to public addresses and nowhere else: the network beneath httpx.

A name is looked up once, *all* of its addresses are checked, and one of the checked ones is connected by its number, so
that nothing can change between the check and the connection. TLS and the Host header go by the name, unchanged. It is
done anew for each request; no connection outlives one.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final

import httpcore

from bot.sources.fetched import Trouble
from bot.sources.public_networks import Network, is_allowed, refusal
from bot.sources.web_address import inner_name, is_inner_name, not_public

# A name and a port → the texts of its addresses. Raises OSError (socket.gaierror) as socket.getaddrinfo does.
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

MOST_TRIED: Final = 4  # of a name's addresses, one after the other
_NO_SUCH_NAME: Final = {
    getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY") if hasattr(socket, name)
}


def system_resolver(executor: Executor) -> Resolver:
    """The machine's own resolver, asked in the threads of `executor`: a hung look-up must hold up no other work."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        found = await asyncio.get_running_loop().run_in_executor(executor, ask)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    return resolve


async def checked_addresses(
    host: str, port: int, *, resolver: Resolver, networks: Collection[Network], timeout_s: float
) -> list[IPv4Address | IPv6Address]:
    """The addresses of a host, every one of which may be connected to. Raises AddressRefused when one may not, Trouble
    when there is none: a name that is half public is refused as a whole."""
    try:
        found = [ip_address(host)]
    except ValueError:
        found = await _looked_up(host, port, resolver, timeout_s)
    for address in found:
        reason = refusal(address, networks)
        if reason:
            raise not_public(host, reason)
    # In a network that the settings allow, inner names are at home; outside, nobody's name may be borrowed from there.
    if is_inner_name(host) and not all(is_allowed(address, networks) for address in found):
        raise inner_name(host)
    return found


async def _looked_up(host: str, port: int, resolver: Resolver, timeout_s: float) -> list[IPv4Address | IPv6Address]:
    try:
        async with asyncio.timeout(timeout_s):
            found = [ip_address(text) for text in await resolver(host, port)]
    except TimeoutError:
        raise Trouble("name-failed", f"no answer of the resolver in {timeout_s:g} s") from None
    except socket.gaierror as error:
        code = "name-unknown" if error.errno in _NO_SUCH_NAME else "name-failed"
        raise Trouble(code, str(error)) from error
    except (OSError, ValueError) as error:  # UnicodeError too: a label that no name may have
        raise Trouble("name-failed", f"{type(error).__name__} of the resolver") from error
    if not found:
        raise Trouble("name-unknown", "the name has no address")
    return found


@dataclass(slots=True)
class Meter:
    """What one exchange has received so far. Its limits hold beneath HTTP, whatever that makes of the bytes."""

    most_head_bytes: int
    most_bytes: int
    received: int = 0
    begins: bytes = b""  # what came first
    head_done: bool = False
    ended: bool = False  # the other side has closed
    stopped: Trouble | None = None  # why no more is wanted
    inner: bool = False  # connected to an address that only the settings allow

    def room(self, wanted: int) -> int:
        """How much may be read next. Raises Trouble when nothing more may, or is wanted."""
        if self.stopped is not None:
            raise self.stopped
        if self.head_done:
            if self.received >= self.most_bytes:
                raise Trouble("body-too-large", f"more than {self.most_bytes} bytes on the wire")
            return wanted
        left = self.most_head_bytes - self.received
        if left <= 0:
            raise Trouble("head-too-large", f"no end of the head after {self.received} bytes")
        return min(wanted, left)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects for one exchange, never to a socket file. Raises AddressRefused and Trouble, through httpcore."""

    def __init__(self, meter: Meter, *, resolver: Resolver, networks: Collection[Network]) -> None:
        self._meter = meter
        self._resolver = resolver
        self._networks = networks
        self._below: httpcore.AsyncNetworkBackend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        left_s = 30.0 if timeout is None else timeout
        until = time.monotonic() + left_s
        addresses = await checked_addresses(
            host, port, resolver=self._resolver, networks=self._networks, timeout_s=left_s
        )
        trouble = Trouble("connect-failed")
        tried = addresses[:MOST_TRIED]
        for at, address in enumerate(tried):
            share_s = max(0.05, (until - time.monotonic()) / (len(tried) - at))
            try:
                stream = await self._below.connect_tcp(str(address), port, share_s, local_address, socket_options)
            except httpcore.ConnectTimeout:
                trouble = Trouble("connect-timeout", f"{address} port {port}")
            except (httpcore.ConnectError, OSError) as error:
                refused = any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error))
                trouble = Trouble("connect-refused" if refused else "connect-failed", f"{address} port {port}: {error}")
            else:
                self._meter.inner = is_allowed(address, self._networks)
                return _GuardedStream(stream, self._meter)
        raise trouble

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _GuardedStream(httpcore.AsyncNetworkStream):
    def __init__(self, below: httpcore.AsyncNetworkStream, meter: Meter) -> None:
        self._below = below
        self._meter = meter

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore says so
        room = self._meter.room(max_bytes)
        try:
            data = await self._below.read(room, timeout)
        except httpcore.ReadTimeout:
            raise Trouble("silent", f"nothing for {timeout or 0:g} s") from None
        except (httpcore.ReadError, OSError) as error:  # ssl.SSLError is an OSError
            raise Trouble("tls-failed" if isinstance(error, ssl.SSLError) else "reset", str(error)) from error
        if not self._meter.received:
            self._meter.begins = data[:5]
        self._meter.received += len(data)
        self._meter.ended = self._meter.ended or not data
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as above
        await self._below.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._below.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
    ) -> httpcore.AsyncNetworkStream:
        try:
            stream = await self._below.start_tls(ssl_context, server_hostname, timeout)
        except httpcore.ConnectTimeout:
            raise Trouble("connect-timeout", "no end of the TLS handshake") from None
        except (httpcore.ConnectError, OSError) as error:
            for cause in _causes(error):
                if isinstance(cause, ssl.SSLCertVerificationError):
                    raise Trouble("tls-certificate", cause.verify_message) from error
            raise Trouble("tls-failed", str(error)) from error
        except BaseException:  # cancelled: httpcore closes only after an Exception
            await self._below.aclose()
            raise
        return _GuardedStream(stream, self._meter)

    def get_extra_info(self, info: str) -> Any:
        return self._below.get_extra_info(info)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it came from, groups taken apart."""
    for _ in range(20):
        if error is None:
            return
        yield error
        if isinstance(error, BaseExceptionGroup):
            yield from error.exceptions
        error = error.__cause__ or error.__context__
