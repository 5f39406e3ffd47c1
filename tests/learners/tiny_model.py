"""A language model of random numbers, in files as the real one's, small enough for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from labeling.learners import embeddings
from labeling.learners.embeddings import Embedder

Tensors = dict[str, NDArray[Any]]
WORDS = ("the", "ferry", "river", "motor", "common", "cafe", "un", "##known", ",", "!", "-", "渡", "[", "]", "mask")
VOCABULARY = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *(f"##{digit}" for digit in range(10)))
WIDTH, HEADS, LAYERS, WIDER, PLACES = 16, 4, 2, 24, 40


def install_tiny_model(patch: pytest.MonkeyPatch, folder: Path) -> Path:
    """As if it were the one of the extra."""
    tiny_model(folder)
    patch.setattr(embeddings, "model_folder", lambda: folder)
    return folder


def take_model_away(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(embeddings, "model_folder", lambda: None)


def tiny_model(
    folder: Path,
    *,
    seed: int = 0,
    most: int = 30,
    config: Mapping[str, Any] | None = None,
    words: Sequence[str] = VOCABULARY,
    without: str = "",
) -> Path:
    """The folder, filled. `without`: a tensor that is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = {
        "hidden_act": "gelu", "hidden_size": WIDTH, "num_attention_heads": HEADS, "num_hidden_layers": LAYERS,
        "max_position_embeddings": PLACES, "layer_norm_eps": 1e-12,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps({**shape, **(config or {})}))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": most}))
    (folder / "tokenizer.json").write_text(json.dumps(reader(words)))
    tensors = {name: tensor for name, tensor in random_tensors(seed).items() if name != without}
    (folder / "model.safetensors").write_bytes(as_safetensors(tensors))
    return folder


def reader(words: Sequence[str]) -> dict[str, Any]:
    """tokenizer.json, as `tokenizers` itself reads it."""
    return {
        "version": "1.0",
        "truncation": {"max_length": 8, "strategy": "LongestFirst", "stride": 0},  # the real one cuts at 128, too
        "padding": None,
        "added_tokens": [],
        "normalizer": {
            "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": {word: place for place, word in enumerate(words)},
        },
    }  # fmt: skip


def random_tensors(seed: int) -> Tensors:
    """Words weigh more than places and layers, so that a text's row still tells which words are in it."""
    generator = np.random.default_rng(seed)

    def numbers(*shape: int, around: float = 0.0, spread: float = 0.15) -> NDArray[np.float32]:
        return (around + generator.normal(scale=spread, size=shape)).astype(np.float32)

    made: Tensors = {"embeddings.position_ids": np.arange(PLACES, dtype=np.int64)[None]}  # the real one has it, too
    for name, rows, spread in (("word", len(VOCABULARY), 2.0), ("position", PLACES, 0.15), ("token_type", 2, 0.15)):
        made[f"embeddings.{name}_embeddings.weight"] = numbers(rows, WIDTH, spread=spread)
    norms = ["embeddings.LayerNorm"]
    for place in range(LAYERS):
        layer = f"encoder.layer.{place}"
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
        parts = {f"attention.self.{name}": (WIDTH, WIDTH) for name in ("query", "key", "value")}
        parts |= {"attention.output.dense": (WIDTH, WIDTH)}
        parts |= {"intermediate.dense": (WIDER, WIDTH), "output.dense": (WIDTH, WIDER)}
        for name, shape in parts.items():
            made[f"{layer}.{name}.weight"], made[f"{layer}.{name}.bias"] = numbers(*shape), numbers(shape[0])
    for name in norms:
        made[f"{name}.weight"], made[f"{name}.bias"] = numbers(WIDTH, around=1), numbers(WIDTH)
    return made


def as_safetensors(tensors: Tensors) -> bytes:
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, tensor in tensors.items():
        raw = tensor.tobytes()
        kind = {"float32": "F32", "int64": "I64"}[tensor.dtype.name]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    said = json.dumps(header).encode()
    said += b" " * (-len(said) % 8)
    return len(said).to_bytes(8, "little") + said + body


def texts_given(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the language model is given from now on."""
    seen: list[str] = []
    rows = Embedder.rows

    def watched(self: Embedder, texts: Sequence[str]) -> Any:
        seen.extend(texts)
        return rows(self, texts)

    monkeypatch.setattr(Embedder, "rows", watched)
    return seen
