"""How well a model words answers: its citations, refusals, language and numbers, before the gate and after it.

The documents are invented and lie beside this file, so nothing that a model learned elsewhere helps it.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.answers.written import write_answer
from bot.app import open_app, open_writing_room
from bot.domain import TERMINAL, AnswerStatus
from bot.grounding.gate import Rule
from bot.settings import load_settings
from bot.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.answers.written import WrittenAnswer
    from bot.app import App
    from bot.settings import Settings

TODAY: Final = date(2026, 3, 12)
TIME_LIMIT_S: Final = 120.0  # for one question: small machines may be compared, too
_LONG_AGO: Final = 1_700_000_000.0
_SET: Final = Path(__file__).with_name("answers.json")
_OF_NUMBERS: Final = frozenset({Rule.NUMBER, Rule.UNIT, Rule.CURRENCY, Rule.DATE})


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it went."""

    id: str
    written: tuple[str, ...]
    reason: str  # why there is no sentence
    cited: int  # quotes that sentences rest on
    fitting: int  # of them, those that hold what was to be found
    found: int  # of what was to be found, so much stands in those quotes
    gold: int
    refused: bool
    offered: int  # sentences of the model
    dropped: dict[str, int] = field(default_factory=dict)
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """Shares from 0 to 1; None where there was nothing to judge."""

    questions: int
    worded: int  # answerable questions with a sentence that was shown
    answerable: int
    citation_precision: float | None
    citation_recall: float | None
    refusal: float | None  # of the questions that the documents do not answer, those that nothing was said to
    false_refusals: int
    language: float | None  # of the model's sentences, those in the asker's language
    numbers: float | None  # of the model's sentences, those whose numbers, units and days the quotes bear out
    borne_out: float | None  # of the model's sentences, those that passed the gate
    calls: int
    failures: dict[str, int]

    def data(self) -> dict[str, Any]:
        return asdict(self)


async def evaluate(
    settings: Settings, *, only: str = "", told: Callable[[Asked], None] = lambda _: None
) -> tuple[Score, list[Asked]]:
    """Ask the model of the settings every question whose id begins with `only`. Raises VerbatimError and SettingsError.

    Its calls count in the library's budget, as all calls do.
    """
    import msgspec

    pack = msgspec.json.decode(_SET.read_bytes())
    questions = [one for one in pack["questions"] if one["id"].startswith(only)]
    with tempfile.TemporaryDirectory(prefix="verbatim-eval-") as folder:
        seeds = Path(folder) / "seeds"
        seeds.mkdir()
        for document in pack["documents"]:
            file = seeds / document["name"]
            file.write_text(document["text"] + "\n", encoding="utf-8")
            os.utime(file, (_LONG_AGO, _LONG_AGO))  # nobody is writing them any more
        apart = load_settings({"data_dir": Path(folder) / "data", "seeds_dir": seeds}, env={}, cwd=Path(folder))
        async with open_app(settings, may_pack=False) as own, open_writing_room(settings, own.store) as writing:
            if writing.writer is None:
                return score_of([]), []
            async with open_app(apart, may_pack=False) as app:
                await app.look(patience_s=30.0)
                asked = []
                for one in questions:
                    asked.append(await _ask(app, writing.writer, one))
                    told(asked[-1])
    return score_of(asked), asked


async def _ask(app: App, writer: Writer, question: dict[str, Any]) -> Asked:
    text, language = question["question"], question["language"]
    answer, more, befores = app.answerer.answer_with_more(text, TERMINAL, today=TODAY, language=language)
    written: WrittenAnswer = await write_answer(
        answer, writer, today=TODAY, more=more, befores=befores, time_limit_s=TIME_LIMIT_S
    )
    lines, gold = written.answer.written, question["gold"]
    marks = {mark for line in lines for mark in line.marks}
    cited = [written.answer.quotes[mark - 1].text for mark in sorted(marks)]
    dropped = {str(rule): count for rule, count in written.writing.dropped.items()}
    return Asked(
        question["id"], tuple(line.text for line in lines), "" if lines else written.writing.reason,
        len(cited), sum(any(one in text for one in gold) for text in cited),
        sum(any(one in text for text in cited) for one in gold), len(gold),
        answer.status is AnswerStatus.NOT_IN_SOURCES or not lines,
        len(written.writing.sentences) + sum(dropped.values()), dropped, written.calls,
    )  # fmt: skip


def score_of(asked: list[Asked]) -> Score:
    """The shares of a run."""
    answerable = [one for one in asked if one.gold]
    unanswerable = [one for one in asked if not one.gold]
    dropped: Counter[str] = Counter()
    for one in asked:
        dropped.update(one.dropped)
    offered = sum(one.offered for one in asked)
    return Score(
        questions=len(asked),
        worded=sum(bool(one.written) for one in answerable),
        answerable=len(answerable),
        citation_precision=_share(sum(one.fitting for one in answerable), sum(one.cited for one in answerable)),
        citation_recall=_share(sum(one.found for one in answerable), sum(one.gold for one in answerable)),
        refusal=_share(sum(one.refused for one in unanswerable), len(unanswerable)),
        false_refusals=sum(one.refused for one in answerable),
        language=_share(offered - dropped[Rule.LANGUAGE], offered),
        numbers=_share(offered - sum(dropped[rule] for rule in _OF_NUMBERS), offered),
        borne_out=_share(offered - sum(dropped.values()), offered),
        calls=sum(one.calls for one in asked),
        failures=dict(Counter(one.reason for one in answerable if one.reason)),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
