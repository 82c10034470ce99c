"""Which states of the tables this release knows; the one place that says so without loading Alembic."""

from __future__ import annotations

from bot.errors import LibraryError, LibraryNewer, NotFound

# In order; a test compares them with the files in `migrations/versions`
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
HEAD = REVISIONS[-1]
TABLE = "library_revision"  # not Alembic's default name: a shared database may hold another program's
OLDER = "library-older"  # the code of the error that a migration mends

_EMPTY = "The library is empty: nothing has been read yet. `verbatim run` reads the seeds folder."
_OLDER = "The library was written by an older Verbatim. `verbatim run` brings it up to date; nothing is lost."


def needs_upgrade(revision: str | None) -> bool:
    """Whether tables at this revision (None: no tables yet) have to be brought up. Raises LibraryNewer."""
    if revision is not None and revision not in REVISIONS:
        raise LibraryNewer("library-newer", f"tables at revision {revision}, this release knows up to {HEAD}")
    return revision != HEAD


def require_head(revision: str | None) -> None:
    """Refuse tables that are not this release's: NotFound (none yet), LibraryError `OLDER`, LibraryNewer."""
    if revision is None:
        raise NotFound("library-empty", "no tables", _EMPTY)
    if needs_upgrade(revision):
        raise LibraryError(OLDER, f"tables at revision {revision}, this release needs {HEAD}", _OLDER)
