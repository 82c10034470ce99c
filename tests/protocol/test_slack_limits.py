"""What is rendered is what Slack takes: held against the checks of the Slack on this machine, not against our own."""

from __future__ import annotations

import random

import pytest

from bot.chat.messages import Button, Choice, Heading, Menu, Message, Paragraph, QuoteBlock, SourceLinks
from bot.chat.slack.home import home_blocks
from bot.chat.slack.rendering import render
from bot.chat.slack.sender import _within
from bot.quotes.showing import show_sentence
from tests.fuzz.outgoing import messages
from tests.protocol.slack_server import UPDATE_TEXT, Refused, check_message, check_view
from tests.versions import version_of

LONG = "https://paper.example/" + "a" * 3_100


def test_hostile_messages_are_taken_as_posts_edits_and_on_the_home() -> None:
    bodies = [render(message).body for message, _, _ in messages(random.Random(5), 80)]
    for body in bodies:
        check_message(body)
        assert len(_within(body["text"]).encode()) <= UPDATE_TEXT
    for n in range(0, len(bodies), 4):
        check_view({"type": "home", "blocks": home_blocks(bodies[n : n + 4])})


def test_an_address_that_is_too_long_costs_its_link_not_the_message() -> None:
    version = version_of("The bridge was closed on Monday.", id=1)
    shown = show_sentence(version, 0)
    assert shown is not None
    passage = "https://paper.example/bridge#:~:text=" + "b" * 3_000
    blocks = (Heading("Bridge", link=LONG), QuoteBlock(shown, "Paper", link=passage), SourceLinks(((1, "Bridge", LONG, ""),)))
    outgoing = render(Message("Bridge", blocks, "en", buttons=(Button("Read", link=LONG), Button("Good", action="good:1"))))
    check_message(outgoing.body)
    assert outgoing.links == ("https://paper.example/bridge",)
    assert LONG not in str(outgoing.body)


def test_the_longest_menu_and_most_buttons_are_taken() -> None:
    menu = Menu("pick:1", "Which one?", tuple(Choice(str(n), "ü" * 200) for n in range(150)))
    buttons = tuple(Button("ä" * 100, f"page:{n}") for n in range(40))
    check_message(render(Message("x", (Paragraph("x"),), "de", buttons=(menu, *buttons))).body)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "divider", "block_id": "a"}] * 2}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}]}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "input"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "x" * 2_900}}] * 5}, "msg_blocks_too_long"),
    ],
)
def test_the_checks_refuse_what_slack_refuses(body: dict[str, object], error: str) -> None:
    with pytest.raises(Refused, match=error):
        check_message(body)
