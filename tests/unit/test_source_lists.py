"""Lists of sources, in and out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Unreadable
from bot.sources.feed_html import line_of
from bot.sources.source_lists import REASONS, ListedSource, RefusedRow, read_source_list, write_csv, write_opml

OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
  <outline text="News">
    <outline text="Port">
      <outline type="rss" text="Harbour" xmlUrl="https://harbour.example.com/feed?utm=1" htmlUrl="https://harbour.example.com/"/>
    </outline>
    <outline TEXT="City &amp; Co" XMLURL="https://city.example.com/rss" language="de-DE" />
  </outline>
  <outline text="Loose" xmlurl="https://loose.example.com/atom" category="/Region/North,/Other"></outline>
  <outline type="link" text="A page" url="https://page.example.com/news"/>
</body></opml>"""


def read(text: str, name: str = "") -> tuple[ListedSource | RefusedRow, ...]:
    return read_source_list(text.encode(), name)


def listed(text: str, name: str = "") -> list[tuple[str, str, tuple[str, ...]]]:
    return [(row.address, row.title, row.topics) for row in read(text, name) if isinstance(row, ListedSource)]


def test_opml_keeps_its_folders_as_topics() -> None:
    rows = read(OPML)
    assert rows == (
        ListedSource("https://harbour.example.com/feed?utm=1", "Harbour", ("News", "Port"), home="https://harbour.example.com/", line=5),
        ListedSource("https://city.example.com/rss", "City & Co", ("News",), language="de", line=7),
        ListedSource("https://loose.example.com/atom", "Loose", ("Region", "North"), line=9),
        ListedSource("https://page.example.com/news", "A page", kind="page", line=10),
    )


@pytest.mark.parametrize(
    "broken",
    [
        OPML.replace("City &amp; Co", "City & Co"),
        OPML.replace("</body></opml>", ""),
        OPML.replace("    </outline>\n    <outline TEXT", "    </outline>\n    </p><outline TEXT"),
        OPML.replace('type="rss"', "type=rss"),
        OPML.replace("<opml", '<!DOCTYPE opml [<!ENTITY a "b">]><opml'),
        "\ufeff\n" + OPML,
    ],
)
def test_broken_opml_says_the_same(broken: str) -> None:
    assert listed(broken) == listed(OPML)


def test_entities_are_not_resolved() -> None:
    text = '<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><body><outline text="&a;" xmlUrl="https://a.example.com/x"/></body></opml>'
    assert listed(text) == [("https://a.example.com/x", "&a;", ())]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('url,title,topic\nhttps://a.example.com/feed,Alpha,News/Port\nhttps://b.example.com/feed,"Beta, the second",\n', "a.csv"),
        ("Titel;Adresse;Ordner\r\nAlpha;https://a.example.com/feed;News/Port\r\nBeta, the second;b.example.com/feed;\r\n", ""),
        ("https://a.example.com/feed\tAlpha\tNews/Port\n\n# no source\nhttps://b.example.com/feed\tBeta, the second\n", "x.tsv"),
        ('Alpha,https://a.example.com/feed,News/Port\n"Beta, the second",https://b.example.com/feed,\n', ""),
    ],
)  # fmt: skip
def test_tables_are_read_however_they_are_separated(text: str, name: str) -> None:
    rows = listed(text, name)
    assert [(title, topics) for _, title, topics in rows] == [("Alpha", ("News", "Port")), ("Beta, the second", ())]
    assert [address.partition("//")[2] for address, _, _ in rows] == ["a.example.com/feed", "b.example.com/feed"]


def test_a_header_says_what_separates() -> None:
    assert listed("address,title\nhttps://a.example.com/,;\nhttps://b.example.com/,a;b;c\n") == [
        ("https://a.example.com/", ";", ()), ("https://b.example.com/", "a;b;c", ()),
    ]  # fmt: skip
    assert listed("url\nhttps://a.example.com/?b=1,2\n") == [("https://a.example.com/?b=1,2", "", ())]


def test_lines_hold_one_address_each() -> None:
    text = "# mine\nhttps://a.example.com/feed?x=1,2\n\n  feed://b.example.com/rss  \nc.example.com\nDelta – https://d.example.com/feed\n"
    assert [(row.address, row.title, row.line) for row in read(text) if isinstance(row, ListedSource)] == [
        ("https://a.example.com/feed?x=1,2", "", 2),
        ("http://b.example.com/rss", "", 4),
        ("https://c.example.com/", "", 5),
        ("https://d.example.com/feed", "Delta", 6),
    ]


def test_what_cannot_be_added_says_line_and_reason() -> None:
    rows = read("https://a.example.com/feed\nftp://b.example.com/\nhttps://a.example.com/feed\nhttp://127.0.0.1/feed\nnothing here\n")
    assert isinstance(rows[0], ListedSource)
    refused = [row for row in rows[1:] if isinstance(row, RefusedRow)]
    assert [(row.line, row.code) for row in refused][1] == (3, "listed-twice")
    assert [row.line for row in refused] == [2, 3, 4, 5]
    assert refused[1].reason == "The same address stands in line 1."
    assert refused[-1].code == "no-address"
    assert all(row.reason for row in refused)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "list-empty"),
        ("# nothing\n", "list-empty"),
        ("<html><body>Hi</body></html>", "list-is-a-page"),
        ("<rss version='2.0'><channel/></rss>", "list-is-a-feed"),
        ("<note/>", "list-not-understood"),
        ("Dear all,\nthis is a letter.\n", "list-not-understood"),
        ("x" * (9 * 2**20), "list-too-large"),
    ],
)
def test_what_is_no_list_is_said_to_be_none(text: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert refused.value.code == code
    assert code in REASONS


names = st.text(st.characters(codec="utf-8"), max_size=40).map(lambda text: line_of(text, is_text=True, longest=300))
words = names.filter(bool)
sources = st.builds(
    ListedSource,
    address=st.from_regex(r"https://[a-z]{1,10}\.example\.com/[a-z0-9]{0,8}(\?[a-z]=[0-9]&[b-y]=,;)?", fullmatch=True),
    title=names,
    topics=st.lists(words, max_size=4).map(tuple),
    kind=st.sampled_from(["feed", "page"]),
    home=st.sampled_from(["", "https://home.example.com/?a=1&b=2"]),
    language=st.sampled_from(["", "de", "en"]),
)


def told(rows: object) -> list[tuple[object, ...]]:
    assert isinstance(rows, list | tuple)
    return sorted((row.address, row.title, row.topics, row.kind, row.home, row.language) for row in rows)


@settings(max_examples=100, deadline=None)
@given(st.lists(sources, min_size=1, max_size=6, unique_by=lambda source: source.address))
def test_what_is_written_is_read_again(some: list[ListedSource]) -> None:
    some = [source for source in some if source.title != source.address]
    if some:
        assert told(read_source_list(write_opml(some))) == told(some)
        assert told(read_source_list(write_csv(some), "sources.csv")) == told(some)


def test_a_spreadsheet_has_nothing_to_reckon_with() -> None:
    source = ListedSource("https://a.example.com/", "=HYPERLINK(1)", ("+1", "a/b"))
    lines = write_csv([source]).decode("utf-8-sig").splitlines()
    assert lines[1] == "https://a.example.com/,'=HYPERLINK(1),'+1/a\\/b,feed,,"
    assert told(read_source_list(write_csv([source]))) == told([source])


pieces = ["<outline ", "text='", 'xmlUrl="', "https://a.example.com/", "/>", ">", "</outline>", "<opml>", "&", ",", ";", "\t", "\n", '"', "url", "\x00", "\ud800"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(pieces) | st.text(max_size=4), max_size=40))
def test_nothing_makes_it_fail(parts: list[str]) -> None:
    try:
        rows = read_source_list("".join(parts).encode("utf-8", "surrogatepass"))
    except Unreadable:
        return
    assert all(isinstance(row, ListedSource) or row.reason for row in rows)


def test_long_lists_and_hostile_ones_end() -> None:
    assert len(read("\n".join(f"https://a.example.com/{number}" for number in range(10_050)))) == 10_001
    deep = "<opml><body>" + "<outline text='a'>" * 20_000 + "<outline xmlUrl='https://a.example.com/x'/>"
    assert [topics for _, _, topics in listed(deep)] == [("a",) * 20]
    with pytest.raises(Unreadable):
        read("<opml>" + "<outline a='" * 100_000)
