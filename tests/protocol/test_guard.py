"""No packet to an address that is not public: every connection and every look-up of this process is recorded."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpcore
import pytest

import bot
from bot.app import web_fetcher
from bot.errors import AddressRefused
from bot.settings import load_settings
from bot.sources import guarded_network
from bot.sources.fetched import FetchOutcome, Purpose, Trouble
from bot.sources.fetcher import Fetcher, FetchRules
from bot.sources.guarded_network import MOST_TRIED, GuardedBackend, Meter, checked_addresses
from bot.sources.host_pace import HostPace
from bot.sources.public_networks import read_networks
from tests.protocol.conftest import Clock, Desk, Names
from tests.protocol.web_server import answer

_recorded: list[tuple[str, Any]] = []
_recording = False


def _record(event: str, arguments: tuple[Any, ...]) -> None:
    if _recording and event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        _recorded.append((event, arguments[1] if event == "socket.connect" else arguments[0]))


sys.addaudithook(_record)


@pytest.fixture
def packets() -> Iterator[list[tuple[str, Any]]]:
    """What this process has connected to, looked up or sent to since the test began."""
    global _recording  # noqa: PLW0603 - an audit hook cannot be taken away again, only told to rest
    _recorded.clear()
    _recording = True
    yield _recorded
    _recording = False


def closed_fetcher(names: Names) -> Fetcher:
    clock = Clock()
    return Fetcher(FetchRules(resolver=names), HostPace(now=clock.now, sleep=clock.sleep))


@pytest.mark.parametrize(
    "address",
    [
        *("http://127.0.0.1/", "http://127.0.0.1:8080/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/"),
        *("http://localhost/", "http://localhost:8080/", "http://printer/", "http://nas.local/", "https://10.0.0.1/"),
        *("http://１２７.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://me@127.0.0.1/", "file:///etc/hostname"),
    ],
)
@pytest.mark.parametrize("purpose", list(Purpose))
async def test_a_refused_address_sends_nothing(packets: list[tuple[str, Any]], address: str, purpose: Purpose) -> None:
    names = Names()
    fetcher = closed_fetcher(names)
    fetched = await fetcher.fetch(address, purpose=purpose)
    await fetcher.close()
    assert (fetched.outcome, fetched.body) == (FetchOutcome.REFUSED, b"")
    assert fetched.person
    assert packets == []
    assert names.asked == []


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["1.1.1.1", "192.168.0.1"],
        ["1.1.1.1", "::1"],
        ["::ffff:1.1.1.1"],
        ["64:ff9b::101:101"],
        ["fe80::1%eth0"],
        ["0.0.0.0"],
        ["168.63.129.16"],
    ],
)
async def test_a_name_is_refused_when_any_of_its_addresses_is_not_public(
    packets: list[tuple[str, Any]], found: list[str]
) -> None:
    fetcher = closed_fetcher(Names({"news.example.org": [found]}))
    fetched = await fetcher.fetch("http://news.example.org/")
    await fetcher.close()
    assert (fetched.outcome, fetched.code) == (FetchOutcome.REFUSED, "address-not-public")
    assert packets == []


async def test_the_address_that_was_checked_is_the_one_that_is_connected(
    desk: Desk, packets: list[tuple[str, Any]]
) -> None:
    """A name that changes its mind between the check and the connection would have to be asked twice."""
    desk.names.answers["news.example"] = [["127.0.0.1"], ["10.0.0.1"]]
    desk.server.pages["/"] = answer(b"here")
    assert (await desk.get("/", "news.example")).body == b"here"
    assert desk.names.asked == ["news.example"]
    assert packets == [("socket.connect", ("127.0.0.1", desk.server.port))]
    later = await desk.get("/", "news.example")
    assert later.code == "address-not-public"
    assert len(packets) == 1


async def test_each_hop_is_looked_up_and_checked_anew(desk: Desk, packets: list[tuple[str, Any]]) -> None:
    desk.names.answers["news.example"] = [["127.0.0.1"], ["10.0.0.1"]]
    desk.server.pages["/a"] = answer(b"", "302 X", Location="/b")
    fetched = await desk.get("/a", "news.example")
    assert (fetched.outcome, fetched.code) == (FetchOutcome.REFUSED, "address-not-public")
    assert [where for _, where in packets] == [("127.0.0.1", desk.server.port)]


async def test_the_next_checked_address_is_tried_when_one_does_not_answer(
    desk: Desk, packets: list[tuple[str, Any]]
) -> None:
    desk.names.answers["news.example"] = [["127.0.0.2", "127.0.0.1"]]  # the server listens at the second one only
    desk.server.pages["/"] = answer(b"here")
    assert (await desk.get("/", "news.example")).body == b"here"
    assert [where[0] for _, where in packets] == ["127.0.0.2", "127.0.0.1"]


async def test_addresses_that_do_not_answer_in_time_are_left_for_the_next_one() -> None:
    class Deaf(httpcore.AsyncNetworkBackend):
        async def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
            tried.append(host)
            raise httpcore.ConnectTimeout

    tried: list[str] = []
    many = [f"1.1.1.{number}" for number in range(1, 9)]
    backend = GuardedBackend(Meter(1000, 1000), resolver=Names({"news.example.org": [many]}), networks=())
    backend._below = Deaf()
    with pytest.raises(Trouble) as caught:
        await backend.connect_tcp("news.example.org", 443, timeout=1.0)
    assert caught.value.code == "connect-timeout"
    assert tried == many[:MOST_TRIED]


async def test_an_allowed_network_opens_that_network_and_no_other(desk: Desk, packets: list[tuple[str, Any]]) -> None:
    desk.server.pages["/"] = answer(b"here")
    desk.renew(allowed_networks=read_networks("127.0.0.1/32"))
    assert (await desk.get("/")).body == b"here"
    assert (await desk.get("/", "127.0.0.2")).code == "address-not-public"
    assert len(packets) == 1


async def test_inner_names_lead_into_allowed_networks_only(desk: Desk, packets: list[tuple[str, Any]]) -> None:
    desk.server.pages["/"] = answer(b"here")
    desk.names.answers |= {"nas.local": [["127.0.0.1"]], "intranet": [["1.1.1.1"]]}
    assert (await desk.get("/", "nas.local")).body == b"here"
    assert (await desk.get("/", "intranet")).code == "address-inner-name"
    assert len(packets) == 1


async def test_a_site_of_the_public_web_does_not_lead_into_an_allowed_network(desk: Desk) -> None:
    """The public site is this machine's other address, which the settings do not name; only the test's table does."""
    desk.server.pages |= {
        "/out": answer(b"", "302 X", Location=desk.server.at("/in", "inner.example")),
        "/in": answer(b"here"),
    }
    desk.names.answers |= {"public.example": [["127.0.0.1"]], "inner.example": [["127.0.0.1"]]}
    for host, code in (("inner.example", "ok"), ("public.example", "address-not-public")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(guarded_network, "is_allowed", lambda _address, _networks, host=host: host == "inner.example")
            assert (await desk.get("/out", host)).code == code


async def test_an_address_that_a_stranger_wrote_enters_no_allowed_network(
    desk: Desk, packets: list[tuple[str, Any]]
) -> None:
    desk.server.pages["/"] = answer(b"here")
    desk.names.here("news.example")
    for host, purpose in (("127.0.0.1", Purpose.FEED), ("news.example", Purpose.FEED), ("news.example", Purpose.PAGE)):
        assert (await desk.get("/", host, inner=False, purpose=purpose)).code == "address-not-public"
    assert (await desk.get("/", "nas.local", inner=False)).code == "address-inner-name"
    assert packets == []


async def test_the_network_beneath_refuses_whatever_stands_above_it() -> None:
    """Were a check of an address forgotten one day, the connection would still be refused."""
    backend = GuardedBackend(Meter(1000, 1000), resolver=Names({"localhost": [["127.0.0.1"]]}), networks=())
    for host in ("127.0.0.1", "localhost", "::1"):
        with pytest.raises(AddressRefused):
            await backend.connect_tcp(host, 80, timeout=1.0)
    with pytest.raises(NotImplementedError):
        await backend.connect_unix_socket("/run/socket")
    with pytest.raises(AddressRefused):
        await checked_addresses("localhost", 80, resolver=Names({"localhost": [["1.1.1.1"]]}), networks=(), timeout_s=1)


async def test_the_settings_say_where_the_bot_may_go(desk: Desk, tmp_path: Path) -> None:
    desk.server.pages |= {"/": answer(b"here"), "/large": answer(b"x" * 1001)}
    here = desk.server.at("/")
    opened = {"fetch_allowed_networks": "127.0.0.0/8", "fetch_extra_ports": str(desk.server.port)}
    limits = {"fetch_max_bytes": 1000, "fetch_host_distance_s": 0, "fetch_contact": "desk@news.example"}
    codes = []
    for given in ({}, {"fetch_extra_ports": str(desk.server.port)}, opened, opened | limits):
        fetcher = web_fetcher(load_settings(given, {}, tmp_path))
        codes.append((await fetcher.fetch(here)).code)
        if given == opened | limits:
            codes.append((await fetcher.fetch(desk.server.at("/large"))).code)
        await fetcher.close()
    assert codes == ["address-port", "address-not-public", "ok", "ok", "body-too-large"]
    assert "desk@news.example" in desk.server.seen[-1].fields["user-agent"]


# What opens connections, and who may use it. `urllib.parse` and the names of errors do not.
_WAYS_OUT = (
    "aiohttp",
    "ftplib",
    "http.client",
    "httpcore",
    "httpx",
    "requests",
    "smtplib",
    "socket",
    "urllib.request",
    "urllib3",
)
_DOORS = {"sources/fetcher.py", "sources/guarded_network.py"}
_INSIDE = {"documents/child.py"}  # a pair of sockets between two processes of ours


def test_feeds_pages_and_files_have_one_way_out() -> None:
    found = set()
    root = Path(bot.__file__).parent
    for folder in ("sources", "documents", "library", "stories", "answers", "briefs", "quotes", "languages"):
        for path in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom):
                    names = [f"{node.module}", *(f"{node.module}.{alias.name}" for alias in node.names)]
                if any(name == way or name.startswith(f"{way}.") for name in names for way in _WAYS_OUT):
                    found.add(path.relative_to(root).as_posix())
    assert found - _INSIDE == _DOORS
