"""A small real ML backend (docs/your-own-model.md) that answers from a function, and can misbehave."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Predict = Callable[[dict[str, Any]], dict[str, Any]]  # a task -> its prediction


class MlBackend(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, predict: Predict) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.predict = predict
        self.version = "guesser 1"
        self.mode = ""
        self.calls: Counter[str] = Counter()
        self.keys: set[str] = set()
        self.last: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up early is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: MlBackend
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

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

    def say(self, value: Any) -> None:
        self.reply(200, json.dumps(value).encode())

    def reply(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def chosen(name: str) -> list[dict[str, Any]]:
    return [{"type": "choices", "from_name": "label", "to_name": "text", "value": {"choices": [name]}}]


def _dripping(handler: _Handler) -> None:
    handler.close_connection = True
    with suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)


def _endless(handler: _Handler) -> None:
    handler.close_connection = True
    with suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        for _ in range(4096):
            handler.wfile.write(bytes(65536))


FAULTS: dict[str, Callable[[_Handler], None]] = {
    "slow": _dripping,
    "huge": _endless,
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
