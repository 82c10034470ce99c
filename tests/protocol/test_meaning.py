"""Search by meaning from end to end: the real library, index and vectors, and a server that embeds."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from bot.app import open_app, open_reading_room
from bot.checking import embedded_percent, examine_machine
from bot.domain import TERMINAL, AnswerStatus
from bot.settings import Settings, load_settings
from tests.protocol.model_server import ModelServer

pytest.importorskip("numpy")

QUESTION = "How many people had to leave?"
TODAY = date(2031, 5, 14)
SEED = (
    "A storm closed the harbour of Treva on Monday.\n\nAs many as 12,000 people had to leave, the coast guard said.\n"
)


def settings_in(folder: Path, server: ModelServer) -> Settings:
    (folder / "seeds").mkdir()
    (folder / "seeds" / "storm.txt").write_text(SEED)
    (folder / "seeds" / "bread.txt").write_text("Bread became cheaper in Lindholm in spring.\n")
    values = {"embedding_url": server.url, "embedding_name": "small", "dictionary_file": "/dev/null"}
    return load_settings(values, env={}, cwd=folder)


async def test_what_is_read_is_embedded_in_the_background_and_questions_find_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.library.vector_feed.EVERY_S", 0.01)
    async with ModelServer() as server:
        settings = settings_in(tmp_path, server)
        assert await embedded_percent(settings) is None
        async with open_app(settings) as app:
            await app.look(patience_s=60)
            async with asyncio.timeout(60):
                while await embedded_percent(settings) != 100:  # noqa: ASYNC110 - another task embeds
                    await asyncio.sleep(0.02)
            asked = len(server.asked)
            answer = await asyncio.to_thread(app.answerer.answer, QUESTION, TERMINAL, today=TODAY)
            assert answer.status is AnswerStatus.ANSWERED
            assert [one.body["input"] for one in server.asked[asked:]] == [[QUESTION]]
        found = {one.key: one for one in await examine_machine(settings)}
        assert found["embedding"].facts == "2 / -0 = 100 %"
        server.next_moods = ["400"] * 20
        asked = len(server.asked)
        assert await asyncio.to_thread(ask_beside, settings) is AnswerStatus.ANSWERED
        assert len(server.asked) > asked, "a question beside the bot was not embedded"


def ask_beside(settings: Settings) -> AnswerStatus:
    """Ask without a running bot, as `verbatim ask` does."""
    with open_reading_room(settings) as room:
        return room.answerer.answer(QUESTION, TERMINAL, today=TODAY).status
