"""The documents say what the program does: their tables are compared with what the code generates."""

from __future__ import annotations

import pytest

from tests.arch import documents
from wallboard.domain.command import Verb

HINT = "out of date: run `python -m tests.arch.documents`"


def test_the_screen_and_the_key_table_in_the_readme_are_the_programs_own() -> None:
    assert documents.README.read_text(encoding="utf-8") == documents.readme(), HINT


def test_the_page_of_actions_is_the_adapters_own_tables() -> None:
    assert documents.ACTIONS.read_text(encoding="utf-8") == documents.actions_page(), HINT


def test_the_page_of_coverage_is_the_adapters_own_declarations() -> None:
    assert documents.COVERAGE.read_text(encoding="utf-8") == documents.coverage_page(), HINT


@pytest.mark.parametrize("vendor", list(documents.SETTINGS))
def test_every_row_of_a_verification_table_says_how_it_ends(vendor: str) -> None:
    rows = documents.table(vendor)
    assert rows
    for row in rows:
        assert isinstance(row.verb, Verb)
        assert row.request
        assert bool(row.confirms) or bool(row.cannot), f"{row.verb}: neither evidence nor a reason why there is none"
        assert row.deadline > 0
