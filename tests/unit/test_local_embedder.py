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
from tests.embedders import tiny_graph, tiny_model


@pytest.mark.parametrize("kind", ["model2vec", "onnxruntime"])
async def test_a_model_in_a_folder_gives_vectors_of_length_one_without_any_server(tmp_path: Path, kind: str) -> None:
    pytest.importorskip(kind)
    folder = (tiny_model if kind == "model2vec" else tiny_graph)(tmp_path / "tiny")
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


async def test_a_graph_is_read_as_its_folder_says(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")

    async def vector(folder: Path, text: str) -> list[float]:
        return list((await LocalEmbedder(folder).embed([text, "boat boat boat boat"], kind="query")).vector(0))

    mean = tiny_graph(tmp_path / "mean")
    assert await vector(mean, "boat mayor") == pytest.approx([1.5 / 7.25**0.5, 1 / 7.25**0.5, 2 / 7.25**0.5])
    first = tiny_graph(tmp_path / "first")
    (first / "1_Pooling").mkdir()
    (first / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    assert await vector(first, "mayor boat") == pytest.approx([0, 1, 0])
    (first / "1_Pooling" / "config.json").write_text('{"pooling_mode_lasttoken": true}')
    assert await vector(first, "mayor boat") == pytest.approx([0.6, 0, 0.8])
    short = tiny_graph(tmp_path / "short")
    (short / "sentence_bert_config.json").write_text('{"max_seq_length": 1}')
    assert await vector(short, "mayor boat") == pytest.approx([0, 1, 0])
    assert len({LocalEmbedder(one).model.partition("+")[2] for one in (mean, first, short)}) == 3
    names = [LocalEmbedder(mean).model]
    with (mean / "model.onnx").open("r+b") as graph:
        graph.seek(-1, 2)
        graph.write(b"\x10")
    assert LocalEmbedder(mean).model not in names


async def test_a_graph_that_wants_something_else_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    for name, content in (("broken", b"no graph"), ("pictures", None)):
        folder = tiny_graph(tmp_path / name)
        graph = folder / "model.onnx"
        graph.write_bytes(content or graph.read_bytes().replace(b"input_ids", b"pixel_map"))
        with pytest.raises(ModelFailed) as failed:
            await LocalEmbedder(folder).embed(["boat"], kind="query")
        assert failed.value.code == "model-not-loaded"
    folder = tiny_graph(tmp_path / "words")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(SettingsError, match=r"without its tokenizer\.json"):
        LocalEmbedder(folder)


def test_a_folder_with_both_is_read_as_what_it_says_it_is(tmp_path: Path) -> None:
    pytest.importorskip("model2vec")
    pytest.importorskip("onnxruntime")
    folder = tiny_model(tmp_path / "tiny")
    table = LocalEmbedder(folder).model
    (folder / "model.onnx").write_bytes(b"graph")
    assert LocalEmbedder(folder).model != table
    (folder / "config.json").write_text('{"model_type": "model2vec"}')
    before = LocalEmbedder(folder).model
    (folder / "model.onnx").write_bytes(b"another")
    assert LocalEmbedder(folder).model == before


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
