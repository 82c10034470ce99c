"""A sentence transformer as ONNX: a graph, a tokenizer, and how the vectors of its tokens become one."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_AT_ONCE: Final = 16  # texts
_LONGEST: Final = 512  # tokens of a text, where no file says how many the model was made for
_MOST: Final = 8_192
_THREADS: Final = 2  # a bot answers beside it
_WHOLE: Final = ("sentence_embedding", "sentence_embeddings", "text_embeds", "embeddings", "embedding")  # outputs
_PADDING: Final = ("[PAD]", "<pad>", "<|endoftext|>", "</s>")


class OnnxEncoder:
    """`Encoder` over a graph that takes tokens. Loading it raises whatever its libraries do."""

    def __init__(self, folder: Path, graph: str) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(_THREADS, os.cpu_count() or 1)
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # its warnings are about the graph, which nobody here can change
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # it would burn a processor while idle
        self._session = onnxruntime.InferenceSession(
            str(folder / graph), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._wanted = {one.name: one.type for one in self._session.get_inputs()}
        if unknown := self._wanted.keys() - {"input_ids", "attention_mask", "token_type_ids", "position_ids"}:
            raise ValueError(f"the graph wants {', '.join(sorted(unknown))}")
        outputs = [one.name for one in self._session.get_outputs()]
        self._whole = next((name for name in _WHOLE if name in outputs), "")
        self._output = self._whole or outputs[0]
        self._pooling = _pooling(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_longest(folder))
        if self._tokenizer.padding is None:
            found = ((self._tokenizer.token_to_id(word), word) for word in _PADDING)
            number, word = next(((n, word) for n, word in found if n is not None), (0, _PADDING[0]))
            self._tokenizer.enable_padding(pad_id=number, pad_token=word)
        else:  # to the longest of its batch, whatever length the file says
            given = self._tokenizer.padding
            self._tokenizer.enable_padding(
                direction=given["direction"], pad_id=given["pad_id"], pad_type_id=given["pad_type_id"],
                pad_token=given["pad_token"],
            )  # fmt: skip
        self.dimension = len(self.encode(["a"])[0])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder`."""
        import numpy as np

        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))  # texts of like length fill a batch best
        rows: dict[int, NDArray[np.float32]] = {}
        for at in range(0, len(order), _AT_ONCE):
            some = order[at : at + _AT_ONCE]
            rows.update(zip(some, self._run([texts[n] for n in some]), strict=True))
        return np.stack([rows[n] for n in range(len(texts))])

    def _run(self, texts: list[str]) -> NDArray[np.float32]:
        import numpy as np

        tokens = self._tokenizer.encode_batch(texts)
        mask = np.array([one.attention_mask for one in tokens], dtype=np.int64)
        given: dict[str, Any] = {
            "input_ids": np.array([one.ids for one in tokens], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([one.type_ids for one in tokens], dtype=np.int64),
            "position_ids": np.maximum(np.cumsum(mask, axis=1) - 1, 0),
        }
        small = {name for name, kind in self._wanted.items() if kind == "tensor(int32)"}
        shown = {name: given[name].astype(np.int32) if name in small else given[name] for name in self._wanted}
        [found] = self._session.run([self._output], shown)
        found = np.asarray(found, dtype=np.float32)
        if found.ndim == 2:
            return found
        if found.ndim != 3:
            raise ValueError(f"an output of {found.ndim} dimensions")
        if self._pooling == "cls":
            first = mask.argmax(axis=1)
            return np.asarray(found[np.arange(len(texts)), first])
        if self._pooling == "last":
            last = mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1)
            return np.asarray(found[np.arange(len(texts)), last])
        weights = mask[:, :, None].astype(np.float32)
        return np.asarray((found * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1.0))


def _pooling(folder: Path) -> str:
    """How one vector is made of those of the tokens, as a sentence transformer's own file says: "mean" without one."""
    about = _facts(folder / "1_Pooling" / "config.json")
    if about.get("pooling_mode_cls_token"):
        return "cls"
    if about.get("pooling_mode_lasttoken"):
        return "last"
    return "mean"


def _longest(folder: Path) -> int:
    """How many tokens of a text the model was made for."""
    for name, key in (("sentence_bert_config.json", "max_seq_length"), ("tokenizer_config.json", "model_max_length")):
        length = _facts(folder / name).get(key)
        if isinstance(length, int) and 0 < length < 10**6:  # some say 10^30 for "no limit"
            return min(length, _MOST)
    return _LONGEST


def _facts(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
