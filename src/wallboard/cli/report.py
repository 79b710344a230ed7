"""`wallboard report`: the hand-over: what a shift was, from the history and the action journal.

Exit 0: told; 1: the history cannot be read, or there is none; 2: a time or a queue that does not exist.
"""

from __future__ import annotations

import argparse
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from wallboard.cli.exits import Exit
from wallboard.cli.talk import data, json_data
from wallboard.domain.errors import ConfigError
from wallboard.domain.language import mark, tr

if TYPE_CHECKING:
    from wallboard.view.handover import Material

_TIMES = mark("write 06:00, 2026-11-28 or 2026-11-28T06:00")


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("report", help=tr("the hand-over: what the shift was"), description=__doc__)
    parser.add_argument("--since", metavar="T", default="00:00", help=tr("06:00, a date or both; left out: midnight"))
    parser.add_argument("--until", metavar="T", default="", help=tr("the same; left out: now"))
    parser.add_argument(
        "--queue", metavar="G", default="", help=tr("only queues of this name or id; * and ? stand for more")
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--text", action="store_true", help=tr("for people (default)"))
    form.add_argument("--csv", action="store_true", help=tr("the queues as CSV"))
    form.add_argument("--json", action="store_true", help=tr("everything as one JSON object"))


def run(arguments: argparse.Namespace) -> int:
    from wallboard.cli.opening import open_checked
    from wallboard.domain.numbers import warm
    from wallboard.view.handover import as_csv, as_text, report

    checked = open_checked(arguments)
    now = datetime.now().astimezone()
    until = instant(arguments.until, now) if arguments.until else now
    since = instant(arguments.since, until)
    if since >= until:
        raise ConfigError(tr("--since is not before --until"), hint=tr(_TIMES))
    material = _gathered(since.timestamp(), until.timestamp(), arguments.queue, "report" in checked.model.privacy.mask)
    if arguments.json:
        json_data(report(material))
    elif arguments.csv:
        data(as_csv(material).removesuffix("\n"))
    else:
        warm()
        data(as_text(material).removesuffix("\n"))
    return Exit.OK


def instant(text: str, before: datetime) -> datetime:
    """A time of the command line, aware. One without a date is the last of its kind up to `before`. ConfigError."""
    try:
        if ":" in text and "-" not in text:
            clock = time.fromisoformat(text.zfill(5))
            day = before.date()
            # Made of a date and a time and then given its zone: on a day when clocks change it is still that time.
            found = datetime.combine(day, clock).astimezone()
            return found if found <= before else datetime.combine(day - timedelta(days=1), clock).astimezone()
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(tr("{text!r} is no time", text=text), hint=tr(_TIMES)) from None
    return parsed.astimezone()


def _gathered(since: float, until: float, wanted: str, masked: bool) -> Material:
    from wallboard.config.paths import state_dir
    from wallboard.control.journal_reader import show
    from wallboard.domain.rules import QueueRule
    from wallboard.history.reading import History
    from wallboard.view.handover import Material

    folder = state_dir()
    rule = QueueRule(wanted or "*")
    with History(folder / "history.sqlite3") as history:
        minutes = [one for one in history.minutes(since, until) if rule.matches(one.name, one.row)]
        callers = [one for one in history.callers(since, until) if rule.matches(one.queue_name, one.queue)]
        if wanted and not minutes and not callers:
            names = sorted({one.name for one in history.minutes(since, until) if one.kind == "queue"})
            raise ConfigError(
                tr("nothing is known of a queue {wanted!r}", wanted=wanted),
                hint=tr("known are {names}", names=", ".join(names)) if names else tr("known are none"),
            )
        return Material(
            since,
            until,
            minutes,
            callers,
            history.alarms(since, until),
            history.notes(since, until),
            history.call_backs(),
            [record for record in show(folder / "audit.jsonl") if since <= _written_at(record) <= until],
            masked,
        )


def _written_at(record: dict[str, Any]) -> float:
    try:
        return datetime.fromisoformat(str(record.get("ts"))).timestamp()
    except ValueError:
        return 0.0
