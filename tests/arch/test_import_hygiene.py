"""What a quick command costs: it loads nothing that it does not need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent.parent / "src"

HEAVY = ("textual", "rich", "httpx", "pydantic", "anyio", "asyncio", "sqlite3")

RUN = """
import json, runpy, sys
sys.argv = ["wallboard", *json.loads(sys.argv[1])]
status = 0
try:
    runpy.run_module("wallboard", run_name="__main__")
except SystemExit as exit:
    status = exit.code or 0
roots = sorted({name.partition(".")[0] for name in sys.modules})
print("\\n" + json.dumps({"status": status, "roots": roots}))
"""


def loaded(code: str, *arguments: str) -> tuple[str, dict[str, object]]:
    """What the program printed, and what it had loaded when it ended."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    said, _, facts = done.stdout.rstrip("\n").rpartition("\n")
    return said, json.loads(facts)


@pytest.mark.parametrize("option", ["--version", "--help", "info"])
def test_version_help_and_info_load_nothing_heavy(option: str) -> None:
    said, facts = loaded(RUN, json.dumps([option]))
    assert facts["status"] == 0
    assert "wallboard" in said
    roots = facts["roots"]
    assert isinstance(roots, list)
    assert not set(HEAVY) & set(roots)


def test_what_tells_of_the_commands_reads_no_paths_archives_or_secrets() -> None:
    _, facts = loaded(RUN, json.dumps(["--help"]))
    roots = facts["roots"]
    assert isinstance(roots, list)
    assert not {"pathlib", "urllib", "ipaddress", "shutil", "bz2", "lzma", "base64"} & set(roots)


@pytest.mark.parametrize(("told", "widest"), [("60", 60), ("132", 132), ("much", 80)])
def test_help_is_as_wide_as_the_terminal(told: str, widest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", told)
    said, _ = loaded(RUN, json.dumps(["run", "--help"]))
    assert widest - 20 < max(map(len, said.splitlines())) < widest


def test_themes_are_listed_without_a_screen(home: Path) -> None:
    code = (
        "import json, sys\n"
        "from wallboard import theming\n"
        "names = [info.name for info in theming.available()]\n"
        "print(json.dumps(names))\n"
        "print(json.dumps({'roots': sorted({name.partition('.')[0] for name in sys.modules})}))\n"
    )
    said, facts = loaded(code)
    assert "control-room" in json.loads(said)
    roots = facts["roots"]
    assert isinstance(roots, list)
    assert not {"textual", "rich", "httpx", "pydantic"} & set(roots)


def test_the_first_frame_waits_for_no_database() -> None:
    code = (
        "import json, sys\n"
        "import wallboard.runtime.console, wallboard.ui.app\n"
        "print('loaded')\n"
        "print(json.dumps({'roots': sorted({name.partition('.')[0] for name in sys.modules})}))\n"
    )
    _, facts = loaded(code)
    roots = facts["roots"]
    assert isinstance(roots, list)
    assert "textual" in roots
    assert "sqlite3" not in roots


def test_the_words_of_the_first_frame_wait_for_nothing() -> None:
    script = (
        "import sys\n"
        "from wallboard.cli import start\n"
        "from wallboard.domain.language import tr, use\n"
        "use('en')\n"
        "tr('connecting')\n"
        "print(sorted({'gettext', 'pathlib', 're', 'typing'} & set(sys.modules)))\n"
    )
    # Without site-packages, whose own start may load them.
    command = [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(SOURCE)!r})\n{script}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
