"""Numbered sentences: what a model is shown of the quotes, so that it names them by number and never has to type one.

What a reader of the source would not see (invisible, control, direction and tag characters) does not reach a model; how
much of it there was is reported. The quote itself stays as it stands in the store.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bot.domain import ShownQuote

LONGEST_SHOWN: Final = 600  # code points of one sentence; quotes are still checked against the whole of it
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_PILE: Final = re.compile("([\u0300-\u036f]{2})[\u0300-\u036f]+")


class Visible(NamedTuple):
    """A text as its reader sees it, in one line, and how many characters nobody sees were left out."""

    text: str
    dropped: int


@dataclass(frozen=True, slots=True)
class NumberedSentence:
    """A quote under the number by which a model may name it.

    `before` is the sentence before it in the document, shown so that "he" and "there" can be understood. It bears
    nothing out: only the quote does.
    """

    number: int
    quote: ShownQuote
    before: str = ""


@dataclass(frozen=True, slots=True)
class PromptRow:
    """One sentence as a prompt shows it: plain text in one line each, nothing in it but what a reader sees."""

    number: int
    text: str
    before: str
    outlet: str
    day: str  # ISO 8601, empty when the document's day is not known
    language: str
    said_by: str
    caveats: tuple[str, ...]


def visible_text(text: str) -> Visible:
    """What of a text its reader sees. Every white space is one blank."""
    kept, dropped = _UNSEEN.subn("", text)
    kept = unicodedata.normalize("NFC", kept)
    kept, piles = _PILE.subn(r"\1", kept)
    return Visible(" ".join(kept.split()), dropped + piles)


def number_sentences(quotes: Iterable[ShownQuote], befores: Iterable[str] = ()) -> tuple[NumberedSentence, ...]:
    """The quotes under the numbers 1, 2, 3 …; the same quote twice has one number."""
    by_quote: dict[object, NumberedSentence] = {}
    before = iter(befores)
    for quote in quotes:
        ahead = next(before, "")
        if quote.quote not in by_quote:
            by_quote[quote.quote] = NumberedSentence(len(by_quote) + 1, quote, ahead)
    return tuple(by_quote.values())


def prompt_rows(numbered: Sequence[NumberedSentence]) -> tuple[tuple[PromptRow, ...], int]:
    """What a template is given, and how many unseen characters were left out of it."""
    dropped = 0

    def plain(text: str, longest: int) -> str:
        nonlocal dropped
        seen = visible_text(text[: 4 * longest])
        dropped += seen.dropped
        return seen.text if len(seen.text) <= longest else seen.text[:longest].rpartition(" ")[0] or seen.text[:longest]

    rows = []
    for sentence in numbered:
        quote = sentence.quote
        day = quote.published.known_day
        rows.append(
            PromptRow(
                number=sentence.number,
                text=plain(quote.text, LONGEST_SHOWN),
                before=plain(sentence.before, LONGEST_SHOWN // 2),
                outlet=plain(quote.outlet, 80),
                day=day.isoformat() if day else "",
                language=quote.language,
                said_by=plain(quote.said_by, 120),
                caveats=quote.caveats,
            )
        )
    return tuple(rows), dropped
