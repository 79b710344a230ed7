"""A manager interface that floods: a mouthful at a time, with turns of the loop in between, and bounded altogether."""

from __future__ import annotations

import anyio
import anyio.lowlevel
import pytest
from anyio.abc import ByteStream

from wallboard.domain.clock import SystemClock
from wallboard.vendors.asterisk import adapter as module
from wallboard.vendors.asterisk.ami import Ami
from wallboard.vendors.asterisk.protocol import AmiError, AmiGarbled, Limits, Message
from wallboard.vendors.base import AmiAuth, Secret, Services, SourceSettings
from wallboard.vendors.pace import MOUTHFUL

pytestmark = pytest.mark.anyio

BANNER = b"Asterisk Call Manager/9.0.0\r\n"
SHORTEST = b"Event:X\r\n\r\n"


class Full(ByteStream):
    """A stream whose buffer is never empty: nothing is waited for, as of a kernel's or a TLS layer's."""

    def __init__(self, first: bytes, again: bytes, times: int) -> None:
        self._left = first + again * times
        self.asked: list[int] = []

    async def receive(self, max_bytes: int = 65536) -> bytes:
        self.asked.append(max_bytes)
        if not self._left:
            raise anyio.EndOfStream
        given, self._left = self._left[:max_bytes], self._left[max_bytes:]
        return given

    async def send(self, item: bytes) -> None:
        pass

    async def send_eof(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


async def read(stream: ByteStream) -> tuple[str, int, int]:
    """How the reader ended, the most events between two turns of the loop, and the events altogether."""
    since = most = events = 0

    def on_event(event: Message) -> None:
        nonlocal since, most, events
        since, events = since + 1, events + 1
        most = max(most, since)

    ami = Ami(stream, on_event, read_only=True, limits=Limits(), now=lambda: 0.0)
    end = ""
    async with anyio.create_task_group() as tasks:

        async def turn() -> None:
            nonlocal since
            while True:
                since = 0
                await anyio.lowlevel.checkpoint()

        tasks.start_soon(turn)
        try:
            await ami.read_forever()
        except AmiError as error:
            end = str(error)
        tasks.cancel_scope.cancel()
    return end, most, events


async def test_of_events_without_end_no_more_than_a_mouthful_is_handled_at_once() -> None:
    end, most, events = await read(Full(BANNER, SHORTEST, 20_000))
    assert (end, events) == ("the server closed the connection", 20_000)
    assert 0 < most <= MOUTHFUL // len(SHORTEST) + 1


@pytest.mark.parametrize(
    ("first", "again", "sentence"),
    [
        (b"", b"x" * 1000, "a line is longer than any that Asterisk sends"),
        (b"Response: Follows\r\n", b"Output: x\r\n", "a message is longer than any that Asterisk sends"),
        (b"Response: Follows\r\n", b"no colon\r\n", "a message is longer than any that Asterisk sends"),
    ],
    ids=["a line", "Response: Follows", "lines without a colon"],
)
async def test_what_does_not_end_is_refused(first: bytes, again: bytes, sentence: str) -> None:
    stream = Full(BANNER + first, again, 200_000)
    assert (await read(stream))[0] == sentence
    assert max(stream.asked) <= MOUTHFUL


def told(adapter: module.AsteriskAdapter, event: str, count: int) -> None:
    for number in range(count):
        fields = {"Channel": f"PJSIP/{number}", "Uniqueid": f"u{number}", "ChannelState": "6"}
        adapter._on_event(Message([("Event", event), *fields.items()]))


async def test_events_beyond_all_measure_are_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MEANWHILE", 100)
    monkeypatch.setattr(module, "CHANNELS_MOST", 50)
    settings = SourceSettings("pbx", "asterisk", "tcp://127.0.0.1:1", AmiAuth("boss", Secret("S3CR3T")))
    adapter = module.AsteriskAdapter(settings, Services(SystemClock()))
    told(adapter, "Newchannel", 50)
    adapter._backlogs.append([])
    told(adapter, "Newexten", 100)
    with pytest.raises(AmiGarbled, match=r"more events than can be taken in \(100 while the lists were read"):
        told(adapter, "Newexten", 1)
    adapter._backlogs.clear()
    with pytest.raises(AmiGarbled, match="tells of more than 50 channels"):
        told(adapter, "Newchannel", 51)
