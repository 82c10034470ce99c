"""The table of commands as Discord registers it: five top-level names, localised, rights on the top level."""

from __future__ import annotations

from typing import Any, Final

from bot.chat.commands import COMMANDS, MESSAGE_MENUS, Argument, ArgumentKind, Command
from bot.chat.requests import Right
from bot.chat.texts import say

_STRING, _INTEGER, _BOOLEAN, _CHANNEL, _ATTACHMENT = 3, 4, 5, 7, 11
_SUB_COMMAND, _MESSAGE_MENU = 1, 3
_KINDS: Final = {
    ArgumentKind.CHANNEL: _CHANNEL,
    ArgumentKind.FILE: _ATTACHMENT,
    ArgumentKind.FLAG: _BOOLEAN,
    ArgumentKind.NUMBER: _INTEGER,
}
_SUGGESTED: Final = frozenset(
    (ArgumentKind.SOURCE, ArgumentKind.TOPIC, ArgumentKind.LANGUAGE, ArgumentKind.ZONE, ArgumentKind.BRIEF)
)
_MANAGE_CHANNELS, _MANAGE_SERVER = str(1 << 4), str(1 << 5)
_RIGHTS: Final = {Right.MANAGER: _MANAGE_CHANNELS, Right.ADMIN: _MANAGE_SERVER}
_IN_SERVERS, _IN_DIRECT_MESSAGES = 0, 1
_GROUPS: Final = {"news": Right.EVERYONE, "source": Right.MANAGER, "brief": Right.MANAGER, "newsadmin": Right.ADMIN}


def registration() -> list[dict[str, Any]]:
    """The body of "bulk overwrite global application commands"."""
    alone = [_command(one) for one in COMMANDS if not one.group]
    groups = [_group(group, right) for group, right in _GROUPS.items() if any(one.group == group for one in COMMANDS)]
    menus = [
        {"type": _MESSAGE_MENU, "name": name, "name_localizations": {"de": german}, **_who(right)}
        for _, name, german, right in MESSAGE_MENUS
    ]
    return [*alone, *groups, *menus]


def _who(right: Right) -> dict[str, Any]:
    """Where a top-level command is offered and to whom; a server's own integration settings may change the latter."""
    everywhere = [_IN_SERVERS, _IN_DIRECT_MESSAGES] if right is Right.EVERYONE else [_IN_SERVERS]
    return {"default_member_permissions": _RIGHTS.get(right), "contexts": everywhere}


def _group(group: str, right: Right) -> dict[str, Any]:
    return {
        "name": group,
        **_about(f"group-{group}"),
        "options": [{**_command(one), "type": _SUB_COMMAND} for one in COMMANDS if one.group == group],
        **_who(right),
    }


def _about(key: str) -> dict[str, Any]:
    return {"description": say(key, "en"), "description_localizations": {"de": say(key, "de")}}


def _command(command: Command) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": command.name,
        "name_localizations": {"de": command.german},
        "description": command.about,
        "description_localizations": {"de": command.german_about},
        "options": [_option(argument) for argument in command.arguments],
    }
    return made if command.group else {**made, **_who(command.right)}


def _option(argument: Argument) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": _KINDS.get(argument.kind, _STRING),
        "name": argument.name,
        "name_localizations": {"de": argument.german or argument.name},
        "description": argument.about,
        "description_localizations": {"de": argument.german_about or argument.about},
        "required": argument.required,
    }
    if argument.choices:
        made["choices"] = [
            {
                "name": say(f"choice-{value}", "en"),
                "name_localizations": {"de": say(f"choice-{value}", "de")},
                "value": value,
            }
            for value in argument.choices
        ]
    if argument.kind in _SUGGESTED:
        made["autocomplete"] = True
    return made
