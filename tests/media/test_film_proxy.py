"""A proxy has the same frames at the same times, and can be stepped through."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from labeling.errors import TooLarge, UnsupportedMedia
from labeling.media import Limits, probe, sandbox
from labeling.media.films import frames_of, proxy_of, proxy_table
from labeling.media.frame_table import PROXY_GOP, FrameTable
from labeling.media.limits import PROXY
from tests.media.films import RECIPES, X264, Film, Recipe, decoded, films, make_film, read_number
from tests.media.samples import film as plain_film
from tests.media.samples import opened


@pytest.fixture(params=RECIPES)
def film(request: pytest.FixtureRequest) -> Film:
    return films()[request.param]


def nobody(_: float) -> None:
    """Progress that nobody looks at."""


def table_of(path: Path) -> FrameTable:
    table = probe(path, "video").table
    assert table is not None
    return table


def made(path: Path, target: Path, **more: FrameTable) -> Path:
    with target.open("w+b") as output:
        proxy_of(path, more.get("table") or table_of(path), output, nobody)
    return target


def test_a_proxy_shows_the_same_frames_at_the_same_times(film: Film, tmp_path: Path) -> None:
    before = film.path.read_bytes()
    proxy = made(film.path, tmp_path / "proxy.mp4")
    assert list(decoded(proxy)) == list(decoded(film.path))
    assert film.path.read_bytes() == before


def test_a_proxy_is_quick_to_step_through(film: Film, tmp_path: Path) -> None:
    found = probe(made(film.path, tmp_path / "proxy.mp4"), "video")
    assert found.quick
    assert found.shown
    assert found.table is not None
    assert found.table.keys == tuple(range(0, len(film), PROXY_GOP))
    assert (found.facts.width, found.facts.height) == (224, 128)
    assert found.table == proxy_table(table_of(film.path))


def test_the_server_shows_the_same_frames_from_a_proxy(film: Film, tmp_path: Path) -> None:
    proxy = made(film.path, tmp_path / "proxy.mp4")
    shown = frames_of(proxy, proxy_table(table_of(film.path)), range(25, 65))
    assert [read_number(np.asarray(opened(jpeg))) for jpeg in shown] == list(range(25, 65))


def test_the_index_of_a_proxy_stands_before_its_pictures(tmp_path: Path) -> None:
    content = made(films()["vp9"].path, tmp_path / "proxy.mp4").read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_a_film_that_starts_late_keeps_its_times(tmp_path: Path) -> None:
    recipe = Recipe(".mp4", "mpeg4", frames=20, base=Fraction(1, 1000), ticks=lambda number: 1237 + 41 * number)
    make_film(tmp_path / "a.mp4", recipe, muxing={"movie_timescale": "1000", "video_track_timescale": "1000"})
    truth = list(decoded(tmp_path / "a.mp4"))
    assert truth[0][0] > 1
    assert list(decoded(made(tmp_path / "a.mp4", tmp_path / "proxy.mp4"))) == truth


def test_a_film_that_browsers_do_not_play_gets_one_that_they_do(tmp_path: Path) -> None:
    path = plain_film(tmp_path / "a.mp4", codec="libx264", pixels="yuv444p", frames=35)
    found = probe(made(path, tmp_path / "proxy.mp4"), "video")
    assert found.quick
    assert found.facts.frames == 35


def test_a_proxy_is_never_made_with_other_frames_than_the_table_says(tmp_path: Path) -> None:
    film = films()["h264-no-b-short-gop"]
    table = table_of(film.path)
    for other in (
        replace(table, pts=table.pts[:-1]),
        replace(table, pts=(*table.pts, table.end), end=table.end + 512),
        replace(table, pts=(table.pts[0], table.pts[1] + 1, *table.pts[2:])),
    ):
        with pytest.raises(UnsupportedMedia, match="decoder shows"):
            made(film.path, tmp_path / "proxy.mp4", table=other)


def test_a_film_of_odd_size_has_no_proxy_and_says_why(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.webm"), "w") as container:
        stream = container.add_stream("libvpx-vp9", rate=10)
        stream.width, stream.height, stream.pix_fmt = 65, 48, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(65, 48, "yuv420p")))
        container.mux(stream.encode())
    with pytest.raises(UnsupportedMedia, match="65 x 48 px, is odd"):
        made(tmp_path / "a.webm", tmp_path / "proxy.mp4")


def test_a_proxy_over_the_limit_is_not_made(tmp_path: Path) -> None:
    film = films()["vp9"]
    with (tmp_path / "proxy.mp4").open("w+b") as output, pytest.raises((UnsupportedMedia, TooLarge)):
        proxy_of(
            film.path, table_of(film.path), output, nobody, limits=replace(PROXY, video_bytes=film.path.stat().st_size)
        )
    assert (tmp_path / "proxy.mp4").stat().st_size <= film.path.stat().st_size


def test_progress_is_told_on_the_way(tmp_path: Path) -> None:
    film = films()["vp9"]
    told: list[float] = []
    with (tmp_path / "proxy.mp4").open("w+b") as output:
        proxy_of(film.path, table_of(film.path), output, told.append)
    assert told == sorted(told)
    assert len(told) > 50
    assert 0 < told[0] < told[-1] <= 1


def test_a_child_that_is_killed_is_told_from_a_film_that_is_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one is worth another try."""
    started = subprocess.Popen
    children: list[subprocess.Popen[bytes]] = []

    def start(*args: object, **more: object) -> subprocess.Popen[bytes]:
        children.append(started(*args, **more))  # type: ignore[call-overload]
        return children[-1]

    path = tmp_path / "a.mp4"
    make_film(path, Recipe(".mp4", "libx264", frames=240, options={**X264, "bf": "2"}))
    table = table_of(path)
    monkeypatch.setattr(subprocess, "Popen", start)
    first = threading.Event()

    def kill_it(_: float) -> None:
        if not first.is_set():
            first.set()
            children[-1].kill()

    with (tmp_path / "proxy.mp4").open("w+b") as output, pytest.raises(sandbox.ReaderEnded):
        proxy_of(path, table, output, kill_it)
    monkeypatch.undo()
    assert len(list(decoded(made(path, tmp_path / "again.mp4")))) == 240


def test_the_child_writes_to_nothing_but_the_file_that_it_was_handed(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia):
        sandbox.run_one(
            "film-proxy",
            {
                "path": str(films()["vp9"].path),
                "format": "webm",
                "output": 1,
                "time_base": [1, 1000],
                "pts": [0],
                "end": 1,
                "counted": False,
            },
            Limits(),
        )
