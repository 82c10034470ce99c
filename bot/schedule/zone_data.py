"""Which state of a time zone's data this process computes with."""

from __future__ import annotations

import hashlib
import zoneinfo
from importlib import resources
from pathlib import Path


def state_of(zone: str) -> str:
    """A short hash of the zone's rules; empty when they are not found. Rules that changed change it."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder, zone)
        if path.is_file():
            return _short(path.read_bytes())
    packaged = resources.files("tzdata").joinpath("zoneinfo", *zone.split("/"))
    return _short(packaged.read_bytes()) if packaged.is_file() else ""


def _short(rules: bytes) -> str:
    return hashlib.sha256(rules).hexdigest()[:16]
