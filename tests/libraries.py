"""New libraries without the work of making them: the tables are made once in each test process, then copied.

Bringing a new file up through all steps takes a tenth of a second, and hundreds of tests begin with a new file. What the
steps do is the subject of `tests/contract/test_migrations.py`, which takes none of this.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.library import engines, migrations

_make_file = engines._make_file


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
    """Every new SQLite library of this process is a copy."""
    engines._make_file = _copy_file


@contextlib.contextmanager
def made_step_by_step() -> Iterator[None]:
    """Here new libraries are made as everywhere else."""
    with pytest.MonkeyPatch.context() as as_always:
        as_always.setattr(engines, "_make_file", _make_file)
        yield
