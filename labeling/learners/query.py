"""Which objects to ask people about next. Each function returns places in the pool, the most useful first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD

from labeling.learners.classifier import Features
from labeling.learners.threads import one_thread
from labeling.learners.uncertainty import Floats, margin

Ints = NDArray[np.int64]

MANY_CLASSES = 20  # above it a batch of least margins repeats itself, and diversity pays its price
SHORTLIST = 5
CLUSTERED = 20_000  # objects that clustering looks at: centres do not move much with more
DIMENSIONS = 64


def by_margin(probabilities: Floats, candidates: Ints, count: int) -> Ints:
    """The `count` candidates with the least margin; ties in pool order. probabilities: (N, classes)."""
    order = np.argsort(margin(probabilities[candidates]), kind="stable")
    return candidates[order[:count]]


def by_diverse_margin(probabilities: Floats, features: Features, candidates: Ints, count: int, *, seed: int) -> Ints:
    """Of a shortlist five times as long, the least margin of each of `count` clusters, then the rest by margin."""
    shortlist = by_margin(probabilities, candidates, SHORTLIST * count)
    if len(shortlist) <= count:
        return shortlist
    clusters, _ = _clusters(_dense(features[shortlist], seed=seed), count, seed=seed)
    _, first = np.unique(clusters, return_index=True)  # shortlist is in order of margin: the first is the least
    chosen = np.sort(first)
    others = np.setdiff1d(np.arange(len(shortlist)), chosen)
    return np.asarray(shortlist[np.concatenate([chosen, others])[:count]], dtype=np.int64)


def query(probabilities: Floats, features: Features, candidates: Ints, count: int, *, seed: int) -> Ints:
    """Margin; diverse margin where there are more than 20 classes."""
    if probabilities.shape[1] > MANY_CLASSES:
        return by_diverse_margin(probabilities, features, candidates, count, seed=seed)
    return by_margin(probabilities, candidates, count)


def cold_start(features: Features, candidates: Ints, count: int, *, seed: int) -> Ints:
    """Before any model: the candidate nearest to each of `count` k-means centres, in order of the cluster's size.

    Clusters a random 20,000 of the candidates at most. Fewer candidates than `count`: all of them.
    """
    if len(candidates) <= count:
        return candidates
    generator = np.random.default_rng(seed)
    looked_at = np.sort(generator.choice(candidates, min(CLUSTERED, len(candidates)), replace=False))
    points = _dense(features[looked_at], seed=seed)
    clusters, distance = _clusters(points, count, seed=seed)
    nearest = np.lexsort((distance, clusters))
    _, first, sizes = np.unique(clusters[nearest], return_index=True, return_counts=True)
    chosen = looked_at[nearest[first[np.argsort(-sizes, kind="stable")]]]
    missing = count - len(chosen)  # empty clusters: fill up at random
    rest = generator.permutation(np.setdiff1d(candidates, chosen))[:missing]
    return np.concatenate([chosen, rest]).astype(np.int64)


def _dense(features: Features, *, seed: int) -> NDArray[np.float32]:
    if not sparse.issparse(features):
        return np.asarray(features, dtype=np.float32)
    size = min(DIMENSIONS, min(features.shape) - 1)
    if size < 1:
        return np.asarray(sparse.csr_matrix(features).toarray(), dtype=np.float32)
    with one_thread():
        reduced = TruncatedSVD(size, n_iter=2, random_state=seed).fit_transform(features)
    return np.asarray(reduced, dtype=np.float32)


def _clusters(points: NDArray[np.float32], count: int, *, seed: int) -> tuple[Ints, Floats]:
    """Cluster of each point and its distance to the centre of that cluster."""
    with one_thread():
        model = MiniBatchKMeans(count, random_state=seed, n_init=1, batch_size=2048, max_iter=30).fit(points)
    clusters = np.asarray(model.labels_, dtype=np.int64)
    distance = np.linalg.norm(points - model.cluster_centers_[clusters], axis=1)
    return clusters, np.asarray(distance, dtype=np.float64)
