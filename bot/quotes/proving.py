"""Proving: that what was once shown still stands where it stood, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain import sha256_hex

if TYPE_CHECKING:
    from bot.domain import Quote, StoredVersion


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a quote holds; if not, `reason` is one of the codes that `prove` names."""

    ok: bool
    reason: str = ""


def prove(quote: Quote, version: StoredVersion | None) -> Proof:
    """Prove a quote on the version that it names, as read back from the store (None: it is not there any more).

    Reasons: "version-missing", "wrong-version", "text-changed" (the version's text is not the one that was stored),
    "out-of-bounds", "bytes-moved" (offsets in characters and in UTF-8 bytes point at different places) and "changed"
    (other characters at that place). Never raises: a broken receipt is a result.
    """
    if version is None:
        return Proof(False, "version-missing")
    if (quote.version_id, quote.document_id) != (version.facts.id, version.facts.document_id):
        return Proof(False, "wrong-version")
    if not 0 <= quote.start < quote.end <= len(version.text):
        return Proof(False, "out-of-bounds")
    try:
        if sha256_hex(version.text) != version.facts.text_sha256:
            return Proof(False, "text-changed")
        start_byte = len(version.text[: quote.start].encode("utf-8"))
        text = version.text[quote.start : quote.end]
        if sha256_hex(text) != quote.sha256:
            return Proof(False, "changed")
    except UnicodeEncodeError:  # a lone surrogate: no stored text holds one
        return Proof(False, "text-changed")
    if (quote.start_byte, quote.end_byte) != (start_byte, start_byte + len(text.encode("utf-8"))):
        return Proof(False, "bytes-moved")
    return Proof(True)
