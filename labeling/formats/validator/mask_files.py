"""Rules that open the PNGs of masks (E-SEG-PNG; spec 7.4, 7.12): what the line says, and what the file shows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from PIL import Image

from labeling.errors import Problem
from labeling.formats.references import classify
from labeling.formats.side_files import Opener, with_side_files
from labeling.formats.validator.rules import Broken
from labeling.formats.validator.shapes import size_of
from labeling.formats.validator.views import LabelView, LineView
from labeling.task_types.base import Json, LabelAttribute
from labeling.task_types.index_png import GREY, PALETTE, BadPng, IndexPng, read_png
from labeling.task_types.masks import hex_of

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
Size: TypeAlias = tuple[int, int]


class _Named:
    """One file by its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def side_names(self, attribute: LabelAttribute) -> tuple[str, ...]:
        return (self.name,)


def semantic(line: LineView, label: LabelView, opener: Opener) -> Iterator[Broken]:
    """The PNG is 8-bit palette, of the image's size, holds keys of internal-color-map only, in their colours."""
    if not isinstance(label.value, str):
        return  # E-SEG-URI
    png = _read(label.value, _image_size(line, opener), PALETTE, opener)
    if isinstance(png, str):
        yield Broken("E-SEG-PNG", label.at(), png)
        return
    classes = label.meta.get("internal-color-map")
    known: Mapping[str, Any] = classes if isinstance(classes, dict) else {}
    strange = sorted(value for value in _values(png) if str(value) not in known)
    if strange:
        said = f"It holds the value {strange[0]}, which is no key of internal-color-map."
        yield Broken("E-SEG-PNG", label.at(), said)
    for key, one in known.items():
        wanted = one.get("hex-color") if isinstance(one, dict) else None
        place = int(key) if key.isascii() and key.isdigit() and len(key) < 4 else len(png.palette)
        shown = hex_of(png.palette[place]) if place < len(png.palette) else "nothing"
        if wanted != shown:
            said = f"Its palette has {shown} at {key[:20]}, internal-color-map has {str(wanted)[:20]}."
            yield Broken("E-SEG-PNG", label.meta_at("internal-color-map", key, "hex-color"), said)


def instances(_: LineView, label: LabelView, opener: Opener) -> Iterator[Broken]:
    """The PNG is 8-bit grey, of the size of `image_size`, and its values are the 1-based places of the instances."""
    value: Json = label.value if isinstance(label.value, dict) else {}
    entries = value.get("instances")
    if not isinstance(entries, list) or not entries or "image_size" not in value:
        return
    first = entries[0].get("mask-uri") if isinstance(entries[0], dict) else None
    if not isinstance(first, str):
        return  # E-SEG-URI
    size = size_of(value)
    png = _read(first, (size[1], size[0]) if size else None, GREY, opener)
    if isinstance(png, str):
        yield Broken("E-SEG-PNG", label.at("instances", 0, "mask-uri"), png)
        return
    held = _values(png) - {0}
    for place in range(len(entries)):
        if place + 1 not in held:
            yield Broken("E-SEG-PNG", label.at("instances", place), f"No pixel of the PNG has the value {place + 1}.")
    if held and max(held) > len(entries):
        said = f"The PNG holds the value {max(held)}, and there are {len(entries)} instances."
        yield Broken("E-SEG-PNG", label.at("instances"), said)


def _values(png: IndexPng) -> set[int]:
    """Which of the 256 occur."""
    seen = [False] * 256
    for row in png.picture:  # a row at a time: no second copy of the picture
        for value in set(row.tobytes()):
            seen[value] = True
    return {value for value, held in enumerate(seen) if held}


def _read(name: str, size: Size | None, kind: int, opener: Opener) -> IndexPng | str:
    """The PNG, or what is wrong with it."""
    try:
        files = with_side_files(_Named(name), LabelAttribute(name, {}), opener).side_files
        if name not in files:
            return "There is no such file."
        return read_png(files[name], size=size, kind=kind)
    except (Problem, BadPng) as error:
        return error.what if isinstance(error, Problem) else str(error)


def _image_size(line: LineView, opener: Opener) -> Size | None:
    """(height, width) from the image's header; None where it is not at hand: nothing is compared then."""
    source = line.object.get("source-ref")
    if not isinstance(source, str):
        return None
    try:
        with warnings.catch_warnings(), opener(classify(source)) as stream:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # its pixels are not read
            image = Image.open(stream, formats=FORMATS)
            return image.height, image.width
    except (Problem, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
