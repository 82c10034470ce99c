"""What is typed at the terminal, line by line, without a thread."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterator

_LONGEST_LINE = 4096  # bytes; a terminal's own lines are no longer
_MOST_WAITING = 1000  # lines; from a file, not from a person
_IN_BACKGROUND_S = 1.0


def somebody_types() -> bool:
    """Whether a person sits at the terminal: it is one, and we are not in its background (reading would stop us)."""
    try:
        return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError, AttributeError):  # closed, or no terminal of ours
        return False


@contextlib.contextmanager
def typed_lines() -> Iterator[asyncio.Queue[str | None]]:
    """What is typed, line by line, then None.

    Read by the loop, not by a thread: a thread that waits for a key cannot be ended.
    """
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    try:
        descriptor = sys.stdin.fileno()
        read = not sys.stdin.isatty() or somebody_types()
    except (OSError, ValueError, AttributeError):  # closed
        read = False
    if not read:
        lines.put_nowait(None)
        yield lines
        return
    keyboard = _Keyboard(descriptor, lines)
    keyboard.begin()
    try:
        yield lines
    finally:
        keyboard.end()


class _Keyboard:
    """Cuts what arrives on a descriptor into lines."""

    def __init__(self, descriptor: int, lines: asyncio.Queue[str | None]) -> None:
        self._descriptor = descriptor
        self._lines = lines
        self._loop = asyncio.get_running_loop()
        self._rest = b""
        self._later: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        with contextlib.suppress(AttributeError, ValueError):
            signal.signal(signal.SIGTTIN, signal.SIG_IGN)  # in the background reading fails, rather than stopping us
        try:
            self._loop.add_reader(self._descriptor, self._ready)
        except OSError:
            # A file or /dev/null, which cannot be waited for and need not be.
            while self._lines.qsize() < _MOST_WAITING and self._take():
                pass
            self._lines.put_nowait(None)

    def end(self) -> None:
        self._loop.remove_reader(self._descriptor)
        if self._later is not None:
            self._later.cancel()

    def _ready(self) -> None:
        try:
            more = self._take()
        except BlockingIOError:
            return
        except OSError:  # we were put into the background; or the terminal is gone, of which a signal tells
            self.end()
            self._later = self._loop.call_later(_IN_BACKGROUND_S, self.begin)
            return
        if not more:
            self.end()
            self._lines.put_nowait(None)

    def _take(self) -> bool:
        data = os.read(self._descriptor, 65_536)
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._rest = self._rest[:_LONGEST_LINE]
        if not data and self._rest:
            lines, self._rest = [self._rest], b""
        for line in lines:
            self._lines.put_nowait(line[:_LONGEST_LINE].decode("utf-8", "replace"))
        return bool(data)
