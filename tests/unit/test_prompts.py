"""Who opens the Messages tab is offered questions about the stories of the day, the largest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.chat.requests import Place
from bot.domain import Document, DocumentDate, DocumentState, VersionFacts
from bot.front_desk.prompts import Prompts
from bot.library.store import Membership

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HERE = Place("slack", "w1", "D1", direct=True)


def document(number: int, title: str, hours: float = 1.0) -> Document:
    at = NOW - timedelta(hours=hours)
    facts = VersionFacts(number, number, 1, "", "", at, title, "", "", "", "en", DocumentDate(), None, "text/plain", "", 1)
    return Document(number, 1, f"{number}.txt", "*", DocumentState.KEPT, "", at, facts)


class Desk:
    def __init__(self, documents: list[Document], stories: dict[int, int]) -> None:
        self._documents, self._stories = documents, stories

    def documents(self, scope: object, **_: Any) -> list[Document]:
        return self._documents

    def memberships(self, scope: object, ids: list[int]) -> dict[int, Membership]:
        return {key: Membership(key, key, self._stories[key]) for key in ids if key in self._stories}


async def prompts(documents: list[Document], stories: dict[int, int], language: str = "en") -> list[str]:
    made = Prompts(Desk(documents, stories), lambda: NOW)  # type: ignore[arg-type]
    return [one.message for one in await made.of(HERE, language)]


async def test_the_largest_stories_of_the_day_come_first_each_once() -> None:
    documents = [document(4, "Mill"), document(3, "Ferry, later"), document(2, "Ferry"), document(1, "Old", 30)]
    assert await prompts(documents, {2: 2, 3: 2}) == [
        "What is known about: Ferry, later", "What is known about: Mill", "What is new today?",
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "first"), [("en", "What is new today?"), ("de", "Was ist heute neu?")])
async def test_without_news_something_can_be_asked_all_the_same(language: str, first: str) -> None:
    assert (await prompts([], {}, language))[0] == first


async def test_a_title_that_is_a_mention_to_slack_is_none_when_it_is_asked() -> None:
    [told, *_] = await prompts([document(1, "<!channel> \u202e " + "long " * 100)], {})
    assert "<" not in told
    assert "\u202e" not in told
    assert len(told) < 120
