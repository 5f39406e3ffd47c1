"""Spans as one tag a token, and back."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.task_types.tags import flattened, likeliest, span_sureness, spans_of, tag_count, tags_of
from labeling.task_types.words import tokens

TEXT = "Ada Lovelace of London met \u6771\u4eac."


def test_spans_become_tags_and_come_back() -> None:
    spans = [(0, 12, 1), (16, 22, 0), (27, 29, 2)]
    places = tokens(TEXT)
    tags = tags_of(places, spans)
    assert tags.tolist() == [3, 4, 0, 1, 0, 5, 6, 0]
    assert [(int(places[a][0]), int(places[b - 1][1]), c) for a, b, c in spans_of(tags)] == spans


def test_spans_that_touch_stay_two() -> None:
    assert spans_of(np.array([1, 1, 2, 3, 4, 1])) == [(0, 1, 0), (1, 3, 0), (3, 5, 1), (5, 6, 0)]


def test_what_goes_on_without_a_beginning_begins() -> None:
    assert spans_of(np.array([2, 2, 4, 0, 4])) == [(0, 2, 0), (2, 3, 1), (4, 5, 1)]


def test_flat_spans_do_not_overlap() -> None:
    assert flattened([(3, 5, 0), (0, 9, 1), (0, 9, 0), (8, 12, 2), (9, 10, 2)]) == [(0, 9, 0), (9, 10, 2)]


@settings(deadline=None)
@given(st.integers(1, 2), st.integers(0, 5), st.integers(0, 99))
def test_the_likeliest_tags_are_those_that_trying_all_finds(classes: int, count: int, seed: int) -> None:
    n_tags = tag_count(classes)
    scores = np.random.default_rng(seed).dirichlet(np.ones(n_tags), count).reshape(count, n_tags)

    def legal(tags: tuple[int, ...]) -> bool:
        return all(tag == 0 or tag % 2 or before in (tag, tag - 1) for before, tag in itertools.pairwise((0, *tags)))

    def worth(tags: tuple[int, ...]) -> float:
        return float(np.prod([scores[place, tag] for place, tag in enumerate(tags)]))

    best = max(map(worth, filter(legal, itertools.product(range(n_tags), repeat=count))))
    found = tuple(likeliest(scores).tolist())
    assert legal(found)
    assert worth(found) == pytest.approx(best)


def test_a_span_is_as_sure_as_its_tags_and_its_end() -> None:
    scores = np.array([[0.1, 0.9, 0.0], [0.2, 0.0, 0.8], [0.75, 0.0, 0.25]])
    assert span_sureness(scores, [(0, 2, 0)]) == pytest.approx([0.9 * 0.8 * 0.75])
    assert span_sureness(scores[:2], [(0, 2, 0)]) == pytest.approx([0.9 * 0.8])
