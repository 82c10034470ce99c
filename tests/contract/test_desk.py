"""The contract of `bot.library.desk.Desk`; its reads are the store's, so what is said of them here holds for both."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.domain import DocumentState, Scope
from bot.errors import LibraryError, NotFound, SettingsError
from bot.library.desk import Desk
from bot.library.opening import open_desk, open_store
from bot.library.store import Membership, Store
from tests.contract.papers import FERRY, HOUSE, NOON, ODD, folder, full_paper, keep, paper, receipt_for

# --- the same as the store ---


async def test_the_desk_reads_what_the_store_wrote(store: Store, desk: Desk) -> None:
    source = await folder(store)
    a = await keep(store, source, "a.txt", full_paper())
    b = await keep(store, source, ODD, replace(paper(), title=ODD))
    await store.save_failure(source, "c.pdf", "broken", "It ends early", b"", seen_at=NOON)
    await store.put_memberships([Membership(a, a, a), Membership(b, a, a, "same words")])
    versions = [document.version.id for document in await store.documents(HOUSE) if document.version]
    assert len(versions) == 2

    assert desk.documents(HOUSE) == await store.documents(HOUSE)
    assert desk.document(HOUSE, ODD) == await store.document(HOUSE, ODD)
    assert desk.document_count(HOUSE) == await store.document_count(HOUSE) == 3
    assert desk.versions(HOUSE, versions) == await store.versions(HOUSE, versions)
    assert desk.version(None, versions[0]) == await store.version(None, versions[0])
    assert desk.newest_seq() == await store.newest_seq() == 2
    assert desk.changes_after(1) == await store.changes_after(1)
    assert desk.memberships(HOUSE, [a, b]) == await store.memberships(HOUSE, [a, b])
    assert desk.story_sizes([a, b, 2**80]) == {a: 2}


async def test_what_hides_text_is_told_to_those_who_may_see_it(store: Store, desk: Desk) -> None:
    source, private = await folder(store), await folder(store, "w:slack-1/c:C1")
    await keep(store, source, "plain.txt", paper())
    await keep(store, source, "odd.txt", replace(paper("One."), suspicious=("hidden text", ODD)))
    await keep(store, private, "mine.txt", replace(paper("Two."), suspicious=("tag characters",)))
    assert [(one.name, signs) for one, signs in desk.suspicious(HOUSE)] == [("odd.txt", ("hidden text", ODD))]
    assert [one.name for one, _ in desk.suspicious(Scope("slack-1", "C1"))] == ["mine.txt", "odd.txt"]
    assert desk.suspicious(HOUSE, looked_at=0) == []
    await keep(store, source, "odd.txt", paper("One, anew."))
    assert desk.suspicious(HOUSE) == []


async def test_receipts_of_the_desk_and_the_store_are_one_list(store: Store, desk: Desk) -> None:
    key = await keep(store, await folder(store), "a.txt", paper())
    version = desk.version(HOUSE, key)
    assert version is not None
    assert version.text == FERRY
    first = desk.keep_receipt(receipt_for(version))
    second = await store.keep_receipt(receipt_for(version, Scope(ODD, ODD)))
    third = desk.keep_receipt(receipt_for(version))
    assert first < second < third
    assert desk.receipts() == await store.receipts()
    assert [one.id for one in desk.receipts(after_id=first, limit=1)] == [second]


async def test_calls_may_come_from_several_threads(store: Store, desk: Desk) -> None:
    key = await keep(store, await folder(store), "a.txt", paper())
    version = desk.version(HOUSE, key)
    assert version is not None
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(desk.keep_receipt, [receipt_for(version)] * 12))
        read = list(pool.map(lambda _: desk.version(HOUSE, key), range(12)))
    assert len(set(kept)) == 12
    assert read == [version] * 12


# --- who sees what ---


async def test_no_read_leaves_its_scope(store: Store, desk: Desk) -> None:
    """Two workspaces with opposite secrets, and a private channel in one of them."""
    texts = {"*": "Open.", "w:red": "Red wins.", "w:blue": "Blue wins.", "w:red/c:plot": "Red cheats."}
    keys = {
        audience: await keep(store, await folder(store, audience), "secret.txt", paper(text))
        for audience, text in texts.items()
    }
    await store.put_memberships([Membership(key, keys["*"], keys["*"]) for key in keys.values()])
    may_see = {
        Scope("red"): {"*", "w:red"},
        Scope("blue"): {"*", "w:blue"},
        Scope("red", "plot"): {"*", "w:red", "w:red/c:plot"},
        Scope("red", "other"): {"*", "w:red"},
        Scope("blue", "plot"): {"*", "w:blue"},
        Scope("re"): {"*"},
        Scope("%"): {"*"},
    }
    for scope, audiences in may_see.items():
        seen = [key for audience, key in keys.items() if audience in audiences]
        expected = {
            "documents": set(seen),
            "count": len(seen),
            "by number": seen,
            "versions": {key: texts[audience] for audience, key in keys.items() if audience in audiences},
            "version by version": seen,
            "copies": dict.fromkeys(seen, len(seen)),
        }
        everything = list(keys.values())
        assert expected == {
            "documents": {one.id for one in await store.documents(scope)},
            "count": await store.document_count(scope),
            "by number": [key for key in everything if await store.document(scope, f"#{key}")],
            "versions": {key: one.text for key, one in (await store.versions(scope, everything)).items()},
            "version by version": [key for key in everything if await store.version(scope, key)],
            "copies": {key: one.copies for key, one in (await store.memberships(scope, everything)).items()},
        }
        assert expected == {
            "documents": {one.id for one in desk.documents(scope)},
            "count": desk.document_count(scope),
            "by number": [key for key in everything if desk.document(scope, str(key))],
            "versions": {key: one.text for key, one in desk.versions(scope, everything).items()},
            "version by version": [key for key in everything if desk.version(scope, key)],
            "copies": {key: one.copies for key, one in desk.memberships(scope, everything).items()},
        }
    stranger = Scope("re")
    for ref in ("secret.txt", "ret.txt"):  # a name that others have too is not ambiguous to who cannot see them
        found = desk.document(stranger, ref)
        assert found is not None
        assert found.id == keys["*"]
    with pytest.raises(NotFound) as several:
        desk.document(Scope("blue"), "secret.txt")
    assert f"#{keys['*']} " in several.value.person
    assert f"#{keys['w:red']} " not in several.value.person
    assert len(desk.versions(None, keys.values())) == 4


# --- what a person types ---


async def test_a_document_is_found_by_number_name_or_the_end_of_its_name(store: Store, desk: Desk) -> None:
    source = await folder(store)
    names = ["2031/05/ferry.txt", "harbour-ferry.txt", "2031/05/Sheep.txt", "100%_sure\\so.txt", "2", "x2"]
    keys = {name: await keep(store, source, name) for name in names}

    def found(ref: str) -> int | None:
        document = desk.document(HOUSE, ref)
        return document.id if document else None

    for name, key in keys.items():
        assert found(name) == key
        assert found(f"#{key}") == key
    assert found("ferry.txt") == keys["2031/05/ferry.txt"]  # a whole part of the path before a mere end
    assert found("bour-ferry.txt") == keys["harbour-ferry.txt"]
    assert found("%_sure\\so.txt") == keys["100%_sure\\so.txt"]
    assert found(" Sheep.txt ") == keys["2031/05/Sheep.txt"]
    assert found("sheep.txt") is None
    assert found("2") == keys["2"]  # a name before a number
    assert found("1") == keys["2031/05/ferry.txt"]
    many = "9" * 19
    for ref in ("", " ", "#", "#0", f"#{many}", many, "#²", "%.txt", "_.txt", "no", "ferry", "x" * 99_999):
        assert found(ref) is None
    for ref in (ODD, "\0", "\udcff"):
        assert found(ref) is None


async def test_an_end_that_fits_several_names_is_refused_with_the_names(store: Store, desk: Desk) -> None:
    source = await folder(store)
    for name in ("a/1.txt", "b/1.txt", "c/1.txt", "d/1.txt"):
        await keep(store, source, name)
    with pytest.raises(NotFound) as refused:
        desk.document(HOUSE, "1.txt")
    assert refused.value.code == "ambiguous-document"
    assert "4 documents" in refused.value.person
    assert "#1 a/1.txt, #2 b/1.txt, #3 c/1.txt, …" in refused.value.person


async def test_documents_that_are_there_come_before_removed_ones(store: Store, desk: Desk) -> None:
    source = await folder(store)
    old, new = await keep(store, source, "a/1.txt"), await keep(store, source, "b/1.txt")
    await store.mark_removed(old)
    found = desk.document(HOUSE, "1.txt")
    assert found is not None
    assert found.id == new
    await store.mark_removed(new)
    with pytest.raises(NotFound):
        desk.document(HOUSE, "1.txt")


async def test_of_removed_documents_of_one_name_the_last_is_found(store: Store, desk: Desk) -> None:
    source = await folder(store)
    first = await keep(store, source, "a.txt")
    last = await keep(store, source, "b.txt")
    await store.rename(last, "a.txt")
    await store.mark_removed(last)
    found = desk.document(HOUSE, "a.txt")
    assert found is not None
    assert found.id == last != first


async def test_documents_are_listed_newest_first_by_state_and_in_pages(store: Store, desk: Desk) -> None:
    source = await folder(store)
    a, b, c = [await keep(store, source, name) for name in ("a", "b", "c")]
    failed = (await store.save_failure(source, "d", "broken", "It ends early", None, seen_at=NOON)).id
    await store.mark_removed(b)

    def listed(states: set[DocumentState] | None = None, limit: int = 100, offset: int = 0) -> list[int]:
        return [one.id for one in desk.documents(HOUSE, states=states, limit=limit, offset=offset)]

    assert listed() == [failed, c, b, a]
    assert listed({DocumentState.KEPT}) == [c, a]
    assert listed({DocumentState.FAILED, DocumentState.REMOVED}) == [failed, b]
    assert listed(set()) == []
    assert listed(limit=2, offset=1) == [c, b]
    assert listed(limit=-1, offset=-1) == []
    assert desk.document_count(HOUSE, states={DocumentState.KEPT}) == 2


async def test_more_versions_than_fit_one_statement_are_read(store: Store, desk: Desk) -> None:
    key = await keep(store, await folder(store), "a.txt")
    assert set(desk.versions(HOUSE, [*range(2_000), key, 2**63, -(2**70)])) == {key}


# --- opening ---


def test_where_nothing_was_stored_the_library_is_empty(new_url: str) -> None:
    with pytest.raises(NotFound) as empty:
        open_desk(new_url)
    assert empty.value.code == "library-empty"
    assert "nothing has been read yet" in empty.value.person


@pytest.mark.parametrize(
    "bad",
    ["", "library.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://host/x", "postgresql+asyncpg://h/x"],
)
def test_an_address_of_another_kind_names_the_setting(bad: str) -> None:
    with pytest.raises(SettingsError) as refused:
        open_desk(bad)
    assert "VERBATIM_DATABASE_URL" in refused.value.person


@pytest.mark.postgres
def test_a_server_that_does_not_answer_is_a_library_error_without_the_password() -> None:
    with pytest.raises(LibraryError) as refused:
        open_desk("postgresql://someone:hush@127.0.0.1:1/nothing?connect_timeout=2")
    assert refused.value.code == "library-unreachable"
    assert "hush" not in f"{refused.value} {refused.value.person}"


def test_the_sqlite_desk_loads_no_database_toolkit(sqlite_url: str) -> None:
    async def make() -> None:
        await (await open_store(sqlite_url)).close()

    asyncio.run(make())
    script = (
        "import sys\n"
        "from bot.library.opening import open_desk\n"
        "open_desk(sys.argv[1]).version(None, 1)\n"
        "print([n for n in ('sqlalchemy', 'alembic', 'asyncio', 'aiosqlite', 'psycopg') if n in sys.modules])\n"
    )
    run = subprocess.run([sys.executable, "-c", script, sqlite_url], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
