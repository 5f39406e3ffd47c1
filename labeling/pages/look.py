"""A first look at data that are on the server, before there is a job: names, texts, small pictures. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from labeling.errors import ManifestLineError, NotFound, Problem
from labeling.formats.lines import read_lines
from labeling.formats.references import classify, open_under, path_under
from labeling.formats.source import InputLine, check_input
from labeling.media.render import thumbnail
from labeling.task_types.base import Medium
from labeling.task_types.registry import TASK_TYPES

SHOWN: Final = 6
READ: Final = 2000  # lines or files that are looked at for a count; "more" beyond
EXCERPT: Final = 160  # characters


@dataclass(frozen=True)
class Found:
    """`first`: (place, words) of the first objects; `n` objects seen, `more` when reading stopped; `refused` lines."""

    first: tuple[tuple[int, str], ...]
    n: int
    more: bool
    refused: int
    problem: str  # of the first refused line


def medium_of(task_type_name: str) -> Medium:
    return next((kind.media for kind in TASK_TYPES if kind.name == task_type_name), "image")


def first(path: Path, medium: Medium) -> Found:
    """Look at a folder or a manifest. Raises Problem when it can't be read at all."""
    words: list[tuple[int, str]] = []
    n = refused = 0
    problem = ""
    for entry in islice(_entries(path, medium), READ):
        if isinstance(entry, ManifestLineError):
            refused += 1
            problem = problem or str(entry)
            continue
        if len(words) < SHOWN:
            words.append((n, _in_words(path, entry)))
        n += 1
    return Found(tuple(words), n, n + refused >= READ, refused, problem)


def _entries(path: Path, medium: Medium) -> Iterator[str | InputLine | ManifestLineError]:
    if path.is_dir():
        yield from _names(path)
        return
    with path.open("rb") as stream:
        for line in read_lines(stream):
            if isinstance(line, ManifestLineError):
                yield line
                continue
            try:
                yield check_input(line, medium)
            except ManifestLineError as error:
                yield error


def _names(folder: Path) -> list[str]:
    found = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return sorted(p.as_posix() for p in found if not any(part.startswith(".") for part in p.parts))


def _in_words(path: Path, entry: str | InputLine) -> str:
    if isinstance(entry, str):
        return _text_of(path, entry) if entry.lower().endswith(".txt") else entry
    if entry.source.reference is None:
        return entry.source.value[:EXCERPT]
    return entry.source.reference.name


def _text_of(folder: Path, name: str) -> str:
    try:
        with open_under(folder, classify(name)) as stream:
            return stream.read(EXCERPT * 4).decode("utf-8", "replace")[:EXCERPT]
    except Problem:
        return name


def picture(path: Path, medium: Medium, n: int) -> tuple[bytes, str]:
    """A small picture of the n-th object (from 0, of the first few) and its content type. Raises NotFound."""
    if not 0 <= n < SHOWN:
        raise NotFound
    seen = (entry for entry in _entries(path, medium) if not isinstance(entry, ManifestLineError))
    entry = next(islice(seen, n, None), None)
    if entry is None:
        raise NotFound
    root, reference = path.parent, classify(entry) if isinstance(entry, str) else entry.source.reference
    if path.is_dir():
        root = path
    if reference is None:
        raise NotFound
    made = thumbnail(path_under(root, reference), medium)
    return made.content, made.content_type
