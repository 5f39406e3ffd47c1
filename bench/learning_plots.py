"""Two plots of `bench/learning.py`, as SVG: machine share, and people's seconds, by set, promise and rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from learning_cells import ALLOWED, OURS, PEERS, Cell
from learning_pools import SETS
from learning_table import NAMES, Group, groups_of

COLOURS = {OURS: "#0b6e4f", "gt": "#c8553d", "gt_vdrop": "#e09f3e", "cp": "#5b7db1"}
BAR, GAP, HEIGHT, LEFT, TOP = 12, 16, 190, 56, 46


def draw(rows: Mapping[Cell, dict[str, Any]], folder: Path) -> None:
    groups = groups_of(rows)
    folder.mkdir(parents=True, exist_ok=True)
    share = _plot("Labeled by machine, share of the job", groups, lambda group: float(group.shares.mean()))
    seconds = _plot(
        "Seconds of people's time, share of everything by hand",
        groups,
        lambda group: group.mean("seconds") / group.mean("by_hand"),
    )
    (folder / "learning-share.svg").write_text(share)
    (folder / "learning-seconds.svg").write_text(seconds)


def _plot(title: str, groups: Mapping[Any, Group], height: Callable[[Group], float]) -> str:
    """Bars of a rule that broke its promise in more than 5 % of the seeds are hollow."""
    parts, x = [], LEFT
    for name in SETS:
        for allowed in ALLOWED:
            start = x
            for rule in (OURS, *PEERS):
                group = groups.get((name, allowed, rule, 1.0, 0.0))
                if group is not None:
                    parts.append(
                        _bar(x, height(group), COLOURS[rule], f"{name} {1 - allowed:.0%} {rule}", group.honest)
                    )
                    x += BAR
            if x > start:
                middle = (start + x) / 2
                parts.append(_text(middle, TOP + HEIGHT + 16, f"{1 - allowed:.0%}"))
                if allowed == ALLOWED[1]:
                    parts.append(_text(middle, TOP + HEIGHT + 34, name))
                x += GAP
    width = x + 8
    lines = [
        f'<path d="M{LEFT - 6} {_y(v):.1f}H{width - 8}" stroke="#8886" />{_text(LEFT - 26, _y(v) + 4, f"{v:.0%}")}'
        for v in (0, 0.25, 0.5, 0.75, 1.0)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {TOP + HEIGHT + 46}" font-family="sans-serif" '
        f'font-size="11" role="img" aria-label="{title}"><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="8" y="16" font-size="13">{title}</text>{_legend()}{"".join(lines + parts)}</svg>\n'
    )


def _legend() -> str:
    keys = [
        f'<rect x="{8 + 100 * at}" y="24" width="10" height="10" fill="{COLOURS[rule]}"/>'
        f'<text x="{22 + 100 * at}" y="33">{NAMES[rule].strip("`")}</text>'
        for at, rule in enumerate((OURS, *PEERS))
    ]
    return f'{"".join(keys)}<text x="{8 + 400}" y="33">hollow: broke its promise in over 5 % of the seeds</text>'


def _bar(x: float, value: float, colour: str, title: str, kept: bool) -> str:
    top = _y(min(value, 1.1))
    fill = colour if kept else "#fff"
    return (
        f'<rect x="{x + 1}" y="{top:.1f}" width="{BAR - 2}" height="{TOP + HEIGHT - top:.1f}" fill="{fill}" '
        f'stroke="{colour}"><title>{title}: {value:.1%}</title></rect>'
    )


def _y(value: float) -> float:
    return TOP + HEIGHT * (1 - value)


def _text(x: float, y: float, said: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{said}</text>'
