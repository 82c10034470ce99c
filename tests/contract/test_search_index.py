"""The search index: finds what a scope may see, follows the change log, survives being thrown away."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest

from bot.domain import EVERYONE, Scope
from bot.library import search_index
from bot.library.search_index import Asked, SearchIndex, remove_index
from bot.library.search_terms import terms_of_text
from tests.versions import version_of

ANYONE = Scope("desk")


def asked(text: str, language: str = "en") -> list[Asked]:
    return [Asked(((term, 1.0),)) for term in terms_of_text(text, language)]


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    index = SearchIndex(tmp_path)
    assert index.begin()
    return index


def test_it_finds_a_passage_by_its_words(index: SearchIndex) -> None:
    index.put(version_of("The dam at Treva held through the night.", id=1))
    index.put(version_of("Cyclists crossed the old bridge.", id=2))
    index.commit(2)
    assert [hit.version_id for hit in index.search(asked("dams"), ANYONE)] == [1]


def test_a_word_of_the_title_finds_the_document(index: SearchIndex) -> None:
    index.put(version_of("Nothing more was said.", id=1, title="Dam at Treva"))
    index.commit(1)
    assert [hit.version_id for hit in index.search(asked("dam"), ANYONE)] == [1]


def test_german_compounds_are_found_by_their_parts(index: SearchIndex) -> None:
    index.put(version_of("Der Waffenhandel nahm zu.", id=1, language="de"))
    index.commit(1)
    [part] = [term for term in terms_of_text("Waffenhandel", "de") if term.startswith("de~waff")]
    assert [hit.version_id for hit in index.search([Asked(((part, 1.0),))], ANYONE)] == [1]


def test_what_is_not_committed_is_not_found(index: SearchIndex) -> None:
    index.put(version_of("The dam held.", id=1))
    assert index.search(asked("dam"), ANYONE) == []


def test_a_scope_finds_only_what_it_may_see(index: SearchIndex) -> None:
    index.put(version_of("The secret is a dam.", id=1, audience="w:red"))
    index.put(version_of("The secret is a bridge.", id=2, audience="w:blue"))
    index.put(version_of("The secret is a well.", id=3, audience="w:red/c:attic"))
    index.put(version_of("The secret is a mill.", id=4, audience=EVERYONE))
    index.commit(4)

    def seen(scope: Scope) -> set[int]:
        return {hit.version_id for hit in index.search(asked("secret"), scope)}

    assert seen(Scope("red")) == {1, 4}
    assert seen(Scope("blue")) == {2, 4}
    assert seen(Scope("red", "attic")) == {1, 3, 4}
    assert seen(Scope("blue", "attic")) == {2, 4}


def test_a_new_version_takes_the_place_of_the_old_one(index: SearchIndex) -> None:
    index.put(version_of("The dam held.", id=1))
    index.commit(1)
    index.put(version_of("The bridge fell.", id=1))
    index.commit(2)
    assert index.search(asked("dam"), ANYONE) == []
    assert [hit.version_id for hit in index.search(asked("bridge"), ANYONE)] == [1]


def test_a_dropped_document_is_found_no_more(index: SearchIndex) -> None:
    index.put(version_of("The dam held.", id=1))
    index.commit(1)
    index.drop(1)
    index.commit(2)
    assert index.search(asked("dam"), ANYONE) == []


def test_dates_filter(index: SearchIndex) -> None:
    index.put(version_of("The dam held.", id=1, day=date(2026, 3, 1)))
    index.put(version_of("The dam held again.", id=2, day=date(2026, 5, 1)))
    index.put(version_of("The dam, undated.", id=3))
    index.commit(3)

    def seen(since: date | None = None, until: date | None = None) -> set[int]:
        return {hit.version_id for hit in index.search(asked("dam"), ANYONE, since=since, until=until)}

    assert seen(since=date(2026, 4, 1)) == {2}
    assert seen(until=date(2026, 4, 1)) == {1}
    assert seen(since=date(2026, 3, 1), until=date(2026, 5, 1)) == {1, 2}
    assert seen() == {1, 2, 3}


def test_the_watermark_is_committed_with_what_it_stands_for(index: SearchIndex, tmp_path: Path) -> None:
    assert index.watermark() == 0
    index.put(version_of("The dam held.", id=1))
    index.commit(7)
    index.put(version_of("The bridge fell.", id=2))
    index.close()  # as a crash would: the second document was never committed
    again = SearchIndex(tmp_path)
    assert again.watermark() == 7
    assert again.search(asked("bridge"), ANYONE) == []
    assert [hit.version_id for hit in again.search(asked("dam"), ANYONE)] == [1]


def test_only_one_process_writes_and_the_other_is_told(index: SearchIndex, tmp_path: Path) -> None:
    other = SearchIndex(tmp_path)
    assert not other.begin()
    index.close()
    assert other.begin()


def test_a_broken_index_is_made_anew(index: SearchIndex, tmp_path: Path) -> None:
    index.put(version_of("The dam held.", id=1))
    index.commit(3)
    index.close()
    for file in tmp_path.rglob("meta.json"):
        file.write_text("{", encoding="utf-8")
    assert SearchIndex(tmp_path).watermark() == 0


def test_an_index_of_another_schema_is_removed(tmp_path: Path) -> None:
    old = tmp_path / "v0-000000000000"
    old.mkdir()
    (old / "segment").write_text("x", encoding="utf-8")
    SearchIndex(tmp_path)
    assert not old.exists()


def test_a_removed_index_is_empty_when_it_is_opened_again(index: SearchIndex, tmp_path: Path) -> None:
    index.commit(3)
    index.close()
    remove_index(tmp_path)
    assert SearchIndex(tmp_path).watermark() == 0


def test_an_index_thrown_away_under_us_is_begun_anew(index: SearchIndex, tmp_path: Path) -> None:
    index.put(version_of("The dam held.", id=1))
    index.commit(3)
    remove_index(tmp_path)
    assert index.watermark() == 0
    assert index.begin()
    index.put(version_of("The dam held.", id=1))
    index.commit(3)
    assert index.watermark() == 3
    assert len(index.search(asked("dam"), ANYONE)) == 1
    remove_index(tmp_path)
    index.close()


def test_an_index_that_another_began_anew_is_theirs_to_write(index: SearchIndex, tmp_path: Path) -> None:
    index.commit(3)
    remove_index(tmp_path)
    other = SearchIndex(tmp_path)
    assert other.begin()
    other.commit(5)
    assert index.watermark() == 5
    assert not index.begin()


def test_strange_terms_are_searched_without_harm(index: SearchIndex) -> None:
    index.put(version_of("The dam held.", id=1))
    index.commit(1)
    for strange in ("5:3?", "(offen", "foo:bar", "-nur", '"', "\\", "\ud800", "a" * 5000):
        assert index.search([Asked(((strange, 1.0),))], ANYONE) == []


def test_reading_while_another_thread_writes(index: SearchIndex) -> None:
    index.put(version_of("The dam held.", id=1))
    index.commit(1)
    seen: list[int] = []

    def read() -> None:
        seen.extend(len(index.search(asked("dam"), ANYONE)) for _ in range(50))

    reader = threading.Thread(target=read)
    reader.start()
    for seq in range(2, 12):
        index.put(version_of("The dam held.", id=seq))
        index.commit(seq)
    reader.join()
    assert min(seen) >= 1


@pytest.fixture
def pruned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search as in a library in which every word stands in very many passages."""
    monkeypatch.setattr(search_index, "MOST_POSTINGS", 0)


@pytest.mark.usefixtures("pruned")
def test_a_pruned_search_finds_by_any_alternative_the_best_first(index: SearchIndex) -> None:
    index.put(version_of("The council met. The dam held.", id=1))
    index.put(version_of("The barrage at Treva held.", id=2))
    index.put(version_of("Nobody came.", id=3, title="Barrage"))
    index.put(version_of("The bridge stood.", id=4))
    index.commit(4)
    barrage = Asked((("en:barrag", 1.0), ("en:dam", 0.75), ("de~damm", 0.5)))
    best, *others = [hit.version_id for hit in index.search([barrage, *asked("Treva")], ANYONE)]
    assert best == 2
    assert set(others) == {1, 3}
    assert index.search([Asked((("en:nowher", 1.0),))], ANYONE) == []


@pytest.mark.usefixtures("pruned")
def test_a_pruned_search_keeps_to_scope_and_period(index: SearchIndex) -> None:
    index.put(version_of("The dam held.", id=1, audience="w:red", day=date(2025, 1, 1)))
    index.put(version_of("The dam fell.", id=2, day=date(2025, 3, 1)))
    index.commit(2)
    assert [hit.version_id for hit in index.search(asked("dam"), Scope("blue"))] == [2]
    assert {hit.version_id for hit in index.search(asked("dam"), Scope("red"))} == {1, 2}
    assert [hit.version_id for hit in index.search(asked("dam"), Scope("red"), since=date(2025, 2, 1))] == [2]
    index.put(version_of("The dam is a secret.", id=3, audience="w:green"))
    index.commit(3)
    assert {hit.version_id for hit in index.search(asked("dam"), Scope("red"))} == {1, 2}
