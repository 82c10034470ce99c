"""The real program in a pseudo terminal, as a person sees it: what is typed goes in, what stands on the screen comes out."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.flow.desk import Desk

PATIENCE_S = 60.0  # this machine may be busy; what is waited for mostly takes a fraction of a second
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A running program and its screen."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self._master = master
        self.screen = ""  # all that was printed, without colours
        self._seen = 0

    def wait_for(self, text: str) -> str:
        """Wait until `text` is printed after what was waited for last; returns what stands up to its end."""
        give_up = time.monotonic() + PATIENCE_S
        while (at := self.screen.find(text, self._seen)) < 0:
            if not self._read(give_up - time.monotonic()):
                raise AssertionError(f"{text!r} was not printed:\n{self.screen}")
        seen = self.screen[self._seen : at + len(text)]
        self._seen = at + len(text)
        return seen

    def type(self, line: str) -> None:
        os.write(self._master, f"{line}\n".encode())

    def press(self, key: bytes) -> None:
        """Press a key; the terminal makes of b"\\x03" a SIGINT and of b"\\x04" the end of the input."""
        os.write(self._master, key)

    def wait_for_end(self) -> int:
        """Wait until the program ends; its exit code."""
        give_up = time.monotonic() + PATIENCE_S
        while self._read(min(0.2, max(0.0, give_up - time.monotonic()))) or self.process.poll() is None:
            if time.monotonic() > give_up:
                raise AssertionError(f"it does not end:\n{self.screen}")
        return self.process.wait(PATIENCE_S)

    def _read(self, timeout_s: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, timeout_s))
        if not ready:
            return False
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # Linux says so when the other end is closed
            return False
        self.screen += _ESCAPES.sub("", data.decode("utf-8", "replace")).replace("\r\n", "\n")
        return bool(data)


@contextlib.contextmanager
def terminal(desk: Desk, *arguments: str) -> Iterator[Terminal]:
    """Run a command in a terminal of its own; whatever happens, nothing of it is left running."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        desk.command(*arguments),
        cwd=desk.root,
        env=desk.environment() | {"TERM": "xterm", "NO_COLOR": "1"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=take_terminal,  # noqa: PLW1509 - no thread of ours holds a lock here
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(master)


def take_terminal() -> None:
    """Make the terminal on standard input the controlling one, so that its keys become signals, and are heard.

    Whoever runs the tests in the background has their signals ignored, and a child would inherit that.
    """
    import fcntl
    import termios

    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def descendants(pid: int) -> set[int]:
    """The processes that this one has started, and theirs."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text(encoding="ascii").split()):
                found |= {child, *descendants(child)}
    return found


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
