"""The link by which Discord is asked to let us in, with exactly the rights we need, each with its reason."""

from __future__ import annotations

import base64
import binascii
from typing import Final
from urllib.parse import urlencode

RIGHTS: Final = {
    "View Channels": (1 << 10, "to hear questions"),
    "Send Messages": (1 << 11, "to answer"),
    "Embed Links": (1 << 14, "answers and cards are embeds"),
    "Attach Files": (1 << 15, "to hand out lists and exports"),
    "Read Message History": (1 << 16, "to see whether a post stands, and questions asked while I was away"),
    "Create Public Threads": (1 << 35, "to answer in a thread on the question"),
    "Send Messages in Threads": (1 << 38, "to answer follow-up questions there"),
}
PERMISSIONS: Final = sum(bit for bit, _ in RIGHTS.values())


def invite_link(application_id: str) -> str:
    """Opened by somebody who may manage a server, it adds us to that server."""
    asked = {"client_id": application_id, "scope": "bot applications.commands", "permissions": str(PERMISSIONS)}
    return "https://discord.com/oauth2/authorize?" + urlencode(asked)


def application_of(token: str) -> str:
    """The application's id, which is the first part of its bot's token; "" when that is no token."""
    first = token.partition(".")[0]
    try:
        number = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return number if number.isdigit() else ""
