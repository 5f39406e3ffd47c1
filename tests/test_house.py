"""The house's own rules, so that nobody needs to remember them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labeling.config.env import OURS

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 400
# Folders of machines and hosts of package registries have no business in a repository: they differ from place to place.
# Bracketed letters, so that this file does not find itself.
PLACES = re.compile(r"/work/(?:main|shared)|/[f]arm/|[p]ypi\.org|[n]pmjs\.|[d]ebian\.org")
TEXT = {
    ".py",
    ".ts",
    ".tsx",
    ".mjs",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".yml",
    ".yaml",
    ".json",
    ".css",
    ".html",
    ".sh",
    "",
}


def kept_files() -> list[Path]:
    """What git keeps; where there is no git, nothing can be said."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def sources() -> Iterator[Path]:
    for folder, kinds in (
        ("labeling", {".py", ".css", ".html"}),
        ("frontend/src", {".ts", ".tsx", ".css"}),
        ("tests", {".py"}),
    ):
        for path in sorted((ROOT / folder).rglob("*")):
            generated = (
                "migrations" in path.parts
                or "static/editor" in path.as_posix()
                or "frontend/src/api" in path.as_posix()
            )
            if path.suffix in kinds and not generated:
                yield path


def test_imports_only_point_down() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    ended = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_no_source_file_is_longer_than_400_lines() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in sources()}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_file_names_a_folder_of_a_machine_or_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in kept_files()
        if path.suffix in TEXT and (match := PLACES.search(path.read_text(errors="ignore")))
    ]
    assert found == []


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    names = re.compile(rf"\b(?:{OURS}[A-Z_]+|DATABASE_URL|REDIS_URL)\b")
    read = set(re.findall(rf'env\.\w+\("({names.pattern})"', (ROOT / "labeling/config/settings.py").read_text()))
    documented = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    assert read == documented


def commands() -> list[str]:
    return sorted(p.stem for p in (ROOT / "labeling").glob("*/management/commands/*.py") if not p.stem.startswith("_"))


@pytest.mark.parametrize("command", commands())
def test_every_command_has_a_page_and_the_page_names_each_option(command: str) -> None:
    from django.core.management import load_command_class

    parser = load_command_class("labeling.cli", command).create_parser("manage.py", command)
    file = ROOT / "docs" / "commands" / f"{command}.md"
    assert file.exists(), f"write docs/commands/{command}.md"
    page = file.read_text()
    djangos = {
        "--help",
        "--version",
        "--verbosity",
        "--settings",
        "--pythonpath",
        "--traceback",
        "--no-color",
        "--force-color",
        "--skip-checks",
    }
    options = {name for action in parser._actions for name in action.option_strings if name.startswith("--")}
    assert {option for option in options - djangos if option not in page} == set()


def test_every_link_between_our_documents_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in kept_files()
        if page.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_pinned_requirements_hold_hashes_and_no_address() -> None:
    for name in ("requirements.txt", "requirements-test.txt", "requirements-node.txt", "requirements-embeddings.txt"):
        text = (ROOT / name).read_text()
        pins = re.findall(r"^[a-z0-9][\w.-]*(?:\[[\w,]+\])?==", text, re.MULTILINE | re.IGNORECASE)
        assert pins
        assert len(re.findall(r"^[a-zA-Z0-9][^\n]*\\$", text, re.MULTILINE)) == len(pins)
        assert "://" not in text


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (
            "@pytest.mark.one_database",
            "one_database is for tests in tests/flow, tests/jobs, tests/api, tests/workforce",
        ),
        ("@pytest.mark.one_database\n@pytest.mark.django_db(transaction=True)", "must run on both databases"),
    ],
)
def test_a_mark_that_would_leave_a_test_out_of_a_suite_is_refused(tmp_path: Path, marks: str, said: str) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  one_database\n  django_db\n")
    (tmp_path / "test_it.py").write_text(f"import pytest\n{marks}\ndef test_it():\n    pass\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "tests.databases", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout
    assert said in done.stderr
