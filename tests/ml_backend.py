"""A small real ML backend (docs/your-own-model.md) that answers from a function, and can misbehave."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.local_server import LocalHandler, LocalServer, drips, never_ends

Predict = Callable[[dict[str, Any]], dict[str, Any]]  # a task -> its prediction


class MlBackend(LocalServer):
    def __init__(self, predict: Predict) -> None:
        super().__init__(_Handler)
        self.predict = predict
        self.version = "guesser 1"
        self.keys: set[str] = set()
        self.last: dict[str, Any] = {}


class _Handler(LocalHandler):
    server: MlBackend

    def do_GET(self) -> None:
        self.server.calls[self.path] += 1
        self.server.keys.add(self.headers.get("Authorization", ""))
        self.say({"status": "DOWN" if self.server.mode == "down" else "UP"})

    def do_POST(self) -> None:
        self.server.calls[self.path] += 1
        self.server.last = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/setup":
            self.say({"model_version": self.server.version})
            return
        self.tasks = self.server.last["tasks"]
        if self.server.mode in FAULTS:
            FAULTS[self.server.mode](self)
            return
        self.say({"results": [self.server.predict(task) for task in self.tasks], "model_version": self.server.version})

    def all(self, **prediction: Any) -> None:
        self.say({"results": [prediction for _ in self.tasks]})


def chosen(name: str) -> list[dict[str, Any]]:
    return [{"type": "choices", "from_name": "label", "to_name": "text", "value": {"choices": [name]}}]


FAULTS: dict[str, Callable[[_Handler], None]] = {
    "slow": lambda one: drips(one, 200),
    "huge": never_ends,
    "failing": lambda one: one.reply(500, b"secret words of a traceback"),
    "refusing": lambda one: one.reply(401, b"no"),
    "redirecting": lambda one: one.reply(302, b"", Location="http://169.254.169.254/latest"),
    "no JSON": lambda one: one.reply(200, b"<html>"),
    "a list": lambda one: one.say([]),
    "no results": lambda one: one.say({"result": []}),
    "too few": lambda one: one.say({"results": []}),
    "no result": lambda one: one.say({"results": [{"score": 1} for _ in one.tasks]}),
    "NaN": lambda one: one.reply(200, b'{"results": [{"result": [], "score": NaN}]}'),
    "another type": lambda one: one.all(result=[{"type": "rectanglelabels", "value": {}}]),
    "unknown class": lambda one: one.all(result=chosen("ugly"), score=0.5),
    "two classes": lambda one: one.all(result=chosen("good") + chosen("bad")),
    "too sure": lambda one: one.all(result=chosen("good"), score=1.5),
    "sum": lambda one: one.all(result=chosen("good"), probabilities=[0.9, 0.4]),
    "negative": lambda one: one.all(result=chosen("good"), probabilities=[-0.2, 1.2]),
    "three": lambda one: one.all(result=chosen("good"), probabilities=[0.5, 0.3, 0.2]),
    "unlikely": lambda one: one.all(result=chosen("good"), probabilities=[0.2, 0.8]),
    "nameless": lambda one: one.say({"results": [{"result": []} for _ in one.tasks], "model_version": {"a": 1}}),
}


@contextmanager
def ml_backend(predict: Predict) -> Iterator[MlBackend]:
    server = MlBackend(predict)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
