"""What is said of a model: which one it is, whether it answers, whether it may be asked."""

from __future__ import annotations

from dataclasses import replace

from bot.language_model.budget import Limit, Limits
from bot.language_model.opening import open_model_room, read_setup
from bot.language_model.port import ModelRequest, Payer
from bot.language_model.standing import Standing, standing_of
from bot.library.model_store import MemoryModelStore
from tests.protocol.model_server import ModelServer

ASKED = ModelRequest(task="card", prompt="card@1", system="s", user="u", max_tokens=9, time_limit_s=20.0, payer=Payer("w"))


async def test_a_model_answers_or_is_silent_or_has_spent_its_budget() -> None:
    calls = MemoryModelStore()
    async with ModelServer() as server:
        setup = read_setup(model_url=server.url, model_name=server.model)
        assert await standing_of(setup, calls, None, "w") == Standing("small", "answers")
        assert [one.path for one in server.asked] == ["/v1/models"]
        async with open_model_room(setup, calls) as room:
            assert room.model is not None
            await room.model.complete(ASKED)
        server.asked.clear()
        assert (await standing_of(setup, calls, None, "w")).state == "answers"
        assert server.asked == []  # it has answered just now
        spent = replace(setup, limits=Limits(workspace=Limit(tokens=1)))
        assert await standing_of(spent, calls, None, "w") == Standing("small", "spent")
    assert await standing_of(setup, MemoryModelStore(), None, "w") == Standing("small", "silent")
    assert await standing_of(read_setup(), calls, None, "w") == Standing()
