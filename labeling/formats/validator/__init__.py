"""The strict validator of Ground-Truth-style manifests: the rules of spec section 13, one module a group.

A new rule is a line in `rules.RULES` and a function in one of the lists here. Memory is flat: a line is read, told
about and forgotten; what needs the whole file stands in `across`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from labeling.errors import ManifestLineError
from labeling.formats.findings import Finding
from labeling.formats.lines import BOM, MAX_LINE_BYTES, LineSource, RawLine, parsed, raw_lines
from labeling.formats.side_files import Opener
from labeling.formats.validator import (
    classes,
    general,
    mask_files,
    masks,
    metadata,
    seq_labels,
    sequence_files,
    shapes,
    spans,
)
from labeling.formats.validator.across import Across
from labeling.formats.validator.compare import beside
from labeling.formats.validator.rules import RULES, Broken, finding
from labeling.formats.validator.views import LabelView, LineView

__all__ = ["RULES", "Finding", "validate"]

LineRule: TypeAlias = Callable[[LineView], Iterator[Broken]]
LabelRule: TypeAlias = Callable[[LineView, LabelView], Iterator[Broken]]
FileRule: TypeAlias = Callable[[LineView, LabelView, Opener], Iterator[Broken]]

LINE_RULES: Sequence[LineRule] = (general.source, general.sizes, general.dollars, general.order, metadata.no_object)
LABEL_RULES: Sequence[LabelRule] = (
    metadata.name,
    metadata.failure,
    metadata.kind,
    metadata.common,
    metadata.adjustment,
)
TYPE_RULES: Mapping[str, LabelRule] = {
    "groundtruth/image-classification": classes.single,
    "groundtruth/text-classification": classes.single,
    "groundtruth/video-classification": classes.single,
    "groundtruth/image-classification-multilabel": classes.several,
    "groundtruth/text-classification-multilabel": classes.several,
    "groundtruth/label-verification": classes.verification,
    "groundtruth/object-detection": shapes.boxes,
    "groundtruth/custom": shapes.custom,
    "groundtruth/semantic-segmentation": masks.mask,
    "groundtruth/text-span": spans.spans,
}
FILE_RULES: Mapping[str, FileRule] = {
    "groundtruth/semantic-segmentation": mask_files.semantic,
    "groundtruth/custom": mask_files.instances,
    "groundtruth/text-span": spans.in_file,
    "groundtruth/video-object-detection": seq_labels.files,
    "groundtruth/video-object-tracking": seq_labels.files,
}


def validate(
    stream: LineSource,
    *,
    strict: bool = False,
    input_stream: LineSource | None = None,
    max_bytes: int = MAX_LINE_BYTES,
    files: Opener | None = None,
) -> Iterator[Finding]:
    """Every finding of a manifest: line by line, then (each with its line) what only the whole file shows.

    `strict` gives the starred warnings severity "error"; they keep their rule's id, so that a caller may still let
    one of them pass (W-SRC-SCHEME for a local export). `input_stream`: the manifest that this one was made from.
    `files` opens what the manifest names; without it the rules that look into files are left out.
    """
    across = Across()
    comparison = beside(input_stream, max_bytes=max_bytes) if input_stream is not None else None
    number = 0
    for raw in raw_lines(stream, max_bytes=max_bytes):
        number = raw.number
        for broken in _line(raw, across, max_bytes, files):
            yield finding(number, broken, strict=strict)
        for broken in comparison.see(raw) if comparison else ():
            yield finding(number, broken, strict=strict)
    for place, broken in across.end():
        yield finding(place, broken, strict=strict)
    for broken in comparison.end(number) if comparison else ():
        yield finding(number, broken, strict=strict)


def _line(raw: RawLine, across: Across, max_bytes: int, files: Opener | None) -> Iterator[Broken]:
    if raw.number == 1 and raw.data is not None and raw.data.startswith(BOM):
        yield Broken("E-BOM", "", "The file begins with a byte order mark.")
    try:
        line = parsed(raw, max_bytes=max_bytes, allow_bom=True)
    except ManifestLineError as error:
        yield Broken(error.rule, error.pointer, error.what)
        return
    view = LineView(line.text, line.object)
    for line_rule in LINE_RULES:
        yield from line_rule(view)
    if files is not None:
        yield from sequence_files.sequence(view, files)
    for label in view.labels:
        yield from _label(view, label, files)
    yield from across.see(raw.number, view)


def _label(view: LineView, label: LabelView, files: Opener | None) -> Iterator[Broken]:
    for label_rule in LABEL_RULES:
        yield from label_rule(view, label)
    if not label.present or label.is_failure:
        return
    if label.type in TYPE_RULES:
        yield from TYPE_RULES[label.type](view, label)
    if files is not None and label.type in FILE_RULES:
        yield from FILE_RULES[label.type](view, label, files)
