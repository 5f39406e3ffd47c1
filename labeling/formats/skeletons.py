"""Skeletons in a category file: the named points of a category, and which of them are joined.

Our extension of spec section 3.3: {"label": "person", "skeleton": {"points": ["nose", ...], "edges": [["nose", ...]]}}.
"""

from __future__ import annotations

from typing import Any

from labeling.formats.attributes import Reader
from labeling.task_types.base import Json

MOST_POINTS = 200
LONGEST_NAME = 100  # characters


def read_skeleton(read: Reader, label: Json, field: str) -> Json | None:
    """The skeleton of one label, complete; None without. Raises InvalidJob with the field that is wrong."""
    raw = label.get("skeleton")
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise read.wrong(field, "skeleton is not an object.", 'Write {"points":[…],"edges":[…]}.')
    points = raw.get("points")
    if not isinstance(points, list) or not 1 <= len(points) <= MOST_POINTS:
        raise read.wrong(f"{field}.points", "points is not a list of names.", f"Name 1 to {MOST_POINTS} points.")
    for place, name in enumerate(points):
        if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
            problem = "The name of a point is text of 1 to 100 characters."
            raise read.wrong(f"{field}.points[{place}]", problem, "Name the point.")
        if name in points[:place]:
            raise read.wrong(f"{field}.points[{place}]", f"Two points are called {name!r}.", "Name each of them apart.")
    edges = raw.get("edges", [])
    if not isinstance(edges, list):
        raise read.wrong(f"{field}.edges", "edges is not a list.", 'Write pairs of points: [["nose","left eye"]].')
    return {"points": list(points), "edges": [_edge(read, one, points, field, at) for at, one in enumerate(edges)]}


def _edge(read: Reader, raw: Any, points: list[str], field: str, place: int) -> list[str]:
    at = f"{field}.edges[{place}]"
    if not isinstance(raw, list) or len(raw) != 2:
        raise read.wrong(at, "An edge is not a pair of points.", 'Write ["nose","left eye"].')
    for end in raw:
        if end not in points:
            raise read.wrong(at, f"There is no point called {end!r}.", f"Name two of: {', '.join(points)}.")
    if raw[0] == raw[1]:
        raise read.wrong(at, "An edge joins a point with itself.", "Name two different points.")
    return list(raw)
