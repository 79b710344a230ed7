"""Output to a terminal that does not keep up: bounded, newest first, and never in the way."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Iterator

import pytest

from wallboard.ui.terminal.writer import BACKLOG_LIMIT, ConsoleWriter


class Line:
    """A writer on a pipe that is read only when asked."""

    def __init__(self) -> None:
        self.read_end, self.write_end = os.pipe()
        self.lost = threading.Event()
        self.relieved = threading.Event()
        self.writer = ConsoleWriter(self.write_end, self.lost.set, self.relieved.set)
        self.writer.start()

    def read(self) -> bytes:
        """What is there, b"" if nothing came for a moment."""
        ready = select.select([self.read_end], [], [], 0.02)[0]
        return os.read(self.read_end, 65536) if ready else b""

    def read_until(self, end: bytes) -> bytes:
        data = b""
        while not data.endswith(end):
            data += self.read()
        return data

    def close(self) -> None:
        os.close(self.read_end)
        self.writer.stop()
        os.close(self.write_end)


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.close()


def test_what_is_written_arrives_in_order(line: Line) -> None:
    for number in range(100):
        line.writer.write(f"{number},")
    assert line.read_until(b"99,") == "".join(f"{number}," for number in range(100)).encode()


def test_a_line_that_takes_nothing_costs_bounded_memory_and_gets_a_fresh_start(line: Line) -> None:
    frame = "x" * 9_999 + "|"
    for _ in range(1000):
        line.writer.write(frame)
        assert line.writer.backlog() <= BACKLOG_LIMIT
    assert line.writer.dropped
    assert not line.relieved.is_set()
    received = b""
    while not line.relieved.is_set():
        received += line.read()
    assert len(received) % len(frame) == 0, "whole frames only"
    assert len(received) <= BACKLOG_LIMIT
    assert not line.writer.dropped
    line.writer.write("new frame")
    assert line.read_until(b"new frame") == b"new frame"
    # What is read has been written, but the writer may not have counted it yet.
    while line.writer.frames():
        line.read()
    assert line.writer.backlog() == 0


def test_the_pace_of_the_line_is_that_of_its_last_large_frame(line: Line) -> None:
    line.writer.write("x" * 100)
    line.read_until(b"x" * 100)
    assert line.writer.pace == float("inf")
    line.writer.write("x" * 199_999 + "|")
    line.read_until(b"|")
    while line.writer.frames():
        line.read()
    assert 0 < line.writer.pace < float("inf")


def test_a_terminal_that_is_gone_is_told_once_and_nothing_waits(line: Line) -> None:
    os.close(line.read_end)
    line.writer.write("anybody there?")
    assert line.lost.wait(5)
    line.writer.write("still?")
    assert line.writer.backlog() == 0
    line.writer.join(5)
    assert not line.writer.is_alive()
    line.read_end = os.dup(line.write_end)


def test_a_stuck_writer_does_not_hold_up_the_end(line: Line) -> None:
    line.writer.write("x" * 1_000_000)
    while not line.read():
        continue
    assert not line.writer.finish(0.05)
    line.writer.write("too late")
    while line.writer.frames():
        line.read()
    line.writer.join(5)
    assert not line.writer.is_alive()
