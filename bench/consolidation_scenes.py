"""Every located type: simulated workers on generated scenes; our own way beside the best worker and the plain mean."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench import scenes
from bench.scenes import EXACT, HEIGHT, WIDTH, Floats, Thing
from labeling.geometry.masks import full_mask
from labeling.geometry.rings import filled_up, fitted_line, fitted_ring
from labeling.quality.matching import match
from labeling.task_types.base import Answered, Question, TaskType, Verdict, Vote
from labeling.task_types.bounding_box import BoundingBox, Box
from labeling.task_types.ellipse import Ellipse, Ellipses
from labeling.task_types.instance_segmentation import InstanceSegmentation
from labeling.task_types.instances import Instance, Instances, Shape
from labeling.task_types.keypoint import Keypoint, Keypoints
from labeling.task_types.masks import masks_in, painted
from labeling.task_types.points import as_array, as_points
from labeling.task_types.polygon import Outline, Polygons
from labeling.task_types.polyline import Line, Polylines
from labeling.task_types.semantic_segmentation import SemanticSegmentation
from labeling.task_types.skeleton import Joint, Skeleton

SCENES = 40  # a job; every worker answers every one
LOOSELY = 0.2  # likeness from which a kept instance stands for a true one; how well it lies is another column

Draw = Callable[[Sequence[Thing], scenes.Hand, np.random.Generator], Instances]
Job = list[Answered[Instances]]


@dataclass(frozen=True)
class Subject:
    """A type, the question that it is asked, and how its scenes are drawn."""

    name: str
    kind: Any
    question: Question
    draw: Draw


def measure_scenes(seeds: Sequence[int]) -> list[dict[str, object]]:
    """Prints each method's mean agreement with the truth, and what our own confidences are worth; returns the bars."""
    print(
        f"\n{'scenes':<16} {'workers':>7} {'best worker':>11} {'plain mean':>10} {'own':>7} {'worst seed':>10} "
        f"{'confidence':>10} {'right':>7} {'CPU s a job':>11}"
    )
    bars: list[dict[str, object]] = []
    for subject in SUBJECTS:
        for count in (3, 5):
            rows = np.array([_scores(subject, count, seed) for seed in seeds])
            best, plain, own, told, right, seconds = (float(one) for one in rows.mean(axis=0))
            worst = float((rows[:, 2] - rows[:, 1]).min())
            print(
                f"{subject.name:<16} {count:>7} {best:>11.3f} {plain:>10.3f} {own:>7.3f} {worst:>+10.3f} "
                f"{told:>10.3f} {right:>7.3f} {seconds:>11.2f}",
                flush=True,
            )
            for rival, other in (("the best worker", best), ("the plain mean", plain)):
                bars.append(
                    {
                        "name": f"{subject.name}, {count} workers: own against {rival}",
                        "value": round(own, 3),
                        "unit": "",
                        "target": f"> {other:.3f}",
                        "holds": own > other,
                    }
                )
    return bars


def _scores(subject: Subject, count: int, seed: int) -> tuple[float, ...]:
    """Best worker, plain mean, own: mean agreement with the truth in [0, 1]; our own mean confidence and what it should
    be; CPU s of our own."""
    generator = np.random.default_rng(seed)
    hands = scenes.team(generator, count)
    truths: list[Instances] = []
    job: Job = []
    for _ in range(SCENES):
        things = scenes.scene(generator)
        truths.append(subject.draw(things, EXACT, generator))
        votes = [
            Vote(f"worker-{place}", subject.draw(scenes.seen(things, hand, generator), hand, generator))
            for place, hand in enumerate(hands)
        ]
        job.append(Answered(subject.question, tuple(votes)))
    alone = [_mean(subject, [asked.votes[place].answer for asked in job], truths) for place in range(count)]
    plain = _mean(subject, [_plain(subject, asked) for asked in job], truths)
    started = time.process_time()
    skills = subject.kind.skills(job)
    verdicts = [subject.kind.consolidate(asked, skills) for asked in job]
    seconds = time.process_time() - started
    own = _mean(subject, [verdict.answer for verdict in verdicts], truths)
    return max(alone), plain, own, *_sureness(subject, verdicts, truths), seconds


def _sureness(subject: Subject, verdicts: Sequence[Verdict[Instances]], truths: Sequence[Instances]) -> Sequence[float]:
    """Mean confidence of the kept instances; the share of them that stand for a true one and are named as it is. Where
    confidence is an expected overlap (one mask a class), the mean overlap instead."""
    told, right = [], []
    for verdict, truth in zip(verdicts, truths, strict=True):
        mine = verdict.answer.instances
        pairs = subject.kind._alike(mine, truth.instances, LOOSELY, subject.question)
        worth = np.zeros(len(mine))
        chosen = match(*pairs)
        worth[pairs[0][chosen]] = pairs[2][chosen] if isinstance(subject.kind, SemanticSegmentation) else 1.0
        right += list(worth)
        told += [verdict.parts[one.id] for one in mine]
    return float(np.mean(told)), float(np.mean(right))


def _mean(subject: Subject, answers: Sequence[Instances], truths: Sequence[Instances]) -> float:
    pairs = zip(answers, truths, strict=True)
    return float(np.mean([subject.kind.agreement(answer, truth, subject.question) for answer, truth in pairs]))


def _plain(subject: Subject, asked: Answered[Instances]) -> Instances:
    """What more than half drew, under the class most named, in the mean place."""
    if isinstance(subject.kind, SemanticSegmentation):
        return _majority_pixels(asked)
    shapes = {one.shape for vote in asked.votes for one in vote.answer.instances}
    kept: list[Instance] = []
    for name in sorted(shapes):
        for group in _groups(asked, name, subject.kind.shapes[name], subject.kind.threshold):
            if 2 * len(group) <= len(asked.votes):
                continue
            category = Counter(one.category for one in group).most_common(1)[0][0]
            geometry = MEANS[name]([one.geometry for one in group])
            if geometry is not None:
                kept.append(replace(group[0], category=category, geometry=geometry))
    return Instances(tuple(kept))


def _groups(asked: Answered[Instances], name: str, shape: Shape[Any], threshold: float) -> list[list[Instance]]:
    groups: list[list[Instance]] = []
    for vote in asked.votes:
        mine = [one for one in vote.answer.instances if one.shape == name]
        pairs = shape.similarity(
            [group[0].geometry for group in groups], [one.geometry for one in mine], threshold, asked.question
        )
        joined = {int(pairs[1][place]): int(pairs[0][place]) for place in match(*pairs)}
        for place, one in enumerate(mine):
            if place in joined:
                groups[joined[place]].append(one)
            else:
                groups.append([one])
    return groups


def _majority_pixels(asked: Answered[Instances]) -> Instances:
    pictures = [
        painted([(one.geometry, one.category + 1) for one in vote.answer.instances], (HEIGHT, WIDTH))
        for vote in asked.votes
    ]
    counts = np.stack([(np.stack(pictures) == value).sum(axis=0) for value in range(scenes.CLASSES + 1)])
    found = masks_in(counts.argmax(axis=0).astype(pictures[0].dtype))
    ids = {one.category: one.id for vote in asked.votes for one in vote.answer.instances}
    return Instances(tuple(Instance(ids[value - 1], "mask", value - 1, mask) for value, mask in sorted(found.items())))


def _turned_mean(angles: Sequence[float], period: float) -> float:
    phases = np.exp(2j * np.pi * np.array(angles) / period)
    mean = float(np.angle(phases.mean()) / (2 * np.pi) * period)
    return period / 2 - (period / 2 - mean) % period


def _mean_box(boxes: Sequence[Box]) -> Box:
    middle = np.mean([(one.left + one.width / 2, one.top + one.height / 2, one.width, one.height) for one in boxes], 0)
    x, y, width, height = (float(one) for one in middle)
    return Box(x - width / 2, y - height / 2, width, height, _turned_mean([one.angle for one in boxes], 360))


def _mean_ellipse(ellipses: Sequence[Ellipse]) -> Ellipse:
    cx, cy, rx, ry = (float(one) for one in np.mean([(one.cx, one.cy, one.rx, one.ry) for one in ellipses], 0))
    return Ellipse(cx, cy, rx, ry, _turned_mean([one.angle for one in ellipses], 180))


def _mean_points(lines: Sequence[Floats], fitted: Callable[[Floats, Floats], Floats], *, closed: bool) -> Floats:
    most = max(len(line) for line in lines)
    full = [filled_up(line, most, closed=closed) for line in lines]
    return np.asarray(np.mean([full[0], *(fitted(full[0], line) for line in full[1:])], axis=0))


def _mean_outline(outlines: Sequence[Outline]) -> Outline:
    return Outline(as_points(_mean_points([as_array(one.vertices) for one in outlines], fitted_ring, closed=True)))


def _mean_line(lines: Sequence[Line]) -> Line:
    return Line(as_points(_mean_points([as_array(one.vertices) for one in lines], fitted_line, closed=False)))


def _mean_keypoint(points: Sequence[Keypoint]) -> Keypoint:
    x, y = (float(one) for one in np.mean([(one.x, one.y) for one in points], axis=0))
    return Keypoint(x, y, Counter(one.visibility for one in points).most_common(1)[0][0])


def _mean_skeleton(skeletons: Sequence[Skeleton]) -> Skeleton:
    joints = []
    for each in zip(*(one.points for one in skeletons), strict=True):
        placed = [joint for joint in each if joint.visibility]
        if 2 * len(placed) <= len(each):
            joints.append(Joint(each[0].name))
            continue
        x, y = (float(one) for one in np.mean([(joint.x, joint.y) for joint in placed], axis=0))
        seen = Counter(joint.visibility for joint in placed).most_common(1)[0][0]
        joints.append(Joint(each[0].name, x, y, seen))
    return Skeleton(tuple(joints))


def _majority_mask(masks: Sequence[Any]) -> Any:
    votes = np.sum([painted([(mask, 1)], (HEIGHT, WIDTH)).astype(int) for mask in masks], axis=0)
    picture = 2 * votes > len(masks)
    return full_mask(picture) if picture.any() else None


MEANS: dict[str, Callable[[Any], Any]] = {
    "box": _mean_box,
    "ellipse": _mean_ellipse,
    "polygon": _mean_outline,
    "polyline": _mean_line,
    "keypoint": _mean_keypoint,
    "skeleton": _mean_skeleton,
    "mask": _majority_mask,
}


def _drawing(shape: str) -> Draw:
    return lambda things, hand, generator: scenes.drawn(things, shape, hand, generator)


SUBJECTS = (
    Subject("turned boxes", BoundingBox(), scenes.question(rotation=True), _drawing("box")),
    Subject("ellipses", Ellipses(), scenes.question(), _drawing("ellipse")),
    Subject("polygons", Polygons(), scenes.question(), _drawing("polygon")),
    Subject("polylines", Polylines(), scenes.question(), _drawing("polyline")),
    Subject("keypoints", Keypoints(), scenes.question(), _drawing("keypoint")),
    Subject("skeletons", Keypoints(), scenes.skeleton_question(), _drawing("skeleton")),
    Subject("instance masks", InstanceSegmentation(), scenes.question(), _drawing("mask")),
    Subject("semantic masks", SemanticSegmentation(), scenes.question(), scenes.painted_over),
)
assert all(isinstance(subject.kind, TaskType) for subject in SUBJECTS)
