"""Generated scenes of overlapping things, and workers who draw with jitter, misses, inventions and mixed-up classes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.geometry.filling import filled
from labeling.task_types.base import Category, MediaFacts, Question
from labeling.task_types.bounding_box import Box
from labeling.task_types.ellipse import Ellipse
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.keypoint import Keypoint
from labeling.task_types.masks import masks_in, painted
from labeling.task_types.points import as_points
from labeling.task_types.polygon import Outline
from labeling.task_types.polyline import Line
from labeling.task_types.skeleton import Joint, Skeleton

WIDTH, HEIGHT, CLASSES = 480, 360, 3
JOINTS = ("head", "left hand", "right hand", "left foot", "right foot")
POSE = np.array([[0, -1], [-0.8, -0.2], [0.8, -0.2], [-0.5, 1], [0.5, 1]])
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Hand:
    """How one worker draws: jitter and bias as a share of a thing's size; chances to miss, invent, misname."""

    jitter: float
    bias: float
    miss: float
    invent: float
    confuse: float


@dataclass(frozen=True)
class Thing:
    """Before it takes a form: a middle, a size, a turn and the radii of its outline. px and radians."""

    category: int
    x: float
    y: float
    size: float
    turn: float
    radii: Floats

    @property
    def outline(self) -> Floats:
        angles = self.turn + np.linspace(0, 2 * np.pi, len(self.radii), endpoint=False)
        rays = self.size * self.radii[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
        return _inside(rays + np.array([self.x, self.y]))


def team(generator: np.random.Generator, count: int) -> list[Hand]:
    """Skills vary as people's do: most are careful, some are not."""
    return [
        Hand(
            jitter=float(generator.uniform(0.03, 0.14)),
            bias=float(generator.normal(0, 0.04)),
            miss=float(generator.beta(2, 22)),
            invent=float(generator.beta(1.5, 8)),
            confuse=float(generator.beta(2, 25)),
        )
        for _ in range(count)
    ]


def scene(generator: np.random.Generator) -> list[Thing]:
    """3 to 12 things that overlap."""
    return [_thing(generator) for _ in range(int(generator.integers(3, 13)))]


def seen(things: Sequence[Thing], hand: Hand, generator: np.random.Generator) -> list[Thing]:
    """What a worker makes of them: some missed, some invented, a few named wrongly. Their order stays."""
    kept = [one for one in things if generator.random() >= hand.miss]
    named = [
        replace(one, category=int((one.category + generator.integers(1, CLASSES)) % CLASSES))
        if generator.random() < hand.confuse
        else one
        for one in kept
    ]
    return named + [_thing(generator) for _ in range(int(generator.poisson(hand.invent)))]


def _thing(generator: np.random.Generator) -> Thing:
    count = int(generator.integers(8, 16))
    return Thing(
        category=int(generator.integers(CLASSES)),
        x=float(generator.uniform(50, WIDTH - 50)),
        y=float(generator.uniform(50, HEIGHT - 50)),
        size=float(generator.uniform(22, 60)),
        turn=float(generator.uniform(0, 2 * np.pi)),
        radii=generator.uniform(0.65, 1.35, count),
    )


def _inside(points: Floats) -> Floats:
    return np.clip(points, 0, [WIDTH, HEIGHT])


def question(**settings: Any) -> Question:
    categories = tuple(Category(name) for name in ("round", "long", "odd"))
    return Question(categories, MediaFacts("image", WIDTH, HEIGHT), settings=settings)


def skeleton_question() -> Question:
    skeleton = {"points": list(JOINTS), "edges": [[JOINTS[0], name] for name in JOINTS[1:]]}
    categories = tuple(Category(name, skeleton=skeleton) for name in ("round", "long", "odd"))
    return Question(categories, MediaFacts("image", WIDTH, HEIGHT))


EXACT = Hand(0.0, 0.0, 0.0, 0.0, 0.0)
Form = Callable[[Thing, Hand, np.random.Generator], Any]


def _box(one: Thing, hand: Hand, generator: np.random.Generator) -> Box:
    jitter = generator.normal(0, hand.jitter, 4) * one.size
    long, short = one.size * 2 * one.radii[:2]
    width, height = long * (1 + 2 * hand.bias) + jitter[2], short * (1 + 2 * hand.bias) + jitter[3]
    turn = np.degrees(one.turn) + generator.normal(0, 150 * hand.jitter)
    width, height = max(float(width), 2.0), max(float(height), 2.0)
    x, y = _inside(np.array([[one.x + jitter[0], one.y + jitter[1]]]))[0]
    return Box(float(x) - width / 2, float(y) - height / 2, width, height, float(180 - (180 - turn) % 360))


def _ellipse(one: Thing, hand: Hand, generator: np.random.Generator) -> Ellipse:
    jitter = generator.normal(0, hand.jitter, 4) * one.size
    grown = 1 + 2 * hand.bias
    rx, ry = (max(float(one.size * r * grown + j), 2.0) for r, j in zip((1.3, 0.7), jitter[2:], strict=True))
    turn = np.degrees(one.turn) + generator.normal(0, 150 * hand.jitter)
    return Ellipse(one.x + float(jitter[0]), one.y + float(jitter[1]), rx, ry, float(90 - (90 - turn) % 180))


def _wobbly(one: Thing, hand: Hand, generator: np.random.Generator) -> Floats:
    """The outline as a hand draws it: too large or too small, off the place, and each vertex off too."""
    grown = replace(one, size=one.size * (1 + 2 * hand.bias))
    shift = generator.normal(0, hand.jitter / 2, 2) * one.size
    return _inside(grown.outline + shift + generator.normal(0, hand.jitter, (len(one.radii), 2)) * one.size)


def _polygon(one: Thing, hand: Hand, generator: np.random.Generator) -> Outline:
    ring = _wobbly(one, hand, generator)
    dropped = generator.random(len(ring)) < 2 * hand.jitter  # who draws carelessly puts fewer vertices
    kept = ring[~dropped] if (~dropped).sum() >= 5 else ring
    return Outline(as_points(np.roll(kept, int(generator.integers(len(kept))) if hand.jitter else 0, axis=0)))


def _polyline(one: Thing, hand: Hand, generator: np.random.Generator) -> Line:
    count = 4 + len(one.radii) % 4
    along = np.linspace(-2.5, 2.5, count)
    bent = np.column_stack([along, np.cumsum(one.radii[:count] - 1)]) * one.size
    turned = bent @ np.array([[np.cos(one.turn), np.sin(one.turn)], [-np.sin(one.turn), np.cos(one.turn)]])
    points = _inside(turned + [one.x, one.y] + generator.normal(0, 1.5 * hand.jitter, (count, 2)) * one.size)
    return Line(as_points(points[::-1] if generator.random() < 5 * hand.jitter else points))


def _keypoint(one: Thing, hand: Hand, generator: np.random.Generator) -> Keypoint:
    x, y = _inside(np.array([[one.x, one.y]]) + generator.normal(0, 60 * hand.jitter / 2, (1, 2)))[0]
    return Keypoint(float(x), float(y), 1 if one.radii[0] < 0.8 else 2)


def _skeleton(one: Thing, hand: Hand, generator: np.random.Generator) -> Skeleton:
    posed = _inside(POSE * one.size * one.radii[: len(POSE), None] + [one.x, one.y])
    places = _inside(posed + generator.normal(0, hand.jitter, posed.shape) * one.size)
    left_out = generator.random(len(POSE)) < hand.miss
    left_out[0] = False
    hidden = one.radii[: len(POSE)] < 0.75
    return Skeleton(
        tuple(
            Joint(name) if out else Joint(name, float(x), float(y), 1 if dim else 2)
            for name, (x, y), out, dim in zip(JOINTS, places, left_out, hidden, strict=True)
        )
    )


def _mask(one: Thing, hand: Hand, generator: np.random.Generator) -> Any:
    return filled([_wobbly(one, hand, generator)], (HEIGHT, WIDTH))


FORMS: dict[str, Form] = {
    "box": _box,
    "ellipse": _ellipse,
    "polygon": _polygon,
    "polyline": _polyline,
    "keypoint": _keypoint,
    "skeleton": _skeleton,
    "mask": _mask,
}


def drawn(things: Sequence[Thing], shape: str, hand: Hand, generator: np.random.Generator) -> Instances:
    listed = [(one.category, FORMS[shape](one, hand, generator)) for one in things]
    if shape == "mask":
        listed = [(category, mask) for category, mask in listed if mask.area]
    return Instances(tuple(Instance(_uuid(generator), shape, category, form) for category, form in listed))


def painted_over(things: Sequence[Thing], hand: Hand, generator: np.random.Generator) -> Instances:
    """One mask a class; what was painted later lies above."""
    masks = [(filled([_wobbly(one, hand, generator)], (HEIGHT, WIDTH)), one.category + 1) for one in things]
    found = masks_in(painted(masks, (HEIGHT, WIDTH)))
    return Instances(
        tuple(Instance(_uuid(generator), "mask", value - 1, mask) for value, mask in sorted(found.items()))
    )


def _uuid(generator: np.random.Generator) -> str:
    return str(uuid.UUID(bytes=generator.bytes(16), version=4))
