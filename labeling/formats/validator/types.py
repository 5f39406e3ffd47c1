"""The types of label that the format knows (spec section 7); whose label is a file is told by WITH_REF."""

from __future__ import annotations

WITH_REF = frozenset(
    "groundtruth/" + name
    for name in (
        "semantic-segmentation",
        "video-object-detection",
        "video-object-tracking",
        "point_cloud_object_tracking",
        "point_cloud_single_frame_semantic_segmentation",
    )
)
"""Their label is the address of a file, and its name ends with -ref."""

KNOWN = WITH_REF | {
    "groundtruth/" + name
    for name in (
        "image-classification",
        "image-classification-multilabel",
        "object-detection",
        "text-classification",
        "text-classification-multilabel",
        "text-span",
        "label-verification",
        "video-classification",
        "custom",
        "point_cloud_object_detection",
    )
}
