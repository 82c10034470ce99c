"""Metadata: title, outlet, people and agency, each from the places where they stand and from no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.documents.boilerplate import boilerplate
from bot.documents.extracted import Extracted
from bot.documents.metadata import Metadata, read_metadata, service_line
from bot.documents.outlets import agencies_of, agencies_of_credit, looks_like_outlet
from bot.documents.titles import split_title

PROSE = "Der Rat der Stadt hat am Montag den Bau der neuen Brücke beschlossen. Er kostet zwei Millionen Euro."
TITLE = "Rat von Musterstadt beschließt neue Brücke"


def facts(*lines: str, language: str = "de", **stated: Any) -> Metadata:
    return read_metadata(lines, boilerplate(lines), replace(Extracted("", "text/plain"), **stated), language)


class TestTitle:
    def test_the_first_headline_is_the_title(self) -> None:
        assert facts(TITLE, "Kosten höher als geplant", PROSE).title == TITLE

    def test_a_text_that_begins_with_prose_has_none(self) -> None:
        assert facts(PROSE, "Folgen", PROSE + " Mehr nicht.").title == ""

    def test_a_single_line_is_text_and_no_title(self) -> None:
        assert facts("Neue Brücke für Musterstadt").title == ""

    def test_what_stands_above_the_title_belongs_to_the_site(self) -> None:
        found = facts("MusterNet Deutsch", TITLE, PROSE)
        assert (found.title, found.outlet) == (TITLE, "MusterNet Deutsch")
        assert found.taken == {0: "site header", 1: "title"}

    def test_the_title_again_is_no_text(self) -> None:
        found = facts(TITLE, f"{TITLE} – Küstenpost", PROSE, TITLE.upper())
        assert found.taken == {0: "title", 1: "repeated title", 3: "repeated title"}

    def test_a_question_may_be_a_title(self) -> None:
        assert facts("Kommt die neue Brücke doch?", PROSE).title == "Kommt die neue Brücke doch?"

    def test_the_stated_title_comes_first_and_loses_the_name_of_the_site(self) -> None:
        assert facts(PROSE, title="Küstenpost: Neue Brücke kommt", outlet="Küstenpost").title == "Neue Brücke kommt"

    @pytest.mark.parametrize(
        ("printed", "title", "outlet"),
        [
            ("New bridge agreed at last | Coast Herald", "New bridge agreed at last", "Coast Herald"),
            ("New bridge agreed at last – Radio Free Asia", "New bridge agreed at last", "Radio Free Asia"),
            ("Neue Brücke kommt | Politik | Musterblick", "Neue Brücke kommt", "Musterblick"),
            ("Krieg um die Brücke – Rat tagt wieder", "Krieg um die Brücke – Rat tagt wieder", ""),
            ("Neue Brücke kommt – Liveticker", "Neue Brücke kommt – Liveticker", ""),
            ("Neue Brücke kommt - beispiel.de", "Neue Brücke kommt", "beispiel.de"),
            ("Le « grand pont » sera construit", "Le « grand pont » sera construit", ""),
        ],
    )
    def test_what_stands_behind_the_title(self, printed: str, title: str, outlet: str) -> None:
        found = split_title(printed)
        assert (found.text, found.outlet) == (title, outlet)

    def test_a_date_behind_the_title_is_taken_off(self) -> None:
        found = split_title("Rat beschließt neue Brücke – 18.12.2024 um 13:39 Uhr.", language="de")
        assert found.text == "Rat beschließt neue Brücke"
        assert [date.stamp.day.isoformat() for date in found.dates] == ["2024-12-18"]


class TestOutlet:
    def test_who_has_not_verified_something_is_the_outlet(self) -> None:
        assert facts(PROSE, "Radio Muster Asien hat die Angaben nicht unabhängig überprüft.").outlet == "Radio Muster Asien"
        assert facts(PROSE, "The Coast Herald has not independently verified this.", language="en").outlet == "Coast Herald"

    @pytest.mark.parametrize(
        "sentence",
        [
            "Die Angaben konnten nicht unabhängig überprüft werden.",
            "Das Ministerium hat die Angaben nicht unabhängig überprüft.",
            "The claims could not be independently verified.",
            "They have not independently verified the claims.",
        ],
    )
    def test_nobody_is_no_outlet(self, sentence: str) -> None:
        assert facts(PROSE, sentence).outlet == ""

    def test_an_agency_that_could_not_verify_is_the_agency(self) -> None:
        found = facts(PROSE, "Reuters could not independently verify the report.", language="en")
        assert (found.outlet, found.agency) == ("", "Reuters")

    def test_the_owner_of_the_rights_is_the_outlet(self) -> None:
        assert facts(PROSE, "© 2024 Küstenpost. Alle Rechte vorbehalten.").outlet == "Küstenpost"
        assert facts(PROSE, "The post New bridge appeared first on Coast Herald.").outlet == "Coast Herald"
        assert facts(PROSE, "© Jana Muster").outlet == ""

    def test_the_host_stands_in_when_nothing_names_the_outlet(self) -> None:
        assert facts(PROSE, address="https://www.kueste.example/a").outlet == "kueste.example"
        assert facts(PROSE, address="http://[").outlet == ""

    def test_what_looks_like_an_outlet(self) -> None:
        assert all(map(looks_like_outlet, ("BBC", "Coast Herald", "Nordsee-Zeitung", "Der Spiegel", "beispiel.de")))
        assert not any(map(looks_like_outlet, ("NATO", "Video", "was wir wissen", "Rat tagt", "")))


class TestImprint:
    @pytest.mark.parametrize(
        ("line", "outlet", "day"),
        [
            ("Musterpost, 5. November 2026", "Musterpost", "2026-11-05"),
            ("Forschung heute, 22. September 2026", "Forschung heute", "2026-09-22"),
            ("Coast Herald | Thursday, 5 November 2026, 14:30", "Coast Herald", "2026-11-05"),
            ("Orm Head Weekly (November 5, 2026)", "Orm Head Weekly", "2026-11-05"),
            ("5. November 2026 – Wissen Aktuell", "Wissen Aktuell", "2026-11-05"),
            ("Musterstadt, 5. November 2026", "", "2026-11-05"),  # a place
        ],
    )
    def test_the_line_of_outlet_and_date_below_the_title_is_no_text(self, line: str, outlet: str, day: str) -> None:
        found = facts(TITLE, line, PROSE)
        assert (found.title, found.outlet, [date.stamp.day.isoformat() for date in found.page_dates]) == (TITLE, outlet, [day])
        assert found.taken == {0: "title", 1: "date"}

    def test_above_the_title_only_a_sure_name_is_one(self) -> None:
        found = facts("Coast Herald, 5 November 2026", "New bridge is to be built", PROSE, language="en")
        assert (found.title, found.outlet) == ("New bridge is to be built", "Coast Herald")

    def test_an_agency_there_is_the_agency(self) -> None:
        assert facts(TITLE, "dpa, 5. November 2026", PROSE).agency == "dpa"

    @pytest.mark.parametrize(
        "line",
        ["Die Brücke öffnet am 3. Mai 2025", "Brücke wird teurer, 3. Mai 2025", "Musterpost, 3. Mai", "Der Rat tagt, 3. Mai 2025."],
    )
    def test_a_line_that_says_something_stays_text(self, line: str) -> None:
        assert 1 not in facts(TITLE, line, PROSE).taken

    def test_prose_above_it_ends_the_search(self) -> None:
        assert 3 not in facts(TITLE, PROSE, PROSE + " Mehr nicht.", "Musterpost, 5. November 2026", "Folgen").taken


class TestPeople:
    @pytest.mark.parametrize(
        ("line", "byline"),
        [
            ("Von Jana Brehm und Piet Olsen, Rostock", "Jana Brehm, Piet Olsen"),
            ("By Moira Kell", "Moira Kell"),
            ("Paar Jun-ho Park et Jack Kim", "Jun-ho Park, Jack Kim"),
            ("Eine Kolumne von Nils Pick", "Nils Pick"),
            ("Autor: Lea von der Au", "Lea von der Au"),
            ("Posted on May 5, 2024 by Jane Doe", "Jane Doe"),
            ("Von unserer Korrespondentin Karla Mey, Linz", "Karla Mey"),
        ],
    )
    def test_the_byline_below_the_title(self, line: str, byline: str) -> None:
        found = facts(TITLE, line, PROSE)
        assert found.byline == byline
        assert 1 in found.taken

    @pytest.mark.parametrize("line", ["Von Frauen für Frauen", "Von Kiel bis Rostock", "Von Anfang an dabei"])
    def test_a_headline_with_von_is_no_byline(self, line: str) -> None:
        assert facts(TITLE, line, PROSE).byline == ""

    def test_an_agency_in_the_byline_is_the_agency(self) -> None:
        found = facts(PROSE, byline="Jane Doe and Associated Press")
        assert (found.byline, found.agency) == ("Jane Doe", "AP")
        assert facts(PROSE, byline="dpa").byline == ""

    def test_the_outlet_is_nobody(self) -> None:
        assert facts(PROSE, byline="Coast Herald; Staff", outlet="Coast Herald").byline == ""


class TestAgency:
    @pytest.mark.parametrize(
        ("lead", "agency"),
        [
            ("Rostock (dpa/mv) - Ein Kran ist umgestürzt.", "dpa"),
            ("LONDON, March 3 (Reuters) - A ferry ran aground.", "Reuters"),
            ("(AP) — A ferry ran aground.", "AP"),
            ("Wien (APA/dpa) – Der Rat tagt.", "APA/dpa"),
            ("Der Rat tagt, meldete die Nachrichtenagentur Reuters.", ""),
            ("Six reports reviewed by the Reuters news agency (see below) said so.", ""),
        ],
    )
    def test_the_dateline_names_it_and_prose_does_not(self, lead: str, agency: str) -> None:
        assert agencies_of(lead, [lead]) == agency

    @pytest.mark.parametrize(
        ("line", "agency"),
        [
            ("(dpa)", "dpa"),
            ("Quelle: ntv.de, tmü/dpa", "dpa"),
            ("(APA, dpa, 12.1.2025)", "APA/dpa"),
            ("Source: AFP", "AFP"),
            ("With AP", "AP"),
            ("Reuters berichtete zuerst darüber.", ""),
        ],
    )
    def test_a_credit_line_names_it(self, line: str, agency: str) -> None:
        assert agencies_of_credit(line) == agency

    def test_brackets_behind_the_last_words_name_it(self) -> None:
        assert facts(PROSE, "Mehr war nicht zu erfahren. (AFP, 3.4.2025)").agency == "AFP"


class TestServiceLines:
    @pytest.mark.parametrize(
        ("line", "label"),
        [
            ("Edited by Jane Doe and John Roe.", "editor credit"),
            ("Herausgegeben von Jana Muster und Piet Olsen.", "editor credit"),
            ("(Reporting by Moira Kell; Editing by Tom Rudd)", "editor credit"),
            ("(Jack Kim und Ann Lee, für die deutsche Version, herausgegeben von Lea Au)", "editor credit"),
            ("Additional reporting by Ann Lee", "reporting credit"),
            ("Aktualisiert, um Kommentare des Ministeriums aufzunehmen.", "update note"),
            ("This story has been updated with the mayor's reply.", "update note"),
            ("(dpa)", "agency credit"),
            ("Aktualisierte Zahlen liegen seit Montag vor.", ""),
            ("Der Minister hat das Buch herausgegeben.", ""),
            (PROSE, ""),
        ],
    )
    def test_lines_about_the_text_are_told_from_the_text(self, line: str, label: str) -> None:
        assert service_line(line) == label


def test_a_head_of_fields_is_read() -> None:
    found = facts("Title: Old mill burns down", "Date: 14 February 2025", "Source: Vale Times", "Author: Ina Crook", PROSE)
    assert (found.title, found.outlet, found.byline) == ("Old mill burns down", "Vale Times", "Ina Crook")
    assert [date.stamp.day.isoformat() for date in found.page_dates] == ["2025-02-14"]
    assert set(found.taken.values()) == {"header fields"}


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.one_of(st.text(min_size=1, max_size=40), st.sampled_from([TITLE, PROSE, "Von A B", "(dpa)", "18.12.2024"])), max_size=8),
    st.text(max_size=20),
)
def test_any_lines_will_do(lines: list[str], stated: str) -> None:
    paragraphs = [line for line in lines if line.strip()]
    found = facts(*paragraphs, title=stated, outlet=stated, byline=stated, address=stated)
    assert set(found.taken) <= set(range(len(paragraphs)))
