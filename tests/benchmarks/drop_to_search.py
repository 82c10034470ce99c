"""How soon a dropped text is searchable and announced: python -m tests.benchmarks.drop_to_search [DROPS]

A session runs as a service; documents are dropped one after the other, each by renaming a complete file. Searchable:
another process that opens the index finds a word that stands in this document only. Announced: its card was printed.
"""

from __future__ import annotations

import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from bot.domain import TERMINAL
from bot.library.search_index import Asked, SearchIndex
from bot.library.search_terms import terms_of_text
from tests.crash.intake import token
from tests.flow.desk import Desk, desk_in

SEARCHABLE_S = 0.5
ANNOUNCED_S = 2.0
GIVE_UP_S = 30.0


def main(drops: int) -> None:
    with tempfile.TemporaryDirectory(prefix="verbatim-drop-", ignore_cleanup_errors=True) as folder:
        desk = desk_in(Path(folder))
        with subprocess.Popen(
            desk.command("run"), cwd=desk.root, env=desk.environment(), text=True, encoding="utf-8",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True,
        ) as service:  # fmt: skip
            lines: queue.Queue[tuple[float, str]] = queue.Queue()
            threading.Thread(target=_read, args=(service, lines), daemon=True).start()
            try:
                _wait_for(lines, "80,000 books")
                time.sleep(2)  # its reader child starts, which takes a processor
                searchable, announced = _measure(desk, lines, drops)
            finally:
                service.terminate()
    print(f"{drops} drops; median, worst, limit")
    for what, values, limit in (("searchable", searchable, SEARCHABLE_S), ("announced", announced, ANNOUNCED_S)):
        print(f"  {what:<11} {statistics.median(values):6.3f} s {max(values):6.3f} s  {limit} s")


def _measure(desk: Desk, lines: queue.Queue[tuple[float, str]], drops: int) -> tuple[list[float], list[float]]:
    [root] = (desk.root / "data").glob("index")
    index = SearchIndex(root)
    searchable, announced = [], []
    for number in range(drops):
        word = token(number)
        asked = [Asked(((terms_of_text(f"the {word}", "en")[0], 1.0),))]
        text = f"Protocol {number} of Lindholm\n\nThe protocol of the council is filed under {word} since Monday.\n"
        desk.drop(f"protocol-{number}.txt", text)
        dropped = time.monotonic()
        while not index.search(asked, TERMINAL):
            if time.monotonic() - dropped > GIVE_UP_S:
                sys.exit(f"protocol-{number}.txt is not found")
            time.sleep(0.002)
            index.reload()
        searchable.append(time.monotonic() - dropped)
        announced.append(_wait_for(lines, f"protocol-{number}.txt") - dropped)
        time.sleep(0.3)
    index.close()
    return searchable, announced


def _read(service: subprocess.Popen[str], lines: queue.Queue[tuple[float, str]]) -> None:
    for line in service.stdout or ():
        lines.put((time.monotonic(), line))


def _wait_for(lines: queue.Queue[tuple[float, str]], text: str) -> float:
    """When a line with this text was printed."""
    while True:
        at, line = lines.get(timeout=GIVE_UP_S)
        if text in line:
            return at


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
