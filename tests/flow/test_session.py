"""`verbatim run` as a person sees it at a terminal, and as a service that nobody watches."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.flow.desk import LIBRARY, Desk
from tests.flow.terminal import PATIENCE_S, Terminal, descendants, is_running, terminal

BRIDGE = """Old bridge of Karsow reopens

KARSOW, 16 November 2026 – The old bridge of Karsow reopened on Monday after 14 months of repairs, the town said.
Some 3,200 cyclists crossed it on the first day.
"""
PAGE = f"<html><body><article><h1>A page of Karsow</h1><p>{BRIDGE.splitlines()[2]} {BRIDGE.splitlines()[3]}</p></article></body></html>"


def until(holds: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < give_up, what
        time.sleep(0.02)


def started(shown: Terminal) -> None:
    shown.wait_for("Ctrl-C ends.")
    shown.wait_for("› ")


def test_a_session_from_the_first_look_to_ctrl_c(desk: Desk) -> None:
    with terminal(desk, "run") as shown:
        shown.wait_for("Brief · ")
        assert "80,000 books" in shown.wait_for("Ctrl-C ends.")
        shown.wait_for("› ")
        assert "running" in desk.run("health")

        shown.type("help")
        shown.wait_for("verbatim documents")
        shown.type("When was the wall built?")
        assert "“The wall was built in 1931." in shown.wait_for("harbour-en.txt ·")

        desk.drop("bridge.txt", BRIDGE)
        card = shown.wait_for("\nbridge.txt\n")
        assert "Old bridge of Karsow reopens" in card
        assert "3,200 cyclists" in card

        shown.type("How many cyclists crossed the bridge of Karsow?")
        assert "3,200 cyclists" in shown.wait_for("bridge.txt ·")

        desk.drop("scan.txt", bytes(range(256)) * 8)
        shown.wait_for("scan.txt: The file holds binary data, not text.")

        desk.drop("bridge.txt", BRIDGE.replace("3,200", "4,100"))
        assert "4,100 cyclists" in shown.wait_for("\nbridge.txt\n")

        desk.drop("page.html", PAGE.replace("3,200", "5,300"))
        assert "5,300 cyclists" in shown.wait_for("\npage.html\n")

        (desk.seeds / "link.txt").symlink_to("/etc/passwd")
        shown.wait_for("link.txt: a link; links are not followed")

        (desk.seeds / "page.html").unlink()
        shown.wait_for("removed  page.html")

        assert "4,100" in desk.run("ask", "How many cyclists crossed the bridge of Karsow?")
        assert "is running already" in desk.run("run", exits=1)

        children = descendants(shown.process.pid)
        assert children, "a page was read, so there is a reader child"
        shown.press(b"\x03")
        shown.wait_for("Stopped. Everything read is kept.")
        assert shown.wait_for_end() == 0
        until(lambda: not any(map(is_running, children)), "the reader child outlived its session")
    assert not (desk.root / "data" / "heartbeat").exists()
    assert "Traceback" not in shown.screen
    assert "not running" in desk.run("health", exits=1)


def test_ctrl_d_ends_a_session_and_questions_typed_early_are_answered(desk: Desk) -> None:
    with terminal(desk, "run") as shown:
        shown.type("When was the wall built?")  # before anything was read
        shown.wait_for("Ctrl-C ends.")
        for i in range(20):
            desk.drop(f"note-{i}.txt", f"{LIBRARY.splitlines()[0]} {i}\n\nThe {i + 30}th reader came to Lindholm on day {i}.\n")
        shown.type("Who is the harbour master?")  # while documents arrive
        shown.wait_for("built in 1931")
        shown.wait_for("Ilva Brandt")
        shown.wait_for("note-")
        shown.press(b"\x04")
        assert shown.wait_for_end() == 0
    assert "Traceback" not in shown.screen


@pytest.mark.slow
def test_a_signal_while_the_folder_is_read_ends_it_in_order_and_the_next_run_goes_on(desk: Desk) -> None:
    for i in range(400):
        desk.drop(f"note-{i:03}.txt", f"Note {i} from Lindholm\n\nReader {i} came to the library of Lindholm.\n")
    with terminal(desk, "run") as shown:
        shown.wait_for("reading")
        shown.process.send_signal(signal.SIGTERM)
        assert shown.wait_for_end() == 0
    assert "Traceback" not in shown.screen
    assert "Brief · " in desk.run("run", "--once")
    assert len(desk.run("documents", "--limit", "1000").splitlines()) == 404


def test_with_nobody_at_a_terminal_it_runs_on_as_a_service(desk: Desk) -> None:
    service = subprocess.Popen(
        desk.command("run"), cwd=desk.root, env=desk.environment(), text=True, encoding="utf-8",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        assert service.stdout is not None
        printed = ""
        for line in service.stdout:
            printed += line
            if line.startswith("7 ") or "80,000 books" in line:
                break
        assert "›" not in printed
        desk.drop("bridge.txt", BRIDGE)
        for line in service.stdout:
            printed += line
            if line == "bridge.txt\n":
                break
        assert "3,200 cyclists" in printed
        assert "running" in desk.run("health")
        service.send_signal(signal.SIGTERM)
        rest = service.stdout.read()
        assert service.wait(PATIENCE_S) == 0
        assert "Traceback" not in printed + rest
    finally:
        with_no_mercy(service)
    assert not (desk.root / "data" / "heartbeat").exists()


@pytest.mark.slow
def test_questions_from_a_pipe_are_answered_and_it_runs_on(desk: Desk) -> None:
    service = subprocess.Popen(
        desk.command("run"), cwd=desk.root, env=desk.environment(), text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        assert service.stdin is not None
        assert service.stdout is not None
        service.stdin.write("When was the wall built?\nWho is the harbour master?")
        service.stdin.close()
        seen = ""
        for line in service.stdout:
            seen += line
            if "harbour master Ilva Brandt" in seen.partition("built in 1931")[2]:
                break
        assert service.poll() is None
        os.kill(service.pid, signal.SIGTERM)
        service.stdout.read()
        assert service.wait(PATIENCE_S) == 0
    finally:
        with_no_mercy(service)


@pytest.mark.slow
def test_a_reader_of_our_output_that_leaves_ends_us_quietly(desk: Desk) -> None:
    service = subprocess.Popen(
        desk.command("run"), cwd=desk.root, env=desk.environment(), text=True, encoding="utf-8",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        assert service.stdout is not None
        assert service.stderr is not None
        service.stdout.readline()
        service.stdout.close()
        until(lambda: "running" in health(desk) or service.poll() is not None, "it never began")
        desk.drop("bridge.txt", BRIDGE)
        assert service.wait(PATIENCE_S) == 0
        assert "Traceback" not in service.stderr.read()
        service.stderr.close()
    finally:
        with_no_mercy(service)


def health(desk: Desk) -> str:
    done = subprocess.run(desk.command("health"), env=desk.environment(), capture_output=True, text=True, check=False)
    return done.stdout


def with_no_mercy(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
