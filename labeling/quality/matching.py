"""The best one-to-one matching among scored pairs."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from labeling.quality.votes import Floats, Ints

SMALL = 4_096  # cells up to which it is not worth while to look for groups
DENSE = 2_000_000  # cells of one entangled group up to which the exact method runs (16 MB)


def match(left: Ints, right: Ints, worth: Floats) -> Ints:
    """Places of the pairs that make a one-to-one matching of greatest total worth, ascending.

    left, right: (pairs,) the two ends; worth: (pairs,) > 0. Solved apart for each group of pairs that touch (Hungarian
    method, Kuhn 1955), so 20,000 scattered boxes take as many tiny problems. A group of more than 2 million cells,
    where thousands of instances lie on one spot, is matched greedily, dearest pair first.
    """
    if not len(left):
        return np.zeros(0, np.intp)
    if len(left) == 1:
        return np.zeros(1, np.intp)
    rows, left_ends = np.unique(left, return_inverse=True)
    columns, right_ends = np.unique(right, return_inverse=True)
    if len(rows) * len(columns) <= SMALL:
        return np.array(sorted(_group(left, right, worth, np.arange(len(left)))), dtype=np.intp)
    nodes = len(rows) + len(columns)
    graph = coo_array((np.ones(len(left)), (left_ends, len(rows) + right_ends)), shape=(nodes, nodes))
    _, group = connected_components(graph, directed=False)
    of_pair = group[left_ends]
    order = np.argsort(of_pair, kind="stable")
    chosen: list[int] = []
    for places in np.split(order, np.flatnonzero(np.diff(of_pair[order])) + 1):
        if len(places) == 1:
            chosen.append(int(places[0]))
        else:
            chosen.extend(_group(left[places], right[places], worth[places], places))
    return np.array(sorted(chosen), dtype=np.intp)


def _group(left: Ints, right: Ints, worth: Floats, places: Ints) -> list[int]:
    rows, i = np.unique(left, return_inverse=True)
    columns, j = np.unique(right, return_inverse=True)
    if len(rows) * len(columns) > DENSE:
        return _greedy(i, j, worth, places)
    value = np.zeros((len(rows), len(columns)))
    place = np.full(value.shape, -1, dtype=np.intp)
    value[i, j], place[i, j] = worth, places
    found = place[linear_sum_assignment(value, maximize=True)]
    return [int(one) for one in found if one >= 0]


def _greedy(i: Ints, j: Ints, worth: Floats, places: Ints) -> list[int]:
    free_rows, free_columns = np.ones(i.max() + 1, bool), np.ones(j.max() + 1, bool)
    chosen = []
    for pair in np.lexsort((j, i, -worth)):
        if free_rows[i[pair]] and free_columns[j[pair]]:
            free_rows[i[pair]] = free_columns[j[pair]] = False
            chosen.append(int(places[pair]))
    return chosen
