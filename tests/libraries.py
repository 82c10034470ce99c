"""New libraries without the work of making them: the tables are made once in each test process, then copied.

Bringing a new file up through all steps takes a tenth of a second, and hundreds of tests begin with a new file. What the
steps do is the subject of `tests/contract/test_migrations.py`, which takes none of this.

Nor does a test's own process wait for the disk, which may be a slow one: only a loss of power would tell the difference.
Processes that tests start do wait.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.library import engines, migrations, sqlite_desk

_make_file = engines._make_file
_DURABLE, _DURABLE_DESK = engines.PRAGMAS, sqlite_desk.PRAGMAS
_HASTY = "PRAGMA synchronous = OFF"


@functools.cache
def _with_tables() -> bytes:
    """A library file in which nothing stands yet."""
    with TemporaryDirectory(prefix="verbatim-library-") as folder, pytest.MonkeyPatch.context() as as_always:
        as_always.setattr(engines, "_make_file", _make_file)
        path = Path(folder) / "library.db"
        engine = engines.open_sync(f"sqlite:///{path}")
        with engine.execution_options(**engines.WRITING).begin() as connection:
            migrations.upgrade(connection)
        engine.dispose()
        return path.read_bytes()


def _copy_file(path: Path, busy_timeout_s: float) -> None:
    """In place of `engines._make_file`. What keeps a file from being written is told by the real one."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            waiting = path.with_name(f".{path.name}.{os.getpid()}")
            waiting.write_bytes(_with_tables())
            waiting.rename(path)
    _make_file(path, busy_timeout_s)


def copy_from_now_on() -> None:
    """Every new SQLite library of this process is a copy, and no write waits for the disk."""
    engines._make_file = _copy_file
    assert all("synchronous" in durable[0] for durable in (_DURABLE, _DURABLE_DESK))
    engines.PRAGMAS, sqlite_desk.PRAGMAS = (_HASTY, *_DURABLE[1:]), (_HASTY, *_DURABLE_DESK[1:])


@contextlib.contextmanager
def made_step_by_step() -> Iterator[None]:
    """Here new libraries are made, and what they are told is kept, as everywhere else."""
    with pytest.MonkeyPatch.context() as as_always:
        as_always.setattr(engines, "_make_file", _make_file)
        as_always.setattr(engines, "PRAGMAS", _DURABLE)
        as_always.setattr(sqlite_desk, "PRAGMAS", _DURABLE_DESK)
        yield
