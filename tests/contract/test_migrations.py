"""The numbered steps, on each kind of database: they make the tables of `bot.library.tables`, and go forward only."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import LibraryError, LibraryNewer
from bot.library import (
    brief_tables,
    delivery_tables,
    due_tables,
    engines,
    migrations,
    model_tables,
    revisions,
    tables,
    workspace_tables,
)
from bot.library.opening import open_desk
from bot.library.sql_store import SqlStore
from tests import libraries
from tests.contract.papers import FERRY, HOUSE, folder, keep, paper

NEXT_STEP = """
import sqlalchemy as sa
from alembic import op

revision = "tomorrow"
down_revision = "{head}"


def upgrade() -> None:
    op.add_column("document", sa.Column("colour", sa.Text, nullable=False, server_default="grey"))
"""


@pytest.fixture
def url(new_url: str) -> Iterator[str]:
    """The address of a library that is not there yet, and will be made step by step."""
    with libraries.made_step_by_step():
        yield new_url


def test_the_release_knows_exactly_the_steps_that_are_there() -> None:
    script = ScriptDirectory.from_config(migrations.config())
    steps = [step.revision for step in script.walk_revisions()]
    assert tuple(reversed(steps)) == revisions.REVISIONS
    assert script.get_heads() == [revisions.HEAD]


async def test_the_steps_make_the_tables_that_the_code_expects(store: SqlStore, url: str) -> None:
    assert delivery_tables.delivery.metadata is tables.metadata, "all tables are known by now"
    assert due_tables.due.metadata is tables.metadata
    assert brief_tables.brief_record.metadata is tables.metadata
    assert workspace_tables.workspace.metadata is tables.metadata
    assert model_tables.model_call.metadata is tables.metadata

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "version_table": revisions.TABLE}
        )
        return list(compare_metadata(context, tables.metadata))

    engine = engines.open_async(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_two_that_open_a_new_library_at_once_both_succeed(url: str) -> None:
    stores = await asyncio.gather(*(SqlStore.open(url) for _ in range(3)))
    for number, store in enumerate(stores):
        await keep(store, await folder(store), f"{number}.txt")
    assert await stores[0].document_count(HOUSE) == 3
    for store in stores:
        await store.close()
        await store.close()


async def test_a_library_of_a_later_release_is_left_alone(store: SqlStore, url: str) -> None:
    engine = engines.open_async(url)
    async with engine.begin() as connection:
        await connection.execute(text(f"UPDATE {revisions.TABLE} SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(LibraryNewer, match="9999"):
        await SqlStore.open(url)
    with pytest.raises(LibraryNewer, match="9999"):
        open_desk(url)
    with pytest.raises(LibraryNewer):
        await store.migrate()


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A release with one more step."""
    steps = tmp_path / "migrations"
    shutil.copytree(Path(migrations.__file__).parent, steps, ignore=shutil.ignore_patterns("__pycache__"))
    (steps / "versions" / "tomorrow.py").write_text(NEXT_STEP.format(head=revisions.HEAD))
    settings = Config()
    settings.set_main_option("script_location", str(steps))
    monkeypatch.setattr(migrations, "config", lambda: settings)
    monkeypatch.setattr(revisions, "REVISIONS", (*revisions.REVISIONS, "tomorrow"))
    monkeypatch.setattr(revisions, "HEAD", "tomorrow")


async def _colours(url: str) -> list[str]:
    engine = engines.open_async(url)
    async with engine.connect() as connection:
        colours = list(await connection.scalars(text("SELECT colour FROM document")))
    await engine.dispose()
    return colours


async def test_an_older_library_is_brought_up_to_date_with_what_it_holds(
    store: SqlStore, url: str, request: pytest.FixtureRequest
) -> None:
    key = await keep(store, await folder(store), "a.txt", paper())
    request.getfixturevalue("tomorrow")
    await asyncio.gather(store.migrate(), store.migrate())
    assert await _colours(url) == ["grey"]
    version = await store.version(HOUSE, key)
    assert version is not None
    assert version.text == FERRY


async def test_the_desk_brings_an_older_library_up_to_date(
    store: SqlStore, url: str, request: pytest.FixtureRequest
) -> None:
    key = await keep(store, await folder(store), "a.txt", paper())
    request.getfixturevalue("tomorrow")
    with pytest.raises(LibraryError) as older:
        revisions.require_head("0001")
    assert older.value.code == revisions.OLDER
    desk = open_desk(url)
    assert desk.version(HOUSE, key) is not None
    desk.close()
    assert await _colours(url) == ["grey"]


async def test_a_step_that_fails_changes_nothing(
    store: SqlStore, url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    key = await keep(store, await folder(store), "a.txt", paper())
    request.getfixturevalue("tomorrow")
    step = tmp_path / "migrations" / "versions" / "tomorrow.py"
    step.write_text(step.read_text() + "    raise RuntimeError('half way')\n")
    with pytest.raises(RuntimeError, match="half way"):
        await store.migrate()
    engine = engines.open_async(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(engines.stored_revision) == revisions.REVISIONS[-2]
        columns = (await connection.execute(text("SELECT * FROM document"))).keys()
    await engine.dispose()
    assert "colour" not in columns
    assert await store.version(HOUSE, key) is not None
