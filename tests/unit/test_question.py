"""Questions are taken apart: the kind of answer wanted, the keys to look for, the period that restricts them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.question import LONGEST_QUESTION, MOST_KEYS, Key, Question, analyse_question
from bot.answers.question_words import Wanted
from bot.library.search_terms import terms_of_text

WEDNESDAY = date(2031, 5, 14)


def asked(text: str, language: str = "") -> Question:
    return analyse_question(text, today=WEDNESDAY, language=language)


def key_of(question: Question, words: str) -> Key:
    return next(key for key in question.keys if key.words == words)


def words_of(question: Question) -> list[str]:
    return [key.words for key in question.keys]


def says(question: Question, words: str, text: str, language: str) -> float:
    """How well a text in a language says that key."""
    return key_of(question, words).match(frozenset(terms_of_text(text, language)))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("How many soldiers were sent to Velmark?", Wanted.HOW_MANY),
        ("What was the death toll of the flood?", Wanted.HOW_MANY),
        ("How much does the bridge cost?", Wanted.HOW_MUCH),
        ("What percentage of voters stayed at home?", Wanted.HOW_MUCH),
        ("When did the ferry sink?", Wanted.WHEN),
        ("In which year was the dam built?", Wanted.WHEN),
        ("Who signed the treaty?", Wanted.WHO),
        ("With whom did the minister speak?", Wanted.WHO),
        ("Where is the dam?", Wanted.WHERE),
        ("In which city did the fire start?", Wanted.WHERE),
        ("Why was the bridge closed?", Wanted.WHY),
        ("How did the thieves get in?", Wanted.HOW),
        ("Which regions are affected?", Wanted.WHICH),
        ("Did the minister resign?", Wanted.YES_NO),
        ("What is a drone?", Wanted.DEFINITION),
        ("What did the minister promise?", Wanted.WHAT),
        ("Wie viele Soldaten wurden nach Velmark geschickt?", Wanted.HOW_MANY),
        ("Mit wie vielen Schiffen kamen die Händler?", Wanted.HOW_MANY),
        ("Wie viel Soldaten stehen dort?", Wanted.HOW_MANY),
        ("Wie viel kostet die Brücke?", Wanted.HOW_MUCH),
        ("Wie viel Geld fehlt der Stadt?", Wanted.HOW_MUCH),
        ("Wie hoch ist der Anteil der Frauen?", Wanted.HOW_MUCH),
        ("Wann sank die Fähre?", Wanted.WHEN),
        ("In welchem Jahr wurde der Damm gebaut?", Wanted.WHEN),
        ("Wer unterschrieb den Vertrag?", Wanted.WHO),
        ("Von wem wurde die Bank gegründet?", Wanted.WHO),
        ("Wo liegt der Damm?", Wanted.WHERE),
        ("In welcher Stadt brannte es?", Wanted.WHERE),
        ("Warum wurde die Brücke gesperrt?", Wanted.WHY),
        ("Wie kamen die Diebe hinein?", Wanted.HOW),
        ("Welche vier Regionen sind betroffen?", Wanted.WHICH),
        ("Ist der Minister zurückgetreten?", Wanted.YES_NO),
        ("Schickte Karsow Soldaten?", Wanted.YES_NO),
        ("Was ist eine Drohne?", Wanted.DEFINITION),
        ("Was versprach der Minister?", Wanted.WHAT),
    ],
)
def test_the_kind_of_answer_follows_from_how_it_is_asked(text: str, wanted: Wanted) -> None:
    assert asked(text).wanted is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("According to Kyiv, how many soldiers died?", Wanted.HOW_MANY),
        ("Laut Kiew: Wie viele Soldaten starben?", Wanted.HOW_MANY),
        ("Laut Kiew wie viele Soldaten starben?", Wanted.HOW_MANY),
        ("Seit Montag: Wie viele Schiffe fehlen?", Wanted.HOW_MANY),
        ("After the storm, who repaired the dam?", Wanted.WHO),
        ("Nach dem Sturm: Wer reparierte den Damm?", Wanted.WHO),
    ],
)
def test_the_asking_word_may_come_after_a_preamble(text: str, wanted: Wanted) -> None:
    assert asked(text).wanted is wanted


def test_words_of_the_preamble_are_no_keys_but_its_names_are() -> None:
    assert words_of(asked("According to Kyiv, how many soldiers died?")) == ["Kyiv", "soldiers", "died"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Was sagte Rutte?", "de"),
        ("Wer?", "de"),
        ("Who?", "en"),
        ("Was the bridge closed?", "en"),
        ("¿Cuántos soldados murieron en Velmark?", "es"),
    ],
)
def test_a_short_question_shows_its_language_by_how_it_asks(text: str, language: str) -> None:
    assert asked(text).language == language


def test_the_language_that_is_known_is_not_guessed() -> None:
    assert asked("Velmark?", "de").language == "de"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Combien de soldats sont morts à Velmark ?", "Velmark"),
        ("Сколько солдат погибло в Киеве?", "Киеве"),
        ("¿Cuántos soldados murieron en 2024?", "2024"),
    ],
)
def test_a_question_in_another_language_is_still_searched_by_its_words(text: str, key: str) -> None:
    question = asked(text)
    assert question.wanted is Wanted.WHAT
    assert key in words_of(question)


@pytest.mark.parametrize(
    ("text", "focus"),
    [
        ("How many foreign soldiers are in Velmark?", "soldiers"),
        ("How many ships sank last year?", "ships"),
        ("How many troops arrived?", "troops"),
        ("How many sports fans arrived?", "fans"),
        ("Which regions are affected?", "regions"),
        ("Wie viele ausländische Soldaten sind in Velmark?", "Soldaten"),
        ("Welche vier Regionen sind betroffen?", "Regionen"),
    ],
)
def test_what_is_counted_or_chosen_is_the_focus(text: str, focus: str) -> None:
    found = asked(text).focus
    assert found is not None
    assert found.words == focus


def test_a_question_that_counts_and_chooses_nothing_has_no_focus() -> None:
    assert asked("Why was the bridge closed?").focus is None
    assert asked("Warum wurde die Brücke gesperrt?").focus is None


def test_names_are_told_from_nouns_by_more_than_capitals() -> None:
    german = asked("Schickte Halvard Soldaten nach Velmark?")
    assert [key.words for key in german.keys if key.is_name] == ["Halvard", "Velmark"]
    english = asked("Did the Minister send Halvard to Velmark?")
    assert [key.words for key in english.keys if key.is_name] == ["Halvard", "Velmark"]


def test_a_country_named_by_its_adjective_is_a_name() -> None:
    assert key_of(asked("Wie viele chinesische Schiffe fehlen?"), "chinesische").is_name


def test_words_that_stand_together_in_the_word_list_are_one_key() -> None:
    question = asked("What does the defense ministry say about North Korean troops?")
    assert words_of(question) == ["defense ministry", "North Korean", "troops"]
    assert says(question, "defense ministry", "Das Verteidigungsministerium schweigt.", "de") > 0.7
    assert says(question, "defense ministry", "Das Ministerium der Verteidigung schweigt.", "de") > 0.5
    assert says(question, "defense ministry", "Das Ministerium schweigt.", "de") < 0.5


def test_an_abbreviation_is_not_the_word_that_is_spelt_like_it() -> None:
    assert words_of(asked("What did the US say?")) == ["US"]
    assert words_of(asked("What did they tell us?")) == []
    question = asked("What did the US say?")
    assert key_of(question, "US").is_name
    assert says(question, "US", "Die Vereinigten Staaten lehnten ab.", "de") > 0.7


def test_a_key_is_said_by_itself_best_then_by_translations_then_by_synonyms() -> None:
    question = asked("How many soldiers were sent?")
    itself = says(question, "soldiers", "Two soldiers came.", "en")
    translated = says(question, "soldiers", "Zwei Soldaten kamen.", "de")
    synonym = says(question, "soldiers", "The troops came.", "en")
    assert 1.0 == itself > translated > synonym > 0
    assert says(question, "soldiers", "Two ships came.", "en") == 0


def test_alternatives_stand_weightiest_first() -> None:
    for key in asked("Was sagt der Verteidigungsminister zum Waffenhandel mit Soldaten?").keys:
        weights = [alternative.weight for alternative in key.alternatives]
        assert weights == sorted(weights, reverse=True)
        assert weights[0] == 1.0


def test_a_compound_is_said_by_its_parts_and_their_translations() -> None:
    question = asked("Was sagt der Minister zum Waffenhandel?")
    whole = says(question, "Waffenhandel", "Der Waffenhandel blüht.", "de")
    assert whole == 1.0
    assert says(question, "Waffenhandel", "The arms trade is growing.", "en") > 0.8
    assert 0 < says(question, "Waffenhandel", "Die Waffen wurden gezählt.", "de") < 0.5


def test_a_number_is_a_key_that_all_languages_share() -> None:
    question = asked("What did the 12,000 soldiers do?")
    number = next(key for key in question.keys if key.is_number)
    assert number.match(frozenset(terms_of_text("Die 12.000 Soldaten warteten.", "de"))) == 1.0


def test_the_unit_that_is_asked_for_is_known() -> None:
    assert asked("How much does the bridge cost?").unit == "money"
    assert asked("Wie hoch ist der Anteil der Frauen?").unit == "%"
    assert asked("How long is the bridge?").unit == ""


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("What happened in Velmark since Monday?", date(2031, 5, 12), None),
        ("Was ist seit Montag in Velmark passiert?", date(2031, 5, 12), None),
        ("What did Velmark say yesterday?", date(2031, 5, 13), date(2031, 5, 13)),
        ("Was geschah gestern in Velmark?", date(2031, 5, 13), date(2031, 5, 13)),
        ("What happened in Velmark in the last 3 days?", date(2031, 5, 11), WEDNESDAY),
    ],
)
def test_a_period_counted_from_today_filters_and_is_no_key(text: str, since: date, until: date | None) -> None:
    question = asked(text)
    assert (question.since, question.until) == (since, until)
    assert question.period_words in text
    assert question.period_words
    assert words_of(question) == ["Velmark"]


@pytest.mark.parametrize("text", ["How many people died in Velmark in 2024?", "Wie viele starben 2024 in Velmark?"])
def test_a_year_is_a_key_and_filters_nothing(text: str) -> None:
    question = asked(text)
    assert (question.since, question.until, question.period_words) == (None, None, "")
    assert key_of(question, "2024").is_number


def test_a_month_is_a_key_and_filters_nothing() -> None:
    question = asked("Was geschah im Mai 2031 in Velmark?")
    assert (question.since, question.until) == (None, None)
    assert {"Mai", "2031", "Velmark"} <= set(words_of(question))


def test_last_year_filters_nothing() -> None:
    assert asked("How many ships sank last year?").since is None


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?!", "\x00\x01\x1b[2J", "\ud800", "wer \udfff war da?", "a" * 1_000_000, "(" * 1_000_000, "1" * 1_000_000,
     "wie viele " * 100_000, "“" * 1_000_000, "Who " + "\u202e" * 1_000, "-" * 1_000_000],
    ids=lambda text: repr(text[:8]),
)  # fmt: skip
def test_hostile_questions_are_taken_apart_like_any_other(text: str) -> None:
    question = asked(text)
    assert len(question.text) <= LONGEST_QUESTION
    assert len(question.keys) <= MOST_KEYS


def test_a_question_without_content_has_no_keys() -> None:
    assert asked("").keys == ()
    assert asked("Was ist das?").keys == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.sampled_from(["", "de", "en", "fr", "und"]))
def test_any_text_is_analysed_the_same_way_twice(text: str, language: str) -> None:
    assert asked(text, language) == asked(text, language)


def test_a_verb_in_two_parts_is_one_key() -> None:
    question = asked("Wann fand das Treffen in Velmark statt?")
    assert says(question, "stattfand", "Es hat dort stattgefunden.", "de") == 1.0
    assert "statt" not in words_of(question)


def test_an_ending_behind_a_number_is_no_word() -> None:
    assert words_of(asked("Wer regierte in den 1970ern in Velmark?")).count("ern") == 0
    assert words_of(asked("Who ruled Velmark in the 19th century?")).count("th") == 0


@pytest.mark.parametrize(
    ("text", "words", "said", "language"),
    [
        ("Wer spielt in der 10. Staffel?", "10", "Die zehnte Staffel kommt.", "de"),
        ("Who leads the tenth army?", "tenth", "The 10th army left.", "en"),
        ("Wie heißen die acht Inseln?", "acht", "The 8 islands are small.", "en"),
        ("Which 12 towns were flooded?", "12", "Zwölf Städte wurden überflutet.", "de"),
    ],
)
def test_small_numbers_are_found_as_words_and_as_digits(text: str, words: str, said: str, language: str) -> None:
    assert says(asked(text), words, said, language) >= 0.9
