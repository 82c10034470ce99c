"""The language in which a person is answered about commands: the channel's or their own, else English."""

from __future__ import annotations

from bot.chat.requests import Request


def language_of(request: Request) -> str:
    return "de" if request.person.language.lower().startswith("de") else "en"
