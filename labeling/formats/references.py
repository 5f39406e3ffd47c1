"""What a `source-ref` may point to, and the only way to open one that is relative (security: S6, S9, S23).

A reference is text from a stranger. `classify` takes it apart and says what it is or refuses it; nothing is opened.
`open_under` walks a folder step by step without following a link, so that a swapped folder can't lead it out.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import SplitResult, urlsplit

from labeling.errors import Invalid, NotFound

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BUCKET = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,254}")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,252}[a-z0-9_.])?|[0-9a-f:.]*:[0-9a-f:.]*", re.ASCII)
MAX_CHARACTERS = 8192
MAX_FOLDERS = 64
_TODO = "Use s3://bucket/key, https://, or a path relative to the job's folder."


class ReferenceRefused(Invalid):
    """A reference that is never followed; its file was not opened."""

    code = "reference-refused"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference that may be followed. `text` is written back as it came; `name` is for display only."""

    kind: Literal["s3", "https", "http", "relative"]
    text: str
    bucket: str = ""
    key: str = ""
    url: str = ""  # rebuilt from its parts, without fragment
    path: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        whole = self.key or "/".join(self.path) or urlsplit(self.url).path
        return whole.rstrip("/").rpartition("/")[2] or self.text


def classify(text: str) -> Reference:
    """Say what a reference is. Raises ReferenceRefused."""
    if not text or len(text) > MAX_CHARACTERS:
        raise _refused(text, "is empty" if not text else f"is longer than {MAX_CHARACTERS:,} characters")
    if _UNSAFE.search(text):
        raise _refused(text, "holds a control character")
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _relative(text)
    match scheme[1].lower():
        case "s3":
            return _s3(text)
        case "https" | "http":
            return _web(text)
        case other:
            raise _refused(text, f"has the scheme {other}:, which is not followed")


def _refused(text: str, problem: str) -> ReferenceRefused:
    return ReferenceRefused(f"The reference {text[:120]!r} {problem}.", where="source-ref", todo=_TODO)


def _relative(text: str) -> Reference:
    if text.startswith("/"):
        raise _refused(text, "is an absolute path")
    if "\\" in text:
        raise _refused(text, "holds a backslash")
    path = tuple(part for part in text.split("/") if part not in ("", "."))
    if ".." in path:
        raise _refused(text, "leads out of its folder")
    if len(path) > MAX_FOLDERS:
        raise _refused(text, f"has more than {MAX_FOLDERS} folders")
    if not path or text.endswith("/"):
        raise _refused(text, "names no file")
    return Reference("relative", text, path=path)


def _s3(text: str) -> Reference:
    bucket, _, key = text[5:].partition("/")
    if not text[2:].startswith("://") or not _BUCKET.fullmatch(bucket) or not key:
        raise _refused(text, "is not of the form s3://bucket/key")
    return Reference("s3", text, bucket=bucket, key=key)


def _web(text: str) -> Reference:
    if "\\" in text or " " in text or "://" not in text[:9]:
        raise _refused(text, "is no well-formed address")
    try:
        parts = urlsplit(text)
        host, port = _host(parts), parts.port
    except ValueError:  # UnicodeError of idna is one
        raise _refused(text, "is no well-formed address") from None
    if "@" in parts.netloc:
        raise _refused(text, "carries a user name or password")
    if not _HOST.fullmatch(host):
        raise _refused(text, "has no proper host name")
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port is not None else "")
    query = f"?{parts.query}" if parts.query else ""
    kind: Literal["https", "http"] = "https" if parts.scheme == "https" else "http"
    return Reference(kind, text, url=f"{kind}://{place}{parts.path or '/'}{query}")


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return host if host.isascii() else host.encode("idna").decode()


def open_under(root: Path, reference: Reference) -> BinaryIO:
    """Open a relative reference below `root` for reading; a link at any step, or anything but a plain file, is refused.

    `root` itself is the lead's word and may be a link. Raises ReferenceRefused or NotFound.
    """
    return os.fdopen(_descriptor(root, reference), "rb")


def path_under(root: Path, reference: Reference) -> Path:
    """The same check, for the path alone. Where the bytes are read, use `open_under`: paths can be swapped."""
    os.close(_descriptor(root, reference))
    return root.joinpath(*reference.path)


def _descriptor(root: Path, reference: Reference) -> int:
    if reference.kind != "relative":
        raise _refused(reference.text, "is no path below a folder")
    *folders, name = reference.path
    with ExitStack() as opened:
        try:
            here = _step(opened, os.fspath(root), os.O_DIRECTORY, None)
            for folder in folders:
                here = _step(opened, folder, os.O_DIRECTORY | os.O_NOFOLLOW, here)
            # O_NONBLOCK: a named pipe must not make us wait
            here = _step(opened, name, os.O_NONBLOCK | os.O_NOFOLLOW, here)
        except FileNotFoundError:
            raise NotFound(
                f"There is no file {reference.text[:120]!r} in the job's folder.", where="source-ref"
            ) from None
        except OSError as error:  # ELOOP: a link; ENOTDIR: a file, or a link, where a folder should be
            raise _refused(reference.text, f"can't be opened below the job's folder ({error.strerror})") from None
        if not stat.S_ISREG(os.fstat(here).st_mode):
            raise _refused(reference.text, "is no plain file")
        return os.dup(here)


def _step(opened: ExitStack, name: str, flags: int, folder: int | None) -> int:
    descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC | flags, dir_fd=folder)
    opened.callback(os.close, descriptor)
    return descriptor
