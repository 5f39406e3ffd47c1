"""Small words of the templates: icons, numbers, the streak, who is looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from labeling.pages import numbers
from labeling.pages.markdown import render_markdown
from labeling.pages.streaks import Part
from labeling.pages.words import DECISIONS, STATES, TOOLS
from labeling.workforce.access import leads_any

register = template.Library()

REASON = "ClientError: "  # how the manifest's format begins a reason that people need not read

register.filter("count", numbers.count)
register.filter("seconds", numbers.seconds)
register.filter("points", numbers.points)
register.filter("markdown", render_markdown)


@dataclass(frozen=True)
class Who:
    """The person who looks, as the top bar needs them."""

    signed_in: bool = False
    leads: bool = False
    name: str = ""
    login: str = ""


@register.filter
def percent(share: float, scale: float = 1.0) -> str:
    return numbers.percent(share, scale)


@register.filter
def hundred(share: float) -> str:
    """How many in a hundred."""
    return numbers.count(100 * share)


@register.filter
def when(moment: datetime | None) -> str:
    return numbers.when(moment) if moment else ""


@register.filter
def day(moment: datetime) -> str:
    return numbers.day(moment)


@register.filter
def initials(name: str) -> str:
    """Two letters for an avatar: Mara Voss -> MV."""
    parts = "".join(c if c.isalnum() else " " for c in str(name)).split()
    letters = parts[0][:1] + parts[-1][:1] if len(parts) > 1 else "".join(parts)[:2]
    return letters.upper()


@register.filter
def reason(text: str) -> str:
    """Why an object failed, without the format's prefix."""
    return text.removeprefix(REASON)


@register.filter
def tool(name: str) -> str:
    """The shape that people draw, in words."""
    return str(TOOLS.get(name, name))


@register.filter
def sure(risk: float) -> float:
    """How sure a statement is that is wrong with a chance of `risk`."""
    return 1 - risk


@register.inclusion_tag("parts/state_chip.html")
def state_chip(state: str) -> dict[str, object]:
    words, kind, symbol = STATES[state]
    return {"words": words, "kind": kind, "symbol": symbol}


@register.simple_tag
def certificate_words(state: str) -> str:
    """What came of a decision about machine labels."""
    return str(DECISIONS.get(state, state))


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of our own symbols (templates/parts/sprite.html); the words beside it say what it means."""
    return format_html('<svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag(takes_context=True)
def who(context: dict[str, Any]) -> Who:
    """Who looks at this page; error pages may have nobody and no request."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return Who()
    return Who(signed_in=True, leads=leads_any(user), name=str(user), login=user.username)


@register.inclusion_tag("parts/streak.html")
def streak(parts: Sequence[Part], size: str = "") -> dict[str, object]:
    """Who did what, always in one order; `size` is "", "thin" or "thick"."""
    return {"parts": parts, "size": size}
