"""What leaves for a platform: the JSON body as rendered, and what the last check holds it against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from bot.domain import Quote


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One call's body. `quotes` are all that stands between our quotation marks, `links` all that may be pressed.

    `files` are names with the SHA-256 of stored bytes, `alts` what pictures among them show, in their order; `omitted`
    counts what did not fit. `leads_to` are versions beside the quoted ones, to whose addresses it may link. `title` and
    `topics` are for channels in which every message is a post with a name and tags.
    """

    body: dict[str, Any]
    quotes: tuple[Quote, ...] = ()
    links: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    omitted: int = field(default=0)
    title: str = ""
    topics: tuple[str, ...] = ()
    alts: tuple[str, ...] = ()
    leads_to: tuple[int, ...] = ()

    def described_files(self) -> list[tuple[str, str, str]]:
        """Every file with its name, the SHA-256 of its bytes, and what it shows, which may be empty."""
        alts = (*self.alts, *("" for _ in self.files))
        return [(name, sha256, alt) for (name, sha256), alt in zip(self.files, alts, strict=False)]


def frozen(outgoing: Outgoing) -> bytes:
    """The bytes that the outbox keeps; the same message gives the same bytes."""
    return msgspec.json.encode(outgoing, order="sorted")


def thawed(payload: bytes) -> Outgoing:
    """What `frozen` made. Raises msgspec.DecodeError."""
    return msgspec.json.decode(payload, type=Outgoing)
