"""What is said of sources and files in German: all of it, with the same facts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

from bot.chat.composing import error_message
from bot.documents import refusals
from bot.errors import AddressRefused, Unreadable, VerbatimError
from bot.sources import german, source_health
from bot.sources.change_guard import judge_news
from bot.sources.feed_reading import EXCESSES, read_feed
from bot.sources.feed_reading import REASONS as FEED_REASONS
from bot.sources.fetched import PERSON, STATUS_CLASS, person_text
from bot.sources.public_networks import refusal
from bot.sources.source_health import SourceState, what_helps, what_next
from bot.sources.source_lists import REASONS as LIST_REASONS
from bot.sources.source_lists import RefusedRow, read_source_list
from bot.sources.web_address import not_public, pasted_address
from bot.sources.word_filter import WordFilter, judge

AT = datetime(2031, 5, 6, 12, tzinfo=UTC)


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize(
    ("english", "in_german"),
    [
        (PERSON, german.FETCHED),
        (STATUS_CLASS, german.FETCHED_CLASS),
        (FEED_REASONS, german.FEEDS),
        (LIST_REASONS, german.LISTS),
        (refusals.REASONS, refusals.GERMAN),
        (dict(source_health.HELP), german.HELP),
        *(({"": said}, {"": told}) for pairs in (german.NEXT, *german.SAID.values()) for said, told in pairs),
    ],
)
def test_every_sentence_has_its_german_with_the_same_facts(english: dict[str, str], in_german: dict[str, str]) -> None:
    assert english.keys() == in_german.keys()
    for code, said in english.items():
        assert places(in_german[code]) == places(said)
        assert in_german[code] != said


@pytest.mark.parametrize("code", [*PERSON, "http-418", "http-500", "http-600"])
def test_what_the_web_did_is_said_in_german(code: str) -> None:
    said = person_text(code, "paper.example", "7 minutes")
    told = refusals.reason_in("de", code, said)
    assert told != said
    assert ("paper.example" in told) == ("paper.example" in said)
    assert ("7 Minuten" in told) == ("7 minutes" in said)
    assert refusals.reason_in("en", code, said) == said


@pytest.mark.parametrize(
    "typed",
    [
        "", "ftp://a.example", "http:/a", "https://a@b.example", "https://a.example:99", "https://printer", "https://a:b:c",
        "https://a.example:x", "https://[::1", "https://[::1%eth0]", "https://[x]", "https://a\\b.example", "https://",
        "https://a..example", "https://0x7f000001", "https://a\x07b.example", "https://" + "a" * 9_000, "https://☃︎‍.example",
    ],
)  # fmt: skip
def test_why_an_address_is_refused_is_said_in_german(typed: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        pasted_address(typed)
    told = german.reason_in("de", refused.value.code, refused.value.person)
    assert told != refused.value.person
    assert not re.search(r"\b(?:the|is|there|what)\b", told)


@pytest.mark.parametrize(
    "inner",
    [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "168.63.129.16", "169.254.169.254", "192.0.0.1", "192.0.2.1",
        "192.88.99.1", "198.18.0.1", "224.0.0.1", "::1", "::ffff:1.2.3.4", "fe80::1", "fc00::1", "1::1", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_which_inner_network_it_is_is_said_in_german(inner: str) -> None:
    what = refusal(ip_address(inner))
    error = not_public("a.example", what)
    told = german.reason_in("de", error.code, error.person)
    assert what not in told
    assert "öffentlich" in told


def test_lists_and_filters_and_resets_speak_german() -> None:
    rows = read_source_list(b"https://a.example\nhttps://a.example\nftp://x\n", "list.txt")
    said = [(row.code, row.reason) for row in rows if isinstance(row, RefusedRow)]
    said += [
        (one.code, one.rule)
        for one in (
            judge(WordFilter(drop=("a b",)), ("a b",)),
            judge(WordFilter(keep=("c",)), ("a b",)),
            judge(WordFilter(keep=("c", "d")), ("a b",)),
            judge(WordFilter(languages=("en",)), ("a b",), "de"),
        )
    ]
    for news in ([None] * 25, [AT - timedelta(days=30)] * 6):
        reset = judge_news(news, items_a_day=1, since=AT - timedelta(hours=1), now=AT)
        said.append((reset.code, reset.reason))
    assert len(said) == 8
    for code, reason in said:
        assert german.reason_in("de", code, reason) != reason, code


@pytest.mark.parametrize("state", list(SourceState))
@pytest.mark.parametrize("code", [*(beginning for beginning, _ in source_health.HELP), "reset", ""])
def test_what_happens_next_and_what_helps_is_said_in_german(state: SourceState, code: str) -> None:
    for next_check_at in (None, AT):
        told = german.next_in("de", state, next_check_at, next_check_at)
        assert told != what_next(state, next_check_at, next_check_at)
        assert (AT.strftime("%H:%M") in told) == (next_check_at is not None)
    said, told = what_helps(state, code), german.help_in("de", state, code)
    assert bool(told) == bool(said)
    assert told != said or not said
    assert german.help_in("en", state, code) == said


def test_a_file_s_refusal_is_said_in_german_and_what_nobody_knows_stays_as_it_is() -> None:
    error = refusals.unreadable("too-large", limit="5 MB")
    assert isinstance(error, Unreadable)
    assert refusals.reason_in("de", error.code, error.person) == (
        "Die Datei ist größer als 5 MB; mehr wird von einem Dokument nicht gelesen."
    )
    assert refusals.reason_in("de", "nobody-knows", "It rains.") == "It rains."
    assert refusals.reason_in("de", "too-large", "x" * 100_000) == "x" * 100_000


def test_what_is_odd_about_a_feed_is_said_in_german() -> None:
    items = "<item><title>a</title><pubDate>Mon, 01 Jan 2300 00:00:00 GMT</pubDate></item>"
    deep = "<a>" * 400 + "</a>" * 400
    texts = (
        f"<rss version='2.0'><channel>{items}{deep}",
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "content_text": "a"}, {"id": ',
    )
    problems = [problem for text in texts for problem in read_feed(text.encode(), now=AT).problems]
    assert len(problems) >= 3
    for problem in (*EXCESSES.values(), *problems, "The feed says that it has moved to https://a.example/."):
        assert german.problem_in("de", problem) != problem
        assert german.problem_in("en", problem) == problem
    assert german.problem_in("de", "The dates of 3 items cannot be right.") == "Die Daten von 3 Beiträgen können nicht stimmen."


def test_a_german_channel_gets_its_refusal_in_german() -> None:
    error = VerbatimError("http-404", "status 404", person_text("http-404", "paper.example"))
    refusal_in_german = str(error_message(error, "de"))
    assert "Unter dieser Adresse von paper.example steht nichts (404)" in refusal_in_german
    assert "There is nothing" not in refusal_in_german
    assert "There is nothing at this address of paper.example (404)" in str(error_message(error, "en"))


def test_a_pause_without_an_end_is_told_as_one() -> None:
    assert german.next_in("de", SourceState.PAUSED, None, None) == "Pausiert, bis jemand sie fortsetzt."
