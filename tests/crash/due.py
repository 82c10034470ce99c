"""Kill two processes that tick over one due-table, and set their clock back and forward; prove that each slot came once.

    python -m tests.crash.due --kills 100

Slot after slot comes due in many channels while processes die with SIGKILL at random moments. A slot has come when its
delivery is owed; in the end every channel is owed exactly what its wish says: nothing missing, nothing more.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time as clock
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import click

from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.schedule.calendar import Intent, occurrences
from bot.schedule.due import Wish
from bot.schedule.sql_due_table import SqlDueTable

ZONE = "Europe/Vienna"
BEGAN = datetime(2027, 3, 27, 12, tzinfo=UTC)  # the night after, 02:30 is in a gap
TIMES = tuple(time(hour, 30) for hour in range(2, 24, 4))
LEASE = timedelta(seconds=61)
PATIENCE_S = 60.0


@dataclass
class Outcome:
    """What was seen from outside."""

    slots: int = 0
    kills: int = 0
    clock_changes: int = 0
    owed: int = 0
    failures: list[str] = field(default_factory=list)


def run(kills: int, channels: int = 20, seed: int = 1) -> Outcome:
    """Kill so many times, then look."""
    with tempfile.TemporaryDirectory(prefix="due-") as folder:
        return asyncio.run(_run(Path(folder), kills, channels, random.Random(seed)))


class _Workers:
    """Two processes by one clock."""

    def __init__(self, url: str, clock_file: Path) -> None:
        self._command = [sys.executable, "-m", "tests.crash.due_worker", url, str(clock_file)]
        self._ready: set[int] = set()  # process ids
        self._alive = [self._start(), self._start()]

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE)

    def wait_until_ready(self) -> None:
        for one in self._alive:
            assert one.stdout is not None
            if one.pid not in self._ready:
                one.stdout.readline()
                self._ready.add(one.pid)

    def kill(self, number: int) -> None:
        one = self._alive[number]
        os.kill(one.pid, signal.SIGKILL)
        one.wait()
        assert one.stdout is not None
        one.stdout.close()
        self._alive[number] = self._start()

    def stop(self) -> None:
        for one in self._alive:
            one.kill()
            one.wait()
            assert one.stdout is not None
            one.stdout.close()


async def _run(folder: Path, kills: int, channels: int, dice: random.Random) -> Outcome:
    outcome = Outcome()
    clock_file, url = folder / "clock", f"sqlite:///{folder / 'library.db'}"

    def set_clock(now: datetime) -> None:
        beside = folder / "clock.new"
        beside.write_text(now.isoformat())
        beside.replace(clock_file)

    intent = Intent(ZONE, TIMES, created_at=BEGAN)
    set_clock(BEGAN)
    async with await SqlStore.open(url, busy_timeout_s=20) as store:
        outbox, table = SqlDeliveryStore(store.transactions), SqlDueTable(store.transactions)
        for number in range(channels):
            await table.put(Wish(f"brief:{number}", intent, "discord", "w", str(number)), zone_data="", now=BEGAN)
        workers = _Workers(url, clock_file)
        workers.wait_until_ready()
        try:
            for slot in occurrences(intent, BEGAN, BEGAN + timedelta(days=400)):
                outcome.slots += 1
                now = slot.at
                set_clock(now)
                for _ in range(dice.randint(1, 3)):
                    await asyncio.sleep(dice.uniform(0, 0.25))
                    workers.kill(dice.randrange(2))
                    outcome.kills += 1
                    if dice.random() < 0.4:  # the clock of the machine is wrong for a moment
                        set_clock(now + dice.choice([-1, 1]) * timedelta(minutes=dice.randint(5, 100)))
                        outcome.clock_changes += 1
                        await asyncio.sleep(dice.uniform(0, 0.1))
                    now += LEASE  # what the dead one held is free again
                    set_clock(now)
                    if dice.random() < 0.7:
                        workers.wait_until_ready()
                keys = {f"brief:{number}:{slot.key}" for number in range(channels)}
                patient_until = clock.monotonic() + PATIENCE_S
                while missing := {key for key in keys if await outbox.delivery(key) is None}:
                    if clock.monotonic() > patient_until:
                        outcome.failures.append(f"missing: {sorted(missing)}")
                        break
                    now += LEASE
                    set_clock(now)
                    await asyncio.sleep(0.2)
                if outcome.kills >= kills or outcome.failures:
                    break
        finally:
            workers.stop()
        owed = await outbox.unsettled("discord", limit=1_000_000)
        outcome.owed = len(owed)
        if outcome.owed != outcome.slots * channels:
            outcome.failures.append(f"{outcome.owed} deliveries for {outcome.slots} slots in {channels} channels")
    return outcome


@click.command()
@click.option("--kills", default=100, show_default=True)
@click.option("--channels", default=20, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(kills: int, channels: int, seed: int) -> None:
    """Kill, set clocks, and look."""
    outcome = run(kills, channels, seed)
    click.echo(
        f"{outcome.kills} kills and {outcome.clock_changes} clock changes in {outcome.slots} slots of {channels} "
        f"channels: {outcome.owed} deliveries owed"
    )
    click.echo("\n".join(outcome.failures) or "nothing missing, nothing double")
    sys.exit(1 if outcome.failures else 0)


if __name__ == "__main__":
    main()
