"""Background is told from news: by its date, its tense, its words; what somebody says now is news."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.briefs.background import Past, Sentence, written_on
from bot.domain import DateBasis, DocumentDate
from tests.versions import version_of

DAY = date(2031, 5, 14)  # a Wednesday

BACKGROUND = [
    ("en", "In 2022 the ministry had reported 1,500 people without a home.", Past(None, "2022", distant=True)),
    ("en", "In May 2013, a flood in the Lind valley killed 27 people.", Past(None, "May 2013", distant=True)),
    ("en", "After the flood of 2013, when 27 people died, the state promised a wall.", Past(None, "2013", distant=True)),
    ("en", "The union had agreed with the yard on a truce.", Past()),
    ("en", "Shares of the yard had risen by 14 percent on Friday.", Past(date(2031, 5, 9), "Friday")),
    ("en", "The yard employs 1,800 people.", Past()),
    ("en", "The old record of 36.1 degrees stood for years.", Past()),
    ("en", "At that time some 3,000 boats lay in the harbour.", Past()),
    ("de", "Im Jahr 2022 hatte das Ministerium 1.500 Menschen ohne Wohnung gemeldet.", Past(None, "2022", distant=True)),
    ("de", "Im Februar waren es noch 49 Prozent gewesen.", Past(None, "Februar")),
    ("de", "Gutachter hatten Risse in zwei Pfeilern gefunden.", Past()),
    ("de", "Die Werft beschäftigt 1.800 Menschen.", Past()),
    ("de", "Am 3. Februar 2031 sank dort eine Fähre mit 40 Menschen.", Past(date(2031, 2, 3), "3. Februar 2031")),
]
NEWS = [
    ("en", "The death toll of the flood has risen to nine, police said on Tuesday."),
    ("en", "The ministry acknowledged on Thursday that the dam had been badly maintained."),
    ("en", "Police said that 12,000 soldiers had crossed the river."),
    ("en", "In April 2,800 people lost their work, the office said."),
    ("en", "The company had a loss of 14 million euros."),
    ("en", "She had 12 boats and no crew."),
    ("en", "Drivers will get 5.8 percent more pay from January."),
    ("en", "By Tuesday evening 7,900 people had been taken to schools."),
    ("de", "Bis zum Abend waren 7.900 Menschen in Schulen gebracht worden."),
    ("de", "Rund 4.200 Menschen haben am Montag ihre Häuser verlassen."),
    ("de", "Die Polizei teilte mit, dass der Fahrer getrunken hatte."),
    ("de", "Die Straße war am Morgen frei."),
    ("de", "Im ersten Quartal stieg der Umsatz auf 3 Milliarden Euro."),
]


@pytest.mark.parametrize(("language", "text", "past"), BACKGROUND)
def test_what_is_told_of_earlier_times_is_background_with_its_own_time(language: str, text: str, past: Past) -> None:
    found = Sentence(text, language, DAY).past()
    assert found is not None
    assert (found.day, found.distant) == (past.day, past.distant)
    assert past.when in found.when


@pytest.mark.parametrize(("language", "text"), NEWS)
def test_what_somebody_says_now_or_happened_of_late_is_news(language: str, text: str) -> None:
    assert Sentence(text, language, DAY).past() is None


def test_a_sentence_may_be_news_in_one_clause_and_background_in_another() -> None:
    text = "The poll sees the party at 41 percent, in January 2029 it stood at 49 percent."
    sentence = Sentence(text, "en", DAY)
    assert sentence.past() is None
    assert sentence.past_at(text.index("41"), text.index("41") + 2) is None
    found = sentence.past_at(text.index("49"), text.index("49") + 2)
    assert found is not None
    assert found.distant


def test_the_first_sentence_of_a_document_tells_its_news_whatever_its_date() -> None:
    text = "In 2029 the port of Elm lost 14 ships, a court found."
    assert Sentence(text, "en", DAY).past() is not None
    for lead in (text, "The union had agreed with the yard on a truce."):
        assert Sentence(lead, "en", DAY, lead=True).past() is None


def test_a_document_of_a_doubtful_day_looks_back_from_the_last_one_it_names_and_resolves_nothing_by_it() -> None:
    version = version_of("Ships were seen from 8 to 13 October. The war began in March 2029, and a truce was made on 2 June 2030.")
    assert written_on(version) == (None, False), "what lies after it was stored was not meant"
    assert written_on(version_of("The truce of 2 June 2024 is over."))[0] == date(2024, 6, 2)
    dated = version_of("The truce is over.", day=DAY)
    assert written_on(dated) == (DAY, True)
    doubtful = DocumentDate(DAY, basis=DateBasis.PAGE_SAYS, warning="the text says otherwise")
    assert written_on(replace(dated, facts=replace(dated.facts, published=doubtful))) == (None, False)
    assert Sentence("Ships were seen from 8 to 13 October.", "en", DAY, is_own=False).past() is None


@settings(max_examples=60)
@given(st.text(max_size=400), st.sampled_from(["de", "en", "fr"]))
def test_any_text_is_read(text: str, language: str) -> None:
    sentence = Sentence(text, language, DAY)
    sentence.past()
    sentence.past_at(0, min(3, len(text)))
