"""Categories by name: manifests from elsewhere may number the same names otherwise."""

from __future__ import annotations

from typing import Any

from labeling.errors import InvalidAnswer
from labeling.task_types.base import Question
from labeling.task_types.reading import category_id


def named_category(class_id: Any, name: Any, pointer: str, q: Question) -> int:
    """The job's id of a manifest's class. The name decides where there is one; without it the number stands.

    Reads integers and decimal strings (both occur in real files, spec section 15). Raises InvalidAnswer.
    """
    if isinstance(class_id, str) and class_id.isascii() and class_id.isdigit() and len(class_id) < 10:
        class_id = int(class_id)
    if name is None:
        return category_id(class_id, pointer, q)
    places = [place for place, category in enumerate(q.categories) if category.name == name]
    if not places:
        problem = f"The class {name!r} is not among this job's categories."
        raise InvalidAnswer(pointer, problem, todo="Add the category to the job, or leave the label out.")
    return places[0]
