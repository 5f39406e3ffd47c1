"""An answer in a few words, by its JSON frame (a category, or located instances) and not by its task type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.task_types.base import MediaFacts


def in_words(answer: Any, names: Sequence[str]) -> str:
    """ "Car", or "2 Car, 1 Bus"; names by class id. Says that there is nothing, too."""
    if not isinstance(answer, dict):
        return ""
    if "category" in answer:
        return _name(answer["category"], names)
    instances = answer.get("instances")
    if not isinstance(instances, list):
        return ""
    if not instances:
        return _("nothing to see")
    counted = Counter(_name(instance.get("category"), names) for instance in instances)
    shown = [f"{n} {name}" for name, n in counted.most_common(3)]
    rest = len(counted) - len(shown)
    if rest:
        shown.append(ngettext("%(n)s more class", "%(n)s more classes", rest) % {"n": rest})
    return ", ".join(shown)


def _name(category: Any, names: Sequence[str]) -> str:
    if isinstance(category, int) and 0 <= category < len(names):
        return names[category]
    return str(category)


@dataclass(frozen=True)
class Frame:
    """A box over a thumbnail, in px of the picture."""

    left: float
    top: float
    width: float
    height: float
    colour: int


def frames(answer: Any, facts: MediaFacts, colours: Sequence[int]) -> list[Frame]:
    """Boxes to draw over a thumbnail; none for a picture that is shown turned, where they would sit wrong."""
    if not isinstance(answer, dict) or facts.orientation != 1 or not (facts.width and facts.height):
        return []
    found = []
    for instance in answer.get("instances", [])[:60]:
        box = instance.get("geometry", {})
        if {"left", "top", "width", "height"} <= box.keys() and instance.get("category", -1) in range(len(colours)):
            found.append(
                Frame(
                    left=box["left"],
                    top=box["top"],
                    width=box["width"],
                    height=box["height"],
                    colour=colours[instance["category"]],
                )
            )
    return found
