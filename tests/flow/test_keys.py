"""A person's own keyboard map."""

from __future__ import annotations

import pytest

from labeling.errors import Invalid
from labeling.flow.keys import set_keys
from labeling.workforce.models import User

pytestmark = pytest.mark.django_db


def test_a_map_is_kept_and_an_empty_one_brings_the_usual_keys_back() -> None:
    user = User.objects.create_user("ana")
    set_keys(user, {"box": ["r"], "undo": ["Ctrl+z", "Ctrl+Shift++"], "nudge-left-1": ["ArrowLeft"]})
    assert User.objects.get().keys["undo"] == ["Ctrl+z", "Ctrl+Shift++"]
    set_keys(user, {})
    assert User.objects.get().keys == {}


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ({"box": ["two keys"]}, "not a key"),
        ({"box": [""]}, "not a key"),
        ({"box": ["<b>"]}, "not a key"),
        ({"Box!": ["b"]}, "not the name of a command"),
        ({"box": ["a", "b", "c", "d", "e"]}, "at most 4"),
        ({"box": ["b"], "brush": ["b"]}, "given to box too"),
        ({f"command-{n}": ["b"] for n in range(201)}, "at most 200"),
    ],
)
def test_a_map_that_makes_no_sense_is_refused_and_the_old_one_stays(keys: dict[str, list[str]], word: str) -> None:
    user = User.objects.create_user("ana", keys={"box": ["r"]})
    with pytest.raises(Invalid, match=word):
        set_keys(user, keys)
    assert User.objects.get().keys == {"box": ["r"]}
