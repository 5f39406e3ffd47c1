"""Byte ranges, by the letter of RFC 9110, section 14."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.media.ranges import (
    RANGE_CAP,
    UNSATISFIABLE,
    WHOLE,
    Span,
    Unsatisfiable,
    Whole,
    etag_of,
    if_range_holds,
    not_modified,
    parse_range,
)


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        (None, WHOLE),
        ("", WHOLE),
        ("bytes=0-0", Span(0, 0)),
        ("bytes=0-99", Span(0, 99)),
        ("bytes=10-", Span(10, 99)),
        ("bytes=10-5000", Span(10, 99)),
        ("bytes=-1", Span(99, 99)),
        ("bytes=-100", Span(0, 99)),
        ("bytes=-5000", Span(0, 99)),
        ("bytes=99-99", Span(99, 99)),
        ("bytes=100-", UNSATISFIABLE),
        ("bytes=100-200", UNSATISFIABLE),
        ("bytes=-0", UNSATISFIABLE),
        ("bytes=20-10", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=", WHOLE),
        ("bytes", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=1-2-3", WHOLE),
        ("bytes=+1-2", WHOLE),
        ("bytes=\u0661-\u0662", WHOLE),
        ("bytes=" + "9" * 400 + "-", WHOLE),
        ("items=0-5", WHOLE),
        ("Bytes = 0-5", Span(0, 5)),
        ("bytes= 0-5 ", Span(0, 5)),
        ("bytes=0-5,10-15", Span(0, 5)),
        ("bytes=200-,10-15", Span(10, 15)),
        ("bytes=200-,300-", UNSATISFIABLE),
        ("bytes=0-5,x", WHOLE),
        ("bytes=,0-5,", Span(0, 5)),
    ],
)
def test_a_range_of_a_hundred_bytes(header: str | None, answer: Span | Whole | Unsatisfiable) -> None:
    assert parse_range(header, 100) == answer


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=-1", "bytes=0-0"])
def test_an_empty_file_satisfies_no_range(header: str) -> None:
    assert parse_range(header, 0) == UNSATISFIABLE


def test_a_reply_carries_one_mebibyte_at_most() -> None:
    size = 50 * RANGE_CAP
    span = parse_range("bytes=5-", size)
    assert span == Span(5, 5 + RANGE_CAP - 1)
    assert span.length == RANGE_CAP
    assert span.content_range(size) == f"bytes 5-{RANGE_CAP + 4}/{size}"


def test_a_long_suffix_is_served_from_its_beginning() -> None:
    size = 50 * RANGE_CAP
    assert parse_range(f"bytes=-{2 * RANGE_CAP}", size) == Span(size - 2 * RANGE_CAP, size - RANGE_CAP - 1)


@given(st.text(max_size=40), st.integers(0, 10**12))
def test_whatever_is_asked_the_answer_lies_inside_the_file(asked: str, size: int) -> None:
    answer = parse_range("bytes=" + asked, size)
    if isinstance(answer, Span):
        assert 0 <= answer.start <= answer.end < size
        assert answer.length <= RANGE_CAP


def test_an_etag_tells_variants_of_one_file_apart() -> None:
    assert etag_of("ab") == '"ab"'
    assert etag_of("ab", "thumbnail") == '"ab-thumbnail"'


def test_a_range_is_served_only_of_the_version_that_was_asked_for() -> None:
    etag = etag_of("ab")
    assert if_range_holds(None, etag)
    assert if_range_holds('"ab"', etag)
    assert not if_range_holds('"cd"', etag)
    assert not if_range_holds('W/"ab"', etag), "If-Range compares strongly"
    assert not if_range_holds("Mon, 05 Jan 2026 09:30:00 GMT", etag)


def test_who_has_the_bytes_already_is_told_so() -> None:
    etag = etag_of("ab")
    assert not_modified('"ab"', etag)
    assert not_modified('"x", W/"ab"', etag)
    assert not_modified("*", etag)
    assert not not_modified('"x"', etag)
    assert not not_modified(None, etag)
