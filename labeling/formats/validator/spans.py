"""Rules for spans of text (spec 7.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.errors import Problem
from labeling.formats.findings import pointer
from labeling.formats.names import META, OURS
from labeling.formats.references import classify
from labeling.formats.side_files import Opener
from labeling.formats.validator.rules import Broken
from labeling.formats.validator.shapes import objects
from labeling.formats.validator.views import LabelView, LineView, is_index
from labeling.task_types.span import TEXTS

LARGEST = 64 << 20  # bytes of a text that is opened


def spans(line: LineView, label: LabelView) -> Iterator[Broken]:
    """E-NER-OFF, E-NER-LABEL, E-NER-TEXT, W-NER-OVERLAP, W-NER-PASS, and each span's confidence."""
    inner = label.value.get("annotations") if isinstance(label.value, dict) else None
    entities = inner.get("entities") if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or not isinstance(entities, list):
        yield Broken("E-OBJ-LEN", label.at("annotations", "entities"), "There is no list of spans.")
        return
    names = _names(inner.get("labels"))
    if names is None:
        yield Broken("E-NER-LABEL", label.at("annotations", "labels"), "labels is not a list of classes.")
    for place, one in enumerate(entities):
        yield from _entity(one, line.object.get("source"), names, label.at("annotations", "entities", place))
    yield from _covered(label, entities, line.object.get("source"))
    yield from _overlaps(entities, label.at("annotations", "entities"))
    yield from objects(label, "entities", len(entities))
    if line.by_type[label.type][0] is label:  # once a line
        yield from _passed_through(line, label)


def in_file(line: LineView, label: LabelView, opener: Opener) -> Iterator[Broken]:
    """E-NER-OFF and E-NER-TEXT for a text in a file of its own; nothing where it is not at hand."""
    inner = label.value.get("annotations") if isinstance(label.value, dict) else None
    entities = inner.get("entities") if isinstance(inner, dict) else None
    text = _text(line.object.get("source-ref"), opener) if isinstance(entities, list) else None
    if text is None or not isinstance(entities, list):
        return
    for place, one in enumerate(entities):
        if _offsets(one) is not None:
            yield from _entity(one, text, None, label.at("annotations", "entities", place))
    yield from _covered(label, entities, text)


def _text(reference: Any, opener: Opener) -> str | None:
    if not isinstance(reference, str):
        return None
    try:
        with opener(classify(reference)) as stream:
            return stream.read(LARGEST).decode()
    except (Problem, OSError, UnicodeDecodeError):
        return None


def _covered(label: LabelView, entities: list[Any], text: Any) -> Iterator[Broken]:
    """E-NER-TEXT: what our own exports say that the spans cover stands there."""
    ours = label.meta.get(OURS)
    texts = ours.get(TEXTS) if isinstance(ours, dict) else None
    if not isinstance(texts, list) or not isinstance(text, str):
        return
    for place, (one, said) in enumerate(zip(entities, texts, strict=False)):
        span = _offsets(one)
        if span is not None and span[1] <= len(text) and isinstance(said, str) and text[slice(*span)] != said:
            at = label.meta_at(OURS, TEXTS, place)
            yield Broken("E-NER-TEXT", at, "The text that the span should cover is not what stands there.")


def _names(labels: Any) -> set[str] | None:
    if not isinstance(labels, list):
        return None
    names = [one.get("label") for one in labels if isinstance(one, dict)]
    texts = {name for name in names if isinstance(name, str)}
    return texts if len(names) == len(labels) else None


def _entity(one: Any, text: Any, names: set[str] | None, at: str) -> Iterator[Broken]:
    span = _offsets(one)
    if span is None:
        yield Broken("E-NER-OFF", at, "startOffset and endOffset are not integers with the start before the end.")
    elif isinstance(text, str) and span[1] > len(text):
        yield Broken("E-NER-OFF", at, f"endOffset is {span[1]:,}; the text has {len(text):,} characters.")
    name = one.get("label") if isinstance(one, dict) else None
    if names is not None and not (isinstance(name, str) and name in names):
        yield Broken("E-NER-LABEL", at, "The span's label is not among labels.")


def _offsets(one: Any) -> tuple[int, int] | None:
    start, end = (one.get("startOffset"), one.get("endOffset")) if isinstance(one, dict) else (None, None)
    if is_index(start) and is_index(end) and start < end:
        return start, end
    return None


def _overlaps(entities: list[Any], at: str) -> Iterator[Broken]:
    reached, held = 0, -1
    ordered = sorted((span, place) for place, one in enumerate(entities) if (span := _offsets(one)))
    for (start, end), place in ordered:
        if start < reached:
            yield Broken("W-NER-OVERLAP", f"{at}/{place}", f"The span overlaps with the one at place {held}.")
        if end > reached:
            reached, held = end, place


def _passed_through(line: LineView, label: LabelView) -> Iterator[Broken]:
    own = {"source", "source-ref", label.name, label.name + META}
    for key, value in line.object.items():
        if key in own:
            continue
        if value is None or isinstance(value, int | float):
            yield Broken("W-NER-PASS", pointer(key), "The value is a number, true, false or null.")
        elif "annotations" in value:
            yield Broken("W-NER-PASS", pointer(key), "The value holds the word annotations.")
