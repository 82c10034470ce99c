"""Which sentences carry the news: figures and the title's subject first, notes on the document never."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.briefs.news_value import news_values, pick_sentences
from bot.library.search_terms import terms_of_text
from tests.versions import version_of

FIRST = "Karsow sent 12,000 soldiers to Velmark on Tuesday, minister Jana Brandt said."
SECOND = "The soldiers will stay in the harbour of Velmark until the winter, she added."
MILD = "It was a mild day by the sea, and old men watched the ships go by."


def picked(*paragraphs: str, most: int = 9, title: str = "Soldiers in Velmark", language: str = "en") -> list[str]:
    version = version_of("\n\n".join(paragraphs), title=title, language=language)
    spans = [version.sentences[i] for i in pick_sentences(version, most)]
    return [version.text[s.start : s.end] for s in spans]


@pytest.mark.parametrize(
    "note",
    [
        "Edited by Tove Lund and Peer Holt.",
        "Reporting by Tove Lund in Velmark; editing by Peer Holt.",
        "This article was updated on 3 May 2031 to add a statement.",
        "(This report was first published elsewhere and shortened for the desk in Velmark.)",
        "Redaktion: Tove Lund und Peer Holt.",
    ],
)
def test_credits_and_notes_are_never_picked(note: str) -> None:
    assert picked(FIRST, note, SECOND) == [FIRST, SECOND]
    assert picked(note) == []


def test_questions_and_fragments_are_left_out_where_there_is_better() -> None:
    asked = "Who will pay for the stay of the soldiers in the harbour of Velmark?"
    assert picked(FIRST, asked, "So be it.") == [FIRST]


def test_a_document_of_fragments_still_has_a_sentence() -> None:
    assert picked("Harbour closed.") == ["Harbour closed."]


def test_nothing_is_said_twice() -> None:
    again = "Karsow sent 12,000 soldiers to Velmark on Tuesday, the minister Jana Brandt said again."
    assert picked(FIRST, again, FIRST, SECOND) == [FIRST, SECOND]


def test_what_was_said_elsewhere_already_is_avoided() -> None:
    version = version_of(f"{FIRST}\n\n{SECOND}")
    said = frozenset(terms_of_text(FIRST, "en"))
    assert pick_sentences(version, 3, avoid=[said]) == [1]


def test_a_sentence_with_figures_on_the_subject_beats_the_weather() -> None:
    assert picked(MILD, FIRST)[0] == FIRST


def test_of_equal_sentences_the_one_nearer_the_top_comes_first() -> None:
    one, other = "The mayor of Velmark opened a bridge for the trams.", "The judge of Lindholm closed a prison for the old."
    assert picked(one, other, title="")[0] == one
    assert picked(other, one, title="")[0] == other


def test_a_warning_that_nothing_is_verified_stands_behind_what_it_warns_of() -> None:
    warning = "The claims could not be independently verified by reporters in the harbour of Velmark."
    assert picked(warning, FIRST)[0] == FIRST


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="aÄ. \n12()“?\x00\u202e", max_size=300), st.sampled_from(["de", "en", "und"]))
def test_any_text_is_ranked_and_no_sentence_twice(text: str, language: str) -> None:
    version = version_of(text, language=language, title="a Ä")
    ranked = news_values(version)
    assert len({i for i, _ in ranked}) == len(ranked)
    assert all(0 <= i < len(version.sentences) for i, _ in ranked)
    assert ranked == news_values(version)
