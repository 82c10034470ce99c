"""What somebody may do in a channel follows Discord's order: roles, everyone's overwrite, roles', their own."""

from __future__ import annotations

from typing import Any

from bot.chat.discord.permissions import VIEW, missing_rights, permissions_in

SEND, EMBED, ADMINISTRATOR = 1 << 11, 1 << 14, 1 << 3
GUILD: dict[str, Any] = {
    "id": "1", "owner_id": "9",
    "roles": [{"id": "1", "permissions": str(VIEW | SEND)}, {"id": "2", "permissions": str(EMBED)}, {"id": "3", "permissions": str(ADMINISTRATOR)}],
}  # fmt: skip


def overwrite(key: str, *, allow: int = 0, deny: int = 0) -> dict[str, Any]:
    return {"id": key, "allow": str(allow), "deny": str(deny)}


def channel(*overwrites: dict[str, Any]) -> dict[str, Any]:
    return {"id": "5", "permission_overwrites": list(overwrites)}


def test_roles_add_up_and_owners_and_administrators_may_everything() -> None:
    assert permissions_in(GUILD, channel(), [], "7") == VIEW | SEND
    assert permissions_in(GUILD, channel(), ["2"], "7") == VIEW | SEND | EMBED
    shut = channel(overwrite("1", deny=VIEW))
    assert permissions_in(GUILD, shut, [], "7") == 0
    assert permissions_in(GUILD, shut, ["3"], "7") & VIEW
    assert permissions_in(GUILD, shut, [], "9") & VIEW


def test_an_overwrite_of_a_role_goes_before_everyones_and_ones_own_before_both() -> None:
    place = channel(overwrite("1", deny=VIEW), overwrite("2", allow=VIEW, deny=SEND), overwrite("7", allow=SEND))
    assert permissions_in(GUILD, place, ["2"], "8") == VIEW
    assert permissions_in(GUILD, place, ["2"], "7") == VIEW | SEND | EMBED


def test_who_may_not_write_may_embed_nothing_either() -> None:
    mute = permissions_in(GUILD, channel(overwrite("1", deny=SEND)), ["2"], "7")
    assert missing_rights(mute, ("View Channels", "Send Messages", "Embed Links")) == ("Send Messages", "Embed Links")
