"""The language model's arithmetic, on a tiny model of random numbers, against the same sums done token by token."""

from __future__ import annotations

import json
import sys
from math import erf, exp, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labeling.errors import BadRequest
from labeling.learners import embeddings
from labeling.learners.embeddings import BATCH, LENGTHS, Embedder, digest_of_model
from labeling.learners.wordpiece import WordPiece
from tests.learners.tiny_model import HEADS, LAYERS, WIDTH, random_tensors, tiny_model

TEXTS = [
    "the ferry",
    "",
    "River17, motor3 - common!",
    "the river and the motor " * 2,
    "ferry " * 12,
    "café 渡 " * 40,
    "the ferry",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "model")


class Slowly:
    """One text, one token, one head at a time, in double precision."""

    def __init__(self, folder: Path, *, most: int = 30) -> None:
        self.reader, self.most = WordPiece(folder / "tokenizer.json"), most
        self.of = {name: tensor.astype(np.float64) for name, tensor in random_tensors(0).items()}

    def row(self, text: str) -> Any:
        numbers = self.reader.read(text, most=self.most)
        word, place, kind = (
            self.of[f"embeddings.{one}_embeddings.weight"] for one in ("word", "position", "token_type")
        )
        flow = [
            self.normed(word[number] + place[at] + kind[0], "embeddings.LayerNorm") for at, number in enumerate(numbers)
        ]
        for number in range(LAYERS):
            flow = self.layer(flow, f"encoder.layer.{number}")
        mean = sum(flow) / len(flow)
        return mean / sqrt(sum(one * one for one in mean))

    def layer(self, flow: list[Any], name: str) -> list[Any]:
        query, key, value = (
            [self.linear(one, f"{name}.attention.self.{part}") for one in flow] for part in ("query", "key", "value")
        )
        each, after = WIDTH // HEADS, []
        for at, one in enumerate(flow):
            found = np.zeros(WIDTH)
            for head in range(HEADS):
                part = slice(head * each, (head + 1) * each)
                weights = [exp(query[at][part] @ other[part] / sqrt(each)) for other in key]
                found[part] = sum(w * v[part] for w, v in zip(weights, value, strict=True)) / sum(weights)
            attended = self.normed(
                one + self.linear(found, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm"
            )
            inner = self.linear(attended, f"{name}.intermediate.dense")
            turned = np.array([x * (1 + erf(x / sqrt(2))) / 2 for x in inner.tolist()])
            after.append(
                self.normed(attended + self.linear(turned, f"{name}.output.dense"), f"{name}.output.LayerNorm")
            )
        return after

    def linear(self, one: Any, name: str) -> Any:
        return self.of[f"{name}.weight"] @ one + self.of[f"{name}.bias"]

    def normed(self, one: Any, name: str) -> Any:
        spread = sqrt(((one - one.mean()) ** 2).mean() + 1e-12)
        return (one - one.mean()) / spread * self.of[f"{name}.weight"] + self.of[f"{name}.bias"]


def test_rows_are_what_the_sums_done_token_by_token_give(folder: Path) -> None:
    rows = Embedder(folder).rows(TEXTS)
    slowly = Slowly(folder)
    assert (rows.shape, rows.dtype) == ((len(TEXTS), WIDTH), np.float32)
    assert np.abs(rows - np.array([slowly.row(text) for text in TEXTS])).max() < 1e-5
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)


def test_a_texts_row_is_the_same_to_the_last_bit_in_any_company(folder: Path) -> None:
    model = Embedder(folder)
    many = [f"{'the river ' * (number % 9)}motor{number}" for number in range(300)]
    rows = model.rows(many)
    assert len({row.tobytes() for row in rows}) == len(set(many))
    assert np.array_equal(rows[::-1], model.rows(many[::-1]))
    assert all(np.array_equal(rows[place], model.rows([many[place]])[0]) for place in (0, 8, 77, 299))


def test_every_batch_has_as_many_places() -> None:
    assert all(BATCH % length == 0 for length in LENGTHS)


def test_of_a_long_text_the_beginning_counts(tmp_path: Path) -> None:
    model = Embedder(tiny_model(tmp_path, most=10))
    cut, same, other = model.rows(["ferry " * 8 + "river", "ferry " * 50, "ferry " * 7 + "river"])
    assert np.array_equal(cut, same)
    assert not np.array_equal(cut, other)


def test_no_texts_are_no_rows(folder: Path) -> None:
    assert Embedder(folder).rows([]).shape == (0, WIDTH)


@pytest.mark.parametrize("name", ["config.json", "sentence_bert_config.json", "tokenizer.json", "model.safetensors"])
def test_the_models_digest_changes_with_each_of_its_files_and_a_missing_one_is_named(folder: Path, name: str) -> None:
    before = digest_of_model(folder)
    assert digest_of_model(folder) == before
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    assert digest_of_model(folder) != before
    (folder / name).unlink()
    for read in (digest_of_model, Embedder):
        with pytest.raises(BadRequest, match=name):
            read(folder)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"config": {"hidden_act": "relu"}}, "another way"),
        ({"config": {"num_attention_heads": 3}}, "another way"),
        ({"config": {"num_hidden_layers": 3}}, "not whole"),
        ({"config": {"hidden_size": None}}, "not whole"),
        ({"without": "encoder.layer.1.output.dense.bias"}, "not whole"),
        ({"words": [*random_tensors(0), "[CLS]", "[SEP]", "[UNK]"]}, "don't belong together"),
    ],
)
def test_a_model_that_is_not_whole_or_of_another_kind_is_refused(
    tmp_path: Path, change: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadRequest, match=problem):
        Embedder(tiny_model(tmp_path, **change))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.99])
def test_weights_that_break_off_are_refused(folder: Path, share: float) -> None:
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(BadRequest, match=r"model\.safetensors: .* can't be read"):
        Embedder(folder)


@pytest.mark.parametrize("header", [b"[]", b"{", json.dumps({"a": {"dtype": "F32", "shape": [2]}}).encode()])
def test_weights_with_a_header_of_rubbish_are_refused(folder: Path, header: bytes) -> None:
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + b"12345678")
    with pytest.raises(BadRequest, match="can't be read"):
        Embedder(folder)


def test_the_extra_is_found_and_never_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "PACKAGE", "a_language_model")
    assert not embeddings.installed()
    package = tmp_path / "a_language_model"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('it wants torch')")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert embeddings.model_folder() is None, "a package without its files is none"
    tiny_model(package / "model")
    assert embeddings.installed()
    assert embeddings.model_folder() == package / "model"
    assert "a_language_model" not in sys.modules
