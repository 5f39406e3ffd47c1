"""Headers that keep a user's file from being run."""

from __future__ import annotations

import pytest

from labeling.media.serving import media_headers


@pytest.mark.parametrize("kind", ["image/svg+xml", "text/html", "application/xml", "image/png; x", ""])
def test_what_is_none_of_our_formats_is_a_typeless_download(kind: str) -> None:
    headers = media_headers(kind)
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"] == "attachment"


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", "text/plain; charset=utf-8"])
def test_pictures_films_and_plain_text_are_shown(kind: str) -> None:
    headers = media_headers(kind)
    assert headers["Content-Type"] == kind
    assert headers["Content-Disposition"] == "inline"


def test_every_reply_forbids_guessing_and_running() -> None:
    for kind in ("image/png", "text/html"):
        headers = media_headers(kind)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("sandbox")
