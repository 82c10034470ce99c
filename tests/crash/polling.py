"""Kill the poller with SIGKILL at random moments while feeds bring news; then prove that nothing was lost or doubled.

    python -m tests.crash.polling --kills 200

A real process polls a real web server on loopback, which also fails now and then. Judged from outside, through the
command line: every item that was published is exactly one document, in its last wording, found by a question.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from xml.sax.saxutils import escape

import click

from tests.crash.intake import Outcome, ask_and_prove, token, verbatim

SPEED = 1_500.0  # seconds of the poller's clock in one of ours
SHOWN = 60  # items that a feed lists


@dataclass
class Item:
    """One published item; `revision` grows when it is changed."""

    number: int
    feed: int
    published: datetime
    teaser: bool
    revision: int = 1

    def words(self) -> str:
        return (
            f"The council of the place met on Monday and counted {4_000 + self.number} visitors, the mayor said. "
            f"Its protocol is filed under {token(self.number)}. Nobody objected to the plan in its form {self.form}. "
        )

    @property
    def form(self) -> str:
        return f"R{self.revision}x{self.number}"

    def link(self, port: int) -> str:
        return f"http://127.0.0.{2 + self.feed}:{port}/item-{self.number}"


@dataclass
class Press:
    """What the web server shows, and how it fails."""

    feeds: int
    rng: random.Random
    items: list[Item] = field(default_factory=list)
    port: int = 0
    faults: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)

    def publish(self, many: int, began: float) -> None:
        """Bring some new items, and change some old ones."""
        at = datetime.fromtimestamp(began, UTC) + timedelta(seconds=(time.time() - began) * SPEED)
        with self.lock:
            for _ in range(many):
                number = len(self.items)
                self.items.append(Item(number, number % self.feeds, at, teaser=number % 3 == 0))
            for one in self.rng.sample(self.items[-SHOWN:], min(2, len(self.items))):
                one.revision += 1

    def feed(self, number: int) -> bytes:
        with self.lock:
            shown = [one for one in self.items if one.feed == number][-SHOWN:]
            parts = [f"<item>{self._item(one)}</item>" for one in reversed(shown)]
        return (
            f"<rss version='2.0'><channel><title>Paper {number}</title><link>http://x.example/</link>"
            f"{''.join(parts)}</channel></rss>"
        ).encode()

    def _item(self, one: Item) -> str:
        # A teaser says enough to be found by: when its article was out of reach three times, it is all that is kept.
        teaser = f"The mayor told of what is filed under {token(one.number)}, in its form {one.form} …"
        text = teaser if one.teaser else one.words() * 3
        return (
            f"<guid isPermaLink='false'>urn:{one.number}</guid><link>{one.link(self.port)}</link>"
            f"<title>Item {one.number} of the paper</title><pubDate>{format_datetime(one.published)}</pubDate>"
            f"<description>{escape(f'<p>{text}</p>')}</description>"
        )

    def article(self, number: int) -> bytes | None:
        with self.lock:
            if not 0 <= number < len(self.items):
                return None
            one = self.items[number]
            body = "".join(f"<p>{one.words()}Paragraph {n} adds what the chair said about it.</p>" for n in range(5))
        title = f"Item {number} of the paper"
        return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>".encode()


class _Handler(BaseHTTPRequestHandler):
    press: Press

    def do_GET(self) -> None:
        press = self.press
        if press.faults and press.rng.random() < 0.08:
            self._fail(press.rng.random())
            return
        host = (self.headers.get("Host") or "127.0.0.2").split(":")[0]
        body: bytes | None = None
        kind = "text/html; charset=utf-8"
        if self.path == "/feed":
            body, kind = press.feed(int(host.rpartition(".")[2]) - 2), "application/rss+xml"
        elif self.path.startswith("/item-"):
            body = press.article(int(self.path.removeprefix("/item-")))
        etag = f'"{hash(body)}"'
        if body is None:
            self.send_error(404)
        elif self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.end_headers()
        else:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(body)

    def _fail(self, how: float) -> None:
        if how < 0.4:
            self.send_error(500)
        elif how < 0.7:
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b"<rss><channel><item><ti")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Who was killed in the middle of a request is no error here."""


@contextmanager
def serving(press: Press) -> Iterator[None]:
    """The press on every address of loopback, at a port of its own."""
    handler = type("Handler", (_Handler,), {"press": press})
    with _Server(("127.0.0.1" if sys.platform == "darwin" else "0.0.0.0", 0), handler) as server:
        press.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()


def environment(root: Path, port: int) -> dict[str, str]:
    return {
        "VERBATIM_DATA_DIR": str(root / "data"),
        "VERBATIM_SEEDS_DIR": str(root / "seeds"),
        "VERBATIM_LOG_LEVEL": "error",
        "VERBATIM_FETCH_ALLOWED_NETWORKS": "127.0.0.0/8",
        "VERBATIM_FETCH_EXTRA_PORTS": str(port),
        "VERBATIM_FETCH_HOST_DISTANCE_S": "0",
        "VERBATIM_FETCH_IDLE_S": "2",
        "VERBATIM_FETCH_TIMEOUT_S": "5",
    }


def start(root: Path, port: int, began: float, *more: str) -> subprocess.Popen[bytes]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("VERBATIM_")}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.fast_poller", str(began), str(SPEED), *more],
        env={**kept, **environment(root, port), "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=sys.stderr if "--finish" in more else subprocess.DEVNULL,
        start_new_session=True,
    )


def run(*, kills: int, items: int, feeds: int = 6, seed: int = 1, slowest_s: float = 4.0) -> Outcome:
    """Poll, publish, kill, start again; then finish and look."""
    rng = random.Random(seed)
    press = Press(feeds, random.Random(seed + 1))
    began = time.time()
    with tempfile.TemporaryDirectory(prefix="verbatim-crash-") as folder, serving(press):
        root = Path(folder)
        (root / "seeds").mkdir()
        press.publish(feeds, began)
        follow(root, press)
        for kill in range(kills):
            process = start(root, press.port, began)
            if rng.random() < 0.9 and process.stdout is not None:
                process.stdout.readline()  # it has begun; else it is killed on the way
            # Spread over the kills, and while the process is at work.
            time.sleep(rng.uniform(0.02, slowest_s) * 0.3)
            press.publish(items * (kill + 1) // kills - items * kill // kills, began)
            time.sleep(rng.uniform(0.02, slowest_s) * 0.7)
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        press.faults = False
        before = len(json.loads(verbatim(root, "documents", "--json", "--limit", "100000")))
        click.echo(f"{before} of {len(press.items)} items were documents before the last start")
        last = start(root, press.port, began, "--finish")
        try:
            last.communicate(timeout=900)
            if last.returncode != 0:
                raise AssertionError("the last run failed")
        finally:
            last.kill()
            last.communicate()
        return judge(root, press, kills)


def follow(root: Path, press: Press) -> None:
    """Follow every feed, by the same call as the command line."""
    import asyncio

    from bot.app import open_sourcing
    from bot.settings import load_settings

    async def add() -> None:
        async with open_sourcing(load_settings(env=environment(root, press.port), cwd=root)) as sourcing:
            for number in range(press.feeds):
                added = await sourcing.add(f"http://127.0.0.{2 + number}:{press.port}/feed", anyway=True)
                if added.source is None:
                    raise AssertionError(f"feed {number}: {added.reason}")

    asyncio.run(add())


def judge(root: Path, press: Press, kills: int) -> Outcome:
    """Compare what was published with what the library says."""
    outcome = Outcome(kills, len(press.items))
    listed = json.loads(verbatim(root, "documents", "--json", "--limit", "100000"))
    by_name: dict[str, list[dict[str, str]]] = {}
    for one in listed:
        by_name.setdefault(one["document"], []).append(one)
    questions = []
    for item in press.items:
        name = item.link(press.port)
        found = by_name.pop(name, [])
        if len(found) != 1:
            outcome.failures.append(f"item {item.number}: {len(found)} documents")
        elif found[0]["state"] != "kept":
            outcome.failures.append(f"item {item.number}: is {found[0]['state']}: {found[0]['reason']}")
        else:
            questions.append((name, f"What is filed under {token(item.number)}?"))
            text = verbatim(root, "show", "--raw", f"#{found[0]['id']}") if item.number % 10 == 0 else item.form
            if item.form not in text and item.number >= len(press.items) - SHOWN:
                outcome.failures.append(f"item {item.number}: an older wording than {item.form}")
    outcome.failures += [f"{name}: was never published" for name in by_name]
    ask_and_prove(root, questions, outcome)
    return outcome


@click.command()
@click.option("--kills", default=200, show_default=True)
@click.option("--items", default=400, show_default=True)
@click.option("--feeds", default=6, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(kills: int, items: int, feeds: int, seed: int) -> None:
    """Print what was found; exit 1 when anything was lost, doubled or broken."""
    began = time.monotonic()
    outcome = run(kills=kills, items=items, feeds=feeds, seed=seed)
    for failure in outcome.failures[:40]:
        click.echo(f"  {failure}")
    click.echo(
        f"{outcome.kills} kills, {outcome.dropped} items, {outcome.receipts} receipts with {outcome.quotes} quotes: "
        f"{len(outcome.failures)} failures ({time.monotonic() - began:.0f} s)"
    )
    sys.exit(0 if outcome.ok else 1)


if __name__ == "__main__":
    main()
