"""`do` as a process of its own, killed, stopped and told to end at each step, against a server that waits there: what
the vendor got, what the journal has, and what the next start tells."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.vendors.ringme.server import CALLS, Server, ok
from wallboard.control.journal_reader import open_unknowns
from wallboard.history.notes import standing
from wallboard.history.reading import History

PATIENCE = 30.0
CALL = CALLS[0]["call_api_id"]
HERE = f"/extension/32494/current_calls/{CALL}"
AGAIN, ACT = f"GET {HERE}", f"DELETE {HERE}"
SEEN = "GET /client/@me/current_calls/"
OPEN = "hang up Anna ↔ Acme: sent by a console that was killed"


class Vendor:
    """The documents' PBX on a port, which waits where it is told to."""

    def __init__(self) -> None:
        self.pbx: Server = Server()
        self.pbx.routes[ACT] = ok({})
        self.waits_at = ""
        self.after_act = False
        self.reached = threading.Event()
        self.go = threading.Event()
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                request = httpx.Request(self.command, f"http://pbx{self.path}", content=body)
                response = vendor.pbx(request)
                vendor.wait(f"{self.command} {request.url.path.removeprefix('/api/ver1.0')}")
                self.send_response(response.status_code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(response.content)))
                self.end_headers()
                self.wfile.write(response.content)

            do_GET = do_PUT = do_POST = do_DELETE = answer  # the names that the library looks for

            def log_request(self, code: object = "-", size: object = "-") -> None:
                return None

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:
                    # Whoever asked was killed meanwhile.
                    return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, asked: str) -> None:
        if asked == self.waits_at and (not self.after_act or self.acted):
            self.reached.set()
            assert self.go.wait(PATIENCE)

    @property
    def acted(self) -> list[str]:
        return [f"{seen.method} {seen.path}" for seen in self.pbx.acted]

    def close(self) -> None:
        self.go.set()
        self.server.shutdown()
        self.server.server_close()


class Scene:
    def __init__(self, vendor: Vendor, home: Path, folder: Path) -> None:
        self.vendor, self.home = vendor, home
        self.config = folder / "config.toml"
        self.config.write_text(
            '[operator]\nname = "Mira"\nphone = "022*300"\n[[source]]\nname = "hq"\nvendor = "ringme"\nclient = "@me"\n'
            f'url = "http://127.0.0.1:{vendor.server.server_port}/api/ver1.0"\n'
            'auth = { kind = "bearer", token = { env = "PBX_TOKEN" } }\n',
            encoding="utf-8",
        )
        self.locks: list[int] = []

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "wallboard", "--config", str(self.config), "do", *words, "--yes"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PBX_TOKEN": "S3CR3T", "PYTHONIOENCODING": "utf-8"},
        )

    def hang_up(self, step: str) -> subprocess.Popen[str]:
        """A hang-up that stands still at the step."""
        places = {"read again": AGAIN, "recording": AGAIN, "sent": ACT, "answered": SEEN}
        self.vendor.waits_at = places.get(step, "")
        self.vendor.after_act = step == "answered"
        if step == "asked":
            self.hold()
        process = self.start("hangup", f"hq/call/{CALL}")
        if step != "asked":
            assert self.vendor.reached.wait(PATIENCE)
        if step == "recording":
            self.hold()
            self.vendor.go.set()
        if step in ("asked", "recording"):
            assert process.stderr is not None
            assert process.stderr.readline() == "wallboard do: hang up Anna ↔ Acme: waits for the journal\n"
        return process

    def hold(self) -> None:
        """Take the journal, as another process would."""
        (state,) = {path.parent for path in self.home.rglob("wallboard.log")} or {self._state()}
        descriptor = os.open(state / "audit.jsonl.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self.locks.append(descriptor)

    def _state(self) -> Path:
        state = Path(os.environ["XDG_STATE_HOME"]) / "wallboard"
        state.mkdir(parents=True, mode=0o700)
        return state

    def let_go(self) -> None:
        while self.locks:
            os.close(self.locks.pop())

    @property
    def phases(self) -> list[str]:
        found = list(self.home.rglob("audit.jsonl"))
        records = [json.loads(line) for path in found for line in path.read_text().splitlines()]
        return [record["phase"] for record in records if record.get("verb") == "hangup"]

    @property
    def left_open(self) -> list[str]:
        """What the next start would find."""
        return [record["id"] for path in self.home.rglob("audit.jsonl") for record in open_unknowns(path)]

    def next_start(self) -> str:
        """What the next one tells before it does anything."""
        self.vendor.waits_at = ""
        self.vendor.go.set()
        self.let_go()
        process = self.start("note", f"hq/call/{CALL}", "looked at it")
        _, told = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        return told


@pytest.fixture
def scene(home: Path, tmp_path: Path) -> Iterator[Scene]:
    vendor = Vendor()
    made = Scene(vendor, home, tmp_path)
    yield made
    made.let_go()
    vendor.close()


def end(process: subprocess.Popen[str], number: int) -> tuple[int, str]:
    process.send_signal(number)
    said, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, said


@pytest.mark.parametrize(
    ("step", "acted", "phases"),
    [
        ("asked", 0, []),
        ("read again", 0, ["requested"]),
        ("recording", 0, ["requested"]),
        ("sent", 1, ["requested", "sent"]),
        ("answered", 1, ["requested", "sent"]),
    ],
)
def test_killed_at_a_step_it_is_told_at_the_next_start_if_it_may_have_been_sent(
    scene: Scene, step: str, acted: int, phases: list[str]
) -> None:
    code, said = end(scene.hang_up(step), signal.SIGKILL)
    assert (code, said) == (-signal.SIGKILL, "")
    assert [phase for phase in scene.phases if phase != "answered"] == phases
    assert len(scene.left_open) == acted
    if acted:
        assert OPEN in scene.next_start()
        assert scene.phases[-1] == "unknown"
        assert scene.left_open == []
    # Told, closed, and above all not sent again.
    assert scene.vendor.acted == [ACT] * acted


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)], ids=["TERM", "HUP", "INT"]
)
def test_told_to_end_it_says_that_nobody_knows_and_the_next_start_has_nothing_to_tell(
    scene: Scene, number: int, code: int
) -> None:
    ended, said = end(scene.hang_up("sent"), number)
    assert ended == code
    assert said == "hang up Anna ↔ Acme: unknown: this console ended before the answer\n"
    assert scene.phases == ["requested", "sent", "unknown"]
    assert scene.left_open == []
    assert scene.vendor.acted == [ACT]


def test_told_to_end_while_it_waits_it_has_sent_nothing(scene: Scene) -> None:
    ended, said = end(scene.hang_up("recording"), signal.SIGTERM)
    assert (ended, said) == (143, "hang up Anna ↔ Acme: refused: this console ended, nothing was sent\n")
    assert scene.vendor.acted == []
    assert scene.left_open == []


def test_the_journal_is_not_waited_for_longer_than_the_command_lives(scene: Scene) -> None:
    process = scene.hang_up("asked")
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert said.startswith("hang up Anna ↔ Acme: refused: the action journal is held by another process for 5 s")
    assert scene.vendor.acted == []


def test_stopped_for_longer_than_a_command_lives_it_sends_nothing(scene: Scene) -> None:
    process = scene.hang_up("read again")
    process.send_signal(signal.SIGSTOP)
    # Real time has to pass here: it is what the fault consists of.
    assert not threading.Event().wait(5.5)
    scene.vendor.go.set()
    process.send_signal(signal.SIGCONT)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "refused: " in said
    assert scene.vendor.acted == []
    assert scene.phases == ["requested", "refused"]


def test_a_note_from_a_script_is_in_the_history_and_an_empty_one_takes_it_away(scene: Scene) -> None:
    scene.vendor.go.set()
    for text in ("asks for Bo", ""):
        process = scene.start("note", f"hq/call/{CALL}", text)
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
    (path,) = scene.home.rglob("history.sqlite3")
    with History(path) as history:
        found = history.notes(0.0, 4e9)
    assert [note.text for note in found] == ["asks for Bo", ""]
    assert standing(found) == []
    process = scene.start("note", f"hq/call/{CALL}")
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
