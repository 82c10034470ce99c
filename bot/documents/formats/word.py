"""Word documents by python-docx: the paragraphs of the body as a reader sees them, without deleted or hidden text.

A docx is a ZIP file, so its sizes are checked before anything is unpacked: python-docx took 426 MB for a file of 200
kB.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.documents.extracted import Extracted
from bot.documents.refusals import unreadable

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element

MOST_UNPACKED_BYTES: Final = 100 * 2**20  # of all parts, pictures included
MOST_PART_BYTES: Final = 24 * 2**20  # of one XML part, which is parsed to a tree many times its size
MOST_RATIO: Final = 200  # Deflate reaches 1,032; XML of real documents 10 to 30
MOST_PARTS: Final = 5_000
_LARGE: Final = 2**20  # below this no ratio is suspicious

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK: Final = (
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # says again what Choice said
)
_SKIPPED: Final = frozenset({_FALLBACK, f"{_W}del", f"{_W}moveFrom", f"{_W}rPr", f"{_W}pPr", f"{_W}instrText"})
_ON: Final = frozenset({None, "1", "true", "on"})
# When python-docx's template was made: so say all documents of programs that never set it.
_OF_A_TEMPLATE: Final = datetime(2013, 12, 23, 23, 15)  # noqa: DTZ001 - compared without zones


def read(raw: bytes) -> Extracted:
    """The text of the body in order, tables row by row. Raises Unreadable ("bomb", "broken-docx", "no-text")."""
    _check_sizes(raw)
    document = _opened(raw)
    paragraphs: list[str] = []
    hidden = _collect(document.element.body, paragraphs)
    text = "\n\n".join(p for p in (p.strip() for p in paragraphs) if p)
    if not text:
        raise unreadable("no-text", "no paragraph has text")
    facts = document.core_properties
    created = facts.created
    day = created.date().isoformat() if created and created.replace(tzinfo=None) != _OF_A_TEMPLATE else ""
    return Extracted(
        text=text,
        media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        title=facts.title or "",
        byline="" if facts.author in (None, "python-docx") else facts.author,
        language=facts.language or "",
        published=day,
        suspicious=("hidden text",) if hidden else (),
    )


def _check_sizes(raw: bytes) -> None:
    """Refuse bombs by what the ZIP directory promises; more than that is never unpacked by `zipfile`."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise unreadable("broken-docx", f"not a ZIP file: {type(error).__name__}") from error
    if any(member.flag_bits & 1 for member in members):
        raise unreadable("encrypted", "encrypted ZIP members")
    if len(members) > MOST_PARTS or sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
        raise unreadable("bomb", f"{len(members)} parts, {sum(member.file_size for member in members)} bytes unpacked")
    for member in members:
        is_xml = member.filename.endswith((".xml", ".rels"))
        packed = max(member.compress_size, 1)
        if (is_xml and member.file_size > MOST_PART_BYTES) or (
            member.file_size > _LARGE and member.file_size / packed > MOST_RATIO
        ):
            raise unreadable("bomb", f"a part of {packed} bytes unpacks to {member.file_size}")


def _opened(raw: bytes) -> Document:
    import docx

    try:
        return docx.Document(io.BytesIO(raw))
    except ValueError as error:  # a template or a document with macros has another content type
        raise unreadable("unsupported", "no main document part", what="a Word template or macro document") from error
    except (KeyError, SyntaxError, zipfile.BadZipFile, EOFError) as error:  # XMLSyntaxError is a SyntaxError
        raise unreadable("broken-docx", type(error).__name__) from error


def _collect(body: _Element, paragraphs: list[str]) -> bool:
    """Append the paragraphs below `body` to the list. True when hidden text was left out."""
    from lxml.etree import iterwalk

    hidden = False
    open_paragraphs: list[list[str]] = []
    cells: list[list[str]] = []  # of the rows that are open; tables stand in tables
    into = [paragraphs]
    walk = iterwalk(body, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in _SKIPPED or not isinstance(tag, str):
                walk.skip_subtree()
            elif tag == f"{_W}r" and _is_hidden(element):
                hidden = hidden or any((t.text or "").strip() for t in element.iter(f"{_W}t"))
                walk.skip_subtree()
            elif tag == f"{_W}p":
                open_paragraphs.append([])
            elif tag == f"{_W}tr":
                cells.append([])
            elif tag == f"{_W}tc":
                into.append([])
            elif open_paragraphs:
                open_paragraphs[-1].append(_letters(element))
        elif tag == f"{_W}p" and open_paragraphs:
            into[-1].append("".join(open_paragraphs.pop()))
        elif tag == f"{_W}tc" and len(into) > 1:
            cell = "\n".join(p for p in into.pop() if p.strip())
            (cells[-1] if cells else into[-1]).append(cell)
        elif tag == f"{_W}tr" and cells:
            into[-1].append("\t".join(cell for cell in cells.pop() if cell))
    return hidden


def _letters(element: _Element) -> str:
    if element.tag == f"{_W}t":
        return element.text or ""
    if element.tag in (f"{_W}tab", f"{_W}ptab"):
        return "\t"
    if element.tag in (f"{_W}br", f"{_W}cr"):
        return "\n"
    return "\u2011" if element.tag == f"{_W}noBreakHyphen" else ""


def _is_hidden(run: _Element) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val") in _ON
