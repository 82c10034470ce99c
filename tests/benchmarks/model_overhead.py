"""What we add around a call of a language model: searching, prompting, reading and checking; and how long prompts are.

    python -m tests.benchmarks.model_overhead FOLDER --passages 100000

FOLDER is the work folder of `python -m tests.benchmarks`; the index of that many passages is built in it, if it is not
there. The model answers at once, by copying, so that all that is left is ours. Times are processor time, each question once.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from bot.answers.answering import Answerer
from bot.answers.written import write_answer
from bot.app import rare_searches_for_cycles
from bot.domain import TERMINAL, AnswerStatus
from bot.language_model.port import ModelReply, ModelRequest
from bot.language_model.prompt_files import PromptFiles, prompt_folders
from bot.library.search_index import SearchIndex
from bot.writing import Writer
from tests.benchmarks import ask_speed, search_speed
from tests.benchmarks.engines import Ours
from tests.benchmarks.press import read_questions

_ROW = re.compile(r"^\[(\d+)\] (?:\(before it: .*?\) )?(.*?)(?: \(said by: .*)?$", re.MULTILINE)
_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_LETTERS_A_TOKEN = {True: 4.0, False: 2.5}  # of words in ASCII, and of others: what tokenizers of today make, or more
_DIGITS_A_TOKEN = 3


class _Instant:
    """Copies the first sentences that it is shown; remembers how long it took and what it was asked."""

    def __init__(self) -> None:
        self.spent_s, self.prompts = 0.0, list[str]()

    async def complete(self, request: ModelRequest) -> ModelReply:
        began = time.process_time()
        rows = _ROW.findall(request.user)
        if request.task == "translate":
            said: dict[str, Any] = {"translations": [{"number": int(n), "text": text} for n, text in rows]}
        else:
            self.prompts.append(request.system + request.user)
            said = {"sentences": [{"text": text, "supports": [int(n)]} for n, text in rows[:4]], "abstain": False}
        text = json.dumps(said, ensure_ascii=False)
        self.spent_s += time.process_time() - began
        return ModelReply(text, "instant", "", 0, 0, 0.0, Decimal(0), "stop")


def tokens_of(text: str) -> int:
    """About how many tokens a text is: more rather than fewer."""
    count = 0
    for piece in _PIECE.findall(text):
        if piece.isdigit():
            count += -(-len(piece) // _DIGITS_A_TOKEN)
        elif piece.isalpha():
            count += max(1, round(len(piece) / _LETTERS_A_TOKEN[piece.isascii()]))
        else:
            count += 1
    return count


async def measure(answerer: Answerer, questions: list[str], warm_up: int) -> dict[str, Any]:
    """Milliseconds of each part, and the prompts, over the questions that are answered."""
    model = _Instant()
    writer = Writer(model, PromptFiles(prompt_folders()))
    found_ms, around_ms, whole_ms, reports = list[float](), list[float](), list[float](), list[int]()
    for number, text in enumerate(questions):
        began = time.process_time()
        answer, more, befores = answerer.answer_with_more(text, TERMINAL, today=ask_speed.TODAY)
        found = time.process_time() - began
        if answer.status is not AnswerStatus.ANSWERED:
            continue
        before = model.spent_s
        began = time.process_time()
        await write_answer(answer, writer, today=ask_speed.TODAY, more=more, befores=befores)
        around = time.process_time() - began - (model.spent_s - before)
        if number >= warm_up:
            found_ms.append(1000 * found)
            around_ms.append(1000 * around)
            whole_ms.append(1000 * (found + around))
            reports.append(len({one.report_id for one in (*answer.quotes, *more)}))
    tokens = [tokens_of(prompt) for prompt in model.prompts[-len(reports) :]]
    wide = [count for count, n in zip(tokens, reports, strict=True) if n >= 5] or tokens
    return {
        "questions": len(whole_ms), "search": _quantiles(found_ms), "around the call": _quantiles(around_ms),
        "both": _quantiles(whole_ms), "tokens": {"median": statistics.median(wide), "most": max(wide)},
        "reports": {"median": statistics.median(reports), "most": max(reports)}, "of five or more": len(wide),
    }  # fmt: skip


def _quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"p50": round(ordered[len(ordered) // 2], 1), "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1)}


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--passages", default=100_000, show_default=True)
@click.option("--questions", default=300, show_default=True)
def main(folder: Path, passages: int, questions: int) -> None:
    """Measure and print."""
    data = folder / str(passages)
    if not (data / "verbatim" / "built.json").exists():
        search_speed.run(folder, passages, Ours.name, memory_gb=12, time_s=1800)
    texts = [one.text for one in read_questions(data)][:questions]
    answerer = Answerer(SearchIndex(data / "verbatim"), ask_speed.rows_of(data))
    with rare_searches_for_cycles():  # as the bot
        found = asyncio.run(measure(answerer, texts, min(ask_speed.WARM_UP, len(texts) // 4)))
    print(f"{passages:,} passages, {found['questions']} answered questions; milliseconds of processor time:")
    for part in ("search", "around the call", "both"):
        print(f"  {part:<16} p50 {found[part]['p50']:>6}  p95 {found[part]['p95']:>6}")
    print(f"prompt over five reports or more ({found['of five or more']}): median {found['tokens']['median']:.0f} tokens, "
          f"at most {found['tokens']['most']}")  # fmt: skip


if __name__ == "__main__":
    main()
