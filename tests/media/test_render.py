"""Thumbnails, views and pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labeling.errors import TooLarge, UnsupportedMedia
from labeling.media import Limits
from labeling.media.render import decode, decode_many, thumbnail, thumbnails, view
from tests.media.samples import cut, film, opened, picture, png_claiming, write


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "1", "LA", "I;16"])
def test_a_thumbnail_is_small_whatever_the_mode(tmp_path: Path, mode: str) -> None:
    made = thumbnail(picture(tmp_path / "a.png", width=400, height=300, mode=mode), "image", 100)
    assert made.content_type == "image/webp"
    assert opened(made.content).size == (100, 75)


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    assert opened(thumbnail(picture(tmp_path / "a.png"), "image", 256).content).size == (40, 30)


def test_a_thumbnail_stands_upright(tmp_path: Path) -> None:
    made = opened(thumbnail(picture(tmp_path / "a.jpg", orientation=6), "image").content).convert("L")
    assert made.size == (30, 40)
    assert made.getpixel((15, 5)) < 60 < made.getpixel((15, 35)), "left became top"


def test_a_thumbnail_holds_no_metadata_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    Image.new("RGB", (40, 30)).save(path, exif=exif, comment=b"<script>")
    assert b"<script>" in path.read_bytes()
    assert b"<script>" not in thumbnail(path, "image").content


def test_a_film_shows_its_first_frame(tmp_path: Path) -> None:
    made = opened(thumbnail(film(tmp_path / "a.mp4"), "video", 32).content)
    assert made.size == (32, 24)


def test_a_text_has_no_thumbnail(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia):
        thumbnail(write(tmp_path / "a.txt", b"text"), "text")


def test_one_bad_file_does_not_stop_the_other_thumbnails(tmp_path: Path) -> None:
    paths = [cut(picture(tmp_path / "a.jpg"), 0.6), picture(tmp_path / "b.jpg"), write(tmp_path / "c.png", b"?")]
    bad, good, odd = thumbnails(paths, "image")
    assert isinstance(bad, UnsupportedMedia)
    assert not isinstance(good, Exception)
    assert isinstance(odd, UnsupportedMedia)


def test_a_bomb_is_refused_by_each_renderer(tmp_path: Path) -> None:
    path = write(tmp_path / "bomb.png", png_claiming(50_000, 50_000))
    for render in (lambda: thumbnail(path, "image"), lambda: view(path), lambda: decode(path, 64)):
        with pytest.raises(TooLarge):
            render()


def test_the_view_of_a_tiff_keeps_its_pixels_and_is_not_turned(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.tiff", orientation=6)
    made = view(path, limits=Limits(tiff=True))
    assert made.content_type == "image/png"
    with Image.open(path) as stored:
        assert np.array_equal(np.asarray(opened(made.content)), np.asarray(stored))


def test_the_view_of_16_bit_grey_keeps_its_high_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.tiff"
    Image.fromarray(np.array([[0, 65_535], [32_768, 257]], dtype=np.uint16)).save(path)
    made = opened(view(path, limits=Limits(tiff=True)).content)
    assert np.asarray(made).tolist() == [[0, 255], [127, 1]]


def test_pixels_for_learners_are_grey_or_rgb_and_small(tmp_path: Path) -> None:
    grey = decode(picture(tmp_path / "a.png", mode="L"), 20)
    assert grey.shape == (15, 20)
    assert grey.dtype == np.uint8
    assert grey[0, 0] < 20 < 200 < grey[0, 19]
    assert decode(picture(tmp_path / "b.jpg"), 20).shape == (15, 20, 3)


def test_pixels_for_learners_stand_upright(tmp_path: Path) -> None:
    pixels = decode(picture(tmp_path / "a.jpg", orientation=6, mode="L"), 40)
    assert pixels.shape == (40, 30)
    assert pixels[5, 15] < 60 < pixels[35, 15]


def test_what_shines_through_is_white_to_a_learner(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(path)
    assert decode(path, 4).min() == 255


def test_the_pixels_of_many_files_come_in_order(tmp_path: Path) -> None:
    paths = [picture(tmp_path / f"{n}.png", width=10 + n) for n in range(5)]
    paths[2] = write(tmp_path / "bad.png", b"no picture")
    shapes = [pixels.shape[1] if isinstance(pixels, np.ndarray) else None for pixels in decode_many(paths, 64)]
    assert shapes == [10, 11, None, 13, 14]
