"""For each row of evidence the best impostor: what the world can do by itself while the action did nothing.

It is never taken for the action, and the genuine events that follow are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.vendors.asterisk.test_actions import Scene, command, spy_of_mine, talking, waiting
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Row
from wallboard.vendors.asterisk.actions import Plan
from wallboard.vendors.asterisk.evidence import SPY_DIGITS, SWITCH, SWITCH_UNSEEN, TABLE

Say = dict[str, object]
Told = tuple[str, Say]


@dataclass
class Play:
    """One action that was sent; ``impostors`` are events that must prove nothing, ``genuine`` those that do."""

    scene: Scene
    row: Row
    verb: Verb
    plan: Plan
    impostors: list[Told]
    genuine: list[Told]
    to: str = ""


def _spy(verb: Verb) -> Play:
    scene, row, _, agent = talking()
    leg = scene.board.channels[agent].name
    plan = scene.plan(verb, row)
    mine = dict(plan.fields)["ChannelId"]
    start: Say = {"SpyerUniqueid": mine, "SpyerChannel": "PJSIP/sup1-1", "SpyeeChannel": leg}
    others: list[Told] = [
        ("ChanSpyStart", {**start, "SpyerUniqueid": "pbx-9.1", "SpyerChannel": "PJSIP/sup2-1"}),
        ("ChanSpyStart", {**start, "SpyeeChannel": "PJSIP/1001-00000099"}),
        ("OriginateResponse", {"ActionID": "act-1", "Response": "Success", "Uniqueid": mine}),
    ]
    return Play(scene, row, verb, plan, others, [("ChanSpyStart", start)])


def _switch(verb: Verb) -> Play:
    scene, row, _, agent = talking()
    spy_of_mine(scene, scene.board.channels[agent].name, "wallboard-1.1")
    plan = scene.plan(verb, row)
    digit: Say = {"Channel": "PJSIP/sup1-000000aa", "Digit": SPY_DIGITS[verb], "Direction": "Received"}
    others: list[Told] = [
        ("DTMFEnd", {**digit, "Channel": "PJSIP/sup1-web-000000aa"}),
        ("DTMFEnd", {**digit, "Digit": "9"}),
        ("DTMFEnd", {**digit, "Direction": "Sent"}),
        ("DTMFBegin", digit),
    ]
    return Play(scene, row, verb, plan, others, [("DTMFEnd", digit)])


def _end() -> Play:
    scene, row, _, agent = talking()
    leg = scene.board.channels[agent].name
    spy_of_mine(scene, leg, "wallboard-1.1")
    plan = scene.plan(Verb.END, row)
    stop: Say = {"SpyerUniqueid": "wallboard-1.1", "SpyerChannel": "PJSIP/sup1-000000aa"}
    others: list[Told] = [("Hangup", {"Uniqueid": "pbx-9.1"}), ("ChanSpyStop", stop)]
    return Play(scene, row, Verb.END, plan, others, [("Hangup", {"Uniqueid": "wallboard-1.1"})])


def _transfer() -> Play:
    scene, row, caller, agent = talking()
    plan = scene.plan(Verb.TRANSFER, row, to="3000")
    done: Say = {"TransfererUniqueid": agent, "TransfereeUniqueid": caller, "Extension": "3000", "Context": "targets"}
    done["Result"] = "Success"
    others: list[Told] = [
        ("BlindTransfer", {**done, changed: value})
        for changed, value in (
            ("Extension", "3001"),
            ("Context", "elsewhere"),
            ("TransfereeUniqueid", "pbx-9.1"),
            ("TransfererUniqueid", "pbx-9.2"),
        )
    ]
    return Play(scene, row, Verb.TRANSFER, plan, others, [("BlindTransfer", done)], "3000")


def _redirect() -> Play:
    scene, row, caller = waiting()
    plan = scene.plan(Verb.TRANSFER, row, to="3000")
    left: Say = {"Uniqueid": caller, "Queue": "sales", "Exten": "3000", "Context": "targets"}
    others: list[Told] = [
        ("QueueCallerLeave", {**left, "Exten": "sales", "Context": "ctx"}),
        ("QueueCallerLeave", {**left, "Uniqueid": "pbx-9.1"}),
        ("BridgeEnter", {**left, "Context": "elsewhere", "BridgeUniqueid": "b9"}),
    ]
    return Play(scene, row, Verb.TRANSFER, plan, others, [("QueueCallerLeave", left)], "3000")


def _attended(*, whole: bool) -> Play:
    scene, row, caller, agent = talking()
    plan = scene.plan(Verb.ATTENDED, row, to="1002")
    hold: Told = ("Hold", {"Uniqueid": agent})
    into: Told = ("BridgeEnter", {"Uniqueid": agent, "Channel": "PJSIP/1001-00000002", "BridgeUniqueid": "b9"})
    other: Told = ("BridgeEnter", {"Uniqueid": "n.1", "Channel": "Local/1003@targets-01;1", "BridgeUniqueid": "b9"})
    asked: Told = ("BridgeEnter", {"Uniqueid": "n.2", "Channel": "Local/1002@targets-02;1", "BridgeUniqueid": "b9"})
    done: Say = {"OrigTransfererUniqueid": agent, "TransfereeUniqueid": caller, "Result": "Success"}
    done["TransferTargetChannel"] = "Local/1002@targets-02;1"
    if whole:
        changes: list[Say] = [{"TransferTargetChannel": "Local/1003@targets-02;1"}, {"TransfereeUniqueid": "pbx-9.1"}]
        others = [("AttendedTransfer", {**done, **change}) for change in changes]
        return Play(scene, row, Verb.ATTENDED, plan, others, [("AttendedTransfer", done)], "1002")
    return Play(scene, row, Verb.ATTENDED, plan, [hold, into, other], [asked], "1002")


def _park() -> Play:
    scene, row, caller, _ = talking()
    parked: Say = {"ParkeeUniqueid": caller, "ParkingSpace": "701", "Parkinglot": "default"}
    others: list[Told] = [("ParkedCall", {**parked, "ParkeeUniqueid": "pbx-9.1"}), ("UnParkedCall", parked)]
    return Play(scene, row, Verb.PARK, scene.plan(Verb.PARK, row), others, [("ParkedCall", parked)])


def _fetch() -> Play:
    scene, _, caller, _ = talking()
    scene.pbx.park(caller, "701")
    scene.settle()
    parked = scene.row(Key("pbx", Kind.PARKED, caller))
    assert parked is not None
    plan = scene.plan(Verb.FETCH, parked)
    mine = dict(plan.fields)["ChannelId"]
    got: Say = {"ParkeeUniqueid": caller, "RetrieverUniqueid": mine, "ParkingSpace": "701"}
    others: list[Told] = [
        ("UnParkedCall", {**got, "RetrieverUniqueid": "pbx-9.1"}),
        ("OriginateResponse", {"ActionID": "act-1", "Response": "Success", "Uniqueid": mine}),
    ]
    return Play(scene, parked, Verb.FETCH, plan, others, [("UnParkedCall", got)])


def _pickup() -> Play:
    scene, row, caller = waiting()
    plan = scene.plan(Verb.PICKUP, row)
    mine = dict(plan.fields)["ChannelId"]
    others: list[Told] = [
        ("BridgeEnter", {"Uniqueid": mine, "BridgeUniqueid": "b1"}),
        ("BridgeEnter", {"Uniqueid": caller, "BridgeUniqueid": "b2"}),
    ]
    return Play(scene, row, Verb.PICKUP, plan, others, [("BridgeEnter", {"Uniqueid": caller, "BridgeUniqueid": "b1"})])


def _hangup(*, themselves: bool = False) -> Play:
    scene, row, caller, _ = talking()
    others: list[Told] = [("Hangup", {"Uniqueid": "pbx-9.1"})]
    if themselves:
        others = [("HangupRequest", {"Uniqueid": caller}), ("Hangup", {"Uniqueid": caller})]
    return Play(scene, row, Verb.HANGUP, scene.plan(Verb.HANGUP, row), others, [("Hangup", {"Uniqueid": caller})])


def _call() -> Play:
    scene, row, _, _ = talking()
    plan = scene.plan(Verb.CALL, row, to="3000")
    answer: Say = {"ActionID": "act-1", "Response": "Success", "Uniqueid": dict(plan.fields)["ChannelId"]}
    others: list[Told] = [("OriginateResponse", {**answer, "ActionID": "somebody-1", "Uniqueid": "pbx-9.1"})]
    return Play(scene, row, Verb.CALL, plan, others, [("OriginateResponse", answer)], "3000")


def _pause(verb: Verb) -> Play:
    scene = Scene().fresh()
    who = scene.row(Key("pbx", Kind.AGENT, "PJSIP/1001"))
    assert who is not None
    seats = [seat for seat in scene.pbx.seats.values() if seat.interface == "PJSIP/1001"]
    if verb is Verb.UNPAUSE:
        scene.pbx.pause("PJSIP/1001", 1)
        scene.settle()
    wanted, other = ("1", "0") if verb is Verb.PAUSE else ("0", "1")
    told = [{"Interface": "PJSIP/1001", "Queue": seat.queue, "Paused": wanted} for seat in seats]
    others: list[Told] = [("QueueMemberPause", {**told[-1], "Paused": other})]
    others.append(("QueueMemberPause", {**told[-1], "Interface": "PJSIP/1002"}))
    others += [("QueueMemberPause", dict(one)) for one in told[:-1]]
    return Play(scene, who, verb, scene.plan(verb, who), others, [("QueueMemberPause", dict(told[-1]))])


def _staff(verb: Verb) -> Play:
    scene = Scene().fresh()
    who = scene.row(Key("pbx", Kind.AGENT, "PJSIP/1001"))
    assert who is not None
    mine = {queue for queue, interface in scene.board.places if interface == "PJSIP/1001"}
    free = sorted(set(scene.board.queues) - mine)
    if verb is Verb.STAFF and not free:
        queue = sorted(mine)[0]
        del scene.board.places[queue, "PJSIP/1001"]
    else:
        queue = free[0] if verb is Verb.STAFF else sorted(mine)[0]
    event = "QueueMemberAdded" if verb is Verb.STAFF else "QueueMemberRemoved"
    told: Say = {"Interface": "PJSIP/1001", "Queue": queue}
    others: list[Told] = [(event, {**told, "Queue": "elsewhere"}), (event, {**told, "Interface": "PJSIP/1002"})]
    return Play(scene, who, verb, scene.plan(verb, who, args=(("queue", queue),)), others, [(event, told)])


PLAYS: dict[tuple[str, int], list[Callable[[], Play]]] = {
    **{(verb.value, 0): [lambda verb=verb: _spy(verb)] for verb in SPY_DIGITS},  # type: ignore[misc]
    **{(f"{verb.value} {SWITCH}", 0): [lambda verb=verb: _switch(verb)] for verb in SPY_DIGITS},  # type: ignore[misc]
    ("end", 0): [_end],
    ("transfer", 0): [_transfer],
    ("transfer waiting", 0): [_redirect],
    ("attended", 0): [lambda: _attended(whole=True)],
    ("attended", 1): [lambda: _attended(whole=False)],
    ("park", 0): [_park],
    ("fetch", 0): [_fetch],
    ("pickup", 0): [_pickup],
    ("hangup", 0): [_hangup],
    ("call", 0): [_call],
    ("pause", 0): [lambda: _pause(Verb.PAUSE)],
    ("unpause", 0): [lambda: _pause(Verb.UNPAUSE)],
    ("staff", 0): [lambda: _staff(Verb.STAFF)],
    ("unstaff", 0): [lambda: _staff(Verb.UNSTAFF)],
}


def test_every_row_of_evidence_names_its_impostor_and_has_it_played() -> None:
    rows = {
        (name, place): piece.impostor
        for name, row in TABLE.items()
        for place, piece in enumerate(row.confirms)
        if not name.endswith(SWITCH_UNSEEN)
    }
    assert [name for name, impostor in rows.items() if not impostor] == []
    assert rows.keys() == PLAYS.keys()


@pytest.mark.parametrize("name", PLAYS, ids=lambda name: f"{name[0]}-{name[1]}")
def test_the_impostor_confirms_nothing_and_the_genuine_event_does(name: tuple[str, int]) -> None:
    for make in PLAYS[name]:
        play = make()
        scene = play.scene
        scene.kept.clear()
        scene.check = TABLE[name[0]]
        for event, fields in play.impostors:
            scene.pbx.say(event, **fields)
            scene.settle()
            assert scene.ending(play.verb, play.row, play.plan, play.to) == "open", (event, fields)
        for event, fields in play.genuine:
            scene.pbx.say(event, **fields)
        scene.settle()
        assert scene.ending(play.verb, play.row, play.plan, play.to) == "confirmed"


def test_evidence_that_came_before_the_request_is_none() -> None:
    play = _transfer()
    play.scene.check = TABLE["transfer"]
    for event, fields in play.genuine:
        play.scene.pbx.say(event, **fields)
    play.scene.settle()
    assert play.scene.ending(Verb.TRANSFER, play.row, play.plan, "3000", ago=-0.1) == "open"
    assert command(Verb.TRANSFER, play.row, "3000").destination is not None


def test_who_hangs_up_themselves_was_not_hung_up() -> None:
    play = _hangup(themselves=True)
    play.scene.check = TABLE["hangup"]
    for event, fields in play.impostors:
        play.scene.pbx.say(event, **fields)
    play.scene.settle()
    assert play.scene.ending(Verb.HANGUP, play.row, play.plan) == "denied"
