"""A model that fails in every way there is: briefs go out on time, answers are given, and all that they say is grounded.

Run as `python -m tests.simulation.model_outages --count 500 [--seed 1]`: so many briefs and so many answers, each with a
model's server that is down, slow, limited, cut off, talks nonsense, lies or was hijacked, now and then in the middle of
it. It ends with 1 when one was late or missing, or showed a sentence that is not its quotes' own.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot.answers.written import write_answer
from bot.briefs.brief import Brief, BriefEntry
from bot.briefs.written import write_brief
from bot.chat.brief_messages import Look, brief_messages
from bot.chat.composing import answer_message
from bot.chat.last_check import problems
from bot.chat.messages import Message
from bot.domain import Answer, AnswerStatus, Scope, ShownQuote, StoredVersion
from bot.language_model.opening import open_model_room, read_setup
from bot.language_model.port import ModelOutcome
from bot.language_model.wire import make_ready
from bot.library.model_store import MemoryModelStore
from bot.writing import KeptWriter
from bot.writing import make_ready as make_ready_to_judge
from tests.fuzz.model_payloads import PLATFORMS
from tests.protocol.model_server import WIRE, WORDS, ModelServer
from tests.shelf import Shelf, shelf_of
from tests.versions import version_of

TODAY = date(2026, 5, 9)
HERE = Scope("discord-1", "2")
GONE = "gone"  # nobody listens at the address
MOODS = (*WORDS, *WIRE, GONE)
LATE_S = 2.0  # beyond the limit: a machine may be busy, a brief that waits for a model is later by far

_SHELF = (
    version_of("A dam broke near Altenried on Monday. Twelve people were killed and 30 injured. The mayor, Petra Lohse, "
               "said the bridge could not be used before June.", id=1, day=date(2026, 5, 5), outlet="Kurier"),
    version_of("More than 1,200 people left their homes below Altenried. Rescuers did not find any further victims on "
               "Tuesday.", id=2, day=date(2026, 5, 6), outlet="Harbour Post"),
    version_of("Nordwerk schließt sein Werk in Lund bis Ende 2027. Rund 450 Beschäftigte sollen eine Abfindung erhalten. "
               "Die Gewerkschaft lehnt den Plan ab.", id=3, language="de", day=date(2026, 5, 7), outlet="Tagblatt"),
    version_of("Die Fähre nach Elmsand ist am Sonntag gesunken. Alle 48 Menschen an Bord wurden gerettet.", id=4,
               language="de", day=date(2026, 5, 3), outlet="Bote"),
)  # fmt: skip
_QUESTIONS = (
    "How many people were killed in Altenried?", "Wie viele Menschen starben in Altenried?", "Who left their homes?",
    "When does Nordwerk close its plant in Lund?", "Wann schließt Nordwerk sein Werk in Lund?", "Was geschah mit der Fähre?",
    "How many people were on board the ferry?", "Wie viele Beschäftigte bekommen eine Abfindung?",
)  # fmt: skip


@dataclass
class Seen:
    """What came of it."""

    briefs: int = 0
    answers: int = 0
    written: int = 0  # of both
    sentences: int = 0
    late: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    longest_s: float = 0.0
    calls: Counter[int] = field(default_factory=Counter)


async def run(count: int, seed: int, limit_s: float) -> Seen:
    """So many briefs and answers, in turn through all moods."""
    rng, seen = random.Random(seed), Seen()
    await asyncio.to_thread(make_ready, [])  # as `app.open_writing_room` does
    await asyncio.to_thread(make_ready_to_judge)
    with shelf_of(*_SHELF) as shelf:
        async with ModelServer() as server:
            for number in range(count):
                mood = MOODS[number % len(MOODS)]
                server.mood = mood if mood != GONE else "honest"
                server.next_moods = [rng.choice((*WORDS, *WIRE))] if rng.random() < 0.3 else []
                url = "http://127.0.0.1:9/v1" if mood == GONE else server.url
                await _one(shelf, url, mood, rng, limit_s, seen)
    return seen


async def _one(shelf: Shelf, url: str, mood: str, rng: random.Random, limit_s: float, seen: Seen) -> None:
    setup = read_setup(model_url=url, model_name="small", model_timeout_s=limit_s)
    async with open_model_room(setup, MemoryModelStore()) as room:
        assert room.model is not None
        writer = KeptWriter(room.model, room.prompts)
        try:
            began = time.monotonic()
            entries = tuple(_entry(n, version) for n, version in enumerate(rng.sample(_SHELF, 2), 1))
            plain = Brief(datetime(2026, 5, 9, tzinfo=UTC), None, 0, 9, entries, (), 2, 0, ())
            language = rng.choice(("de", "en"))
            made = await write_brief(plain, writer, language=language, today=TODAY, time_limit_s=limit_s)
            seen.briefs += 1
            _note_time(seen, f"brief, {mood}", time.monotonic() - began, limit_s)
            seen.reasons.update(writing.reason or "written" for writing in made.writings)
            seen.calls[sum(writing.calls for writing in made.writings)] += 1
            for entry in made.brief.entries:
                for line in entry.lines:
                    _hold(seen, f"brief, {mood}", line.text, line.quotes)
            seen.written += any(entry.lines for entry in made.brief.entries)
            posted = brief_messages(made.brief, Look("discord", "1", "2", language), {}, "ref")
            _check(seen, f"brief, {mood}", (posted.overview, *posted.stories))

            began = time.monotonic()
            answer, more, befores = shelf.answerer.answer_with_more(rng.choice(_QUESTIONS), HERE, today=TODAY)
            found = time.monotonic() - began
            told = await write_answer(answer, writer, today=TODAY, more=more, befores=befores, time_limit_s=limit_s)
            seen.answers += 1
            _note_time(seen, f"answer, {mood}", time.monotonic() - began - found, 2 * limit_s)  # sentences, translations
            seen.reasons.update([told.writing.reason or "written"])
            seen.calls[told.calls] += 1
            for one in told.answer.written:
                _hold(seen, f"answer, {mood}", one.text, [told.answer.quotes[mark - 1] for mark in one.marks])
            seen.written += bool(told.answer.written)
            if answer.status is AnswerStatus.ANSWERED:
                _hold_to_quotes(seen, mood, answer, told.answer)
            _check(seen, f"answer, {mood}", (answer_message(told.answer, answer.language, {}),))
        finally:
            await writer.close()


def _entry(number: int, version: StoredVersion) -> BriefEntry:
    from bot.quotes.showing import show_sentence

    quotes = [shown for i in range(len(version.sentences)) if (shown := show_sentence(version, i)) is not None]
    return BriefEntry(number, "NEW", "A headline", tuple(quotes[:3]), 1, (version.document_name,), 0)


def _note_time(seen: Seen, what: str, took_s: float, limit_s: float) -> None:
    seen.longest_s = max(seen.longest_s, took_s)
    if took_s > limit_s + LATE_S:
        seen.late.append(f"{what}: {took_s:.1f} s")


def _hold(seen: Seen, what: str, text: str, quotes: Sequence[ShownQuote]) -> None:
    """The scripted server tells nothing true but by copying: whatever else is said has got past us."""
    seen.sentences += 1
    bare = " ".join(text.split()).rstrip(".")
    if not any(bare in " ".join(quote.text.split()) for quote in quotes):
        seen.wrong.append(f"{what}: {text}")


def _hold_to_quotes(seen: Seen, mood: str, before: Answer, after: Answer) -> None:
    if not set(before.quotes) <= set(after.quotes) or not after.quotes:
        seen.wrong.append(f"answer, {mood}: a quote was lost")


def _check(seen: Seen, what: str, messages: Sequence[Message]) -> None:
    versions = {version.facts.id: version for version in _SHELF}
    for platform, (render, inspect) in PLATFORMS.items():
        for message in messages:
            outgoing = render(message)
            found = problems(outgoing, inspect(outgoing.body), versions, set())
            seen.wrong += [f"{what} on {platform}: {one}" for one in found]


def main() -> int:
    """Print what was seen; 1 when something was late, missing or not grounded."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=0.5, help="seconds that a model has for a brief or an answer")
    options = parser.parse_args()
    seen = asyncio.run(run(options.count, options.seed, options.limit))
    print(f"{options.count} outages and kinds of nonsense ({len(MOODS)} kinds): {seen.briefs} briefs, {seen.answers} answers")
    print(f"late: {len(seen.late)}; the slowest took {seen.longest_s:.2f} s, with {options.limit:g} s for the model")
    print(f"with sentences of the model: {seen.written}; sentences shown: {seen.sentences}; not grounded: {len(seen.wrong)}")
    print(f"what became of the writings: {dict(seen.reasons.most_common())}")
    print(f"calls per brief or answer: {dict(sorted(seen.calls.items()))}")
    known = {*map(str, ModelOutcome), "written", "abstained", "dropped", "unreadable", "language", "nothing-to-show"}
    for line in [*seen.late[:5], *seen.wrong[:5], *(seen.reasons.keys() - known)]:
        print(f"  {line}")
    complete = seen.briefs == seen.answers == options.count
    return 0 if complete and not seen.late and not seen.wrong else 1


if __name__ == "__main__":
    sys.exit(main())
