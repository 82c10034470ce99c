"""The sign of life: a file whose time a running bot renews, so that a probe needs no port and no database."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAME = "heartbeat"
EVERY_S = 10.0


def age_s(data_dir: Path) -> float | None:
    """Seconds since the last sign of life; None when there never was one."""
    try:
        return max(0.0, time.time() - (data_dir / NAME).stat().st_mtime)
    except OSError:
        return None


async def beat(data_dir: Path, stop: asyncio.Event) -> None:
    """Give a sign of life until `stop`; then take it away, so that a stopped bot is not taken for a running one."""
    path = data_dir / NAME
    while not stop.is_set():
        with contextlib.suppress(OSError):  # a full disk must not end the bot; the probe sees the old time
            path.touch()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_S)
    with contextlib.suppress(OSError):
        path.unlink()
