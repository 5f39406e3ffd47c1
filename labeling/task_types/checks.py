"""What a job may ask beside its type's own question: attributes, keys, colours, skeletons. For who sets it up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from labeling.errors import InvalidJob
from labeling.task_types.base import Attribute, Category, TaskType
from labeling.task_types.reading import kind_of

LONGEST: Final = 256  # characters of a name or choice
MOST: Final = 100  # attributes of one thing, or choices of one attribute
POINTS: Final = 200  # of a skeleton
COLOURS: Final = 12


def check_asked(kind: TaskType[Any], categories: Sequence[Category], attributes: Sequence[Attribute]) -> None:
    """Raises InvalidJob with the field in `where`: "attributes/2/choices", "categories/0/skeleton"."""
    check_attributes(kind, attributes, "attributes")
    keys: dict[str, int] = {}
    for place, category in enumerate(categories):
        where = f"categories/{place}"
        check_attributes(kind, category.attributes, f"{where}/attributes", of=category.name)
        _check_look(category, where, keys, place)
        if category.skeleton is not None:
            _check_skeleton(kind, category, f"{where}/skeleton")


def chosen_tools(kind: TaskType[Any], tools: Sequence[str]) -> tuple[str, ...]:
    """The shapes that a job allows, in the order of its type: those named in `tools`, or else the usual ones. Empty for
    a type that leaves no choice. Raises InvalidJob."""
    if not tools:
        return kind.usual_tools
    if not kind.usual_tools:
        raise InvalidJob(f"{kind.title} has no choice of tools.", where="tools", todo="Leave them out.")
    odd = next((one for one in tools if one not in kind.tools), None)
    if odd is not None:
        problem = f"{kind.title} knows no tool {odd[:40]!r}."
        raise InvalidJob(problem, where="tools", todo=f"Choose of: {', '.join(kind.tools)}.")
    return tuple(one for one in kind.tools if one in tools)


def check_attributes(kind: TaskType[Any], attributes: Sequence[Attribute], where: str, *, of: str = "") -> None:
    """Those of the job, or of the category called `of`. Raises InvalidJob."""
    if len(attributes) > MOST:
        raise InvalidJob(f"{len(attributes)} attributes are more than {MOST}.", where=where, todo="Leave some out.")
    seen: set[tuple[str, str]] = set()
    for place, one in enumerate(attributes):
        at = f"{where}/{place}"
        _check_name(one.name, f"{at}/name")
        if (one.scope, one.name) in seen:
            raise InvalidJob(
                f'There are two attributes called "{one.name}".', where=f"{at}/name", todo="Name one otherwise."
            )
        seen.add((one.scope, one.name))
        _check_scope(kind, one, at, of)
        _check_values(one, at)


def _check_name(name: str, where: str) -> None:
    if not name.strip():
        raise InvalidJob("An attribute has no name.", where=where, todo="Write one.")
    if len(name) > LONGEST:
        raise InvalidJob(f"The name of an attribute has {len(name)} characters.", where=where, todo="Shorten it.")


def _check_scope(kind: TaskType[Any], one: Attribute, at: str, of: str) -> None:
    if one.scope not in kind.scopes:
        raise InvalidJob(
            f'"{one.name}" can\'t be asked of each {one.scope}: {kind.title.lower()} has none.',
            where=f"{at}/scope",
            todo=f"Ask it of the {kind.scopes[0]} as a whole.",
        )
    if of and one.scope == "object":
        raise InvalidJob(
            f'"{one.name}" is asked of the whole object, and can\'t belong to the class "{of}" alone.',
            where=f"{at}/scope",
            todo="Move it to the attributes of the job.",
        )


def _check_values(one: Attribute, at: str) -> None:
    if one.kind == "choice":
        _check_choices(one, f"{at}/choices")
    if one.minimum is not None and one.maximum is not None and one.minimum > one.maximum:
        raise InvalidJob(
            f'The least of "{one.name}" is {one.minimum:g}, more than its most, {one.maximum:g}.',
            where=f"{at}/minimum",
            todo="Put the smaller number first.",
        )


def _check_choices(one: Attribute, where: str) -> None:
    problem = ""
    if len(one.choices) < 2:
        problem = f'"{one.name}" offers {"one choice" if one.choices else "no choices"}.'
    elif len(one.choices) > MOST:
        problem = f'"{one.name}" offers {len(one.choices)} choices; {MOST} are the most.'
    elif len(set(one.choices)) < len(one.choices):
        problem = f'"{one.name}" offers a choice twice.'
    elif any(not choice.strip() or len(choice) > LONGEST for choice in one.choices):
        problem = f'A choice of "{one.name}" is empty, or longer than {LONGEST} characters.'
    if problem:
        raise InvalidJob(problem, where=where, todo="Write two choices or more, each once.")


def _check_look(category: Category, where: str, keys: dict[str, int], place: int) -> None:
    if not 1 <= category.colour <= COLOURS:
        raise InvalidJob(
            f"Colour {category.colour} is none of 1 to {COLOURS}.", where=f"{where}/colour", todo="Choose one of them."
        )
    if category.key and (len(category.key) > 1 or category.key not in "0123456789"):
        raise InvalidJob(f'The key "{category.key[:20]}" is no digit.', where=f"{where}/key", todo="Choose 0 to 9.")
    if category.key and keys.setdefault(category.key, place) != place:
        raise InvalidJob(
            f'Two classes have the key {category.key}; the second is "{category.name}".',
            where=f"{where}/key",
            todo="Give each its own, or none.",
        )


def _check_skeleton(kind: TaskType[Any], category: Category, where: str) -> None:
    if not kind.skeletons:
        raise InvalidJob(f"{kind.title} knows no skeletons.", where=where, todo="Leave it out.")
    skeleton = category.skeleton or {}
    points, edges = skeleton.get("points"), skeleton.get("edges", [])
    about = f'The skeleton of "{category.name}"'
    if not isinstance(points, list) or not all(isinstance(one, str) and one.strip() for one in points):
        raise InvalidJob(f"{about} is no list of named points.", where=f"{where}/points", todo="Name each point.")
    if not 1 <= len(points) <= POINTS:
        raise InvalidJob(f"{about} has {len(points)} points.", where=f"{where}/points", todo=f"Name 1 to {POINTS}.")
    if len(set(points)) < len(points):
        twice = next(one for place, one in enumerate(points) if one in points[:place])
        raise InvalidJob(f'{about} has two points called "{twice}".', where=f"{where}/points", todo="Rename one.")
    if set(skeleton) - {"points", "edges"} or not isinstance(edges, list):
        raise InvalidJob(f"{about} holds more than points and edges.", where=where, todo="Leave the rest out.")
    for place, edge in enumerate(edges):
        _check_edge(edge, points, about, f"{where}/edges/{place}")


def _check_edge(edge: Any, points: Sequence[str], about: str, where: str) -> None:
    todo = "Name two different points of the list."
    if not isinstance(edge, (list, tuple)) or len(edge) != 2:
        raise InvalidJob(f"{about} has an edge that is {kind_of(edge)}, not two points.", where=where, todo=todo)
    for end in edge:
        if end not in points:
            raise InvalidJob(f'{about} has an edge to "{end}", which is none of its points.', where=where, todo=todo)
    if edge[0] == edge[1]:
        raise InvalidJob(f'{about} has an edge from "{edge[0]}" to itself.', where=where, todo=todo)
