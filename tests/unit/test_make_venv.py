"""The private environment: what a person is told when it cannot be made, and when nothing has to be done."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tools import make_venv

LOCK, STAMP = "requirements.lock", "installed"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder of the tests' own, with a lock that names nothing."""
    (tmp_path / LOCK).write_text("")
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.setattr(make_venv, "ROOT", tmp_path)
    monkeypatch.setattr(make_venv, "VENV", tmp_path / ".venv")
    return tmp_path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every command that would have been started; none can be."""
    commands: list[str] = []

    def run(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
        commands.append(" ".join(command))
        raise FileNotFoundError(command[0])

    monkeypatch.setattr(subprocess, "run", run)
    return commands


def test_it_says_which_python_is_too_old(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(make_venv, "OLDEST", (99, 1))
    assert make_venv.main(LOCK, STAMP) == 1
    said = capsys.readouterr().err
    assert "needs Python 99.1 or newer" in said
    assert sys.executable in said
    assert "make run PYTHON=" in said


def test_it_names_the_cure_where_python_cannot_make_an_environment(
    folder: Path, started: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert make_venv.main(LOCK, STAMP) == 1
    assert "apt install python3-venv" in capsys.readouterr().err
    assert any("-m venv" in command for command in started)
    assert not (folder / ".venv").exists()


def test_it_leaves_a_folder_alone_that_is_no_environment(
    folder: Path, started: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / ".venv").mkdir()
    (folder / ".venv" / "mine").write_text("kept")
    assert make_venv.main(LOCK, STAMP) == 1
    assert (folder / ".venv" / "mine").read_text() == "kept"
    assert "Move it away" in capsys.readouterr().err
    assert not any("-m venv" in command for command in started)


@pytest.mark.slow
def test_it_makes_one_that_works_and_does_nothing_the_second_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "pyproject.toml").write_text("[project]\nname = 'empty'\nversion = '1'\n")
    real = subprocess.run

    def run(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
        if "install" in command:  # would need the network
            command = [command[0], "-c", ""]
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", run)
    assert make_venv.main(LOCK, STAMP) == 0
    assert "Making the private environment" in capsys.readouterr().out
    assert make_venv.main(LOCK, STAMP) == 0
    assert capsys.readouterr().out == ""
    (folder / LOCK).write_text("# changed\n")
    assert make_venv.main(LOCK, STAMP) == 0
    assert "Installing what requirements.lock names" in capsys.readouterr().out


def test_nothing_of_the_person_leads_pip_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_USER", "PIP_TARGET", "PYTHONPATH"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("PIP_CERT", "/etc/cert.pem")
    env = make_venv._environment()
    assert not {"PIP_USER", "PIP_TARGET", "PYTHONPATH"} & set(env)
    assert env["PIP_CERT"] == "/etc/cert.pem"
