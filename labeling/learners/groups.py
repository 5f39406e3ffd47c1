"""Labelled objects that are nearly the same: they must not stand on both sides of a split.

A model that has seen an object's twin is not out of fold for it. Who is a twin is told by the features, which are what
the model sees: texts by the share of words that they have in common (min-hashing, Broder 1997), dense features by the
angle between them (random hyperplanes, Charikar 2002). Both only propose pairs; each pair is then measured.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SHARED = 0.8  # of the words of two texts together (Jaccard): one word of nine replaced is a twin, two are not
ALIKE = 0.95  # of two dense rows, 0 for strangers: a picture saved again, larger, smaller or lighter has 0.92 and more;
# the likest strangers among 150 photographs have 0.41, among 3,000 written digits 0.86
TOO_MANY = 0.5  # of the rows: twins of more than half of them can't be held out together, and are nothing special
BANDS = 10  # chances to meet
WORD_ROWS = 4  # equal min-hashes that make two texts meet: pairs at `SHARED` miss each other once in 200 times
PLANE_ROWS = 20  # equal signs that make two dense rows meet
CHUNK = 20_000  # pairs measured at once
PRIME = (1 << 31) - 1


def groups_of(features: Any, given: Ints | None, labelled: Ints) -> Ints:
    """(L,) groups of the labelled objects: near-duplicates by their `features` (L, f), and whoever shares a key of
    `given` (N,), negative where there is none. labelled: (L,) places among the N."""
    alike = near_duplicates(features)
    return alike if given is None else merged(alike, given[labelled])


def near_duplicates(features: Any) -> Ints:
    """(n, f), CSR or dense -> (n,) group of each row, counted from 0.

    A row of zeros says nothing, and is alone. Same rows, same groups.
    """
    if sparse.issparse(features):
        rows = sparse.csr_matrix(features)
        groups = _joined(rows.shape[0], _alike_sets(rows))
    else:
        dense = np.asarray(features, dtype=np.float32)
        groups = _joined(len(dense), _alike_rows(dense))
    crowded = np.bincount(groups)[groups] > max(2, TOO_MANY * len(groups)) if len(groups) else groups > 0
    alone = groups.max(initial=0) + 1 + np.arange(len(groups))
    return np.unique(np.where(crowded, alone, groups), return_inverse=True)[1].astype(np.int64)


def merged(*keys: Ints) -> Ints:
    """Groups of which members share any of the keys, each (n,), directly or through others. Negative: no key."""
    pairs = [_chained(key) for key in keys]
    return _joined(len(keys[0]), np.concatenate(pairs, axis=1))


def key_of(name: str) -> int:
    """A group key as it comes in the data -> a number of 62 bits, the same everywhere; -1 for none."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) >> 2 if name else -1


def _chained(key: Ints) -> Ints:
    """(2, p) pairs of places, each with the next one that has the same key."""
    places = np.flatnonzero(key >= 0)
    order = places[np.argsort(key[places], kind="stable")]
    same = key[order[1:]] == key[order[:-1]]
    return np.stack([order[:-1][same], order[1:][same]])


def _joined(count: int, pairs: Ints) -> Ints:
    """(2, p) pairs -> (count,) groups."""
    graph = sparse.coo_matrix((np.ones(pairs.shape[1], dtype=np.int8), (pairs[0], pairs[1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _alike_sets(rows: sparse.csr_matrix) -> Ints:
    """Pairs of rows whose columns are `SHARED` of those of both."""
    filled = np.flatnonzero(np.diff(rows.indptr))
    if not len(filled):
        return np.zeros((2, 0), dtype=np.int64)
    full = rows[filled]
    words = sparse.csr_matrix((np.ones(full.nnz, dtype=np.float32), full.indices, full.indptr), shape=full.shape)
    sizes = np.diff(full.indptr)

    def likeness(pairs: Ints) -> Floats:
        shared = np.asarray(words[pairs[0]].multiply(words[pairs[1]]).sum(axis=1)).ravel()
        return np.asarray(shared / (sizes[pairs[0]] + sizes[pairs[1]] - shared), dtype=np.float64)

    return filled[_meeting(_min_hashes(full), likeness, least=SHARED)]


def _alike_rows(dense: NDArray[np.float32]) -> Ints:
    """Pairs of rows whose distance is small beside the usual one from the mean: what all have in common, as the scene
    before a camera that stands still, makes nobody a twin."""
    lengths = np.linalg.norm(dense, axis=1)
    filled = np.flatnonzero(lengths > 0)
    if not len(filled):
        return np.zeros((2, 0), dtype=np.int64)
    unit = dense[filled] / lengths[filled, None]
    unit -= unit.mean(axis=0)
    usual = max(float(np.einsum("ij,ij->i", unit, unit).mean()), 1e-12)
    planes = np.random.default_rng(0).normal(size=(dense.shape[1], BANDS * PLANE_ROWS)).astype(np.float32)
    signs = (unit @ planes > 0).reshape(len(unit), BANDS, PLANE_ROWS)
    keys = signs @ (1 << np.arange(PLANE_ROWS, dtype=np.int64))

    def likeness(pairs: Ints) -> Floats:
        apart = unit[pairs[0]] - unit[pairs[1]]
        return np.asarray(1 - np.einsum("ij,ij->i", apart, apart) / (2 * usual), dtype=np.float64)

    return filled[_meeting(keys, likeness, least=ALIKE)]


def _min_hashes(rows: sparse.csr_matrix) -> Ints:
    """(n, BANDS) keys: equal where the least hash of `WORD_ROWS` random orders of the columns is the same."""
    generator = np.random.default_rng(0)
    keys = np.zeros((rows.shape[0], BANDS), dtype=np.int64)
    for band in range(BANDS):
        for _ in range(WORD_ROWS):
            order = generator.permutation(rows.shape[1]).astype(np.int64)
            least = np.minimum.reduceat(order[rows.indices], rows.indptr[:-1])
            keys[:, band] = (keys[:, band] * 1_000_003 + least) % PRIME
    return keys


def _meeting(keys: Ints, likeness: Any, *, least: float) -> Ints:
    """(n, BANDS) keys -> (2, p) pairs that share one and are alike: each row against the first and the one before it.

    Not every pair of a crowded key: a thousand equal rows need a thousand comparisons, not half a million.
    """
    found = []
    for band in range(keys.shape[1]):
        order = np.argsort(keys[:, band], kind="stable")
        begins = np.concatenate([[True], keys[order[1:], band] != keys[order[:-1], band]])
        first = order[np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))]
        before = np.concatenate([order[:1], order[:-1]])
        found += [np.stack([other[~begins], order[~begins]]) for other in (first, before)]
    pairs = np.unique(np.concatenate(found, axis=1), axis=1)
    alike = [likeness(pairs[:, start : start + CHUNK]) >= least for start in range(0, pairs.shape[1], CHUNK)]
    return pairs[:, np.concatenate([np.zeros(0, dtype=np.bool_), *alike])]
