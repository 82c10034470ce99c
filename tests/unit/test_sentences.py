"""Sentences: what they keep together, what they part, and that they lose nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.documents.sentences import paragraphs_of, split_sentences

GERMAN = [
    ["Der Minister kam am 18. Dezember nach Bonn.", "Er blieb bis zum 20. Januar."],
    ["Vom 8. bis 13. Oktober fuhren drei Fähren.", "Danach keine mehr."],
    ["„Wir gehen nicht weg“, sagte Bürgermeisterin Ute Krahl.", "Der Rat nickte."],
    ["„Sind die Leute dort nett?“ fragte er.", "Niemand antwortete."],
    ["„Halt!“, rief der Wächter.", "Dann schloss er das Tor."],
    ["Er sagte: „Der Damm hält.“", "Am Abend brach er."],
    ["»Komm!« rief sie.", "»Gut.«"],
    ["Die Firma zahlt 3,5 Mio. Euro und bekommt 1.200 US-Dollar zurück.", "Mehr nicht."],
    ["Dr. Anna Weiß und Prof. Dr. Karl Öhm kamen z. B. aus St. Gallen.", "Sie blieben u.a. wegen Nr. 5."],
    ["Er lebt bzw. arbeitet z.B. in Bad Tölz.", "Das sind ca. 50 km."],
    ["Bäcker, Metzger usw. kamen.", "Es gab Brot, Wurst usw.", "Der Rest ging leer aus."],
    ["Er wurde 1995 geboren, sie 1997.", "Beide leben in Ulm."],
    ["Im 19. Jahrhundert stand hier die 3. Panzerdivision.", "Sie zog ab."],
    ["Der 1. FC Köln gewann 3:2.", "Trainer Holm lobte alle."],
    ["J. F. Mohr und A. B. Meier trafen sich.", "So steht es in der Akte."],
    ["Teilnehmer (…) sagten ab.", "Das Fest (siehe S. 4) fiel aus."],
    ["Sie kam (wie immer. Und pünktlich.) und setzte sich.", "Er stand."],
    ["Er zögerte … und ging.", "Wohin?", "Niemand weiß es …"],
    ["Um 800 v. Chr. lebten hier Kelten.", "Um 50 n. Chr. nicht mehr."],
    ["Karten gibt es unter www.beispiel.de/karten?id=3.", "Mehr weiß Frau Dr. Lenz."],
    ["Er wohnt in der Hauptstr. 5 in Ulm.", "Er ist 1,80 m.", "Peter ist kleiner."],
    ["Der Steg sei gesperrt worden. ...", "Grund ist das Hochwasser."],
    ["Es gilt §\u00a05 Abs.\u00a02 des Gesetzes.", "Das ist neu."],
    ["Es fehlen rd. 2.300 Säcke.", "Das sind insg. 40 Tonnen bzw. rd. € 3 Mio.", "Mehr gibt es nicht."],
]
ENGLISH = [
    ["The U.S. Army moved in.", "It left at 5 a.m. on Monday."],
    ["He lives in the U.S.", "The house is small."],
    ["A U.K.-based firm, Acme Inc., paid $3.5 million.", "Its boss resigned."],
    ["Mr. Smith met Gov. Jane Roe at St. Mary's.", "They spoke."],
    ["“We will stay,” said Maj. Tom Hill.", "“Nobody leaves.”", "He hung up."],
    ['"Why now?" Ms Lane asked.', "No one replied."],
    ["It was the No. 3 seed.", "No.", "It was not."],
    ["J. R. R. Baker wrote it.", "They gave him vitamin C.", "The fever fell."],
    ["Wait... what?", "I don't know..."],
    ["The U.S. ... Senate left town."],
    ["The firm makes phones, tablets, etc.", "It employs 300."],
    ["They met on Sept. 5, 2020.", "Smith et al. found it."],
    ["The rule took effect.[12]", "It was repealed.[3][4]", "Nobody knew."],
    ["Prices rose 3.2%.", "(She agreed.)", "“It hurts,” he said."],
    ["The crane fell at 9 a.m.", "Corvane said nobody was hurt.", "Trains stopped at 6 p.m.", "Orm Rail was sorry."],
    ["It opens at 9 a.m. Monday.", "It shuts at 5 p.m. Eastern time.", "It is 6 p.m. GMT.", "He left at 8 p.m. Paris time."],
    ["At 9 a.m. Corvane rang.", "He said that at 9 a.m. Orm Rail was shut.", "He took the 9 a.m. Orm Rail train."],
    ["When it rang at 9 a.m. Corvane left.", "It was shut at 9a.m.", "Nobody came."],
]


def spans(text: str, language: str) -> list[str]:
    return [text[sentence.start : sentence.end] for sentence in split_sentences(text, language)]


@pytest.mark.parametrize("sentences", GERMAN, ids=lambda sentences: sentences[0])
def test_it_splits_german(sentences: list[str]) -> None:
    assert spans(" ".join(sentences), "de") == sentences


@pytest.mark.parametrize("sentences", ENGLISH, ids=lambda sentences: sentences[0])
def test_it_splits_english(sentences: list[str]) -> None:
    assert spans(" ".join(sentences), "en") == sentences


@pytest.mark.parametrize(
    ("language", "separator", "sentences"),
    [
        ("zh", "", ["他来了。", "她走了！", "为什么？"]),
        ("ja", "", ["「行きます。」と彼は言った。", "雨が降った。"]),
        ("hi", " ", ["वह आया।", "वह गया।"]),
        ("ar", " ", ["هل جاء؟", "قال د. محمد نعم.", "ثم ذهب."]),
        ("fr", " ", ["Il a dit : « Je pars. »", "M. Le Gall est resté."]),
        ("es", " ", ["¿Qué pasó?", "¡Nada!", "Vino el Sr. López."]),
        ("ko", " ", ["그것은 책.", "그는 갔다."]),
    ],
)
def test_it_knows_the_marks_of_other_scripts(language: str, separator: str, sentences: list[str]) -> None:
    assert spans(separator.join(sentences), language) == sentences


def test_a_heading_is_a_sentence_of_its_own() -> None:
    text = "Ein langer Streit\n\nDer Rat tagte. Er schwieg.\n\nFolgen\n\nKeine."
    assert spans(text, "de") == ["Ein langer Streit", "Der Rat tagte.", "Er schwieg.", "Folgen", "Keine."]
    assert [sentence.paragraph for sentence in split_sentences(text, "de")] == [0, 1, 1, 2, 3]


def test_each_item_of_a_list_is_a_sentence() -> None:
    assert spans("• first point\n• second. More\n- third", "en") == ["• first point", "• second.", "More", "- third"]


@pytest.mark.parametrize("dateline", ["OSNABRÜCK.", "BAD TÖLZ. -", "Velmark.", "VELMARK (dpa).", "DUBLIN -"])
def test_a_dateline_belongs_to_its_sentence(dateline: str) -> None:
    assert spans(f"{dateline} Ein Kran fiel um. Er war alt.", "de") == [f"{dateline} Ein Kran fiel um.", "Er war alt."]


@pytest.mark.parametrize("answer", ["Nein.", "NEIN.", "No.", "Silence."])
def test_a_word_that_is_a_sentence_is_no_dateline(answer: str) -> None:
    assert spans(f"{answer} It was late.", "en") == [answer, "It was late."]


def test_an_ordinal_is_none_in_english() -> None:
    assert spans("She scored 12. Germany lost.", "en") == ["She scored 12.", "Germany lost."]


def test_a_missing_space_is_noticed_but_addresses_stay_whole() -> None:
    assert spans("Das Fest ist zu Ende.Der Rat ging.", "de") == ["Das Fest ist zu Ende.", "Der Rat ging."]
    assert spans("Mehr: www.x.de/Seite?Parameter=Wert, max.Muster@web.de", "de") == [
        "Mehr: www.x.de/Seite?Parameter=Wert, max.Muster@web.de"
    ]


def test_a_line_break_behind_a_hyphen_ends_nothing() -> None:
    assert spans("Die Regie-\nrung tagt. Sie geht.", "de") == ["Die Regie-\nrung tagt.", "Sie geht."]


def test_nothing_is_found_in_nothing() -> None:
    assert split_sentences("", "de") == ()
    assert split_sentences(" \n\n \u00a0 \n", "und") == ()


PIECES = st.sampled_from(
    [*"aAbB 1.,;:!?…-–()[]\"'„“”»«\n\u00a0", "\n\n", "Dr. ", "z. B. ", "18. ", "Mai ", "。", "؟", "U.S. ", "\ud800", "\x00", "• ", "É"]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=60).map("".join)), st.sampled_from(["de", "en", "und", "fr"]))
def test_sentences_never_overlap_and_leave_out_nothing_but_space(text: str, language: str) -> None:
    at = 0
    paragraph = 0
    for sentence in split_sentences(text, language):
        piece = text[sentence.start : sentence.end]
        assert piece
        assert piece == piece.strip()
        assert not text[at : sentence.start].strip()
        assert paragraph <= sentence.paragraph <= paragraph + 1
        at, paragraph = sentence.end, sentence.paragraph
    assert not text[at:].strip()


@settings(max_examples=80, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_no_sentence_crosses_a_blank_line(text: str) -> None:
    paragraphs = list(paragraphs_of(text))
    for sentence in split_sentences(text, "de"):
        start, end = paragraphs[sentence.paragraph]
        assert start <= sentence.start < sentence.end <= end
