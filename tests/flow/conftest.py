"""Desks for the flow tests: one that has been read once for all tests that only ask, and one for each that changes it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.desk import Desk, desk_in


@pytest.fixture(scope="session")
def read_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk that has been read; tests only ask it."""
    desk = desk_in(tmp_path_factory.mktemp("read-desk"))
    desk.run("run", "--once")
    return desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk that nothing has been read from yet."""
    return desk_in(tmp_path)


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """A command sets up logging for its process, which here is everybody's."""
    yield
    ours = logging.getLogger("bot")
    ours.handlers.clear()
    ours.propagate = True
    ours.setLevel(logging.NOTSET)
