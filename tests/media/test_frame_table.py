"""Frame tables hold what a decoder shows, whatever the container says."""

from __future__ import annotations

import json
import re
import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from labeling.errors import UnsupportedMedia
from labeling.media import probe
from labeling.media.film_table import Seen, Walk, table_by_packets
from labeling.media.frame_table import FrameTable, unpacked
from tests.media.films import RECIPES, VP9, X264, Film, Recipe, decoded, films, make_film
from tests.media.samples import film as plain_film
from tests.media.samples import write


def table_of(path: Path) -> FrameTable:
    table = probe(path, "video").table
    assert table is not None
    return table


def times(table: FrameTable) -> list[Fraction]:
    return [tick * Fraction(*table.time_base) for tick in table.pts]


@pytest.fixture(params=RECIPES)
def film(request: pytest.FixtureRequest) -> Film:
    return films()[request.param]


def test_a_table_has_the_times_that_a_full_decode_shows(film: Film) -> None:
    found = probe(film.path, "video")
    truth = list(decoded(film.path))
    assert [number for _, number in truth] == list(range(len(film)))
    assert found.table is not None
    assert times(found.table) == [time for time, _ in truth]
    assert found.facts.frames == len(film)
    assert found.facts.duration == pytest.approx(float(film.pts[-1] * film.base + 1 / 30), abs=0.06)


def test_a_film_that_is_quick_to_step_through_is_told_from_one_that_needs_a_proxy(film: Film) -> None:
    assert probe(film.path, "video").quick is film.suits


def test_key_frames_are_those_of_the_decoder(film: Film) -> None:
    with av.open(str(film.path)) as container:
        keys = [number for number, frame in enumerate(container.decode(video=0)) if frame.key_frame]
    assert list(table_of(film.path).keys) == keys


def test_a_packed_table_is_the_same_again(film: Film) -> None:
    table = table_of(film.path)
    assert unpacked(json.loads(json.dumps(table.packed()))) == table


def test_a_film_of_constant_rate_is_kept_in_a_line(tmp_path: Path) -> None:
    packed = json.dumps(table_of(films()["h264-b-frames-long-gop"].path).packed())
    assert len(packed) < 250


SHORT = Recipe(".mp4", "libx264", frames=40, options={**X264, "bf": "2", "g": "20", "sc_threshold": "0"})


def test_frames_that_an_edit_list_cuts_away_are_not_counted(tmp_path: Path) -> None:
    """As telephones cut: the packets stay in the file, the edit list begins 5 frames in."""
    path = tmp_path / "a.mp4"
    make_film(path, SHORT)
    content = bytearray(path.read_bytes())
    at = content.index(b"elst") + 4 + 4 + 4 + 4  # version and flags, count, length: then the time at which it starts
    (before,) = struct.unpack_from(">i", content, at)
    struct.pack_into(">i", content, at, before + 5 * 512)
    write(path, bytes(content))
    truth = list(decoded(path))
    assert [number for _, number in truth] == list(range(5, 40))
    found = probe(path, "video")
    assert found.table is not None
    assert times(found.table) == [time for time, _ in truth]
    assert not found.quick


def test_pictures_that_are_never_shown_are_not_counted(tmp_path: Path) -> None:
    """VP8 has pictures that only help to predict others, each a packet of its own: bit 4 of the first byte says so."""
    path = tmp_path / "a.webm"
    make_film(path, Recipe(".webm", "libvpx", frames=60, options={"deadline": "realtime", "threads": "1"}))
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    hidden = bytes([packets[20][0] & ~0x10]) + packets[20][1:]
    assert hidden != packets[20]
    write(path, path.read_bytes().replace(packets[20], hidden))
    truth = list(decoded(path))
    assert [number for _, number in truth] == [*range(20), *range(21, 60)]
    found = probe(path, "video")
    assert found.facts.frames == 59
    assert found.table is not None
    assert found.table.counted
    assert times(found.table) == [time for time, _ in truth]


def test_two_frames_of_one_time_are_two_frames(tmp_path: Path) -> None:
    """A clock that stood still: the second frame is a tick later, and found by counting."""
    path = tmp_path / "a.webm"
    make_film(path, Recipe(".webm", "libvpx-vp9", frames=20, options={**VP9, "g": "10"}))
    content = path.read_bytes()
    block = re.search(rb"\xa3[\x40-\xff]..?\x81\x00\x64\x00", content, re.DOTALL)  # of 100 ms: frame 3
    assert block is not None
    write(path, content[: block.end() - 2] + bytes([67]) + content[block.end() - 1 :])  # ms: frame 2's
    table = table_of(path)
    assert table.counted
    assert len(table) == 20
    assert list(table.pts[:5]) == [0, 33, 67, 68, 133]


def test_packets_without_times_are_not_trusted() -> None:
    packets = [Seen(tick, 1, is_key=tick == 0, is_shown=True) for tick in range(5)]
    walk = Walk(Fraction(1, 10), packets, head=[0, 1, 2])
    assert table_by_packets(walk, "h264") is not None
    assert table_by_packets(replace(walk, packets=[*packets, replace(packets[0], pts=None)]), "h264") is None
    assert table_by_packets(replace(walk, head=[0, 2]), "h264") is None
    assert table_by_packets(walk, "theora") is None


def patched(path: Path, box: bytes, offset: int, value: int) -> Path:
    content = bytearray(path.read_bytes())
    struct.pack_into(">I", content, content.index(box) + 4 + offset, value)
    return write(path, bytes(content))


@pytest.mark.parametrize(
    ("box", "offset"), [(b"stsz", 8), (b"stts", 8)], ids=["number of sizes", "number of frames of one length"]
)
def test_a_header_that_claims_a_hundred_thousand_frames_is_refused(tmp_path: Path, box: bytes, offset: int) -> None:
    path = patched(plain_film(tmp_path / "a.mp4", frames=10, codec="mpeg4"), box, offset, 100_000)
    with pytest.raises(UnsupportedMedia):
        probe(path, "video")


def test_the_key_frame_before_a_frame() -> None:
    table = FrameTable("film", (1, 30), tuple(range(100)), (0, 30, 60), 100)
    assert [table.key_before(number) for number in (0, 29, 30, 99)] == [0, 0, 30, 60]
