"""What starting costs: python -m tests.benchmarks.start_up

Prints the CPU time of `verbatim --version`, and the wall time and peak memory of `verbatim ask` on a library made of a
few documents, each beside its limit. "Cold" means a process of its own with nothing loaded; the disk's cache is warm.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.flow.desk import Desk, desk_in

VERSION_CPU_S = 0.15
ASK_WALL_S = 1.0
ASK_MEMORY_MB = 150
RUNS = 7
QUESTION = "How many people had to leave the harbour district?"


def environment(desk: Desk) -> dict[str, str]:
    """As an installed program has it: compiled once, by a run that is not measured."""
    kept = {k: v for k, v in desk.environment().items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(desk.root / "compiled")}


def measured(desk: Desk, *arguments: str) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak resident megabytes of one run."""
    began = time.perf_counter()
    process = subprocess.Popen(
        desk.command(*arguments), cwd=desk.root, env=environment(desk), stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(arguments)} exits {process.returncode}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss * 1024 / 1e6


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="verbatim-start-up-", ignore_cleanup_errors=True) as folder:
        desk = desk_in(Path(folder))
        subprocess.run(desk.command("run", "--once"), env=environment(desk), check=True, stdout=subprocess.DEVNULL)
        for arguments in (("--version",), ("ask", QUESTION)):
            measured(desk, *arguments)
        version = [measured(desk, "--version") for _ in range(RUNS)]
        ask = [measured(desk, "ask", QUESTION) for _ in range(RUNS)]
    print(f"{RUNS} runs each; median (worst), limit")
    show("--version: CPU s", [cpu for cpu, _, _ in version], VERSION_CPU_S)
    show("ask: wall s", [wall for _, wall, _ in ask], ASK_WALL_S)
    show("ask: CPU s", [cpu for cpu, _, _ in ask], None)
    show("ask: peak MB", [memory for _, _, memory in ask], ASK_MEMORY_MB)


def show(what: str, values: list[float], limit: float | None) -> None:
    print(f"  {what:<18} {statistics.median(values):8.3f} ({max(values):.3f})  {limit if limit is not None else ''}")


if __name__ == "__main__":
    main()
