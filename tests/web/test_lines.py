"""Frames over a socket that is slow, cut anywhere, or gone."""

from __future__ import annotations

import os
import socket

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.web.lines import KEYS, OPEN, WORD, Frames, Outbox, framed

pytestmark = pytest.mark.anyio


@given(st.lists(st.tuples(st.sampled_from([WORD, KEYS, OPEN]), st.binary(max_size=50))), st.integers(1, 9))
def test_frames_come_out_as_they_went_in_however_they_are_cut(sent: list[tuple[bytes, bytes]], size: int) -> None:
    data = b"".join(framed(*each) for each in sent)
    frames = Frames()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert [found for piece in pieces for found in frames.feed(piece)] == sent


def test_what_is_no_frame_of_ours_is_not_waited_for() -> None:
    with pytest.raises(ValueError, match="frame of"):
        list(Frames().feed(b"GET / HTTP/1.1\r\n"))


async def test_a_socket_goes_with_its_frame_and_all_that_waits_is_sent() -> None:
    ours, theirs = socket.socketpair()
    outbox = Outbox(ours, 1 << 22)
    big = framed(WORD, b"x" * 1_000_000)
    read, write = os.pipe()
    os.close(read)
    inode = os.fstat(write).st_ino
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(outbox.run)
        outbox.put(big)
        outbox.put(framed(OPEN, b"1"), write)
        outbox.put(big)
        frames = Frames()
        found: list[tuple[bytes, int]] = []
        descriptors: list[int] = []
        theirs.setblocking(False)
        while len(found) < 3:
            await anyio.wait_readable(theirs)
            data, more, _, _ = socket.recv_fds(theirs, 65_536, 4)
            descriptors += more
            found += [(kind, len(body)) for kind, body in frames.feed(data)]
        tasks.cancel_scope.cancel()
    assert found == [(WORD, 1_000_000), (OPEN, 1), (WORD, 1_000_000)]
    assert [os.fstat(each).st_ino for each in descriptors] == [inode]
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(write)
    os.close(descriptors[0])
    ours.close()
    theirs.close()


async def test_who_takes_nothing_is_given_up_and_holds_nobody_up() -> None:
    ours, theirs = socket.socketpair()
    outbox = Outbox(ours, 100_000)
    async with anyio.create_task_group() as tasks:
        with anyio.fail_after(10):
            tasks.start_soon(outbox.run)
            while not outbox.full:
                outbox.put(framed(WORD, b"x" * 50_000))
                await anyio.lowlevel.checkpoint()
    ours.close()
    theirs.close()


async def test_the_end_of_the_other_side_is_the_end_of_sending() -> None:
    ours, theirs = socket.socketpair()
    outbox = Outbox(ours, 1000)
    theirs.close()
    outbox.put(framed(WORD, b"x"))
    with anyio.fail_after(10):
        await outbox.run()
    ours.close()
