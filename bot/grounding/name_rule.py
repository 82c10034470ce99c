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
from bot.languages.names import name_key
from bot.languages.words import fold, key_of, words_in

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_SHORTEST_PART = 4  # letters of a name that is looked for within other words: "Berlin" in "Berliner"
_TAILS = re.compile(r"(?:s|er|ern|ers|erin|isch\w{0,2}|ian|ians|n|en|an|ans|i|is|ese|ns|es)?\Z")
_ADJECTIVE = re.compile(r"(?:er|i?sch|isch)(?:e[nrms]?)?\Z")
_SCRIPTS: Final = {
    "LATIN": "latin",
    "CYRILLIC": "cyrillic",
    "GREEK": "greek",
    "ARMENIAN": "armenian",
    "CHEROKEE": "cherokee",
}


def wrong_name(said: Statement, quotes: Sequence[Statement], beside: Sequence[str] = (), *, sure: bool = False) -> str:
    """The first name that neither a quote has nor what stands beside it; "" when all are there.

    `sure`: look only at names that are no words of the language. `beside`: the outlets and titles of the quotes, and the sentences before them, which tell who "he" is.
    """
    there = frozenset().union(*(quote.forms for quote in quotes), *(_forms_beside(text) for text in beside))
    bag = frozenset().union(*(quote.bag for quote in quotes))
    amounts = [one.mention for one in numbers_of(said).stated]
    unmatched: list[Named] = []
    for name in said.names:
        if any(one.start <= said.words[name.place].start < one.end for one in amounts):
            continue  # "30 Millionen Franken"
        if not there.isdisjoint(name.forms) or _is_part(name, quotes) or _is_initials(name, quotes):
            continue
        if name.is_word and not bag.isdisjoint(said.senses[name.place] | said.clue_senses[name.place]):
            continue
        if not _is_cognate(name, said, quotes):
            unmatched.append(name)
    if not unmatched:
        return ""
    places = frozenset(name.place for name in unmatched)
    nobody_missing = _nobody_missing(said, quotes)
    for name in unmatched:
        if sure and said.is_rather_a_compound(name.place):
            continue
        if name.is_word and (sure or nobody_missing or _is_rather_a_word(name, said, quotes, places)):
            continue
        if not said.is_loose_noun(name, nobody_missing=nobody_missing):
            return name.text
    return ""


def _is_rather_a_word(name: Named, said: Statement, quotes: Sequence[Statement], unmatched: frozenset[int]) -> bool:
    """Whether a word of the language that is written like a name says what somebody or something is.

    In German, by its form, or because a name that the quotes have follows it ("Finanzchefin Dana Wick"). In English,
    because it stands in a row of such words of which others are known, or which the other language may well call so.
    """
    if said.language == "de":
        behind = said.words[name.place + 1 : name.place + 2]
        named = {one.place for one in said.own_names} - unmatched
        return said.is_noun_by_form(name.place) or bool(behind and name.place + 1 in named)
    row = said.row_of_capitals(name.place)
    if any(i not in unmatched and said.senses[i] for i in row):
        return True
    abroad = all(quote.language != said.language for quote in quotes)
    return (
        abroad and len(row) > 1 and all(i in {n.place for n in said.names if n.is_word} for i in row if i in unmatched)
    )


def _nobody_missing(said: Statement, quotes: Sequence[Statement]) -> bool:
    return all(
        name.is_word or not name.forms.isdisjoint(said.forms) or _is_part(name, [said])
        for quote in quotes
        for name in quote.names
    )


@lru_cache(maxsize=512)
def _forms_beside(text: str) -> frozenset[str]:
    found: set[str] = set()
    for word in words_in(text[:400], "und"):
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
                if len(other) >= _SHORTEST_PART and other.startswith(own) and _ADJECTIVE.match(other, len(own)):
                    return True  # "schleswig-holsteinisch"
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
            if other and _skeleton(name.text) == _skeleton(word.text) != "":
                return True
            longest = max(len(own), len(other))
            if longest >= _COGNATE and own[: max(_COGNATE, longest - _REST)] == other[: max(_COGNATE, longest - _REST)]:
                return True
    return False


_VOWEL = re.compile(r"[aeiouyh]+")


@lru_cache(maxsize=8192)
def _skeleton(text: str) -> str:
    """The consonants of a name, which transliterations keep: Teheran, Tehran; "" of a short one."""
    key = name_key(text).replace("c", "k")
    return key[0] + _VOWEL.sub("", key[1:]) if len(key) >= _LONG else ""


_LONG = 5  # letters of a name that its consonants tell


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
