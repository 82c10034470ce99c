"""Lists of sources that people bring and take away: OPML, CSV, one address a line.

Each row becomes a `ListedSource` or a `RefusedRow` with its line and the reason; nothing is fetched. What is written
can be read again and says the same.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import quoteattr

from bot.errors import AddressRefused, Unreadable
from bot.sources.feed_encoding import decoded
from bot.sources.feed_html import line_of
from bot.sources.public_networks import Network
from bot.sources.web_address import pasted_address

if TYPE_CHECKING:
    from xml.sax.xmlreader import AttributesImpl, Locator

MAX_BYTES: Final = 8 * 2**20
MAX_ROWS: Final = 10_000
MAX_NAME: Final = 300  # characters of a title or topic
MAX_DEPTH: Final = 20  # of topics in topics
MAX_CELL: Final = 5000

REASONS: Final = {
    "list-empty": "There is nothing in this list.",
    "list-too-large": "The list is larger than {limit}, the most that is read of one list.",
    "list-is-a-page": "This is a web page, not a list of sources.",
    "list-is-a-feed": "This is a feed, not a list of feeds; add it as a source.",
    "list-not-understood": "This is no list of sources: neither OPML nor CSV nor one address a line.",
}


@dataclass(frozen=True, slots=True)
class ListedSource:
    """One source as a list gives it."""

    address: str  # checked and in one spelling
    title: str = ""
    topics: tuple[str, ...] = ()  # the folders that it lies in, outermost first
    kind: str = "feed"  # "feed", or "page" for a page without one
    home: str = ""  # the page that the feed belongs to, as the list writes it
    language: str = ""
    line: int = 0  # from 1; 0 where it does not come from a list


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is no source, and why."""

    line: int
    text: str  # what stood there, shortened; addresses with keys in them are not spelt out
    code: str
    reason: str  # plain English


Row = ListedSource | RefusedRow


def read_source_list(
    raw: bytes, name: str = "", *, networks: Collection[Network] = (), ports: Collection[int] = ()
) -> tuple[Row, ...]:
    """The rows of a list, in its order. `name` is the file's; `networks` and `ports` are those that settings allow.

    Raises Unreadable with a code of `REASONS` for what is no list at all.
    """
    if len(raw) > MAX_BYTES:
        raise _unreadable("list-too-large", limit=f"{MAX_BYTES // 2**20} MB")
    text = decoded(raw)[0].replace("\x00", "").strip("\ufeff")
    start = text.lstrip()[:2000].lower()
    if not start:
        raise _unreadable("list-empty")
    cells = _opml(text, start) if start.startswith("<") else _table(text, name)
    rows = tuple(_checked(cells, networks, ports))
    if all(isinstance(row, RefusedRow) and row.code == "no-address" for row in rows):
        raise _unreadable("list-not-understood" if rows else "list-empty")
    return rows


def _unreadable(code: str, **facts: str) -> Unreadable:
    return Unreadable(code, "", REASONS[code].format(**facts))


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row before its address is looked at."""

    line: int
    address: str
    title: str = ""
    topics: tuple[str, ...] = ()
    kind: str = "feed"
    home: str = ""
    language: str = ""


def _checked(rows: Iterable[_Cells], networks: Collection[Network], ports: Collection[int]) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for count, row in enumerate(rows):
        if count >= MAX_ROWS:
            yield RefusedRow(row.line, "", "too-many", f"Only the first {MAX_ROWS:,} rows of a list are read.")
            return
        shown = row.title or row.address[:80]
        if not row.address.strip():
            yield RefusedRow(row.line, shown, "no-address", "There is no address in this row.")
            continue
        try:
            address = pasted_address(row.address, networks=networks, ports=ports)
        except AddressRefused as refusal:
            yield RefusedRow(row.line, row.title or _without_query(row.address), refusal.code, refusal.person)
            continue
        if address.text in seen:
            first = seen[address.text]
            yield RefusedRow(
                row.line, row.title or address.shown, "listed-twice", f"The same address stands in line {first}."
            )
            continue
        seen[address.text] = row.line
        title = "" if row.title in (row.address.strip(), address.text) else row.title
        yield ListedSource(address.text, title, row.topics, row.kind, row.home, row.language, row.line)


def _without_query(address: str) -> str:
    return line_of(address, is_text=True, longest=100).partition("?")[0]


def _name(text: str) -> str:
    return line_of(text, is_text=True, longest=MAX_NAME)


# ---- OPML -----------------------------------------------------------------------------------------------------------

_OPML: Final = re.compile(r"<(?:\w{1,20}:)?(?:opml|outline)\b", re.I)
_OUTLINE: Final = re.compile(r"<(/?)outline\b((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)(/?)>?", re.I)
_LOOSE: Final = re.compile(r"<(/?)outline\b([^<>]*)(/?)>?", re.I)
_ATTRIBUTE: Final = re.compile(r"([A-Za-z_:][\w:.\-]{0,60})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
_HUGE_NUMBER: Final = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,});?")


def _opml(text: str, start: str) -> list[_Cells]:
    if not _OPML.search(text):
        if "<html" in start or "<!doctype html" in start:
            raise _unreadable("list-is-a-page")
        if re.search(r"<(?:rss|feed|rdf:rdf)\b", start):
            raise _unreadable("list-is-a-feed")
        raise _unreadable("list-not-understood")
    outlines = _whole_outlines(text)
    return _rows_of(_broken_outlines(text) if outlines is None else outlines)


@dataclass(frozen=True, slots=True)
class _Outline:
    line: int
    attributes: Mapping[str, str]  # names in lower case
    depth: int


def _whole_outlines(text: str) -> list[_Outline] | None:
    """The outlines of well-formed OPML; None where it is broken, or declares entities."""
    from xml.sax import SAXException
    from xml.sax.handler import ContentHandler

    from defusedxml import DefusedXmlException, sax

    found: list[_Outline] = []

    class Handler(ContentHandler):
        depth = 0
        locator: Locator | None = None

        def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - SAX names it
            self.locator = locator

        def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - sax calls it so
            if name.rpartition(":")[2].lower() != "outline":
                return
            self.depth += 1
            if len(found) <= MAX_ROWS * 3:
                line = self.locator.getLineNumber() if self.locator else None
                attributes = {key.lower(): value[:MAX_CELL] for key, value in attrs.items()}
                found.append(_Outline(line or 0, attributes, self.depth))

        def endElement(self, name: str) -> None:  # noqa: N802 - sax calls it so
            self.depth -= name.rpartition(":")[2].lower() == "outline"

    declaration = re.match(r"\s{0,1000}<\?xml[^>]{0,500}>", text)
    head = declaration.end() if declaration else 0
    body = "\n" * text.count("\n", 0, head) + text[head:]
    try:
        sax.parseString(body.strip(" \t").encode("utf-8", "replace"), Handler(), forbid_dtd=False, forbid_entities=True)
    except (SAXException, DefusedXmlException):
        return None
    return found


def _broken_outlines(text: str) -> list[_Outline]:
    """The outlines of what only looks like OPML: each tag for itself."""
    found: list[_Outline] = []
    depth = 0
    line, counted = 1, 0
    at = text.lower().find("<outline")
    while at >= 0 and len(found) <= MAX_ROWS * 3:
        match = _OUTLINE.match(text, at) or _LOOSE.match(text, at)
        if match is None:
            break
        line, counted = line + text.count("\n", counted, at), at
        if match[1]:
            depth = max(0, depth - 1)
        else:
            attributes = {
                name[1].lower(): _unescaped(name[2] or name[3] or name[4] or "")[:MAX_CELL]
                for name in _ATTRIBUTE.finditer(match[2][:20_000])
            }
            found.append(_Outline(line, attributes, depth + 1))
            depth += not (match[3] or match[2].rstrip().endswith("/"))
        at = _next_outline(text, match.end())
    return found


_ANY_OUTLINE: Final = re.compile(r"</?outline\b", re.I)


def _next_outline(text: str, at: int) -> int:
    match = _ANY_OUTLINE.search(text, at)
    return match.start() if match else -1


def _unescaped(text: str) -> str:
    return unescape(_HUGE_NUMBER.sub("", text))


def _rows_of(outlines: list[_Outline]) -> list[_Cells]:
    rows: list[_Cells] = []
    folders: list[tuple[int, str]] = []  # depth and name
    for index, outline in enumerate(outlines):
        while folders and folders[-1][0] >= outline.depth:
            folders.pop()
        told = outline.attributes
        name = _name(told.get("title") or told.get("text") or "")
        kind, address = _address_of(told)
        follows = outlines[index + 1].depth if index + 1 < len(outlines) else 0
        is_folder = not address and follows > outline.depth
        if is_folder:
            if name and len(folders) < MAX_DEPTH:
                folders.append((outline.depth, name))
            continue
        topics = tuple(folder for _, folder in folders) or _categories(told.get("category", ""))
        rows.append(
            _Cells(
                outline.line,
                address,
                name,
                topics,
                kind,
                line_of(told.get("htmlurl", ""), is_text=True, longest=2000),
                _language(told.get("language", "")),
            )
        )
    return rows


def _address_of(told: Mapping[str, str]) -> tuple[str, str]:
    kind = told.get("type", "").strip().lower()
    if address := told.get("xmlurl", "").strip():
        return ("page" if kind == "page" else "feed"), address
    if address := told.get("url", "").strip():
        return ("page" if kind in ("link", "page") else "feed"), address
    return "page", told.get("htmlurl", "").strip()


def _categories(written: str) -> tuple[str, ...]:
    """The first of OPML's categories ("/News/Local,/Germany") as a path of topics."""
    first = written.partition(",")[0]
    return tuple(name for part in first.split("/") if (name := _name(part)))[:MAX_DEPTH]


def _language(written: str) -> str:
    match = re.fullmatch(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8}){0,3}\s*", written[:40])
    return match[1].lower() if match else ""


# ---- tables and lines -----------------------------------------------------------------------------------------------

_COLUMNS: Final = {
    "address": "url feed xmlurl rss address adresse link feed_url feedurl feed-url source quelle uri".split(),
    "title": "title name titel text".split(),
    "topics": "topics topic folder folders category categories ordner thema themen kategorie tags tag group".split(),
    "home": "home htmlurl html website site homepage seite webseite home_page".split(),
    "language": "language lang sprache".split(),
    "kind": "kind type art typ".split(),
}  # fmt: skip
_ADDRESS: Final = re.compile(
    r"(?:https?|feed):/{0,2}\S+|(?:www\.)?[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}(?:[/:?]\S*)?", re.I
)
_WEB: Final = re.compile(r"(?:https?://|feed:)\S+", re.I)
_WHOLE: Final = re.compile(r"(?:https?://|feed:)\S*[^\s,;]", re.I)
_FORMULA: Final = "=+-@\t\r'"


def _table(text: str, name: str) -> list[_Cells]:
    lines = [line for line in text[:20_000].splitlines() if line.strip() and not line.lstrip().startswith("#")][:20]
    delimiter = _delimiter(lines, is_csv=name.lower().endswith((".csv", ".tsv")))
    if not delimiter:
        return [
            _line_row(number, line) for number, line in enumerate(text.splitlines(), start=1) if _says_something(line)
        ]
    rows: list[_Cells] = []
    columns: dict[str, int] | None = None
    table = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"), newline=""), delimiter=delimiter)
    line = 1
    while len(rows) <= MAX_ROWS:
        try:
            cells = next(table)
        except StopIteration:
            break
        except csv.Error:  # a cell of more than 128 kB
            rows.append(_Cells(line, "", "", ()))
            break
        first_line, line = line, table.line_num + 1
        if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
            continue
        if columns is None:
            columns = _header(cells)
            if columns:
                continue
        rows.append(_table_row(first_line, [_unguarded(cell[:MAX_CELL]) for cell in cells], columns))
    return rows


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith(("#", "//"))


def _delimiter(lines: list[str], *, is_csv: bool) -> str:
    """What separates the cells; "" when it is one address a line."""
    rows = {delimiter: [next(csv.reader([line], delimiter=delimiter), []) for line in lines] for delimiter in "\t;,"}
    for delimiter, cells in rows.items():
        if lines and _header(cells[0]):
            return delimiter if len(cells[0]) > 1 or is_csv else ""
    best, most = "", 0
    for delimiter, split in rows.items():
        # Addresses hold commas, too: a cell has to be a whole address.
        wide = sum(len(cells) > 1 and any(_WHOLE.fullmatch(cell.strip()) for cell in cells) for cells in split)
        if wide * 2 >= len(lines) and wide > most:
            best, most = delimiter, wide
    return best or ("," if is_csv else "")


def _header(cells: list[str]) -> dict[str, int]:
    """Which column is what, when this row names an address column and holds no address."""
    if any(_WEB.match(cell.strip()) for cell in cells):
        return {}
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        word = cell.strip().strip("\ufeff").lower().replace(" ", "_")
        for column, names in _COLUMNS.items():
            if word in names:
                found.setdefault(column, index)
    return found if "address" in found else {}


def _table_row(line: int, cells: list[str], columns: dict[str, int] | None) -> _Cells:
    if columns:
        told = {column: cells[index] for column, index in columns.items() if index < len(cells)}
        return _Cells(
            line,
            told.get("address", "").strip(),
            _name(told.get("title", "")),
            _topics(told.get("topics", "")),
            "page" if told.get("kind", "").strip().lower() in ("page", "seite", "link") else "feed",
            line_of(told.get("home", ""), is_text=True, longest=2000),
            _language(told.get("language", "")),
        )
    address = next((cell for cell in cells if _WEB.fullmatch(cell.strip())), "")
    address = address or next((cell for cell in cells if _ADDRESS.fullmatch(cell.strip())), "")
    others = [cell for cell in cells if cell is not address and cell.strip() and not _WEB.fullmatch(cell.strip())]
    title, topics = (*others, "", "")[:2]
    return _Cells(line, address.strip(), _name(title), _topics(topics))


def _line_row(line: int, text: str) -> _Cells:
    """One address, with or without words beside it."""
    text = text.strip()[:MAX_CELL]
    match = _WEB.search(text)
    if match is None:
        return _Cells(line, text if _ADDRESS.fullmatch(text) else "", "" if _ADDRESS.fullmatch(text) else _name(text))
    words = _name(f"{text[: match.start()]} {text[match.end() :]}")
    return _Cells(line, match[0], words.strip(" -–—:|,;\"'<>()"))


def _topics(written: str) -> tuple[str, ...]:
    r"""Topics in topics, separated by "/"; a slash in a name is "\/"."""
    parts = re.findall(r"(?:[^/\\]|\\.)+", written, re.S)
    return tuple(name for part in parts if (name := _name(re.sub(r"\\(.)", r"\1", part, flags=re.S))))[:MAX_DEPTH]


def _unguarded(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from reckoning with it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in _FORMULA else cell


# ---- the way out ----------------------------------------------------------------------------------------------------

_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_opml(sources: Iterable[ListedSource], title: str = "Sources") -> bytes:
    """OPML 2.0, topics as folders. Read again, it gives the same sources, those of a topic together."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>{_attribute(_name(title))[1:-1]}</title></head>",
        "  <body>",
    ]
    lines += _written(_tree(sources), 2)
    return "\n".join([*lines, "  </body>", "</opml>", ""]).encode("utf-8")


class _Folder:
    def __init__(self) -> None:
        self.sources: list[ListedSource] = []
        self.folders: dict[str, _Folder] = {}


def _tree(sources: Iterable[ListedSource]) -> _Folder:
    top = _Folder()
    for source in sources:
        here = top
        for topic in source.topics[:MAX_DEPTH]:
            here = here.folders.setdefault(topic, _Folder())
        here.sources.append(source)
    return top


def _written(folder: _Folder, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for source in folder.sources:
        name = _attribute(source.title or source.address)
        told = [f"text={name}", f"title={name}", f'type="{"page" if source.kind == "page" else "rss"}"']
        told.append(f"{'url' if source.kind == 'page' else 'xmlUrl'}={_attribute(source.address)}")
        told += [f"htmlUrl={_attribute(source.home)}"] if source.home else []
        told += [f"language={_attribute(source.language)}"] if source.language else []
        yield f"{indent}<outline {' '.join(told)}/>"
    for topic, inner in folder.folders.items():
        name = _attribute(topic)
        yield f"{indent}<outline text={name} title={name}>"
        yield from _written(inner, depth + 1)
        yield f"{indent}</outline>"


def _attribute(text: str) -> str:
    return quoteattr(_NOT_IN_XML.sub("", text), {'"': "&quot;"})


def write_csv(sources: Iterable[ListedSource]) -> bytes:
    """CSV with a header, for spreadsheets: UTF-8 with a mark, no cell that they would reckon with."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(["address", "title", "topics", "kind", "home", "language"])
    for source in sources:
        topics = "/".join(topic.replace("\\", "\\\\").replace("/", "\\/") for topic in source.topics)
        cells = (source.address, source.title, topics, source.kind, source.home, source.language)
        table.writerow([f"'{cell}" if cell[:1] and cell[0] in _FORMULA else cell for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")
