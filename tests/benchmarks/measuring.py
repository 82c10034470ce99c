"""What all benchmarks share: times, quantiles, how much memory a process holds, and what machine this is."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[2]
ROUNDS = 3

T = TypeVar("T")


def best_of_rounds(things: Iterable[T], do: Callable[[T], object]) -> list[float]:
    """Processor seconds of this thread for each thing, the best of some rounds through all of them."""
    todo = list(things)
    best = [float("inf")] * len(todo)
    for _ in range(ROUNDS):
        for number, thing in enumerate(todo):
            began = time.thread_time()
            do(thing)
            best[number] = min(best[number], time.thread_time() - began)
    return best


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 99th of a hundred, in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {"p50_ms": cuts[49] * 1000, "p99_ms": cuts[98] * 1000}


def resident_mb() -> tuple[float, float]:
    """What this process holds in memory: all, and that without pages of files."""
    status = Path("/proc/self/status").read_text("ascii")
    found = {line.split(":")[0]: line.split()[1] for line in status.splitlines() if line.startswith(("VmRSS", "RssAnon"))}
    return int(found["VmRSS"]) / 1000, int(found["RssAnon"]) / 1000


def machine() -> str:
    """Processor, cores, memory and Python, in one line."""
    names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    cores = len(os.sched_getaffinity(0))
    return f"{(names or ['unknown processor'])[0]}, {cores} cores, {gigabytes:.0f} GB, Python {platform.python_version()}"
