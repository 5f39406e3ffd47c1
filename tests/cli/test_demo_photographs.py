"""How a drawing over the photograph becomes the boxes of a crop."""

from __future__ import annotations

from labeling.cli.demo.photographs import Crop, Drawn, Rect, read_drawings, visible_boxes

SIZE = (800, 600)


def boxes(*things: Drawn, at: Rect = (100, 100, 300, 250)) -> list[tuple[str, Rect]]:
    return visible_boxes(Crop("china.jpg", "china-01.jpg", at, "Temple", things), SIZE)


def test_a_box_is_scaled_with_its_crop() -> None:
    assert boxes(Drawn("Roof", ((110, 120, 130, 140),))) == [("Roof", (40, 80, 120, 160))]


def test_a_box_ends_at_the_edge_of_its_crop() -> None:
    assert boxes(Drawn("Roof", ((80, 90, 140, 140),))) == [("Roof", (0, 0, 160, 160))]


def test_what_lies_outside_is_left_out() -> None:
    assert boxes(Drawn("Boat", ((10, 10, 20, 20),)), Drawn("Boat", ((300, 100, 310, 110),))) == []


def test_a_sliver_is_left_out_and_a_large_piece_is_kept() -> None:
    assert boxes(Drawn("Pillar", ((95, 110, 101, 140),))) == []
    assert boxes(Drawn("Flower", ((-500, 100, 110, 250),))) == [("Flower", (0, 0, 40, 600))]


def test_a_box_is_the_hull_of_the_parts_that_show() -> None:
    slanted = Drawn("Roof", ((50, 110, 99, 120), (150, 120, 200, 130), (140, 130, 210, 140)))
    assert boxes(slanted) == [("Roof", (160, 80, 440, 160))]


def test_every_crop_has_the_shape_of_its_picture_and_a_known_scene() -> None:
    drawings = read_drawings()
    assert len(drawings.crops) == 24
    assert len({crop.name for crop in drawings.crops}) == 24
    for crop in drawings.crops:
        left, top, right, bottom = crop.at
        assert (right - left) * SIZE[1] == (bottom - top) * SIZE[0]
        assert 0 <= left < right <= 640
        assert 0 <= top < bottom <= 427
        assert crop.scene in drawings.scenes
        assert {thing.name for thing in crop.drawn} <= set(drawings.classes)


def test_every_part_lies_in_its_photograph() -> None:
    for crop in read_drawings().crops:
        for left, top, right, bottom in (part for thing in crop.drawn for part in thing.parts):
            assert 0 <= left < right <= 640
            assert 0 <= top < bottom <= 427
