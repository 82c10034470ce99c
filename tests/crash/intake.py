"""Kill the bot with SIGKILL at random moments while documents arrive; then prove that nothing was lost or doubled.

    python -m tests.crash.intake --kills 200 --documents 300

Judged from outside, through the command line: every document that was dropped is in exactly one state, searchable if it
was kept and with its reason if it failed; no receipt is broken.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

PLACES = ("Treva", "Ostmark", "Lindholm", "Karsow", "Belmar", "Veyra", "Norddeich", "Halmstad")


@dataclass
class Outcome:
    """What was found after the last start."""

    kills: int
    dropped: int
    failures: list[str] = field(default_factory=list)
    receipts: int = 0
    quotes: int = 0

    @property
    def ok(self) -> bool:
        return not self.failures


def token(number: int) -> str:
    """A word that stands in one document only, and that no stemmer shortens."""
    letters = "bdfgklmnprtv"
    return "q" + "".join(letters[(number // 12**i) % 12] + "aeiou"[(number + i) % 5] for i in range(5)) + "x"


def document(number: int, rng: random.Random) -> tuple[str, bytes]:
    """A small document of one of several kinds; every tenth cannot be read."""
    place = rng.choice(PLACES)
    text = (
        f"The council of {place} met on Monday. It counted {rng.randint(20, 90_000):,} visitors, the mayor said. "
        f"Its protocol is filed under {token(number)}. Nobody objected to the plan.\n"
    )
    if number % 10 == 9:
        return f"scan-{number:04}.txt", b"\x00\x01\x02\xff" * 64
    if number % 10 == 5:
        return f"page-{number:04}.html", f"<html><body><h1>News of {place}</h1><p>{text}</p></body></html>".encode()
    return f"note-{number:04}.{'md' if number % 3 == 0 else 'txt'}", text.encode()


def drop(seeds: Path, documents: Iterator[tuple[str, bytes]], many: int, rng: random.Random) -> None:
    """Drop the next documents, some by renaming, some written in place."""
    for name, raw in [one for _, one in zip(range(many), documents, strict=False)]:
        if rng.random() < 0.5:
            (seeds / f"{name}.part").write_bytes(raw)
            (seeds / f"{name}.part").rename(seeds / name)
        else:
            (seeds / name).write_bytes(raw)


def run(*, kills: int, documents: int, seed: int = 1, slowest_s: float = 2.5) -> Outcome:
    """Run, kill, start again; then look."""
    rng = random.Random(seed)
    all_documents = [document(number, rng) for number in range(documents)]
    with tempfile.TemporaryDirectory(prefix="verbatim-crash-") as folder:
        root = Path(folder)
        seeds = root / "seeds"
        seeds.mkdir()
        waiting = iter(all_documents)
        for kill in range(kills):
            process = start(root)
            # Spread the documents over the kills; the first ones are there before the first start.
            drop(seeds, waiting, documents * (kill + 1) // kills - documents * kill // kills, rng)
            time.sleep(rng.uniform(0.02, slowest_s))
            if rng.random() < 0.3:
                verbatim(root, "ask", f"Where is {token(rng.randrange(documents))} filed?", check=False)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        drop(seeds, waiting, documents, rng)
        verbatim(root, "run", "--once")
        return judge(root, all_documents, kills)


def start(root: Path) -> subprocess.Popen[bytes]:
    """The bot as a service, in a process group of its own; its reader child sees the end of its input and ends."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env=environment(root),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def environment(root: Path) -> dict[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("VERBATIM_")},
        "VERBATIM_DATA_DIR": str(root / "data"),
        "VERBATIM_SEEDS_DIR": str(root / "seeds"),
        "VERBATIM_LOG_LEVEL": "error",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


def verbatim(root: Path, *arguments: str, check: bool = True) -> str:
    """Run one command to its end; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments], env=environment(root), capture_output=True, text=True, check=False, timeout=300
    )
    if check and done.returncode not in (0, 3):
        raise AssertionError(f"{arguments}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def ask_and_prove(root: Path, questions: list[tuple[str, str]], outcome: Outcome) -> None:
    """Note in the outcome which document's own question does not find it first, and every receipt without a proof."""
    batch = root / "questions.jsonl"
    batch.write_text("\n".join(json.dumps({"question": question}) for _, question in questions), encoding="utf-8")
    answers = [json.loads(line) for line in verbatim(root, "ask", "--batch", str(batch)).splitlines()]
    for (name, question), answer in zip(questions, answers, strict=True):
        sources = [quote["document"] for quote in (*answer["quotes"], *answer["nearest"])]
        if sources[:1] != [name]:
            outcome.failures.append(f"{name}: not found by {question!r}: {sources[:2]}")
    verified = json.loads(verbatim(root, "verify", "--json"))
    outcome.receipts, outcome.quotes = verified["receipts"], verified["quotes"]
    outcome.failures += [f"receipt {one['receipt']}: {one['reason']}" for one in verified["broken"]]


def judge(root: Path, documents: list[tuple[str, bytes]], kills: int) -> Outcome:
    """Compare what was dropped with what the library says."""
    outcome = Outcome(kills, len(documents))
    listed = json.loads(verbatim(root, "documents", "--json", "--limit", "100000"))
    by_name: dict[str, list[dict[str, str]]] = {}
    for one in listed:
        by_name.setdefault(one["document"], []).append(one)
    questions = []
    for number, (name, _) in enumerate(documents):
        found = by_name.pop(name, [])
        if len(found) != 1:
            outcome.failures.append(f"{name}: {len(found)} documents")
        elif name.startswith("scan-") != (found[0]["state"] == "failed"):
            outcome.failures.append(f"{name}: is {found[0]['state']}")
        elif found[0]["state"] == "failed" and not found[0]["reason"]:
            outcome.failures.append(f"{name}: failed without a reason")
        elif found[0]["state"] == "kept":
            questions.append((name, f"What is filed under {token(number)}?"))
    outcome.failures += [f"{name}: was never dropped" for name in by_name]
    ask_and_prove(root, questions, outcome)
    return outcome


@click.command()
@click.option("--kills", default=200, show_default=True)
@click.option("--documents", default=300, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(kills: int, documents: int, seed: int) -> None:
    """Print what was found; exit 1 when anything was lost, doubled or broken."""
    began = time.monotonic()
    outcome = run(kills=kills, documents=documents, seed=seed)
    for failure in outcome.failures[:40]:
        click.echo(f"  {failure}")
    click.echo(
        f"{outcome.kills} kills, {outcome.dropped} documents, {outcome.receipts} receipts with {outcome.quotes} quotes: "
        f"{len(outcome.failures)} failures ({time.monotonic() - began:.0f} s)"
    )
    sys.exit(0 if outcome.ok else 1)


if __name__ == "__main__":
    main()
