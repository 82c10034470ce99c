"""Said terms: what is kept is what the sentences say; what is damaged, foreign or missing does no harm."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain import Change, Scope, StoredVersion
from bot.intake import Intake
from bot.library.index_feed import fill_next_batch
from bot.library.said_terms import FILE, Said, SaidTerms, number_of, pack, terms_of_version
from bot.library.search_index import SearchIndex
from bot.library.search_terms import terms_of_text
from tests.versions import version_of

TERMS = st.lists(st.text(max_size=6), max_size=5)


def kept(file: SaidTerms, version: StoredVersion) -> Said | None:
    return file.of([version.facts]).get(version.facts.id)


def put(file: SaidTerms, version: StoredVersion, line: int) -> None:
    file.put(version, *terms_of_version(version))
    file.commit(line, line - 1)


@settings(max_examples=60)
@given(TERMS, st.lists(TERMS, max_size=6))
@example(["\ud800"], [])
def test_every_sentence_keeps_its_own_terms(title: list[str], sentences: list[list[str]]) -> None:
    said = Said(pack(title, sentences))
    assert list(said.title) == [number_of(one) for one in dict.fromkeys(title)]
    assert said.count == len(sentences)
    for i, terms in enumerate(sentences):
        assert list(said.sentence(i)) == [number_of(one) for one in dict.fromkeys(terms)]
    assert set(said.sentences) == {number_of(one) for terms in sentences for one in terms}


@given(st.binary(max_size=40))
def test_what_was_never_packed_is_refused_or_read_within_its_bounds(packed: bytes) -> None:
    try:
        said = Said(packed)
    except ValueError:
        return
    assert sum(len(said.sentence(i)) for i in range(said.count)) <= len(packed)


def test_what_is_committed_is_there_for_others_and_nothing_else(tmp_path: Path) -> None:
    writer, reader = SaidTerms(tmp_path), SaidTerms(tmp_path)
    first, second = version_of("The dam held. Nobody came.", id=1), version_of("It rained.", id=2)
    assert kept(reader, first) is None
    put(writer, first, 1)
    writer.put(second, *terms_of_version(second))
    said = kept(reader, first)
    assert said is not None
    assert set(said.sentence(0)) == {number_of(one) for one in terms_of_text("The dam held.", "en")}
    assert kept(reader, second) is None
    writer.close()
    assert kept(SaidTerms(tmp_path), second) is None


def test_a_document_has_the_terms_of_its_last_version_or_none(tmp_path: Path) -> None:
    file = SaidTerms(tmp_path)
    old = version_of("The dam held.", id=1)
    new = replace(old, facts=replace(old.facts, id=7, number=2))
    put(file, old, 1)
    put(file, new, 2)
    assert kept(file, old) is None
    assert kept(file, new) is not None
    file.drop(1)
    file.commit(3, 2)
    assert kept(file, new) is None


def test_another_text_by_the_same_number_is_not_taken_for_it(tmp_path: Path) -> None:
    file = SaidTerms(tmp_path)
    put(file, version_of("The dam held.", id=1), 1)
    assert kept(file, version_of("The bridge fell.", id=1)) is None


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database " * 400)
    file, version = SaidTerms(tmp_path), version_of("The dam held.", id=1)
    assert kept(file, version) is None
    put(file, version, 1)  # finds out
    put(file, version, 2)
    assert kept(file, version) is not None


def test_what_cannot_be_kept_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).mkdir()
    file, version = SaidTerms(tmp_path), version_of("The dam held.", id=1)
    for line in (1, 2):
        put(file, version, line)
        file.drop(1)
    file.close()
    assert file.up_to() == 0
    assert kept(file, version) is None
    kept_not = [one for one in caplog.records if one.levelname == "WARNING"]
    assert len(kept_not) <= 3, "said once a batch, not once a document"


class Log:
    """A change log of versions, one line each."""

    def __init__(self, *versions: StoredVersion) -> None:
        self.held = {one.facts.id: one for one in versions}

    def newest_seq(self) -> int:
        return len(self.held)

    def changes_after(self, seq: int, limit: int = 1000) -> list[Change]:
        return [Change(line, id_, id_) for line, id_ in enumerate(self.held, 1) if seq < line <= seq + min(limit, 2)]

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> dict[int, StoredVersion]:
        assert scope is None
        return {id_: self.held[id_] for id_ in version_ids}


@pytest.fixture
def old_index(tmp_path: Path) -> SearchIndex:
    """An index of three documents, as a release made it that kept no terms; of a fourth nothing was said yet."""
    index = SearchIndex(tmp_path)
    assert index.begin()
    for version in VERSIONS[:3]:
        index.put(version)
    index.commit(3)
    index.close()
    [file] = tmp_path.rglob(FILE)
    file.unlink()
    return SearchIndex(tmp_path)


VERSIONS = [version_of(f"The dam held {n} days.", id=n) for n in (1, 2, 3, 4)]


def test_an_older_index_is_filled_some_at_a_time(old_index: SearchIndex) -> None:
    facts = [one.facts for one in VERSIONS]
    log = Log(*VERSIONS)
    assert old_index.said(facts) == {}
    assert fill_next_batch(old_index, log)
    assert set(old_index.said(facts)) == {1, 2}
    assert fill_next_batch(old_index, log)
    assert set(old_index.said(facts)) == {1, 2, 3}, "and never more than the index has taken in"
    assert not fill_next_batch(old_index, log)


def test_what_comes_meanwhile_does_not_count_as_filled(old_index: SearchIndex) -> None:
    assert old_index.begin()
    old_index.put(VERSIONS[3])
    old_index.commit(4)
    assert old_index.said_up_to() == 0
    while fill_next_batch(old_index, Log(*VERSIONS)):
        pass
    assert set(old_index.said([one.facts for one in VERSIONS])) == {1, 2, 3, 4}
    assert old_index.said_up_to() == 4


def test_a_new_index_is_complete_from_the_start(tmp_path: Path) -> None:
    index = SearchIndex(tmp_path)
    assert index.begin()
    for line, version in enumerate(VERSIONS, 1):
        index.put(version)
        index.commit(line)
    assert index.said_up_to() == 4
    assert not fill_next_batch(index, Log(*VERSIONS))


async def test_a_bot_fills_an_older_index_beside_its_work(old_index: SearchIndex) -> None:
    desk: Any = Log(*VERSIONS[:3])
    nobody: Any = None
    intake = Intake(nobody, nobody, desk, old_index, nobody)
    for _ in range(4):
        await intake.keep_up()
    assert set(old_index.said([one.facts for one in VERSIONS])) == {1, 2, 3}
