from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from labeling.config.env import SettingRefused
from labeling.config.keys import checked, kept


def test_the_first_run_makes_a_key_for_its_owner_alone_and_later_runs_keep_it(tmp_path: Path) -> None:
    file = tmp_path / "home" / "secret-key"
    key = kept(file)
    assert checked(key) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept(file) == key
    assert [path.name for path in file.parent.iterdir()] == ["secret-key"]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(kept, [tmp_path / "secret-key"] * 32))
    assert len(keys) == 1


@pytest.mark.parametrize("key", ["short", "a" * 60, "django-insecure-" + "0123456789abcdefghijklmnopq"])
def test_a_key_that_can_be_guessed_is_refused(key: str) -> None:
    with pytest.raises(SettingRefused, match="TOUCHSTONE_SECRET_KEY"):
        checked(key)
