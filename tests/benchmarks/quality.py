"""Quality on a labelled pack of the kind `qa`: ours beside the other engines, all over the same passages in one run.

The others find passages; of their best ones the sentence is chosen that shares most of the question's words, rare words
counting more. The pack's own scorer is stricter about what a quote is; here a quote is right when it comes from the right
document, is at most 400 characters long and holds a whole answer.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.documents.sentences import split_sentences
from bot.domain import TERMINAL, Sentence
from bot.library.passages import passages_of
from tests.benchmarks.engines import ENGINES, TODAY, Engine, Missing, Ours, Tantivy, require, words_of
from tests.benchmarks.press import Story
from tests.eval.qa import SETTINGS, lines_of, questions_of
from tests.eval.shelves import Text, library_of

_PASSAGES = 10
_LONGEST_QUOTE = 400
_AROUND = 1.0  # what the passage's score counts beside the sentence's words

Quote = tuple[str, int, int]  # document, start, end
Ask = Callable[[dict[str, Any]], tuple[float, list[Quote]]]


def run(pack: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    """One row for each setting and engine."""
    documents, questions = lines_of(pack / "docs.jsonl"), lines_of(pack / "questions.jsonl")
    rows: list[dict[str, Any]] = []
    for setting, (_, language) in SETTINGS.items():
        chosen = [d for d in documents if language in (None, d["lang"])]
        asked = questions_of(setting, questions)
        for name in names:
            print(f"quality: {setting}, {name}", file=sys.stderr, flush=True)
            try:
                require(ENGINES[name])
            except Missing as missing:
                rows.append({"setting": setting, "engine": name, "failed": str(missing)})
                continue
            answers = _ours(chosen, asked) if ENGINES[name] is Ours else _theirs(ENGINES[name], chosen, asked)
            rows.append({"setting": setting, "engine": name} | _scores(setting, asked, answers))
    return rows


def _ours(documents: list[dict[str, Any]], asked: list[dict[str, Any]]) -> list[tuple[float, list[Quote]]]:
    texts = [Text(d["id"], d["text"], d["lang"], d.get("title", "")) for d in documents]
    with library_of(texts) as room:
        found = [room.answerer.ranked(question["question"], TERMINAL, today=TODAY) for question in asked]
    return [(score, [(q.document, q.quote.start, q.quote.end) for q in quotes]) for score, quotes in found]


def _theirs(
    kind: type[Engine], documents: list[dict[str, Any]], asked: list[dict[str, Any]]
) -> list[tuple[float, list[Quote]]]:
    engine = kind()
    if isinstance(engine, Tantivy):
        engine.across = True
    places: list[tuple[dict[str, Any], list[Sentence]]] = []  # of each passage
    with tempfile.TemporaryDirectory(prefix="verbatim-benchmark-") as folder:
        data, index = Path(folder), Path(folder) / "index"
        with (data / "documents.jsonl").open("w", encoding="utf-8") as lines:
            for d in documents:
                sentences = split_sentences(d["text"], d["lang"])
                spans = [(s.start, s.end, s.paragraph) for s in sentences]
                story = Story(d["lang"], d.get("title", ""), d["text"], spans, 0)
                lines.write(json.dumps(story) + "\n")
                places += [(d, list(sentences[p.first : p.last])) for p in passages_of(sentences)]
        index.mkdir()
        engine.build(data, index)
        engine.open(index)
        rarity = _rarity(places)
        return [_sentences(engine, question, places, rarity) for question in asked]


def _rarity(places: list[tuple[dict[str, Any], list[Sentence]]]) -> Callable[[str], float]:
    counts: Counter[str] = Counter()
    for d, sentences in places:
        counts.update(set(words_of(d["text"][sentences[0].start : sentences[-1].end], d["lang"])))
    return lambda word: math.log(1 + (len(places) - counts[word] + 0.5) / (counts[word] + 0.5))


def _sentences(
    engine: Engine,
    question: dict[str, Any],
    places: list[tuple[dict[str, Any], list[Sentence]]],
    rarity: Callable[[str], float],
) -> tuple[float, list[Quote]]:
    hits = engine.search(engine.prepare(question["question"], question["lang"]), _PASSAGES)
    if not hits:
        return 0.0, []
    wanted = {word: rarity(word) for word in words_of(question["question"], question["lang"])}
    whole = sum(wanted.values()) or 1.0
    best = hits[0][1] or 1.0
    found: list[tuple[float, Quote]] = []
    for number, score in hits:
        d, sentences = places[number]
        for s in sentences:
            said = set(words_of(d["text"][s.start : s.end], d["lang"]))
            shared = sum(worth for word, worth in wanted.items() if word in said) / whole
            found.append((shared + _AROUND * score / best, (d["id"], s.start, s.end)))
    found.sort(key=lambda one: -one[0])
    return best, [quote for _, quote in found[:_PASSAGES]]


def _scores(setting: str, asked: list[dict[str, Any]], answers: list[tuple[float, list[Quote]]]) -> dict[str, float]:
    corpus = SETTINGS[setting][1]
    ranks: list[int] = []
    documents: list[bool] = []
    sure: dict[str, list[float]] = {"answerable": [], "ooc": [], "adv": []}
    for question, (score, quotes) in zip(asked, answers, strict=True):
        sure[question["kind"]].append(score)
        gold = [g for language, golds in question["gold"].items() if corpus in (None, language) for g in golds]
        if question["kind"] != "answerable" or not gold:
            continue
        ranks.append(next((i for i, quote in enumerate(quotes) if _is_right(quote, gold)), 99))
        documents.append(bool(quotes) and any(quotes[0][0] == g["doc"] for g in gold))
    return {
        "questions": len(ranks),
        "hit1": sum(rank == 0 for rank in ranks) / len(ranks),
        "hit3": sum(rank < 3 for rank in ranks) / len(ranks),
        "doc1": sum(documents) / len(documents),
        "auroc_ooc": _auroc(sure["answerable"], sure["ooc"]),
        "auroc_adv": _auroc(sure["answerable"], sure["adv"]),
    }


def _is_right(quote: Quote, gold: list[dict[str, Any]]) -> bool:
    document, start, end = quote
    return end - start <= _LONGEST_QUOTE and any(
        g["doc"] == document and any(start <= a and b <= end for a, b in g["answers"]) for g in gold
    )


def _auroc(yes: list[float], no: list[float]) -> float:
    """How often a question with an answer has the higher score; not a number where there are none of one kind."""
    if not yes or not no:
        return math.nan
    return sum((y > n) + 0.5 * (y == n) for y in yes for n in no) / (len(yes) * len(no))
