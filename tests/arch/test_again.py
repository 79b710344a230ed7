"""What failed is run again where a busy machine may be the cause, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import again

PASSES_THE_SECOND_TIME = """
from pathlib import Path
def test_it() -> None:
    seen = Path(__file__).with_suffix(".seen")
    before = seen.exists()
    seen.touch()
    assert before
"""
FAILS = "def test_it() -> None:\n    raise AssertionError\n"


@pytest.mark.parametrize(
    ("files", "status"),
    [
        pytest.param({"terminal/test_a.py": PASSES_THE_SECOND_TIME}, 0, id="passes alone"),
        pytest.param({"terminal/test_a.py": FAILS}, 1, id="fails again"),
        pytest.param({"board/test_a.py": PASSES_THE_SECOND_TIME}, 1, id="meets nobody"),
        pytest.param(
            {"lab/test_a.py": PASSES_THE_SECOND_TIME, "board/test_b.py": FAILS}, 1, id="one of two meets nobody"
        ),
        pytest.param({f"lab/test_{n}.py": PASSES_THE_SECOND_TIME for n in range(again.FEW + 1)}, 1, id="many"),
        pytest.param({}, 1, id="nothing ran"),
    ],
)
def test_it_is_run_again(files: dict[str, str], status: int, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    for name, text in files.items():
        path = tmp_path / "tests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(*words: str) -> int:
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        return subprocess.run(
            [sys.executable, *words], cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, check=False
        ).returncode

    assert run("-m", "pytest") == (1 if files else 5)
    assert run(str(Path(again.__file__))) == status
