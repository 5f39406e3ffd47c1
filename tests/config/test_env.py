from __future__ import annotations

from pathlib import Path

import pytest

from labeling.config.env import Env, SettingRefused


def test_an_empty_variable_means_its_default() -> None:
    env = Env({"A": " ", "B": ""})
    assert env.text("A", "x") == "x"
    assert env.number("B", 3, least=1, most=9) == 3
    assert env.flag("A", default=True)


@pytest.mark.parametrize("word", ["1", "true", "Yes", "ON"])
def test_a_flag_understands_the_usual_words(word: str) -> None:
    assert Env({"A": word}).flag("A", default=False)


def test_an_odd_flag_is_refused_with_its_name_and_what_to_write() -> None:
    with pytest.raises(SettingRefused, match=r'A is "perhaps"\. Write 1 or 0\.'):
        Env({"A": "perhaps"}).flag("A", default=False)


@pytest.mark.parametrize("word", ["0", "10", "-1", "3.5", "three", "٣"])
def test_a_number_outside_its_range_is_refused(word: str) -> None:
    with pytest.raises(SettingRefused, match="whole number from 1 to 9"):
        Env({"A": word}).number("A", 3, least=1, most=9)


def test_words_are_split_at_commas_and_spaces() -> None:
    assert Env({"A": "one.example, two.example"}).words("A", ()) == ["one.example", "two.example"]


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SettingRefused, match="names a file"):
        Env({"A": str(file)}).folder("A", tmp_path)


def test_a_relative_folder_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Env({"A": "here"}).folder("A", tmp_path) == tmp_path / "here"


def test_a_misspelt_variable_of_ours_is_refused_and_others_are_not() -> None:
    env = Env({"TOUCHSTONE_HOST": "x", "PATH": "y"})
    env.text("TOUCHSTONE_HOSTS")
    with pytest.raises(SettingRefused, match="TOUCHSTONE_HOST is not a setting"):
        env.refuse_unknown()
