"""Characters that nobody sees: which of them a text may keep, and which of them a person should be told about.

The text of record keeps what the file says, because quotes are offsets into it. Only three kinds go: NUL (PostgreSQL
and SQLite cannot hold it), lone surrogates (they are not Unicode text) and tag characters (U+E0000 ff., invisible
carriers of instructions). Titles and names are shown outside of quotes, so they keep nothing that is invisible.
"""

from __future__ import annotations

import re
from typing import Final

_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff\U000e0000-\U000e007f]")
_REPLACED: Final = {0: None, **dict.fromkeys(range(0xE0000, 0xE0080)), **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}

# One search tells whether there is anything to report at all; most documents have nothing.
_NOTABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u180e\u200b-\u200d\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffd\U000e0000-\U000e007f]"
)
_KINDS: Final = (
    ("control characters", re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")),
    ("bidi override", re.compile("[\u202a-\u202e\u2066-\u2069]")),
    # Joiners are ordinary letters of Persian, Indic scripts and emoji; between Latin letters they hide something.
    (
        "zero-width",
        re.compile(
            "[\u180e\u200b\u2060-\u2065\ufeff]|(?<=[A-Za-z\u00c0-\u024f])[\u200c\u200d](?=[A-Za-z\u00c0-\u024f])"
        ),
    ),
    ("tag characters", re.compile("[\U000e0000-\U000e007f]")),
    ("broken characters", re.compile("[\ud800-\udfff\ufffd]")),
)
_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\xa0\u00ad\u180e\u200b\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def keepable(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without what cannot be kept, and what was seen in it: "bidi override", "zero-width", …"""
    if not _NOTABLE.search(text):
        return text, ()
    seen = tuple(label for label, pattern in _KINDS if pattern.search(text))
    if _UNKEEPABLE.search(text):
        text = text.translate(_REPLACED)
    return text, seen


def one_line(text: str, limit: int = 500) -> str:
    """A title or name for display: visible characters only, single spaces, at most `limit` code points."""
    line = " ".join(_INVISIBLE.sub(" ", text[: limit * 4]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
