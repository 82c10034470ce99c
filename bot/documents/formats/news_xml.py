"""XML news: NITF, NewsML, RSS, Atom, or any XML with paragraphs, parsed by defusedxml: no entities, no fetching."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from bot.documents.encodings import decode
from bot.documents.extracted import Extracted
from bot.documents.formats.fragments import plain
from bot.documents.formats.webpage import declared_charset
from bot.documents.refusals import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_TITLES: Final = ("headline", "hl1", "hedline", "title", "subject")
_PARAGRAPHS: Final = frozenset(
    {"p", "para", "paragraph", "li", "hl2", "h2", "h3", "h4", "blockquote", "absatz", "subheadline"}
)
_TEXTS: Final = frozenset(
    {"body.content", "body", "text", "content", "encoded", "articlebody", "description", "summary", "inlinedata"}
)
_ITEMS: Final = frozenset({"item", "entry"})
_OUTLETS: Final = ("publisher", "provider", "outlet", "source", "distributor", "sitename")
_AUTHORS: Final = ("byline", "author", "creator", "by")
_PUBLISHED: Final = (
    "pubdate",
    "published",
    "date.issue",
    "firstcreated",
    "date.release",
    "thisrevisioncreated",
    "issued",
    "created",
    "date",
    "story.date",
)
_MODIFIED: Final = ("updated", "versioncreated", "modified", "lastbuilddate")
_ADDRESSES: Final = ("link", "url", "guid", "canonical")
_LANGUAGES: Final = ("language", "lang")
_ROOT: Final = re.compile(r"\A\s{0,9999}<\?xml[^>]{0,300}\?>")
_DEEPEST: Final = 200
_MOST_ELEMENTS: Final = 1_000_000
_MOST_ITEMS: Final = 1_000
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def read(raw: bytes) -> Extracted:
    """The text of one item, or of all items of a feed. Raises Unreadable ("broken-xml", "entities", "too-deep", …)."""
    decoded = decode(raw, declared_charset(raw))
    root = _parsed(decoded.text)
    items = [element for element in root.iter() if _name(element) in _ITEMS][:_MOST_ITEMS]
    if len(items) > 1:
        channel = next((element for element in root if _name(element) == "channel"), root)
        title = _child_words(channel, _TITLES)
        text = "\n\n".join(part for item in items for part in (_child_words(item, _TITLES), _text(item)) if part)
        scope = channel
    else:
        scope = items[0] if items else root
        title = _words(scope, _TITLES)
        text = _text(scope)
    if not text:
        raise unreadable("no-text", "no element holds text")
    lone = len(items) < 2
    return Extracted(
        text=text,
        media_type="application/xml",
        encoding=decoded.encoding,
        title=title,
        outlet=_words(scope, _OUTLETS) if lone else title,
        byline=_words(scope, _AUTHORS) if lone else "",
        address=_link(scope),
        language=root.get(_XML_LANG, "") or _child_words(scope, _LANGUAGES),
        published=_words(scope, _PUBLISHED) if lone else _child_words(scope, _PUBLISHED),
        modified=_words(scope, _MODIFIED) if lone else _child_words(scope, _MODIFIED),
    )


class _Builder(TreeBuilder):
    """Builds no tree that nobody could read: what nests or multiplies beyond reason ends the parsing."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > _DEEPEST:
            raise unreadable("too-deep", f"more than {_DEEPEST} levels")
        if self._count > _MOST_ELEMENTS:
            raise unreadable("reader-memory", f"more than {_MOST_ELEMENTS} elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _parsed(text: str) -> Element:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    # NITF names its document type, so a DOCTYPE is allowed; entities and outside references are not.
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=False, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(_ROOT.sub("", text, count=1).lstrip())
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise unreadable("entities", type(error).__name__) from error
    except (ParseError, ValueError) as error:
        raise unreadable("broken-xml", str(error)[:100]) from error
    return root


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower()


def _text(scope: Element) -> str:
    """The paragraphs below an element: of its body, else its paragraph elements, else all leaves but metadata."""
    bodies = [element for element in scope.iter() if _name(element) in _TEXTS]
    best = max(bodies, key=lambda body: sum(map(len, body.itertext())), default=None)
    if best is not None and (paragraphs := _paragraphs(best) or plain("".join(best.itertext()))):
        return paragraphs
    return _paragraphs(scope) or "\n\n".join(_leaves(scope))


def _paragraphs(scope: Element) -> str:
    parts: list[str] = []
    waiting = [scope]
    while waiting:
        element = waiting.pop()
        if element is not scope and _name(element) in _PARAGRAPHS:
            parts.append(" ".join("".join(element.itertext()).split()))
        else:
            waiting.extend(reversed(element))
    return "\n\n".join(part for part in parts if part)


def _leaves(scope: Element) -> Iterator[str]:
    known = {*_TITLES, *_OUTLETS, *_AUTHORS, *_PUBLISHED, *_MODIFIED, *_ADDRESSES, *_LANGUAGES, "id"}
    for element in scope.iter():
        if not len(element) and _name(element) not in known and (words := " ".join((element.text or "").split())):
            yield words


def _words(scope: Element, names: tuple[str, ...]) -> str:
    """The text (or norm or value attribute) of the first element by one of the names, in the order of the names."""
    found: dict[str, Element] = {}
    for element in scope.iter():
        found.setdefault(_name(element), element)
    return next((words for name in names if name in found and (words := _content(found[name]))), "")


def _child_words(scope: Element, names: tuple[str, ...]) -> str:
    """The same among the element's own children only: a feed's title is not that of its first item."""
    found: dict[str, Element] = {}
    for element in scope:
        found.setdefault(_name(element), element)
    return next((words for name in names if name in found and (words := _content(found[name]))), "")


def _content(element: Element) -> str:
    words = " ".join("".join(element.itertext()).split())
    return plain(words) if words else element.get("norm", "") or element.get("value", "") or element.get("term", "")


def _link(scope: Element) -> str:
    for element in scope.iter():
        if _name(element) in _ADDRESSES:
            address = element.get("href", "") if element.get("rel", "alternate") == "alternate" else ""
            words = address or " ".join((element.text or "").split())
            if words.startswith(("http://", "https://")):
                return words
    return ""
