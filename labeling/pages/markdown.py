"""Instructions: Markdown in, HTML that is safe to show out. The only renderer there is."""

from __future__ import annotations

from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

LONGEST: Final = 100_000  # characters; more is cut, so that one job can't hold up a page

TAGS: Final = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip

# Headings begin at h3: the page and its drawer have h1 and h2. No images: a picture from elsewhere tells its owner who
# reads, and pictures of ours come with a later version.
_PARSER: Final = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": 20}).enable(
    ["table", "strikethrough"]
)


def render_markdown(text: str) -> SafeString:
    """HTML of `text`: raw HTML is shown as text, links are http(s) or mailto, nothing else gets through."""
    tokens = _PARSER.parse(text[:LONGEST])
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(4, int(token.tag[1]) + 2)}"
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - this is the sanitiser's output, and the only place
