"""Choices for a source as they are kept."""

from __future__ import annotations

from dataclasses import replace

from bot.library.source_store import Choices
from bot.sources.word_filter import checked_terms


def tidy(choices: Choices) -> Choices:
    """Words trimmed and checked, languages as codes, a title of one line."""
    languages = tuple(dict.fromkeys(one.strip().lower() for one in choices.languages if one.strip()))
    title = " ".join(choices.title.split())[:200]
    (keep, _), (drop, _) = checked_terms(choices.keep), checked_terms(choices.drop)
    return replace(choices, title=title, keep=keep, drop=drop, languages=languages)
