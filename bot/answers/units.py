"""Units: the stretches of text that may be quoted, each analysed once and no further than it is looked at."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from bot.answers.answer_kinds import name_like
from bot.answers.question_words import BACK_REFERENCES
from bot.languages.words import is_stop_word, tokens_in, words_in
from bot.library.search_terms import known_terms, terms_of_text

if TYPE_CHECKING:
    from bot.languages.words import Word


class Unit:
    """A stretch of text that may be quoted, analysed: a sentence, or a part of a very long one."""

    def __init__(self, text: str, language: str, *, start: int = 0, sentence: int = 0) -> None:
        """`text` is the stretch itself, `start` where it begins in its version, `sentence` its number there."""
        self.text = text
        self.start = start
        self.end = start + len(text)
        self.sentence = sentence
        self.language = language

    @cached_property
    def tokens(self) -> list[str]:
        """What its words are made of."""
        return tokens_in(self.text)

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(terms_of_text(self.text, self.language))

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """With offsets within the stretch."""
        return tuple(words_in(self.text, self.language))

    @cached_property
    def names(self) -> tuple[tuple[int, str], ...]:
        """The words that look like names: their places and `name_key`s."""
        return name_like(self.text, self.words, self.language)

    @cached_property
    def content(self) -> tuple[int, ...]:
        """Which words carry news."""
        terms = known_terms(self.language)
        return tuple([i for i, word in enumerate(self.words) if word.kind != "word" or terms[word.text]])

    @cached_property
    def refers_back(self) -> bool:
        """Whether it begins with a word that stands for something said before ("It", "Dabei")."""
        known = BACK_REFERENCES.get(self.language)
        if known is None:
            return False
        for word in self.words[:2]:
            lowered = word.text.lower()
            if lowered in known:
                return True
            if not is_stop_word(lowered, self.language):
                return False
        return False
