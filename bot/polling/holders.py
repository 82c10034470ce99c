"""Who holds claims: a name for this process, and whether the process behind a name still runs."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path


def this_process() -> str:
    """A name for this process that no other ever has, and that tells on which machine it runs."""
    pid = os.getpid()
    return f"{_machine()}/{pid}/{_started(pid)}/{os.urandom(4).hex()}"


def is_dead(holder: str) -> bool:
    """Whether this is a process of this machine that runs no more; False when that cannot be known."""
    machine, _, rest = holder.partition("/")
    pid, _, rest = rest.partition("/")
    started = rest.partition("/")[0]
    if machine != _machine() or not pid.isdigit() or not started:
        return False
    return _started(int(pid)) != started


def _machine() -> str:
    """This boot of this machine, and within it this container."""
    boot = ""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        boot += "-" + str(os.stat("/proc/self/ns/pid").st_ino)  # noqa: PTH116 - follows the link, as Path.stat
    return f"{socket.gethostname()}-{boot}".replace("/", "_")


def _started(pid: int) -> str:
    """When a process began, in ticks since the boot; empty when there is none or it cannot be told."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 and fields[0] != "Z" else ""
