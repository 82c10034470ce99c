"""A process that saves documents and tells about it, to be killed by a test.

    python -m tests.contract.save_and_tell ADDRESS WRITER COUNT

Before each save it prints the document's name, after it `done` and the name.
"""

from __future__ import annotations

import asyncio
import itertools
import sys

from bot.library.opening import open_store
from bot.library.store import Arrival
from tests.contract.papers import NOON, bytes_of, file_of, folder, paper


def names(number: int, writer: str) -> list[str]:
    """The documents of one save: now one, now a batch."""
    return [f"{writer}-{number}-{part}.txt" for part in range(1 + 6 * (number % 2))]


async def main(address: str, writer: str, count: int) -> None:
    """Save `count` times, for ever when it is 0."""
    store = await open_store(address)
    source = await folder(store)
    for number in range(count) if count else itertools.count():
        drafts = {name: paper(f"{name} says so. " * 200) for name in names(number, writer)}
        print(number, flush=True)
        await store.save_drafts(
            [Arrival(source, name, one, bytes_of(one), NOON, file_of(name, one)) for name, one in drafts.items()]
        )
        print("done", number, flush=True)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
