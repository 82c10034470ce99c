"""What somebody may do in a channel, from what Discord says of its server. Pure.

The order is Discord's: docs/topics/permissions, "Permission Hierarchy" and "Permission Overwrites".
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from bot.chat.discord.invitation import RIGHTS

VIEW: Final = 1 << 10
_ADMINISTRATOR: Final = 1 << 3
_ALL: Final = (1 << 53) - 1
# Without these the rest says nothing: a channel that cannot be seen, or written into, gives no other right.
_SEND: Final = 1 << 11
_NEEDS_SENDING: Final = (1 << 14) | (1 << 15)
FOR_POSTING: Final = ("View Channels", "Send Messages", "Embed Links")

Json = dict[str, Any]


def permissions_in(guild: Json, channel: Json, roles: Collection[str], user: str) -> int:
    """The permissions of a member with these roles in a channel of a server, both as the REST API gives them."""
    if str(guild.get("owner_id")) == user:
        return _ALL
    held = {str(guild["id"]), *map(str, roles)}  # the role of everyone has the server's id
    allowed = 0
    for role in guild.get("roles") or ():
        if str(role["id"]) in held:
            allowed |= int(role.get("permissions") or 0)
    if allowed & _ADMINISTRATOR:
        return _ALL
    overwrites = {str(one["id"]): one for one in channel.get("permission_overwrites") or ()}
    everyone = overwrites.get(str(guild["id"]))
    mine = [one for key, one in overwrites.items() if key in held and one is not everyone]
    steps = ([everyone] if everyone else [], mine, [overwrites[user]] if user in overwrites else [])
    for step in steps:
        denied = given = 0
        for one in step:
            denied |= int(one.get("deny") or 0)
            given |= int(one.get("allow") or 0)
        allowed = (allowed & ~denied) | given
    if not allowed & VIEW:
        return 0
    return allowed if allowed & _SEND else allowed & ~_NEEDS_SENDING


def missing_rights(permissions: int, wanted: Collection[str] = tuple(RIGHTS)) -> tuple[str, ...]:
    """The names of the rights that are wanted and not there."""
    return tuple(name for name in wanted if not permissions & RIGHTS[name][0])
