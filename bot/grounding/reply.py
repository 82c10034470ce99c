"""Replies: the shape in which a model is asked to answer, and what is read out of the shapes in which it does.

Every task has one JSON schema, with sentences and the numbers of the quotes that bear them out: no field for a quote's
words and none for an address. Reading is tolerant about form and never raises; about content the gate decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.grounding.loose_json import LONGEST, Members, read_loosely

MOST_SENTENCES: Final = 40  # of one reply
MOST_SUPPORTS: Final = 24  # of one sentence
TASKS: Final = ("answer", "card", "brief", "story_title", "translate", "rewrite_question")

_STRING: Final[Mapping[str, Any]] = {"type": "string"}
_NUMBERS: Final[Mapping[str, Any]] = {"type": "array", "items": {"type": "integer"}}


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    """An object with these members, all of them required: the strict mode of hosted models knows no other."""
    kept = dict(properties)
    return {"type": "object", "properties": kept, "required": list(kept), "additionalProperties": False}


_SENTENCES: Final = _closed(
    {
        "sentences": {"type": "array", "items": _closed({"text": _STRING, "supports": _NUMBERS})},
        "abstain": {"type": "boolean"},
        "reason": _STRING,
    }
)
_TRANSLATIONS: Final = _closed(
    {"translations": {"type": "array", "items": _closed({"number": {"type": "integer"}, "text": _STRING})}}
)
_SCHEMAS: Final[Mapping[str, dict[str, Any]]] = {
    "answer": _SENTENCES,
    "card": _SENTENCES,
    "brief": _SENTENCES,
    "story_title": _closed({"text": _STRING, "supports": _NUMBERS}),
    "translate": _TRANSLATIONS,
    "rewrite_question": _closed({"question": _STRING}),
}


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence of a model and the numbers that it says bear it out, each once, in its order."""

    text: str
    supports: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What a reply says. `abstains`: the model found no answer, and `reason` is why, in its own words (never shown).

    `problems` are codes of what was wrong with the form: "empty", "no-json", "repaired", "cut", "too-long", "too-many",
    "no-sentences".
    """

    sentences: tuple[WrittenSentence, ...]
    abstains: bool = False
    reason: str = ""
    problems: tuple[str, ...] = ()


def schema_of(task: str) -> dict[str, Any]:
    """The JSON schema of a task's reply. Raises KeyError for a task that there is none of."""
    return _SCHEMAS[task]


_THOUGHT = re.compile(r"</(?:think|thinking|reasoning)>", re.IGNORECASE)
_TEXT_KEYS = (
    "text",
    "sentence",
    "claim",
    "statement",
    "content",
    "answer",
    "title",
    "translation",
    "question",
    "summary",
)
_NUMBER_KEYS = (
    "supports", "support", "supported_by", "numbers", "number", "ids", "id", "sources", "source", "citations", "cites",
    "quotes", "refs", "references", "evidence", "sentence_numbers", "index",
)  # fmt: skip
_LIST_KEYS = (
    "sentences", "answer", "translations", "claims", "statements", "items", "points", "result", "results", "output",
    "data",
)  # fmt: skip
_ABSTAIN_KEYS = ("abstain", "abstains", "no_answer", "not_in_sources", "refuse", "insufficient")
_REASON_KEYS = ("reason", "explanation", "why")
_FENCE = re.compile(r"```[a-zA-Z0-9]{0,12}")
_MARKS = r"(?:\s?[\[(【]\s?(?:S|Nr\.? ?|#)?\d{1,4}(?:\s?[,;–-]\s?(?:S|#)?\d{1,4}){0,8}\s?[\])】]){1,8}"
_CITED_AT_END = re.compile(rf"{_MARKS}(?=\s*[.!?]?\s*\Z)")
_CITED_INSIDE = re.compile(r"\s?[\[【]\s?(?:S|#)?\d{1,4}(?:\s?[,;]\s?(?:S|#)?\d{1,4}){0,8}\s?[\]】]")
_CITED = re.compile(r"\d{1,4}")
_LINE = re.compile(r"(?:[-*•]|\d{1,2}[.)])\s+")
_PLAIN_SENTENCE = re.compile(rf"[^\n]+?(?:[.!?…][\"”“»)]?{_MARKS}|{_MARKS}\s?[.!?]|\n|\Z)")
_LONGEST_TEXT = 4_000


def parse_reply(text: str, task: str) -> Written:
    """What a reply says, whatever it looks like. Never raises.

    Sentences without numbers are kept: the gate drops and counts them. Of a reply that was cut off, the sentence in
    which that happened is left out.
    """
    problems: list[str] = []
    if len(text) > LONGEST:
        problems.append("too-long")
    text = text[:LONGEST]
    thoughts = list(_THOUGHT.finditer(text))
    if thoughts:
        text = text[thoughts[-1].end() :]
    if not text.strip():
        return Written((), problems=(*problems, "empty"))
    plain = _FENCE.sub(" ", text)
    value = read_loosely(plain)
    if value is None:
        problems.append("no-json")
        sentences = list(_of_plain_text(text, problems))
        return _made(sentences, task, problems)
    sentences = []
    _collect(value, sentences, problems, 0, whole=plain.rstrip().endswith(("]", "}")))
    abstains, reason = False, ""
    if isinstance(value, Members):
        abstains = any(value.items.get(key) is True for key in _ABSTAIN_KEYS)
        reason = next((_one_line(found) for key in _REASON_KEYS if isinstance(found := value.items.get(key), str)), "")
    return _made(sentences, task, problems, abstains=abstains, reason=reason[:300])


def _made(
    sentences: list[WrittenSentence], task: str, problems: list[str], *, abstains: bool = False, reason: str = ""
) -> Written:
    if task in ("story_title", "rewrite_question"):
        del sentences[1:]
    if len(sentences) > MOST_SENTENCES:
        problems.append("too-many")
        del sentences[MOST_SENTENCES:]
    if not sentences and not abstains:
        problems.append("no-sentences")
    return Written(tuple(sentences), abstains, reason, tuple(dict.fromkeys(problems)))


def _collect(value: object, found: list[WrittenSentence], problems: list[str], depth: int, *, whole: bool) -> None:
    """Put every sentence of a value into `found`. `whole`: it ends behind a bracket, so nothing is half a number."""
    if depth > 6 or len(found) > MOST_SENTENCES:
        return
    if isinstance(value, list):
        for one in value:
            if isinstance(one, str):
                sentence = _sentence(one, None)
                if sentence:
                    found.append(sentence)
            else:
                _collect(one, found, problems, depth + 1, whole=whole)
        return
    if not isinstance(value, Members):
        return
    if value.cut:
        problems.append("cut")
    items = {key.lower(): one for key, one in value.items.items()}
    inner = next((one for key in _LIST_KEYS if isinstance(one := items.get(key), list | Members)), None)
    if inner is not None:
        _collect(inner, found, problems, depth + 1, whole=whole)
        return
    text = next((one for key in _TEXT_KEYS if isinstance(one := items.get(key), str)), None)
    if text is None:
        nested = [one for one in items.values() if isinstance(one, list | Members)]
        for one in nested:
            if not (isinstance(one, list) and all(isinstance(x, int) for x in one)):
                _collect(one, found, problems, depth + 1, whole=whole)
        return
    numbers = next((items[key] for key in _NUMBER_KEYS if key in items), None)
    if value.cut and not whole:
        return  # it broke off in the middle of something: of its text, or of a number
    sentence = _sentence(text, numbers)
    if sentence:
        found.append(sentence)


def _sentence(text: str, numbers: object) -> WrittenSentence | None:
    """A sentence with its numbers; those typed into the text count where the reply has no others, and are cut out."""
    text = _one_line(text[:_LONGEST_TEXT])
    supports = list(_integers(numbers, 0))
    match = _CITED_AT_END.search(text)
    if match:
        if not supports:
            supports += [int(n) for n in _CITED.findall(match.group())]
        text = (text[: match.start()] + text[match.end() :]).strip()
    if not supports:
        supports += [int(n) for mark in _CITED_INSIDE.findall(text) for n in _CITED.findall(mark)]
    text = _CITED_INSIDE.sub("", text).strip()
    text = _LINE.sub("", text, count=1) if _LINE.match(text) and not text[0].isdecimal() else text
    text = text.replace("**", "") if text.count("**") % 2 == 0 else text
    return WrittenSentence(text, tuple(dict.fromkeys(supports))[:MOST_SUPPORTS]) if text else None


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _integers(value: object, depth: int) -> Iterator[int]:
    if isinstance(value, bool) or depth > 3:
        return
    if isinstance(value, int):
        yield value
    elif isinstance(value, float):
        if value.is_integer() and abs(value) < 1e6:
            yield int(value)
        else:
            yield -1  # it names something, but nothing of ours
    elif isinstance(value, str):
        yield from (int(n) for n in re.findall(r"-?\d{1,6}", value[:200]))
    elif isinstance(value, list):
        for one in value[: 4 * MOST_SUPPORTS]:
            yield from _integers(one, depth + 1)
    elif isinstance(value, Members):
        known = next((value.items[key] for key in _NUMBER_KEYS if key in value.items), None)
        yield from _integers(known, depth + 1)


def _of_plain_text(text: str, problems: list[str]) -> Iterator[WrittenSentence]:
    """Sentences of a reply that is no JSON: only those that name their numbers, for the others may be anything."""
    for match in _PLAIN_SENTENCE.finditer(_FENCE.sub(" ", text)):
        sentence = _sentence(_LINE.sub("", match.group().strip(), count=1), None)
        if sentence and sentence.supports:
            yield sentence
    if "no-json" not in problems:
        problems.append("no-json")
