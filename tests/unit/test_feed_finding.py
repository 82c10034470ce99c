"""Which feeds a page has, and where they usually lie."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sources.feed_finding import find_feeds, usual_paths

PAGE = "https://www.harbour.example.com/city/start.html"


def addresses(html: str, page: str = PAGE) -> list[str]:
    return [feed.address for feed in find_feeds(html.encode(), page)]


def test_link_tags_come_first_and_comments_last() -> None:
    html = """<!doctype html><html><head><title>Harbour</title>
      <LINK REL="Alternate" TYPE="application/rss+xml" TITLE="Harbour &raquo; Comments Feed" HREF="/comments/feed/">
      <link rel=alternate type=application/rss+xml title="Harbour news" href="feed.xml">
      <link rel="alternate" type="application/atom+xml; charset=utf-8" href="//harbour.example.com/atom.xml">
      <link rel="alternate" type="application/feed+json" href="/feed.json"></head>
      <body><a href="/rss/port">Port</a><a href="https://other.example.org/feed">A friend's</a></body></html>"""
    found = find_feeds(html.encode(), PAGE)
    assert [feed.address for feed in found] == [
        "https://www.harbour.example.com/city/feed.xml",
        "https://harbour.example.com/atom.xml",
        "https://www.harbour.example.com/feed.json",
        "https://www.harbour.example.com/rss/port",
        "https://other.example.org/feed",
        "https://www.harbour.example.com/comments/feed/",
    ]
    assert [feed.kind for feed in found[:4]] == ["rss", "atom", "json", "rss"]
    assert (found[0].title, found[-1].title) == ("Harbour news", "Harbour » Comments Feed")
    assert [feed.is_comments for feed in found] == [False] * 5 + [True]


def test_a_base_is_what_links_are_relative_to() -> None:
    assert addresses('<base href="/de/"><a href="rss">RSS</a>') == ["https://www.harbour.example.com/de/rss"]


@pytest.mark.parametrize(
    ("tag", "address"),
    [
        ('<a href="feed://harbour.example.com/x">x</a>', "http://harbour.example.com/x"),
        ('<a href="feed:https://harbour.example.com/x">x</a>', "https://harbour.example.com/x"),
        ('<a href="https://harbour.example.com/?feed=rss2">x</a>', "https://harbour.example.com/?feed=rss2"),
        ('<a href="https://harbour.example.com/x.rdf">x</a>', "https://harbour.example.com/x.rdf"),
        ('<a href="https://harbour.example.com/service/abo"><img alt="RSS"></a>', "https://harbour.example.com/service/abo"),
        ('<a type="application/rss+xml" href="https://harbour.example.com/n">x</a>', "https://harbour.example.com/n"),
        ('<a href="/feed">One</a><a href="/feed/">Two</a><a href="/feed#x">Three</a>', "https://www.harbour.example.com/feed"),
    ],
)
def test_links_that_look_like_feeds_are_found(tag: str, address: str) -> None:
    assert addresses(tag) == [address]


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="alternate stylesheet" type="text/css" href="/feed.css">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?x=/feed">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="http://[">',
        '<link rel="alternate" type="application/rss+xml">',
        '<a href="/feedback">Feedback</a>',
        '<a href="https://feedly.com/i/subscription/feed/x">Feed</a>',
        '<a href="/city/start.html">RSS</a>',
    ],
)
def test_other_links_are_not(tag: str) -> None:
    assert addresses(tag) == []


def test_usual_paths_begin_where_the_page_is() -> None:
    paths = usual_paths("https://harbour.example.com/blog")
    assert paths[0] == "https://harbour.example.com/blog/feed"
    assert {"https://harbour.example.com/feed", "https://harbour.example.com/rss.xml"} <= set(paths)
    assert "https://harbour.example.com/?feed=rss2" in paths
    assert len(paths) == len(set(paths)) <= 15
    assert usual_paths("https://harbour.example.com/a/b.html")[0] == "https://harbour.example.com/a/feed"
    assert usual_paths("https://social.example.com/@harbour")[0] == "https://social.example.com/@harbour.rss"
    assert usual_paths("ftp://harbour.example.com/") == ()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["<link rel=alternate type=application/rss+xml href=", "'", '"', ">", "<a href=/rss>", "</a>", "<base href=", "http://[", "\x00", "\ud800", "<div>", "&#0;", "<!--", "é"]), max_size=40))
def test_nothing_makes_it_fail(parts: list[str]) -> None:
    for feed in find_feeds("".join(parts).encode("utf-8", "surrogatepass"), PAGE):
        assert feed.address.startswith(("http://", "https://"))


def test_a_page_of_nothing_but_tags_is_read() -> None:
    assert addresses("<div>" * 100_000 + "<a href=/rss>") in ([], ["https://www.harbour.example.com/rss"])
    assert len(addresses("".join(f"<a href=/feed/{number}>x</a>" for number in range(500)))) == 30
