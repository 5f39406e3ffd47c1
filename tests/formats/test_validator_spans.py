"""Spans of texts in files of their own: offsets and covered texts are checked where the file is at hand."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from labeling.formats.side_files import beside
from labeling.formats.strictjson import dumps
from labeling.formats.validator import validate
from tests.formats.lines_of import Line, changed, spans

TEXT = "\ufeffIda\r\n\U0001f468\u200d\U0001f692 Bath"


def line(*entities: tuple[int, int], texts: Any = None) -> Line:
    listed = [{"label": "name", "startOffset": start, "endOffset": end} for start, end in entities]
    made = changed(spans(), "who/annotations/entities", listed)
    made = changed(made, "who-metadata/entities", [{"confidence": 0.5}] * len(listed))
    if texts is not None:
        made = changed(made, "who-metadata/x-ours", {"texts": texts})
    del made["source"]
    return {"source-ref": "a.txt", **made}


def told(folder: Path, one: Line) -> list[tuple[str, str]]:
    found = validate(io.BytesIO(dumps(one).encode()), files=beside(folder / "some.manifest"))
    return [(broken.rule, broken.pointer) for broken in found if broken.rule != "W-SRC-SCHEME"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_bytes(TEXT.encode())
    return tmp_path


def test_a_span_beyond_the_end_of_the_file_is_an_error(folder: Path) -> None:
    end = len(TEXT)
    assert told(folder, line((1, end))) == []
    assert told(folder, line((1, end + 1))) == [("E-NER-OFF", "/who/annotations/entities/0")]


def test_covered_texts_are_compared_with_the_file(folder: Path) -> None:
    bath = TEXT.index("Bath")
    assert told(folder, line((1, 4), (bath, bath + 4), texts=["Ida", "Bath"])) == []
    wrong = told(folder, line((0, 3), (bath, bath + 4), texts=["Ida", "Bath"]))
    assert wrong == [("E-NER-TEXT", "/who-metadata/x-ours/texts/0")]


@pytest.mark.parametrize("content", [None, b"caf\xe9"])
def test_without_a_readable_file_nothing_is_said(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.txt").write_bytes(content)
    assert told(tmp_path, line((1, 99))) == []
