"""Plain text: the decoded file as it is."""

from __future__ import annotations

from bot.documents.encodings import decode
from bot.documents.extracted import Extracted


def read(raw: bytes) -> Extracted:
    """The file's text, nothing removed. Raises Unreadable ("binary")."""
    decoded = decode(raw)
    return Extracted(text=decoded.text, media_type="text/plain", encoding=decoded.encoding)
