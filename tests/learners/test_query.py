import numpy as np
import pytest
from scipy import sparse

from labeling.learners.correctness import learn_correctness
from labeling.learners.query import by_diverse_margin, by_margin, cold_start, query
from labeling.learners.uncertainty import entropy, log_odds, margin


def test_the_least_margin_comes_first_and_ties_keep_their_order():
    given = np.array([[0.9, 0.1], [0.5, 0.5], [0.6, 0.4], [0.6, 0.4]])
    assert by_margin(given, np.arange(4), 3).tolist() == [1, 2, 3]


def test_only_candidates_are_asked():
    given = np.array([[0.5, 0.5], [0.9, 0.1], [0.6, 0.4]])
    assert by_margin(given, np.array([1, 2]), 5).tolist() == [2, 1]


def test_diverse_margin_does_not_ask_the_same_question_five_times():
    features = np.repeat(np.eye(4, dtype=np.float32), 5, axis=0)  # four kinds, five copies each
    given = np.tile([0.5, 0.5], (20, 1))
    asked = by_diverse_margin(given, features, np.arange(20), 4, seed=0)
    assert sorted((asked // 5).tolist()) == [0, 1, 2, 3]


def test_many_classes_make_the_query_diverse():
    generator = np.random.default_rng(0)
    given = generator.dirichlet(np.ones(30), 200)
    features = generator.normal(size=(200, 5)).astype(np.float32)
    diverse = query(given, features, np.arange(200), 10, seed=0)
    assert len(set(diverse.tolist())) == 10
    assert set(diverse.tolist()) <= set(by_margin(given, np.arange(200), 50).tolist())
    assert set(diverse.tolist()) != set(by_margin(given, np.arange(200), 10).tolist())


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_a_cold_start_visits_every_clump(form):
    generator = np.random.default_rng(1)
    clumps = np.repeat(np.arange(5), 40)
    points = (10 * np.eye(5, dtype=np.float32)[clumps] + generator.normal(size=(200, 5))).astype(np.float32)
    asked = cold_start(form(points), np.arange(200), 15, seed=0)
    assert len(set(asked.tolist())) == 15
    assert set(clumps[asked].tolist()) == set(range(5))


def test_a_cold_start_of_more_than_there_is_asks_all():
    assert cold_start(np.eye(3, dtype=np.float32), np.array([0, 2]), 5, seed=0).tolist() == [0, 2]


def test_a_cold_start_fills_up_where_objects_are_all_alike():
    asked = cold_start(np.ones((50, 3), dtype=np.float32), np.arange(50), 8, seed=0)
    assert len(set(asked.tolist())) == 8


def test_the_measures_of_uncertainty_know_certainty_and_ignorance():
    given = np.array([[1.0, 0.0], [0.5, 0.5]])
    assert margin(given) == pytest.approx([1, 0])
    assert entropy(given) == pytest.approx([0, np.log(2)], abs=1e-9)
    assert log_odds(given)[1] == pytest.approx(0)
    assert margin(np.ones((2, 1))) == pytest.approx([1, 1])


def test_correctness_learns_that_one_class_is_not_to_be_trusted():
    generator = np.random.default_rng(0)
    predicted = generator.integers(0, 2, 2000)
    given = np.where(predicted[:, None] == np.arange(2), 0.8, 0.2)
    labels = np.where((predicted == 1) & (generator.random(2000) < 0.4), 0, predicted)
    score = learn_correctness(given, labels).score(np.array([[0.8, 0.2], [0.2, 0.8]]))
    assert score[0] > 0.95
    assert score[1] == pytest.approx(0.6, abs=0.05)


def test_correctness_with_too_little_to_learn_from_is_the_top_probability():
    given = np.array([[0.8, 0.2]] * 30)
    learned = learn_correctness(given, np.zeros(30, dtype=np.int64))
    assert learned.model is None
    assert learned.score(np.array([[0.3, 0.7]])) == pytest.approx([0.7])
