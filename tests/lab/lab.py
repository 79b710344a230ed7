"""The lab from Python: a real Asterisk with agents and callers, started on free ports and ended by pid.

The unpacked programs are shared (``WALLBOARD_LAB_DIR``, else a folder in the temporary directory); what a run writes
lies in a folder of its own beside them, so two runs never meet.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECRET = "labsecret"
#: Asterisk's control socket lies below the folder, and a socket's path has at most 107 characters.
LONGEST = 60
_RTP_BLOCK = 16_500


_numbers = count()


class LabUnavailable(Exception):
    """The lab cannot run here; ``str()`` says why."""


def base_folder() -> Path:
    given = os.environ.get("WALLBOARD_LAB_DIR")
    folder = Path(given) if given else Path(tempfile.gettempdir()) / f"wallboard-lab-{os.getuid()}"
    if len(str(folder)) > LONGEST:
        raise LabUnavailable(f"WALLBOARD_LAB_DIR is longer than {LONGEST} characters: {folder}")
    return folder


def set_up(within: float = 300.0) -> Path:
    """Fetch and unpack Asterisk and SIPp once; at the same time only one process does."""
    folder = base_folder()
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise LabUnavailable("no apt here: the lab unpacks Debian's packages of Asterisk and SIPp")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            done = subprocess.run(
                [str(HERE / "setup.sh"), str(folder)], capture_output=True, text=True, timeout=within, check=False
            )
        except subprocess.TimeoutExpired:
            raise LabUnavailable(f"apt did not fetch Asterisk within {within:.0f} s") from None
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise LabUnavailable(f"Asterisk could not be unpacked: {last}")
    return folder


def _sweep(base: Path) -> None:
    """End and remove what a run left whose process was killed before it could clean up."""
    for folder in base.glob("run-*-*"):
        owner = folder.name.split("-")[1]
        if owner.isdigit() and not Path("/proc", owner).exists():
            subprocess.run([str(HERE / "stop.sh"), str(folder)], capture_output=True, timeout=30, check=False)
            shutil.rmtree(folder, ignore_errors=True)


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def free_phone_port() -> int:
    """A UDP port whose next one, and the two 1,000 above (SIPp's control), are free as well."""
    for _ in range(50):
        port = free_port(socket.SOCK_DGRAM)
        if port > 60_000:
            continue
        try:
            for other in (port + 1, port + 1000, port + 1001):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                    probe.bind(("127.0.0.1", other))
        except OSError:
            continue
        return port
    raise LabUnavailable("no free ports")


@dataclass(slots=True)
class Lab:
    """One running lab. ``settings`` are the variables at the top of start.sh."""

    settings: dict[str, str] = field(default_factory=dict)
    folder: Path = field(init=False)
    ami_port: int = field(init=False)
    tls_port: int = field(init=False)
    """Where AMI is also spoken over TLS, with the setting TLS_CERT."""
    sip_port: int = field(init=False)
    _callers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _own: dict[str, str] = field(default_factory=dict)

    def start(self) -> Lab:
        base = set_up()
        _sweep(base)
        number = next(_numbers)
        self.folder = base / f"run-{os.getpid()}-{number}"
        self.folder.mkdir(mode=0o700)
        (self.folder / "root").symlink_to(base / "root")
        self.ami_port, self.sip_port = free_port(), free_port(socket.SOCK_DGRAM)
        self.tls_port = free_port()
        self._own = {
            "AMI_PORT": str(self.ami_port),
            "TLS_PORT": str(self.tls_port),
            "HTTP_PORT": str(free_port()),
            "SIP_PORT": str(self.sip_port),
            "AGENT_PORT": str(free_phone_port()),
            "RTP_START": str(10_000 + 100 * ((os.getpid() + 30 * number) % 60)),
            "SECRET": SECRET,
            **self.settings,
        }
        done = self._script("start.sh", str(self.folder), within=60.0)
        if done.returncode != 0:
            reason = done.stderr.strip().splitlines()
            self.stop()
            raise LabUnavailable(f"Asterisk did not start: {reason[-1] if reason else 'no message'}")
        return self

    def _environment(self, more: dict[str, str] | None = None) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL", "TMPDIR"}}
        return {**kept, **self._own, **(more or {})}

    def _script(self, name: str, *arguments: str, within: float) -> subprocess.CompletedProcess[str]:
        # The started programs keep the script's output open, so it goes to files, not to pipes.
        with (self.folder / f"{name}.out").open("w+") as out, (self.folder / f"{name}.err").open("w+") as err:
            done = subprocess.run(
                [str(HERE / name), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                # Away from the terminal: a Ctrl-C there is for the console or the tests, which stop the lab in order.
                start_new_session=True,
                env=self._environment(),
                timeout=within,
                check=False,
            )
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())

    def calls(self, rate: float, seconds: int, **settings: str) -> None:
        """SIPp callers in the background, until ``seconds`` are over or the lab stops."""
        caller_port = free_phone_port()
        with (self.folder / f"calls-{caller_port}.out").open("wb") as out:
            self._callers.append(
                subprocess.Popen(
                    [str(HERE / "calls.sh"), str(self.folder), str(rate), str(seconds)],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                    env=self._environment({"CALLER_PORT": str(caller_port), **settings}),
                )
            )

    def restart(self, **settings: str) -> None:
        """End Asterisk and its telephones and start them again on the same ports; returns when it has booted."""
        self._script("stop.sh", str(self.folder), within=30.0)
        self._own.update(settings)
        done = self._script("start.sh", str(self.folder), within=90.0)
        if done.returncode != 0:
            raise LabUnavailable(f"Asterisk did not start again: {done.stderr.strip()}")

    def stop(self) -> None:
        """End what was started here, by pid, and remove what the run wrote."""
        self._script("stop.sh", str(self.folder), within=30.0)
        for caller in self._callers:
            try:
                caller.wait(timeout=10)
            except subprocess.TimeoutExpired:
                caller.kill()
                caller.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
