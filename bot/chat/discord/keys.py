"""How a delivery's key travels on Discord: a nonce that Discord enforces for some minutes, and remembers no longer."""

from __future__ import annotations

import base64
import hashlib

_LONGEST = 25  # characters of a nonce


def nonce_of(key: str) -> str:
    """The nonce of a delivery: the same for every try."""
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode("ascii")[:_LONGEST]
