"""Facts that stand in two places agree, and the locked lists are locked."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import wallboard

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LISTS = ("run.txt", "test.txt")


def entries(name: str) -> dict[str, tuple[str, int]]:
    """Of a locked list: name -> (version, number of hashes)."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, tuple[str, int]] = {}
    for line in text.splitlines():
        requirement = line.split("#")[0].strip()
        if requirement:
            pinned = re.match(r"([a-z0-9.-]+)==(\S+)( ; [^-]+)?(?= )", requirement)
            assert pinned is not None, f"{name} holds a line that pins nothing: {requirement}"
            found[pinned[1]] = (pinned[2], requirement.count("--hash=sha256:"))
    return found


def wanted() -> set[str]:
    requirements = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["sim"]]
    return {re.split(r"[<>=!~\[; ]", requirement)[0].lower() for requirement in requirements}


def test_the_version_is_the_same_everywhere() -> None:
    assert wallboard.__version__ == PROJECT["version"]
    assert f"## [{wallboard.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_promised_pythons_are_the_same_everywhere() -> None:
    named = [text.rpartition(" ")[2] for text in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", text)]
    oldest, newest = named[0], named[-1]
    assert PROJECT["requires-python"] == f">={oldest}"
    assert named == [f"3.{minor}" for minor in range(int(oldest[2:]), int(newest[2:]) + 1)]
    assert f"({oldest} to {newest} are promised)" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LISTS)
def test_every_package_of_a_locked_list_has_its_hashes(name: str) -> None:
    locked = entries(name)
    assert locked
    assert not [package for package, (_, hashes) in locked.items() if hashes == 0]


def test_the_locked_lists_cover_the_dependencies() -> None:
    assert wanted() <= set(entries("test.txt"))
    assert wanted() - {"uvicorn"} <= set(entries("run.txt"))
    assert {"hatchling", "editables"} <= set(entries("run.txt"))


def test_tests_run_on_the_versions_that_users_run() -> None:
    run, test = entries("run.txt"), entries("test.txt")
    assert not {package: (run[package], test.get(package)) for package in run if run[package] != test.get(package)}


def test_the_readme_names_every_extra() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [extra for extra in PROJECT["optional-dependencies"] if f"| `{extra}` |" not in readme] == []


def test_the_readme_shows_the_picture_then_the_two_commands() -> None:
    picture, after = (ROOT / "README.md").read_text(encoding="utf-8").split("<!-- screen:end -->")
    assert len(picture.splitlines()) < 45
    assert "make demo" in after[:500]
    assert "make test" in after[:500]
