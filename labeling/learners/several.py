"""Several classes an object: each class is a yes or no of its own, learned on the same folds and calibrated by itself.

A label is right when the whole set is. Sets have a number, `codes_of`, so that whatever only compares labels (evidence,
orders, folds) takes them for classes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from labeling.learners.classifier import Classifier, Features, Split, fit_calibrated, split_of
from labeling.learners.correctness import learn_from
from labeling.learners.groups import groups_of
from labeling.learners.rounds import Bools, Floats, Ints, Learned, learn
from labeling.task_types.several_classes import believed

Targets = NDArray[np.uint8]
BITS = 62  # classes whose set is its own number


@dataclass(frozen=True)
class SeveralClassifier:
    """One model a class, of the classes 0: no, 1: yes."""

    models: tuple[Classifier, ...]
    split: Split | None = field(default=None, compare=False)

    def chances(self, features: Features) -> Floats:
        """(n, classes), each by itself: rows don't sum to 1."""
        return np.stack([model.probabilities(features)[:, 1] for model in self.models], axis=1)


def codes_of(fits: NDArray[np.bool_]) -> Ints:
    """(n, classes) -> (n,) the number of each set of classes, >= 0: equal sets have equal numbers, now and later."""
    if fits.shape[1] <= BITS:
        return np.asarray(fits @ (1 << np.arange(fits.shape[1], dtype=np.int64)), dtype=np.int64)
    packed = np.packbits(fits, axis=1)
    digests = (hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in packed)
    return np.array([int.from_bytes(digest) >> 2 for digest in digests], dtype=np.int64)


def learn_several(
    features: Features,
    labels: Ints,
    targets: Targets,
    closed: Bools,
    *,
    least: int,
    ask: int,
    seed: int,
    readable: Bools | None = None,
    groups: Ints | None = None,
) -> tuple[Learned, SeveralClassifier | None]:
    """`rounds.learn` for sets of classes. targets: (N, C) 1 where people chose the class, read where labels >= 0;
    labels: (N,) codes, -1 = none. least: classes that an answer has at least, 0 or 1.

    Objects whose whole set is least sure are asked next. Raises ValueError when the arrays don't fit.
    """
    if targets.ndim != 2 or len(targets) != len(labels):
        raise ValueError(f"targets of shape {targets.shape} for {len(labels)} objects")
    usable = np.ones(len(labels), dtype=np.bool_) if readable is None else readable
    labelled = np.flatnonzero((labels >= 0) & usable).astype(np.int64)
    if not len(labelled):
        nobody, asked = np.full(len(labels), -1, dtype=np.int64), closed | (labels >= 0)
        return learn(features, nobody, asked, classes=targets.shape[1], ask=ask, seed=seed, readable=usable)[0], None
    model, held_out = _fit(features[labelled], targets[labelled], seed=seed, given=groups, labelled=labelled)
    kept = model.chances(features).astype(np.float32)  # what is kept decides: rounding can bring a chance to a half
    said, held = _Said.of(kept.astype(np.float64), least), _Said.of(held_out, least)
    correctness = learn_from(held.described, held.codes == codes_of(targets[labelled] > 0))
    candidates = np.flatnonzero((labels < 0) & ~closed & usable).astype(np.int64)
    learned = Learned(
        trained=True,
        picks=candidates[np.argsort(said.confidence[candidates], kind="stable")[:ask]],
        proba=kept,
        predicted=said.codes,
        confidence=said.confidence,
        score=np.where(usable, correctness.of(said.described, otherwise=said.confidence), 0.0),
        readable=usable,
        oof_index=labelled,
        oof_proba=held_out,
        oof_predicted=held.codes,
        oof_score=correctness.of(held.described, otherwise=held.confidence),
    )
    return learned, model


def _fit(
    features: Features, targets: Targets, *, seed: int, given: Ints | None, labelled: Ints
) -> tuple[SeveralClassifier, Floats]:
    """The models on all labels, and the (L, C) out-of-fold chances. Frequent sets are spread over the folds."""
    split = split_of(codes_of(targets > 0), seed=seed, groups=groups_of(features, given, labelled))
    models: list[Classifier] = []
    held_out = np.zeros(targets.shape)
    for category in range(targets.shape[1]):
        yes = targets[:, category].astype(np.int64)
        model, chances = fit_calibrated(features, yes, classes=2, seed=seed, split=split)
        models.append(model)
        held_out[:, category] = chances[:, 1]
    return SeveralClassifier(tuple(models), split), held_out


@dataclass(frozen=True)
class _Said:
    """What chances (n, C) come to: the codes of the sets, the chance that the whole set is right, and what the
    correctness score is told: that chance's odds, the least sure class, the doubt in all, how many classes, which."""

    codes: Ints
    confidence: Floats
    described: Floats

    @classmethod
    def of(cls, chances: Floats, least: int) -> _Said:
        fits = believed(chances, least=least)
        sure = np.clip(np.where(fits, chances, 1 - chances), 1e-9, 1.0)
        confidence = sure.prod(axis=1)
        inside = np.clip(confidence, 1e-6, 1 - 1e-6)
        unsure = np.clip(1 - sure, 1e-9, 1.0)
        doubt = -(sure * np.log(sure) + unsure * np.log(unsure)).sum(axis=1)
        told = (np.log(inside / (1 - inside)), sure.min(axis=1), doubt, fits.sum(axis=1))
        return cls(codes_of(fits), confidence, np.column_stack([*told, fits]).astype(np.float64))
