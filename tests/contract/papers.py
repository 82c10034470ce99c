"""Small made-up documents for the library's tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

from bot.domain import (
    DateBasis,
    DocumentDate,
    DocumentDraft,
    MachineTranslation,
    Quote,
    Receipt,
    Scope,
    Sentence,
    Source,
    SourceKind,
    StoredVersion,
    sha256_hex,
)
from bot.library.store import FileState, Store

NOON = datetime(2031, 5, 6, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
HOUSE = Scope("house")

FERRY = "The ferry left at dawn. It carried 40 sheep.\n\nNobody slept."
FERRY_SENTENCES = (Sentence(0, 23, 0), Sentence(24, 44, 0), Sentence(46, 59, 1))
# What one database or the other refuses, a NUL and both halves of a pair alone, and what takes their place in a column
ODD = "a\0b\ud83dc\udcffd\U0010d7fe\U0010dc00“ä”"


def paper(text: str = FERRY, title: str = "Ferry leaves") -> DocumentDraft:
    """A draft with one sentence per text, or the ferry's three."""
    sentences = FERRY_SENTENCES if text == FERRY else (Sentence(0, len(text), 0),)
    return DocumentDraft(text=text, sentences=sentences, title=title, language="en")


def full_paper() -> DocumentDraft:
    """A draft with something in every field."""
    return DocumentDraft(
        text=FERRY,
        sentences=FERRY_SENTENCES,
        title="Fähre läuft aus",
        outlet="Inselblatt",
        byline="B. Beispiel, C. Muster",
        agency="Nordpost",
        language="de",
        published=DocumentDate(date(2031, 5, 4), NOON, DateBasis.STATED, "its text speaks of October", edited=True),
        translation=MachineTranslation(0.75, ("mixed quotation marks", "word order"), "ko"),
        media_type="text/html",
        encoding="cp1252",
        address="https://inselblatt.example/faehre?id=1&x=2#a",
        dropped=("navigation", "comments"),
        suspicious=("2 zero-width characters",),
    )


def bytes_of(draft: DocumentDraft) -> bytes:
    """Bytes that a reader could have made this draft from."""
    return draft.text.encode("utf-8", "surrogatepass")


def file_of(name: str, draft: DocumentDraft, mtime_ns: int = 7) -> FileState:
    """What a folder could have said of it; the inode is the largest that some file systems give."""
    raw = bytes_of(draft)
    return FileState(name, len(raw), mtime_ns, 2**64 - 1, hashlib.sha256(raw).hexdigest())


async def folder(store: Store, audience: str = "*") -> Source:
    """A folder source of this audience."""
    return await store.ensure_source(SourceKind.FOLDER, "seeds", audience)


async def keep(
    store: Store, source: Source, name: str, draft: DocumentDraft | None = None, seen_at: datetime = NOON
) -> int:
    """Save a paper from a file; the document's id."""
    draft = draft or paper(f"All about {name}.")
    saved = await store.save_draft(source, name, draft, bytes_of(draft), seen_at=seen_at, file=file_of(name, draft))
    return saved.document.id


def receipt_for(version: StoredVersion, scope: Scope = HOUSE) -> Receipt:
    """A receipt for the version's first sentence."""
    sentence = version.sentences[0]
    text = version.text[sentence.start : sentence.end]
    quote = Quote(
        document_id=version.facts.document_id,
        version_id=version.facts.id,
        start=sentence.start,
        end=sentence.end,
        start_byte=0,
        end_byte=len(text.encode()),
        sha256=sha256_hex(text),
    )
    return Receipt(NOON, "answer", scope, (quote,))
