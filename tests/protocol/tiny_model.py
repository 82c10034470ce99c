"""Makes a tiny language model of random numbers, in the format that llama.cpp reads: for the wire, not for wisdom.

    python tests/protocol/tiny_model.py tiny.gguf      needs the package `gguf`, nothing of ours

Its tokens are the 256 bytes and the printable letters of ASCII, so that it can be asked for anything and say anything.
"""

# Run by an interpreter that has what the model's server needs; ours has neither that nor its types.
# mypy: ignore-errors

from __future__ import annotations

import sys

import gguf
import numpy as np

CONTEXT, WIDTH, LAYERS, HEADS, INNER = 2048, 32, 2, 4, 64


def main(path: str) -> None:
    numbers = np.random.default_rng(7)
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL, *[gguf.TokenType.BYTE] * 256]
    letters = ["▁", *(chr(code) for code in range(33, 127))]
    pieces += letters
    kinds += [gguf.TokenType.NORMAL] * len(letters)

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny and random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(pieces))
    writer.add_pooling_type(gguf.PoolingType.MEAN)  # else it would give a vector for each token
    writer.add_tokenizer_model("llama")
    writer.add_token_list(pieces)
    writer.add_token_scores([-float(number) for number in range(len(pieces))])
    writer.add_token_types(kinds)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template(
        "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}assistant: "
    )

    def put(name: str, *shape: int) -> None:
        writer.add_tensor(name, (numbers.standard_normal(shape) * 0.3).astype(np.float32))

    def ones(name: str) -> None:
        writer.add_tensor(name, np.ones(WIDTH, dtype=np.float32))

    put("token_embd.weight", len(pieces), WIDTH)
    said = numbers.standard_normal((len(pieces), WIDTH)).astype(np.float32)
    said[: len(pieces) - len(letters)] = 0.0  # it says letters, and never that it has finished
    writer.add_tensor("output.weight", said)
    ones("output_norm.weight")
    for layer in range(LAYERS):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            put(f"blk.{layer}.{name}.weight", WIDTH, WIDTH)
        put(f"blk.{layer}.ffn_gate.weight", INNER, WIDTH)
        put(f"blk.{layer}.ffn_up.weight", INNER, WIDTH)
        put(f"blk.{layer}.ffn_down.weight", WIDTH, INNER)
        ones(f"blk.{layer}.attn_norm.weight")
        ones(f"blk.{layer}.ffn_norm.weight")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main(sys.argv[1])
