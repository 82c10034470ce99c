"""Showing: a stored sentence as a quote with all that a reader needs beside it; nothing when it may not be quoted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain import ShownQuote
from bot.errors import QuoteRefused
from bot.quotes.cutting import cut, quotable
from bot.quotes.speech import speaker_of, unverified_marks

if TYPE_CHECKING:
    from bot.domain import Sentence, StoredVersion

# How many sentences back "… has not independently verified his claims" reaches.
_REACH_OF_A_MARK = 4
_ENDLESS, _BEGINNING = 2_000, 380  # code points
_BLANK = re.compile(r"\s+")


def show_sentence(version: StoredVersion, index: int, *, report_id: int = 0, copies: int = 1) -> ShownQuote | None:
    """The sentence of a version as a quote; None when it holds what may not be shown (control or bidi characters).

    Of an endless one (a text without full stops) the beginning is shown.
    """
    sentence = version.sentences[index]
    end = sentence.end if sentence.end - sentence.start <= _ENDLESS else _end_of_beginning(version.text, sentence)
    return show_part(version, index, sentence.start, end, report_id=report_id, copies=copies)


def _end_of_beginning(text: str, sentence: Sentence) -> int:
    """Where the beginning of an endless sentence ends: after a word; where it begins when that is one endless word."""
    window = text[sentence.start : sentence.start + _BEGINNING]
    ends = [sentence.start + m.start() for m in _BLANK.finditer(window)]
    return next((end for end in reversed(ends) if not quotable(text, sentence.start, end)), sentence.start)


def show_part(
    version: StoredVersion, index: int, start: int, end: int, *, report_id: int = 0, copies: int = 1
) -> ShownQuote | None:
    """`show_sentence` for a part of a long sentence."""
    sentence = version.sentences[index]
    try:
        quote = cut(version, start, end)
    except QuoteRefused:
        return None
    facts = version.facts
    text = quote.text_in(version)
    return ShownQuote(
        quote=quote,
        text=text,
        document=version.document_name,
        version=facts.number,
        title=facts.title,
        outlet=facts.outlet,
        published=facts.published,
        language=facts.language,
        said_by=speaker_of(text, facts.language),
        caveats=_caveats(version, index, text),
        report_id=report_id or facts.document_id,
        copies=copies,
        paragraph=sentence.paragraph + 1,
    )


def _caveats(version: StoredVersion, index: int, text: str) -> tuple[str, ...]:
    facts = version.facts
    caveats = []
    if facts.translation is not None:
        caveats.append("machine-translated")
    if facts.published.warning:
        caveats.append("date-doubtful")
    if "not-verified" in unverified_marks(text, facts.language) or _marked_later(version, index):
        caveats.append("not-independently-verified")
    elif unverified_marks(text, facts.language):
        caveats.append("hearsay")
    return tuple(caveats)


def _marked_later(version: StoredVersion, index: int) -> bool:
    """Whether a sentence soon after this one says that the claims before it were not verified."""
    for later in version.sentences[index + 1 : index + 1 + _REACH_OF_A_MARK]:
        if "not-verified" in unverified_marks(version.text[later.start : later.end], version.facts.language):
            return True
    return False
