"""What leaves for a platform: quotes as they stand, nothing alive that is not ours, within the platform's limits."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.composing import answer_message
from bot.chat.discord import inspecting as discord_inspecting
from bot.chat.discord import markdown
from bot.chat.discord import rendering as discord_rendering
from bot.chat.foreign_words import shortened, utf16
from bot.chat.last_check import problems
from bot.chat.messages import Button, ButtonStyle, Choice, Facts, Menu, Message, Paragraph, Points, QuoteBlock, Tone
from bot.chat.outgoing import Outgoing, frozen, thawed
from bot.chat.slack import inspecting as slack_inspecting
from bot.chat.slack import rendering as slack_rendering
from bot.domain import Answer, AnswerStatus
from bot.quotes.showing import show_sentence
from tests.fuzz.outgoing import judged, messages
from tests.versions import version_of

PLATFORMS = ("discord", "slack")
FERRY = version_of("The *ferry* sank at <@99> pier 3, see https://evil.example/x and www.evil.example, @everyone.", id=1, title="Ferry [sinks](https://evil.example)")
ADDRESS = "https://news.example/ferry"


def answer() -> Message:
    quote = show_sentence(FERRY, 0)
    assert quote is not None
    return answer_message(Answer("?", "en", AnswerStatus.ANSWERED, "", "", (quote,)), "en", {1: ADDRESS}, [Button("Sources", "sources:1")])


def on(platform: str, message: Message) -> Outgoing:
    return discord_rendering.render(message) if platform == "discord" else slack_rendering.render(message)


def found(platform: str, outgoing: Outgoing, stored: frozenset[str] = frozenset({ADDRESS})) -> list[str]:
    inspect = {"discord": discord_inspecting, "slack": slack_inspecting}[platform].inspect
    return problems(outgoing, inspect(outgoing.body), {1: FERRY}, stored)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_hostile_messages_of_every_kind_pass_the_last_check(platform: str) -> None:
    for message, versions, stored in messages(random.Random(7), 60):
        assert judged(platform, message, versions, stored) == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_quote_is_seen_as_it_stands_and_nothing_in_it_is_alive(platform: str) -> None:
    outgoing = on(platform, answer())
    inspection = {"discord": discord_inspecting, "slack": slack_inspecting}[platform].inspect(outgoing.body)
    assert inspection.quotations == (f"“{FERRY.text}” [1]",)
    assert {link.partition("#")[0] for link in inspection.live} == {ADDRESS}
    assert found(platform, outgoing) == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_link_that_the_store_does_not_hold_stops_the_message(platform: str) -> None:
    assert found(platform, on(platform, answer()), frozenset()) == ["a link that the store does not hold"] * 2


@pytest.mark.parametrize("platform", PLATFORMS)
def test_one_altered_letter_of_a_quote_stops_the_message(platform: str) -> None:
    outgoing = on(platform, answer())
    altered = thawed(frozen(outgoing).replace(b"pier 3", b"pier 4"))
    assert any("is not shown as it stands" in one for one in found(platform, altered))
    assert any("no quote of ours" in one for one in found(platform, altered))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_quote_that_the_store_holds_otherwise_stops_the_message(platform: str) -> None:
    outgoing = on(platform, answer())
    elsewhere = replace(outgoing, quotes=tuple(replace(quote, sha256="0" * 64) for quote in outgoing.quotes))
    assert "quote of version 1: changed" in found(platform, elsewhere)


def _change(body: dict[str, Any], platform: str) -> None:
    if platform == "discord":
        body["allowed_mentions"] = {"parse": ["everyone"]}
        body["content"] = "look: https://evil.example/"
    else:
        body["text"] = "look: <!channel> https://evil.example/"
        body["unfurl_links"] = True


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_ping_a_preview_and_a_foreign_link_stop_the_message(platform: str) -> None:
    outgoing = thawed(frozen(on(platform, answer())))
    _change(outgoing.body, platform)
    what = " ".join(found(platform, outgoing))
    assert "a ping" in what
    assert "a link that was not meant to be there" in what
    assert "a preview is not switched off" in what


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_does_not_fit_is_left_out_whole_and_counted(platform: str) -> None:
    items = tuple(f"item {n} " + "word " * 30 for n in range(200))
    outgoing = on(platform, Message("s", (Points(items),), "en"))
    text = frozen(outgoing).decode()
    assert outgoing.omitted > 0
    assert f"+ {outgoing.omitted} more" in markdown.visible(text)
    assert text.count("item ") == len(items) - outgoing.omitted
    assert found(platform, outgoing) == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_same_message_gives_the_same_bytes(platform: str) -> None:
    first, second = frozen(on(platform, answer())), frozen(on(platform, answer()))
    assert first == second
    assert thawed(first) == thawed(second)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_menus_facts_and_every_tone_are_taken(platform: str) -> None:
    menu = Menu("pick", "Pick one", tuple(Choice(str(n), f"Choice {n}") for n in range(9)))
    buttons = (Button("Yes", "yes", style=ButtonStyle.DANGER), menu, Button("Page", link=ADDRESS))
    for tone in Tone:
        blocks = (Paragraph("Words", strong=True), Facts((("Checked", "yes"), ("", ""))))
        assert found(platform, on(platform, Message("s", blocks, "de", tone, buttons))) == []


def test_a_translation_stands_below_the_quote_and_outside_its_marks() -> None:
    (block,) = [one for one in answer().blocks if isinstance(one, QuoteBlock)]
    message = replace(answer(), blocks=(replace(block, translation="Die Fähre sank."),))
    for platform in PLATFORMS:
        outgoing = on(platform, message)
        assert found(platform, outgoing) == []
        assert "Translation: Die Fähre sank." in markdown.visible(frozen(outgoing).decode())


MARKUP = st.lists(st.sampled_from(["a", "1", ". ", "-", "*", "_", "~~", "|", "<@1>", "[", "](", ")", "#", "@", "`", ":ok:", "\\", "\n", "> ", "http://a.b/c ", "é"]), max_size=12)


@given(MARKUP.map("".join) | st.text(max_size=40))
def test_escaped_words_are_seen_as_they_are_and_none_can_be_pressed(text: str) -> None:
    written = markdown.quoted(markdown.escaped(text))
    assert markdown.visible(written) == text
    assert markdown.links_in(written) == []


@given(st.text(max_size=60), st.integers(min_value=2, max_value=40))
def test_a_shortened_text_fits(text: str, limit: int) -> None:
    assert utf16(shortened(text, limit)) <= max(limit, 0) or utf16(text) <= limit
