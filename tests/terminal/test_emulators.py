"""Two emulators get the same bytes, and both show what the console means to show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.emulators import SIZES, Missing, Named, Pyte, Screen, Step, Xterm, compare, play
from tests.terminal.stage import Site

pytestmark = pytest.mark.pty


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    folder: Path = tmp_path_factory.mktemp("emulators")
    with Site(folder, wrap=Named, speed=5.0) as site:
        return play(site, seed=7, steps=24, pace=0.06, every=3)


@pytest.mark.parametrize("kind", [Pyte, Xterm], ids=lambda kind: kind.name)
def test_names_in_all_scripts_move_no_column_whatever_is_pressed(
    kind: Callable[[int, int], Screen], steps: list[Step]
) -> None:
    assert "नीता".encode() in b"".join(step.data for step in steps)
    try:
        screen = kind(*SIZES[0])
    except Missing as error:
        pytest.skip(f"xterm.js: {error}")
    try:
        assert compare(screen, steps) == []
    finally:
        screen.close()
