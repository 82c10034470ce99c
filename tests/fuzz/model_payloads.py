"""Adversarial model outputs, through the whole way: writing, gate, message, both platforms' bodies, the last check.

Run as `python -m tests.fuzz.model_payloads --count 10000 [--seed 1]`. Every output is given to an answer, a card and a
brief. It ends with 1 when a body fails the last check, shows a wrong number, a quotation that is none, a link or a
mention of the model's. What the sentences get wrong is drawn as in `model_replies`; around them stand typed quotes,
links, mentions, markup, foreign numbers, prompts poured out and broken JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bot.answers.written import write_answer
from bot.briefs.brief import Brief, BriefEntry
from bot.briefs.card import Card
from bot.briefs.written import write_brief, write_card
from bot.chat.brief_messages import Look, brief_messages
from bot.chat.composing import answer_message, card_message
from bot.chat.discord import inspecting as discord_inspecting
from bot.chat.discord import rendering as discord_rendering
from bot.chat.last_check import problems
from bot.chat.slack import inspecting as slack_inspecting
from bot.chat.slack import rendering as slack_rendering
from bot.domain import Answer, AnswerStatus, DocumentDate, StoredVersion
from bot.language_model.port import ModelReply, ModelRequest
from bot.language_model.prompt_files import PromptFiles, prompt_folders
from bot.writing import Writer
from tests.fuzz.model_replies import Case, adversarial, is_number
from tests.versions import version_of

if TYPE_CHECKING:
    from bot.chat.messages import Message

PLATFORMS = {
    "discord": (discord_rendering.render, discord_inspecting.inspect),
    "slack": (slack_rendering.render, slack_inspecting.inspect),
}
TODAY = date(2026, 5, 9)
LINK = "evil.example"
# Their words are true once the form is gone: markup is taken off, a foreign number is dropped; and the prompt that an echo
# repeats is another one here.
_FORM_ALONE = frozenset({"markup", "foreign id", "echo"})
_MENTIONS = ("@everyone", "<!channel>", "<@U012AB3CD>", "<@123456789012345678>", "@here")
_DRESSES = (
    "{} See https://evil.example/x?d=1", "{} [more](https://evil.example)", "@everyone {}", "<!channel> {}", "{} <@U012AB3CD>",
    "“{}”", "„{}“, sagte er.", "**{}**", "> {}", "{} `code`", "{}\u202e", "{}\u200b \U000e0041", "<https://evil.example|{}>",
    "{} www.evil.example", "{} discord.gg/abcdef", "# {}", "{} :smile:", "{} <t:1700000000:R>", "{} mailto:a@evil.example",
)  # fmt: skip


@dataclass
class Model:
    """Says what a case says, in one of many forms. `naked`: whether the sentence stood there undressed."""

    rng: random.Random
    case: Case | None = None
    calls: int = 0

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.calls += 1
        return ModelReply(self._text(request), "liar", "http://model.example/v1", 9, 9, 0.0, Decimal(0), "stop")

    def _text(self, request: ModelRequest) -> str:
        assert self.case is not None
        rng, said, supports = self.rng, self.case.sentence, list(self.case.supports)
        if request.task == "translate":
            return json.dumps({"translations": [{"number": n, "text": said} for n in supports]}, ensure_ascii=False)
        dressed = rng.choice(_DRESSES).format(said)
        sentences: list[dict[str, Any]] = [{"text": said, "supports": supports}, {"text": dressed, "supports": supports}]
        if rng.random() < 0.3:
            sentences.append({"text": said, "supports": [*supports, 97], "url": f"https://{LINK}/y", "quote": said})
        if rng.random() < 0.2:
            sentences.append({"text": request.system[:300], "supports": supports})
        rng.shuffle(sentences)
        whole = json.dumps({"sentences": sentences, "abstain": False, "reason": "", "link": f"https://{LINK}"}, ensure_ascii=False)
        form = rng.randrange(8)
        if form == 0:
            return f"Sure!\n```json\n{whole}\n```\nSee https://{LINK}"
        if form == 1:
            return whole[: rng.randrange(len(whole))]
        if form == 2:
            return f"{dressed} [{supports[0] if supports else 1}]\n{request.user[:400]}"
        return whole


@dataclass
class Outcome:
    """What was seen."""

    bodies: int = 0
    sentences: int = 0  # of the model that reached a body
    checks: list[str] = field(default_factory=list)  # bodies that the last check would not let out
    wrong: Counter[str] = field(default_factory=Counter)  # wrong sentences shown, by what is wrong
    links: int = 0
    mentions: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def numbers(self) -> int:
        return sum(count for wrong, count in self.wrong.items() if is_number(wrong))

    @property
    def failed(self) -> bool:
        return bool(self.checks or self.numbers or self.links or self.mentions)


async def messages(case: Case, writer: Writer) -> list[tuple[str, Message, int]]:
    """What would be shown of a case: an answer, a card, a brief; with how many sentences of the model in each."""
    language = case.language
    answer = Answer("What happened?", language, AnswerStatus.ANSWERED, "", "", case.quotes, confidence=0.9)
    told = (await write_answer(answer, writer, today=TODAY)).answer
    made = [("answer", answer_message(told, language, {}), len(told.written) + len(told.translations))]
    card = Card(1, "a.txt", "A headline", "Kurier", "", "", language, DocumentDate(), machine_translated=False, quotes=case.quotes)
    card, _ = await write_card(card, writer, language=language, today=TODAY)
    made.append(("card", card_message(card, language, ""), len(card.written)))
    entry = BriefEntry(1, "NEW", "A headline", case.quotes, 1, ("a.txt",), 0)
    brief = Brief(datetime(2026, 5, 9, tzinfo=UTC), None, 0, 9, (entry,), (), 1, 0, ())
    brief = (await write_brief(brief, writer, language=language, today=TODAY)).brief
    look = Look("discord", "w", "c", language)
    posted = brief_messages(brief, look, {}, "ref")
    count = len(brief.entries[0].lines)
    return [*made, *(("brief", one, count) for one in (posted.overview, *posted.stories))]


def judge(case: Case, kind: str, message: Message, outcome: Outcome) -> None:
    """Look at the body of each platform as its reader would."""
    versions: dict[int, StoredVersion] = {
        one.quote.version_id: version_of(one.text, id=one.quote.version_id, language=one.language) for one in case.quotes
    }
    for platform, (render, inspect) in PLATFORMS.items():
        outgoing = render(message)
        outcome.bodies += 1
        inspection = inspect(outgoing.body)
        found = problems(outgoing, inspection, versions, set())
        outcome.checks += [f"{kind} on {platform}: {one}" for one in found]
        blob = json.dumps(outgoing.body, ensure_ascii=False)
        outcome.links += LINK in blob or bool(inspection.live)
        outcome.mentions += any(one in blob for one in _MENTIONS) or bool(inspection.pings)
        if case.wrong not in _FORM_ALONE and _bare(case.sentence) in _bare(blob) and not any(_bare(case.sentence) in _bare(q.text) for q in case.quotes):
            outcome.wrong[case.wrong] += 1
            if is_number(case.wrong):
                quotes = " / ".join(quote.text for quote in case.quotes)
                outcome.examples.append(f"{kind}, {platform}, {case.wrong}: {quotes} -> {case.sentence}")


def _bare(text: str) -> str:
    """Its letters and digits alone, and what makes a number another one."""
    return re.sub(r"\\[nt]|[^\w.,%+-]|(?<!\d)[.,]|[.,](?!\d)", "", text)


async def run(count: int, seed: int) -> Outcome:
    """All of it."""
    rng, outcome = random.Random(seed), Outcome()
    model = Model(random.Random(seed + 1))
    writer = Writer(model, PromptFiles(prompt_folders()))
    for case in adversarial(rng, count):
        model.case = case
        for kind, message, sentences in await messages(case, writer):
            outcome.sentences += sentences
            judge(case, kind, message, outcome)
    return outcome


def main() -> int:
    """Print what was seen; 1 when something was that must not be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.perf_counter()
    seen = asyncio.run(run(options.count, options.seed))
    print(f"{options.count} outputs, each as answer, card and brief: {seen.bodies} bodies in {time.perf_counter() - began:.0f} s")
    print(f"false quotes and whatever else the last check refuses: {len(seen.checks)}")
    print(f"wrong numbers shown: {seen.numbers}; foreign links: {seen.links}; mentions: {seen.mentions}")
    print(f"other wrong sentences shown, by what is wrong: {dict(seen.wrong.most_common())}")
    for line in [*seen.checks[:5], *seen.examples[:5]]:
        print(f"  {line}")
    return 1 if seen.failed else 0


if __name__ == "__main__":
    sys.exit(main())
