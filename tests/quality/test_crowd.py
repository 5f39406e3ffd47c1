from __future__ import annotations

import numpy as np
import pytest

from labeling.quality.crowd import Coin, Crowd, Matrix, decide, evened, learn
from labeling.quality.votes import vote_table
from labeling.quality.voting import majority
from tests.quality.crowds import crowd


def test_few_answers_are_read_by_coins_and_many_by_matrices() -> None:
    few, _ = crowd([0.8] * 20, n_objects=40)
    many, _ = crowd([0.8] * 5, n_objects=400)
    assert isinstance(learn(few, 3)["w0"], Coin)
    assert isinstance(learn(many, 3)["w0"], Matrix)


def test_coins_are_kept_where_they_are_asked_for() -> None:
    many, _ = crowd([0.8] * 5, n_objects=400)
    assert isinstance(learn(many, 3, coins=True)["w0"], Coin)


@pytest.mark.parametrize("n_classes", [2, 4, 20])
def test_in_an_evened_crowd_two_mean_workers_are_never_overruled_by_one(n_classes: int) -> None:
    for mean in (0.4, 0.6, 0.8, 0.97):
        given = Crowd({"star": Coin(0.995, 99), "ana": Coin(mean, 99), "ben": Coin(mean, 99)}, Coin(mean))
        heard = evened(given, n_classes)
        assert decide([("star", 0), ("ana", 1), ("ben", 1)], heard, n_classes)[0] == 1 or mean <= 1 / n_classes
        assert heard["star"].accuracy <= 0.995
        assert heard["ana"].accuracy == pytest.approx(mean) or mean <= 1 / n_classes


def test_seventy_seven_classes_do_not_ask_for_matrices() -> None:
    votes, truth = crowd([0.8] * 20, n_objects=1000, n_classes=77)
    learned = learn(votes, 77)
    assert isinstance(learned["w0"], Coin)
    right = np.mean([decide(one, learned, 77)[0] == sure for one, sure in zip(votes, truth, strict=True)])
    plain = majority(vote_table(votes, 77), np.zeros(20))
    assert right > (plain == truth).mean()


def test_a_single_vote_stands_with_the_workers_accuracy() -> None:
    answer, confidence, _ = decide([("new", 2)], Crowd(), 4)
    assert answer == 2
    assert confidence == pytest.approx(0.85)


def test_two_against_two_goes_to_the_better_workers() -> None:
    votes, _ = crowd([0.97, 0.95, 0.5, 0.45, 0.9, 0.9], n_objects=500)
    learned = learn(votes, 3)
    assert decide([("w0", 2), ("w1", 2), ("w2", 0), ("w3", 0)], learned, 3)[0] == 2
    assert decide([("w0", 0), ("w1", 0), ("w2", 2), ("w3", 2)], learned, 3)[0] == 0


def test_one_good_worker_outweighs_two_bad_ones() -> None:
    votes, _ = crowd([0.98, 0.4, 0.36, 0.9, 0.9], n_objects=600)
    assert decide([("w0", 1), ("w1", 0), ("w2", 0)], learn(votes, 3), 3)[0] == 1


def test_consolidating_one_object_gives_what_the_whole_job_gave() -> None:
    votes, _ = crowd([0.9, 0.8, 0.6, 0.5], n_objects=300)
    learned = learn(votes, 3)
    assert all(decide(one, learned, 3)[1] == decide(list(reversed(one)), learned, 3)[1] for one in votes)


def test_a_good_models_voice_helps_thin_votes() -> None:
    votes, truth = crowd([0.75] * 10, n_objects=500, per_object=1)
    rng = np.random.default_rng(2)
    told = np.where(rng.random(500) < 0.9, truth, rng.integers(0, 3, 500))
    priors = [0.85 * np.eye(3)[one] + 0.05 for one in told]
    learned = learn(votes, 3, priors=priors)
    alone = np.mean([decide(one, learned, 3)[0] == sure for one, sure in zip(votes, truth, strict=True)])
    helped = np.mean(
        [decide(one, learned, 3, prior)[0] == sure for one, prior, sure in zip(votes, priors, truth, strict=True)]
    )
    assert helped > alone + 0.08


def voiced(votes: list, truth: np.ndarray) -> Crowd:
    rng = np.random.default_rng(2)
    told = np.where(rng.random(len(truth)) < 0.85, truth, rng.integers(0, 3, len(truth)))
    return learn(votes, 3, priors=[0.7 * np.eye(3)[one] + 0.1 for one in told])


def test_beside_a_voice_errors_without_a_pattern_are_coins() -> None:
    votes, truth = crowd([0.8] * 10, n_objects=600)
    assert isinstance(voiced(votes, truth).stranger, Coin)


def test_beside_a_voice_errors_with_a_pattern_are_matrices() -> None:
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 1500)
    said = np.where(rng.random((1500, 3)) < 0.7, truth[:, None], np.where(truth == 2, 2, (truth + 1) % 2)[:, None])
    who = np.array([rng.choice(6, 3, replace=False) for _ in truth])
    votes = [[(f"w{w}", int(a)) for w, a in zip(ws, row, strict=True)] for ws, row in zip(who, said, strict=True)]
    assert isinstance(voiced(votes, truth).stranger, Matrix)


def test_beside_a_voice_the_order_of_objects_and_votes_does_not_matter() -> None:
    votes, truth = crowd([0.8, 0.7, 0.6, 0.9], n_objects=200)
    priors = [0.7 * np.eye(3)[one] + 0.1 for one in truth]
    mixed = np.random.default_rng(1).permutation(200)
    forwards = learn(votes, 3, priors=priors)
    backwards = learn([votes[i][::-1] for i in mixed], 3, priors=[priors[i] for i in mixed])
    assert forwards == backwards


def test_a_useless_models_voice_is_not_heard() -> None:
    votes, _ = crowd([0.9] * 10, n_objects=300)
    rng = np.random.default_rng(3)
    priors = [0.85 * np.eye(3)[one] + 0.05 for one in rng.integers(0, 3, 300)]
    assert learn(votes, 3, priors=priors).tempering == 0


def test_a_models_voice_without_a_vote_is_a_verdict() -> None:
    answer, confidence, _ = decide([], Crowd(tempering=1.0), 2, np.array([0.1, 0.9]))
    assert answer == 1
    assert 0.85 < confidence < 0.95


def test_a_stranger_counts_like_the_mean_of_the_job() -> None:
    votes, _ = crowd([0.9, 0.5, 0.5, 0.9], n_objects=400)
    learned = learn(votes, 3)
    assert learned["w1"].accuracy < learned.of("a stranger").accuracy < learned["w0"].accuracy
    assert len(learned) == 4
