"""A model in a folder embeds without a server; what is no such folder is said at the start."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.language_model.local_embedder import LocalEmbedder
from bot.language_model.opening import open_model_room, read_setup
from bot.language_model.port import ModelFailed, ModelOutcome
from bot.library.model_store import MemoryModelStore
from tests.embedders import tiny_model


async def test_a_model_in_a_folder_gives_vectors_of_length_one_without_any_server(tmp_path: Path) -> None:
    pytest.importorskip("model2vec")
    folder = tiny_model(tmp_path / "tiny")
    async with open_model_room(read_setup(embedding_path=str(folder)), MemoryModelStore()) as room:
        assert room.embedder is not None
        vectors = await room.embedder.embed(["The boat", "ein Boot\ud800", "mayor mayor"], kind="passage")
        boat, boot, mayor = (vectors.vector(n) for n in range(3))
        assert (len(vectors), vectors.dimension, room.embedder.dimension) == (3, 3, 3)
        assert [math.hypot(*one) for one in (boat, boot, mayor)] == pytest.approx([1, 1, 1], abs=1e-6)
        assert sum(a * b for a, b in zip(boat, boot, strict=True)) > 0.99
        assert sum(a * b for a, b in zip(boat, mayor, strict=True)) == pytest.approx(0)
        assert len(await room.embedder.embed([], kind="query")) == 0
        with pytest.raises(ModelFailed) as refused:
            await room.embedder.embed(["zzz"], kind="query")
        assert refused.value.outcome is ModelOutcome.REFUSED


def test_another_table_or_prefix_is_another_model(tmp_path: Path) -> None:
    pytest.importorskip("model2vec")
    one = LocalEmbedder(tiny_model(tmp_path / "tiny"))
    assert one.model == LocalEmbedder(tmp_path / "tiny").model
    assert one.model != LocalEmbedder(tmp_path / "tiny", query_prefix="query: ").model
    with (tmp_path / "tiny" / "model.safetensors").open("r+b") as table:
        table.seek(-1, 2)
        table.write(b"\x01")
    assert one.model != LocalEmbedder(tmp_path / "tiny").model


async def test_what_is_no_model_is_refused_before_anything_is_looked_for_elsewhere(tmp_path: Path) -> None:
    for path in ("minishlab/some-model", str(tmp_path)):
        with pytest.raises(SettingsError, match="holds no model"):
            async with open_model_room(read_setup(embedding_path=path), MemoryModelStore()):
                pass
    with pytest.raises(SettingsError, match="two models"):
        read_setup(embedding_path=str(tmp_path), embedding_url="http://localhost:1/v1", embedding_name="small")
    pytest.importorskip("model2vec")
    folder = tiny_model(tmp_path / "broken")
    (folder / "model.safetensors").write_bytes(b"no table")
    with pytest.raises(ModelFailed) as failed:
        await LocalEmbedder(folder).embed(["boat"], kind="query")
    assert failed.value.outcome is ModelOutcome.DOWN
