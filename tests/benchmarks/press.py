"""Made-up news in German and English, the same on every machine: for measuring speed, never quality.

Words come from our own word list with the frequencies of a language (the n-th most frequent one about 1/n as often),
with a long tail of compounds and names, and half of all words between them carry no news. A document keeps to its
subject: half of its content words come from a few dozen, and its names recur.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bot.domain import EVERYONE, DateBasis, DocumentDate, Sentence, StoredVersion, VersionFacts
from bot.languages.dictionary import entries
from bot.languages.stop_words import STOP_WORDS
from bot.library.passages import passages_of

GERMAN_SHARE = 0.6
_TAIL = 150_000  # rare words of each language
_NAMES = 100_000
_SUBJECT = 40  # words of a document's subject
_CAST = 6  # names of a document
_FIRST_DAY = date(2024, 1, 1)
_DAYS = 700
# Of a sentence's words: f carries no news, c does, n is a name, d a number.
_PATTERNS = (
    "fcfcfnfcfcc", "ncfcffcfcdcf", "fccffcfcfcfncfc", "fcnnffcfdcfcfcfcc", "cfcfcfc", "nfcffcfcfcfccfcfcfncf",
    "fcfdccffcfcf", "ffcfncfcfcfcffcdfcfc", "cfnfcfccffcfcfcfc", "fccfcffc",
)  # fmt: skip
_FRAMES = {
    "de": ("Wie viele {0} {1} {2} bei {3}?", "Wann hat {0} die {1} {2} {3}?", "Warum ist der {0} {1} nach {2} {3}?",
           "Wer hat {0} und {1} im {2} {3} {4}?", "Was sagte {0} über {1} {2}?", "Wo wurde {0} {1} {2} {3} {4} {5}?"),
    "en": ("How many {0} {1} {2} in the {3}?", "When did {0} {1} the {2} {3}?", "Why was the {0} {1} after {2} {3}?",
           "Who has {0} and {1} with {2} {3} {4}?", "What did {0} say about {1} {2}?", "Where were {0} {1} {2} {3} {4} {5}?"),
}  # fmt: skip
_SYLLABLES = "ba de ri no ka lu me to si ver gal tor min pas hen dro fel kun wes tal bro sta fin gol mar ul eb an".split()


class Story(NamedTuple):
    """One document: sentences as (start, end, paragraph)."""

    language: str
    title: str
    text: str
    sentences: list[tuple[int, int, int]]
    day: int


class Passage(NamedTuple):
    """What an engine indexes: the title and some sentences of a document."""

    language: str
    text: str


class Question(NamedTuple):
    """A question made of words of one sentence, and the number of the passage that it was made from."""

    language: str
    text: str
    passage: int


class _Words(NamedTuple):
    content: list[str]
    content_weights: list[float]
    function: list[str]
    function_weights: list[float]


def _made_up(number: int) -> str:
    parts = []
    while True:
        number, rest = divmod(number, len(_SYLLABLES))
        parts.append(_SYLLABLES[rest])
        if not number:
            return "".join(parts)


def _cumulated(count: int, offset: float) -> list[float]:
    return list(itertools.accumulate(1 / (i + offset) for i in range(count)))


@cache
def _words(language: str) -> _Words:
    chance = random.Random(7)
    listed = [e for e in entries("de", "en") if e.pos in ("n", "v", "adj", "name")]
    if language == "de":
        content = list(dict.fromkeys(e.lemma for e in listed if e.lemma.isalpha()))
        nouns = [e.lemma for e in listed if e.pos == "n" and 3 < len(e.lemma) < 9 and e.lemma.isalpha()]
        tail = [chance.choice(nouns) + chance.choice(nouns).lower() for _ in range(_TAIL)]
    else:
        content = list(dict.fromkeys(t for e in listed for t in e.translations[:2] if t.isalpha()))
        endings = ("ing", "ment", "er", "al", "ous", "ed", "ity", "")
        tail = [_made_up(chance.randrange(30, 10**7)) + chance.choice(endings) for _ in range(_TAIL)]
    chance.shuffle(content)
    content += dict.fromkeys(tail)
    function = sorted(STOP_WORDS[language])
    chance.shuffle(function)
    return _Words(content, _cumulated(len(content), 2.7), function, _cumulated(len(function), 1.0))


@cache
def _names() -> tuple[list[str], list[float]]:
    names = [_made_up(900 + 7 * i).capitalize() for i in range(_NAMES)]
    return names, _cumulated(len(names), 20.0)


def stories(words: int = 400, seed: int = 1) -> Iterator[Story]:
    """Documents of about so many words, without end, each time the same."""
    chance = random.Random(seed)
    while True:
        yield _story(chance, words)


def _story(chance: random.Random, length: int) -> Story:
    language = "de" if chance.random() < GERMAN_SHARE else "en"
    known = _words(language)
    names, name_weights = _names()
    subject = chance.choices(known.content, cum_weights=known.content_weights, k=_SUBJECT)
    cast = chance.choices(names, cum_weights=name_weights, k=_CAST)
    patterns: list[str] = []
    while sum(map(len, patterns)) < length:
        patterns.append(chance.choice(_PATTERNS))
    slots = "".join(patterns)
    functions = iter(chance.choices(known.function, cum_weights=known.function_weights, k=slots.count("f")))
    general = iter(chance.choices(known.content, cum_weights=known.content_weights, k=slots.count("c")))
    text, at, paragraph, in_paragraph = "", 0, 0, 0
    sentences: list[tuple[int, int, int]] = []
    pieces: list[str] = []
    for pattern in patterns:
        words: list[str] = []
        for slot in pattern:
            if slot == "f":
                words.append(next(functions))
            elif slot == "c":
                word = next(general)
                words.append(word if chance.random() < 0.5 else subject[int(chance.random() * _SUBJECT)])
            elif slot == "n":
                words.append(cast[int(chance.random() * _CAST)])
            else:
                words.append(str(int(10 ** (1 + 3 * chance.random()))))
        words[0] = words[0][:1].upper() + words[0][1:]
        sentence = " ".join(words) + "."
        if in_paragraph == 3:
            paragraph, in_paragraph = paragraph + 1, 0
            pieces[-1] = "\n\n"
            at += 1
        sentences.append((at, at + len(sentence), paragraph))
        pieces += (sentence, " ")
        at += len(sentence) + 1
        in_paragraph += 1
    text = "".join(pieces[:-1])
    title = " ".join([cast[0], *subject[:5]])
    return Story(language, title, text, sentences, int(chance.random() * _DAYS))


def write_data(folder: Path, passages: int, questions: int = 300) -> None:
    """Write documents that make so many passages, and questions about them, unless they are there."""
    if (folder / "questions.jsonl").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(3)
    every = max(1, passages // questions)
    asked: list[Question] = []
    count = 0
    with (folder / "documents.jsonl").open("w", encoding="utf-8") as lines:
        for story in stories():
            spans = passages_of(_sentences(story))
            spans = spans[: passages - count]
            if len(spans) < len(passages_of(_sentences(story))):
                story = story._replace(sentences=story.sentences[: spans[-1].last])  # noqa: PLW2901
                story = story._replace(text=story.text[: story.sentences[-1][1]])  # noqa: PLW2901
            lines.write(json.dumps(story, ensure_ascii=False) + "\n")
            for span in spans:
                if count % every == every // 2 and len(asked) < questions:
                    asked.append(_question(chance, story, story.sentences[span.first : span.last], count))
                count += 1
            if count >= passages:
                break
    chance.shuffle(asked)
    unfinished = folder / "questions.part"
    unfinished.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked), encoding="utf-8")
    unfinished.rename(folder / "questions.jsonl")


def _question(chance: random.Random, story: Story, sentences: list[tuple[int, int, int]], passage: int) -> Question:
    start, end, _ = chance.choice(sentences)
    words = [w.strip(".") for w in story.text[start:end].split()]
    known = [w for w in dict.fromkeys(words) if w.lower() not in STOP_WORDS[story.language]]
    frame = chance.choice(_FRAMES[story.language])
    wanted = frame.count("{")
    chosen = chance.sample(known, min(wanted, len(known)))
    chosen += chance.choices(_words(story.language).content[:3000], k=wanted - len(chosen))
    return Question(story.language, frame.format(*chosen), passage)


def _sentences(story: Story) -> tuple[Sentence, ...]:
    return tuple(Sentence(*one) for one in story.sentences)


def read_stories(folder: Path) -> Iterator[Story]:
    with (folder / "documents.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield Story(*json.loads(line))


def read_passages(folder: Path) -> Iterator[Passage]:
    """The passages of all documents in order, cut as ours are, each with its document's title."""
    for story in read_stories(folder):
        for _, first, last in passages_of(_sentences(story)):
            start, end = story.sentences[first][0], story.sentences[last - 1][1]
            yield Passage(story.language, f"{story.title}\n{story.text[start:end]}")


def read_questions(folder: Path) -> list[Question]:
    with (folder / "questions.jsonl").open(encoding="utf-8") as lines:
        return [Question(*json.loads(line)) for line in lines]


def versions_of(stories_: Iterable[Story], first: int = 1) -> Iterator[StoredVersion]:
    """Documents as the library would give them back, numbered from `first`."""
    stored_at = datetime(2026, 1, 1, tzinfo=UTC)
    for number, story in enumerate(stories_, first):
        facts = VersionFacts(
            id=number, document_id=number, number=1, raw_sha256="", text_sha256="", stored_at=stored_at,
            title=story.title, outlet="", byline="", agency="", language=story.language,
            published=DocumentDate(_FIRST_DAY + timedelta(story.day), basis=DateBasis.STATED), translation=None,
            media_type="text/plain", address="", length=len(story.text),
        )  # fmt: skip
        yield StoredVersion(facts, f"{number}.txt", EVERYONE, story.text, _sentences(story))
