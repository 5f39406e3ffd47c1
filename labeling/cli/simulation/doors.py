"""Two ways to the API: over HTTP to a running server, or in this process through the same views."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from rest_framework.test import APIClient

from labeling.errors import BadRequest, Problem

TIMEOUT = 30.0  # seconds


class ApiFailed(Problem):
    """The API answered with something that a simulated worker can't use."""

    code = "api-failed"


class Door(ABC):
    """Posts as one worker. A reply is (status, JSON)."""

    @abstractmethod
    def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Raises ApiFailed when there is no reply."""


class HttpDoor(Door):
    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise BadRequest(f'"{url}" is no http:// address.', where="--url", todo="Write http://127.0.0.1:8000.")
        self.host, self.port = parts.hostname, parts.port or 80
        self.token = token
        self.connection = HTTPConnection(self.host, self.port, timeout=TIMEOUT)

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        text = json.dumps(body)
        for last in (False, True):
            try:
                self.connection.request("POST", path, text, headers)
                reply = self.connection.getresponse()
                return reply.status, json.loads(reply.read() or b"null")
            except (HTTPException, OSError) as error:
                self.connection.close()  # opened again by the next request: the server may have been restarted
                if last:
                    raise ApiFailed(f"No answer from {self.host}:{self.port} ({error}).") from error
            except ValueError as error:
                raise ApiFailed("The reply was not JSON.", where=path) from error
        raise AssertionError("unreachable")


class InProcessDoor(Door):
    def __init__(self, token: str) -> None:
        self.client = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}", HTTP_HOST="localhost")

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        reply = self.client.post(path, body, format="json")
        return reply.status_code, json.loads(reply.content or b"null")
