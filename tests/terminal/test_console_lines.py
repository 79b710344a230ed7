"""The whole program where its terminal is no window on the desk: in tmux, and over ssh on lines that stop or drop."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.terminal.stage import (
    PATIENCE,
    Site,
    clock,
    divided,
    has,
    live,
    open_board,
    press,
    wallboard,
)
from tests.terminal.term import ROOT, Terminal
from wallboard.sim import demo_environment

pytestmark = pytest.mark.pty

SSHD = "/usr/sbin/sshd"


def alive(process: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def ended_after(process: int, began: float, limit: float) -> float:
    """Seconds since `began` at which the process was found gone; AssertionError after `limit`."""
    waiting = socket.socketpair()
    try:
        while alive(process):
            took = time.monotonic() - began
            assert took < limit, f"still running {took:.1f} s after its terminal went"
            waiting[0].settimeout(0.02)
            with pytest.raises(TimeoutError):
                waiting[0].recv(1)
    finally:
        for end in waiting:
            end.close()
    return time.monotonic() - began


def rested(terminal: Terminal) -> None:
    """Wait until keys that rest, because the keyboard has just come back, act again: a second, by the clock shown."""
    for _ in range(2):
        terminal.wait(partial(later_than, clock(terminal.screen())), PATIENCE)


def later_than(seen: str, screen: list[str]) -> bool:
    return clock(screen) not in ("", seen)


def memory(process: int) -> float:
    """Resident MiB."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def script(folder: Path, site: Site | None) -> tuple[Path, Path]:
    """A shell script that becomes the console and leaves its process id, and where it leaves that."""
    number, path = folder / "console.pid", folder / "console.sh"
    arguments = ["--config", str(site.config)] if site is not None else ["demo"]
    kept = {name: value for name, value in os.environ.items() if name.startswith(("XDG_", "HOME", "LANG"))}
    values = {**kept, **demo_environment(), "PYTHONPATH": str(ROOT / "src")}
    lines = [f"export {name}='{value}'" for name, value in values.items()]
    command = " ".join(f"'{word}'" for word in wallboard(*arguments))
    path.write_text("\n".join([*lines, f"echo $$ > {number}", f"exec {command}"]) + "\n")
    return path, number


# tmux


@contextmanager
def tmux(folder: Path) -> Iterator[list[str]]:
    """The command line of a tmux of its own, ended at the end."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed: detaching and reattaching was NOT tested")
    command = ["tmux", "-S", str(folder / "tmux"), "-f", "/dev/null"]
    try:
        yield command
    finally:
        subprocess.run([*command, "kill-server"], capture_output=True, timeout=PATIENCE)


def test_in_tmux_it_survives_its_clients_and_not_its_window(tmp_path: Path) -> None:
    start, number = script(tmp_path, None)
    with tmux(tmp_path) as command:
        session = [*command, "new-session", "-x", "160", "-y", "51", f"sh {start}"]
        with Terminal(session, 160, 51) as first:
            open_board(first)
            first.wait(lambda screen: divided(screen, 160), PATIENCE)
            assert b"38;5;" in first.raw
            assert b"38;2;" not in first.raw
            process = int(number.read_text())
            first.send(b"\x02d")
            assert first.wait_exit(PATIENCE) == 0
        assert alive(process)
        with Terminal([*command, "attach"], 120, 37) as second:
            second.wait(lambda screen: live(screen) and divided(screen, 120), PATIENCE)
            second.wait(partial(later_than, clock(second.screen())), PATIENCE)
            second.signal(signal.SIGKILL)
            second.wait_exit(PATIENCE)
        assert alive(process)
        with Terminal([*command, "attach"], 160, 51) as third:
            third.wait(lambda screen: live(screen) and divided(screen, 160), PATIENCE)
            rested(third)
            press(third, b"?", "ALL KEYS")
            press(third, b"\x1b", "─2 Members")
            began = time.monotonic()
            subprocess.run([*command, "kill-server"], check=True, capture_output=True, timeout=PATIENCE)
            ended_after(process, began, 2.3)


# ssh


@contextmanager
def sshd(folder: Path) -> Iterator[list[str]]:
    """An ssh server of its own on this machine, and the command line that signs in there without a question."""
    if not Path(SSHD).exists() or shutil.which("ssh") is None or shutil.which("ssh-keygen") is None:
        pytest.skip("openssh-server and openssh-client are not installed: the console over ssh was NOT tested")
    separation = Path("/run/sshd")
    made = os.getuid() == 0 and not separation.exists()
    if made:
        separation.mkdir(mode=0o755)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "sshd_config"
    config.write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder / 'host'}\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {folder / 'user.pub'}\nStrictModes no\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nPrintMotd no\nPrintLastLog no\n"
    )
    with (folder / "sshd.log").open("w") as log:
        server = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=log)
    try:
        wait_listening(server, port, folder / "sshd.log")
        options = ["StrictHostKeyChecking=no", f"UserKnownHostsFile={folder / 'known'}", "IdentitiesOnly=yes"]
        words = [word for option in [*options, "LogLevel=ERROR"] for word in ("-o", option)]
        where = f"{getpass.getuser()}@127.0.0.1"
        yield ["ssh", "-F", "none", "-tt", "-p", str(port), "-i", str(folder / "user"), *words, where]
    finally:
        server.terminate()
        server.wait(PATIENCE)
        if made:
            separation.rmdir()


def wait_listening(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        assert server.poll() is None, f"sshd did not start: {log.read_text()}"
        assert time.monotonic() < end, "sshd does not listen"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            continue
        return


def test_over_ssh_a_stopped_line_acts_on_nothing_and_a_dropped_one_ends_it(tmp_path: Path) -> None:
    with Site(tmp_path, speed=1.0) as site, sshd(tmp_path) as ssh:
        start, number = script(tmp_path, site)
        with Terminal([*ssh, f"sh {start}"], 160, 50) as terminal:
            open_board(terminal)
            process = int(number.read_text())
            environment = Path(f"/proc/{process}/environ").read_bytes()
            assert b"SSH_CONNECTION=" in environment
            # Ctrl-S, keys typed blindly, and nothing is read for a while: that while is what is tested.
            before = memory(process)
            os.write(terminal.master, b"\x13")
            for _ in range(2):
                with pytest.raises(subprocess.TimeoutExpired):
                    terminal.process.wait(3.0)
                os.write(terminal.master, b"\x1b[A")
            assert memory(process) - before < 20
            os.write(terminal.master, b"\x11")
            # What was drawn meanwhile comes first. A key that came with those of the stopped line would be a paste.
            now = time.strftime("%H:%M:%S")
            terminal.wait(lambda screen: (clock(screen) > now or now > "23:59") and live(screen), PATIENCE)
            terminal.wait(lambda screen: divided(screen, 160), PATIENCE)
            assert site.actions() == []
            assert not has(terminal.screen(), "Quit?")
            terminal.pass_time(0.2)  # a key right behind another is a machine's
            press(terminal, b"?", "ALL KEYS")
            press(terminal, b"\x1b", "─2 Members")

            children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True)
            assert children.stdout.strip() == "", "the console has no children that could be left behind"
            began = time.monotonic()
            terminal.signal(signal.SIGKILL)
            ended_after(process, began, 2.3)
        assert site.actions() == []

        number.unlink()
        with Terminal([*ssh, f"sh {start}"], 120, 36) as again:
            open_board(again, 120)
            quit_console_over(again)


def quit_console_over(terminal: Terminal) -> None:
    """Leaving by key, over ssh: the exit code comes through, and the screen is given back."""
    press(terminal, b"q", "Quit?")
    terminal.send(b"y")
    assert terminal.wait_exit(PATIENCE) == 0
    assert "1049" not in terminal.modes
    assert not terminal.cursor_hidden
    assert terminal.attributes() == terminal.attributes_before
