"""Learn the weights of the ranking from a pack of the kind `qa`, and say on folds how good they are.

    python -m tests.eval.train_ranker PACK_DIR [--dictionary FILE] [--write]

A linear model over the signals, fitted by the likelihood that the sentence drawn from a question's candidates is a right
one (listwise softmax) with a penalty on large weights. Every fold is measured by weights that never saw its articles; `--write` then fits
on all folds and writes `bot/answers/ranking.json`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
import numpy as np

from bot.answers.evidence import partners, supported
from bot.answers.question import analyse_question
from bot.answers.ranking import DATA
from bot.answers.signals import NAMES
from bot.domain import TERMINAL
from tests.eval.qa import SETTINGS, lines_of, questions_of
from tests.eval.shelves import Text, dictionary, library_of

ROUNDS, STEP, PENALTY = 120, 0.05, 5e-2
ACROSS = ("de>en", "en>de", "mix")
TRAINED_ON = ("en", "de", "de>en", "en>de")


@dataclass
class Case:
    """One question: its candidates' signals and which of them hold the answer."""

    setting: str
    fold: int
    signals: np.ndarray
    right: np.ndarray
    partners: list[list[int]]  # of each candidate: the same place in copies of its report


def cases(pack: Path, settings: Collection[str] = tuple(SETTINGS)) -> Iterator[Case]:
    """Every answerable question of some settings of the pack with the candidates that the engine finds."""
    documents = lines_of(pack / "docs.jsonl")
    by_id = {d["id"]: d for d in documents}
    questions = lines_of(pack / "questions.jsonl")
    for corpus in dict.fromkeys(SETTINGS[setting][1] for setting in settings):
        texts = [
            Text(d["id"], d["text"], d["lang"], d.get("title", "")) for d in documents if corpus in (None, d["lang"])
        ]
        with library_of(texts, group=corpus is None) as room:
            for setting in (s for s in settings if SETTINGS[s][1] == corpus):
                for question in questions_of(setting, questions):
                    if question["kind"] == "answerable":
                        yield _case(room.answerer, setting, question, by_id)


def _case(answerer: Any, setting: str, question: dict[str, Any], documents: dict[str, Any]) -> Case:
    analysed = analyse_question(question["question"], today=date(2026, 1, 1))
    evidence = answerer.gather(analysed, TERMINAL)
    found = evidence.candidates
    corpus = SETTINGS[setting][1]
    gold = {g["doc"]: g["answers"] for lang, gs in question["gold"].items() if corpus in (None, lang) for g in gs}
    right = [
        any(c.start <= a and b <= c.end for a, b in gold.get(c.version.document_name, ()))
        and _is_valid(documents[c.version.document_name], c.start, c.end)
        for c in found
    ]
    signals = np.array([c.signals for c in found]).reshape(len(found), len(NAMES))
    return Case(setting, question["fold"], signals, np.array(right, dtype=float), partners(found, evidence.memberships))


def _is_valid(document: dict[str, Any], start: int, end: int, slack: int = 25) -> bool:
    """As the pack's scorer: at most 400 characters, at most one of its sentences."""
    return end - start <= 400 and not any(start + slack < b < end - slack for b, _ in document["sents"])


def fit(data: list[Case]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(means, scales, weights of the scaled signals)."""
    data = [case for case in data if case.right.any() and len(case.right) > 1]
    everything = np.concatenate([case.signals for case in data])
    mean, scale = everything.mean(0), everything.std(0) + 1e-6
    most = max(len(case.right) for case in data)
    x = np.zeros((len(data), most, len(NAMES)))
    y = np.zeros((len(data), most))
    mask = np.full((len(data), most), -1e9)
    for i, case in enumerate(data):
        n = len(case.right)
        x[i, :n], y[i, :n], mask[i, :n] = (case.signals - mean) / scale, case.right, 0
    flat = x.reshape(-1, len(NAMES))
    weights = np.zeros(len(NAMES))
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for t in range(1, ROUNDS + 1):
        scores = (flat @ weights).reshape(mask.shape) + mask
        scores -= scores.max(1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(1, keepdims=True)
        among_right = chances * y
        among_right /= among_right.sum(1, keepdims=True) + 1e-12
        gradient = flat.T @ (chances - among_right).reshape(-1) / len(data) + PENALTY * weights
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        weights -= STEP * (first / (1 - 0.9**t)) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8)
    return mean, scale, weights


def hits(data: list[Case], weights: np.ndarray) -> tuple[int, int, int]:
    """(first right, right among three, cases) under weights of the unscaled signals."""
    first = three = 0
    for case in data:
        if not len(case.right):
            continue
        scores = supported(list(case.signals @ weights), case.partners)
        order = np.argsort(-np.array(scores), kind="stable")
        rank = next((n for n, i in enumerate(order) if case.right[i]), 99)
        first += rank == 0
        three += rank < 3
    return first, three, len(data)


@click.command()
@click.argument("pack", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--write", is_flag=True, help="Fit on all folds and write the weights.")
@click.option(
    "--dictionary",
    "ding",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also say how good questions across languages are with this dictionary in ding's format.",
)
def main(pack: Path, ding: Path | None, *, write: bool) -> None:
    """Print hit@1 and hit@3 on held-out folds for every setting. The weights are learnt with our own word list alone."""
    data = list(cases(pack))
    measured = {setting: [c for c in data if c.setting == setting] for setting in SETTINGS}
    if ding is not None:
        with dictionary(ding):
            larger = list(cases(pack, ACROSS))
        measured |= {f"{setting} +": [c for c in larger if c.setting == setting] for setting in ACROSS}
    totals = {name: np.zeros(3, dtype=int) for name in measured}
    for fold in sorted({case.fold for case in data}):
        _, scale, weights = fit([c for c in data if c.fold != fold and c.setting in TRAINED_ON])
        for name, some in measured.items():
            totals[name] += np.array(hits([c for c in some if c.fold == fold], weights / scale))
    for name, (first, three, all_) in totals.items():
        click.echo(f"{name:8} held out: hit@1 {first / all_:.3f}  hit@3 {three / all_:.3f}  ({all_} questions)")
    if write:
        _, scale, weights = fit([c for c in data if c.setting in TRAINED_ON])
        stated = {name: round(float(w), 4) for name, w in zip(NAMES, weights / scale, strict=True)}
        DATA.write_text(json.dumps({"weights": stated}, indent=1) + "\n", encoding="utf-8")
        click.echo(f"{DATA.name} written")


if __name__ == "__main__":
    main()
