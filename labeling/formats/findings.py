"""What is wrong with a line, for people and programs alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

MAX_PART = 200
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule. `line` begins with 1 (0: the file as a whole); `pointer` is a JSON pointer into the line."""

    line: int
    pointer: str
    rule: str
    severity: Severity
    message: str
    fix: str

    def __str__(self) -> str:
        place = f"line {self.line}" + (f" {self.pointer}" if self.pointer else "")
        text = f"{place}: {self.severity} {self.rule}: {self.message} {self.fix}".rstrip()
        return "".join(one if one.isprintable() else "\ufffd" for one in text)  # keys are a stranger's: no escape codes

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901); of a key that is longer than any sensible one, the beginning."""
    return "".join("/" + _short(str(part)).replace("~", "~0").replace("/", "~1") for part in parts)


def _short(part: str) -> str:
    return part if len(part) <= MAX_PART else part[:MAX_PART] + "…"
