"""Questions that somebody may begin with: from today's top stories, as far as the place may see them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.chat.foreign_words import seen, shortened
from bot.chat.texts import say
from bot.domain import DocumentState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.chat.requests import Place
    from bot.domain import Document
    from bot.library.desk import Desk
    from bot.library.store import Membership

MOST: Final = 3
_TODAY: Final = timedelta(hours=24)
_LOOKED_AT: Final = 200  # the newest documents
_TITLE, _MESSAGE = 70, 180  # code points
_BRACKETS: Final = str.maketrans("<>", "‹›")  # what a platform takes for a mention of somebody


class Prompt(NamedTuple):
    """What stands on the button, and what is asked when it is pressed."""

    title: str
    message: str


class Prompts:
    """Makes the prompts of a place."""

    def __init__(self, desk: Desk, now: Callable[[], datetime]) -> None:
        self._desk, self._now = desk, now

    async def of(self, place: Place, language: str) -> list[Prompt]:
        """Three: the stories of the last day with the most documents; where there are fewer, what else can be asked."""
        titles = await asyncio.to_thread(self._titles, place)
        found = []
        for title in titles[:MOST]:
            told = shortened(seen(title), _TITLE).translate(_BRACKETS)
            found.append(Prompt(told, say("prompt-story", language, title=shortened(told, _MESSAGE))))
        others = (say("prompt-latest", language), say("prompt-help", language))
        return [*found, *(Prompt(one, one) for one in others)][:MOST]

    def _titles(self, place: Place) -> list[str]:
        documents = self._desk.documents(place.scope, states={DocumentState.KEPT}, limit=_LOOKED_AT)
        since = self._now() - _TODAY
        fresh = [one for one in documents if one.version is not None and one.version.title and one.first_seen >= since]
        return top_titles(fresh, self._desk.memberships(place.scope, [one.id for one in fresh]))


def top_titles(documents: Sequence[Document], memberships: Mapping[int, Membership]) -> list[str]:
    """The title of the newest document of each story; stories with many reports first. Documents come newest first."""
    stories: dict[int, list[Document]] = {}
    for one in documents:
        membership = memberships.get(one.id)
        stories.setdefault(membership.story_id if membership else one.id, []).append(one)
    ranked = sorted(stories.values(), key=lambda story: -len(story))
    return [story[0].version.title for story in ranked if story[0].version is not None]
