"""Who is who through the frames: identities of tracks against others', and two measures of them.

Everything is told as sightings: pairs of a track of one side and one of the other that overlap in a frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labeling.quality.matching import match
from labeling.quality.votes import Floats, Ints

STAYS = 0.25  # likeness that another track must have more, before a worker's track is taken to go on with it
NEAR = 0.3  # likeness below which two shapes of a frame are not one thing
BRIEF = 3  # frames looked at: what goes astray for fewer only crosses
ALPHAS = np.arange(1, 20) / 20
SAME = 1e-4  # a hint that only breaks ties


@dataclass(frozen=True)
class Sightings:
    """frame, own, other, likeness: (pairs,) where two tracks overlap. own_frames, other_frames: (n,), (m,) in how many
    frames each is shown."""

    frame: Ints
    own: Ints
    other: Ints
    likeness: Floats
    own_frames: Ints
    other_frames: Ints

    @property
    def sums(self) -> Floats:
        """(n, m): likeness over all frames."""
        n, m = len(self.own_frames), len(self.other_frames)
        flat = np.bincount(self.own * max(m, 1) + self.other, self.likeness, n * m)
        return np.asarray(flat, dtype=float).reshape(n, m)


def homes(s: Sightings, hints: Floats) -> Ints:
    """(n,): which of the others each own track is for most of its time, -1 for none.

    One to one as far as that goes (Hungarian by likeness over all frames); what is left over goes where it fits best: a
    track that was broken in two is one thing. `hints` (n, m) in [0, 1] break ties.
    """
    sums = s.sums
    found = np.full(len(sums), -1, dtype=np.intp)
    if not sums.size:
        return found
    own, other = np.nonzero(sums > 0)
    chosen = match(own, other, (sums + SAME * hints)[own, other])
    found[own[chosen]] = other[chosen]
    left = (found < 0) & (sums.max(axis=1) > 0)
    found[left] = sums[left].argmax(axis=1)
    return found


def followed(s: Sightings, home: Ints) -> tuple[Ints, Ints, Ints]:
    """frame, own, other of each frame's own matching: a track stays with its home unless another one fits better by
    `STAYS`, and for at least `BRIEF` of the frames in a row."""
    near = np.flatnonzero(s.likeness >= NEAR)
    frame, own, other = s.frame[near], s.own[near], s.other[near]
    worth = s.likeness[near] + STAYS * (home[own] == other)
    places = match(frame * len(s.own_frames) + own, frame * len(s.other_frames) + other, worth)
    frame, own, other = frame[places], own[places], other[places]
    order = np.lexsort((frame, own))
    frame, own, other = frame[order], own[order], other[order]
    edges = np.flatnonzero((np.diff(own) != 0) | (np.diff(other) != 0)) + 1
    runs = np.split(np.arange(len(own)), edges)
    stays = [run for run in runs if len(run) and (len(run) >= BRIEF or other[run[0]] == home[own[run[0]]])]
    kept = np.concatenate(stays) if stays else np.zeros(0, np.intp)
    return frame[kept], own[kept], other[kept]


def idf1(s: Sightings, least: float = 0.5) -> float:
    """Identity F1: twice the frames in which the best one-to-one mapping holds, over all frames of both sides.

    own: the truth's tracks, other: those that are measured. 1 where both are empty. Source: Ristani et al. 2016.
    """
    both = int(s.own_frames.sum() + s.other_frames.sum())
    if not both:
        return 1.0
    n, m = len(s.own_frames), len(s.other_frames)
    hit = s.likeness >= least
    counts = np.bincount(s.own[hit] * max(m, 1) + s.other[hit], minlength=n * m).reshape(n, m)
    own, other = np.nonzero(counts)
    chosen = match(own, other, counts[own, other].astype(float))
    return 2 * float(counts[own[chosen], other[chosen]].sum()) / both


def hota(s: Sightings) -> float:
    """Higher order tracking accuracy: the geometric mean of finding and of keeping identities, over 19 thresholds.

    own: the truth's tracks, other: those that are measured. Source: Luiten et al. 2021; the matching of a frame prefers
    pairs that fit over all frames, as theirs does.
    """
    if not s.own_frames.sum() and not s.other_frames.sum():
        return 1.0
    alignment = _alignment(s)
    return float(np.mean([_hota_at(s, alignment, float(alpha)) for alpha in ALPHAS]))


def _alignment(s: Sightings) -> Floats:
    """(n, m): the Jaccard index of each pair of tracks over all frames, soft by likeness as the authors have it."""
    n, m = len(s.own_frames), len(s.other_frames)
    if not len(s.frame):
        return np.zeros((n, m))
    mine, theirs = s.frame * n + s.own, s.frame * m + s.other
    all_mine, all_theirs = np.bincount(mine, s.likeness), np.bincount(theirs, s.likeness)
    soft = s.likeness / np.maximum(all_mine[mine] + all_theirs[theirs] - s.likeness, 1e-12)
    common = np.bincount(s.own * m + s.other, soft, n * m).reshape(n, m)
    return np.asarray(common / np.maximum(s.own_frames[:, None] + s.other_frames[None] - common, 1e-12), dtype=float)


def _hota_at(s: Sightings, alignment: Floats, alpha: float) -> float:
    hit = np.flatnonzero(s.likeness >= alpha - 1e-12)
    frame, own, other = s.frame[hit], s.own[hit], s.other[hit]
    n, m = len(s.own_frames), len(s.other_frames)
    worth = 10 * alignment[own, other] + s.likeness[hit] + 1e3  # as many pairs as can be, then those that fit
    chosen = match(frame * n + own, frame * m + other, worth)
    pairs = own[chosen] * max(m, 1) + other[chosen]
    found = len(chosen)
    missed, false = int(s.own_frames.sum()) - found, int(s.other_frames.sum()) - found
    detection = found / max(found + missed + false, 1)
    if not found:
        return 0.0
    counts = np.bincount(pairs, minlength=n * m).astype(float)
    whole = s.own_frames[own[chosen]] + s.other_frames[other[chosen]] - counts[pairs]
    association = float((counts[pairs] / whole).mean())
    return float(np.sqrt(detection * association))
