"""Why a goal is missed, by goal and what was measured: to be true of the program as it is, and taken out when cured."""

from __future__ import annotations

from collections.abc import Mapping

_START = "beside Textual it loads pydantic with the models of the config, the board and a screen of its own"
_NETWORK = f"{_START}; then httpx, the clients and five sign-ins"

WHY: Mapping[tuple[str, str], str] = {
    ("S1", "live board, data at hand / hello"): _START,
    ("S1", "live board, data at hand / hello, CPU"): _START,
    ("S1", "live board, first poll of a loopback server / hello"): _NETWORK,
    ("S1", "live board, first poll of a loopback server / hello, CPU"): _NETWORK,
    ("S3", "key to paint while 500 rows tick and sort / hello, p50"): (
        "what a key changes is worked out and drawn as a frame of the whole console; hello draws one line"
    ),
    ("S3", "key to paint while 500 rows tick and sort / htop, p95"): (
        "a key waits for the step that the loop is in: a list that is taken in, or a second that is counted"
    ),
    (
        "S4",
        "CPU, 5,000 rows / 50",
    ): "each second all rows are read again and compared, and a hundred times as many change",
    ("S4", "key to paint, 5,000 rows / 50, p95"): "a key may come while 5,000 rows are taken in: one list is one step",
    ("S5", "CPU of 500 rows / DataTable"): (
        "reading, rules, alarms and the frame around the rows are in it; the table has none of them"
    ),
    (
        "S5",
        "CPU where nothing changes / hello",
    ): "a list is read and compared each second, and a clock goes; hello sleeps",
    ("S6", "memory, all sources, 5,000 rows / hello"): (
        "pydantic, httpx, the clients, their rows and the numbering plans are in the process beside Textual"
    ),
    ("S6", "memory after 10,000 refreshes / after 100"): "by less than the figure shows; drawn lines are kept by then",
    ("S7", "CPU of a poll of 50 rows / a bare reading"): (
        "the client checks, limits and counts each answer, and each row of a changed list is made and joined anew"
    ),
    ("S7", "CPU of a poll of 50 rows / a bare reading, nothing changed"): (
        "the client's own way around the request: allowance, limits, deadline, sign-in"
    ),
    (
        "S7",
        "longest step of the loop, 2,000 agents in 200 queues",
    ): "the start of the screen itself: stylesheet and widgets; then the first reading of the largest list, 30 ms",
    ("S10", "`--help` over an interpreter"): "argparse and the words of all commands",
}
