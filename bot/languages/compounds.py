"""German compounds: the words a long word is made of, so that "Waffenhandel" is found by "Waffen" and by "Handel".

A split is made only where the last part is a word we know; what is left of it may be unknown when it is long enough
("Kraftwerks|gesetz"). Which words are known is the caller's business.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.languages.words import fold, key_of

if TYPE_CHECKING:
    from collections.abc import Collection

SHORTEST_COMPOUND = 8
_SHORTEST_PART = 3
_SHORTEST_KNOWN_TAIL = 4  # a shorter tail is too often an ending: -ung, -ion, -rat
_SHORTEST_UNKNOWN_HEAD = 4
_LONGEST_COMPOUND = 48
_BEGINNING = 3  # letters of a word that its stem keeps ...
_MUTATED = re.compile(".{0,2}[aou]e")  # ... unless they are written so for an umlaut
_ALL_KNOWN = 3
# What German puts between the parts, longest first.
_LINKS = ("ens", "es", "en", "er", "s", "n", "e")


class CompoundSplitter:
    """Splits German words by a vocabulary: `known` holds the stemmed, folded words."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        # A stem begins as its word does: most stretches of letters are seen to be no word without being stemmed.
        self._beginnings = frozenset([key[:_BEGINNING] for key in known])
        self.parts = lru_cache(maxsize=65536)(self._parts)

    def _parts(self, word: str) -> tuple[str, ...]:
        """The keys of the parts of a compound, first to last; empty when the word is not one."""
        lowered = fold(word)
        if not SHORTEST_COMPOUND <= len(lowered) <= _LONGEST_COMPOUND or not lowered.isalpha():
            return ()
        split = self._split(lowered, depth=0)
        return split if len(split) > 1 else ()

    def _split(self, word: str, depth: int) -> tuple[str, ...]:
        best: tuple[int, tuple[str, ...]] = (0, ())
        beginnings = self._beginnings
        mutated = "ae" in word or "oe" in word or "ue" in word
        for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_KNOWN_TAIL + 1):
            if not mutated and word[cut : cut + _BEGINNING] not in beginnings:
                continue  # as `_key_if_known` would find; nearly all cuts end here
            tail = self._key_if_known(word[cut:])
            if not tail:
                continue
            head = word[:cut]
            score, keys = self._head(head, depth)
            if score:
                # Prefer splits whose parts are all known, then the longest tail: its sense is the word's.
                candidate = (score * 100 + len(word) - cut, (*keys, tail))
                best = max(best, candidate)
            if score == _ALL_KNOWN:
                break  # what is left are shorter tails
        return best[1]

    def _head(self, head: str, depth: int) -> tuple[int, tuple[str, ...]]:
        for link in ("", *_LINKS):
            stem = head[: len(head) - len(link)] if link else head
            if head.endswith(link) and len(stem) >= _SHORTEST_PART and (key := self._key_if_known(stem)):
                return _ALL_KNOWN, (key,)
        if depth < 2 and len(head) >= SHORTEST_COMPOUND - 1:
            bare = next((head[: -len(link)] for link in _LINKS if head.endswith(link)), head)
            for candidate in (head, bare):
                parts = self._split(candidate, depth + 1)
                if parts:
                    return 2, parts
        if len(head) >= _SHORTEST_UNKNOWN_HEAD:
            return 1, (_noun_key(head.removesuffix("s")),)
        return 0, ()

    def _key_if_known(self, part: str) -> str:
        """The key of a part that is a word, else ""."""
        if part[:_BEGINNING] not in self._beginnings and not _MUTATED.match(part):
            return ""
        key = _noun_key(part)
        return key if key in self._known else ""


def _noun_key(part: str) -> str:
    """The key of a part: a noun, as nearly all are, so not led back to a verb."""
    return key_of(part.capitalize(), "de")
