from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeling.errors import ManifestLineError
from labeling.formats.augmented import EXPIRED, Stamp, attribute_pair, augment, fail, unlabelled
from labeling.formats.strictjson import dumps, parse_exactly, same_json
from labeling.task_types.base import LabelAttribute
from tests.formats.lines_of import findings, image

LABEL = LabelAttribute(1, {"class-name": "basalt", "confidence": 0.9})
NOW = Stamp("groundtruth/image-classification", "Rock", human=True, created=datetime(2026, 3, 1, 10, tzinfo=UTC))

slow_machine = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)
keys = st.text().filter(lambda key: key not in ("source", "source-ref", "rock", "rock-metadata"))
passed_through = st.dictionaries(keys, values, max_size=6)
numbers = st.from_regex(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)


def test_a_label_stands_after_what_came_and_before_its_metadata() -> None:
    line = augment('{ "camera":"west", "source-ref" : "s3://quarry/1.jpg" }', name="rock", label=LABEL, stamp=NOW)
    assert line == (
        '{"source-ref":"s3://quarry/1.jpg","camera":"west","rock":1,"rock-metadata":{"class-name":"basalt",'
        '"confidence":0.9,"type":"groundtruth/image-classification","job-name":"labeling-job/rock",'
        '"human-annotated":"yes","creation-date":"2026-03-01T10:00:00.000000"}}'
    )
    assert findings(line, strict=True) == []


@slow_machine
@given(passed_through, st.booleans())
def test_whatever_came_is_passed_through_equal_and_in_order(came: dict[str, Any], text_job: bool) -> None:
    source = {"source": "a"} if text_job else {"source-ref": "s3://quarry/1.jpg"}
    written = augment(json.dumps({**came, **source}, indent=1), name="rock", label=LABEL, stamp=NOW)
    after = parse_exactly(written)
    assert list(after) == [*source, *came, "rock", "rock-metadata"]
    assert same_json({key: after[key] for key in came}, came)
    assert "\n" not in written


@slow_machine
@given(st.lists(numbers, max_size=8))
def test_no_number_loses_a_digit(texts: list[str]) -> None:
    line = f'{{"source":"a","n":[{",".join(texts)}]}}'
    after = json.loads(unlabelled(line), parse_float=Decimal, parse_int=Decimal)["n"]
    assert after == [Decimal(text) for text in texts]


@pytest.mark.parametrize(
    "text", ["12345678901234567890123", "1.10", "1e5", "-0.0", "0.30000000000000000000001", "1e-400"]
)
def test_numbers_beyond_a_double_are_written_with_every_digit(text: str) -> None:
    written = unlabelled(f'{{"source":"a","n":{{"deep":[{text}]}},"s":"é\\""}}')
    assert json.loads(written, parse_float=Decimal, parse_int=Decimal)["n"]["deep"] == [Decimal(text)]
    assert ": " not in written
    assert '"é\\""' in written


@slow_machine
@given(passed_through)
def test_continuing_a_job_replaces_its_label_and_moves_it_to_the_end(came: dict[str, Any]) -> None:
    first = augment(
        dumps({"source": "a", "rock": 0, "rock-metadata": {"x": 1}, **came}), name="rock", label=LABEL, stamp=NOW
    )
    again = augment(first, name="rock", label=LABEL, stamp=NOW)
    assert again == first
    assert list(parse_exactly(again))[-2:] == ["rock", "rock-metadata"]


flat = st.dictionaries(keys, st.text() | st.integers() | st.booleans() | st.none(), max_size=4)


@slow_machine
@given(st.text(min_size=1), flat)
def test_a_plain_line_gives_the_same_as_one_that_is_taken_apart(source: str, came: dict[str, Any]) -> None:
    text = dumps({"source": source, **came})
    quick = augment(text, name="rock", label=LABEL, stamp=NOW)
    assert quick == augment(" " + text, name="rock", label=LABEL, stamp=NOW)
    assert list(parse_exactly(quick)) == ["source", *came, "rock", "rock-metadata"]


def test_a_failure_record_stands_without_label_and_gives_way_to_one() -> None:
    labelled = augment(dumps(image()), name="rock", label=LABEL, stamp=NOW)
    failed = fail(labelled, name="rock", reason=f"{EXPIRED}. Nobody came.", retry_count=2)
    assert parse_exactly(failed) == {
        **image(),
        "rock-metadata": {"failure-reason": f"{EXPIRED}. Nobody came.", "retry-count": 2, "human-annotated": "true"},
    }
    assert findings(failed, strict=True) == []
    assert augment(failed, name="rock", label=LABEL, stamp=NOW) == labelled


def test_a_failure_of_a_job_with_several_labels_leaves_none_of_them_beside_it() -> None:
    names = ("rock", "rock-outline")
    labelled = dumps({**image(), "rock-dust": 1})
    for name in names:
        labelled = augment(labelled, name=name, label=LABEL, stamp=NOW)
    failed = fail(labelled, name="rock", further=["rock-outline"], reason=EXPIRED)
    assert list(parse_exactly(failed)) == [*image(), "rock-dust", "rock-metadata"]


def test_a_failure_without_a_known_side_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with one of"):
        fail(dumps(image()), name="rock", reason="It broke.")


def test_an_object_without_outcome_keeps_all_that_it_had() -> None:
    failed = fail(dumps(image()), name="rock", reason=EXPIRED)
    assert unlabelled(failed) == failed


def test_dates_have_six_digits_and_are_utc() -> None:
    local = datetime(2026, 3, 1, 10, 0, 0, 250, tzinfo=timezone(timedelta(hours=2)))
    pair = attribute_pair("rock", LABEL, Stamp("groundtruth/custom", "Rock", human=False, created=local))
    assert pair["rock-metadata"]["creation-date"] == "2026-03-01T08:00:00.000250"
    assert pair["rock-metadata"]["human-annotated"] == "no"


def test_a_time_without_zone_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="zone"):
        attribute_pair("rock", LABEL, Stamp("groundtruth/custom", "Rock", human=True, created=datetime(2026, 3, 1)))  # noqa: DTZ001


def test_our_own_block_is_written_in_the_extended_profile_only() -> None:
    label = LabelAttribute(1, LABEL.metadata, ours={"attributes": [None]})
    pure = attribute_pair("rock", label, NOW, ours={"v": 1})
    extended = attribute_pair("rock", label, NOW, ours={"v": 1}, profile="extended")
    assert "x-ours" not in pure["rock-metadata"]
    assert extended["rock-metadata"]["x-ours"] == {"attributes": [None], "v": 1}
    assert "x-ours" not in attribute_pair("rock", LABEL, NOW, profile="extended")["rock-metadata"]


@pytest.mark.parametrize(
    ("came", "written"),
    [
        ("photos/1.jpg", "s3://out/in/photos/1.jpg"),
        ("./photos//1.jpg", "s3://out/in/photos/1.jpg"),
        ("s3://quarry/1.jpg", "s3://quarry/1.jpg"),
        ("https://host/1.jpg", "https://host/1.jpg"),
        ("../1.jpg", "../1.jpg"),
    ],
)
@pytest.mark.parametrize("prefix", ["s3://out/in", "s3://out/in/"])
def test_a_source_prefix_maps_relative_references_and_no_others(came: str, written: str, prefix: str) -> None:
    line = unlabelled(dumps({"source-ref": came}), source_prefix=prefix)
    assert parse_exactly(line) == {"source-ref": written}


def test_a_line_that_is_no_object_is_refused() -> None:
    with pytest.raises(ManifestLineError):
        unlabelled("[]")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}])
def test_a_label_that_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        augment(dumps(image()), name="rock", label=LabelAttribute(value, {}), stamp=NOW)
