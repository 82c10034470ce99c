"""One normal form of typography, and the way back from each of its characters to the source (rule Q1).

Two texts are alike when their normal forms are equal: NFC; invisible characters dropped; any run of white space one
space; single quotation marks alike, double ones alike, hyphens, dashes and the minus alike; an ellipsis is three dots;
Latin ligatures are their letters; full-width ASCII is ASCII. Nothing else. In particular not NFKC, which makes 10² into
102 and 3½ into 31⁄2.

A word divided at a line's end is the one thing that has several readings. The normal form keeps it as it stands
("con- tinue") and says where that is; `matching` may read it as "continue" or "con-tinue".
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# Characters are written as numbers here where an editor would show them alike, or not at all.
DROPPED: Final = "\u00ad\u200b\u200c\u2060\ufeff"  # soft hyphen, zero-width space and non-joiner, word joiner, BOM
SPACES: Final = (  # Unicode White_Space
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_SINGLE_MARKS = "\u2018\u2019\u201a\u201b\u2032`\u00b4\u2039\u203a"
_DOUBLE_MARKS = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"
HYPHENS: Final = "\\-\u2010\u2011"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
FULL_WIDTH: Final = {code + 0xFEE0: code for code in range(0x21, 0x7F)}

_ALIKE: dict[int, int] = {ord(c): ord(" ") for c in SPACES}
_ALIKE |= {ord(c): ord("'") for c in _SINGLE_MARKS} | {ord(c): ord('"') for c in _DOUBLE_MARKS}
_ALIKE |= {ord(c): ord("-") for c in _DASHES}
_ALIKE |= {wide: _ALIKE.get(code, code) for wide, code in FULL_WIDTH.items()}
_SPELT_OUT = {"…": "...", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_TABLE: dict[int, int | str | None] = (
    dict[int, int | str | None](_ALIKE)
    | {ord(c): letters for c, letters in _SPELT_OUT.items()}
    | dict.fromkeys(map(ord, DROPPED))
)

# What the normal form does not map one to one.
_IRREGULAR = rf"[{DROPPED}{SPACES}]{{2,}}|[{DROPPED}]|[{''.join(_SPELT_OUT)}]"
_PLAINLY_IRREGULAR = re.compile(_IRREGULAR)
# Text in stream-safe format has at most 30 marks on a letter (UAX #15). More are normalised in portions: ordering marks
# is quadratic in their number, in CPython and everywhere else.
_MARKS_AT_ONCE = 30

_DIVIDED = re.compile(
    rf"(?<=\w)[{HYPHENS}\u00ad][{DROPPED}]{{0,4}}[ \t\xa0]{{0,8}}(?:\r?\n|\u2028)[ \t\xa0{DROPPED}]{{0,40}}"
    r"(?=[^\W\d_])"
)
# After these words the hyphen was suspended ("Ost- und Westdeutschland", "pre- and post-war"): nothing is divided.
_SUSPENDED = re.compile(
    r"(?:und|oder|bzw|beziehungsweise|sowie|bis|als|wie|and|or|nor|et|ou)\b"
    r"|to\s{1,3}\w{1,30}-"  # "two- to three-year", but not "Kon-to"
)


class Span(NamedTuple):
    """Code points of one text, half open."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text's normal form. The pieces that are not mapped one to one are kept as four columns, in order."""

    text: str
    divisions: frozenset[int]  # where in `text` stands the hyphen of a word divided at a line's end
    _at: tuple[int, ...]  # where a piece stands in `text` …
    _size: tuple[int, ...]
    _source_at: tuple[int, ...]  # … and where in the source
    _source_size: tuple[int, ...]

    def source_of(self, index: int) -> Span:
        """The source characters that became the character at `index`."""
        piece = bisect_right(self._at, index) - 1
        if piece < 0:
            return Span(index, index + 1)
        source_end = self._source_at[piece] + self._source_size[piece]
        past = index - self._at[piece] - self._size[piece]
        if past < 0:
            return Span(self._source_at[piece], source_end)
        return Span(source_end + past, source_end + past + 1)

    def source_span(self, start: int, end: int) -> Span | None:
        """The source of `text[start:end]`; None when that begins or ends inside one source character ("ﬃ", "…")."""
        first, last = self.source_of(start), self.source_of(end - 1)
        begins_inside = start > 0 and self.source_of(start - 1) == first
        ends_inside = end < len(self.text) and self.source_of(end) == last
        if begins_inside or ends_inside:
            return None
        return Span(first.start, last.end)


def normalise(text: str, *, join_soft: bool = False) -> Normalised:
    """The normal form of a text. Linear in its length, for any string.

    With `join_soft` a soft hyphen at a line's end joins the two halves of its word; by the letter of Q1 it is only
    dropped, and the line break stays a space.
    """
    divided = list(divisions(text, 0, len(text)))
    soft = {span.start for span in divided if text[span.start] == "\u00ad"} if join_soft else frozenset[int]()
    flat = text.translate(_ALIKE)
    parts: list[str] = []
    at: list[int] = []
    size: list[int] = []
    source_at: list[int] = []
    source_size: list[int] = []
    done = length = 0
    for piece in _irregular(text).finditer(text):
        start, end = piece.span()
        normal = "" if start in soft else plain(piece.group())
        parts += flat[done:start], normal
        length += start - done
        at.append(length)
        size.append(len(normal))
        source_at.append(start)
        source_size.append(end - start)
        length += len(normal)
        done = end
    parts.append(flat[done:])

    def normal_of(source: int) -> int:  # of a character that is mapped one to one
        before = bisect_right(source_at, source) - 1
        if before < 0:
            return source
        return at[before] + size[before] + source - source_at[before] - source_size[before]

    hard = frozenset(normal_of(span.start) for span in divided if text[span.start] != "\u00ad")
    return Normalised("".join(parts), hard, tuple(at), tuple(size), tuple(source_at), tuple(source_size))


def plain(text: str) -> str:
    """The normal form of a short text, without the way back: rule Q1 as it is written. Quadratic in stacked marks."""
    text = unicodedata.normalize("NFC", text.translate(_TABLE)).translate(_TABLE)  # NFC makes new marks: U+1FEF → `
    return re.sub(" {2,}", " ", text)


def divisions(text: str, start: int, end: int) -> Iterator[Span]:
    """Where words are divided at a line's end: from the hyphen to the word's second half, which is lower-case."""
    for found in _DIVIDED.finditer(text, start, end):
        rest = found.end()
        if rest < len(text) and text[rest].islower() and not _SUSPENDED.match(text, rest):
            yield Span(found.start(), rest)


def has_soft_divisions(text: str) -> bool:
    """Whether a soft hyphen stands at a line's end, so that `join_soft` makes a difference."""
    return "\u00ad" in text and any(text[span.start] == "\u00ad" for span in divisions(text, 0, len(text)))


def combines(char: str) -> bool:
    """Whether a character belongs to the one before it: marks, and the later letters of a Korean syllable."""
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"


def _irregular(text: str) -> re.Pattern[str]:
    if unicodedata.is_normalized("NFC", text.translate(_TABLE)):
        return _PLAINLY_IRREGULAR
    there = set(text)
    marks = re.escape("".join(sorted(c for c in there if combines(c))))
    singles = re.escape("".join(sorted(c for c in there if not combines(c) and unicodedata.normalize("NFC", c) != c)))
    choices = [_IRREGULAR]
    if singles:
        choices.insert(0, f"[{singles}]")
    if marks:
        base = f"[^{SPACES}{DROPPED}{marks}]"
        choices.insert(0, f"(?:{base})?[{marks}{DROPPED}]{{0,{_MARKS_AT_ONCE}}}[{marks}]")
    return re.compile("|".join(choices))
