"""Which instances of a verdict belong together, from several workers' groups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Told = Mapping[str, str | None]
"""Worker -> the group that they put this instance into, None for none. Names are each worker's own."""


def agreed_groups(told: Sequence[Told]) -> list[str | None]:
    """One group's name, or None, for each instance; `told[i]` says what the workers who drew instance i said.

    Two instances belong together where more than half of the workers who drew both say so; an instance alone keeps a
    group when more than half of its workers gave it one. A group is called as most of its workers call it (ties:
    alphabet), and two groups never get one name.
    """
    groups: list[str | None] = [None] * len(told)
    used: set[str] = set()
    for places in _joined(told):
        if len(places) > 1 or _grouped(told[places[0]]):
            name = _name([told[place] for place in places], used)
            used.add(name)
            for place in places:
                groups[place] = name
    return groups


def _joined(told: Sequence[Told]) -> list[list[int]]:
    """The places that belong together, each place once, in order of the first of each."""
    pairs = [(i, j) for i, j in _neighbours(told) if _together(told[i], told[j])]
    ends = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(told), len(told)))
    members: dict[int, list[int]] = defaultdict(list)
    for place, component in enumerate(connected_components(graph, directed=False)[1] if told else ()):
        members[int(component)].append(place)
    return list(members.values())


def _neighbours(told: Sequence[Told]) -> set[tuple[int, int]]:
    """Pairs that follow one another in some worker's group: enough to join all of it."""
    last: dict[tuple[str, str], int] = {}
    found = set()
    for place, one in enumerate(told):
        for worker, group in one.items():
            if group is not None:
                if (worker, group) in last:
                    found.add((last[worker, group], place))
                last[worker, group] = place
    return found


def _together(a: Told, b: Told) -> bool:
    both = [worker for worker in a if worker in b]
    return 2 * sum(a[worker] is not None and a[worker] == b[worker] for worker in both) > len(both)


def _grouped(one: Told) -> bool:
    return 2 * sum(group is not None for group in one.values()) > len(one)


def _name(told: Sequence[Told], used: set[str]) -> str:
    counts = Counter(group for one in told for group in one.values() if group is not None)
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    free = [name for name in ranked if name not in used]
    if free:
        return free[0]
    number = 2
    while f"{ranked[0][:190]} {number}" in used:
        number += 1
    return f"{ranked[0][:190]} {number}"
