"""Passages: stretches of whole sentences of one version, the unit of search. They follow from the sentences alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain import Sentence

# About a long paragraph. Shorter ones find the sentence better, longer ones the subject; paragraphs of news are shorter
# than this, so several of them share a passage and lend each other their words.
LONGEST_PASSAGE = 900
MOST_PASSAGES = 4096  # of one version: a key has 12 bits for the number


class Passage(NamedTuple):
    """Sentences `first` to `last` (half open) of a version."""

    number: int
    first: int
    last: int


def passages_of(sentences: Sequence[Sentence]) -> list[Passage]:
    """Cut a version's sentences into passages, at paragraph borders where one is near. Each is in exactly one."""
    passages: list[Passage] = []
    first = 0
    for i, sentence in enumerate(sentences):
        length = sentence.end - sentences[first].start
        new_paragraph = i > first and sentence.paragraph != sentences[i - 1].paragraph
        if i > first and (length > LONGEST_PASSAGE or (new_paragraph and length > LONGEST_PASSAGE * 2 // 3)):
            passages.append(Passage(len(passages), first, i))
            first = i
            if len(passages) == MOST_PASSAGES - 1:
                break
    if first < len(sentences):
        passages.append(Passage(len(passages), first, len(sentences)))
    return passages


def passage_key(version_id: int, number: int) -> int:
    """One integer for a passage, the index's key for it."""
    return version_id * MOST_PASSAGES + number


def version_and_number(key: int) -> tuple[int, int]:
    """The inverse of `passage_key`."""
    return divmod(key, MOST_PASSAGES)
