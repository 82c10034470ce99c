"""What may be wished of a channel's brief: read from what was typed, and checked where it comes in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.briefs.brief import LENGTHS
from bot.front_desk.brief_requests import refused
from bot.library.brief_store import BriefWish
from bot.schedule.calendar import Intent

MOST_TOPICS: Final = 20
LONGEST_TOPIC: Final = 60
_MOST_TIMES, _MOST_SKIPPED = 96, 1_000  # of an intent that comes in a file
_ALL_TOPICS: Final = frozenset({"all", "alle", "-"})
SAY_SO: Final = "say so"
CHOICES: Final = {
    "length": tuple(LENGTHS), "style": ("bullets", "prose", "headlines"), "empty": ("say so", "silent"),
    "threads": ("off", "one", "per story"), "unchanged": ("silent", SAY_SO), "lang": ("en", "de"),
}  # fmt: skip
# Our own words are written in these two; quotes keep the language of their source.
_LANGUAGES: Final = {
    "english": "en", "englisch": "en", "german": "de", "deutsch": "de", "en-us": "en", "en-gb": "en", "de-de": "de",
    "de-at": "de", "de-ch": "de",
}  # fmt: skip
ZONES: Final = (
    "Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/London", "Europe/Paris", "Europe/Madrid", "Europe/Rome",
    "Europe/Warsaw", "Europe/Kyiv", "Europe/Athens", "Europe/Istanbul", "Africa/Lagos", "Africa/Johannesburg",
    "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
    "America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "UTC",
)  # fmt: skip


def unchanged_of(wish: BriefWish) -> str:
    """What is wished of stories without anything new, as it is chosen."""
    return SAY_SO if wish.mark_quiet else "silent"


def changed_wish(wish: BriefWish, given: Mapping[str, str], language: str) -> BriefWish:
    """The wish with what was given; what was not stays. Raises VerbatimError."""
    chosen: dict[str, str | bool] = {}
    for name, choices in CHOICES.items():
        value = given.get(name, "").strip().casefold()
        value = _LANGUAGES.get(value, value) if name == "lang" else value
        if value and value not in choices:
            code = "unknown-language" if name == "lang" else "unknown-length"
            raise refused(code, language, value=value[:60], choices=", ".join(choices))
        if value and name == "unchanged":
            chosen["mark_quiet"] = value == SAY_SO
        elif value:
            chosen["language" if name == "lang" else name] = value
    topics = wish.topics
    if said := given.get("topics", "").strip():
        named = [one.strip()[:LONGEST_TOPIC] for one in said.replace("\n", ",").split(",")]
        topics = () if said.casefold() in _ALL_TOPICS else tuple(dict.fromkeys(one for one in named if one))
    return replace(wish, topics=topics[:MOST_TOPICS], **chosen)  # type: ignore[arg-type]  # all of them are texts


def can_be_wished(wish: BriefWish, intent: Intent | None) -> bool:
    """Whether somebody could have set this by a command: what comes in a file may say anything."""
    chosen = {
        "length": wish.length, "style": wish.style, "empty": wish.empty, "threads": wish.threads, "lang": wish.language,
        "unchanged": unchanged_of(wish),
    }  # fmt: skip
    topics = len(wish.topics) <= MOST_TOPICS and all(0 < len(one) <= LONGEST_TOPIC for one in wish.topics)
    times = intent is None or (len(intent.times) <= _MOST_TIMES and len(intent.skip) <= _MOST_SKIPPED)
    return topics and times and all(value in CHOICES[name] for name, value in chosen.items())
