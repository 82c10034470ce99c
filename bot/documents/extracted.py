"""What a format reader hands on: text in paragraphs and whatever the format itself says about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Extracted:
    """One document as its format states it, before cleaning. Every field but `text` and `media_type` may be empty."""

    text: str  # paragraphs as the format gives them; txt: the decoded file as it is
    media_type: str  # "text/plain", "text/markdown", "text/html", "application/pdf", …
    encoding: str = ""
    title: str = ""
    outlet: str = ""
    byline: str = ""
    address: str = ""  # canonical link
    language: str = ""  # as declared; a hint, not a fact
    published: str = ""  # date or date-time as the metadata states it, any notation
    modified: str = ""
    printed: str = ""  # a day that the page shows or has in its address, unmarked: may be the day of copying
    file_time: datetime | None = None  # aware, UTC
    suspicious: tuple[str, ...] = ()
    title_is_sure: bool = False  # the page shows it as a heading, and its metadata says the same
