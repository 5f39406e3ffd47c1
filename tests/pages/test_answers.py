"""Answers in words, and the boxes over a thumbnail."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.pages.answers import frames, in_words
from labeling.pages.streaks import streak_parts
from labeling.pages.templatetags.ui import initials
from labeling.task_types.base import MediaFacts

NAMES = ["Car", "Bus", "Van", "Dog"]
PICTURE = MediaFacts(kind="image", width=640, height=480)


def box(category: int, **geometry: float) -> dict[str, Any]:
    return {
        "shape": "box",
        "category": category,
        "geometry": {"left": 1, "top": 2, "width": 3, "height": 4, **geometry},
    }


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"category": 2}, "Van"),
        ({"category": 17}, "17"),
        ({"instances": []}, "nothing to see"),
        ({"instances": [box(0), box(1), box(0)]}, "2 Car, 1 Bus"),
        ({"instances": [box(n) for n in range(4)]}, "1 Car, 1 Bus, 1 Van, 1 more class"),
        (None, ""),
        ({}, ""),
        ([], ""),
        ({"instances": "odd"}, ""),
    ],
)
def test_an_answer_is_said_in_a_few_words(answer: Any, said: str) -> None:
    assert in_words(answer, NAMES) == said


def test_boxes_are_drawn_in_the_colour_of_their_class() -> None:
    (frame,) = frames({"instances": [box(1)]}, PICTURE, [5, 7])
    assert (frame.left, frame.top, frame.width, frame.height, frame.colour) == (1, 2, 3, 4, 7)


@pytest.mark.parametrize(
    ("answer", "facts"),
    [
        ({"instances": [box(1)]}, MediaFacts(kind="image", width=640, height=480, orientation=6)),
        ({"instances": [box(1)]}, MediaFacts(kind="text")),
        ({"instances": [box(99)]}, PICTURE),
        ({"instances": [{"category": 0, "geometry": {"points": []}}]}, PICTURE),
        ({"category": 1}, PICTURE),
        (None, PICTURE),
    ],
)
def test_nothing_is_drawn_where_it_would_sit_wrong(answer: Any, facts: MediaFacts) -> None:
    assert frames(answer, facts, [1, 2]) == []


def test_a_streak_is_always_in_one_order_and_fills_its_bar() -> None:
    parts = streak_parts(people=20, machine=60, checked=5, waiting=10, failed=5)
    assert [part.kind for part in parts] == ["is-people", "is-machine", "is-audit", "is-waiting", "is-failed"]
    assert sum(part.width for part in parts) == pytest.approx(100)


def test_a_streak_of_nothing_has_no_width() -> None:
    assert all(part.width == 0 for part in streak_parts(people=0, machine=0, checked=0, waiting=0, failed=0))


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Mara Voss", "MV"), ("jonas", "JO"), ("a-b c", "AC"), ("", ""), ("<img src=x>", "IX"), ("李明", "李明")],
)
def test_an_avatar_has_two_letters_at_most(name: str, letters: str) -> None:
    assert initials(name) == letters
