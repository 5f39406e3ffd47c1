"""Films as they come, decoded in the browser: B-frames, few key frames, uneven times, turned or stretched pictures.

The product makes proxies of most of them; here the decoder gets them raw, with the table that the server makes of them.
"""

from __future__ import annotations

import json
import os
import random
import re
import struct
import subprocess
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from threading import Thread
from typing import Any

import av
import pytest
from playwright.sync_api import Browser

from labeling.media import probe
from tests.browser.product import ROOT
from tests.local_server import LocalHandler, LocalServer
from tests.media.films import HEIGHT, RECIPES, WIDTH, films, picture_of

RANGE = re.compile(r"bytes=(\d+)-(\d+)")
ONE = 1 << 16  # of a track's matrix, in the file


@pytest.fixture(scope="module")
def scripts() -> dict[str, bytes]:
    """The editor's own source of frames, and its worker."""
    return {
        "/page.js": built("tests/browser/film_page.ts", "esm"),
        "/film.worker.js": built("frontend/src/media/film.worker.ts", "iife"),
    }


def built(path: str, form: str) -> bytes:
    command = [str(ROOT / "frontend/node_modules/.bin/esbuild"), "--bundle", f"--format={form}", f"{ROOT}/{path}"]
    env = {**os.environ, "NODE_PATH": str(ROOT / "frontend/node_modules")}
    return subprocess.run([*command, "--target=es2022"], capture_output=True, check=True, env=env).stdout


@pytest.fixture
def walk(browser: Browser, scripts: dict[str, bytes]) -> Iterator[Callable[[Path], tuple[list[int], dict[str, Any]]]]:
    """`walk(film)`: frames on, back and at random, and what was read in each."""
    served = {"/": b"<!doctype html><script type=module src=/page.js></script>", **scripts}

    class Files(LocalHandler):
        def do_GET(self) -> None:
            content, wanted = served.get(self.path, b""), RANGE.match(self.headers.get("Range", ""))
            kind = "text/javascript" if self.path.endswith(".js") else "text/html"
            status, headers = 200 if content else 404, {"Content-Type": kind}
            if wanted:
                start, end = int(wanted[1]), min(int(wanted[2]) + 1, len(content))
                status, headers = 206, {"Content-Range": f"bytes {start}-{end - 1}/{len(content)}"}
                content = content[start:end]
            self.reply(status, content, **headers)

    server = LocalServer(Files)
    Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(f"{server.url}/")

    def go(path: Path) -> tuple[list[int], dict[str, Any]]:
        found = probe(path, "video")
        assert found.table is not None
        served[f"/film/{path.name}"] = path.read_bytes()
        served[f"/table/{path.name}"] = json.dumps({**found.table.as_json(), "proxy": "ready"}).encode()
        jumps = random.Random(5).choices(range(len(found.table)), k=40)
        frames = [*range(60), *range(58, 18, -1), *jumps]
        size = {"width": found.facts.width, "height": found.facts.height}
        return frames, page.evaluate("(words) => walk(...words)", [path.name, frames, size])

    yield go
    page.close()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", list(films()))
def test_every_frame_of_a_raw_film_is_decoded_exactly(walk: Callable[..., Any], name: str) -> None:
    frames, shown = walk(films()[name].path)
    assert shown["how"] == "decoder"
    assert shown["read"] == frames


@pytest.mark.parametrize("matrix", [(0, ONE, -ONE, 0), (-ONE, 0, 0, -ONE)], ids=["quarter-turn", "upside-down"])
def test_a_turned_film_comes_as_it_is_stored(walk: Callable[..., Any], tmp_path: Path, matrix: tuple[int, ...]) -> None:
    content = bytearray(films()["h264-no-b-short-gop"].path.read_bytes())
    place = content.index(b"tkhd") + 4 + 40  # version 0: the matrix stands 40 bytes on
    a, b, c, d = matrix
    content[place : place + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    turned = tmp_path / "turned.mp4"
    turned.write_bytes(content)
    frames, shown = walk(turned)
    assert shown["how"] == "decoder"
    assert shown["read"] == frames


def test_pixels_that_are_not_square_are_not_stretched(walk: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "wide.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options=RECIPES["h264-no-b-short-gop"].options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        for number in range(90):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture_of(number), format="rgb24")))
        container.mux(stream.encode())
    frames, shown = walk(path)
    assert shown["how"] == "decoder"
    assert shown["read"] == frames
