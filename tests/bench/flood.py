"""How long a flooding vendor holds the loop up: `python -m tests.bench.flood [--only WORD] [--seconds 4]`.

A hostile server runs on loopback in a process of its own; here a source reads from it as the console does, and a task
on the same loop wants to run every 5 ms, as a key would. Printed: the longest and the 99th percentile of how late it
came, milliseconds, and what the source said. On a shared machine compare runs of one minute only.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import repeat

import anyio

from wallboard.domain.clock import SystemClock
from wallboard.domain.errors import WallboardError
from wallboard.domain.update import FeedStatus, SourceInfo, Update
from wallboard.vendors.asterisk import plugin
from wallboard.vendors.base import AmiAuth, BearerAuth, LoginAuth, Secret, Services, SourceSettings
from wallboard.vendors.http.client import HttpSource
from wallboard.vendors.portsip.push import Push
from wallboard.vendors.portsip.scene import QueueKnown, Scene

EVERY = 0.005
MB = 1 << 20
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


# ---- what is sent ------------------------------------------------------------------------------------------------


def whole(body: bytes) -> Iterator[bytes]:
    yield OK + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked(piece: bytes, times: int = 1 << 30) -> Iterator[bytes]:
    yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
    packet = (b"%x\r\n%b\r\n" % (len(piece), piece)) * 4000
    yield from repeat(packet, times)


def zipped() -> Iterator[bytes]:
    import gzip

    body = gzip.compress(b"[" + b" " * (64 * MB), 9)
    yield OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body


HTTP: dict[str, Callable[[], Iterator[bytes]]] = {
    "a small list": lambda: whole(b'[{"id": 1, "name": "Sales"}]'),
    "chunks of one byte": lambda: chunked(b" "),
    "1xx without end": lambda: repeat(b"HTTP/1.1 100 \r\n\r\n" * 4000),
    "headers without end": lambda: iter([OK, *repeat(b"a:\r\n" * 4000, 1000)]),
    "20,000 small headers": lambda: whole_with(b"a:\r\n" * 20_000),
    "trailers": lambda: iter([OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a:\r\n" * 20_000 + b"\r\n"]),
    "gzip bomb": zipped,
    "300,000 keys in one object": lambda: whole(b"{" + b",".join(b'"k%d":1' % n for n in range(300_000)) + b"}"),
    "the same, brackets in the keys": lambda: whole(b"{" + b",".join(b'"}%d":1' % n for n in range(300_000)) + b"}"),
    "4,000,000 numbers": lambda: whole(b"[" + b"1," * 4_000_000 + b"1]"),
    "2,600,000 texts in lists": lambda: whole(b"[" + b'["",""],' * 1_040_000 + b"1]"),
    "200,000 small objects": lambda: whole(b"[" + b'{"id":1},' * 200_000 + b"{}]"),
    "20,000 rows": lambda: whole(
        b"[" + b",".join(b'{"id":%d,"name":"Anna","x":[1]}' % n for n in range(20_000)) + b"]"
    ),
    "nested 4,000,000 deep": lambda: whole(b"[" * 4_000_000 + b"]" * 4_000_000),
    "a text of 8 MB": lambda: whole(b'["' + b"\\u00e9" * 1_300_000 + b'"]'),
    "a number of 8 MB": lambda: whole(b"[" + b"1" * 8_000_000 + b"]"),
    "a fraction of 8 MB": lambda: whole(b"[0." + b"1" * 8_000_000 + b"]"),
}


def whole_with(headers: bytes) -> Iterator[bytes]:
    yield OK + headers + b"Content-Length: 2\r\n\r\n[]"


EVENT = b"Event: %b\r\nQueue: q\r\nChannel: SIP/%d\r\nUniqueid: %d\r\nChannelState: 6\r\n\r\n"
AMI: dict[str, Callable[[], Iterator[bytes]]] = {
    "quiet": lambda: iter([]),
    "100,000 events a second": lambda: repeat(
        b"".join(EVENT % (b"Newstate", n % 50, n % 50) for n in range(1000)), 1 << 30
    ),
    "new channels without end": lambda: (
        b"".join(EVENT % (b"Newchannel", n, n) for n in range(start, start + 1000)) for start in range(0, 1 << 30, 1000)
    ),
    "the shortest events": lambda: repeat(b"Event:Hangup\r\n\r\n" * 4000),
    "the shortest messages": lambda: repeat(b"a:\r\n\r\n" * 10_000),
    "empty lines": lambda: repeat(b"\r\n" * 30_000),
    "lines of one byte": lambda: repeat(b"x\r\n" * 20_000),
    "Response: Follows": lambda: iter([b"Response: Follows\r\n", *repeat(b"Output: x\r\n" * 5000, 10_000)]),
    "one line": lambda: repeat(b"x" * 60_000),
}


def frame(text: bytes, opcode: int = 0x81) -> bytes:
    size = len(text)
    head = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2) if size < 65536 else b"\x7f" + size.to_bytes(8)
    return bytes([opcode]) + head + text


WSI: dict[str, Callable[[], Iterator[bytes]]] = {
    "quiet": lambda: iter([]),
    "empty frames": lambda: repeat(frame(b"") * 30_000),
    "pings": lambda: repeat(frame(b"", 0x89) * 30_000),
    "fragments of one byte": lambda: iter([frame(b" ", 0x01), *repeat(frame(b" ", 0x00) * 20_000, 10_000)]),
    "small messages": lambda: repeat(frame(b'{"event_type":"x"}') * 3000),
    "300,000 keys": lambda: repeat(frame(b"{" + b",".join(b'"%d":1' % n for n in range(90_000)) + b"}")),
    "5,000 callers": lambda: repeat(frame(callers(5000))),
    "huge frames": lambda: repeat(frame(b"[" + b"1," * (3 * MB) + b"1]")),
}


def callers(count: int) -> bytes:
    listed = b",".join(b'{"session_id":"%d","caller_number":"%d"}' % (n, n) for n in range(count))
    return (
        b'{"event_type":"queue_status","queue_id":"q","queue_number":"8000","agents":[],"waiting_list":[%b]}' % listed
    )


# ---- the server --------------------------------------------------------------------------------------------------


def serve(kind: str, name: str) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)  # for the process that started this one
    while True:
        connection, _ = listener.accept()
        threading.Thread(
            target={"http": http, "ami": ami, "wsi": wsi}[kind], args=(connection, name), daemon=True
        ).start()


def pour(connection: socket.socket, parts: Iterator[bytes]) -> None:
    try:
        for part in parts:
            connection.sendall(part)
    except OSError:
        return


def http(connection: socket.socket, name: str) -> None:
    while b"\r\n\r\n" in connection.recv(65536):
        pour(connection, HTTP[name]())


def ami(connection: socket.socket, name: str) -> None:
    connection.sendall(b"Asterisk Call Manager/9.0.0\r\n")
    lists = {b"QueueStatus", b"CoreShowChannels", b"ParkedCalls"}
    lock = threading.Lock()
    for line in lines(connection):
        word, _, value = line.strip().partition(b": ")
        if word == b"Action":
            action = value
        elif word == b"ActionID":
            known = action in {b"Login", b"ListCommands", b"Ping", b"Events", *lists}
            head = b"Response: Success\r\n" if known else b"Response: Error\r\nMessage: Invalid/unknown command\r\n"
            head += b"ActionID: %b\r\n" % value
            if action == b"ListCommands":
                head += b"".join(b"%b: x\r\n" % each for each in {b"Ping", *lists})
            tail = b"Event: End\r\nActionID: %b\r\nEventList: Complete\r\n\r\n" % value if action in lists else b""
            try:
                with lock:
                    connection.sendall(head + b"\r\n" + tail)
                    if action == b"Login":
                        connection.sendall(b"Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n")
            except OSError:
                return
        elif not word and action == b"ParkedCalls":
            action = b""

            def flood() -> None:
                for part in AMI[name]():
                    try:
                        with lock:
                            connection.sendall(part)
                    except OSError:
                        return

            threading.Thread(target=flood, daemon=True).start()


def lines(connection: socket.socket) -> Iterator[bytes]:
    try:
        yield from connection.makefile("rb")
    except OSError:
        return


def wsi(connection: socket.socket, name: str) -> None:
    asked = connection.recv(65536)
    key = re.search(rb"(?i)sec-websocket-key: (\S+)", asked)
    assert key is not None
    proof = base64.b64encode(hashlib.sha1(key[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())  # RFC 6455
    head = b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %b\r\n\r\n" % proof
    connection.sendall(head + frame(b'{"command": "auth", "status": 0}'))
    threading.Thread(target=drain, args=(connection,), daemon=True).start()
    pour(connection, WSI[name]())


def drain(connection: socket.socket) -> None:
    try:
        while connection.recv(65536):
            pass
    except OSError:
        return


# ---- the measurement ---------------------------------------------------------------------------------------------


class Nobody:
    """A sink that keeps the last word alone."""

    said = ""
    updates = 0

    def apply(self, update: Update) -> None:
        self.updates += 1

    def status(self, status: FeedStatus) -> None:
        self.said = status.cause or self.said

    def source(self, info: SourceInfo) -> None:
        self.said = info.detail or self.said


async def read_http(port: int) -> str:
    settings = SourceSettings("hq", "x", f"http://127.0.0.1:{port}", BearerAuth(Secret("S3CR3T")))
    source = HttpSource(settings, Services(SystemClock()))
    try:
        answer = await source.get("/list/")
        return f"{len(answer.data)} rows"
    except WallboardError as error:
        return str(error)
    finally:
        await source.aclose()


async def read_ami(port: int) -> str:
    auth = AmiAuth("boss", Secret("S3CR3T"))
    adapter = plugin.build(SourceSettings("pbx", "asterisk", f"tcp://127.0.0.1:{port}", auth), Services(SystemClock()))
    sink = Nobody()
    await stopped(adapter.run(sink))
    return f"{sink.said} ({sink.updates} updates)"


async def read_wsi(port: int) -> str:
    scene = Scene("branch")
    scene.queues = {"q": QueueKnown("q", "8000")}
    options = {"push_url": f"ws://127.0.0.1:{port}/wsi"}
    settings = SourceSettings(
        "branch", "portsip", "http://127.0.0.1:1/api", LoginAuth("u", Secret("S3CR3T"), "d"), options=options
    )
    push = Push(settings, Services(SystemClock()), scene)
    sink = Nobody()
    await stopped(push.run(sink))
    return f"{push.why or 'live'}, {push.dropped} dropped ({sink.updates} updates)"


SECONDS = 4.0


async def stopped(work: Awaitable[None]) -> None:
    with anyio.move_on_after(SECONDS):
        await work


async def measured(work: Callable[[int], Awaitable[str]], port: int) -> tuple[list[float], str]:
    late: list[float] = []

    async def tick() -> None:
        while True:
            due = time.perf_counter() + EVERY
            await anyio.sleep(EVERY)
            late.append(max(0.0, time.perf_counter() - due))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tick)
        await anyio.sleep(0.2)
        late.clear()
        said = await work(port)
        await anyio.sleep(0.02)
        tasks.cancel_scope.cancel()
    return sorted(late), said


def main() -> int:
    global SECONDS
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only the floods whose name holds this word")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each AMI and WSI flood")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(*arguments.serve)
    SECONDS = arguments.seconds
    readers = {"http": (HTTP, read_http), "ami": (AMI, read_ami), "wsi": (WSI, read_wsi)}
    print(f"{'flood':<38} {'longest':>8} {'p99':>7} {'took':>6}  said")
    for kind, (floods, reader) in readers.items():
        for name in floods:
            title = f"{kind}: {name}"
            if arguments.only not in title:
                continue
            command = [sys.executable, "-m", "tests.bench.flood", "--serve", kind, name]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
                assert server.stdout is not None
                port = int(server.stdout.readline())
                begun = time.perf_counter()
                late, said = anyio.run(measured, reader, port)
                took = time.perf_counter() - begun
                server.kill()
            ms = [late[-1] * 1e3, late[min(len(late) - 1, int(0.99 * len(late)))] * 1e3]
            print(f"{title:<38} {ms[0]:>8.1f} {ms[1]:>7.1f} {took:>6.1f}  {said[:90]}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
