"""Between our words and the columns of the tables, both ways. Pure; knows no database.

A row is a sequence in the order of the column list that stands above its function.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from bot.domain import (
    Change,
    DateBasis,
    Document,
    DocumentDate,
    DocumentDraft,
    DocumentState,
    MachineTranslation,
    Quote,
    Receipt,
    Scope,
    Sentence,
    Source,
    SourceKind,
    StoredVersion,
    VersionFacts,
)
from bot.library.faults import damaged
from bot.library.store import FileState, KnownFile, Membership

Row = Sequence[Any]

# --- strings and instants ---

# PostgreSQL's text holds no NUL and UTF-8 no lone surrogate; a file's name may hold one (PEP 383). They are moved
# into the last private plane; a character that truly stands there is marked by another before it.
_FAR = 0x100000
_MARK = "\U0010d7fe"
_MOVED_NUL = "\U0010d7ff"
_UNSTORABLE = re.compile("[\0\ud800-\udfff\U0010d7fe-\U0010dfff]")
_MOVED = re.compile("\U0010d7fe.|[\U0010d7ff-\U0010dfff]")


def to_column(text: str) -> str:
    """A string as any text column can hold it."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub(_move, text)


def from_column(text: str) -> str:
    """What `to_column` was given."""
    if text.isascii():
        return text
    return _MOVED.sub(_move_back, text)


def _move(found: re.Match[str]) -> str:
    character = found[0]
    if character == "\0":
        return _MOVED_NUL
    return _MARK + character if character >= _MARK else chr(ord(character) + _FAR)


def _move_back(found: re.Match[str]) -> str:
    moved = found[0]
    if moved[0] == _MARK:
        return moved[1]
    return "\0" if moved == _MOVED_NUL else chr(ord(moved) - _FAR)


def instant_column(at: datetime) -> str:
    """An instant as sortable text. Raises ValueError when it has no zone."""
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {at!r}")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def text_bytes(text: str) -> bytes:
    """The bytes of a text of record."""
    return text.encode("utf-8", "surrogatepass")


def bytes_text(content: bytes) -> str:
    """The text of record of these bytes."""
    return bytes(content).decode("utf-8", "surrogatepass")


# --- sentences: per sentence the gap to the last one, the length and the paragraphs stepped over ---


def pack_sentences(sentences: Sequence[Sentence]) -> bytes:
    """Sentences as MessagePack of small numbers: about four bytes each."""
    flat: list[int] = []
    end = paragraph = 0
    for sentence in sentences:
        flat += (sentence.start - end, sentence.end - sentence.start, sentence.paragraph - paragraph)
        end, paragraph = sentence.end, sentence.paragraph
    return msgspec.msgpack.encode(flat)


def unpack_sentences(packed: bytes) -> tuple[Sentence, ...]:
    """What `pack_sentences` was given."""
    numbers = iter(msgspec.msgpack.decode(packed, type=list[int]))
    sentences: list[Sentence] = []
    end = paragraph = 0
    for gap, length, step in zip(numbers, numbers, numbers, strict=True):
        start, paragraph = end + gap, paragraph + step
        end = start + length
        sentences.append(Sentence(start, end, paragraph))
    return tuple(sentences)


# --- versions ---

FACTS = (
    "v.id, v.document_id, v.number, v.raw_sha256, v.text_sha256, v.stored_at, v.title, v.outlet, v.byline, v.agency, "
    "v.language, v.day, v.at, v.date_basis, v.date_warning, v.date_edited, v.translation, v.media_type, v.address, "
    "v.length"
)
FACTS_WIDTH = FACTS.count(",") + 1


def facts(row: Row) -> VersionFacts:
    """The facts in a row of `FACTS`."""
    (key, document_id, number, raw_sha256, text_sha256, stored_at, title, outlet, byline, agency) = row[:10]
    (language, day, at, basis, warning, edited, translation, media_type, address, length) = row[10:FACTS_WIDTH]
    return VersionFacts(
        id=key,
        document_id=document_id,
        number=number,
        raw_sha256=raw_sha256,
        text_sha256=text_sha256,
        stored_at=datetime.fromisoformat(stored_at),
        title=from_column(title),
        outlet=from_column(outlet),
        byline=from_column(byline),
        agency=from_column(agency),
        language=from_column(language),
        published=DocumentDate(
            day=date.fromisoformat(day) if day else None,
            at=datetime.fromisoformat(at) if at else None,
            basis=DateBasis(basis),
            warning=from_column(warning),
            edited=bool(edited),
        ),
        translation=_translation(translation),
        media_type=from_column(media_type),
        address=from_column(address),
        length=length,
    )


def _translation(column: str | None) -> MachineTranslation | None:
    if column is None:
        return None
    confidence, reasons, source_language = json.loads(column)
    return MachineTranslation(confidence, tuple(reasons), source_language)


VERSION = f"{FACTS}, d.name, d.audience, v.text, v.sentences"


def version(row: Row) -> StoredVersion:
    """The version in a row of `VERSION`. Raises LibraryError when its text is not the one that was stored: no quote is
    cut from a text that a failing disk has changed."""
    name, audience, text, sentences = row[FACTS_WIDTH:]
    known = facts(row)
    if hashlib.sha256(text).hexdigest() != known.text_sha256:
        raise damaged(f"the text of version {known.id} has changed")
    return StoredVersion(
        facts=known,
        document_name=from_column(name),
        audience=from_column(audience),
        text=bytes_text(text),
        sentences=unpack_sentences(sentences),
    )


def draft_columns(draft: DocumentDraft, raw: bytes, seen_at: datetime) -> dict[str, Any]:
    """The columns of a new version that follow from what arrived: all but its id, document and number."""
    text, sentences, published = text_bytes(draft.text), pack_sentences(draft.sentences), draft.published
    translation = draft.translation
    facts: dict[str, Any] = {
        "text_sha256": hashlib.sha256(text).hexdigest(),
        "title": to_column(draft.title),
        "outlet": to_column(draft.outlet),
        "byline": to_column(draft.byline),
        "agency": to_column(draft.agency),
        "language": to_column(draft.language),
        "day": published.day.isoformat() if published.day else None,
        "at": instant_column(published.at) if published.at else None,
        "date_basis": str(published.basis),
        "date_warning": to_column(published.warning),
        "date_edited": published.edited,
        "translation": translation
        and json.dumps([translation.confidence, translation.reasons, translation.source_language]),
        "media_type": to_column(draft.media_type),
        "address": to_column(draft.address),
        "length": len(draft.text),
    }
    said = dict(facts)
    if published.basis is DateBasis.FILE_TIME:  # writing the same file again says nothing new
        del said["day"], said["at"], said["date_warning"]
    notes = {"encoding": draft.encoding, "dropped": draft.dropped, "suspicious": draft.suspicious}
    return facts | {
        "fingerprint": hashlib.sha256(json.dumps(said).encode() + sentences).hexdigest(),
        "raw_sha256": hashlib.sha256(raw).hexdigest(),
        "stored_at": instant_column(seen_at),
        "notes": json.dumps(notes),
        "text": text,
        "sentences": sentences,
    }


# --- documents ---

DOCUMENT = f"d.id, d.source_id, d.name, d.audience, d.state, d.reason, d.first_seen, d.baseline, {FACTS}"


def document(row: Row) -> Document:
    """The document in a row of `DOCUMENT`, its current version joined or NULLs. A failed one has none."""
    key, source_id, name, audience, state, reason, first_seen, baseline = row[:8]
    readable = row[8] is not None and state != DocumentState.FAILED
    return Document(
        id=key,
        source_id=source_id,
        name=from_column(name),
        audience=from_column(audience),
        state=DocumentState(state),
        reason=from_column(reason),
        first_seen=datetime.fromisoformat(first_seen),
        version=facts(row[8:]) if readable else None,
        baseline=bool(baseline),
    )


FILE = "name, id, state, file_size, file_mtime_ns, file_inode, file_sha256"


def known_file(row: Row) -> tuple[str, KnownFile]:
    """The name and the file in a row of `FILE`."""
    name, document_id, state, size, mtime_ns, inode, sha256 = row
    name = from_column(name)
    file = FileState(name, size, mtime_ns, int(inode), sha256) if inode is not None else None
    return name, KnownFile(file, document_id, DocumentState(state))


def file_columns(file: FileState | None) -> dict[str, Any]:
    """The file columns of a document; NULLs without a file."""
    if file is None:
        return {"file_size": None, "file_mtime_ns": None, "file_inode": None, "file_sha256": None}
    return {
        "file_size": file.size,
        "file_mtime_ns": file.mtime_ns,
        "file_inode": str(file.inode),
        "file_sha256": file.sha256,
    }


# --- the small tables ---

SOURCE = "id, kind, address, audience"
CHANGE = "seq, document_id, version_id"
MEMBERSHIP = "m.document_id, m.report_id, m.story_id, m.reason"  # and the copies
RECEIPT = "id, shown_at, place, workspace, channel, quotes, prompt, model, dropped"


def source(row: Row) -> Source:
    """The source in a row of `SOURCE`."""
    key, kind, address, audience = row
    return Source(key, SourceKind(kind), from_column(address), from_column(audience))


def change(row: Row) -> Change:
    """The change in a row of `CHANGE`."""
    return Change(*row)


def membership(row: Row) -> Membership:
    """The membership in a row of `MEMBERSHIP` and its number of copies."""
    document_id, report_id, story_id, reason, copies = row
    return Membership(document_id, report_id, story_id, from_column(reason), max(1, copies))


def scope_columns(scope: Scope) -> dict[str, str]:
    """The columns of exactly this scope."""
    return {"workspace": to_column(scope.workspace), "channel": to_column(scope.channel)}


def receipt(row: Row) -> Receipt:
    """The receipt in a row of `RECEIPT`."""
    key, shown_at, place, workspace, channel, quotes, prompt, model, dropped = row
    return Receipt(
        shown_at=datetime.fromisoformat(shown_at),
        place=from_column(place),
        scope=Scope(from_column(workspace), from_column(channel)),
        quotes=tuple(Quote(*quote) for quote in json.loads(quotes)),
        id=key,
        prompt=from_column(prompt),
        model=from_column(model),
        dropped=dropped,
    )


def receipt_columns(receipt: Receipt) -> dict[str, Any]:
    """The columns of a receipt but its id."""
    quotes = [[q.document_id, q.version_id, q.start, q.end, q.start_byte, q.end_byte, q.sha256] for q in receipt.quotes]
    return {
        "shown_at": instant_column(receipt.shown_at),
        "place": to_column(receipt.place),
        **scope_columns(receipt.scope),
        "quotes": json.dumps(quotes, separators=(",", ":")),
        "prompt": to_column(receipt.prompt),
        "model": to_column(receipt.model),
        "dropped": receipt.dropped,
    }
