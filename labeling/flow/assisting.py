"""Suggestions of model servers: asked by the worker who holds the object, forwarded by us, believed by nobody.

A model server keeps what it has computed of an image under the image's key (the digest of the stored file), so an image
is sent once however often it is asked about; `warm` sends it before it is needed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, Final

from django.conf import settings

from labeling.errors import BadRequest, NotFound, Problem
from labeling.flow.media_variants import variant_of
from labeling.formats.suggestions import Suggestion, parse_prompts, parse_suggestion, request_body
from labeling.jobs.models import DataObject, Media
from labeling.jobs.questions import facts_of
from labeling.storage.egress import Allowance, Egress, OutsideFault, OutsideSilent, Reply, UrlNotAllowed

log = logging.getLogger(__name__)

SUGGESTING: Final = Allowance(total=30, size=4 * 2**20)
SENDING: Final = Allowance(total=90, size=64 * 1024)  # an image, and what the server computes of it
LOOKING: Final = Allowance(total=5, size=64 * 1024)
UNKNOWN_IMAGE: Final = 409
PATIENCE: Final = 5.0  # seconds that a call waits for its turn
GO_ON: Final = "Go on by hand, or try again later."
JSON: Final = {"Content-Type": "application/json", "Accept": "application/json"}

# A slow model server must not hold every thread of the web process, nor may those who wait for it: labeling goes on.
_CALLS = max(1, settings.TOUCHSTONE_THREADS // 4)
_places = BoundedSemaphore(_CALLS)
_waiting = BoundedSemaphore(_CALLS)


class ModelFault(Problem):
    code = "model-fault"
    status = 502


class ModelSilent(ModelFault):
    code = "model-silent"
    status = 504


class ModelBusy(ModelFault):
    code = "model-busy"
    status = 503


def model_names() -> tuple[str, ...]:
    """The model servers that the settings name."""
    return tuple(settings.TOUCHSTONE_MODEL_SERVERS)


def suggest(data_object: DataObject, *, model: str, prompts: Any) -> Suggestion:
    """What `model` makes of the prompts. Raises NotFound, BadRequest (prompts), ModelFault and its kin."""
    media = _picture(data_object)
    facts = facts_of(data_object)
    body = json.dumps(request_body(media.digest, facts, parse_prompts(prompts, facts))).encode()
    with _asking(model) as server:
        reply = server.ask("POST", "/v1/suggest", body)
        if reply.status == UNKNOWN_IMAGE:
            server.send_image(media)
            reply = server.ask("POST", "/v1/suggest", body)
        server.insist(reply)
        return parse_suggestion(reply.content, facts)


def warm(data_object: DataObject, *, model: str) -> None:
    """Let `model` have the image before anybody asks about it. Raises NotFound, ModelFault and its kin."""
    media = _picture(data_object)
    with _asking(model) as server:
        if server.ask("HEAD", f"/v1/images/{media.digest}", None, LOOKING).status >= 400:
            server.send_image(media)


def _picture(data_object: DataObject) -> Media:
    if data_object.media is None or data_object.media.kind != "image":
        raise BadRequest("Only pictures are shown to model servers.", todo="Ask about an object that is one.")
    return data_object.media


class _Server:
    def __init__(self, name: str) -> None:
        self.name = name
        self._url: str = settings.TOUCHSTONE_MODEL_SERVERS[name]
        self._egress = Egress(private=settings.TOUCHSTONE_PRIVATE_NETWORKS)

    def ask(self, method: str, path: str, body: bytes | None, allowance: Allowance | None = None) -> Reply:
        allowance = allowance or SUGGESTING
        return self._egress.send(method, self._url + path, body=body, headers=JSON, allowance=allowance)

    def send_image(self, media: Media) -> None:
        """The same px as stored, in a format that every browser shows."""
        path, content_type = variant_of(media, "view")
        where = f"{self._url}/v1/images/{media.digest}"
        headers = {"Content-Type": content_type}
        self.insist(
            self._egress.send("PUT", where, body=path.read_bytes(), headers=headers, allowance=SENDING),
            "take the image",
        )

    def insist(self, reply: Reply, deed: str = "suggest anything") -> None:
        if not 200 <= reply.status < 300:
            raise ModelFault(f'The model server "{self.name}" did not {deed} (status {reply.status}).', todo=GO_ON)


@contextmanager
def _asking(model: str) -> Iterator[_Server]:
    """One of the few places for calls outside. Faults are said without addresses, which are not for workers."""
    if model not in settings.TOUCHSTONE_MODEL_SERVERS:
        raise NotFound
    if not _turn():
        raise ModelBusy("All calls to model servers are taken.", todo="Try again in a moment.")
    try:
        yield _Server(model)
    except OutsideSilent as problem:
        log.warning("model server %s: %s", model, problem)
        raise ModelSilent(f'The model server "{model}" did not answer in time.', todo=GO_ON) from problem
    except (OutsideFault, UrlNotAllowed) as problem:
        log.warning("model server %s: %s", model, problem)
        raise ModelFault(f'The model server "{model}" can\'t be used: {_why(problem)}', todo=GO_ON) from problem
    finally:
        _places.release()


def _turn() -> bool:
    """Take a place, at once or after a short wait; False where as many wait already as there are places."""
    if _places.acquire(blocking=False):
        return True
    if not _waiting.acquire(blocking=False):
        return False
    try:
        return _places.acquire(timeout=PATIENCE)
    finally:
        _waiting.release()


def _why(problem: Problem) -> str:
    return "its address is not allowed." if isinstance(problem, UrlNotAllowed) else "its reply is odd."
