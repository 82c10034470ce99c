"""Poll a fake web of feeds through simulated days, then compare the library with what that web remembers.

    python -m tests.simulation.polling --feeds 1000 --days 3

The real poller, fetcher, reader child and SQLite library; HTTP on loopback, which the fetcher may enter by its rules. Only
the clock and the names are made up: hosts keep their distances in simulated time. A fifth of all answers fails, in every
way of `fake_web`. The web is a process of its own and the witness: every item that stood in a sound answer has to be
exactly one document of its source, nothing else may be one, no host may have been asked too soon.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot.documents.child import ReaderChild
from bot.domain import EVERYONE, DocumentState, Scope, SourceKind
from bot.library.source_store import Choices, OutcomeState
from bot.library.sql_source_store import SqlSourceStore
from bot.library.sql_store import SqlStore
from bot.polling.poller import Poller
from bot.polling.ports import Follows
from bot.polling.steps import AddressChange, Step
from bot.sources.fetcher import Fetcher, FetchRules
from bot.sources.host_pace import HostPace
from bot.sources.public_networks import read_networks
from tests.benchmarks.measuring import resident_mb
from tests.simulation.fake_web import DAY_S, FAULTS, START_S, Feed, Plan, SharedClock, make_feeds

ROOT = Path(__file__).parents[2]
_TOGETHER_S = 60.0  # what is due within this time is done in one step
_NUMBER = re.compile(r"file (\d+)")


@dataclass
class Clock:
    """The simulated time, seen by the web too. Who sleeps moves it; work takes none of it."""

    shared: SharedClock

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.shared(), UTC)

    def seconds(self) -> float:
        return self.shared()

    async def sleep(self, seconds: float) -> None:
        self.shared.move_to(self.shared() + seconds)
        await asyncio.sleep(0)


@dataclass
class Outcome:
    """What was done, and what was found wrong."""

    plan: Plan
    failures: list[str] = field(default_factory=list)
    published: int = 0
    shown: int = 0
    documents: int = 0
    held: int = 0
    totals: Counter[str] = field(default_factory=Counter)  # of all steps
    codes: Counter[str] = field(default_factory=Counter)  # of what was told about addresses
    states: Counter[str] = field(default_factory=Counter)  # of addresses in the end
    memory: list[tuple[float, float, float]] = field(default_factory=list)  # day, MB of the poller, MB of its reader
    web: dict[str, Any] = field(default_factory=dict)
    wall_s: float = 0.0
    worked_s: float = 0.0
    library_mb: float = 0.0

    @property
    def unchanged_share(self) -> float:
        return float(self.web["not_modified"] / max(1, self.web["unchanged"]))


class NoIndex:
    """An intake that has nothing to follow."""

    async def keep_up(self) -> None:
        return


class Web:
    """The process with the fake web."""

    def __init__(self, plan: Plan, clock: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.simulation.fake_web", json.dumps(asdict(plan)), str(clock)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def ask(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


async def _here(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@asynccontextmanager
async def _library(root: Path, *, whole: bool) -> AsyncIterator[tuple[SqlStore, SqlSourceStore, ReaderChild, Follows]]:
    """Store, sources, reader and what follows them: nothing, or the `whole` of index and stories."""
    if whole:
        from bot.app import open_app
        from bot.settings import load_settings

        env = {"VERBATIM_DATA_DIR": str(root / "data"), "VERBATIM_SEEDS_DIR": str(root / "seeds")}
        (root / "seeds").mkdir()
        async with open_app(load_settings(env=env, cwd=root)) as app:
            assert isinstance(app.store, SqlStore)
            yield app.store, SqlSourceStore(app.store.transactions), app.reader, app.intake
        return
    (root / "data").mkdir()
    async with await SqlStore.open(f"sqlite:///{root / 'data' / 'library.sqlite3'}") as store, ReaderChild() as reader:
        yield store, SqlSourceStore(store.transactions), reader, NoIndex()


async def run(plan: Plan, *, whole: bool = False, tell: bool = False) -> Outcome:
    """Poll through the days of the plan, bring what was begun to its end, and judge."""
    outcome = Outcome(plan)
    feeds = make_feeds(plan)
    outcome.published = sum(len(feed.items) for feed in feeds)
    with tempfile.TemporaryDirectory(prefix="verbatim-days-") as folder:
        root = Path(folder)
        clock = Clock(SharedClock(root / "clock", START_S))
        web = Web(plan, root / "clock")
        rules = FetchRules(
            allowed_networks=read_networks("127.0.0.0/8"), allowed_ports=frozenset({web.port}), resolver=_here
        )
        pace = HostPace(distance_s=plan.distance_s, now=clock.seconds, sleep=clock.sleep)
        fetcher = Fetcher(rules, pace, wall_clock=clock)
        try:
            async with _library(root, whole=whole) as (store, sources, reader, intake):
                for feed in feeds:
                    address = f"http://{feed.host}:{web.port}/feed/{feed.number}"
                    await sources.add(SourceKind.FEED, address, EVERYONE, Choices(), now=clock())
                poller = Poller(sources, fetcher, reader, intake, now=clock, sleep=clock.sleep)
                began, worked = time.monotonic(), _worked_s()
                await _days(poller, clock, outcome, tell=tell)
                await asyncio.to_thread(web.ask, "/calm")
                outcome.wall_s, outcome.worked_s = time.monotonic() - began, _worked_s() - worked
                await _to_the_end(poller, sources, clock, outcome)
                outcome.web = await asyncio.to_thread(web.ask, "/end")
                await _judge(store, sources, feeds, outcome)
            outcome.library_mb = sum(one.stat().st_size for one in (root / "data").rglob("*") if one.is_file()) / 1e6
        finally:
            await fetcher.close()
            web.end()
    return outcome


async def _days(poller: Poller, clock: Clock, outcome: Outcome, *, tell: bool) -> None:
    end_s = START_S + outcome.plan.days * DAY_S
    look_s, last = START_S, time.monotonic()
    while clock.seconds() < end_s:
        step = await poller.step()
        _count(step, outcome)
        if clock.seconds() >= look_s:
            outcome.memory.append(((clock.seconds() - START_S) / DAY_S, resident_mb()[0], _children_mb()))
            look_s = clock.seconds() + DAY_S / 8
        if tell and time.monotonic() - last > 20:
            last = time.monotonic()
            day, mb, child_mb = (clock.seconds() - START_S) / DAY_S, resident_mb()[0], _children_mb()
            click.echo(f"day {day:.2f}: {outcome.totals['checks']} checks, {outcome.totals['readings']} items read, "
                       f"{mb:.0f} + {child_mb:.0f} MB", err=True)  # fmt: skip
        due_s = end_s if step.next_due is None else step.next_due.timestamp()
        clock.shared.move_to(min(end_s, max(due_s, clock.seconds() + _TOGETHER_S)))
    outcome.memory.append((outcome.plan.days, resident_mb()[0], _children_mb()))


async def _to_the_end(poller: Poller, sources: SqlSourceStore, clock: Clock, outcome: Outcome) -> None:
    """Let a person release what is held, and read what waits."""
    followed = await sources.followings()
    counts = await sources.counts([one.id for one in followed])
    for key, count in counts.items():
        if held := count.by_state.get(OutcomeState.HELD, 0):
            outcome.held += held
            await sources.release(key, now=clock())
    for _ in range(20):
        _count(await poller.step(), outcome)
        counts = await sources.counts([one.id for one in followed])
        if not any(count.by_state.get(OutcomeState.WAITING) for count in counts.values()):
            return
        await clock.sleep(900)
    outcome.failures.append("there are items that nobody reads")


def _count(step: Step, outcome: Outcome) -> None:
    for name in ("checks", "not_modified", "unchanged", "changed", "failed", "lost", "found", "baseline", "held",
                 "readings", "postponed", "articles", "bytes_received"):  # fmt: skip
        outcome.totals[name] += getattr(step, name)
    outcome.totals["steps"] += 1
    for news in step.addresses:
        outcome.codes[f"{news.change} {news.code}".strip()] += 1
        if news.change in (AddressChange.FAILING, AddressChange.RESTING, AddressChange.HELD) and not news.reason:
            outcome.failures.append(f"{news.watched.address}: {news.code} without a reason")


async def _judge(store: SqlStore, sources: SqlSourceStore, feeds: list[Feed], outcome: Outcome) -> None:
    """Compare what was shown with the documents."""
    followed = await sources.followings()
    number_of = {one.id: int(one.address.rpartition("/")[2]) for one in followed}
    outcome.states = Counter(str(one.watched.health.state) for one in followed)
    shown, maybe = set(outcome.web["shown"]), set(outcome.web["maybe"])
    published = {item.number: feed.number for feed in feeds for item in feed.items}
    documents: Counter[int] = Counter()
    names: dict[int, list[str]] = defaultdict(list)
    limit = await store.document_count(Scope("judge"))
    for one in await store.documents(Scope("judge"), limit=limit + 1):
        outcome.documents += 1
        found = _NUMBER.search(one.version.title) if one.version is not None else None
        number = int(found[1]) if found else -1
        documents[number] += 1
        names[number].append(one.name)
        if one.state is not DocumentState.KEPT:
            outcome.failures.append(f"{one.name}: is {one.state}: {one.reason}")
        elif published.get(number) != number_of[one.source_id]:
            outcome.failures.append(f"{one.name}: item {number} was not published there")
        elif number not in shown | maybe:
            outcome.failures.append(f"{one.name}: item {number} was never shown")
    outcome.shown = len(shown)
    outcome.failures += [f"item {n} of feed {published[n]} was lost" for n in sorted(shown - set(documents))]
    outcome.failures += [f"item {n}: {count} documents" for n, count in documents.items() if count > 1]
    for name in [name for n, count in documents.items() if count > 1 for name in names[n]]:
        for story in await sources.why(Scope("judge"), [name]):
            lines = [f"{line.at:%d %H:%M} {line.stage} {line.code} {line.detail}" for line in story.trail]
            outcome.failures.append(f"  {name}: guid {story.guid}, link {story.link}: {'; '.join(lines)}")
    if outcome.web["too_close"]:
        outcome.failures.append(f"{outcome.web['too_close']} requests came too soon for their host")
    if outcome.unchanged_share < 0.95:
        outcome.failures.append(f"only {outcome.unchanged_share:.1%} of requests to unchanged feeds ended in 304")


def _worked_s() -> float:
    """Of this process and its reader, while that lives."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _children_mb() -> float:
    """Memory of this process's living children but the web: the reader."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text("ascii")
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        if int(fields["PPid"]) == os.getpid() and b"fake_web" not in command and "VmRSS" in fields:
            total += int(fields["VmRSS"].split()[0])
    return total / 1000


@click.command(help=__doc__)
@click.option("--feeds", default=1000, show_default=True)
@click.option("--days", default=3.0, show_default=True)
@click.option("--faults", default=0.2, show_default=True, help="Share of the answers that fail.")
@click.option("--seed", default=1, show_default=True)
@click.option("--whole", is_flag=True, help="Index and group the documents too, as the running bot does.")
def main(feeds: int, days: float, faults: float, seed: int, whole: bool) -> None:
    outcome = asyncio.run(run(Plan(feeds, days, faults, seed), whole=whole, tell=True))
    totals, web = outcome.totals, outcome.web
    for failure in outcome.failures[:40]:
        click.echo(f"  {failure}")
    by_day: dict[int, tuple[float, float, float]] = {}
    for one in outcome.memory:
        by_day.setdefault(int(one[0] + 1e-6), one)
    click.echo(
        f"{feeds} feeds, {days:g} days, {faults:.0%} faults of {len(FAULTS)} kinds: {outcome.published} items published, "
        f"{outcome.shown} seen by us, {outcome.documents} documents, {outcome.held} held until released\n"
        f"{totals['checks']} checks in {totals['steps']} steps: {totals['changed']} changed, {totals['failed']} failed, "
        f"{totals['lost']} claims lost; {totals['readings']} items read, {totals['articles']} articles asked for\n"
        f"requests: {web['requests']}, {web['too_close']} too soon for their host; to feeds {web['feed_requests']}, of them "
        f"{sum(web['faults'].values())} with a fault; to unchanged feeds {web['unchanged']}, {outcome.unchanged_share:.2%} of "
        f"them 304 ({web['cannot_tell']} more to feeds that have no validators)\n"
        f"addresses in the end: {_said(outcome.states)}\n"
        f"told: {_said(outcome.codes)}\n"
        f"memory, MB (poller + reader child): "
        + ", ".join(f"day {day:.1f}: {mb:.0f} + {child:.0f}" for day, mb, child in by_day.values())
        + f"\nlibrary: {outcome.library_mb:.0f} MB\n"
        f"{outcome.wall_s:.0f} s, {totals['checks'] / outcome.wall_s:.1f} feeds a second; "
        f"{outcome.worked_s:.0f} s of processor time of the poller, {totals['checks'] / outcome.worked_s:.1f} feeds a second "
        f"of it; {len(outcome.failures)} failures"
    )
    sys.exit(bool(outcome.failures))


def _said(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


if __name__ == "__main__":
    main()
