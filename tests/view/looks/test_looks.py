"""What a supervisor learns in one look: why it is red, who can help, how the day went."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, NOW, RESPONDERS, Desk, agent, desk, member
from tests.ui.golden.shift import worked
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Hotline, HotlineCall, Queue, Row
from wallboard.domain.states import AgentState, MemberState, Wanted
from wallboard.domain.text import clean
from wallboard.view.looks.blocks import binned


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


@pytest.fixture
def shift(tmp_path: Path) -> Desk:
    return worked(tmp_path)


def panel(here: Desk, width: int = 160, height: int = 60) -> list[str]:
    """The lines of the details, without the target line and the keys."""
    lines = here.paint(width, height)
    return lines[next(index for index, line in enumerate(lines) if line.startswith("─ ")) : -2]


def block(lines: list[str], name: str) -> list[str]:
    """The column from its heading on, as it stands beside another."""
    start = next(index for index, line in enumerate(lines) if name in line)
    x = lines[start].index(name)
    return [line[x:] if x > 2 else line.partition("│")[0] for line in lines[start:]]


# ---- the queue ---------------------------------------------------------------------------------------------------


def test_the_head_says_what_is_wrong_and_how_fresh_that_is(here: Desk) -> None:
    here.press("1", "enter")
    assert "SALES hq 601" in panel(here)[0]
    assert "■ longest 3:12 > 2:00 and 0/3 ready ── live 0." in panel(here)[0]
    assert panel(here, 60)[1].strip().startswith("■ longest"), "below where the line has no room for it"


def test_why_nobody_answers_comes_first_where_not_all_can_be_seen(here: Desk) -> None:
    here.press("1", "enter")
    lines = "\n".join(panel(here, 80))
    assert lines.index("AGENTS 0/3 ready") < lines.index("CAN HELP") < lines.index("CALLERS 2")
    wide = panel(here, 120)
    assert "CALLERS 2 (longest first)" in wide[1]
    assert "AGENTS 0/3 ready" in wide[1]


def test_callers_stand_by_their_wait_with_what_is_known_of_them(shift: Desk) -> None:
    shift.press("1", "enter")
    _, first, second, *_ = block(panel(shift), "CALLERS 2")
    assert "3:12 ■ Northwind +49 30 111222" in first
    assert "3rd call in 44 min  ★" in first
    assert "2:40 ■ +49 30 333444  rings Ada Orwell" in second


def test_agents_stand_with_state_time_and_their_day(shift: Desk) -> None:
    shift.press("1", "enter")
    lines = block(panel(shift), "AGENTS 0/3")
    assert [line.split()[1] for line in lines[1:4]] == ["ringing", "talking", "other"]
    assert any("Bo Quist" in line and "calls  aht" in line for line in lines)


def test_whoever_is_off_is_named_in_one_line(here: Desk) -> None:
    more = tuple(agent(f"o{n}", f"Off {n:02}", "", AgentState.OFF, None, ("601", "Sales")) for n in range(11))
    here.read({(HQ, Resource.AGENTS): (*here.lists[HQ, Resource.AGENTS], *more)})
    here.press("1", "enter")
    (line,) = [line for line in panel(here, 200) if "· off" in line]
    assert "Off 00, Off 01" in line
    assert "and 3 more" in line


def test_many_callers_and_agents_are_counted_and_all_lines_are_reached(here: Desk) -> None:
    many = tuple(
        member(f"x{n}", "601", "Sales", MemberState.WAITING, 300 - n, f"C {n}", f"+49 30 {n}") for n in range(30)
    )
    here.read({(HQ, Resource.MEMBERS): many})
    here.press("1", "enter")
    assert any("and 18 more" in line for line in panel(here))
    here.paint(80, 24)
    seen: set[str] = set()
    for _ in range(8):
        seen |= set(panel(here, 80, 24))
        here.press("pagedown")
    for word in ("AGENTS", "CAN HELP", "CALLERS 30", "SINCE", "today", "can "):
        assert any(word in line for line in seen), word


def test_the_last_hour_is_drawn_with_its_greatest_and_its_goal(shift: Desk) -> None:
    shift.press("1", "enter")
    (line,) = [line for line in panel(shift) if "LAST 60 MIN" in line]
    assert "max 2" in line
    assert "(goal 80 in 20 s)" in line
    assert "answered 17  lost 4" in line


def test_a_queue_whose_vendor_tells_nothing_says_so_and_draws_no_zeros(here: Desk) -> None:
    def silent(row: Row) -> Row:
        return replace(row, no_counts=clean("tells no counts")) if isinstance(row, Queue) else row

    here.change(HQ, Resource.QUEUES, silent)
    here.press("1", "enter")
    text = "\n".join(panel(here))
    assert "CALLERS – tells no counts" in text
    assert "LAST 60" not in text


# ---- who can help ------------------------------------------------------------------------------------------------


def test_who_can_help_is_ready_elsewhere_and_what_that_leaves_is_said(here: Desk) -> None:
    flo = agent("flo", "Flo Berg", "207", AgentState.READY, 12, ("602", "Support"))
    here.read({(HQ, Resource.AGENTS): (*here.lists[HQ, Resource.AGENTS], flo)})
    here.press("1", "enter")
    help_lines = block(panel(here), "CAN HELP")
    assert "Flo Berg" in help_lines[0]
    assert "+ adds  leaves Support 1/3" in help_lines[0]
    assert "Jo Alder" in help_lines[1]
    assert "last ready of Emergency" in help_lines[1]
    assert "+ add Flo Berg" in here.paint()[-1]


def test_one_key_and_a_confirm_add_the_first_of_them(here: Desk) -> None:
    here.press("1", "enter", "+")
    lines = here.paint()
    assert any("ADD Jo Alder to Sales?" in line for line in lines)
    assert any("the last ready agent of Support, Emergency" in line for line in lines)
    assert here.commands == []
    here.clock.advance(0.5)
    here.press("y")
    (command,) = here.commands
    assert (command.verb, command.target.key.id, command.arg("queue")) == (Verb.STAFF, "jo", "601")


def test_where_nobody_is_ready_the_key_asks_who(here: Desk) -> None:
    here.change(HQ, Resource.AGENTS, lambda row: None if row.key.id == "jo" else row)
    here.press("1", "enter")
    assert any("CAN HELP     nobody is ready elsewhere" in line for line in panel(here))
    here.press("+")
    assert any("ADD AN AGENT TO Sales" in line for line in here.paint())


def test_a_source_that_adds_nobody_offers_no_help(here: Desk) -> None:
    here.adapters[HQ].refused[Verb.STAFF] = "not at this vendor"
    here.press("1", "enter")
    assert not any("CAN HELP" in line for line in panel(here))
    here.press("+")
    assert here.said == "+ staff: not at this vendor"


def test_settings_and_what_is_read_of_them_are_one_key_further(here: Desk) -> None:
    here.press("1", "enter")
    assert "Enter settings" in here.paint()[-1]
    assert here.reads == [], "nothing is asked of the vendor for the look itself"
    here.press("enter")
    assert "SETTINGS Sales" in panel(here)[0]
    here.press("enter")
    assert not any("SALES" in line or "SETTINGS" in line for line in here.paint())


# ---- the agent ---------------------------------------------------------------------------------------------------


def test_an_agents_day_stands_in_figures_and_as_a_line(shift: Desk) -> None:
    shift.press("3", "j", "enter")
    lines = panel(shift)
    assert "BO QUIST hq 202" in lines[0]
    (today,) = [line for line in lines if line.startswith(" today")]
    assert "25 calls, aht" in today
    assert "refused or missed" in today
    assert "pause" in today
    (day,) = [line for line in lines if line.startswith(" day")]
    assert day.split()[1] == "01:10"
    assert "10 min each" in day


def test_an_agents_queues_say_how_they_stand_and_calls_name_both_ends(here: Desk) -> None:
    here.press("3", "j", "enter")
    lines = panel(here, 80)
    assert any("Sales" in line and "0/3 ready, 2 waiting" in line for line in lines)
    assert any("◆ talking 1:20     Mia Sand +49 30 555666 → 601 Sales" in line for line in lines)


# ---- the hotline -------------------------------------------------------------------------------------------------


def hotline(here: Desk, **values: object) -> None:
    def changed(row: Row) -> Row:
        known = isinstance(row, Hotline) and row.key.id == "311"
        return replace(row, **values) if known and isinstance(row, Hotline) else row  # type: ignore[arg-type]

    here.change(RESPONDERS, Resource.HOTLINES, changed)
    here.press("5", "g")
    cursor = here.console.pane.selection.cursor
    here.press(*([] if cursor == Key(RESPONDERS, Kind.HOTLINE, "311") else ["j"]), "enter")


def test_a_hotline_says_asked_against_is(here: Desk) -> None:
    hotline(here, wanted=Wanted.PAUSED)
    (line,) = [line for line in panel(here) if line.startswith(" asked")]
    assert "paused, is ● open (active) for 2 h" in line
    assert "NOT AS ASKED" in line


def test_the_ladder_and_the_last_calls_with_who_took_them(here: Desk) -> None:
    calls = (
        HotlineCall(NOW - 60, False),
        *(HotlineCall(NOW - 900 * n, True, 12.0, clean("K. Roth")) for n in range(1, 8)),
    )
    hotline(here, calls=calls)
    lines = panel(here, 80, 60)
    (ladder,) = [line for line in lines if line.startswith(" 24 h")]
    assert "7 of 8 calls taken" in ladder
    assert "10 s  0%  15 s ████ 88%  20 s ████ 88%" in ladder
    assert any("02:39:00 ■ nobody took it" in line for line in lines)
    assert any("02:25:00 ● taken by K. Roth after 0:12" in line for line in lines)
    assert any("K. Roth" in line and "● mobile" in line for line in lines)


def test_a_span_shows_its_greatest_and_a_gap_stays_one() -> None:
    assert binned((1, 4, None, None, 2, 0), 3) == [4, None, 2]
    assert binned((3,), 20) == [3]
    assert binned((), 20) == []
