"""Whether a request over HTTP came from Slack, just now: its signature, over bytes, as nobody else can make it."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

FRESH_S: Final = 300  # what is older may be a recording
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


def is_genuine(secret: str, timestamp: str, signature: str, body: bytes, now_s: float) -> bool:
    """Whether `signature` is the signing secret's for this timestamp and body, and the timestamp is of now.

    Never raises, whatever stands in the headers: text where a number belongs, letters that no signature has.
    """
    if not secret or not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return False
    if abs(now_s - int(timestamp)) > FRESH_S:
        return False
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={digest}".encode(), signature.encode())
