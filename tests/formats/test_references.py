from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

import pytest

from labeling.errors import NotFound
from labeling.formats.references import ReferenceRefused, classify, open_under, path_under

REFUSED = [
    "",
    "file:///etc/passwd",
    "FILE:/etc/passwd",
    "ftp://host/a",
    "gopher://host/a",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "c:/boot.ini",
    "C:boot.ini",
    "/etc/passwd",
    "//host/share/a.jpg",
    "..",
    "../a.jpg",
    "a/../../b.jpg",
    "a/..",
    "..\\a.jpg",
    "a\\b.jpg",
    "\\\\host\\share",
    "a\x00.jpg",
    "a\n.jpg",
    "a\x7f.jpg",
    "a\x9b.jpg",
    "a\u2028.jpg",
    ".",
    "./",
    "folder/",
    "x" * 9_000,
    "/".join("x" * 65),
    "s3://",
    "s3://bucket",
    "s3://bucket/",
    "s3:/bucket/key",
    "s3:bucket/key",
    "s3://buck et/key",
    "s3://user@bucket/key",
    "http:///a",
    "http:a",
    "https:/host/a",
    "http://user:secret@host/a",
    "http://user@host/a",
    "http://@host/a",
    "http://a%0d%0aX: y/",
    "http://host:port/a",
    "http://host:99999/a",
    "http://ho st/a",
    "http://host/a b",
    "http://host\\@other/a",
    "http://host\r\nX: y/a",
    "http://[::1/a",
    "http://-host/a",
    "http://ho%73t/a",
    "http://host<script>/a",
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_reference_that_could_lead_elsewhere_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ReferenceRefused) as caught:
        classify(text)
    assert caught.value.where == "source-ref"
    assert caught.value.todo


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a.jpg", ("a.jpg",)),
        ("./photos//a.jpg", ("photos", "a.jpg")),
        ("..a/b..jpg", ("..a", "b..jpg")),
        ("12:30 Uhr.jpg", ("12:30 Uhr.jpg",)),
        ("grüße/日.jpg", ("grüße", "日.jpg")),
        ("%2e%2e/a.jpg", ("%2e%2e", "a.jpg")),
    ],
)
def test_a_relative_path_is_taken_literally(text: str, path: tuple[str, ...]) -> None:
    found = classify(text)
    assert (found.kind, found.path, found.name, found.text) == ("relative", path, path[-1], text)


def test_a_key_in_a_bucket_is_opaque() -> None:
    found = classify("s3://quarry/../x?y#z/1.jpg")
    assert (found.kind, found.bucket, found.key, found.name) == ("s3", "quarry", "../x?y#z/1.jpg", "1.jpg")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://host/a.jpg?v=1#part", "https://host/a.jpg?v=1"),
        ("HTTP://Host.Example:8080", "http://host.example:8080/"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("https://münchen.example/a", "https://xn--mnchen-3ya.example/a"),
    ],
)
def test_an_address_is_rebuilt_from_its_parts(text: str, url: str) -> None:
    assert classify(text).url == url


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_bytes(b"secret")
    root = tmp_path / "root"
    (root / "photos").mkdir(parents=True)
    (root / "photos" / "a.jpg").write_bytes(b"a")
    return root


def test_a_file_below_the_folder_is_opened(root: Path) -> None:
    with open_under(root, classify("photos/a.jpg")) as file:
        assert file.read() == b"a"
    assert path_under(root, classify("./photos/a.jpg")) == root / "photos" / "a.jpg"


def test_the_folder_itself_may_be_a_link(root: Path) -> None:
    (root.parent / "link").symlink_to(root)
    assert path_under(root.parent / "link", classify("photos/a.jpg")).read_bytes() == b"a"


def test_no_link_below_the_folder_is_followed(root: Path) -> None:
    (root / "out.txt").symlink_to(root.parent / "secret.txt")
    (root / "up").symlink_to(root.parent)
    (root / "inside.jpg").symlink_to(root / "photos" / "a.jpg")
    for text in ("out.txt", "up/secret.txt", "up/root/photos/a.jpg", "inside.jpg"):
        with pytest.raises(ReferenceRefused):
            open_under(root, classify(text))


def test_only_plain_files_are_opened(root: Path) -> None:
    os.mkfifo(root / "pipe")
    for text in ("photos", "pipe", "photos/a.jpg/b"):
        with pytest.raises(ReferenceRefused):
            open_under(root, classify(text))


def test_a_socket_is_no_file(root: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as short, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{short}/s")
        with pytest.raises(ReferenceRefused):
            open_under(Path(short), classify("s"))


def test_a_missing_file_is_told_as_missing(root: Path) -> None:
    for text in ("photos/b.jpg", "nowhere/a.jpg"):
        with pytest.raises(NotFound):
            open_under(root, classify(text))


def test_an_address_is_no_path_below_a_folder(root: Path) -> None:
    with pytest.raises(ReferenceRefused):
        open_under(root, classify("s3://quarry/photos/a.jpg"))


def test_no_descriptor_is_left_open(root: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for text in ("photos/a.jpg", "photos/b.jpg", "photos"):
        try:
            open_under(root, classify(text)).close()
        except (NotFound, ReferenceRefused):
            continue
    assert len(os.listdir("/proc/self/fd")) <= before  # noqa: PTH208
