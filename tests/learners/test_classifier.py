import numpy as np
import pytest
from scipy import sparse

from labeling.learners import classifier
from labeling.learners.classifier import at_temperature, best_temperature, fit, fit_calibrated, folds_of


def blobs(count=240, classes=3, seed=0, spread=0.6):
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, classes, count)
    centres = generator.normal(size=(classes, 6))
    return (centres[labels] + generator.normal(scale=spread, size=(count, 6))).astype(np.float32), labels


def test_probabilities_sum_to_one_and_find_the_classes():
    features, labels = blobs()
    model, held_out = fit_calibrated(features, labels, classes=3, seed=0)
    given = model.probabilities(features)
    assert given.sum(axis=1) == pytest.approx(1)
    assert held_out.sum(axis=1) == pytest.approx(1)
    assert (given.argmax(axis=1) == labels).mean() > 0.8


def test_a_class_without_labels_has_probability_zero():
    features, labels = blobs()
    model, held_out = fit_calibrated(features, labels * 2, classes=6, seed=0)
    assert not model.probabilities(features)[:, [1, 3, 5]].any()
    assert not held_out[:, [1, 3, 5]].any()


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_class_with_very_few_labels_is_no_error(count):
    features, labels = blobs(classes=2)
    keep = np.flatnonzero(labels == 0)[:40].tolist() + np.flatnonzero(labels == 1)[:count].tolist()
    model, held_out = fit_calibrated(features[keep], labels[keep], classes=2, seed=0)
    assert np.isfinite(held_out).all()
    assert model.probabilities(features)[:, 1].max() > 0


def test_one_class_alone_is_certain_and_one_label_alone_says_nothing_out_of_fold():
    features, _ = blobs(count=9)
    model, held_out = fit_calibrated(features, np.full(9, 1), classes=3, seed=0)
    assert model.probabilities(features)[:, 1] == pytest.approx(1)
    assert held_out[:, 1] == pytest.approx(1)
    _, alone = fit_calibrated(features[:1], np.array([2]), classes=4, seed=0)
    assert alone == pytest.approx(0.25)


def test_no_label_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one label"):
        fit(np.zeros((0, 2), np.float32), np.zeros(0, np.int64), classes=2, seed=0)


def test_the_same_seed_gives_the_same_numbers_and_sparse_the_same_as_dense():
    features, labels = blobs()
    first, again = (fit_calibrated(features, labels, classes=3, seed=4) for _ in range(2))
    assert np.array_equal(first[1], again[1])
    thin, _ = fit_calibrated(sparse.csr_matrix(features), labels, classes=3, seed=4)
    assert thin.probabilities(sparse.csr_matrix(features)) == pytest.approx(first[0].probabilities(features), abs=0.01)


def test_out_of_fold_means_that_the_model_has_not_seen_the_label():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(200, 150)).astype(np.float32)  # enough columns to learn every label by heart
    labels = generator.integers(0, 2, 200)
    model, held_out = fit_calibrated(features, labels, classes=2, seed=0)
    assert (model.probabilities(features).argmax(axis=1) == labels).mean() > 0.95
    assert (held_out.argmax(axis=1) == labels).mean() < 0.65


def test_folds_spread_each_class_evenly():
    labels = np.array([0] * 50 + [1] * 5)
    folds = folds_of(labels, seed=1)
    assert sorted(folds[labels == 1].tolist()) == [0, 1, 2, 3, 4]
    assert np.bincount(folds[labels == 0]).tolist() == [10] * 5


def test_a_group_is_never_parted_and_the_folds_stay_even():
    generator = np.random.default_rng(3)
    labels = generator.integers(0, 4, 600)
    groups = np.where(np.arange(600) < 300, generator.integers(0, 60, 600), 1000 + np.arange(600))
    folds = folds_of(labels, seed=1, groups=groups)
    assert all(len(set(folds[groups == group].tolist())) == 1 for group in np.unique(groups))
    assert np.ptp(np.bincount(folds, minlength=5)) <= 12
    for category in range(4):
        assert np.ptp(np.bincount(folds[labels == category], minlength=5)) <= 12
    assert np.array_equal(folds, folds_of(labels, seed=1, groups=groups))
    assert not np.array_equal(folds, folds_of(labels, seed=2, groups=groups))


def test_groups_of_one_are_no_groups():
    labels = np.random.default_rng(0).integers(0, 3, 101)
    assert np.array_equal(folds_of(labels, seed=4), folds_of(labels, seed=4, groups=np.arange(101)))
    assert not len(folds_of(np.zeros(0, np.int64), seed=0, groups=np.zeros(0, np.int64)))


def test_a_single_group_says_nothing_out_of_fold():
    features, labels = blobs(count=30)
    model, held_out = fit_calibrated(features, labels, classes=3, seed=0, groups=np.zeros(30, np.int64))
    assert held_out == pytest.approx(1 / 3)
    assert [one.fold for one in model.fits] == [None]


def test_labels_of_twins_leak_unless_their_groups_are_kept_whole():
    """Labels at random: nothing can be learned but by heart, and a twin in another fold is as good as the label."""
    generator = np.random.default_rng(0)
    twins = np.repeat(generator.normal(size=(100, 200)), 2, axis=0).astype(np.float32)
    labels = np.repeat(generator.integers(0, 2, 100), 2)
    _, parted = fit_calibrated(twins, labels, classes=2, seed=0)
    _, kept = fit_calibrated(twins, labels, classes=2, seed=0, groups=np.repeat(np.arange(100), 2))
    assert (parted.argmax(axis=1) == labels).mean() > 0.8
    assert (kept.argmax(axis=1) == labels).mean() < 0.65


def test_each_step_of_a_training_is_told():
    features, labels = blobs()
    model, held_out = fit_calibrated(features, labels, classes=3, seed=0)
    *folds, whole = model.fits
    assert [(one.fold, one.labels) for one in folds] == [(fold, 192) for fold in range(5)]
    assert (whole.fold, whole.labels, whole.loss) == (None, 240, None)
    assert all(one.iterations > 0 and one.loss is not None for one in folds)
    right = held_out.argmax(axis=1) == labels
    assert model.split is not None
    for one in folds:
        assert one.accuracy == pytest.approx(right[model.split.folds == one.fold].mean())


def test_many_labels_go_to_stochastic_gradient_descent(monkeypatch):
    monkeypatch.setattr(classifier, "LARGE", 100)
    features, labels = blobs()
    model, held_out = fit_calibrated(features, labels, classes=3, seed=0)
    assert type(model.estimator).__name__ == "SGDClassifier"
    assert (held_out.argmax(axis=1) == labels).mean() > 0.7


def test_scores_do_not_depend_on_the_chunks(monkeypatch):
    features, labels = blobs()
    model = fit(features, labels, classes=3, seed=0)
    whole = model.probabilities(features)
    monkeypatch.setattr(classifier, "CHUNK", 7)
    assert model.probabilities(features) == pytest.approx(whole)


def test_overconfident_probabilities_are_softened():
    generator = np.random.default_rng(0)
    right = generator.random(2000) < 0.7
    labels = np.where(right, 0, 1)
    given = np.tile([0.99, 0.01], (2000, 1))
    temperature = best_temperature(given, labels)
    assert temperature > 2
    assert at_temperature(given, temperature)[0, 0] == pytest.approx(0.7, abs=0.03)


def test_temperature_keeps_zeros_zero_and_the_order_of_classes():
    cooled = at_temperature(np.array([[0.7, 0.3, 0.0]]), 0.5)
    assert cooled[0, 2] == 0
    assert cooled[0, 0] > 0.7
