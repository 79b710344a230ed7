"""Which files only their owner can change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wallboard import theming
from wallboard.domain.files import changeable


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "above" / "mine" / "file"
    path.parent.mkdir(parents=True)
    path.write_text("")
    path.chmod(0o600)
    return path


def why(path: Path) -> str:
    found = changeable(path)
    return "" if found is None else found[0]


def test_mine_in_directories_of_mine_is_nobody_else_s(file: Path) -> None:
    assert why(file) == ""


@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666, 0o660])
def test_a_file_that_others_may_write(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert why(file) == f"others may change it (mode {mode:04o})"


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o707])
def test_a_directory_that_others_may_write(file: Path, mode: int) -> None:
    above = file.parent.parent
    above.chmod(mode)
    assert why(file) == f"others may change {above}, which it lies in or leads to, (mode {mode:04o})"


def test_a_shared_directory_where_each_keeps_what_is_theirs(file: Path) -> None:
    file.parent.parent.chmod(0o1777)
    assert why(file) == ""


def test_a_link_is_as_good_as_where_it_lies_and_all_it_leads_through(file: Path, tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    (open_to_all / "hop").symlink_to(file)
    (tmp_path / "link").symlink_to(open_to_all / "hop")
    assert why(tmp_path / "link") == ""
    open_to_all.chmod(0o777)
    assert f"others may change {open_to_all}" in why(tmp_path / "link")
    assert f"others may change {open_to_all}" in why(open_to_all / "hop")
    # A directory by another name.
    open_to_all.chmod(0o755)
    (tmp_path / "alias").symlink_to(file.parent.parent)
    file.parent.chmod(0o777)
    assert f"others may change {tmp_path / 'alias' / 'mine'}" in why(tmp_path / "alias" / "mine" / "file")


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert why(tmp_path / "a") == ""


@pytest.mark.parametrize("whose", ["file", "directory"])
def test_what_belongs_to_another_user(file: Path, monkeypatch: pytest.MonkeyPatch, whose: str) -> None:
    theirs = file if whose == "file" else file.parent
    looking = os.lstat

    def other(name: str) -> os.stat_result:
        facts = looking(name)
        return os.stat_result((*facts[:4], 4711, *facts[5:])) if name == str(theirs) else facts

    monkeypatch.setattr(os, "lstat", other)
    assert "belongs to another user" in why(file)


def test_a_disk_that_nobody_can_write_to(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.chmod(0o666)

    class ReadOnly:
        f_flag = os.ST_RDONLY

    monkeypatch.setattr(os, "statvfs", lambda _name: ReadOnly)
    assert why(file) == ""


def test_a_theme_that_others_can_change_is_left_out_and_the_rest_stays(tmp_path: Path) -> None:
    for name in ("open", "own"):
        (tmp_path / f"{name}.toml").write_text('label = "Mine"\n')
        (tmp_path / f"{name}.toml").chmod(0o644)
    (tmp_path / "open.toml").chmod(0o666)
    (tmp_path / "torn.toml").write_text("label = ")
    broken: list[theming.ThemeError] = []
    found = {info.name for info in theming.available(tmp_path, broken)}
    assert {"own", theming.DEFAULT} <= found
    assert not {"open", "torn"} & found
    assert sorted(Path(error.where).name for error in broken) == ["open.toml", "torn.toml"]
