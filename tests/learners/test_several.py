import json

import numpy as np
import pytest

from labeling.learners.model_files import ForeignModel, load_model, load_several, save_model
from labeling.learners.run import read_learned, run
from labeling.learners.several import codes_of, learn_several
from labeling.task_types.several_classes import believed

WORDS = (["sun", "beach"], ["snow", "ski"], ["hotel", "room"])


def some(objects=300, seed=0, noise=0.7):
    """Features (n, 8), and three classes, each of which its own column tells."""
    generator = np.random.default_rng(seed)
    targets = (generator.random((objects, 3)) < (0.5, 0.3, 0.15)).astype(np.uint8)
    features = generator.normal(scale=noise, size=(objects, 8))
    features[:, :3] += 3 * targets
    return features.astype(np.float32), targets


def round_of(features, targets, known=150, **changed):
    codes = codes_of(targets > 0)
    labels = np.where(np.arange(len(targets)) < known, codes, -1)
    given = {"least": 0, "ask": 10, "seed": 1, **changed}
    closed = given.pop("closed", np.zeros(len(targets), bool))
    return learn_several(features, labels, targets * (labels >= 0)[:, None], closed, **given)


def test_each_class_is_found_by_itself_and_chances_do_not_sum_to_one():
    features, targets = some()
    learned, model = round_of(features, targets)
    assert model is not None
    assert learned.proba.shape == (300, 3)
    assert np.ptp(learned.proba.sum(axis=1)) > 0.5
    assert ((learned.proba > 0.5) == targets)[150:].mean() > 0.9


def test_predictions_and_labels_share_one_numbering():
    features, targets = some(noise=0.2)
    learned, _ = round_of(features, targets)
    codes = codes_of(targets > 0)
    assert (learned.predicted == codes).mean() > 0.97
    assert (learned.oof_predicted == codes[learned.oof_index]).mean() > 0.97


def test_the_confidence_is_that_of_the_whole_set_and_is_about_right():
    features, targets = some(2000, noise=1.2)
    learned, _ = round_of(features, targets, known=1000)
    right = learned.predicted[1000:] == codes_of(targets > 0)[1000:]
    assert learned.confidence[1000:].mean() == pytest.approx(right.mean(), abs=0.05)
    assert learned.score[1000:].mean() == pytest.approx(right.mean(), abs=0.05)
    surest = np.argsort(-learned.score[1000:])[:500]
    assert right[surest].mean() > right.mean() + 0.05


def test_the_least_sure_sets_are_asked_next_and_nobody_twice():
    features, targets = some()
    closed = np.arange(300) >= 280
    learned, _ = round_of(features, targets, closed=closed, ask=1000)
    assert sorted(learned.picks.tolist()) == list(range(150, 280))
    assert np.all(np.diff(learned.confidence[learned.picks]) >= 0)


def test_out_of_fold_means_unseen_for_every_class():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(200, 150)).astype(np.float32)
    targets = generator.integers(0, 2, (200, 3)).astype(np.uint8)
    learned, model = round_of(features, targets, known=200)
    assert ((model.chances(features) > 0.5) == targets).mean() > 0.9
    assert ((learned.oof_proba > 0.5) == targets).mean() < 0.65


def test_a_class_that_nobody_or_everybody_chose_is_no_error():
    features, targets = some()
    targets[:, 1], targets[:, 2] = 0, 1
    learned, _ = round_of(features, targets)
    assert not learned.proba[:, 1].any()
    assert (learned.proba[:, 2] == 1).all()


def test_the_same_arguments_give_the_same_numbers():
    features, targets = some()
    first, again = (round_of(features, targets)[0] for _ in range(2))
    assert np.array_equal(first.score, again.score)
    assert np.array_equal(first.proba, again.proba)


def test_without_labels_there_is_a_cold_start():
    features, targets = some()
    learned, model = round_of(features, targets, known=0)
    assert (model, learned.trained, len(learned.picks)) == (None, False, 10)


def test_an_answer_must_have_a_class_where_the_job_says_so():
    chances = np.array([[0.2, 0.4, 0.1], [0.9, 0.6, 0.2]])
    assert believed(chances, least=0).tolist() == [[False, False, False], [True, True, False]]
    assert believed(chances, least=1).tolist() == [[False, True, False], [True, True, False]]


def test_targets_of_another_shape_are_refused():
    features, targets = some()
    with pytest.raises(ValueError, match="targets of shape"):
        learn_several(features, np.zeros(300, np.int64), targets[:9], np.zeros(300, bool), least=0, ask=1, seed=0)


@pytest.mark.parametrize("classes", [3, 62, 63, 200])
def test_equal_sets_have_equal_numbers_and_others_do_not(classes):
    fits = np.random.default_rng(0).random((400, classes)) < 0.5
    codes = codes_of(np.concatenate([fits, fits[:5]]))
    assert codes.min() >= 0
    assert np.array_equal(codes[400:], codes[:5])
    assert len(set(codes[:400].tolist())) == len({row.tobytes() for row in fits})


def folder_of(folder, **changed):
    folder.mkdir(exist_ok=True)
    generator = np.random.default_rng(0)
    targets = (generator.random((120, 3)) < 0.5).astype(np.uint8)
    texts = [" ".join(["the", *(word for c in range(3) if row[c] for word in WORDS[c])]) for row in targets]
    params = {"medium": "text", "classes": 3, "seed": 1, "ask": 4, "features": None, "target": "classes", "least": 0}
    (folder / "params.json").write_text(json.dumps({**params, **changed}))
    labels = np.where(np.arange(120) < 80, codes_of(targets > 0), -1)
    np.savez(folder / "inputs.npz", labels=labels, closed=np.zeros(120, bool), targets=targets * (labels >= 0)[:, None])
    (folder / "texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return folder, codes_of(targets > 0)


def test_a_run_learns_several_classes_from_files_and_records_each(tmp_path):
    folder, codes = folder_of(tmp_path / "run")
    metrics = run(folder)
    learned = read_learned(folder)
    assert (learned.predicted == codes).mean() > 0.95
    assert [one["labeled"] for one in metrics["by_class"]] == metrics_of(codes[:80])
    assert {one["category"] for one in metrics["fits"]} == {0, 1, 2}
    assert len(metrics["temperatures"]) == 3
    assert metrics["oof_accuracy"] == pytest.approx((learned.oof_predicted == codes[:80]).mean())
    assert sum(metrics["split"]["sizes"]) == 80
    kept = load_several(folder / "model.skops")
    assert len(kept.models) == 3
    again, _ = folder_of(tmp_path / "again")
    assert run(again)["model_digest"] == metrics["model_digest"]
    assert run(again)["digest"] == metrics["digest"]


def metrics_of(codes):
    return [int(((codes >> place) & 1).sum()) for place in range(3)]


def test_a_run_without_labels_is_a_cold_start(tmp_path):
    folder, _ = folder_of(tmp_path)
    np.savez(
        folder / "inputs.npz", labels=np.full(120, -1), closed=np.zeros(120, bool), targets=np.zeros((120, 3), np.uint8)
    )
    metrics = run(folder)
    assert (metrics["trained"], metrics["oof_accuracy"], metrics["by_class"]) == (False, None, [])


def test_a_model_file_is_read_as_what_it_is(tmp_path):
    features, targets = some()
    _, model = round_of(features, targets)
    save_model(model, tmp_path / "m.skops")
    assert np.array_equal(load_several(tmp_path / "m.skops").chances(features), model.chances(features))
    with pytest.raises(ForeignModel):
        load_model(tmp_path / "m.skops")
    save_model(model.models[0], tmp_path / "one.skops")
    with pytest.raises(ForeignModel):
        load_several(tmp_path / "one.skops")
