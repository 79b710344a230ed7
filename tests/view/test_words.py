"""What a key means on a row, and the words for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.console import HQ, NOW, RESPONDERS, rows
from wallboard.config import keymap
from wallboard.domain.command import Verb
from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.models import Call, Hotline, Notice, ParkedCall, Row
from wallboard.domain.states import CallState, Wanted
from wallboard.domain.text import clean
from wallboard.domain.verbs import FACTS, VERB_KEYS, goal
from wallboard.view.intents import ON_PANE, verbs
from wallboard.view.layout import ALL

HELD = replace(next(r for r in rows()[HQ, Resource.CALLS] if isinstance(r, Call)), state=CallState.HELD)
PARKED = ParkedCall(Key(HQ, Kind.PARKED, "p"), clean("702"), clean("Kai"))
NOTICE = Notice(Key(HQ, Kind.NOTICE, "n"), clean("roads"), clean("A44"))
OPEN = next(r for r in rows()[RESPONDERS, Resource.HOTLINES] if isinstance(r, Hotline))


@pytest.mark.parametrize(
    ("action", "row", "meant"),
    [
        ("call.listen", HELD, (Verb.LISTEN,)),
        ("call.hold", HELD, (Verb.RESUME,)),
        ("call.hold", replace(HELD, state=CallState.TALKING), (Verb.HOLD,)),
        ("call.hold", replace(HELD, state=CallState.UNKNOWN), (Verb.HOLD, Verb.RESUME)),
        ("call.pickup", HELD, (Verb.PICKUP,)),
        ("call.pickup", PARKED, (Verb.FETCH,)),
        ("hotline.toggle", OPEN, (Verb.CLOSE,)),
        ("hotline.toggle", replace(OPEN, wanted=Wanted.PAUSED), (Verb.OPEN,)),
        ("hotline.toggle", NOTICE, (Verb.CLOSE,)),
        ("view.zoom", HELD, ()),
    ],
)
def test_a_toggle_means_the_goal_that_is_painted(action: str, row: Row, meant: tuple[Verb, ...]) -> None:
    assert verbs(action, row) == meant


def test_a_hotline_is_paused_and_a_notice_is_ended() -> None:
    assert (goal(Verb.CLOSE, Kind.HOTLINE), goal(Verb.CLOSE, Kind.NOTICE)) == ("pause", "end")


def test_every_verb_has_words_and_every_acting_key_a_short_name() -> None:
    assert set(FACTS) == set(Verb)
    assert {verb for key in VERB_KEYS.values() for verb in key.verbs} == set(Verb)
    assert {action.id for action in keymap.ACTIONS if action.acts} == set(VERB_KEYS) - {"row.note"}


def test_every_pane_has_its_keys_and_each_means_something_there() -> None:
    assert set(ON_PANE) == set(ALL)
    kinds = {resource: kind for kind, resource in RESOURCE_OF.items()}
    reached = {Kind.AGENT: {Kind.CALL, Kind.MEMBER}, Kind.MEMBER: {Kind.CALL}, Kind.QUEUE: {Kind.MEMBER, Kind.AGENT}}
    reached[Kind.HOTLINE] = {Kind.PHONE}
    for resource, actions in ON_PANE.items():
        assert len(set(actions)) == len(actions)
        kind = kinds[resource]
        for action in actions:
            possible = {target for verb in verbs(action, None) for target in verb.facts.kinds}
            row_verbs = {Kind.NOTICE: {Kind.NOTICE}, Kind.PARKED: {Kind.PARKED}}.get(kind, set())
            assert possible & ({kind} | reached.get(kind, set())) or row_verbs, (resource, action, NOW)
