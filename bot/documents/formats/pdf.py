"""PDF text by pypdf: lines put together again to paragraphs, running heads and page numbers left out.

A PDF knows glyphs and places, not paragraphs. Where one begins is told by the space above a line, by its indent and
by the size of its letters, each measured against the page's own usual.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from bot.documents.extracted import Extracted
from bot.documents.refusals import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pypdf import PageObject, PdfReader

MOST_PAGES: Final = 2_000
_SENTENCE_END: Final = re.compile(r"[.!?:;…][\"'“”»«’)\]]{0,3}\Z")
_DIGITS: Final = re.compile(r"\d+")
_PAGE_NUMBER: Final = re.compile(
    r"\A\W{0,3}(?:(?:page|seite|s\.|p\.)\s{0,3})?\d{1,4}(?:\s{0,3}(?:of|von|/)\s{0,3}\d{1,4})?\W{0,3}\Z", re.IGNORECASE
)
_BROKEN_WORD: Final = re.compile(r"[^\W\d_]{2,}[-\u00ad\u2010]\Z")
_BULLET: Final = re.compile(r"[•‣▪●◦∙–—*-]\s")
_TOOL_TITLE: Final = re.compile(r"\AMicrosoft \w+ - |\.(?:docx?|indd|qxp|tex|dvi|rtf|odt)\Z|\Auntitled", re.IGNORECASE)
_PDF_DATE: Final = re.compile(r"D?:?(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    x: float
    y: float  # grows upwards
    size: float


@dataclass(frozen=True, slots=True)
class _Layout:
    gap: float  # from one line of a paragraph to the next
    margin: int  # where most lines begin
    width: int  # characters of the longest line


def read(raw: bytes) -> Extracted:
    """The text of all pages that can be read. Raises Unreadable ("broken-pdf", "encrypted", "scan")."""
    reader = _opened(raw)
    pages: list[list[_Line]] = []
    failed: list[str] = []
    for page in reader.pages[:MOST_PAGES]:
        try:
            pages.append(_lines(page))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a damaged page raises anything, and must not cost the sound ones
            failed.append(type(error).__name__)
    text = _paragraphs(_without_running_heads(pages))
    if not text and failed:
        raise unreadable("broken-pdf", f"{len(failed)} pages failed: {failed[0]}")
    if not text:
        raise unreadable("scan", f"{len(pages)} pages without text")
    title, byline, published = _metadata(reader)
    return Extracted(
        text=text,
        media_type="application/pdf",
        title=title,
        byline=byline,
        published=published,
        suspicious=("unreadable pages",) if failed else (),
    )


def _opened(raw: bytes) -> PdfReader:
    from pypdf import PdfReader, errors

    _hush()
    try:
        reader = PdfReader(io.BytesIO(raw), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise unreadable("encrypted", "the empty password does not open it")
        if not len(reader.pages):
            raise unreadable("broken-pdf", "no pages")
    except (errors.DependencyError, NotImplementedError) as error:
        raise unreadable("encrypted", f"cipher that cannot be opened here: {type(error).__name__}") from error
    except errors.PyPdfError as error:
        raise unreadable("broken-pdf", type(error).__name__) from error
    return reader


@cache
def _hush() -> None:
    """Pypdf reports every flaw that it worked around; only what cannot be read matters here."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def _lines(page: PageObject) -> list[_Line]:
    lines: list[_Line] = []
    parts: list[str] = []
    place = (0.0, 0.0, 0.0)

    def take(text: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
        nonlocal place
        for at, piece in enumerate(text.split("\n")):
            if at:
                finish()
            if piece.strip():
                if not parts:
                    scale = abs(tm[3] * cm[3]) or 1.0
                    place = (
                        tm[4] * cm[0] + tm[5] * cm[2] + cm[4],
                        tm[4] * cm[1] + tm[5] * cm[3] + cm[5],
                        round(abs(size * scale), 1),
                    )
                parts.append(piece)
            elif piece and parts:
                parts.append(" ")

    def finish() -> None:
        if line := " ".join("".join(parts).split()):
            lines.append(_Line(line, *place))
        parts.clear()

    page.extract_text(visitor_text=take)
    finish()
    return lines


def _without_running_heads(pages: list[list[_Line]]) -> list[list[_Line]]:
    """Pages without their numbers and without the first and last lines that three or more of them share."""
    edges: Counter[str] = Counter()
    for lines in pages:
        edges.update({_DIGITS.sub("#", line.text) for line in (*lines[:2], *lines[-2:])})
    enough = 3
    kept = []
    for lines in pages:
        last = len(lines) - 1
        kept.append(
            [
                line
                for at, line in enumerate(lines)
                if not (
                    (at < 2 or at > last - 2)
                    and (
                        edges[_DIGITS.sub("#", line.text)] >= enough
                        or (len(pages) > 1 and _PAGE_NUMBER.match(line.text))
                    )
                )
            ]
        )
    return kept


def _paragraphs(pages: Iterable[list[_Line]]) -> str:
    paragraphs: list[list[str]] = []
    before: _Line | None = None
    for lines in pages:
        gaps = [a.y - b.y for a, b in pairwise(lines) if 0 < a.y - b.y < 4 * max(a.size, 6)]
        usual = median(gaps) if gaps else 0.0
        margin = Counter(round(line.x) for line in lines).most_common(1)[0][0] if lines else 0
        width = max((len(line.text) for line in lines), default=0)
        layout = _Layout(usual, margin, width)
        new_page = True
        for line in lines:
            if before is None or not paragraphs or _begins(line, before, layout, new_page=new_page):
                paragraphs.append([line.text])
            else:
                paragraphs[-1].append(line.text)
            before, new_page = line, False
    return "\n\n".join(_joined(lines) for lines in paragraphs)


def _begins(line: _Line, before: _Line, layout: _Layout, *, new_page: bool) -> bool:
    """Whether a paragraph begins with this line."""
    ended = bool(_SENTENCE_END.search(before.text))
    if _BULLET.match(line.text):
        return True
    if new_page or line.y > before.y + layout.gap / 2:  # the next page or column: a sentence may go on there
        return ended or not line.text[:1].islower()
    if abs(line.size - before.size) > 0.15 * max(line.size, before.size, 1.0):
        return True
    if layout.gap and before.y - line.y > 1.3 * layout.gap:
        return True
    size = line.size or 10.0
    short = len(before.text) < 0.7 * layout.width
    if before.y - line.y > 1.8 * size and (ended or short):  # single lines, all with space between
        return True
    indented = line.x - layout.margin > 0.7 * size and line.x - before.x > 0.5 * size
    return ended and (indented or short)


def _joined(lines: list[str]) -> str:
    """One line. Where a word was broken, the break stays behind its hyphen: quoting knows how to read it, we do not."""
    text = lines[0]
    for line in lines[1:]:
        text += f"{chr(10) if _BROKEN_WORD.search(text) and line[:1].islower() else ' '}{line}"
    return text


def _metadata(reader: PdfReader) -> tuple[str, str, str]:
    """Title, author and the day of creation, as far as the document information has them in a readable form."""
    from pypdf.errors import PyPdfError

    try:
        info = reader.metadata
        if info is None:
            return "", "", ""
        day = _PDF_DATE.match(str(info.get("/CreationDate") or ""))
        title = str(info.title or "")
        return "" if _TOOL_TITLE.search(title) else title, str(info.author or ""), "-".join(day.groups()) if day else ""
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return "", "", ""  # damaged information, which the text does not need
