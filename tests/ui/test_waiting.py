"""An action that is held back says so where it was pressed, and Esc takes it back."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from tests.support.console import HQ, Desk, desk
from wallboard.domain.keys import Key, Kind

pytestmark = pytest.mark.anyio


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[int]:
    """The journal's lock, in the hands of another process."""
    descriptor = os.open(tmp_path / "audit.jsonl.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield descriptor
    os.close(descriptor)


async def idle() -> None:
    for _ in range(30):
        await anyio.lowlevel.checkpoint()


async def begun(here: Desk) -> None:
    """What the runtime was asked to start."""
    await here.started.pop()()


def hang_up(here: Desk) -> None:
    here.press("4", "j", "x")
    here.clock.advance(1)
    here.press("y")


@pytest.mark.usefixtures("lock")
async def test_a_hang_up_that_waits_for_the_journal_is_seen_and_taken_back_with_esc(here: Desk) -> None:
    hang_up(here)
    async with anyio.create_task_group() as group:
        group.start_soon(begun, here)
        await idle()
        here.clock.advance(1)
        await idle()
        label = here.commands[0].target.label
        assert here.said == f"hang up {label}: waits for the journal, Esc cancels"
        assert here.said in " ".join(here.paint(200))
        assert here.board.unconfirmed == 1
        here.press("escape")
        await idle()
        assert here.said.startswith(f"hang up {label}: cancelled, nothing was sent")
        assert here.board.unconfirmed == 0
        assert here.adapters[HQ].performed == []
        group.cancel_scope.cancel()


@pytest.mark.usefixtures("lock")
async def test_a_dialog_and_other_modes_have_esc_first(here: Desk) -> None:
    hang_up(here)
    async with anyio.create_task_group() as group:
        group.start_soon(begun, here)
        await idle()
        here.clock.advance(1)
        await idle()
        here.press("?", "escape")
        assert here.console.mode == "board"
        here.press("n", "escape")
        assert here.console.dialog is None
        assert here.board.unconfirmed == 1
        here.press("escape")
        await idle()
        assert here.board.unconfirmed == 0
        group.cancel_scope.cancel()


async def test_a_question_that_stood_for_long_is_as_young_as_its_answer(here: Desk) -> None:
    here.press("4", "j", "x")
    here.wait(47)
    here.press("y")
    async with anyio.create_task_group() as group:
        group.start_soon(begun, here)
        await idle()
        group.cancel_scope.cancel()
    assert [command.target.key for command in here.adapters[HQ].performed] == [Key(HQ, Kind.CALL, "c1")]


async def test_a_key_whose_turn_comes_too_late_is_refused(here: Desk) -> None:
    hang_up(here)
    here.wait(12)
    async with anyio.create_task_group() as group:
        group.start_soon(begun, here)
        await idle()
        group.cancel_scope.cancel()
    assert here.said.endswith("refused: 12 s old when it could be sent; press again")
    assert here.adapters[HQ].performed == []
