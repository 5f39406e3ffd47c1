from __future__ import annotations

import logging
from urllib.parse import urlencode

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from labeling.config.logs import WithoutSecrets
from labeling.config.middleware import HeadersMiddleware


def test_every_reply_forbids_inline_scripts_framing_and_shared_caches() -> None:
    reply = HeadersMiddleware(lambda _: HttpResponse())(RequestFactory().get("/api/v1/jobs"))
    policy = reply["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert reply["Referrer-Policy"] == "same-origin"
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["grabcut.worker.js", "grabcut.worker.0123456789ab.js"])
def test_the_grabcut_worker_alone_may_make_functions_and_connects_to_nothing(name: str) -> None:
    policy = HeadersMiddleware(lambda _: HttpResponse())(RequestFactory().get(f"/static/editor/{name}"))[
        "Content-Security-Policy"
    ]
    assert "script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'" in policy
    assert "connect-src 'none'" in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    "path", ["/static/editor/livewire.worker.js", "/static/editor/opencv.js", "/media/static/editor/grabcut.worker.js"]
)
def test_no_other_file_may(path: str) -> None:
    reply = HeadersMiddleware(lambda _: HttpResponse())(RequestFactory().get(path))
    assert "unsafe" not in reply["Content-Security-Policy"]


def test_a_view_keeps_the_headers_that_it_sets_itself() -> None:
    def view(_: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "sandbox", "Cache-Control": "private, max-age=60"})

    reply = HeadersMiddleware(view)(RequestFactory().get("/api/v1/media"))
    assert reply["Content-Security-Policy"] == "sandbox"
    assert reply["Cache-Control"] == "private, max-age=60"


def test_static_files_may_be_cached() -> None:
    reply = HeadersMiddleware(lambda _: HttpResponse())(RequestFactory().get("/static/editor/editor.js"))
    assert "Cache-Control" not in reply


@pytest.mark.django_db
def test_health_answers_without_a_sign_in_and_carries_the_headers(client: Client) -> None:
    reply = client.get("/health")
    assert reply.content == b"ok"
    assert "frame-ancestors 'none'" in reply["Content-Security-Policy"]


def test_an_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/health", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Authorization: Token abc.def", "Authorization: Token ..."),
        ("GET /media/5/view?s=abcdef&x=1", "GET /media/5/view?s=...&x=1"),
        ("worker 5 took task 7", "worker 5 took task 7"),
    ],
)
def test_the_log_holds_no_token_and_no_signature(line: str, kept: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "%s", (line,), None)
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == kept


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/jobs/?q=%00", "/jobs/?q=a&%00=b", "/invitation/a%00b/", "/api/v1/jobs?before=%00"])
def test_a_nul_character_in_an_address_is_refused_at_once(client: Client, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 400
    assert ("problem+json" in reply["Content-Type"]) == path.startswith("/api/")


@pytest.mark.django_db
@pytest.mark.parametrize("form", [{"name": "a\0b"}, {"a\0": "b"}, {"name": ["a", "b\0"]}])
def test_a_nul_character_in_a_form_is_refused_at_once(client: Client, form: dict[str, str]) -> None:
    assert client.post("/teams/", form).status_code == 400
    body, kind = urlencode(form, doseq=True), "application/x-www-form-urlencoded"
    assert client.post("/teams/", body, content_type=kind).status_code == 400


@pytest.mark.django_db
def test_a_nul_character_in_a_cookie_is_refused_at_once(client: Client) -> None:
    assert client.get("/health", headers={"cookie": 'sessionid="a\\000bcdefgh"'}).status_code == 400
    assert client.get("/health", headers={"cookie": 'sessionid="abcdefgh"'}).status_code == 200
