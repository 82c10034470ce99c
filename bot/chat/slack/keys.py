"""How a delivery's key travels on Slack: as the metadata of the message, which its history gives back."""

from __future__ import annotations

import hashlib
from typing import Any, Final

EVENT_TYPE: Final = "verbatim_delivery"


def digest_of(key: str) -> str:
    """What of a delivery's key stands in the metadata: the same for every try."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def metadata_of(key: str) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": digest_of(key)}}


def is_keyed(message: dict[str, Any], key: str) -> bool:
    """Whether a message, as read back, was posted for this key."""
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == EVENT_TYPE and payload.get("key") == digest_of(key)
