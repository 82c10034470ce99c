"""A loop that does nothing but wake up again and again until its input ends; then it prints by how much each was late."""

from __future__ import annotations

import asyncio
import json
import sys
import time

WAKE_S = 0.005


async def main() -> None:
    late: list[float] = []
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print("ready", flush=True)
    while not ended.done():
        began = time.perf_counter()
        await asyncio.sleep(WAKE_S)
        late.append(time.perf_counter() - began - WAKE_S)
    print(json.dumps(late))


if __name__ == "__main__":
    asyncio.run(main())
