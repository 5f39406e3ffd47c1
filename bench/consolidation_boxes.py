"""Boxes: simulated workers on real photographs' true boxes, consolidated in four ways."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labeling.quality.matching import match
from labeling.task_types.base import Answered, Category, LabelAttribute, MediaFacts, Question, Vote
from labeling.task_types.bounding_box import BOX, BoundingBox, Box
from labeling.task_types.instances import Instance, Instances

TYPE = BoundingBox()
CROWD = 12  # workers in the team
Job = list[Answered[Instances]]


@dataclass(frozen=True)
class Simulated:
    """How one worker draws: noise of each corner as a share of the side, chance to miss a box, false boxes an image."""

    noise: float
    miss: float
    false: float


def measure_boxes(folder: Path, seeds: int) -> list[dict[str, object]]:
    """Prints F1 and IoU of each method; returns the bars (three workers)."""
    questions, truths = _load(folder)
    print(f"\n{'workers':>7} {'method':<26} {'F1@.5':>6} {'F1@.75':>7} {'mean IoU':>9} {'boxes/true':>11} {'CPU s':>6}")
    bars: list[dict[str, object]] = []
    for count in (3, 5):
        scores = {
            name: _mean([_score(method, questions, truths, count, seed) for seed in range(seeds)])
            for name, method in METHODS.items()
        }
        for name, row in scores.items():
            print(f"{count:>7} {name:<26} {row[0]:>6.3f} {row[1]:>7.3f} {row[2]:>9.3f} {row[3]:>11.3f} {row[4]:>6.2f}")
        bars += _bars(count, scores)
    return bars


def _bars(count: int, scores: dict[str, list[float]]) -> list[dict[str, object]]:
    own = scores["own"]
    rivals = {"one worker": scores["one worker"], "the mean box": scores["mean box"]}
    bars = []
    for name, other in rivals.items():
        bars.append(_bar(f"boxes, {count} workers: F1@.75 against {name}", own[1], other[1]))
        bars.append(_bar(f"boxes, {count} workers: mean IoU against {name}", own[2], other[2]))
    if count == 3:
        bars.append(_bar("boxes, 3 workers: F1@.75", own[1], 0.98))
    return bars


def _bar(name: str, value: float, least: float) -> dict[str, object]:
    return {"name": name, "value": round(value, 3), "unit": "", "target": f">= {least:.3f}", "holds": value >= least}


def one_worker(job: Job) -> list[Instances]:
    return [asked.votes[0].answer for asked in job]


def mean_box(job: Job) -> list[Instances]:
    """Matched one by one at IoU .5, averaged, kept where more than half drew it (as Ground Truth describes its own)."""
    return [_simple(asked, lambda boxes: boxes.mean(axis=0)) for asked in job]


def median_box(job: Job) -> list[Instances]:
    return [_simple(asked, lambda boxes: np.median(boxes, axis=0)) for asked in job]


def own(job: Job) -> list[Instances]:
    skills = TYPE.skills(job)
    return [TYPE.consolidate(asked, skills).answer for asked in job]


METHODS: dict[str, Callable[[Job], list[Instances]]] = {
    "one worker": one_worker,
    "mean box": mean_box,
    "median box": median_box,
    "own": own,
}


def _simple(asked: Answered[Instances], middle: Callable[[np.ndarray], np.ndarray]) -> Instances:
    groups: list[list[Box]] = []
    for vote in asked.votes:
        boxes = [one.geometry for one in vote.answer.instances]
        pairs = BOX.similarity([group[0] for group in groups], boxes, 0.5, asked.question)
        chosen = match(*pairs)
        joined = {int(pairs[1][place]): int(pairs[0][place]) for place in chosen}
        for place, box in enumerate(boxes):
            if place in joined:
                groups[joined[place]].append(box)
            else:
                groups.append([box])
    kept = [group for group in groups if len(group) * 2 > len(asked.votes)]
    sides = [
        middle(np.array([(one.left, one.top, one.left + one.width, one.top + one.height) for one in group]))
        for group in kept
    ]
    return Instances(tuple(_instance(Box(a, b, c - a, d - b)) for a, b, c, d in (map(float, side) for side in sides)))


def _score(
    method: Callable[[Job], list[Instances]],
    questions: Sequence[Question],
    truths: Sequence[Instances],
    count: int,
    seed: int,
) -> list[float]:
    rng = np.random.default_rng(seed)
    team = _team(rng)
    job = []
    for question, truth in zip(questions, truths, strict=True):
        workers = rng.choice(CROWD, count, replace=False)
        votes = tuple(Vote(f"worker-{place}", _draws(team[place], truth, question, rng)) for place in workers)
        job.append(Answered(question, votes))
    started = time.process_time()
    answers = method(job)
    seconds = time.process_time() - started
    return [*_quality(answers, truths, questions), seconds]


def _team(rng: np.random.Generator) -> list[Simulated]:
    """Skills vary as people's do: most are careful, some are not."""
    return [
        Simulated(float(rng.uniform(0.015, 0.09)), float(rng.beta(2, 25)), float(rng.beta(1.5, 20)))
        for _ in range(CROWD)
    ]


def _draws(worker: Simulated, truth: Instances, q: Question, rng: np.random.Generator) -> Instances:
    size = np.array([q.media.width, q.media.height, q.media.width, q.media.height], dtype=float)
    drawn = []
    for one in truth.instances:
        if rng.random() < worker.miss:
            continue
        box = one.geometry
        corners = np.array([box.left, box.top, box.left + box.width, box.top + box.height])
        drawn.append(corners + rng.normal(0, worker.noise, 4) * [box.width, box.height, box.width, box.height])
    for _ in range(rng.poisson(worker.false)):
        start = rng.uniform(0, 0.7, 2)
        drawn.append(np.concatenate([start, start + rng.uniform(0.1, 0.3, 2)]) * size)
    boxes = (np.clip(corners, 0, size) for corners in drawn)
    return Instances(
        tuple(
            _instance(Box(a, b, c - a, d - b))
            for a, b, c, d in (map(float, box) for box in boxes)
            if c - a > 1 and d - b > 1
        )
    )


def _instance(box: Box) -> Instance:
    return Instance(str(uuid.uuid4()), "box", 0, box)


def _quality(answers: Sequence[Instances], truths: Sequence[Instances], questions: Sequence[Question]) -> list[float]:
    """F1 at IoU .5 and .75, mean IoU of matched boxes, boxes for each true one."""
    hits, given, true, likeness = np.zeros(2), 0, 0, []
    for answer, truth, question in zip(answers, truths, questions, strict=True):
        pairs = BOX.similarity(
            [one.geometry for one in answer.instances], [one.geometry for one in truth.instances], 0.5, question
        )
        matched = pairs[2][match(*pairs)]
        hits += [len(matched), int((matched >= 0.75).sum())]
        likeness.extend(matched)
        given, true = given + len(answer.instances), true + len(truth.instances)
    return [*(2 * hits / (given + true)), float(np.mean(likeness)), given / true]


def _mean(rows: list[list[float]]) -> list[float]:
    return [float(one) for one in np.mean(rows, axis=0)]


def _load(folder: Path) -> tuple[list[Question], list[Instances]]:
    categories = tuple(
        Category(one["label"]) for one in json.loads((folder / "categories.json").read_text("utf-8"))["labels"]
    )
    questions, truths = [], []
    for line in (folder / "truth.manifest").read_text("utf-8").splitlines():
        row = json.loads(line)
        size = row["truth"]["image_size"][0]
        question = Question(categories, MediaFacts("image", size["width"], size["height"], size["depth"]))
        questions.append(question)
        truths.append(TYPE.from_manifest(LabelAttribute(row["truth"], row["truth-metadata"]), question))
    return questions, truths
