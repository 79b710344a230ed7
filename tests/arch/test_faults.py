"""Every fault in docs/faults.md names a test that exists."""

from __future__ import annotations

import re

from tests.arch import documents
from tests.arch.test_coverage import functions

FAULTS = documents.ROOT / "docs" / "faults.md"
_TEST = re.compile(r"`(tests/[^`]+\.py)::([^`]+)`")


def test_every_fault_names_a_test_that_exists() -> None:
    wrong = []
    for line in FAULTS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("| ") or line.startswith(("| fault |", "| evidence |")):
            continue
        named = _TEST.findall(line)
        if not named:
            wrong.append(f"names no test: {line[:80]}")
        for name, function in named:
            path = documents.ROOT / name
            if not path.is_file() or function.partition("[")[0] not in functions(path):
                wrong.append(f"{name}::{function}")
    assert wrong == []
