"""The hand-over says what happened, in figures that can be counted by hand."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC

from wallboard.history.records import AlarmChange, CallBack, Caller, Minute, Written
from wallboard.view.handover import Material, as_csv, as_text, report

SIX = 1_764_309_600  # 2025-11-28 06:00 UTC
HOUR = 3600


def minute(at: int, name: str = "Sales", row: str = "601", **more: int | None) -> Minute:
    return Minute(SIX + at * 60, "hq", "queue", row, name, **more)


def caller(id_: str, joined: int, wait: float, outcome: str = "answered", **more: str) -> Caller:
    joined += SIX
    values = {"name": f"Caller {id_}", "number": f"+4930111{id_}", **more}
    return Caller(
        "hq",
        id_,
        "601",
        "Sales",
        values["number"],
        values["name"],
        joined,
        int(joined + wait),
        outcome,
        wait,
        wait,
    )


SHIFT = Material(
    SIX,
    SIX + HOUR,
    minutes=[
        minute(0, waiting=2, longest=30, ready=1, staffed=3),
        minute(1, waiting=4, longest=190, ready=0, staffed=0),
        minute(2, waiting=4, longest=90, ready=0, staffed=0),
        minute(0, "Support", "602", waiting=0, longest=0, ready=2, staffed=2),
    ],
    callers=[
        *(caller(f"10{n}", n * 60, 10 * n) for n in range(1, 6)),
        caller("201", 100, 130.0, "lost"),
        caller("202", 200, 20.0, "lost", number=""),
        caller("203", 300, 15.0, "lost"),
        caller("301", 400, 40.0, "pulled"),
    ],
    alarms=[
        AlarmChange(SIX + 60, "a", "hq", "Sales", "waiting", "warn", "raised", SIX + 50, "", "Sales 4 waiting"),
        AlarmChange(SIX + 120, "a", "hq", "Sales", "waiting", "alarm", "worse", SIX + 120, "", "Sales 7 waiting"),
        AlarmChange(SIX + 150, "a", "hq", "Sales", "waiting", "alarm", "acknowledged", SIX + 120, "Mira", ""),
        AlarmChange(SIX + 420, "a", "hq", "Sales", "waiting", "alarm", "cleared", SIX + 120, "", ""),
        AlarmChange(SIX + 500, "b", "hq", "Support", "ready", "warn", "raised", SIX + 500, "", "Support 1 ready"),
        AlarmChange(SIX + 600, "c", "hq", "Sales", "ready", "alarm", "raised", SIX + 600, "", "Sales 0/5 ready"),
    ],
    notes=[Written(SIX + 700, "hq", "601", "Sales", "Mira", "two trainees from noon on")],
    call_backs=[CallBack("hq", "601", "203", SIX + 300, "done", 1, SIX + 900)],
    actions=[
        {"id": "1", "phase": "requested", "verb": "transfer"},
        {"id": "1", "phase": "sent", "verb": "transfer", "operator": "Mira", "target": {"label": "Eve Lund"}},
        {"id": "1", "phase": "unknown", "verb": "transfer", "operator": "Mira", "target": {"label": "Eve Lund"},
         "ending": "no answer"},
        {"id": "2", "phase": "sent", "verb": "hangup"},
        {"id": "2", "phase": "confirmed", "verb": "hangup"},
        {"id": "3", "phase": "refused", "verb": "park"},
    ],
)  # fmt: skip


def test_every_figure_of_a_queue_is_what_was_written_down() -> None:
    sales, support = report(SHIFT)["queues"]
    assert sales["offered"] == sales["answered"] + sales["lost"] + sales["pulled"] == 5 + 3 + 1
    assert sales["lost_percent"] == 33.3
    assert sales["asa"] == 30
    assert (sales["longest"], sales["longest_at"]) == (190, "2025-11-28T06:01:59Z")
    assert (sales["minutes_unstaffed"], sales["minutes_watched"]) == (2, 3)
    assert (support["offered"], support["lost_percent"], support["asa"]) == (0, None, None)


def test_a_red_lasts_from_red_to_its_end_and_says_who_knew() -> None:
    worse, open_ = report(SHIFT)["reds"]
    assert (worse["text"], worse["seconds"], worse["acked_by"]) == ("Sales 7 waiting", 300, "Mira")
    assert (open_["text"], open_["until"], open_["acked_by"]) == ("Sales 0/5 ready", None, None)


def test_whoever_gave_up_is_called_back_unless_there_is_no_number_or_it_was_done() -> None:
    assert [one["name"] for one in report(SHIFT)["to_call_back"]] == ["Caller 201"]


def test_what_nothing_proved_is_told_and_nothing_else() -> None:
    assert [(one["verb"], one["ending"]) for one in report(SHIFT)["unproven"]] == [("transfer", "no answer")]


def test_the_text_reads_like_this() -> None:
    assert as_text(SHIFT, UTC).splitlines() == [
        "HAND-OVER 06:00 – 07:00, watched 3 of 60 min",
        "",
        "queue            offered answered lost lost %    asa longest    at unstaffed",
        "Sales                  9        5    3    33%   0:30    3:10 06:01     2 min",
        "without a caller: Support",
        "",
        "WORST WAITS 8",
        "    2:10  06:01  Sales: Caller 201 +49 30 111201, lost",
        *(
            f"    0:{wait}  06:0{at}  Sales: Caller 10{at} +49 30 11110{at}, answered"
            for at, wait in ((5, 50), (4, 40), (3, 30))
        ),
        "    0:20  06:02  Sales: Caller 102 +49 30 111102, answered",
        "    0:20  06:03  Sales: Caller 202, lost",
        "    0:15  06:05  Sales: Caller 203 +49 30 111203, lost",
        "    0:10  06:01  Sales: Caller 101 +49 30 111101, answered",
        "",
        "RED 2",
        "  06:02 – 06:07    5:00  Sales 7 waiting, acked by Mira 06:02",
        "  06:10 – now     50:00  Sales 0/5 ready, acked by nobody",
        "",
        "LOST, STILL TO CALL BACK 1",
        "    2:10  06:01  Sales: Caller 201 +49 30 111201, lost",
        "",
        "ACTIONS WITHOUT PROOF 1",
        "  Mira: transfer Eve Lund: no answer",
        "",
        "NOTES 1",
        "  06:11 Mira: Sales: two trainees from noon on",
    ]


def test_queues_of_one_name_are_told_apart() -> None:
    shift = Material(SIX, SIX + HOUR, [minute(0, longest=9), replace(minute(1, longest=8), source="branch")])
    lines = as_text(shift, UTC).splitlines()
    assert [line.split("  ")[0] for line in lines[3:5]] == ["Sales hq", "Sales branch"]


def test_numbers_are_masked_where_the_site_wants_it() -> None:
    noted = Written(SIX + 800, "hq", "number 930111222", "+49 30 111222", "Mira", "asks for Bo")
    shift = replace(SHIFT, masked=True, notes=[*SHIFT.notes, noted])
    text = as_text(shift, UTC)
    assert "Caller 201 …201, lost" in text
    assert "+4930" not in (text + str(report(shift))).replace(" ", "")


def test_no_cell_of_the_csv_is_a_formula() -> None:
    names = ["=1+1", "+49", "-2", "@sum", "\t=1", " =cmd"]
    shift = Material(SIX, SIX + HOUR, [minute(0, name, f"q{at}") for at, name in enumerate(names)])
    rows = list(csv.DictReader(io.StringIO(as_csv(shift))))
    assert sorted(row["name"] for row in rows) == sorted(f"'{name}" for name in names)
    assert {row["offered"] for row in rows} == {"0"}


def test_a_history_of_nothing_says_so() -> None:
    assert as_text(Material(SIX, SIX + HOUR), UTC).splitlines() == [
        "HAND-OVER 06:00 – 07:00, watched 0 of 60 min",
        "",
        "Nothing was written down in this time.",
    ]
    assert as_csv(Material(SIX, SIX + HOUR)) == "source,id,name\n"
