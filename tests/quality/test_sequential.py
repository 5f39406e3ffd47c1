import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta

from labeling.quality.sequential import Alarm


def test_no_alarm_before_thirty_answers_however_bad():
    alarm = Alarm(allowed=0.05)
    assert not alarm.watch(29, 29).alarm
    assert alarm.watch(30, 30).alarm


def test_the_ratio_is_the_mixture_over_the_cut_prior():
    alarm = Alarm(allowed=0.1)
    answers, wrong = 60, 11
    above = beta.sf(0.1, 0.5, 0.5)
    mixed, _ = quad(lambda p: p**wrong * (1 - p) ** (answers - wrong) * beta.pdf(p, 0.5, 0.5), 0.1, 0.9999)
    at_limit = 0.1**wrong * 0.9 ** (answers - wrong)
    assert alarm.watch(answers, wrong).ratio == pytest.approx(mixed / above / at_limit, rel=1e-6)


@given(st.integers(1, 400), st.data())
def test_one_more_wrong_answer_never_calms_the_alarm(answers, data):
    wrong = data.draw(st.integers(0, answers - 1))
    alarm = Alarm(allowed=0.05)
    assert alarm.watch(answers, wrong + 1).ratio >= alarm.watch(answers, wrong).ratio


def test_the_ratio_has_mean_at_most_one_under_the_allowed_error_so_that_looking_often_is_free():
    alarm, answers = Alarm(allowed=0.2), 40
    mean = sum(
        math.comb(answers, k) * 0.2**k * 0.8 ** (answers - k) * alarm.watch(answers, k).ratio
        for k in range(answers + 1)
    )
    assert mean == pytest.approx(1.0, abs=1e-9)


def test_a_hundred_streams_at_the_allowed_error_are_quiet_and_at_twice_the_error_alarm():
    def alarms(error: float) -> int:
        generator = np.random.default_rng(3)
        alarm = Alarm(allowed=0.05)
        counts = (generator.random((100, 600)) < error).cumsum(axis=1)
        return sum(any(alarm.watch(n, int(row[n - 1])).alarm for n in range(30, 601, 10)) for row in counts)

    assert alarms(0.05) <= 5
    assert alarms(0.10) >= 85


def test_no_answers_yet_say_nothing():
    state = Alarm(allowed=0.05).watch(0, 0)
    assert (state.ratio, state.estimate, state.alarm) == (pytest.approx(1.0), 0.0, False)


@pytest.mark.parametrize(("answers", "wrong"), [(3, 4), (-1, 0), (5, -1)])
def test_impossible_counts_are_refused(answers, wrong):
    with pytest.raises(ValueError, match="wrong <= answers"):
        Alarm(allowed=0.05).watch(answers, wrong)


@pytest.mark.parametrize(("allowed", "risk"), [(0, 0.05), (1, 0.05), (0.05, 0), (0.05, 1)])
def test_shares_outside_zero_and_one_are_refused(allowed, risk):
    with pytest.raises(ValueError, match="between 0 and 1"):
        Alarm(allowed=allowed, risk=risk)
