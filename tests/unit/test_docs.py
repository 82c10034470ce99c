"""What the documents for people say is there, is there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import click
import pytest

from bot.cli import main

ROOT = Path(__file__).parents[2]
NAMES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/settings.md", "docs/evaluation.md", "docs/chat.md")
PAGES = [ROOT / name for name in NAMES]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


@cache
def help_of(*words: str) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, "-c", "from bot.cli import main; main()", *words, "--help"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)


def examples() -> list[str]:
    """Every line of the README that is a command of ours, without its comment."""
    lines = re.findall(r"^    (?:\.venv/bin/)?verbatim .+$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    return sorted({line.split(" #")[0].strip().removeprefix(".venv/bin/") for line in lines})


@pytest.mark.parametrize("example", examples())
def test_every_command_in_the_readme_exists_with_its_options(example: str) -> None:
    _, command, *rest = shlex.split(example)
    done = help_of(command, *rest[:1]) if isinstance(main.commands[command], click.Group) else help_of(command)
    assert done.returncode == 0, done.stderr
    for option in (word for word in rest if word.startswith("--")):
        assert option in done.stdout


def test_the_readme_shows_commands() -> None:
    assert len(examples()) > 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_linked_file_exists(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_of_make_exists(page: Path) -> None:
    for target in re.findall(r"(?:^    |`)make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


def test_the_map_names_every_room_and_no_other() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = set(re.findall(r"^\| `(bot/[^`]+)` \|", text, re.MULTILINE))
    rooms = {f"bot/{path.name}/" for path in (ROOT / "bot").iterdir() if (path / "__init__.py").exists()}
    files = {f"bot/{path.name}" for path in (ROOT / "bot").glob("*.py") if not path.name.startswith("_")}
    assert named == rooms | files


def test_every_room_says_what_it_does_and_what_is_absent() -> None:
    for room in (ROOT / "bot").glob("*/__init__.py"):
        sentence = room.read_text("utf-8").split('"""')[1]
        assert sentence.startswith(f"`{room.parent.name}` "), room
        assert re.search(r"\b(nothing|no|never|not)\b", sentence, re.IGNORECASE), room
