"""One file's bytes to a document draft: the format is recognised, its reader run, its letters checked.

A reader parses what strangers wrote, with libraries that were not made for enemies. So only plain text and small
Markdown are read where the program runs; for the rest `needs_child` says that `child` should read it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.documents.characters import keepable, one_line
from bot.documents.extracted import Extracted
from bot.documents.formats.kinds import Kind, recognise
from bot.documents.refusals import unreadable
from bot.domain import DocumentDraft
from bot.errors import Unreadable

MAX_BYTES: Final = 20 * 2**20
MAX_CHARACTERS: Final = 5_000_000  # of text kept of one document: some thousand pages
_SMALL_TEXT: Final = 2**20
_SMALL_MARKDOWN: Final = 32 * 2**10  # its parser is Python, and slow on crafted nesting


def read_document(
    raw: bytes, *, name: str, modified_at: datetime | None = None, max_bytes: int = MAX_BYTES
) -> DocumentDraft:
    """Read a file in this process. `name` is used for its ending only; `modified_at` is aware. Raises Unreadable."""
    from bot.documents.drafting import draft_document

    return draft_document(extract(raw, name=name, modified_at=modified_at, max_bytes=max_bytes))


def needs_child(raw: bytes, name: str) -> bool:
    """Whether `ReaderChild` should read it: everything but plain text up to 1 MB and Markdown up to 32 kB.

    False also for files that are refused by their first bytes, which costs nothing.
    """
    try:
        kind = recognise(raw, name)
    except Unreadable:
        return False
    if kind is Kind.TEXT:
        return len(raw) > _SMALL_TEXT
    return kind is not Kind.MARKDOWN or len(raw) > _SMALL_MARKDOWN


def extract(raw: bytes, *, name: str, modified_at: datetime | None = None, max_bytes: int = MAX_BYTES) -> Extracted:
    """What the file's format says: text and metadata, with every letter keepable. Raises Unreadable."""
    return kept(extract_as(raw, name=name, max_bytes=max_bytes), modified_at)


def extract_as(raw: bytes, *, name: str, charset: str = "", max_bytes: int = MAX_BYTES) -> Extracted:
    """The same before its letters were checked: for whoever adds to it, and then calls `kept`. `charset` is what HTTP
    says about a page."""
    if len(raw) > max_bytes:
        raise unreadable("too-large", f"{len(raw)} bytes", limit=_size(max_bytes))
    return _read_as(recognise(raw, name), raw, charset)


def _read_as(kind: Kind, raw: bytes, charset: str) -> Extracted:
    try:
        return _reader(kind, raw, charset)
    except Unreadable:
        raise
    except RecursionError as error:
        raise unreadable("too-deep", f"{kind} reader: recursion limit") from error
    except MemoryError as error:
        raise unreadable("reader-memory", f"{kind} reader") from error
    except Exception as error:
        # The edge to parsers of foreign bytes: on damaged files they raise whatever their code happens to meet
        # (KeyError, AttributeError, AssertionError …). Any of it means one thing: this file cannot be read.
        code = f"broken-{kind}" if kind is not Kind.TEXT else "binary"
        raise unreadable(code, f"{type(error).__module__}.{type(error).__name__}") from error


def _reader(kind: Kind, raw: bytes, charset: str) -> Extracted:
    """Run one reader; each is imported when it is needed, because most bring heavy libraries."""
    match kind:
        case Kind.TEXT:
            from bot.documents.formats import plain

            return plain.read(raw)
        case Kind.MARKDOWN:
            from bot.documents.formats import markdown

            return markdown.read(raw)
        case Kind.HTML:
            from bot.documents.formats import webpage

            return webpage.read(raw, charset)
        case Kind.PDF:
            from bot.documents.formats import pdf

            return pdf.read(raw)
        case Kind.DOCX:
            from bot.documents.formats import word

            return word.read(raw)
        case Kind.EML:
            from bot.documents.formats import mail

            return mail.read(raw)
        case Kind.JSON:
            from bot.documents.formats import news_json

            return news_json.read(raw)
        case Kind.XML:
            from bot.documents.formats import news_xml

            return news_xml.read(raw)


def kept(extracted: Extracted, modified_at: datetime | None = None) -> Extracted:
    """The same with unkeepable letters gone from the text and invisible ones from what is shown beside it. Raises
    Unreadable ("too-long", "no-text")."""
    from bot.documents.formats.page_facts import http_address

    if len(extracted.text) > MAX_CHARACTERS:
        raise unreadable("too-long", f"{len(extracted.text)} characters", limit=f"{MAX_CHARACTERS:,}")
    text, seen = keepable(extracted.text)
    if not any(c.isalnum() for c in text):
        raise unreadable("no-text", "no letter or digit")
    return replace(
        extracted,
        text=text,
        title=one_line(extracted.title),
        outlet=one_line(extracted.outlet, 200),
        byline=one_line(extracted.byline, 300),
        address=http_address(extracted.address),
        language=one_line(extracted.language, 40),
        published=one_line(extracted.published, 100),
        modified=one_line(extracted.modified, 100),
        printed=one_line(extracted.printed, 100),
        file_time=modified_at,
        suspicious=tuple(dict.fromkeys((*extracted.suspicious, *seen))),
    )


def _size(count: int) -> str:
    return (
        f"{count / 2**20:.0f} MB"
        if count >= 2**20
        else f"{count / 2**10:.0f} kB"
        if count >= 2**10
        else f"{count} bytes"
    )
