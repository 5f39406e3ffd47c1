from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from labeling.quality.error_bound import (
    ROUNDING,
    Counts,
    certifies,
    clopper_pearson_upper,
    fixed_sequence,
    hypergeometric_tail,
    hypergeometric_upper,
    ladders,
    rest_upper,
)

RISKS = st.sampled_from([0.01, 0.025, 0.05, 0.2])


@st.composite
def audits(draw, most=60):
    objects = draw(st.integers(1, most))
    audited = draw(st.integers(0, objects))
    wrong = draw(st.integers(0, audited))
    return objects, audited, wrong


def exact_tail(objects, errors, audited, wrong):
    ways = sum(comb(errors, i) * comb(objects - errors, audited - i) for i in range(wrong + 1) if i <= audited)
    return Fraction(ways, comb(objects, audited))


@given(audits(), st.data())
def test_the_tail_agrees_with_exact_integer_arithmetic(audit, data):
    objects, audited, wrong = audit
    errors = data.draw(st.integers(0, objects))
    assert hypergeometric_tail(objects, errors, audited, wrong) == pytest.approx(
        float(exact_tail(objects, errors, audited, wrong)), abs=1e-11
    )


@given(audits(), RISKS)
def test_the_upper_limit_is_the_largest_number_of_errors_that_exact_arithmetic_does_not_reject(audit, risk):
    objects, audited, wrong = audit
    possible = range(wrong, objects - audited + wrong + 1)
    limit = hypergeometric_upper(objects, audited, wrong, risk)
    level = Fraction(risk) - Fraction(ROUNDING)  # a tail that equals the risk is not below it
    assert limit == max(errors for errors in possible if exact_tail(objects, errors, audited, wrong) > level)


@settings(max_examples=40)
@given(st.integers(1, 40), st.data(), RISKS)
def test_the_limit_is_below_the_truth_at_most_as_often_as_the_risk_by_enumeration(objects, data, risk):
    audited = data.draw(st.integers(0, objects))
    errors = data.draw(st.integers(0, objects))
    missed = sum(
        Fraction(comb(errors, k) * comb(objects - errors, audited - k), comb(objects, audited))
        for k in range(max(0, audited - objects + errors), min(audited, errors) + 1)
        if hypergeometric_upper(objects, audited, k, risk) < errors
    )
    assert missed <= Fraction(risk)


@given(audits(most=200), RISKS)
def test_the_limit_rises_with_the_errors_found_and_falls_with_the_risk_taken(audit, risk):
    objects, audited, wrong = audit
    limit = hypergeometric_upper(objects, audited, wrong, risk)
    assert wrong <= limit <= objects - audited + wrong
    assert hypergeometric_upper(objects, audited, wrong, risk / 2) >= limit
    if wrong < audited:
        assert hypergeometric_upper(objects, audited, wrong + 1, risk) >= limit


@given(audits(most=200), RISKS)
def test_a_complete_audit_leaves_nothing_to_doubt(audit, risk):
    objects, _, wrong = audit
    assert hypergeometric_upper(objects, objects, wrong, risk) == wrong
    assert rest_upper(objects, objects, wrong, risk) == 0.0


@given(audits(most=300), RISKS, st.floats(0.01, 0.5))
def test_certifying_is_the_limit_of_the_rest_compared_with_what_is_allowed(audit, risk, allowed):
    objects, audited, wrong = audit
    if 0 < audited < objects:
        upper = rest_upper(objects, audited, wrong, risk)
        assert certifies(objects, audited, wrong, allowed=allowed, risk=risk) == (upper <= allowed + 1e-9)


def test_nothing_is_certified_without_an_audit():
    assert not certifies(100, 0, 0, allowed=0.5, risk=0.05)


@pytest.mark.parametrize(
    ("objects", "audited", "wrong", "risk"), [(10, 11, 0, 0.05), (10, 5, 6, 0.05), (10, 5, 0, 0.0)]
)
def test_impossible_counts_are_refused(objects, audited, wrong, risk):
    with pytest.raises(ValueError, match=r"need|risk"):
        hypergeometric_upper(objects, audited, wrong, risk)


@given(st.integers(1, 300), st.data(), RISKS)
def test_clopper_pearson_is_the_share_at_which_so_few_errors_have_just_the_probability_of_the_risk(answers, data, risk):
    wrong = data.draw(st.integers(0, answers))
    limit = clopper_pearson_upper(answers, wrong, risk)
    if wrong == answers:
        assert limit == 1.0
    else:
        assert binom.cdf(wrong, answers, limit) == pytest.approx(risk, rel=1e-6)


def test_clopper_pearson_knows_the_published_rule_of_three():
    assert clopper_pearson_upper(300, 0, 0.05) == pytest.approx(0.00994, abs=5e-5)


def test_a_fixed_sequence_stops_at_the_first_failure_even_if_a_later_set_would_pass():
    good, bad = Counts(1000, 300, 0), Counts(1000, 300, 200)
    assert fixed_sequence([good, bad, good], allowed=0.05, risk=0.05) == 0
    assert fixed_sequence([bad, good], allowed=0.05, risk=0.05) == -1
    assert fixed_sequence([good, good], allowed=0.05, risk=0.05) == 1


def test_a_later_start_may_skip_a_set_that_is_too_small_to_pass():
    small, large = Counts(100, 5, 0), Counts(3000, 300, 3)
    assert ladders([small, large], [0], allowed=0.05, risk=0.05) == -1
    assert ladders([small, large], [0, 1], allowed=0.05, risk=0.05) == 1


def test_several_starts_share_the_risk():
    counts = next(Counts(2000, 200, k) for k in range(200, -1, -1) if certifies(2000, 200, k, allowed=0.1, risk=0.05))
    assert ladders([counts, counts], [0], allowed=0.1, risk=0.05) == 1
    assert ladders([counts, counts], [0, 1], allowed=0.1, risk=0.05) == -1


@pytest.mark.parametrize(
    ("first", "later", "probability"),
    [(0.08, 0.10, 0.3), (0.09, 0.135, 0.1), (0.08, 0.1475, 0.3), (0.06, 0.1475, 0.5), (0.104, 0.104, 0.2)],
)
def test_ladders_promise_too_much_no_more_often_than_the_risk_where_the_errors_lie_worst(first, later, probability):
    generator = np.random.default_rng(7)
    sizes = np.array([200, 300, 400, 500, 600, 800])
    parts = np.diff(sizes, prepend=0)
    errors = np.round(parts * np.where(np.arange(len(sizes)) == 0, first, later)).astype(int)
    trials, broken = 400, 0
    wrong = generator.binomial(errors, probability, (trials, len(sizes))).cumsum(axis=1)
    audited = generator.binomial(parts - errors, probability, (trials, len(sizes))).cumsum(axis=1) + wrong
    for n, k in zip(audited.tolist(), wrong.tolist(), strict=True):
        nested = [Counts(int(m), a, w) for m, a, w in zip(sizes, n, k, strict=True)]
        at = ladders(nested, [0, 3], allowed=0.1, risk=0.1)
        if at >= 0 and errors.cumsum()[at] - k[at] > 0.1 * (sizes[at] - n[at]):
            broken += 1
    assert broken / trials <= 0.1 + 3 * (0.1 * 0.9 / trials) ** 0.5
