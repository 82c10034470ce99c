"""Kill two processes that post briefs at every step they write down, set their clocks wrong, and look at the channels.

    python -m tests.crash.briefs --kills 100 [--seed 1]

Real briefs go through the outbox to a Discord and a Slack on this machine, which drop some calls and refuse others for a
while. Slot after slot brings new documents; each must be told in each channel exactly once, in its own slot's brief, with
its story in the thread of that brief exactly once. Nothing missing, nothing double.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from pathlib import Path

import click

from bot.documents.sentences import split_sentences
from bot.domain import EVERYONE, DocumentDraft, SourceKind
from bot.library.brief_store import BriefWish, brief_key
from bot.library.sql_brief_store import SqlBriefStore
from bot.library.sql_store import SqlStore
from bot.library.store import Membership
from bot.schedule.calendar import Intent, occurrences
from bot.schedule.due import Wish
from bot.schedule.sql_due_table import SqlDueTable
from tests.protocol.discord_server import DiscordServer
from tests.protocol.slack_server import SlackServer

ROOT = Path(__file__).parents[2]
ZONE = "Europe/Vienna"
BEGAN = datetime(2027, 3, 27, 12, tzinfo=UTC)  # the night after, 02:30 is in a gap
TIMES = tuple(wall(hour, 30) for hour in range(2, 24, 4))
SPEED = 15.0  # seconds of the processes' clock in one of ours: a lease must outlast a call, which takes real time
CHANNELS = 8  # on each platform: a death leaves work to the others, so that few wait for a lease
DOCUMENTS = 2  # a slot
PATIENCE_S = 330.0
CLOCK_LEAPS_S = 45.0  # of a slot: after a leap nothing doubtful is sent anew for a while, and it must come to that
FAULTS = ("drop before", "drop after", "503", "429")  # after 500 discord.py waits by the machine's own clock
STEPS = (
    "SqlDueTable.settle", "SqlBriefStore.keep", "SqlBriefStore.owed", "SqlDueTable.end", "SqlDeliveryStore.claim",
    "discord send", "slack send", "SqlDeliveryStore.sent", "SqlBriefStore.settle",
)  # fmt: skip


@dataclass
class Outcome:
    """What was seen from outside."""

    slots: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    clock_changes: int = 0
    faults: int = 0
    told: int = 0  # stories, in all channels
    failures: list[str] = field(default_factory=list)

    def died(self, step: str) -> None:
        self.kills[step] += 1
        if self.kills.total() % 25 == 0:
            click.echo(f"{self.kills.total()} kills, {self.slots} slots, {self.faults} faults so far", err=True)


class _Clock:
    """The right time, and the file in which the processes read theirs."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.file = folder, folder / "clock"
        self._began, self._at = BEGAN, time.time()
        self.show()

    def now(self) -> datetime:
        return self._began + timedelta(seconds=(time.time() - self._at) * SPEED)

    def seconds(self) -> float:
        return self.now().timestamp()

    def forward_to(self, at: datetime) -> None:
        self._began, self._at = max(at, self.now()), time.time()
        self.show()

    def show(self, wrong_by: timedelta = timedelta()) -> None:
        beside = self._folder / "clock.new"
        beside.write_text(f"{(self._began + wrong_by).isoformat()} {self._at} {SPEED}")
        beside.replace(self.file)


class _Workers:
    """Two processes, each of which dies at a step of its own and is started anew."""

    def __init__(self, command: list[str], steps: Iterator[tuple[str, str, int]], outcome: Outcome) -> None:
        self._command, self._steps, self._outcome = command, steps, outcome
        self._tasks: list[asyncio.Task[None]] = []
        self._parents: list[asyncio.subprocess.Process] = []
        self.ready = asyncio.Event()

    async def start(self) -> None:
        for _ in range(2):
            parent = await asyncio.create_subprocess_exec(
                *self._command, cwd=ROOT, start_new_session=True,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            self._parents.append(parent)
            self._tasks.append(asyncio.create_task(self._live(parent)))

    async def _live(self, parent: asyncio.subprocess.Process) -> None:
        assert parent.stdin is not None
        assert parent.stdout is not None
        self._beget(parent.stdin)
        async for line in parent.stdout:
            told = line.decode().strip()
            if told == "ready":
                self.ready.set()
            elif told.startswith("died "):
                self._outcome.died(told.removeprefix("died "))
            elif told == "ended -9":
                self._beget(parent.stdin)
            else:
                self._outcome.failures.append(f"a process ended by itself: {told}")

    def _beget(self, parent: asyncio.StreamWriter) -> None:
        step, when, times = next(self._steps)
        parent.write(f"{step} {when} {times}\n".encode())

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for parent in self._parents:
            with suppress(ProcessLookupError):
                os.killpg(parent.pid, signal.SIGKILL)
            await parent.wait()


def run(kills: int, seed: int = 1, minutes: float = 60.0) -> Outcome:
    """Kill so many times, or for so long, then look."""
    with tempfile.TemporaryDirectory(prefix="briefs-") as folder:
        return asyncio.run(_run(Path(folder), kills, random.Random(seed), time.monotonic() + 60 * minutes))


async def _run(folder: Path, kills: int, dice: random.Random, until: float) -> Outcome:
    outcome, clock = Outcome(), _Clock(folder)
    url = f"sqlite:///{folder / 'library.db'}"

    def fault(*call: str) -> str:
        if call[-1].endswith(("messages", "threads", "chat.postMessage")) and dice.random() < 0.04:
            outcome.faults += 1
            return dice.choice(FAULTS)
        return ""

    async with (
        DiscordServer(faults=fault, now=clock.seconds) as discord,
        SlackServer(faults=fault, now=clock.seconds) as slack,
        await SqlStore.open(url, busy_timeout_s=20) as store,
    ):
        guild = discord.add_guild()
        places = [("discord", guild, discord.add_channel(guild).id) for _ in range(CHANNELS)]
        places += [("slack", slack.team, slack.add_channel().id) for _ in range(CHANNELS)]
        intent = Intent(ZONE, TIMES, created_at=BEGAN)
        table, briefs = SqlDueTable(store.transactions), SqlBriefStore(store.transactions)
        for platform, workspace, channel in places:
            key = brief_key(platform, workspace, channel)
            await briefs.put_wish(BriefWish(key, platform, workspace, channel, language="en"))
            await table.put(Wish(key, intent, platform, workspace, channel), zone_data="", now=BEGAN)
        await _add_documents(store, 0, BEGAN)
        command = [sys.executable, "-m", "tests.crash.briefs_worker", url, str(clock.file), discord.api, slack.api]
        every_step = itertools.cycle(itertools.product(STEPS, ("before", "after")))
        workers = _Workers(command, ((*next(every_step), dice.randint(1, 3)) for _ in itertools.count()), outcome)
        await workers.start()
        await asyncio.wait_for(workers.ready.wait(), 60)
        try:
            for number, slot in enumerate(occurrences(intent, BEGAN, BEGAN + timedelta(days=400))):
                outcome.slots += 1
                clock.forward_to(slot.at)
                patient_until = time.monotonic() + PATIENCE_S
                clock_settles_at = time.monotonic() + CLOCK_LEAPS_S
                while missing := [place for place in places if not _complete(discord, slack, place, number)]:
                    if time.monotonic() > patient_until or outcome.failures:
                        outcome.failures.append(f"slot {slot.key} is not complete in {missing}")
                        break
                    await asyncio.sleep(dice.uniform(0.05, 0.4))
                    if dice.random() < 0.04 and time.monotonic() < clock_settles_at:  # it is wrong for a moment
                        most = dice.choice((10, 10, 10, 100))
                        clock.show(dice.choice([-1, 1]) * timedelta(minutes=dice.randint(2, most)))
                        outcome.clock_changes += 1
                        await asyncio.sleep(dice.uniform(0.05, 0.5))
                        clock.show()
                if outcome.failures or outcome.kills.total() >= kills or time.monotonic() > until:
                    break
                await _add_documents(store, number + 1, clock.now())
            await asyncio.sleep(3.0)  # for what might come twice
        finally:
            await workers.stop()
        for place in places:
            _judge(discord, slack, place, outcome)
    return outcome


async def _add_documents(store: SqlStore, slot: int, seen_at: datetime) -> None:
    source = await store.ensure_source(SourceKind.FOLDER, "seeds", EVERYONE)
    for n in range(DOCUMENTS):
        name = title_of(slot, n)
        text = f"The report on {name} was published by the harbour office of Elm. It counts {slot + 2} ships of that kind."
        draft = DocumentDraft(text, split_sentences(text, "en"), title=name, outlet=f"Courier {n}", language="en")
        saved = await store.save_draft(source, f"{name}.txt", draft, text.encode(), seen_at=seen_at)
        await store.put_memberships([Membership(saved.document.id, saved.document.id, saved.document.id)])


def title_of(slot: int, number: int) -> str:
    return f"Vessel {slot:03}-{'AB'[number]}"


def _posts(discord: DiscordServer, slack: SlackServer, place: tuple[str, str, str]) -> list[tuple[str, list[str]]]:
    """The overviews of a channel, each with what stands in its thread."""
    platform, _, channel = place
    if platform == "slack":
        return [
            (str(one["blocks"]), [str(reply["blocks"]) for reply in slack.replies(channel, one["ts"])])
            for one in slack.messages(channel)
        ]
    found = []
    for one in discord.messages(channel):
        thread = discord.messages(one["id"]) if one["id"] in discord.channels else []
        found.append((str(one["embeds"]), [str(story["embeds"]) for story in thread]))
    return found


def _complete(discord: DiscordServer, slack: SlackServer, place: tuple[str, str, str], slot: int) -> bool:
    titles = [title_of(slot, n).replace("-", "-") for n in range(DOCUMENTS)]
    for overview, stories in _posts(discord, slack, place):
        if all(_names(overview, title) for title in titles):
            return all(any(_names(story, title) for story in stories) for title in titles)
    return False


def _names(text: str, title: str) -> bool:
    return title in text or title.replace("-", "\\\\-") in text


def _judge(discord: DiscordServer, slack: SlackServer, place: tuple[str, str, str], outcome: Outcome) -> None:
    posts = _posts(discord, slack, place)
    if len(posts) != outcome.slots:
        outcome.failures.append(f"{len(posts)} briefs for {outcome.slots} slots in {place}")
    for slot in range(outcome.slots):
        for n in range(DOCUMENTS):
            title = title_of(slot, n)
            overviews = [i for i, (overview, _) in enumerate(posts) if _names(overview, title)]
            threads = [i for i, (_, stories) in enumerate(posts) for story in stories if _names(story, title)]
            outcome.told += len(threads)
            if overviews != [slot] or threads != [slot]:
                outcome.failures.append(f"{title} in {place}: briefs {overviews}, threads {threads}")


@click.command()
@click.option("--kills", default=100, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--minutes", default=60.0, show_default=True, help="At most.")
def main(kills: int, seed: int, minutes: float) -> None:
    """Kill, set clocks wrong, and look."""
    outcome = run(kills, seed, minutes)
    for step, n in sorted(outcome.kills.items()):
        click.echo(f"  {n:4} died {step}")
    click.echo(
        f"{outcome.kills.total()} kills, {outcome.clock_changes} clock changes and {outcome.faults} faults in "
        f"{outcome.slots} slots of {2 * CHANNELS} channels: {outcome.told} stories told"
    )
    click.echo("\n".join(outcome.failures) or "nothing missing, nothing double")
    sys.exit(1 if outcome.failures else 0)


if __name__ == "__main__":
    main()
