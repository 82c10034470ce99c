"""Which items of a source are wanted: words and phrases to keep or to drop, and languages. No regular expressions.

A word matches whole words only, whatever its case; a phrase matches across any white space and punctuation between its
words. Letters with marks count as those without ("café" is "cafe"), but not the German umlauts, which make another word
("schon", "schön"): ä, ö, ü are ae, oe, ue, and ß is ss. Scripts without spaces between words (Chinese, Japanese,
Thai …) are searched by their characters. A word that ends in * finds every word that begins so: "steuer*" finds
"Steuererklärung".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.domain import UNKNOWN_LANGUAGE

MAX_TERM: Final = 200  # characters
MAX_TEXT: Final = 1_000_000  # of an item; the rest decides nothing

# In the scripts of South and South-East Asia vowels are marks, which \w leaves out; they are part of the word.
_WORD: Final = re.compile(
    "(?:[^\\W_]|[\u0900-\u0963\u0966-\u0e4e\u0e81-\u0ecd\u0f71-\u0f84\u102b-\u103e\u17b4-\u17d3\u3099])+"
)
# Letters that stand without spaces between words: each is a word of its own here.
_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
)
_PIECE: Final = re.compile(f"[{_UNSPACED}]|[^{_UNSPACED}]+")
# Accents, Hebrew points, Arabic vowels: what may be written or left out.
_MARKS: Final = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")
# What decomposition leaves whole.
_LETTERS: Final = str.maketrans({
    "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d",
    "ł": "l", "Ł": "l", "ı": "i", "ſ": "s",
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue",
    "\u00ad": None, "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class WordFilter:
    """What a source's people chose. An item passes when it is in a wanted language, has none of `drop`, and has one of
    `keep` (where `keep` is not empty)."""

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # ISO 639-1; empty: all. An item of unknown language passes


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an item passes, and by which rule it does not."""

    passes: bool
    rule: str = ""  # "filtered: has the word “cricket”"; empty when it passes without a rule
    code: str = ""  # "drop", "keep", "language"
    term: str = ""  # as it was chosen


PASSES: Final = Verdict(passes=True)


def checked_terms(written: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms that can match something, once each, and those that cannot ("!!!", what is too long)."""
    good: dict[str, str] = {}
    bad: list[str] = []
    for term in written:
        term_ = " ".join(term.split())
        if not term_:
            continue
        needle = _needle(term_) if len(term_) <= MAX_TERM else ""
        if needle:
            good.setdefault(needle, term_)
        else:
            bad.append(term_[:MAX_TERM])
    return tuple(good.values()), tuple(bad)


def judge(chosen: WordFilter, texts: Iterable[str], language: str = UNKNOWN_LANGUAGE) -> Verdict:
    """The verdict on an item by its texts (title, body, categories). Dropping goes before keeping."""
    wanted = {_base(tag) for tag in chosen.languages} - {""}
    known = _base(language)
    if wanted and known not in wanted and known not in ("", UNKNOWN_LANGUAGE):
        names = " or ".join(sorted(wanted))
        return Verdict(passes=False, rule=f"filtered: is in “{known}”, not in {names}", code="language", term=known)
    if not chosen.keep and not chosen.drop:
        return PASSES
    words = _Words(texts)
    for term in chosen.drop:
        if words.have(term):
            return Verdict(passes=False, rule=f"filtered: has the {_kind(term)} “{term}”", code="drop", term=term)
    if not chosen.keep:
        return PASSES
    for term in chosen.keep:
        if words.have(term):
            return Verdict(passes=True, rule=f"kept: has the {_kind(term)} “{term}”", code="keep", term=term)
    listed = ", ".join(f"“{term}”" for term in chosen.keep[:5]) + (" …" if len(chosen.keep) > 5 else "")
    rule = f"filtered: does not have the {_kind(chosen.keep[0])} {listed}"
    if len(chosen.keep) > 1:
        rule = f"filtered: has none of the words {listed}"
    return Verdict(passes=False, rule=rule, code="keep")


class _Words:
    """The folded words of an item, in a form in which runs of them are looked up."""

    def __init__(self, texts: Iterable[str]) -> None:
        # A NUL between the texts: no phrase begins in the title and ends in the body.
        self.joined = " " + " \x00 ".join(" ".join(_folded_words(text[:MAX_TEXT])) for text in texts) + " "

    def have(self, term: str) -> bool:
        needle = _needle(term)
        return bool(needle) and needle in self.joined


@lru_cache(maxsize=2048)
def _needle(term: str) -> str:
    """A term as it stands in `_Words.joined`; "" when there is no word in it."""
    words = " ".join(_folded_words(term))
    if not words:
        return ""
    return f" {words}" if term.rstrip().endswith("*") else f" {words} "


def _folded_words(text: str) -> Iterable[str]:
    for word in _WORD.findall(folded(text)):
        yield from _PIECE.findall(word)


def folded(text: str) -> str:
    """A text without case and marks; German umlauts are two letters."""
    text = unicodedata.normalize("NFC", text).translate(_LETTERS)
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())))


def _kind(term: str) -> str:
    return "words" if len(term.split()) > 1 else "word"


def _base(tag: str) -> str:
    return tag.strip().lower().replace("_", "-").partition("-")[0]
