"""What the console loads, builds and asks before its first frame and before its first rows: counted, since no two
starts take the same time. Whoever needs more raises a number here."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.bench.terminal import Pty

STARTED = Path(__file__).with_name("started.py")

BUDGET = {
    "modules of the first frame": 16,
    "modules": 790,
    "models": 60,
    "records": 180,
    "requests": 60,
    "bytes": 14_000,
}
"""modules: that are loaded, but for the interpreter's. models: of pydantic, whose schema is built. records: classes
whose `__init__` is compiled. requests: sent to the five systems of the demonstration. bytes: written
to the terminal; one whole frame without rows is in them."""


def test_the_first_rows_wait_for_no_more_than_they_need(home: Path, tmp_path: Path) -> None:
    counts = tmp_path / "counts.json"
    with Pty([sys.executable, str(STARTED), str(counts)]) as program:
        assert program.wait(counts.exists, 60.0)
        program.pump(0.5)
    found = json.loads(counts.read_text())
    assert found.keys() == BUDGET.keys()
    assert {name: count for name, count in found.items() if count > BUDGET[name]} == {}, found
