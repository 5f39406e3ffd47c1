"""Tracks: simulated workers on generated scenes; is the agreed label better than the best of them?

    python bench/consolidation_tracks.py [--seeds 6] [--first 0] [--json FILE] [--cost]

Each worker draws key frames with a jitter of their own, misses things, begins late, stops early, goes on with another
thing after two meet, and follows things that are not there. HOTA and IDF1 against the truth, over all frames. "Best" is
the best worker of that seed in each measure, chosen afterwards. "Plain" takes a frame's boxes that over half of the
workers drew, at their mean, and links frame to frame by overlap. "Tracks only" is our own without cutting and joining
tracks whose identities had switched. Exits 1 when a bar doesn't hold. `--cost` times one long video with many tracks.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from labeling.geometry.boxes import iou
from labeling.quality.tracks import hota, idf1
from labeling.task_types.base import Answered, Category, MediaFacts, Question, Vote
from labeling.task_types.bounding_box import Box
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.tracks import Key, Track
from labeling.task_types.tracks_boxes import films
from labeling.task_types.tracks_joining import sightings
from labeling.task_types.tracks_shapes import TRACKS
from labeling.task_types.video_object_tracking import VideoObjectTracking

TYPE = VideoObjectTracking()
FRAMES, THINGS, VIDEOS = 200, 10, 3
LONG, MANY = 1_000, 50  # frames and things of the video whose cost is told
WIDTH, HEIGHT = 1280, 720
INNER = {"box": TRACKS["box"].inner}
SAME, LINKED, LOST = (
    0.4,
    0.3,
    5,
)  # the plain way: overlap of one thing's boxes, from frame to frame, and frames of a gap
Path_ = np.ndarray
"""(frames, 4) centre and sides, NaN where the thing is not there."""


@dataclass(frozen=True)
class Simulated:
    """How one worker tracks. jitter: of the size; every: frames between key frames; the others: chances a thing, and
    `spurious`: things a video that are not there; `late`: frames by which ends are off, on average."""

    jitter: float
    every: int
    miss: float
    late: float
    switch: float
    spurious: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cost", action="store_true")
    given = parser.parse_args()
    if given.cost:
        return _cost(given.first)
    bars: list[dict[str, object]] = []
    print(f"{'workers':>7} {'method':<12} {'HOTA':>6} {'IDF1':>6} {'tracks/true':>12} {'keys/track':>11} {'CPU s':>6}")
    for count in (3, 5):
        rows = [_seed(count, given.first + seed) for seed in range(given.seeds)]
        scores = {name: np.mean([row[name] for row in rows], axis=0) for name in rows[0]}
        for name, (higher, identity, share, keys, seconds) in scores.items():
            print(f"{count:>7} {name:<12} {higher:>6.3f} {identity:>6.3f} {share:>12.3f} {keys:>11.1f} {seconds:>6.1f}")
        for place, what in enumerate(("HOTA", "IDF1")):
            gains = [row["own"][place] - row["best"][place] for row in rows]
            above = sum(one > 0 for one in gains)
            print(f"{count:>7} own above the best in {what}: {above} of {len(rows)} seeds, worst {min(gains):+.3f}")
            bars += [
                {
                    "name": f"tracks, {count} workers: {what} against {rival}",
                    "value": round(float(scores["own"][place]), 3),
                    "target": f"> {scores[rival][place]:.3f}",
                    "holds": bool(scores["own"][place] > scores[rival][place]),
                }
                for rival in ("best", "plain")
            ]
    for bar in bars:
        print(f"{'holds' if bar['holds'] else 'FAILS'}: {bar['name']}: {bar['value']} {bar['target']}")
    if given.json:
        given.json.write_text(json.dumps(bars, indent=1) + "\n", encoding="utf-8")
    return 0 if all(bar["holds"] for bar in bars) else 1


def _question(frames: int) -> Question:
    return Question((Category("thing"),), MediaFacts("video", WIDTH, HEIGHT, frames=frames), tools=("box",))


def _job(
    count: int, rng: np.random.Generator, videos: int, things: int, frames: int
) -> tuple[list[Answered[Instances]], list[Instances]]:
    """Each video with the answers of all workers; and the truths."""
    q = _question(frames)
    team = [_worker(rng) for _ in range(count)]
    scenes = [[_path(rng, frames) for _ in range(things)] for _ in range(videos)]
    truths = [_answer(scene, np.full(len(scene), 1), rng, q) for scene in scenes]
    job = [
        Answered(q, tuple(Vote(f"worker-{place}", _drawn(one, scene, rng, q)) for place, one in enumerate(team)))
        for scene in scenes
    ]
    return job, truths


def _seed(count: int, seed: int) -> dict[str, list[float]]:
    """Method -> HOTA, IDF1, tracks for each true one, key frames a track, CPU seconds; mean over the videos."""
    job, truths = _job(count, np.random.default_rng(seed), VIDEOS, THINGS, FRAMES)
    single = np.array([_quality([asked.votes[place].answer for asked in job], truths) for place in range(count)])
    found = {
        "best": [*single[:, :2].max(axis=0), *single[single[:, 0].argmax(), 2:]],
        "mean worker": single.mean(axis=0).tolist(),
    }
    started = time.process_time()
    answers = [_plain(asked) for asked in job]
    found["plain"] = [*_quality(answers, truths, started)]
    for name, kind in (("tracks only", super(VideoObjectTracking, TYPE)), ("own", TYPE)):
        started = time.process_time()
        skills = TYPE.skills(job)
        answers = [kind.consolidate(asked, skills).answer for asked in job]
        found[name] = [*_quality(answers, truths, started)]
    return found


def _quality(answers: list[Instances], truths: list[Instances], started: float | None = None) -> list[float]:
    seconds = 0.0 if started is None else time.process_time() - started
    rows = []
    for answer, truth in zip(answers, truths, strict=True):
        seen = sightings(truth.instances, answer.instances, INNER, _question(FRAMES))
        keys = np.mean([len(one.geometry.keys) for one in answer.instances]) if answer.instances else 0.0
        rows.append([hota(seen), idf1(seen), len(answer.instances) / len(truth.instances), float(keys), seconds])
    return [float(one) for one in np.mean(rows, axis=0)]


def _cost(seed: int) -> int:
    (asked,), (truth,) = _job(5, np.random.default_rng(seed), 1, MANY, LONG)
    started = time.process_time()
    skills = TYPE.skills([asked])
    learned = time.process_time()
    answer = TYPE.consolidate(asked, skills).answer
    ended = time.process_time()
    print(f"5 workers, {MANY} things, {LONG} frames: skills {learned - started:.1f} CPU s, label {ended - learned:.1f}")
    print(f"{len(answer.instances)} tracks of {len(truth.instances)}")
    return 0


def _plain(asked: Answered[Instances]) -> Instances:
    """Frame by frame without identities: the boxes of over half of the workers at their mean, linked by overlap."""
    frames = asked.question.media.frames
    grids = [
        films([one.geometry for one in vote.answer.instances], frames - 1).grid(range(frames)) for vote in asked.votes
    ]
    tracks: list[dict[int, np.ndarray]] = []
    for frame in range(frames):
        means = _agreed([grid[~np.isnan(grid[:, frame, 0]), frame] for grid in grids])
        live = [one for one in tracks if frame - max(one) <= LOST]
        old = np.array([one[max(one)] for one in live]).reshape(-1, 4)
        linked = dict(_pairs(means, old, LINKED))
        for place, box in enumerate(means):
            if place in linked:
                live[linked[place]][frame] = box
            else:
                tracks.append({frame: box})
    return Instances(tuple(_every_frame(one, place, frames) for place, one in enumerate(tracks)))


def _agreed(boxes: Sequence[np.ndarray]) -> np.ndarray:
    groups: list[list[np.ndarray]] = []
    for own in boxes:
        means = np.array([np.mean(one, axis=0) for one in groups]).reshape(-1, 4)
        joined = dict(_pairs(own, means, SAME))
        for place, box in enumerate(own):
            if place in joined:
                groups[joined[place]].append(box)
            else:
                groups.append([box])
    return np.array([np.mean(one, axis=0) for one in groups if 2 * len(one) > len(boxes)]).reshape(-1, 4)


def _pairs(a: np.ndarray, b: np.ndarray, least: float) -> list[tuple[int, int]]:
    value = iou(a, b)
    rows, columns = linear_sum_assignment(np.where(value >= least, value, 0.0), maximize=True)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if value[i, j] >= least]


def _every_frame(boxes: dict[int, np.ndarray], number: int, frames: int) -> Instance:
    keys: list[Key] = []
    for frame, (left, top, right, bottom) in boxes.items():
        if keys and frame > keys[-1].frame + 1:
            keys.append(Key(keys[-1].frame + 1, None))
        keys.append(Key(frame, Box(float(left), float(top), float(right - left), float(bottom - top))))
    last = keys[-1].frame
    return Instance(str(uuid.UUID(int=number)), "box", 0, Track(tuple(keys), None if last == frames - 1 else last))


def _worker(rng: np.random.Generator) -> Simulated:
    """Skills vary as people's do: most are careful, some are not."""
    return Simulated(
        jitter=float(rng.uniform(0.02, 0.08)),
        every=int(rng.integers(8, 26)),
        miss=float(rng.beta(2, 16)),
        late=float(rng.uniform(1, 10)),
        switch=float(rng.beta(2, 12)),
        spurious=float(rng.gamma(2, 0.4)),
    )


def _path(rng: np.random.Generator, count: int) -> Path_:
    """A thing that moves by a smooth way between a few places, and is there for a part of the film."""
    stops = np.linspace(0, count - 1, 5)
    sides = rng.uniform(40, 140, 2)
    places = rng.uniform([80, 80], [WIDTH - 80, HEIGHT - 80], (5, 2))
    places[1:] = places[:1] + np.cumsum((places[1:] - places[:1]) * 0.25, axis=0)
    frames = np.arange(count)
    kernel = np.hanning(31) / np.hanning(31).sum()
    made = np.empty((count, 4))
    for axis in (0, 1):
        even = np.interp(frames, stops, np.clip(places[:, axis], 80, (WIDTH, HEIGHT)[axis] - 80))
        made[:, axis] = np.convolve(np.pad(even, 15, mode="edge"), kernel, "valid")
    made[:, 2:] = sides * np.interp(frames, stops, rng.uniform(0.8, 1.2, 5))[:, None]
    begin, end = (0, count) if rng.random() < 0.5 else sorted(rng.choice(count, 2, replace=False))
    begin = min(begin, max(end - 40, 0))
    made[:begin], made[end:] = np.nan, np.nan
    return made


def _drawn(worker: Simulated, scene: list[Path_], rng: np.random.Generator, q: Question) -> Instances:
    seen = [path.copy() for path in scene if rng.random() >= worker.miss]
    for one in range(len(seen)):
        if rng.random() < worker.switch:
            _switch(seen, one, rng)
    seen += [_path(rng, q.media.frames) for _ in range(rng.poisson(worker.spurious))]
    for path in seen:
        there = np.flatnonzero(~np.isnan(path[:, 0]))
        late, early = (int(rng.exponential(worker.late)) for _ in range(2))
        path[: min(there[0] + late, there[-1] - 10)] = np.nan
        path[max(there[-1] - early, there[0] + late + 10) + 1 :] = np.nan
    left = [path for path in seen if (~np.isnan(path[:, 0])).any()]
    return _answer(left, np.full(len(seen), worker.every), rng, q, worker.jitter)


def _switch(seen: list[Path_], one: int, rng: np.random.Generator) -> None:
    """From where it comes nearest to another thing on, the two are taken for each other."""
    far = [np.hypot(*(path[:, :2] - seen[one][:, :2]).T) for path in seen]
    best = [np.nanmin(way) if place != one and not np.isnan(way).all() else np.inf for place, way in enumerate(far)]
    other = int(np.argmin(best))
    if np.isfinite(best[other]):
        at = int(np.nanargmin(far[other]))
        seen[one][at:], seen[other][at:] = seen[other][at:].copy(), seen[one][at:].copy()


def _answer(
    paths: list[Path_], every: np.ndarray, rng: np.random.Generator, q: Question, jitter: float = 0.0
) -> Instances:
    """Key frames every so many frames, and around where a thing jumps or goes away."""
    made = []
    for path, step in zip(paths, every, strict=False):
        there = ~np.isnan(path[:, 0])
        frames = np.flatnonzero(there)
        jumps = frames[1:][np.hypot(*np.diff(path[frames, :2], axis=0).T) > 25]
        wanted = {*frames[:: int(step)].tolist(), int(frames[-1]), *jumps.tolist(), *(jumps - 1).tolist()}
        keys: list[Key] = []
        for frame in range(int(frames[0]), int(frames[-1]) + 1):
            if not there[frame]:
                if keys[-1].at is not None:
                    keys.append(Key(frame, None))
            elif frame in wanted or keys[-1].at is None:
                keys.append(Key(frame, _box(path[frame], rng, jitter)))
        last = int(frames[-1])
        ident = str(uuid.UUID(int=int(rng.integers(2**62))))
        made.append(Instance(ident, "box", 0, Track(tuple(keys), None if last == q.media.frames - 1 else last)))
    return TYPE.parse(TYPE.dump(Instances(tuple(made))), q)


def _box(place: np.ndarray, rng: np.random.Generator, jitter: float) -> Box:
    size = float(np.sqrt(place[2] * place[3]))
    ends = np.array([*(place[:2] - place[2:] / 2), *(place[:2] + place[2:] / 2)]) + rng.normal(0, jitter, 4) * size
    left, top = (float(one) for one in np.clip(ends[:2], 0, [WIDTH - 5, HEIGHT - 5]))
    right, bottom = (float(one) for one in np.clip(ends[2:], [left + 4, top + 4], [WIDTH, HEIGHT]))
    return Box(left, top, right - left, bottom - top)


if __name__ == "__main__":
    raise SystemExit(main())
