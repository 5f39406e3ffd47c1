"""What the form of a new job asks beside its question: classes with look and points, attributes, settings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from labeling.pages.words import TOOLS
from labeling.task_types.base import Attribute, Category, Json, Scope, TaskType
from labeling.task_types.checks import COLOURS

KEYS: Final = "1234567890"
NO_KEY: Final = "none"
KINDS: Final = ("choice", "number", "text", "tick")
MOST_ROWS: Final = 10_000
SEPARATOR: Final = "|"  # between the fields of a line
LONGEST_LIST: Final = 30_000  # characters of choices, points or edges


@dataclass(frozen=True)
class ClassRow:
    """`colour` and `key` as chosen: empty is "by its place", `key` may be "none". Points and edges: one a line."""

    name: str
    colour: str = ""
    key: str = ""
    points: str = ""
    edges: str = ""

    @property
    def has_points(self) -> bool:
        return bool(self.points or self.edges)


@dataclass(frozen=True)
class AttributeRow:
    """As typed. `of`: "object", "frame", "instance", or "class-2" for the instances of the third class. `time`, in jobs
    of tracks: "each" where it may change from frame to frame, else it is the track's."""

    name: str
    kind: str = "choice"
    of: str = "object"
    choices: str = ""
    minimum: str = ""
    maximum: str = ""
    required: bool = False
    time: str = ""


@dataclass
class Setting:
    """One of a task type's own settings, as a field. `kind`: tick, number, choice, text or lines."""

    id: str
    label: str
    hint: str
    kind: str
    value: str
    schema: Json = field(default_factory=dict)

    @property
    def choices(self) -> list[str]:
        return [str(one) for one in self.schema.get("enum", [])]

    @property
    def form(self) -> str:
        """Of a line of a list: `name | from, from … | to, to …`."""
        properties = self.schema.get("items", {}).get("properties", {})
        listed = (f"{name}, {name} …" if one.get("type") == "array" else name for name, one in properties.items())
        return f" {SEPARATOR} ".join(listed)

    @property
    def step(self) -> str:
        return "1" if self.schema.get("type") == "integer" else "any"


@dataclass(frozen=True)
class Tool:
    """A shape that people may be let draw."""

    name: str
    words: str
    chosen: bool


def tools_of(kind: TaskType[Any], post: QueryDict | None) -> list[Tool]:
    """The shapes of a type; `post`: what was ticked, or None for the usual ones."""
    ticked = kind.usual_tools if post is None else post.getlist(f"tool-{kind.name}")
    return [Tool(name, str(TOOLS.get(name, name)), name in ticked) for name in kind.tools]


def read_classes(post: QueryDict) -> tuple[list[ClassRow], dict[int, int]]:
    """The rows that say something, and the place of each by its place in the form (attributes name that one)."""
    columns = [post.getlist(name)[:MOST_ROWS] for name in ("category", "colour", "key", "points", "edges")]
    rows: list[ClassRow] = []
    places: dict[int, int] = {}
    for place, name in enumerate(columns[0]):
        colour, key, points, edges = (column[place].strip() if place < len(column) else "" for column in columns[1:])
        if name.strip() or points or edges:
            places[place] = len(rows)
            lists = points[:LONGEST_LIST], edges[:LONGEST_LIST]
            rows.append(ClassRow(name.strip()[:256], colour[:2], key[:4], *lists))
    pasted = (line.strip()[:256] for line in post.get("category_list", "").splitlines())
    rows += [ClassRow(name) for name in pasted if name]
    return rows, places


def read_attributes(post: QueryDict, places: Mapping[int, int]) -> list[AttributeRow]:
    """`places`: as read_classes gives them."""
    names = ("name", "kind", "of", "choices", "minimum", "maximum", "required", "time")
    columns = [post.getlist(f"attribute_{name}")[:MOST_ROWS] for name in names]
    rows = []
    for place in range(len(columns[0])):
        cells = [column[place].strip()[:LONGEST_LIST] if place < len(column) else "" for column in columns]
        name, kind, of, choices, minimum, maximum, required, time = cells
        if name or choices or minimum or maximum:
            bounds = minimum[:40], maximum[:40]
            rows.append(
                AttributeRow(name[:300], kind, _moved(of, places), choices, *bounds, required == "yes", time[:10])
            )
    return rows


def _moved(of: str, places: Mapping[int, int]) -> str:
    """The same class, after rows without a name are gone."""
    _, _, place = of.partition("class-")
    if not place.isdecimal():
        return of if of in ("object", "frame", "instance") else "object"
    return f"class-{places[int(place)]}" if int(place) in places else "instance"


def looks(rows: Sequence[ClassRow]) -> list[tuple[int, str]]:
    """(colour, key) of each class: as chosen; otherwise by its place, with the first digit that nobody has chosen."""
    taken = {row.key for row in rows}
    free = iter([key for key in KEYS if key not in taken])
    found = []
    for place, row in enumerate(rows):
        key = "" if row.key == NO_KEY else row.key or next(free, "")
        colour = int(row.colour) if row.colour.isdecimal() else place % COLOURS + 1
        found.append((colour, key))
    return found


def lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def skeleton_of(row: ClassRow) -> Json | None:
    """None where neither points nor edges are named. An edge is two points with a dash in blanks between them."""
    if not row.has_points:
        return None
    edges = [[end.strip() for end in line.split(" - ")] for line in lines(row.edges)]
    return {"points": list(lines(row.points)), "edges": edges}


def attribute_of(row: AttributeRow, *, tracks: bool = False) -> Attribute:
    """`tracks`: the job asks for such. Raises ValueError with a sentence for the row: what is typed is no number, or no
    kind of attribute."""
    if row.kind not in KINDS:
        raise ValueError(_("Choose what is filled in."))
    bounds = {}
    if row.kind == "number":
        bounds = {"minimum": number_of(row.minimum), "maximum": number_of(row.maximum)}
    plain: Any = row.kind
    scope: Scope = "track" if tracks and row.time != "each" else "instance"
    if row.of in ("object", "frame"):
        scope = "object" if row.of == "object" else "frame"
    return Attribute(
        name=row.name,
        kind=plain,
        scope=scope,
        choices=lines(row.choices) if row.kind == "choice" else (),
        required=row.required,
        **bounds,
    )


def number_of(typed: str) -> float | None:
    """None where nothing is typed. Reads 0,5 too. Raises ValueError with a sentence."""
    if not typed:
        return None
    try:
        value = float(typed.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(_("“%(typed)s” is no number.") % {"typed": typed[:40]})
    return value


def categories(rows: Sequence[ClassRow], own: Mapping[int | None, Sequence[Attribute]]) -> tuple[Category, ...]:
    """`own`: the attributes by the place of the class that they belong to; None: to no class alone."""
    return tuple(
        Category(name=row.name, colour=colour, key=key, attributes=tuple(own.get(place, ())), skeleton=skeleton_of(row))
        for place, (row, (colour, key)) in enumerate(zip(rows, looks(rows), strict=True))
    )


def settings_of(kind: TaskType[Any], post: Mapping[str, str] | None) -> list[Setting]:
    """The fields of a type's own settings; `post`: what was typed, or None for the defaults."""
    found = []
    for name, schema in kind.settings_schema().get("properties", {}).items():
        ident = f"setting-{kind.name}-{name}"
        default = schema.get("default", "")
        value = ("on" if default else "") if isinstance(default, bool) else "" if default == [] else str(default)
        if post is not None:
            value = post.get(ident, "").strip()[: LONGEST_LIST if _kind_of(schema) == "lines" else 1_000]
        label = schema.get("title") or name.replace("_", " ").capitalize()
        found.append(Setting(ident, label, schema.get("description", ""), _kind_of(schema), value, schema))
    return found


def _kind_of(schema: Json) -> str:
    if "enum" in schema:
        return "choice"
    kinds = {"boolean": "tick", "number": "number", "integer": "number", "array": "lines"}
    return kinds.get(schema.get("type", ""), "text")


def setting_value(one: Setting) -> Any:
    """What was typed, as the schema has it; None where the default stands. Raises ValueError with a sentence."""
    default = one.schema.get("default")
    value: Any = one.value
    if one.kind == "tick":
        value = one.value == "on"
    elif one.kind == "number":
        value = _number_within(one)
    elif one.kind == "lines":
        value = [_line_of(line, one.schema["items"]) for line in one.value.splitlines() if line.strip()]
    return None if value in (default, "", None) else value


def _line_of(line: str, schema: Json) -> Json:
    """One object of a list, its fields in their order; the last ones may be left out. Raises ValueError."""
    properties: Json = schema["properties"]
    parts = [part.strip() for part in line.split(SEPARATOR)]
    if len(parts) > len(properties):
        said = _("“%(line)s” has %(count)s parts; a line has %(most)s at most.")
        raise ValueError(said % {"line": line.strip()[:60], "count": len(parts), "most": len(properties)})
    found: Json = {}
    for (name, each), part in zip(properties.items(), parts, strict=False):
        if part:
            kind = each.get("type")
            listed = [one.strip() for one in part.split(",") if one.strip()]
            found[name] = listed if kind == "array" else part == "yes" if kind == "boolean" else part
    missing = [name for name in schema.get("required", ()) if name not in found]
    if missing:
        said = _("“%(line)s” has no %(name)s.") % {"line": line.strip()[:60], "name": missing[0]}
        raise ValueError(said)
    return found


def _number_within(one: Setting) -> float | int | None:
    value = number_of(one.value)
    if value is None:
        return None
    least, most = one.schema.get("minimum", -math.inf), one.schema.get("maximum", math.inf)
    if not least <= value <= most:
        raise ValueError(_("Write a number from %(least)s to %(most)s.") % {"least": f"{least:g}", "most": f"{most:g}"})
    return int(value) if value.is_integer() else value


def blank_rows(rows: Sequence[ClassRow], *, at_least: int) -> list[ClassRow]:
    return [*rows, *[ClassRow("")] * max(0, at_least - len(rows))]


def numbered(rows: Sequence[ClassRow]) -> list[tuple[int, int, str, ClassRow]]:
    """(number from 1, colour, key, row)"""
    return [
        (place + 1, colour, key, row) for place, (row, (colour, key)) in enumerate(zip(rows, looks(rows), strict=True))
    ]
