"""Markdown to plain paragraphs: letters exactly as written, links as their text, code kept, images, comments gone."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final

from bot.documents.encodings import decode
from bot.documents.extracted import Extracted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_FRONT_MATTER: Final = re.compile(r"\A(---|\+\+\+)[ \t]*\n(.{0,20000}?)\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_ENTRY: Final = re.compile(r"^([A-Za-z][\w-]{0,40})[ \t]{0,9}:[ \t]{0,9}(.{0,2000})$", re.MULTILINE)
_TAG: Final = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,20})")
_HIDES: Final = re.compile(
    r"\A<(?:script|style|template)\b|\shidden\b|display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden",
    re.IGNORECASE,
)
_KEYS: Final = {
    "title": ("title", "headline"),
    "outlet": ("outlet", "publisher", "site", "source"),
    "byline": ("author", "authors", "byline"),
    "published": ("date", "published", "publishdate"),
    "modified": ("updated", "modified", "lastmod"),
    "address": ("url", "link", "canonical"),
    "language": ("lang", "language"),
}


def read(raw: bytes) -> Extracted:
    """The text of the blocks, one paragraph each. Raises Unreadable ("binary")."""
    from markdown_it import MarkdownIt

    decoded = decode(raw)
    facts, body = _front_matter(decoded.text)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    return Extracted(
        text=_text_of(tokens),
        media_type="text/markdown",
        encoding=decoded.encoding,
        title=facts.get("title") or _first_heading(tokens),
        outlet=facts.get("outlet", ""),
        byline=facts.get("byline", ""),
        published=facts.get("published", ""),
        modified=facts.get("modified", ""),
        address=facts.get("address", ""),
        language=facts.get("language", ""),
    )


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The `key: value` lines between `---` (or TOML between `+++`), and the rest. Nested values are left out."""
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, text
    if found[1] == "+++":
        try:
            values = {key.lower(): _plain(value) for key, value in tomllib.loads(found[2]).items()}
        except tomllib.TOMLDecodeError:
            return {}, text
    else:
        values = {key.lower(): _plain(value) for key, value in _ENTRY.findall(found[2])}
        if not values:
            return {}, text
    facts = {}
    for field, keys in _KEYS.items():
        value = next((values[key] for key in keys if values.get(key)), "")
        if value:
            facts[field] = value
    return facts, text[found.end() :]


def _plain(value: object) -> str:
    """A front matter value as text: quotes removed, `[a, b]` as "a, b"."""
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    text = str(value).strip()
    if text[:1] == "[" and text[-1:] == "]":
        return ", ".join(_plain(part) for part in text[1:-1].split(","))
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def _first_heading(tokens: Sequence[Token]) -> str:
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            return _inline(tokens[at + 1].children or ())
    return ""


def _text_of(tokens: Sequence[Token]) -> str:
    paragraphs: list[str] = []
    cells: list[str] = []
    in_row = False
    number = ""  # of an ordered list's item; also of what only looks like one: "16. November 2026, 06:45 Uhr"
    for token in tokens:
        if token.type == "list_item_open":
            number = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "tr_open":
            in_row, cells = True, []
        elif token.type == "tr_close":
            in_row = False
            paragraphs.append("\t".join(cell for cell in cells if cell))
        elif token.type == "inline":
            (cells if in_row else paragraphs).append(number + _inline(token.children or ()))
            number = ""
        elif token.type in ("fence", "code_block"):
            paragraphs.append(token.content.rstrip("\n"))
        elif token.type == "html_block":
            from bot.documents.formats.fragments import text_of_fragment

            paragraphs.append(text_of_fragment(token.content))
    return "\n\n".join(p for p in (p.strip("\n") for p in paragraphs) if p.strip())


def _inline(children: Sequence[Token]) -> str:
    """The letters of a line of Markdown. Raw HTML elements go and leave their text, unless they hide it."""
    parts: list[str] = []
    hiding = ""  # the element whose text is hidden, while it is open
    for token in children:
        if token.type == "html_inline":
            name = _TAG.match(token.content)
            if hiding and name and token.content.startswith("</") and name[1].lower() == hiding:
                hiding = ""
            elif not hiding and name and _HIDES.search(token.content):
                hiding = name[1].lower()
            elif not hiding and name and name[1].lower() == "br":
                parts.append("\n")
        elif hiding:
            continue
        elif token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
    return "".join(parts).strip()
