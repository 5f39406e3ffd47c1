"""A small real model server (docs/model-servers.md): it segments by colour, keeps images by key, and can misbehave."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from tests.local_server import LocalHandler, LocalServer, drips, never_ends

NEAR = 40.0  # how far colours of one thing may lie apart, as a distance in RGB
Mask = NDArray[np.bool_]


def compressed(mask: Mask) -> dict[str, Any]:
    """COCO's compressed runs of a mask, column by column."""
    flat = np.concatenate([[False], mask.ravel(order="F")])
    edges = np.flatnonzero(np.diff(flat)) if mask.size else np.array([], dtype=int)
    runs = np.diff(np.concatenate([[0], edges, [mask.size]])).tolist()
    text = ""
    for place, run in enumerate(runs):
        value = run - runs[place - 2] if place > 2 else run
        more = True
        while more:
            low = value & 31
            value >>= 5
            more = value != (-1 if low & 16 else 0)
            text += chr(low + (32 if more else 0) + 48)
    return {"size": list(mask.shape), "counts": text}


def segmented(pixels: NDArray[np.uint8], prompts: list[dict[str, Any]]) -> Mask:
    """What looks like the points inside, and what differs from the frame of a box; without what lies outside."""
    found = np.zeros(pixels.shape[:2], dtype=bool)
    for prompt in prompts:
        if prompt["kind"] == "box":
            found |= within_box(pixels, prompt)
        elif prompt["kind"] == "point":
            part = around(pixels, prompt["x"], prompt["y"])
            found = found | part if prompt["inside"] else found & ~part
    return found


def within_box(pixels: NDArray[np.uint8], box: dict[str, Any]) -> Mask:
    left, top = int(box["left"]), int(box["top"])
    inner = pixels[top : round(box["top"] + box["height"]), left : round(box["left"] + box["width"])].astype(float)
    ground = np.median(np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]]), axis=0)
    found = np.zeros(pixels.shape[:2], dtype=bool)
    found[top : top + inner.shape[0], left : left + inner.shape[1]] = np.linalg.norm(inner - ground, axis=2) > NEAR
    return found


def around(pixels: NDArray[np.uint8], x: float, y: float) -> Mask:
    row, column = min(int(y), pixels.shape[0] - 1), min(int(x), pixels.shape[1] - 1)
    alike = np.linalg.norm(pixels.astype(float) - pixels[row, column], axis=2) < NEAR
    parts, _ = ndimage.label(alike)
    return np.asarray(parts == parts[row, column])


class ModelServer(LocalServer):
    """`calls` counts "PUT", "HEAD", "POST"."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.images: dict[str, NDArray[np.uint8]] = {}
        self.asked: list[dict[str, Any]] = []


class _Handler(LocalHandler):
    server: ModelServer

    def do_HEAD(self) -> None:
        self.server.calls["HEAD"] += 1
        self.reply(200 if self.path.rpartition("/")[2] in self.server.images else 404, b"")

    def do_PUT(self) -> None:
        self.server.calls["PUT"] += 1
        content = self.rfile.read(int(self.headers["Content-Length"]))
        with Image.open(BytesIO(content)) as image:
            self.server.images[self.path.rpartition("/")[2]] = np.asarray(image.convert("RGB"))
        self.reply(204, b"")

    def do_POST(self) -> None:
        self.server.calls["POST"] += 1
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        if self.server.mode:
            FAULTS[self.server.mode](self)
            return
        pixels = self.server.images.get(asked["image"]["key"])
        if pixels is None:
            self.reply(409, b'{"what": "Send the image."}')
            return
        mask = segmented(pixels, asked["prompts"])
        self.say({"model": "colours", "version": "2", "mask": compressed(mask), "score": 0.9})


def _slow(handler: _Handler) -> None:
    """Drips: a byte of its head now and then, so that no single wait is long."""
    with suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(200):
            handler.wfile.write(b"X")
            handler.wfile.flush()
            time.sleep(0.05)


POLYGON = [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]
NAMED = {"model": "m", "version": "1"}
FAULTS: dict[str, Callable[[_Handler], None]] = {
    "slow": _slow,
    "dripping": lambda one: drips(one, 100),
    "endless": never_ends,
    "redirecting": lambda one: one.reply(302, b"", Location="http://169.254.169.254/latest"),
    "failing": lambda one: one.reply(500, b"secret words of a traceback"),
    "forgetful": lambda one: one.reply(409, b""),
    "packed": lambda one: one.reply(200, b"\x1f\x8b", Content_Encoding="gzip"),
    "no JSON": lambda one: one.reply(200, b"<html>"),
    "NaN": lambda one: one.reply(200, b'{"model": "m", "version": "1", "polygon": {"vertices": []}, "score": NaN}'),
    "empty": lambda one: one.say({}),
    "nameless": lambda one: one.say({"polygon": {"vertices": POLYGON}}),
    "two shapes": lambda one: one.say({**NAMED, "mask": {}, "polygon": {"vertices": POLYGON}}),
    "far away": lambda one: one.say({**NAMED, "polygon": {"vertices": [*POLYGON, {"x": 1e9, "y": 2}]}}),
    "two corners": lambda one: one.say({**NAMED, "polygon": {"vertices": POLYGON[:2]}}),
    "another size": lambda one: one.say({**NAMED, "mask": {"size": [1, 1], "counts": "01"}}),
    "short runs": lambda one: one.say({**NAMED, "mask": {"size": [30, 40], "counts": "01"}}),
    "odd runs": lambda one: one.say({**NAMED, "mask": {"size": [30, 40], "counts": "~~~"}}),
    "sure": lambda one: one.say({**NAMED, "polygon": {"vertices": POLYGON}, "score": 7}),
}


@contextmanager
def model_server() -> Iterator[ModelServer]:
    server = ModelServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
