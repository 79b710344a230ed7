"""What is left of a call when it is over: the recording of a talk, or the message of a caller whom nobody answered.

A talk is recorded on the phone that talked, under the id that the running call showed. A phone with a voicemail box
takes a message where it rang in vain.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from wallboard.sim.engine import Engine
from wallboard.sim.model import Extension, Leg

KEPT = 4000
"""So many of the newest are kept in one account."""
RANG_OUT = 15.0
"""A phone that rang shorter than this many seconds was called off, not missed."""

_ENDS = {"completed": "caller_bye", "hung up": "callee_bye", "abandoned": "caller_cancel", "lost": "callee_bye"}


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded talk or message. Times are world seconds: begun ringing, picked up, over.

    `flow` is in, out or transfer; `result` answered or voicemail; `disposition` who ended it.
    """

    uuid: str
    extension: Extension
    call_id: str
    flow: str
    result: str
    disposition: str
    began: float
    answered: float
    ended: float
    source: str
    source_name: str
    destination: str
    did: str | None

    @property
    def length(self) -> int:
        return max(1, round(self.ended - self.answered))


def has_voicemail(extension: Extension) -> bool:
    """Every other phone has a voicemail box; a supervisor's desk has none."""
    return extension.kind == "phone" and not extension.desk and extension.id % 2 == 0


class Recordings:
    """The recordings and messages of one account, oldest first. `began`: since when it has been collecting."""

    def __init__(self, engine: Engine, account: str) -> None:
        self.engine = engine
        self.account = account
        self.began = engine.now
        self.kept: deque[Recording] = deque(maxlen=KEPT)
        self.history_written = False

    def of(self, extension: Extension) -> list[Recording]:
        return [each for each in self.kept if each.extension is extension]

    def find(self, extension: Extension, uuid: str) -> Recording | None:
        return next((each for each in self.kept if each.uuid == uuid and each.extension is extension), None)

    def leg_ended(self, leg: Leg) -> None:
        """To be told of every leg that goes, in the moment it does."""
        phone = leg.extension
        if phone is None or leg.role != "talk" or not leg.real:
            return
        if leg.answered is None:
            if self._missed(leg, phone):
                self._take_message(leg, phone)
        elif leg.recording is not None:
            ended = leg.call.ended
            disposition = "callee_bye" if ended is None else _ENDS.get(ended, "internal_cancel")
            if ended == "completed" and int(leg.hex[0], 16) % 3 == 0:
                disposition = "callee_bye"
            seen = any(each.call_id == leg.call_id for each in self.kept)
            self._keep(leg, phone, leg.recording, "transfer" if seen else leg.flow, disposition, leg.answered)

    def _keep(self, leg: Leg, phone: Extension, uuid: str, flow: str, disposition: str, answered: float) -> None:
        self.kept.append(
            Recording(
                uuid,
                phone,
                leg.call_id,
                flow,
                "answered",
                disposition,
                leg.started,
                answered,
                self.engine.now,
                leg.caller_number,
                leg.caller_name,
                leg.called_number,
                leg.did,
            )
        )

    def _missed(self, leg: Leg, phone: Extension) -> bool:
        call = leg.call
        alone = call.member is None and call.callee is None and call.callback_id is None
        rang_out = not phone.registered or self.engine.now - leg.started >= RANG_OUT
        return leg.flow == "in" and alone and rang_out and call.ended in (None, "unanswered") and has_voicemail(phone)

    def _take_message(self, leg: Leg, phone: Extension) -> None:
        """The message is there when the caller has spoken it."""
        rng = self.engine.stream(f"{self.account}/messages")
        uuid, picked_up = f"{phone.id}-{rng.getrandbits(96):024X}", self.engine.now

        def spoken() -> None:
            self.kept.append(
                Recording(
                    uuid,
                    phone,
                    leg.call_id,
                    "in",
                    "voicemail",
                    "caller_bye",
                    leg.started,
                    picked_up,
                    self.engine.now,
                    leg.caller_number,
                    leg.caller_name,
                    leg.called_number,
                    leg.did,
                )
            )

        self.engine.after(rng.uniform(6.0, 40.0), spoken)
