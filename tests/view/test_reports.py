"""Reports in the details panel: aligned, cut to the screen, and honest about what is not there."""

from __future__ import annotations

import pytest

from wallboard.domain.text import clean
from wallboard.vendors.base import Sheet
from wallboard.view.lines import line_width
from wallboard.view.reports import Reading, report_lines

NOW = 1_770_000_000.0


def sheet(*rows: tuple[str, ...], note: str = "") -> Sheet:
    columns = tuple(clean(name) for name in ("time", "length", "flow", "result"))
    return Sheet(columns, tuple(tuple(clean(cell) for cell in row) for row in rows), clean(note))


def shown(readings: list[Reading], width: int = 80) -> list[str]:
    lines = report_lines(readings, NOW, width)
    assert {line_width(line) for line in lines} <= {width}
    return ["".join(cell.text for cell in line).rstrip() for line in lines]


def test_a_report_is_a_table_under_its_title() -> None:
    found = sheet(("13:58", "1:20", "in", "answered"), ("12:02", "10:04", "out", "no answer"), note="of today")
    lines = shown([Reading("rec", "recordings", stage="read", sheet=found, at=NOW - 4)])
    assert lines == [
        " recordings 2 · read 4s ago",
        "          time   length  flow  result",
        "          13:58  1:20    in    answered",
        "          12:02  10:04   out   no answer",
        "          of today",
    ]


def test_only_eight_rows_are_shown_and_the_rest_counted() -> None:
    found = sheet(*((str(n), "", "", "") for n in range(30)))
    lines = shown([Reading("rec", "recordings", stage="read", sheet=found, at=NOW)])
    assert lines[-1].strip() == "and 22 more"
    assert len(lines) == 1 + 1 + 8 + 1


def test_nothing_found_a_failure_and_a_refusal_read_differently() -> None:
    lines = shown(
        [
            Reading("a", "recordings", stage="read", sheet=sheet(), at=NOW),
            Reading("b", "voicemail", stage="failed", text="server error 502"),
            Reading("c", "call log", stage="kept", text="not read: 12 requests left, which hq keeps for actions"),
            Reading("d", "records"),
        ]
    )
    assert lines[0] == " recordings none · read 0.0s ago"
    assert lines[1:3] == [" voicemail not read", "          server error 502"]
    assert "hq keeps for actions" in lines[4]
    assert lines[5] == " records reading…"


@pytest.mark.parametrize("width", [40, 61, 160])
def test_a_wide_table_gives_way_without_breaking_the_line(width: int) -> None:
    found = sheet(
        ("2026-03-02 13:58:00", "x" * 90, "山田太郎・コールセンター", "answered by the night desk"), ("1", "2")
    )
    shown([Reading("rec", "recordings", stage="read", sheet=found, at=NOW)], width)
