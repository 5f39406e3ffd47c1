"""One answer of each kind in the ML-backend contract's words: geometry there <-> geometry here.

There: per cent of the picture's sides, a box turned about its top left corner, degrees clockwise; here: px of the
stored file, a box turned about its centre.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeGuard

from labeling.errors import InvalidAnswer
from labeling.task_types.base import Json, Learnable, Question, Target, TaskType

WHOLE: Final = ""  # the key of answers without shapes
SLACK: Final = 0.5  # per cent that rounding may put a place beyond the picture


@dataclass(frozen=True)
class Control:
    """`type` of its items, `tag` and `child` of the XML; `read` a value's geometry, `write` it."""

    type: str
    tag: str
    child: str
    read: Callable[[Json, Question, str], Json]
    write: Callable[[Json, Question], Json]

    def choice(self, kind: TaskType[Any]) -> str:
        """Of whole answers: whether one class is chosen, or several."""
        if kind.tools:
            return ""
        return "single" if _one_class(kind) else "multiple"

    def whole(self, items: Sequence[Json], kind: TaskType[Any], q: Question) -> tuple[Json, float | None]:
        """The answer of a type without shapes, and the least score of its items."""
        places: list[int] = []
        for at, item in enumerate(items):
            where = f"/result/{at}/value/{self.type}"
            names = item["value"].get(self.type)
            if not isinstance(names, list):
                raise InvalidAnswer(where, f"Classes stand in a list called {self.type}.")
            places += [place_of(name, q, f"{where}/{place}") for place, name in enumerate(names)]
        scores = [item["score"] for item in items if is_number(item.get("score")) and 0 <= item["score"] <= 1]
        least = min(scores, default=None)
        if not _one_class(kind):
            return {"categories": sorted(set(places))}, least
        if len(places) != 1:
            raise InvalidAnswer("/result", f"One class is asked for; the prediction has {len(places)}.")
        return {"category": places[0]}, least

    def names(self, answer: Json, q: Question) -> list[str]:
        chosen = answer["categories"] if "categories" in answer else [answer["category"]]
        return [q.categories[place].name for place in chosen]


def _one_class(kind: TaskType[Any]) -> bool:
    return (
        not (isinstance(kind, Learnable) and kind.target == Target.CLASSES) and "multilabel" not in kind.manifest_type
    )


def place_of(name: Any, q: Question, where: str) -> int:
    for place, category in enumerate(q.categories):
        if category.name == name:
            return place
    shown = f'"{name[:40]}"' if isinstance(name, str) else "what it names"
    raise InvalidAnswer(where, f"The job has no class {shown}.", todo="Name classes as the job does.")


def is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _odd(where: str, what: str) -> NoReturn:
    raise InvalidAnswer(where, what, todo="Give places in per cent of the picture.")


def _number(value: Json, key: str, where: str) -> float:
    one = value.get(key)
    if not is_number(one):
        _odd(f"{where}/{key}", f"{key} is no number.")
    return float(one)


def _per_cent(one: Any, where: str) -> float:
    """0 to 100, what rounding put beyond brought back."""
    if not is_number(one) or not -SLACK <= one <= 100 + SLACK:
        _odd(where, "A place is a number from 0 to 100.")
    return min(max(float(one), 0.0), 100.0)


# Boxes ----------------------------------------------------------------------------------------------------------------


def _read_box(value: Json, q: Question, where: str) -> Json:
    width, height = _number(value, "width", where), _number(value, "height", where)
    turned = _number(value, "rotation", where) % 360 if value.get("rotation") else 0.0
    across, down = width / 100 * q.media.width, height / 100 * q.media.height
    if not turned:
        x, y = _per_cent(value.get("x"), f"{where}/x"), _per_cent(value.get("y"), f"{where}/y")
        right, bottom = _per_cent(x + width, f"{where}/width"), _per_cent(y + height, f"{where}/height")
        left, top = x / 100 * q.media.width, y / 100 * q.media.height
        return {
            "left": left,
            "top": top,
            "width": right / 100 * q.media.width - left,
            "height": bottom / 100 * q.media.height - top,
        }
    if q.settings.get("rotation") is not True:
        raise InvalidAnswer(f"{where}/rotation", "Boxes of this job can't be turned.", todo="Leave the rotation out.")
    x, y = _number(value, "x", where) / 100 * q.media.width, _number(value, "y", where) / 100 * q.media.height
    dx, dy = _rotated(across / 2, down / 2, turned)
    angle = turned if turned <= 180 else turned - 360
    return {"left": x + dx - across / 2, "top": y + dy - down / 2, "width": across, "height": down, "angle": angle}


def _write_box(geometry: Json, q: Question) -> Json:
    width, height, angle = geometry["width"], geometry["height"], geometry.get("angle", 0)
    dx, dy = _rotated(width / 2, height / 2, angle)
    x, y = geometry["left"] + width / 2 - dx, geometry["top"] + height / 2 - dy
    return {
        "x": 100 * x / q.media.width,
        "y": 100 * y / q.media.height,
        "width": 100 * width / q.media.width,
        "height": 100 * height / q.media.height,
        "rotation": angle % 360,
    }


def _rotated(x: float, y: float, degrees: float) -> tuple[float, float]:
    """Clockwise, y down."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return x * c - y * s, x * s + y * c


# Outlines -------------------------------------------------------------------------------------------------------------


def _read_points(value: Json, q: Question, where: str) -> Json:
    points = value.get("points")
    if not isinstance(points, list):
        _odd(f"{where}/points", "An outline is a list of points.")
    read = []
    for place, point in enumerate(points):
        at = f"{where}/points/{place}"
        if not isinstance(point, list) or len(point) != 2:
            _odd(at, "A point is [x, y].")
        x, y = _per_cent(point[0], f"{at}/0"), _per_cent(point[1], f"{at}/1")
        read.append({"x": x / 100 * q.media.width, "y": y / 100 * q.media.height})
    return {"vertices": read}


def _write_points(geometry: Json, q: Question) -> Json:
    points = [[100 * one["x"] / q.media.width, 100 * one["y"] / q.media.height] for one in geometry["vertices"]]
    return {"points": points, "closed": True}


def _read_ellipse(value: Json, q: Question, where: str) -> Json:
    x, y = _per_cent(value.get("x"), f"{where}/x"), _per_cent(value.get("y"), f"{where}/y")
    angle = _number(value, "rotation", where) % 180 if value.get("rotation") else 0.0
    return {
        "cx": x / 100 * q.media.width,
        "cy": y / 100 * q.media.height,
        "rx": _number(value, "radiusX", where) / 100 * q.media.width,
        "ry": _number(value, "radiusY", where) / 100 * q.media.height,
        "angle": angle if angle <= 90 else angle - 180,
    }


def _write_ellipse(geometry: Json, q: Question) -> Json:
    return {
        "x": 100 * geometry["cx"] / q.media.width,
        "y": 100 * geometry["cy"] / q.media.height,
        "radiusX": 100 * geometry["rx"] / q.media.width,
        "radiusY": 100 * geometry["ry"] / q.media.height,
        "rotation": geometry["angle"] % 180,
    }


# Spans ----------------------------------------------------------------------------------------------------------------


def _read_span(value: Json, q: Question, where: str) -> Json:
    """Offsets in code points; in UTF-16 units, as browsers count, where only these give the text that came along."""
    start, end = _whole(value, "start", where), _whole(value, "end", where)
    text, told = q.media.text, value.get("text")
    if not 0 <= start < end:
        raise InvalidAnswer(where, "A span begins at 0 or later and ends after its start.")
    if isinstance(told, str) and text[start:end] != told:
        units = text.encode("utf-16-le", "surrogatepass")
        before = units[: 2 * start].decode("utf-16-le", "ignore")
        inside = units[2 * start : 2 * end].decode("utf-16-le", "ignore")
        if inside != told:
            raise InvalidAnswer(f"{where}/text", "The text at these offsets is another one.")
        start, end = len(before), len(before) + len(inside)
    return {"start": start, "end": end, "text": text[start:end]}


def _whole(value: Json, key: str, where: str) -> int:
    one = value.get(key)
    if not isinstance(one, int) or isinstance(one, bool):
        raise InvalidAnswer(f"{where}/{key}", "A span has whole numbers as `start` and `end`.")
    return one


def _write_span(geometry: Json, q: Question) -> Json:
    return {"start": geometry["start"], "end": geometry["end"], "text": geometry["text"]}


def _nothing(_value: Json, _q: Question, where: str) -> Json:
    raise InvalidAnswer(where, "Whole answers have no place.")


def _nowhere(_geometry: Json, _q: Question) -> Json:
    return {}


CONTROLS: Final[Mapping[str, Control]] = {
    WHOLE: Control("choices", "Choices", "Choice", _nothing, _nowhere),
    "box": Control("rectanglelabels", "RectangleLabels", "Label", _read_box, _write_box),
    "polygon": Control("polygonlabels", "PolygonLabels", "Label", _read_points, _write_points),
    "ellipse": Control("ellipselabels", "EllipseLabels", "Label", _read_ellipse, _write_ellipse),
    "span": Control("labels", "Labels", "Label", _read_span, _write_span),
}
