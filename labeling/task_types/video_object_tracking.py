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
from labeling.task_types.tracks_chunks import Linked, linked_parts, part_of_track
from labeling.task_types.tracks_edges import TrackSkills, learned_habits
from labeling.task_types.tracks_files import undrawn_tracks
from labeling.task_types.tracks_joining import Switch, joined_votes
from labeling.task_types.tracks_linking import linked
from labeling.task_types.tracks_shapes import TRACKS
from labeling.task_types.video_labels import VideoLabels

MOST_TRACKS = 2_000  # of one answer
INNER = {name: shape.inner for name, shape in TRACKS.items()}


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
        super().check_settings(settings, categories)
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

    def part_of_instance(self, instance: Instance, q: Question) -> Instance | None:
        return part_of_track(instance, INNER, q)

    def linked(self, parts: Sequence[tuple[Question, Sequence[Instance]]], q: Question) -> Linked:
        return linked_parts(parts, INNER, q, least=self._threshold(q))

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
        joined, _ = joined_votes(votes, self._identities(asked, votes, skills), INNER, asked.question)
        verdict = super().consolidate(replace(asked, votes=tuple(joined)), skills)
        again, switches = joined_votes(votes, verdict.answer.instances, INNER, asked.question)
        if [vote.answer for vote in again] != [vote.answer for vote in joined]:
            verdict = super().consolidate(replace(asked, votes=tuple(again)), skills)
        return replace(verdict, notes=_notes(switches, verdict))

    def _identities(
        self, asked: Answered[Instances], votes: Sequence[Vote[Instances]], skills: Skills
    ) -> Sequence[Instance]:
        """Tracks that say who is who: of upright boxes by where they are, of the others a first label's."""
        boxes = [[one.geometry for one in vote.answer.instances if one.shape == "box"] for vote in votes]
        if not all(upright(tracks) for tracks in boxes):
            return super().consolidate(asked, skills).answer.instances
        found = linked(boxes, asked.question)
        if any(one.shape != "box" for vote in votes for one in vote.answer.instances):
            found += [one for one in super().consolidate(asked, skills).answer.instances if one.shape != "box"]
        return found


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
