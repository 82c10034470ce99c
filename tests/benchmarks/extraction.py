"""How long a web page takes to become a document, beside trafilatura's fast mode in the same run.

    python -m tests.benchmarks.extraction PACK [--rounds 2]

PACK is a folder with `html/*.html.gz`. Each page is read by every way in turn, so that whatever else the machine does
hits all of them alike; the time is that of the processor. Ours is the whole way from bytes to the draft: text, cleaning,
title, names, date with its check, language, sentences.
"""

from __future__ import annotations

import argparse
import gzip
import logging
import time
from collections.abc import Callable
from pathlib import Path

from bot.documents.reading import read_document
from bot.errors import Unreadable

Way = Callable[[bytes], object]


def ours(raw: bytes) -> object:
    try:
        return read_document(raw, name="page.html")
    except Unreadable as refusal:
        return refusal


def trafilatura_text(raw: bytes) -> object:
    from trafilatura import extract

    return extract(raw, fast=True)


def trafilatura_with_metadata(raw: bytes) -> object:
    from trafilatura import bare_extraction

    return bare_extraction(raw, fast=True, with_metadata=True)


WAYS: dict[str, Way] = {
    "ours, bytes to draft": ours,
    "trafilatura fast, text only": trafilatura_text,
    "trafilatura fast, with metadata": trafilatura_with_metadata,
}


def measure(pages: list[bytes], rounds: int) -> dict[str, float]:
    """Seconds of processor time per way, for all pages, the best of the rounds."""
    logging.disable(logging.CRITICAL)  # trafilatura reports every page that it gives up
    for way in WAYS.values():
        for raw in pages[:5]:
            way(raw)
    best = dict.fromkeys(WAYS, float("inf"))
    for _ in range(rounds):
        spent = dict.fromkeys(WAYS, 0.0)
        for raw in pages:
            for name, way in WAYS.items():
                began = time.process_time()
                way(raw)
                spent[name] += time.process_time() - began
        best = {name: min(best[name], spent[name]) for name in WAYS}
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    pages = [gzip.decompress(path.read_bytes()) for path in sorted((options.pack / "html").glob("*.html.gz"))]
    best = measure(pages, options.rounds)
    own = best["ours, bytes to draft"]
    for name, seconds in best.items():
        print(f"{name:34}{seconds / len(pages) * 1000:8.1f} ms a page   ours is {own / seconds:.2f} × this")


if __name__ == "__main__":
    main()
