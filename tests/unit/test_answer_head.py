"""What the head of an answer says, in the spellings that servers have for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.answer_head import MOST_AGE_S, Head
from bot.sources.fetched import LEAST_RETRY_S, MOST_RETRY_S, USUAL_RETRY_S

NOW = datetime(2031, 5, 6, 12, 0, tzinfo=UTC)


def head(**fields: str) -> Head:
    return Head((name.replace("_", "-").title().encode(), value.encode("latin-1")) for name, value in fields.items())


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120),
        (" 90 ", 90),
        ("90.7", 90),
        ("0", LEAST_RETRY_S),
        ("-5", LEAST_RETRY_S),
        ("999999999999999999999999", MOST_RETRY_S),
        ("Tue, 06 May 2031 13:00:00 GMT", 3600),
        ("Tue, 06 May 2031 11:00:00 GMT", LEAST_RETRY_S),
        ("Fri, 31 Dec 9999 23:59:59 GMT", MOST_RETRY_S),
        ("Tuesday, 06-May-31 13:00:00 GMT", 3600),
        ("later", USUAL_RETRY_S),
        ("1e9", USUAL_RETRY_S),
        ("99999-01-01", USUAL_RETRY_S),
        ("٣", USUAL_RETRY_S),
    ],
)
def test_when_to_come_again_is_always_within_bounds(written: str, seconds: int) -> None:
    assert Head([(b"retry-after", written.encode())]).retry_after_s(NOW) == seconds


def test_a_date_counts_from_the_servers_own_clock() -> None:
    slow = head(retry_after="Tue, 06 May 2031 10:02:00 GMT", date="Tue, 06 May 2031 10:00:00 GMT")
    assert slow.retry_after_s(NOW) == 120
    assert head(retry_after="").retry_after_s(NOW) is None
    assert head().retry_after_s(NOW) is None


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({}, None),
        ({"cache_control": "max-age=600"}, 600),
        ({"cache_control": 'Public , MAX-AGE = "600"'}, 600),
        ({"cache_control": "max-age=600", "age": "500"}, 100),
        ({"cache_control": "max-age=600", "age": "5000"}, 0),
        ({"cache_control": "max-age=600, no-cache"}, 0),
        ({"cache_control": "no-store"}, 0),
        ({"cache_control": "max-age=99999999999999999999"}, MOST_AGE_S),
        ({"cache_control": "max-age=-1"}, None),
        ({"cache_control": "max-age=soon", "expires": "Tue, 06 May 2031 12:10:00 GMT"}, 600),
        ({"expires": "Tue, 06 May 2031 12:10:00 GMT"}, 600),
        ({"expires": "Tue, 06 May 2031 10:10:00 GMT", "date": "Tue, 06 May 2031 10:00:00 GMT"}, 600),
        ({"expires": "Tue, 06 May 2031 11:00:00 GMT"}, 0),
        ({"expires": "0"}, 0),
        ({"expires": "-1"}, 0),
        ({"cache_control": "max-age=60", "expires": "Tue, 06 May 2031 13:00:00 GMT"}, 60),
        ({"cache_control": "s-maxage=60"}, None),
    ],
)
def test_for_how_long_an_answer_holds(fields: dict[str, str], seconds: int | None) -> None:
    assert head(**fields).max_age_s(NOW) == seconds


@pytest.mark.parametrize(
    ("written", "media_type", "charset"),
    [
        ("text/html", "text/html", ""),
        ('Application/RSS+XML; Charset="UTF-8"', "application/rss+xml", "utf-8"),
        ("text/xml;charset='iso-8859-1';x=y", "text/xml", "iso-8859-1"),
        ("text/html, text/html", "text/html", ""),
        ("nonsense", "", ""),
        ("", "", ""),
    ],
)
def test_the_kind_of_the_body(written: str, media_type: str, charset: str) -> None:
    read = head(content_type=written)
    assert (read.media_type, read.charset) == (media_type, charset)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('attachment; filename="report.pdf"', "report.pdf"),
        ("attachment; filename=report.pdf", "report.pdf"),
        ("attachment; filename*=UTF-8''%C3%9Cbersicht.pdf", "Übersicht.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\a\\\\b.pdf"', "b.pdf"),
        ('attachment; filename=".."', ""),
        ('attachment; filename="a\u202efdp.exe"'.encode().decode("latin-1"), None),
        ("attachment; filename*=nonsense''%ff", None),
        ("inline", ""),
    ],
)
def test_a_file_name_has_no_folders(written: str, name: str | None) -> None:
    read = head(content_disposition=written).filename
    assert "/" not in read
    assert "\u202e" not in read
    if name is not None:
        assert read == name


def test_validators_come_back_as_they_came_or_not_at_all() -> None:
    assert head(etag='W/"a b"').validator("etag") == 'W/"a b"'
    assert head(etag="unquoted").validator("etag") == "unquoted"
    assert head(etag='"\xe4"').validator("etag") == '"\xe4"'
    assert head(etag="x" * 5000).validator("etag") == ""
    assert Head([(b"ETag", b"a\x00b")]).validator("etag") == ""


def test_a_location_may_be_in_utf_8() -> None:
    assert Head([(b"location", "/ü".encode())]).location == "/ü"
    assert Head([(b"location", b"/\xfc")]).location == "/ü"


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_any_head_is_read(value: bytes, other: bytes) -> None:
    names = [b"retry-after", b"cache-control", b"expires", b"age", b"date", b"content-type", b"content-disposition"]
    read = Head([(name, value) for name in [*names, b"etag", b"location", b"content-length"]] + [(b"date", other)])
    wait_s, age_s = read.retry_after_s(NOW), read.max_age_s(NOW)
    assert wait_s is None or LEAST_RETRY_S <= wait_s <= MOST_RETRY_S
    assert age_s is None or 0 <= age_s <= MOST_AGE_S
    assert read.length >= 0
    for text in (read.media_type, read.charset, read.filename, read.location, read.validator("etag")):
        assert isinstance(text, str)
