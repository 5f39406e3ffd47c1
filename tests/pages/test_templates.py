"""Rules that every template keeps: no inline style or handler, every icon is ours, every word can be translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "labeling" / "pages"
TEMPLATES = sorted((PAGES / "templates").rglob("*.html"))
SCRIPTS = sorted((PAGES / "static" / "ui").glob("*.js"))
SHEETS = sorted((PAGES / "static" / "ui").glob("*.css"))
UNTRANSLATED = {"500.html"}  # has no language: nothing of ours may run when it is shown
BLOCKS = re.compile(
    r"{% block (?:page|body)_class %}.*?{% endblock %}"
    r"|{%\s*blocktranslate.*?endblocktranslate\s*%}|<code.*?</code>|<title>.*?</title>",
    re.DOTALL,
)
MARKUP = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<svg.*?</svg>|<[^>]*>|&\w+;", re.DOTALL)
OURS = re.compile(r"\b(Touchstone|Ctrl K)\b")


def named(path: Path) -> str:
    return path.relative_to(PAGES).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_has_no_inline_style_and_no_inline_handler(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "javascript:" not in text
    assert "|safe" not in text


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.name not in UNTRANSLATED], ids=named)
def test_every_word_of_a_template_can_be_translated(path: Path) -> None:
    bare = OURS.sub("", MARKUP.sub(" ", BLOCKS.sub(" ", path.read_text())))
    assert not re.findall(r"[A-Za-z]{2,}", bare)


def test_every_icon_that_is_used_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="i-([a-z-]+)"', (PAGES / "templates/parts/sprite.html").read_text()))
    text = "".join(path.read_text() for path in TEMPLATES)
    words = (PAGES / "words.py").read_text()
    used = set(re.findall(r'{% icon "([a-z-]+)" %}', text)) | set(re.findall(r'#i-([a-z-]+)"', text))
    used |= set(re.findall(r'\(_\("[^"]+"\), "[a-z]*", "([a-z]+)"\)', words)) | {"image", "text", "video"}
    assert used <= sprite


def test_every_style_sheet_is_linked_and_no_colour_stands_outside_the_tokens() -> None:
    linked = set(re.findall(r"ui/([a-z-]+\.css)", (PAGES / "templates/parts/styles.html").read_text()))
    # The pages of the editor, of the grid and of doubts link them by themselves.
    alone = {"editor-extra.css", "glance.css", "spans.css", "doubts.css"}
    assert linked | alone == {path.name for path in SHEETS} | alone
    ours = re.sub(r"/\*.*?\*/", "", (PAGES / "static/ui/pages.css").read_text(), flags=re.DOTALL)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(", ours)


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_a_script_of_the_pages_makes_no_markup_from_text(path: Path) -> None:
    assert not re.search(r"innerHTML\s*=|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(", path.read_text())
