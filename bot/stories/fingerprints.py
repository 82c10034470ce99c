"""Fingerprints: what of a document stays the same when it is copied, shortened, edited, retold or translated.

Within a language that is its wording (hashed runs of words). Across languages, and when somebody writes the same report
in other words, it is what each sentence speaks of: every word stands for its *senses*, keys that both languages share.
"""

from __future__ import annotations

import re
import zlib
from array import array
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from bot.languages.lexicon import german_compounds, is_german_noun, is_known, made_of_translations, translations_of
from bot.languages.names import name_key
from bot.languages.words import (
    UNSPACED,
    Word,
    is_stop_word,
    key_of,
    tokens_in,
    tokens_of_sentence,
    words_in,
    words_of_token,
)
from bot.library.search_terms import term
from bot.stories.amounts import Stated, amounts_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain import StoredVersion
    from bot.stories.amounts import Amount

_RUN = 4  # words of a hashed run
LONGEST_READ = 24_000  # code points: what is longer is recognised by its beginning
_SHORTEST_NAME = 3
_SHORTEST_WORD = 3
_MOST_SENTENCES = 300
_SENTENCES_TOLD = 14  # what an event is about is said at the beginning; background follows
_MOST_MEANINGS = 8  # translations of one word: the first are the usual ones
_MEANINGS_OF_PARTS = 3
# What says when, not what; "may" and "march" are other words, too.
_CALENDAR = (
    "monday tuesday wednesday thursday friday saturday sunday "
    "january february april june july august september october november december"
)
_WEIGHT, _NUMBER_WEIGHT = 2, 3
_UNSPACED_RUN = re.compile(rf"[{UNSPACED}]{{2}}")
_SHORT = 400  # code points
_RUN_OF_LETTERS = 4
_NO_LETTERS = re.compile(r"\W+")
_MOST_READINGS = 65536  # of one language
NEGATIONS = {
    "en": frozenset("not no never neither nor none nobody nothing without cannot t".split()),
    "de": frozenset("nicht nichts nie niemals niemand weder ohne kein keine keinen keinem keiner keines kaum".split()),
}


class Content(NamedTuple):
    """What one word of a text says. Equal words share one object, so a text costs little more than its length."""

    term: str  # what the index knows it by
    senses: frozenset[str]  # keys that both languages share; two words may mean the same when they share one
    concept: str  # the likeliest of them, "" for a number
    weight: int


class Tone(NamedTuple):
    """How a sentence is put: how many words it has, and whether one of them denies."""

    words: int
    negated: bool


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """What a document is recognised by."""

    document_id: int
    version_id: int
    language: str
    numbers: frozenset[str]
    names: frozenset[str]
    hashes: array[int]  # of all words of `sentences`, in order
    told: tuple[Content, ...]  # what the title and the beginning speak of, each once; no numbers, no days
    sentences: tuple[tuple[Content, ...], ...]  # as in `version`, maybe fewer; each word once a sentence
    tones: tuple[Tone, ...]  # of each of `sentences`
    version: StoredVersion

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.hashes)

    @cached_property
    def runs(self) -> frozenset[int]:
        """The runs of neighbouring words, hashed; good within one process."""
        hashes = self.hashes
        return frozenset(map(hash, zip(*(hashes[i:] for i in range(_RUN)), strict=False)))

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each sense stands: bit `n` is set when sentence `n` or the one after has it."""
        places: dict[str, int] = {}
        for number, sentence in enumerate(self.sentences):
            here = 3 << number >> 1
            for content in sentence:
                for sense in content.senses:
                    places[sense] = places.get(sense, 0) | here
        return places

    @cached_property
    def senses(self) -> frozenset[str]:
        """All senses of all sentences."""
        return frozenset(self.places)

    @cached_property
    def lines(self) -> dict[str, int]:
        """The number of each of `sentences` by its wording; of equal ones the last."""
        return {self.text_of(number): number for number in range(len(self.sentences))}

    def text_of(self, number: int) -> str:
        """The wording of one of `sentences`."""
        sentence = self.version.sentences[number]
        return self.version.text[sentence.start : sentence.end]

    @cached_property
    def senses_told(self) -> frozenset[str]:
        """All senses of `told`."""
        return frozenset(chain.from_iterable([content.senses for content in self.told]))

    @cached_property
    def said(self) -> tuple[Content, ...]:
        """All that the title and the text say, numbers and days, too, each once. For short texts."""
        told = {content.term: content for content in self.told}
        return tuple(({c.term: c for sentence in self.sentences for c in sentence} | told).values())

    @cached_property
    def senses_said(self) -> frozenset[str]:
        """All senses of `said`."""
        return frozenset(chain.from_iterable([content.senses for content in self.said]))

    @cached_property
    def letters(self) -> frozenset[str]:
        """The runs of letters of the text, without it of the title. For short texts."""
        text = f" {_NO_LETTERS.sub(' ', (self.version.text or self.version.facts.title)[:_SHORT].casefold())} "
        return frozenset([text[i : i + _RUN_OF_LETTERS] for i in range(len(text) - _RUN_OF_LETTERS + 1)])

    @cached_property
    def concepts(self) -> frozenset[str]:
        """The concepts of all sentences."""
        return frozenset([content.concept for sentence in self.sentences for content in sentence])

    @cached_property
    def size(self) -> int:
        """How many words say something, counted once a sentence."""
        return sum(map(len, self.sentences))

    @cached_property
    def weight(self) -> int:
        """As `size`, numbers weighing more."""
        return sum([content.weight for sentence in self.sentences for content in sentence])

    @cached_property
    def amounts(self) -> tuple[tuple[Amount, ...], ...]:
        """The numbers of each of `sentences`."""
        sentences = self.version.sentences[: len(self.sentences)]
        return amounts_in(self.version.text[:LONGEST_READ], sentences, self.language)

    @cached_property
    def stated(self) -> Stated:
        """All its amounts."""
        return Stated([amount for sentence in self.amounts for amount in sentence])


def fingerprint(version: StoredVersion) -> Fingerprint:
    """The fingerprint of a version's text; of its title only what it is about, because outlets write their own."""
    language = version.facts.language
    text = version.text[:LONGEST_READ]
    read = _readings(language).__getitem__
    unspaced = not text.isascii() and _UNSPACED_RUN.search(text) is not None
    tokens = _split_tokens if unspaced else tokens_of_sentence
    told = {c.term: c for r in map(read, tokens(version.facts.title)) if (c := r.content) is not None}
    anchors: set[tuple[str, ...]] = set()
    hashes = array("L")
    sentences: list[tuple[Content, ...]] = []
    tones: list[Tone] = []
    for number, sentence in enumerate(version.sentences[:_MOST_SENTENCES]):
        if sentence.start >= len(text):
            break
        said = list(map(read, tokens(text[sentence.start : sentence.end])))
        contents = {c.term: c for r in said if (c := r.content) is not None}
        if number < _SENTENCES_TOLD:
            for term_, content in contents.items():
                told.setdefault(term_, content)
        sentences.append(tuple(contents.values()))
        tones.append(Tone(len(said), True in [r.negates for r in said]))
        hashes.extend([r.hashed for r in said])
        anchors.update([r.first_anchors for r in said[:1]], [r.anchors for r in said[1:]])
    every = frozenset(chain.from_iterable(anchors))
    numbers = frozenset([anchor for anchor in every if anchor[0] == "#"])
    return Fingerprint(
        document_id=version.facts.document_id,
        version_id=version.facts.id,
        language=language,
        numbers=numbers,
        names=every - numbers,
        hashes=hashes,
        told=tuple([c for c in told.values() if c.concept and c.concept not in _calendar()]),
        sentences=tuple(sentences),
        tones=tuple(tones),
        version=version,
    )


def _split_tokens(text: str) -> Sequence[str]:
    """As `tokens_in`, with the words that a run without blanks is cut into."""
    return [word.text for token in tokens_in(text) for word in words_in(token, "")]


class _Reading(NamedTuple):
    """All that a word stands for, whatever its text. `first_anchors` are its anchors where a sentence begins."""

    content: Content | None
    hashed: int  # of its key
    negates: bool
    anchors: tuple[str, ...]
    first_anchors: tuple[str, ...]


class _Readings(dict[str, _Reading]):
    """The readings of a language's words: a text is read by looking its words up."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, token: str) -> _Reading:
        if len(self) >= _MOST_READINGS:
            self.clear()
        reading = self[token] = _reading_of(token, self._language)
        return reading


@made_of_translations
@lru_cache(maxsize=8)
def _readings(language: str) -> _Readings:
    return _Readings(language)


def _reading_of(token: str, language: str) -> _Reading:
    word = words_of_token(token, language)[0]
    anchors = anchors_of(word, language, at_start=False)
    return _Reading(
        content=_content(word.text, word.key, word.kind, language),
        hashed=zlib.crc32(word.key.encode("utf-8", "replace")),
        negates=word.text.lower() in NEGATIONS.get(language, ()),
        anchors=anchors,
        # Only English makes a difference there, and only of what it writes with a capital.
        first_anchors=anchors_of(word, language, at_start=True) if anchors and language == "en" else anchors,
    )


@cache
def _calendar() -> frozenset[str]:
    return frozenset(key_of(name, "en") for name in _CALENDAR.split())


@cache
def days_and_months() -> frozenset[str]:
    """The anchors that days and months make: they say when, not who."""
    return frozenset(f"@{name_key(name)}" for name in _CALENDAR.split())


def _content(text: str, key: str, kind: str, language: str) -> Content | None:
    """What a word says; None for words that carry no news."""
    if kind == "number":
        return Content(f"#{key}", frozenset([f"#{key}"]), "", _NUMBER_WEIGHT)
    if kind == "acronym":
        lowered = text.lower().replace(".", "")
        senses = {f"@{lowered}", lowered, *(_stems(translations_of(key, "de", "en")) if language == "de" else ())}
        return Content(term(key, language), frozenset(senses), key, _WEIGHT)
    if (len(text) < _SHORTEST_WORD and kind == "word") or is_stop_word(text, language):
        return None
    meant = meant_by(text, key, language)
    senses = set(meant)
    if language != "en":
        senses.add(term(key, language))
    if text[0].isupper():
        senses.add(f"@{name_key(text)}")
    return Content(term(key, language), frozenset(senses), meant[0], _WEIGHT)


def _stems(meanings: tuple[str, ...]) -> list[str]:
    return [key_of(meaning.split()[-1], "en") for meaning in meanings]


def _meanings(text: str, key: str) -> tuple[str, ...]:
    """English for a German word; for a compound that the word list lacks, English for its parts, the last first."""
    meanings = translations_of(key, "de", "en")
    if meanings:
        return meanings
    return tuple(
        meaning
        for part in reversed(german_compounds().parts(text))
        for meaning in translations_of(part, "de", "en")[:_MEANINGS_OF_PARTS]
    )


def meant_by(text: str, key: str, language: str) -> Sequence[str]:
    """Keys in both languages for a word, the likeliest first: stems of its English translations, its own where there
    are none."""
    if language != "de":
        return (key,)
    return _stems(_meanings(text, key)[:_MOST_MEANINGS]) or (key,)


def anchors_of(word: Word, language: str, *, at_start: bool) -> tuple[str, ...]:
    """The anchors that a word is: a number's key, or the keys of a name as English writes it; mostly none."""
    if word.kind == "number":
        return (f"#{word.key}",)
    if word.kind == "acronym":
        return (f"@{word.key}",)
    if len(word.text) < _SHORTEST_NAME or word.kind != "word":
        return ()
    return _name_anchors(word, language, at_start)


@made_of_translations
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
