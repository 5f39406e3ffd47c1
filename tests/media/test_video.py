"""Films through the one door."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from labeling.errors import TooLarge, UnsupportedMedia
from labeling.media import Limits, probe
from tests.media.samples import cut, film, picture, sound, write


@pytest.mark.parametrize(
    ("name", "codec", "kind"),
    [("a.mp4", "libx264", "video/mp4"), ("a.webm", "libvpx-vp9", "video/webm"), ("a.webm", "libvpx", "video/webm")],
)
def test_facts_of_a_film_that_browsers_play(tmp_path: Path, name: str, codec: str, kind: str) -> None:
    found = probe(film(tmp_path / name, codec=codec), "video")
    assert (found.facts.width, found.facts.height, found.facts.frames) == (64, 48, 10)
    assert found.facts.duration == pytest.approx(1.0, abs=0.11)
    assert found.content_type == kind
    assert found.facts.kind == "video"
    assert found.shown


@pytest.mark.parametrize(("codec", "pixels"), [("mpeg4", "yuv420p"), ("libx264", "yuv444p")])
def test_a_film_that_browsers_do_not_play_is_taken_and_marked(tmp_path: Path, codec: str, pixels: str) -> None:
    found = probe(film(tmp_path / "a.mp4", codec=codec, pixels=pixels), "video")
    assert found.facts.frames == 10
    assert not found.shown


def test_a_film_of_one_frame_has_a_duration(tmp_path: Path) -> None:
    facts = probe(film(tmp_path / "a.mp4", frames=1), "video").facts
    assert facts.frames == 1
    assert facts.duration == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("faststart", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_an_mp4_that_is_cut_off_is_refused(tmp_path: Path, share: float, faststart: bool) -> None:
    path = film(tmp_path / "a.mp4", frames=60, faststart=faststart)
    with pytest.raises(UnsupportedMedia) as refused:
        probe(cut(path, share), "video")
    assert refused.value.where == "a.mp4"


def test_a_film_without_a_frame_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia):
        probe(film(tmp_path / "a.mp4", frames=0), "video")


def test_an_mp4_that_holds_sound_only_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia, match="no video"):
        probe(sound(tmp_path / "a.mp4"), "video")


def test_more_frames_than_the_limit_are_refused(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", frames=11)
    with pytest.raises(TooLarge, match="frames"):
        probe(path, "video", limits=Limits(video_frames=10))


def test_a_picture_is_no_film(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia, match="a picture, not a video"):
        probe(picture(tmp_path / "a.png"), "video")


AS_MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\n"


class Canary:
    """A server that counts who comes by."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.visits = 0
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.mark.parametrize(
    "disguise",
    [b"", b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\n", b"OggS\n", b"\x1a\x45\xdf\xa3\x84\x42\x82\x84webm\n"],
)
def test_a_playlist_named_mp4_fetches_nothing(tmp_path: Path, disguise: bytes) -> None:
    canary = Canary()
    text = f"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:{canary.port}/a.ts\nfile:///etc/passwd\n".encode()
    with pytest.raises(UnsupportedMedia):
        probe(write(tmp_path / "a.mp4", disguise + text), "video")
    assert canary.visits == 0
    canary.close()


def test_random_damage_is_one_files_fault_and_nothing_more(tmp_path: Path) -> None:
    content = bytearray(film(tmp_path / "a.mp4", frames=30).read_bytes())
    for place in range(40, len(content), 97):
        content[place] ^= 0x5A
    with pytest.raises(UnsupportedMedia):
        probe(write(tmp_path / "b.mp4", bytes(content)), "video")


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile {url}\n",
        "file '{url}'\n",
        '<?xml version="1.0"?><MPD><Period><BaseURL>{url}</BaseURL></Period></MPD>',
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
        "[playlist]\nFile1={url}\n",
        "rtsp://{url}",
        "\xef\xbb\xbf#EXTM3U\n{url}\n",
    ],
    ids=["ffconcat", "concat", "dash", "sdp", "pls", "address", "hls with a mark"],
)
@pytest.mark.parametrize(
    "disguise", [b"", b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\n"], ids=["bare", "as mp4"]
)
def test_nothing_that_points_elsewhere_makes_the_reader_fetch(tmp_path: Path, text: str, disguise: bytes) -> None:
    canary = Canary()
    filled = text.format(url=f"http://127.0.0.1:{canary.port}/a.mp4").encode("latin-1")
    with pytest.raises(UnsupportedMedia):
        probe(write(tmp_path / "a.mp4", disguise + filled), "video")
    assert canary.visits == 0
    canary.close()


def test_an_mp4_whose_pictures_stand_in_another_file_reads_nothing_of_it(tmp_path: Path) -> None:
    """A data reference: the index is here, the pictures are said to be in a neighbour."""
    whole = film(tmp_path / "other.mp4", codec="mpeg4")
    content = whole.read_bytes()
    at = content.index(b"url \x00\x00\x00\x01")
    assert probe(whole, "video").facts.frames == 10
    elsewhere = bytearray(content)
    elsewhere[at + 7] = 0  # no longer "in this file"
    place = content.index(b"mdat")
    size = int.from_bytes(content[place - 4 : place], "big")
    elsewhere[place + 4 : place - 4 + size] = bytes(size - 8)  # the pictures are not here
    with pytest.raises(UnsupportedMedia):
        probe(write(tmp_path / "a.mp4", bytes(elsewhere)), "video")
