"""Cutting: the only place where a quote is made, out of a stored version and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import Quote, sha256_hex
from bot.errors import QuoteRefused
from bot.quotes.borders import span_refusal

if TYPE_CHECKING:
    from bot.domain import StoredVersion


def cut(version: StoredVersion, start: int, end: int) -> Quote:
    """Code points `start` to `end` of a version as a quote. Raises QuoteRefused with a code of `quotable`."""
    refusal = quotable(version.text, start, end)
    if refusal:
        raise QuoteRefused(refusal, f"version {version.facts.id} [{start}:{end}]: {refusal}")
    text = version.text[start:end]
    try:
        start_byte = len(version.text[:start].encode("utf-8"))
    except UnicodeEncodeError as error:
        raise QuoteRefused("controls", f"version {version.facts.id} holds a lone surrogate before {start}") from error
    return Quote(
        document_id=version.facts.document_id,
        version_id=version.facts.id,
        start=start,
        end=end,
        start_byte=start_byte,
        end_byte=start_byte + len(text.encode("utf-8")),
        sha256=sha256_hex(text),
    )


def quotable(text: str, start: int, end: int) -> str:
    """Why `text[start:end]` may not be quoted, or "".

    "out-of-bounds", "empty", "no-words" (neither letter nor digit), "controls" (control, bidi or tag characters, lone
    surrogates), or what a border would cut: "mid-word", "inside-number", "mid-character".
    """
    return span_refusal(text, start, end)
