"""People err too: how often is taken from pairs of opinions, and the promise is held to less."""

from __future__ import annotations

import json

import numpy as np
import pytest

from labeling.quality.error_bound import certifies
from labeling.quality.people_error import (
    LEAST_PAIRS,
    PeopleError,
    can_promise,
    expected_seen,
    majority_error,
    measured,
    slip_behind,
    stated,
)


def differing(slips, generator):
    first, second = (generator.random(len(slips)) < slips for _ in range(2))
    return int((first != second).sum())


def test_two_people_who_slip_5_percent_of_the_time_are_measured_so():
    generator = np.random.default_rng(1)
    slips = np.full(20_000, 0.05)
    people = measured(20_000, differing(slips, generator), opinions=1)
    assert people.slip == pytest.approx(0.05, abs=0.004)
    assert people.error == people.slip
    assert people.source == "measured"


@pytest.mark.parametrize(
    "slips",
    [
        pytest.param(np.full(400, 0.05), id="all objects alike"),
        pytest.param(np.where(np.arange(400) < 40, 0.5, 0.0), id="a tenth of them a coin's toss"),
        pytest.param(np.where(np.arange(400) < 100, 0.2, 0.01), id="a quarter of them hard"),
    ],
)
@pytest.mark.parametrize("opinions", [1, 3])
def test_the_limit_is_above_the_truth_however_the_hard_objects_are_spread(slips, opinions):
    generator = np.random.default_rng(2)
    truth = np.mean([majority_error(slip, opinions) for slip in slips])
    limits = [measured(400, differing(slips, generator), opinions=opinions).upper for _ in range(400)]
    assert np.mean(np.array(limits) < truth) <= 0.02


def test_the_majority_of_three_is_wrong_far_less_often_and_of_two_as_often_as_one():
    assert majority_error(0.05, 1) == pytest.approx(0.05)
    assert majority_error(0.05, 2) == pytest.approx(0.05)
    assert majority_error(0.05, 3) == pytest.approx(0.05**2 * (3 - 2 * 0.05))


def test_a_third_opinion_where_two_differ_is_worth_as_much_as_three():
    generator = np.random.default_rng(3)
    wrong = generator.random((200_000, 3)) < 0.2
    label = np.where(wrong[:, 0] == wrong[:, 1], wrong[:, 0], wrong[:, 2])
    assert label.mean() == pytest.approx(majority_error(0.2, 3), abs=0.003)


def test_the_slip_behind_a_disagreement_gives_that_disagreement():
    for slip in (0.0, 0.01, 0.1, 0.4, 0.5):
        assert slip_behind(2 * slip * (1 - slip)) == pytest.approx(slip)
    assert slip_behind(0.7) == 0.5


def test_few_pairs_say_nothing_and_impossible_ones_are_refused():
    assert measured(LEAST_PAIRS - 1, 0, opinions=3).source == "unknown"
    assert measured(LEAST_PAIRS, 0, opinions=3).source == "measured"
    for pairs, differ in ((3, 4), (3, -1)):
        with pytest.raises(ValueError, match="differing"):
            measured(pairs, differ, opinions=1)
    with pytest.raises(ValueError, match="more often than not"):
        stated(0.6, opinions=1)


def test_an_audit_is_held_to_less_than_is_allowed_by_what_people_may_miss():
    assert PeopleError().held_to(0.05) == 0.05
    assert stated(0.1, opinions=1).held_to(0.05) == pytest.approx(0.045)
    assert measured(100, 10, opinions=3).held_to(0.05) < 0.045


@pytest.mark.parametrize("where", ["everywhere alike", "only where the machine errs"])
@pytest.mark.parametrize("opinions", [1, 3])
def test_a_machine_that_errs_too_much_passes_no_more_often_than_the_risk_although_people_slip(where, opinions):
    """2,000 objects, a few more of them wrong than are allowed; people slip to the machine's own wrong class."""
    generator = np.random.default_rng(4)
    objects, allowed, slip, risk = 2000, 0.1, 0.2, 0.05
    people = stated(slip, opinions=opinions)
    limit, passed, streams = people.held_to(allowed), 0, 3000
    for _ in range(streams):
        audited = int(generator.choice([200, 400, 800]))
        machine_wrong = np.zeros(objects, dtype=bool)
        machine_wrong[: int(allowed * objects) + 4] = True
        checked = generator.permutation(machine_wrong)[:audited]
        chance = majority_error(slip, opinions)
        slips = generator.random(audited) < (chance if where == "everywhere alike" else np.where(checked, chance, 0))
        found = int((checked ^ slips).sum())
        passed += certifies(objects, audited, found, allowed=limit, risk=risk)
        missed = machine_wrong.sum() - checked.sum() > allowed * (objects - audited)
        passed -= certifies(objects, audited, found, allowed=limit, risk=risk) and not missed
    assert passed / streams <= risk + 2 * (risk * (1 - risk) / streams) ** 0.5


def test_nothing_can_be_promised_at_95_percent_by_single_answers_that_are_wrong_as_often():
    reason = can_promise(0.05, stated(0.05, opinions=1), objects=20_000)
    assert "about 5.0% of the cases" in reason
    assert "5.0% are allowed" in reason
    assert "With 3 opinions" in reason
    assert "up to 3 workers" in reason


def test_three_opinions_make_that_promise_possible():
    assert can_promise(0.05, stated(0.05, opinions=3), objects=20_000) == ""
    assert can_promise(0.1, stated(0.05, opinions=1), objects=20_000) == ""
    assert can_promise(0.05, PeopleError(), objects=20_000) == ""


def test_close_to_what_is_allowed_is_too_close_in_a_small_job():
    people = stated(0.035, opinions=1)
    assert can_promise(0.05, people, objects=100_000) == ""
    assert can_promise(0.05, people, objects=300).startswith("People's labels of checked objects are wrong")


def test_when_no_number_of_opinions_would_help_the_reason_says_so():
    assert "Clearer instructions" in can_promise(0.01, stated(0.3, opinions=3), objects=20_000)


def test_planning_takes_single_answers_slips_out_of_its_guess_and_puts_three_opinions_in():
    seen = np.array([0.05, 0.145])
    planned = expected_seen(seen, seen_by=stated(0.05, opinions=1), asked_of=stated(0.05, opinions=3))
    assert planned == pytest.approx([0.00725, 0.1 + 0.9 * 0.00725], abs=1e-9)
    same = stated(0.05, opinions=3)
    assert np.array_equal(expected_seen(seen, seen_by=same, asked_of=same), seen)


def test_what_was_assumed_is_a_sentence_and_survives_json():
    people = measured(150, 7, opinions=3)
    assert "Two people differed on 7 of 150 objects" in people.sentence
    assert "taken as right" in PeopleError().sentence
    assert "as stated for this job" in stated(0.02, opinions=2).sentence
    assert PeopleError(**json.loads(json.dumps(people.as_json()))) == people
