"""Shapes in the frames of videos, each frame by itself: what is the same thing from frame to frame is not asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from labeling.task_types.attributes import instance_fields
from labeling.task_types.base import Json, Question, Scope
from labeling.task_types.frames import asked_frames
from labeling.task_types.frames_seqlabel import Drawn, Found, only_known
from labeling.task_types.frames_shapes import MOMENTS
from labeling.task_types.instances import Instance, Instances, Shape
from labeling.task_types.tracks_chunks import Linked, in_turn
from labeling.task_types.video_labels import VideoLabels, made_id


class VideoObjectDetection(VideoLabels):
    name = "video-object-detection"
    manifest_type = "groundtruth/video-object-detection"
    title = "Shapes in the frames of videos"
    hint = "People draw each thing in every frame, and say what it is."
    picture = "M4 4h40v28H4zM4 10h40M4 26h40M9 7h3M19 7h3M29 7h3M39 7h1M16 14h12v8H16z"
    scopes: ClassVar[tuple[Scope, ...]] = ("object", "frame", "instance")
    shapes: ClassVar = MOMENTS
    manifest_list = "detection-annotations"
    widget = "videoObjectDetection"
    widget_list = "instances"

    def inner(self, tool: str) -> Shape[Any]:
        return MOMENTS[tool].inner

    def part_of_instance(self, instance: Instance, q: Question) -> Instance | None:
        first, last = asked_frames(q)
        return instance if first <= instance.geometry.frame <= last else None

    def linked(self, parts: Sequence[tuple[Question, Sequence[Instance]]], q: Question) -> Linked:
        """Each part has its own frames, up to the middle of those that it shares."""
        turns = in_turn([asked_frames(asked) for asked, _ in parts])
        found: dict[str, Instance] = {}
        sources: dict[str, tuple[tuple[int, str], ...]] = {}
        for number, ((_, instances), (first, last)) in enumerate(zip(parts, turns, strict=True)):
            for one in instances:
                if first <= one.geometry.frame <= last:
                    ident = one.id if one.id not in found else made_id(one.id, number)
                    found[ident], sources[ident] = replace(one, id=ident), ((number, one.id),)
        return Linked(tuple(found.values()), sources, ())

    def placed(self, instance: Instance) -> Sequence[Any]:
        return [instance.geometry.at]

    def drawn(self, answer: Instances, tool: str, q: Question) -> list[Drawn]:
        return [
            Drawn(one, one.geometry.frame, one.geometry.at, one.attributes)
            for one in answer.instances
            if one.shape == tool
        ]

    def undrawn(self, found: Sequence[Found], categories: Sequence[int], q: Question) -> list[Json]:
        made = []
        for place, (one, category) in enumerate(zip(found, categories, strict=True)):
            fields = instance_fields(q, category)
            told = one.entry.get("label-category-attributes", {})
            only_known(told, fields, f"{one.pointer}/label-category-attributes")
            made.append(
                {
                    "id": made_id(place, one.frame, one.entry),
                    "shape": one.shape,
                    "category": category,
                    "geometry": {"frame": one.frame, "at": one.geometry},
                    "attributes": one.values(fields),
                }
            )
        return made
