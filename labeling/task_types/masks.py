"""Masks in answers, and as pictures of numbers: what the two kinds of segmentation share.

A mask travels as COCO's run-length encoding of the whole image and is never spread out but in crops; a picture of
numbers, the size of the image, is made only where a PNG is written or read.
"""

from __future__ import annotations

import base64
import colorsys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.geometry.masks import Mask, Window, around, mask_of, overlaps
from labeling.geometry.rle import BadCounts, Ints, decode, encode, runs_between
from labeling.quality.clusters import Pairs
from labeling.quality.pixels import REACH, merged
from labeling.task_types.base import Floats, Json, LabelAttribute, MediaFacts, Question
from labeling.task_types.index_png import GREY, PALETTE, BadPng, Colour, IndexPng, Picture, read_png
from labeling.task_types.instances import Shape
from labeling.task_types.reading import integer, kind_of, members

MOST = 255  # values of an 8-bit picture beside 0
MOST_COUNTS = 4 << 20  # characters of a mask; noise over a whole 1080p picture has 1.5 million
RIGHT = 0.7  # IoU from which an audit calls a machine's mask right
PNG_NAME = "{object}_{created}.png"
"""A side file's name; whoever writes the folder puts the object's id and the label's date in."""

_FIRST = ("2ca02c", "1f77b4", "ff7f0e", "d62728")  # as seen in files of the service


class MaskShape(Shape[Mask]):
    name = "mask"
    keys = ("size", "counts")

    def schema(self, q: Question, category: int) -> Json:
        return {
            "type": "object",
            "properties": {
                "size": {"const": [q.media.height, q.media.width]},
                "counts": {"type": "string", "minLength": 1, "maxLength": MOST_COUNTS},
            },
            "required": list(self.keys),
            "additionalProperties": False,
        }

    def parse(self, raw: Any, q: Question, category: int, pointer: str) -> Mask:
        """Keeps the canonical text, whichever of the texts of one mask came."""
        given = members(raw, pointer, required=self.keys)
        size = (q.media.height, q.media.width)
        _check_size(given["size"], size, f"{pointer}/size")
        counts = given["counts"]
        if not isinstance(counts, str):
            raise InvalidAnswer(f"{pointer}/counts", f"This must be text, and is {kind_of(counts)}.")
        if len(counts) > MOST_COUNTS:
            said = f"This mask's text has {len(counts):,} characters; {MOST_COUNTS:,} are the most."
            raise InvalidAnswer(f"{pointer}/counts", said, todo="Smooth the mask.")
        try:
            runs = decode(counts, size[0] * size[1])
        except BadCounts as error:
            said = f"This is no run-length encoding of the image. {error}"
            raise InvalidAnswer(f"{pointer}/counts", said, todo="Encode the whole image as COCO's tools do.") from error
        if len(runs) == 1 and runs[0]:
            raise InvalidAnswer(f"{pointer}/counts", "The mask is empty.", todo="Paint something, or leave it out.")
        return Mask(size, encode(runs))

    def dump(self, geometry: Mask) -> Json:
        return {"size": list(geometry.size), "counts": geometry.counts}

    def similarity(self, a: Sequence[Mask], b: Sequence[Mask], least: float, q: Question) -> Pairs:
        return overlaps(a, b, least)

    def merge(self, geometries: Sequence[Mask], weights: Floats, q: Question) -> Mask:
        """Pixel by pixel; where no pixel gets half of the weight, the best worker's."""
        if len(set(geometries)) == 1:
            return geometries[0]
        window = around(geometries, REACH)
        crop = merged([one.crop(window) for one in geometries], weights)
        return mask_of(crop, window, geometries[0].size) if crop.any() else geometries[0]

    def interpolate(self, a: Mask, b: Mask, t: float) -> Mask:
        """Masks are held."""
        return a if t < 1 else b

    def rounded(self, geometry: Mask, media: MediaFacts) -> Mask:
        return geometry


MASK = MaskShape()


def _check_size(raw: Any, size: tuple[int, int], pointer: str) -> None:
    if not isinstance(raw, list) or len(raw) != 2:
        raise InvalidAnswer(pointer, "This must be a list of height and width.")
    told = tuple(integer(side, f"{pointer}/{place}") for place, side in enumerate(raw))
    if told != size:
        problem = f"The mask is of an image of {told[1]} x {told[0]} px; this one has {size[1]} x {size[0]}."
        raise InvalidAnswer(pointer, problem, todo="Write [height, width] of the image as stored.")


# Pictures of numbers


def painted(masks: Sequence[tuple[Mask, int]], size: tuple[int, int]) -> Picture:
    """(height, width) numbers: each mask's value, 0 where none is; later ones lie on top."""
    picture = np.zeros(size, dtype=np.uint8)
    paint(picture, masks, Window(0, 0, size[1], size[0]))
    return picture


def paint(picture: Picture, masks: Sequence[tuple[Mask, int]], window: Window) -> None:
    """The same into a picture of `window` alone, which holds all of them."""
    for mask, value in masks:
        place = mask.bounds
        top, left = place.top - window.top, place.left - window.left
        picture[top : top + place.height, left : left + place.width][mask.crop()] = value


def masks_in(picture: Picture) -> dict[int, Mask]:
    """The mask of each number but 0, ascending."""
    height, width = picture.shape
    flat = picture.T.ravel()
    turns = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts: Ints = np.concatenate([[0], turns]).astype(np.int64)
    stops: Ints = np.concatenate([turns, [flat.size]]).astype(np.int64)
    values = flat[starts]
    found = {}
    for value in np.unique(values).tolist():
        own = values == value
        if value:
            found[value] = Mask((height, width), encode(runs_between(starts[own], stops[own], flat.size)))
    return found


def read_side_png(attribute: LabelAttribute, name: Any, q: Question, pointer: str, *, grey: bool = False) -> IndexPng:
    """The PNG of a label, checked against the image's size before it is decoded. Raises InvalidAnswer."""
    if not isinstance(name, str):
        raise InvalidAnswer(pointer, f"This must be the address of a PNG, and is {kind_of(name)}.")
    data = attribute.side_files.get(name)
    if data is None:
        todo = "Keep the folder `annotations` beside the manifest, or name the folder that the addresses begin in."
        raise InvalidAnswer(pointer, f"The file {name[:200]!r} is not at hand.", todo=todo)
    try:
        return read_png(data, size=(q.media.height, q.media.width), kind=GREY if grey else PALETTE)
    except BadPng as error:
        raise InvalidAnswer(pointer, f"The file {name[:200]!r} is not this label's PNG. {error}") from error


# Colours


def colour(place: int) -> Colour:
    """The colour of number `place`, 1..255: the service's four, then hues that lie far from their neighbours'.

    All are distinct, none is white.
    """
    if place <= len(_FIRST):
        return _of_hex(_FIRST[place - 1])
    hue = place * 0.6180339887498949 % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, (0.9, 0.6, 0.75)[place % 3], (0.85, 0.65, 0.5)[place // 3 % 3])
    return round(red * 255), round(green * 255), round(blue * 255)


def hex_of(one: Colour) -> str:
    return "#" + "".join(f"{value:02x}" for value in one)


def _of_hex(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text)
    return red, green, blue


def palette(count: int) -> list[Colour]:
    """Of `count` numbers: white for 0, then their colours."""
    return [(255, 255, 255), *(colour(place) for place in range(1, count + 1))]


def labeled_image(png: bytes) -> Json:
    """As crowd elements give a picture (spec section 10.1)."""
    return {"pngImageData": base64.b64encode(png).decode("ascii")}


def image_properties(q: Question) -> Mapping[str, int]:
    return {"width": q.media.width, "height": q.media.height}


# Slips


def slipped(mask: Mask, generator: np.random.Generator, others: Sequence[Mask] = ()) -> Mask | None:
    """The mask moved by a good part of its own size, without the others' pixels; None when nothing is left."""
    height, width = mask.size
    bounds = mask.bounds
    across = int(generator.choice([-1, 1])) * max(1, round(bounds.width * generator.uniform(0.3, 0.6)))
    down = int(generator.choice([-1, 1])) * max(1, round(bounds.height * generator.uniform(0.3, 0.6)))
    left, top = max(bounds.left + across, 0), max(bounds.top + down, 0)
    right = min(bounds.left + across + bounds.width, width)
    bottom = min(bounds.top + down + bounds.height, height)
    if right <= left or bottom <= top:
        return None
    there = Window(left, top, right - left, bottom - top)
    crop = mask.crop(Window(left - across, top - down, there.width, there.height)).copy()
    for other in others:
        crop &= ~other.crop(there)
    return mask_of(crop, there, mask.size) if crop.any() else None
