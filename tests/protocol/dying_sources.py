"""All ways in which a source dies, empties, loops, slows down or changes shape, and what becomes of it. Prints the table.

    python -m tests.protocol.dying_sources

A real server, fetcher, poller and library; only clock and names are made up. A source works, then its way to fail is
played; within three checks it has to be told with a code and a sentence, and when it works again it has to recover.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import socket
import ssl
import tempfile
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from bot.domain import EVERYONE, Scope, SourceKind
from bot.library.source_store import Choices
from bot.library.sql_source_store import SqlSourceStore
from bot.library.sql_store import SqlStore
from bot.polling.poller import Poller
from bot.polling.steps import AddressChange, AddressNews
from bot.sources.fetcher import Fetcher, FetchRules
from bot.sources.host_pace import HostPace
from bot.sources.public_networks import read_networks
from bot.sources.source_health import SourceState
from bot.sourcing.views import SourceView, view_of
from tests.protocol.web_server import Script, Talk, WebServer, answer
from tests.web import START, Clock, NoIndex, Reader, entry, page, rss

HOST, ELSEWHERE = "paper.example", "elsewhere.example"
CHECKS = 3
HOUR = timedelta(hours=1)
_LIMITS = {"max_body_bytes": 300_000, "max_header_bytes": 20_000, "total_s": 300.0, "idle_s": 300.0, "connect_s": 300.0}


@dataclass
class Stage:
    """What a way may change: the server, the names, and what a look-up of them says."""

    server: WebServer
    secure: WebServer  # with a certificate for somebody else
    greeter: WebServer  # speaks first, and not HTTP
    names: dict[str, list[str] | int] = field(default_factory=dict)  # addresses, or the number of an error

    async def look_up(self, host: str, _port: int) -> list[str]:
        found = self.names.get(host, socket.EAI_NONAME)
        if isinstance(found, int):
            raise socket.gaierror(found, "look-up failed")
        return found

    def play(self, script: Script, path: str = "/feed") -> None:
        self.server.pages[path] = script

    def at(self, path: str, host: str = HOST) -> str:
        return self.server.at(path, host)


@dataclass(frozen=True)
class Way:
    """One way to fail: what it does to the stage, and what has to be told of it."""

    name: str
    play: Callable[[Stage], None]
    code: str
    state: SourceState = SourceState.FAILING
    change: AddressChange | None = None  # None: as the state says
    kind: SourceKind = SourceKind.FEED
    many: bool = False  # the feed had many items before
    after: timedelta = timedelta(0)  # that pass before the way is played
    idle_s: float = 0.0  # what nobody but the clock ends has to be waited for; 0: longer than anybody does
    total_s: float = 0.0


@dataclass(frozen=True)
class Report:
    """What was told of a way, and what became of the source."""

    way: Way
    checks: int  # until it was told; 0: it was not
    news: AddressNews | None
    seen: SourceView  # what `sources list` says of it then
    recovered: bool
    trail: tuple[str, ...] = ()  # codes of the address's trail


FEED = rss(*(entry(f"old{n}", published=START - (n + 1) * HOUR) for n in range(3)))
MANY = rss(*(entry(f"old{n}", published=START - (n + 1) * HOUR) for n in range(40)))
TEXT = ["The harbour office opens at nine in the morning on every working day of the week.",
        "Ships of more than forty metres need a pilot who knows the river and its sands."]  # fmt: skip
RSS = "application/rss+xml"


def says(body: bytes = b"", status: str = "200 OK", **fields: str) -> Callable[[Stage], None]:
    said = answer(body, status, length=None, **fields)
    return lambda stage: stage.play(said)


def says_raw(said: bytes) -> Callable[[Stage], None]:
    return lambda stage: stage.play(said)


def does(script: Callable[[Talk], Awaitable[None]]) -> Callable[[Stage], None]:
    return lambda stage: stage.play(script)


def named(*addresses: str, error: int = 0) -> Callable[[Stage], None]:
    return lambda stage: stage.names.update({HOST: error or list(addresses)})


def leads(path: str, host: str = HOST, status: str = "302 Found") -> Callable[[Stage], None]:
    return lambda stage: stage.play(answer(b"", status, Location=stage.at(path, host)))


def _chain(stage: Stage) -> None:
    for n in range(9):
        stage.play(answer(b"", "302 Found", Location=stage.at(f"/{n}")), "/feed" if not n else f"/{n - 1}")


def _circle(stage: Stage) -> None:
    stage.play(answer(b"", "302 Found", Location=stage.at("/round")))
    stage.play(answer(b"", "302 Found", Location=stage.at("/feed")), "/round")


def _moved(stage: Stage) -> None:
    stage.play(answer(b"", "301 Moved Permanently", Location=stage.at("/new", ELSEWHERE)))
    stage.play(answer(FEED, Content_Type=RSS), "/new")


def _parked(stage: Stage) -> None:
    stage.play(answer(b"", "302 Found", Location=stage.at("/", ELSEWHERE)))
    stage.play(answer(page("This domain is for sale", "Buy it now."), Content_Type="text/html"), "/")


def _secured(stage: Stage) -> None:
    stage.play(answer(b"", "302 Found", Location=stage.secure.at("/", ELSEWHERE)))


def _unsecured(stage: Stage) -> None:
    stage.play(answer(b"", "302 Found", Location=stage.greeter.at("/", ELSEWHERE).replace("http:", "https:")))


def _robots(stage: Stage) -> None:
    stage.play(answer(b"User-agent: *\nDisallow: /\n", Content_Type="text/plain"), "/robots.txt")


async def _reset(talk: Talk) -> None:
    talk.reset()


async def _reset_in_the_body(talk: Talk) -> None:
    await talk.send(answer(FEED[:400], length=len(FEED)))
    talk.reset()


async def _closes(_talk: Talk) -> None:
    return


async def _silent(talk: Talk) -> None:
    await talk.until_the_other_side_is_gone()


async def _silent_in_the_body(talk: Talk) -> None:
    await talk.send(answer(FEED[:400], length=len(FEED)))
    await talk.until_the_other_side_is_gone()


async def _drips(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        await talk.send(b"<")
        await asyncio.sleep(0.05)


async def _endless(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\n\r\n<rss>")
    while True:
        await talk.send(b"<item>" * 5_000)


async def _crumbs(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await talk.send(b"1\r\nx\r\n" * 500)


async def _mumbles(talk: Talk) -> None:
    await talk.send(b"SSH-2.0-server_9.9\r\n\r\n")


ENTITIES = (
    b"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
    b"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><rss><channel><title>&c;</title></channel></rss>"
)
NO_PAGE = page("", "")
FAILING, RESTING, ACTIVE = SourceState.FAILING, SourceState.RESTING, SourceState.ACTIVE
WAYS: tuple[Way, ...] = (
    # it dies
    Way("its name is gone", named(error=socket.EAI_NONAME), "name-unknown"),
    Way("its name server is down", named(error=socket.EAI_AGAIN), "name-failed"),
    Way("its name leads inside", named("10.0.0.7"), "address-not-public"),
    Way("nothing listens there", named("127.0.0.99"), "connect-refused"),
    Way("it breaks connections off", does(_reset), "reset"),
    Way("it closes without a word", does(_closes), "no-answer"),
    Way("it speaks another language", does(_mumbles), "not-http"),
    Way("a mail server answers", says_raw(b"220 mail.example ESMTP\r\n502 what?\r\n"), "not-http"),
    Way("400", says(b"", "400 Bad Request"), "http-400"),
    Way("401", says(b"", "401 Unauthorized"), "http-401"),
    Way("402", says(b"", "402 Payment Required"), "http-402"),
    Way("403", says(b"", "403 Forbidden"), "http-403"),
    Way("404", says(b"", "404 Not Found"), "http-404"),
    Way("410", says(b"", "410 Gone"), "http-410", RESTING),
    Way("451", says(b"", "451 Unavailable For Legal Reasons"), "http-451"),
    Way("500", says(b"", "500 Internal Server Error"), "http-500"),
    Way("503, busy", says(b"", "503 Service Unavailable", Retry_After="600"), "http-503"),
    Way("its certificate is nobody's", _secured, "tls-certificate"),
    Way("no TLS where it should be", _unsecured, "tls-failed"),
    # it empties
    Way("an empty answer", says(b"", Content_Type=RSS), "feed-empty-body"),
    Way("blanks", says(b" \r\n\t\n", Content_Type=RSS), "feed-empty-body"),
    Way("a feed without items", says(rss(), Content_Type=RSS), "feed-empty"),
    Way("204", says(b"", "204 No Content"), "http-204"),
    Way("304 that nobody asked for", says(b"", "304 Not Modified"), "http-304"),
    Way("nothing new for months", lambda _: None, "feed-quiet", ACTIVE, AddressChange.ODD, many=True, after=timedelta(days=90)),
    # it loops
    Way("it forwards to itself", leads("/feed"), "redirect-loop"),
    Way("it forwards in a circle", _circle, "redirect-loop"),
    Way("it forwards for ever", _chain, "too-many-redirects"),
    Way("it forwards nowhere", says(b"", "302 Found"), "redirect-nowhere"),
    Way("it forwards inside", says(b"", "302 Found", Location="http://192.168.0.1/feed"), "address-not-public"),
    Way("it forwards to a file", says(b"", "302 Found", Location="file:///etc/passwd"), "address-not-web"),
    # it slows down, or never ends
    Way("it falls silent", does(_silent), "silent", idle_s=0.3),
    Way("it falls silent in the middle", does(_silent_in_the_body), "silent", idle_s=0.3),
    Way("it drips", does(_drips), "too-slow", total_s=0.5),
    Way("429", says(b"", "429 Too Many Requests", Retry_After="1800"), "http-429"),
    Way("it never ends", does(_endless), "body-too-large"),
    Way("it comes in crumbs", does(_crumbs), "body-in-crumbs"),
    Way("a head without end", says(b"", X_More="x" * 60_000), "head-too-large"),
    Way("a body of a gigabyte is announced", does(lambda talk: talk.send(answer(b"<rss>", length=10**9))), "body-too-large"),
    Way("a gzip bomb", says(gzip.compress(bytes(3_000_000)), Content_Encoding="gzip"), "body-too-large"),
    Way("damaged gzip", says(gzip.compress(FEED)[:10] + b"\x99" * 90, Content_Encoding="gzip"), "encoding-broken"),
    Way("gzip in gzip", says(gzip.compress(gzip.compress(FEED)), Content_Encoding="gzip, gzip"), "encoding-stacked"),
    Way("packed as nobody asked", says(zlib.compress(FEED), Content_Encoding="zstd"), "encoding-unknown"),
    Way("shorter than it says", does(lambda talk: talk.send(answer(FEED[:-90], length=len(FEED)))), "cut-short"),
    Way("broken off in the middle", does(_reset_in_the_body), "reset"),
    # it changes shape
    Way("the feed is cut", says(FEED[: len(FEED) * 3 // 4], Content_Type=RSS), "feed-cut", ACTIVE, AddressChange.ODD),
    Way("a page to sign in", says(page("Sign in", "Please sign in to go on."), Content_Type="text/html"), "feed-is-a-page"),
    Way("the domain is for sale", _parked, "feed-is-a-page"),
    Way("a list of feeds", says(b"<opml version='2.0'><body><outline text='x' xmlUrl='http://x.example/'/></body></opml>"), "feed-is-a-list"),
    Way("a site map", says(b"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>http://x.example/</loc></url></urlset>"), "feed-is-a-sitemap"),
    Way("XML of another kind", says(b"<?xml version='1.0'?><error><code>7</code></error>", Content_Type="text/xml"), "not-a-feed"),
    Way("JSON of another kind", says(b'{"error": "no such channel"}', Content_Type="application/json"), "not-a-feed"),
    Way("plain words", says(b"Too many connections to the database.", Content_Type="text/plain"), "not-a-feed"),
    Way("a picture", says(b"\x89PNG\r\n\x1a\n" + bytes(90), Content_Type="image/png"), "not-a-feed"),
    Way("a PDF", says(b"%PDF-1.7\n" + bytes(90), Content_Type="application/pdf"), "not-a-feed"),
    Way("XML full of entities", says(ENTITIES, Content_Type=RSS), "feed-empty"),
    Way("XML without end tags", says(b"<rss><channel>" + b"<b>" * 50_000, Content_Type=RSS), "feed-empty"),
    Way("everything is new at once", says(rss(*(entry(f"cms{n}") for n in range(30))), Content_Type=RSS), "feed-reset-many", ACTIVE, AddressChange.HELD),
    Way("its past comes up", says(rss(*(entry(f"past{n}", published=START - timedelta(days=400 + n)) for n in range(8))), Content_Type=RSS), "feed-reset-old", ACTIVE, AddressChange.HELD),
    Way("it has moved for good", _moved, "moved-for-good", ACTIVE, AddressChange.MOVED),
    # a watched page
    Way("a page that robots may not see any more", _robots, "robots-refuses", kind=SourceKind.PAGE, after=timedelta(days=2)),
    Way("a page that is gone", says(b"", "404 Not Found"), "http-404", kind=SourceKind.PAGE),
    Way("a page without text", says(NO_PAGE, Content_Type="text/html"), "no-text", kind=SourceKind.PAGE),
    Way("a page that became a picture", says(b"\x89PNG\r\n\x1a\n" + bytes(90), Content_Type="image/png"), "unsupported", kind=SourceKind.PAGE),
)  # fmt: skip


async def play(way: Way, folder: Path) -> Report:
    """Let a source work, fail in this way, and work again."""
    secure, greeter = WebServer(tls=_nobodys_certificate()), WebServer(greeting=b"220 mail.example ready\r\n")
    opened = await SqlStore.open(f"sqlite:///{folder / 'library.db'}")
    async with WebServer() as server, secure, greeter, opened as store:
        names: dict[str, list[str] | int] = {HOST: ["127.0.0.1"], ELSEWHERE: ["127.0.0.1"]}
        stage, clock = Stage(server, secure, greeter, names), Clock(START)
        rules = FetchRules(
            allowed_networks=read_networks("127.0.0.0/8"),
            allowed_ports=frozenset({server.port, secure.port, greeter.port}),
            resolver=stage.look_up,
            **_LIMITS,  # type: ignore[arg-type]
        )

        def seconds() -> float:
            return clock.at.timestamp()

        hurried = replace(rules, idle_s=way.idle_s or rules.idle_s, total_s=way.total_s or rules.total_s)
        fetcher, hasty = (
            Fetcher(one, HostPace(now=seconds, sleep=clock.sleep), wall_clock=clock) for one in (rules, hurried)
        )
        sources = SqlSourceStore(store.transactions)
        poller, while_it_fails = (
            Poller(sources, one, Reader(), NoIndex(), now=clock, sleep=clock.sleep) for one in (fetcher, hasty)
        )
        try:
            return await _played(way, stage, clock, store, sources, poller, while_it_fails)
        finally:
            await hasty.close()
            await fetcher.close()


async def _played(
    way: Way,
    stage: Stage,
    clock: Clock,
    store: SqlStore,
    sources: SqlSourceStore,
    poller: Poller,
    while_it_fails: Poller,
) -> Report:
    sound = answer(MANY if way.many else FEED, Content_Type=RSS)
    if way.kind is SourceKind.PAGE:
        sound = answer(page("Notice", *TEXT), Content_Type="text/html")
    stage.play(sound)
    followed, _ = await sources.add(way.kind, stage.at("/feed"), EVERYONE, Choices(), now=clock())
    first = await poller.step()
    assert first.checks == 1, way.name
    assert first.failed == 0, (way.name, first)
    clock.at += way.after
    way.play(stage)
    told, checks = None, 0
    while told is None and checks < CHECKS:
        await _until_due(sources, clock)
        step = await while_it_fails.step()
        checks += 1
        told = next((news for news in step.addresses if news.code), None)
    one = await sources.following(followed.id)
    assert one is not None
    seen = view_of(one, (await sources.counts([one.id])).get(one.id), clock())
    trail = tuple(line.code for line in await sources.address_trail(followed.watched.id))
    recovered = await _recovers(way, stage, clock, store, sources, poller, followed.id)
    return Report(way, checks if told else 0, told, seen, recovered, trail)


async def _recovers(
    way: Way, stage: Stage, clock: Clock, store: SqlStore, sources: SqlSourceStore, poller: Poller, source_id: int
) -> bool:
    """Whether the source is well and what it publishes is found when it works again: by itself, or as somebody resumes
    what rests."""
    stage.names[HOST] = ["127.0.0.1"]
    stage.server.pages.clear()
    fresh = entry("fresh", published=clock() + HOUR)
    feed = rss(fresh, *(entry(f"old{n}", published=START - (n + 1) * HOUR) for n in range(3)))
    sound = answer(feed, Content_Type=RSS)
    if way.kind is SourceKind.PAGE:
        sound = answer(page("Notice", *TEXT, "The fresh east quay is closed until the dredging has ended."), Content_Type="text/html")
    stage.play(sound)
    stage.play(sound, "/new")
    if way.state is RESTING:
        await sources.resume(source_id, now=clock())
    until = clock() + timedelta(days=3)
    while True:
        await _until_due(sources, clock)
        if clock() > until:
            return False
        await poller.step()
        one = await sources.following(source_id)
        assert one is not None
        if one.watched.health.state is ACTIVE and not one.watched.health.code:
            break
    for document in await store.documents(Scope("house")):
        if document.version is None:
            continue
        version = await store.version(Scope("house"), document.version.id)
        if version is not None and "fresh" in version.text:
            return True
    return False


async def _until_due(sources: SqlSourceStore, clock: Clock) -> None:
    due = await sources.next_due(clock())
    assert due is not None, "nothing is due any more"
    clock.at = max(clock.at, due)


@functools.cache
def _nobodys_certificate() -> ssl.SSLContext:
    from tests.protocol.test_tls import written

    with tempfile.TemporaryDirectory(prefix="verbatim-ways-") as folder:
        return written(Path(folder) / "nobody", "other.example", days=30)


def table(reports: list[Report]) -> str:
    """The reports as a table in Markdown: what was told, and what `sources list` says."""
    lines = ["| what happens | told after | code | what is told | state | what happens next | what helps |", "|---" * 7 + "|"]
    for one in reports:
        if one.news is None:
            lines.append(f"| {one.way.name} | **never** |" + " |" * 5)
            continue
        seen = one.seen
        state = "held" if seen.held else f"{seen.state}, with a note" if seen.code and not seen.failures else str(seen.state)
        cells = (one.way.name, str(one.checks), one.news.code, one.news.reason, state, seen.next, seen.help)
        lines.append(f"| {' | '.join(cells)} |" + ("" if one.recovered else " **does not recover**"))
    return "\n".join(lines)


async def _all() -> list[Report]:
    reports = []
    for way in WAYS:
        with tempfile.TemporaryDirectory(prefix="verbatim-ways-") as folder:
            reports.append(await play(way, Path(folder)))
    return reports


if __name__ == "__main__":
    print(table(asyncio.run(_all())))
