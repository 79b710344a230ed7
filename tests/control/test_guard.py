"""Whatever an adapter raises or answers, wherever: one ending, a free row, a whole journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.control.fakes import DONE, Desk, call, desk_at, table
from tests.support.adapters import FakeAdapter
from wallboard.control.journal_reader import RESULTS, open_unknowns, show, verify
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.command import Command, Verb
from wallboard.domain.errors import Ambiguous, NotSent, Rejected, TargetGone
from wallboard.domain.models import Row
from wallboard.vendors.base import Receipt, Trial

pytestmark = pytest.mark.anyio

ERRORS: list[BaseException] = [
    KeyError("call_api_id"),
    RecursionError(),
    TypeError("'NoneType' object is not subscriptable"),
    ExceptionGroup("two", [ValueError(1), OSError(2)]),
    BaseExceptionGroup("mixed", [KeyboardInterrupt(), ValueError(1)]),
]
"""What an adapter may fail with."""
PLACES = ("can", "can_dial", "forms", "info", "verification", "refresh", "perform", "confirms", "denies")


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object) -> Any:
        raise error

    return fail


async def tried(path: Path, place: str, error: BaseException) -> tuple[Desk, Command, Outcome]:
    async with desk_at(path, call()) as desk:
        command = desk.command(Verb.TRANSFER, call(), "204")
        if place in ("confirms", "denies"):
            row = table(Verb.TRANSFER)
            broken = (replace(row.confirms[0], test=failing(error)),)
            row = replace(row, confirms=broken) if place == "confirms" else replace(row, denies=broken)
            desk.adapter.check_table = lambda verb: row
        else:

            async def fail(*_: object) -> Any:
                raise error

            setattr(desk.adapter, place, fail if place in ("refresh", "perform") else failing(error))
        desk.dispatcher.submit(command)
        outcome = await desk.settle(command, step=2.0)
        desk.adapter = FakeAdapter(desk.clock)
    return desk, command, outcome


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", PLACES)
async def test_wherever_an_adapter_fails_the_action_has_one_ending(
    tmp_path: Path, place: str, error: BaseException
) -> None:
    path = tmp_path / "audit.jsonl"
    desk, command, outcome = await tried(path, place, error)
    before = place in ("can", "can_dial", "verification", "refresh")
    # What is not needed for a transfer changes nothing; what fails after the request leaves doubt, never a second one.
    expected = Phase.REFUSED if before else Phase.UNKNOWN if place == "perform" else Phase.NOT_CONFIRMED
    assert outcome.phase is expected, outcome.ending
    phases = [record["phase"] for record in show(path, action=command.id)]
    assert phases[0] == "requested"
    assert [phase for phase in phases if phase in RESULTS] == [expected.value]
    assert open_unknowns(path) == []
    assert verify(path).ok
    assert desk.board.settled == {command.id: expected.value}
    assert desk.dispatcher._locks.holder(frozenset({call().key})) == ""


NOT_AS_PROMISED: list[tuple[str, Any]] = [
    ("perform", None),
    ("perform", "204"),
    ("perform", Receipt(None, None, None, None, None)),  # type: ignore[arg-type]
    ("perform", Receipt(b"PUT", 204, "now", float("nan"), (17, None, 3.5), None)),  # type: ignore[arg-type]
    ("verification", None),
    ("verification", replace(table(Verb.TRANSFER), request=None, deadline="10", cannot=None)),  # type: ignore[arg-type]
    ("verification", replace(table(Verb.TRANSFER), watch=("no such list",))),  # type: ignore[arg-type]
    ("can", None),
    ("can", True),
    ("can_dial", "yes"),
    ("refresh", "a row"),
    ("refresh", 17),
]


@pytest.mark.parametrize(("place", "answer"), NOT_AS_PROMISED)
async def test_an_answer_that_is_not_what_was_promised_is_no_end_of_the_action(
    tmp_path: Path, place: str, answer: Any
) -> None:
    path = tmp_path / "audit.jsonl"
    async with desk_at(path, call()) as desk:
        command = desk.command(Verb.TRANSFER, call(), "204")

        async def later(*_: object) -> Any:
            return answer

        setattr(desk.adapter, place, later if place in ("refresh", "perform") else lambda *_: answer)
        desk.dispatcher.submit(command)
        outcome = await desk.settle(command, step=2.0)
    assert outcome.phase in (Phase.REFUSED, Phase.UNKNOWN, Phase.NOT_CONFIRMED)
    assert sum(record["phase"] in RESULTS for record in show(path, action=command.id)) == 1
    assert verify(path).ok


async def test_ids_that_are_numbers_are_found_in_the_evidence(tmp_path: Path) -> None:
    def mine(trial: Trial) -> bool:
        return trial.proof(DONE, *trial.receipt.ids) is not None

    async with desk_at(tmp_path / "audit.jsonl", call()) as desk:
        row = table(Verb.HANGUP)
        desk.adapter.check_table = lambda verb: replace(row, confirms=(replace(row.confirms[0], test=mine),))
        desk.adapter.ids = (17,)  # type: ignore[assignment]
        command = desk.press(Verb.HANGUP, call())
        await desk.idle()
        desk.board.prove(DONE, "17")
        assert (await desk.settle(command)).phase is Phase.CONFIRMED


@pytest.mark.parametrize(
    ("error", "phase"),
    [
        (NotSent("refused"), Phase.FAILED),
        (Rejected("no", status=403), Phase.FAILED),  # type: ignore[arg-type]
        (TargetGone("gone", status=None), Phase.NOT_CONFIRMED),  # type: ignore[arg-type]
        (TargetGone("changed", status=409), Phase.NOT_CONFIRMED),  # type: ignore[arg-type]
        (Ambiguous("", status=None), Phase.UNKNOWN),  # type: ignore[arg-type]
    ],
)
@pytest.mark.parametrize("grouped", [False, True])
async def test_an_error_says_the_same_from_a_group_and_with_a_status_that_is_no_text(
    tmp_path: Path, error: Exception, phase: Phase, grouped: bool
) -> None:
    async with desk_at(tmp_path / "audit.jsonl", call()) as desk:
        desk.adapter.answer = lambda command: ExceptionGroup("tasks", [error]) if grouped else error
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()))
    assert outcome.phase is phase
    assert verify(tmp_path / "audit.jsonl").ok


async def test_an_adapter_that_cancels_itself_leaves_unknown_and_not_silence(tmp_path: Path) -> None:
    async with desk_at(tmp_path / "audit.jsonl", call()) as desk:

        async def cancelled(command: Command, row: Row | None) -> Receipt:
            raise anyio.get_cancelled_exc_class()

        desk.adapter.perform = cancelled  # type: ignore[method-assign]
        outcome = await desk.settle(desk.press(Verb.HANGUP, call()))
    assert outcome.phase is Phase.UNKNOWN


async def test_a_screen_that_fails_does_not_keep_an_action_from_its_ending(tmp_path: Path) -> None:
    async with desk_at(tmp_path / "audit.jsonl", call()) as desk:
        heard: list[Outcome] = []
        desk.dispatcher.subscribe(failing(RuntimeError("no cell there")))
        desk.dispatcher.subscribe(heard.append)
        command = desk.press(Verb.HANGUP, call())
        await desk.settle(command, step=2.0)
    assert [out.phase for out in heard][-1] is Phase.NOT_CONFIRMED


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", ["settle", "pend", "pulled", "proofs"])
async def test_a_board_that_fails_does_not_either(tmp_path: Path, place: str, error: BaseException) -> None:
    async with desk_at(tmp_path / "audit.jsonl", call()) as desk:
        command = desk.command(Verb.HANGUP, call())
        setattr(desk.board, place, failing(error))
        desk.dispatcher.submit(command)
        outcome = await desk.settle(command, step=2.0)
    assert outcome.final
    assert sum(record["phase"] in RESULTS for record in show(tmp_path / "audit.jsonl", action=command.id)) == 1
