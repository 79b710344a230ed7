"""The tree names no machine: no registry, no path of whoever wrote it, nothing left unfinished."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Spelled so that this file does not contain what it looks for.
REGISTRIES = re.compile(
    r"p[y]pi\.org|p[y]thonhosted|registry\.n[p]mjs|index-[u]rl|find-[l]inks|trusted-[h]ost", re.IGNORECASE
)
MACHINE = re.compile(r"(?:^|[^\w.-])/(?:w[o]rk|f[a]rm|t[m]p/lab|o[p]t/wheels|home/[a-z]\w*|U[s]ers/\w+)/")
# Raising out of it gives the group again on Python 3.11.2, the oldest that is promised.
EXCEPT_STAR = re.compile(r"^\s*except\s*\*")
UNFINISHED = re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X|NotImplemented[E]rror)\b")

# The options by which the lists are made without addresses are named where they are used.
ALLOWED = {("Makefile", "--no-emit-")}


def files() -> Iterator[Path]:
    """Everything that would be committed; in an unpacked sdist, everything there is."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        names = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        hidden = {".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
        names = [path for path in ROOT.rglob("*") if not hidden & set(path.relative_to(ROOT).parts)]
    return (path for path in names if path.is_file())


def lines() -> Iterator[tuple[str, int, str]]:
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(ROOT).as_posix()
        for number, line in enumerate(text.splitlines(), 1):
            if not any(name == file and mark in line for file, mark in ALLOWED):
                yield name, number, line


@pytest.mark.parametrize("pattern", [REGISTRIES, MACHINE], ids=["registry", "machine"])
def test_no_file_names_a_machine(pattern: re.Pattern[str]) -> None:
    assert not [f"{name}:{number}: {line.strip()[:120]}" for name, number, line in lines() if pattern.search(line)]


def test_no_file_names_the_directory_it_lies_in() -> None:
    here = str(ROOT)
    if here.count("/") < 2:
        # A checkout directly below / has a path that is an ordinary word.
        return
    assert not [f"{name}:{number}" for name, number, line in lines() if f"{here}/" in line]


def test_nothing_is_left_unfinished() -> None:
    left = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, number, line in lines()
        if name.startswith(("src/", "tests/")) and name.endswith(".py") and UNFINISHED.search(line)
    ]
    assert not left


def test_no_failure_is_taken_out_of_a_group_by_its_syntax() -> None:
    assert not [
        f"{name}:{number}" for name, number, line in lines() if name.endswith(".py") and EXCEPT_STAR.search(line)
    ]


def test_the_patterns_find_what_they_are_for() -> None:
    assert EXCEPT_STAR.search("    except" + "* OSError as group:")
    assert MACHINE.search("see /" + "work/main")
    assert MACHINE.search('"/' + 'home/ada/x"')
    assert not MACHINE.search("a/" + "work/b")
    assert REGISTRIES.search("https://py" + "pi.org/simple")
    assert UNFINISHED.search("# TO" + "DO: later")


def test_the_architecture_names_files_that_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:src/wallboard/|tests/|docs/|vendors/|ui/|view/|control/|board/|domain/|polling/|cli/)[\w./-]+\.\w+)`",
        text,
    )
    assert len(named) > 60
    places = (ROOT, ROOT / "src" / "wallboard")
    assert [name for name in named if not any((place / name).exists() for place in places)] == []
