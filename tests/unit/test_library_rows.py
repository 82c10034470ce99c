"""`bot.library.rows`: whatever is stored comes back as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import DateBasis, DocumentDate, DocumentDraft, MachineTranslation, Sentence
from bot.library import rows

NOON = datetime(2031, 5, 6, 12, tzinfo=UTC)
any_text = st.text(st.characters(exclude_categories=()), max_size=60)  # lone surrogates, too
# Some readers may one day give sentences that overlap or go back; their offsets must survive all the same
spans = st.builds(Sentence, st.integers(0, 2**40), st.integers(0, 2**40), st.integers(0, 10_000))


@given(any_text | st.text("a\0\ud800\udfff\U0010d7fe\U0010d7ff\U0010d800\U0010dfff"))
def test_a_string_comes_back_from_a_text_column(text: str) -> None:
    stored = rows.to_column(text)
    assert "\0" not in stored
    stored.encode()
    assert rows.from_column(stored) == text


@given(any_text)
def test_a_text_of_record_comes_back_from_its_bytes(text: str) -> None:
    assert rows.bytes_text(rows.text_bytes(text)) == text


@given(st.lists(spans, max_size=30))
def test_sentences_come_back_from_their_packing(sentences: list[Sentence]) -> None:
    assert rows.unpack_sentences(rows.pack_sentences(sentences)) == tuple(sentences)


def test_a_sentence_takes_few_bytes() -> None:
    sentences = [Sentence(n * 120, n * 120 + 119, n // 3) for n in range(1000)]
    assert len(rows.pack_sentences(sentences)) < 4000


def test_an_instant_needs_a_zone_and_sorts_as_text() -> None:
    with pytest.raises(ValueError, match="zone"):
        rows.instant_column(datetime(2031, 5, 6, 12))
    east = datetime(2031, 5, 6, 13, 30, tzinfo=timezone(timedelta(hours=2)))  # 11:30 UTC
    early = datetime(1, 1, 1, tzinfo=UTC)
    columns = [rows.instant_column(at) for at in (early, east, NOON, NOON + timedelta(microseconds=1))]
    assert columns == sorted(columns)
    assert datetime.fromisoformat(columns[1]) == east


drafts = st.builds(
    DocumentDraft,
    text=any_text,
    sentences=st.lists(spans, max_size=3).map(tuple),
    title=any_text,
    outlet=any_text,
    byline=any_text,
    agency=any_text,
    language=st.sampled_from(["de", "und", "\udc80"]),
    published=st.builds(
        DocumentDate,
        day=st.none() | st.dates(),
        at=st.none() | st.datetimes(timezones=st.just(UTC)),
        basis=st.sampled_from(DateBasis),
        warning=any_text,
        edited=st.booleans(),
    ),
    translation=st.none() | st.builds(MachineTranslation, st.floats(0, 1), st.lists(any_text, max_size=2).map(tuple)),
    media_type=any_text,
    encoding=any_text,
    address=any_text,
    dropped=st.lists(any_text, max_size=2).map(tuple),
    suspicious=st.lists(any_text, max_size=2).map(tuple),
)


@settings(max_examples=60)
@given(drafts)
def test_a_draft_comes_back_as_a_version(draft: DocumentDraft) -> None:
    columns = rows.draft_columns(draft, b"raw", NOON) | {"id": 1, "document_id": 2, "number": 3}
    read = [columns[name.strip().removeprefix("v.")] for name in rows.FACTS.split(",")]
    version = rows.version([*read, "a.txt", "*", columns["text"], columns["sentences"]])
    assert (version.text, version.sentences) == (draft.text, draft.sentences)
    for name in ("title", "outlet", "byline", "agency", "language", "published", "translation", "media_type", "address"):
        assert getattr(version.facts, name) == getattr(draft, name)


@settings(max_examples=60)
@given(drafts, drafts)
def test_two_drafts_have_one_fingerprint_only_when_they_say_the_same(one: DocumentDraft, other: DocumentDraft) -> None:
    def said(draft: DocumentDraft) -> DocumentDraft:
        published = draft.published
        if published.basis is DateBasis.FILE_TIME:  # a day that only the file states is not said by the document
            published = replace(published, day=None, at=None, warning="")
        # Notes about the reading are not the document's either.
        return replace(draft, published=published, encoding="", dropped=(), suspicious=())

    def fingerprint(draft: DocumentDraft) -> str:
        return str(rows.draft_columns(draft, b"", NOON)["fingerprint"])

    assert (fingerprint(one) == fingerprint(other)) is (said(one) == said(other))
    assert fingerprint(said(one)) == fingerprint(one)


def test_a_day_that_only_the_file_states_is_not_part_of_the_fingerprint() -> None:
    def fingerprint(day: int, basis: DateBasis) -> str:
        draft = DocumentDraft("Text.", (), published=DocumentDate(date(2031, 5, day), basis=basis))
        return str(rows.draft_columns(draft, b"", NOON)["fingerprint"])

    assert fingerprint(1, DateBasis.FILE_TIME) == fingerprint(2, DateBasis.FILE_TIME)
    assert fingerprint(1, DateBasis.PAGE_SAYS) != fingerprint(2, DateBasis.PAGE_SAYS)
    assert fingerprint(1, DateBasis.FILE_TIME) != fingerprint(1, DateBasis.PAGE_SAYS)
