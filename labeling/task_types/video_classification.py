"""One class a video clip."""

from __future__ import annotations

from labeling.task_types.classes import SingleClass


class VideoClassification(SingleClass):
    name = "video-classification"
    media = "video"
    manifest_type = "groundtruth/video-classification"
    title = "One class a video clip"
    hint = "People watch the clip and choose the one class that fits it."
    picture = "M4 7h24v22H4zM12 13l8 5-8 5zM34 18l3 3 6-6M34 9h9M34 28h9"
    widget = "crowd-classifier"
