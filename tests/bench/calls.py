"""SIP that nobody answers, on this machine alone, for a program that shows what it captures: so many calls, of which
each second one in twenty sends something more."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PORT = 5060
CALLS = 500
_INVITE = (
    "INVITE sip:{to}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK{call}{turn}\r\n"
    "From: <sip:agent{call}@127.0.0.1>;tag={call}\r\nTo: <sip:{to}@127.0.0.1>\r\nCall-ID: call{call}@127.0.0.1\r\n"
    "CSeq: {turn} INVITE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)


def may_capture() -> bool:
    """Whether this user may see what passes an interface."""
    try:
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3):
            return True
    except (AttributeError, OSError):
        return False


@contextmanager
def ringing() -> Iterator[None]:
    """All calls at once, then some of them each second."""
    over = threading.Event()

    def send() -> None:
        dice, turn = random.Random(7), 1
        datagrams = socket.AF_INET, socket.SOCK_DGRAM
        with socket.socket(*datagrams) as line, socket.socket(*datagrams) as end:
            end.bind(("127.0.0.1", PORT))
            chosen = list(range(CALLS))
            while not over.is_set():
                for call in chosen:
                    text = _INVITE.format(to=600 + call % 12, call=call, turn=turn)
                    line.sendto(text.encode(), ("127.0.0.1", PORT))
                turn, chosen = turn + 1, dice.sample(range(CALLS), CALLS // 20 if turn % 5 else CALLS)
                over.wait(1.0)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
