"""Element trees and pieces of HTML to plain paragraphs, without what a reader of the page would not see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLOCKS: Final = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 head header hr item li list main nav ol p pre quote row section"
    " summary table tbody tfoot thead title tr ul".split()
)
_CELLS: Final = frozenset({"td", "th", "cell"})
_BREAKS: Final = frozenset({"br", "lb"})
_PREFORMATTED: Final = frozenset({"pre", "code"})
# Not text, or text that is only an alternative to what is shown.
_UNSEEN: Final = frozenset(
    "applet audio base button canvas datalist embed iframe input link map math meta noembed noframes noscript"
    " object option param script select source style svg template textarea track video".split()
)
_HIDING_STYLE: Final = re.compile(
    r"(?:^|[;\s])(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}(?:hidden|collapse)|opacity\s{0,9}:\s{0,9}0(?:\.0{1,9})?\s{0,9}(?:;|!|$)"
    r"|font-size\s{0,9}:\s{0,9}0(?:\.0{1,9})?(?:px|pt|em|rem|%)?\s{0,9}(?:;|!|$))",
    re.IGNORECASE,
)
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_SPACES: Final = re.compile(r" {2,}")
_PARAGRAPH_BREAK: Final = re.compile(r"\n{2,}")
_MARKUP: Final = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|&(?:[a-zA-Z]{2,10}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_LEAST_HIDDEN_TEXT: Final = 12  # characters; less is an icon or a counter
_MOST_JUDGED: Final = 300  # hidden elements; judging one costs a look at its neighbours


def text_of_tree(root: _Element) -> str:
    """The text below an element: blocks as paragraphs with an empty line between, cells of a row set apart by tabs."""
    from lxml.etree import iterwalk

    parts: list[str] = []
    preformatted = 0
    walk = iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if not tag or tag in _UNSEEN:
                walk.skip_subtree()
                continue
            if tag in _BLOCKS:
                parts.append("\n\n")
            elif tag in _BREAKS:
                parts.append("\n")
            preformatted += tag in _PREFORMATTED
            if element.text:
                parts.append(element.text if preformatted else _SPACE.sub(" ", element.text))
        else:
            if tag in _BLOCKS:
                parts.append("\n\n")
            elif tag in _CELLS:
                parts.append("\t")
            preformatted -= tag in _PREFORMATTED
            if element.tail and element is not root:
                parts.append(element.tail if preformatted else _SPACE.sub(" ", element.tail))
    # Soft hyphens are hints for the layout, which search and quoting would have to step over in every word.
    text = _SPACES.sub(" ", "".join(parts).replace("\u00ad", ""))
    lines = "\n".join(line.strip(" \t") for line in text.split("\n"))
    return _PARAGRAPH_BREAK.sub("\n\n", lines).strip()


def opening_of(element: _Element, most: int) -> str:
    """The text below an element with single spaces, up to about `most` characters: a headline that goes on for longer
    is none, and elements of broken pages hold the whole page."""
    parts: list[str] = []
    length = 0
    for piece in element.itertext():
        parts.append(piece[: 4 * most])
        length += len(piece)
        if length > 4 * most or len(parts) > most:
            break
    return " ".join("".join(parts).split())[: most + 1]


def parse_html(html: str) -> _Element | None:
    """The tree of a page or a piece of one, None when nothing stands in it. Comments and processing instructions go."""
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        return document_fromstring(html.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError):
        return None


def text_of_fragment(html: str) -> str:
    """The plain paragraphs of a piece of HTML (a feed's description, a block inside Markdown)."""
    tree = parse_html(html) if html.strip() else None
    if tree is None:
        return ""
    drop_hidden(tree)
    return text_of_tree(tree)


def plain(value: str) -> str:
    """Text from a field that may hold HTML or not: only what has tags or character references is taken as HTML."""
    return text_of_fragment(value) if _MARKUP.search(value) else value.strip()


def drop_hidden(tree: _Element) -> bool:
    """Take out what the page hides from its readers. True when hidden text stood among shown paragraphs.

    Menus and dialogs are hidden on nearly every page and mean nothing; hidden text beside the paragraphs of an article
    is what somebody wanted machines to read and people not to see.
    """
    among_paragraphs = False
    judged = 0
    for element in tree.xpath(".//*[@hidden or @style] | .//template"):
        if (
            element.tag != "template"
            and element.get("hidden") is None
            and not _HIDING_STYLE.search(element.get("style", ""))
        ):
            continue
        parent = element.getparent()
        if parent is None or element.tag in ("body", "html"):
            continue
        if not among_paragraphs and judged < _MOST_JUDGED:
            judged += 1
            among_paragraphs = _is_planted(element, parent)
        _remove(element, parent)
    return among_paragraphs


def _is_planted(element: _Element, parent: _Element) -> bool:
    if element.find(".//script") is not None or element.find(".//input") is not None:
        return False
    if element.tag != "template" and parent.tag != "p" and parent.find("p") is None:
        return False
    return len("".join(element.itertext()).strip()) >= _LEAST_HIDDEN_TEXT


def _remove(element: _Element, parent: _Element) -> None:
    """Take an element out of its parent and leave the text behind it where it stands."""
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)
