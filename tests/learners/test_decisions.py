import math

import numpy as np
import pytest

from labeling.learners.decisions import (
    Forecast,
    after,
    after_alarm,
    calibration_sample,
    evidence_from,
    forecast,
    freeze,
    glance_mask,
    keep_training,
    plan,
    sizes_for,
    standing_sample,
    with_audit,
)
from labeling.learners.rounds import learn
from labeling.learners.ways import Prices
from labeling.quality.audit import Promise, certify, draw_audit, machine_objects, plan_audit
from labeling.quality.people_error import stated
from labeling.quality.risk import RiskLedger, RiskSpent

SIZES = sizes_for(10_000, classes=10)


def said(machine, *, rest=5000, covered=False):
    return Forecast(spent=0, machine=machine, rest=rest, share=machine / 10_000, covered=covered, reason="")


@pytest.mark.parametrize(
    ("objects", "calibration"), [(10, 1), (500, 50), (3000, 300), (7600, 300), (30_000, 600), (10**6, 1000)]
)
def test_the_calibration_sample_is_two_percent_within_bounds_and_small_for_small_jobs(objects, calibration):
    assert sizes_for(objects, classes=4).calibration == calibration


def test_a_cold_start_asks_twice_per_class():
    assert sizes_for(10_000, classes=77).cold_start == 154
    assert sizes_for(10_000, classes=2).cold_start == 40
    assert sizes_for(1, classes=2).cold_start == 1


def test_a_batch_is_a_twentieth_of_the_job_within_bounds():
    assert [sizes_for(n, classes=2).batch for n in (30, 7600, 10**6)] == [20, 380, 1000]


def test_the_calibration_sample_is_drawn_from_what_can_be_asked_and_repeats_with_its_seed():
    eligible = np.arange(0, 10_000, 2)
    drawn = calibration_sample(eligible, SIZES, seed=3)
    assert len(set(drawn.tolist())) == SIZES.calibration
    assert set(drawn.tolist()) <= set(eligible.tolist())
    assert np.array_equal(drawn, calibration_sample(eligible, SIZES, seed=3))
    assert not np.array_equal(drawn, calibration_sample(eligible, SIZES, seed=4))


def test_training_goes_on_while_it_pays():
    assert keep_training([], SIZES).go
    assert keep_training([said(1000), said(2000), said(3000)], SIZES).go


def test_training_goes_on_while_nothing_could_be_certified_until_the_rounds_are_over():
    assert keep_training([said(0)] * 5, SIZES).go
    assert not keep_training([said(0)] * (SIZES.rounds + 1), SIZES).go


def test_training_stops_after_three_rounds_that_gained_less_than_a_batch():
    assert keep_training([said(1000), said(1100), said(1200)], SIZES).go
    assert not keep_training([said(1000), said(1100), said(1200), said(1300)], SIZES).go


def test_training_stops_when_the_machine_could_take_all_that_is_left_or_nothing_is_left():
    assert not keep_training([said(4000, covered=True)], SIZES).go
    assert not keep_training([said(0, rest=0)], SIZES).go


def pool(objects=2400, noise=0.0):
    generator = np.random.default_rng(5)
    truth = generator.integers(0, 3, objects)
    features = (2.5 * np.eye(3)[truth] + generator.normal(size=(objects, 3))).astype(np.float32)
    truth = np.where(generator.random(objects) < noise, (truth + 1) % 3, truth)
    return features, truth


def play(features, truth, promise, *, seed=0):
    """A whole job with people who are always right; returns labels given, machine's places, learned, certificates."""
    objects, ledger = len(truth), RiskLedger(promise.risk)
    sizes = sizes_for(objects, classes=3)
    labels = np.full(objects, -1)
    random_objects = calibration_sample(np.arange(objects), sizes, seed=seed)
    labels[random_objects] = truth[random_objects]
    closed = labels >= 0
    history, certificates = [], []
    while True:
        learned, _ = learn(features, labels, closed, classes=3, ask=sizes.batch, seed=seed)
        order = freeze(learned, np.flatnonzero(labels < 0))
        evidence = evidence_from(learned, labels, random_objects)
        history.append(
            forecast(order, evidence, promise=promise, ledger=ledger, spent=int((labels >= 0).sum()), objects=objects)
        )
        if keep_training(history, sizes).go:
            labels[learned.picks] = truth[learned.picks]
            continue
        plan = plan_audit(order, evidence, promise=promise, ledger=ledger)
        if not plan.possible:
            return labels, np.zeros(0, dtype=np.int64), learned, certificates
        drawn = draw_audit(plan, order, seed=seed)
        certificate, ledger = certify(
            plan, order, drawn=drawn, wrong=learned.predicted[drawn] != truth[drawn], ledger=ledger
        )
        labels[drawn] = truth[drawn]
        certificates.append(certificate)
        if not after(certificate, ledger).go:
            return labels, machine_objects(certificate, order, drawn), learned, certificates
        random_objects, history = np.concatenate([random_objects, drawn]), []


def test_a_whole_job_lets_the_machine_label_and_keeps_the_promise():
    features, truth = pool()
    labels, machine, learned, certificates = play(features, truth, Promise(0.1))
    assert certificates[-1].granted
    assert len(machine) > 0.4 * len(truth)
    assert (learned.predicted[machine] != truth[machine]).mean() <= 0.1
    assert (labels[machine] == -1).all()


def test_a_job_whose_labels_are_noise_is_left_to_people():
    features, truth = pool(objects=400, noise=0.6)
    _, machine, _, _ = play(features, truth, Promise(0.05))
    assert len(machine) == 0


def test_a_refused_first_audit_opens_a_second_stage_and_a_second_refusal_none():
    features, truth = pool(objects=900)
    learned, _ = learn(
        features, np.where(np.arange(900) < 200, truth, -1), np.zeros(900, bool), classes=3, ask=1, seed=0
    )
    order = freeze(learned, np.arange(200, 900))
    evidence = evidence_from(learned, truth, np.arange(200))
    ledger = RiskLedger(0.05)
    plan = plan_audit(order, evidence, promise=Promise(0.2), ledger=ledger)
    drawn = draw_audit(plan, order, seed=0)
    refused, ledger = certify(plan, order, drawn=drawn, wrong=np.ones(len(drawn), bool), ledger=ledger)
    assert after(refused, ledger).go
    assert not after(refused, ledger.spend(order="another", objects=[])).go


def test_unreadable_objects_never_reach_the_order():
    features, truth = pool(objects=300)
    readable = np.arange(300) != 250
    learned, _ = learn(
        features,
        np.where(np.arange(300) < 60, truth, -1),
        np.zeros(300, bool),
        classes=3,
        ask=300,
        seed=0,
        readable=readable,
    )
    assert 250 not in freeze(learned, np.arange(60, 300)).objects
    assert 250 not in learned.picks


def test_a_glance_goes_to_the_surest_by_evidence_and_never_to_the_unreadable_or_without_evidence():
    features, truth = pool(objects=900)
    readable = np.arange(900) != 250
    labels = np.where(np.arange(900) < 200, truth, -1)
    learned, _ = learn(features, labels, np.zeros(900, bool), classes=3, ask=1, seed=0, readable=readable)
    rest, prices = np.arange(200, 900), Prices(3.0, 2.7)
    terms = {"prices": prices, "promise": Promise(0.05)}
    mask = glance_mask(learned, rest, evidence_from(learned, labels, np.arange(150)), **terms)
    assert not mask[50]
    assert 200 < mask.sum() < 650
    assert learned.score[rest[mask]].min() >= np.median(learned.score[rest[~mask]])
    nothing = evidence_from(learned, labels, np.zeros(0, dtype=np.int64))
    assert not glance_mask(learned, rest, nothing, **terms).any()


def frozen(objects=1500):
    features, truth = pool(objects=objects)
    labels = np.where(np.arange(objects) < 300, truth, -1)
    learned, _ = learn(features, labels, np.zeros(objects, bool), classes=3, ask=1, seed=0)
    return freeze(learned, np.arange(300, objects)), evidence_from(learned, labels, np.arange(200))


def test_a_plan_in_seconds_audits_less_where_the_other_way_is_a_cheap_look():
    order, evidence = frozen()
    terms = {"promise": Promise(0.05), "ledger": RiskLedger(0.05)}
    by_count = plan(order, evidence, **terms)
    by_look = plan(order, evidence, prices=Prices(3.0, 0.1), **terms)
    by_hand = plan(order, evidence, prices=Prices(3.0, 3.0), **terms)  # no look ever pays: a check costs nothing more
    assert by_look.expected_audit < by_count.expected_audit
    assert by_hand == by_count


def test_where_peoples_own_errors_leave_no_room_plan_and_forecast_say_so_beforehand():
    order, evidence = frozen()
    people = stated(0.05, opinions=1)
    terms = {"promise": Promise(0.01, missed=people.upper), "ledger": RiskLedger(0.05), "people": people}
    assert "could not pass" in plan(order, evidence, **terms).reason
    said = forecast(order, evidence, spent=300, objects=1500, **terms)
    assert (said.machine, said.covered) == (0, False)
    assert "could not pass" in said.reason
    possible = {**terms, "promise": Promise(0.2, missed=people.upper)}
    assert plan(order, evidence, **possible).possible


def test_what_an_audit_found_is_evidence_for_the_ways_of_the_rest():
    features, truth = pool(objects=600)
    labels = np.where(np.arange(600) < 200, truth, -1)
    learned, _ = learn(features, labels, np.zeros(600, bool), classes=3, ask=1, seed=0)
    before = evidence_from(learned, labels, np.arange(150))
    drawn = np.array([300, 500])
    after_it = with_audit(before, learned, drawn, np.array([True, False]))
    assert after_it.scores[-2:].tolist() == learned.score[drawn].tolist()
    assert after_it.wrong.sum() == before.wrong.sum() + 1


COIN = {"seed": 1, "order": "ab12"}


@pytest.mark.parametrize("share", [0.005, 0.01, 0.2])
def test_the_standing_audit_draws_its_share_of_the_machines_labels(share):
    machine = np.arange(500, 20_500)
    drawn = standing_sample(machine, share=share, **COIN)
    assert set(drawn.tolist()) <= set(machine.tolist())
    spread = 5 * math.sqrt(len(machine) * share * (1 - share))
    assert abs(len(drawn) - share * len(machine)) <= spread


def test_nothing_and_everything_are_shares_too():
    machine = np.arange(50)
    assert len(standing_sample(machine, share=0, **COIN)) == 0
    assert standing_sample(machine, share=1, **COIN).tolist() == machine.tolist()
    assert len(standing_sample(machine[:0], share=0.5, **COIN)) == 0


def test_who_is_drawn_depends_on_no_other_label_and_on_no_batch_or_order_of_writing():
    machine = np.arange(2000)
    drawn = set(standing_sample(machine, share=0.1, **COIN).tolist())
    halves = [standing_sample(part, share=0.1, **COIN) for part in (machine[1200:], machine[:1200])]
    assert set(np.concatenate(halves).tolist()) == drawn
    assert set(standing_sample(machine[::-1], share=0.1, **COIN).tolist()) == drawn


def test_the_standing_draw_looks_at_no_confidence():
    """Drawn and left out objects are as confident as each other: the draw has only the places."""
    confidence = np.random.default_rng(3).random(20_000)
    drawn = standing_sample(np.arange(20_000), share=0.3, **COIN)
    rest = np.setdiff1d(np.arange(20_000), drawn)
    assert abs(confidence[drawn].mean() - confidence[rest].mean()) < 0.015


def test_another_certificate_or_seed_draws_others():
    machine = np.arange(4000)
    first = set(standing_sample(machine, share=0.1, **COIN).tolist())
    for other in ({"seed": 2, "order": "ab12"}, {"seed": 1, "order": "cd34"}):
        both = first & set(standing_sample(machine, share=0.1, **other).tolist())
        assert len(both) < 80  # 40 are expected


def test_after_an_alarm_the_machine_tries_again_only_while_risk_is_left():
    ledger = RiskLedger(total=0.05)
    assert after_alarm(ledger).go
    spent = tuple(RiskSpent(stage, 0.025, stage, ()) for stage in ("first", "second"))
    assert not after_alarm(RiskLedger(total=0.05, spent=spent)).go
