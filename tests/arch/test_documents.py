"""The documents say what the program does: their tables are compared with what the code generates."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.arch import documents
from wallboard.domain.command import Verb

HINT = "out of date: run `python -m tests.arch.documents`"


WRITTEN = documents.written()


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(documents.ROOT).as_posix())
def test_what_is_made_of_the_program_is_as_it_would_be_made_now(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == WRITTEN[path], HINT


@pytest.mark.parametrize("vendor", list(documents.SETTINGS))
def test_every_row_of_a_verification_table_says_how_it_ends(vendor: str) -> None:
    rows = documents.table(vendor)
    assert rows
    for row in rows:
        assert isinstance(row.verb, Verb)
        assert row.request
        assert bool(row.confirms) or bool(row.cannot), f"{row.verb}: neither evidence nor a reason why there is none"
        assert row.deadline > 0
