"""What the platforms are told before the bot can come: the manifest, the link, and nothing beyond what is used."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from bot.chat.commands import MESSAGE_MENUS
from bot.chat.discord.invitation import PERMISSIONS, application_of, invite_link
from bot.chat.slack.manifest import SCOPES, manifest
from bot.cli import main


def test_the_manifest_is_slacks_and_wants_socket_mode() -> None:
    printed = json.loads(CliRunner().invoke(main, ["setup", "slack"]).output)
    assert printed["settings"]["socket_mode_enabled"] is True
    assert printed["oauth_config"]["scopes"]["bot"] == sorted(SCOPES)
    assert "url" not in printed["features"]["slash_commands"][0]
    assert "message.channels" not in printed["settings"]["event_subscriptions"]["bot_events"]


def test_the_manifest_keeps_slacks_lengths() -> None:
    made = manifest()
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    for shortcut in made["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["callback_id"]) <= 255
        assert len(shortcut["description"]) <= 150
    assert len(made["features"]["shortcuts"]) == len(MESSAGE_MENUS) + 2
    [command] = made["features"]["slash_commands"]
    assert len(command["description"]) <= 2_000
    assert len(command["usage_hint"]) <= 1_000


def test_http_mode_names_every_address() -> None:
    made = json.loads(CliRunner().invoke(main, ["setup", "slack", "--http", "https://bot.example.org/"]).output)
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == "https://bot.example.org/slack/events"
    assert made["features"]["slash_commands"][0]["url"] == "https://bot.example.org/slack/commands"
    assert CliRunner().invoke(main, ["setup", "slack", "--http", "http://bot.example.org"]).exit_code == 2


def test_the_link_asks_for_exactly_what_is_needed() -> None:
    asked = parse_qs(urlsplit(invite_link("123")).query)
    assert asked["scope"] == ["bot applications.commands"]
    assert int(asked["permissions"][0]) == PERMISSIONS == 309_237_763_072
    assert not PERMISSIONS & (1 << 3 | 1 << 5 | 1 << 13 | 1 << 17)  # administrator, manage server, manage messages, @everyone


@pytest.mark.parametrize("token", ["", "x", "ü.a.b", "....", "e30.a.b"])
def test_what_is_no_token_names_no_application(token: str) -> None:
    assert application_of(token) == ""


def test_the_application_is_read_from_the_token() -> None:
    token = base64.urlsafe_b64encode(b"123456789012345678").decode().rstrip("=") + ".abc.def"
    done = CliRunner().invoke(main, ["setup", "discord"], env={"DISCORD_TOKEN": token})
    assert "client_id=123456789012345678" in done.output
    assert token not in done.output


def test_without_an_application_it_is_said_what_to_give() -> None:
    assert CliRunner().invoke(main, ["setup", "discord"], env={"DISCORD_TOKEN": ""}).exit_code == 2


def test_every_right_says_what_it_is_for() -> None:
    for platform in ("slack", "discord"):
        lines = CliRunner().invoke(main, ["setup", platform, "--why"]).output.splitlines()
        assert len(lines) >= 7
        assert all(len(line.split()) > 2 for line in lines)
