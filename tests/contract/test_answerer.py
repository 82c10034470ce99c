"""The answerer keeps workspaces apart, answers with quotes that prove, and says which period has nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import pytest

from bot.domain import TERMINAL, Answer, AnswerStatus, Scope, StoredVersion
from bot.quotes.proving import prove
from tests.shelf import Shelf, shelf_of
from tests.versions import version_of

WEDNESDAY = date(2031, 5, 14)
RED, BLUE = Scope("red"), Scope("blue", "desk")
PLACES = ("Velmark", "Karsow", "Lindholm", "Ostmark", "Halvard", "Norden", "Treva", "Belmar")


def secrets(audience: str, first: int, soldiers: int, verb: str) -> list[StoredVersion]:
    """The same news for every place, with figures and a plan that only one workspace knows."""
    versions = []
    for i, place in enumerate(PLACES):
        english = (
            f"The army of {place} has {soldiers + i} soldiers in the harbour. The mayor of {place} {verb} the sale of the "
            f"ferry on Monday. The bridge of {place} was closed because of {audience[2:].replace('/', ' ')} works."
        )
        german = f"Die Armee von {place} hat {soldiers + i} Soldaten im Hafen. Die Brücke von {place} ist gesperrt."
        versions.append(version_of(english, id=first + 2 * i, audience=audience, title=f"News of {place}"))
        versions.append(version_of(german, id=first + 2 * i + 1, audience=audience, language="de"))
    return versions


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    with shelf_of(
        *secrets("w:red", 1, 4100, "approved"),
        *secrets("w:blue/c:desk", 101, 9100, "rejected"),
        version_of("The bakery of Velmark sells bread.", id=300, audience="*"),
    ) as shelf:
        yield shelf


def questions() -> list[str]:
    asked = []
    for place in PLACES:
        asked += [
            f"How many soldiers does the army of {place} have?",
            f"Wie viele Soldaten hat die Armee von {place}?",
            f"Did the mayor of {place} reject the sale of the ferry?",
            f"Hat der Bürgermeister von {place} den Verkauf der Fähre genehmigt?",
            f"Why was the bridge of {place} closed?",
            f"Who stole the crown of {place}?",
        ]
    random.Random(7).shuffle(asked)
    return [*asked, "9104 soldiers?", "4103 Soldaten?", "blue desk works?", "red works?"]


def all_documents(answer: Answer) -> set[int]:
    shown = [*answer.quotes, *answer.nearest, *(q for c in answer.conflicts for s in c.sides for q in s.quotes)]
    return {quote.quote.document_id for quote in shown}


@pytest.mark.parametrize(
    ("scope", "own"),
    [(RED, range(1, 100)), (BLUE, range(101, 200)), (Scope("blue"), range(0)), (TERMINAL, range(0))],
    ids=str,
)
def test_no_answer_shows_what_another_workspace_or_channel_knows(shelf: Shelf, scope: Scope, own: range) -> None:
    answers = [shelf.answerer.answer(text, scope, today=WEDNESDAY) for text in questions()]
    seen = set().union(*map(all_documents, answers))
    assert seen <= {*own, 300}
    if own:
        assert seen & set(own)
        assert sum(answer.status is AnswerStatus.ANSWERED for answer in answers) > len(answers) // 2


def test_opposite_secrets_are_no_conflict_for_whoever_knows_one(shelf: Shelf) -> None:
    asked = "How many soldiers does the army of Velmark have?"
    for scope, known in ((RED, "4100"), (BLUE, "9100")):
        answer = shelf.answerer.answer(asked, scope, today=WEDNESDAY)
        assert answer.conflicts == ()
        assert known in answer.quotes[0].text
    told_to_all = [version_of(f"The army of Velmark has {n} soldiers.", id=n) for n in (4100, 9100)]
    with shelf_of(*told_to_all) as open_shelf:
        assert open_shelf.answerer.answer(asked, RED, today=WEDNESDAY).conflicts


def test_every_quote_that_is_shown_is_proved_by_the_library(shelf: Shelf) -> None:
    for text in questions():
        answer = shelf.answerer.answer(text, RED, today=WEDNESDAY)
        for shown in (*answer.quotes, *answer.nearest):
            version = shelf.versions(RED, [shown.quote.version_id])[shown.quote.version_id]
            assert prove(shown.quote, version).ok
            assert shown.text == version.text[shown.quote.start : shown.quote.end]


def test_an_answer_has_quotes_and_a_refusal_has_a_reason_and_none(shelf: Shelf) -> None:
    for text in questions():
        answer = shelf.answerer.answer(text, RED, today=WEDNESDAY)
        if answer.status is AnswerStatus.ANSWERED:
            assert answer.quotes
            assert (answer.reason, answer.explanation) == ("", "")
        else:
            assert not answer.quotes
            assert answer.reason
            assert answer.explanation


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("What happened in the harbour of Velmark since Monday?", "since Monday"),
        ("Was ist seit Montag im Hafen von Velmark passiert?", "seit Montag"),
        ("Did Velmark close its harbour yesterday?", "yesterday"),
    ],
)
def test_a_period_with_only_older_documents_is_said_to_be_the_reason(text: str, period: str) -> None:
    with shelf_of(version_of("Velmark closed its harbour.", day=date(2031, 5, 1))) as old:
        answer = old.answerer.answer(text, TERMINAL, today=WEDNESDAY)
    assert (answer.status, answer.reason) == (AnswerStatus.NOT_IN_SOURCES, "before-period")
    assert period in answer.explanation


def test_a_period_is_no_excuse_for_what_no_document_says() -> None:
    with shelf_of(version_of("Velmark closed its harbour.", day=date(2031, 5, 1))) as old:
        answer = old.answerer.answer("Who stole the crown of Belmar since Monday?", TERMINAL, today=WEDNESDAY)
    assert answer.reason == "nothing-about"


def test_copies_of_one_report_speak_once_and_are_counted() -> None:
    text = "Karsow sent 12,000 soldiers to Velmark."
    versions = [version_of(text, id=i) for i in (1, 2, 3)]
    with shelf_of(*versions, copies={2: 1, 3: 1}) as copied:
        answer = copied.answerer.answer("How many soldiers did Karsow send to Velmark?", TERMINAL, today=WEDNESDAY)
    (quote,) = answer.quotes
    assert quote.copies == 3


def test_an_original_speaks_before_its_machine_translation() -> None:
    original = version_of("Karsow sent 12,000 soldiers to Velmark.", id=1)
    translated = version_of("Karsow schickte 12.000 Soldaten nach Velmark.", id=2, language="de", translated=True)
    with shelf_of(original, translated, copies={2: 1}) as both:
        answer = both.answerer.answer("Wie viele Soldaten schickte Karsow nach Velmark?", TERMINAL, today=WEDNESDAY)
    assert [quote.quote.document_id for quote in answer.quotes] == [1]


@pytest.mark.parametrize("text", ["", "?", "\x00\x1b[2J", "\ud800\udfff", "a" * 1_000_000, "wer " * 250_000, "'); DROP"])
def test_any_text_is_answered_or_refused(shelf: Shelf, text: str) -> None:
    answer = shelf.answerer.answer(text, RED, today=WEDNESDAY)
    assert answer.status is AnswerStatus.NOT_IN_SOURCES
    assert answer.explanation


def test_a_question_about_nothing_but_a_period_gets_its_news_newest_first() -> None:
    versions = [
        version_of("The dam of Treva broke on Monday. Nobody was hurt.", id=1, day=date(2031, 5, 12)),
        version_of("The mill of Karsow burned on Tuesday. It was empty.", id=2, day=date(2031, 5, 13)),
        version_of("The fair of Belmar opened. It was April.", id=3, day=date(2031, 4, 2)),
        version_of("A secret meeting was held on Tuesday.", id=4, day=date(2031, 5, 13), audience="w:red"),
    ]
    with shelf_of(*versions) as shelf:
        answer = shelf.answerer.answer("What happened since Monday?", TERMINAL, today=WEDNESDAY)
        assert [quote.text for quote in answer.quotes] == [
            "The mill of Karsow burned on Tuesday.",
            "The dam of Treva broke on Monday.",
        ]
        german = shelf.answerer.answer("Was ist gestern passiert?", TERMINAL, today=date(2032, 1, 1))
        assert german.status is AnswerStatus.NOT_IN_SOURCES
        assert german.reason == "nothing-in-period"
        assert "gestern" in german.explanation


def test_a_model_is_shown_the_story_that_answers_and_not_what_merely_counts_people_too() -> None:
    versions = (
        version_of("A storm flooded Altenried. As many as 1,200 people were evacuated on Monday. Nobody was hurt.", id=1),
        version_of("Up to 1,400 people were evacuated from Altenried, the police said.", id=2),
        version_of("The ferry carries 9,000 people a day. Its crew has been on strike since Monday.", id=3),
        version_of("The library in Lund counts 300 people a day.", id=4),
    )
    with shelf_of(*versions) as shelf:
        question = "How many people were evacuated from Altenried?"
        answer, more, _ = shelf.answerer.answer_with_more(question, TERMINAL, today=WEDNESDAY)
    assert {one.quote.document_id for one in answer.quotes} == {1, 2}
    assert {one.text for one in more} == {"A storm flooded Altenried.", "Nobody was hurt."}
