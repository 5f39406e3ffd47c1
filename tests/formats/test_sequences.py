"""Sequence files: what is taken, in which order, and every way in which one can be wrong."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from labeling.formats.references import ReferenceRefused, classify
from labeling.formats.sequences import SequenceRefused, faults, names_sequence, parse, read_sequence
from labeling.formats.side_files import beside
from labeling.formats.validator import validate


def harbour(*names: str, **more: Any) -> dict[str, Any]:
    names = names or ("f0000.jpg", "f0001.jpg", "f0002.jpg")
    frames = [{"frame-no": number, "frame": name} for number, name in enumerate(names)]
    return {"seq-no": 1, "prefix": "harbour/", "number-of-frames": len(frames), "frames": frames, **more}


def dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def without(value: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: one for name, one in value.items() if name != key}


def test_the_example_of_the_specification_is_read() -> None:
    text = (
        b'{"seq-no":1,"prefix":"s3://demo-bucket/harbour/seq1/","number-of-frames":2,"frames":[{"frame-no":0,'
        b'"frame":"f0000.jpg"},{"frame-no":1,"frame":"f0001.jpg","unix-timestamp":1700000000}]}'
    )
    sequence = read_sequence(text)
    assert sequence.number == 1
    assert [(one.number, one.name, one.stamp) for one in sequence.frames] == [
        (0, "f0000.jpg", None),
        (1, "f0001.jpg", 1_700_000_000),
    ]
    assert sequence.reference(sequence.frames[1]).key == "harbour/seq1/f0001.jpg"


def test_frames_are_shown_in_the_order_of_their_names_bytes() -> None:
    names = ["f10.jpg", "f2.jpg", "Z.jpg", "ä.jpg", "a.jpg"]
    shown = [frame.name for frame in read_sequence(dumped(harbour(*names))).frames]
    assert shown == ["Z.jpg", "a.jpg", "f10.jpg", "f2.jpg", "ä.jpg"]


WRONG = [
    ("E-SEQ-FIELD", "", without(harbour(), "seq-no")),
    ("E-SEQ-FIELD", "", without(harbour(), "prefix")),
    ("E-SEQ-FIELD", "", without(harbour(), "number-of-frames")),
    ("E-SEQ-FIELD", "/frames", without(harbour(), "frames")),
    ("E-SEQ-FIELD", "/frames", harbour(frames=[])),
    ("E-SEQ-FIELD", "/seq-no", harbour(**{"seq-no": "1"})),
    ("E-SEQ-FIELD", "/number-of-frames", harbour(**{"number-of-frames": True})),
    ("E-SEQ-FIELD", "/frames/1", harbour(frames=[{"frame-no": 0, "frame": "a"}, "b"], **{"number-of-frames": 2})),
    ("E-SEQ-FIELD", "/frames/0", harbour(frames=[{"frame": "a"}], **{"number-of-frames": 1})),
    ("E-SEQ-FIELD", "/frames/0", harbour(frames=[{"frame-no": 0}], **{"number-of-frames": 1})),
    (
        "E-SEQ-FIELD",
        "/frames/0/frame-no",
        harbour(frames=[{"frame-no": "0", "frame": "a"}], **{"number-of-frames": 1}),
    ),
    (
        "E-SEQ-FIELD",
        "/frames/0/unix-timestamp",
        harbour(frames=[{"frame-no": 0, "frame": "a", "unix-timestamp": "now"}], **{"number-of-frames": 1}),
    ),
    ("E-SEQ-COUNT", "/number-of-frames", harbour(**{"number-of-frames": 2})),
    ("E-SEQ-COUNT", "/number-of-frames", harbour(**{"number-of-frames": 100_000})),
    ("E-SEQ-PREFIX", "/prefix", harbour(prefix="harbour")),
    ("E-SEQ-DUP", "/frames/1/frame", harbour("a.jpg", "a.jpg")),
    (
        "E-SEQ-DUP",
        "/frames/1/frame-no",
        harbour(frames=[{"frame-no": 4, "frame": "a"}, {"frame-no": 4, "frame": "b"}], **{"number-of-frames": 2}),
    ),
    ("W-SEQ-ORDER", "/frames", harbour("f2.jpg", "f10.jpg")),
]


@pytest.mark.parametrize(("rule", "pointer", "value"), WRONG)
def test_a_fault_is_told_by_its_rule_and_place(rule: str, pointer: str, value: dict[str, Any]) -> None:
    assert (rule, pointer) in [(fault.rule, fault.pointer) for fault in faults(value)]
    assert list(faults(harbour())) == []
    if rule.startswith("E-"):
        with pytest.raises(SequenceRefused, match=rule):
            read_sequence(dumped(value))
    else:
        assert len(read_sequence(dumped(value)).frames) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"seq-no":1,"seq-no":2}', b"3"])
def test_what_is_no_json_object_is_no_sequence(content: bytes) -> None:
    with pytest.raises(SequenceRefused, match="E-SEQ-JSON"):
        read_sequence(content)
    assert isinstance(parse(dumped(harbour())), dict)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\\b"])
def test_a_frame_can_not_lead_out_of_the_folder(name: str) -> None:
    for prefix in ("harbour/", "./"):
        sequence = read_sequence(dumped(harbour(name, prefix=prefix)))
        if name == "/etc/passwd":
            assert sequence.reference(sequence.frames[0]).path[-2:] == ("etc", "passwd")  # below the folder
        else:
            with pytest.raises(ReferenceRefused):
                sequence.reference(sequence.frames[0])


@pytest.mark.parametrize("prefix", ["/etc/", "file:///etc/", "../"])
def test_a_prefix_can_not_lead_out_of_the_folder(prefix: str) -> None:
    sequence = read_sequence(dumped(harbour(prefix=prefix)))
    with pytest.raises(ReferenceRefused):
        sequence.reference(sequence.frames[0])


def test_a_sequence_is_told_from_a_film_by_its_name() -> None:
    assert names_sequence(classify("a/Seq1.JSON"))
    assert not names_sequence(classify("a/json.mp4"))


def rules(folder: Path, value: Any, *, files: bool = True) -> list[str]:
    """What the validator says of a manifest with one line, whose sequence file is `value`."""
    if value is not None:
        (folder / "seq1.json").write_bytes(value if isinstance(value, bytes) else dumped(value))
    stream = io.BytesIO(b'{"source-ref":"seq1.json"}\n')
    found = validate(stream, files=beside(folder / "some.manifest") if files else None)
    return [one.rule for one in found if one.rule != "W-SRC-SCHEME"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "harbour").mkdir()
    for name in ("f0000.jpg", "f0001.jpg", "f0002.jpg", "f2.jpg", "f10.jpg", "a.jpg", "a", "b"):
        (tmp_path / "harbour" / name).touch()
    return tmp_path


@pytest.mark.parametrize(("rule", "_", "value"), WRONG)
def test_the_validator_opens_the_sequence_file(folder: Path, rule: str, _: str, value: dict[str, Any]) -> None:
    assert rule in rules(folder, value)
    assert rules(folder, harbour()) == []
    assert rules(folder, value, files=False) == []


def test_the_validator_tells_of_a_file_and_of_frames_that_are_not_there(folder: Path) -> None:
    assert rules(folder, None) == ["E-SEQ-FILE"]
    assert rules(folder, harbour("f0000.jpg", "gone.jpg", "lost.jpg")) == ["E-SEQ-FILE"]
    assert rules(folder, harbour(prefix="../")) == ["E-SEQ-FILE"]
    assert rules(folder, b"no JSON") == ["E-SEQ-JSON"]
    assert rules(folder, harbour(prefix="s3://bucket/")) == []
