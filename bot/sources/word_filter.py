"""What a source lets through: words and phrases to keep or to drop, and languages. Plain words, not expressions. Pure.

Words are compared whole, in any script, without regard to case and accents: "hafen" is not found in "Hafenamt", "cafe"
is found in "Café". A phrase is its words in a row. Scripts that do not part their words are searched as they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MOST_RULES: Final = 200
LONGEST_RULE: Final = 200  # characters
_WORD: Final = re.compile(r"\w+")
# Thai to Myanmar, Khmer, kana, Han and what lies about them: no blanks between words
_UNPARTED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something passes; if not, by which kind of rule (`code`) and which rule, in words."""

    passes: bool = True
    code: str = ""  # "dropped-word", "no-kept-word" or "other-language"
    rule: str = ""


def judge_words(title: str, text: str, *, keep: Iterable[str] = (), drop: Iterable[str] = ()) -> Verdict:
    """Whether a title and its text pass. With words to keep, one of them has to stand there; a word to drop wins."""
    keep, drop = tuple(keep), tuple(drop)
    if not keep and not drop:
        return Verdict()
    words = _Words(f"{title}\n{text}")
    if (found := next((one for one in drop if words.hold(one)), None)) is not None:
        return Verdict(False, "dropped-word", f"It says “{found}”, which this source drops.")
    if keep and not any(words.hold(one) for one in keep):
        wished = ", ".join(f"“{one}”" for one in keep[:5]) + (" …" if len(keep) > 5 else "")
        return Verdict(False, "no-kept-word", f"It says none of the words that this source keeps: {wished}.")
    return Verdict()


def judge_language(language: str, wanted: Iterable[str]) -> Verdict:
    """Whether a language passes. One that is not known passes: nothing is lost for want of a guess."""
    codes = tuple(one.strip().casefold() for one in wanted)
    if not codes or language in ("", "und") or language.partition("-")[0].casefold() in codes:
        return Verdict()
    return Verdict(False, "other-language", f"It is in “{language}”; this source keeps {', '.join(codes)}.")


def clean_rules(words: Iterable[str]) -> tuple[str, ...]:
    """Rules as they are kept: trimmed, each once, without those that say nothing."""
    trimmed = (" ".join(one.split())[:LONGEST_RULE] for one in words)
    return tuple(dict.fromkeys(one for one in trimmed if _WORD.search(_folded(one))))[:MOST_RULES]


class _Words:
    """A text's words, folded, between blanks."""

    def __init__(self, text: str) -> None:
        self._folded = _folded(text)
        self._line = f" {' '.join(_WORD.findall(self._folded))} "

    def hold(self, rule: str) -> bool:
        wanted = " ".join(_WORD.findall(_folded(rule)))
        if not wanted:
            return False
        return wanted in self._line if _UNPARTED.search(wanted) else f" {wanted} " in self._line


def _folded(text: str) -> str:
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)) if not decomposed.isascii() else decomposed
