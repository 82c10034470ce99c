"""A web of many feeds on loopback, in a process of its own, that fails in every way and remembers what it showed.

    python -m tests.simulation.fake_web PLAN CLOCK

The clock is a file of eight bytes that somebody else moves: seconds since the epoch. What a feed shows depends on it and
on the plan's seed alone; how an answer fails is drawn for each request.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import mmap
import random
import socket
import struct
import sys
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

SHOWN = 15  # items that a feed lists
BASELINE = 4  # of them stand there at the start
DAY_S = 86_400.0
START_S = datetime(2026, 1, 5, 12, tzinfo=UTC).timestamp()
_PLACES = ("Treva", "Ostmark", "Lindholm", "Karsow", "Belmar", "Veyra", "Norddeich", "Halmstad", "Pellin", "Grauwerd")
_THINGS = ("harbour", "school", "museum", "tram line", "bakery", "swimming pool", "archive", "market hall", "ferry")
_ENDINGS = {"rss": "application/rss+xml", "atom": "application/atom+xml", "rdf": "application/rdf+xml",
            "json": "application/feed+json"}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """How large the web is, and how bad."""

    feeds: int = 1000
    days: float = 3.0
    faults: float = 0.2  # of the answers
    seed: int = 1
    distance_s: float = 1.0  # that every host wants between two requests


class SharedClock:
    """Eight bytes that two processes see."""

    def __init__(self, path: Path, begin_s: float | None = None) -> None:
        if begin_s is not None:
            path.write_bytes(struct.pack("d", begin_s))
        with path.open("r+b") as file:
            self._bytes = mmap.mmap(file.fileno(), 8)

    def __call__(self) -> float:
        return float(struct.unpack("d", self._bytes[:8])[0])

    def move_to(self, at_s: float) -> None:
        if at_s > self():
            self._bytes[:8] = struct.pack("d", at_s)


@dataclass
class Item:
    """One published item."""

    number: int
    feed: int
    at_s: float
    teaser: bool
    revised_s: float | None  # when its text is changed


@dataclass
class Feed:
    """One feed: what it publishes, and how it is made."""

    number: int
    items: list[Item]
    shape: str
    guids: bool
    links: bool
    validators: bool
    host: str
    gone_s: float | None = None
    moved_s: float | None = None
    changes: list[float] = field(default_factory=list)  # instants at which what it shows changes
    made: tuple[int, bytes] = (-1, b"")  # the last body, and after how many changes
    given: str = ""  # the ETag of the last whole answer
    moved_answers: int = 0


def host_of_feed(number: int, feeds: int) -> str:
    """Three of ten feeds share their host with others."""
    return f"press{number % max(1, feeds // 60)}.example" if number % 10 < 3 else f"paper{number}.example"


def make_feeds(plan: Plan) -> list[Feed]:
    """All feeds with all that they will ever publish."""
    rng = random.Random(plan.seed)
    feeds = []
    count = 0
    for number in range(plan.feeds):
        kind = rng.random()
        a_day = rng.uniform(0, 0.7) if kind < 0.78 else rng.uniform(1, 5) if kind < 0.96 else 20.0
        times = [START_S - rng.uniform(0, BASELINE * DAY_S / max(a_day, 0.2)) for _ in range(BASELINE)]
        at_s = START_S
        while a_day and (at_s := at_s + rng.expovariate(a_day) * DAY_S) < START_S + plan.days * DAY_S:
            times.append(at_s)
        items = []
        for at_s in sorted(times):
            revised_s = at_s + rng.uniform(0, DAY_S) if rng.random() < 0.05 else None
            items.append(Item(count, number, at_s, teaser=rng.random() < 0.1, revised_s=revised_s))
            count += 1
        shape = rng.choices(list(_ENDINGS), (60, 25, 5, 10))[0]
        identity = rng.random()
        feed = Feed(
            number,
            items,
            shape,
            guids=identity < 0.85 or shape == "rdf",
            links=identity > 0.1 or shape == "rdf",
            validators=rng.random() < 0.97,
            host=host_of_feed(number, plan.feeds),
        )
        if rng.random() < 0.005:
            feed.gone_s = START_S + rng.uniform(0.3, plan.days) * DAY_S
        elif rng.random() < 0.01:
            feed.moved_s = START_S + rng.uniform(0.3, plan.days) * DAY_S
        feed.changes = sorted([one.at_s for one in items] + [one.revised_s for one in items if one.revised_s])
        feeds.append(feed)
    return feeds


def words(item: Item, now_s: float) -> str:
    """The text of an item; every item's is its own, and long enough to be no teaser."""
    place, thing = _PLACES[item.number % 10], _THINGS[item.number // 10 % 9]
    revised = "A correction was added. " if item.revised_s and item.revised_s <= now_s else ""
    return (
        f"The council of {place} spoke about the {thing} on the evening of the hearing, file {item.number}. {revised}"
        f"It counted {4_000 + item.number} visitors, and {item.number % 97 + 3} of them wrote a letter to the mayor. "
        f"The building of number {item.number} was paid for by the district, whose treasurer asked for patience. "
        f"In the end {item.number % 31 + 12} members voted for the plan of the {thing}, and nobody spoke against it. "
    ) * 2


def title(item: Item) -> str:
    return f"{_PLACES[item.number % 10]} talks about its {_THINGS[item.number // 10 % 9]}, file {item.number}"


@dataclass
class Odd:
    """How a feed's body differs from what it should be."""

    twice: bool = False
    backwards: bool = False
    bumped: bool = False
    new_guids: bool = False
    trackers: bool = False
    renamed: bool = False


@dataclass
class Witness:
    """What was shown and asked. `shown` stood in whole answers, `maybe` in damaged ones that may still be read."""

    requests: int = 0
    feed_requests: int = 0
    unchanged: int = 0  # requests to feeds that said the same as at the last whole answer, and could tell
    not_modified: int = 0  # of these, answered so
    cannot_tell: int = 0  # requests to unchanged feeds without validators
    too_close: int = 0  # requests that broke their host's distance, or came while another was open
    faults: Counter[str] = field(default_factory=Counter)
    shown: set[int] = field(default_factory=set)
    maybe: set[int] = field(default_factory=set)


class FakeWeb:
    """The server."""

    def __init__(self, plan: Plan, clock: SharedClock) -> None:
        self.plan = plan
        self.clock = clock
        self.feeds = make_feeds(plan)
        self.items = {item.number: item for feed in self.feeds for item in feed.items}
        self.witness = Witness()
        self.port = 0
        self.calm = False
        self._rng = random.Random(plan.seed + 1)
        self._open: Counter[str] = Counter()
        self._ended: dict[str, float] = {}
        self._done = asyncio.Event()

    async def serve(self) -> None:
        """Until somebody asks for the witness."""
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=200)
        self.port = server.sockets[0].getsockname()[1]
        print(self.port, flush=True)
        await self._done.wait()
        server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = lines[0].split(" ")[1]
            fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
            host = fields.get("host", "").rpartition(":")[0]
            if host == "127.0.0.1":
                await self._control(path, writer)
            else:
                await self._polite(host, path, fields, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # who asked has gone
        finally:
            writer.close()

    async def _control(self, path: str, writer: asyncio.StreamWriter) -> None:
        if path == "/calm":
            self.calm = True
        told = vars(self.witness) | {"shown": sorted(self.witness.shown), "maybe": sorted(self.witness.maybe)}
        await _send(writer, _answer(json.dumps(told).encode(), content_type="application/json"))
        if path == "/end":
            self._done.set()

    async def _polite(self, host: str, path: str, fields: dict[str, str], writer: asyncio.StreamWriter) -> None:
        """Answer, and watch how close requests come: by the clock when the one began and the other was about to end."""
        self.witness.requests += 1
        now_s = self.clock()
        early = now_s - self._ended.get(host, 0.0) < self.plan.distance_s - 1e-3
        self.witness.too_close += bool(self._open[host] or early)
        self._open[host] += 1
        open_ = True

        def ending() -> None:
            nonlocal open_
            if open_:
                self._open[host] -= 1
                self._ended[host] = self.clock()
                open_ = False

        try:
            await self._answer(host, path, fields, writer, ending, now_s)
        finally:
            ending()

    async def _answer(
        self, host: str, path: str, fields: dict[str, str], writer: asyncio.StreamWriter, ending: object, now_s: float
    ) -> None:
        assert callable(ending)
        data: bytes
        if path.startswith("/feed/"):
            await self._feed(self.feeds[int(path[6:])], host, fields.get("if-none-match", ""), writer, ending, now_s)
            return
        if path.startswith("/item/"):
            data = self._article(self.items[int(path[6:].partition("?")[0])], now_s)
        elif path == "/robots.txt" and host.endswith("7.example"):
            data = _answer(b"User-agent: *\nDisallow: /private\nCrawl-delay: 2\n", content_type="text/plain")
        else:
            data = _answer(b"nothing here", "404 Not Found")
        ending()
        await _send(writer, data)

    def _article(self, item: Item, now_s: float) -> bytes:
        if not self.calm and self._rng.random() < self.plan.faults:
            status = self._rng.choice(("500 Fault", "403 Forbidden", "503 Busy", "404 Not Found"))
            return _answer(b"no", status, retry_after="120")
        parts = "".join(f"<p>{words(item, now_s)} Paragraph {n} tells what the chair said.</p>" for n in range(4))
        page = f"<html><head><title>{title(item)}</title></head><body><article><h1>{title(item)}</h1>{parts}</article></body></html>"
        return _answer(page.encode(), content_type="text/html; charset=utf-8")

    async def _feed(
        self, feed: Feed, host: str, etag: str, writer: asyncio.StreamWriter, ending: object, now_s: float
    ) -> None:
        assert callable(ending)
        witness = self.witness
        witness.feed_requests += 1
        if feed.gone_s and now_s >= feed.gone_s:
            ending()
            await _send(writer, _answer(b"", "410 Gone"))
            return
        if feed.moved_s and now_s >= feed.moved_s and host == feed.host:
            ending()
            location = f"http://new-{host}:{self.port}/feed/{feed.number}"
            await _send(writer, _answer(b"", "301 Moved Permanently", location=location))
            return
        fault = ""
        if not self.calm and host != "mirror.example" and self._rng.random() < self.plan.faults:
            fault = self._rng.choice(FAULTS)
            witness.faults[fault] += 1
        shown = feed.items[: bisect_right(feed.items, now_s, key=lambda one: one.at_s)][-SHOWN:]
        odd = Odd(**{fault: True}) if fault in Odd.__dataclass_fields__ else None
        if odd is not None and (odd.new_guids or odd.renamed) and not feed.links:
            odd = Odd(backwards=True)
        body = self._body(feed, shown, now_s, odd)
        kind = _ENDINGS[feed.shape]
        ours = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        tag = ours if feed.validators else ""
        whole = _answer(body, content_type=kind, etag=tag)
        numbers = {one.number for one in shown}
        if not fault or odd is not None:
            if not fault and feed.given == ours:
                witness.unchanged += feed.validators
                witness.cannot_tell += not feed.validators
                witness.not_modified += bool(tag) and etag == tag
            if tag and etag == tag:
                ending()
                await _send(writer, _answer(b"", "304 Not Modified", etag=tag))
                return
            witness.shown |= numbers
            feed.given = ours
            ending()
            await _send(writer, whole)
            return
        if fault == "cut feed":  # whole for HTTP: what stands before the cut may be read
            witness.maybe |= numbers
            feed.given = ""
            whole = _answer(body[: int(len(body) * self._rng.random())], content_type=kind, etag=tag)
            ending()
            await _send(writer, whole)
        elif fault in ("wrong type", "gzip", "slow", "temporary redirect"):
            if fault == "temporary redirect":
                ending()
                await _send(writer, _answer(b"", "302 Found", location=f"http://mirror.example:{self.port}/feed/{feed.number}"))
                return
            witness.shown |= numbers
            feed.given = ours
            if fault == "wrong type":
                whole = _answer(body, content_type="text/plain", etag=tag)
            elif fault == "gzip":
                whole = _answer(gzip.compress(body, 1), content_type=kind, etag=tag, content_encoding="gzip")
            else:
                third = len(whole) // 3
                for part in (whole[:third], whole[third : 2 * third]):
                    await _send(writer, part)
                    await asyncio.sleep(0.02)
                whole = whole[2 * third :]
            ending()
            await _send(writer, whole)
        elif fault == "reset":
            ending()
            _reset(writer)
        elif fault == "reset in the middle":
            await _send(writer, whole[: len(whole) // 2])
            ending()
            _reset(writer)
        elif fault == "no answer":
            ending()
        else:
            ending()
            await _send(writer, self._failed(fault, feed, host, whole, kind))

    def _failed(self, fault: str, feed: Feed, host: str, whole: bytes, kind: str) -> bytes:
        """An answer of which nothing can be used."""
        here = f"http://{host}:{self.port}/feed/{feed.number}"
        if fault == "too many":
            return _answer(b"", "429 Too Many Requests", retry_after="1800")
        if fault == "busy":
            until = format_datetime(datetime.fromtimestamp(self.clock() + 900, UTC), usegmt=True)
            return _answer(b"", "503 Service Unavailable", retry_after=until)
        if fault == "redirect loop":
            return _answer(b"", "302 Found", location=here)
        if fault == "redirect inside":
            return _answer(b"", "302 Found", location="http://10.0.0.1/feed")
        if fault == "cut answer":
            return whole[:-40]
        if fault == "a page":
            return _answer(b"<html><body><h1>Sign in</h1><p>Please sign in.</p></body></html>", content_type="text/html", etag='"p"')
        if fault == "empty body":
            return _answer(b"", content_type=kind, etag='"e"')
        if fault == "no items":
            return _answer(self._body(feed, [], self.clock(), None), content_type=kind, etag='"n"')
        if fault == "broken xml":
            return _answer(b"<rss><channel><<<&&& item" + b"\x00\xff" * 50, content_type=kind, etag='"b"')
        if fault == "304 unasked":
            return _answer(b"", "304 Not Modified")
        if fault == "broken gzip":
            return _answer(b"\x1f\x8b\x08\0\0\0\0\0" + b"\x99" * 300, content_type=kind, content_encoding="gzip")
        if fault == "huge head":
            return _answer(b"", content_type=kind, x_long="x" * 80_000)
        if fault == "too large":
            return b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\nContent-Type: text/xml\r\n\r\n<rss>"
        if fault == "not http":
            return b"220 mail.example ESMTP\r\n"
        return _answer(b"", fault)  # it is the status itself

    def _body(self, feed: Feed, shown: list[Item], now_s: float, odd: Odd | None) -> bytes:
        changes = bisect_right(feed.changes, now_s)
        if odd is None and shown and feed.made[0] == changes:
            return feed.made[1]
        how = odd or Odd()
        listed = shown if how.backwards else shown[::-1]
        rows = [self._row(feed, one, now_s, how) for one in listed for _ in range(1 + how.twice)]
        body = _WRITERS[feed.shape](f"Paper {feed.number}", rows).encode()
        if odd is None and shown:
            feed.made = changes, body
        return body

    def _row(self, feed: Feed, item: Item, now_s: float, how: Odd) -> Row:
        link = f"http://{feed.host}:{self.port}/item/{item.number}" if feed.links else ""
        text = words(item, now_s)
        return Row(
            guid=f"{'cms2-' if how.new_guids else ''}urn:paper{feed.number}:{item.number}" if feed.guids else "",
            link=f"{link}?utm_source=feed&utm_campaign={int(now_s)}" if link and how.trackers else link,
            title=("Now: " if how.renamed else "") + title(item),
            html=f"<p>{text[:150]} …</p>" if item.teaser and link else f"<p>{text}</p>",
            at=datetime.fromtimestamp(now_s if how.bumped else item.at_s, UTC).replace(microsecond=0),
        )


@dataclass(frozen=True)
class Row:
    """An item as a feed writes it."""

    guid: str
    link: str
    title: str
    html: str
    at: datetime


def _rss(name: str, rows: list[Row]) -> str:
    items = "".join(
        "<item>"
        + (f"<guid isPermaLink='false'>{one.guid}</guid>" if one.guid else "")
        + (f"<link>{escape(one.link)}</link>" if one.link else "")
        + f"<title>{one.title}</title><pubDate>{format_datetime(one.at)}</pubDate>"
        f"<description>{escape(one.html)}</description></item>"
        for one in rows
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>{name}</title><link>http://x.example/</link>{items}</channel></rss>"


def _atom(name: str, rows: list[Row]) -> str:
    items = "".join(
        "<entry>"
        + (f"<id>{one.guid}</id>" if one.guid else "")
        + (f"<link href='{escape(one.link)}'/>" if one.link else "")
        + f"<title>{one.title}</title><updated>{one.at.isoformat()}</updated><published>{one.at.isoformat()}</published>"
        f"<content type='html'>{escape(one.html)}</content></entry>"
        for one in rows
    )
    return f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>{name}</title><id>urn:{name[6:]}</id>{items}</feed>"


def _rdf(name: str, rows: list[Row]) -> str:
    items = "".join(
        f"<item rdf:about='{one.guid}'><title>{one.title}</title><link>{escape(one.link)}</link>"
        f"<dc:date>{one.at.isoformat()}</dc:date><description>{escape(one.html)}</description></item>"
        for one in rows
    )
    return (
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='http://x.example/'>"
        f"<title>{name}</title><link>http://x.example/</link></channel>{items}</rdf:RDF>"
    )


def _json(name: str, rows: list[Row]) -> str:
    items = [
        {"id": one.guid, "url": one.link, "title": one.title, "content_html": one.html, "date_published": one.at.isoformat()}
        for one in rows
    ]
    items = [{key: value for key, value in one.items() if value} for one in items]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": name, "items": items})


_WRITERS = {"rss": _rss, "atom": _atom, "rdf": _rdf, "json": _json}
FAULTS = (
    "reset", "reset in the middle", "no answer", "404 Not Found", "403 Forbidden", "500 Fault", "502 Bad Gateway",
    "busy", "too many", "temporary redirect", "redirect loop", "redirect inside", "cut answer", "cut feed", "slow",
    "wrong type", "a page", "empty body", "no items", "broken xml", "304 unasked", "gzip", "broken gzip", "huge head",
    "too large", "not http", "twice", "backwards", "bumped", "new_guids", "trackers", "renamed",
)  # fmt: skip


def _answer(body: bytes = b"", status: str = "200 OK", **fields: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    held = writer.get_extra_info("socket")
    held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


if __name__ == "__main__":
    asyncio.run(FakeWeb(Plan(**json.loads(sys.argv[1])), SharedClock(Path(sys.argv[2]))).serve())
