"""From what a database driver says to what we say. Knows the drivers by their codes, so it imports none of them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import DiskFull, LibraryBusy, LibraryError, VerbatimError

_READ_ONLY = "The library can only be read, not written. What it holds is kept; make its folder writable and try again."
_DAMAGED = (
    "The library's file is damaged. It was left as it is: restore it from a backup, or move it away and let the "
    "documents be read again."
)
_UNREACHABLE = "The library cannot be opened. What it holds is kept; see the log for where it was looked for."
_DISK = "The disk under the library does not answer as it should. Nothing more is written until it does."

# https://www.sqlite.org/rescode.html, the primary code: the low eight bits
_SQLITE: dict[int, tuple[type[LibraryError], str, str]] = {
    5: (LibraryBusy, "library-busy", ""),
    6: (LibraryBusy, "library-busy", ""),
    8: (LibraryError, "library-read-only", _READ_ONLY),
    10: (LibraryError, "library-disk", _DISK),
    11: (LibraryError, "library-damaged", _DAMAGED),
    13: (DiskFull, "disk-full", ""),
    14: (LibraryError, "library-unreachable", _UNREACHABLE),
    26: (LibraryError, "library-damaged", _DAMAGED),
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html; a key of two characters stands for its class
_POSTGRES: dict[str, tuple[type[LibraryError], str, str]] = {
    "08": (LibraryError, "library-unreachable", _UNREACHABLE),
    "25006": (LibraryError, "library-read-only", _READ_ONLY),
    "28": (LibraryError, "library-unreachable", _UNREACHABLE),
    "3D": (LibraryError, "library-unreachable", _UNREACHABLE),
    "40P01": (LibraryBusy, "library-busy", ""),
    "42501": (LibraryError, "library-read-only", _READ_ONLY),
    "53100": (DiskFull, "disk-full", ""),
    "53300": (LibraryBusy, "library-busy", ""),
    "55P03": (LibraryBusy, "library-busy", ""),
    "57P": (LibraryError, "library-unreachable", _UNREACHABLE),
    "58030": (LibraryError, "library-disk", _DISK),
    "XX001": (LibraryError, "library-damaged", _DAMAGED),
    "XX002": (LibraryError, "library-damaged", _DAMAGED),
}


def damaged(log: str) -> LibraryError:
    """The error for what cannot be as it was stored."""
    return LibraryError("library-damaged", log, _DAMAGED)


def fault(error: BaseException) -> LibraryError | None:
    """What a driver's error means to us, None when it means a defect of ours. Looks through SQLAlchemy's wrapping."""
    cause = getattr(error, "orig", None) or error
    meaning = None
    if isinstance(code := getattr(cause, "sqlite_errorcode", None), int):
        meaning = _SQLITE.get(code & 0xFF)
    elif isinstance(state := getattr(cause, "sqlstate", None), str):
        meaning = next((_POSTGRES[key] for key in (state, state[:3], state[:2]) if key in _POSTGRES), None)
    elif isinstance(cause, OSError):
        full = cause.errno in (errno.ENOSPC, errno.EDQUOT)
        meaning = (DiskFull, "disk-full", "") if full else (LibraryError, "library-unreachable", _UNREACHABLE)
    elif type(cause).__name__ == "OperationalError":  # psycopg gives no state when there is no connection
        meaning = (LibraryError, "library-unreachable", _UNREACHABLE)
    if meaning is None:
        return None
    kind, name, person = meaning
    return kind(name, (str(cause).splitlines() or [""])[0], person)


@contextmanager
def in_our_words() -> Iterator[None]:
    """Raise LibraryError and its kinds for what the drivers raise inside the block; let defects pass as they are."""
    try:
        yield
    except VerbatimError:
        raise
    except Exception as error:  # the drivers' own classes are not imported here: `fault` knows them by their codes
        if (ours := fault(error)) is None:
            raise
        raise ours from error
