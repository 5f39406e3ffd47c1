"""The environment, typed: an odd value is refused with a sentence that names the variable, before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

OURS = "TOUCHSTONE_"
YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}


class SettingRefused(ImproperlyConfigured):
    """An environment variable that can't be meant: which one, what is wrong with it, what to write instead."""

    def __init__(self, name: str, problem: str, todo: str) -> None:
        super().__init__(f"{name} {problem}. {todo}")
        self.name = name


class Env:
    """Reads variables and remembers their names, so that a misspelt one can be told from one that nobody asked for."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.asked: set[str] = set()

    def text(self, name: str, default: str = "") -> str:
        self.asked.add(name)
        return self._environ.get(name, "").strip() or default

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name).lower()
        if not value:
            return default
        if value in YES | NO:
            return value in YES
        raise SettingRefused(name, f'is "{value}"', "Write 1 or 0.")

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not value.isascii() or not value.isdecimal() or not least <= int(value) <= most:
            raise SettingRefused(name, f'is "{value}"', f"Write a whole number from {least} to {most}.")
        return int(value)

    def words(self, name: str, default: tuple[str, ...]) -> list[str]:
        return [word for word in self.text(name).replace(",", " ").split() if word] or list(default)

    def folder(self, name: str, default: Path) -> Path:
        """An absolute path; it need not exist, but must not be a file."""
        path = Path(self.text(name, str(default))).expanduser().absolute()
        if path.exists() and not path.is_dir():
            raise SettingRefused(name, f"names a file, {path}", "Name a folder; it is made when it is missing.")
        return path

    def folders(self, name: str, default: Path) -> list[Path]:
        """Folders that exist, with the system's separator between them. The default is made when it is missing."""
        value = self.text(name)
        if not value:
            default.mkdir(parents=True, exist_ok=True, mode=0o700)
            return [default]
        paths = [Path(part).expanduser().absolute() for part in value.split(os.pathsep) if part]
        for path in paths:
            if not path.is_dir():
                raise SettingRefused(name, f"names {path}, which is no folder", "Name folders that are there.")
        return paths

    def refuse_unknown(self) -> None:
        """A misspelt variable would silently leave its default in force, which is worst for those about security."""
        odd = sorted(name for name in self._environ if name.startswith(OURS) and name not in self.asked)
        if odd:
            raise SettingRefused(
                odd[0], "is not a setting", "docs/settings.md lists them all; correct its name or unset it."
            )
