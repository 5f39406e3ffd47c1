import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from PIL import Image
from sklearn.tree import DecisionTreeClassifier
from skops import io as skops_io

from labeling.errors import BadRequest
from labeling.learners.classifier import fit
from labeling.learners.model_files import ForeignModel, digest_of, load_model, save_model
from labeling.learners.run import main, read_learned, run

TEXTS = ["the cat sat", "a cat ran", "cats and kittens", "the dog barked", "a dog ran", "dogs and puppies"] * 5
PARAMS = {"medium": "text", "classes": 2, "seed": 1, "ask": 4, "features": None}
ROOT = Path(__file__).parents[2]


def prepare(folder, *, labels=None, medium="text", rows=None, **changed):
    folder.mkdir(exist_ok=True)
    params = {**PARAMS, "medium": medium, **changed}
    (folder / "params.json").write_text(json.dumps(params))
    given = np.array([0, 0, 0, 1, 1, 1] * 2 + [-1] * 18) if labels is None else labels
    np.savez(folder / "inputs.npz", labels=given, closed=np.zeros(len(given), bool))
    name = "texts.jsonl" if medium == "text" else "images.jsonl"
    lines = rows or [{"text": text} for text in TEXTS]
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in lines))
    return folder


def test_a_run_reads_files_and_leaves_files(tmp_path):
    metrics = run(prepare(tmp_path))
    learned = read_learned(tmp_path)
    assert metrics["labeled"] == 12
    assert learned.trained
    assert learned.predicted[12:18].tolist() == [0, 0, 0, 1, 1, 1]
    assert len(learned.picks) == 4
    assert set(learned.picks.tolist()) <= set(range(12, 30))
    assert digest_of(load_model(tmp_path / "model.skops")) == metrics["model_digest"]


def test_the_same_inputs_give_the_same_digests_with_a_cache_and_without(tmp_path):
    cache = str(tmp_path / "cache" / "features")
    runs = [run(prepare(tmp_path / name, features=stem)) for name, stem in (("a", None), ("b", cache), ("c", cache))]
    assert len({r["digest"] for r in runs}) == len({r["model_digest"] for r in runs}) == 1
    assert (tmp_path / "cache" / "features.npz").exists()


def test_a_cache_made_from_other_texts_or_torn_is_not_used(tmp_path):
    stem = tmp_path / "features"
    run(prepare(tmp_path / "a", features=str(stem), rows=[{"text": "x y"}] * 30))
    assert run(prepare(tmp_path / "b", features=str(stem)))["digest"] == run(prepare(tmp_path / "c"))["digest"]
    stem.with_suffix(".npz").write_bytes(b"PK torn")
    assert run(prepare(tmp_path / "d", features=str(stem)))["digest"] == run(prepare(tmp_path / "e"))["digest"]


def test_the_record_of_a_run_tells_split_steps_calibration_and_versions(tmp_path):
    labels = np.array([0, 0, 0, 1, 1, 1] * 4 + [-1] * 6)
    metrics = run(prepare(tmp_path, labels=labels))
    assert json.loads((tmp_path / "metrics.json").read_text()) == metrics
    assert metrics["model"] == {"kind": "LogisticRegression", "strength": 4.0, "folds": 5}
    assert [one["fold"] for one in metrics["fits"]][-1] is None
    assert sum(metrics["split"]["sizes"]) == 24
    assert (metrics["split"]["groups"], metrics["split"]["grouped"], metrics["split"]["largest"]) == (6, 24, 4)
    assert sum(one["count"] for one in metrics["reliability"]) == 24
    assert set(metrics["versions"]) == {"numpy", "scipy", "scikit-learn", "skops", "pillow", "python"}
    with np.load(tmp_path / "outputs.npz") as kept:
        folds, groups = kept["split_fold"], kept["split_group"]
    assert all(len(set(folds[groups == group].tolist())) == 1 for group in groups)


def test_objects_that_the_input_groups_are_held_out_together(tmp_path):
    prepare(tmp_path, rows=[{"text": f"own{i} words{i} alone{i}"} for i in range(30)])
    with np.load(tmp_path / "inputs.npz") as given:
        labels, closed = given["labels"], given["closed"]
    np.savez(tmp_path / "inputs.npz", labels=labels, closed=closed, groups=np.arange(30) // 3)
    assert run(tmp_path)["split"] | {"digest": "", "sizes": []} == {
        "groups": 4, "grouped": 12, "largest": 3, "digest": "", "sizes": [],
    }  # fmt: skip


def test_a_finished_folder_is_left_alone(tmp_path):
    run(prepare(tmp_path))
    before = (tmp_path / "outputs.npz").stat().st_mtime_ns
    run(tmp_path)
    assert (tmp_path / "outputs.npz").stat().st_mtime_ns == before


def test_a_run_that_was_killed_before_its_metrics_is_done_again(tmp_path):
    first = run(prepare(tmp_path))
    (tmp_path / "metrics.json").unlink()
    (tmp_path / "outputs.npz").write_bytes(b"half")
    assert run(tmp_path)["digest"] == first["digest"]


def test_without_labels_a_run_gives_a_cold_start_and_no_model(tmp_path):
    metrics = run(prepare(tmp_path, labels=np.full(30, -1)))
    assert not metrics["trained"]
    assert metrics["oof_accuracy"] is None
    assert len(read_learned(tmp_path).picks) == 4
    assert not (tmp_path / "model.skops").exists()


def test_images_are_decoded_in_the_child_and_an_unreadable_one_is_named(tmp_path):
    rows = []
    for i in range(30):
        Image.new("RGB", (20, 20), (255, 0, 0) if i % 6 < 3 else (0, 0, 255)).save(tmp_path / f"{i}.png")
        rows.append({"path": str(tmp_path / f"{i}.png")})
    (tmp_path / "20.png").write_bytes(b"no picture")
    metrics = run(prepare(tmp_path / "run", medium="image", rows=rows))
    learned = read_learned(tmp_path / "run")
    assert metrics["readable"] == 29
    assert not learned.readable[20]
    assert learned.predicted[12:18].tolist() == [0, 0, 0, 1, 1, 1]


def test_the_child_runs_with_an_empty_environment(tmp_path):
    prepare(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "labeling.learners.run", str(tmp_path)],
        cwd=ROOT,
        env={},
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert read_learned(tmp_path).trained


def test_training_imports_neither_django_nor_celery():
    script = (
        "import sys, labeling.learners.run; sys.exit(any(m.split('.')[0] in ('django', 'celery') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=dict(os.environ), timeout=60).returncode == 0


@pytest.mark.parametrize(
    ("break_it", "where"),
    [
        (lambda f: (f / "params.json").write_text("{"), "params.json"),
        (lambda f: (f / "inputs.npz").unlink(), "inputs.npz"),
        (lambda f: (f / "texts.jsonl").unlink(), "texts.jsonl"),
        (lambda f: (f / "texts.jsonl").write_text('{"text": "one"}\n'), "inputs.npz"),
        (lambda f: np.savez(f / "inputs.npz", labels=np.full(30, 7), closed=np.zeros(30, bool)), "inputs.npz"),
        (lambda f: (f / "params.json").write_text(json.dumps({**PARAMS, "target": "classes"})), "inputs.npz"),
        (
            lambda f: np.savez(f / "inputs.npz", labels=np.full(30, 1), closed=np.zeros(30, bool), groups=np.zeros(3)),
            "inputs.npz",
        ),
    ],
)
def test_wrong_input_is_named_and_exits_with_two(tmp_path, capsys, break_it, where):
    break_it(prepare(tmp_path))
    assert main([str(tmp_path)]) == 2
    assert where in capsys.readouterr().err


def test_an_unknown_medium_is_refused(tmp_path):
    with pytest.raises(BadRequest, match="sound"):
        run(prepare(tmp_path, medium="sound"))


def test_a_run_without_outputs_can_not_be_read(tmp_path):
    with pytest.raises(BadRequest):
        read_learned(tmp_path)


def test_a_model_file_with_a_foreign_type_is_refused_before_it_is_built(tmp_path):
    tree = DecisionTreeClassifier().fit([[0], [1]], [0, 1])
    skops_io.dump({"estimator": tree, "seen": np.array([0, 1]), "classes": 2, "temperature": 1.0}, tmp_path / "m.skops")
    with pytest.raises(ForeignModel, match="tree"):
        load_model(tmp_path / "m.skops")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"\x80\x04N."])
def test_a_model_file_of_rubbish_is_refused(tmp_path, content):
    (tmp_path / "m.skops").write_bytes(content)
    with pytest.raises(ForeignModel):
        load_model(tmp_path / "m.skops")


def test_a_model_comes_back_from_its_file_with_the_same_predictions(tmp_path):
    features = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    for labels in (np.arange(40) % 3, np.zeros(40, dtype=np.int64)):
        model = fit(features, labels, classes=3, seed=0)
        save_model(model, tmp_path / "m.skops")
        assert np.array_equal(load_model(tmp_path / "m.skops").probabilities(features), model.probabilities(features))


def test_a_packed_model_file_is_refused_before_it_is_unpacked(tmp_path):
    bomb = tmp_path / "bomb.skops"
    with ZipFile(bomb, "w", ZIP_DEFLATED) as file:
        file.writestr("schema.json", b" " * 200_000_000)
    assert bomb.stat().st_size < 2**20
    with pytest.raises(ForeignModel, match="is packed"):
        load_model(bomb)


def test_a_model_file_that_breaks_off_is_refused(tmp_path):
    whole = tmp_path / "whole.skops"
    save_model(fit(np.eye(4, dtype=np.float32), np.array([0, 1, 0, 1]), classes=2, seed=1), whole)
    for share in (0.1, 0.5, 0.9):
        part = tmp_path / "part.skops"
        part.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
        with pytest.raises(ForeignModel, match="no model file of ours"):
            load_model(part)
