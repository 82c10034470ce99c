"""The day of a web page: what metadata states, what the page prints, and which printed days are another's."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.documents.dating import Printed, metadata_date
from bot.documents.formats.fragments import parse_html
from bot.documents.formats.page_days import address_day, neighbour_day, on_day, printed_day, scripted_day
from bot.documents.reading import read_document
from bot.domain import DateBasis, DocumentDate

TITLE = "The quay stays closed"
STORY = (
    "<p>The quay stays closed until the cranes have been looked at, the harbour master said, and that takes long.</p>"
)
DAY = date(2031, 5, 2)


def found(body: str, language: str = "en") -> tuple[date, Printed] | None:
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    day = printed_day(tree, TITLE, language)
    return (day.day, day.kind) if day else None


def dated(body: str, head: str = "") -> DocumentDate:
    page = f"<html><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    return read_document(page.encode(), name="a.html").published


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("<p class='date'>2 May 2031</p>", Printed.BARE),
        ("<time datetime='2031-05-02'>3 hours ago</time>", Printed.BARE),
        ("<span>Veröffentlicht am</span> <span>02.05.2031</span>", Printed.PUBLISHED),
        ("<div>Publié le 2 mai 2031 à 10h30</div>", Printed.PUBLISHED),
        ("<div>Erstellt am: 02.05.2031 18:36 / sk</div>", Printed.PUBLISHED),
        ("<div class='meta'>Aktualisiert: 02.05.2031</div>", Printed.UPDATED),
        ("<div>By Jane Doe | 2 May 2031</div>", Printed.BARE),
    ],
)
def test_it_finds_the_date_behind_the_headline(line: str, kind: Printed) -> None:
    assert found(f"<h1>{TITLE}</h1>{line}{STORY}") == (DAY, kind)


def test_a_date_may_stand_above_the_headline() -> None:
    assert found(f"<span class='date'>2 May 2031</span><h1>{TITLE}</h1>{STORY}") == (DAY, Printed.BARE)


@pytest.mark.parametrize(
    "other",
    [
        "<ul class='related'><li><a href='/x'>Fair ends</a> <time datetime='2031-06-09'>9 June 2031</time></li></ul>",
        "<div id='comments'><p>Petra, <time datetime='2031-06-09'>9 June 2031</time></p></div>",
        "<footer>© 2031 The Gazette, 9 June 2031</footer>",
        "<p>The fair on 9 June 2031 will be held as it was planned, the harbour master said to the council there.</p>",
        "<a href='/x'>Another report of the paper with a long title, that is about the fair, 9 June 2031</a>",
        "<blockquote class='twitter-tweet'>So it is! <a href='/t'>June 9, 2031</a></blockquote>",
        "<script>var today = '9 June 2031'</script>",
    ],
)
def test_a_date_of_something_else_is_not_the_article_s(other: str) -> None:
    assert found(f"<h1>{TITLE}</h1>{STORY}{other}") is None
    both = f"<h1>{TITLE}</h1><p class='date'>2 May 2031</p>{STORY}{other}"
    assert found(both) == (DAY, Printed.BARE)


def test_dates_that_all_look_the_same_are_those_of_a_list() -> None:
    rows = "".join(f"<p><span class='date'>{day} May 2031</span> {TITLE} {day}</p>" for day in range(3, 9))
    assert found(f"<h1>News</h1>{rows}") is None


def test_the_only_day_called_that_of_publication_may_stand_in_the_foot() -> None:
    foot = "<div class='footer'>Letzte Änderung: 30.04.2031<br>Erschienen am: 02.05.2031</div>"
    assert found(f"<h1>{TITLE}</h1>{STORY}{foot}") == (DAY, Printed.PUBLISHED)


def test_publication_counts_before_change() -> None:
    line = "<p>Aktualisiert am 09.06.2031 | Veröffentlicht am 02.05.2031</p>"
    assert found(f"<h1>{TITLE}</h1>{line}{STORY}") == (DAY, Printed.PUBLISHED)


@pytest.mark.parametrize(("language", "day"), [("en-US", date(2031, 5, 2)), ("en-GB", date(2031, 2, 5)), ("en", None)])
def test_the_order_of_numbers_is_that_of_the_country(language: str, day: date | None) -> None:
    read = found(f"<h1>{TITLE}</h1><p class='date'>05/02/2031</p>{STORY}", language)
    assert (read[0] if read else None) == day


def test_the_attribute_settles_the_order_of_numbers() -> None:
    line = "<time datetime='2031-05-02'>05/02/31</time>"
    assert found(f"<h1>{TITLE}</h1>{line}{STORY}", "de") == (DAY, Printed.BARE)


def test_a_page_s_own_data_counts_when_it_agrees() -> None:
    tree = parse_html("<body><script>{\"publishedAt\": \"2031-05-02T10:00:00Z\", 'x': '2031-06-09'}</script></body>")
    assert tree is not None
    assert scripted_day(tree) == "2031-05-02"
    tree = parse_html('<script>[{"pubDate":"2031-05-02"},{"pubDate":"2031-06-09"}]</script>')
    assert tree is not None
    assert scripted_day(tree) == ""


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("2031-05-03T00:25:00Z", DAY),
        ("Sat, 03 May 2031 00:25:56 GMT", DAY),
        ("2031-05-01T22:30:00+00:00", DAY),
        ("2031-05-03T12:00:00Z", None),
        ("2031-05-03T00:25:00+02:00", None),
        ("2031-05-03", None),
    ],
)
def test_a_moment_in_utc_may_be_another_day_at_home(stated: str, day: date | None) -> None:
    assert neighbour_day(stated) == day
    if day:
        moved, known = metadata_date(on_day(stated, day)), metadata_date(stated)
        assert moved
        assert known
        assert (moved[0], moved[1]) == (day, known[1])


def test_no_place_on_earth_is_a_day_behind() -> None:
    assert on_day("2031-05-03T23:00:00Z", DAY) == "2031-05-02"


def test_the_page_prints_the_newsroom_s_day() -> None:
    utc = '<meta property="article:published_time" content="2031-05-03T00:25:00Z">'
    read = dated(f"<h1>{TITLE}</h1><p class='date'>May 2, 2031</p>{STORY}", utc)
    assert (read.day, read.at, read.basis) == (DAY, datetime(2031, 5, 3, 0, 25, tzinfo=UTC), DateBasis.STATED)


def test_a_day_called_that_of_publication_counts_before_a_later_one_in_metadata() -> None:
    late = '<meta name="date" content="2031-06-09">'
    assert dated(f"<h1>{TITLE}</h1><p>Veröffentlicht am 02.05.2031</p>{STORY}", late).day == DAY
    early = '<meta name="date" content="2031-04-01">'
    assert dated(f"<h1>{TITLE}</h1><p>Veröffentlicht am 02.05.2031</p>{STORY}", early).day == date(2031, 4, 1)


def test_a_report_that_is_dated_anew_says_so() -> None:
    head = (
        '<meta property="article:published_time" content="2031-01-10T10:00:00+01:00">'
        '<meta property="article:modified_time" content="2031-05-02T10:00:00+02:00">'
    )
    read = dated(f"<h1>{TITLE}</h1><p class='date'>02.05.2031</p>{STORY}", head)
    assert (read.day, read.basis, read.edited) == (DAY, DateBasis.STATED, True)
    both = dated(f"<h1>{TITLE}</h1><p class='date'>10.01.2031 – Update 02.05.2031</p>{STORY}", head)
    assert (both.day, both.edited) == (date(2031, 1, 10), False)


def test_a_bare_printed_day_is_no_more_than_that() -> None:
    assert dated(f"<h1>{TITLE}</h1><p class='date'>02.05.2031</p>{STORY}").basis is DateBasis.PAGE_SAYS


def test_only_a_day_of_change_is_told_as_one() -> None:
    read = dated(f"<h1>{TITLE}</h1><div class='meta'>Stand: 02.05.2031</div>{STORY}")
    assert (read.day, read.edited) == (DAY, True)


def test_the_data_of_the_article_counts_not_that_of_its_neighbours() -> None:
    def node(title: str, day: str) -> str:
        return f'{{"@type": "NewsArticle", "headline": "{title}", "datePublished": "{day}"}}'

    data = f"[{node('The fair ends early', '2031-06-09')}, {node(TITLE, '2031-05-02')}]"
    script = f'<script type="application/ld+json">{data}</script>'
    assert dated(f"<h1>{TITLE}</h1>{STORY}", script).day == DAY


@pytest.mark.parametrize("called", ["news-list-date", "article-footer", "rail"])
def test_what_stands_between_headline_and_story_is_the_article_s_whatever_it_is_called(called: str) -> None:
    assert found(f"<h1>{TITLE}</h1><div class='{called}'>2 May 2031</div>{STORY}") == (DAY, Printed.BARE)


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("https://paper.example/2031/05/02/quay", "2031-05-02"),
        ("https://paper.example/quay-2031-05-02-closed", "2031-05-02"),
        ("https://paper.example/news/20310502.html", "2031-05-02"),
        ("https://paper.example/meldungen/02-05-2031", "2031-05-02"),
        ("https://paper.example/2031-05-02/compared-with-2030-05-02", ""),
        ("https://paper.example/2031-02-31", ""),
        ("https://paper.example/4203105021", ""),
    ],
)
def test_an_address_may_hold_the_day(address: str, day: str) -> None:
    assert address_day(address) == day
