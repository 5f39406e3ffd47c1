from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.errors import InvalidJob
from labeling.formats.names import (
    check_job_name,
    check_label_attribute,
    default_label_attribute,
    job_slug,
    label_names,
    meta_key,
)
from tests.formats.lines_of import common, rules


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Crossings, autumn", "Crossings-autumn"),
        ("  Größe 7 ", "Groe-7"),
        ("路", "job"),
        ("a_b.c", "a-b-c"),
        ("x" * 80, "x" * 63),
    ],
)
def test_any_name_has_a_form_that_the_manifest_takes(name: str, slug: str) -> None:
    assert job_slug(name) == slug


@settings(deadline=None)
@given(st.text(), st.sampled_from(["", "-ref"]))
def test_names_made_by_us_pass_our_own_checks(name: str, suffix: str) -> None:
    check_job_name(job_slug(name))
    check_label_attribute(default_label_attribute(name, suffix=suffix), suffix=suffix)


@pytest.mark.parametrize("suffix", ["", "-ref"])
@pytest.mark.parametrize(
    "name", ["source", "source-ref", "x-metadata", "x-ref-metadata-ref", "metadata", "ref", "-ref"]
)
def test_awkward_names_still_give_a_label_attribute(name: str, suffix: str) -> None:
    check_label_attribute(default_label_attribute(name, suffix=suffix), suffix=suffix)


def test_names_made_by_us_hold_no_word_that_readers_look_for() -> None:
    assert default_label_attribute("Annotations of metadata") == "labels-of-facts"


@pytest.mark.parametrize("name", ["", "-a", "a-", "a b", "a_b", "é", "x" * 64, "a\n"])
def test_a_job_name_that_breaks_the_rule_is_refused(name: str) -> None:
    with pytest.raises(InvalidJob) as caught:
        check_job_name(name)
    assert caught.value.where == "name"


@pytest.mark.parametrize("name", ["a", "A7", "my--boxes", "x" * 127, "reference", "metadata-x"])
def test_a_label_attribute_name_of_the_pattern_is_taken(name: str) -> None:
    assert check_label_attribute(name) == name


@pytest.mark.parametrize(
    ("name", "suffix", "reviews"),
    [
        ("", "", ""),
        ("my_boxes", "", ""),
        ("-a", "", ""),
        ("a-", "", ""),
        ("a.b", "", ""),
        ("x" * 128, "", ""),
        ("a\n", "", ""),
        ("source", "", ""),
        ("source-ref", "-ref", ""),
        ("a-metadata", "", ""),
        ("a-ref", "", ""),
        ("a", "-ref", ""),
        ("a", "", "a"),
    ],
)
def test_a_label_attribute_name_that_breaks_a_rule_is_refused(name: str, suffix: str, reviews: str) -> None:
    with pytest.raises(InvalidJob) as caught:
        check_label_attribute(name, suffix=suffix, reviews=reviews)
    assert caught.value.where == "label_attribute"


def test_the_metadata_of_a_reference_keeps_its_suffix() -> None:
    assert meta_key("mask-ref") == "mask-ref-metadata"


def test_further_labels_have_their_middle_before_the_suffix() -> None:
    assert label_names("boats-ref", ("polygon",)) == ("boats-ref", "boats-polygon-ref")
    assert label_names("boats", ("a", "b")) == ("boats", "boats-a", "boats-b")


@pytest.mark.parametrize("middles", [(), ("polygon",), ("polygon", "polyline", "keypoint")])
@pytest.mark.parametrize("length", range(115, 130))
def test_a_name_is_taken_where_the_validator_takes_all_names_that_come_of_it(
    middles: tuple[str, ...], length: int
) -> None:
    name = "r" * (length - 4) + "-ref"
    meta = {"class-map": {}, **common("video-object-tracking", "r")}
    line = {"source-ref": "s3://quarry/seq.json"}
    for one in label_names(name, middles):
        line |= {one: "s3://quarry/SeqLabel.json", meta_key(one): meta}
    wrong = set(rules(line, strict=True))
    if wrong:
        assert wrong == {"E-LAN-NAME"}
        with pytest.raises(InvalidJob):
            check_label_attribute(name, suffix="-ref", middles=middles)
    else:
        check_label_attribute(name, suffix="-ref", middles=middles)


def test_a_name_that_leaves_no_room_for_further_ones_is_told_how_long_it_may_be() -> None:
    with pytest.raises(InvalidJob) as caught:
        check_label_attribute("r" * 124, middles=("box", "polyline"))
    assert caught.value.where == "label_attribute"
    assert "124 characters and may have 118" in caught.value.what
    assert "polyline" in caught.value.what
    check_label_attribute("r" * 118, middles=("box", "polyline"))
