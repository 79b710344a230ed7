"""What `make` makes of a virtual environment that is missing, moved, foreign or out of date. A stand-in for Python
makes one of nothing, and writes down what pip was asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

STAND_IN = f"""#!/bin/sh
here=$(cd "$(dirname "$0")/.." && pwd)
case "$*" in
  *"-m venv"*)
    for directory; do :; done
    rm -rf "$directory"; mkdir -p "$directory/bin"; touch "$directory/pyvenv.cfg"; cp "$0" "$directory/bin/python" ;;
  *"-m pip"*) echo "$*" >> "$PIP_LOG" ;;
  *sys.prefix*) echo "$here CPython $RELEASE x86_64" ;;
  *'"%d.%d"'*) echo "$RELEASE" ;;
  *) exec {sys.executable} "$@" ;;
esac
"""


class Tree:
    """A copy of what makes the environment, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "tree"
        shutil.copytree(ROOT / ".ci", self.folder / ".ci")
        shutil.copy(ROOT / "Makefile", self.folder)
        (self.folder / "requirements").mkdir()
        for name in ("pyproject.toml", "requirements/run.txt", "requirements/test.txt"):
            (self.folder / name).write_text(f"# {name}\n")
        self.python = folder / "bin" / "python3"
        self.python.parent.mkdir()
        self.python.write_text(STAND_IN)
        self.python.chmod(0o755)
        self.log = folder / "pip.log"

    def make(self, list_: str = "test", *, python: str = "", release: str = "3.11", fails: bool = False) -> str:
        """Run it; what it said. `python`: one that the person names."""
        path = f"{self.python.parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["make", "--no-print-directory", f".venv/.{list_}-installed", *([f"PYTHON={python}"] if python else [])],
            cwd=self.folder,
            env={"PATH": path, "HOME": str(self.folder), "PIP_LOG": str(self.log), "RELEASE": release},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert bool(done.returncode) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def installs(self) -> int:
        """How often a list was installed since the last look."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return len([line for line in lines if "--require-hashes" in line])


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    if shutil.which("make") is None:
        pytest.skip("make is not installed: what it does was NOT tested")
    return Tree(tmp_path)


def test_the_first_run_installs_and_the_next_is_silent(tree: Tree) -> None:
    assert "Making .venv ..." in tree.make()
    assert tree.installs() == 1
    assert tree.make() == ""
    # The tests' list holds all that the console needs.
    assert tree.make("run") == ""
    assert tree.installs() == 0


def test_a_list_is_known_by_what_is_in_it_and_not_by_its_time(tree: Tree) -> None:
    tree.make()
    tree.installs()
    listed = tree.folder / "requirements" / "test.txt"
    listed.touch()
    assert tree.make() == ""
    written = listed.stat()
    listed.write_text("# another\n")
    os.utime(listed, ns=(written.st_atime_ns, 0))
    assert "Installing" in tree.make()
    assert tree.installs() == 1


def test_an_environment_that_was_moved_is_made_anew(tree: Tree) -> None:
    tree.make()
    tree.installs()
    tree.folder = tree.folder.rename(tree.folder.with_name("elsewhere"))
    assert "Making .venv anew" in tree.make()
    assert tree.installs() == 1


def test_an_environment_whose_python_is_gone_is_made_anew(tree: Tree) -> None:
    tree.make()
    (tree.folder / ".venv" / "bin" / "python").write_text("#!/nowhere\n")
    assert "Making .venv anew" in tree.make()


def test_an_environment_of_another_tool_is_made_anew(tree: Tree) -> None:
    (tree.folder / ".venv" / "bin").mkdir(parents=True)
    (tree.folder / ".venv" / "pyvenv.cfg").touch()
    assert "Making .venv anew" in tree.make()


def test_a_python_that_the_person_names_is_the_one_that_is_used(tree: Tree) -> None:
    tree.make()
    other = tree.python.with_name("python3.12")
    other.write_text(STAND_IN.replace("$RELEASE", "3.12"))
    other.chmod(0o755)
    assert "Making .venv anew" in tree.make(python=str(other))
    assert tree.make(python=str(other)) == ""
    # Nobody named one: what is there will do.
    assert tree.make() == ""


def test_a_folder_that_is_no_environment_is_left_alone(tree: Tree) -> None:
    precious = tree.folder / ".venv" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("years of work")
    assert "is no virtual environment; it stays as it is" in tree.make(fails=True)
    assert precious.read_text() == "years of work"


def test_a_missing_python_is_said_with_what_to_do(tree: Tree) -> None:
    told = tree.make(python="python9", fails=True)
    assert "There is no python9 here; wallboard needs Python 3.11 or newer." in told
    assert "make demo PYTHON=" in told


def test_an_old_python_is_said_with_its_release(tree: Tree) -> None:
    old = tree.python.with_name("python3.9")
    old.write_text("#!/bin/sh\necho Python 3.9.2\nexit 1\n")
    old.chmod(0o755)
    assert "wallboard needs Python 3.11 or newer; " in (told := tree.make(python="python3.9", fails=True))
    assert "is Python 3.9.2" in told


class Machine:
    """A machine with these programs, for `.ci/tools`; apt writes down what it is asked for."""

    def __init__(self, folder: Path, *programs: str, user: int, apt: int = 0) -> None:
        self.bin = folder / "programs"
        self.bin.mkdir()
        self.log = folder / "apt.log"
        self.put("id", f"echo {user}")
        self.put("apt-get", f'echo "$*" >> {self.log}; exit {apt}')
        for name in programs:
            self.put(name, "exit 0")

    def put(self, name: str, does: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{does}\n")
        (self.bin / name).chmod(0o755)

    def tools(self) -> str:
        bash = shutil.which("bash")
        assert bash is not None
        done = subprocess.run(
            [bash, ROOT / ".ci" / "tools"], env={"PATH": str(self.bin)}, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def asked(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


MOST = ("ssh", "sshd", "openssl", "node", "npm", "chromium", "nginx")


def test_as_root_what_the_tests_drive_from_outside_is_installed(tmp_path: Path) -> None:
    machine = Machine(tmp_path, *MOST, user=0)
    assert machine.tools() == "Installing tmux ...\n"
    assert machine.asked()[-1].endswith("install -y -qq --no-install-recommends tmux")


def test_nothing_is_done_where_nothing_is_missing(tmp_path: Path) -> None:
    machine = Machine(tmp_path, *MOST, "tmux", user=0)
    assert machine.tools() == ""
    assert machine.asked() == []


@pytest.mark.parametrize(("user", "apt"), [(1000, 0), (0, 100)], ids=["not root", "apt fails"])
def test_what_cannot_be_installed_is_named_and_the_tests_go_on(tmp_path: Path, user: int, apt: int) -> None:
    told = Machine(tmp_path, *MOST, user=user, apt=apt).tools()
    assert "Not here: tmux. Tests that need them are left out, and say so." in told
    assert "sudo apt install tmux" in told


def test_what_one_system_does_not_have_keeps_nothing_else_out(tmp_path: Path) -> None:
    machine = Machine(tmp_path, *(name for name in MOST if name != "chromium"), user=0)
    machine.put("apt-get", f'echo "$*" >> {machine.log}; case "$*" in *chromium*) exit 100; esac')
    told = machine.tools()
    assert machine.asked()[-1].endswith("install -y -qq --no-install-recommends chromium")
    assert any(asked.endswith("--no-install-recommends tmux") for asked in machine.asked())
    assert "sudo apt install chromium" in told
    assert "sudo apt install tmux" not in told
