"""What the pages in docs/ say is so, as far as a machine can tell; options, settings and links: test_house.py too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import load_command_class
from django.core.management.base import BaseCommand, CommandParser
from drf_spectacular.generators import SchemaGenerator

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted((DOCS / "commands").glob("*.md"))
COMMANDS = ROOT / "labeling/cli/management/commands"
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def options(parser: CommandParser) -> set[str]:
    return {name for action in parser._actions for name in action.option_strings}


def options_of(command: str) -> set[str]:
    return options(load_command_class("labeling.cli", command).create_parser("manage.py", command))


def documents() -> list[Path]:
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def prose(page: Path) -> str:
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def test_every_command_has_a_page_and_every_page_a_command() -> None:
    assert {page.stem for page in PAGES} == {file.stem for file in COMMANDS.glob("[!_]*.py")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_a_row_for_each_option_that_its_command_adds(page: Path) -> None:
    djangos = options(BaseCommand().create_parser("manage.py", page.stem))
    added = {name for name in options_of(page.stem) - djangos if name.startswith("--")}
    rows = set(re.findall(r"^\| `(--[\w-]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == added


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_no_option_that_its_command_does_not_have(page: Path) -> None:
    named = set(OPTION.findall(prose(page)))  # what examples name is asked below: their output may speak of others
    assert named - options_of(page.stem) == set()


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_command_line_in_an_example_is_one_that_the_command_takes(page: Path) -> None:
    wrong = [
        f"{command}: {option}"
        for command, rest in command_lines(page)
        for option in OPTION.findall(rest)
        if not (COMMANDS / f"{command}.py").exists() or option not in options_of(command)
    ]
    assert wrong == []


def command_lines(page: Path) -> Iterator[tuple[str, str]]:
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    for command, rest in re.findall(r"manage\.py (\w+)([^\n`]*)", text):
        if (COMMANDS / f"{command}.py").exists() or "--" in rest:
            yield command, rest


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_link_leads_to_a_file_and_to_a_heading_of_it(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, place = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (place and place not in places(file)):
            broken.append(target)
    assert broken == []


def places(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = HEADING.findall(prose(page))
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def test_the_api_page_names_every_call_and_no_other() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    calls = {f"{method.upper()} {path}" for path, item in schema["paths"].items() for method in item}
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /api/v1/[^\s`?]*)", page))
    assert named - {"GET /api/v1/schema"} == calls - {"GET /api/v1/schema"}


@pytest.mark.parametrize("name", ["reliability.md", "the-promise.md"])
def test_a_test_that_a_page_points_to_exists(name: str) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")
    ours = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w{12,})`", page)
    assert named
    assert [test for test in named if f"def {test}(" not in ours] == []


def test_a_sentence_of_the_editors_tests_that_a_page_points_to_exists() -> None:
    page = (DOCS / "reliability.md").read_text(encoding="utf-8")
    theirs = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "frontend/tests").rglob("*.test.ts"))
    named = re.findall(r"^- `([a-z][a-z ,]+ [a-z ,]+)`$", page, re.MULTILINE)
    assert named
    assert [sentence for sentence in named if f"test('{sentence}'" not in theirs] == []


def test_the_start_page_leads_to_every_page() -> None:
    start = (DOCS / "index.md").read_text(encoding="utf-8")
    linked = {(DOCS / target).resolve() for target in re.findall(r"\]\(([^)#\s]+)\)", start)}
    pages = {page for page in DOCS.rglob("*.md") if "decisions" not in page.parts} - {DOCS / "index.md"}
    assert {page.relative_to(ROOT).as_posix() for page in pages - linked} == set()
