"""Vectors of passages: near by meaning, never beyond the scope, followed like the index, made anew for another model."""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import mul
from pathlib import Path

import pytest

from bot.domain import EVERYONE, Change, Scope, StoredVersion
from bot.errors import IndexUnusable
from bot.language_model.port import ModelFailed, ModelOutcome
from bot.library.vector_feed import BATCH, VectorFeed
from bot.library.vector_store import RESCORED, Embedded, VectorStore
from tests.embedders import ToyEmbedder
from tests.versions import version_of

pytest.importorskip("numpy")

HOME, AWAY = Scope("home", "news"), Scope("away")


class Log:
    """A change log by hand."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.kept: dict[int, StoredVersion] = {}

    def add(self, *versions: StoredVersion) -> None:
        for version in versions:
            self.kept[version.facts.id] = version
            self.changes.append(Change(len(self.changes) + 1, version.facts.document_id, version.facts.id))

    def drop(self, document_id: int) -> None:
        self.changes.append(Change(len(self.changes) + 1, document_id, None))

    def newest_seq(self) -> int:
        return len(self.changes)

    def changes_after(self, seq: int, limit: int = 1000) -> list[Change]:
        return self.changes[seq : seq + limit]

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> dict[int, StoredVersion]:
        return {i: self.kept[i] for i in version_ids}


def numbered(count: int, first: int = 1, audience: str = EVERYONE) -> list[StoredVersion]:
    return [version_of(f"The boat {n} came in.", id=n, audience=audience) for n in range(first, first + count)]


def unit(values: Sequence[float]) -> array[float]:
    length = math.hypot(*values)
    return array("f", [value / length for value in values])


def found(
    store: VectorStore,
    vector: array[float],
    scope: Scope = HOME,
    since: date | None = None,
    until: date | None = None,
) -> list[int]:
    return [version for version, _ in store.nearest(vector, scope, limit=5, since=since, until=until).best]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorStore]:
    made = VectorStore(tmp_path, "toy")
    assert made.begin()
    yield made
    made.close()


async def test_what_means_the_same_is_found_though_no_word_is_shared(store: VectorStore) -> None:
    embedder, log = ToyEmbedder(meanings={"boot": "boat", "hafen": "harbour"}), Log()
    log.add(version_of("Ein Boot lag im Hafen.", id=1, language="de"), version_of("The mayor resigned.", id=2))
    log.add(*numbered(20, first=3))
    while await VectorFeed(store, log, embedder).step():
        pass
    assert (store.passage_count(), store.watermark()) == (22, 22)
    nearby = store.nearest(array("f", embedder.vector("a boat im harbour")), HOME, limit=3, also=[(2, 0), (99, 0)])
    assert nearby.best[0] == (1, 0)
    assert nearby.nearness[1, 0] > nearby.nearness[2, 0] == 0
    assert (99, 0) not in nearby.nearness


def test_nobody_finds_or_weighs_what_is_not_theirs(store: VectorStore) -> None:
    same = unit([1, 2, 3, 4])
    audiences = {1: EVERYONE, 2: "w:home", 3: "w:home/c:news", 4: "w:home/c:other", 5: "w:away", 6: "w:away/c:news"}
    rows = [Embedded(version_of("Boats.", id=i, audience=one), {0: same}) for i, one in audiences.items()]
    store.put(rows, (), up_to=6)
    assert sorted(found(store, same)) == [1, 2, 3]
    assert sorted(found(store, same, AWAY)) == [1, 5]
    assert found(store, same, Scope("nobody")) == [1]
    before = store.nearest(same, AWAY, limit=9, also=[(2, 0), (4, 0)])
    assert before.nearness.keys() == {(1, 0), (5, 0)}
    away_only = [Embedded(version_of("More.", id=9, audience="w:home"), {n: unit([1, n + 1, 0, 0]) for n in range(9)})]
    store.put(away_only, (), up_to=7)
    assert store.nearest(same, AWAY, limit=9).nearness == before.nearness, "others' documents show in the measure"


def test_days_and_removals_are_kept_to(store: VectorStore) -> None:
    same = unit([1, 1])
    days = {1: date(2031, 5, 1), 2: date(2031, 5, 9), 3: None}
    store.put([Embedded(version_of("Boats.", id=i, day=day), {0: same}) for i, day in days.items()], (), up_to=3)
    assert found(store, same, since=date(2031, 5, 2)) == [2]
    assert found(store, same, until=date(2031, 5, 2)) == [1]
    assert sorted(found(store, same)) == [1, 2, 3]
    store.put([Embedded(version_of("Other boats.", id=2), {0: unit([1, -1])})], [1], up_to=4)
    assert found(store, same) == [3, 2]
    assert store.passage_count() == 2


def test_many_are_searched_by_their_signs_and_the_nearest_are_hardly_ever_missed(store: VectorStore) -> None:
    draw = random.Random(7)
    themes = [[draw.gauss(0, 1) for _ in range(64)] for _ in range(40)]
    vectors = [unit([3 + n + draw.gauss(0, 0.6) for n in themes[i % 40]]) for i in range(3 * RESCORED)]
    store.put([Embedded(version_of("Boats.", id=i + 1), {0: one}) for i, one in enumerate(vectors)], (), up_to=1)
    for asked in vectors[:12]:
        exact = [sum(map(mul, asked, one)) for one in vectors]
        best = sorted(exact, reverse=True)[:5]
        assert sorted((exact[i - 1] for i in found(store, asked)), reverse=True) == pytest.approx(best, abs=0.004)


async def test_it_goes_on_where_it_stopped_and_says_how_far_it_is(tmp_path: Path) -> None:
    embedder, log = ToyEmbedder(), Log()
    log.add(*numbered(2 * BATCH))
    store = VectorStore(tmp_path, "toy")
    feed = VectorFeed(store, log, embedder)
    assert await feed.step()
    embedder.fails = ModelFailed(ModelOutcome.DOWN)
    with pytest.raises(ModelFailed):
        await feed.step()
    store.close()
    store = VectorStore(tmp_path, "toy")
    assert (store.watermark(), store.passage_count()) == (BATCH, BATCH)
    embedder.fails = None
    asked = len(embedder.asked)
    feed = VectorFeed(store, log, embedder)
    while await feed.step():
        pass
    assert store.passage_count() == 2 * BATCH
    assert len(embedder.asked) == asked + BATCH + 1, "what was there was embedded again"
    log.drop(3)
    log.add(version_of("A new text.", id=4))
    assert await feed.step()
    assert store.passage_count() == 2 * BATCH - 1
    store.close()


async def test_a_process_beside_it_sees_what_is_added_but_does_not_embed_too(
    store: VectorStore, tmp_path: Path
) -> None:
    beside, embedder, log = VectorStore(tmp_path, "toy"), ToyEmbedder(), Log()
    log.add(*numbered(3))
    feed = VectorFeed(store, log, embedder)
    assert await feed.step()
    vector = array("f", embedder.vector("The boat 2 came in"))
    assert found(beside, vector)[0] == 2
    assert not await VectorFeed(beside, log, embedder).step()
    log.add(version_of("Boat 2 boat 2.", id=9))
    log.drop(2)
    assert await feed.step()
    assert 2 not in found(beside, vector)
    assert 9 in found(beside, vector)
    beside.close()


async def test_another_model_and_one_that_only_kept_its_name_begin_anew(store: VectorStore, tmp_path: Path) -> None:
    log = Log()
    log.add(*numbered(5))
    assert await VectorFeed(store, log, ToyEmbedder()).step()
    changed = VectorFeed(store, log, ToyEmbedder(model="other words for it", dimension=32))
    log.add(version_of("One more.", id=8))
    assert await changed.step()
    assert store.passage_count() == 0
    assert await changed.step()
    assert (store.passage_count(), store.dimension()) == (6, 32)
    assert len(found(store, array("f", ToyEmbedder(model="other words for it", dimension=32).vector("boat")))) == 5
    assert not store.nearest(array("f", [1.0] * 96), HOME, limit=3).best, "vectors of another length"
    store.close()
    other = VectorStore(tmp_path, "another model")
    assert other.begin()
    assert (other.watermark(), len(list(tmp_path.glob("*")))) == (0, 1)  # noqa: ASYNC240 - a test blocks nobody
    other.close()


async def test_a_passage_that_the_model_refuses_keeps_none_of_the_others_out(store: VectorStore) -> None:
    embedder, log = ToyEmbedder(), Log()
    log.add(*numbered(3), version_of("Unspeakable.", id=7), version_of("Fine. " * 150 + "Unspeakable.", id=8))
    embedder.refuses = "Unspeakable"
    assert await VectorFeed(store, log, embedder).step()
    assert (store.passage_count(), store.watermark()) == (4, 5)
    embedder.refuses, embedder.code = "harbour", "model-no-words"
    log.add(*numbered(1, first=8), version_of("The harbour.", id=10))
    again = VectorFeed(store, log, embedder)
    assert await again.step(), "a model that does not know our sample's words is no broken one"
    assert (store.passage_count(), store.watermark()) == (4, 7)
    log.add(*numbered(1, first=9))
    embedder.fails = ModelFailed(ModelOutcome.REFUSED)
    with pytest.raises(ModelFailed):
        await VectorFeed(store, log, embedder).step()
    assert store.watermark() == 7, "a wrong key is no reason to leave passages out"


async def test_a_restored_library_is_followed_from_its_beginning(store: VectorStore) -> None:
    log = Log()
    log.add(*numbered(4))
    assert await VectorFeed(store, log, ToyEmbedder()).step()
    del log.changes[1:]
    assert await VectorFeed(store, log, ToyEmbedder()).step()
    assert (store.passage_count(), store.watermark()) == (1, 1)


def test_a_damaged_file_is_made_anew_and_a_failed_write_leaves_nothing_half(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, "toy")
    store.put([Embedded(version_of("Boats.", id=1), {0: unit([1, 2])})], (), up_to=1)
    with pytest.raises(IndexUnusable):
        store.put([Embedded(version_of("Boats.", id=2), {0: unit([1, 2, 3])})], [1], up_to=2)
    assert (store.watermark(), store.passage_count()) == (1, 1)
    store.close()
    [file] = tmp_path.glob("*/vectors.sqlite3")
    file.write_bytes(b"This is no database. " * 500)
    store = VectorStore(tmp_path, "toy")
    assert (store.watermark(), store.passage_count()) == (0, 0)
    store.close()
