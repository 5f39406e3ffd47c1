"""A frame from the server is the frame that was asked for: forward, backward and at random."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labeling.errors import UnsupportedMedia
from labeling.media import Limits, probe
from labeling.media.film_frames import film_frames
from labeling.media.films import _seek, frames_of, strip_of, strip_of_pictures
from labeling.media.frame_table import FrameTable
from labeling.media.probe import format_of
from labeling.media.strips import HEIGHT, spread
from tests.media.films import RECIPES, Film, films, make_film, picture_of, read_number
from tests.media.samples import cut, opened, picture


@pytest.fixture(params=RECIPES)
def film(request: pytest.FixtureRequest) -> Film:
    return films()[request.param]


def table_of(path: Path) -> FrameTable:
    table = probe(path, "video").table
    assert table is not None
    return table


def number_in(jpeg: bytes) -> int:
    return read_number(np.asarray(opened(jpeg)))


class Shower:
    """Frames one by one, each found anew, as requests do; in this process, which may: the films are our own."""

    def __init__(self, path: Path) -> None:
        self.path, self.table = path, table_of(path)

    def show(self, numbers: Iterable[int]) -> list[int]:
        return [number_in(self._one(number)) for number in numbers]

    def _one(self, number: int) -> bytes:
        task = {
            "path": str(self.path),
            "format": format_of(self.path, "video"),
            **_seek(self.table, range(number, number + 1)),
        }
        return film_frames(task, Limits())[1]


def test_forward_steps_are_exact(film: Film) -> None:
    assert [number_in(jpeg) for jpeg in frames_of(film.path, table_of(film.path), range(len(film)))] == list(
        range(len(film))
    )


def test_backward_steps_are_exact(film: Film) -> None:
    numbers = range(len(film) - 1, len(film) - 21, -1)
    assert Shower(film.path).show(numbers) == list(numbers)


def test_random_jumps_are_exact(film: Film) -> None:
    numbers = np.random.default_rng(7).integers(0, len(film), 25).tolist()
    assert Shower(film.path).show(numbers) == numbers


def test_a_film_whose_times_are_doubtful_is_counted_through(film: Film) -> None:
    table = replace(table_of(film.path), counted=True)
    assert [number_in(jpeg) for jpeg in frames_of(film.path, table, range(97, 100))] == [97, 98, 99]


def test_a_frame_that_is_not_there_is_never_replaced_by_its_neighbour() -> None:
    film = films()["h264-b-frames-long-gop"]
    table = table_of(film.path)
    shifted = replace(table, pts=tuple(tick + 1 for tick in table.pts))
    with pytest.raises(UnsupportedMedia, match="can't be decoded"):
        frames_of(film.path, shifted, range(30, 33))


def test_frames_are_px_as_stored() -> None:
    film = films()["vp9"]
    (jpeg,) = frames_of(film.path, table_of(film.path), range(5, 6))
    shown = np.asarray(opened(jpeg), dtype=float)
    assert shown.shape == picture_of(5).shape
    assert np.abs(shown - picture_of(5)).mean() < 12


def test_a_strip_shows_the_frames_that_it_names(film: Film) -> None:
    strip = strip_of(film.path, table_of(film.path))
    assert len(strip.frames) == 60
    assert list(strip.frames) == sorted(set(strip.frames))
    assert strip.height == HEIGHT
    sheet = np.asarray(Image.open(BytesIO(strip.content)).convert("RGB"))
    for place, number in enumerate(strip.frames):
        row, column = divmod(place, strip.columns)
        tile = sheet[row * strip.height :, column * strip.width :][: strip.height, : strip.width]
        assert read_number(tile) == number


def test_a_strip_of_a_sequence_shows_its_pictures_upright(tmp_path: Path) -> None:
    paths = [picture(tmp_path / f"{number}.jpg", width=80, height=40, orientation=6) for number in range(3)]
    strip = strip_of_pictures(paths)
    assert (strip.width, strip.height, strip.frames) == (36, 72, (0, 1, 2))


def test_a_strip_spreads_over_the_whole_film() -> None:
    assert spread(4, 60) == [0, 1, 2, 3]
    assert spread(100, 4) == [0, 25, 50, 75]


def test_a_film_that_was_damaged_after_it_came_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    make_film(path, replace(RECIPES["h264-no-b-short-gop"], frames=90), muxing={"movflags": "+faststart"})
    table = table_of(path)
    with pytest.raises(UnsupportedMedia):
        frames_of(cut(path, 0.5), table, range(80, 90))
