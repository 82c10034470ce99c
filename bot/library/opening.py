"""Opens a library by its address, with the adapter that fits. An adapter is loaded only when it is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import LibraryError
from bot.library import revisions
from bot.library.addresses import sqlite_path
from bot.library.desk import Desk

if TYPE_CHECKING:
    from bot.library.sql_store import SqlStore


async def open_store(url: str) -> SqlStore:
    """The store at `url`, made or brought up to date where needed. Raises SettingsError, LibraryError."""
    from bot.library.sql_store import SqlStore  # SQLAlchemy: a second

    return await SqlStore.open(url)


def open_desk(url: str) -> Desk:
    """The desk of an existing library. An older one is brought up to date first, which is slow, once.

    Raises NotFound "library-empty" when nothing was stored yet, LibraryNewer, SettingsError, LibraryError.
    """
    try:
        return _desk(url)
    except LibraryError as error:
        if error.code != revisions.OLDER:
            raise
    from bot.library import engines, migrations
    from bot.library.faults import in_our_words

    engine = engines.open_sync(url)
    with in_our_words(), engine.execution_options(**engines.WRITING).begin() as connection:
        migrations.upgrade(connection)
    engine.dispose()
    return _desk(url)


def _desk(url: str) -> Desk:
    if (path := sqlite_path(url)) is not None:
        from bot.library.sqlite_desk import SqliteDesk

        return SqliteDesk(path)
    from bot.library.sql_desk import SqlDesk

    return SqlDesk(url)
