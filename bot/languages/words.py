"""Words: where they stand in a text, and the key under which a word is searched in its language.

A key is the word case-folded, stemmed (Snowball, where the language has a stemmer) and freed of accents, so that
"Häuser" and "Haus", "größer" and "gross" meet. Numbers have one key in both notations: "12.000" and "12,000" are
`12000`. Scripts that put no spaces between words are cut into overlapping pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from bot.languages.irregular import base_form, noun_base
from bot.languages.stop_words import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

# Snowball's names of the languages it stems; every other language is searched by whole, folded words.
SNOWBALL = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip

# Han, kana and Thai are written without spaces.
_FIRST_UNSPACED = "\u0e00"
UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MORE = rf"[^\W_{UNSPACED}]"
_MARKED = rf"(?:[\u0300-\u036f\u00ad\u200b\u200c]{_MORE}*)*"  # few words have any such marks
_TOKEN = re.compile(
    rf"(?P<word>[^\W\d_{UNSPACED}]{_MORE}+{_MARKED})"  # nearly all there is comes first; no acronym begins so
    rf"|(?P<number>\d+(?:[.,'’\u00a0\u202f]\d+){{0,8}})"
    rf"|(?P<acronym>(?:[A-Z]\.){{2,6}}(?![\w]))"
    rf"|(?P<unspaced>[{UNSPACED}]+)"
    rf"|(?P<letter>[^\W\d_{UNSPACED}]{_MARKED})"
)
_TOKENS = re.compile(re.sub(r"\?P<\w+>", "?:", _TOKEN.pattern))  # without groups `findall` gives whole tokens
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f]\d{3})+\Z")
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\u200c\u2060\ufeff")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "ð": "d", "þ": "th", "ẞ": "ss"}
)
LONGEST_ACRONYM = 6  # letters, exclusive
LONGEST_WORD = 80  # a longer run of letters is no word: it is searched by its beginning


class Word(NamedTuple):
    """One word of a text. `key` is what it is searched by; `kind` is "word", "number", "acronym" or "unspaced"."""

    start: int
    end: int
    text: str
    key: str
    kind: str


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """The word without case, accents and invisible characters: "Größe" → "grosse"."""
    if word.isascii():
        return word.lower()  # nothing to fold but the case, and nothing is invisible
    word = word.translate(_INVISIBLE).casefold()
    if not word.isascii():
        # Decomposing may bring capitals back (mathematical letters), and folding those composed characters.
        word = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
        word = "".join(c for c in word if not unicodedata.combining(c))
    return word.translate(_LETTERS)


@cache
def _stemmer(language: str) -> Callable[[str], str] | None:
    name = SNOWBALL.get(language)
    if name is None:
        return None
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer(name, 0).stemWord
    return stem


@lru_cache(maxsize=131072)
def key_of(word: str, language: str) -> str:
    """The key of one word (letters only) in a language: stemmed as the language does it, then folded."""
    word = word[:LONGEST_WORD]
    stem = _stemmer(language)
    if stem is None:
        return fold(word)
    lowered = word.lower() if word.isascii() else unicodedata.normalize("NFC", word.translate(_INVISIBLE)).lower()
    if language == "de":
        lowered = lowered.replace("ß", "ss")
    try:
        # Snowball keeps the plural's umlaut apart from the singular's vowel; folding after stemming joins them.
        # German nouns are written with a capital: "Gesellschaft" is no participle.
        is_noun = language == "de" and word[0].isupper()
        base = noun_base(lowered) if is_noun else base_form(lowered, language)
        stemmed = stem(base)
        return stemmed if stemmed.isascii() else fold(stemmed)
    except UnicodeEncodeError:  # a lone surrogate: Snowball works on UTF-8
        return fold(word)


def number_key(number: str) -> str:
    """One key for a number in either notation: "12.000" = "12,000" → "12000", "2,3" = "2.3" → "2.3"."""
    if _GROUPED.match(number):
        return re.sub(r"\D", "", number)
    return re.sub(r"[,'’\u00a0\u202f]", ".", number)


def words_in(text: str, language: str) -> list[Word]:
    """The words of a text in order, with exact offsets. Survives any string; linear in its length."""
    found = []
    make = tuple.__new__  # a Word's own way takes twice as long, and there are many words
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "word"
        start, end = match.span()
        token = match.group()
        if kind in ("word", "letter"):
            # "US" is a country, "us" is not
            kind = "acronym" if 1 < len(token) < LONGEST_ACRONYM and token.isupper() else "word"
            found.append(make(Word, (start, end, token, key_of(token, language), kind)))
        elif kind == "number":
            found.append(Word(start, end, token, number_key(token), kind))
        elif kind == "acronym":
            found.append(Word(start, end, token, token.replace(".", "").lower(), kind))
        else:
            pairs = [(i, i + 2) for i in range(len(token) - 1)] or [(0, 1)]
            found += [Word(start + a, start + b, token[a:b], fold(token[a:b]), kind) for a, b in pairs]
    return found


def is_one_word(token: str) -> bool:
    """Whether a token is letters and nothing else, and `words_in` makes one word of it."""
    return token.isalpha() and (token.isascii() or max(token) < _FIRST_UNSPACED)


@lru_cache(maxsize=16384)
def words_of_token(token: str, language: str) -> tuple[Word, ...]:
    """What `words_in` makes of one of `tokens_in`; offsets count from the token's beginning."""
    if is_one_word(token):
        kind = "acronym" if 1 < len(token) < LONGEST_ACRONYM and token.isupper() else "word"
        return (Word(0, len(token), token, key_of(token, language), kind),)
    return tuple(words_in(token, language))


def tokens_in(text: str) -> list[str]:
    """What `words_in` makes words of, in order, without places: for whoever knows what to do with each already.

    A run of a script without blanks is one token, of which `words_in` makes several words.
    """
    return _TOKENS.findall(text)


@lru_cache(maxsize=4096)
def tokens_of_sentence(sentence: str) -> tuple[str, ...]:
    """`tokens_in` a sentence; the index and the stories look at those of one batch, one after the other."""
    return tuple(_TOKENS.findall(sentence))


def is_stop_word(word: str, language: str) -> bool:
    """Whether a word carries no news by itself ("the", "wurde"); `und` knows those of German and English."""
    lowered = word.lower()
    if language in STOP_WORDS:
        return lowered in STOP_WORDS[language]
    return False
