"""The rules beside ours, the cost model and the bars of bench/learning.py, on arrays small enough to check by hand."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

from learning_cells import Cell, Results, Wanted
from learning_database import _compared
from learning_outcomes import Outcome
from learning_peers import clopper_pearson, ground_truth, lowest_threshold
from learning_people import People
from learning_plots import draw
from learning_pools import Pool
from learning_replay import Replay
from learning_table import bars_of, markdown

from labeling.learners.ways import Prices
from labeling.quality.audit import Promise


def easy_pool(objects: int = 1200) -> Pool:
    generator = np.random.default_rng(3)
    truth = generator.integers(0, 3, objects)
    features = (3 * np.eye(3)[truth] + generator.normal(size=(objects, 3))).astype(np.float32)
    return Pool("digits", features, truth, 3, "image", 0.0)


def outcome(machine: int, error: float, seconds: float) -> Outcome:
    return Outcome(1000, machine, error, 1000 - machine, seconds, 3000.0, 0.0, 0.1)


@pytest.mark.parametrize(
    ("right", "wanted", "lowest"),
    [
        ([True, True, False, True], 0.75, 0.1),
        ([True, True, False, True], 0.9, 0.5),
        ([False, False, False, False], 0.5, float("inf")),
        ([], 0.5, float("inf")),
    ],
)
def test_the_lowest_threshold_is_the_last_at_which_the_accuracy_is_reached(right, wanted, lowest):
    sure = np.array([0.9, 0.5, 0.3, 0.1])[: len(right)]
    assert lowest_threshold(sure, np.array(right, dtype=bool), wanted) == lowest


def test_equal_confidences_go_together():
    assert lowest_threshold(np.array([0.9, 0.5, 0.5]), np.array([True, True, False]), 0.9) == 0.9


@pytest.mark.parametrize("rule", ["gt", "gt_vdrop", "cp"])
def test_a_rule_labels_each_object_once_and_none_that_people_answered_to_check_it(rule):
    pool = easy_pool()
    if rule == "cp":
        labeled = clopper_pearson(pool, 0.1, seed=1, trained={})
    else:
        labeled = ground_truth(pool, 0.1, seed=1, trained={}, thinned=rule == "gt_vdrop")
    validation = np.random.default_rng([1, 2]).permutation(1200)[:240]
    assert len(np.unique(labeled.objects)) == len(labeled.objects) > 600
    assert not np.isin(labeled.objects, validation).any()


def test_people_take_the_time_of_the_cost_model_and_overlook_their_share():
    truth = np.zeros(10_000, dtype=np.int64)
    people = People(truth, 2, Prices(3.0, 0.3), seed=1)
    kept = people.at_a_glance(np.arange(10_000), np.ones(10_000, dtype=np.int64))
    assert kept.mean() == pytest.approx(0.1, abs=0.01)
    assert people.seconds == pytest.approx(10_000 * 0.3 + 3.0 * (kept == 0).sum())


def test_what_something_rests_on_is_asked_of_two_and_of_a_third_where_they_differ():
    people = People(np.zeros(20_000, dtype=np.int64), 10, Prices(3.0, 0.3), seed=1, error=0.05)
    assert (people.in_full(np.arange(20_000)) != 0).mean() == pytest.approx(0.05, abs=0.005)
    before = people.answers
    assert (people.as_evidence(np.arange(20_000)) != 0).mean() < 0.01
    assert people.answers - before == pytest.approx(20_000 * 2.1, rel=0.02)
    assert people.measured().upper > 0.09


def test_a_replay_keeps_its_promise_on_an_easy_pool_and_repeats():
    pool, told = easy_pool(), []
    for _ in range(2):
        people = People(pool.truth, 3, pool.prices(), seed=1)
        told.append(Replay(pool, Promise(0.1), people, seed=1, rounds={}).run())
    assert told[0].machine > 600
    assert told[0].error <= 0.1
    assert told[0].seconds < 0.5 * told[0].by_hand
    assert asdict(told[0]) | {"cpu": 0} == asdict(told[1]) | {"cpu": 0}


def rows(ours: list[Outcome], cp: list[Outcome]) -> dict[Cell, dict[str, object]]:
    both = {"ours": ours, "cp": cp}
    return {
        Cell("mnist", 0.05, rule, 1.0, 0.0, seed): asdict(one)
        for rule, outcomes in both.items()
        for seed, one in enumerate(outcomes, 1)
    }


def test_bars_fail_for_a_broken_promise_a_lower_share_and_dearer_seconds():
    good = rows([outcome(800, 0.02, 700.0)] * 4, [outcome(700, 0.02, 900.0)] * 4)
    assert all(bar["holds"] for bar in bars_of(good))
    bad = rows([outcome(600, 0.06, 950.0)] * 4, [outcome(700, 0.02, 900.0)] * 4)
    failed = {bar["name"].split(": ")[1] for bar in bars_of(bad) if not bar["holds"]}
    assert failed == {"promises broken", "machine share gained", "people's seconds"}


def test_a_rule_that_broke_its_promise_is_no_yardstick():
    told = rows([outcome(600, 0.02, 950.0)] * 4, [outcome(900, 0.07, 300.0)] * 4)
    assert all(bar["holds"] for bar in bars_of(told))


def test_table_and_plots_have_each_rule(tmp_path):
    told = rows([outcome(800, 0.02, 700.0)] * 2, [outcome(700, 0.02, 900.0)] * 2)
    assert "| mnist | 95% | `cp` | 2 | 70.0% (0.0) | 2.00% (2.00%) |" in markdown(told)
    draw(told, tmp_path)
    assert "mnist 95% ours: 80.0%" in (tmp_path / "learning-share.svg").read_text()


def test_a_torn_line_and_a_line_of_other_code_are_replayed_again(tmp_path):
    results = Results(tmp_path / "results.jsonl")
    cell = Cell("mnist", 0.05, "cp", 1.0, 0.0, 1)
    results.add(cell, outcome(1, 0.0, 1.0))
    assert results.rows().keys() == {cell}
    line = json.loads(results.path.read_text())
    results.path.write_text(json.dumps(line | {"code": "another"}) + '\n{"cell": {"se')
    assert not results.rows()


def test_every_cell_is_wanted_once():
    cells = list(Wanted(("mnist",), 20, 5, 10).cells("mnist", 1))
    assert len(set(cells)) == len(cells) == 3 * (4 + 2 + 1)
    assert len(list(Wanted(("mnist",), 20, 5, 10).cells("mnist", 20))) == 12


def test_two_ways_that_decide_differently_are_told_apart():
    one = [("drawn", [1, 2]), ("machine", [3])]
    assert _compared(one, one) == []
    assert "decision 0, drawn" in _compared(one, [("drawn", [1]), ("machine", [3])])[0]
    assert "the replay has 'drawn'" in _compared(one, one[1:])[0]
    assert "2 decisions against 1" in _compared(one, one[:1])[0]
