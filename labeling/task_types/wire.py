"""`Question` as JSON: what the API sends to the editor and the example files hold.

`question_from_json(question_as_json(q)) == q`. The other way, keys that are left out take their defaults, so that a job
stored by an earlier version stays readable.
"""

from __future__ import annotations

from typing import Any

from labeling.task_types.base import Attribute, Base, Category, Json, MediaFacts, Question


def attribute_as_json(attribute: Attribute) -> Json:
    return {
        "name": attribute.name,
        "kind": attribute.kind,
        "scope": attribute.scope,
        "choices": list(attribute.choices),
        "minimum": attribute.minimum,
        "maximum": attribute.maximum,
        "required": attribute.required,
    }


def attribute_from_json(raw: Json) -> Attribute:
    return Attribute(**{**raw, "choices": tuple(raw.get("choices", ()))})


def category_as_json(category: Category, place: int) -> Json:
    """`place` is the class id: the category's place in the job's list."""
    return {
        "id": place,
        "name": category.name,
        "colour": category.colour,
        "key": category.key,
        "attributes": [attribute_as_json(attribute) for attribute in category.attributes],
        "skeleton": category.skeleton,
    }


def category_from_json(raw: Json) -> Category:
    """The id is not read: the place in the list is the id."""
    return Category(
        name=raw["name"],
        colour=raw.get("colour", 1),
        key=raw.get("key", ""),
        attributes=tuple(attribute_from_json(attribute) for attribute in raw.get("attributes", ())),
        skeleton=raw.get("skeleton"),
    )


def media_as_json(media: MediaFacts) -> Json:
    return {
        "kind": media.kind,
        "width": media.width,
        "height": media.height,
        "depth": media.depth,
        "orientation": media.orientation,
        "text": media.text,
        "frames": media.frames,
        "duration": media.duration,
    }


def media_from_json(raw: Json) -> MediaFacts:
    return MediaFacts(**raw)


def question_as_json(q: Question) -> Json:
    return {
        "categories": [category_as_json(category, place) for place, category in enumerate(q.categories)],
        "attributes": [attribute_as_json(attribute) for attribute in q.attributes],
        "tools": list(q.tools),
        "media": media_as_json(q.media),
        "settings": dict(q.settings),
        "frames": list(q.frames) if q.frames else None,
        "base": {"task_type": q.base.task_type, "answer": q.base.answer} if q.base else None,
    }


def question_from_json(raw: Json) -> Question:
    frames: Any = raw.get("frames")
    base = raw.get("base")
    return Question(
        categories=tuple(category_from_json(category) for category in raw["categories"]),
        media=media_from_json(raw["media"]),
        attributes=tuple(attribute_from_json(attribute) for attribute in raw.get("attributes", ())),
        tools=tuple(raw.get("tools", ())),
        settings=dict(raw.get("settings", {})),
        frames=(frames[0], frames[1]) if frames else None,
        base=Base(base["task_type"], base["answer"]) if base else None,
    )
