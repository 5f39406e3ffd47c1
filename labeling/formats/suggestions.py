"""What goes to a model server and what comes back (docs/model-servers.md): prompts checked, replies not believed.

Everything is px of the stored file. Nothing of a reply's own text reaches a person: errors say which part is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final, NoReturn, TypeGuard

from labeling.errors import BadRequest, Problem
from labeling.formats.strictjson import parse_object
from labeling.geometry import rle
from labeling.task_types.base import Json, MediaFacts

CONTRACT: Final = 1
MAX_PROMPTS: Final = 200
MAX_POINTS: Final = 2_000  # of a stroke
MAX_VERTICES: Final = 10_000  # of a ring
MAX_RINGS: Final = 1_000
MAX_COUNTS: Final = 2 * 2**20  # characters of a mask
SLACK: Final = 0.5  # px beyond the picture that rounding may make
NAME: Final = re.compile(r"[^\x00-\x1f\x7f]{1,80}")


class SuggestionFault(Problem):
    """A model server's reply breaks the contract; `where` is a JSON pointer into the reply."""

    code = "model-fault"
    status = 502

    def __init__(self, where: str, what: str) -> None:
        super().__init__(
            what, where=where, todo="Go on by hand; whoever runs the server finds the form in docs/model-servers.md."
        )


@dataclass(frozen=True)
class Suggestion:
    """`model` with its version; `mask` or `polygon`, as instances have their geometry; `score` in [0, 1] or None."""

    model: str
    mask: Json | None
    polygon: Json | None
    score: float | None

    def as_json(self) -> Json:
        return {"model": self.model, "mask": self.mask, "polygon": self.polygon, "score": self.score}


def request_body(key: str, media: MediaFacts, prompts: Sequence[Json]) -> Json:
    """What a model server is sent. `key` names the image: the digest of the stored file."""
    image = {"key": key, "width": media.width, "height": media.height}
    return {"contract": CONTRACT, "image": image, "prompts": list(prompts)}


# Prompts ------------------------------------------------------------------------------------------------------------


def parse_prompts(raw: Any, media: MediaFacts) -> list[Json]:
    """Prompts as the editor sends them, each rebuilt from what is known of it. Raises BadRequest with a pointer."""
    if not isinstance(raw, list) or not 1 <= len(raw) <= MAX_PROMPTS:
        _refuse("/prompts", f"Send 1 to {MAX_PROMPTS} prompts.")
    return [_prompt(one, f"/prompts/{place}", media) for place, one in enumerate(raw)]


def _prompt(raw: Any, where: str, media: MediaFacts) -> Json:
    kind = raw.get("kind") if isinstance(raw, dict) else None
    parse = PROMPTS.get(kind) if isinstance(kind, str) else None
    if parse is None:
        _refuse(f"{where}/kind", f"A prompt is one of {', '.join(PROMPTS)}.")
    keys, read = parse
    if odd := sorted(map(str, set(raw) ^ {"kind", *keys})):
        _refuse(f"{where}/{odd[0][:40]}", f"A {kind} has {', '.join(keys)}.")
    return {"kind": kind, **read(raw, where, media)}


def _box(raw: Json, where: str, media: MediaFacts) -> Json:
    left, top, width, height = (_number(raw[key], f"{where}/{key}") for key in ("left", "top", "width", "height"))
    _inside(left, top, where, media)
    _inside(left + width, top + height, where, media)
    if width <= 0 or height <= 0:
        _refuse(where, "A box has two sides.")
    return {"left": left, "top": top, "width": width, "height": height}


def _point(raw: Json, where: str, media: MediaFacts) -> Json:
    x, y = _number(raw["x"], f"{where}/x"), _number(raw["y"], f"{where}/y")
    _inside(x, y, where, media)
    return {"x": x, "y": y, "inside": _flag(raw["inside"], f"{where}/inside")}


def _stroke(raw: Json, where: str, media: MediaFacts) -> Json:
    points = raw["points"]
    if not isinstance(points, list) or not 1 <= len(points) <= MAX_POINTS:
        _refuse(f"{where}/points", f"A stroke has 1 to {MAX_POINTS} points.")
    read = []
    for place, point in enumerate(points):
        at = f"{where}/points/{place}"
        if not isinstance(point, list) or len(point) != 2:
            _refuse(at, "A point is [x, y].")
        x, y = _number(point[0], f"{at}/0"), _number(point[1], f"{at}/1")
        _inside(x, y, at, media)
        read.append([x, y])
    width = _number(raw["width"], f"{where}/width")
    if not 0 < width <= max(media.width, media.height):
        _refuse(f"{where}/width", "A stroke is wider than nothing and no wider than the picture.")
    return {"points": read, "width": width, "inside": _flag(raw["inside"], f"{where}/inside")}


Reader = Callable[[Json, str, MediaFacts], Json]
PROMPTS: Final[dict[str, tuple[tuple[str, ...], Reader]]] = {
    "box": (("left", "top", "width", "height"), _box),
    "point": (("x", "y", "inside"), _point),
    "stroke": (("points", "width", "inside"), _stroke),
}


def _refuse(where: str, what: str) -> NoReturn:
    raise BadRequest(what, where=where, todo="Send prompts as docs/api.md has them.")


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _number(value: Any, where: str) -> float:
    if not _is_number(value):
        _refuse(where, "This is no number.")
    return value


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        _refuse(where, "Write true or false.")
    return value


def _inside(x: float, y: float, where: str, media: MediaFacts) -> None:
    if not _within(x, y, media):
        _refuse(where, "This lies outside the picture.")


def _within(x: float, y: float, media: MediaFacts) -> bool:
    return -SLACK <= x <= media.width + SLACK and -SLACK <= y <= media.height + SLACK


# Replies ------------------------------------------------------------------------------------------------------------


def parse_suggestion(content: bytes, media: MediaFacts) -> Suggestion:
    """A model server's reply to `suggest`. Raises SuggestionFault."""
    try:
        raw = parse_object(content)
    except Problem:
        raise SuggestionFault("", "The model server's reply is no JSON object of plain numbers and texts.") from None
    given = [key for key in ("mask", "polygon") if raw.get(key) is not None]
    if len(given) != 1:
        raise SuggestionFault("", "The model server's reply holds no shape, or two: one of mask and polygon is needed.")
    return Suggestion(
        model=f"{_text(raw, 'model')} {_text(raw, 'version')}",
        mask=_mask(raw["mask"], media) if given == ["mask"] else None,
        polygon=_polygon(raw["polygon"], media) if given == ["polygon"] else None,
        score=_score(raw.get("score")),
    )


def _text(raw: Json, key: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise SuggestionFault(f"/{key}", f"The model server's reply names no {key}.")
    return value


def _score(value: Any) -> float | None:
    if value is None:
        return None
    if not _is_number(value) or not 0 <= value <= 1:
        raise SuggestionFault("/score", "The model server's score is no number from 0 to 1.")
    return float(value)


def _mask(raw: Any, media: MediaFacts) -> Json:
    """A mask of the whole picture; its runs must come to the picture's px."""
    size, counts = (raw.get("size"), raw.get("counts")) if isinstance(raw, dict) else (None, None)
    if size != [media.height, media.width]:
        raise SuggestionFault(
            "/mask/size",
            f"The model server's mask is not [{media.height}, {media.width}], the picture's height and width.",
        )
    if not isinstance(counts, str) or len(counts) > MAX_COUNTS:
        raise SuggestionFault("/mask/counts", "The model server's mask holds no compressed runs, or too many.")
    try:
        runs = rle.decode(counts, media.width * media.height)
    except rle.BadCounts:
        raise SuggestionFault("/mask/counts", "The runs of the model server's mask don't fill the picture.") from None
    return {"size": size, "counts": rle.encode(runs)}


def _polygon(raw: Any, media: MediaFacts) -> Json:
    if not isinstance(raw, dict):
        raise SuggestionFault("/polygon", "The model server's polygon is no object.")
    holes = raw.get("holes") or []
    if not isinstance(holes, list) or len(holes) > MAX_RINGS:
        raise SuggestionFault("/polygon/holes", "The holes of the model server's polygon are no list, or too many.")
    read = [_ring(hole, f"/polygon/holes/{place}", media) for place, hole in enumerate(holes)]
    return {"vertices": _ring(raw.get("vertices"), "/polygon/vertices", media), **({"holes": read} if read else {})}


def _ring(raw: Any, where: str, media: MediaFacts) -> list[Json]:
    if not isinstance(raw, list) or not 3 <= len(raw) <= MAX_VERTICES:
        raise SuggestionFault(where, f"A ring of the model server's polygon has 3 to {MAX_VERTICES} vertices.")
    ring: list[Json] = []
    for place, vertex in enumerate(raw):
        x, y = (vertex.get("x"), vertex.get("y")) if isinstance(vertex, dict) else (None, None)
        if not _is_number(x) or not _is_number(y) or not _within(x, y, media):
            raise SuggestionFault(
                f"{where}/{place}", "A vertex of the model server's polygon is no point of the picture."
            )
        ring.append({"x": min(max(x, 0), media.width), "y": min(max(y, 0), media.height)})
    return ring
