"""What could produce each row of evidence at sinch while the action did nothing, and the genuine case of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.vendors.impostor_play import (
    NOW,
    Look,
    Play,
    before_the_answer,
    genuine,
    impostor,
    on,
    twice,
)
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Notice
from wallboard.domain.text import NOTHING, clean
from wallboard.vendors.base import Verification
from wallboard.vendors.sinch import evidence as sinch

name: str
looks: Sequence[Look]
more: dict[str, Any]


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def notice(
    identity: str,
    begins: float = NOW,
    ends: float | None = None,
    remarks: str = "cut",
    made: float = NOW,
    rest: str = "{}",
) -> Notice:
    return Notice(
        Key("cc", Kind.NOTICE, identity),
        NOTHING,
        clean("Break"),
        active_from=begins,
        active_to=ends,
        remarks=clean(remarks),
        address=(
            ("set", "power"),
            ("from", iso(begins)),
            ("to", "" if ends is None else iso(ends)),
            ("created", iso(made)),
            ("item WHY", "break"),
            ("rest", rest),
        ),
    )


PUBLISH = {"form": "publish:power", "why": "break", "remarks": "cut"}
CHANGE = {"form": "change:power:n1:", "why": "break", "remarks": "new"}


def build(play: Play, verb: Verb) -> Verification:
    listed = {"power": frozenset(row.key.id for row in play.there)}
    return sinch.verification(verb, UTC, play.command(verb), play.target, listed)


for name, looks, more in (
    ("a colleague's of the same words", twice(notice("n7")), {"ids": ("n1",)}),
    ("one that stood there", twice(notice("n7")), {"there": (notice("n7"),)}),
    ("a colleague's of a minute ago", twice(notice("n7", NOW - 60, made=NOW - 60)), {}),
    ("a colleague's that was made before", twice(notice("n7", made=NOW - 60)), {}),
    ("an old list", before_the_answer(notice("n1")), {"ids": ("n1",)}),
    ("it says something else", twice(notice("n1", remarks="other")), {"ids": ("n1",)}),
):
    impostor("sinch", Verb.PUBLISH, name, on(None, *looks, args=PUBLISH, **more))
genuine("sinch", Verb.PUBLISH, "by its id", on(None, *twice(notice("n1")), args=PUBLISH, ids=("n1",)))
genuine("sinch", Verb.PUBLISH, "by its words", on(None, *twice(notice("n1")), args=PUBLISH))

UP = notice("n1", NOW - 600)
NEXT = replace(UP, remarks=clean("new"))
impostor("sinch", Verb.CHANGE, "an old list", on(UP, *before_the_answer(NEXT), args=CHANGE))
impostor(
    "sinch",
    Verb.CHANGE,
    "something else changed too",
    on(UP, *twice(notice("n1", NOW - 600, remarks="new", rest='{"cost": 1}')), args=CHANGE),
)
impostor("sinch", Verb.CHANGE, "it is as it was", on(UP, *twice(UP), args=CHANGE))
genuine("sinch", Verb.CHANGE, "read since", on(UP, *twice(NEXT), args=CHANGE))

PLANNED = notice("n1", NOW - 600, NOW + 1)
LATER = notice("n1", NOW - 600, NOW + 600)
ENDED = notice("n1", NOW - 600, NOW)
COMING = notice("n1", NOW + 600)
impostor("sinch", Verb.CLOSE, "its planned end passed", on(PLANNED, *twice(PLANNED, after=3)))
impostor("sinch", Verb.CLOSE, "an old list", on(UP, *before_the_answer(ENDED)))
genuine("sinch", Verb.CLOSE, "another end, past", on(UP, *twice(ENDED)))
impostor("sinch", Verb.CLOSE, "an old list", on(PLANNED, *before_the_answer(PLANNED)), row=1)
impostor("sinch", Verb.CLOSE, "its planned end is to come", on(LATER, *twice(LATER)), row=1)
genuine("sinch", Verb.CLOSE, "its planned end passed, and that is said", on(PLANNED, *twice(PLANNED, after=3)), row=1)
impostor("sinch", Verb.CLOSE, "one list lacks it", on(COMING, Look(1, ()), Look(2, (COMING,)), Look(3, ())), row=2)
impostor("sinch", Verb.CLOSE, "old lists lack it", on(COMING, Look(-0.3, ()), Look(-0.1, ())), row=2)
genuine("sinch", Verb.CLOSE, "two lists", on(COMING, *twice()), row=2)
