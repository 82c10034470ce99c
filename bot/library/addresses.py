"""What the address of a library says: a SQLite file or a PostgreSQL server. Loads no database toolkit."""

from __future__ import annotations

from pathlib import Path

from bot.errors import SettingsError

BAD_ADDRESS = (
    "The address of the library cannot be used. VERBATIM_DATABASE_URL is either sqlite:///a/file.db (four slashes for "
    "an absolute path) or postgresql://user:password@host/database. Nothing was opened."
)


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite address, None for a PostgreSQL address. Raises SettingsError for every other."""
    scheme, separator, rest = url.partition("://")
    engine, _, driver = scheme.partition("+")
    if separator and engine == "sqlite" and driver in ("", "aiosqlite", "pysqlite") and rest.strip("/"):
        if rest.startswith("/") and rest != "/:memory:":
            return Path(rest[1:])
    elif separator and engine in ("postgresql", "postgres") and driver in ("", "psycopg"):
        return None
    raise SettingsError("database-url", f"an address of kind {scheme[:20]!r}", BAD_ADDRESS)
