"""The decision: enough, or an honest refusal with its reason."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answers.decision import ENOUGH, Decision, decide, sufficiency
from bot.answers.question import analyse_question
from bot.domain import TERMINAL, StoredVersion
from tests.shelf import shelf_of
from tests.versions import version_of

NEWS = (
    version_of(
        "The harbour of Velmark was closed on Tuesday. Karsow sent 12,000 soldiers to Velmark, minister Jana Brandt said. "
        "The weather was mild. Fishermen protested in front of the town hall.",
        id=1,
        title="Soldiers in Velmark",
    ),
    version_of("The bakery in Lindholm sells bread. Its owner, Peer Holt, likes rye.", id=2, title="Bread"),
    version_of("Die Brücke bei Norden ist gesperrt, weil Pfeiler rissen.", id=3, language="de", title="Brücke"),
)


def decided(text: str, *versions: StoredVersion) -> Decision:
    with shelf_of(*(versions or NEWS)) as shelf:
        return decide(shelf.evidence.gather(analyse_question(text, today=date(2031, 5, 14)), TERMINAL))


@pytest.mark.parametrize(
    "text",
    [
        "How many soldiers did Karsow send to Velmark?",
        "Wie viele Soldaten schickte Karsow nach Velmark?",
        "Who sells bread in Lindholm?",
        "When was the harbour of Velmark closed?",
        "Why is the bridge closed?",
        "Warum ist die Brücke gesperrt?",
    ],
)
def test_what_a_sentence_says_is_enough(text: str) -> None:
    decision = decided(text)
    assert decision.enough
    assert decision.reason == ""
    assert decision.answering
    assert 0 < decision.confidence <= 1


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("How many soldiers did Ostmark send to Halvard?", {"Ostmark", "Halvard"}),
        ("Wie viele Soldaten schickte Ostmark nach Halvard?", {"Ostmark", "Halvard"}),
        ("When did the zeppelin land in Velmark?", {"zeppelin"}),
    ],
)
def test_what_no_source_mentions_is_refused_and_named(text: str, missing: set[str]) -> None:
    decision = decided(text)
    assert (decision.enough, decision.reason) == (False, "nothing-about")
    assert missing <= {key.words for key in decision.missing}
    assert decision.answering == ()


def test_a_question_without_content_is_refused_as_such() -> None:
    assert decided("What is that?").reason == "no-question"


def test_an_empty_library_says_nothing_about_anything() -> None:
    with shelf_of() as shelf:
        question = analyse_question("Who closed the harbour?", today=date(2031, 5, 14))
        decision = decide(shelf.evidence.gather(question, TERMINAL))
    assert (decision.reason, decision.confidence) == ("nothing-about", 0.0)
    assert decision.missing


def test_the_right_subject_without_the_kind_asked_for_is_refused() -> None:
    decision = decided("How many soldiers did Karsow send?", version_of("Karsow sent the soldiers by ship."))
    assert (decision.enough, decision.reason) == (False, "kind-missing")


def test_other_peoples_deeds_answer_nothing() -> None:
    """The role and the deed stand there, of another person in another place."""
    decision = decided("When did Tove Lund open the dam of Halvard?",
                       version_of("Jana Brandt opened the dam of Velmark on Tuesday."))  # fmt: skip
    assert not decision.enough
    assert {"Tove", "Halvard"} & {key.words for key in decision.missing}


def test_the_better_covered_question_is_the_surer_one() -> None:
    question = "How many soldiers did Karsow send to Velmark?"
    whole = version_of("Karsow sent 12,000 soldiers to Velmark.", id=1)
    half = version_of("Karsow sent 12,000 letters to Ostmark.", id=2)
    with shelf_of(whole, half) as shelf:
        evidence = shelf.evidence.gather(analyse_question(question, today=date(2031, 5, 14)), TERMINAL)
    sure = {c.version.facts.id: sufficiency(c, evidence) for c in evidence.candidates}
    assert sure[1] >= ENOUGH
    assert sure[1] > sure[2]
    assert all(0 <= value <= 1 for value in sure.values())


@pytest.mark.parametrize(
    ("asked", "denied", "so"),
    [
        ("Which harbour did the ferries not reach?", "The ferries did not reach the harbour of Velmark.",
         "The ferries did reach the harbour of Velmark."),
        ("Welchen Hafen erreichten die Fähren nicht?", "Die Fähren erreichten den Hafen von Velmark nicht.",
         "Die Fähren erreichten den Hafen von Velmark."),
        ("Which harbour didn't the ferries reach?", "The ferries failed to reach the harbour of Velmark.",
         "The ferries managed to reach the harbour of Velmark."),
    ],
)  # fmt: skip
def test_what_is_so_answers_no_question_about_what_is_not(asked: str, denied: str, so: str) -> None:
    language = "de" if "Fähren" in asked else "en"
    assert decided(asked, version_of(denied, language=language)).enough
    assert not decided(asked, version_of(so, language=language)).enough


@pytest.mark.parametrize("asked", ["Didn't the ferries reach the harbour?", "Which harbour did not only ferries reach?"])
def test_not_every_not_asks_for_what_is_not(asked: str) -> None:
    assert not analyse_question(asked, today=date(2031, 5, 14)).denies


def test_what_another_year_brought_makes_less_sure() -> None:
    sources = version_of("In 2029 Karsow sent 40 soldiers to Velmark."), version_of("Bread is sold in Lindholm.", id=2)
    asked = "How many soldiers did Karsow send to Velmark in {}?"
    assert decided(asked.format(2029), *sources).confidence > 1.5 * decided(asked.format(2028), *sources).confidence
