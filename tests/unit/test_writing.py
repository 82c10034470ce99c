"""Whatever a model does, an answer is its quotes, and what stands above them is borne out by them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bot.answers.written import write_answer
from bot.briefs.brief import AlsoNew, Brief, BriefEntry, frozen_brief, thawed_brief
from bot.briefs.card import make_card
from bot.briefs.written import write_brief, write_card
from bot.chat.brief_messages import Look, brief_messages, story_message
from bot.chat.composing import answer_message, card_message
from bot.chat.discord import rendering as discord_rendering
from bot.chat.messages import Paragraph, QuoteBlock
from bot.chat.slack import rendering as slack_rendering
from bot.chat.terminal.rendering import Renderer
from bot.domain import Answer, AnswerStatus, Sentence, ShownQuote, WrittenLine
from bot.errors import LibraryError
from bot.grounding.numbered import number_sentences
from bot.grounding.rewriting import wrong_rewriting
from bot.grounding.translation import wrong_translation
from bot.language_model.port import ModelFailed, ModelOutcome, ModelReply, ModelRequest, Payer
from bot.language_model.prompt_files import PromptFiles, prompt_folders
from bot.quotes.showing import show_sentence
from bot.writing import KeptWriter, Translations, Writer, by_report, make_ready
from tests.fuzz import model_payloads
from tests.versions import version_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.chat.messages import Message
    from bot.chat.outgoing import Outgoing

TODAY = date(2024, 5, 9)


def quote(text: str, language: str = "en", *, key: int = 1) -> ShownQuote:
    version = version_of(text, id=key, language=language, day=date(2024, 5, 8), outlet="Kurier")
    shown = show_sentence(replace(version, sentences=(Sentence(0, len(text), 0),)), 0)
    assert shown is not None
    return shown


DAM = quote("A dam broke near Altenried on Monday.")
TOLL = quote("Twelve people were killed and 30 injured.", key=2)
HOMES = quote("Mehr als 1.200 Menschen mussten ihre Häuser verlassen.", "de", key=3)


def answer_of(*quotes: ShownQuote, language: str = "en") -> Answer:
    return Answer("What happened in Altenried?", language, AnswerStatus.ANSWERED, "", "", quotes, confidence=0.9)


class Model:
    """Answers with replies in turn: a text, an outcome to fail with, or a function of the request."""

    def __init__(self, *replies: str | ModelOutcome | Callable[[ModelRequest], str]) -> None:
        self.replies = list(replies)
        self.requests: list[ModelRequest] = []

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.requests.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, ModelOutcome):
            raise ModelFailed(reply)
        text = reply if isinstance(reply, str) else reply(request)
        return ModelReply(text, "scripted", "http://model.example/v1", 10, 10, 0.1, Decimal(0), "stop")


def writer_of(model: Model) -> Writer:
    return Writer(model, PromptFiles(prompt_folders()))


def said(*sentences: tuple[str, list[int]], **more: Any) -> str:
    return json.dumps({"sentences": [{"text": t, "supports": s} for t, s in sentences], "abstain": False, **more})


async def test_sentences_stand_above_their_quotes_with_marks() -> None:
    model = Model(
        said(
            ("Twelve people were killed.", [2]),
            ("The dam broke near Altenried on 6 May 2024.", [1]),
            ("Over 1,200 people had to leave their homes.", [3]),
        ),
        "",
    )
    made = await write_answer(answer_of(DAM), writer_of(model), today=TODAY, more=[TOLL, HOMES])
    assert [(line.text, line.marks) for line in made.answer.written] == [
        ("Twelve people were killed.", (1,)),
        ("The dam broke near Altenried on 6 May 2024.", (2,)),
        ("Over 1,200 people had to leave their homes.", (3,)),
    ]
    assert made.answer.quotes == (TOLL, DAM, HOMES)
    assert (made.writing.calls, made.writing.reason) == (1, "")


async def test_false_sentences_are_dropped_and_counted() -> None:
    model = Model(said(("Thirteen people were killed.", [2]), ("The dam broke on Monday.", [1]), ("All is well.", [9])))
    made = await write_answer(answer_of(DAM, TOLL), writer_of(model), today=TODAY)
    assert [line.text for line in made.answer.written] == ["The dam broke on Monday."]
    assert made.writing.dropped == {"number": 1, "foreign-number": 1}


@pytest.mark.parametrize("outcome", list(ModelOutcome))
async def test_without_a_model_the_quotes_are_the_answer(outcome: ModelOutcome) -> None:
    answer = answer_of(DAM, TOLL)
    made = await write_answer(answer, writer_of(Model(outcome)), today=TODAY)
    assert replace(made.answer, note="") == answer
    assert made.writing.reason == outcome
    concerns_no_reader = outcome in (ModelOutcome.EMPTY, ModelOutcome.CUT, ModelOutcome.NOT_CONFIGURED)
    assert bool(made.answer.note) is not concerns_no_reader


@pytest.mark.parametrize(
    ("reply", "reason", "calls"),
    [
        (said(("Thirty people were killed.", [2])), "dropped", 1),
        ('{"sentences": [], "abstain": true, "reason": "no"}', "abstained", 1),
        ("lorem ipsum " * 4000, "unreadable", 2),
        ("", "unreadable", 2),
        (said(("Zwölf Menschen wurden getötet und dreißig verletzt.", [2])), "language", 2),
        (lambda request: request.system + request.user, "dropped", 1),
        (lambda request: said((request.system[:300], [1]), (request.user[:200], [1])), "dropped", 1),
    ],
)
async def test_nonsense_costs_the_sentences_and_not_the_answer(reply: Any, reason: str, calls: int) -> None:
    answer, model = answer_of(DAM, TOLL), Model(reply, reply)
    made = await write_answer(answer, writer_of(model), today=TODAY)
    assert made.answer == answer
    assert (made.writing.reason, made.writing.calls) == (reason, calls)


async def test_the_wrong_language_is_asked_for_once_more() -> None:
    model = Model(said(("Twelve people were killed.", [2])), said(("Zwölf Menschen wurden getötet.", [2])), "")
    made = await write_answer(answer_of(DAM, TOLL, language="de"), writer_of(model), today=TODAY)
    assert [line.text for line in made.answer.written] == ["Zwölf Menschen wurden getötet."]
    assert "not in the language" in model.requests[1].user


async def test_quotes_in_another_language_are_translated_below_them_if_the_numbers_stay() -> None:
    below = {"translations": [{"number": 1, "text": "Zwölf Menschen wurden getötet und 30 verletzt."},
                              {"number": 2, "text": "Am Dienstag brach bei Altenried ein Damm."}]}  # fmt: skip
    model = Model(said(("Zwölf Menschen wurden getötet.", [1])), json.dumps(below))
    made = await write_answer(answer_of(TOLL, DAM, HOMES, language="de"), writer_of(model), today=TODAY)
    assert [(one.quote, one.text) for one in made.answer.translations] == [
        (TOLL.quote, "Zwölf Menschen wurden getötet und 30 verletzt.")
    ]
    assert HOMES.text not in model.requests[1].user
    assert (made.calls, made.dropped) == (2, 1)
    shown = answer_message(made.answer, "de", {})
    assert [b.translation for b in shown.blocks if isinstance(b, QuoteBlock)] == [below["translations"][0]["text"], "", ""]


async def test_translations_have_the_time_that_is_left() -> None:
    given: list[float] = []

    class Timed(Writer):
        async def translate(self, numbered: Any, *, time_limit_s: float, **more: Any) -> Translations:
            given.append(time_limit_s)
            return Translations()

    for total_s in (5.0, 0.0, 60.0):
        writer = Timed(Model(said(("Zwölf Menschen wurden getötet.", [1]))), PromptFiles(prompt_folders()))
        await write_answer(answer_of(TOLL, language="de"), writer, today=TODAY, time_limit_s=50, total_s=total_s)
    assert given[0] <= 5.0
    assert given[1:-1] in ([], [0.0])
    assert given[-1] == 15.0


async def test_quotes_that_were_shown_keep_their_numbers() -> None:
    model = Model(said(("More than 1,200 people had to leave their homes.", [3]), ("A dam broke.", [1])), "")
    made = await write_answer(answer_of(DAM, TOLL), writer_of(model), today=TODAY, more=[HOMES], in_order=True)
    assert made.answer.quotes == (DAM, TOLL, HOMES)
    assert [line.marks for line in made.answer.written] == [(3,), (1,)]


def kept_writer(model: Model, **more: Any) -> KeptWriter:
    return KeptWriter(model, PromptFiles(prompt_folders()), **more)


async def test_the_same_stories_are_asked_for_once_however_many_briefs_tell_them() -> None:
    model = Model(said(("Twelve people were killed.", [1])))
    writer = kept_writer(model)
    briefs = [brief_of(entry_of(1, TOLL)) for _ in range(50)]
    made = await asyncio.gather(*(write_brief(one, writer, language="en", today=TODAY) for one in briefs))
    assert {one.brief.entries[0].lines[0].text for one in made} == {"Twelve people were killed."}
    assert sum(writing.calls for one in made for writing in one.writings) == len(model.requests) == 1
    at_its_slot = await write_brief(briefs[0], writer, language="en", today=TODAY, time_limit_s=0)
    assert at_its_slot.brief == made[0].brief


async def test_what_has_no_time_left_asks_no_model_and_is_its_quotes() -> None:
    model = Model()
    brief = brief_of(entry_of(1, TOLL))
    made = await write_brief(brief, kept_writer(model), language="en", today=TODAY, time_limit_s=0)
    assert made.brief == replace(brief, extract_only=True)
    assert model.requests == []


async def test_other_quotes_languages_and_payers_with_own_models_are_asked_for_anew() -> None:
    model = Model(*[said(("Twelve people were killed.", [1]))] * 5)
    writer = kept_writer(model, whose=lambda payer: payer.workspace)
    rows = number_sentences([TOLL])
    for payer in (Payer("a"), Payer("a", "c"), Payer("b")):
        await writer.write("card", rows, language="en", time_limit_s=60, payer=payer)
    assert len(model.requests) == 2
    await writer.write("brief", rows, language="en", time_limit_s=60, payer=Payer("a"))
    await writer.write("card", number_sentences([TOLL], ["Near Altenried."]), language="en", time_limit_s=60, payer=Payer("a"))
    assert len(model.requests) == 4


async def test_a_failure_is_not_remembered() -> None:
    model = Model(ModelOutcome.DOWN, said(("Twelve people were killed.", [1])))
    writer, rows = kept_writer(model), number_sentences([TOLL])
    first = await writer.write("card", rows, language="en", time_limit_s=60)
    second = await writer.write("card", rows, language="en", time_limit_s=60)
    assert (first.reason, [one.text for one in second.sentences]) == ("down", ["Twelve people were killed."])


@pytest.mark.parametrize(
    "reply", ["lorem ipsum", said(("Zwölf Menschen wurden getötet.", [1])), said(("Thirty people were killed.", [1]))]
)
async def test_what_came_to_nothing_is_asked_for_again_after_a_quarter_of_an_hour(reply: str) -> None:
    model, now = Model(reply, reply, said(("Twelve people were killed.", [1]))), [0.0]
    writer, rows = kept_writer(model, clock=lambda: now[0]), number_sentences([TOLL])
    first = await writer.write("card", rows, language="en", time_limit_s=60)
    asked = len(model.requests)
    now[0] = 890.0
    second = await writer.write("card", rows, language="en", time_limit_s=60)
    assert (first.sentences, second.sentences, len(model.requests)) == ((), (), asked)
    now[0], model.replies = 910.0, model.replies[-1:]
    third = await writer.write("card", rows, language="en", time_limit_s=60)
    assert [one.text for one in third.sentences] == ["Twelve people were killed."]
    now[0] = 1e9
    assert (await writer.write("card", rows, language="en", time_limit_s=60)).sentences == third.sentences


class Shelf:
    """`WritingStore` that may fail."""

    def __init__(self) -> None:
        self.written: dict[str, str] = {}
        self.broken, self.asked = False, 0

    async def writings(self, keys: Any) -> dict[str, str]:
        self.asked += 1
        if self.broken:
            raise LibraryError("disk", "gone")
        return {key: self.written[key] for key in keys if key in self.written}

    async def keep_writings(self, written: Any, *, now: datetime) -> None:
        if self.broken:
            raise LibraryError("disk", "gone")
        self.written = {**written, **self.written}

    async def forget_writings(self, *, before: datetime) -> int:
        raise AssertionError


async def test_another_process_finds_what_was_written_and_holds_it_to_the_gate() -> None:
    shelf, rows = Shelf(), number_sentences([TOLL, DAM])
    model = Model(said(("Twelve people were killed.", [1]), ("Twelve people were killed on Monday.", [1, 2])))
    first = await kept_writer(model, store=shelf).write("card", rows, language="en", time_limit_s=60)
    idle = Model()
    again = await kept_writer(idle, store=shelf).write("card", rows, language="en", time_limit_s=60)
    assert again == replace(first, calls=0)
    at_its_slot = await kept_writer(idle, store=shelf).write("card", rows, language="en", time_limit_s=0)
    assert at_its_slot == again
    shelf.written = {key: text.replace("Twelve", "Thirteen") for key, text in shelf.written.items()}
    model = Model(said(("A dam broke.", [2])))
    anew = await kept_writer(model, store=shelf).write("card", rows, language="en", time_limit_s=60)
    assert [one.text for one in anew.sentences] == ["A dam broke."]


async def test_the_store_is_asked_once_a_minute_for_what_it_does_not_have() -> None:
    shelf, rows, now = Shelf(), number_sentences([TOLL]), [1000.0]
    writer = kept_writer(Model(said(("Twelve people were killed.", [1]))), store=shelf, clock=lambda: now[0])
    for _ in range(5):
        assert (await writer.write("card", rows, language="en", time_limit_s=0)).reason == "slow"
    assert shelf.asked == 1
    now[0] += 61.0
    await writer.write("card", rows, language="en", time_limit_s=0)
    assert shelf.asked == 2
    assert (await writer.write("card", rows, language="en", time_limit_s=60)).sentences
    assert (await writer.write("card", rows, language="en", time_limit_s=0)).sentences


async def test_a_store_that_fails_costs_a_call_and_nothing_else() -> None:
    shelf, rows = Shelf(), number_sentences([TOLL])
    shelf.broken = True
    model = Model(said(("Twelve people were killed.", [1])), BELOW)
    writer = kept_writer(model, store=shelf)
    assert (await writer.write("card", rows, language="en", time_limit_s=60)).sentences
    assert (await writer.translate(rows, language="de", time_limit_s=60)).texts


BELOW = json.dumps({"translations": [{"number": 1, "text": "Zwölf Menschen wurden getötet und 30 verletzt."}]})


async def test_a_quote_is_translated_once_wherever_it_stands() -> None:
    shelf, model = Shelf(), Model(BELOW, BELOW)
    writer = kept_writer(model, store=shelf)
    first = await writer.translate(number_sentences([TOLL]), language="de", time_limit_s=60)
    later = await writer.translate(number_sentences([HOMES, TOLL]), language="de", time_limit_s=0)
    other = await kept_writer(Model(), store=shelf).translate(number_sentences([TOLL]), language="de", time_limit_s=60)
    text = "Zwölf Menschen wurden getötet und 30 verletzt."
    assert (first.texts, later.texts, other.texts) == ({1: text}, {2: text}, {1: text})
    assert (first.calls, later.calls, other.calls, len(model.requests)) == (1, 0, 0, 1)
    assert (await writer.translate(number_sentences([HOMES]), language="de", time_limit_s=60)).reason == "nothing-to-show"


async def test_a_translation_that_was_refused_is_asked_for_again_later() -> None:
    now = [0.0]
    model = Model(BELOW.replace("30", "31"), BELOW)
    writer, rows = kept_writer(model, clock=lambda: now[0]), number_sentences([TOLL])
    assert (await writer.translate(rows, language="de", time_limit_s=60)).reason == "dropped"
    assert (await writer.translate(rows, language="de", time_limit_s=60)).reason == "dropped"
    assert len(model.requests) == 1
    now[0] = 901.0
    assert (await writer.translate(rows, language="de", time_limit_s=60)).texts


async def test_who_waits_no_longer_leaves_the_answer_to_those_who_come_later() -> None:
    release = asyncio.Event()

    class Slow(Model):
        async def complete(self, request: ModelRequest) -> ModelReply:
            await release.wait()
            return await super().complete(request)

    model = Slow(said(("Twelve people were killed.", [1])))
    writer, rows = kept_writer(model), number_sentences([TOLL])
    waits = await writer.write("card", rows, language="en", time_limit_s=0.01)
    assert (waits.reason, waits.sentences) == ("slow", ())
    release.set()
    later = await writer.write("card", rows, language="en", time_limit_s=60)
    assert [one.text for one in later.sentences] == ["Twelve people were killed."]
    assert len(model.requests) == 1
    await writer.close()


@pytest.mark.parametrize("kept", [False, True])
async def test_a_model_that_never_ends_ends_with_its_time(monkeypatch: pytest.MonkeyPatch, kept: bool) -> None:
    monkeypatch.setattr("bot.writing.MOMENT_S", 0.0)

    class Never(Model):
        async def complete(self, request: ModelRequest) -> ModelReply:
            await asyncio.Event().wait()
            raise AssertionError

    writer = kept_writer(Never()) if kept else writer_of(Never())
    rows = number_sentences([TOLL])
    made = await writer.write("card", rows, language="en", time_limit_s=0.01)
    below = await writer.translate(rows, language="de", time_limit_s=0.01)
    alone = await writer.rewrite("And in Odessa?", ["Who was in Kyiv?"], language="en", time_limit_s=0.01)
    assert (made.reason, below.reason, alone.reason) == ("slow", "slow", "slow")
    if isinstance(writer, KeptWriter):
        await writer.close()


def test_what_judges_a_reply_can_be_loaded_beforehand() -> None:
    make_ready()


async def test_a_card_has_its_sentences_above_its_quotes() -> None:
    card = make_card(version_of(f"{DAM.text} {TOLL.text}", id=9, day=date(2024, 5, 8)))
    model = Model(said(("Twelve people were killed.", [1]), ("Nobody was hurt.", [1])))
    written, writing = await write_card(card, writer_of(model), language="en", today=TODAY)
    assert [line.text for line in written.written] == ["Twelve people were killed."]
    assert writing.dropped
    blocks = card_message(written, "en", "").blocks
    marks = [block.marks for block in blocks if isinstance(block, Paragraph) and block.marks]
    assert marks == [(1,)]
    assert [block.mark for block in blocks if isinstance(block, QuoteBlock)] == [1]


async def test_a_card_for_readers_of_another_language_is_worded_in_theirs_with_translations_below_its_quotes() -> None:
    card = make_card(version_of(TOLL.text, id=9, day=date(2024, 5, 8)))
    model = Model(said(("Zwölf Menschen wurden getötet.", [1])), BELOW)
    written, writing = await write_card(card, writer_of(model), language="de", today=TODAY)
    assert [line.text for line in written.written] == ["Zwölf Menschen wurden getötet."]
    blocks = [block for block in card_message(written, "de", "").blocks if isinstance(block, QuoteBlock)]
    assert [(one.shown.text, one.translation) for one in blocks] == [
        (TOLL.text, "Zwölf Menschen wurden getötet und 30 verletzt.")
    ]
    assert (writing.calls, writing.dropped) == (2, {})
    for render in (discord_rendering.render, slack_rendering.render):
        assert "Übersetzung: Zwölf" in str(render(card_message(written, "de", "")).body)
    model = Model(said(("Zwölf Menschen wurden getötet.", [1])), BELOW.replace("30", "31"))
    written, writing = await write_card(card, writer_of(model), language="de", today=TODAY)
    assert (written.translations, writing.dropped) == ((), {"number": 1})


@pytest.mark.parametrize(
    ("question", "rewritten", "wrong"),
    [
        ("And in Odessa?", "How many people were killed in Odessa?", ""),
        ("And in Odessa?", "How many people were murdered in Odessa?", "foreign-word"),
        ("And in Odessa?", "How many people were killed in Kyiv?", "lost-word"),
        ("And in Odessa?", "How many people were not killed in Odessa?", "negation"),
        ("And in Odessa?", "How many of 40 people were killed in Odessa?", "foreign-word"),
        ("And in Odessa?", "Odessa http://evil.example people", "link"),
        ("And in Odessa?", "killed " * 100, "length"),
    ],
)
def test_a_rewritten_question_adds_words_of_its_thread_alone(question: str, rewritten: str, wrong: str) -> None:
    assert wrong_rewriting(question, ["How many people were killed in Kyiv?"], rewritten, "en") == wrong


async def test_a_refusal_asks_no_model() -> None:
    refusal = replace(answer_of(), status=AnswerStatus.NOT_IN_SOURCES)
    made = await write_answer(refusal, writer_of(Model()), today=TODAY)
    assert made.answer == refusal


async def test_no_sentence_rests_on_a_quote_that_is_not_shown() -> None:
    quotes = [quote(f"Train {n} was late by {n} minutes.", key=n) for n in range(2, 9)]
    model = Model(said(*((f"Train {n} was late by {n} minutes.", [n - 1]) for n in range(2, 9))))
    made = await writer_of(model).write(
        "card", number_sentences(quotes), language="en", time_limit_s=60, most_sentences=7
    )
    assert len(made.sentences) == 7
    model.replies = [
        said(("Seven trains were late.", [1]), *((f"Train {n} was late.", [n - 1, n - 2]) for n in (3, 5, 7)))
    ]
    written = await write_answer(answer_of(*quotes), writer_of(model), today=TODAY)
    assert max(mark for line in written.answer.written for mark in line.marks) <= 5
    assert set(written.answer.quotes) == set(quotes)


async def test_translations_are_held_to_their_quotes() -> None:
    model = Model(
        json.dumps(
            {
                "translations": [
                    {"number": 1, "text": "Bei Altenried ist am Montag ein Damm gebrochen."},
                    {"number": 2, "text": "Dreizehn Menschen wurden getötet und 30 verletzt."},
                    {"number": 7, "text": "Es regnete."},
                ]
            }
        )
    )
    made = await writer_of(model).translate(number_sentences([DAM, TOLL, HOMES]), language="de", time_limit_s=60)
    assert made.texts == {1: "Bei Altenried ist am Montag ein Damm gebrochen."}
    assert made.dropped == {"number": 1, "foreign-number": 1}
    assert "1.200" not in model.requests[0].user  # it is in German already


def test_a_prompt_tells_each_report_in_one_piece_and_in_its_order() -> None:
    version = version_of(f"{DAM.text} {TOLL.text}", id=9, day=date(2024, 5, 8))
    first, second = (shown for i in range(2) if (shown := show_sentence(version, i)) is not None)
    rows = by_report(number_sentences([second, HOMES, first], [DAM.text, "Es regnete.", ""]))
    assert [(row.number, row.quote, row.before) for row in rows] == [
        (1, first, ""), (2, second, ""), (3, HOMES, "Es regnete."),
    ]  # fmt: skip
    assert [row.before for row in by_report(number_sentences([second, HOMES], [DAM.text, "Es regnete."]))] == [
        DAM.text, "Es regnete.",
    ]  # fmt: skip


async def test_what_nobody_sees_is_not_sent(caplog: pytest.LogCaptureFixture) -> None:
    hidden = replace(DAM, text="A dam broke near\U000e0041\U000e0042 Altenried on Monday.\u200b")
    model = Model(said(("A dam broke near Altenried.", [1])))
    made = await write_answer(answer_of(hidden), writer_of(model), today=TODAY)
    assert "\U000e0041" not in model.requests[0].user
    assert made.writing.unseen == 3
    [told] = [one for one in caplog.records if "no reader sees" in one.message]
    assert (told.__dict__["characters"], told.__dict__["documents"]) == (3, str(DAM.quote.document_id))


# --- briefs -------------------------------------------------------------------------------------------------------


def brief_of(*entries: BriefEntry) -> Brief:
    return Brief(datetime(2024, 5, 9, tzinfo=UTC), None, 0, 9, entries, (), 2, 0, ())


def entry_of(story: int, *quotes: ShownQuote) -> BriefEntry:
    return BriefEntry(story, "NEW", "A headline", quotes, 1, ("a.txt",), 0)


async def test_stories_of_a_brief_have_lines_that_name_their_quotes() -> None:
    reply = said(("Twelve people were killed.", [2]), ("All is well.", [1]))
    made = await write_brief(brief_of(entry_of(1, DAM, TOLL)), writer_of(Model(reply)), language="en", today=TODAY)
    entry = made.brief.entries[0]
    assert [(line.text, line.quotes) for line in entry.lines] == [("Twelve people were killed.", (TOLL,))]
    assert thawed_brief(frozen_brief(made.brief)) == made.brief
    shown = story_message(made.brief, 1, Look("discord", "w", "c"), {}, "ref")
    lines = [block for block in shown.blocks if isinstance(block, Paragraph) and block.marks]
    assert [(line.text, line.marks) for line in lines] == [("Twelve people were killed.", (1,))]


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Twelve killed after dam breaks near Altenried.", "Twelve killed after dam breaks near Altenried"),
        ("Thirteen killed after dam breaks near Altenried", "A headline"),
        ("Dam breaks near Lindholm", "A headline"),
        ("", "A headline"),
    ],
)
async def test_several_reports_get_one_headline_which_their_quotes_bear_out(title: str, headline: str) -> None:
    title_of = json.dumps({"text": title, "supports": [1, 2]})
    model = Model(said(("Twelve people were killed.", [2])), *[title_of] * 2)
    entry = replace(entry_of(1, DAM, TOLL), reports=2)
    made = await write_brief(brief_of(entry), writer_of(model), language="en", today=TODAY)
    assert made.brief.entries[0].headline == headline
    assert model.requests[1].task == "story_title"
    model = Model(said(("Twelve people were killed.", [2])))
    made = await write_brief(brief_of(entry_of(1, DAM, TOLL)), writer_of(model), language="en", today=TODAY)
    assert (made.brief.entries[0].headline, len(model.requests)) == ("A headline", 1)


async def test_a_brief_goes_out_without_a_model_and_says_so() -> None:
    brief = brief_of(entry_of(1, DAM), entry_of(2, TOLL))
    made = await write_brief(brief, writer_of(Model(*[ModelOutcome.SLOW] * 2)), language="en", today=TODAY)
    assert made.brief == replace(brief, extract_only=True)
    assert [writing.reason for writing in made.writings] == ["slow", "slow"]


def test_an_answer_shows_its_lines_above_its_quotes() -> None:
    answer = replace(answer_of(TOLL, DAM), written=(WrittenLine("Twelve people were killed.", (1,)),))
    shown = answer_message(answer, "en", {})
    assert isinstance(shown.blocks[0], Paragraph)
    assert (shown.blocks[0].text, shown.blocks[0].marks) == ("Twelve people were killed.", (1,))
    assert shown.summary == "Twelve people were killed."


@pytest.mark.parametrize("render", [discord_rendering.render, slack_rendering.render])
def test_further_headlines_of_a_brief_lead_to_their_documents(render: Callable[[Message], Outgoing]) -> None:
    also = AlsoNew(7, "Snow fell in Lund", (7,), ("b.txt",), version_id=7)
    brief = replace(brief_of(entry_of(1, DAM)), also_new=(also,))
    made = brief_messages(brief, Look("slack", "w", "c"), {7: "https://news.example/7"}, "ref")
    outgoing = render(made.overview)
    assert "https://news.example/7" in outgoing.links
    assert "https://news.example/7" in str(outgoing.body)


async def test_no_output_of_a_lying_model_puts_a_number_a_link_or_a_mention_into_a_body() -> None:
    seen = await model_payloads.run(30, seed=5)
    assert not seen.failed, [*seen.checks, *seen.examples]
    assert seen.bodies == 30 * 8
    assert seen.sentences  # what was true in it came through


@pytest.mark.parametrize(
    ("original", "translated", "rule"),
    [
        ("Lars Brandt is alleged to have stolen 30 paintings.", "Lars Brandt hat 30 Gemälde gestohlen.", "hedge"),
        ("The dam broke.", "Der Damm brach. „Das war klar“, hieß es.", "quoted-text"),
        ("Anna Kolb beat Lars Brandt in Oslo.", "Lars Brandt besiegte Anna Kolb in Oslo.", "attribution"),
    ],
)
def test_a_translation_says_nothing_else(original: str, translated: str, rule: str) -> None:
    refused = wrong_translation(original, translated, source="en", target="de")
    assert refused is not None
    assert refused[0] == rule


@pytest.mark.parametrize("text", ["The company suspended its work.", "The bridge will be closed until Friday."])
async def test_a_statement_that_is_denied_as_a_whole_is_dropped(text: str) -> None:
    model = Model(said((f"It is not true that {text}", [1]), (text, [1])))
    made = await write_answer(answer_of(quote(text)), writer_of(model), today=TODAY)
    assert [line.text for line in made.answer.written] == [text]


async def test_a_mistake_around_the_model_costs_no_answer_and_no_brief() -> None:
    def broken(request: ModelRequest) -> str:
        raise KeyError("ours")

    made = await write_answer(answer_of(DAM), writer_of(Model(broken, broken)), today=TODAY)
    assert (made.answer, made.writing.reason) == (answer_of(DAM), "broken")
    told = await write_brief(brief_of(entry_of(1, DAM)), kept_writer(Model(broken)), language="en", today=TODAY)
    assert told.brief.entries == (entry_of(1, DAM),)


async def test_in_a_terminal_sentences_follow_the_quotes_with_what_else_they_need() -> None:
    model = Model(said(("More than 1,200 people had to leave their homes.", [2])), "")
    plain = answer_of(DAM)
    made = await write_answer(plain, writer_of(model), today=TODAY, more=[HOMES], in_order=True)
    told = Renderer().written(made.answer, "en", after=len(plain.quotes))
    assert told.index("had to leave their homes. [2]") < told.index(f"{HOMES.text}“ [2]")
    assert DAM.text not in told
    assert Renderer().written(plain, "en", after=1) == ""
    down = await write_answer(plain, writer_of(Model(ModelOutcome.DOWN)), today=TODAY)
    assert Renderer().written(down.answer, "en", after=1).startswith("The language model cannot be reached")
