"""A training run that goes by what texts mean: what it leaves, and what it never computes twice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labeling.errors import BadRequest
from labeling.learners import meaning
from labeling.learners.meaning import LENGTH, features_by_meaning
from labeling.learners.run import main, read_learned, run
from tests.learners.tiny_model import texts_given, tiny_model

ROOT = Path(__file__).parents[2]
TEXTS = [
    f"the {name} {number}" for number in range(5) for name in ("river", "river", "river", "motor", "motor", "motor")
]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "model")


def texts_in(folder: Path, texts: Sequence[str]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return folder


def prepare(folder: Path, model: Path, **changed: Any) -> Path:
    texts_in(folder, TEXTS)
    params = {
        "medium": "text", "classes": 2, "seed": 1, "ask": 4, "features": None, "text_model": str(model), **changed,
    }  # fmt: skip
    (folder / "params.json").write_text(json.dumps(params))
    labels = np.array([0, 0, 0, 1, 1, 1] * 2 + [-1] * 18)
    np.savez(folder / "inputs.npz", labels=labels, closed=np.zeros(30, bool))
    return folder


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were given to the language model since."""
    return texts_given(monkeypatch)


def test_a_run_learns_what_texts_mean_and_says_so(tmp_path: Path, model: Path) -> None:
    metrics = run(prepare(tmp_path / "run", model))
    learned = read_learned(tmp_path / "run")
    assert learned.predicted[12:18].tolist() == [0, 0, 0, 1, 1, 1]
    assert metrics["features"] == "meaning-1"
    assert metrics["readable"] == 30
    assert (tmp_path / "run" / "model.skops").exists()
    assert not (tmp_path / "run" / "background.npz").exists(), "nobody can read these features"


def test_the_same_inputs_give_the_same_digests_with_a_cache_and_without(tmp_path: Path, model: Path) -> None:
    cache = str(tmp_path / "cache" / "features")
    stems = (("a", None), ("b", cache), ("c", cache))
    runs = [run(prepare(tmp_path / name, model, features=stem)) for name, stem in stems]
    for digest in ("digest", "model_digest", "source_digest"):
        assert len({one[digest] for one in runs}) == 1, digest


def test_another_language_model_is_another_source_with_a_cache_of_its_own(tmp_path: Path, model: Path) -> None:
    cache = str(tmp_path / "features")
    first = run(prepare(tmp_path / "a", model, features=cache))
    second = run(prepare(tmp_path / "b", tiny_model(tmp_path / "other", seed=1), features=cache))
    assert first["source_digest"] != second["source_digest"]
    assert first["digest"] != second["digest"]


def test_texts_that_were_seen_before_are_not_computed_again(tmp_path: Path, model: Path, made: list[str]) -> None:
    cache = tmp_path / "kept"
    old = ["the river", "the motor", "the river"]
    first = features_by_meaning(texts_in(tmp_path / "a", old), model=model, cache=cache).features
    assert sorted(made) == ["the motor", "the river"], "each text once"
    made.clear()
    more = ["a ferry", *old[::-1], "a ferry, too"]
    second = features_by_meaning(texts_in(tmp_path / "b", more), model=model, cache=cache).features
    assert sorted(made) == ["a ferry", "a ferry, too"]
    assert np.array_equal(second[1:4], first[::-1])
    alone = features_by_meaning(texts_in(tmp_path / "c", more), model=model, cache=None).features
    assert np.array_equal(second, alone)


def test_what_a_killed_run_had_done_is_not_done_again(
    tmp_path: Path, model: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "SAVED", 2)
    folder, save = texts_in(tmp_path / "a", ["river", "motor", "ferry", "the cafe", "common"]), meaning._save
    saved: list[int] = []

    def killed(*kept: Any) -> None:
        if saved:
            raise KeyboardInterrupt
        saved.append(1)
        save(*kept)

    monkeypatch.setattr(meaning, "_save", killed)
    with pytest.raises(KeyboardInterrupt):
        features_by_meaning(folder, model=model, cache=tmp_path / "kept")
    monkeypatch.setattr(meaning, "_save", save)
    done = set(made[:2])
    made.clear()
    again = features_by_meaning(folder, model=model, cache=tmp_path / "kept").features
    assert len(made) == 3
    assert not done & set(made)
    assert np.array_equal(again, features_by_meaning(folder, model=model, cache=None).features)


def test_a_torn_file_of_rows_is_made_again(tmp_path: Path, model: Path, made: list[str]) -> None:
    folder = texts_in(tmp_path / "a", ["river", "motor"])
    whole = features_by_meaning(folder, model=model, cache=tmp_path / "kept").features
    (file,) = tmp_path.glob("kept-*/*.npz")
    for content in (b"", b"PK torn", file.read_bytes()[:200]):
        file.write_bytes(content)
        made.clear()
        assert np.array_equal(features_by_meaning(folder, model=model, cache=tmp_path / "kept").features, whole)
        assert len(made) == 2


def test_a_text_without_a_word_is_a_row_of_zeros(tmp_path: Path, model: Path) -> None:
    rows = features_by_meaning(texts_in(tmp_path / "a", ["", "river", " \n"]), model=model, cache=None).features
    assert np.allclose(np.linalg.norm(rows, axis=1), [0, LENGTH, 0])


def test_no_texts_are_no_rows(tmp_path: Path, model: Path) -> None:
    cache = tmp_path / "kept"
    features_by_meaning(texts_in(tmp_path / "a", ["river"]), model=model, cache=cache)
    assert features_by_meaning(texts_in(tmp_path / "b", []), model=model, cache=cache).features.shape[0] == 0


def test_the_child_needs_no_environment_and_opens_no_socket(tmp_path: Path, model: Path) -> None:
    folder = prepare(tmp_path / "run", model, features=str(tmp_path / "kept"))
    script = (
        "import sys\n"
        "def told(event, _):\n"
        "    if event.startswith('socket.'): raise SystemExit(event)\n"
        "sys.addaudithook(told)\n"
        "from labeling.learners.run import confine, main\n"
        "confine()\n"
        f"code = main([{str(folder)!r}])\n"
        "foreign = {'torch', 'transformers', 'sentence_transformers', 'django'} & set(sys.modules)\n"
        "sys.exit(code or len(foreign))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={}, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert read_learned(folder).trained


def test_a_model_that_is_gone_is_named_and_exits_with_two(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = prepare(tmp_path / "run", model)
    (model / "model.safetensors").unlink()
    assert main([str(folder)]) == 2
    assert "model.safetensors" in (said := capsys.readouterr().err)
    assert "make embeddings" in said


def test_pictures_have_no_meaning(tmp_path: Path, model: Path) -> None:
    folder = prepare(tmp_path / "run", model, medium="image")
    with pytest.raises(BadRequest, match="text_model"):
        run(folder)
