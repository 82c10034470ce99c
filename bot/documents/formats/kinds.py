"""Which format some bytes are in: by their content first, by the file's name only where the content leaves it open."""

from __future__ import annotations

import codecs
import json
import re
from enum import StrEnum
from pathlib import PurePath
from typing import Final

from bot.documents.refusals import unreadable


class Kind(StrEnum):
    """A format that has a reader."""

    TEXT = "txt"
    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    EML = "eml"
    JSON = "json"
    XML = "xml"


_ENDINGS: Final = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd"), Kind.MARKDOWN),
    **dict.fromkeys((".html", ".htm", ".xhtml", ".shtml"), Kind.HTML),
    **dict.fromkeys((".eml", ".mht", ".mhtml"), Kind.EML),
    **dict.fromkeys((".json", ".jsonl", ".ndjson", ".jsonld"), Kind.JSON),
    **dict.fromkeys((".xml", ".rss", ".atom", ".nitf", ".newsml", ".rdf"), Kind.XML),
    ".pdf": Kind.PDF,
    ".docx": Kind.DOCX,
}
_SIGNATURES: Final = (
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"II*\0", "an image"),
    (b"MM\0*", "an image"),
    (b"RIFF", "a sound, video or image file"),
    (b"OggS", "a sound or video file"),
    (b"ID3", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"\x1f\x8b", "a packed archive"),
    (b"BZh", "a packed archive"),
    (b"\xfd7zXZ\0", "a packed archive"),
    (b"\x28\xb5\x2f\xfd", "a packed archive"),
    (b"7z\xbc\xaf\x27\x1c", "a packed archive"),
    (b"Rar!\x1a\x07", "a packed archive"),
    (b"PK", "a packed archive"),  # what is a Word document has been taken out before
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"{\\rtf", "a rich-text (RTF) document"),
    (b"%!PS", "a PostScript document"),
    (b"SQLite format 3\0", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"wOF", "a font"),
)
_ZIPPED: Final = (
    (b"xl/workbook", "an Excel workbook"),
    (b"ppt/presentation", "a PowerPoint presentation"),
    (b"application/vnd.oasis.opendocument", "an OpenDocument file"),
    (b"application/epub+zip", "an e-book"),
)
_HTML_OPENING: Final = re.compile(r"<(?:!doctype\s{1,9}html|html|head|body)[\s>]")
_XML_OPENING: Final = re.compile(r"<(?:\?xml\s|rss[\s>]|feed[\s>]|nitf[\s>]|newsml|newsitem|newsmessage|rdf:rdf)")
_XHTML_ROOT: Final = re.compile(r"<html[\s>]")
_MAIL_HEADER: Final = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]", re.MULTILINE)
_MAIL_ONLY: Final = frozenset(
    {"message-id", "received", "mime-version", "return-path", "delivered-to", "dkim-signature"}
)
_OPENING: Final = 4_096


def recognise(raw: bytes, name: str) -> Kind:
    """The format of a file. Raises Unreadable ("empty", "unsupported") for those that have no reader."""
    if not raw.strip(b"\0 \t\r\n\f\x0b"):
        raise unreadable("empty", f"{len(raw)} bytes")
    ending = _ENDINGS.get(PurePath(name).suffix.lower())
    # PDF readers accept some rubbish before the header (ISO 32000-1, annex H.3.4.1).
    if raw.startswith(b"%PDF-") or b"%PDF-" in raw[: 1024 if ending is Kind.PDF else 16]:
        return Kind.PDF
    if raw.startswith(b"PK\x03\x04"):
        return _zipped(raw, ending)
    for signature, what in _SIGNATURES:
        if raw.startswith(signature):
            if what == "an old Office document" and b"E\0n\0c\0r\0y\0p\0t" in raw:
                raise unreadable("encrypted", "OLE container with an EncryptedPackage")
            raise unreadable("unsupported", f"signature {signature!r}", what=what)
    if raw[4:8] == b"ftyp":
        raise unreadable("unsupported", "ISO media file", what="a video or image")
    return _textual(raw, ending)


def _zipped(raw: bytes, ending: Kind | None) -> Kind:
    if b"word/" in raw or ending is Kind.DOCX:  # member names stand uncompressed in the file
        return Kind.DOCX
    for part, what in _ZIPPED:
        if part in raw:
            raise unreadable("unsupported", f"zip with {part!r}", what=what)
    raise unreadable("unsupported", "zip", what="a packed archive")


def _textual(raw: bytes, ending: Kind | None) -> Kind:
    opening = _opening(raw)
    if _HTML_OPENING.match(opening):
        return Kind.HTML
    if _XML_OPENING.match(opening):
        return Kind.HTML if _XHTML_ROOT.search(opening) else Kind.XML
    if ending in (Kind.HTML, Kind.EML, Kind.MARKDOWN, Kind.XML, Kind.JSON):
        return ending
    if opening[:1] in "{[" and _is_json(raw):
        return Kind.JSON
    if _is_mail(opening):
        return Kind.EML
    if ending in (Kind.PDF, Kind.DOCX) and not raw[:_OPENING].isascii():
        # Neither text nor what its name says: let that reader state what is wrong with it.
        return ending
    return Kind.TEXT


def _opening(raw: bytes) -> str:
    """The beginning in lower case, without byte order mark and leading space; only ASCII in it is to be trusted."""
    head = raw[: _OPENING * 4]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head.decode("utf-16", "ignore").lstrip()
    elif b"\0" in head[:16]:
        text = head.replace(b"\0", b"").decode("latin-1").lstrip()
    else:
        text = head.removeprefix(codecs.BOM_UTF8).decode("latin-1").lstrip()
    while text.startswith("<!--") and (end := text.find("-->")) > 0:
        text = text[end + 3 :].lstrip()
    return text[:_OPENING].lower()


def _is_json(raw: bytes) -> bool:
    """Whether a file without a telling name is a JSON object or a list of them."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _is_mail(opening: str) -> bool:
    """Whether it begins with mail headers, one of them such as only mail programs write."""
    head, _, _ = opening.replace("\r\n", "\n").partition("\n\n")
    if not _MAIL_HEADER.match(head):
        return False
    names = set(_MAIL_HEADER.findall(head))
    return bool(names & _MAIL_ONLY) and bool(names & {"from", "subject", "to"})
