"""Good lines of every type, made anew at each call, so that a test can break one thing in one of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from labeling.formats.findings import Finding
from labeling.formats.strictjson import dumps
from labeling.formats.validator import validate

Line = dict[str, Any]


def common(kind: str, job: str) -> Line:
    return {
        "type": f"groundtruth/{kind}",
        "job-name": f"labeling-job/{job}",
        "human-annotated": "yes",
        "creation-date": "2026-03-01T10:00:00.000000",
    }


def image(place: int = 1) -> Line:
    return {"source-ref": f"s3://quarry/stones/{place}.jpg"}


def one_class(kind: str = "image-classification") -> Line:
    own = {"class-name": "basalt", "confidence": 0.9}
    return {**image(), "rock": 1, "rock-metadata": {**own, **common(kind, "rock")}}


def text_class() -> Line:
    own = {"class-name": "news", "confidence": 0}
    return {"source": "A quiet day.", "topic": 0, "topic-metadata": {**own, **common("text-classification", "topic")}}


def classes() -> Line:
    own = {"class-map": {"0": "dry", "2": "mossy"}, "confidence-map": {"0": 0.9, "2": 0.4}}
    return {
        **image(),
        "traits": [0, 2],
        "traits-metadata": {**own, **common("image-classification-multilabel", "traits")},
    }


def box(**changes: Any) -> Line:
    return {"class_id": 0, "left": 10, "top": 20, "width": 30, "height": 40, **changes}


def boxes(*made: Line) -> Line:
    found = list(made or (box(),))
    own = {"objects": [{"confidence": 0.8}] * len(found), "class-map": {"0": "pebble"} if found else {}}
    value = {"image_size": [{"width": 640, "height": 480, "depth": 3}], "annotations": found}
    return {**image(), "stones": value, "stones-metadata": {**own, **common("object-detection", "stones")}}


def no_boxes() -> Line:
    line = boxes()
    line["stones"]["annotations"] = []
    line["stones-metadata"] |= {"objects": [], "class-map": {}}
    return line


def polygons() -> Line:
    ring = [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 5, "y": 8}]
    value = {"image_size": [{"width": 640, "height": 480, "depth": 3}], "polygons": [{"class_id": 0, "vertices": ring}]}
    own = {"objects": [{"confidence": 0}], "class-map": {"0": "vein"}}
    return {**image(), "outline": value, "outline-metadata": {**own, **common("custom", "outline")}}


def mask() -> Line:
    own = {
        "internal-color-map": {
            "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.5},
            "1": {"class-name": "moss", "hex-color": "#2ca02c", "confidence": 0.5},
            "2": {"class-name": "lichen", "hex-color": "#1f77b4", "confidence": 0.5},
        }
    }
    value = "s3://quarry/out/cover/annotations/consolidated-annotation/output/0_2026-03-01T10:00:00.000000.png"
    return {**image(), "cover-ref": value, "cover-ref-metadata": {**own, **common("semantic-segmentation", "cover")}}


def spans() -> Line:
    entities = [
        {"label": "name", "startOffset": 0, "endOffset": 3},
        {"label": "town", "startOffset": 13, "endOffset": 17},
    ]
    value = {"annotations": {"entities": entities, "labels": [{"label": "name"}, {"label": "town"}]}}
    own = {"entities": [{"confidence": 0.9}, {"confidence": 0.7}]}
    return {"source": "Ida moved to Bath.", "who": value, "who-metadata": {**own, **common("text-span", "who")}}


def track() -> Line:
    value = "s3://quarry/out/carts/annotations/consolidated-annotation/output/0/SeqLabel.json"
    own = {"class-map": {"0": "cart"}}
    line = {"source-ref": "s3://quarry/clips/seq1.json", "carts-ref": value}
    return {**line, "carts-ref-metadata": {**own, **common("video-object-tracking", "carts")}}


def verdict() -> Line:
    own = {"class-name": "bad", "confidence": 0.9, "worker-feedback": [{"comment": "One stone is missing."}]}
    return {**boxes(), "check": 1, "check-metadata": {**own, **common("label-verification", "check")}}


def adjusted(status: str = "unadjusted") -> Line:
    line = boxes()
    meta = {**line["stones-metadata"], "adjustment-status": status, "job-name": "labeling-job/stones-2"}
    return {**line, "stones-2": boxes()["stones"], "stones-2-metadata": meta}


def failed() -> Line:
    reason = "ClientError: Annotation tasks expired. Nobody came."
    return {**image(), "stones-metadata": {"failure-reason": reason, "retry-count": 0, "human-annotated": "true"}}


GOOD = {
    "bare image": image,
    "image class": one_class,
    "text class": text_class,
    "clip class": lambda: one_class("video-classification"),
    "several classes": classes,
    "boxes": boxes,
    "no boxes": no_boxes,
    "polygons": polygons,
    "mask": mask,
    "spans": spans,
    "track": track,
    "verdict": verdict,
    "adjusted": lambda: adjusted(),
    "failed": failed,
}


def manifest(*lines: Line | str | bytes) -> io.BytesIO:
    return io.BytesIO(b"".join(_bytes(line) + b"\n" for line in lines))


def _bytes(line: Line | str | bytes) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else dumps(line)).encode()


def findings(*lines: Line | str | bytes, **options: Any) -> list[Finding]:
    return list(validate(manifest(*lines), **options))


def rules(*lines: Line | str | bytes, **options: Any) -> Iterator[str]:
    return (one.rule for one in findings(*lines, **options))


def changed(line: Line, path: str, value: Any) -> Line:
    """The line with the value at `path` (keys joined by /) set; `...` takes it out."""
    *outer, last = path.split("/")
    inner: Any = line
    for key in outer:
        inner = inner[int(key) if isinstance(inner, list) else key]
    if value is ...:
        del inner[last]
    else:
        inner[int(last) if isinstance(inner, list) else last] = value
    return line
