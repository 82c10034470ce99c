"""The table of commands holds what the platforms ask of it, and commands typed as words are understood."""

from __future__ import annotations

import re

import pytest

from bot.chat.commands import BY_KEY, COMMANDS, ArgumentKind
from bot.chat.typed_commands import typed_command

NAME = re.compile(r"[-_'\w]{1,32}")  # Discord's rule for names of commands and arguments, lower case


def test_every_name_and_description_fits_discord() -> None:
    for command in COMMANDS:
        for name, about in [
            (command.name, command.about),
            (command.german, command.german_about),
            *((a.name, a.about) for a in command.arguments),
            *((a.german, a.german_about) for a in command.arguments),
        ]:
            assert NAME.fullmatch(name), (command.key, name)
            assert name == name.lower()
            assert 1 <= len(about) <= 100
        assert len(command.arguments) <= 25
        required = [a.required for a in command.arguments]
        assert required == sorted(required, reverse=True), f"{command.key}: required arguments stand first"


def test_a_choice_has_its_values_and_nothing_else_has_any() -> None:
    for command in COMMANDS:
        for argument in command.arguments:
            assert bool(argument.choices) == (argument.kind is ArgumentKind.CHOICE), (command.key, argument.name)


def test_no_two_commands_answer_to_one_word() -> None:
    words = [
        word.casefold()
        for command in COMMANDS
        for word in {command.on_slack, command.german if command.group not in ("newsadmin", "brief") else "", *command.synonyms} - {""}
    ]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("typed", "key", "arguments"),
    [
        ("add https://example.org/feed", "source add", {"url": "https://example.org/feed"}),
        ("Hinzufügen https://example.org", "source add", {"url": "https://example.org"}),
        (
            'add https://example.org/a?b=c:d keep:"city council", drop:sport',
            "source add",
            {"url": "https://example.org/a?b=c:d", "keep": "city council", "drop": "sport"},
        ),
        ("ls", "news list", {}),
        ("liste zustand:failing", "news list", {"state": "failing"}),
        ("admin check", "newsadmin check", {}),
        ("admin prüfen", "newsadmin check", {}),
        ("suche „Hafen von Odessa“ seit:7d", "news find", {"words": "Hafen von Odessa", "since": "7d"}),
        ("remove #3 documents:erase", "source remove", {"source": "#3", "documents": "erase"}),
    ],
)
def test_words_are_read_as_a_command(typed: str, key: str, arguments: dict[str, str]) -> None:
    found = typed_command(typed)
    assert found is not None
    assert (found.command, found.arguments, found.problem) == (BY_KEY[key], arguments, "")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [("add", "argument-missing"), ("list state:asleep", "argument-unknown"), ("status of the dam", "too-many-words")],
)
def test_what_does_not_fit_is_named(typed: str, problem: str) -> None:
    found = typed_command(typed)
    assert found is not None
    assert found.problem == problem


def test_the_word_brief_sets_the_schedule_after_a_slash_and_asks_for_news_in_a_mention() -> None:
    for typed, slash, key in [
        ("brief", False, "news now"), ("brief", True, "brief set"), ("überblick Mo–Fr 7:30", True, "brief set"),
        ("brief show", True, "brief show"), ("überblick auslassen", True, "brief skip"),
    ]:  # fmt: skip
        found = typed_command(typed, slash=slash)
        assert found is not None
        assert found.command is BY_KEY[key], typed


def test_a_sentence_is_no_command() -> None:
    assert typed_command("What was said about the dam?") is None
    assert typed_command("") is None
    assert typed_command("address of the ministry") is None
