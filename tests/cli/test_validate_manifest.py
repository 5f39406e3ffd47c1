from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command

from labeling.task_types.index_png import write_png

META = {
    "class-name": "a",
    "confidence": 0,
    "type": "groundtruth/image-classification",
    "job-name": "labeling-job/x",
    "human-annotated": "yes",
    "creation-date": "2026-01-05T09:30:00.000000",
}


def line(name: str, **meta: object) -> str:
    return json.dumps({"source-ref": name, "x": 0, "x-metadata": {**META, **meta}})


def run(file: Path, *options: str) -> tuple[int, str, str]:
    out, err, code = StringIO(), StringIO(), 0
    try:
        call_command("validate_manifest", str(file), *options, stdout=out, stderr=err)
    except SystemExit as end:
        code = int(str(end.code))
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return tmp_path / "output.manifest"


def test_a_local_export_is_clean_and_its_references_are_told_once(manifest: Path) -> None:
    manifest.write_text("".join(line(f"{n}.jpg") + "\n" for n in range(3)))
    code, out, err = run(manifest, "--strict")
    assert code == 0
    assert out.count("\n") == 2
    assert "2 more lines: warning W-SRC-SCHEME" in out
    assert "0 errors, 3 warnings" in err


def test_an_error_is_exit_code_1_with_its_line_and_rule(manifest: Path) -> None:
    manifest.write_text(line("s3://bucket/0.jpg") + "\n" + line("s3://bucket/1.jpg", confidence=2) + "\n")
    code, out, _ = run(manifest)
    assert code == 1
    assert "line 2" in out
    assert "E-CONF" in out


def test_as_json_every_finding_stands_for_itself(manifest: Path) -> None:
    manifest.write_text("".join(line(f"{n}.jpg") + "\n" for n in range(3)))
    code, out, _ = run(manifest, "--json")
    assert code == 0
    assert [json.loads(one)["rule"] for one in out.splitlines()] == ["W-SRC-SCHEME"] * 3


def test_a_missing_file_or_folder_is_told(manifest: Path, tmp_path: Path) -> None:
    assert run(manifest)[0] == 1
    manifest.write_text(line("s3://bucket/0.jpg") + "\n")
    assert run(manifest, "--files", str(tmp_path / "nowhere"))[0] == 1
    assert run(manifest, "--files", str(tmp_path))[0] == 0


def test_with_files_the_masks_are_opened(manifest: Path, tmp_path: Path) -> None:
    colours = {"0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0}}
    meta = {**META, "type": "groundtruth/semantic-segmentation", "internal-color-map": colours}
    del meta["class-name"], meta["confidence"]
    text = json.dumps({"source-ref": "s3://bucket/0.jpg", "x-ref": "mask.png", "x-ref-metadata": meta})
    manifest.write_text(text + "\n")
    assert run(manifest, "--strict")[0] == 0
    code, out, _ = run(manifest, "--strict", "--files", str(tmp_path))
    assert (code, "E-SEG-PNG" in out) == (1, True)
    (tmp_path / "mask.png").write_bytes(write_png(np.zeros((3, 4), np.uint8), [(255, 255, 255)]))
    assert run(manifest, "--strict", "--files", str(tmp_path))[0] == 0
