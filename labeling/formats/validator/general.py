"""Rules for every line: its source, its size, its keys and their order (spec sections 2 and 3)."""

from __future__ import annotations

from collections.abc import Iterator

from labeling.formats.findings import pointer
from labeling.formats.names import META
from labeling.formats.references import ReferenceRefused, classify
from labeling.formats.source import MAX_LINE_CHARACTERS, MAX_VALUE_CHARACTERS, dollar_keys, holds_labels, large_values
from labeling.formats.validator.rules import Broken
from labeling.formats.validator.views import LineView


def source(line: LineView) -> Iterator[Broken]:
    """E-SRC, E-SRC-BOTH, E-SRC-TYPE, W-SRC-SCHEME."""
    keys = [key for key in ("source", "source-ref") if key in line.object]
    if len(keys) != 1:
        rule, said = (
            ("E-SRC-BOTH", "source and source-ref stand") if keys else ("E-SRC", "neither source nor source-ref stands")
        )
        yield Broken(rule, "", f"{said[0].upper()}{said[1:]} in the line.")
    for key in keys:
        value = line.object[key]
        if not isinstance(value, str) or not value:
            yield Broken("E-SRC-TYPE", pointer(key), f"{key} is not a non-empty string.")
        elif key == "source-ref" and not _is_s3(value):
            yield Broken("W-SRC-SCHEME", "/source-ref", f"{value[:80]!r} is not of the form s3://bucket/key.")


def _is_s3(value: str) -> bool:
    try:
        return classify(value).kind == "s3"
    except ReferenceRefused:
        return False


def sizes(line: LineView) -> Iterator[Broken]:
    """E-LINE-SIZE, W-LINE-SIZE, W-SIZE."""
    if len(line.text) > MAX_LINE_CHARACTERS:
        rule = "W-LINE-SIZE" if holds_labels(line.object) else "E-LINE-SIZE"
        yield Broken(rule, "", f"The line has {len(line.text):,} characters; the limit is {MAX_LINE_CHARACTERS:,}.")
    for key, size in large_values(line.text, line.object):
        said = f"The value has {size:,} characters; the limit is {MAX_VALUE_CHARACTERS:,}."
        yield Broken("W-SIZE", pointer(key), said)


def dollars(line: LineView) -> Iterator[Broken]:
    """E-DOLLAR."""
    for key in dollar_keys(line.object):
        yield Broken("E-DOLLAR", pointer(key), f"The key {key[:40]!r} begins with $.")


def order(line: LineView) -> Iterator[Broken]:
    """E-ORDER: the source first, each label before its metadata."""
    places = {key: place for place, key in enumerate(line.object)}
    first = next(iter(places), "")
    if first not in ("source", "source-ref") and ("source" in places or "source-ref" in places):
        yield Broken("E-ORDER", pointer(first), f"The key {first[:40]!r} stands before the source.")
    for label in line.labels:
        if label.present and places[label.name] > places[label.name + META]:
            yield Broken("E-ORDER", label.at(), "The label stands after its metadata.")
