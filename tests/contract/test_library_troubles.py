"""What the library does when the world does not play along: killed processes, full disks, locks, damaged files."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Connection, event, text

from bot.domain import DocumentState
from bot.errors import DiskFull, LibraryBusy, LibraryError, SettingsError
from bot.library import engines
from bot.library.addresses import sqlite_path
from bot.library.opening import open_desk, open_store
from bot.library.sql_store import SqlStore
from bot.library.sqlite_desk import SqliteDesk
from bot.library.store import SaveOutcome
from tests.contract.papers import HOUSE, NOON, bytes_of, folder, keep, paper, receipt_for
from tests.contract.save_and_tell import names
from tests.libraries import made_step_by_step


def _saver(url: str, writer: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.contract.save_and_tell", url, writer, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


# --- killed, and two at once ---


async def test_a_killed_process_leaves_every_save_whole_or_absent(sqlite_url: str) -> None:
    """On SQLite, where the killed process is the database, too. VERBATIM_TEST_KILLS says how often."""
    path = sqlite_path(sqlite_url)
    assert path is not None
    kills = int(os.environ.get("VERBATIM_TEST_KILLS", "2"))
    chance = random.Random(7)
    for kill in range(kills):
        writer = f"k{kill}"
        with _saver(sqlite_url, writer, 0) as process:
            assert process.stdout is not None
            told = [process.stdout.readline() for _ in range(chance.randrange(1, 24))]
            process.send_signal(signal.SIGKILL)
            told += process.stdout.readlines()
        promised = {name for line in told if line.startswith("done") for name in names(int(line.split()[1]), writer)}
        begun = [names(int(line), writer) for line in told if line.strip().isdigit()]

        async with await SqlStore.open(sqlite_url) as store:
            kept = {one.name: one for one in await store.documents(HOUSE, limit=10_000) if one.name.startswith(writer)}
            assert promised <= set(kept)
            for batch in begun:
                assert set(batch) <= set(kept) or not set(batch) & set(kept)
            logged = {change.version_id for change in await store.changes_after(0, limit=100_000)}
            versions = await store.versions(HOUSE, [one.version.id for one in kept.values() if one.version])
            assert len(versions) == len(kept)
            for key, version in versions.items():
                assert version.text == f"{version.document_name} says so. " * 200
                assert await store.raw(version.facts.raw_sha256) == version.text.encode()
                assert key in logged
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_two_processes_save_at_once_and_a_reader_misses_nothing(store: SqlStore, url: str) -> None:
    processes = [_saver(url, writer, 10) for writer in "ab"]
    read = [0]
    for process in processes:
        with process:
            assert process.stdout is not None
            for _ in process.stdout:  # before and after each save of the one, while the other saves too
                read += [change.seq for change in await store.changes_after(read[-1])]
        assert process.returncode == 0
    read += [change.seq for change in await store.changes_after(read[-1])]
    kept = {one.name for one in await store.documents(HOUSE, limit=1000)}
    assert kept == {name for writer in "ab" for number in range(10) for name in names(number, writer)}
    assert read[1:] == [change.seq for change in await store.changes_after(0, limit=1000)]
    assert len(read) == len(kept) + 1


async def test_while_one_writes_no_other_draws_a_number(store: SqlStore, url: str) -> None:
    source = await folder(store)
    engine = engines.open_async(url)
    async with await SqlStore.open(url, busy_timeout_s=0.05) as hurried:
        async with engine.execution_options(**engines.WRITING).begin():
            with pytest.raises(LibraryBusy) as busy:
                await keep(hurried, source, "a.txt")
            assert "try again" in busy.value.person
            assert await hurried.document_count(HOUSE) == 0  # who only reads is not kept waiting
        await keep(hurried, source, "a.txt")
    await engine.dispose()


async def test_a_cancelled_save_is_whole_or_absent_and_the_store_goes_on(store: SqlStore) -> None:
    source = await folder(store)
    cancelled = 0
    opened: list[object] = []
    event.listen(store.transactions.engine, "connect", lambda *connection: opened.append(connection))
    for steps in range(60):
        saving = asyncio.create_task(keep(store, source, f"{steps}.txt"))
        for _ in range(steps):
            await asyncio.sleep(0)
        cancelled += saving.cancel()
        await asyncio.gather(saving, return_exceptions=True)
    assert cancelled > 10
    assert not opened  # no connection was lost on the way
    await keep(store, source, "last.txt")
    documents = await store.documents(HOUSE, limit=1000)
    assert documents[0].name == "last.txt"
    assert len(await store.versions(HOUSE, [one.version.id for one in documents if one.version])) == len(documents)
    assert await store.newest_seq() >= len(documents)


# --- no room, no right, no file ---


async def test_a_full_disk_refuses_new_documents_and_keeps_the_old(sqlite_url: str) -> None:
    async with await SqlStore.open(sqlite_url) as store:
        source = await folder(store)
        key = await keep(store, source, "small.txt")
        await _set_in(store, "PRAGMA max_page_count = 1")  # SQLite takes the pages that it has
        large = paper("Large. " * 20_000)
        with pytest.raises(DiskFull) as full:
            await keep(store, source, "large.txt", large)
        assert "disk is full" in full.value.person
        assert await store.version(HOUSE, key) is not None
        assert [one.name for one in await store.documents(HOUSE)] == ["small.txt"]
        await _set_in(store, "PRAGMA max_page_count = 1000000")
        saved = await store.save_draft(source, "large.txt", large, bytes_of(large), seen_at=NOON)
        assert saved.outcome is SaveOutcome.NEW


async def _set_in(store: SqlStore, pragma: str) -> None:
    """Set something in the store's only connection, as the world would."""
    with store.transactions.engine.connect() as connection:
        connection.execute(text(pragma))


async def test_a_library_that_may_only_be_read_says_so(store: SqlStore, url: str) -> None:
    source = await folder(store)
    key = await keep(store, source, "a.txt")
    if url.startswith("sqlite"):
        await _set_in(store, "PRAGMA query_only = ON")
        reader = store
    else:
        reader = await SqlStore.open(url + quote(" -c default_transaction_read_only=on"))
    with pytest.raises(LibraryError) as refused:
        await keep(reader, source, "b.txt")
    assert refused.value.code == "library-read-only"
    assert await reader.version(HOUSE, key) is not None
    await reader.close()


async def test_a_damaged_file_is_named_as_such_and_left_alone(sqlite_url: str) -> None:
    path = sqlite_path(sqlite_url)
    assert path is not None
    async with await SqlStore.open(sqlite_url) as store:
        source = await folder(store)
        for n in range(20):
            await keep(store, source, f"{n}.txt", paper(f"Page {n}. " * 400))
    with path.open("r+b") as file:
        for offset in range(100, path.stat().st_size, 4096):  # in every page
            file.seek(offset)
            file.write(b"\xff" * 64)
    damaged = path.read_bytes()
    with pytest.raises(LibraryError) as refused:
        async with await SqlStore.open(sqlite_url) as store:
            await store.versions(None, range(1, 21))
    assert refused.value.code == "library-damaged"
    assert "damaged" in refused.value.person
    assert path.read_bytes() == damaged


async def test_a_file_that_is_damaged_while_in_use_is_named_as_such(sqlite_url: str) -> None:
    path = sqlite_path(sqlite_url)
    assert path is not None
    async with await SqlStore.open(sqlite_url) as store:
        key = await keep(store, await folder(store), "a.txt")
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with store.transactions.engine.connect():  # so that the next read has to open the file again
            path.write_bytes(b"\xff" * path.stat().st_size)
            for _ in range(2):
                with pytest.raises(LibraryError) as refused:
                    await store.version(HOUSE, key)
                assert refused.value.code == "library-damaged"


async def test_a_text_that_changed_on_the_disk_is_not_read(store: SqlStore, url: str) -> None:
    source = await folder(store)
    key, sound = await keep(store, source, "a.txt", paper()), await keep(store, source, "b.txt")
    engine = engines.open_async(url)
    async with engine.begin() as connection:
        changed = paper().text.replace("40", "41").encode()
        await connection.execute(text("UPDATE version SET text = :text WHERE id = :key"), {"text": changed, "key": key})
    await engine.dispose()
    with pytest.raises(LibraryError) as refused:
        await store.version(HOUSE, key)
    assert refused.value.code == "library-damaged"
    assert await store.version(HOUSE, sound) is not None


@pytest.mark.parametrize("content", [b"Not a library. " * 600, b"SQLite format 3\0" + b"\xff" * 9000])
async def test_a_file_that_is_no_library_is_refused_and_left_alone(sqlite_url: str, content: bytes) -> None:
    path = sqlite_path(sqlite_url)
    assert path is not None
    path.write_bytes(content)
    with pytest.raises(LibraryError) as refused:
        await open_store(sqlite_url)
    assert refused.value.code == "library-damaged"
    with pytest.raises(LibraryError) as refused:
        open_desk(sqlite_url)
    assert refused.value.code == "library-damaged"
    assert path.read_bytes() == content


async def test_a_place_where_no_file_can_be_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file" / "library.db", tmp_path):
        with pytest.raises(LibraryError) as refused:
            await open_store(f"sqlite:///{place}")
        assert refused.value.code == "library-unreachable"


async def test_folders_on_the_way_to_the_file_are_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a?b#c%20 ä' / 'd' / 'library.db'}"
    async with await open_store(url) as store:
        key = await keep(store, await folder(store), "a.txt")
    desk = open_desk(url)
    assert desk.version(HOUSE, key) is not None
    desk.close()
    desk.close()


async def test_an_address_that_cannot_be_read_is_a_setting_gone_wrong() -> None:
    for bad in ("postgresql://host:port/x", "nonsense"):
        with pytest.raises(SettingsError):
            await open_store(bad)


async def test_sqlite_keeps_its_promises_of_durability(sqlite_url: str) -> None:
    path = sqlite_path(sqlite_url)
    assert path is not None
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    with made_step_by_step():
        async with await SqlStore.open(sqlite_url) as store:
            with store.transactions.engine.connect() as connection:
                assert {n: connection.execute(text(f"PRAGMA {n}")).scalar() for n in wanted} == wanted
                assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 10_000
        with closing(SqliteDesk(path)) as desk:
            assert {n: desk._run(f"PRAGMA {n}", {})[0][0] for n in wanted} == wanted
            assert desk._run("PRAGMA busy_timeout", {})[0][0] == 10_000


async def test_a_receipt_waits_for_its_turn_and_then_says_busy(sqlite_url: str) -> None:
    path = sqlite_path(sqlite_url)
    assert path is not None
    async with await SqlStore.open(sqlite_url) as store:
        key = await keep(store, await folder(store), "a.txt", paper())
    with closing(SqliteDesk(path, busy_timeout_s=0.05)) as desk, closing(sqlite3.connect(path)) as other:
        version = desk.version(HOUSE, key)
        assert version is not None
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryBusy):
            desk.keep_receipt(receipt_for(version))
        other.rollback()
        assert desk.keep_receipt(receipt_for(version)) == 1
        [document] = desk.documents(HOUSE, states={DocumentState.KEPT})
        assert document.id == key


async def test_who_is_cancelled_twice_leaves_a_failing_transaction_without_a_report(sqlite_url: str) -> None:
    """On SQLite, where it goes on in a thread. What the loop reports has a traceback: the words of a document may be in it."""
    reported: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reported.append(context))
    begun, goes_on = threading.Event(), threading.Event()

    def work(_: Connection) -> None:
        begun.set()
        goes_on.wait(60)
        raise ValueError("words of a document")

    async with await SqlStore.open(sqlite_url) as store:
        waiting = asyncio.create_task(store.transactions.alone(work))
        await asyncio.to_thread(begun.wait, 60)
        for _ in range(2):
            waiting.cancel()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await asyncio.wait([waiting])
        goes_on.set()
        await store.transactions.alone(lambda _: None)
    assert waiting.cancelled()
    del waiting
    gc.collect()
    assert reported == []
