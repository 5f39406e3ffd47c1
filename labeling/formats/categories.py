"""The category file: it fixes the class ids of a job by its order (spec section 3.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from labeling.errors import InvalidJob, ManifestLineError
from labeling.formats.attributes import Reader, attribute_as_json, read_attributes
from labeling.formats.skeletons import read_skeleton
from labeling.formats.strictjson import dumps, parse_object
from labeling.task_types.base import Attribute, Category, Json

MAX_NAME = 256
MAX_CATEGORIES = 10_000
COLOURS = 12
KEYS = "1234567890"
TOOLS = {"BoundingBox": "box", "Polyline": "polyline", "Polygon": "polygon", "Keypoint": "keypoint"}
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")  # control characters, and turning of text
_VERSIONS = {"document-version": "2018-11-28", "documentVersion": "2020-03-01"}


@dataclass(frozen=True)
class CategoryFile:
    """All that a category file says. `attributes` are those of the whole object, of frames, and of all classes' things
    and tracks."""

    categories: tuple[Category, ...]
    attributes: tuple[Attribute, ...] = ()
    short_instruction: str = ""
    full_instruction: str = ""
    annotation_type: str = ""  # BoundingBox, Polyline, Polygon, Keypoint
    audits: str = ""  # auditLabelAttributeName: the labels under review

    @property
    def tool(self) -> str:
        """What annotationType calls the shape of a video or 3D job; "" where it says none that we know."""
        return TOOLS.get(self.annotation_type, "")


def read_categories(data: bytes | str, *, min_count: int, where: str) -> tuple[Category, ...]:
    """The classes alone. `where` names the file in errors; `min_count` is the task type's. Raises InvalidJob."""
    return read_category_file(data, min_count=min_count, where=where).categories


def read_category_file(data: bytes | str, *, min_count: int, where: str) -> CategoryFile:
    """Read both spellings (images, texts and clips; video and 3D). Raises InvalidJob that names file and field."""
    read = Reader(where)
    whole = _whole(data, where)
    labels = read.objects(whole, "labels", "labels")
    names = [read.text(label, "label", f"labels[{place}].label") for place, label in enumerate(labels)]
    attributes = [
        (
            *read_attributes(read, label, "categoryAttributes", "instance", f"labels[{place}]."),
            *read_attributes(read, label, "trackAttributes", "track", f"labels[{place}]."),
        )
        for place, label in enumerate(labels)
    ]
    instructions = read.mapping(whole, "instructions")
    return CategoryFile(
        categories=tuple(
            replace(one, skeleton=read_skeleton(read, label, f"labels[{place}].skeleton"))
            for place, (one, label) in enumerate(
                zip(_numbered(names, attributes, min_count, where), labels, strict=True)
            )
        ),
        attributes=(
            *read_attributes(read, whole, "objectAttributes", "object"),
            *read_attributes(read, whole, "frameAttributes", "frame"),
            *read_attributes(read, whole, "categoryGlobalAttributes", "instance"),
            *read_attributes(read, whole, "trackAttributes", "track"),
        ),
        short_instruction=read.text(instructions, "shortInstruction", "instructions.shortInstruction", default=""),
        full_instruction=read.text(instructions, "fullInstruction", "instructions.fullInstruction", default=""),
        annotation_type=read.text(whole, "annotationType", "annotationType", default=""),
        audits=read.text(whole, "auditLabelAttributeName", "auditLabelAttributeName", default=""),
    )


def categories_from_names(names: Sequence[str], *, min_count: int, where: str) -> tuple[Category, ...]:
    """Number and check names that came another way, from a form for example. Raises InvalidJob."""
    return _numbered(names, [()] * len(names), min_count, where)


def write_categories(
    categories: Sequence[Category], *, video: bool = False, short_instruction: str = "", full_instruction: str = ""
) -> bytes:
    """A category file that `read_category_file` and other tools read; `video`: the spelling of video and 3D jobs."""
    key = "documentVersion" if video else "document-version"
    whole: Json = {key: _VERSIONS[key], "labels": [_label(category) for category in categories]}
    if short_instruction or full_instruction:
        whole["instructions"] = {"shortInstruction": short_instruction, "fullInstruction": full_instruction}
    return dumps(whole).encode() + b"\n"


def _label(category: Category) -> Json:
    own = {"categoryAttributes": [attribute_as_json(one) for one in category.attributes]} if category.attributes else {}
    skeleton = {"skeleton": category.skeleton} if category.skeleton else {}
    return {"label": category.name, **own, **skeleton}


def _whole(data: bytes | str, where: str) -> Json:
    try:
        whole = parse_object(data.removeprefix(b"\xef\xbb\xbf") if isinstance(data, bytes) else data)
    except ManifestLineError as error:
        raise InvalidJob(
            error.what, where=where, todo='Write {"document-version":"2018-11-28","labels":[…]}.'
        ) from None
    for key, version in _VERSIONS.items():
        if key in whole and whole[key] != version:
            raise InvalidJob(f"{key} is not {version!r}.", where=f"{where} {key}", todo=f"Write {version!r} there.")
    return whole


def _so_many(count: int) -> str:
    return "There is one label category" if count == 1 else f"There are {count or 'no'} label categories"


def _numbered(
    names: Sequence[str], attributes: Sequence[tuple[Attribute, ...]], min_count: int, where: str
) -> tuple[Category, ...]:
    if not min_count <= len(names) <= MAX_CATEGORIES:
        wanted = f"at least {min_count}" if len(names) < min_count else f"at most {MAX_CATEGORIES:,}"
        raise InvalidJob(
            f"{_so_many(len(names))}; this kind of job needs {wanted}.",
            where=f"{where} labels",
            todo="Change the list of label categories.",
        )
    first: dict[str, int] = {}
    for place, name in enumerate(names):
        _check_name(name, place, where)
        if first.setdefault(name, place) != place:
            raise InvalidJob(
                f"The label category {name!r} stands at places {first[name]} and {place}.",
                where=f"{where} labels[{place}].label",
                todo="Give each label category a name of its own.",
            )
    return tuple(
        Category(name, colour=place % COLOURS + 1, key=KEYS[place : place + 1], attributes=own)
        for place, (name, own) in enumerate(zip(names, attributes, strict=True))
    )


def _check_name(name: str, place: int, where: str) -> None:
    if not name.strip():
        problem = "is empty"
    elif len(name) > MAX_NAME:
        problem = f"has {len(name)} characters"
    elif _UNSHOWN.search(name):
        problem = "holds a character that can't be shown"
    else:
        return
    raise InvalidJob(
        f"The name of label category {place} {problem}.",
        where=f"{where} labels[{place}].label",
        todo=f"Write 1 to {MAX_NAME} characters.",
    )
