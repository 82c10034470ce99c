"""Foreign words as a terminal may print them."""

from __future__ import annotations


def printable(text: str) -> str:
    """Foreign words that may be printed: no control, direction or surrogate characters: some a terminal obeys."""
    return "".join(c if c.isprintable() or c in "\u00ad\u200b\u200c\u200d\ufeff" else " " for c in text)
