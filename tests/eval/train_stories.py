"""Learn when two headlines tell one story from a pack of the kind `stories`, and say on folds how good that is.

    python -m tests.eval.train_stories PACK_DIR [--write]

A logistic model over the signals of `bot/stories/headlines.py`, fitted on pairs of German and English headlines of which
the later one might have joined the earlier. Every fold of stories is measured by weights that never saw it, among all
headlines, put into stories in their order; `--write` then fits on all folds and writes `bot/stories/headlines.json`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import click
import numpy as np

from bot.stories import arrivals, grouping
from bot.stories.grouping import (
    HINTED,
    JOINS,
    SMALL,
    Neighbour,
    Place,
    are_foreign,
    hours_between,
    is_short,
    story_chance,
)
from bot.stories.headlines import DATA, NAMES, signals
from tests.eval.newsroom import Newsroom
from tests.eval.stories import headline

Rarity = Callable[[str], float]

FOLDS = 5
# Chosen on folds of several draws, with `JOINS` and how a story's members count: all lie on one broad plateau.
MANY = 0.6
SAME = 2.0
LANGUAGES = ("de", "en")
PENALTY, ROUNDS = 3.0, 12
DIGITS = 3


@dataclass
class Pair:
    """A headline and an earlier one that was compared with it."""

    later: int
    earlier: int
    signals: tuple[float, ...]


def pairs_of(items: list[dict[str, Any]]) -> list[Pair]:
    """Each headline with those of its neighbours that count, as they are found when it arrives."""
    found: list[Pair] = []

    def place_of(new: Neighbour, neighbours: Sequence[Neighbour], rarity: Rarity, sizes: Mapping[int, int]) -> Place:
        later = new.print.document_id - 1
        for other in neighbours:
            if is_short(new.print) and is_short(other.print):
                signalled = signals(new.print, other.print, hours_between(new, other), rarity)
                found.append(Pair(later, other.print.document_id - 1, signalled))
        return grouping.place_of(new, neighbours, rarity, sizes)

    with mock.patch.object(arrivals, "place_of", place_of), Newsroom() as room:
        room.place([headline(item) for item in items])
    return found


def weights_of(pairs: list[Pair], gold: list[str]) -> np.ndarray:
    """How much each pair counts: a headline's many with one story count little more than its only one with another.

    Pairs of one story count more than others: what they cost is weighed by `JOINS`, and only the best story is joined.
    """
    counted = Counter((pair.later, gold[pair.earlier]) for pair in pairs)
    same = [gold[pair.later] == gold[pair.earlier] for pair in pairs]
    many = np.array([counted[pair.later, gold[pair.earlier]] ** -MANY for pair in pairs])
    return np.asarray(np.where(same, SAME, 1.0) * many / many.mean())


def fit(x: np.ndarray, y: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The weights, the bias last, by Newton's method with a penalty on large ones. `counts`: how much each row does."""
    x = np.hstack([x, np.ones((len(x), 1))])
    penalty = np.full(x.shape[1], PENALTY)
    penalty[-1] = 0
    weights = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (counts * (chance - y)) + penalty * weights
        curvature = (x * (counts * chance * (1 - chance))[:, None]).T @ x + np.diag(penalty)
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def placed(languages: list[str], pairs: list[Pair], chances: np.ndarray) -> list[int]:
    """The story of each headline, of which the languages are given, decided in their order."""
    by_later: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for pair, chance in zip(pairs, chances, strict=True):
        by_later[pair.later].append((pair.earlier, float(chance)))
    stories: list[int] = []
    told_by: defaultdict[int, set[int]] = defaultdict(set)
    known: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for number, language in enumerate(languages):
        near: defaultdict[int, list[float]] = defaultdict(list)
        foreign: Counter[int] = Counter()
        for earlier, chance in by_later[number]:
            near[stories[earlier]].append(chance)
            foreign[stories[earlier]] += are_foreign(language, languages[earlier])
            if chance >= HINTED:
                known[number][earlier] = known[earlier][number] = chance
        best = max(((story_chance(c, len(told_by[s]) - foreign[s]), -s) for s, c in near.items()), default=(0.0, 0))
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


def by_cluster(items: list[dict[str, Any]]) -> list[int]:
    """Folds of whole clusters, drawn by their names."""
    return [int(hashlib.sha256(item["cluster"].encode()).hexdigest(), 16) % FOLDS for item in items]


def by_time(items: list[dict[str, Any]]) -> list[int]:
    """Two folds: the clusters that began in the earlier half of the headlines, and the later ones."""
    began: dict[str, int] = {}
    for number, item in enumerate(items):
        began.setdefault(item["cluster"], number)
    return [int(began[item["cluster"]] >= len(items) / 2) for item in items]


@click.command()
@click.argument("pack", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--write", is_flag=True, help="Fit on all folds and write the weights.")
def main(pack: Path, *, write: bool) -> None:
    """Print B-cubed on held-out folds of stories."""
    items = [json.loads(line) for line in (pack / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    gold = [item["cluster"] for item in items]
    pairs = pairs_of(items)
    x = np.array([pair.signals for pair in pairs])
    y = np.array([float(gold[pair.later] == gold[pair.earlier]) for pair in pairs])
    counts = weights_of(pairs, gold)
    ours = np.array([all(items[n]["lang"] in LANGUAGES for n in (p.later, p.earlier)) for p in pairs])
    for name, folds in (("unseen clusters", by_cluster(items)), ("unseen half of the time", by_time(items))):
        stories: dict[int, list[int]] = {}
        for fold in sorted(set(folds)):
            seen = ours & np.array([fold not in (folds[p.later], folds[p.earlier]) for p in pairs])
            # Without a fold more pairs of two stories are missing than pairs of one: as much weight as among all.
            kept = [counts[seen & (y == same)].sum() / counts[ours & (y == same)].sum() for same in (0.0, 1.0)]
            evened = counts / np.where(y == 1.0, kept[1], kept[0])
            weights = fit(x[seen], y[seen], evened[seen])
            stories[fold] = placed(
                [item["lang"] for item in items], pairs, 1 / (1 + np.exp(-(x @ weights[:-1] + weights[-1])))
            )
        print(name)
        for languages in (("en",), ("de",), LANGUAGES):
            among = [i for i, item in enumerate(items) if item["lang"] in languages]
            precision, recall, both = b_cubed(gold, stories, folds, among)
            print(f"  {'+'.join(languages):6} B³ {both:.3f} (precision {precision:.3f}, recall {recall:.3f})")
    if write:
        weights = fit(x[ours], y[ours], counts[ours]).round(DIGITS)
        learned = {"weights": dict(zip(NAMES, weights[:-1].tolist(), strict=True)), "bias": float(weights[-1])}
        DATA.write_text(json.dumps(learned, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
