"""Five minutes on the real Asterisk at half a call a second: at 30 random moments `wallboard snapshot --json` and the
console in a real terminal are compared with AMI's own QueueStatus and CoreShowChannels.

    python -m tests.lab.equality [seconds] [moments]

Takes too long for the test suite, which does the same under a heavier load for 40 s. A moment in which Asterisk itself
changed while both were read proves nothing and is tried again. Exit 1 if any moment differs.
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

import anyio

from tests.e2e.term import Terminal
from tests.lab.lab import SECRET, Lab
from tests.lab.run import CONFIG, ROOT, SECRET_NAME
from tests.lab.test_reading import Truth, compare_snapshot, truth
from wallboard.vendors.asterisk.ami import open_ami
from wallboard.vendors.asterisk.streams import tcp

WAITING = re.compile(r"\bwait (\d+)")


def shown(terminal: Terminal) -> int | None:
    """The header's number of waiting callers."""
    found = WAITING.search(terminal.screen()[0])
    return int(found.group(1)) if found else None


def settled(terminal: Terminal, real: Truth) -> bool:
    """Whether the screen shows as many waiting callers as Asterisk lists, within a second and a half."""
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        if shown(terminal) == sum(real.waiting.values()):
            return True
        terminal.pump(0.1)
    return False


async def compare_all(port: int, seconds: float, moments: int, config: Path) -> int:
    command = [sys.executable, "-m", "wallboard", "--config", str(config)]
    environment = {**os.environ, SECRET_NAME: SECRET, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    equal = differing = unsettled = 0
    terminal = Terminal([*command, "run"], 160, 50, environment)
    try:
        terminal.wait_for("Queues 3", timeout=30)
        async with open_ami(tcp("127.0.0.1", port), "admin", SECRET, on_event=lambda event: None) as ami:
            began = time.monotonic()
            while equal + differing < moments and time.monotonic() - began < seconds * 2:
                await anyio.sleep(random.uniform(0.2, 2 * seconds / moments - 1.5))
                before = await truth(ami)
                done = await anyio.run_process([*command, "snapshot", "--json"], env=environment, check=False)
                same_screen = settled(terminal, before)
                after = await truth(ami)
                if before.shape() != after.shape():
                    unsettled += 1
                    continue
                waiting = sum(after.waiting.values())
                at = f"{time.monotonic() - began:5.0f} s  {len(after.calls)} calls, {waiting} waiting"
                try:
                    compare_snapshot(json.loads(done.stdout), after)
                    assert same_screen, f"the screen shows {shown(terminal)} waiting"
                    equal += 1
                    print(f"{at}: equal")
                except AssertionError as error:
                    differing += 1
                    print(f"{at}: DIFFERS {error}")
    finally:
        terminal.hangup()
    print(f"{equal} of {equal + differing} moments equal; {unsettled} in which Asterisk changed meanwhile")
    return 1 if differing or equal < moments else 0


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
