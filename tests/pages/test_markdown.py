"""Instructions are shown as text and simple markup; nothing in them runs, loads or leads astray."""

from __future__ import annotations

import re

import pytest

from labeling.pages.markdown import LONGEST, TAGS, render_markdown

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:x)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://elsewhere.example/pixel.png)",
    "![x](javascript:alert(1))",
    '[x](https://a.example "onmouseover=alert(1)")',
    "<https://a.example/?<script>>",
    "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<style>@import 'https://elsewhere.example'</style>",
    "<p style='background:url(https://elsewhere.example)'>x</p>",
    "<form action=https://elsewhere.example><input name=password></form>",
    "<base href=https://elsewhere.example>",
    "<meta http-equiv=refresh content=0>",
    "<details open ontoggle=alert(1)>",
    "`<img src=x onerror=alert(1)>`",
    "    <img src=x onerror=alert(1)>",
    "| a |\n| - |\n| <img src=x onerror=alert(1)> |",
    "<!--><img src=x onerror=alert(1)-->",
    "<x/onclick=alert(1)>",
    "\u0000<script>alert(1)</script>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_gets_through_that_runs_or_loads(payload: str) -> None:
    html = render_markdown(payload)
    tags = re.findall(r"<\s*([a-zA-Z][^\s/>]*)([^>]*)>", html)
    assert {tag.lower() for tag, _ in tags} <= TAGS
    for _tag, attributes in tags:
        assert not re.search(r"\son\w+\s*=|\sstyle\s*=|\ssrc\s*=", attributes)
        assert not re.search(r"href\s*=\s*[\"']?\s*(?!https?:|mailto:)[a-z]+:", attributes, re.IGNORECASE)


def test_what_leads_write_is_shown_as_they_mean_it() -> None:
    html = render_markdown(
        "# Cars\n\nA **car** has *four* wheels:\n\n- [rules](https://rules.example/)\n- ~~bikes~~\n\n"
        "| a | b |\n| - | - |\n| 1 | 2 |"
    )
    assert "<h3>Cars</h3>" in html
    assert "<strong>car</strong>" in html
    assert "<s>bikes</s>" in html
    assert "<td>1</td>" in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_headings_never_go_above_those_of_the_page() -> None:
    assert re.findall(r"<(h\d)", render_markdown("# a\n## b\n### c\n###### d")) == ["h3", "h4", "h4", "h4"]


def test_a_very_long_text_is_cut_and_deep_nesting_is_borne() -> None:
    assert len(render_markdown("x" * (LONGEST + 5000))) < LONGEST + 100
    assert render_markdown("> " * 2000 + "deep")
    assert render_markdown("[" * 5000)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "plain words"])
def test_little_or_nothing_is_fine(text: str) -> None:
    assert render_markdown(text).strip() in ("", "<p>plain words</p>")
