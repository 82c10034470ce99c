"""What a command loads: start-up time is a promise, and it is kept by not loading what is not needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.flow.desk import Desk

HEAVY = ("discord", "slack_sdk", "slack_bolt", "sqlalchemy", "alembic", "trafilatura", "lxml", "numpy", "tantivy")
_TELL = """
import sys
from bot.__main__ import main
sys.argv = ["verbatim", *sys.argv[1:]]
try:
    main()
finally:
    print("LOADED", *{name.partition(".")[0] for name in sys.modules})
"""


def loaded_by(desk: Desk, *arguments: str) -> set[str]:
    """The packages that a command has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", _TELL, *arguments], cwd=desk.root, env=desk.environment(),
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert "LOADED" in done.stdout, done.stderr
    return set(done.stdout.rpartition("LOADED ")[2].split())


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("health",), ("ask", "--help")])
def test_small_commands_load_no_heavy_library(read_desk: Desk, arguments: tuple[str, ...]) -> None:
    assert not loaded_by(read_desk, *arguments) & set(HEAVY)


def test_the_version_is_told_without_the_command_line(read_desk: Desk) -> None:
    assert "click" not in loaded_by(read_desk, "--version")
    assert "click" in loaded_by(read_desk, "--help")


def test_asking_loads_no_database_toolkit_and_no_reader(read_desk: Desk) -> None:
    loaded = loaded_by(read_desk, "ask", "When was the wall built?")
    assert "tantivy" in loaded, "then it has searched"
    assert not loaded & {*HEAVY, "rich", "watchfiles", "pypdf", "docx"} - {"tantivy"}


def test_the_version_is_the_same_either_way(read_desk: Desk) -> None:
    from bot import __version__

    assert read_desk.run("--version") == f"verbatim {__version__}\n"


def test_reading_only_text_starts_no_reader_child(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.documents import child

    def refuse(*_: object) -> None:
        raise AssertionError("a reader child was started")

    monkeypatch.setattr(child._Child, "start", refuse)
    assert "new      later.txt" in desk.run("run", "--once")
