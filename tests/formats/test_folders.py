from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from labeling.formats import folders

WHEN = datetime(2026, 3, 1, 10, 2, 3, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("n", "last", "name"),
    [(3, 9, "iteration-3"), (3, 10, "iteration-03"), (10, 10, "iteration-10"), (7, 100, "iteration-007")],
)
def test_iterations_are_padded_only_where_there_are_more_than_nine(n: int, last: int, name: str) -> None:
    assert folders.iteration_name(n, of=last) == name


@pytest.mark.parametrize(("n", "last"), [(0, 3), (4, 3)])
def test_an_iteration_outside_its_job_is_a_fault(n: int, last: int) -> None:
    with pytest.raises(ValueError, match="iteration"):
        folders.iteration_name(n, of=last)


def test_files_stand_where_readers_look_for_them() -> None:
    assert folders.OUTPUT_MANIFEST == "manifests/output/output.manifest"
    assert folders.worker_response_path("iteration-1", 17, WHEN) == (
        "annotations/worker-response/iteration-1/17/2026-03-01_10:02:03.json"
    )
    assert folders.consolidation_request_path("iteration-1", WHEN) == (
        "annotations/consolidated-annotation/consolidation-request/iteration-1/2026-03-01_10:02:03.json"
    )
    assert folders.consolidation_response_path("iteration-1", WHEN) == (
        "annotations/consolidated-annotation/consolidation-response/iteration-1/2026-03-01_10:02:03.json"
    )
    assert folders.side_file_path("0/SeqLabel.json") == "annotations/consolidated-annotation/output/0/SeqLabel.json"


def test_a_public_reader_finds_the_iteration_in_our_names() -> None:
    path = PurePosixPath(folders.consolidation_response_path(folders.iteration_name(4, of=9), WHEN))
    assert int(path.parent.name[-1]) == 4
    assert datetime.strptime(path.name, "%Y-%m-%d_%H:%M:%S.json")  # noqa: DTZ007
    assert int(PurePosixPath(folders.auto_annotator_path(12)).parts[-3]) == 12


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "a\\b"])
def test_a_side_file_never_leaves_its_folder(name: str) -> None:
    with pytest.raises(ValueError, match="no name inside"):
        folders.side_file_path(name)


def test_names_for_strict_file_systems_hold_no_colon() -> None:
    assert folders.local_name("0_2026-03-01T10:02:03.png") == "0_2026-03-01T10_02_03.png"


def test_lines_are_written_with_their_ends_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "manifests" / "output" / "output.manifest"
    assert folders.write_atomically(path, ["é", "b"]) == 2
    assert path.read_bytes() == "é\nb\n".encode()
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_an_empty_manifest_is_an_empty_file(tmp_path: Path) -> None:
    assert folders.write_atomically(tmp_path / "a", []) == 0
    assert (tmp_path / "a").read_bytes() == b""


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "output.manifest"
    folders.write_atomically(path, ["old"])

    def lines() -> Iterator[str]:
        yield "new"
        assert path.read_text() == "old\n"

    folders.write_atomically(path, lines())
    assert path.read_text() == "new\n"


def test_a_failure_in_the_middle_leaves_the_old_file_and_no_rubbish(tmp_path: Path) -> None:
    path = tmp_path / "output.manifest"
    folders.write_atomically(path, ["old"])

    def lines() -> Iterator[str]:
        yield "new"
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        folders.write_atomically(path, lines())
    assert path.read_text() == "old\n"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_stamps_hold_no_zone() -> None:
    assert re.fullmatch(r".*/2026-03-01_10:02:03\.json", folders.worker_response_path("iteration-1", 0, WHEN))
