"""The app manifest: what Slack is told of us, the rights we ask for, each with its reason."""

from __future__ import annotations

import json
from typing import Any, Final

from bot.chat.commands import MESSAGE_MENUS
from bot.chat.slack.events import FORM_OF_COMMAND

SCOPES: Final = {
    "app_mentions:read": "to hear questions",
    "assistant:write": "to show that an answer is being looked for",
    "channels:history": "to see whether a post stands whose answer was lost, and questions asked while I was away",
    "channels:read": "to tell public channels from private ones",
    "chat:write": "to answer",
    "commands": "for /news",
    "files:read": "to read files that are handed over",
    "files:write": "to hand out lists and exports",
    "groups:history": "the same as channels:history, in private channels that I was invited to",
    "groups:read": "to tell public channels from private ones",
    "im:history": "to hear questions in direct messages",
    "im:write": "to hand an export to the person who asked for it, and nobody else",
    "usergroups:read": "for groups of people who manage sources",
    "users:read": "for language, time zone and who is an admin",
}
EVENTS: Final = (
    "app_home_opened", "app_mention", "channel_unarchive", "group_unarchive", "member_joined_channel", "message.im",
)  # fmt: skip
LEAVING: Final = ("app_uninstalled", "tokens_revoked")
COMMAND: Final = "/news"
_HINT: Final = "ask … · add <address> · list · find <words> · now · why <item> · status · help"
_GLOBAL: Final = (
    (f"{FORM_OF_COMMAND}source add", "Add a news source", "Follow a feed or a page in a channel"),
    (f"{FORM_OF_COMMAND}news now", "Brief me now", "What is new, for you alone"),
)


def manifest(http_address: str = "", *, several: bool = False) -> dict[str, Any]:
    """The manifest for Slack's "create an app from a manifest". `http_address`: our public address, in HTTP mode.

    `several`: workspaces install the app by OAuth, and we hear when they take their token back.
    """
    menus = [
        {"type": "message", "name": name, "callback_id": key.replace(" ", "_"), "description": f"{name} ({german})"}
        for key, name, german, _ in MESSAGE_MENUS
    ]
    shortcuts = [
        {"type": "global", "name": name, "callback_id": key, "description": about} for key, name, about in _GLOBAL
    ]
    command: dict[str, Any] = {
        "command": COMMAND, "description": "News, backed by exact quotes", "usage_hint": _HINT, "should_escape": True,
    }  # fmt: skip
    events: dict[str, Any] = {"bot_events": sorted((*EVENTS, *LEAVING)) if several else list(EVENTS)}
    oauth: dict[str, Any] = {"scopes": {"bot": sorted(SCOPES)}}
    if several:
        oauth["redirect_urls"] = [f"{http_address.rstrip('/')}/slack/oauth_redirect"]
    interactivity: dict[str, Any] = {"is_enabled": True}
    if http_address:
        base = http_address.rstrip("/")
        command["url"] = f"{base}/slack/commands"
        events["request_url"] = f"{base}/slack/events"
        interactivity |= {
            "request_url": f"{base}/slack/interactions", "message_menu_options_url": f"{base}/slack/options",
        }  # fmt: skip
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Verbatim", "description": "Answers about the news with exact quotes, or says that nobody knows.",
            "background_color": "#2b4a3f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False,
            },
            # The Messages tab with prompts to begin with; without it Slack takes none.
            "agent_view": {"agent_description": "Ask about the news: the answer is exact quotes, or none."},
            "bot_user": {"display_name": "Verbatim", "always_online": True},
            "shortcuts": [*shortcuts, *menus],
            "slash_commands": [command],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": not http_address,
            "token_rotation_enabled": False,
        },
    }  # fmt: skip


def manifest_text(http_address: str = "", *, several: bool = False) -> str:
    return json.dumps(manifest(http_address, several=several), indent=2, ensure_ascii=False) + "\n"
