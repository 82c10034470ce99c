"""Dates of documents: how each is known, in which zone it was printed, and what in the text speaks against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.documents.dating import (
    PageDate,
    Printed,
    Stamp,
    date_document,
    dateline_date,
    metadata_date,
    page_dates_of,
    stamps_in,
)
from bot.documents.extracted import Extracted
from bot.domain import DateBasis, DocumentDate

SAVED = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


def dated(text: str = "", *, language: str = "de", page: str = "", file_time: datetime | None = None, **stated: Any) -> DocumentDate:
    extracted = replace(Extracted(text, "text/plain", file_time=file_time), **stated)
    return date_document(extracted, page_dates_of(page, language), dateline_date(text, language), text, language)


class TestStamps:
    @pytest.mark.parametrize(
        ("printed", "day", "instant"),
        [
            ("18.12.2024 um 13:39 Uhr", "2024-12-18", "2024-12-18T12:39"),
            ("28. April 2025, 03:00 Uhr ET", "2025-04-28", "2025-04-28T07:00"),
            ("3. Juli 2025, 14 Uhr", "2025-07-03", "2025-07-03T12:00"),
            ("Dec. 18, 2024 at 1:39 p.m. ET", "2024-12-18", "2024-12-18T18:39"),
            ("18 December 2024 12:30 a.m. GMT", "2024-12-18", "2024-12-18T00:30"),
            ("2024-12-18T23:30:00-05:00", "2024-12-18", "2024-12-19T04:30"),
            ("2024-12-18T13:39:00Z", "2024-12-18", "2024-12-18T13:39"),
            ("03:00 CET, 18 December 2024", "2024-12-18", "2024-12-18T02:00"),
            ("18. März 2024", "2024-03-18", ""),
            ("March 3rd, 2025 14:05", "2025-03-03", ""),  # no zone: the instant is not known
            ("le 14 juillet 2024", "2024-07-14", ""),
            ("2024年12月18日", "2024-12-18", ""),
            ("31/12/2024", "2024-12-31", ""),
            ("12/31/2024", "2024-12-31", ""),
            ("18.12.24", "2024-12-18", ""),
        ],
    )
    def test_printed_dates_are_read(self, printed: str, day: str, instant: str) -> None:
        (stamp,) = stamps_in(printed, "en" if "/" in printed else "de")
        assert stamp.day.isoformat() == day
        assert (stamp.at.isoformat()[:16] if stamp.at else "") == instant

    @pytest.mark.parametrize("text", ["31. Februar 2024", "3/4/2025", "Version 1.2.2024.5", "12.000", "Im Mai 2024", "99.99.2024", "1:2:2024"])
    def test_what_is_no_date_or_an_uncertain_one_is_left(self, text: str) -> None:
        assert stamps_in(text, "en") == ()

    @pytest.mark.parametrize(
        ("line", "kinds"),
        [
            ("Stand: 18.12.2024, 13:39 Uhr", [Printed.UPDATED]),
            ("Published March 3, 2025 | Updated March 4, 2025", [Printed.PUBLISHED, Printed.UPDATED]),
            ("Mittwoch, 18. Dezember 2024", [Printed.BARE]),
            ("Posted on May 5, 2024 by Jane Doe", [Printed.PUBLISHED]),
            ("18.12.2024 | Lesezeit: 3 Min.", [Printed.BARE]),
            ("Am 18.12.2024 brannte es in Ulm.", []),
            ("Die Brücke öffnet am 3. Mai 2025", []),
            ("Stand: heute", []),
        ],
    )
    def test_only_lines_of_nothing_but_a_date_are_the_pages(self, line: str, kinds: list[Printed]) -> None:
        assert [found.kind for found in page_dates_of(line, "de" if "." in line else "en")] == kinds

    def test_a_dateline_with_its_year_is_a_date(self) -> None:
        found = dateline_date("BERLIN, 3. März 2025 (dpa) – Der Rat tagt.", "de")
        assert found is not None
        assert found.day == date(2025, 3, 3)
        assert dateline_date("Altmoor, 20. November 2026\nEs brannte.", "de") is not None
        assert dateline_date("Altmoor, 20. November 2026 brannte es.", "de") is None
        assert dateline_date("Am 3. März 2025 – es war kalt – tagte der Rat.", "de") is None
        assert dateline_date("BERLIN, 3. März – Der Rat tagt.", "de") is None


class TestMetadataDates:
    @pytest.mark.parametrize(
        ("value", "day", "instant"),
        [
            ("2025-04-28T03:00:00-04:00", "2025-04-28", "2025-04-28T07:00"),
            ("2025-04-28T03:00:00", "2025-04-28", ""),
            ("2025-04-28", "2025-04-28", ""),
            ("Mon, 28 Apr 2025 07:00:00 GMT", "2025-04-28", "2025-04-28T07:00"),
            ("28. April 2025", "2025-04-28", ""),
            ("1745823600", "2025-04-28", "2025-04-28T07:00"),
        ],
    )
    def test_any_notation_is_read(self, value: str, day: str, instant: str) -> None:
        found = metadata_date(value)
        assert found is not None
        assert found[0].isoformat() == day
        assert (found[1].isoformat()[:16] if found[1] else "") == instant

    @pytest.mark.parametrize("value", ["", "yesterday", "2024-13-99", "0001-01-01T00:00:00+14:00", "9" * 400, "Mon, 99 Jan 2024 00:00:00 +0000"])
    def test_what_cannot_be_read_is_no_date(self, value: str) -> None:
        assert metadata_date(value) is None


class TestBasis:
    def test_metadata_come_first(self) -> None:
        found = dated(page="18.12.2024", published="2025-01-02", file_time=SAVED)
        assert (found.day, found.basis) == (date(2025, 1, 2), DateBasis.STATED)

    def test_a_day_of_update_is_marked_as_one(self) -> None:
        found = dated(page="Aktualisiert 28. April 2025, 03:00 Uhr ET", file_time=SAVED)
        assert (found.day, found.basis, found.edited) == (date(2025, 4, 28), DateBasis.STATED, True)
        assert found.at == datetime(2025, 4, 28, 7, 0, tzinfo=UTC)

    def test_a_bare_stamp_is_what_the_page_says(self) -> None:
        assert dated(page="18.12.2024 um 13:39 Uhr").basis is DateBasis.PAGE_SAYS

    def test_a_dateline_states_the_day(self) -> None:
        found = dated("ULM, 3. März 2025 – Der Rat tagt.", page="4.3.2025")
        assert (found.day, found.basis) == (date(2025, 3, 3), DateBasis.STATED)

    def test_the_files_time_is_the_last_resort(self) -> None:
        found = dated("Der Rat tagt.", file_time=SAVED)
        assert (found.day, found.basis, found.warning) == (date(2025, 6, 1), DateBasis.FILE_TIME, "")

    def test_without_anything_the_date_is_unknown_and_never_invented(self) -> None:
        found = dated("Am 3. März 2025 brannte es in Ulm. Gestern kam der Minister.")
        assert (found.day, found.basis) == (None, DateBasis.UNKNOWN)
        assert found.warning == "undated; the text speaks of “Am 3. März 2025”: written then or later"


class TestWarnings:
    def test_a_page_younger_than_its_text(self) -> None:
        text = (
            "Drei Schiffe sind in den Hafen eingelaufen, teilte die Küstenwache am Freitag mit.\n\n"
            "Sie waren vom 8. bis 13. Oktober vor der Insel gesehen worden."
        )
        assert dated(text, page="18.12.2024 um 13:39 Uhr").warning == (
            "dated Wednesday, 18 December 2024, but its lead tells of “am Freitag” as just past and the newest date in it is "
            "13 October 2024: it was probably written earlier"
        )

    def test_the_same_in_english(self) -> None:
        text = "Three ships have come in, the coast guard said on Friday. They were seen on October 8."
        assert "“on Friday”" in dated(text, language="en", page="Dec 18, 2024").warning

    @pytest.mark.parametrize(
        "text",
        [
            "Drei Schiffe sind eingelaufen, teilte die Küstenwache am Mittwoch mit. Im Oktober war es eines.",
            "Der Rat wird am Freitag entscheiden. Das Gesetz gilt seit Mai.",
            "Seit dem Krieg 1945 steht hier ein Turm. Er fiel am 3. Mai 1962.",
            "Das Fest beginnt am 8. Mai 2025 und endet am 13. Mai 2025.",
        ],
    )
    def test_ordinary_reports_give_none(self, text: str) -> None:
        assert dated(text, page="18.12.2024").warning == ""

    def test_a_page_older_than_what_it_tells(self) -> None:
        text = "Die Brücke wurde am 5. März 2025 eröffnet. Tausende kamen."
        assert dated(text, page="3.1.2025").warning == "dated 3 January 2025, but the text tells of “am 5. März 2025” as past"

    def test_a_date_after_the_file_was_saved(self) -> None:
        assert dated(page="3.5.2031", file_time=SAVED).warning == (
            "the date, 3 May 2031, lies after the day on which the file was saved, 1 June 2025"
        )
        assert dated(page="2.6.2025", file_time=SAVED).warning == ""  # another time zone

    def test_an_old_text_in_a_new_file(self) -> None:
        text = "Zwischen Mai 2023 und März 2024 fuhren vier Schiffe."
        assert dated(text, file_time=SAVED).warning == "undated; the text speaks of “März 2024”: written then or later"

    def test_a_file_older_than_its_text(self) -> None:
        text = "Die Brücke wurde am 5. August 2025 eröffnet."
        assert dated(text, file_time=SAVED).warning == "the file is dated 1 June 2025, but the text speaks of “am 5. August 2025”"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["18.12.2024", " ", "am Freitag", "Mai", "2025", ".", "13:39 Uhr", "ET", "\n", "x", "9" * 30, "+99:99"]), max_size=12).map(" ".join))
def test_any_text_will_do(text: str) -> None:
    stamp = Stamp(0, 1, date(2024, 12, 18), None)
    extracted = Extracted(text, "text/plain", published=text, modified=text, file_time=SAVED)
    found = date_document(extracted, (*page_dates_of(text, "de"), PageDate(stamp, Printed.BARE)), None, text, "de")
    assert found.day is not None


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("3 MAYIS 2031", date(2031, 5, 3)),
        ("3 aprİl 2031", date(2031, 4, 3)),
        ("3 Aprıl 2031", date(2031, 4, 3)),
        ("Maret 12, 2031", date(2031, 3, 12)),
        ("12 stycznia 2031", date(2031, 1, 12)),
        ("3 марта 2031", date(2031, 3, 3)),
    ],
)
def test_months_of_other_languages_are_known_in_any_letters(line: str, day: date) -> None:
    assert [stamp.day for stamp in stamps_in(line, "")] == [day]
