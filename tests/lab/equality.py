"""Five minutes on the real Asterisk at half a call a second: at 30 random moments `wallboard snapshot --json` and the
console in a real terminal are compared with AMI's own QueueStatus and CoreShowChannels.

    python -m tests.lab.equality [seconds] [moments]

Takes too long for the test suite, which does the same under a heavier load for 40 s. AMI is read before and after the
command: what both readings agree on must be in the snapshot, and nothing that neither knows. Exit 1 if any moment
differs.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import anyio

from tests.lab.lab import SECRET, Lab
from tests.lab.run import CONFIG, ROOT, SECRET_NAME
from tests.lab.test_reading import Truth, expected_states, truth
from tests.terminal.term import Terminal
from wallboard.vendors.asterisk.ami import open_ami
from wallboard.vendors.asterisk.streams import tcp

WAITING = re.compile(r"\bwait (\d+)")


def differences(taken: dict[str, Any], before: Truth, after: Truth) -> list[str]:
    """What the snapshot says that Asterisk said neither before nor after, or leaves out although it said it twice."""
    out: list[str] = []
    queued = {row["id"]: row for row in taken["members"] if row["state"] in ("waiting", "ringing")}
    steady = {uid: entry for uid, entry in before.entries.items() if after.entries.get(uid, ("",))[0] == entry[0]}
    out += [f"caller {uid} is missing" for uid in steady.keys() - queued.keys()]
    out += [f"caller {uid} is invented" for uid in queued.keys() - before.entries.keys() - after.entries.keys()]
    for uid in steady.keys() & queued.keys():
        row = queued[uid]
        low, high = before.entries[uid][2] - 2, after.entries[uid][2] + 2
        if row["queue"] != steady[uid][0] or not low <= row["wait"] <= high:
            out.append(
                f"caller {uid} waits {row['wait']} in {row['queue']}, not {low + 2}–{high - 2} in {steady[uid][0]}"
            )
    agents = {row["id"]: row["state"] for row in taken["agents"]}
    if agents.keys() != before.agents.keys():
        out.append(f"agents {sorted(agents)}")
    for interface, seen in before.agents.items():
        allowed = {state.value for state in expected_states(*seen)}
        if after.agents.get(interface) == seen and agents.get(interface) not in allowed:
            out.append(f"{interface} is {agents.get(interface)}, not {allowed}")
    calls = {row["id"] for row in taken["calls"]}
    out += [f"call {uid} is missing" for uid in (before.calls & after.calls) - calls]
    out += [f"call {uid} is invented" for uid in calls - before.calls - after.calls]
    talking = {row["id"] for row in taken["calls"] if row["state"] in ("talking", "held")}
    out += [f"call {uid} is not shown as answered" for uid in (before.talking & after.talking) - talking]
    return out


def shown(terminal: Terminal) -> int | None:
    """The header's number of waiting callers."""
    found = WAITING.search(terminal.screen()[0])
    return int(found.group(1)) if found else None


def settled(terminal: Terminal, real: Truth) -> bool:
    """Whether the screen comes to show as many waiting callers as Asterisk listed, within a second and a half."""
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        if shown(terminal) == sum(real.waiting.values()):
            return True
        terminal.pump(0.1)
    return False


async def compare_all(port: int, seconds: float, moments: int, config: Path) -> int:
    command = [sys.executable, "-m", "wallboard", "--config", str(config)]
    environment = {**os.environ, SECRET_NAME: SECRET, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    wrong = 0
    terminal = Terminal([*command, "run"], 160, 50, environment)
    try:
        terminal.wait_for("Queues 3", timeout=30)
        async with open_ami(tcp("127.0.0.1", port), "admin", SECRET, on_event=lambda event: None) as ami:
            began = time.monotonic()
            due = sorted(random.uniform(5, seconds) for _ in range(moments))
            for moment in due:
                await anyio.sleep(max(0.0, began + moment - time.monotonic()))
                same_screen = settled(terminal, await truth(ami))
                before = await truth(ami)
                done = await anyio.run_process([*command, "snapshot", "--json"], env=environment, check=False)
                after = await truth(ami)
                found = differences(json.loads(done.stdout), before, after)
                if not same_screen:
                    found.append(f"the screen shows {shown(terminal)} waiting")
                wrong += bool(found)
                waiting = sum(after.waiting.values())
                at = f"{time.monotonic() - began:5.0f} s  {len(after.calls)} calls, {waiting} waiting"
                print(f"{at}: {'; '.join(found) or 'equal'}")
    finally:
        terminal.hangup()
    print(f"{moments - wrong} of {moments} moments equal")
    return 1 if wrong else 0


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 300.0
    moments = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    lab = Lab({}).start()
    try:
        lab.calls(0.5, int(seconds * 2), PATIENCE_S="20")
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder) / "wallboard.toml"
            config.write_text(CONFIG.format(port=lab.ami_port, secret_name=SECRET_NAME))
            config.chmod(0o600)
            return anyio.run(compare_all, lab.ami_port, seconds, moments, config)
    finally:
        lab.stop()


if __name__ == "__main__":
    sys.exit(main())
