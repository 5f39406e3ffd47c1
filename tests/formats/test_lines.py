from __future__ import annotations

import io
import tracemalloc

import pytest

from labeling.errors import ManifestLineError
from labeling.formats.lines import Line, read_lines
from labeling.formats.strictjson import MAX_PARTS, parse_object

GOOD = b'{"source":"a"}'


def read(data: bytes, **options: bool | int) -> list[str]:
    """Per line "number" or "number:rule"."""
    found = read_lines(io.BytesIO(data), **options)  # type: ignore[arg-type]
    return [str(one.number) if isinstance(one, Line) else f"{one.line}:{one.rule}" for one in found]


BAD = [
    (b"", "E-BLANK"),
    (b" \t", "E-BLANK"),
    (b"\xff\xfe{", "E-UTF8"),
    (b'{"source":"\xed\xa0\x80"}', "E-UTF8"),  # a surrogate as bytes
    (b'{"source":"\\ud800"}', "E-UTF8"),
    (b'{"\\uDFFF":"a"}', "E-UTF8"),
    (b"{", "E-JSON"),
    (b"{'source':'a'}", "E-JSON"),
    (b'{"source":"a"}}', "E-JSON"),
    (b'{"source":"a\tb"}', "E-JSON"),  # a raw control character
    (b'{"source":"a","n":01}', "E-JSON"),
    (b'{"source":"a","n":+1}', "E-JSON"),
    (b'{"source":"a","n":.5}', "E-JSON"),
    (b'{"source":"a" /* why */}', "E-JSON"),
    (b'\xc2\xa0{"source":"a"}', "E-JSON"),  # a space, but not one of JSON's
    (b'{"source":"a","n":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "E-JSON"),
    (b'{"source":"a","n":' + b'{"k":' * 64 + b"1" + b"}" * 65, "E-JSON"),
    (b"[1]", "E-OBJ"),
    (b"null", "E-OBJ"),
    (b'"source"', "E-OBJ"),
    (b"17", "E-OBJ"),
    (b'{"source":"a","source":"a"}', "E-DUPKEY"),
    (b'{"source":"a","\\u0073ource":"b"}', "E-DUPKEY"),
    (b'{"source":"a","n":[{"k":1,"k":2}]}', "E-DUPKEY"),
    (b'{"source":"a","n":NaN}', "E-NAN"),
    (b'{"source":"a","n":-Infinity}', "E-NAN"),
    (b'{"source":"a","n":1e400}', "E-NAN"),
    (b'{"source":"a","n":-1e400}', "E-NAN"),
    (b'{"source":"a","n":' + b"9" * 5_000 + b"}", "E-NAN"),
]


@pytest.mark.parametrize(("line", "rule"), BAD, ids=[f"{place}-{rule}" for place, (_, rule) in enumerate(BAD)])
def test_a_bad_line_is_told_by_its_rule_and_the_lines_around_it_are_read(line: bytes, rule: str) -> None:
    assert read(GOOD + b"\n" + line + b"\n" + GOOD + b"\n") == ["1", f"2:{rule}", "3"]


def test_a_bad_line_says_what_to_do() -> None:
    (error,) = read_lines(io.BytesIO(b'{"source":"a","n":1e400}\n'))
    assert isinstance(error, ManifestLineError)
    assert error.where == "line 1"
    assert "'1e400'" in error.what
    assert error.todo


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_line_ends_of_both_kinds_are_taken_and_the_last_may_lack_its_own(end: bytes) -> None:
    (line,) = read_lines(io.BytesIO(GOOD + end))
    assert isinstance(line, Line)
    assert (line.number, line.object_id, line.text, line.object) == (1, 0, '{"source":"a"}', {"source": "a"})


def test_an_empty_file_has_no_lines_and_a_blank_end_is_a_bad_line() -> None:
    assert read(b"") == []
    assert read(GOOD + b"\n\n") == ["1", "2:E-BLANK"]


def test_a_byte_order_mark_is_an_error_unless_allowed() -> None:
    data = b"\xef\xbb\xbf" + GOOD + b"\n" + GOOD
    assert read(data) == ["1:E-BOM", "2"]
    assert read(data, allow_bom=True) == ["1", "2"]
    assert read(GOOD + b"\n\xef\xbb\xbf" + GOOD, allow_bom=True) == ["1", "2:E-JSON"]


def test_unicode_line_separators_end_no_line() -> None:
    assert read('{"source":"a\u2028b\x85c"}\n'.encode()) == ["1"]


def test_the_cap_counts_the_line_and_not_its_end() -> None:
    assert read(GOOD + b"\n" + GOOD + b"\r\n", max_bytes=len(GOOD)) == ["1", "2"]
    assert read(GOOD + b"\n" + GOOD + b" \n" + GOOD, max_bytes=len(GOOD)) == ["1", "2:E-LINE-SIZE", "3"]


def test_64_levels_are_read() -> None:
    assert read(b'{"source":"a","n":' + b"[" * 63 + b"]" * 63 + b"}") == ["1"]
    assert read(b'{"source":"' + b"[" * 500 + b'"}') == ["1"]


def test_a_line_of_millions_of_empty_lists_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(ManifestLineError) as caught:
        parse_object('{"source":"a","n":[' + "[]," * MAX_PARTS + "[]]}")
    assert caught.value.rule == "E-LINE-SIZE"


class Endless:
    """A line of 100 MB that is made while it is read."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readline(self, size: int = -1, /) -> bytes:
        if self.left <= 0:
            self.left, rest = -1, GOOD if self.left == 0 else b""
            return rest
        piece = min(size, self.left)
        self.left -= piece
        return b"x" * (piece - 1) + b"\n" if self.left == 0 else b"x" * piece


def test_a_line_of_100_mb_is_skipped_in_flat_memory() -> None:
    tracemalloc.start()
    try:
        found = [one.rule if isinstance(one, ManifestLineError) else one.number for one in _over(100 * 1024 * 1024)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == ["E-LINE-SIZE", 2]
    assert peak < 4 * 1024 * 1024


def _over(size: int) -> list[Line | ManifestLineError]:
    return list(read_lines(Endless(size), max_bytes=1024 * 1024))
