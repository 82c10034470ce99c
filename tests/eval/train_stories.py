"""Learn when two headlines tell one story from a pack of the kind `stories`, and say on folds how good that is.

    python -m tests.eval.train_stories PACK_DIR [--write]

A logistic model over the signals of `bot/stories/headlines.py`, fitted on pairs of German and English headlines of which
the later one might have joined the earlier. Every fold of stories is measured by weights that never saw it, among all
headlines, put into stories in their order; `--write` then fits on all folds and writes `bot/stories/headlines.json`.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import numpy as np

from bot.stories.fingerprints import Fingerprint, fingerprint
from bot.stories.grouping import HINTED, JOINS, SMALL, story_chance
from bot.stories.headlines import DATA, NAMES, signals
from tests.versions import version_of

FOLDS = 5
NEIGHBOURS = 40
LATEST = 400  # headlines with a sense that are looked at
LANGUAGES = ("de", "en")
PENALTY, ROUNDS = 1.0, 12
DIGITS = 3


@dataclass
class Pair:
    """A headline and an earlier one that shares something with it."""

    later: int
    earlier: int
    signals: tuple[float, ...]


def pairs_of(items: list[dict[str, Any]]) -> list[Pair]:
    """Each headline with those of its neighbours that count, as they would be found when it arrives."""
    found: list[Pair] = []
    prints: list[Fingerprint] = []
    times: list[float] = []
    frequency: Counter[str] = Counter()
    where: defaultdict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        total = number + 10

        def rarity(term: str, total: int = total) -> float:
            return math.log(total / (1 + min(total - 1, frequency[term]))) / math.log(total)

        print_ = fingerprint(version_of(item["title"], language=item["lang"], id=number + 1))
        time = datetime.fromisoformat(item["time"]).timestamp() / 3600
        scores: Counter[int] = Counter()
        for content in print_.said:
            for other in {n for sense in content.senses for n in where[sense][-LATEST:]}:
                scores[other] += rarity(content.term)  # type: ignore[assignment]
        for _, earlier in heapq.nlargest(NEIGHBOURS, ((score, -n) for n, score in scores.items())):
            signalled = signals(print_, prints[-earlier], time - times[-earlier], rarity)
            found.append(Pair(number, -earlier, signalled))
        prints.append(print_)
        times.append(time)
        frequency.update(content.term for content in print_.said)
        for sense in print_.senses_said:
            where[sense].append(number)
    return found


def fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The weights, the bias last, by Newton's method with a penalty on large ones."""
    x = np.hstack([x, np.ones((len(x), 1))])
    penalty = np.full(x.shape[1], PENALTY)
    penalty[-1] = 0
    weights = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (chance - y) + penalty * weights
        curvature = (x * (chance * (1 - chance))[:, None]).T @ x + np.diag(penalty)
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def placed(count: int, pairs: list[Pair], chances: np.ndarray) -> list[int]:
    """The story of each headline, decided in their order."""
    by_later: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for pair, chance in zip(pairs, chances, strict=True):
        by_later[pair.later].append((pair.earlier, float(chance)))
    stories: list[int] = []
    told_by: defaultdict[int, set[int]] = defaultdict(set)
    known: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for number in range(count):
        near: defaultdict[int, list[float]] = defaultdict(list)
        for earlier, chance in by_later[number]:
            near[stories[earlier]].append(chance)
            if chance >= HINTED:
                known[number][earlier] = known[earlier][number] = chance
        best = max(((story_chance(c, len(told_by[s])), -s) for s, c in near.items()), default=(0.0, 0))
        mine = -best[1] if best[0] >= JOINS else number
        stories.append(mine)
        told_by[mine].add(number)
        if mine != number:
            for story in {stories[one] for one in known[number]} - {mine}:
                if len(told_by[story]) <= SMALL and _is_led(told_by[story], told_by[mine], known):
                    for one in told_by[story]:
                        stories[one] = mine
                    told_by[mine] |= told_by.pop(story)
    return stories


def _is_led(some: set[int], others: set[int], known: dict[int, dict[int, float]]) -> bool:
    """Whether each of some headlines is likely by itself to tell the others' story."""
    chances = [[chance for other, chance in known[one].items() if other in others] for one in some]
    return all(c and story_chance(c, len(others)) >= JOINS for c in chances)


def b_cubed(gold: list[str], stories: dict[int, list[int]], folds: list[int], among: list[int]) -> tuple[float, ...]:
    """Precision, recall and F1 over some headlines, each put into stories by the weights that never saw its own."""
    labels = Counter(gold[i] for i in among)
    precision = recall = 0.0
    for fold, placed_ in stories.items():
        sizes = Counter(placed_[i] for i in among)
        both = Counter((gold[i], placed_[i]) for i in among)
        mine = [i for i in among if folds[i] == fold]
        precision += sum(both[gold[i], placed_[i]] / sizes[placed_[i]] for i in mine)
        recall += sum(both[gold[i], placed_[i]] / labels[gold[i]] for i in mine)
    precision, recall = precision / len(among), recall / len(among)
    return precision, recall, 2 * precision * recall / (precision + recall)


@click.command()
@click.argument("pack", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--write", is_flag=True, help="Fit on all folds and write the weights.")
def main(pack: Path, *, write: bool) -> None:
    """Print B-cubed on held-out folds of stories."""
    items = [json.loads(line) for line in (pack / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    gold = [item["cluster"] for item in items]
    folds = [int(hashlib.sha256(label.encode()).hexdigest(), 16) % FOLDS for label in gold]
    pairs = pairs_of(items)
    x = np.array([pair.signals for pair in pairs])
    y = np.array([float(gold[pair.later] == gold[pair.earlier]) for pair in pairs])
    ours = np.array([all(items[n]["lang"] in LANGUAGES for n in (p.later, p.earlier)) for p in pairs])
    stories: dict[int, list[int]] = {}
    for fold in range(FOLDS):
        seen = np.array([fold not in (folds[p.later], folds[p.earlier]) for p in pairs])
        weights = fit(x[ours & seen], y[ours & seen])
        stories[fold] = placed(len(items), pairs, 1 / (1 + np.exp(-(x @ weights[:-1] + weights[-1]))))
    for languages in (("en",), ("de",), LANGUAGES):
        among = [i for i, item in enumerate(items) if item["lang"] in languages]
        precision, recall, both = b_cubed(gold, stories, folds, among)
        print(f"{'+'.join(languages):6} B³ {both:.3f} (precision {precision:.3f}, recall {recall:.3f})")
    if write:
        weights = fit(x[ours], y[ours]).round(DIGITS)
        learned = {"weights": dict(zip(NAMES, weights[:-1].tolist(), strict=True)), "bias": float(weights[-1])}
        DATA.write_text(json.dumps(learned, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
