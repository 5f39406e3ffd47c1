from __future__ import annotations

import tracemalloc

from labeling.formats.validator import validate
from labeling.formats.validator.across import MAX_WAITING
from tests.formats.lines_of import Line, changed, findings, image, one_class, text_class


def told(*lines: Line) -> list[tuple[int, str]]:
    return [(one.line, one.rule) for one in findings(*lines)]


def test_a_label_without_metadata_is_told_at_its_own_line_wherever_the_first_good_one_stands() -> None:
    bare = {**image(2), "rock": 1}
    assert told({**image(3), "rock": 0}, one_class(), bare) == [(3, "E-META-MISSING"), (1, "E-META-MISSING")]


def test_a_key_that_is_no_label_anywhere_needs_no_metadata() -> None:
    assert told(*({**image(place), "camera": "west"} for place in range(3)), {**image(4), "rock": 1}) == []


def test_only_so_many_early_lines_are_remembered() -> None:
    bare = [{**image(place), "rock": 1} for place in range(2, MAX_WAITING + 50)]
    assert len(told(*bare, one_class())) == MAX_WAITING


def test_the_same_source_is_told_with_the_line_that_had_it_before() -> None:
    found = findings(image(1), image(2), image(1), image(2), image(1))
    assert [(one.line, one.message) for one in sorted(found, key=lambda one: one.line)] == [
        (3, "Line 1 names the same object."),
        (4, "Line 2 names the same object."),
        (5, "Line 3 names the same object."),
    ]


def test_the_same_text_twice_is_no_finding() -> None:
    assert told(text_class(), text_class()) == []


def test_a_wrong_name_is_told_where_it_stands_and_not_after_it() -> None:
    wrong = changed(one_class(), "rock-metadata/class-name", "granite")
    wrong["source-ref"] = "s3://quarry/2"
    right = {**changed(one_class(), "rock", 2), "source-ref": "s3://quarry/3"}
    right["rock-metadata"]["class-name"] = "granite"
    assert told(one_class(), wrong, right) == [(2, "E-CLASS-NAME")]


def test_names_of_different_labels_have_nothing_to_do_with_each_other() -> None:
    other = {"source-ref": "s3://quarry/2", "stone": 1, "stone-metadata": one_class()["rock-metadata"]}
    other["stone-metadata"]["class-name"] = "granite"
    assert told(one_class(), other) == []


class Many:
    """So many lines, made while they are read; every one has another key that could be a label's."""

    def __init__(self, lines: int) -> None:
        self.lines = iter(range(lines))

    def readline(self, size: int = -1, /) -> bytes:
        return next((b'{"source-ref":"s3://quarry/%d","key-%d":1}\n' % (n, n) for n in self.lines), b"")


def test_memory_grows_by_bytes_a_line_only() -> None:
    list(validate(Many(2_000)))
    tracemalloc.start()
    try:
        assert list(validate(Many(6_000))) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000  # 1,000 names, and at most 60 bytes a line
