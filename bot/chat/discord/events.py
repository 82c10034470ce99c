"""Discord's events as requests in our words. Pure: it takes the raw JSON and asks nobody."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

from bot.chat.commands import MESSAGE_MENUS
from bot.chat.discord.face import PLATFORM
from bot.chat.foreign_words import LIVE, without_stops
from bot.chat.requests import IncomingFile, MessageSeen, Person, Place, Request, RequestKind, Right

PING, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 1, 2, 3, 4, 5
_SUB_COMMAND, _SUB_COMMAND_GROUP, _ATTACHMENT = 1, 2, 11
_MESSAGE_MENU = 3
_THREADS: Final = (10, 11, 12)
_EPOCH_MS: Final = 1_420_070_400_000
_MANAGE_CHANNELS, _ADMINISTRATOR, _MANAGE_SERVER = 1 << 4, 1 << 3, 1 << 5
_MENU_KEYS: Final = {name: key for key, name, _, _ in MESSAGE_MENUS}


def instant_of(snowflake: str) -> datetime:
    """When an id was given out."""
    return datetime.fromtimestamp(((int(snowflake) >> 22) + _EPOCH_MS) / 1000, UTC)


def right_of(permissions: int) -> Right:
    """What our table calls a person with these permissions."""
    if permissions & (_ADMINISTRATOR | _MANAGE_SERVER):
        return Right.ADMIN
    return Right.MANAGER if permissions & _MANAGE_CHANNELS else Right.EVERYONE


def place_of(guild: str, channel: dict[str, Any], *, private: bool = False) -> Place:
    """A place by its channel; a thread's channel is its parent."""
    if not guild:
        return Place(PLATFORM, f"dm-{channel['id']}", str(channel["id"]), direct=True, private=True)
    if channel.get("type") in _THREADS and channel.get("parent_id"):
        return Place(PLATFORM, guild, str(channel["parent_id"]), thread=str(channel["id"]), private=private)
    return Place(PLATFORM, guild, str(channel["id"]), private=private)


def question_of(message: dict[str, Any], own_id: str, place: Place, person: Person) -> Request:
    """A message that is for us: its mention taken away, whatever else it says kept."""
    text = re.sub(rf"<@!?{own_id}>", " ", message.get("content") or "")
    replied = message.get("referenced_message")
    return Request(
        id=str(message["id"]), kind=RequestKind.QUESTION, name="", place=place, person=person,
        at=instant_of(str(message["id"])), text=" ".join(text.split()),
        files=tuple(_file(one) for one in message.get("attachments", [])),
        about=message_seen(replied, own_id) if replied else None,
        # The thread on a message has the message's id; a direct message is one conversation.
        conversation=f"{place.workspace}/{place.thread or (place.channel if place.direct else message['id'])}",
    )  # fmt: skip


def message_seen(message: dict[str, Any], own_id: str) -> MessageSeen:
    """A message that a request is about, with every address that stands in it."""
    words = [message.get("content") or ""]
    links: list[str] = []
    for embed in message.get("embeds", []):
        words += [embed.get("title") or "", embed.get("description") or ""]
        links += [embed["url"]] if embed.get("url") else []
    text = "\n".join(word for word in words if word)
    links += [without_stops(found[0]) for found in LIVE.finditer(text)]
    ours = str(message.get("author", {}).get("id")) == own_id
    return MessageSeen(str(message["id"]), text, tuple(dict.fromkeys(links)), ours)


def request_of(event: dict[str, Any], own_id: str) -> Request:
    """An interaction as a request: a command, a press, a form or a message menu."""
    data = event["data"]
    member = event.get("member")
    user = member["user"] if member else event["user"]
    # A direct message is the person's own, but nobody is an admin there: that is said of a server.
    right = right_of(int(member["permissions"])) if member else Right.MANAGER
    guild = str(event.get("guild_id") or "")
    called = user.get("global_name") or user.get("username") or ""
    person = Person(str(user["id"]), called, right, event.get("locale") or "")
    channel = event.get("channel") or {"id": event.get("channel_id", "")}
    place = place_of(guild, channel)
    kind, name, arguments, files = _what(event["type"], data)
    arguments["interaction"] = f"{event['application_id']}:{event['token']}"
    about = None
    if event["type"] == COMPONENT:
        about = message_seen(event["message"], own_id)
    elif kind is RequestKind.MESSAGE_MENU:
        about = message_seen(data["resolved"]["messages"][data["target_id"]], own_id)
    return Request(
        id=str(event["id"]), kind=kind, name=name, place=place, person=person, at=instant_of(str(event["id"])),
        arguments=arguments, files=files, about=about,
    )  # fmt: skip


def _what(
    kind: int, data: dict[str, Any]
) -> tuple[RequestKind, str, dict[str, str], tuple[IncomingFile, ...]]:
    if kind == COMPONENT:
        values = data.get("values") or []
        return RequestKind.BUTTON, _action(data["custom_id"]), {"value": values[0]} if values else {}, ()
    if kind == MODAL:
        return RequestKind.FORM, _action(data["custom_id"]), _form_values(data), _resolved_files(data)
    if data.get("type") == _MESSAGE_MENU:
        return RequestKind.MESSAGE_MENU, _MENU_KEYS.get(data["name"], data["name"]), {}, ()
    name, options = data["name"], data.get("options") or []
    while options and options[0]["type"] in (_SUB_COMMAND, _SUB_COMMAND_GROUP):
        name, options = f"{name} {options[0]['name']}", options[0].get("options") or []
    arguments = {one["name"]: _text(one["value"]) for one in options if one["type"] != _ATTACHMENT}
    return RequestKind.COMMAND, name, arguments, _resolved_files(data)


def typed_so_far(data: dict[str, Any]) -> tuple[str, str, str]:
    """For autocomplete: the command, the argument that is being typed, and what stands there."""
    name, options = data["name"], data.get("options") or []
    while options and options[0]["type"] in (_SUB_COMMAND, _SUB_COMMAND_GROUP):
        name, options = f"{name} {options[0]['name']}", options[0].get("options") or []
    focused = next((one for one in options if one.get("focused")), None)
    return (name, focused["name"], str(focused["value"])) if focused else (name, "", "")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _action(custom_id: str) -> str:
    return custom_id.removeprefix("v1:")


def _form_values(data: dict[str, Any]) -> dict[str, str]:
    """The fields of a form, in rows or in labels."""
    values: dict[str, str] = {}
    for row in data.get("components", []):
        for one in [row["component"]] if "component" in row else row.get("components", []):
            if "custom_id" in one:
                values[one["custom_id"]] = one["value"] if "value" in one else "\n".join(one.get("values") or [])
    return values


def _resolved_files(data: dict[str, Any]) -> tuple[IncomingFile, ...]:
    return tuple(_file(one) for one in (data.get("resolved") or {}).get("attachments", {}).values())


def _file(one: dict[str, Any]) -> IncomingFile:
    return IncomingFile(one["filename"], one.get("url", ""), int(one.get("size", 0)), one.get("content_type") or "")
