"""Recordings of the hours before the world was looked at, so that there is something to look up.

They come from a random stream of their own and leave nothing else behind: no statistics, no calls.
"""

from __future__ import annotations

from wallboard.sim.pbx import Pbx
from wallboard.sim.people import crowd
from wallboard.sim.recordings import Recording, has_voicemail

HOURS = 6.0
_SHARE = 0.3
"""Part of a queue's usual traffic: the phones should have pages of recordings, not books."""


def write_history(pbx: Pbx) -> None:
    """Fill `pbx.recordings` with `HOURS` before it began collecting; a second time does nothing."""
    recordings = pbx.recordings
    if recordings.history_written:
        return
    recordings.history_written = True
    rng = pbx.engine.stream(f"{pbx.name}/history")
    people = crowd(rng, 60)
    made: list[Recording] = []
    for queue in pbx.queues.values():
        phones = [tier.agent.extension for tier in queue.tiers if tier.agent.extension is not None]
        if not queue.settings.get("record_enabled") or not phones:
            continue
        for _ in range(int(queue.profile.per_hour * HOURS * _SHARE)):
            phone, (number, name) = rng.choice(phones), rng.choice(people)
            length = max(8.0, rng.gammavariate(2.0, queue.profile.talk_mean / 2.0))
            answered = recordings.began - length - rng.uniform(1.0, HOURS * 3600.0)
            flow = "transfer" if rng.random() < 0.15 else "in"
            made.append(
                Recording(
                    f"{phone.id}-{rng.getrandbits(96):024X}",
                    phone,
                    f"{rng.getrandbits(128):032x}",
                    flow,
                    "answered",
                    "callee_bye" if rng.random() < 0.4 else "caller_bye",
                    answered - rng.uniform(3.0, 40.0),
                    answered,
                    answered + length,
                    number,
                    name,
                    queue.extension.short_name,
                    queue.profile.did,
                )
            )
    for phone in pbx.phones():
        if not has_voicemail(phone):
            continue
        for _ in range(rng.randint(1, 4)):
            number, name = rng.choice(people)
            length = rng.uniform(6.0, 40.0)
            answered = recordings.began - length - rng.uniform(1.0, HOURS * 3600.0)
            made.append(
                Recording(
                    f"{phone.id}-{rng.getrandbits(96):024X}",
                    phone,
                    f"{rng.getrandbits(128):032x}",
                    "in",
                    "voicemail",
                    "caller_bye",
                    answered - 25.0,
                    answered,
                    answered + length,
                    number,
                    name,
                    phone.short_name,
                    None,
                )
            )
    recordings.kept.extendleft(sorted(made, key=lambda each: -each.answered))
