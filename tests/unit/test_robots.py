"""robots.txt, by RFC 9309."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.robots import ALLOW_ALL, MOST_BYTES, RobotsRules, read_robots


def rules(text: str, product: str = "Verbatim") -> RobotsRules:
    return read_robots(text.encode(), product)


def test_our_own_group_counts_else_the_one_for_all() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-Agent: verbatim/2.0\nAllow: /\nUser-agent: Other\nDisallow: /x"
    assert rules(text).allows("/a")
    assert not rules(text, "Somebody").allows("/a")
    assert rules(text, "Other").allows("/a")
    assert not rules(text, "Other").allows("/x/1")


def test_groups_of_one_name_are_one_group_and_names_in_a_row_share_theirs() -> None:
    text = "user-agent: a\nuser-agent: verbatim\ndisallow: /x\n\nuser-agent: verbatim\ndisallow: /y"
    assert not rules(text).allows("/x")
    assert not rules(text).allows("/y")
    assert rules(text, "a").allows("/y")


def test_an_own_group_without_rules_allows_everything() -> None:
    assert rules("User-agent: *\nDisallow: /\nUser-agent: Verbatim\nDisallow:\n").allows("/a")


@pytest.mark.parametrize(
    ("lines", "target", "allowed"),
    [
        ("Disallow: /a", "/abc", False),
        ("Disallow: /a/", "/a", True),
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a\nDisallow: /a", "/a", True),  # equally long: the better one for us
        ("Allow: /a\nDisallow: /*.pdf", "/a/x.pdf", False),
        ("Disallow: /*.pdf$", "/x.pdf?y", True),
        ("Disallow: /*.pdf$", "/x.pdf", False),
        ("Disallow: /a$", "/a", False),
        ("Disallow: /a$", "/ab", True),
        ("Disallow: *", "/", False),
        ("Disallow: /a*b*c", "/a-b-c", False),
        ("Disallow: /a*b*c", "/a-c-b", True),
        ("Disallow: /*/", "/x", True),
        ("Disallow: /?x=", "/?x=1", False),
        ("Disallow: /ä", "/%c3%a4/x", False),
        ("Disallow: /%C3%A4", "/ä/x", False),
        ("Disallow: /%7Ejoe", "/~joe", False),
        ("Disallow: /~joe", "/%7ejoe", False),
        ("Disallow: /a%2Fb", "/a/b", True),
        ("Disallow: /a%2Fb", "/a%2fb", False),
        ("Disallow: /a%2A", "/a*b", False),
        ("Disallow: a", "/a", True),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /a # not this", "/a", False),
        ("Dissallow: /a", "/a", True),
        ("Sitemap: https://news.example.org/map\nDisallow: /a", "/a", False),
    ],
)
def test_the_longest_rule_decides(lines: str, target: str, allowed: bool) -> None:
    assert rules("User-agent: *\n" + lines).allows(target) is allowed


def test_line_ends_and_marks_of_any_system_are_read() -> None:
    assert not read_robots(b"\xef\xbb\xbfUser-agent:*\rDisallow:/a\r\n\xff\xfe\n", "Verbatim").allows("/a")


def test_a_crawl_delay_belongs_to_its_group() -> None:
    text = "User-agent: verbatim\nCrawl-delay: 7.5\n\nUser-agent: *\nCrawl-delay: 99"
    assert rules(text).crawl_delay_s == 7.5
    for bad in ("-1", "nan", "inf", "soon", "1e999"):
        assert rules(f"User-agent: *\nCrawl-delay: {bad}").crawl_delay_s == 0.0


def test_what_says_nothing_allows_everything() -> None:
    for text in ("", "<html><body>Not found</body></html>", "Disallow: /", ":\n:\nuser-agent:\ndisallow: /"):
        assert rules(text) == ALLOW_ALL or rules(text).allows("/a")


def test_no_more_than_the_bound_is_read() -> None:
    assert rules("#" * MOST_BYTES + "\nUser-agent: *\nDisallow: /").allows("/a")


@given(st.binary(max_size=300))
def test_any_bytes_are_read(raw: bytes) -> None:
    read_robots(b"user-agent: *\ndisallow: " + raw, "Verbatim").allows("/a?b")


def as_regex(pattern: str) -> re.Pattern[str]:
    parts = [".*" if char == "*" else re.escape(char) for char in pattern.removesuffix("$")]
    return re.compile("".join(parts) + ("$" if pattern.endswith("$") else ""), re.DOTALL)


@given(st.text("ab/*", max_size=8), st.sampled_from(["", "$"]), st.text("ab/", max_size=10))
def test_stars_match_as_a_regular_expression_would(inside: str, end: str, path: str) -> None:
    pattern, target = f"/{inside}{end}", f"/{path}"
    decided = rules(f"User-agent: *\nDisallow: {pattern}").allows(quote(target))
    assert decided is (as_regex(pattern).match(target) is None)


def test_many_stars_take_no_more_time_than_few() -> None:
    """As a regular expression this would take longer than anyone lives: the test would not end."""
    assert rules("User-agent: *\nDisallow: /" + "*a" * 900 + "b").allows("/" + "a" * 4000)
