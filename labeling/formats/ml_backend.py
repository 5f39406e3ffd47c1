"""The ML-backend contract of Label Studio, both ways: tasks and answers as that contract has them <-> ours.

A server answers `POST /predict {tasks, label_config, project}` with `{results: [{result, score, model_version}]}`, one
result a task in their order. A result's items are of a control's type (choices, rectanglelabels, ...); places are per
cent of the picture, texts' offsets count from 0. Nothing of a reply is believed, and none of its own text reaches a
person but names of classes.

`CONTROLS` has one entry for each kind of answer, by the shape that the task type draws, or "" for whole answers.
"""

from __future__ import annotations

import base64
import math
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from labeling.errors import InvalidAnswer, Problem
from labeling.formats.backend_controls import CONTROLS, WHOLE, Control, is_number, place_of
from labeling.formats.strictjson import parse_object
from labeling.task_types.base import Json, Question, TaskType

NAME: Final = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
FROM, MOST_ITEMS = "label", 20_000
IDS: Final = uuid.UUID("0f3d1b52-6f0e-4e55-9b5e-6a5c1a7e8a11")  # of instances: the same reply gives the same ids


class ReplyFault(Problem):
    """A server's reply breaks the contract as a whole; `where` is a JSON pointer into it."""

    code = "backend-fault"
    status = 502

    def __init__(self, where: str, what: str) -> None:
        super().__init__(what, where=where, todo="Whoever runs it finds the form in docs/your-own-model.md.")


@dataclass(frozen=True)
class Said:
    """What a server said of one task: our answer as JSON, how sure it is, its parts by instance, class probabilities
    (as they came: a list by place or an object by name; None where it gave none)."""

    answer: Json
    confidence: float
    parts: Mapping[str, float] = field(default_factory=dict)
    probabilities: Any = None
    model_version: str = ""


def control_of(kind: TaskType[Any]) -> Control:
    """Raises Problem for a task type that the contract has no form for."""
    drawn = kind.tools[0] if kind.tools else WHOLE
    control = None if drawn and kind.media == "video" else CONTROLS.get(drawn)  # their shapes know no frames
    if control is None:
        raise Problem(
            f"Model servers can't be asked about this yet: {kind.title.lower()}.",
            todo="Send predictions instead (POST predictions).",
        )
    return control


# Requests -------------------------------------------------------------------------------------------------------------


def label_config(kind: TaskType[Any], q: Question) -> str:
    """The job's question as XML, for servers that look up names of controls and classes there."""
    control, medium = control_of(kind), kind.media
    tag = {"text": "Text", "image": "Image", "video": "Video"}[medium]
    inner = "".join(f"<{control.child} value={quoteattr(one.name)}/>" for one in q.categories)
    chosen = f' choice="{control.choice(kind)}"' if control.choice(kind) else ""
    return (
        f'<View><{tag} name="{medium}" value="${medium}"/>'
        f'<{control.tag} name="{FROM}" toName="{medium}"{chosen}>{inner}</{control.tag}></View>'
    )


def text_task(ident: int, text: str) -> Json:
    return {"id": ident, "data": {"text": text}}


def image_task(ident: int, content: bytes, content_type: str, *, name: str, width: int, height: int) -> Json:
    """The picture travels inside the task: a server needs no way to us, and no key of ours."""
    url = f"data:{content_type};base64,{base64.b64encode(content).decode()}"
    return {"id": ident, "data": {"image": url, "name": name, "width": width, "height": height}}


def request_body(tasks: Sequence[Json], *, job: int, title: str, config: str) -> Json:
    return {
        "tasks": list(tasks),
        "project": f"{job}",
        "label_config": config,
        "params": {"title": title, "context": None},
    }


# Replies --------------------------------------------------------------------------------------------------------------


def parse_health(content: bytes) -> str:
    """The state that a server gives itself. Raises ReplyFault unless it is up."""
    raw = _object(content)
    state = raw.get("status")
    if state != "UP":
        raise ReplyFault("/status", 'The server\'s reply to /health does not say "status": "UP".')
    return "UP"


def parse_setup(content: bytes) -> str:
    """The model's version as it calls itself, or ""."""
    return _version(_object(content), "")


def parse_predictions(content: bytes, count: int) -> tuple[str, list[Json | None]]:
    """The model's version, and one raw prediction a task, None where the server has none. Raises ReplyFault."""
    raw = _object(content)
    results = raw.get("results")
    if not isinstance(results, list):
        raise ReplyFault("/results", "The server's reply to /predict holds no list called `results`.")
    if len(results) != count:
        raise ReplyFault("/results", f"The server was asked about {count} tasks and answered {len(results)}.")
    listed = [_one(entry, f"/results/{place}") for place, entry in enumerate(results)]
    own = [_version(one, f"/results/{place}") for place, one in enumerate(listed) if one is not None]
    return _version(raw, "") or next((name for name in own if name), ""), listed


def _object(content: bytes) -> Json:
    try:
        return parse_object(content)
    except Problem:
        raise ReplyFault("", "The server's reply is no JSON object of plain numbers and texts.") from None


def _version(raw: Json, where: str) -> str:
    value = raw.get("model_version")
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ReplyFault(f"{where}/model_version", "The server's model_version is no name of 1 to 100 characters.")
    return value


def _one(entry: Any, where: str) -> Json | None:
    """A task's prediction; of several the first. Some servers answer a list each."""
    if isinstance(entry, list):
        entry = entry[0] if entry else None
    if entry is None:
        return None
    if not isinstance(entry, dict) or not isinstance(entry.get("result"), list):
        raise ReplyFault(where, "A prediction of the server has no list called `result`.")
    return entry


def said(entry: Json, kind: TaskType[Any], q: Question, *, seed: str) -> Said:
    """One prediction in our words. Raises InvalidAnswer, with a JSON pointer into it, for what does not fit.

    `seed` names object and model: instances get their ids from it.
    """
    control = control_of(kind)
    items = [_item(one, place, control) for place, one in enumerate(entry["result"][: MOST_ITEMS + 1])]
    if len(items) > MOST_ITEMS:
        raise InvalidAnswer("/result", f"More than {MOST_ITEMS:,} items.")
    whole = _share(entry.get("score"), "/score")
    probabilities = entry.get("probabilities")
    if not kind.tools:
        answer, own = control.whole(items, kind, q)
        confidence = whole if whole is not None else own
        return Said(answer, 1.0 if confidence is None else confidence, {}, probabilities)
    parts: dict[str, float] = {}
    instances = []
    for place, item in enumerate(items):
        ident = str(uuid.uuid5(IDS, f"{seed} {place}"))
        where = f"/result/{place}/value"
        category = _category(item["value"], control, q, where)
        instances.append(
            {
                "id": ident,
                "shape": kind.tools[0],
                "category": category,
                "geometry": control.read(item["value"], q, where),
                "attributes": {},
                "group": None,
                "origin": None,
            }
        )
        score = _share(item.get("score"), f"/result/{place}/score")
        if score is not None:
            parts[ident] = score
    confidence = whole if whole is not None else min(parts.values(), default=1.0)
    return Said({"instances": instances}, confidence, parts, None)


def _item(raw: Any, place: int, control: Control) -> Json:
    if not isinstance(raw, dict) or not isinstance(raw.get("value"), dict):
        raise InvalidAnswer(f"/result/{place}", "An item of a result has no `value`.")
    if raw.get("type") != control.type:
        raise InvalidAnswer(f"/result/{place}/type", f"An item of this job's results is of the type {control.type}.")
    return raw


def _share(value: Any, where: str) -> float | None:
    if value is None:
        return None
    if not is_number(value) or not math.isfinite(value) or not 0 <= value <= 1:
        raise InvalidAnswer(where, "A score is a number from 0 to 1.")
    return float(value)


def _category(value: Json, control: Control, q: Question, where: str) -> int:
    names = value.get(control.type)
    if not isinstance(names, list) or len(names) != 1:
        raise InvalidAnswer(f"{where}/{control.type}", f"An item has one class, in a list called {control.type}.")
    return place_of(names[0], q, f"{where}/{control.type}/0")


# Our answers for others -----------------------------------------------------------------------------------------------


def result_of(answer: Json, parts: Mapping[str, float], kind: TaskType[Any], q: Question) -> list[Json]:
    """Our answer as the items of a result."""
    control = control_of(kind)
    common = {"from_name": FROM, "to_name": kind.media, "type": control.type}
    if not kind.tools:
        return [{**common, "value": {control.type: control.names(answer, q)}}]
    items = []
    for one in answer["instances"]:
        value = {**control.write(one["geometry"], q), control.type: [q.categories[one["category"]].name]}
        size = {"original_width": q.media.width, "original_height": q.media.height, "image_rotation": 0}
        score = {"score": parts[one["id"]]} if one["id"] in parts else {}
        items.append({**common, "id": one["id"], **(size if kind.media == "image" else {}), "value": value, **score})
    return items
