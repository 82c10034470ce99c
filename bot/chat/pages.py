"""Messages as pages that need no chat: Markdown, HTML, and the Atom feed of a channel's briefs. Pure.

Foreign words are escaped for the format they stand in; nothing of them becomes markup, and only web addresses become
links.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from bot.chat.foreign_words import seen
from bot.chat.messages import Block, Facts, Heading, Message, Paragraph, Picture, Points, QuoteBlock, SourceLinks
from bot.chat.texts import say

_MARKS = {"de": ("„", "“"), "en": ("“", "”")}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&-])")
_ATOM = "http://www.w3.org/2005/Atom"
_STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1f2430;"
    "background:#fff}"
    "blockquote{margin:.6rem 0;padding-left:.8rem;border-left:3px solid #2f6fb3}small{color:#5a6070}img{max-width:100%}"
    "@media(prefers-color-scheme:dark){body{color:#e6e8ee;background:#15181f}small{color:#a0a6b4}}"
)


@dataclass(frozen=True, slots=True)
class BriefPage:
    """A brief as a page: its messages in order, and how a feed knows it."""

    id: str  # a URN: the same for ever
    title: str
    published: datetime
    updated: datetime
    messages: tuple[Message, ...]
    language: str
    file_name: str = ""  # of its HTML, beside the feed


# --- Markdown ---


def markdown(page: BriefPage) -> str:
    """The page in CommonMark."""
    parts = [_markdown_of(block, n == 0) for n, block in _blocks(page)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _markdown_of(block: Block, first: bool) -> str:
    match block:
        case Heading():
            mark = f" · {_plain(block.mark)}" if block.mark else ""
            words = f"[{_plain(block.text)}]({_address(block.link)})" if _address(block.link) else _plain(block.text)
            return f"{'#' if first else '##'} {words}{mark}"
        case Paragraph():
            words = _plain(block.text) + "".join(f" [{n}]" for n in block.marks)
            return f"**{words}**" if block.strong and words else words
        case Points():
            return "\n".join(f"- {_plain(item)}" for item in block.items)
        case QuoteBlock():
            opening, closing = _MARKS.get(block.shown.language, _MARKS["en"])
            number = f" \\[{block.mark}\\]" if block.mark else ""
            way = f" ([{say('passage', 'en')}]({_address(block.link)}))" if _address(block.link) else ""
            said = f"> {opening}{_plain(block.shown.text)}{closing}{number}"
            below = [">", f"> {_plain(block.translation)}"] if block.translation else []
            return "\n".join([said, ">", f"> — {_plain(block.source_line)}{way}", *below])
        case SourceLinks():
            rows = [
                f"- {f'[{_plain(title)}]({_address(link)})' if _address(link) else _plain(title)}"
                + (f" ({_plain(note)})" if note else "")
                for _, title, link, note in block.rows
            ]
            return "\n".join(rows)
        case Facts():
            return "\n".join(f"- {_plain(name)}: {_plain(value)}" for name, value in block.rows)
        case Picture():
            return f"![{_plain(block.alt)}]({block.name})"


def _plain(text: str) -> str:
    """Foreign words in Markdown: on one line, every sign that could be markup escaped."""
    return _SPECIAL.sub(r"\\\1", " ".join(_sayable(text).split()))


def _sayable(text: str) -> str:
    return seen(text).encode("utf-8", "replace").decode("utf-8")


def _address(link: str) -> str:
    """A web address that may stand in a link of either format; empty for any other."""
    if not re.match(r"https?://[^\s<>\"'()\\]+\Z", link):
        return ""
    return link


def _blocks(page: BriefPage) -> list[tuple[int, Block]]:
    return list(enumerate(block for message in page.messages for block in message.blocks))


# --- HTML ---


def html(page: BriefPage) -> str:
    """The page as a whole document, without scripts and without anything from elsewhere."""
    return (
        f'<!doctype html>\n<html lang="{_safe(page.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_safe(page.title)}</title><style>{_STYLE}</style></head>\n<body>\n{html_body(page)}\n</body></html>\n"
    )


def html_body(page: BriefPage) -> str:
    """What stands on the page, as a feed carries it."""
    return "\n".join(_html_of(block, n == 0, page.language) for n, block in _blocks(page))


def _html_of(block: Block, first: bool, language: str) -> str:
    match block:
        case Heading():
            mark = f" <small>{_safe(block.mark)}</small>" if block.mark else ""
            level = "h1" if first else "h2"
            return f"<{level}>{_link(block.text, block.link)}{mark}</{level}>"
        case Paragraph():
            words = _safe(block.text) + "".join(f" [{n}]" for n in block.marks)
            if block.small:
                return f"<p><small>{words}</small></p>"
            return f"<p><strong>{words}</strong></p>" if block.strong else f"<p>{words}</p>"
        case Points():
            return "<ul>" + "".join(f"<li>{_safe(item)}</li>" for item in block.items) + "</ul>"
        case QuoteBlock():
            opening, closing = _MARKS.get(block.shown.language, _MARKS["en"])
            number = f" [{block.mark}]" if block.mark else ""
            way = f" {_link(say('passage', language), block.link)}" if _address(block.link) else ""
            below = f"<p><small>{_safe(block.translation)}</small></p>" if block.translation else ""
            spoken = f' lang="{block.shown.language}"' if re.fullmatch(r"[a-z]{2}", block.shown.language) else ""
            return (
                f"<blockquote><p{spoken}>{opening}{_safe(block.shown.text)}{closing}{number}</p>"
                f"<p><small>— {_safe(block.source_line)}{way}</small></p>{below}</blockquote>"
            )
        case SourceLinks():
            rows = [
                f"<li>{_link(title, link)}{f' ({_safe(note)})' if note else ''}</li>"
                for _, title, link, note in block.rows
            ]
            return f"<ul>{''.join(rows)}</ul>"
        case Facts():
            rows = [f"<li>{_safe(name)}: {_safe(value)}</li>" for name, value in block.rows]
            return f"<ul>{''.join(rows)}</ul>"
        case Picture():
            return f'<p><img src="{_safe(block.name)}" alt="{_safe(block.alt)}"></p>'


def _link(words: str, link: str) -> str:
    address = _address(link)
    return f'<a href="{escape(address)}" rel="noopener nofollow">{_safe(words)}</a>' if address else _safe(words)


def _safe(text: str) -> str:
    return escape(_sayable(text))


def index_html(title: str, pages: Sequence[tuple[str, str]], language: str) -> str:
    """The list of a channel's briefs: (title, file name), the last one first."""
    rows = "".join(f'<li><a href="{_safe(name)}">{_safe(words)}</a></li>' for words, name in pages)
    return (
        f'<!doctype html>\n<html lang="{_safe(language)}"><head><meta charset="utf-8"><title>{_safe(title)}</title>'
        f'<link rel="alternate" type="application/atom+xml" href="feed.atom"><style>{_STYLE}</style></head>\n'
        f"<body>\n<h1>{_safe(title)}</h1>\n<ul>{rows}</ul>\n</body></html>\n"
    )


# --- Atom ---


def atom(feed_id: str, title: str, pages: Sequence[BriefPage]) -> bytes:
    """The feed of a channel's briefs, the last one first. The same briefs give the same bytes."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    updated = max((page.updated for page in pages), default=datetime(1970, 1, 1, tzinfo=UTC))
    _tagged(feed, {"id": feed_id, "title": title, "updated": _instant(updated)})
    author = ET.SubElement(feed, f"{{{_ATOM}}}author")
    ET.SubElement(author, f"{{{_ATOM}}}name").text = "Verbatim"
    for page in pages:
        entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        times = {"published": _instant(page.published), "updated": _instant(page.updated)}
        _tagged(entry, {"id": page.id, "title": page.title, **times})
        if page.file_name:
            ET.SubElement(entry, f"{{{_ATOM}}}link", {"rel": "alternate", "type": "text/html", "href": page.file_name})
        content = ET.SubElement(entry, f"{{{_ATOM}}}content", {"type": "html"})
        content.text = _in_xml(html_body(page))
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True)) + b"\n"


def _tagged(parent: ET.Element, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = _in_xml(_sayable(text))


def _in_xml(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(c if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff") else " " for c in text)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
