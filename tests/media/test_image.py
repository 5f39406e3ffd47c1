"""Pictures through the one door."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest
from PIL import EpsImagePlugin, Image

from labeling.errors import NotFound, TooLarge, UnsupportedMedia
from labeling.media import Limits, probe, probe_many
from tests.media.samples import EPS, PSD, SVG, cut, picture, png_claiming, write


@pytest.mark.parametrize(
    ("name", "mode", "depth", "kind"),
    [
        ("a.jpg", "RGB", 3, "image/jpeg"),
        ("a.jpg", "L", 1, "image/jpeg"),
        ("a.png", "RGBA", 4, "image/png"),
        ("a.png", "P", 3, "image/png"),
        ("a.png", "1", 1, "image/png"),
        ("a.webp", "RGB", 3, "image/webp"),
        ("a.gif", "P", 3, "image/gif"),
    ],
)
def test_facts_of_a_picture(tmp_path: Path, name: str, mode: str, depth: int, kind: str) -> None:
    found = probe(picture(tmp_path / name, mode=mode), "image")
    assert (found.facts.width, found.facts.height, found.facts.depth) == (40, 30, depth)
    assert found.content_type == kind
    assert found.facts.kind == "image"
    assert found.size == (tmp_path / name).stat().st_size
    assert found.shown


def test_the_size_is_that_of_the_stored_file_and_the_turn_is_noted(tmp_path: Path) -> None:
    facts = probe(picture(tmp_path / "a.jpg", orientation=6), "image").facts
    assert (facts.width, facts.height, facts.orientation) == (40, 30, 6)


def test_a_senseless_orientation_is_upright(tmp_path: Path) -> None:
    assert probe(picture(tmp_path / "a.jpg", orientation=77), "image").facts.orientation == 1


def test_the_name_says_nothing(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png").rename(tmp_path / "a.mp4")
    assert probe(path, "image").format == "png"


def test_a_small_png_that_claims_2500_megapixels_is_refused_at_once_and_without_memory(tmp_path: Path) -> None:
    path = write(tmp_path / "bomb.png", png_claiming(50_000, 50_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    with pytest.raises(TooLarge) as refused:
        probe(path, "image")
    assert time.process_time() - start < 0.1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
    assert refused.value.status == 413
    assert refused.value.where == "bomb.png"


def test_a_picture_just_over_the_limit_of_pixels_is_refused(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    assert probe(path, "image", limits=Limits(image_pixels=1200))
    with pytest.raises(TooLarge):
        probe(path, "image", limits=Limits(image_pixels=1199))


def test_a_file_over_the_limit_of_bytes_is_not_even_opened(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    with pytest.raises(TooLarge):
        probe(path, "image", limits=Limits(image_bytes=path.stat().st_size - 1))


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.gif"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.9])
def test_a_picture_that_is_cut_off_is_refused(tmp_path: Path, name: str, share: float) -> None:
    path = tmp_path / name
    Image.effect_noise((200, 200), 90).convert("P" if name == "a.gif" else "RGB").save(path)
    with pytest.raises(UnsupportedMedia) as refused:
        probe(cut(path, share), "image")
    assert refused.value.where == name
    assert refused.value.todo


@pytest.mark.parametrize(
    ("content", "word"), [(EPS, "PostScript"), (PSD, "Photoshop"), (SVG, "XML"), (b"", "empty"), (b"hello", "know")]
)
def test_other_kinds_of_files_named_png_are_refused_by_name(
    tmp_path: Path, content: bytes, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *_: pytest.fail("the EPS reader was reached"))
    with pytest.raises(UnsupportedMedia, match=word) as refused:
        probe(write(tmp_path / "a.png", content), "image")
    assert refused.value.status == 415


def test_a_png_signature_before_an_eps_reaches_only_the_png_reader(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia, match="PNG"):
        probe(write(tmp_path / "a.png", b"\x89PNG\r\n\x1a\n" + EPS), "image")


def test_tiff_is_taken_where_it_was_switched_on(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.tiff")
    with pytest.raises(UnsupportedMedia, match="TIFF"):
        probe(path, "image")
    found = probe(path, "image", limits=Limits(tiff=True))
    assert found.facts.width == 40
    assert not found.shown


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as missing:
        probe(tmp_path / "none.png", "image")
    assert missing.value.where == "none.png"


def test_a_folder_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        probe(tmp_path, "image")


def test_of_many_files_each_has_its_own_answer_in_order(tmp_path: Path) -> None:
    paths = [
        picture(tmp_path / "0.png"),
        write(tmp_path / "1.png", png_claiming(50_000, 50_000)),
        tmp_path / "2.png",
        cut(picture(tmp_path / "3.jpg"), 0.5),
        picture(tmp_path / "4.jpg", width=50),
    ]
    first, bomb, missing, broken, last = probe_many(paths, "image")
    assert not isinstance(first, Exception)
    assert first.facts.width == 40
    assert isinstance(bomb, TooLarge)
    assert isinstance(missing, NotFound)
    assert isinstance(broken, UnsupportedMedia)
    assert not isinstance(last, Exception)
    assert last.facts.width == 50


def test_no_file_needs_no_child() -> None:
    assert probe_many([], "image") == []
