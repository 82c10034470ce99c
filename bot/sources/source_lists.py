"""Lists of sources in and out: OPML, CSV, or one address a line. Whatever cannot be used comes back with its reason.

Addresses are taken as they are written; whether one may be asked for is decided by `web_address`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from bot.errors import Unreadable

MAX_BYTES: Final = 5_000_000
MOST_SOURCES: Final = 10_000
_LONGEST_CELL: Final = 10_000
_DEEPEST: Final = 64
_ADDRESS_COLUMNS: Final = (
    "xmlurl", "xml url", "feed url", "feed_url", "feedurl", "feed", "rss", "url", "address", "link",
)  # fmt: skip
_TITLE_COLUMNS: Final = ("title", "name", "text", "source", "label")
_KIND_COLUMNS: Final = ("kind", "type")
_LOOKS_LIKE_ADDRESS: Final = re.compile(
    r"(?:feed:)?(?:https?|feed)://\S|[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}(?:[:/?]\S*)?$", re.I
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source as a list names it. `kind` is "feed" or "page"."""

    address: str
    title: str = ""
    kind: str = "feed"


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that names no source, and why."""

    text: str
    code: str
    reason: str


def read_source_list(raw: bytes, name: str = "") -> list[ListedSource | RefusedLine]:
    """The sources of a list, in order, each address once. `name` is used for its ending only. Raises Unreadable."""
    if len(raw) > MAX_BYTES:
        raise Unreadable("list-too-large", f"{len(raw)} bytes", f"The list is larger than {MAX_BYTES // 10**6} MB.")
    text = _decoded(raw).strip("\ufeff\x00 \t\r\n")
    if not text:
        raise Unreadable("list-empty", "", "The list is empty.")
    if text.startswith("<"):
        found = _opml(raw)
    elif _is_csv(text, name):
        found = _csv(text)
    else:
        found = [_line(line) for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    unique: dict[object, ListedSource | RefusedLine] = {}
    for one in found:
        unique.setdefault(one.address if isinstance(one, ListedSource) else one, one)
    kept = list(unique.values())
    if not any(isinstance(one, ListedSource) for one in kept):
        raise Unreadable("list-empty", f"{len(kept)} lines", "No address of a source was found in the list.")
    if len(kept) > MOST_SOURCES:
        over = RefusedLine("", "list-too-long", f"Only the first {MOST_SOURCES:,} of {len(kept):,} lines were taken.")
        kept = [*kept[:MOST_SOURCES], over]
    return kept


def write_opml(sources: Iterable[ListedSource], *, title: str = "Sources") -> bytes:
    """OPML 2.0 (opml.org/spec2.opml), as feed readers read it; a watched page is an outline of type "link"."""
    lines = [
        "<?xml version='1.0' encoding='UTF-8'?>",
        f'<opml version="2.0"><head><title>{_escaped(title)}</title></head><body>',
    ]
    for one in sources:
        label = quoteattr(_sound(one.title or one.address))
        if one.kind == "page":
            lines.append(f'  <outline type="link" text={label} title={label} url={quoteattr(_sound(one.address))}/>')
        else:
            lines.append(f'  <outline type="rss" text={label} title={label} xmlUrl={quoteattr(_sound(one.address))}/>')
    lines.append("</body></opml>\n")
    return "\n".join(lines).encode()


def write_csv(sources: Iterable[ListedSource]) -> bytes:
    """Comma-separated, with a head; no cell is a formula for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("address", "title", "kind"))
    for one in sources:
        title = _sound(one.title)
        writer.writerow((_sound(one.address), f"'{title}" if title.startswith(_FORMULA) else title, one.kind))
    return out.getvalue().encode()


def _decoded(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _opml(raw: bytes) -> list[ListedSource | RefusedLine]:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(raw.strip(b"\x00 \t\r\n"), forbid_dtd=False, forbid_entities=True)
    except ParseError as error:
        line = getattr(error, "position", (0, 0))[0]
        person = f"The OPML breaks at line {line}; nothing was added."
        raise Unreadable("list-broken", f"line {line}", person) from error
    except (DefusedXmlException, RecursionError, ValueError, LookupError) as error:
        person = "The file cannot be read as OPML; nothing was added."
        raise Unreadable("list-broken", type(error).__name__, person) from error
    found: list[ListedSource | RefusedLine] = []
    waiting = [(root, 0)]
    while waiting and len(found) <= MOST_SOURCES:
        element, depth = waiting.pop()
        facts = {key.lower(): " ".join(value.split()) for key, value in element.attrib.items()}
        feed, page = facts.get("xmlurl", ""), facts.get("url", "") or facts.get("htmlurl", "")
        title = facts.get("title") or facts.get("text") or ""
        is_outline = element.tag.rpartition("}")[2].lower() == "outline"
        if is_outline and feed:
            found.append(_named(feed, title, "feed"))
        elif is_outline and facts.get("type", "").lower() in ("link", "page") and page:
            found.append(_named(page, title, "page"))
        elif is_outline and facts.get("type", "").lower() in ("rss", "atom", "feed"):
            found.append(RefusedLine(title[:200], "no-address", "This outline has no xmlUrl."))
        if depth < _DEEPEST:
            waiting += [(child, depth + 1) for child in reversed(element)]
    return found


def _is_csv(text: str, name: str) -> bool:
    head = text.partition("\n")[0]
    if name.lower().endswith((".csv", ".tsv")):
        return True
    cells = [cell.strip().strip('"').casefold() for cell in re.split("[,;\t]", head)]
    return len(cells) > 1 and any(cell in _ADDRESS_COLUMNS for cell in cells)


def _csv(text: str) -> list[ListedSource | RefusedLine]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Unreadable("list-broken", str(error), "The CSV cannot be read; nothing was added.") from error
    names = [cell.strip().casefold() for cell in rows[0]] if rows else []
    at, title_at, kind_at = (_column(names, wanted) for wanted in (_ADDRESS_COLUMNS, _TITLE_COLUMNS, _KIND_COLUMNS))
    found: list[ListedSource | RefusedLine] = []
    for row in rows[1:] if at is not None else rows:
        cells = [" ".join(cell.split())[:_LONGEST_CELL] for cell in row]
        if not any(cells):
            continue
        where = at if at is not None else next((n for n, c in enumerate(cells) if _LOOKS_LIKE_ADDRESS.match(c)), None)
        if where is None or where >= len(cells) or not cells[where]:
            found.append(RefusedLine(" ".join(cells).strip()[:200], "no-address", "There is no address in this line."))
            continue
        other = next((n for n in range(len(cells)) if n != where), None) if at is None else title_at
        title = cells[other] if other is not None and other < len(cells) else ""
        kind = cells[kind_at].casefold() if kind_at is not None and kind_at < len(cells) else "feed"
        found.append(_named(cells[where], title.removeprefix("'"), "page" if kind == "page" else "feed"))
    return found


def _column(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(one) for one in wanted if one in names), None)


def _line(line: str) -> ListedSource | RefusedLine:
    """An address, perhaps with a title before or after it."""
    words = line.split()[:200]
    where = next((n for n, word in enumerate(words) if "://" in word), None)
    if where is None:
        where = 0 if _LOOKS_LIKE_ADDRESS.match(words[0]) else None
    if where is None:
        return RefusedLine(" ".join(words)[:200], "no-address", "There is no address in this line.")
    title = " ".join(words[:where] + words[where + 1 :]).strip(" -–—:|,;")
    return _named(words[where].strip("<>\"',;"), title, "feed")


def _named(address: str, title: str, kind: str) -> ListedSource | RefusedLine:
    return ListedSource(address[:_LONGEST_CELL], title[:200], kind)


def _sound(text: str) -> str:
    """The same without what XML and spreadsheets cannot hold."""
    return re.sub("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]", " ", text)


def _escaped(text: str) -> str:
    return _sound(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
