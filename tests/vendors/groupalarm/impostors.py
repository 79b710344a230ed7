"""What could produce each row of evidence at groupalarm while the action did nothing, and the genuine case of each."""

from __future__ import annotations

from dataclasses import replace

from tests.vendors.impostor_play import (
    Play,
    before_the_answer,
    genuine,
    impostor,
    on,
    twice,
)
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Hotline, Phone
from wallboard.domain.states import HotlineState, Wanted
from wallboard.domain.text import clean
from wallboard.vendors.base import Verification
from wallboard.vendors.groupalarm import actions as groupalarm


def hotline(wanted: Wanted, state: HotlineState, text: str = "Alt") -> Hotline:
    return Hotline(
        Key("responders", Kind.HOTLINE, "7"), clean("Fire"), wanted=wanted, state=state, announcement_in=clean(text)
    )


OPEN, PAUSED = (
    hotline(Wanted.OPEN, HotlineState.OPEN),
    hotline(Wanted.PAUSED, HotlineState.PAUSED),
)
STARTING = hotline(Wanted.OPEN, HotlineState.STARTING)
OTHERS = replace(OPEN, key=Key("responders", Kind.HOTLINE, "8"))


def build(play: Play, verb: Verb) -> Verification:
    return groupalarm.verification(verb, play.command(verb), play.target)


impostor("groupalarm", Verb.OPEN, "an old list", on(PAUSED, *before_the_answer(OPEN)))
impostor(
    "groupalarm",
    Verb.OPEN,
    "it runs on and was asked to pause",
    on(PAUSED, *twice(replace(OPEN, wanted=Wanted.PAUSED))),
)
impostor("groupalarm", Verb.OPEN, "another hotline opened", on(PAUSED, *twice(PAUSED, OTHERS)))
genuine("groupalarm", Verb.OPEN, "read since", on(PAUSED, *twice(OPEN)))
impostor("groupalarm", Verb.OPEN, "an old list", on(PAUSED, *before_the_answer(STARTING)), row=1)
impostor(
    "groupalarm",
    Verb.OPEN,
    "starting, and asked to pause",
    on(PAUSED, *twice(replace(STARTING, wanted=Wanted.PAUSED))),
    row=1,
)
genuine("groupalarm", Verb.OPEN, "starting", on(PAUSED, *twice(STARTING)), row=1)
impostor("groupalarm", Verb.CLOSE, "an old list", on(OPEN, *before_the_answer(PAUSED)))
impostor("groupalarm", Verb.CLOSE, "asked to pause, and runs on", on(OPEN, *twice(replace(OPEN, wanted=Wanted.PAUSED))))
impostor("groupalarm", Verb.CLOSE, "paused by itself", on(OPEN, *twice(replace(PAUSED, wanted=Wanted.OPEN))))
genuine("groupalarm", Verb.CLOSE, "read since", on(OPEN, *twice(PAUSED)))
SAYS = replace(OPEN, announcement_in=clean("Neu"))
impostor("groupalarm", Verb.ANNOUNCE, "an old list", on(OPEN, *before_the_answer(SAYS), args={"text_in": "Neu"}))
impostor("groupalarm", Verb.ANNOUNCE, "nothing was asked for", on(OPEN, *twice(OPEN)))
impostor(
    "groupalarm", Verb.ANNOUNCE, "one of two texts", on(OPEN, *twice(SAYS), args={"text_in": "Neu", "text_out": "Auch"})
)
genuine("groupalarm", Verb.ANNOUNCE, "read since", on(OPEN, *twice(SAYS), args={"text_in": "Neu"}))


def duty(on_duty: bool | None) -> Phone:
    return Phone(Key("responders", Kind.PHONE, "80"), clean("Mobile"), registered=on_duty)


for verb, state in ((Verb.SIGNIN, True), (Verb.SIGNOUT, False)):
    impostor("groupalarm", verb, "an old list", on(duty(not state), *before_the_answer(duty(state))))
    impostor("groupalarm", verb, "it cannot be read", on(duty(not state), *twice(duty(None))))
    impostor("groupalarm", verb, "it is missing", on(duty(not state), *twice()))
    genuine("groupalarm", verb, "read since", on(duty(not state), *twice(duty(state))))
