"""Rules that open the sequence files of a manifest and look for their frames (E-SEQ-*, W-SEQ-ORDER; spec 3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.errors import Problem
from labeling.formats.references import classify
from labeling.formats.sequences import MOST_BYTES, faults, names_sequence, parse
from labeling.formats.side_files import Opener
from labeling.formats.validator.rules import Broken
from labeling.formats.validator.views import LineView
from labeling.task_types.base import Json

AT = "/source-ref"


def sequence(line: LineView, opener: Opener) -> Iterator[Broken]:
    """The file that source-ref names, when it is a .json, and whether its frames are there."""
    source = line.object.get("source-ref")
    if not isinstance(source, str) or not source:
        return
    try:
        reference = classify(source)
        if not names_sequence(reference) or reference.kind != "relative":
            return  # what lies elsewhere is not fetched
        with opener(reference) as stream:
            content = stream.read(MOST_BYTES + 1)
    except (Problem, OSError) as error:
        yield Broken("E-SEQ-FILE", AT, error.what if isinstance(error, Problem) else "The file can't be read.")
        return
    value = parse(content)
    found = list(faults(value)) if isinstance(value, dict) else [value]
    for fault in found:
        yield Broken(fault.rule, AT, f"{fault.message} ({fault.pointer or 'sequence file'})")
    if isinstance(value, dict) and not any(fault.rule.startswith("E-") for fault in found):
        yield from _missing(value, opener)


def _missing(value: Json, opener: Opener) -> Iterator[Broken]:
    """The first frame that is not there, and how many more are not."""
    gone = [frame["frame"] for frame in value["frames"] if not _is_there(value["prefix"] + frame["frame"], opener)]
    if gone:
        more = f", and {len(gone) - 1:,} more" if len(gone) > 1 else ""
        yield Broken("E-SEQ-FILE", AT, f"The frame {gone[0][:80]!r} can't be opened{more}.")


def _is_there(text: str, opener: Any) -> bool:
    try:
        reference = classify(text)
        if reference.kind != "relative":
            return True  # not looked for
        with opener(reference):
            return True
    except (Problem, OSError):
        return False
