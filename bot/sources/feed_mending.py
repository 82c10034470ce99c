"""XML of feeds, surveyed and mended: what the feed parser is given is well-formed and within bounds.

`survey` lets expat read the whole document once and says where it breaks or exceeds a bound. `mend` makes well-formed
XML of nearly anything that was meant as a feed, in one pass, in linear time: stray ampersands and HTML entities, tags
left open or closed wrongly, raw HTML in descriptions, sections cut off, undeclared prefixes. Neither judges content.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from html.entities import html5
from typing import Final
from xml.sax.saxutils import escape, quoteattr

MAX_ITEMS: Final = 3000
MAX_ELEMENTS: Final = 120_000
MAX_TAGS: Final = 500_000  # that are mended: feeds of 16 MB have fewer
MAX_DEPTH: Final = 60
MAX_ATTRIBUTES: Final = 40
MAX_TAG: Final = 20_000  # characters of one tag with its attributes
MAX_SHORT: Final = 2000  # characters of what is short by its nature: an author, a date, an address
MAX_PERSON: Final = 300  # characters of an author; feedparser looks for a mail address in quadratic time
MAX_KEYWORDS: Final = 300
MAX_REPEATED: Final = 200  # elements of one name in one item, or outside all of them
MAX_TAGGED: Final = 50  # categories in one item; feedparser compares each with each
MAX_LINES: Final = 400_000  # each line and each reference is a call for the feed parser
MAX_REFERENCES: Final = 1_000_000
MAX_EXPANDED: Final = 1_000_000  # characters that entities of the feed's own stand for
MAX_TEXT: Final = 1_000_000  # characters of one element; fewer are kept of an item in any case
MAX_PREFIXES: Final = 40

ITEMS: Final = frozenset(("item", "entry"))
_ROOTS: Final = frozenset(("rss", "rdf", "feed", "channel"))
_CONTENT: Final = frozenset(
    "title description summary content encoded subtitle tagline info rights copyright body abstract fulltext "
    "content_encoded".split()
)  # fmt: skip
_LEAVES: Final = frozenset(
    "pubdate guid id link date creator published updated issued modified created lastbuilddate language ttl "
    "generator comments category url width height name email uri docs managingeditor webmaster hour day "
    "expirationdate rating subject publisher origlink commentrss keywords duration explicit updateperiod "
    "updatefrequency updatebase cloud enclosure thumbnail icon logo about license".split()
)  # fmt: skip
_NESTING: Final = frozenset(
    "author contributor source image textinput textInput skiphours skipdays items owner group seq li".split()
)
_FEED_WORDS: Final = ITEMS | _ROOTS | _CONTENT | _LEAVES | _NESTING
_HTML: Final = frozenset(
    "a abbr acronym address area article aside audio b base bdi bdo big blink blockquote body br button canvas "
    "caption center cite code col colgroup data dd del details dfn dir div dl dt em embed fieldset figcaption "
    "figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd "
    "label legend li link main map mark marquee meta nav nobr noscript object ol option p param picture pre q s "
    "samp script section select small source span strike strong style sub summary sup svg table tbody td template "
    "textarea tfoot th thead time title tr track tt u ul var video wbr".split()
)  # fmt: skip
# HTML elements that, written without attributes, are more likely the feed's own.
_RATHER_FEED: Final = frozenset("link source image summary title".split())
_PEOPLE: Final = frozenset(
    "author creator name email managingeditor webmaster publisher contributor owner person".split()
)
_TAGGED: Final = frozenset("category subject keywords tags".split())
_SHORT: Final = _LEAVES | _PEOPLE | _TAGGED
_LIMITS: Final = (
    dict.fromkeys(_SHORT, MAX_SHORT)
    | dict.fromkeys(_PEOPLE, MAX_PERSON)
    | {"keywords": MAX_KEYWORDS, "tags": MAX_KEYWORDS}
)
_QUADRATIC: Final = 10**8  # the sum of the squared lengths of authors that are longer than MAX_PERSON

KNOWN_PREFIXES: Final = {
    "atom": "http://www.w3.org/2005/Atom",
    "atom10": "http://www.w3.org/2005/Atom",
    "a10": "http://www.w3.org/2005/Atom",
    "admin": "http://webns.net/mvcb/",
    "cc": "http://web.resource.org/cc/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "creativecommons": "http://backend.userland.com/creativeCommonsRssModule",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "georss": "http://www.georss.org/georss",
    "googleplay": "http://www.google.com/schemas/play-podcasts/1.0",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "prism": "http://prismstandard.org/namespaces/1.2/basic/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "taxo": "http://purl.org/rss/1.0/modules/taxonomy/",
    "thr": "http://purl.org/rss/1.0/modules/threading/",
    "trackback": "http://madskills.com/public/xml/rss/module/trackback/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "xlink": "http://www.w3.org/1999/xlink",
}
_UNDECLARED: Final = "urn:undeclared:"

_ROOT_TAG: Final = re.compile(
    r"<(?:rss|feed|channel|(?:[A-Za-z][\w.\-]{0,20}:)?RDF|(?:[A-Za-z][\w.\-]{0,20}:)?feed)[\s>/]", re.I
)
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_.\-]{0,100}+(?::[A-Za-z_][A-Za-z0-9_.\-]{0,100}+)?+"
_START: Final = re.compile(rf"<({_NAME})((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)>")
_LOOSE_START: Final = re.compile(rf"<({_NAME})(?=[\s/>])([^<>]*)>?")
_END: Final = re.compile(rf"</\s{{0,20}}({_NAME})[^<>]*>?")
_ATTRIBUTE: Final = re.compile(rf"({_NAME})(?:\s{{0,50}}=\s{{0,50}}(?:\"([^\"<]*)\"|'([^'<]*)'|([^\s\"'<>]+)))?")
_REFERENCE: Final = re.compile(r"&(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][\w.\-]{0,40};)?")
_ENTITY: Final = re.compile(
    r"<!ENTITY\s{1,20}([A-Za-z][\w.\-]{0,40})\s{1,20}(?:\"([^\"<&%]{0,300})\"|'([^'<&%]{0,300})')"
)
_XHTML_TYPE: Final = re.compile(r"\btype\s{0,9}=\s{0,9}[\"']?\s{0,9}(?:xhtml|application/xhtml\+xml)", re.I)


# ---- the survey -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Survey:
    """What one strict reading of the XML showed. Offsets are bytes."""

    error: str = ""  # why it is no well-formed XML, in expat's words; empty: it is
    line: int | None = None  # where, from 1
    excess: str = ""  # the bound that was exceeded, after which nothing more was looked at
    root: str = ""  # local name, lower case
    namespace: str = ""
    root_at: int = 0
    items: list[int] = field(default_factory=list)  # where each item starts
    nested: list[tuple[int, int]] = field(default_factory=list)  # entries inside an entry's source


class _Enough(Exception):
    pass


def survey(document: bytes, *, bounded: bool = True) -> Survey:
    """Read well-formed or broken UTF-8 XML once, without loading anything, without a tree."""
    from xml.parsers import expat

    seen = Survey()
    if bounded and (document.count(b"\n") > MAX_LINES or document.count(b"&") > MAX_REFERENCES):
        seen.excess = "lines"
        return seen
    parser = expat.ParserCreate("utf-8", " ")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    depth = elements = squares = 0
    prefixes: set[str | None] = set()
    in_item = 0  # depth of the item that we are in
    in_source = 0
    nested_from = -1
    short: list[tuple[int, int]] = []  # depth and start of short elements
    counts: dict[str, int] = {}

    def too_much(what: str) -> None:
        if bounded:
            seen.excess = what
            raise _Enough

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements, in_item, in_source, nested_from, counts
        depth += 1
        elements += 1
        local = name.rpartition(" ")[2].lower()
        if depth == 1:
            seen.namespace, _, _ = name.rpartition(" ")
            seen.root, seen.root_at = local, parser.CurrentByteIndex
        if elements > MAX_ELEMENTS:
            too_much("elements")
        if depth > MAX_DEPTH:
            too_much("depth")
        if len(attributes) > MAX_ATTRIBUTES or (attributes and sum(map(len, attributes.values())) > MAX_TAG):
            too_much("attributes")
        if local in ITEMS:
            if not in_item:
                in_item, counts = depth, {}
                seen.items.append(parser.CurrentByteIndex)
            elif in_source and nested_from < 0:
                nested_from, in_source = parser.CurrentByteIndex, depth
        elif depth == (in_item or 2) + 1 or depth == 2:
            counts[local] = count = counts.get(local, 0) + 1
            if count > (MAX_TAGGED if local in _TAGGED else MAX_REPEATED):
                too_much("repeated")
            if local == "source" and in_item:
                in_source = depth
        if local in _SHORT:
            short.append((depth, parser.CurrentByteIndex))

    def end(name: str) -> None:
        nonlocal depth, in_item, in_source, nested_from, squares
        if short and short[-1][0] == depth:
            length = parser.CurrentByteIndex - short.pop()[1]
            if length > MAX_PERSON:
                local = name.rpartition(" ")[2].lower()
                squares += length * length if local in _PEOPLE else 0
                if length > MAX_SHORT or squares > _QUADRATIC or local in ("keywords", "tags"):
                    too_much("short")
        if nested_from >= 0 and in_source == depth:
            close = document.find(b">", parser.CurrentByteIndex) + 1
            seen.nested.append((nested_from, close))
            nested_from = -1
            in_source = depth - 1
        elif in_source == depth and nested_from < 0:
            in_source = 0
        if in_item == depth:
            in_item = in_source = 0
        depth -= 1

    def prefix(name: str | None, _uri: str | None) -> None:
        prefixes.add(name)
        if len(prefixes) > MAX_PREFIXES:
            too_much("prefixes")

    def entity(*_: object) -> None:
        too_much("entities")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartNamespaceDeclHandler = prefix
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(document, True)
    except _Enough:
        pass
    except expat.ExpatError as error:
        seen.error, seen.line = expat.errors.messages.get(error.code, "not well-formed"), error.lineno
    return seen


# ---- the mending ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Mended:
    """Well-formed XML (or nothing, when no tag of a feed was found), and how many items stand in it."""

    xml: str
    items: int = 0
    left_out: int = 0  # items beyond the bound
    whole: bool = False  # the feed's own end tag was there
    half: bool = False  # it ends within an item, its last
    cut: bool = False  # it has more tags than are looked at


def mend(text: str) -> Mended:
    """Make well-formed XML of a broken or excessive feed. Linear in the length of `text`."""
    return _Mender(_FORBIDDEN.sub("", text)).run()


@dataclass(slots=True)
class _Open:
    """An element that was begun."""

    name: str  # as it was written out
    local: str  # without prefix, lower case
    full: str  # with prefix, lower case
    xhtml: bool = False
    length: int = 0  # characters of text so far
    inner: set[str] = field(default_factory=set)  # tags of no known kind that are part of its text


class _Mender:
    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str] = []
        self.open: list[_Open] = []
        self.entities: dict[str, str] = {}
        self.prefixes: dict[str, str] = {}  # declared anywhere
        self.used: set[str] = set()
        self.root_at = -1
        self.root_rest = ""
        self.items = self.left_out = self.elements = 0
        self.skipping = False  # an item beyond the bound is being passed over
        self.counts: dict[str, int] = {}
        self.lines, self.references_left, self.expanded = 0, MAX_REFERENCES, 0
        self.ended = False  # the feed's own end tag was seen
        self.cut = False

    def run(self) -> Mended:
        text = self.text
        first = _ROOT_TAG.search(text)
        start = first.start() if first else 0
        self.read_doctype(text[:start])
        at, end = start, len(text)
        no_comment = no_section = False
        tags = 0
        while at < end:
            tags += 1
            if tags > MAX_TAGS:
                self.cut = True
                break
            mark = text.find("<", at)
            if mark < 0:
                self.take_text(text[at:])
                break
            if mark > at:
                self.take_text(text[at:mark])
            following = text[mark + 1 : mark + 2]
            if following == "!":
                if text.startswith("<!--", mark):
                    close = -1 if no_comment else text.find("-->", mark + 4)
                    no_comment = close < 0
                    at = mark + 4 if close < 0 else close + 3
                elif text.startswith("<![CDATA[", mark):
                    close = -1 if no_section else text.find("]]>", mark + 9)
                    no_section = close < 0
                    at = self.take_section(mark + 9, close)
                else:
                    close = text.find(">", mark)
                    at = end if close < 0 else close + 1  # a declaration, or a section that was cut off
            elif following == "?":
                close = text.find(">", mark)
                at = end if close < 0 else close + 1
            elif following == "/":
                match = _END.match(text, mark)
                if match:
                    self.end_tag(match[1], match[0])
                    at = match.end()
                else:
                    self.take_text("<", literal=True)
                    at = mark + 1
            else:
                match = _START.match(text, mark) or _LOOSE_START.match(text, mark)
                if match and match.end() - mark <= MAX_TAG * 10:
                    self.start_tag(match[1], match[2], match[0])
                    at = match.end()
                elif match:
                    self.start_tag(match[1], "", f"<{match[1]}>")
                    at = match.end()
                else:
                    self.take_text("<", literal=True)
                    at = mark + 1
        return self.finished()

    def read_doctype(self, head: str) -> None:
        for count, match in enumerate(_ENTITY.finditer(head)):
            if count >= 300:
                break
            self.entities.setdefault(match[1], match[2] if match[2] is not None else match[3])

    # ---- text

    def take_text(self, text: str, *, literal: bool = False) -> None:
        if self.skipping or not self.open:
            return
        top = self.open[-1]
        limit = _LIMITS.get(top.local, MAX_TEXT)
        if top.length >= limit:
            return
        text = text[: limit - top.length]
        top.length += len(text)
        self.lines += text.count("\n")
        if self.lines > MAX_LINES:
            text = text.replace("\n", " ")
        self.references_left -= text.count("&")
        if self.references_left < 0:
            text = text.replace("&", " ")
        whole = escape(text) if literal else self.references(text)
        self.out.append(escape(whole) if top.xhtml else whole)

    def take_section(self, start: int, close: int) -> int:
        """A CDATA section. One that nobody closed ends where its element does, or with the document."""
        text = self.text
        end = len(text) if close < 0 else close
        after = end if close < 0 else close + 3
        if self.open and (close < 0 or text.find("<![CDATA[", start, end) >= 0):
            own_end = text.find(f"</{self.open[-1].name}", start, end)
            inner = text.find("<![CDATA[", start, end)
            if own_end >= 0 and (inner < 0 or own_end < inner):
                end = after = own_end
        self.take_text(text[start:end], literal=True)
        return after

    def references(self, text: str) -> str:
        return _REFERENCE.sub(self.reference, text).replace("]]>", "]]&gt;").replace(">", "&gt;")

    def reference(self, match: re.Match[str]) -> str:
        body = match[1]
        if body is None:
            return "&amp;"
        if body[0] == "#":
            number = int(body[2:-1], 16) if body[1] in "xX" else int(body[1:-1])
            return _character(number)
        name = body[:-1]
        if name in ("amp", "lt", "gt", "quot", "apos"):
            return match[0]
        if name in self.entities:
            self.expanded += len(self.entities[name])
            return escape(self.entities[name]) if self.expanded <= MAX_EXPANDED else ""
        known = html5.get(body)
        return escape(known) if known is not None else f"&amp;{body}"

    # ---- tags

    def content(self) -> _Open | None:
        """The element with a text of its own that we are in."""
        top = self.open[-1] if self.open else None
        return top if top is not None and top.local in _CONTENT else None

    def start_tag(self, name: str, rest: str, whole: str) -> None:
        full = name.lower()
        prefix, _, local = full.rpartition(":")
        bare = not rest.strip(" \t\r\n/")
        content = self.content()
        if content is not None and local not in ITEMS and self.is_markup(content, prefix, local, bare=bare):
            if local not in _HTML and len(content.inner) < MAX_REPEATED:
                content.inner.add(full)
            self.markup(whole)
            return
        if local in ITEMS and prefix in ("", "atom", "rss"):
            self.begin_item()
        elif self.skipping or (self.ended and self.items):
            return
        elif content is not None or (self.open and self.open[-1].local in _LEAVES):
            if not prefix and local not in _FEED_WORDS:
                return  # markup where there should be none
            self.close_to(len(self.open) - 1)
        if self.skipping:
            return
        if not self.open and local not in _ROOTS:
            if local not in ITEMS:
                return
            self.begin(
                *(
                    ("feed", "feed", ' xmlns="http://www.w3.org/2005/Atom"')
                    if local == "entry"
                    else ("rss", "rss", ' version="2.0"')
                )
            )
            if local == "item":
                self.begin("channel", "channel", "")
        elif not self.open and local == "channel":
            self.begin("rss", "rss", ' version="2.0"')
        elif self.open and local in ("rss", "rdf", "feed"):
            return  # a feed in a feed
        if local not in ITEMS and self.open:
            self.counts[local] = count = self.counts.get(local, 0) + 1
            if count > (MAX_TAGGED if local in _TAGGED else MAX_REPEATED) and local != "li":
                return
        self.elements += 1
        if len(self.open) >= MAX_DEPTH or self.elements > MAX_ELEMENTS:
            return
        self.begin(name, local, rest)
        if rest.rstrip().endswith("/"):
            self.close_to(len(self.open) - 1)

    def is_markup(self, content: _Open, prefix: str, local: str, *, bare: bool) -> bool:
        if prefix:
            return prefix in ("xhtml", "html", "h", "svg") and local in _HTML
        if content.xhtml:
            return True
        if bare and local in _RATHER_FEED and (content.local == "title" or local == "link"):
            return False
        if local == content.local:
            return False
        return local in _HTML or local not in _FEED_WORDS

    def markup(self, whole: str) -> None:
        """A tag of HTML inside a text: part of the text, as it would be if it had been escaped."""
        if not self.skipping:
            self.out.append(escape(whole if whole.endswith(">") else whole + ">"))

    def begin_item(self) -> None:
        for index, element in enumerate(self.open):
            if element.local in ITEMS:
                self.close_to(index)
                break
        else:
            content = self.content()
            if content is not None or (self.open and self.open[-1].local in _LEAVES | _NESTING - {"items"}):
                while self.open and self.open[-1].local not in _ROOTS | {"items"}:
                    self.close_to(len(self.open) - 1)
        self.counts = {}
        self.ended = False  # that was not its end, or nobody would know what this item says
        self.items += 1
        self.skipping = self.items > MAX_ITEMS or self.elements >= MAX_ELEMENTS
        self.left_out += self.skipping

    def end_tag(self, name: str, whole: str) -> None:
        full = name.lower()
        _, _, local = full.rpartition(":")
        if self.skipping:
            if local in ("rss", "rdf", "feed", "channel"):
                self.ended = True
            return
        content = self.content()
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index].full == full:
                if (
                    content is not None
                    and index < len(self.open) - 1
                    and local in _HTML - ITEMS
                    and local not in _ROOTS
                ):
                    break  # </title> of a drawing in a description
                if local in ("rss", "rdf", "feed", "channel") and (local != "channel" or self.open[0].local != "rdf"):
                    # What follows the end may still hold items: it is not closed before the document is over.
                    self.ended = True
                    self.close_to(index + 1)
                else:
                    self.close_to(index)
                return
        if content is None:
            return
        if not content.xhtml and (local in _CONTENT - _HTML or (local not in _HTML and full not in content.inner)):
            self.close_to(len(self.open) - 1)  # <title>…</description>, <title>…</titel>
        elif local in _HTML or local not in _FEED_WORDS:
            self.markup(whole)

    def begin(self, name: str, local: str, rest: str) -> None:
        xhtml = local in _CONTENT and (bool(_XHTML_TYPE.search(rest[:2000])) or name.lower() in ("xhtml:body", "body"))
        attributes, written = self.attributes(rest, xhtml=xhtml), self.prefixed(name)
        if not self.open:
            self.root_at, self.root_rest = len(self.out) + 1, attributes
            self.out += [f"<{written}", "", ">"]
        else:
            self.out.append(f"<{written}{attributes}>")
        self.open.append(_Open(written, local, name.lower(), xhtml))

    def prefixed(self, name: str) -> str:
        """The name under a prefix that will be declared; of too many prefixes the later ones are one."""
        prefix, colon, local = name.partition(":")
        if not colon:
            return name
        if prefix not in self.used and len(self.used) >= MAX_PREFIXES:
            prefix = "others"
        self.used.add(prefix)
        return f"{prefix}:{local}"

    def attributes(self, rest: str, *, xhtml: bool) -> str:
        kept: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(rest[:MAX_TAG]):
            name = match[1]
            value = next((group for group in match.groups()[1:] if group is not None), "")
            prefix, colon, local = name.partition(":")
            if colon and prefix == "xmlns":
                if len(self.prefixes) < MAX_PREFIXES and local not in ("xml", "xmlns") and value.strip():
                    self.prefixes.setdefault(local, value)
                continue
            if name == "xmlns" and self.open and "xhtml" not in value and "Atom" not in value:
                continue
            if name in kept or len(kept) >= MAX_ATTRIBUTES or (xhtml and name == "type"):
                continue
            if colon and prefix != "xml":
                if prefix not in self.used and len(self.used) >= MAX_PREFIXES:
                    continue
                self.used.add(prefix)
            kept[name] = value[: MAX_SHORT * 2]
        if xhtml:
            kept["type"] = "html"
        return "".join(f" {name}={_quoted(self.references(value))}" for name, value in kept.items())

    def close_to(self, index: int) -> None:
        """End every element from `index` on."""
        while len(self.open) > index:
            self.out.append(f"</{self.open.pop().name}>")

    def finished(self) -> Mended:
        half = not self.skipping and any(element.local in ITEMS for element in self.open)
        self.close_to(0)
        if self.root_at < 0:
            return Mended("")
        declared = {prefix: uri for prefix, uri in self.prefixes.items() if prefix in self.used}
        for prefix in sorted(self.used - declared.keys() - {"xml"}):
            declared[prefix] = KNOWN_PREFIXES.get(prefix.lower(), _UNDECLARED + prefix)
        names = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in declared.items())
        self.out[self.root_at] = self.root_rest + names
        return Mended(
            '<?xml version="1.0" encoding="utf-8"?>\n' + "".join(self.out),
            self.items - self.left_out,
            self.left_out,
            self.ended,
            half,
            self.cut,
        )


def _quoted(value: str) -> str:
    """An attribute's value whose references are in order."""
    return '"' + value.replace('"', "&quot;").replace("<", "&lt;").replace("\n", "&#10;") + '"'


_CP1252: Final = {byte: bytes((byte,)).decode("cp1252", "replace") for byte in range(0x80, 0xA0)}


def _character(number: int) -> str:
    """A numeric reference as XML may hold it; those that mean Windows characters mean them, as in HTML."""
    if number in _CP1252:
        return _CP1252[number]
    if (
        number > 0x10FFFF
        or 0xD800 <= number <= 0xDFFF
        or number in (0xFFFE, 0xFFFF)
        or (number < 32 and number not in (9, 10, 13))
    ):
        return ""
    return f"&#{number};"


def without_middle(document: bytes, items: list[int], most: int = MAX_ITEMS) -> bytes:
    """A document of too many items with those in the middle cut out: feeds begin, or end, with the newest."""
    keep = most // 2
    return document[: items[keep]] + document[items[len(items) - (most - keep)] :]


def without_nested(document: bytes, nested: list[tuple[int, int]]) -> bytes:
    """The document without entries that stand inside the source of another entry."""
    parts: deque[bytes] = deque()
    at = 0
    for start, end in nested:
        parts.append(document[at:start])
        at = end
    parts.append(document[at:])
    return b"".join(parts)
