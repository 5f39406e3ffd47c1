import numpy as np
import pytest

from labeling.learners.ways import (
    Prices,
    Seen,
    choose_ways,
    default_prices,
    expected_error,
    expected_seconds,
    learn_prices,
    seconds_of_people,
)

IMAGE, TEXT = Prices(3.0, 0.3), Prices(3.0, 1.5)


def test_a_glance_is_taken_where_the_label_is_right_more_often_than_a_look_costs():
    right = np.array([0.09, 0.11, 0.49, 0.51, 0.99])
    assert choose_ways(right, IMAGE, allowed=1.0).tolist() == [False, True, True, True, True]
    assert choose_ways(right, TEXT, allowed=1.0).tolist() == [False, False, False, True, True]


def test_no_choice_costs_more_than_answering_everything_in_full_even_if_nothing_is_overlooked():
    right = np.random.default_rng(0).random(500)
    for prices in (Prices(3.0, 0.3, 0.0), Prices(3.0, 1.5, 0.0), Prices(3.0, 3.5, 0.0)):
        chosen = choose_ways(right, prices, allowed=1.0)
        assert expected_seconds(right, chosen, prices) <= 500 * prices.full
        assert expected_seconds(right, chosen, prices) <= expected_seconds(right, ~chosen, prices)


def test_a_look_as_dear_as_an_answer_is_never_taken():
    assert not choose_ways(np.array([0.9, 1.0]), Prices(3.0, 3.0), allowed=1.0).any()


def test_the_wrong_labels_that_stay_unmarked_are_no_more_than_is_allowed_and_the_surest_come_first():
    right = np.array([0.6, 0.99, 0.7, 0.95, 0.8])
    chosen = choose_ways(right, IMAGE, allowed=0.01)
    assert chosen.tolist() == [False, True, False, True, True]
    assert expected_error(right, chosen, IMAGE) <= 0.01
    assert choose_ways(right, IMAGE, allowed=0.05).all()


def test_where_people_overlook_nothing_the_promise_is_no_reason_against_a_glance():
    assert choose_ways(np.array([0.2, 0.3]), Prices(3.0, 0.3, 0.0), allowed=0.001).all()


def test_a_marked_label_costs_the_look_and_a_full_answer():
    seconds = seconds_of_people(np.array([0.5, 0.5]), np.array([True, False]), Prices(4.0, 1.0, 0.25))
    assert seconds.tolist() == [1.0 + 0.5 * 0.75 * 4.0, 4.0]


def test_nothing_to_choose_from_is_no_accident():
    nothing = np.zeros(0)
    assert choose_ways(nothing, IMAGE, allowed=0.05).tolist() == []
    assert expected_error(nothing, np.zeros(0, dtype=bool), IMAGE) == 0.0


def test_simulated_people_take_as_long_and_leave_as_many_wrong_as_expected():
    generator = np.random.default_rng(1)
    right = generator.beta(5, 1, 20_000)
    wrong = generator.random(20_000) > right
    chosen = choose_ways(right, TEXT, allowed=0.02)
    overlooked = wrong & (generator.random(20_000) < TEXT.overlooked)
    seconds = np.where(chosen, TEXT.glance + TEXT.full * (wrong & ~overlooked), TEXT.full).sum()
    assert seconds == pytest.approx(expected_seconds(right, chosen, TEXT), rel=0.02)
    assert (overlooked & chosen).sum() / chosen.sum() == pytest.approx(expected_error(right, chosen, TEXT), abs=0.004)


@pytest.mark.parametrize("given", [(0.0, 1.0, 0.1), (3.0, -1.0, 0.1), (3.0, 1.0, 1.0), (float("nan"), 1.0, 0.1)])
def test_prices_are_seconds_and_a_share(given):
    with pytest.raises(ValueError, match="seconds above 0"):
        Prices(*given)


@pytest.mark.parametrize("allowed", [-0.1, 1.1])
def test_an_allowed_share_beyond_one_is_refused(allowed):
    with pytest.raises(ValueError, match="between 0 and 1"):
        choose_ways(np.array([0.5]), IMAGE, allowed=allowed)


def test_defaults_follow_the_medium_the_number_of_classes_and_whether_shapes_are_drawn():
    assert default_prices("text", classes=4) == Prices(3.0, 1.5)
    assert default_prices("image", classes=77) == Prices(5.0, 0.3)
    assert default_prices("image", classes=2, shapes=True) == Prices(7.0, 0.3)


def test_few_answers_do_not_swing_the_prices_and_many_do():
    few = learn_prices(Seen(full=[9.0, 9.0], glance=[1.0]), TEXT)
    assert 3.0 < few.full < 3.5
    assert 1.4 < few.glance < 1.5
    many = learn_prices(Seen(full=[9.0] * 600, glance=[0.5] * 600), TEXT)
    assert many.full == pytest.approx(9.0, abs=0.3)
    assert many.glance == pytest.approx(0.5, abs=0.06)


def test_no_answers_leave_the_defaults_as_they_are():
    learned = learn_prices(Seen(), IMAGE)
    assert (learned.full, learned.glance, learned.overlooked) == (3.0, 0.3, pytest.approx(0.1))


def test_a_lunch_break_is_cut_and_a_time_of_nought_says_nothing():
    broken = learn_prices(Seen(full=[3.0] * 100 + [3600.0]), TEXT)
    assert broken.full < 3.2
    assert learn_prices(Seen(full=[0.0, float("nan"), -1.0]), TEXT).full == 3.0


def test_the_overlooked_share_is_learned_from_labels_known_to_be_wrong():
    learned = learn_prices(Seen(wrong=450, overlooked=135), IMAGE)
    assert learned.overlooked == pytest.approx(0.28, abs=0.001)
    with pytest.raises(ValueError, match="can't have been overlooked"):
        learn_prices(Seen(wrong=1, overlooked=2), IMAGE)
