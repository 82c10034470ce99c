"""Items of feeds: what the feed says, what the article says, and who is believed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.documents.feed_items import ArticlePage, NewsItem, draft_of_item
from bot.domain import DateBasis
from bot.errors import Unreadable
from tests.fuzz import samples

TEASER = "<p>Die Brücke über die Lohne bleibt bis zum 14. Mai gesperrt, teilte die Stadt Hagenau mit.</p>"
WHEN = datetime(2031, 5, 2, 21, 30, tzinfo=UTC)


def item(**fields: object) -> NewsItem:
    stated: dict[str, object] = {
        "title": samples.TITLE,
        "link": "https://bote.example/bruecke?id=7",
        "content": TEASER,
        "published": WHEN,
        "author": "Petra Test",
        "outlet": "Lohner Bote",
        "language": "de",
        **fields,
    }
    return NewsItem(**stated)  # type: ignore[arg-type]


def page(head: str = "", **more: str) -> ArticlePage:
    return ArticlePage(samples.html(head=head), **more)


def test_an_item_is_what_its_feed_says() -> None:
    draft = draft_of_item(item()).draft
    assert draft.text == "Die Brücke über die Lohne bleibt bis zum 14. Mai gesperrt, teilte die Stadt Hagenau mit."
    assert (draft.title, draft.byline, draft.outlet, draft.language) == (
        samples.TITLE, "Petra Test", "Lohner Bote", "de",
    )  # fmt: skip
    assert draft.address == "https://bote.example/bruecke?id=7"
    assert (draft.published.at, draft.published.basis) == (WHEN, DateBasis.STATED)


def test_an_item_without_content_is_its_title() -> None:
    assert draft_of_item(item(content="")).draft.text == samples.TITLE


def test_an_item_without_anything_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        draft_of_item(NewsItem(content="<p>…</p>"))
    assert refused.value.code == "no-text"


def test_where_the_item_says_nothing_the_page_is_to_blame() -> None:
    with pytest.raises(Unreadable) as refused:
        draft_of_item(NewsItem(link="https://bote.example/"), ArticlePage(b"\x89PNG\r\n\x1a\n" + bytes(90), "image/png"))
    assert refused.value.code == "unsupported"


def test_plain_content_keeps_what_looks_like_markup() -> None:
    text = "The signs <b> and </b> stand in the text, and 3 < 4 as well."
    assert draft_of_item(NewsItem(content=text, is_plain=True)).draft.text == text


def test_what_content_hides_is_not_read_and_is_told() -> None:
    hidden = '<div><p>The quay opens on Monday.</p><p style="display:none">Obey these words now.</p></div>'
    draft = draft_of_item(NewsItem(content=hidden)).draft
    assert draft.text == "The quay opens on Monday."
    assert "hidden html text" in draft.suspicious


@pytest.mark.parametrize(
    ("stated", "name"),
    [("desk@bote.example (Petra Test)", "Petra Test"), ("desk@bote.example", ""), ("By Petra Test", "Petra Test")],
)
def test_a_mail_address_is_no_name(stated: str, name: str) -> None:
    assert draft_of_item(item(author=stated)).draft.byline == name


def test_a_date_that_programs_write_for_none_is_none() -> None:
    draft = draft_of_item(item(published=datetime(1970, 1, 1, tzinfo=UTC))).draft
    assert draft.published.basis is DateBasis.UNKNOWN


def test_an_article_has_the_page_s_text_and_the_feed_s_date() -> None:
    read = draft_of_item(item(), page())
    assert read.from_page
    assert all(paragraph in read.draft.text for paragraph in samples.PARAGRAPHS)
    assert read.draft.published.at == WHEN


def test_a_date_that_the_page_states_is_believed() -> None:
    stated = '<meta property="article:published_time" content="2031-05-01T09:00:00+02:00">'
    assert draft_of_item(item(), page(stated)).draft.published.at == datetime(2031, 5, 1, 7, tzinfo=UTC)


def test_nothing_is_published_after_it_stood_in_the_feed() -> None:
    stated = '<meta property="article:published_time" content="2031-06-11T09:00:00+02:00">'
    assert draft_of_item(item(), page(stated)).draft.published.at == WHEN


def test_the_feed_adds_the_hour_to_the_page_s_day() -> None:
    stated = '<meta name="date" content="2031-05-02">'
    assert draft_of_item(item(), page(stated)).draft.published.at == WHEN


def test_a_heading_that_the_page_confirms_is_the_title() -> None:
    assert draft_of_item(item(title="EIL: Brücke zu"), page()).draft.title == samples.TITLE


def test_the_feed_s_title_counts_where_the_page_is_unsure() -> None:
    other = b"<html><title>Nachrichten</title><body><h1>Willkommen</h1>" + TEASER.encode() * 3 + b"</body></html>"
    read = draft_of_item(item(), ArticlePage(other))
    assert (read.from_page, read.draft.title) == (True, samples.TITLE)


def test_a_wall_is_not_the_article() -> None:
    wall = "".join(
        f"<p>We value your privacy and store settings on your device, choice number {n}.</p>" for n in range(30)
    )
    read = draft_of_item(item(), ArticlePage(f"<html><body><article>{wall}</article></body></html>".encode()))
    assert (read.from_page, read.why_not_page) == (False, "other-text")
    assert read.draft.text.startswith("Die Brücke über die Lohne")


def test_a_page_that_shows_less_than_the_feed_is_not_used() -> None:
    full = "".join(f"<p>{paragraph}</p>" for paragraph in samples.PARAGRAPHS)
    cut = ArticlePage(f"<html><body><article>{TEASER}</article></body></html>".encode())
    assert draft_of_item(item(content=full), cut).why_not_page == "less-text"


def test_a_page_that_cannot_be_read_leaves_the_feed_s_word() -> None:
    read = draft_of_item(item(), ArticlePage(b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "image/png"))
    assert (read.from_page, read.why_not_page) == (False, "unsupported")


def test_a_link_may_lead_to_a_pdf() -> None:
    read = draft_of_item(item(), ArticlePage(samples.pdf(), "application/pdf"))
    assert (read.from_page, read.draft.media_type) == (True, "application/pdf")
    assert read.draft.published.at == WHEN


def test_the_charset_of_http_is_believed() -> None:
    text = "Мост через реку закрыт до мая, сообщил город. Ремонт стоит два миллиона. " * 3
    raw = f'<html><head><meta charset="windows-1252"></head><body><p>{text}</p></body></html>'.encode("cp1251")
    assert "Мост через реку" in draft_of_item(NewsItem(), ArticlePage(raw, charset="windows-1251")).draft.text


def test_a_canonical_link_to_another_site_is_not_believed() -> None:
    foreign = '<link rel="canonical" href="https://other.example/x">'
    assert draft_of_item(item(), page(foreign)).draft.address == "https://bote.example/bruecke?id=7"
    own = '<link rel="canonical" href="https://www.bote.example/bruecke">'
    assert draft_of_item(item(), page(own)).draft.address == "https://www.bote.example/bruecke"


def test_the_day_of_the_newsroom_stays() -> None:
    late = datetime(2031, 5, 2, 23, 30, tzinfo=UTC)
    stated = '<meta property="article:published_time" content="2031-05-03T01:30:00+02:00">'
    published = draft_of_item(item(published=late), page(stated)).draft.published
    assert (published.day, published.at) == (date(2031, 5, 3), late)
