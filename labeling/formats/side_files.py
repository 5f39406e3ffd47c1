"""The files beside labels (spec sections 7.4, 7.12 and 9): their names when written, their bytes when read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from labeling.errors import InvalidAnswer, NotFound
from labeling.formats.dates import write_date
from labeling.formats.folders import OUTPUT_MANIFEST, SIDE_FILES, local_name, side_file_path
from labeling.formats.references import Reference, classify, open_under
from labeling.task_types.base import LabelAttribute
from labeling.task_types.index_png import LARGEST

MOST_FILES = 1_000  # a label

Opener = Callable[[Reference], AbstractContextManager[BinaryIO]]


class NamesFiles(Protocol):
    def side_names(self, attribute: LabelAttribute) -> tuple[str, ...]: ...


def placed(attribute: LabelAttribute, *, object_id: int, created: datetime, prefix: str = "") -> LabelAttribute:
    """The label with its files' names below the output folder, and their addresses in its value.

    `prefix`: what the addresses begin with, such as s3://bucket/out/job/; "" makes them relative to the output folder.
    """
    if not attribute.side_files:
        return attribute
    paths = {
        name: side_file_path(name.replace("{object}", str(object_id)).replace("{created}", write_date(created)))
        for name in attribute.side_files
    }
    addresses = {name: prefix + path for name, path in paths.items()}
    files = {paths[name]: content for name, content in attribute.side_files.items()}
    return replace(attribute, value=_renamed(attribute.value, addresses), side_files=files)


def _renamed(value: Any, addresses: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return addresses.get(value, value)
    if isinstance(value, list):
        return [_renamed(one, addresses) for one in value]
    if isinstance(value, dict):
        return {key: _renamed(one, addresses) for key, one in value.items()}
    return value


def with_side_files(kind: NamesFiles, attribute: LabelAttribute, opener: Opener) -> LabelAttribute:
    """The label with the bytes of the files that it names, as far as they are at hand: the type says what is missing.

    Raises InvalidAnswer when it names too many, or one is too large; ReferenceRefused for a name that is not followed.
    """
    names = kind.side_names(attribute)
    if len(names) > MOST_FILES:
        raise InvalidAnswer("", f"The label names {len(names):,} files; {MOST_FILES:,} is the most.")
    found = {}
    for name in names:
        try:
            with opener(_local(classify(name))) as stream:
                content = stream.read(LARGEST + 1)
        except NotFound:
            continue
        if len(content) > LARGEST:
            raise InvalidAnswer("", f"The file {name[:200]!r} is larger than {LARGEST >> 20} MiB.")
        found[name] = content
    return replace(attribute, side_files={**attribute.side_files, **found})


def _local(reference: Reference) -> Reference:
    """Of an address in a bucket, the part from the output folder on: where a copy of that folder has it."""
    if reference.kind == "relative":
        return reference
    _, mark, rest = reference.text.partition(SIDE_FILES)
    return classify(mark + rest) if mark else reference


def beside(manifest: Path, *more: Path) -> Opener:
    """Opens what a manifest on disk names: below its own folder, below the output folder that it stands in, or below
    `more`; names with `_` for `:` too. A file that is in none of them, or an address elsewhere, is NotFound."""
    folders = [manifest.parent, *([manifest.parents[2]] if _in_output_folder(manifest) else []), *more]

    def opener(reference: Reference) -> BinaryIO:
        if reference.kind == "relative":
            other = local_name(reference.text)
            for one in [reference] if other == reference.text else [reference, classify(other)]:
                for folder in folders:
                    try:
                        return open_under(folder, one)
                    except NotFound:
                        continue
        raise NotFound(f"There is no file {reference.text[:120]!r} beside the manifest.", where="source-ref")

    return opener


def _in_output_folder(manifest: Path) -> bool:
    parts: Sequence[str] = OUTPUT_MANIFEST.split("/")
    return list(manifest.parts[-len(parts) :]) == list(parts) and len(manifest.parents) > 2
