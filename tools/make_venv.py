"""Makes `.venv` beside this folder and installs a lock file and the project into it; `make` calls it when it must.

Written for the bare machine: only the standard library, and a grammar that an old Python can read far enough to be told
that it is too old. Once done it writes the stamp that tells `make` so; a second call with the same lock does nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


def main(lock_name: str, stamp_name: str) -> int:
    """Install `lock_name`; on success write what was installed into `stamp_name`, a file in `.venv`."""
    if sys.version_info < OLDEST:
        return _say(
            "Verbatim needs Python {}.{} or newer; {} is {}.".format(*OLDEST, sys.executable, sys.version.split()[0]),
            "Install one (Debian and Ubuntu: sudo apt install python3) or name one: make run PYTHON=/path/to/python3",
        )
    with _alone():
        wanted = _fingerprint(lock_name)
        stamp = VENV / stamp_name
        if _works() and stamp.is_file() and stamp.read_text("utf-8") == wanted:
            stamp.touch()
            return 0
        try:
            if not _works():
                print("Making the private environment .venv with", sys.executable, flush=True)
                _make_venv()
            print("Installing what", lock_name, "names; the first time this takes about a minute ...", flush=True)
            pip = _pip()
            # -qq: an older pip warns about spellings of extras that are right
            install = [*pip, "install", "-qq", "--require-hashes", "--requirement", str(ROOT / lock_name)]
            subprocess.run(install, check=True, env=_environment())
            # What builds us stands in the lock as well, so nothing is fetched without its hash. In "compat" mode our
            # folder is put on Python's path; the other mode loads a finder, 12 ms at every start.
            ourselves = [*pip, "install", "-qq", "--no-deps", "--no-build-isolation"]
            ourselves += ["--config-settings", "editable_mode=compat", "--editable", str(ROOT)]
            subprocess.run(ourselves, check=True, env=_environment())
        except _CannotMake as error:
            return _say(*error.args)
        except subprocess.CalledProcessError:
            return _say("The installation did not succeed; the lines above say why. Run the same command to try again.")
        stamp.write_text(wanted, "utf-8")
        return 0


class _CannotMake(Exception):
    """No environment can be made with this Python; the arguments are what to tell the person."""


def _make_venv() -> None:
    if VENV.exists():
        if any(VENV.iterdir()) and not (VENV / "pyvenv.cfg").exists():
            raise _CannotMake(f"{VENV} is there but is no Python environment. Move it away and try again.")
        shutil.rmtree(VENV)
    attempts = [[sys.executable, "-m", "venv", str(VENV)], [sys.executable, "-m", "virtualenv", str(VENV)]]
    if _runs([sys.executable, "-m", "pip", "--python", sys.executable, "--version"]):  # pip 22.3 and newer can
        attempts.append([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
    for attempt in attempts:
        if _runs(attempt) and _works():
            return
        shutil.rmtree(VENV, ignore_errors=True)
    version = "{}.{}".format(*sys.version_info)
    raise _CannotMake(
        f"{sys.executable} cannot make a private environment: its modules venv and ensurepip are not installed.",
        f"On Debian and Ubuntu:  sudo apt install python3-venv  (or python{version}-venv); then the same again.",
        "With uv instead:  uv venv --seed .venv; then the same again.",
    )


def _works() -> bool:
    """Whether `.venv` has a Python that is new enough, and a pip for it can be found."""
    check = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return _runs([str(_python()), "-c", check]) and _runs([*_pip(), "--version"])


def _python() -> Path:
    return VENV / "bin" / "python"


def _pip() -> list[str]:
    """The environment's own pip, or, where it could not get one, the pip of the Python that runs this."""
    own = [str(_python()), "-m", "pip"]
    return own if _runs([*own, "--version"]) else [sys.executable, "-m", "pip", "--python", str(_python())]


def _runs(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, env=_environment(), check=False)
    except OSError:
        return False
    return done.returncode == 0


def _environment() -> dict[str, str]:
    """The caller's, without what would lead Python or pip away from `.venv`."""
    leading_away = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON")
    env = {name: value for name, value in os.environ.items() if name not in leading_away}
    return {**env, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_REQUIRE_VIRTUALENV": "0"}


def _fingerprint(lock_name: str) -> str:
    parts = [(ROOT / name).read_bytes() for name in (lock_name, "pyproject.toml")]
    return hashlib.sha256(b"\0".join([*parts, str(ROOT).encode()])).hexdigest() + "\n"


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process does the same: `make run` and `make test` may be started at once."""
    import fcntl

    with Path(__file__).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(*lines: str) -> int:
    print("", *lines, sep="\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
