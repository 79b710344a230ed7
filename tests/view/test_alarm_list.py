"""The alarms mode as it is read, and the words of the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from wallboard.board import Alarm, AlarmEvent, Board
from wallboard.board.verdicts import Reading, Verdict, so
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.view.alarm_list import alarm_list, measured
from wallboard.view.alarm_words import Together, counted, lines_of, log_entries, together
from wallboard.view.context import Context

SALES = Key("hq", Kind.QUEUE, "601")
LONGEST = Verdict("hq", "Sales", "longest", SALES, None, Reading(192.0, 60.0, 120.0, lambda _: "longest 3:12 > 2:00"))
READY = Verdict("hq", "Sales", "ready", SALES, None, Reading(0.0, None, 0.0, lambda _: "0/5 ready", below=True))
DATA = Verdict("cc", "cc", "data", None, Resource.MEMBERS, so("alarm", "members stale 46 s"), priority=1)
SERVICE = Verdict("hq", "Sales", "service", SALES, None, Reading(58.4, 80.0, None, lambda _: "level 58 %", below=True))


def board(*verdicts: Verdict) -> Board:
    """A board on which these have been up for seven seconds (a service level for longer)."""
    made = Board(ManualClock())
    clock = made._clock
    assert isinstance(clock, ManualClock)
    for _ in range(62):
        clock.advance(1.0)
        made.alarms.update(verdicts, clock.now(), lambda _alarm: False)
    return made


def shown(made: Board, width: int, mark: str | None = None) -> list[str]:
    page = alarm_list(Context(made, made.now(), UTC), width, lines_of(made.alarms), mark)
    return ["".join(cell.text for cell in line).rstrip() for line in page.lines]


def test_every_alarm_with_what_is_known_of_it() -> None:
    made = board(LONGEST, READY, DATA, SERVICE)
    made.alarms.acknowledge("hq/queue/601:ready", "Mira")
    made.alarms.snooze("hq/queue/601:service", "Jo", 900)
    assert shown(made, 118, "hq/queue/601:longest") == [
        f"─ ALARMS 3 active · 1 snoozed {67 * chr(9472)} 4 alarms in 10 min ─",
        "   since    age      value   limit  priority state                     source      alarm",
        " ■ 02:40:01 61s          –       –  high     active                    cc          cc members stale 46 s",
        "▌■ 02:40:01 61s       3:12    2:00  normal   active                    hq          Sales longest 3:12 > 2:00",
        " ■ 02:40:01 61s          0       0  normal   acked Mira                hq          Sales 0/5 ready",
        " ▲ 02:40:01 61s        58%     80%  normal   snoozed 02:56 Jo          hq          Sales level 58 %",
    ]


def test_a_narrow_screen_keeps_the_sentence_and_who_knows() -> None:
    made = board(READY)
    made.alarms.acknowledge("hq/queue/601:ready", "Mira")
    assert shown(made, 60)[2] == " ■ 02:40:01 61s    Sales 0/5 ready  acked Mira hq"


def test_who_knows_of_an_alarm_is_told_also_while_its_source_is_blind() -> None:
    made = board(READY)
    made.alarms.acknowledge("hq/queue/601:ready", "Mira")
    made.alarms.update((), made.now(), lambda _alarm: True)
    assert "unknown, acked Mira" in shown(made, 118)[2]
    assert shown(made, 60)[2] == " ■ 02:40:01 61s    Sales 0/5 ready  unknown, acked Mira hq"


def test_nothing_is_said_to_be_nothing() -> None:
    assert shown(board(), 60)[1:] == ["   since    age    alarm", "   nothing to know of"]


@pytest.mark.parametrize(
    ("condition", "value", "told"),
    [
        ("longest", 192.0, "3:12"),
        ("waiting", 6.0, "6"),
        ("service", 58.4, "58%"),
        ("error", 1.0, "–"),
        ("hold", None, "–"),
    ],
)
def test_a_value_is_written_in_its_own_unit(condition: str, value: float | None, told: str) -> None:
    assert measured(condition, value) == told


def test_alarms_of_one_object_severity_and_state_are_one_line() -> None:
    made = board(LONGEST, READY, SERVICE)
    assert [line.sentence for line in lines_of(made.alarms)] == [
        "Sales longest 3:12 > 2:00 and 0/5 ready",
        "Sales level 58 %",
    ]
    assert counted(made.alarms) == (1, 1)
    made.alarms.acknowledge("hq/queue/601:ready", "Mira")
    assert [line.sentence for line in lines_of(made.alarms)][:2] == ["Sales longest 3:12 > 2:00", "Sales 0/5 ready"]


def test_in_a_flood_a_queue_is_one_line_whatever_is_wrong_with_it() -> None:
    alarms = board(LONGEST, READY, SERVICE).alarms.active()
    assert [line.sentence for line in together(alarms, flood=True)] == [
        "Sales longest 3:12 > 2:00 and 0/5 ready and level 58 %"
    ]
    many = Together(tuple([*alarms, replace(alarms[0], id="x")]))
    assert many.sentence.endswith("level 58 % +1")


@pytest.mark.parametrize(
    ("what", "told", "style"),
    [
        ("raised", "Sales 0/5 ready", "alarm"),
        ("worse", "worse: Sales 0/5 ready", "alarm"),
        ("milder", "milder: Sales 0/5 ready", "muted"),
        ("again", "asks again: Sales 0/5 ready", "alarm"),
        ("unknown", "unknown now: Sales 0/5 ready", "stale"),
        ("known", "known again: Sales 0/5 ready", "text"),
        ("cleared", "over: Sales 0/5 ready, nobody had acknowledged it", "muted"),
        ("over", "over: Sales 0/5 ready", "muted"),
        ("merged", "part of a greater loss now: Sales 0/5 ready", "muted"),
        ("acknowledged", "acknowledged by Mira: Sales 0/5 ready", "text"),
        ("snoozed", "snoozed by Jo until 02:55:00: Sales 0/5 ready", "text"),
        ("woken", "no longer snoozed: Sales 0/5 ready", "alarm"),
    ],
)
def test_each_transition_is_a_line_of_the_log(what: str, told: str, style: str) -> None:
    (alarm,) = board(READY).alarms.active()
    alarm = replace(alarm, acked_by="Mira", snoozed_by="Jo", snoozed_until=1_770_000_900.0)
    (entry,) = log_entries([AlarmEvent(what, alarm, 5.0)], 0, UTC)  # type: ignore[arg-type]  # the words of the table
    assert (entry.text, entry.style, entry.what) == (told, style, "alarm")


def test_a_flood_is_said_once_and_then_a_line_a_queue() -> None:
    alarms: list[Alarm] = list(board(LONGEST, READY).alarms.active())
    entries = log_entries([AlarmEvent("raised", alarm, 5.0) for alarm in alarms], 12, UTC)
    assert [entry.text for entry in entries] == [
        "flood: 12 alarms in 10 min, so one line a queue and one bell",
        "Sales longest 3:12 > 2:00 and 0/5 ready",
    ]
