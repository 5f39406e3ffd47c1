import dataclasses
import json
import re

import numpy as np
import pytest

from labeling.quality.audit import (
    Order,
    Promise,
    certify,
    draw_audit,
    machine_objects,
    make_order,
    plan_audit,
)
from labeling.quality.guess import Evidence, chances_right, guess_errors
from labeling.quality.planning import Worth
from labeling.quality.risk import RiskLedger, RiskRefused

PROMISE = Promise(allowed=0.1)


def world(objects=3000, error=0.05, seed=0):
    """An order whose objects err more towards its end, the truth about them, and evidence of 300 more of the kind."""
    generator = np.random.default_rng(seed)
    scores = generator.beta(2 / (3 * error), 2, objects + 300)
    wrong = generator.random(objects + 300) < (1 - scores) * error / (1 - scores).mean()
    places = np.arange(objects)
    order = make_order(places + 1000, scores[:objects], np.zeros(objects, dtype=np.int64))
    return order, dict(zip((places + 1000).tolist(), wrong[:objects].tolist(), strict=True)), evidence(scores, wrong)


def evidence(scores, wrong):
    return Evidence(scores[-300:], wrong[-300:])


def answers(drawn, truth):
    return np.array([truth[place] for place in drawn.tolist()])


@pytest.fixture(scope="module")
def easy():
    order, truth, seen = world()
    plan = plan_audit(order, seen, promise=PROMISE, ledger=RiskLedger(0.05))
    return order, truth, plan, draw_audit(plan, order, seed=1)


def test_an_easy_job_is_certified_and_keeps_its_promise(easy):
    order, truth, plan, drawn = easy
    certificate, _ = certify(plan, order, drawn=drawn, wrong=answers(drawn, truth), ledger=RiskLedger(0.05))
    machine = machine_objects(certificate, order, drawn)
    assert certificate.granted
    assert len(machine) == certificate.machine > 1500
    assert np.mean([truth[place] for place in machine.tolist()]) <= certificate.upper <= 0.1
    assert "At most 10.0%" in certificate.sentence
    assert certificate.reason == ""


def test_audited_objects_keep_peoples_labels(easy):
    order, truth, plan, drawn = easy
    certificate, _ = certify(plan, order, drawn=drawn, wrong=answers(drawn, truth), ledger=RiskLedger(0.05))
    assert not set(drawn.tolist()) & set(machine_objects(certificate, order, drawn).tolist())


def test_a_refusal_tells_a_limit_above_what_is_allowed_whatever_larger_sets_would_have_shown(easy):
    order, _, plan, drawn = easy
    ranks = {place: rank for rank, place in enumerate(order.objects.tolist())}
    surest_first = sorted(range(len(drawn)), key=lambda one: ranks[int(drawn[one])])
    for count in range(len(drawn) + 1):
        wrong = np.zeros(len(drawn), dtype=bool)
        wrong[surest_first[:count]] = True
        certificate, _ = certify(plan, order, drawn=drawn, wrong=wrong, ledger=RiskLedger(0.05))
        if not certificate.granted:
            break
    told = re.search(r"up to ([\d.]+)% of the others could be wrong, more than the allowed 10\.0%", certificate.reason)
    assert certificate.curve[-1].upper <= 0.1, "the largest set would have passed, had it been tried"
    assert told is not None
    assert float(told.group(1)) >= 10.0


def test_a_model_that_is_always_wrong_gets_no_certificate_and_the_reason_in_words(easy):
    order, _, plan, drawn = easy
    certificate, ledger = certify(
        plan, order, drawn=drawn, wrong=np.ones(len(drawn), dtype=bool), ledger=RiskLedger(0.05)
    )
    assert not certificate.granted
    assert certificate.machine == len(machine_objects(certificate, order, drawn)) == 0
    assert "more than the allowed 10.0%" in certificate.reason
    assert ledger.stage == "second"


def test_the_same_plan_and_seed_draw_the_same_objects_and_another_seed_others(easy):
    order, _, plan, drawn = easy
    assert np.array_equal(draw_audit(plan, order, seed=1), drawn)
    assert not np.array_equal(draw_audit(plan, order, seed=2), drawn)


def test_the_draw_stays_inside_the_planned_set_and_has_about_the_planned_size(easy):
    order, _, plan, drawn = easy
    assert set(drawn.tolist()) <= set(order.objects[: plan.sizes[-1]].tolist())
    assert abs(len(drawn) - plan.expected_audit) < 5 * plan.expected_audit**0.5


def test_one_order_is_decided_once(easy):
    order, truth, plan, drawn = easy
    wrong = answers(drawn, truth)
    _, ledger = certify(plan, order, drawn=drawn, wrong=wrong, ledger=RiskLedger(0.05))
    with pytest.raises(RiskRefused, match="second"):
        certify(plan, order, drawn=drawn, wrong=wrong, ledger=ledger)


def test_a_second_decision_refuses_objects_that_the_first_has_used(easy):
    order, truth, plan, drawn = easy
    _, ledger = certify(plan, order, drawn=drawn, wrong=answers(drawn, truth), ledger=RiskLedger(0.05))
    again = make_order(order.objects, order.scores[::-1], order.predicted)
    second = dataclasses.replace(plan, stage="second", order_digest=again.digest)
    with pytest.raises(RiskRefused, match="earlier decision"):
        certify(second, again, drawn=drawn, wrong=answers(drawn, truth), ledger=ledger)


def test_two_stages_are_all_that_the_risk_buys():
    ledger = RiskLedger(0.05).spend(order="a", objects=[1]).spend(order="b", objects=[2])
    assert (ledger.stage, ledger.share, ledger.left) == (None, 0.0, 0.0)
    with pytest.raises(RiskRefused, match="spent"):
        ledger.spend(order="c", objects=[3])
    order, _, seen = world()
    assert "spent" in plan_audit(order, seen, promise=PROMISE, ledger=ledger).reason


def test_an_order_that_was_decided_is_refused_again():
    with pytest.raises(RiskRefused, match="freeze again"):
        RiskLedger(0.05).spend(order="a", objects=[1]).spend(order="a", objects=[2])


def test_a_ledger_survives_json():
    ledger = RiskLedger(0.05).spend(order="a", objects=np.array([3, 1]))
    assert RiskLedger.from_json(json.loads(json.dumps(ledger.as_json()))) == ledger


def test_a_certificate_survives_json(easy):
    order, truth, plan, drawn = easy
    certificate, _ = certify(plan, order, drawn=drawn, wrong=answers(drawn, truth), ledger=RiskLedger(0.05))
    assert json.loads(json.dumps(dataclasses.asdict(certificate)))["machine"] == certificate.machine
    assert json.loads(json.dumps(dataclasses.asdict(plan)))["sizes"] == list(plan.sizes)


def test_the_threshold_curve_runs_from_strict_to_lax_with_its_limit_above_its_estimate(easy):
    order, truth, plan, drawn = easy
    certificate, _ = certify(plan, order, drawn=drawn, wrong=answers(drawn, truth), ledger=RiskLedger(0.05))
    assert [point.objects for point in certificate.curve] == list(plan.sizes)
    shares = [point.share for point in certificate.curve]
    assert shares == sorted(shares)
    thresholds = [point.threshold for point in certificate.curve]
    assert thresholds == sorted(thresholds, reverse=True)
    assert all(point.upper >= point.estimate for point in certificate.curve)


def test_errors_that_people_may_miss_are_taken_off_what_an_audit_is_held_to():
    order, truth, seen = world()
    plan = plan_audit(order, seen, promise=Promise(0.1, missed=0.4), ledger=RiskLedger(0.05))
    drawn = draw_audit(plan, order, seed=1)
    wrong = answers(drawn, truth)
    held, _ = certify(plan, order, drawn=drawn, wrong=wrong, ledger=RiskLedger(0.05))
    plain, _ = certify(dataclasses.replace(plan, missed=0.0), order, drawn=drawn, wrong=wrong, ledger=RiskLedger(0.05))
    to_less, _ = certify(
        dataclasses.replace(plan, missed=0.0, allowed=0.06), order, drawn=drawn, wrong=wrong, ledger=RiskLedger(0.05)
    )
    assert held.granted
    assert held.set_size == to_less.set_size < plain.set_size
    assert held.upper == pytest.approx(to_less.upper / 0.6)
    assert held.upper <= held.allowed == 0.1
    assert "At most 10.0%" in held.sentence


def test_an_answer_for_an_object_outside_the_plan_is_refused(easy):
    order, _, plan, _ = easy
    with pytest.raises(ValueError, match="not in the planned set"):
        certify(plan, order, drawn=np.array([5]), wrong=np.array([False]), ledger=RiskLedger(0.05))


def test_an_object_answered_twice_is_refused(easy):
    order, _, plan, drawn = easy
    twice = np.array([drawn[0], drawn[0]])
    with pytest.raises(ValueError, match="one answer"):
        certify(plan, order, drawn=twice, wrong=np.array([False, False]), ledger=RiskLedger(0.05))


def test_a_plan_is_good_for_its_own_order_only(easy):
    _, _, plan, _ = easy
    other, _, _ = world(seed=5)
    with pytest.raises(ValueError, match="another order"):
        draw_audit(plan, other, seed=1)


def test_a_hopeless_model_is_not_audited_and_the_lead_is_told_why():
    order, _, seen = world(error=0.45)
    hopeless = Evidence(seen.scores, np.ones(300, dtype=bool))
    plan = plan_audit(order, hopeless, promise=Promise(0.05), ledger=RiskLedger(0.05))
    assert not plan.possible
    assert "surest objects" in plan.reason
    with pytest.raises(ValueError, match="audits nothing"):
        draw_audit(plan, order, seed=1)


def test_a_handful_of_objects_is_left_to_people():
    order, _, seen = world(objects=10)
    assert "10 objects" in plan_audit(order, seen, promise=PROMISE, ledger=RiskLedger(0.05)).reason


def test_no_open_objects_at_all_is_no_accident():
    nothing = make_order(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=np.int64))
    assert not plan_audit(
        nothing, Evidence(np.zeros(0), np.zeros(0, dtype=bool)), promise=PROMISE, ledger=RiskLedger(0.05)
    ).possible


def test_an_order_is_by_score_then_by_place():
    order = make_order(np.array([9, 4, 7]), np.array([0.5, 0.5, 0.9]), np.array([0, 1, 2]))
    assert order.objects.tolist() == [7, 4, 9]
    assert order.predicted.tolist() == [2, 1, 0]


def test_the_guess_uses_ratios_within_bands_so_that_a_pool_without_its_hard_objects_is_not_slandered():
    generator = np.random.default_rng(0)
    scores = generator.random(2000)
    seen = Evidence(scores, generator.random(2000) > scores)
    easy_pool = np.sort(generator.uniform(0.8, 1.0, 1000))[::-1]
    guess = guess_errors(easy_pool, np.array([1000]), seen)
    assert guess.error[0] == pytest.approx(0.1, abs=0.03)


def test_the_chances_of_being_right_are_true_to_a_few_points_and_nought_without_evidence():
    generator = np.random.default_rng(2)
    scores = generator.random(3000)
    seen = Evidence(scores[:600], generator.random(600) > scores[:600] ** 2)  # the score flatters itself
    chances = chances_right(scores, seen)
    for low in (0.1, 0.4, 0.7):
        band = (scores > low) & (scores < low + 0.2)
        assert chances[band].mean() == pytest.approx((scores[band] ** 2).mean(), abs=0.09)
    assert chances_right(scores[::-1], seen).tolist() == chances[::-1].tolist()
    assert not chances_right(scores, Evidence(np.zeros(0), np.zeros(0, dtype=bool))).any()


@pytest.mark.parametrize("promise", [(0.0, 0.05), (0.1, 0.0), (1.0, 0.05)])
def test_a_promise_needs_shares_between_zero_and_one(promise):
    with pytest.raises(ValueError, match="between 0 and 1"):
        Promise(*promise)


def test_over_many_jobs_promises_are_broken_no_more_often_than_the_risk():
    broken = certified = 0
    for seed in range(25):
        order, truth, _ = world(objects=800, error=0.105, seed=seed)
        plan = plan_audit(order, flattering(order), promise=PROMISE, ledger=RiskLedger(0.3))
        drawn = draw_audit(plan, order, seed=seed)
        certificate, _ = certify(plan, order, drawn=drawn, wrong=answers(drawn, truth), ledger=RiskLedger(0.3))
        machine = machine_objects(certificate, order, drawn)
        certified += certificate.granted
        broken += bool(len(machine)) and np.mean([truth[place] for place in machine.tolist()]) > 0.1
    assert certified > 0
    assert broken / 25 <= 0.15 + 3 * (0.15 * 0.85 / 25) ** 0.5


def flattering(order: Order) -> Evidence:
    """Evidence that claims 7 % errors everywhere: the plan is misled, the promise must not be."""
    return Evidence(order.scores[::5], np.arange(len(order.scores[::5])) % 14 == 0)


def planned(order, seen, *, audit_seconds):
    count = len(order.objects)
    worth = None if audit_seconds is None else Worth(np.full(count, 3.0), np.full(count, audit_seconds))
    return plan_audit(order, seen, promise=PROMISE, ledger=RiskLedger(0.05), worth=worth)


def test_an_audit_planned_in_seconds_checks_fewer_objects_the_dearer_a_check_is():
    order, _, seen = world()
    by_count, cheap, dear = (planned(order, seen, audit_seconds=seconds) for seconds in (None, 0.0, 20.0))
    assert cheap == by_count
    assert dear.probability < by_count.probability
    assert 0 < dear.expected_machine <= by_count.expected_machine


def test_an_audit_that_costs_more_than_all_machine_labels_save_is_not_made():
    order, _, seen = world()
    assert not planned(order, seen, audit_seconds=1000.0).possible
