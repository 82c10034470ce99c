"""Search by meaning alone: the vectors of many passages, made up in themes, asked in a process of their own.

A tenth of the passages is of another workspace. What is found is held against exact comparison with the vectors before
they became bytes.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.engines import fresh
from tests.benchmarks.measuring import ROOT, best_of_rounds, quantiles, resident_mb

DIMENSION: Final = 384
LIMIT: Final = 24
_QUESTIONS: Final = 60
_A_THEME: Final = 50  # passages
_ALSO: Final = 26  # passages that words led to, whose nearness is asked for, too
_A_DOCUMENT: Final = 4  # passages
_AT_ONCE: Final = 1_000  # documents


def run(folder: Path, size: int, *, time_s: float) -> dict[str, Any]:
    """One row. What could not be finished says why in `failed`."""
    row: dict[str, Any] = {"passages": size, "dimension": DIMENSION}
    at = folder / "vectors" / str(size)
    for step in ("build", "ask"):
        if step == "build":
            fresh(at)
        command = [sys.executable, "-m", "tests.benchmarks.vector_speed", step, str(size), str(at)]
        try:
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=time_s, check=False)
        except subprocess.TimeoutExpired:
            return row | {"failed": f"not finished within {time_s / 60:g} minutes"}
        if done.returncode:
            return row | {"failed": (done.stderr.strip().splitlines() or ["died"])[-1]}
        row |= json.loads(done.stdout)
    return row


def _made_up(size: int) -> Any:
    """Vectors of length 1, as many as wanted: passages of a theme lie together, and all lie to one side."""
    import numpy as np

    draw = np.random.default_rng(7)
    themes = draw.standard_normal((size // _A_THEME, DIMENSION), np.float32) + 0.5
    vectors = themes[draw.integers(0, len(themes), size)] + 0.8 * draw.standard_normal((size, DIMENSION), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _build(size: int, folder: Path) -> dict[str, Any]:
    from array import array

    from bot.domain import EVERYONE
    from bot.library.vector_store import Embedded, VectorStore
    from tests.versions import version_of

    vectors = _made_up(size)
    began = time.perf_counter()
    store = VectorStore(folder, "made up")
    documents = range(0, size, _A_DOCUMENT)
    for start in range(0, len(documents), _AT_ONCE):
        batch = []
        for first in documents[start : start + _AT_ONCE]:
            document = first // _A_DOCUMENT + 1
            audience = "w:another" if document % 10 == 0 else EVERYONE
            rows = {n: array("f", vectors[first + n].tobytes()) for n in range(min(_A_DOCUMENT, size - first))}
            batch.append(Embedded(version_of("Boats.", id=document, audience=audience), rows))
        store.put(batch, (), up_to=start)
    store.close()
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"build_s": time.perf_counter() - began, "disk_mb": disk / 1e6}


def _ask(size: int, folder: Path) -> dict[str, Any]:
    from array import array

    import numpy as np

    from bot.domain import TERMINAL
    from bot.library.vector_store import VectorStore

    vectors = _made_up(size)
    chosen = random.Random(3).sample(range(size), _QUESTIONS)
    noise = np.random.default_rng(11).standard_normal((_QUESTIONS, DIMENSION), np.float32) / DIMENSION**0.5
    asked = vectors[chosen] + 0.5 * noise
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    mine = np.flatnonzero((np.arange(size) // _A_DOCUMENT + 1) % 10 != 0)
    exact = [mine[np.argsort(-(vectors[mine] @ one))[:LIMIT]] for one in asked]
    del vectors
    before, _ = resident_mb()
    began = time.perf_counter()
    store = VectorStore(folder, "made up")
    questions = [array("f", one.tobytes()) for one in asked]
    first = store.nearest(questions[0], TERMINAL, limit=LIMIT)
    load_s = time.perf_counter() - began
    assert first.best
    after, _ = resident_mb()
    also = [(n // _A_DOCUMENT + 1, n % _A_DOCUMENT) for n in chosen[:_ALSO]]
    times = best_of_rounds(questions, lambda one: store.nearest(one, TERMINAL, limit=LIMIT, also=also))
    found = 0
    for one, best in zip(questions, exact, strict=True):
        places = {(int(n) // _A_DOCUMENT + 1, int(n) % _A_DOCUMENT) for n in best}
        found += len(places & set(store.nearest(one, TERMINAL, limit=LIMIT).best))
    store.close()
    return quantiles(times) | {"found": found / (LIMIT * _QUESTIONS), "load_s": load_s, "rss_mb": after - before}


if __name__ == "__main__":
    _step, _size, _folder = sys.argv[1:]
    print(json.dumps((_build if _step == "build" else _ask)(int(_size), Path(_folder))))
