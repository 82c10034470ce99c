"""Lists of sources, in and out."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Unreadable
from bot.sources.source_lists import ListedSource, RefusedLine, read_source_list, write_csv, write_opml

LISTED = [
    ListedSource("https://paper.example/feed?a=1&b=2", 'The "Paper" & more <b>'),
    ListedSource("https://office.example/notice", "Büro", "page"),
]


def test_what_is_written_as_opml_is_read_again() -> None:
    assert read_source_list(write_opml(LISTED)) == LISTED


def test_what_is_written_as_csv_is_read_again() -> None:
    assert read_source_list(write_csv(LISTED), "sources.csv") == LISTED


def test_folders_of_opml_are_looked_into_and_what_has_no_address_is_told() -> None:
    raw = (
        b"<opml version='1.0'><body><outline text='News'><outline type='rss' title='A' xmlUrl='https://a.example/f'/>"
        b"<outline type='rss' text='B'/></outline><outline text='C' XMLURL='https://c.example/f'/></body></opml>"
    )
    assert read_source_list(raw) == [
        ListedSource("https://a.example/f", "A"),
        RefusedLine("B", "no-address", "This outline has no xmlUrl."),
        ListedSource("https://c.example/f", "C"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_found_by_their_heads(delimiter: str) -> None:
    raw = f'Name{delimiter}Feed URL\n"Paper{delimiter} daily"{delimiter}https://paper.example/f\nx{delimiter}\n'.encode()
    assert read_source_list(raw) == [
        ListedSource("https://paper.example/f", f"Paper{delimiter} daily".replace("\t", "")),
        RefusedLine("x", "no-address", "There is no address in this line."),
    ]


def test_a_csv_without_a_head_is_searched_for_addresses() -> None:
    assert read_source_list(b"Paper,https://paper.example/f\n", "a.csv") == [
        ListedSource("https://paper.example/f", "Paper")
    ]


def test_one_address_a_line_with_a_title_or_without() -> None:
    raw = "# mine\nhttps://a.example/f\n\nPaper - https://b.example/f\nb.example/feed\nhallo welt\nhttps://a.example/f\n"
    assert read_source_list(raw.encode("utf-16")) == [
        ListedSource("https://a.example/f"),
        ListedSource("https://b.example/f", "Paper"),
        ListedSource("b.example/feed"),
        RefusedLine("hallo welt", "no-address", "There is no address in this line."),
    ]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "list-empty"),
        (b"no address here", "list-empty"),
        (b"<opml><body>", "list-broken"),
        (b"<!DOCTYPE x [<!ENTITY e 'x'>]><opml>&e;</opml>", "list-broken"),
        (b"<html><p>x</p></html>", "list-empty"),
        (b"x" * 5_000_001, "list-too-large"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(raw: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_source_list(raw)
    assert refused.value.code == code
    assert refused.value.person


def test_a_title_is_no_formula_for_a_spreadsheet() -> None:
    assert b"'=1+1" in write_csv([ListedSource("https://a.example/f", "=1+1")])


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_list_or_refused(raw: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert read_source_list(raw)


@given(st.lists(st.builds(ListedSource, st.just("https://a.example/f"), st.text(max_size=30)), min_size=1, max_size=1))
def test_any_title_can_be_written(listed: list[ListedSource]) -> None:
    assert isinstance(read_source_list(write_opml(listed))[0], ListedSource)
    assert isinstance(read_source_list(write_csv(listed), "x.csv")[0], ListedSource)
