"""Two things tracked through a film in the browser, one of them split; the exported file says what the screen showed.

The films are of the tests' own making; with REAL_DATA, a folder of real data, the clips of its video/ too.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor import Desk
from tests.browser.product import Product, wait_for

DATA = os.environ.get("REAL_DATA", "")
CLIPS = sorted(Path(DATA, "video").glob("*.mp4")) if DATA else []
Place = tuple[float, float, float, float]  # left, top, width, height in px of the film

SHOWN = """async (wanted) => {
    const canvas = document.querySelector('#stage > canvas.picture');
    const start = performance.now();
    while (Number(canvas.dataset.frame) !== wanted) {
        if (performance.now() - start > 10000) throw new Error(`frame ${canvas.dataset.frame}, not ${wanted}`);
        await new Promise((done) => setTimeout(done, 5));
    }
}"""

# What the overlay draws of the selected shapes, in px of the film, by the class that colours it.
DRAWN = """async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const canvas = document.querySelector('#stage > canvas.picture'), stage = document.querySelector('#stage');
    const [seen, outer] = [canvas.getBoundingClientRect(), stage.getBoundingClientRect()];
    const scale = seen.width / canvas.width;
    const found = [...document.querySelectorAll('svg.hand .shape')].map((path) => {
        const [left, top, width, height] = path.getAttribute('d').match(/-?[0-9.]+/g).map(Number);
        const x = (left - (seen.left - outer.left)) / scale, y = (top - (seen.top - outer.top)) / scale;
        return [/c([12])(?: |$)/.exec(path.getAttribute('class'))[1], [x, y, width / scale, height / scale]];
    });
    return [Number(canvas.dataset.frame), found];
}"""


def moving(path: Path, *, frames: int = 90) -> Path:
    """A red square that goes right and a blue one that goes left, 320 x 200 px, 30 frames a second, long GOP."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"g": "250", "bf": "2", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 320, 200, "yuv420p"
        for number in range(frames):
            picture = np.full((200, 320, 3), 180, dtype=np.uint8)
            picture[40:80, 20 + 2 * number : 60 + 2 * number] = (178, 58, 46)
            picture[120:150, 240 - 2 * number : 280 - 2 * number] = (52, 84, 148)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def facts(path: Path) -> tuple[int, int, int]:
    """Frames, width, height."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return sum(1 for _ in container.decode(stream)), stream.width, stream.height


@pytest.fixture(params=["made", *(clip.name for clip in CLIPS)])
def film(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    if request.param == "made":
        yield moving(tmp_path / "moving.mp4")
    else:
        yield Path(DATA, "video", request.param)


def go(page: Page, frame: int) -> None:
    field = page.get_by_label("Frame; type a number to go there")
    field.fill(str(frame))
    field.press("Enter")
    page.evaluate(SHOWN, frame)
    page.locator("#stage").focus()


def exported(product: Product, job: int, folder: Path) -> list[dict[str, Any]]:
    """The frames of the SeqLabel file, in their order."""
    wait_for(lambda: product.api("GET", f"/jobs/{job}")["state"] == "completed", words="the job to be complete")
    done = product.manage("export_job", str(job), "--output", str(folder))
    assert done.returncode == 0, done.stderr
    (file,) = folder.rglob("SeqLabel.json")
    frames: list[dict[str, Any]] = json.loads(file.read_text())["tracking-annotations"]
    return frames


def whole(start: float, side: float, size: int) -> tuple[int, int]:
    """Both ends on whole px, as the file has them."""
    begin = min(max(math.floor(start + 0.5), 0), size - 1)
    return begin, max(min(math.floor(start + side + 0.5), size) - begin, 1)


def says(entry: dict[str, int], seen: Place, size: tuple[int, int]) -> bool:
    """The file's box is the one that was seen: exactly, but where a px was cut in two within what a screen can show."""
    for (start, side), (at, length), most in (
        ((entry["left"], entry["width"]), (seen[0], seen[2]), size[0]),
        ((entry["top"], entry["height"]), (seen[1], seen[3]), size[1]),
    ):
        near = [whole(at + a, length + b, most) for a in (-0.05, 0, 0.05) for b in (-0.1, 0, 0.1)]
        if (start, side) not in near:
            return False
    return True


def left_of(place: int, turn: int) -> float:
    """Where a thing is at a key frame, as a share of the film's width: one goes right, the other left."""
    return 0.06 + 0.2 * turn if place == 0 else 0.8 - 0.2 * turn


def track(at: Desk, place: int, keys: list[int], size: tuple[int, int]) -> None:
    """Draw a thing of class `place` in the first of the frames and drag it on in the others."""
    width, height = size
    top, middle = (0.2 + 0.4 * place) * height, (0.06 * width, 0.1 * height)
    for turn, frame in enumerate(keys):
        go(at.page, frame)
        left = left_of(place, turn) * width
        if turn == 0:
            at.press(str(place + 1), "b")
            at.drag((left, top), (left + 2 * middle[0], top + 2 * middle[1]))
            at.press("v")
        else:
            before = left_of(place, turn - 1) * width
            at.drag((before + middle[0], top + middle[1]), (left + middle[0], top + middle[1]))
    at.press("Escape")


def split(at: Desk, frame: int) -> None:
    """The thing of class 0, before this frame."""
    go(at.page, frame)
    at.press("Control+a")
    left, top, width, height = next(place for colour, place in at.page.evaluate(DRAWN)[1] if colour == "1")
    at.press("Escape")
    at.click((left + width / 2, top + height / 2))
    at.press("x")
    expect(at.page.locator("#said")).to_contain_text("Split")


def watched(at: Desk, count: int) -> list[dict[int, Place]]:
    """Of each frame what is on screen, by class."""
    seen = []
    go(at.page, 0)
    for frame in range(count):
        at.page.evaluate(SHOWN, frame)
        at.press("Control+a")
        number, found = at.page.evaluate(DRAWN)
        assert number == frame
        assert len(found) == 2
        seen.append({int(colour) - 1: tuple(place) for colour, place in found})
        at.press(".")
    return seen


def test_what_is_exported_is_what_was_on_screen(
    job: Callable[..., int], desk: Callable[..., Desk], product: Product, film: Path, tmp_path: Path
) -> None:
    count, *size = facts(film)
    made = job("video-object-tracking", files=[film], tools=["box"])
    at = desk(made)
    keys = [round(part * (count - 1)) for part in (0.0, 0.3, 0.6, 0.9)]
    for place in (0, 1):
        track(at, place, keys, (size[0], size[1]))
    split(at, (keys[1] + keys[2]) // 2)
    seen = watched(at, count)
    answer = at.submit()
    assert [len(one["geometry"]["keys"]) for one in answer["instances"]] == [3, 4, 3]

    frames = exported(product, made, tmp_path / "export")
    assert len(frames) == count
    names = set()
    for frame, told in enumerate(frames):
        assert len(told["annotations"]) == 2, frame
        for entry in told["annotations"]:
            names.add(entry["object-name"])
            place = seen[frame][int(entry["class-id"])]
            assert says(entry, place, (size[0], size[1])), (frame, entry, place)
    assert names == {"Car:1", "Car:2", "Bus:1"}
