"""Texts take what they name, and addresses end where clients let them end."""

from __future__ import annotations

import pytest

from bot.chat.discord.events import message_seen
from bot.chat.foreign_words import without_stops
from bot.chat.texts import say


def test_a_text_may_name_a_language_of_its_own() -> None:
    assert say("file-read", "en", title="Dam", language="de", day="1 May 2031") == "Read: Dam (de, 1 May 2031)."


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://example.org/a:", "https://example.org/a"), ("https://example.org/a).", "https://example.org/a"),
        ("https://example.org/Elm_(island)", "https://example.org/Elm_(island)"), ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("https://example.org/a”,", "https://example.org/a"),
    ],
)  # fmt: skip
def test_what_ends_the_sentence_around_an_address_is_no_part_of_it(written: str, meant: str) -> None:
    assert without_stops(written) == meant


def test_a_message_menu_takes_the_address_without_the_colon_behind_it() -> None:
    message = {"id": "1", "author": {"id": "2"}, "content": "See https://example.org/a: “340 people”"}
    assert message_seen(message, "9").links == ("https://example.org/a",)
