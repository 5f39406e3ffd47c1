"""Every rule: a line that breaks it, and the nearest line that does not."""

from __future__ import annotations

import pytest

from labeling.formats.findings import Finding
from labeling.formats.validator import RULES
from tests.formats.lines_of import (
    GOOD,
    Line,
    adjusted,
    box,
    boxes,
    changed,
    classes,
    failed,
    findings,
    image,
    mask,
    no_boxes,
    one_class,
    polygons,
    rules,
    spans,
    text_class,
    track,
    verdict,
)

STONES, ROCK = "stones-metadata", "rock-metadata"


def renamed(line: Line, old: str, new: str) -> Line:
    names = {old: new, f"{old}-metadata": f"{new}-metadata"}
    return {names.get(key, key): value for key, value in line.items()}


def long_line(line: Line, size: int) -> Line:
    parts = {f"note-{place}": "x" * 15_000 for place in range(size // 15_000)}
    return {**line, **parts, "rest": "x" * (size % 15_000)}


def rock(path: str, value: object) -> Line:
    return changed(one_class(), f"rock-metadata/{path}", value)


def cover(path: str, value: object) -> Line:
    return changed(mask(), f"cover-ref-metadata/internal-color-map/{path}", value)


def entity(path: str, value: object) -> Line:
    return changed(spans(), f"who/annotations/entities/{path}", value)


def checked(path: str, value: object) -> Line:
    return changed(verdict(), f"check-metadata/{path}", value)


def moved(status: str) -> Line:
    return changed(adjusted(status), "stones-2/annotations/0/left", 11)


def many(count: int) -> Line:
    return boxes(*[box() for _ in range(count)])


# (rule, a line or lines that break it, the nearest that does not)
CASES: list[tuple[str, list[Line | str | bytes], list[Line | str | bytes]]] = [
    ("E-UTF8", [b'{"source":"caf\xe9"}'], ['{"source":"café"}']),
    ("E-UTF8", ['{"source":"\\ud83d"}'], ['{"source":"\\ud83d\\ude00"}']),
    ("E-JSON", ['{"source":"a",}'], ['{"source":"a"}']),
    ("E-JSON", ['{"source":"a"} {"source":"b"}'], [' {"source" : "a"} ']),
    ("E-JSON", ['{"source":"a","n":' + "[" * 64 + "]" * 64 + "}"], ['{"source":"a","n":' + "[" * 63 + "]" * 63 + "}"]),
    ("E-OBJ", ['["source"]'], ['{"source":"["}']),
    ("E-BLANK", ['{"source":"a"}', "  ", '{"source":"b"}'], ['{"source":"a"}', '{"source":"b"}\r']),
    ("E-DUPKEY", ['{"source":"a","n":{"k":1,"k":1}}'], ['{"source":"a","n":{"k":1,"K":1}}']),
    ("E-NAN", ['{"source":"a","n":NaN}'], ['{"source":"a","n":"NaN"}']),
    ("E-NAN", ['{"source":"a","n":-Infinity}'], ['{"source":"a","n":1e308}']),
    ("E-NAN", ['{"source":"a","n":1e400}'], ['{"source":"a","n":1e-400}']),
    ("E-NAN", ['{"source":"a","n":' + "9" * 400 + "}"], ['{"source":"a","n":' + "9" * 308 + "}"]),
    ("E-BOM", [b'\xef\xbb\xbf{"source":"a"}'], ['{"source":"a\ufeff"}']),
    ("E-LINE-SIZE", [long_line(image(), 100_000)], [long_line(image(), 99_000)]),
    ("W-LINE-SIZE", [long_line(one_class(), 100_000)], [long_line(one_class(), 99_000)]),
    ("W-SIZE", [{"source": "x" * 19_999}], [{"source": "x" * 19_998}]),
    ("E-DOLLAR", [{**image(), "$id": "7"}], [{**image(), "dataset-objectid-attribute-name": "$id", "$id": "7"}]),
    ("E-SRC", [{"camera": "west"}], [{"source": "west"}]),
    ("E-SRC-BOTH", [{"source": "a", **image()}], [image()]),
    ("E-SRC-TYPE", [{"source": ""}, {"source": 7}], [{"source": " "}]),
    ("W-SRC-SCHEME", [{"source-ref": "stones/1.jpg"}], [image()]),
    ("W-SRC-SCHEME", [{"source-ref": "s3://quarry"}], [image()]),
    ("W-SRC-DUP", [image(1), image(2), image(1)], [image(1), image(2)]),
    ("E-LAN-NAME", [renamed(one_class(), "rock", "my_rock")], [renamed(one_class(), "rock", "my--rock")]),
    ("E-LAN-NAME", [renamed(one_class(), "rock", "r" * 128)], [renamed(one_class(), "rock", "r" * 127)]),
    ("E-LAN-REF", [renamed(one_class(), "rock", "rock-ref")], [renamed(one_class(), "rock", "rock-reference")]),
    ("E-LAN-REF", [renamed(mask(), "cover-ref", "cover")], [mask()]),
    ("E-LAN-REF", [renamed(verdict(), "check", "check-ref")], [verdict()]),
    ("E-META-MISSING", [one_class(), {**image(2), "rock": 1}], [one_class(), {**image(2), "stone": 1}]),
    ("E-META-MISSING", [{**image(2), "rock": 1}, one_class()], [{**image(2), "stone": 1}, one_class()]),
    ("E-LAN-MISSING", [changed(one_class(), "rock", ...)], [failed()]),
    ("E-TYPE-STR", [rock("type", ...)], [one_class()]),
    ("E-TYPE-STR", [{**image(), "rock": 1, ROCK: "yes"}], [{**image(), "photo-metadata": "iso 100"}]),
    ("W-TYPE", [rock("type", "groundtruth/smell")], [one_class()]),
    (
        "W-TYPE-MIX",
        [one_class(), {**renamed(text_class(), "topic", "rock")}],
        [one_class(), {**renamed(text_class(), "topic", "rock-2")}],
    ),
    ("E-HUMAN", [rock("human-annotated", True)], [rock("human-annotated", "no")]),
    ("E-HUMAN", [changed(failed(), f"{STONES}/human-annotated", "yes")], [failed()]),
    ("E-DATE", [rock("creation-date", "yesterday")], [one_class()]),
    ("E-DATE", [rock("creation-date", "2026-02-30T10:00:00.000000")], [one_class()]),
    ("E-DATE", [rock("creation-date", ...)], [one_class()]),
    ("W-DATE", [rock("creation-date", "2026-03-01T10:00:00")], [one_class()]),
    ("W-DATE", [rock("creation-date", "2026-03-01T10:00:00.123Z")], [one_class()]),
    ("W-JOBNAME", [rock("job-name", "labeling-job/Rock")], [one_class()]),
    ("E-CONF", [rock("confidence", 1.01)], [rock("confidence", 1)]),
    ("E-CONF", [rock("confidence", True)], [rock("confidence", 0)]),
    ("E-CONF", [changed(boxes(), f"{STONES}/objects/0/confidence", "0.8")], [boxes()]),
    ("W-CONF-MISSING", [rock("confidence", ...)], [one_class()]),
    ("W-CONF-MISSING", [changed(classes(), "traits-metadata/confidence-map", ...)], [classes()]),
    ("E-CLASS-ID", [changed(one_class(), "rock", -1)], [changed(one_class(), "rock", "1")]),
    ("E-CLASS-ID", [changed(one_class(), "rock", 1.5)], [changed(one_class(), "rock", 0)]),
    ("E-CLASS-ID", [boxes(box(class_id="0"))], [boxes()]),
    ("E-CLASS-ID", [changed(classes(), "traits", 0)], [classes()]),
    ("E-CLASS-MAP", [changed(boxes(), f"{STONES}/class-map", {})], [no_boxes()]),
    ("E-CLASS-MAP", [changed(boxes(), f"{STONES}/class-map", {"0": 7})], [boxes()]),
    ("E-CLASS-MAP", [changed(polygons(), "outline-metadata/class-map", {"1": "vein"})], [polygons()]),
    ("W-CLASS-MAP-EXTRA", [changed(boxes(), f"{STONES}/class-map/1", "boulder")], [boxes()]),
    ("E-CLASS-NAME", [one_class(), rock("class-name", "granite")], [one_class(), one_class()]),
    ("E-CLASS-NAME", [one_class(), changed(one_class(), "rock", 2)], [one_class(), one_class()]),
    ("E-ML-DUP", [changed(classes(), "traits", [0, 2, 0])], [changed(classes(), "traits", [2, 0])]),
    ("W-ML-KEYS", [changed(classes(), "traits-metadata/confidence-map", {"0": 0.9})], [classes()]),
    ("E-BOX-SIZE", [changed(boxes(), "stones/image_size", [])], [boxes()]),
    ("E-BOX-SIZE", [changed(boxes(), "stones/image_size/0/width", 0)], [boxes()]),
    ("E-BOX-DIM", [boxes(box(width=0))], [boxes(box(width=2))]),
    ("E-BOX-DIM", [boxes(box(left="10"))], [boxes(box(left=10.5))]),
    ("E-BOX-OUT", [boxes(box(left=610.6))], [boxes(box(left=610))]),
    ("W-BOX-OUT", [boxes(box(left=610.5))], [boxes(box(left=610.0000001))]),
    ("W-BOX-OUT", [boxes(box(top=-0.25))], [boxes(box(top=0))]),
    ("W-BOX-TINY", [boxes(box(height=1))], [boxes(box(height=1.01))]),
    ("W-BOX-MANY", [many(51)], [many(50)]),
    ("E-OBJ-LEN", [changed(boxes(), f"{STONES}/objects", [])], [boxes()]),
    ("E-OBJ-LEN", [changed(spans(), "who-metadata/entities", [{"confidence": 1}])], [spans()]),
    ("E-SEG-URI", [changed(mask(), "cover-ref", 3)], [changed(mask(), "cover-ref", "masks/0.png")]),
    ("E-SEG-MAP", [cover("0/class-name", "background")], [mask()]),
    ("E-SEG-MAP", [cover("1", ...)], [cover("2", ...)]),
    ("E-SEG-COLOR", [cover("2/hex-color", "#2ca02c")], [mask()]),
    ("E-SEG-COLOR", [cover("2/hex-color", "#FF0000")], [cover("2/hex-color", "#ff0000")]),
    ("E-SEG-COLOR", [cover("2/hex-color", "#ffffff")], [cover("2/hex-color", "#fffffe")]),
    ("E-NER-OFF", [entity("1/endOffset", 19)], [entity("1/endOffset", 18)]),
    ("E-NER-OFF", [entity("0/endOffset", 0)], [entity("0/endOffset", 1)]),
    ("E-NER-LABEL", [changed(spans(), "who/annotations/labels", [{"label": "name"}])], [spans()]),
    (
        "E-NER-TEXT",
        [changed(spans(), "who-metadata/x-ours", {"texts": ["Ida", "bath"]})],
        [changed(spans(), "who-metadata/x-ours", {"texts": ["Ida", None]})],
    ),
    ("W-NER-OVERLAP", [entity("0/endOffset", 14)], [entity("0/endOffset", 13)]),
    ("W-NER-PASS", [{**spans(), "page": 7}], [{**spans(), "page": "7"}]),
    ("W-NER-PASS", [{**spans(), "note": "see annotations"}], [{**spans(), "note": "see notes"}]),
    ("E-VER", [checked("class-name", ...)], [verdict()]),
    ("W-VER-FB", [checked("worker-feedback", [])], [checked("worker-feedback", ...)]),
    ("W-VER-FB", [checked("worker-feedback/0/comment", "")], [verdict()]),
    ("E-ADJ", [adjusted("touched")], [adjusted("adjusted")]),
    ("W-ADJ", [moved("unadjusted")], [moved("adjusted")]),
    ("E-FAIL", [changed(failed(), f"{STONES}/failure-reason", ...)], [failed()]),
    ("E-FAIL", [changed(failed(), f"{STONES}/failure-reason", "Nobody came.")], [failed()]),
    ("E-FAIL", [{**failed(), "stones": {}}], [failed()]),
    ("E-ORDER", [{"camera": "west", **image()}], [{**image(), "camera": "west"}]),
    ("E-ORDER", [{**image(), ROCK: one_class()[ROCK], "rock": 1}], [one_class()]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "broken", "sound"), CASES, ids=[f"{place}-{case[0]}" for place, case in enumerate(CASES)]
)
def test_a_rule_tells_the_line_that_breaks_it_and_not_its_neighbour(
    rule: str, broken: list[Line | str | bytes], sound: list[Line | str | bytes]
) -> None:
    assert rule in rules(*broken)
    assert rule not in rules(*sound)


def test_every_rule_has_a_case() -> None:
    elsewhere = {"X-LINES", "E-SEG-PNG"}  # test_validator_compare.py, test_validator_mask_files.py
    elsewhere |= {rule for rule in RULES if "-SHAPE" in rule}  # test_validator_drawn.py
    elsewhere |= {rule for rule in RULES if "-SEQ-" in rule}  # test_sequences.py
    elsewhere |= {rule for rule in RULES if "-SL-" in rule}  # test_validator_seq_labels.py
    assert set(RULES) - {case[0] for case in CASES} == elsewhere


@pytest.mark.parametrize("kind", GOOD)
def test_a_line_as_the_specification_has_it_is_clean_in_strict_mode(kind: str) -> None:
    assert findings(GOOD[kind](), strict=True) == []


def test_a_chain_of_many_labels_in_one_line_is_clean_in_strict_mode() -> None:
    assert findings({**verdict(), **one_class(), **classes(), **mask(), **polygons()}, strict=True) == []


def test_strict_makes_starred_warnings_errors_that_keep_their_rule() -> None:
    (lax,) = findings({"source-ref": "stones/1.jpg"})
    (strict,) = findings({"source-ref": "stones/1.jpg"}, strict=True)
    assert (lax.rule, lax.severity) == ("W-SRC-SCHEME", "warning")
    assert (strict.rule, strict.severity) == ("W-SRC-SCHEME", "error")


def test_strict_leaves_other_warnings_alone() -> None:
    (strict,) = findings(boxes(box(width=1)), strict=True)
    assert (strict.rule, strict.severity) == ("W-BOX-TINY", "warning")


def test_a_finding_says_line_pointer_and_what_to_do() -> None:
    (one,) = findings(boxes(), boxes(box(), box(left=-3)), image(2), image(3))[:1]
    assert (one.line, one.rule, one.pointer) == (2, "E-BOX-OUT", "/stones/annotations/1")
    assert "by 3 px" in one.message
    assert one.fix == "Clip the box to the image."
    assert str(one).startswith("line 2 /stones/annotations/1: error E-BOX-OUT: ")


def test_a_pointer_escapes_slashes_and_tildes() -> None:
    (one,) = findings({**image(), "$a/b~c": 1})
    assert one.pointer == "/$a~1b~0c"


def test_a_finding_shows_no_control_characters_and_no_endless_key() -> None:
    (one,) = findings({**image(), "$\x1b[2J" + "x" * 1_000: 1})
    assert "\x1b" not in str(one)
    assert len(str(one)) < 500


def test_somebody_elses_custom_object_is_left_alone() -> None:
    line = changed(polygons(), "outline", {"anything": [1, 2]})
    meta = line["outline-metadata"]
    meta["type"] = "groundTruth/custom"
    meta["job_name"], meta["creation_date"] = meta.pop("job-name"), meta.pop("creation-date")
    assert findings(line, strict=True) == []


def test_a_bad_line_does_not_hide_the_next() -> None:
    found = findings("{", "", "[]", {"camera": 1}, image())
    assert [(one.line, one.rule) for one in found] == [(1, "E-JSON"), (2, "E-BLANK"), (3, "E-OBJ"), (4, "E-SRC")]


@pytest.mark.parametrize("line", [boxes, classes, mask, spans, polygons, verdict, track])
@pytest.mark.parametrize("junk", [None, True, 7, -1.5, "x", [], {}, [[]], [None], {"annotations": None}, {"0": None}])
def test_junk_in_any_place_of_a_label_is_told_and_never_raises(line: object, junk: object) -> None:
    made: Line = line()  # type: ignore[operator]
    for path in _paths(made):
        broken: Line = line()  # type: ignore[operator]
        assert all(isinstance(one, Finding) for one in findings(changed(broken, path, junk)))


def _paths(value: object, so_far: str = "") -> list[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, one in inner for path in (f"{so_far}{key}", *_paths(one, f"{so_far}{key}/"))]
