"""Sources as a person handles them at the terminal: a real site on this machine, the real program."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.flow.desk import Desk
from tests.web import entry, page, rss

HOME = (
    b"<html><head><title>Elm Courier</title><link rel='alternate' type='application/rss+xml' title='Elm news' "
    b"href='/feed.xml'></head><body><p>News from the valley, every day of the week.</p></body></html>"
)


@dataclass
class Site:
    """What stands under which path."""

    port: int = 0
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def at(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def feed(self, *names: str) -> None:
        items = [entry(name, link=self.at(f"/{name}.html")) for name in names]
        self.pages["/feed.xml"] = ("application/rss+xml", rss(*items))


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            media_type, body = made.pages.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in made.pages else 404)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    made.pages["/"] = ("text/html", HOME)
    made.feed("bridge", "ferry")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass(frozen=True)
class Reader(Desk):
    """A desk whose settings let the bot ask this machine."""

    port: int = 0

    def environment(self) -> dict[str, str]:
        allowed = {"VERBATIM_FETCH_ALLOWED_NETWORKS": "127.0.0.0/8", "VERBATIM_FETCH_EXTRA_PORTS": str(self.port)}
        return {**super().environment(), **allowed}

    def json(self, *arguments: str, exits: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", exits=exits))


@pytest.fixture
def reader(tmp_path: Path, site: Site) -> Reader:
    (tmp_path / "seeds").mkdir()
    return Reader(tmp_path, port=site.port)


def test_a_sites_feed_is_offered_added_read_and_explained(reader: Reader, site: Site) -> None:
    offered = reader.run("sources", "add", site.at(), exits=3)
    assert f"1  Elm news  {site.at('/feed.xml')}" in offered
    assert "the page itself" in offered
    added = reader.run("sources", "add", site.at(), "--pick", "1", "--name", "Elm")
    assert "Added #1 Elm (rss 2.0" in added
    assert "2 items are there already" in added
    assert "Already here as “Elm” (#1)." in reader.run("sources", "add", site.at("/feed.xml"))

    reader.run("run", "--once")
    assert "Clause 3 of the report on bridge" in reader.run("ask", "What says clause 3 of the report on bridge?")
    told = reader.run("why", site.at("/bridge.html"))
    assert "baseline" in told
    assert "kept, document #" in told
    assert "No source has shown an item" in reader.run("why", site.at("/nowhere"), exits=3)


@pytest.mark.slow
def test_what_stood_there_is_no_news_and_what_comes_later_is(reader: Reader, site: Site) -> None:
    reader.run("sources", "add", site.at("/feed.xml"))
    assert "nothing to brief about" in reader.run("run", "--once")
    site.feed("flood", "bridge", "ferry")
    reader.run("sources", "resume", "1")
    brief = reader.run("run", "--once")
    assert "The council talks about flood" in brief
    assert "talks about ferry" not in brief


@pytest.mark.slow
def test_the_last_items_can_be_announced_after_all(reader: Reader, site: Site) -> None:
    reader.run("sources", "add", site.at("/feed.xml"))
    reader.run("run", "--once")
    assert "2 documents are announced" in reader.run("sources", "post-last", "1")
    assert "The council talks about ferry" in reader.run("run", "--once")


def test_trying_a_source_shows_all_and_stores_nothing(reader: Reader, site: Site) -> None:
    tried = reader.run("sources", "test", site.at("/feed.xml"))
    assert "HTTP 200 · application/rss+xml" in tried
    assert "read as rss 2.0 · Paper · 2 items" in tried
    assert "As a card" in tried
    assert "No sources yet." in reader.run("sources", "list")
    gone = reader.run("sources", "test", site.at("/gone.xml"), exits=1)
    assert "(http-404)" in gone


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://10.0.0.1/feed", "address-not-public"),
        ("file:///etc/passwd", "address-"),
        ("http://169.254.169.254/latest", "address-not-public"),
        ("not an address", "address-"),
    ],
)
def test_an_address_that_may_not_be_asked_is_refused_with_the_reason(reader: Reader, address: str, code: str) -> None:
    refused = reader.run("sources", "add", address, exits=1)
    assert f"({code}" in refused
    assert refused.startswith("Not added: ")


def test_without_the_setting_this_machine_is_not_asked(reader: Reader, site: Site) -> None:
    strict = Desk(reader.root)
    assert "not added" in strict.run("sources", "add", site.at(), exits=1).lower()


@pytest.mark.slow
def test_a_watched_page_is_read_as_a_document(reader: Reader, site: Site) -> None:
    site.pages["/press.html"] = ("text/html", page("Water is back", *["The water supply of Treva works again since noon."] * 3))
    added = reader.json("sources", "add", site.at("/press.html"), "--page")
    assert added["source"]["kind"] == "page"
    reader.run("run", "--once")
    assert "works again since noon" in reader.run("ask", "Does the water supply of Treva work again?")


def test_pause_resume_edit_and_their_json(reader: Reader, site: Site) -> None:
    reader.run("sources", "add", site.at("/feed.xml"), "--name", "Elm")
    assert reader.json("sources", "pause", "Elm", "--for", "2d")["state"] == "paused"
    assert "Paused until" in reader.run("sources", "list", "--state", "paused")
    assert reader.json("sources", "resume", "elm")["state"] == "active"
    edited = reader.json("sources", "edit", "1", "--keep", "bridge, ferry", "--teasers")
    assert (edited["choices"]["keep"], edited["choices"]["full_articles"]) == (["bridge", "ferry"], False)
    cleared = reader.json("sources", "edit", "1", "--keep", "")
    assert cleared["choices"]["keep"] == []
    assert "is no length of time" in reader.run("sources", "pause", "1", "--for", "soon", exits=2)


@pytest.mark.slow
def test_filtered_items_say_by_which_word(reader: Reader, site: Site) -> None:
    reader.run("sources", "add", site.at("/feed.xml"), "--drop", "ferry")
    reader.run("run", "--once")
    told = reader.run("why", site.at("/ferry.html"))
    assert "filtered" in told
    assert "ferry" in told.partition("filtered")[2]


@pytest.mark.slow
def test_removing_asks_for_the_documents_and_can_be_undone(reader: Reader, site: Site) -> None:
    reader.run("sources", "add", site.at("/feed.xml"))
    reader.run("run", "--once")
    question = "What says clause 3 of the report on bridge?"
    shown = reader.run("ask", question)
    assert "--documents keep" in reader.run("sources", "remove", "1", exits=2)
    assert "sources undo 1" in reader.run("sources", "remove", "1", "--documents", "erase")
    assert "Clause 3" not in reader.run("ask", question, exits=3)
    assert "quotes" in reader.run("verify"), "what was shown stays provable"
    reader.run("sources", "undo", "1")
    assert reader.run("ask", question) == shown


def test_lists_go_in_and_out(reader: Reader, site: Site) -> None:
    wanted = reader.root / "list.txt"
    wanted.write_text(f"{site.at('/feed.xml')}\nhttp://10.0.0.1/feed\n{site.at('/feed.xml')}\n")
    told = reader.run("sources", "import", str(wanted))
    assert "1 added, 1 known, 1 refused." in told
    out = reader.root / "sources.opml"
    reader.run("sources", "export", "-o", str(out))
    other = replace(reader, root=reader.root / "other")
    (other.root / "seeds").mkdir(parents=True)
    assert "1 added, 0 known, 0 refused." in other.run("sources", "import", str(out))
    assert other.run("sources", "export", "--format", "txt") == f"{site.at('/feed.xml')}\n"


def test_a_source_nobody_knows_is_said_to_be_unknown(reader: Reader) -> None:
    for command in ("show", "pause", "resume", "edit", "release", "undo", "post-last"):
        assert "no-source" in reader.run("sources", command, "99", exits=1)
