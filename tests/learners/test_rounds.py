import numpy as np
import pytest

from labeling.learners.rounds import learn


def some(objects=200):
    generator = np.random.default_rng(2)
    truth = generator.integers(0, 3, objects)
    return (2 * np.eye(3)[truth] + generator.normal(size=(objects, 3))).astype(np.float32), truth


def test_a_round_scores_every_object_and_holds_out_every_label():
    features, truth = some()
    labels = np.where(np.arange(200) < 60, truth, -1)
    learned, model = learn(features, labels, np.zeros(200, bool), classes=3, ask=10, seed=0)
    assert model is not None
    assert learned.proba.shape == (200, 3)
    assert learned.oof_index.tolist() == list(range(60))
    assert learned.oof_proba.shape == (60, 3)
    assert np.array_equal(learned.proba.argmax(axis=1), learned.predicted)
    assert ((learned.score >= 0) & (learned.score <= 1)).all()


def test_neither_labelled_nor_closed_objects_are_asked_again():
    features, truth = some()
    labels = np.where(np.arange(200) < 60, truth, -1)
    closed = np.arange(200) >= 180
    learned, _ = learn(features, labels, closed, classes=3, ask=500, seed=0)
    assert sorted(learned.picks.tolist()) == list(range(60, 180))


def test_the_same_arguments_give_the_same_numbers():
    features, truth = some()
    labels = np.where(np.arange(200) < 60, truth, -1)
    first, again = (learn(features, labels, np.zeros(200, bool), classes=3, ask=10, seed=7)[0] for _ in range(2))
    assert np.array_equal(first.score, again.score)
    assert np.array_equal(first.picks, again.picks)


def test_without_labels_there_is_no_model_and_a_cold_start():
    features, _ = some()
    learned, model = learn(features, np.full(200, -1), np.zeros(200, bool), classes=3, ask=9, seed=0)
    assert model is None
    assert not learned.trained
    assert len(set(learned.picks.tolist())) == 9


@pytest.mark.parametrize("wrong", [3, -2])
def test_a_label_outside_the_classes_is_refused(wrong):
    features, _ = some()
    labels = np.full(200, -1)
    labels[5] = wrong
    with pytest.raises(ValueError, match="labels must lie"):
        learn(features, labels, np.zeros(200, bool), classes=3, ask=1, seed=0)
