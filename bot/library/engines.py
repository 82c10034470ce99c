"""Database engines, set up the same way for everyone: durable, patient, and with one writer at a time.

SQLite: WAL, synchronous FULL (NORMAL may lose committed transactions when the power fails), foreign keys, and BEGIN
IMMEDIATE for writes, so that a transaction waits for its turn before it looks rather than failing after it has looked.
PostgreSQL: a transaction-level advisory lock does the same. It is given back after the commit can be seen by others, so
whoever holds it sees all that was written before, and sequence numbers drawn under it follow the order of the commits:
a reader of the change log that has seen number 7 will never meet a late 6. It needs READ COMMITTED, where every
statement looks anew; that is PostgreSQL's default, and set here. (Transaction-level, because session-level locks are
lost or leaked behind a transaction pooler.)
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import LibraryBusy, SettingsError
from bot.library import revisions
from bot.library.addresses import BAD_ADDRESS, sqlite_path
from bot.library.faults import fault, in_our_words

BUSY_TIMEOUT_S = 10.0
PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_size_limit = 67108864",
)

_WRITER_LOCK = 0x56455242  # "VERB"
_WRITES = "verbatim_writes"
WRITING = {_WRITES: True}  # execution options of a connection whose transactions are to be the only writer


def open_async(url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> AsyncEngine:
    """An engine for the store; makes an SQLite file and its folder. Raises SettingsError, LibraryError."""
    if (path := sqlite_path(url)) is None:
        engine = create_async_engine(_postgres_url(url), **_POSTGRES_OPTIONS)
    else:
        _make_file(path, busy_timeout_s)
        address = URL.create("sqlite+aiosqlite", database=str(path))
        engine = create_async_engine(address, connect_args={"timeout": busy_timeout_s})
    _set_up(engine.sync_engine, busy_timeout_s)
    return engine


def open_sync(url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Engine:
    """The same for callers without a loop."""
    if (path := sqlite_path(url)) is None:
        engine = create_engine(_postgres_url(url), **_POSTGRES_OPTIONS)
    else:
        _make_file(path, busy_timeout_s)
        address = URL.create("sqlite+pysqlite", database=str(path))
        engine = create_engine(address, connect_args={"timeout": busy_timeout_s})
    _set_up(engine, busy_timeout_s)
    return engine


_POSTGRES_OPTIONS: dict[str, Any] = {"isolation_level": "READ COMMITTED", "pool_pre_ping": True}


def _make_file(path: Path, busy_timeout_s: float) -> None:
    """See to it that there is a database file, and that it is in WAL mode, which it then stays in.

    It is done here, once, because SQLite does not wait for this one lock as it does for all others: who opens the same
    new file at the same moment is told that it is busy. And a file that cannot be opened is found out before aiosqlite
    starts a thread, which would complain to a loop that is closed by then.
    """
    give_up = time.monotonic() + busy_timeout_s
    with in_our_words():
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            try:
                with closing(sqlite3.connect(path, timeout=busy_timeout_s)) as connection:
                    connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if not isinstance(fault(error), LibraryBusy) or time.monotonic() > give_up:
                    raise
                time.sleep(0.005)
            else:
                return


def _postgres_url(url: str) -> URL:
    try:
        return make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as error:
        raise SettingsError("database-url", "the address of the database cannot be read", BAD_ADDRESS) from error


def _set_up(engine: Engine, busy_timeout_s: float) -> None:
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "begin")
        def wait_for_turn(connection: Connection) -> None:
            if connection.get_execution_options().get(_WRITES):
                connection.execute(text(f"SET LOCAL lock_timeout = {int(busy_timeout_s * 1000)}"))
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})"))

        return

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # else the driver begins transactions on its own, and too late
        cursor = connection.cursor()
        for pragma in PRAGMAS:  # none looks at the file: a connection that failed here would be left open
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def stored_revision(connection: Connection) -> str | None:
    """The revision of the tables, None when there are none yet."""
    if not connection.dialect.has_table(connection, revisions.TABLE):
        return None
    stored: str | None = connection.scalar(text(f"SELECT version_num FROM {revisions.TABLE}"))
    return stored
