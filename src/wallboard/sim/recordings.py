"""What is left of a call when it is over: the recording of a talk, or the message of a caller whom nobody answered.

A talk is recorded on the phone that talked, under the id that the running call showed. A phone with a voicemail box
takes a message where it rang in vain.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable

from wallboard.domain.records import dataclass
from wallboard.sim.engine import Engine
from wallboard.sim.model import Extension, Leg, Queue
from wallboard.sim.people import Person, crowd

RANG_OUT = 15.0
"""A phone that rang shorter than this many seconds was called off, not missed."""
_SHARE = 0.3
"""Part of a queue's usual traffic in the hours before: the phones should have pages of recordings, not books."""

_ENDS = {"completed": "caller_bye", "abandoned": "caller_cancel", "hung up": "callee_bye", "lost": "callee_bye"}


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded talk or message. Times are world seconds: begun ringing, picked up, over.

    `flow` is in or transfer; `result` answered or voicemail; `disposition` who ended it.
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
    caller: Person
    destination: str
    did: str | None

    @property
    def length(self) -> int:
        return max(1, round(self.ended - self.answered))


def has_voicemail(extension: Extension) -> bool:
    """Every other phone has a voicemail box; a supervisor's desk has none."""
    return extension.kind == "phone" and not extension.desk and extension.id % 2 == 0


class Recordings:
    """The recordings and messages of one account, oldest first."""

    def __init__(self, engine: Engine, account: str) -> None:
        self.engine = engine
        self.account = account
        self.kept: deque[Recording] = deque(maxlen=engine.scale.kept)

    def of(self, extension: Extension) -> list[Recording]:
        return [each for each in self.kept if each.extension is extension]

    def leg_ended(self, leg: Leg) -> None:
        """To be told of every leg that goes, in the moment it does."""
        phone, ended = leg.extension, leg.call.ended
        if phone is None or leg.role != "talk" or not leg.real:
            return
        if leg.answered is None and self._missed(leg, phone):
            rng, now = self.engine.stream(f"{self.account}/messages"), self.engine.now
            uuid = f"{phone.id}-{rng.getrandbits(96):024X}"
            # The message is there when the caller has spoken it.
            self.engine.after(
                rng.uniform(6.0, 40.0), lambda: self._keep(leg, phone, uuid, now, "voicemail", "in", "caller_bye")
            )
        elif leg.answered is not None and leg.recording is not None:
            disposition = "callee_bye" if ended is None else _ENDS.get(ended, "internal_cancel")
            if ended == "completed" and int(leg.hex[0], 16) % 3 == 0:
                disposition = "callee_bye"
            flow = "transfer" if any(each.call_id == leg.call_id for each in self.kept) else leg.flow
            self._keep(leg, phone, leg.recording, leg.answered, "answered", flow, disposition)

    def _keep(
        self, leg: Leg, phone: Extension, uuid: str, answered: float, result: str, flow: str, disposition: str
    ) -> None:
        caller = (leg.caller_number, leg.caller_name)
        times = (leg.started, answered, self.engine.now)
        self.kept.append(
            Recording(uuid, phone, leg.call_id, flow, result, disposition, *times, caller, leg.called_number, leg.did)
        )

    def _missed(self, leg: Leg, phone: Extension) -> bool:
        call = leg.call
        alone = call.member is None and call.callee is None and call.callback_id is None
        rang_out = not phone.registered or self.engine.now - leg.started >= RANG_OUT
        return leg.flow == "in" and alone and rang_out and call.ended in (None, "unanswered") and has_voicemail(phone)

    def write_past(self, queues: Iterable[Queue], phones: Iterable[Extension]) -> None:
        """Recordings of the hours before now, so that there is something to look up. They come from a random stream
        of their own and leave nothing else behind: no calls, no figures."""
        rng = self.engine.stream(f"{self.account}/history")
        people = crowd(rng, self.engine.scale.callers // 5)
        made: list[Recording] = []
        for queue in queues:
            answering = [tier.agent.extension for tier in queue.tiers if tier.agent.extension is not None]
            if queue.settings.get("record_enabled") and answering:
                for _ in range(int(queue.profile.per_hour * self.engine.scale.past_hours * _SHARE)):
                    made.append(self._past_talk(rng, rng.choice(answering), rng.choice(people), queue))
        for phone in filter(has_voicemail, phones):
            for _ in range(rng.randint(1, 4)):
                caller, length = rng.choice(people), rng.uniform(6.0, 40.0)
                answered = self._past_moment(rng, length)
                times, uuid, call_id = (answered - 25.0, answered, answered + length), *_ids(rng, phone)
                ends = ("in", "voicemail", "caller_bye")
                made.append(Recording(uuid, phone, call_id, *ends, *times, caller, phone.short_name, None))
        self.kept.extendleft(sorted(made, key=lambda each: -each.answered))

    def _past_moment(self, rng: random.Random, length: float) -> float:
        return self.engine.now - length - rng.uniform(1.0, self.engine.scale.past_hours * 3600.0)

    def _past_talk(self, rng: random.Random, phone: Extension, caller: Person, queue: Queue) -> Recording:
        length = max(8.0, rng.gammavariate(2.0, queue.profile.talk_mean / 2.0))
        answered = self._past_moment(rng, length)
        flow = "transfer" if rng.random() < 0.15 else "in"
        uuid, call_id = _ids(rng, phone)
        disposition = "callee_bye" if rng.random() < 0.4 else "caller_bye"
        times = (answered - rng.uniform(3.0, 40.0), answered, answered + length)
        where = (queue.extension.short_name, queue.profile.did)
        return Recording(uuid, phone, call_id, flow, "answered", disposition, *times, caller, *where)


def _ids(rng: random.Random, phone: Extension) -> tuple[str, str]:
    return f"{phone.id}-{rng.getrandbits(96):024X}", f"{rng.getrandbits(128):032x}"
