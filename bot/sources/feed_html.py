"""HTML of strangers made harmless, and text made of it.

nh3 (a browser's own way of reading HTML) decides what is kept; before it, nesting is bounded, because its time grows
with the square of the depth. Nothing here looks at more than the text it is given.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable
from typing import Final

from bot.sources.feed_links import web_link

MAX_HTML: Final = 400_000  # characters of one item; a book is longer, an article is not
MAX_DEPTH: Final = 100
MAX_FORMATTING_DEPTH: Final = 12  # of elements that a browser repeats in every paragraph until they are closed

_TAGS: Final = frozenset(
    "a abbr article aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em "
    "figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p picture pre q rp rt "
    "ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul "
    "var wbr".split()
)  # fmt: skip
_WITH_CONTENT: Final = frozenset(
    "script style template iframe object embed applet svg math select textarea noembed noframes frameset head "
    "title form button audio video canvas".split()
)  # fmt: skip
_ATTRIBUTES: Final = {
    "*": {"lang", "dir"},
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "time": {"datetime"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
_ADDRESSES: Final = frozenset(("href", "src", "cite"))
# No attribute that we keep has a use for these words; where they stand, somebody tries something.
_SUSPICIOUS: Final = re.compile(r"(?:java|vb)script\s{0,20}:|expression\s{0,20}\(|\bon\w{1,40}\s{0,20}=", re.I)

_OPENING: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})")
_VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_CLOSED_BY_THE_NEXT: Final = frozenset("p li dt dd td th tr tbody thead tfoot option rp rt".split())
_FORMATTING: Final = frozenset("a b big code em font i nobr s small strike strong tt u".split())

_TAG: Final = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})(?:[^<>"]|"[^"]*")*+>')
_BLOCKS: Final = frozenset(
    "article aside blockquote br caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header "
    "hr li main ol p pre section summary table tr ul".split()
)  # fmt: skip
_OLD: Final = frozenset("acronym basefont big blink center font link marquee meta nobr".split())
_MARKUP: Final = re.compile(
    r"<!--(?:[^-]|-(?!->)){0,2000}-->|</?(?:" + "|".join(sorted(_TAGS | _WITH_CONTENT | _OLD, reverse=True))
    + r")(?:\s[^<>]{0,2000})?/?>", re.I,
)  # fmt: skip
_BEGUN: Final = re.compile(r"<[a-zA-Z/!?]")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HUGE_NUMBER: Final = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,});?")
_SPACES: Final = re.compile(r"\s+")
_BLANK_LINE: Final = re.compile(r"\n[ \t\r\f\v]*\n\s*")


def safe_html(html: str, base: str = "", resolve: Callable[[str, str], str] = web_link) -> str:
    """The harmless part of an HTML fragment. Links and pictures that are not http or https lose their address."""
    import nh3

    def keep(_tag: str, name: str, value: str) -> str | None:
        if name in _ADDRESSES:
            value = resolve(value, base)
        return None if not value or _SUSPICIOUS.search(value) else value

    return nh3.clean(
        _bounded(without_controls(html[:MAX_HTML])),
        tags=set(_TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=keep,
        link_rel=None,
        url_schemes={"http", "https"},
    ).strip()


def html_of_text(text: str) -> str:
    """Plain text as paragraphs of HTML; a single line break stays one."""
    paragraphs = (part.strip() for part in _BLANK_LINE.split(without_controls(text[:MAX_HTML]).replace("\r\n", "\n")))
    return "\n".join(f"<p>{_escaped(part).replace(chr(10), '<br>')}</p>" for part in paragraphs if part)


def text_of_html(safe: str) -> str:
    """The words of HTML that `safe_html` made; blocks are lines of their own."""

    def gap(match: re.Match[str]) -> str:
        return "\n" if match[2].lower() in _BLOCKS else ""

    lines = (_SPACES.sub(" ", line).strip() for line in _TAG.sub(gap, safe).split("\n"))
    return without_controls(unescaped("\n".join(line for line in lines if line)))


def line_of(markup: str, *, is_text: bool = False, longest: int = 1000) -> str:
    """A title in one line of plain text. Only what really is HTML goes: "5 <6" and "<!channel>" are words."""
    markup = markup[: longest * 8]
    text = (
        markup
        if is_text
        else unescaped(_MARKUP.sub(lambda match: " " if match[0][1:3].lower() == "br" else "", markup))
    )
    line = _SPACES.sub(" ", without_controls(text.replace("\x85", " "))).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def has_markup(text: str) -> bool:
    """Whether a browser would see anything but words in a text; "5 <6" is words."""
    return _BEGUN.search(text) is not None


def unescaped(text: str) -> str:
    """Character references resolved, once."""
    # The standard library raises on a number of more digits than Python converts.
    return entities.unescape(_HUGE_NUMBER.sub("\ufffd", text)) if "&" in text else text


def without_controls(text: str) -> str:
    """Control characters (but tab and line ends) and lone surrogates taken out."""
    return _CONTROLS.sub("", text)


def _escaped(text: str) -> str:
    return entities.escape(text, quote=False)


def _bounded(html: str) -> str:
    """The same HTML with tags nested deeper than `MAX_DEPTH` made meaningless.

    The depth is estimated: tags that the next of their kind closes do not count, and text in scripts does.
    """
    if html.count("<") <= MAX_FORMATTING_DEPTH:
        return html
    depth = formatting = dropped = 0

    def weigh(match: re.Match[str]) -> str:
        nonlocal depth, formatting, dropped
        closing, name = bool(match[1]), match[2].lower()
        if name in _VOID or name in _CLOSED_BY_THE_NEXT:
            return match[0]
        if closing:
            if dropped:
                dropped -= 1
                return "</wbr"
            depth = max(0, depth - 1)
            formatting = max(0, formatting - (name in _FORMATTING))
            return match[0]
        if depth >= MAX_DEPTH or (name in _FORMATTING and formatting >= MAX_FORMATTING_DEPTH):
            dropped += 1
            return "<wbr"
        depth += 1
        formatting += name in _FORMATTING
        return match[0]

    return _OPENING.sub(weigh, html)
