"""The text of record: which lines are paragraphs, which are the page's own, and that no letter of the rest changes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.documents.boilerplate import boilerplate, is_breadcrumb, is_prose
from bot.documents.cleaning import labels_of, lay_out, text_of_record

PROSE = "Der Rat der Stadt hat am Montag den Bau der neuen Brücke beschlossen. Er kostet zwei Millionen Euro."
MORE = "Die Gegner wollen klagen. Sie halten den Bau für zu teuer und für unnötig."


def kept(*lines: str) -> list[str]:
    dropped = boilerplate(lines)
    return [line for index, line in enumerate(lines) if index not in dropped]


class TestLayout:
    def test_blank_lines_part_paragraphs_and_white_space_at_the_ends_goes(self) -> None:
        assert lay_out("  Eins zwei.  \r\n\r\n\tDrei  vier.\u00a0\n", "text/plain") == ("Eins zwei.", "Drei  vier.")

    def test_long_lines_are_paragraphs(self) -> None:
        lines = [PROSE * 2, MORE, "Folgen", MORE * 3]
        assert lay_out("\n".join(lines), "text/plain") == tuple(lines)

    def test_wrapped_lines_are_joined_by_one_space(self) -> None:
        text = (
            "The council of the town has agreed to build the new bridge after\n"
            "a debate of seven hours in which nobody changed his mind about\n"
            "anything at all.\n"
            "\n"
            "The opponents say that they will go to court, since the bridge is\n"
            "neither needed nor wanted by most of those who live near it.\n"
        )
        assert lay_out(text, "text/plain") == (
            "The council of the town has agreed to build the new bridge after a debate of seven hours in which nobody changed his mind about anything at all.",
            "The opponents say that they will go to court, since the bridge is neither needed nor wanted by most of those who live near it.",
        )

    def test_a_short_line_ends_a_wrapped_paragraph_without_a_blank_line(self) -> None:
        text = (
            "Der Rat der Stadt hat den Bau der neuen Brücke nach einer Sitzung von\n"
            "sieben Stunden beschlossen, in der niemand seine Meinung geändert und\n"
            "keiner etwas Neues gesagt hat.\n"
            "Die Gegner wollen klagen, weil sie den Bau für zu teuer halten und die\n"
            "meisten Anwohner dagegen sind.\n"
        )
        assert [paragraph.split()[0] for paragraph in lay_out(text, "text/plain")] == ["Der", "Die"]

    def test_a_hyphen_at_the_end_of_a_line_keeps_its_line_break(self) -> None:
        text = (
            "Der Rat der Stadt hat den Bau der neuen Brücke beschlossen und die Regie-\n"
            "rung um Geld gebeten, das sie für Ost- und Westdeutschland zurückgelegt\n"
            "hatte, um dort Straßen und Brücken zu bauen.\n"
        )
        (paragraph,) = lay_out(text, "text/plain")
        assert "die Regie-\nrung um" in paragraph
        assert "zurückgelegt hatte" in paragraph

    def test_lists_of_names_are_not_joined(self) -> None:
        names = [f"Anna Maria Beispielfrau aus Musterstadt am Fluss Nummer {n}" for n in range(10, 16)]
        assert lay_out("\n".join(names), "text/plain") == tuple(names)

    def test_the_lines_of_a_web_page_are_not_joined_by_their_length(self) -> None:
        text = "Rostock und Umgebung haben heute weiter\nOstwind und viel Sonne bis in den Abend\nDie Nacht wird klar"
        assert len(lay_out(text, "text/html")) == 3

    @settings(max_examples=100, deadline=None)
    @given(
        st.lists(st.sampled_from(["ab", "Wort", "-", "a-", ".", "\n", "\n\n", "  ", "\r\n", "\u2028", "x" * 60, "• ", "z,"]), max_size=60)
    )
    def test_it_changes_nothing_but_white_space(self, parts: list[str]) -> None:
        text = " ".join(parts)
        assert " ".join(" ".join(lay_out(text, "text/plain")).split()) == " ".join(text.split())


class TestBoilerplate:
    @pytest.mark.parametrize(
        "line",
        [
            "Leave a Reply",
            "Your email address will not be published. Required fields are marked *",
            "Schreibe einen Kommentar",
            "Share this:",
            "Artikel teilen",
            "Source link",
            ">",
            "* * *",
            "© 2024 Küstenpost. Alle Rechte vorbehalten.",
            "This site uses Akismet to reduce spam. Learn how your comment data is processed.",
            "Lesen Sie auch: Neue Brücke für Musterstadt",
            "Home / News / Town council",
            "Politik | Wirtschaft | Sport",
            "Newsletter abonnieren",
            "Sign up for our free newsletter",
            "Wir verwenden Cookies, um Inhalte zu personalisieren.",
            "Advertisement",
            "Foto: Jana Muster/dpa",
            "3 min read",
        ],
    )
    def test_it_drops_what_the_page_added(self, line: str) -> None:
        assert kept(PROSE, line, MORE) == [PROSE, MORE] or kept(PROSE, MORE, line) == [PROSE, MORE]

    @pytest.mark.parametrize(
        "line",
        [
            "Neue Brücke, alte Sorgen",
            "Facebook",
            "Kommentare",
            "Die Themen des Tages",
            "Weiter sagte er nichts.",
            "Der Newsletter der Stadt erscheint im Mai wieder, sagte sie.",
            "By using the bridge, drivers save ten minutes.",
            "Related costs have doubled since May.",
            "Cookies sind kleine Dateien, sagte der Richter.",
            "Kurz:",
            "1. FC Musterstadt – SV Beispiel 3:2",
            "Bild: Minister tritt zurück",
        ],
    )
    def test_it_keeps_what_may_be_the_reports_own(self, line: str) -> None:
        assert kept(PROSE, line, MORE) == [PROSE, line, MORE]

    def test_a_doubtful_line_goes_at_the_edges_and_in_company(self) -> None:
        assert kept("Facebook", PROSE, "Teilen") == [PROSE]
        assert kept(PROSE, "Artikel teilen", "Facebook", "X", MORE) == [PROSE, MORE]

    def test_a_comment_form_takes_all_that_follows(self) -> None:
        assert kept(PROSE, MORE, "Leave a Reply", "Cancel reply", "Hans says this is all wrong and too long.") == [PROSE, MORE]

    def test_a_comment_link_above_the_text_takes_only_itself(self) -> None:
        short = "Ein kurzer Satz vorab."
        assert kept(short, "Leave a comment", PROSE, MORE) == [short, PROSE, MORE]

    def test_links_in_the_middle_go_and_the_text_goes_on(self) -> None:
        assert kept(PROSE, "Lesen Sie auch", "Fähre fällt aus", "Hafen wird größer", MORE) == [PROSE, MORE]

    def test_comments_go_when_most_of_the_text_stands_before_them(self) -> None:
        assert kept(PROSE, MORE, "Kommentare (2)", "Hans: Das ist doch alles falsch.") == [PROSE, MORE]

    def test_a_document_of_nothing_else_is_left_as_it_is(self) -> None:
        assert boilerplate(["Home", "Search", "Facebook"]) == {}

    def test_labels_come_once_each_in_the_order_of_the_text(self) -> None:
        dropped = boilerplate(["Home / News / X", PROSE, "-", "Source link", "—"])
        assert labels_of(dropped) == ("navigation", "punctuation", "source link")

    def test_the_text_is_what_is_left(self) -> None:
        assert text_of_record(("a", "b", "c"), {1: "punctuation"}) == "a\n\nc"

    def test_rows_of_a_table_are_no_navigation(self) -> None:
        assert not is_breadcrumb("| Pos | Player | Plays |")
        assert is_breadcrumb("Start › Politik › Ausland")

    def test_it_tells_prose_from_headlines(self) -> None:
        assert is_prose("Sie hat 2.312 Pfeifen.")
        assert is_prose("台风在福建登陆，造成三人受伤。")
        assert not is_prose("Kommt die Brücke nun doch?")
        assert not is_prose("Photovoltaik: 242 Mio. Euro, oder hat jemand ein besseres Angebot?")

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.one_of(st.text(min_size=1, max_size=30), st.sampled_from(["Leave a Reply", "Related", "-", PROSE])), max_size=12))
    def test_any_lines_will_do_and_something_is_left(self, lines: list[str]) -> None:
        lines = [line for line in lines if line.strip()]
        assert len(boilerplate(lines)) < max(1, len(lines))
