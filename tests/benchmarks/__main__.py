"""Measure quality and speed beside other engines, and write docs/benchmarks.md.

    python -m tests.benchmarks all                         everything; --sizes, --pack, --engines choose
    python -m tests.benchmarks search --sizes 10000,100000 one table, printed
    python -m tests.benchmarks write                       the page from the last results

Results are kept in the work folder, part by part; `all` measures every part anew and then writes the page. Made-up
documents and indexes stay there, too: a second run starts with them.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from tests.benchmarks import ask_speed, intake_speed, page, quality, search_speed, vector_speed
from tests.benchmarks.engines import ENGINES, versions
from tests.benchmarks.measuring import ROOT, machine

PAGE = ROOT / "docs" / "benchmarks.md"


class _Results:
    """What was measured, by part, as files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "results"

    def keep(self, part: str, found: Any, command: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        about = {"part": part, "date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), "versions": versions()}
        whole = about | {"command": command, "found": found}
        (self._folder / f"{part}.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")

    def all(self) -> dict[str, Any]:
        return {p.stem: json.loads(p.read_text("utf-8")) for p in sorted(self._folder.glob("*.json"))}


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--folder", type=click.Path(path_type=Path), default=ROOT / "build" / "benchmarks", show_default="build/benchmarks",
                     help="Work folder; a million passages need 4 GB."),
        click.option("--sizes", default="10000,100000,1000000", show_default=True, help="Passages."),
        click.option("--engines", default=",".join(ENGINES), show_default=True, help="Which engines."),
        click.option("--pack", type=click.Path(path_type=Path, exists=True, file_okay=False), help="A pack of the kind qa."),
        click.option("--documents", default=3000, show_default=True, help="Text files for the intake."),
        click.option("--ask-size", default=100_000, show_default=True, help="Passages of the library that is asked."),
        click.option("--memory-gb", default=12.0, show_default=True, help="What an engine may use."),
        click.option("--minutes", default=30.0, show_default=True, help="What an engine may take for one size."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command(help=__doc__)
@click.argument("part", type=click.Choice(["all", "search", "vectors", "ask", "intake", "quality", "write"]))
@_options
def main(part: str, folder: Path, sizes: str, engines: str, pack: Path | None, documents: int, ask_size: int,
         memory_gb: float, minutes: float) -> None:  # fmt: skip
    """Measure PART."""
    results = _Results(folder)
    names = [name.strip() for name in engines.split(",")]
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise click.BadParameter(f"no such engine: {', '.join(unknown)}; there are {', '.join(ENGINES)}")
    if part == "quality" and pack is None:
        raise click.UsageError("quality needs --pack, a folder of the kind qa (see docs/evaluation.md)")
    if part in ("all", "search"):
        found = []
        for size in (int(size) for size in sizes.split(",")):
            for name in names:
                print(f"search: {name}, {size:,} passages", file=sys.stderr, flush=True)
                found.append(search_speed.run(folder, size, name, memory_gb=memory_gb, time_s=minutes * 60))
                results.keep("search", found, f"search --sizes {sizes}")
    if part in ("all", "vectors"):
        found = []
        for size in (int(size) for size in sizes.split(",")):
            print(f"vectors: {size:,} passages", file=sys.stderr, flush=True)
            found.append(vector_speed.run(folder, size, time_s=minutes * 60))
        results.keep("vectors", found, f"vectors --sizes {sizes}")
    if part in ("all", "ask"):
        print(f"ask: {ask_size:,} passages", file=sys.stderr, flush=True)
        larger = [int(size) for size in sizes.split(",")]
        results.keep("ask", ask_speed.run(folder, ask_size, larger), f"ask --ask-size {ask_size}")
    if part in ("all", "intake"):
        print(f"intake: {documents:,} documents", file=sys.stderr, flush=True)
        results.keep("intake", intake_speed.run(documents, pages=100), f"intake --documents {documents}")
    if part in ("all", "quality") and pack is not None:
        rows = [{k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()} for row in quality.run(pack, names)]
        results.keep("quality", rows, "quality --pack PACK")
    text = page.written(results.all())
    if part in ("all", "write"):
        PAGE.write_text(text, encoding="utf-8")
        print(f"{PAGE.relative_to(ROOT)} written", file=sys.stderr)
    else:
        print(page.written({part: results.all()[part]}))


main()
