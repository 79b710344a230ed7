"""What the board says while a real Asterisk restarts, refuses a second log-in, or grants an account less.

``python -m tests.lab.signin`` writes docs/asterisk-signin.md from one run; ``test_signin.py`` judges the same scenes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from tests.lab.desk import Console, Desk, settings_for
from tests.lab.lab import SECRET, Lab
from tests.lab.phone import Phone
from wallboard.board.board import Board
from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource
from wallboard.domain.models import Member, Queue
from wallboard.vendors.asterisk.adapter import AsteriskAdapter
from wallboard.vendors.asterisk.ami import open_ami
from wallboard.vendors.asterisk.event_audit import GRACE
from wallboard.vendors.asterisk.health import REREAD_CLOSELY
from wallboard.vendors.asterisk.streams import tcp
from wallboard.vendors.base import Services

PAGE = Path(__file__).resolve().parents[2] / "docs" / "asterisk-signin.md"
ACCOUNTS = ("supervisor", "watcher", "filtered", "filteredout", "callagent", "agentonly", "nobody")
_AGE = re.compile(r"(?<=(late|tale|gone|y in) )\d+ s\b")
SHOWN = (Resource.QUEUES, Resource.AGENTS, Resource.CALLS, Resource.PARKED)


@dataclass(frozen=True)
class Second:
    """What the board said at one moment."""

    at: float
    state: str
    detail: str
    panes: dict[Resource, str]
    waiting: int | None
    """Callers in all queues; None where no queue is shown."""


@dataclass
class Watch:
    """A board that is read once a second."""

    console: Console
    seconds: list[Second] = field(default_factory=list)
    begun: float = 0.0

    @property
    def desk(self) -> Desk:
        return self.console.desk

    def look(self) -> Second:
        board = self.desk.board
        assert board is not None
        (view,) = board.source_views()
        panes = {}
        for resource in SHOWN:
            part = board.resource_view(view.info.name, resource)
            panes[resource] = part.state.value if part is not None else "never"
        queues = [row for row in board.rows(Resource.QUEUES) if isinstance(row, Queue)]
        waiting = sum((row.waiting or 0) + (row.ringing or 0) for row in queues) if queues else None
        return Second(self.desk.now() - self.begun, view.state.value, view.detail, panes, waiting)

    async def record(self, until: Callable[[Second], bool], most: float) -> Second:
        """A look each second until one is as wanted, and that one."""
        with anyio.fail_after(most):
            while True:
                now = self.look()
                self.seconds.append(now)
                if until(now):
                    return now
                await anyio.sleep(1.0)


@asynccontextmanager
async def watching(lab: Lab, account: str) -> AsyncIterator[Watch]:
    desk = Desk()
    desk.board = Board(desk.clock)
    adapter = AsteriskAdapter(settings_for(lab.ami_port, account, SECRET, phone="PJSIP/sup1"), Services(desk.clock))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(adapter.run, desk)
        await desk.until(lambda: desk.infos, "the first word")
        yield Watch(Console(desk, adapter), begun=desk.now())
        tasks.cancel_scope.cancel()


# ---- the scenes ---------------------------------------------------------------------------------------------------


async def restarted(lab: Lab, load_s: int) -> list[Second]:
    """The lab restarts under a live board; app_queue takes ``load_s`` seconds to load."""
    async with watching(lab, "supervisor") as watch:
        await watch.desk.until(lambda: len(watch.desk.rows(Resource.QUEUES)) > 0, "live")
        watch.begun = watch.desk.now()
        done = anyio.Event()

        async def restart() -> None:
            await anyio.to_thread.run_sync(partial(lab.restart, LOAD_S=str(load_s)))
            done.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(restart)
            down = False

            def back(now: Second) -> bool:
                nonlocal down
                down = down or now.state != "live"
                return down and done.is_set() and now.state == "live"

            await watch.record(back, load_s + 60.0)
        return watch.seconds


async def second_login(lab: Lab) -> list[Second]:
    """Somebody else has the account's only session, and leaves after some seconds."""
    leave, there = anyio.Event(), anyio.Event()

    async def other() -> None:
        async with open_ami(tcp("127.0.0.1", lab.ami_port), "supervisor", SECRET, on_event=lambda event: None):
            there.set()
            await leave.wait()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(other)
        await there.wait()
        async with watching(lab, "supervisor") as watch:
            await watch.record(lambda now: "Already In Use" in now.detail, 20.0)
            leave.set()
            await watch.record(lambda now: now.state == "live", 30.0)
            tasks.cancel_scope.cancel()
    return watch.seconds


@dataclass(frozen=True)
class Account:
    """What the board says to one account, and after how many seconds it shows that a caller has come and gone."""

    name: str
    detail: str
    panes: dict[Resource, str]
    causes: dict[Resource, str]
    pushed: dict[Resource, bool]
    seen_after: float
    gone_after: float
    may: tuple[str, ...]
    events: str
    """What ``check`` says of the events."""


async def accounts(lab: Lab, names: Sequence[str], caller: Phone, queue: str, *, check: bool = False) -> list[Account]:
    """A caller comes to the queue, stays for some readings and goes, while all these accounts watch."""
    found: list[Account] = []
    asked: dict[str, str] = {}

    async def checked(name: str, watch: Watch) -> None:
        lines = await watch.console.adapter.check()
        asked[name] = "".join(line.text for line in lines if line.name == "events")

    async with AsyncExitStack() as stack:
        watches = {name: await stack.enter_async_context(watching(lab, name)) for name in names}
        for watch in watches.values():
            await watch.desk.until(partial(watch.desk.rows, Resource.QUEUES), "the queues")

        def waits(watch: Watch) -> bool:
            rows = watch.desk.rows(Resource.MEMBERS)
            return any(isinstance(row, Member) and row.queue_id == queue for row in rows)

        async def after(wanted: bool) -> dict[str, float]:
            begun, times = watches[names[0]].desk.now(), {}

            async def one(name: str, watch: Watch) -> None:
                await watch.desk.until(lambda: waits(watch) is wanted, f"{name}: waiting is {wanted}", 25.0)
                times[name] = watch.desk.now() - begun

            async with anyio.create_task_group() as tasks:
                for name, watch in watches.items():
                    tasks.start_soon(one, name, watch)
            return times

        async with anyio.create_task_group() as tasks:
            if check:
                for name, watch in watches.items():
                    tasks.start_soon(checked, name, watch)
                await anyio.sleep(1.0)
            leg = caller.call(queue, name="Ann", number="+15550002222")
            seen = await after(True)
            await anyio.sleep(REREAD_CLOSELY + 1.5)
            leg.hang_up()
            gone = await after(False)
        # What is missing shows two seconds after the list that misses it.
        await anyio.sleep(REREAD_CLOSELY + GRACE + 2.5)
        for name, watch in watches.items():
            statuses, now = watch.desk.statuses, watch.look()
            found.append(
                Account(
                    name,
                    now.detail,
                    now.panes,
                    {resource: statuses[resource].cause for resource in SHOWN},
                    {resource: statuses[resource].push for resource in SHOWN},
                    seen[name],
                    gone[name],
                    tuple(verb.value for verb in Verb if watch.console.adapter.can(verb, None)),
                    asked.get(name, ""),
                )
            )
    return found


async def torn_name(lab: Lab, caller: Phone) -> list[str]:
    """The names of the callers in q403 when one comes whose name holds an empty line, as lists and events tell it."""
    async with watching(lab, "supervisor") as watch:
        desk = watch.desk
        await desk.until(lambda: len(desk.rows(Resource.QUEUES)) > 0, "the queues")

        def names() -> list[str]:
            rows = desk.rows(Resource.MEMBERS)
            return [row.name for row in rows if isinstance(row, Member) and row.queue_id == "q403"]

        leg = caller.call("lookuptest", number="+15550003333")
        try:
            await desk.until(names, "the caller waits")
            read = desk.snapshots[Resource.MEMBERS]
            # Twice from the list alone.
            for _ in range(2):
                await desk.until(lambda: desk.snapshots[Resource.MEMBERS] > read, "the list is read")  # noqa: B023
                read = desk.snapshots[Resource.MEMBERS]
            return names()
        finally:
            leg.hang_up()


# ---- the page -----------------------------------------------------------------------------------------------------


def timeline(seconds: list[Second]) -> list[str]:
    """One row a second; a run of seconds that say the same is one row."""
    lines = ["| second | source | it says | queues | calls | callers shown |", "|---|---|---|---|---|---|"]
    runs: list[tuple[int, int, str]] = []
    for second in seconds:
        queues, calls = second.panes[Resource.QUEUES], second.panes[Resource.CALLS]
        shown = "–" if second.waiting is None else str(second.waiting)
        detail = _AGE.sub("… s", second.detail)
        said = f"{second.state} | {detail} | {queues} | {calls} | {shown}"
        at = round(second.at)
        if runs and runs[-1][2] == said:
            runs[-1] = (runs[-1][0], at, said)
        else:
            runs.append((at, at, said))
    for first, last, said in runs:
        lines.append(f"| {first}{f'–{last}' if last > first else ''} | {said} |")
    return lines


def accounts_table(found: list[Account]) -> list[str]:
    lines = [
        "| account | the source says | queues, agents | calls | parked | caller seen, gone after | verbs | `check` |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in found:

        def pane(resource: Resource, one: Account = one) -> str:
            cause = one.causes[resource]
            how = "" if cause else ", by events" if one.pushed[resource] else ", by lists"
            return one.panes[resource] + (f": {cause}" if cause else how)

        verbs = ", ".join(one.may) or "none"
        times = f"{one.seen_after:.1f} s, {one.gone_after:.1f} s"
        cells = (one.name, one.detail, pane(Resource.QUEUES), pane(Resource.CALLS), pane(Resource.PARKED), times)
        lines.append("| " + " | ".join((*cells, verbs, one.events)) + " |")
    return lines


async def section() -> list[str]:
    """The whole section, from one run."""
    caller = Phone("caller", 0)
    lab = Lab({"TOPOLOGIES": "1", "BENCH": "1", "MULTIPLE": "no"}).start()
    try:
        caller.connect(lab.sip_port)
        once = await second_login(lab)
        await anyio.to_thread.run_sync(partial(lab.restart, MULTIPLE="yes"))
        found = await accounts(lab, ACCOUNTS, caller, "bench", check=True)
        names = await torn_name(lab, caller)
        restart = await restarted(lab, 12)
    finally:
        caller.close()
        lab.stop()
    return [
        "## Signing in, restarts and smaller accounts",
        "",
        "### Asterisk restarts, and app_queue takes twelve seconds to load",
        "",
        "AMI takes the log-in as soon as it is up; QueueStatus is unknown until its module is loaded.",
        "",
        *timeline(restart),
        "",
        "### A second log-in, where an account may be signed in once (`allowmultiplelogin = no`)",
        "",
        "The first session ends when the refusal has been shown.",
        "",
        *timeline(once),
        "",
        "### Accounts that are granted less",
        "",
        "A caller comes to a queue, waits for some seconds and goes. The accounts are those of",
        "tests/lab/etc/manager.conf.in: `filtered` hears seven events, `filteredout` all but some, `callagent` and",
        "`agentonly` have no write class, `nobody` has no class at all.",
        "",
        *accounts_table(found),
        "",
        "### A caller's name that holds an empty line",
        "",
        "QueueEntry does not escape it. Read twice from the list, the caller is shown as",
        f"{', '.join(f'`{name}`' for name in names)}.",
    ]


def main() -> int:
    PAGE.write_text("\n".join(anyio.run(section)) + "\n", encoding="utf-8")
    print(f"written: {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
