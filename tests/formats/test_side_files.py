"""Names and addresses of the files beside labels, and reading them back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from labeling.errors import InvalidAnswer
from labeling.formats import side_files
from labeling.formats.references import ReferenceRefused
from labeling.formats.side_files import beside, placed, with_side_files
from labeling.task_types.base import LabelAttribute

WHEN = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
PLACE = "annotations/consolidated-annotation/output/7_2026-01-05T09:30:00.000000.png"
NAME = "{object}_{created}.png"


class Kind:
    """Names whatever its value lists."""

    def side_names(self, attribute: LabelAttribute) -> tuple[str, ...]:
        return tuple(attribute.value)


def read(manifest: Path, *names: str, more: tuple[Path, ...] = ()) -> dict[str, bytes]:
    return dict(with_side_files(Kind(), LabelAttribute(list(names), {}), beside(manifest, *more)).side_files)


@pytest.mark.parametrize("prefix", ["", "s3://bucket/out/pond/"])
def test_a_file_is_named_by_object_and_date_and_the_value_gets_its_address(prefix: str) -> None:
    label = LabelAttribute({"a": [{"mask-uri": NAME, "n": 1}], "b": "{object}"}, {"m": NAME}, {NAME: b"x"}, {"o": 1})
    made = placed(label, object_id=7, created=WHEN, prefix=prefix)
    assert made.value == {"a": [{"mask-uri": prefix + PLACE, "n": 1}], "b": "{object}"}
    assert (made.metadata, made.side_files, made.ours) == ({"m": NAME}, {PLACE: b"x"}, {"o": 1})


def test_a_label_without_files_stays_as_it_is() -> None:
    label = LabelAttribute({"a": NAME}, {})
    assert placed(label, object_id=7, created=WHEN) is label


def test_a_name_that_leads_elsewhere_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="no name"):
        placed(LabelAttribute("../x", {}, {"../x": b""}), object_id=7, created=WHEN)


@pytest.mark.parametrize("name", [PLACE, PLACE.replace(":", "_")])
def test_an_exported_folder_is_read_from_its_manifest_also_where_colons_are_forbidden(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_bytes(b"png")
    manifest = tmp_path / "manifests" / "output" / "output.manifest"
    address = f"s3://bucket/out/pond/{PLACE}"
    assert read(manifest, PLACE, address) == {PLACE: b"png", address: b"png"}
    assert read(tmp_path / "copied.manifest", PLACE) == {PLACE: b"png"}
    assert read(tmp_path / "deep" / "down" / "copied.manifest", PLACE) == {}
    assert read(tmp_path / "deep" / "down" / "copied.manifest", PLACE, more=(tmp_path,)) == {PLACE: b"png"}


def test_what_is_not_there_or_lies_elsewhere_is_left_to_the_type(tmp_path: Path) -> None:
    assert read(tmp_path / "m.manifest", "no.png", "s3://bucket/masks/1.png", "https://example.org/1.png") == {}


@pytest.mark.parametrize("name", ["../out.png", "/etc/passwd", "a\\b.png", "file:///etc/passwd", "link.png"])
def test_a_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "out.png").write_bytes(b"secret")
    (inside / "link.png").symlink_to(tmp_path / "out.png")
    with pytest.raises(ReferenceRefused):
        read(inside / "m.manifest", name)


def test_an_address_in_a_bucket_can_not_climb_either(tmp_path: Path) -> None:
    with pytest.raises(ReferenceRefused):
        read(tmp_path / "m.manifest", "s3://b/annotations/consolidated-annotation/output/../../../out.png")


def test_files_have_a_bound_in_size_and_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_files, "LARGEST", 10)
    (tmp_path / "a.png").write_bytes(b"x" * 10)
    assert read(tmp_path / "m.manifest", "a.png") == {"a.png": b"x" * 10}
    (tmp_path / "a.png").write_bytes(b"x" * 11)
    with pytest.raises(InvalidAnswer, match="larger"):
        read(tmp_path / "m.manifest", "a.png")
    with pytest.raises(InvalidAnswer, match="names 1,001 files"):
        read(tmp_path / "m.manifest", *(f"{n}.png" for n in range(1001)))
