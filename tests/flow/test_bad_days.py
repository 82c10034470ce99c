"""What goes wrong around the bot: it says so plainly, keeps running, and goes on by itself when it is over."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Callable

import pytest

from bot.app import App, open_app
from bot.chat.terminal.rendering import Renderer
from bot.domain import TERMINAL
from bot.errors import DiskFull, IndexUnusable, VerbatimError
from bot.intake import Happened
from bot.session.running import Session
from bot.settings import load_settings
from tests.flow.desk import LIBRARY, Desk

NEWS = "Swans return to Karsow\n\nKARSOW, 15 November 2026 – More than 300 swans were counted in Karsow on Sunday.\n"


@pytest.fixture
async def app(desk: Desk) -> AsyncIterator[App]:
    env = desk.environment()
    settings = load_settings(env={k: v for k, v in env.items() if k.startswith("VERBATIM_")}, cwd=desk.root)
    async with open_app(settings) as opened:
        yield opened


class Failing:
    """A call that raises for some times, and is the real one after that."""

    def __init__(self, real: Callable[..., object], error: Exception, times: int) -> None:
        self._real, self._error, self._times = real, error, times

    def __call__(self, *args: object, **options: object) -> object:
        self._times -= 1
        if self._times >= 0:
            raise self._error
        return self._real(*args, **options)


# -- the seeds folder --------------------------------------------------------------------------------------------------


def test_a_seeds_folder_that_is_not_there_is_said_and_removes_nothing(desk: Desk) -> None:
    desk.run("run", "--once")
    desk.seeds.rename(desk.root / "elsewhere")
    printed = desk.run("run", "--once")
    assert f"cannot list {desk.seeds}: No such file or directory" in printed
    assert "removed" not in printed
    assert "1931" in desk.run("ask", "When was the wall built?")
    (desk.root / "elsewhere").rename(desk.seeds)
    assert "nothing new" in desk.run("run", "--once")


async def test_a_seeds_folder_that_comes_later_is_read_then(app: App, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.seeds.rename(desk.root / "elsewhere")
    session = Session(app, Renderer(), asyncio.Event())
    await session._look_until_complete()
    await session._look_until_complete()
    assert capsys.readouterr().out.count("cannot list") == 1
    (desk.root / "elsewhere").rename(desk.seeds)
    await session._look_until_complete()
    printed = capsys.readouterr().out
    assert f"can list {desk.seeds} now" in printed
    assert "80,000 books" in printed


# -- the disk ----------------------------------------------------------------------------------------------------------


async def test_a_full_disk_is_said_once_and_what_it_kept_out_is_read_and_told_later(
    app: App, desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await app.look(patience_s=30)
    desk.drop("swans.txt", NEWS)
    session = Session(app, Renderer(), asyncio.Event())
    full = DiskFull("disk-full", "database or disk is full")
    monkeypatch.setattr(app.store, "save_drafts", Failing(app.store.save_drafts, full, 3))
    for _ in range(3):
        try:
            await session._look_until_complete()
        except VerbatimError as error:
            session._telling.say_trouble(error)
    await session._look_until_complete()
    session._telling.say_trouble(None)
    printed = capsys.readouterr().out
    assert printed.count("The disk is full.") == 1
    assert "300 swans" in printed
    assert "It works again." in printed


async def test_what_was_taken_in_before_a_failure_is_told_by_the_next_look(
    app: App, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = IndexUnusable("index-not-written", "no space")
    monkeypatch.setattr(app.index, "commit", Failing(app.index.commit, broken, 1))
    with pytest.raises(IndexUnusable):
        await app.look(patience_s=30)
    look = await app.look(patience_s=30)
    assert {event.document.name for event in look.events} >= {"later.txt", "harbour-en.txt"}
    assert all(event.happened is Happened.NEW for event in look.events)
    assert (await app.look(patience_s=30)).events == []


async def test_an_answer_is_given_even_when_it_cannot_be_noted(
    app: App, desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from bot.app import ReadingRoom
    from bot.commands import answer_and_keep

    await app.look(patience_s=30)
    full = DiskFull("disk-full", "database or disk is full")
    monkeypatch.setattr(app.desk, "keep_receipt", Failing(app.desk.keep_receipt, full, 1))
    answer = answer_and_keep(ReadingRoom(app.desk, app.index, app.answerer), "When was the wall built?")
    assert any("1931" in quote.text for quote in answer.quotes)
    assert "The disk is full" in caplog.text


# -- the library -------------------------------------------------------------------------------------------------------


def test_a_damaged_library_is_said_and_left_as_it_is(desk: Desk) -> None:
    desk.run("run", "--once")
    library = desk.root / "data" / "library.sqlite3"
    raw = bytearray(library.read_bytes())
    raw[: 4096] = b"\xaa" * 4096
    library.write_bytes(raw)
    for command in (("run", "--once"), ("ask", "When was the wall built?"), ("documents",), ("verify",), ("brief",)):
        printed = desk.run(*command, exits=1)
        assert "damaged" in printed
        assert "Traceback" not in printed
    assert library.read_bytes() == bytes(raw)


def test_a_library_of_a_newer_version_is_said_and_left_as_it_is(desk: Desk) -> None:
    from bot.library import revisions

    desk.run("run", "--once")
    with contextlib.closing(sqlite3.connect(desk.root / "data" / "library.sqlite3")) as connection, connection:
        connection.execute(f"UPDATE {revisions.TABLE} SET version_num = '9999'")
    for command in (("run", "--once"), ("ask", "When was the wall built?"), ("documents",)):
        assert "newer Verbatim" in desk.run(*command, exits=1)


# -- documents ---------------------------------------------------------------------------------------------------------


async def test_a_bug_met_by_one_document_is_its_reason_and_stops_no_other(
    app: App, desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from bot import intake
    from bot.documents.reading import read_document

    def read(raw: bytes, **options: object) -> object:
        if b"swans" in raw:
            raise ZeroDivisionError(raw.decode())  # as many libraries do: the message quotes the document
        return read_document(raw, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "read_document", read)
    desk.drop("a-swans.txt", NEWS)
    look = await app.look(patience_s=30)
    failed = [event.document for event in look.events if event.happened is Happened.FAILED]
    assert [document.name for document in failed] == ["a-swans.txt"]
    assert len(look.events) == 5
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "300 swans" not in logged
    assert "ZeroDivisionError at test_bad_days.py:" in logged


def test_the_log_never_holds_the_words_of_a_document(desk: Desk) -> None:
    secret = "Xanthippe"
    for name, raw in {
        "a.pdf": f"%PDF-1.4 {secret}".encode(),
        "b.docx": f"PK\x03\x04 {secret}".encode(),
        "c.xml": f'<!DOCTYPE a [<!ENTITY x "{secret}">]><a>&x;</a>'.encode(),
        "d.json": f'{{"text": "{secret}'.encode(),
        "e.eml": f"From: {secret}\nContent-Type: multipart/mixed\n\n{secret}".encode(),
        "f.txt": f"{secret}\x00\x01\x02".encode() * 50,
        "g.html": f"<html><{secret}".encode(),
    }.items():
        desk.drop(name, raw)
    (desk.root / "verbatim.toml").write_text('log_level = "debug"\n', encoding="utf-8")
    logged = [line for line in desk.run("run", "--once").splitlines() if " bot." in line]
    assert any("document failed" in line and "a.pdf" in line for line in logged)
    assert not any(secret in line for line in logged)


async def test_a_file_that_still_grows_is_taken_when_it_has_rested(app: App, desk: Desk) -> None:
    await app.look(patience_s=30)
    path = desk.seeds / "growing.txt"
    path.write_text("Swans return", encoding="utf-8")
    look = await app.look()
    assert (look.events, look.unsettled) == ([], 1)
    with path.open("a", encoding="utf-8") as file:
        file.write(" to Karsow\n\nMore than 300 swans were counted in Karsow on Sunday.\n")
    look = await app.look()
    assert (look.events, look.unsettled) == ([], 1)
    look = await app.look(patience_s=30)
    [event] = look.events
    assert event.document.version is not None
    assert event.document.version.number == 1


async def test_many_copies_of_one_text_are_one_card(app: App, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    session = Session(app, Renderer(), asyncio.Event())
    await app.look(patience_s=30)
    for i in range(60):
        path = desk.drop(f"copy-{i:02}.txt", LIBRARY.replace("glass", "brick"))
        os.utime(path, (1, 1))  # settled: all are taken in at one look, however slow this machine is
    await session._look_until_complete()
    printed = capsys.readouterr().out
    assert printed.count("80,000 books") == 1
    assert "(the same text as copy-00.txt)" in printed
    assert "more; `verbatim documents` lists them." in printed
    assert app.desk.document_count(TERMINAL) == 64


async def test_the_bytes_of_what_can_never_be_a_document_take_no_room(app: App, desk: Desk) -> None:
    desk.drop("film.txt", bytes(range(256)) * 100)
    await app.look(patience_s=30)
    [failed] = [d for d in app.desk.documents(TERMINAL) if d.name == "film.txt"]
    assert failed.reason
    import hashlib

    assert await app.store.raw(hashlib.sha256(bytes(range(256)) * 100).hexdigest()) is None


def test_the_same_bytes_under_another_ending_are_read_anew(desk: Desk) -> None:
    page = f"<html><body><h1>Swans</h1><p>{NEWS}</p></body></html>"
    desk.drop("swans.txt", page)
    desk.run("run", "--once")
    (desk.seeds / "swans.txt").rename(desk.seeds / "swans.html")
    desk.run("run", "--once")
    listed = {d["document"]: d["state"] for d in json.loads(desk.run("documents", "--json"))}
    assert listed["swans.html"] == "kept"
    assert "<h1>" not in desk.run("show", "swans.html", "--raw")
