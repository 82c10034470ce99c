"""A text as numbers and dates are read in it: umlauts in one piece, nothing invisible, and the way back to its offsets.

Soft hyphens and zero-width characters may stand inside any word of a web page, and some systems write an umlaut as two
characters. Numbers and dates are looked for without that; what is found is reported where it stands in the text itself.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass

_TROUBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\u0308]")
_PIECE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]|[aouAOU]\u0308")
BLANKS = "\u0020\u00a0\u2009\u202f"  # the spaces that stand inside a number or between it and its unit
_REVERSED_WORD = r"([^\W\d_]+(?:['’][^\W\d_]+)?)"
_ONE_MORE = rf"[{BLANKS}\n]{_REVERSED_WORD}"
_BACKWARDS = re.compile(
    rf"[„“\"(~]?[{BLANKS}\n]{{0,2}}\.?{_REVERSED_WORD}(?:{_ONE_MORE}(?:{_ONE_MORE}(?:{_ONE_MORE})?)?)?"
)
_UMLAUTS = {"a": "ä", "o": "ö", "u": "ü", "A": "Ä", "O": "Ö", "U": "Ü"}


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` to match in, `lowered` the same in lower case and of the same length, `span` the way back."""

    text: str
    lowered: str
    _starts: array[int] | None = None  # where each character of `text` begins and ends in the original;
    _ends: array[int] | None = None  # None: nothing was changed

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the original text of a stretch of `text` that is not empty."""
        if self._starts is None or self._ends is None:
            return start, end
        return self._starts[start], self._ends[end - 1]


def read(text: str) -> Reading:
    """Make a text ready. Linear in its length, for any string."""
    if not _TROUBLE.search(text):
        return Reading(text, _lower(text))
    pieces: list[str] = []
    starts: array[int] = array("l")
    ends: array[int] = array("l")
    last = 0
    for match in _PIECE.finditer(text):
        start, end = match.span()
        pieces.append(text[last:start])
        starts.extend(range(last, start))
        ends.extend(range(last + 1, start + 1))
        if end - start == 2:
            pieces.append(_UMLAUTS[match.group()[0]])
            starts.append(start)
            ends.append(end)
        last = end
    pieces.append(text[last:])
    starts.extend(range(last, len(text)))
    ends.extend(range(last + 1, len(text) + 1))
    plain = "".join(pieces)
    return Reading(plain, _lower(plain), starts, ends)


def words_before(lowered: str, start: int) -> tuple[str, ...]:
    """Up to four words that stand right before `start`, with nothing but single spaces between them."""
    cut = max(0, start - 48)
    # Read backwards: a search that is tied to the end of a string tries every place before it.
    match = _BACKWARDS.match(lowered[cut:start][::-1])
    if match is None:
        return ()
    words = [word[::-1] for word in match.groups() if word]
    if cut and match.end() == start - cut:
        words.pop()  # it may be the end of a longer word
    return tuple(words[::-1])


def last_word(lowered: str, start: int) -> str:
    """The word right before `start`, or ""."""
    words = words_before(lowered, start)
    return words[-1] if words else ""


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    # "İ" alone grows when it is lowered.
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)
