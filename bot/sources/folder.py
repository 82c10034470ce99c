"""The folder source: which files lie below a folder, which of them are complete, and when something changed.

The folder is hostile ground: links are never followed, only regular files are opened (without blocking on a FIFO), and
nothing in it is ever changed. What is passed over is passed over for a stated reason.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MOST_DEPTH = 12
MOST_FILES = 200_000
# A file still being written changes size or time; one that has kept both for this long is taken as complete.
SETTLED_S = 0.12
_UNFINISHED = tuple(".part .crdownload .tmp .temp .partial .download .swp .swx .filepart .opdownload".split())


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


def display_name(raw: str) -> str:
    """A file name that can be stored and shown: bytes that are not UTF-8, controls and bidi marks become "\ufffd"."""
    shown = raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join("\ufffd" if not c.isprintable() or c in _DIRECTION_MARKS else c for c in shown)


_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")


def scan(root: Path) -> Scan:
    """List the folder, deepest last, names in order. Never raises: what cannot be listed is in `errors`."""
    files: list[FoundFile] = []
    passed_over: dict[str, str] = {}
    errors: dict[str, str] = {}
    waiting: list[tuple[str, int]] = [("", 0)]
    while waiting:
        folder, depth = waiting.pop()
        try:
            with os.scandir(root / folder) as listing:
                entries = sorted(listing, key=lambda e: e.name)
        except OSError as error:
            errors[folder or "."] = error.strerror or str(error)
            continue
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            reason, below = _look_at(entry, depth)
            if reason:
                passed_over[name] = reason
            elif below:
                waiting.append((name, depth + 1))
            else:
                with contextlib.suppress(OSError):  # gone since it was listed: the next look knows
                    facts = entry.stat(follow_symlinks=False)
                    files.append(FoundFile(name, facts.st_size, facts.st_mtime_ns, facts.st_ino))
            if len(files) >= MOST_FILES:
                errors[folder or "."] = f"more than {MOST_FILES} files"
                waiting.clear()
                break
    return Scan(tuple(sorted(files, key=lambda f: f.name)), passed_over, errors)


def _look_at(entry: os.DirEntry[str], depth: int) -> tuple[str, bool]:
    """(why the entry is passed over, whether it is a folder to look into)."""
    try:
        if entry.is_symlink():
            return "a link; links are not followed", False
        if entry.name.startswith("."):
            return "a hidden file", False
        if entry.is_dir(follow_symlinks=False):
            return ("nested too deep", False) if depth >= MOST_DEPTH else ("", True)
        if not entry.is_file(follow_symlinks=False):
            return "not a regular file", False
    except OSError as error:
        return error.strerror or str(error), False
    lowered = entry.name.lower()
    if lowered.endswith(_UNFINISHED) or lowered.endswith("~") or lowered.startswith("~$"):
        return "a temporary or unfinished file", False
    return "", False


def read_bytes(root: Path, found: FoundFile, *, max_bytes: int) -> bytes:
    """The bytes of a found file.

    Raises Unreadable: "too-large", "no-permission", "gone", "unfinished", "not-a-file" or "not-readable".
    """
    if found.size > max_bytes:
        mega = 1_000_000
        raise Unreadable(
            "too-large",
            f"{found.name}: {found.size} bytes",
            f"The file has {found.size / mega:.1f} MB; the limit is {max_bytes / mega:.0f} MB (max_document_bytes).",
        )
    # O_NONBLOCK: a FIFO put in the file's place since the scan must not hang us; O_NOFOLLOW: nor a link lead us away.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(root / found.name, flags)
    except OSError as error:
        raise _open_failure(found, error) from error
    with os.fdopen(descriptor, "rb") as file:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise Unreadable("not-a-file", found.name, "It is not a regular file.")
        try:
            raw = file.read(max_bytes + 1)
        except OSError as error:
            raise _open_failure(found, error) from error
        after = os.fstat(descriptor)
    if (after.st_size, after.st_mtime_ns) != (found.size, found.mtime_ns) or len(raw) != found.size:
        raise Unreadable("unfinished", found.name, "The file is still being written; it is read when it is complete.")
    return raw


def _open_failure(found: FoundFile, error: OSError) -> Unreadable:
    if error.errno == errno.ENOENT:
        return Unreadable("gone", found.name, "The file was removed before it could be read.")
    if error.errno == errno.ELOOP:
        return Unreadable("not-a-file", found.name, "It is a link; links are not followed.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return Unreadable("no-permission", found.name, "No permission to read the file. It is read when that changes.")
    return Unreadable("not-readable", f"{found.name}: {error}", f"The file could not be read: {error.strerror}.")


async def changes(root: Path, *, stop: asyncio.Event, rescan_s: float = 60.0) -> AsyncIterator[None]:
    """Yield whenever something below the folder may have changed, and every `rescan_s` seconds, until `stop` is set.

    The second, because network folders and bind mounts send no events.
    """
    from watchfiles import awatch

    while not stop.is_set():
        if not await asyncio.to_thread(root.is_dir):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 2.0)
            yield None
            continue
        try:
            # `step` bounds how long a quiet moment has to be, `debounce` how long a busy folder is waited for.
            async for _ in awatch(
                root,
                stop_event=stop,
                debounce=300,
                step=40,
                rust_timeout=max(100, int(rescan_s * 1000)),
                yield_on_timeout=True,
                ignore_permission_denied=True,
                watch_filter=None,
            ):
                yield None
        except (FileNotFoundError, OSError):  # the folder itself went away: wait for it to come back
            yield None
            await asyncio.sleep(0.5)
