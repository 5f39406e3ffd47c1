"""Other rules for what the machine may label, on the same features, model, queries and seeds.

gt: Ground Truth's documented rule, re-implemented plainly. Validation is a random tenth of the job (a fifth below 5,000
objects). Each round trains, takes the lowest confidence threshold whose accuracy on the validation reaches the promise,
labels what is above it, asks people about the next batch, and so on until nothing is left.
gt_vdrop: the same, and the validation is thinned as the pool is.
cp: one fixed-sequence Clopper-Pearson test. The same validation; rounds until the test would pass for all that is left,
six at most; then nested sets from strict to lax, each at the full risk, until the first that fails. (That the test is
tried after each round spends more risk than 5 %: a concession to this rule; the table shows what became of it.)

None of them knows a glance: what the machine does not label, people answer in full.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from learning_outcomes import Outcome
from learning_pools import Pool

from labeling.learners.classifier import fit
from labeling.learners.decisions import sizes_for
from labeling.learners.query import cold_start, query
from labeling.quality.error_bound import clopper_pearson_upper

RISK = 0.05
GRID = 40
CP_ROUNDS = 6
CP_WRONG = 2  # errors that the strictest set of the test can bear

Trained = dict[bytes, np.ndarray]  # training objects -> (N, classes) probabilities


@dataclass(frozen=True)
class Labeled:
    """By the machine: objects, and the classes it gave them."""

    objects: np.ndarray
    classes: np.ndarray


class Job:
    """What the three rules share. `trained` keeps rounds between rules and promises of one seed: it only saves time."""

    def __init__(self, pool: Pool, *, seed: int, trained: Trained) -> None:
        self.pool, self.seed, self.trained = pool, seed, trained
        count = len(pool.truth)
        self.sizes = sizes_for(count, classes=pool.classes)
        share = 0.2 if count < 5000 else 0.1
        drawn = np.random.default_rng([seed, 2]).permutation(count)
        self.validation = np.sort(drawn[: round(share * count)])
        self.open = np.sort(drawn[round(share * count) :])
        self.training = np.zeros(0, dtype=np.int64)
        self.take(cold_start(pool.features, self.open, self.sizes.cold_start, seed=seed))

    def take(self, asked: np.ndarray) -> None:
        self.training = np.sort(np.concatenate([self.training, asked]))
        self.open = np.setdiff1d(self.open, asked)

    def probabilities(self) -> np.ndarray:
        key = self.training.tobytes()
        if key not in self.trained:
            pool = self.pool
            model = fit(pool.features[self.training], pool.truth[self.training], classes=pool.classes, seed=self.seed)
            self.trained[key] = model.probabilities(pool.features).astype(np.float32)
        return self.trained[key]

    def train(self) -> tuple[np.ndarray, np.ndarray]:
        """Of all objects: probability of the predicted class, and that class. (N,) each."""
        proba = self.probabilities()
        return proba.max(axis=1), proba.argmax(axis=1)

    def ask(self) -> None:
        """People label the next batch."""
        if len(self.open):
            picks = query(self.probabilities(), self.pool.features, self.open, self.sizes.batch, seed=self.seed)
            self.take(picks)


def outcome(pool: Pool, rule: str, allowed: float, *, seed: int, trained: Trained) -> Outcome:
    """By one of the three rules, people answering all the rest in full and rightly."""
    begun, count = time.process_time(), len(pool.truth)
    if rule == "cp":
        labeled = clopper_pearson(pool, allowed, seed=seed, trained=trained)
    else:
        labeled = ground_truth(pool, allowed, seed=seed, trained=trained, thinned=rule == "gt_vdrop")
    machine, full = len(labeled.objects), pool.prices().full
    wrong = int((labeled.classes != pool.truth[labeled.objects]).sum())
    return Outcome(
        objects=count,
        machine=machine,
        error=wrong / max(1, machine),
        answers=count - machine,
        seconds=(count - machine) * full,
        by_hand=count * full,
        final_error=wrong / count,
        cpu=time.process_time() - begun,
    )


def ground_truth(pool: Pool, allowed: float, *, seed: int, trained: Trained, thinned: bool) -> Labeled:
    job = Job(pool, seed=seed, trained=trained)
    objects, classes = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    validation = job.validation
    while len(job.open):
        sure, predicted = job.train()
        threshold = lowest_threshold(sure[validation], predicted[validation] == pool.truth[validation], 1 - allowed)
        chosen = job.open[sure[job.open] >= threshold]
        objects.append(chosen)
        classes.append(predicted[chosen])
        job.open = np.setdiff1d(job.open, chosen)
        if thinned:
            validation = validation[sure[validation] < threshold]
        job.ask()
    return Labeled(np.concatenate(objects), np.concatenate(classes))


def lowest_threshold(sure: np.ndarray, right: np.ndarray, wanted: float) -> float:
    """The lowest confidence at and above which the share of right ones is at least `wanted`; infinity if none is."""
    if not len(sure):
        return float("inf")
    by = np.argsort(-sure, kind="stable")
    accuracy = right[by].cumsum() / np.arange(1, len(by) + 1)
    last = np.append(np.diff(sure[by]) != 0, True)  # equal confidences go together
    good = np.flatnonzero((accuracy >= wanted) & last)
    return float(sure[by][good[-1]]) if len(good) else float("inf")


def clopper_pearson(pool: Pool, allowed: float, *, seed: int, trained: Trained) -> Labeled:
    job = Job(pool, seed=seed, trained=trained)
    for number in range(1, CP_ROUNDS + 1):
        sure, predicted = job.train()
        passed = fixed_sequence(job, sure, predicted, allowed)
        if len(passed) == len(job.open) or number == CP_ROUNDS:
            break
        job.ask()
    return Labeled(passed, predicted[passed])


def fixed_sequence(job: Job, sure: np.ndarray, predicted: np.ndarray, allowed: float) -> np.ndarray:
    """The open objects of the largest set that passed."""
    by = job.open[np.argsort(-sure[job.open], kind="stable")]
    checked, right = sure[job.validation], predicted[job.validation] == job.pool.truth[job.validation]
    passed = 0
    for size in np.unique(np.ceil(len(by) * np.arange(1, GRID + 1) / GRID)).astype(int):
        inside = checked >= (sure[by[size - 1]] if size < len(by) else -1.0)
        answers, wrong = int(inside.sum()), int((~right[inside]).sum())
        if clopper_pearson_upper(answers, min(CP_WRONG, answers), RISK) > allowed:
            continue  # no test yet: too few answers to bear two errors
        if clopper_pearson_upper(answers, wrong, RISK) > allowed:
            break
        passed = size
    return by[:passed]
