"""What holds for every test: the environment is clean, the outside network is off, and properties repeat in CI."""

from __future__ import annotations

import ipaddress
import os
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from bot.settings import PREFIX, TEST_PREFIX

# How long a test takes, and how long the making of its examples, depends on who else uses the machine.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# Where it is set, as in containers, each of the many processes that tests start would compile the whole program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


class OutsideNetwork(RuntimeError):
    """A test wanted to leave this machine."""


def _stay_inside(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook: only sockets of this machine may be connected, only its own names looked up."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else "localhost"  # a path: a socket file
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host in (None, "", b"", "localhost", b"localhost"):
        return
    try:
        inside = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise OutsideNetwork(f"{event}: {host!r}")


sys.addaudithook(_stay_inside)


def pytest_collection_finish() -> None:
    """Databases are made quickly as soon as any test that was collected may want one."""
    if "bot.library.engines" in sys.modules:
        from tests import libraries  # Alembic: half a second that other tests need not pay

        libraries.copy_from_now_on()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches a test, nor does a dictionary of the machine."""
    for name in [name for name in os.environ if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(f"{PREFIX}DICTIONARY_FILE", os.devnull)
