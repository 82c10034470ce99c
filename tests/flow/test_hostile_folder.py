"""A drop folder that strangers filled: what is honest is taken in, nothing else, and the folder stays as it was."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from tests.eval.adapter import answer

SECRET = "The vault of Belmar opens with the word marzipan."


def honest(number: int) -> str:
    return f"Notice {number} from Belmar\n\nThe ferry number {number} to Belmar leaves at noon from pier {number + 20}.\n"


NAMES: tuple[bytes, ...] = (
    b"note.txt",
    "Straße am Ölmarkt.md".encode(),
    "cafe\u0301.txt".encode(),
    b"with space & (brackets) 'quotes'.txt",
    b"UPPER.TXT",
    b"below/inner.txt",
    b"-rf.txt",
    b" .txt",
    b"new\nline.txt",
    b"\x1b[2J.txt",
    b"bad-\xff.txt",
    b"bad-\xfe.txt",
    "gpj\u202etxt.txt".encode(),
    "zero\u200bwidth.txt".encode(),
    ("ö" * 125).encode() + b".txt",
    b"\xff" * 251 + b".txt",
)


def fill(root: Path, outside: Path) -> None:
    (outside / "folder").mkdir(parents=True)
    (outside / "secret.txt").write_text(SECRET, encoding="utf-8")
    (outside / "folder" / "secret.txt").write_text(SECRET, encoding="utf-8")
    (root / "below").mkdir(parents=True)
    for number, name in enumerate(NAMES):
        (root / os.fsdecode(name)).write_text(honest(number), encoding="utf-8")
    for number in range(30):
        (root / "below" / f"copy-{number}.txt").write_text("The same words stand in every file.\n", encoding="utf-8")
    (root / "link.txt").symlink_to(outside / "secret.txt")
    (root / "link").symlink_to(outside / "folder")
    (root / "all").symlink_to("/")
    (root / "round").symlink_to(root)
    (root / "environment.txt").symlink_to("/proc/self/environ")
    os.mkfifo(root / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "socket.txt"))
    (root / "upload.txt.part").write_text(SECRET, encoding="utf-8")
    (root / ".hidden.txt").write_text(SECRET, encoding="utf-8")
    with (root / "holes.txt").open("wb") as file:
        file.truncate(2**42)
    os.utime(root / "note.txt", (10**10, 10**10))
    for path in root.rglob("*"):
        if path.name != "note.txt":
            os.utime(path, (10**9, 10**9), follow_symlinks=False)


def listing(root: Path) -> dict[str, tuple[int, int, int]]:
    return {
        str(path): (facts.st_mode, facts.st_size, facts.st_mtime_ns)
        for path in root.rglob("*")
        for facts in (path.lstat(),)
    }


def test_only_what_is_honest_is_taken_in(tmp_path: Path) -> None:
    root = tmp_path / "seeds"
    fill(root, tmp_path / "outside")
    before = listing(root)
    reply: dict[str, Any] = answer(f'{{"op": "seed_scan", "dir": "{root}"}}'.encode())
    assert "error" not in reply
    assert listing(root) == before

    texts = "\n".join(item["text"] for item in reply["items"])
    for number in range(len(NAMES)):
        assert f"ferry number {number} to Belmar" in texts
    assert "marzipan" not in str(reply)
    assert texts.count("The same words") == 1

    names = [item["name"] for item in reply["items"]]
    names += [name for item in reply["items"] for name in item["copies"]]
    assert len(set(names)) == len(names) == len(NAMES) + 30
    assert all(name.isprintable() for name in names)

    rejected = {one["name"]: one["reason"] for one in reply["rejected"]}
    assert rejected.keys() == {
        "link.txt", "link", "all", "round", "environment.txt", "pipe.txt", "socket.txt", "upload.txt.part",
        ".hidden.txt", "holes.txt",
    }  # fmt: skip
    assert all(rejected.values())
