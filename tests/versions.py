"""Stored versions made by hand, for tests of what is pure."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.documents.sentences import split_sentences
from bot.domain import EVERYONE, DateBasis, DocumentDate, MachineTranslation, StoredVersion, VersionFacts, sha256_hex


def version_of(
    text: str,
    *,
    id: int = 1,  # noqa: A002 - the field's own name
    language: str = "en",
    title: str = "",
    outlet: str = "",
    day: date | None = None,
    translated: bool = False,
    audience: str = EVERYONE,
) -> StoredVersion:
    """A version as the store would give it back; document and version have the same id."""
    published = DocumentDate(day=day, basis=DateBasis.STATED) if day else DocumentDate()
    facts = VersionFacts(
        id=id,
        document_id=id,
        number=1,
        raw_sha256=sha256_hex(text),
        text_sha256=sha256_hex(text),
        stored_at=datetime(2026, 1, 1, tzinfo=UTC),
        title=title,
        outlet=outlet,
        byline="",
        agency="",
        language=language,
        published=published,
        translation=MachineTranslation(0.9, ("test",)) if translated else None,
        media_type="text/plain",
        address="",
        length=len(text),
    )
    return StoredVersion(facts, f"document-{id}.txt", audience, text, split_sentences(text, language))
