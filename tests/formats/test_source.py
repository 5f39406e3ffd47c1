from __future__ import annotations

import pytest

from labeling.errors import ManifestLineError
from labeling.formats.lines import Line
from labeling.formats.source import InputLine, check_input
from labeling.formats.strictjson import dumps
from labeling.task_types.base import Medium
from tests.formats.lines_of import image, one_class


def check(line: dict[str, object], medium: Medium = "image") -> InputLine:
    return check_input(Line(3, dumps(line), line), medium)


def test_a_text_job_takes_an_inline_text() -> None:
    source = check({"source": "A quiet day."}, "text").source
    assert (source.key, source.value, source.reference) == ("source", "A quiet day.", None)


def test_a_text_job_takes_a_text_file_too() -> None:
    source = check({"source-ref": "long/1.txt"}, "text").source
    assert source.reference is not None
    assert source.reference.path == ("long", "1.txt")


@pytest.mark.parametrize("medium", ["image", "video"])
def test_other_jobs_take_a_reference(medium: Medium) -> None:
    source = check({"source-ref": "s3://quarry/1"}, medium).source
    assert source.reference is not None
    assert (source.key, source.reference.bucket, source.reference.key) == ("source-ref", "quarry", "1")


REFUSED: list[tuple[dict[str, object], Medium, str, str]] = [
    ({"camera": "west"}, "image", "E-SRC", ""),
    ({}, "text", "E-SRC", ""),
    ({"source": "a quiet day"}, "image", "E-SRC", ""),
    ({"source": "a", "source-ref": "b"}, "text", "E-SRC-BOTH", ""),
    ({"source": ""}, "text", "E-SRC-TYPE", "/source"),
    ({"source": 7}, "text", "E-SRC-TYPE", "/source"),
    ({"source-ref": ["a"]}, "image", "E-SRC-TYPE", "/source-ref"),
    ({"source-ref": None}, "image", "E-SRC-TYPE", "/source-ref"),
    ({"source-ref": "a.jpg", "$id": 1}, "image", "E-DOLLAR", "/$id"),
    ({"source": "x" * 100_000}, "text", "E-LINE-SIZE", ""),
    ({"source-ref": "file:///etc/passwd"}, "image", "E-SRC-SCHEME", "/source-ref"),
    ({"source-ref": "../../etc/passwd"}, "image", "E-SRC-SCHEME", "/source-ref"),
]


@pytest.mark.parametrize(("line", "medium", "rule", "pointer"), REFUSED)
def test_what_no_job_can_take_is_told_by_rule_line_and_place(
    line: dict[str, object], medium: Medium, rule: str, pointer: str
) -> None:
    with pytest.raises(ManifestLineError) as caught:
        check(line, medium)
    assert (caught.value.rule, caught.value.line, caught.value.pointer) == (rule, 3, pointer)
    assert caught.value.todo


def test_the_key_that_names_a_streamed_objects_id_may_begin_with_a_dollar() -> None:
    assert check({**image(), "dataset-objectid-attribute-name": "$rock-object-id", "$rock-object-id": "7"})


def test_a_large_value_is_a_warning() -> None:
    (warning,) = check({"source": "x" * 20_000}, "text").warnings
    assert (warning.rule, warning.pointer, warning.line) == ("W-SIZE", "/source", 3)
    assert check({"source": "x" * 19_998}, "text").warnings == ()


def test_a_long_line_that_holds_labels_is_taken_with_a_warning() -> None:
    long = {f"note-{place}": "x" * 15_000 for place in range(7)}
    assert [one.rule for one in check({**one_class(), **long}).warnings] == ["W-LINE-SIZE"]
