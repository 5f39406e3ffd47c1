"""E-SEG-PNG: each way in which a mask's file can break its line, and the sound one beside it."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from labeling.formats.side_files import beside
from labeling.formats.strictjson import dumps
from labeling.formats.validator import validate
from labeling.task_types.index_png import write_png
from tests.formats.lines_of import Line, changed, common

COLOURS = [(255, 255, 255), (0x2C, 0xA0, 0x2C), (0x1F, 0x77, 0xB4)]
PICTURE = np.array([[0, 1, 1, 0], [2, 2, 0, 0], [0, 0, 0, 1]], dtype=np.uint8)
GREY_PICTURE = np.array([[0, 1, 1, 0], [2, 2, 0, 0], [0, 0, 0, 1]], dtype=np.uint8)


def semantic(address: str = "masks/1.png") -> Line:
    named = [("BACKGROUND", "#ffffff"), ("water", "#2ca02c"), ("reeds", "#1f77b4")]
    classes = {
        str(key): {"class-name": name, "hex-color": colour, "confidence": 0} for key, (name, colour) in enumerate(named)
    }
    meta = {"internal-color-map": classes, **common("semantic-segmentation", "cover")}
    return {"source-ref": "1.png", "cover-ref": address, "cover-ref-metadata": meta}


def of_instances(*addresses: Any) -> Line:
    addresses = addresses or ("masks/1.png", "masks/1.png")
    entries = [{"class_id": 0, "mask-uri": address} for address in addresses]
    value = {"image_size": [{"width": 4, "height": 3, "depth": 3}], "instances": entries}
    meta = {"objects": [{"confidence": 0}] * len(entries), "class-map": {"0": "stone"}, **common("custom", "stones")}
    return {"source-ref": "1.png", "stones": value, "stones-metadata": meta}


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., list[tuple[str, str]]]:
    """(rule, pointer) of what the validator says of a line with this PNG beside it, the image being 4 x 3."""
    (tmp_path / "masks").mkdir()
    Image.new("RGB", (4, 3)).save(tmp_path / "1.png")

    def say(line: Line, png: bytes | None) -> list[tuple[str, str]]:
        if png is not None:
            (tmp_path / "masks" / "1.png").write_bytes(png)
        stream = io.BytesIO(dumps(line).encode())
        found = validate(stream, strict=True, files=beside(tmp_path / "some.manifest"))
        return [(one.rule, one.pointer) for one in found if one.rule != "W-SRC-SCHEME"]

    return say


def saved(image: Image.Image, **options: Any) -> bytes:
    sink = io.BytesIO()
    image.save(sink, "PNG", **options)
    return sink.getvalue()


def indexed(colours: int = 256) -> bytes:
    """As another library writes it: as few bits as the palette's size allows."""
    image = Image.fromarray(PICTURE, "L").convert("P")
    image.putdata(PICTURE.ravel().tolist())
    palette = [*COLOURS, *[(0, 0, 0)] * (colours - len(COLOURS))]
    image.putpalette([value for colour in palette for value in colour])
    return saved(image)


SOUND = write_png(PICTURE, COLOURS)
GREY = write_png(GREY_PICTURE)
AT = "/cover-ref"
BROKEN = {
    "no file": None,
    "no PNG": b"GIF89a",
    "an empty file": b"",
    "cut off": SOUND[:-20],
    "one byte changed": SOUND[:-30] + bytes([SOUND[-30] ^ 1]) + SOUND[-29:],
    "RGB": saved(Image.new("RGB", (4, 3))),
    "grey": GREY,
    "palette of 4 bits": indexed(colours=9),
    "another size": write_png(PICTURE[:, :3], COLOURS),
    "turned by a quarter": write_png(PICTURE.T.copy(), COLOURS),
    "an index that is no class": write_png(PICTURE * 2, COLOURS),
    "no pixels in it": SOUND.replace(b"IDAT", b"tEXt"),
}


def test_a_sound_mask_is_clean(told: Callable[..., Any]) -> None:
    assert told(semantic(), SOUND) == []
    assert told(semantic(), indexed()) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_mask_is_told(name: str, told: Callable[..., Any]) -> None:
    assert told(semantic(), BROKEN[name]) == [("E-SEG-PNG", AT)]


def test_a_colour_of_the_palette_that_is_not_the_line_s_is_told_where_the_line_names_it(
    told: Callable[..., Any],
) -> None:
    wrong = write_png(PICTURE, [COLOURS[0], COLOURS[2], COLOURS[1]])
    at = "/cover-ref-metadata/internal-color-map/{}/hex-color"
    assert told(semantic(), wrong) == [("E-SEG-PNG", at.format(1)), ("E-SEG-PNG", at.format(2))]
    background = write_png(PICTURE, [(0, 0, 0), *COLOURS[1:]])
    assert told(semantic(), background) == [("E-SEG-PNG", at.format(0))]


def test_without_the_image_its_size_is_not_compared(told: Callable[..., Any]) -> None:
    assert told({**semantic(), "source-ref": "2.png"}, BROKEN["another size"]) == []


def test_a_header_that_promises_the_moon_is_refused_unread(told: Callable[..., Any]) -> None:
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 3, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    bomb = SOUND[:8] + chunk + SOUND[33:]
    assert told({**semantic(), "source-ref": "2.png"}, bomb) == [("E-SEG-PNG", AT)]


def test_an_address_in_a_bucket_is_looked_for_in_the_exported_folder(tmp_path: Path) -> None:
    place = "annotations/consolidated-annotation/output/0_2026-01-05T09_30_00.000000.png"
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_bytes(SOUND)
    line = semantic("s3://quarry/out/cover/" + place.replace("09_30_00", "09:30:00"))
    manifest = tmp_path / "manifests" / "output" / "output.manifest"
    found = validate(io.BytesIO(dumps(line).encode()), strict=True, files=beside(manifest))
    assert [one.rule for one in found] == ["W-SRC-SCHEME"]
    elsewhere = semantic("s3://quarry/masks/1.png")
    found = validate(io.BytesIO(dumps(elsewhere).encode()), strict=True, files=beside(manifest))
    assert "E-SEG-PNG" in [one.rule for one in found]


def test_an_address_never_leads_out_of_its_folder(told: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path.parent / "outside.png").write_bytes(SOUND)
    (tmp_path / "link.png").symlink_to(tmp_path.parent / "outside.png")
    for address in ("../outside.png", "link.png", "masks/../../outside.png"):
        assert told(semantic(address), None) == [("E-SEG-PNG", AT)]


# Instances


def test_sound_instances_are_clean(told: Callable[..., Any]) -> None:
    assert told(of_instances(), GREY) == []


@pytest.mark.parametrize(
    ("png", "at"),
    [
        (SOUND, "/0/mask-uri"),
        (None, "/0/mask-uri"),
        (write_png(GREY_PICTURE[:2]), "/0/mask-uri"),
        (write_png(np.minimum(GREY_PICTURE, 1)), "/1"),
        (write_png(GREY_PICTURE + np.uint8(1)), ""),
    ],
    ids=["palette", "no file", "another size", "an instance without pixels", "a value beyond the instances"],
)
def test_broken_instances_are_told(png: bytes | None, at: str, told: Callable[..., Any]) -> None:
    assert told(of_instances(), png) == [("E-SEG-PNG", "/stones/instances" + at)]


def test_instances_of_two_files_or_of_none_are_told_from_the_line_alone(told: Callable[..., Any]) -> None:
    at = "/stones/instances/1/mask-uri"
    assert told(of_instances("masks/1.png", "masks/2.png"), GREY) == [("E-SEG-URI", at)]
    assert told(of_instances("masks/1.png", None), GREY) == [("E-SEG-URI", at)]
    assert told(of_instances("a mask"), GREY)[0] == ("E-SEG-URI", "/stones/instances/0/mask-uri")


@pytest.mark.parametrize("line", [semantic, of_instances])
@pytest.mark.parametrize("junk", [None, 7, "x", [], {}, [None], {"0": None}])
def test_junk_in_a_label_is_told_and_never_raises(
    line: Callable[[], Line], junk: object, told: Callable[..., Any]
) -> None:
    name = next(key for key in line() if key.endswith("-metadata"))
    for path in (name.removesuffix("-metadata"), f"{name}/internal-color-map", f"{name}/internal-color-map/1"):
        if path.count("/") < 1 or "internal-color-map" in line()[name]:
            told(changed(line(), path, junk), GREY)
