"""The sign of life: a file that a running bot holds and whose time it renews, so that a probe needs no port.

The file is held by a lock that the system gives back when the bot ends, however it ends: so a bot that was killed is
not taken for a running one, and a second one on the same library notices.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import logging
import os
import time
from typing import TYPE_CHECKING

from bot.errors import LibraryBusy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "heartbeat"
EVERY_S = 10.0
_TRIES = 8
_BETWEEN_TRIES_S = 0.05

log = logging.getLogger(__name__)


def age_s(data_dir: Path) -> float | None:
    """Seconds since the last sign of life; None when no bot runs here."""
    try:
        descriptor = os.open(data_dir / NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if _lock(descriptor, fcntl.LOCK_SH):
            return None  # nobody holds it: whoever did was killed
        return max(0.0, time.time() - os.fstat(descriptor).st_mtime)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def alive(data_dir: Path) -> Iterator[None]:
    """Be the one running bot of a data folder, which must exist. Raises LibraryBusy "already-running"."""
    path = data_dir / NAME
    try:
        descriptor = _take(path)
    except OSError as error:
        # Whether the disk can be written to is the library's to say; no sign of life is no reason not to live.
        log.warning("no sign of life can be given", extra={"why": error.strerror})
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _take(path: Path) -> int:
    """Open the file and lock it; the descriptor. Raises OSError, LibraryBusy."""
    for _ in range(_TRIES):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if _lock(descriptor, fcntl.LOCK_EX) is not False:
            with contextlib.suppress(OSError):
                if os.path.samestat(os.fstat(descriptor), path.stat()):
                    os.utime(descriptor)
                    return descriptor
            # The one before us took the file away between our two steps.
        os.close(descriptor)
        time.sleep(_BETWEEN_TRIES_S)  # a probe holds it for a moment
    raise LibraryBusy(
        "already-running",
        str(path),
        f"Verbatim is running already on the library in {path.parent}. Ask it there, or use `verbatim ask` here. "
        "Nothing was changed.",
    )


def _lock(descriptor: int, how: int) -> bool | None:
    """Whether the lock could be had; None on file systems that know no locks."""
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in (errno.EWOULDBLOCK, errno.EACCES) else None
    return True


async def beat(data_dir: Path) -> None:
    """Give a sign of life until cancelled."""
    while True:
        with contextlib.suppress(OSError):  # a full disk must not end the bot; the probe sees the old time
            os.utime(data_dir / NAME)
        await asyncio.sleep(EVERY_S)
