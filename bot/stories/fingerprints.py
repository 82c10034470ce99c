"""Fingerprints: what of a document stays the same when it is copied, shortened, edited or translated.

Within a language that is its wording (hashed runs of words). Across languages it is the order of its *anchors*: names
and numbers, which a translator keeps where they stand.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.languages.lexicon import is_german_noun, is_known, translations_of
from bot.languages.names import name_key
from bot.languages.words import Word, is_stop_word, words_in

if TYPE_CHECKING:
    from bot.domain import StoredVersion

_RUN = 4  # words of a hashed run
_LONGEST_READ = 40_000  # code points: what is longer is recognised by its beginning
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a document is recognised by. `anchors` are in the order of the text."""

    document_id: int
    version_id: int
    language: str
    anchors: tuple[str, ...]
    numbers: frozenset[str]
    names: frozenset[str]
    runs: frozenset[int]
    words: int


def fingerprint(version: StoredVersion) -> Fingerprint:
    """The fingerprint of a version's text, title left out (outlets write their own)."""
    language = version.facts.language
    words = words_in(version.text[:_LONGEST_READ], language)
    anchors: list[str] = []
    starts = {sentence.start for sentence in version.sentences}
    for word in words:
        anchors += anchors_of(word, language, at_start=word.start in starts)
    plain = [w.key for w in words]
    runs = frozenset(zlib.crc32(" ".join(plain[i : i + _RUN]).encode()) for i in range(max(0, len(plain) - _RUN + 1)))
    return Fingerprint(
        document_id=version.facts.document_id,
        version_id=version.facts.id,
        language=language,
        anchors=tuple(anchors),
        numbers=frozenset(a for a in anchors if a.startswith("#")),
        names=frozenset(a for a in anchors if a.startswith("@")),
        runs=runs,
        words=len(words),
    )


def anchors_of(word: Word, language: str, *, at_start: bool) -> tuple[str, ...]:
    """The anchors that a word is: a number's key, or the keys of a name as English writes it; mostly none."""
    if word.kind == "number":
        return (f"#{word.key}",)
    if word.kind == "acronym":
        return (f"@{word.key}",)
    if len(word.text) < _SHORTEST_NAME or word.kind != "word":
        return ()
    return _name_anchors(word, language, at_start)


@lru_cache(maxsize=65536)
def _name_anchors_of(text: str, key: str, language: str, at_start: bool) -> tuple[str, ...]:
    word = Word(0, len(text), text, key, "word")
    if language == "de":
        for meaning in translations_of(key, "de", "en")[:1]:
            # "nordkoreanisch", "Russlands": what English writes with a capital is a name in both.
            if meaning[0].isupper():
                return tuple(f"@{name_key(part)}" for part in meaning.split() if part[0].isupper())
        if not text[0].isupper() or is_stop_word(text, "de") or is_german_noun(word):
            return ()
        return (f"@{name_key(text)}",)
    if not text[0].isupper() or is_stop_word(text, language):
        return ()
    if at_start and language == "en" and is_known(key, "en"):
        return ()
    return (f"@{name_key(text)}",)


def _name_anchors(word: Word, language: str, at_start: bool) -> tuple[str, ...]:
    return _name_anchors_of(word.text, word.key, language, at_start)
