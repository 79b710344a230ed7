"""Our books against Asterisk's own: what became of each caller, call by call, beside its queue_log.

python -m tests.lab.books --minutes 10 --rate 0.5
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field

import anyio

from tests.lab.desk import Console, console, settings_for
from tests.lab.lab import SECRET, Lab
from wallboard.history.collector import EVERY, Collector
from wallboard.history.records import Caller, Record

SLACK = 2.0
"""Seconds between Asterisk's whole seconds and ours."""
AROUND = 3.0
"""Seconds around our beginning and our end within which the log may hold what we did not see."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One caller as queue_log has them; `wait` and `talk` in seconds, None while they are in the queue or talk."""

    id: str
    queue: str
    joined: float
    outcome: str = ""
    wait: float | None = None
    talk: float | None = None
    ended: float = 0.0


def parse(text: str) -> dict[tuple[str, str], Logged]:
    """By caller and queue. `outcome`: answered, lost, flowed, or "" for those who are still in the queue."""
    found: dict[tuple[str, str], Logged] = {}
    for line in text.splitlines():
        parts = line.split("|")
        if len(parts) < 5 or parts[4] == "QUEUESTART":
            continue
        at, caller, queue, event, data = float(parts[0]), parts[1], parts[2], parts[4], parts[5:]
        key = (caller, queue)
        before = found.get(key)
        if event == "ENTERQUEUE":
            found[key] = Logged(caller, queue, at)
        elif before is None:
            continue
        elif event == "CONNECT":
            found[key] = Logged(caller, queue, before.joined, "answered", float(data[0]), None, at)
        elif event in ("COMPLETEAGENT", "COMPLETECALLER"):
            found[key] = Logged(caller, queue, before.joined, "answered", float(data[0]), float(data[1]), before.ended)
        elif event == "ABANDON":
            found[key] = Logged(caller, queue, before.joined, "lost", float(data[2]), None, at)
        elif event.startswith("EXIT"):
            found[key] = Logged(caller, queue, before.joined, "flowed", None, None, at)
    return found


@dataclass
class Compared:
    """`wrong`: a sentence for each caller of whom the two say different things."""

    same: int = 0
    wrong: list[str] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)


def compare(log: str, records: list[Caller], began: float, ended: float) -> Compared:
    """Every caller who came and went while we looked."""
    ours = {(record.id, record.queue): record for record in records}
    result = Compared()
    for key, logged in parse(log).items():
        if logged.joined < began + AROUND or not logged.outcome or logged.ended > ended - AROUND:
            continue
        record = ours.get(key)
        if record is None:
            result.wrong.append(f"{logged} is not in our books")
            continue
        known = record.wait_low is not None and record.wait_high is not None and logged.wait is not None
        if record.outcome != logged.outcome:
            result.wrong.append(f"{logged}: ours {record.outcome}")
        elif known and not (record.wait_low or 0) - SLACK <= (logged.wait or 0) <= (record.wait_high or 0) + SLACK:
            result.wrong.append(f"{logged}: ours waited {record.wait_low} to {record.wait_high}")
        elif logged.talk is not None and (record.talk is None or abs(record.talk - logged.talk) > SLACK):
            result.wrong.append(f"{logged}: ours talked {record.talk}")
        else:
            result.same += 1
            result.outcomes[logged.outcome] = result.outcomes.get(logged.outcome, 0) + 1
    return result


async def keep_books(lab: Lab, desk: Console, seconds: float) -> Compared:
    """Look for so long, then compare."""
    assert desk.desk.board is not None
    board, written = desk.desk.board, []

    def add(record: Record) -> None:
        if isinstance(record, Caller):
            written.append(record)

    collector = Collector(board, add)
    began = board.now()
    while board.now() - began < seconds:
        board.tick()
        if (board.now() - began) % EVERY < 1.0:
            collector.look()
        await desk.desk.clock.sleep(1.0)
    # Those who left last are decided once the calls were read again.
    ended = board.now()
    for _ in range(5):
        await desk.desk.clock.sleep(1.0)
        board.tick()
    collector.close()
    log = (lab.folder / "log" / "queue_log").read_text(encoding="utf-8", errors="replace")
    return compare(log, written, began, ended)


async def _main(minutes: float, rate: float) -> int:
    lab = Lab({"ANSWER_S": "2", "TALK_S": "12"}).start()
    try:
        lab.calls(rate, int(minutes * 60), PATIENCE_S="30")
        async with console(settings_for(lab.ami_port, "supervisor", SECRET, phone="PJSIP/sup1")) as desk:
            result = await keep_books(lab, desk, minutes * 60)
    finally:
        lab.stop()
    print(f"{result.same} callers alike ({result.outcomes}), {len(result.wrong)} not")
    print("\n".join(result.wrong))
    return 1 if result.wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=0.5, help="calls a second")
    given = parser.parse_args()
    raise SystemExit(anyio.run(_main, given.minutes, given.rate))
