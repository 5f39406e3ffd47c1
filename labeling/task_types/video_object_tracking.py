"""Tracks in videos: the same thing through all frames, told by key frames, by several people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from labeling.errors import InvalidAnswer, InvalidJob
from labeling.quality.voting import lot
from labeling.task_types.base import Answered, Category, Json, Note, Question, Skills, Verdict, Vote
from labeling.task_types.frames import asked_frames
from labeling.task_types.frames_seqlabel import Drawn, Found, values_at
from labeling.task_types.instances import Instance, Instances, Shape
from labeling.task_types.merging import learned
from labeling.task_types.tracks import shapes_at, shown
from labeling.task_types.tracks_boxes import upright
from labeling.task_types.tracks_edges import TrackSkills, learned_habits
from labeling.task_types.tracks_files import undrawn_tracks
from labeling.task_types.tracks_joining import Switch, joined_votes
from labeling.task_types.tracks_linking import linked
from labeling.task_types.tracks_shapes import TRACKS
from labeling.task_types.video_labels import VideoLabels

MOST_TRACKS = 2_000  # of one answer
ROUNDS = 2  # in which the workers' tracks are cut and joined as the label before has them; a third changed nothing


class VideoObjectTracking(VideoLabels):
    name = "video-object-tracking"
    manifest_type = "groundtruth/video-object-tracking"
    title = "Tracks in videos"
    hint = "People follow each thing through the frames: they draw it in a few, and the computer fills in between."
    picture = "M4 4h40v28H4zM8 18h8v10H8zM30 8h9v10h-9zM16 20l14-5"
    scopes = ("object", "frame", "instance", "track")
    shapes: ClassVar = TRACKS
    manifest_list = "tracking-annotations"
    widget = "videoObjectTracking"
    widget_list = "instances"
    likeness = "the mean over all frames of how much the shapes overlap"
    threshold = 0.3
    right_from = 0.5

    def check_settings(self, settings: Json, categories: Sequence[Category]) -> None:
        """Readers split an object's name at its colon (spec section 7.11). Raises InvalidJob."""
        for place, category in enumerate(categories):
            if ":" in category.name:
                problem = f"The category {category.name!r} holds a colon, at which readers of tracks split names."
                raise InvalidJob(problem, where=f"categories/{place}/name", todo="Rename it.")

    def parse(self, raw: Json, q: Question) -> Instances:
        listed = raw.get("instances") if isinstance(raw, dict) else None
        if isinstance(listed, list) and len(listed) > MOST_TRACKS:
            raise InvalidAnswer("/instances", f"{len(listed):,} tracks; an answer holds at most {MOST_TRACKS:,}.")
        return super().parse(raw, q)

    def inner(self, tool: str) -> Shape[Any]:
        return TRACKS[tool].inner

    def placed(self, instance: Instance) -> Sequence[Any]:
        return [key.at for key in instance.geometry.keys if key.at is not None]

    def untold(self, instance: Instance, q: Question) -> Sequence[tuple[str, bool]]:
        hidden = any(key.occluded for key in instance.geometry.keys)
        return [("key frames", True), ("hidden parts of tracks", hidden), *super().untold(instance, q)]

    def drawn(self, answer: Instances, tool: str, q: Question) -> list[Drawn]:
        """Interpolated frames too: a reader needs no key frames."""
        last = asked_frames(q)[1]
        made = []
        for one, name in zip(answer.instances, _names(answer, q), strict=True):
            if one.shape != tool:
                continue
            frames = [frame for first, until in shown(one.geometry, last) for frame in range(first, until + 1)]
            values = values_at(one.attributes, one.geometry.values, frames)
            shapes = shapes_at(self.inner(tool), one.geometry, frames, last)
            made += [Drawn(one, frame, shapes[frame], values[frame], name) for frame in frames]
        return made

    def undrawn(self, found: Sequence[Found], categories: Sequence[int], q: Question) -> list[Json]:
        return undrawn_tracks(found, categories, q)

    def skills(self, job: Sequence[Answered[Instances]]) -> Skills:
        """What is learned of all located answers, and how late and early each worker's tracks begin and end."""
        known = learned(job, self._matching)
        return TrackSkills(known.hands, known.crowd, learned_habits(job, self._matching))

    def consolidate(self, asked: Answered[Instances], skills: Skills) -> Verdict[Instances]:
        """The workers' tracks are cut and joined where identities had switched, matched and merged; again, if the
        label's identities are others then. Raises ValueError without votes."""
        if asked.known is not None or len({vote.answer.instances for vote in asked.votes}) <= 1:
            return super().consolidate(asked, skills)
        votes = sorted(asked.votes, key=lambda vote: (lot(vote.worker), repr(vote.answer)))
        inner = {name: shape.inner for name, shape in TRACKS.items()}
        agreed, verdict = self._identities(asked, votes, skills)
        given = [vote.answer for vote in votes]
        for _ in range(ROUNDS):
            joined, switches = joined_votes(votes, agreed, inner, asked.question)
            answers = [vote.answer for vote in joined]
            if verdict is None or answers != given:
                verdict = super().consolidate(replace(asked, votes=tuple(joined)), skills)
            verdict = replace(verdict, notes=_notes(switches, verdict))
            given, agreed = answers, verdict.answer.instances
        return verdict if verdict is not None else super().consolidate(asked, skills)

    def _identities(
        self, asked: Answered[Instances], votes: Sequence[Vote[Instances]], skills: Skills
    ) -> tuple[Sequence[Instance], Verdict[Instances] | None]:
        """Tracks that say who is who: of upright boxes by where they are, of the others a first label's."""
        boxes = [[one for one in vote.answer.instances if one.shape == "box"] for vote in votes]
        tracks = [[one.geometry for one in each] for each in boxes]
        others = any(len(each) < len(vote.answer.instances) for each, vote in zip(boxes, votes, strict=True))
        if not all(upright(each) for each in tracks):
            first = super().consolidate(asked, skills)
            return first.answer.instances, first
        found = linked(tracks, asked.question)
        if others:
            first = super().consolidate(asked, skills)
            found += [one for one in first.answer.instances if one.shape != "box"]
        return found, None


def _notes(switches: list[Switch], again: Verdict[Instances]) -> tuple[Note, ...]:
    """Of the switches, those whose track is in the label: the first label's ids may be gone from the second."""
    there = {one.id for one in again.answer.instances}
    said = "A track of one of the workers goes on with another thing here; it was put right by the others'."
    return tuple(Note(said, one.part if one.part in there else None, one.frame) for one in switches)


def _names(answer: Instances, q: Question) -> list[str]:
    """Of each track the class's name and its number among those of the class."""
    counted: Counter[int] = Counter()
    made = []
    for one in answer.instances:
        counted[one.category] += 1
        made.append(f"{q.categories[one.category].name}:{counted[one.category]}")
    return made
