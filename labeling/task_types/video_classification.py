"""One class a video clip."""

from __future__ import annotations

from labeling.task_types.classes import SingleClass


class VideoClassification(SingleClass):
    name = "video-classification"
    media = "video"
    manifest_type = "groundtruth/video-classification"
    title = "One class a video clip"
    widget = "crowd-classifier"
