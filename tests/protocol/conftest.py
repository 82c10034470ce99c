"""A server, the names that lead to it, and a fetcher that may go there."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.sources.fetched import Fetched, Purpose
from bot.sources.fetcher import Fetcher, FetchRules
from bot.sources.host_pace import HostPace
from bot.sources.public_networks import read_networks
from tests.protocol.web_server import WebServer

HERE = read_networks("127.0.0.0/8")


@dataclass
class Names:
    """A resolver that a test writes: each name's answers, one after the other; the last one stays."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        rounds = self.answers.get(host)
        if not rounds:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return rounds.pop(0) if len(rounds) > 1 else rounds[0]

    def here(self, *hosts: str) -> None:
        for host in hosts:
            self.answers[host] = [["127.0.0.1"]]


@dataclass
class Clock:
    """Obeys: sleeping moves it, nothing else does."""

    now_s: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds


Fetch = Callable[..., Awaitable[Fetched]]


@dataclass
class Desk:
    """Everything a test of the fetcher needs."""

    server: WebServer
    names: Names
    clock: Clock
    fetcher: Fetcher

    async def get(self, path: str, host: str = "127.0.0.1", **options: Any) -> Fetched:
        return await self.fetcher.fetch(self.server.at(path, host), **options)

    async def page(self, path: str, host: str = "127.0.0.1") -> Fetched:
        return await self.get(path, host, purpose=Purpose.PAGE)

    def renew(self, **rules: Any) -> None:
        """Another fetcher, with other rules; the old one has opened nothing that would have to be closed."""
        self.fetcher = fetcher_for(self.server, self.names, self.clock, **rules)


def fetcher_for(
    server: WebServer,
    names: Names,
    clock: Clock,
    *,
    stopwatch: Callable[[], float] = time.monotonic,
    **rules: Any,
) -> Fetcher:
    chosen: dict[str, Any] = {
        "allowed_networks": HERE,
        "allowed_ports": frozenset({server.port}),
        "resolver": names,
        "max_body_bytes": 100_000,
        **rules,
    }
    return Fetcher(FetchRules(**chosen), HostPace(now=clock.now, sleep=clock.sleep), stopwatch=stopwatch)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with WebServer() as server:
        names, clock = Names(), Clock()
        at = Desk(server, names, clock, fetcher_for(server, names, clock))
        yield at
        await at.fetcher.close()
