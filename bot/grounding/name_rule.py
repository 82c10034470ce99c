"""Names: whoever and whatever a sentence names has to be named in its quotes, in any spelling of either language.

Kiew is Kyiv, "ukrainisch" is Ukraine, the IMF is the "Internationale Währungsfonds". The outlet of a quote may be named,
too: it stands beside the quote; so may the country of a capital. A first name or a place that the quotes do not have is
not known from them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.grounding.amounts import numbers_of
from bot.grounding.statement import Named, name_forms
from bot.languages.lexicon import is_known, may_be
from bot.languages.words import fold, key_of, words_in

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_SHORTEST_PART = 4  # letters of a name that is looked for within other words: "Berlin" in "Berliner"
_TAILS = re.compile(r"(?:s|er|ern|ers|erin|isch\w{0,2}|ian|ians|n|en|an|ans|i|is|ese|ns|es)?\Z")
_SCRIPTS: Final = {
    "LATIN": "latin",
    "CYRILLIC": "cyrillic",
    "GREEK": "greek",
    "ARMENIAN": "armenian",
    "CHEROKEE": "cherokee",
}


def wrong_name(said: Statement, quotes: Sequence[Statement], outlets: Sequence[str] = ()) -> str:
    """The first name that neither a quote nor the outlet of one has; "" when all are there."""
    there = frozenset().union(*(quote.forms for quote in quotes), *(_outlet_forms(outlet) for outlet in outlets))
    bag: frozenset[str] | None = None
    amounts = [one.mention for one in numbers_of(said).stated]
    for name in said.names:
        if any(one.start <= said.words[name.place].start < one.end for one in amounts):
            continue  # "30 Millionen Franken"
        if not there.isdisjoint(name.forms) or _is_part(name, quotes):
            continue
        if name.is_word:
            if bag is None:
                bag = frozenset().union(*(quote.bag for quote in quotes))
            if not bag.isdisjoint(said.senses[name.place] | said.clue_senses[name.place]):
                continue
        if said.is_loose_noun(name, nobody_missing=_nobody_missing(said, quotes)):
            continue
        if _is_initials(name, quotes) or _is_cognate(name, said, quotes):
            continue
        return name.text
    return ""


def _nobody_missing(said: Statement, quotes: Sequence[Statement]) -> bool:
    return all(
        name.is_word or not name.forms.isdisjoint(said.forms) or _is_part(name, [said])
        for quote in quotes
        for name in quote.names
    )


@lru_cache(maxsize=512)
def _outlet_forms(outlet: str) -> frozenset[str]:
    found: set[str] = set()
    for word in words_in(outlet[:200], "und"):
        found |= name_forms(word, "und")
    return frozenset(found)


def _is_part(name: Named, quotes: Sequence[Statement]) -> bool:
    """Whether the name stands in a word of a quote, or the other way round: "Berliner", "Ukrainekrieg", "Bayern-Trainer"."""
    if any(form.startswith("%") for form in name.forms):
        # "Niger" stands in "Nigeria": what is a nation has to be the same one.
        return False
    own = fold(name.text)
    if len(own) < _SHORTEST_PART:
        return False
    for quote in quotes:
        for word in quote.words:
            other = fold(word.text)
            if len(other) < _SHORTEST_PART or not (word.text[0].isupper() or word.kind == "acronym"):
                continue
            if other.startswith(own) and (_TAILS.match(other, len(own)) or _is_noun(other[len(own) :])):
                return True
            if own.startswith(other) and is_known(key_of(own[len(other) :], "de"), "de") and len(own) - len(other) > 3:
                return True
            if own.startswith(other) and _TAILS.match(own, len(other)):
                return True
    return False


def _is_noun(rest: str) -> bool:
    rest = rest.removeprefix("s") if rest[:1] == "s" and len(rest) > 4 else rest
    return len(rest) > 2 and may_be(key_of(rest.capitalize(), "de"), "de", "n")


_COGNATE = 7  # letters that a name's forms in two languages begin with
_REST = 2


def _is_cognate(name: Named, said: Statement, quotes: Sequence[Statement]) -> bool:
    """Whether a quote of the other language has the word with another ending: "Philharmonie", "Philharmonic"."""
    own = fold(name.text)
    if any(form.startswith("%") for form in name.forms):
        return False
    for quote in quotes:
        for word in quote.words if quote.language != said.language else ():
            other = fold(word.text) if word.text[0].isupper() else ""
            longest = max(len(own), len(other))
            if longest >= _COGNATE and own[: max(_COGNATE, longest - _REST)] == other[: max(_COGNATE, longest - _REST)]:
                return True
    return False


def _is_initials(name: Named, quotes: Sequence[Statement]) -> bool:
    """Whether an abbreviation is made of the initials of a name in a quote."""
    own = [form for form in name.forms if form.startswith("&")]
    return bool(own) and any(form in quote.forms for form in own for quote in quotes)


def lookalike(text: str) -> str:
    """A word that mixes alphabets, as one does who writes one name with the letters of another; "" when there is none."""
    if text.isascii():
        return ""
    for word in words_in(text, "und"):
        if word.text.isascii() or word.kind not in ("word", "acronym"):
            continue
        scripts = {_script(char) for char in word.text if char.isalpha()} - {""}
        if len(scripts) > 1:
            return word.text
        if any(_is_styled(char) for char in word.text):
            return word.text
    return ""


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    return _SCRIPTS.get(unicodedata.name(char, "").split(" ", 1)[0], "")


def _is_styled(char: str) -> bool:
    """Letters that are signs: mathematical, circled, full width, small capitals."""
    return (
        not char.isascii()
        and unicodedata.normalize("NFKC", char).isascii()
        and unicodedata.normalize("NFD", char) == char
    )
