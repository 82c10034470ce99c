"""Read thousands of random and damaged files through the reader child, and count what became of them.

    python -m tests.fuzz.readers --count 10000 [--seed 1]

Every file must end as read or as refused with a known reason; a crash or a timeout of the child is counted and makes the
command fail. The last lines state the highest memory of a child.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

from bot.documents.child import ReaderChild
from bot.documents.refusals import REASONS
from bot.errors import Unreadable
from tests.fuzz import samples

ENDINGS = ("txt", "md", "html", "pdf", "docx", "eml", "json", "xml", "bin", "")
OPENINGS = (
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"<html>",
    b"<?xml version='1.0'?>",
    b'{"body": ',
    b"From: a@b\nMIME-Version: 1.0\n",
    b"\xff\xfe",
)


def damaged_files(count: int, seed: int) -> Iterator[tuple[str, str, bytes]]:
    """(sort, name, bytes), the same ones for the same seed."""
    chance = random.Random(seed)
    whole = list(samples.all_formats().items())
    for number in range(count):
        name, raw = chance.choice(whole)
        sort = ("random bytes", "cut off", "bytes changed", "piece lost", "two mixed", "random behind an opening")[
            number % 6
        ]
        at = chance.randrange(1, len(raw))
        if sort == "random bytes":
            name, raw = f"r.{chance.choice(ENDINGS)}", chance.randbytes(int(2 ** chance.uniform(0, 16)))
        elif sort == "cut off":
            raw = raw[:at]
        elif sort == "bytes changed":
            changed = bytearray(raw)
            for _ in range(chance.randint(1, 30)):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            raw = bytes(changed)
        elif sort == "piece lost":
            raw = raw[:at] + raw[min(len(raw), at + chance.randint(1, 400)) :]
        elif sort == "two mixed":
            other = chance.choice(whole)[1]
            raw = raw[:at] + other[chance.randrange(len(other)) :]
        else:
            name, raw = (
                f"o.{chance.choice(ENDINGS)}",
                chance.choice(OPENINGS) + chance.randbytes(chance.randint(1, 5_000)),
            )
        yield sort, name, raw


async def count_outcomes(count: int, seed: int) -> dict[str, Counter[str]]:
    """What became of the files, by sort: "read" or the code of the refusal."""
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    async with ReaderChild(children=2) as reader:
        waiting = damaged_files(count, seed)

        async def work() -> None:
            for sort, name, raw in waiting:
                try:
                    await reader.read(raw, name=name)
                    outcome = "read"
                except Unreadable as refusal:
                    outcome = refusal.code
                    if outcome in ("reader-crashed", "reader-timeout") or outcome not in REASONS:
                        print(f"{sort}, {name}, {len(raw)} bytes: {refusal.code}: {refusal.log}", file=sys.stderr)
                outcomes[sort][outcome] += 1

        await asyncio.gather(work(), work())
    return outcomes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    outcomes = asyncio.run(count_outcomes(options.count, options.seed))
    total: Counter[str] = Counter()
    for sort, counts in outcomes.items():
        total += counts
        print(f"{sort:26} {counts.total():6}   read {counts['read']:6}   {_refusals(counts)}")
    print(f"{'all':26} {total.total():6}   read {total['read']:6}   {_refusals(total)}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"highest memory of a child: {peak} MiB; {time.monotonic() - began:.0f} s")
    return 1 if total["reader-crashed"] or total["reader-timeout"] or set(total) - set(REASONS) - {"read"} else 0


def _refusals(counts: Counter[str]) -> str:
    return ", ".join(f"{code} {n}" for code, n in counts.most_common() if code != "read")


if __name__ == "__main__":
    sys.exit(main())
