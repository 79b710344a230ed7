"""``make lab``: a real Asterisk with agents and callers on loopback, and the console on it.

python tests/lab/run.py                     the console; everything ends with it
python tests/lab/run.py --rate 2            two calls a second
python tests/lab/run.py snapshot --json     another command of wallboard on the lab
python tests/lab/run.py --keep              no console: print where the lab is, until Ctrl-C
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.lab.lab import SECRET, Lab, LabUnavailable  # noqa: E402  (the checkout's root comes first)

SECRET_NAME = "WALLBOARD_LAB_SECRET"
CONFIG = """\
# Written by tests/lab/run.py for one run.
[operator]
name = "Lab"
phone = "PJSIP/sup1"

[[source]]
name = "lab"
vendor = "asterisk"
url = "tcp://127.0.0.1:{port}"
auth = {{ kind = "ami", username = "supervisor", secret = {{ env = "{secret_name}" }} }}
transfer_context = "targets"
wrap_up = 4

[[queue]]
match = "*"
warn = {{ waiting = 3, longest = 30 }}
alarm = {{ waiting = 6, longest = 90 }}

[[favourite]]
name = "Music"
number = "3000"
source = "lab"

[[favourite]]
name = "Support queue"
number = "5001"
source = "lab"
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=0.5, help="calls a second (0: none)")
    parser.add_argument("--keep", action="store_true", help="no console: print where the lab is, until Ctrl-C")
    options, rest = parser.parse_known_args()
    lab = Lab({"ANSWER_S": "3", "TALK_S": "30", "HOLD_CHANCE": "0.02"})
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    print("starting Asterisk and its telephones ...", file=sys.stderr)
    try:
        lab.start()
    except LabUnavailable as error:
        print(f"the lab cannot run here: {error}", file=sys.stderr)
        return 1
    try:
        return _use(lab, options.rate, options.keep, rest)
    except KeyboardInterrupt:
        return 130
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        lab.stop()


def _use(lab: Lab, rate: float, keep: bool, rest: list[str]) -> int:
    config = lab.folder / "wallboard.toml"
    config.write_text(CONFIG.format(port=lab.ami_port, secret_name=SECRET_NAME))
    if rate > 0:
        lab.calls(rate, 86_400, PATIENCE_S="45")
    if keep:
        print(f"AMI tcp://127.0.0.1:{lab.ami_port} (admin, supervisor, watcher, nobody; secret {SECRET})")
        print(f"{SECRET_NAME}={SECRET} wallboard --config {config}")
        signal.pause()
        return 0
    environment = {**os.environ, SECRET_NAME: SECRET}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT / "src"), environment.get("PYTHONPATH", "")]))
    command = [sys.executable, "-m", "wallboard", "--config", str(config), *rest]
    return subprocess.call(command, env=environment)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
