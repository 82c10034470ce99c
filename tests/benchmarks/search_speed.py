"""The search alone: every engine over the same made-up passages, each in processes of its own.

Time is the asking thread's processor time, which other work on the machine disturbs little; of three rounds the best one
of each question counts. Memory is what the asking process holds after all questions.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.engines import ENGINES, Missing, Ours, fresh, require
from tests.benchmarks.measuring import ROOT, best_of_rounds, quantiles, resident_mb
from tests.benchmarks.press import read_questions, write_data

LIMIT = 50
_SLOW_MS = 100.0  # an engine that takes longer is asked fewer questions
_FEWER = 40


def run(folder: Path, size: int, name: str, *, memory_gb: float, time_s: float) -> dict[str, Any]:
    """One row: an engine at one size. What could not be finished says why in `failed`."""
    data = folder / str(size)
    write_data(data, size)
    row: dict[str, Any] = {"passages": size, "engine": name}
    engine = ENGINES[name]
    try:
        require(engine)
    except Missing as missing:
        return row | {"failed": str(missing)}
    index = data / name.replace(" ", "-").lower()
    built = index / "built.json"
    steps = ["build", "ask"] if engine.keeps_on_disk else ["both"]
    if engine.keeps_on_disk and built.exists():
        row |= json.loads(built.read_text("utf-8"))
        steps = ["ask"]
    for step in steps:
        if step != "ask":
            fresh(index)
        command = [sys.executable, "-m", "tests.benchmarks.search_speed", step, name, str(data), str(index), str(memory_gb)]
        try:
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=time_s, check=False)
        except subprocess.TimeoutExpired:
            return row | {"failed": f"not finished within {time_s / 60:g} minutes"}
        if done.returncode:
            *_, last = done.stderr.strip().splitlines() or ["died"]
            out_of_memory = "MemoryError" in done.stderr or "alloc" in done.stderr or done.returncode < 0
            return row | {"failed": f"needs more than {memory_gb:g} GB of memory" if out_of_memory else last}
        measured = json.loads(done.stdout)
        row |= measured
        if step == "build":
            built.write_text(json.dumps(measured), encoding="utf-8")
    return row


def child(step: str, name: str, data: Path, index: Path) -> dict[str, Any]:
    """Build, ask, or both, in this process."""
    engine = ENGINES[name]()
    result: dict[str, Any] = {}
    if step in ("build", "both"):
        began = time.process_time()
        engine.build(data, index)
        result["build_s"] = time.process_time() - began
        result["build_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        result["disk_mb"] = sum(f.stat().st_size for f in index.rglob("*") if f.is_file()) / 1e6
    if step == "build":
        return result
    if step == "ask":
        engine.open(index)
    questions = read_questions(data)
    asked = [engine.prepare(question.text, question.language) for question in questions]
    began = time.perf_counter()
    engine.search(asked[0], LIMIT)
    if (time.perf_counter() - began) * 1000 > _SLOW_MS:
        asked = asked[:_FEWER]
    for one in asked[-_FEWER:]:
        engine.search(one, LIMIT)
    result |= quantiles(best_of_rounds(asked, lambda one: engine.search(one, LIMIT)))
    result["rss_mb"], result["anonymous_mb"] = resident_mb()
    found = [_numbers(engine, engine.search(one, LIMIT)) for one in asked]
    result["found"] = sum(q.passage in hits for q, hits in zip(questions, found, strict=False)) / len(asked)
    if isinstance(engine, Ours):
        analysing = best_of_rounds(questions, lambda one: engine.prepare(one.text, one.language))
        result["analysis_p50_ms"] = quantiles(analysing)["p50_ms"]
    return result | {"asked": len(asked)}


def _numbers(engine: Any, hits: Sequence[Any]) -> list[int]:
    return engine.numbers(hits) if isinstance(engine, Ours) else [hit[0] for hit in hits]


if __name__ == "__main__":
    step_, name_, data_, index_, memory_ = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (int(float(memory_) * 1e9),) * 2)
    print(json.dumps(child(step_, name_, Path(data_), Path(index_))))
