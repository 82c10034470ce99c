"""Promises about the test run itself, and about the package as it is built."""

from __future__ import annotations

import ast
import os
import shutil
import socket
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.conftest import OutsideNetwork

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_no_test_reaches_the_outside_network() -> None:
    with pytest.raises(OutsideNetwork):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OutsideNetwork):
        socket.getaddrinfo("news.example", 443)


def test_no_setting_of_the_person_reaches_a_test() -> None:
    left = {name: os.environ[name] for name in os.environ if name.startswith("VERBATIM_") and "_TEST_" not in name}
    assert left == {"VERBATIM_DICTIONARY_FILE": os.devnull}, "nor does a dictionary of the machine"


def test_nothing_is_raised_where_groups_are_taken_apart() -> None:
    """What is raised within `except*` comes alone, but as a group of one on the first Pythons 3.11."""
    for path in (ROOT / "bot").rglob("*.py"):
        written = path.read_text("utf-8")
        for tried in ast.walk(ast.parse(written)) if "except*" in written else ():
            if isinstance(tried, ast.TryStar):
                within = [one for handler in tried.handlers for one in ast.walk(handler)]
                assert not [one.lineno for one in within if isinstance(one, ast.Raise)], path


def test_every_file_of_the_package_is_shipped(tmp_path: Path) -> None:
    """Builds the package as pip does and compares it with the tree."""
    source = tmp_path / "source"
    for folder in ("bot", "prompts"):
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", PROJECT["project"]["readme"], *PROJECT["project"]["license-files"]):
        shutil.copy(ROOT / name, source)
    build = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    built = [sys.executable, "-c", build, str(tmp_path)]
    done = subprocess.run(built, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("verbatim_bot-*.whl"))) as wheel:
        names = [name.partition(".data/data/share/verbatim/")[2] or name for name in wheel.namelist()]
    shipped = {name for name in names if name.startswith(("bot/", "prompts/"))}
    ours = {
        path.relative_to(source).as_posix()
        for folder in ("bot", "prompts")
        for path in (source / folder).rglob("*")
        if path.is_file()
    }
    assert shipped == ours
