"""SIP telephones for the lab, in plain Python: a caller with any name, an agent who answers when told, an ear.

Just enough SIP over UDP and G.711 over RTP for loopback, where nothing is lost: no retransmission, no registration. A
``Phone`` keeps what it hears, so a test can say whether the agent heard the supervisor without root and a capture.
"""

from __future__ import annotations

import math
import re
import socket
import struct
import threading
import time
import uuid
from collections import deque
from types import TracebackType

# 1 kHz at 8,000 samples a second: eight mu-law bytes, the tone the lab's supervisor sends as well.
TONE = bytes((0x1E, 0x0B, 0x0B, 0x1E, 0x9E, 0x8B, 0x8B, 0x9E)) * 20
SILENCE = b"\xff" * 160


def _linear(byte: int) -> int:
    """One mu-law byte as a 16 bit sample (ITU-T G.711)."""
    byte = ~byte & 0xFF
    value = (((byte & 0x0F) << 3) + 0x84) << ((byte & 0x70) >> 4)
    return 0x84 - value if byte & 0x80 else value - 0x84


_SQUARES = [_linear(byte) ** 2 for byte in range(256)]


def rms(audio: bytes) -> float:
    """Loudness of mu-law bytes; the tone is about 16,000, silence 0."""
    return math.sqrt(sum(_SQUARES[byte] for byte in audio) / len(audio)) if audio else 0.0


class Leg:
    """One call of a phone: its SIP dialog and its audio."""

    def __init__(self, phone: Phone, call_id: str, *, outgoing: bool) -> None:
        self.phone = phone
        self.call_id = call_id
        self.outgoing = outgoing
        self.local = self.remote = self.target = ""
        self.invite: dict[str, str] = {}
        self.cseq = 1
        self.answered = threading.Event()
        self.ended = threading.Event()
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind(("127.0.0.1", 0))
        self._rtp.settimeout(0.2)
        self.rtp_port: int = self._rtp.getsockname()[1]
        self._peer: tuple[str, int] | None = None
        # Two seconds of frames; older audio says nothing about now.
        self.heard: deque[bytes] = deque(maxlen=100)
        self.frames = threading.Semaphore(0)

    def start_audio(self, sdp: str) -> None:
        port = re.search(r"^m=audio (\d+)", sdp, re.M)
        host = re.search(r"^c=IN IP4 (\S+)", sdp, re.M)
        if port is None or host is None or self._peer is not None:
            return
        self._peer = (host[1], int(port[1]))
        threading.Thread(target=self._send_audio, daemon=True).start()
        threading.Thread(target=self._hear, daemon=True).start()

    def _send_audio(self) -> None:
        number = 0
        begun = time.monotonic()
        while not self.ended.is_set():
            header = struct.pack("!BBHII", 0x80, 0, number & 0xFFFF, number * 160 & 0xFFFFFFFF, 0x1234)
            try:
                self._rtp.sendto(header + self.phone.says, self._peer or ("127.0.0.1", 9))
            except OSError:
                return
            number += 1
            # The pace of a telephone: a frame each 20 ms, counted from the first so that it does not drift.
            self.ended.wait(max(0.0, begun + number * 0.02 - time.monotonic()))

    def _hear(self) -> None:
        while not self.ended.is_set():
            try:
                packet = self._rtp.recv(2048)
            except TimeoutError:
                continue
            except OSError:
                return
            if len(packet) > 12 and packet[1] & 0x7F == 0:
                self.heard.append(packet[12:])
                self.frames.release()

    def hears(self, frames: int = 15, within: float = 5.0) -> float:
        """The loudness of the next ``frames`` frames (20 ms each) that arrive."""
        while self.frames.acquire(blocking=False):
            pass
        self.heard.clear()
        until = time.monotonic() + within
        for _ in range(frames):
            if not self.frames.acquire(timeout=max(0.01, until - time.monotonic())):
                break
        return rms(b"".join(self.heard))

    def close(self) -> None:
        self.ended.set()
        self._rtp.close()

    # -- what the person at the phone does -------------------------------------------------------------------------

    def answer(self) -> None:
        self.phone._reply(self.invite, "200 OK", self, with_sdp=True)
        self.answered.set()

    def hang_up(self) -> None:
        if self.ended.is_set():
            return
        if self.outgoing and not self.answered.is_set():
            self.phone._request("CANCEL", self, cseq=1)
            return
        self.cseq += 1
        self.phone._request("BYE", self)
        self.close()

    def hold(self) -> None:
        self.cseq += 1
        self.phone._request("INVITE", self, sdp=self.phone._sdp(self, "sendonly"))

    def resume(self) -> None:
        self.cseq += 1
        self.phone._request("INVITE", self, sdp=self.phone._sdp(self, "sendrecv"))


class Phone:
    """A telephone on one UDP port of loopback. It answers at once unless ``answers`` is False."""

    def __init__(self, name: str, pbx_port: int, *, says: bytes = SILENCE, answers: bool = True) -> None:
        self.name = name
        self.says = says
        self.answers = answers
        self.legs: dict[str, Leg] = {}
        self.changed = threading.Condition()
        self._pbx = ("127.0.0.1", pbx_port)
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sip.bind(("127.0.0.1", 0))
        self.port: int = self._sip.getsockname()[1]
        self._closing = False
        threading.Thread(target=self._receive, daemon=True).start()

    def connect(self, pbx_port: int) -> None:
        self._pbx = ("127.0.0.1", pbx_port)

    def __enter__(self) -> Phone:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        for leg in list(self.legs.values()):
            leg.hang_up()
        self._closing = True
        self._sip.close()

    def reset(self) -> None:
        """Hang up everything; for between two tests."""
        for leg in list(self.legs.values()):
            leg.hang_up()
        with self.changed:
            self.legs = {key: leg for key, leg in self.legs.items() if not leg.ended.is_set()}
        self.answers = True

    def call(self, to: str, *, name: str = "", number: str = "") -> Leg:
        """Dial ``to`` as ``name <number>``; any text but a quote, a backslash or a line break goes as it is."""
        leg = Leg(self, uuid.uuid4().hex, outgoing=True)
        leg.local = f'"{name}" <sip:{number or self.name}@127.0.0.1:{self.port}>;tag={leg.call_id[:8]}'
        leg.remote = f"<sip:{to}@127.0.0.1:{self._pbx[1]}>"
        leg.target = f"sip:{to}@127.0.0.1:{self._pbx[1]}"
        self.legs[leg.call_id] = leg
        self._request("INVITE", leg, sdp=self._sdp(leg, "sendrecv"))
        return leg

    def wait_leg(self, within: float = 10.0) -> Leg:
        """The newest call that rings or talks here; waits for one."""
        with self.changed:
            found = self.changed.wait_for(lambda: [leg for leg in self.legs.values() if not leg.ended.is_set()], within)
        assert found, f"{self.name} was not called within {within} s"
        return found[-1]

    # -- SIP ----------------------------------------------------------------------------------------------------------

    def _sdp(self, leg: Leg, direction: str) -> str:
        return (
            f"v=0\r\no=phone 1 {leg.cseq} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {leg.rtp_port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na={direction}\r\n"
        )

    def _send(self, head: list[str], body: str = "") -> None:
        if body:
            head.append("Content-Type: application/sdp")
        data = ("\r\n".join([*head, f"Content-Length: {len(body)}"]) + "\r\n\r\n" + body).encode()
        if not self._closing:
            self._sip.sendto(data, self._pbx)

    def _request(self, method: str, leg: Leg, *, sdp: str = "", cseq: int | None = None) -> None:
        # A CANCEL and the ACK of a refusal carry the branch of the INVITE they belong to.
        branch = f"z9hG4bK{leg.call_id[:10]}{cseq or leg.cseq}"
        if method in {"ACK", "BYE"}:
            branch += method
        self._send(
            [
                f"{method} {leg.target} SIP/2.0",
                f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch={branch}",
                f"From: {leg.local}",
                f"To: {leg.remote}",
                f"Call-ID: {leg.call_id}",
                f"CSeq: {cseq or leg.cseq} {method}",
                f"Contact: <sip:{self.name}@127.0.0.1:{self.port}>",
                "Max-Forwards: 70",
            ],
            sdp,
        )

    def _reply(self, request: dict[str, str], status: str, leg: Leg | None = None, *, with_sdp: bool = False) -> None:
        to = request["to"]
        if leg is not None and "tag=" not in to:
            to += f";tag={leg.call_id[:8]}p"
        head = [f"SIP/2.0 {status}", f"Via: {request['via']}", f"From: {request['from']}", f"To: {to}"]
        head += [f"Call-ID: {request['call-id']}", f"CSeq: {request['cseq']}"]
        head.append(f"Contact: <sip:{self.name}@127.0.0.1:{self.port}>")
        self._send(head, self._sdp(leg, "sendrecv") if with_sdp and leg is not None else "")

    def _receive(self) -> None:
        while not self._closing:
            try:
                data = self._sip.recv(65536)
            except OSError:
                return
            head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
            first, *lines = head.split("\r\n")
            fields: dict[str, str] = {}
            for line in lines:
                key, _, value = line.partition(":")
                fields.setdefault(key.strip().lower(), value.strip())
            with self.changed:
                self._handle(first, fields, body)
                self.changed.notify_all()

    def _handle(self, first: str, fields: dict[str, str], body: str) -> None:
        leg = self.legs.get(fields.get("call-id", ""))
        if first.startswith("SIP/2.0 "):
            if leg is not None:
                self._response(int(first.split()[1]), leg, fields, body)
            return
        method = first.split()[0]
        if method == "INVITE":
            self._invited(leg, fields, body)
        elif method == "BYE":
            self._reply(fields, "200 OK", leg)
            if leg is not None:
                leg.close()
        elif method == "CANCEL" and leg is not None:
            self._reply(fields, "200 OK", leg)
            self._reply(leg.invite, "487 Request Terminated", leg)
            leg.close()
        elif method != "ACK":
            self._reply(fields, "200 OK", leg)

    def _invited(self, leg: Leg | None, fields: dict[str, str], body: str) -> None:
        if leg is not None:
            leg.invite = fields
            self._reply(fields, "200 OK", leg, with_sdp=True)
            return
        leg = Leg(self, fields["call-id"], outgoing=False)
        leg.invite = fields
        leg.remote = fields["from"]
        leg.local = f"{fields['to']};tag={leg.call_id[:8]}p"
        contact = re.search(r"<?(sip:[^>;]+)", fields.get("contact", ""))
        leg.target = contact[1] if contact else f"sip:pbx@127.0.0.1:{self._pbx[1]}"
        self.legs[leg.call_id] = leg
        self._reply(fields, "180 Ringing", leg)
        leg.start_audio(body)
        if self.answers:
            leg.answer()

    def _response(self, status: int, leg: Leg, fields: dict[str, str], body: str) -> None:
        if "INVITE" not in fields.get("cseq", "") or status < 200:
            return
        number = int(fields["cseq"].split()[0])
        if status < 300:
            leg.remote = fields["to"] if leg.outgoing else leg.remote
            contact = re.search(r"<?(sip:[^>;]+)", fields.get("contact", ""))
            leg.target = contact[1] if contact else leg.target
            self._request("ACK", leg, cseq=number)
            leg.start_audio(body)
            leg.answered.set()
            return
        leg.remote = fields["to"]
        self._request_ack_of_refusal(leg, number)
        leg.close()

    def _request_ack_of_refusal(self, leg: Leg, number: int) -> None:
        self._send(
            [
                f"ACK {leg.target} SIP/2.0",
                f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{leg.call_id[:10]}{number}",
                f"From: {leg.local}",
                f"To: {leg.remote}",
                f"Call-ID: {leg.call_id}",
                f"CSeq: {number} ACK",
                "Max-Forwards: 70",
            ]
        )
