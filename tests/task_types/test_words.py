"""How a text is cut into tokens."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.task_types.words import tokens

FIRE = "\U0001f468\U0001f3fb\u200d\U0001f692"  # a man, his skin, a joiner, a fire engine
HELLO = "\u0928\u092e\u0938\u094d\u0924\u0947"  # with a virama and a vowel sign


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in tokens(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ferry to Oban, at 3.50!", ["Ferry", "to", "Oban", ",", "at", "3.50", "!"]),
        ("It's o\u2019clock: well-known.", ["It's", "o\u2019clock", ":", "well-known", "."]),
        ("a\r\nb\tc\x07d", ["a", "b", "c", "d"]),
        ("cafe\u0301 \u00e9", ["cafe\u0301", "\u00e9"]),
        ("\u0301x", ["\u0301", "x"]),
        ("\u79c1\u306f\u6771\u4eac", ["\u79c1", "\u306f", "\u6771", "\u4eac"]),
        ("Tokyo\u6771\u4eac2020", ["Tokyo", "\u6771", "\u4eac", "2020"]),
        ("\u05d0\u05e0\u05d9 \u05d2\u05e8.", ["\u05d0\u05e0\u05d9", "\u05d2\u05e8", "."]),
        (f"{FIRE}\U0001f468 ok", [FIRE, "\U0001f468", "ok"]),
        ("\U0001f1eb\U0001f1ee\U0001f1f8\U0001f1ea", ["\U0001f1eb\U0001f1ee", "\U0001f1f8\U0001f1ea"]),
        ("\u2764\ufe0f...", ["\u2764\ufe0f", ".", ".", "."]),
        (f"{HELLO} {HELLO}!", [HELLO, HELLO, "!"]),
        ("", []),
        (" \u00a0\u3000\u2028", []),
    ],
)
def test_words_signs_and_pictures_are_tokens(text: str, wanted: list[str]) -> None:
    assert cut(text) == wanted


@given(st.text(max_size=40))
def test_tokens_are_in_order_and_leave_out_nothing_but_space_and_controls(text: str) -> None:
    places = tokens(text)
    assert (places[:, 0] < places[:, 1]).all()
    assert (places[1:, 0] >= places[:-1, 1]).all()
    inside = {place for start, end in places for place in range(start, end)}
    left = [one for place, one in enumerate(text) if place not in inside]
    assert all(one.isspace() or ord(one) < 32 or 127 <= ord(one) < 160 for one in left)
    assert not any(one.isspace() for place, one in enumerate(text) if place in inside)


def test_a_million_characters_are_cut_in_a_moment() -> None:
    began = time.process_time()
    assert len(tokens("Ferry to Oban, at 3.50! " * 41_667)) == 7 * 41_667
    assert time.process_time() - began < 3
