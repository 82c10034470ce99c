"""The folder source: what is found, what is passed over with a reason, and that nothing outside is ever read."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Unreadable
from bot.sources import folder
from bot.sources.folder import FoundFile, display_name, read_bytes, scan

BIG = 1_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "seeds"
    made.mkdir()
    return made


def only(root: Path) -> FoundFile:
    [found] = scan(root).files
    return found


def refused(root: Path, found: FoundFile, *, max_bytes: int = BIG) -> str:
    with pytest.raises(Unreadable) as caught:
        read_bytes(root, found, max_bytes=max_bytes)
    return caught.value.code


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["note.txt", "Straße am Ölmarkt.md", "cafe\u0301.txt", "a b & (c) 'd'.txt", "日本.txt", r"a\b.txt"])
def test_an_ordinary_name_is_shown_as_it_is(name: str) -> None:
    assert display_name(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (os.fsdecode(b"bad-\xff\xfe.txt"), r"bad-\xff\xfe.txt"),
        ("gpj\u202etxt.exe", r"gpj\u202etxt.exe"),
        ("a\u200bb.txt", r"a\u200bb.txt"),
        ("a\x1b[2Jb\n.txt", r"a\u001b[2Jb\u000a.txt"),
        ("tag\U000e0041.txt", r"tag\U000e0041.txt"),
        ("\u3164.txt", r"\u3164.txt"),
        (r"bad-\xff.txt", r"bad-\x5cxff.txt"),
    ],
)
def test_a_name_that_could_deceive_is_escaped(name: str, shown: str) -> None:
    assert display_name(name) == shown


@given(st.binary(min_size=1, max_size=40), st.binary(min_size=1, max_size=40))
def test_two_names_are_never_shown_alike(one: bytes, other: bytes) -> None:
    shown = [display_name(os.fsdecode(name)) for name in (one, other)]
    assert (shown[0] == shown[1]) == (one == other)
    assert all(name.isprintable() for name in shown)


@given(st.text(alphabet="\\xuU0123456789abcdef\u202e\u200b", max_size=30), st.text(alphabet="\\xuU02e\u202e", max_size=30))
def test_an_escape_is_never_taken_for_the_character_it_stands_for(one: str, other: str) -> None:
    assert (display_name(one) == display_name(other)) == (one == other)


# -- listing -----------------------------------------------------------------------------------------------------------


def test_it_finds_regular_files_in_nested_folders_in_order(root: Path) -> None:
    (root / "b" / "c").mkdir(parents=True)
    for name in ("z.txt", "b/c/a.md", "b/y.html"):
        (root / name).write_text(name, encoding="utf-8")
    assert [found.name for found in scan(root).files] == ["b/c/a.md", "b/y.html", "z.txt"]


def test_what_is_no_regular_file_is_passed_over_with_a_reason(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret", encoding="utf-8")
    (root / "link.txt").symlink_to(outside / "secret.txt")
    (root / "folder").symlink_to(outside)
    (root / "nowhere.txt").symlink_to("/nonexistent/x")
    (root / "itself").symlink_to("itself")
    os.mkfifo(root / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "s.txt"))
        found = scan(root)
    assert found.files == ()
    assert set(found.passed_over) == {"link.txt", "folder", "nowhere.txt", "itself", "pipe.txt", "s.txt"}
    assert all(found.passed_over.values())


@pytest.mark.parametrize(
    "name", [".hidden.txt", "a.txt.part", "A.TXT.CRDOWNLOAD", "a.tmp", "a.txt~", "~$memo.docx", "#a.txt#", ".a.txt.swp"]
)
def test_hidden_and_unfinished_files_are_passed_over(root: Path, name: str) -> None:
    (root / name).write_text("half", encoding="utf-8")
    found = scan(root)
    assert found.files == ()
    assert set(found.passed_over) == {name}


def test_hidden_folders_are_not_looked_into(root: Path) -> None:
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("x", encoding="utf-8")
    assert scan(root).files == ()


def test_names_as_long_as_they_can_be_are_found_at_the_greatest_depth(root: Path) -> None:
    name = "ö" * 127
    descriptor = os.open(root, os.O_RDONLY)
    for _ in range(folder.MOST_DEPTH):
        os.mkdir(name, dir_fd=descriptor)
        below = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(os.open(f"{name}", os.O_WRONLY | os.O_CREAT, dir_fd=descriptor))
    os.mkdir("deeper", dir_fd=descriptor)
    os.close(descriptor)
    found = scan(root)
    assert [len(file.name.split("/")) for file in found.files] == [folder.MOST_DEPTH + 1]
    assert list(found.passed_over.values()) == ["nested too deep"]
    assert read_bytes(root, found.files[0], max_bytes=BIG) == b""


def test_a_folder_that_is_not_there_is_an_error_not_an_empty_folder(root: Path) -> None:
    assert set(scan(root / "absent").errors) == {"."}


def test_the_folder_itself_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (root / "a.txt").write_text("a", encoding="utf-8")
    (tmp_path / "news").symlink_to(root)
    assert read_bytes(tmp_path / "news", only(tmp_path / "news"), max_bytes=BIG) == b"a"


def test_too_many_files_are_said_and_count_as_unknown_not_as_gone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_ENTRIES", 5)
    for i in range(4):
        (root / f"f{i}").mkdir()
        for j in range(4):
            (root / f"f{i}" / f"{j}.txt").write_text("x", encoding="utf-8")
    found = scan(root)
    assert len(found.files) <= 6
    assert "." in found.errors


# -- reading -----------------------------------------------------------------------------------------------------------


def test_it_reads_what_it_found(root: Path) -> None:
    (root / "sub").mkdir()
    (root / "sub" / "a.txt").write_bytes(b"one\x00two")
    assert read_bytes(root, only(root), max_bytes=BIG) == b"one\x00two"


def test_a_file_exchanged_for_a_link_is_not_followed(root: Path, tmp_path: Path) -> None:
    (root / "a.txt").write_text("secret", encoding="utf-8")
    found = only(root)
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (root / "a.txt").unlink()
    (root / "a.txt").symlink_to(tmp_path / "secret.txt")
    assert refused(root, found) == "not-a-file"


def test_a_folder_exchanged_for_a_link_is_not_followed(root: Path, tmp_path: Path) -> None:
    (root / "sub").mkdir()
    (root / "sub" / "a.txt").write_text("inside", encoding="utf-8")
    found = only(root)
    (root / "sub").rename(tmp_path / "moved")  # the very same file now lies outside
    (root / "sub").symlink_to(tmp_path / "moved")
    assert refused(root, found) == "not-a-file"
    assert scan(root).files == ()


def test_a_file_exchanged_for_a_fifo_does_not_block(root: Path) -> None:
    (root / "a.txt").write_text("", encoding="utf-8")
    found = only(root)
    (root / "a.txt").unlink()
    os.mkfifo(root / "a.txt")
    assert refused(root, found) == "not-a-file"


def test_a_file_that_changed_since_it_was_found_is_unfinished(root: Path) -> None:
    (root / "a.txt").write_text("one", encoding="utf-8")
    found = only(root)
    (root / "b.txt").write_text("two", encoding="utf-8")
    os.utime(root / "b.txt", ns=(found.mtime_ns, found.mtime_ns))
    (root / "b.txt").rename(root / "a.txt")  # same size, same time, another file
    assert refused(root, found) == "unfinished"


def test_a_file_that_went_away_is_gone(root: Path) -> None:
    (root / "a.txt").write_text("one", encoding="utf-8")
    found = only(root)
    (root / "a.txt").unlink()
    assert refused(root, found) == "gone"


def test_a_huge_file_is_refused_without_being_read(root: Path) -> None:
    with (root / "huge.txt").open("wb") as file:
        file.truncate(2**40)  # a terabyte of holes
    assert refused(root, only(root)) == "too-large"


@pytest.mark.parametrize("seconds", [-(10**10), 0, 10**10])
def test_a_file_from_any_year_can_be_read(root: Path, seconds: int) -> None:
    (root / "a.txt").write_text("one", encoding="utf-8")
    os.utime(root / "a.txt", (seconds, seconds))
    assert read_bytes(root, only(root), max_bytes=BIG) == b"one"


@pytest.mark.parametrize("mtime_ns", [-(2**63), 2**63 - 1])
def test_a_time_that_no_calendar_knows_is_no_time(mtime_ns: int) -> None:
    assert folder.instant(mtime_ns) is None or folder.instant(mtime_ns)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_says_so(root: Path) -> None:
    (root / "a.txt").write_text("one", encoding="utf-8")
    (root / "a.txt").chmod(0)
    assert refused(root, only(root)) == "no-permission"


def test_reading_changes_nothing(root: Path) -> None:
    (root / "a.txt").write_text("one", encoding="utf-8")
    before = (root / "a.txt").stat()
    read_bytes(root, only(root), max_bytes=BIG)
    after = (root / "a.txt").stat()
    assert (before.st_mtime_ns, before.st_mode, before.st_ino) == (after.st_mtime_ns, after.st_mode, after.st_ino)
    assert stat.S_ISREG(after.st_mode)


# -- watching ----------------------------------------------------------------------------------------------------------


async def quiet(changed: asyncio.Event) -> None:
    """Wait until the watch has told what it had to tell: as it begins, and at its first tick."""
    while True:
        changed.clear()
        try:
            async with asyncio.timeout(0.5):
                await changed.wait()
        except TimeoutError:
            return


async def tells(changed: asyncio.Event, place: Path, ending: bytes = b".txt") -> bool:
    """Whether new files in a folder are told of. On a busy machine the watch may begin after the first of them."""
    for n in range(20):
        await quiet(changed)
        (place / os.fsdecode(b"%d%b" % (n, ending))).write_text("a", encoding="utf-8")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                return await changed.wait()
    return False


async def test_it_tells_of_new_files_in_old_and_new_folders(root: Path, tmp_path: Path) -> None:
    changed = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(folder.watch(root, changed))
        assert await tells(changed, root)
        (root / "new").mkdir()
        assert await tells(changed, root / "new")
        assert await tells(changed, root, b"\xff.txt"), "a name that the watcher cannot tell"
        assert await tells(changed, root / "new", b".md")
        watching.cancel()


async def test_it_waits_for_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    changed = asyncio.Event()
    root = tmp_path / "later"
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(folder.watch(root, changed, rescan_s=0.05))
        async with asyncio.timeout(60):
            await changed.wait()
            root.mkdir()
            (root / "a.txt").write_text("a", encoding="utf-8")
            changed.clear()
            await changed.wait()
        watching.cancel()


def kernel_watches() -> int:
    return sum(path.read_text().count("inotify wd:") for path in Path("/proc/self/fdinfo").iterdir() if path.exists())


@pytest.mark.skipif(not Path("/proc/self/fdinfo").is_dir(), reason="counts what the Linux kernel watches for us")
async def test_it_does_not_watch_what_a_link_leads_to(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    for i in range(10):
        (outside / str(i)).mkdir(parents=True)
    (root / "link").symlink_to(outside)
    changed = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(folder.watch(root, changed))
        while not kernel_watches():
            await quiet(changed)
        await quiet(changed)
        assert kernel_watches() == 1
        watching.cancel()
