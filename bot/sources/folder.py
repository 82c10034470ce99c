"""The folder source: which files lie below a folder, which of them are complete, and when something changed.

The folder is hostile ground: no link is followed on the way to a file, only regular files are opened (without blocking
on a FIFO), and nothing in it is ever changed. What is passed over is passed over for a stated reason.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import math
import os
import re
import stat
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)

MOST_DEPTH = 12
MOST_ENTRIES = 200_000  # files, folders and all else below the folder
# A file still being written changes size or time; one that has kept both for this long is taken as complete.
SETTLED_S = 0.12
GROWN_S = 0.8  # and this long, when it was seen to grow: whoever writes in steps may pause between them
_UNFINISHED = tuple(
    ".part .partial .crdownload .download .opdownload .filepart .dlpartial .aria2 .!ut .!qb .tmp .temp .swp .swx "
    "~".split()
)
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: a FIFO put in the file's place since the scan must not hang us; O_NOFOLLOW: nor a link lead us away.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file below the folder. `name` is its path relative to the folder, with "/" between the parts."""

    name: str
    size: int  # bytes
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What lies below a folder. `passed_over` maps names to reasons; `errors` are folders that could not be listed."""

    files: tuple[FoundFile, ...] = ()
    passed_over: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


# -- names -------------------------------------------------------------------------------------------------------------

_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs that look like nothing
# A backslash that could be taken for one of our escapes is escaped itself.
_LOOKS_ESCAPED = re.compile(r"\\(?=x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


def display_name(raw: str) -> str:
    """A file name that can be stored and shown; two names are never shown alike.

    Bytes that are not UTF-8, controls, invisible characters and direction marks are written as escapes: names are made
    by strangers, and a terminal obeys some characters where people fall for others.
    """
    raw = _LOOKS_ESCAPED.sub(r"\\x5c", raw)
    return "".join(c if c.isprintable() and c not in _UNSEEN else _escaped(c) for c in raw)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python hands on a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# -- listing -----------------------------------------------------------------------------------------------------------


class _Listing:
    """One walk through the folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._visited: set[tuple[int, int]] = set()
        self._entries = 0
        self.files: list[FoundFile] = []
        self.folders: list[str] = []  # "" is the root
        self.passed_over: dict[str, str] = {}
        self.errors: dict[str, str] = {}

    def walk(self) -> None:
        waiting: list[tuple[str, int]] = [("", 0)]
        while waiting:
            folder, depth = waiting.pop()
            try:
                below = self._list(folder, depth)
            except OSError as error:
                if folder == "" or error.errno != errno.ENOENT:  # gone since it was seen: the next look knows
                    self.errors[folder or "."] = error.strerror or str(error)
                continue
            waiting += [(name, depth + 1) for name in reversed(below)]
            if self._entries > MOST_ENTRIES:
                # Nothing is known of the rest, so all of the folder counts as not listed: nothing of it is removed.
                self.errors["."] = f"more than {MOST_ENTRIES:,} files; the rest is not read"
                return

    def _list(self, folder: str, depth: int) -> list[str]:
        """Take in one folder; returns the folders in it. Raises OSError."""
        with _opened_folder(self._root, folder) as descriptor:
            facts = os.fstat(descriptor)
            if (facts.st_dev, facts.st_ino) in self._visited:
                self.passed_over[folder] = "the same folder again"  # mounted into itself
                return []
            self._visited.add((facts.st_dev, facts.st_ino))
            with os.scandir(descriptor) as listing:
                entries = sorted(islice(listing, MOST_ENTRIES + 1 - self._entries), key=lambda e: e.name)
            self.folders.append(folder)
            below = []
            for entry in entries:
                self._entries += 1
                name = f"{folder}/{entry.name}" if folder else entry.name
                try:
                    reason, is_folder = _look_at(entry, depth)
                    if not reason and not is_folder:
                        found = entry.stat(follow_symlinks=False)
                        self.files.append(FoundFile(name, found.st_size, _mtime_ns(found), found.st_ino))
                except OSError as error:
                    if error.errno == errno.ENOENT:
                        continue
                    reason, is_folder = error.strerror or str(error), False
                if reason:
                    self.passed_over[name] = reason
                elif is_folder:
                    below.append(name)
            return below


def scan(root: Path) -> Scan:
    """List the folder, names in order. Never raises: what cannot be listed is in `errors`."""
    listing = _Listing(root)
    listing.walk()
    return Scan(tuple(sorted(listing.files, key=lambda f: f.name)), listing.passed_over, listing.errors)


def _look_at(entry: os.DirEntry[str], depth: int) -> tuple[str, bool]:
    """(why the entry is passed over, whether it is a folder to look into). Raises OSError."""
    if entry.is_symlink():
        return "a link; links are not followed", False
    if entry.name.startswith("."):
        return "a hidden file", False
    if entry.is_dir(follow_symlinks=False):
        return ("nested too deep", False) if depth >= MOST_DEPTH else ("", True)
    if not entry.is_file(follow_symlinks=False):
        return "not a regular file", False
    lowered = entry.name.lower()
    if lowered.endswith(_UNFINISHED) or lowered.startswith("~$") or (lowered[0] == lowered[-1] == "#"):
        return "a temporary or unfinished file", False
    return "", False


@contextlib.contextmanager
def _opened_folder(root: Path, folder: str) -> Iterator[int]:
    """A descriptor of a folder below `root`, reached without following a link. Raises OSError.

    Part by part: a folder that was exchanged for a link since it was seen must not lead us out.
    """
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)  # itself it may be a link: its owner's
    try:
        for part in folder.split("/") if folder else ():
            below = os.open(part, _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)


# -- reading -----------------------------------------------------------------------------------------------------------


def read_bytes(root: Path, found: FoundFile, *, max_bytes: int) -> bytes:
    """The bytes of a found file.

    Raises Unreadable: "too-large", "no-permission", "gone", "unfinished", "not-a-file" or "not-readable".
    """
    if found.size > max_bytes:
        mega = 1_000_000
        raise Unreadable(
            "too-large",
            f"{found.size} bytes",
            f"The file has {found.size / mega:.1f} MB; the limit is {max_bytes / mega:.0f} MB (max_document_bytes).",
        )
    folder, _, name = found.name.rpartition("/")
    try:
        with _opened_folder(root, folder) as above:
            descriptor = os.open(name, _FILE, dir_fd=above)
        with os.fdopen(descriptor, "rb") as file:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise Unreadable("not-a-file", "", "It is not a regular file.")
            if not _is_as_found(before, found):
                raise _unfinished()
            raw = file.read(found.size + 1)
            after = os.fstat(descriptor)
    except OSError as error:
        raise _open_failure(error) from error
    if not _is_as_found(after, found):
        raise _unfinished()
    if len(raw) != found.size:  # as in /proc, mounted into the folder: it would never be complete
        raise Unreadable("not-a-file", "", "It is no ordinary file: it does not hold as many bytes as it says.")
    return raw


def _is_as_found(facts: os.stat_result, found: FoundFile) -> bool:
    return (facts.st_size, _mtime_ns(facts), facts.st_ino) == (found.size, found.mtime_ns, found.inode)


def _mtime_ns(facts: os.stat_result) -> int:
    """What a database can hold of it: some file systems keep years that have more than twelve digits."""
    return max(-_LONGEST, min(_LONGEST, facts.st_mtime_ns))


_LONGEST = 2**63 - 1


def instant(mtime_ns: int) -> datetime | None:
    """A file's time as an aware instant; None when it is none that a calendar knows."""
    try:
        return datetime.fromtimestamp(mtime_ns / 1e9, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _unfinished() -> Unreadable:
    return Unreadable("unfinished", "", "The file is still being written; it is read when it is complete.")


def _open_failure(error: OSError) -> Unreadable:
    if error.errno == errno.ENOENT:
        return Unreadable("gone", "", "The file was removed before it could be read.")
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return Unreadable("not-a-file", "", "It is a link, or lies behind one; links are not followed.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return Unreadable("no-permission", "", "No permission to read the file. It is read when that changes.")
    return Unreadable("not-readable", error.strerror or "", f"The file could not be read: {error.strerror}.")


# -- watching ----------------------------------------------------------------------------------------------------------

_TICK_MS = 200  # a watch that has just begun has a look that soon: for what came before it began
_QUIET_MS = 20  # a quiet moment of this length, and what came before it is told
_BUSY_MS = 200  # a busy folder is told of that often
_AGAIN_S = 0.1  # how soon a watch that failed is begun anew ...
_ABSENT_S = 2.0  # ... and how late: also how often a folder that is not there is looked for


async def watch(root: Path, changed: asyncio.Event, *, rescan_s: float = 60.0) -> None:
    """Set `changed` when something below the folder may have changed, and every `rescan_s` seconds, until cancelled.

    The second, because network folders and bind mounts send no events. Every folder is watched by itself, because
    watching a tree follows the links in it, and a link to "/" would have us watch the whole machine.
    """
    pause_s = _AGAIN_S
    while True:
        changed.set()
        began = time.monotonic()
        folders = await asyncio.to_thread(_watchable, root)
        failed = not folders
        try:
            if folders:
                await _watch(folders, changed, rescan_s)
        except* (OSError, RuntimeError) as error:
            # The folder went away, there are more folders than the system lets us watch, or a name was no UTF-8
            # (which the watcher cannot tell, and ends). Beginning anew means looking, and that finds it all.
            failed = True
            log.debug("watching ended", extra={"why": type(error.exceptions[0]).__name__})
        if failed:
            await asyncio.sleep(min(pause_s, rescan_s))
        lasted = time.monotonic() - began > 2 * _ABSENT_S
        pause_s = _AGAIN_S if lasted or not failed else min(2 * pause_s, _ABSENT_S)


async def _watch(folders: frozenset[str], changed: asyncio.Event, rescan_s: float) -> None:
    """Watch until there are other folders to be watched. Raises OSError, RuntimeError."""
    from watchfiles import awatch

    told = -math.inf
    events = awatch(
        *folders,
        recursive=False,
        debounce=_BUSY_MS,
        step=_QUIET_MS,
        rust_timeout=_TICK_MS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
        watch_filter=None,
    )
    async with contextlib.aclosing(events):
        async for found in events:
            if found or time.monotonic() - told >= rescan_s:
                told = time.monotonic()
                changed.set()
            concerned = await asyncio.to_thread(_concern_folders, [path for _, path in found], folders)
            if concerned:
                return


def _watchable(root: Path) -> frozenset[str]:
    """The paths of all folders below `root` that the watcher can be told of (it takes UTF-8)."""
    listing = _Listing(root)
    listing.walk()
    paths = (str(root / folder) for folder in listing.folders)
    return frozenset(path for path in paths if not any("\ud800" <= c <= "\udfff" for c in path))


def _concern_folders(paths: list[str], folders: frozenset[str]) -> bool:
    """Whether a watched folder went away, or a new one came."""
    for path in paths:
        with contextlib.suppress(OSError):
            if stat.S_ISDIR(os.lstat(path).st_mode) != (path in folders):
                return True
            continue
        if path in folders:
            return True
    return False
