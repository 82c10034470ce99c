"""What the reading of dates promises: which days the words mean, seen from the day they were written, and nothing else."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.languages.date_finder import DateFinder, _starters
from bot.languages.dates import DateMention, dates_in, period_asked
from bot.languages.reading import read

MONDAY = date(2025, 4, 28)  # the day on which the texts below were written


def only(text: str, language: str, reference: date | None = MONDAY) -> DateMention:
    found = dates_in(text, language, reference)
    assert len(found) == 1, [text[m.start : m.end] for m in found]
    return found[0]


def iso(mention: DateMention) -> str:
    """ "2024-12-18", or "2024-10-08/2024-10-13" """
    if mention.first is None or mention.last is None:
        return ""
    return str(mention.first) if mention.first == mention.last else f"{mention.first}/{mention.last}"


# Dates that are written out


@pytest.mark.parametrize(
    ("text", "language", "days"),
    [
        ("18. Dezember 2024", "de", "2024-12-18"),
        ("18.12.2024", "de", "2024-12-18"),
        ("18.12.24", "de", "2024-12-18"),
        ("am 18.12. in Bonn", "de", "2024-12-18"),
        ("2024-12-18", "und", "2024-12-18"),
        ("2024-12-18T13:39:00Z", "en", "2024-12-18"),
        ("December 18, 2024", "en", "2024-12-18"),
        ("Dec. 18, 2024", "en", "2024-12-18"),
        ("18 December 2024", "en", "2024-12-18"),
        ("18th of December 2024", "en", "2024-12-18"),
        ("12/18/2024", "en", "2024-12-18"),
        ("18/12/2024", "en", "2024-12-18"),
        ("03/04/2024", "en", "2024-03-04"),
        ("03/04/2024", "de", "2024-04-03"),
        ("18. März 2024", "de", "2024-03-18"),
        ("18. Ma\u0308rz 2024", "de", "2024-03-18"),
        ("5. Mai 2024", "de", "2024-05-05"),
        ("May 5, 2024", "en", "2024-05-05"),
        ("28. April 2025, 03:00 Uhr ET", "de", "2025-04-28"),
        ("18.12.2024 um 13:39 Uhr", "de", "2024-12-18"),
        ("Freitag, 18. Oktober 2024", "de", "2024-10-18"),
        ("Mittwoch, den 5. März 2025", "de", "2025-03-05"),
        ("8. bis 13. Oktober 2024", "de", "2024-10-08/2024-10-13"),
        ("Oct. 8-13, 2024", "en", "2024-10-08/2024-10-13"),
        ("4 or 5 April 2024", "en", "2024-04-04/2024-04-05"),
        ("Juni 2024", "de", "2024-06-01/2024-06-30"),
        ("February 2024", "en", "2024-02-01/2024-02-29"),
        ("2024-10-18", "de", "2024-10-18"),
        ("3. Quartal 2024", "de", "2024-07-01/2024-09-30"),
        ("third quarter of 2024", "en", "2024-07-01/2024-09-30"),
        ("Q3 2024", "en", "2024-07-01/2024-09-30"),
        ("ersten Halbjahr 2024", "de", "2024-01-01/2024-06-30"),
        ("Sommer 2024", "de", "2024-06-01/2024-08-31"),
        ("Ende 2024", "de", "2024-09-01/2024-12-31"),
        ("early 2024", "en", "2024-01-01/2024-04-30"),
        ("Mitte Oktober 2024", "de", "2024-10-11/2024-10-20"),
        ("the end of February 2024", "en", "2024-02-21/2024-02-29"),
        ("2019–2023", "de", "2019-01-01/2023-12-31"),
        ("2023/24", "en", "2023-01-01/2024-12-31"),
        ("1990s", "en", "1990-01-01/1999-12-31"),
        ("im 17. Jahrhundert", "de", "1601-01-01/1700-12-31"),
    ],
)
def test_it_reads_a_date_that_is_written_out(text: str, language: str, days: str) -> None:
    mention = only(text, language)
    assert iso(mention) == days
    assert iso(only(text, language, date(1999, 1, 1))) == days or mention.relative


@pytest.mark.parametrize(
    ("text", "language", "span", "precision"),
    [
        ("Es war im Juni 2024 so.", "de", "Juni 2024", "month"),
        ("Es war am Freitagabend so.", "de", "Freitagabend", "weekday"),
        ("It was on Monday morning.", "en", "Monday morning", "weekday"),
        ("Seit Ende letzten Jahres gilt es.", "de", "Ende letzten Jahres", "period"),
        ("They met on Friday, Dec. 18.", "en", "Friday, Dec. 18", "day"),
        ("Stand 18.12.2024 um 13:39 Uhr.", "de", "18.12.2024 um 13:39 Uhr", "time"),
        ("by the end of February.", "en", "end of February", "period"),
        ("in 2024", "en", "2024", "year"),
    ],
)
def test_it_covers_the_words_of_the_date(text: str, language: str, span: str, precision: str) -> None:
    mention = only(text, language)
    assert (text[mention.start : mention.end], mention.precision) == (span, precision)


def test_offsets_are_those_of_the_text_as_it_is() -> None:
    text = "am 18. De\u00adzem\u00adber 2024"
    mention = only(text, "de")
    assert text[mention.start : mention.end] == "18. De\u00adzem\u00adber 2024"


# Dates that only the day of writing makes one


@pytest.mark.parametrize(
    ("text", "language", "days"),
    [
        ("heute", "de", "2025-04-28"),
        ("gestern Abend", "de", "2025-04-27"),
        ("vorgestern", "de", "2025-04-26"),
        ("Das kommt morgen.", "de", "2025-04-29"),
        ("the day before yesterday", "en", "2025-04-26"),
        ("last night", "en", "2025-04-27"),
        ("am Freitag", "de", "2025-04-25"),
        ("am Montag", "de", "2025-04-28"),
        ("on Tuesday", "en", "2025-04-22"),
        ("last Monday", "en", "2025-04-21"),
        ("letzten Freitag", "de", "2025-04-25"),
        ("next Friday", "en", "2025-05-02"),
        ("am kommenden Montag", "de", "2025-05-05"),
        ("this Friday", "en", "2025-05-02"),
        ("last week", "en", "2025-04-21/2025-04-27"),
        ("in der vergangenen Woche", "de", "2025-04-21/2025-04-27"),
        ("this month", "en", "2025-04-01/2025-04-30"),
        ("im vergangenen Monat", "de", "2025-03-01/2025-03-31"),
        ("letztes Jahr", "de", "2024-01-01/2024-12-31"),
        ("im Vorjahr", "de", "2024-01-01/2024-12-31"),
        ("am Wochenende", "de", "2025-04-26/2025-04-27"),
        ("three days ago", "en", "2025-04-25"),
        ("vor drei Tagen", "de", "2025-04-25"),
        ("vor 48 Stunden", "de", "2025-04-26"),
        ("two weeks ago", "en", "2025-04-11/2025-04-17"),
        ("vor zwei Monaten", "de", "2025-02-01/2025-02-28"),
        ("a year ago", "en", "2024-01-01/2024-12-31"),
        ("vor mehr als 30 Jahren", "de", "1995-01-01/1995-12-31"),
        ("in the last 24 hours", "en", "2025-04-27/2025-04-28"),
        ("in den vergangenen drei Tagen", "de", "2025-04-25/2025-04-28"),
        ("the past two weeks", "en", "2025-04-14/2025-04-28"),
        ("die nächsten zwei Wochen", "de", "2025-04-28/2025-05-12"),
        ("im Oktober", "de", "2024-10-01/2024-10-31"),
        ("im März", "de", "2025-03-01/2025-03-31"),
        ("in April", "en", "2025-04-01/2025-04-30"),
        ("last October", "en", "2024-10-01/2024-10-31"),
        ("last April", "en", "2024-04-01/2024-04-30"),
        ("im Juni letzten Jahres", "de", "2024-06-01/2024-06-30"),
        ("October last year", "en", "2024-10-01/2024-10-31"),
        ("am 13. Januar", "de", "2025-01-13"),
        ("am 28. April", "de", "2025-04-28"),
        ("am 29. April", "de", "2024-04-29"),
        ("29 February", "en", "2024-02-29"),
        ("8. bis 13. Oktober", "de", "2024-10-08/2024-10-13"),
        ("28. auf den 1. März", "de", "2025-02-28/2025-03-01"),
        ("Ende letzten Jahres", "de", "2024-09-01/2024-12-31"),
        ("late last year", "en", "2024-09-01/2024-12-31"),
        ("mid-October", "en", "2024-10-11/2024-10-20"),
        ("Anfang des Jahres", "de", "2025-01-01/2025-04-30"),
        ("im zweiten Quartal", "de", "2025-04-01/2025-06-30"),
        ("im dritten Quartal", "de", "2024-07-01/2024-09-30"),
        ("im Sommer", "de", "2024-06-01/2024-08-31"),
        ("last summer", "en", "2024-06-01/2024-08-31"),
        ("in an August offensive", "en", "2024-08-01/2024-08-31"),
        ("in einer August -Offensive", "de", "2024-08-01/2024-08-31"),
    ],
)
def test_it_looks_back_from_the_day_of_writing(text: str, language: str, days: str) -> None:
    mention = only(text, language)
    assert iso(mention) == days
    assert mention.relative


def test_without_that_day_it_keeps_what_is_said() -> None:
    mention = only("am 13. Januar", "de", None)
    assert (mention.first, mention.last, mention.year, mention.month, mention.day) == (None, None, None, 1, 13)
    month = only("im Oktober", "de", None)
    assert (month.first, month.month, month.day, month.relative) == (None, 10, None, True)
    assert only("am Freitag", "de", None).first is None


def test_a_time_of_day_alone_has_no_day() -> None:
    mention = only("um 13:39 Uhr", "de")
    assert (mention.precision, mention.first) == ("time", None)


def test_a_year_that_is_said_once_counts_for_both() -> None:
    for text, language in (
        ("zwischen Mai und Juli 2019", "de"),
        ("from May to July 2019", "en"),
    ):
        assert [iso(m) for m in dates_in(text, language, MONDAY)] == ["2019-05-01/2019-05-31", "2019-07-01/2019-07-31"]
    across = dates_in("vom 30. Dezember bis 2. Januar 2020", "de", MONDAY)
    assert [iso(m) for m in across] == ["2019-12-30", "2020-01-02"]


def test_a_moment_serves_as_the_day_of_writing() -> None:
    assert iso(only("gestern", "de", datetime(2025, 4, 28, 3, 0))) == "2025-04-27"


# What is no date


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("He may go.", "en"),
        ("They march on.", "en"),
        ("May said so.", "en"),
        ("Theresa May's plan", "en"),
        ("the march of time", "en"),
        ("31 February 2024", "en"),
        ("30. Februar", "de"),
        ("31.02.2024", "de"),
        ("2024-13-01", "de"),
        ("Black Friday", "en"),
        ("am Morgen", "de"),
        ("Guten Morgen", "de"),
        ("in diesem Fall", "de"),
        ("am nächsten Tag", "de"),
        ("vor einigen Tagen", "de"),
        ("in recent months", "en"),
        ("in den letzten Tagen", "de"),
        ("August Bebel sprach.", "de"),
        ("2000 Soldaten", "de"),
        ("1.234 Menschen", "de"),
        ("the fall of the wall", "en"),
        ("3:45.86", "en"),
    ],
)
def test_it_takes_nothing_else_for_a_date(text: str, language: str) -> None:
    assert dates_in(text, language, MONDAY) == ()


def test_a_number_behind_a_month_is_not_always_its_day() -> None:
    assert [m.day for m in dates_in("In October 12 people died.", "en", MONDAY)] == [None]
    assert [m.day for m in dates_in("On October 12 people voted.", "en", MONDAY)] == [12]
    assert [m.day for m in dates_in("Im Oktober 12 Menschen zu retten", "de", MONDAY)] == [None]
    assert [m.day for m in dates_in("in October 12 percent left", "en", MONDAY)] == [None]


# The period of a question


@pytest.mark.parametrize(
    ("question", "language", "first", "last", "words"),
    [
        ("Was ist seit Montag passiert?", "de", "2025-04-28", None, "seit Montag"),
        ("was ist seit dem 1. märz passiert", "de", "2025-03-01", None, "seit dem 1. märz"),
        ("What has changed since 1 March?", "en", "2025-03-01", None, "since 1 March"),
        ("since the beginning of 2024, what changed?", "en", "2024-01-01", None, "since the beginning of 2024"),
        ("Was geschah im Oktober 2024?", "de", "2024-10-01", "2024-10-31", "im Oktober 2024"),
        ("What happened last week?", "en", "2025-04-21", "2025-04-27", "last week"),
        ("What is new in the last 24 hours?", "en", "2025-04-27", "2025-04-28", "in the last 24 hours"),
        ("Was war gestern?", "de", "2025-04-27", "2025-04-27", "gestern"),
        ("What was known before 2020?", "en", None, "2019-12-31", "before 2020"),
        ("Was galt vor 2020?", "de", None, "2019-12-31", "vor 2020"),
        ("Was galt vor dem Jahr 2020?", "de", None, "2019-12-31", "vor dem Jahr 2020"),
        ("Was geschah vor drei Tagen?", "de", "2025-04-25", "2025-04-25", "vor drei Tagen"),
        ("Was war bis Ende 2023 bekannt?", "de", None, "2023-12-31", "bis Ende 2023"),
        ("Was wurde bis zum 5. März gemeldet?", "de", None, "2025-03-05", "bis zum 5. März"),
        ("What came after October 2024?", "en", "2024-11-01", None, "after October 2024"),
        ("Wer gewann 2024?", "de", "2024-01-01", "2024-12-31", "2024"),
        ("What happened between May and July?", "en", "2024-05-01", "2024-07-31", "between May and July"),
        ("Was geschah vom 3. bis 5. März?", "de", "2025-03-03", "2025-03-05", "vom 3. bis 5. März"),
        ("What happened from Monday to Wednesday?", "en", "2025-04-21", "2025-04-23", "from Monday to Wednesday"),
        ("Who left from Friday on?", "en", "2025-04-25", None, "from Friday on"),
        ("What does the report from Friday say?", "en", "2025-04-25", "2025-04-25", "from Friday"),
    ],
)
def test_it_reads_the_period_that_is_asked_for(
    question: str, language: str, first: str | None, last: str | None, words: str
) -> None:
    asked = period_asked(question, language, MONDAY)
    assert asked is not None
    assert [day and str(day) for day in asked[:2]] == [first, last]
    assert asked[2] == words


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wie viele Menschen leben in Bonn?", "de"),
        ("How many of the 2000 soldiers left?", "en"),
        ("Was sagte sie über den 6. Januar 2021?", "de"),
        ("What may happen?", "en"),
        ("Um wie viel Uhr, 13:39 Uhr?", "de"),
        ("", "de"),
    ],
)
def test_a_question_without_a_period_has_none(question: str, language: str) -> None:
    assert period_asked(question, language, MONDAY) is None


# Any text

PIECES = (
    "1 5. 12 18. 31. 29. 2024 1999 2024-12-18 18.12.2024 12/18/2024 31.02.2024 13:39 Uhr p.m. Oktober May März Feb. "
    "Februar Montag Friday Freitagabend last next this letzten vergangenen dieses Jahres year years ago vor drei three "
    "99999 Wochen days Tagen hours Ende early mid- end of the quarter Quartal Q3 zweiten first half Sommer summer of bis "
    "to und between zwischen from since seit before on , - – ( ) / heute gestern tomorrow day before yesterday weekend "
    "Jahresende century Jahrhundert 17th \u00ad \u0308 İ \ud800 \x00"
).split(" ")
TEXTS = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from([" ", " ", "", "\n"])), max_size=24).map(
    lambda parts: "".join(piece + gap for piece, gap in parts)
)
LANGUAGES = st.sampled_from(["de", "en", "und", "fr"])


@settings(max_examples=300, deadline=None)
@given(TEXTS | st.text(max_size=60), LANGUAGES, st.none() | st.dates())
def test_spans_are_ordered_and_days_are_in_order(text: str, language: str, reference: date | None) -> None:
    end = 0
    for mention in dates_in(text, language, reference):
        assert end <= mention.start < mention.end <= len(text)
        assert (mention.first is None) == (mention.last is None) or reference is not None
        if mention.first and mention.last:
            assert mention.first <= mention.last
            assert mention.year == mention.first.year
        if reference is None and mention.relative:
            assert mention.first is None
        assert mention.precision in ("day", "month", "year", "weekday", "period", "time")
        end = mention.end


@settings(max_examples=150, deadline=None)
@given(TEXTS, LANGUAGES, st.dates())
@example("2024 - yesterday", "en", date(2000, 1, 1))
def test_a_period_is_said_by_words_of_the_question(question: str, language: str, today: date) -> None:
    asked = period_asked(question, language, today)
    if asked is not None:
        first, last, words = asked
        assert words in question
        assert first or last or today.year in (1, 9999)
        assert first is None or last is None or first <= last


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_back_in_every_notation(day: date, reference: date) -> None:
    german = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()[day.month - 1]
    for text, language in (
        (f"{day.day}. {german} {day.year}", "de"),
        (f"{day:%d.%m.%Y}", "de"),
        (f"{day:%Y-%m-%d}", "en"),
        (f"{day:%B} {day.day}, {day.year}", "en"),
        (f"{day.day} {day:%b} {day.year}", "en"),
        (f"{day.month}/{day.day}/{day.year}", "en"),
    ):
        assert iso(only(text, language, reference)) == str(day)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_a_weekday_is_one_of_the_last_seven_days(reference: date) -> None:
    names = "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split()
    for number, name in enumerate(names):
        found = only(f"am {name}", "de", reference).first
        assert found is not None
        assert found.weekday() == number
        assert 0 <= (reference - found).days < 7


@settings(max_examples=150)
@given(st.lists(st.sampled_from("mai vor märz q Maikäfer _mai mai2024 12 3.mai ²5 voraus day-day ÄVOR".split()) | st.text(max_size=4)).map("".join))
def test_expressions_begin_at_whole_words(text: str) -> None:
    reading = read(text)
    tokens = [(m.start(), m.group()) for m in re.finditer(r"\d+|[^\W\d_]+", reading.lowered)]
    wanted = [(at, word) for at, word in tokens if word in _starters("de") or word[0].isdecimal()]
    assert DateFinder(reading, "de", None)._beginnings() == wanted
