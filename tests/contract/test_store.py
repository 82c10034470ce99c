"""The contract of `bot.library.store.Store`: what arrives, what is kept, and what the change log says of it."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import date

import pytest

from bot.domain import Change, DateBasis, DocumentDate, DocumentDraft, DocumentState, Scope, SourceKind
from bot.errors import NotFound
from bot.library.store import Arrival, Membership, SaveOutcome, Store
from tests.contract.papers import (
    FERRY,
    FERRY_SENTENCES,
    HOUSE,
    LATER,
    NOON,
    ODD,
    bytes_of,
    file_of,
    folder,
    full_paper,
    keep,
    paper,
    receipt_for,
)


async def test_it_gives_back_what_it_was_given(store: Store) -> None:
    source, draft = await folder(store), full_paper()
    saved = await store.save_draft(source, "in/faehre.html", draft, b"<html>", seen_at=NOON)
    assert saved.outcome is SaveOutcome.NEW
    assert saved.document.state is DocumentState.KEPT
    assert (saved.document.name, saved.document.audience, saved.document.first_seen) == ("in/faehre.html", "*", NOON)

    assert saved.document.version is not None
    version = await store.version(HOUSE, saved.document.version.id)
    assert version is not None
    assert (version.text, version.sentences) == (FERRY, FERRY_SENTENCES)
    assert (version.document_name, version.audience) == ("in/faehre.html", "*")
    facts = version.facts
    assert facts == saved.document.version
    for name in ("title", "outlet", "byline", "agency", "language", "published", "translation", "media_type", "address"):
        assert getattr(facts, name) == getattr(draft, name)
    assert (facts.number, facts.length, facts.stored_at) == (1, len(FERRY), NOON)
    assert facts.text_sha256 == hashlib.sha256(FERRY.encode()).hexdigest()
    assert await store.raw(facts.raw_sha256) == b"<html>"


async def test_it_keeps_strings_that_no_database_can_hold_as_text(store: Store) -> None:
    source = await store.ensure_source(SourceKind.FOLDER, ODD, ODD)
    draft = replace(paper(ODD), title=ODD, byline=ODD, published=DocumentDate(warning=ODD), address=ODD)
    saved = await store.save_draft(source, ODD, draft, b"", seen_at=NOON, file=file_of(ODD, draft))
    assert saved.document.version is not None
    assert saved.document.version.title == ODD
    version = await store.version(None, saved.document.version.id)
    assert version is not None
    assert (version.text, version.document_name, version.audience) == (ODD, ODD, ODD)
    assert version.facts.published.warning == ODD
    assert list(await store.file_states(source.id)) == [ODD]
    assert await store.sources() == [source]
    again = await store.save_draft(source, ODD, draft, b"", seen_at=NOON)
    assert again.outcome is SaveOutcome.UNCHANGED


async def test_the_same_again_adds_nothing(store: Store) -> None:
    source = await folder(store)
    first = await store.save_draft(source, "a.txt", paper(), b"1", seen_at=NOON)
    again = await store.save_draft(source, "a.txt", paper(), b"1", seen_at=LATER)
    assert again.outcome is SaveOutcome.UNCHANGED
    assert again.document == first.document
    assert await store.newest_seq() == 1


async def test_a_changed_document_gets_a_version_and_the_old_one_stays(store: Store) -> None:
    source = await folder(store)
    first = (await store.save_draft(source, "a.txt", paper(), b"1", seen_at=NOON)).document.version
    second = await store.save_draft(source, "a.txt", paper("It did not leave."), b"2", seen_at=LATER)
    assert first is not None
    assert second.outcome is SaveOutcome.NEW_VERSION
    assert second.document.version is not None
    assert (second.document.version.number, second.document.first_seen) == (2, NOON)
    old = await store.version(HOUSE, first.id)
    assert old is not None
    assert (old.text, old.facts) == (FERRY, first)
    assert await store.changes_after(0) == [
        Change(1, second.document.id, first.id),
        Change(2, second.document.id, second.document.version.id),
    ]
    assert await store.document_count(HOUSE) == 1


@pytest.mark.parametrize(
    "changed",
    [
        replace(paper(), title="Ferry stays"),
        replace(paper(), sentences=(FERRY_SENTENCES[0],)),
        replace(paper(), published=DocumentDate(day=date(2031, 5, 1), basis=DateBasis.STATED)),
    ],
    ids=["title", "sentences", "date"],
)
async def test_a_change_beside_the_text_is_a_version_too(store: Store, changed: DocumentDraft) -> None:
    source = await folder(store)
    await store.save_draft(source, "a.txt", paper(), b"1", seen_at=NOON)
    assert (await store.save_draft(source, "a.txt", changed, b"1", seen_at=NOON)).outcome is SaveOutcome.NEW_VERSION


async def test_writing_a_file_again_is_no_version(store: Store) -> None:
    source = await folder(store)
    written = [
        replace(paper(), published=DocumentDate(day=date(2031, 5, day), basis=DateBasis.FILE_TIME, warning=f"{day}"))
        for day in (1, 2)
    ]
    await store.save_draft(source, "a.txt", written[0], b"1", seen_at=NOON, file=file_of("a.txt", paper(), mtime_ns=1))
    newer = file_of("a.txt", paper(), mtime_ns=2)
    again = await store.save_draft(source, "a.txt", written[1], b"1", seen_at=NOON, file=newer)
    assert again.outcome is SaveOutcome.UNCHANGED
    assert (await store.file_states(source.id))["a.txt"].file == newer


async def test_equal_bytes_are_kept_once_and_belong_to_both(store: Store) -> None:
    source = await folder(store)
    one = await store.save_draft(source, "a.txt", paper(), b"same", seen_at=NOON)
    two = await store.save_draft(source, "b.txt", paper(), b"same", seen_at=NOON)
    assert one.document.id != two.document.id
    assert one.document.version is not None
    assert two.document.version is not None
    assert one.document.version.raw_sha256 == two.document.version.raw_sha256
    assert await store.raw(one.document.version.raw_sha256) == b"same"
    assert await store.raw("0" * 64) is None


async def test_a_source_is_made_once_for_each_audience(store: Store) -> None:
    seeds = await folder(store)
    assert await folder(store) == seeds
    private = await folder(store, "w:house/c:cellar")
    assert private.id != seeds.id
    assert await store.sources() == [seeds, private]


# --- many at once ---


async def test_many_are_saved_in_their_order(store: Store) -> None:
    source = await folder(store)
    drafts = [paper(f"Number {n}.") for n in range(60)]
    arrivals = [Arrival(source, f"{n}.txt", one, bytes_of(one), NOON) for n, one in enumerate(drafts)]
    saved = await store.save_drafts(arrivals)
    assert [one.document.name for one in saved] == [one.name for one in arrivals]
    for one, draft in zip(saved, drafts, strict=True):
        assert one.document.version is not None
        version = await store.version(HOUSE, one.document.version.id)
        assert version is not None
        assert (version.text, version.document_name) == (draft.text, one.document.name)
    assert [change.document_id for change in await store.changes_after(0)] == [one.document.id for one in saved]
    assert await store.save_drafts([]) == []


async def test_one_document_may_arrive_twice_together(store: Store) -> None:
    source = await folder(store)
    texts = ["One.", "Two.", "Two.", "One."]
    saved = await store.save_drafts([Arrival(source, "a.txt", paper(t), t.encode(), NOON) for t in texts])
    assert [one.outcome for one in saved] == [
        SaveOutcome.NEW,
        SaveOutcome.NEW_VERSION,
        SaveOutcome.UNCHANGED,
        SaveOutcome.NEW_VERSION,
    ]
    assert [one.document.version.number for one in saved if one.document.version] == [1, 2, 2, 3]


async def test_a_batch_is_kept_whole_or_not_at_all(store: Store) -> None:
    source = await folder(store)
    good = Arrival(source, "a.txt", paper(), b"1", NOON)
    with pytest.raises(ValueError, match="zone"):
        await store.save_drafts([good, replace(good, name="b.txt", seen_at=NOON.replace(tzinfo=None))])
    twice = replace(good, seen_at=NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="zone"):  # the second round fails when the first is written already
        await store.save_drafts([good, twice])
    assert await store.document_count(HOUSE) == 0
    assert await store.newest_seq() == 0


async def test_tasks_that_save_at_once_lose_nothing(store: Store) -> None:
    source = await folder(store)
    await asyncio.gather(*(keep(store, source, "a.txt", paper(f"Version {n}.")) for n in range(12)))
    document = await store.document(HOUSE, "a.txt")
    assert document is not None
    assert document.version is not None
    assert document.version.number == 12
    assert len({change.version_id for change in await store.changes_after(0)}) == 12


# --- failed, removed, renamed ---


async def test_what_cannot_be_read_is_kept_with_the_reason(store: Store) -> None:
    source = await folder(store)
    file = file_of("a.pdf", paper())
    failed = await store.save_failure(source, "a.pdf", "broken", f"It ends early {ODD}", b"%PDF", seen_at=NOON, file=file)
    assert (failed.state, failed.reason, failed.version) == (DocumentState.FAILED, f"It ends early {ODD}", None)
    assert await store.document(HOUSE, "a.pdf") == failed
    assert await store.raw(hashlib.sha256(b"%PDF").hexdigest()) == b"%PDF"
    assert (await store.file_states(source.id))["a.pdf"] == (file, failed.id, DocumentState.FAILED)
    assert await store.changes_after(0) == []
    unreadable = await store.save_failure(source, "b.txt", "forbidden", "No permission", None, seen_at=NOON)
    assert unreadable.id != failed.id


async def test_a_failed_document_that_can_be_read_again_is_the_same_document(store: Store) -> None:
    source = await folder(store)
    failed = await store.save_failure(source, "a.txt", "broken", "It ends early", b"", seen_at=NOON)
    saved = await store.save_draft(source, "a.txt", paper(), b"1", seen_at=LATER)
    assert saved.outcome is SaveOutcome.NEW
    assert (saved.document.id, saved.document.state, saved.document.reason) == (failed.id, DocumentState.KEPT, "")
    assert saved.document.version is not None
    assert saved.document.version.number == 1


async def test_a_kept_document_that_fails_leaves_the_index_and_stays_provable(store: Store) -> None:
    source = await folder(store)
    first = (await store.save_draft(source, "a.txt", paper(), b"1", seen_at=NOON)).document
    assert first.version is not None
    failed = await store.save_failure(source, "a.txt", "broken", "It ends early", b"", seen_at=LATER)
    await store.save_failure(source, "a.txt", "broken", "It still does", b"", seen_at=LATER)
    assert (failed.id, failed.version) == (first.id, None)
    assert await store.changes_after(1) == [Change(2, first.id, None)]
    assert await store.version(HOUSE, first.version.id) is not None
    back = await store.save_draft(source, "a.txt", paper(), b"1", seen_at=LATER)
    assert (back.outcome, back.document) == (SaveOutcome.REVIVED, first)
    assert await store.changes_after(2) == [Change(3, first.id, first.version.id)]


async def test_a_removed_document_leaves_the_index_and_stays_provable(store: Store) -> None:
    source = await folder(store)
    first = (await store.save_draft(source, "a.txt", paper(), b"1", seen_at=NOON)).document
    assert first.version is not None
    await store.mark_removed(first.id)
    await store.mark_removed(first.id)
    assert await store.changes_after(1) == [Change(2, first.id, None)]
    assert await store.version(HOUSE, first.version.id) is not None
    assert await store.document(HOUSE, "a.txt") == replace(first, state=DocumentState.REMOVED)
    assert await store.file_states(source.id) == {}


async def test_a_removed_document_comes_back_under_its_name(store: Store) -> None:
    source = await folder(store)
    first = (await store.save_draft(source, "a.txt", paper(), b"1", seen_at=NOON)).document
    await store.mark_removed(first.id)
    back = await store.save_draft(source, "a.txt", paper(), b"1", seen_at=LATER)
    assert (back.outcome, back.document) == (SaveOutcome.REVIVED, first)
    await store.mark_removed(first.id)
    changed = await store.save_draft(source, "a.txt", paper("Another."), b"2", seen_at=LATER)
    assert (changed.outcome, changed.document.id) == (SaveOutcome.NEW_VERSION, first.id)


async def test_a_renamed_file_is_the_same_document_and_version(store: Store) -> None:
    source = await folder(store)
    key = await keep(store, source, "a.txt")
    before = await store.document(HOUSE, "a.txt")
    renamed = await store.rename(key, "archive/b.txt")
    assert before is not None
    assert renamed == replace(before, name="archive/b.txt")
    known = (await store.file_states(source.id))["archive/b.txt"]
    assert known.file == file_of("archive/b.txt", paper("All about a.txt."))
    assert await store.document(HOUSE, "a.txt") is None
    assert await store.newest_seq() == 1
    assert await keep(store, source, "a.txt") != key


async def test_a_rename_takes_the_name_as_in_a_folder(store: Store) -> None:
    source = await folder(store)
    old, new = await keep(store, source, "a.txt"), await keep(store, source, "b.txt")
    await store.rename(new, "a.txt")
    assert [(d.id, d.name, d.state) for d in await store.documents(HOUSE)] == [
        (new, "a.txt", DocumentState.KEPT),
        (old, "a.txt", DocumentState.REMOVED),
    ]
    assert await store.changes_after(2) == [Change(3, old, None)]
    found = await store.document(HOUSE, "a.txt")
    assert found is not None
    assert found.id == new
    await store.rename(new, "a.txt")  # onto itself
    assert (await store.file_states(source.id))["a.txt"].document_id == new


async def test_a_removed_document_that_is_renamed_comes_back(store: Store) -> None:
    source = await folder(store)
    key = await keep(store, source, "a.txt")
    failed = await store.save_failure(source, "x.txt", "broken", "It ends early", b"", seen_at=NOON)
    for one in (key, failed.id):
        await store.mark_removed(one)
    assert (await store.rename(key, "b.txt")).state is DocumentState.KEPT
    assert (await store.changes_after(2))[-1].version_id is not None
    assert (await store.rename(failed.id, "y.txt")).state is DocumentState.FAILED


async def test_a_draft_is_for_the_document_that_is_there_before_one_that_was_removed(store: Store) -> None:
    source = await folder(store)
    there, removed = await keep(store, source, "b.txt", paper()), await keep(store, source, "a.txt", paper())
    await store.mark_removed(removed)
    await store.rename(there, "a.txt")
    assert await keep(store, source, "a.txt", paper()) == there
    await store.mark_removed(there)
    assert await keep(store, source, "a.txt", paper()) == removed  # of two that were removed, the younger document


async def test_touching_a_file_changes_nothing_else(store: Store) -> None:
    source = await folder(store)
    key = await keep(store, source, "a.txt", paper())
    newer = file_of("a.txt", paper(), mtime_ns=99)
    await store.touch(key, newer)
    assert await store.file_states(source.id) == {"a.txt": (newer, key, DocumentState.KEPT)}
    assert await store.newest_seq() == 1


async def test_a_document_that_is_not_there_cannot_be_changed(store: Store) -> None:
    for act in (store.mark_removed(1), store.rename(1, "a"), store.touch(2**70, file_of("a", paper()))):
        with pytest.raises(NotFound):
            await act


# --- the change log, reports and stories, what was shown ---


async def test_the_change_log_is_read_in_steps(store: Store) -> None:
    source = await folder(store)
    for n in range(5):
        await keep(store, source, f"{n}.txt")
    first = await store.changes_after(0, limit=2)
    rest = await store.changes_after(first[-1].seq)
    assert [change.seq for change in first + rest] == [1, 2, 3, 4, 5]
    assert await store.newest_seq() == 5
    assert await store.changes_after(5) == []


async def test_a_reader_of_the_change_log_misses_nothing_while_others_write(store: Store) -> None:
    source = await folder(store)
    seen: list[int] = []

    async def write(writer: int) -> None:
        for n in range(6):
            await keep(store, source, f"{writer}-{n}.txt")

    async def read() -> None:
        while len(seen) < 24:
            seen.extend(change.seq for change in await store.changes_after(seen[-1] if seen else 0))

    await asyncio.wait_for(asyncio.gather(read(), *(write(n) for n in range(4))), timeout=60)
    assert seen == [change.seq for change in await store.changes_after(0)]


async def test_reports_and_stories_can_be_stated_again_and_forgotten(store: Store) -> None:
    source = await folder(store)
    a, b, c = [await keep(store, source, name) for name in ("a", "b", "c")]
    await store.put_memberships([Membership(a, a, a), Membership(b, b, a, "same event"), Membership(c, c, c)])
    await store.put_memberships([Membership(b, a, a, f"same names {ODD}"), Membership(b, a, a, "same words")])
    assert await store.memberships(HOUSE, [a, b, 999, 2**80]) == {
        a: Membership(a, a, a, "", 2),
        b: Membership(b, a, a, "same words", 2),
    }
    await store.mark_removed(a)
    assert (await store.memberships(HOUSE, [b]))[b].copies == 1
    await store.put_memberships([])
    await store.clear_memberships()
    assert await store.memberships(HOUSE, [a, b, c]) == {}


async def test_receipts_are_kept_in_order(store: Store) -> None:
    source = await folder(store)
    key = await keep(store, source, "a.txt", paper())
    version = await store.version(None, key)
    assert version is not None
    written = replace(receipt_for(version), prompt="answer@1+0a1b2c3d", model="small", dropped=2)
    receipts = [receipt_for(version, Scope(ODD, ODD)), replace(written, quotes=())]
    ids = [await store.keep_receipt(one) for one in receipts]
    assert await store.receipts() == [replace(one, id=i) for one, i in zip(receipts, ids, strict=True)]
    assert [one.id for one in await store.receipts(after_id=ids[0])] == ids[1:]
    assert [one.id for one in await store.receipts(limit=1)] == ids[:1]
    [quote] = (await store.receipts(limit=1))[0].quotes
    assert quote.text_in(version) == "The ferry left at dawn."


async def test_bytes_of_our_own_are_kept_under_their_hash_once(store: Store) -> None:
    kept = await store.keep_raw(b"\x89PNG")
    assert await store.keep_raw(b"\x89PNG") == kept
    assert await store.raw(kept) == b"\x89PNG"
