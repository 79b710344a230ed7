"""What each verb sends, what proves it, and what stops it before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vendors.asterisk.server import Pbx, message
from wallboard.domain.command import Command, Destination, Target, Verb, fingerprint
from wallboard.domain.errors import ActionError, NotSent, TargetGone
from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.models import Call, Row
from wallboard.domain.states import Direction
from wallboard.domain.text import clean
from wallboard.domain.update import Proof
from wallboard.vendors.asterisk import actions
from wallboard.vendors.asterisk.evidence import proof_of
from wallboard.vendors.asterisk.mapping import Mapper
from wallboard.vendors.asterisk.state import Switchboard
from wallboard.vendors.base import Receipt, Trial

ACCOUNT = actions.Account(
    commands=frozenset(action for needed in actions.NEEDS.values() for action in needed) | {"PlayDTMF"},
    phone="PJSIP/sup1",
    transfer_context="targets",
    park_lot="",
    read_only=False,
)


@dataclass
class Scene:
    """A Pbx, its tables and rows, and the proofs of what happens after ``mark``."""

    pbx: Pbx = field(default_factory=Pbx)
    board: Switchboard = field(default_factory=Switchboard)
    kept: list[Proof] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    read: float | None = None
    played: int = 0

    def settle(self) -> Scene:
        for event, at in self.pbx.events[self.played :]:
            proof = proof_of(event, at, self.ids)
            if proof is not None:
                self.kept.append(proof)
            self.board.apply(event, at)
        self.played = len(self.pbx.events)
        return self

    def fresh(self) -> Scene:
        self.board.load(self.pbx.lists())
        self.played = len(self.pbx.events)
        return self

    # -- Facts

    def now(self) -> float:
        return self.pbx.now

    def row(self, key: Key) -> Row | None:
        rows = Mapper("pbx", 0.0, "PJSIP/sup1").rows(self.board, self.pbx.now, lambda server: server)
        return rows[RESOURCE_OF[key.kind]].get(key)

    def rows(self, resource: Resource, source: str | None = None) -> Sequence[Row]:
        rows = Mapper("pbx", 0.0, "PJSIP/sup1").rows(self.board, self.pbx.now, lambda server: server)
        return tuple(rows[resource].values())

    def read_at(self, source: str, resource: Resource, scope: str | None = None) -> float | None:
        return self.read

    def proofs(self, source: str) -> Sequence[Proof]:
        return self.kept

    # -- acting

    def plan(self, verb: Verb, row: Row, to: str = "", args: tuple[tuple[str, str], ...] = ()) -> actions.Plan:
        planner = actions.Planner(ACCOUNT, self.board, lambda: "act-1", lambda: "wallboard-1795000100.1000000001")
        plan = planner.plan(command(verb, row, to, args), row)
        self.ids |= set(plan.ids)
        return plan

    def ending(self, verb: Verb, row: Row, plan: actions.Plan, to: str = "", *, ago: float = 5.0) -> str:
        asked = command(verb, row, to)
        receipt = Receipt("", "Success", self.pbx.now - ago, self.pbx.now - ago, plan.ids)
        trial = Trial(asked, receipt, row, self)
        check = self.check
        if any(evidence.test(trial) for evidence in check.denies):
            return "denied"
        return "confirmed" if any(evidence.test(trial) for evidence in check.confirms) else "open"

    def decide(self, verb: Verb, row: Row, to: str = "") -> None:
        self.check = actions.verification(command(verb, row, to), row, ACCOUNT, self.board)


def command(verb: Verb, row: Row, to: str = "", args: tuple[tuple[str, str], ...] = ()) -> Command:
    target = Target(row.key, "row", fingerprint(row), row.address)
    return Command("id", verb, target, Destination(to) if to else None, args)


def talking() -> tuple[Scene, Row, str, str]:
    scene = Scene()
    caller = scene.pbx.arrive("sales")
    agent = scene.pbx.ring(caller, "PJSIP/1001")
    scene.pbx.answer(caller, agent)
    scene.board.load(Pbx().lists())
    scene.settle()
    scene.kept.clear()
    row = scene.row(Key("pbx", Kind.CALL, caller))
    assert row is not None
    return scene, row, caller, agent


def waiting() -> tuple[Scene, Row, str]:
    scene = Scene()
    caller = scene.pbx.arrive("sales")
    scene.fresh()
    row = scene.row(Key("pbx", Kind.MEMBER, caller))
    assert row is not None
    return scene, row, caller


@pytest.mark.parametrize(
    ("verb", "options", "digit"),
    [(Verb.LISTEN, "dqES", "4"), (Verb.WHISPER, "dqwES", "5"), (Verb.BARGE, "dqBES", "6")],
)
def test_spying_names_the_whole_channel_and_is_switched_in_place(verb: Verb, options: str, digit: str) -> None:
    scene, row, _, agent = talking()
    leg = scene.board.channels[agent].name
    plan = scene.plan(verb, row)
    scene.decide(verb, row)
    sent = dict(plan.fields)
    assert plan.action == "Originate"
    assert sent["Channel"] == "PJSIP/sup1"
    assert sent["Application"] == "ChanSpy"
    assert sent["Data"] == f"{leg},{options}"
    assert scene.ending(verb, row, plan) == "open"
    mine = sent["ChannelId"]
    scene.pbx.say("Newchannel", Channel="PJSIP/sup1-000000aa", Uniqueid=mine, Linkedid=mine, ChannelState=6)
    # Somebody else's spy on the same agent proves nothing.
    scene.pbx.say("ChanSpyStart", SpyerUniqueid="other", SpyerChannel="PJSIP/sup2-1", SpyeeChannel=leg)
    scene.settle()
    assert scene.ending(verb, row, plan) == "open"
    scene.pbx.say("ChanSpyStart", SpyerUniqueid=mine, SpyerChannel="PJSIP/sup1-000000aa", SpyeeChannel=leg)
    scene.settle()
    assert scene.ending(verb, row, plan) == "confirmed"
    # The second press changes the running spy.
    switch = scene.plan(verb, row)
    scene.decide(verb, row)
    assert (switch.action, dict(switch.fields)["Digit"], dict(switch.fields)["Receive"]) == ("PlayDTMF", digit, "true")
    assert scene.ending(verb, row, switch) == "open"
    scene.pbx.say("DTMFEnd", Channel="PJSIP/sup1-000000aa", Digit=digit, Direction="Received")
    scene.settle()
    assert scene.ending(verb, row, switch) == "confirmed"
    end = scene.plan(Verb.END, row)
    assert dict(end.fields)["Channel"] == "PJSIP/sup1-000000aa"


def spy_of_mine(scene: Scene, leg: str, unique: str, options: str | None = None) -> None:
    """A running ChanSpy of my phone; with ``options`` as the list of channels tells them."""
    channel = "PJSIP/sup1-000000aa"
    scene.pbx.say("Newchannel", Channel=channel, Uniqueid=unique, Linkedid=unique, ChannelState=6)
    scene.pbx.say("ChanSpyStart", SpyerUniqueid=unique, SpyerChannel=channel, SpyeeChannel=leg)
    scene.settle()
    if options is not None:
        spy = scene.board.spies[unique]
        scene.board.spies[unique] = replace(spy, options=options)


def test_a_switch_that_no_event_can_show_is_accepted_and_never_confirmed() -> None:
    scene, row, _, agent = talking()
    spy_of_mine(scene, scene.board.channels[agent].name, "wallboard-1.1")
    switch = scene.plan(Verb.WHISPER, row)
    scene.check = actions.verification(command(Verb.WHISPER, row), row, ACCOUNT, scene.board, tones=False)
    # The spy runs on, as it would where the digit was not taken.
    assert scene.ending(Verb.WHISPER, row, switch, ago=60.0) == "open"
    assert "DTMF" in scene.check.unseen


@pytest.mark.parametrize(("unique", "options"), [("pbx-1.9", None), ("pbx-1.9", "qBE"), ("wallboard-1.1", "qBE")])
def test_a_spy_that_takes_no_digit_is_not_switched(unique: str, options: str | None) -> None:
    scene, row, _, agent = talking()
    spy_of_mine(scene, scene.board.channels[agent].name, unique, options)
    may = actions.can(Verb.WHISPER, row, ACCOUNT, scene.board)
    assert not may
    assert "end it first" in may.reason
    with pytest.raises(NotSent, match="end it first"):
        scene.plan(Verb.WHISPER, row)


def test_a_colleague_whose_telephone_begins_like_mine_is_not_me() -> None:
    scene, row, _, agent = talking()
    leg = scene.board.channels[agent].name
    scene.pbx.say("Newchannel", Channel="PJSIP/sup1-web-000000ab", Uniqueid="w.1", Linkedid="w.1", ChannelState=6)
    scene.pbx.say("ChanSpyStart", SpyerUniqueid="w.1", SpyerChannel="PJSIP/sup1-web-000000ab", SpyeeChannel=leg)
    scene.settle()
    assert scene.plan(Verb.BARGE, row).action == "Originate"
    assert not actions.can(Verb.END, row, ACCOUNT, scene.board)
    spying = [held for held in scene.rows(Resource.CALLS) if getattr(held, "spying", "")]
    assert [getattr(held, "mine", None) for held in spying] == [False]


def test_a_spy_whose_call_ended_by_itself_is_not_confirmed() -> None:
    scene, row, caller, _ = talking()
    plan = scene.plan(Verb.LISTEN, row)
    scene.decide(Verb.LISTEN, row)
    mine = dict(plan.fields)["ChannelId"]
    scene.pbx.say("Newchannel", Channel="PJSIP/sup1-000000aa", Uniqueid=mine, Linkedid=mine, ChannelState=5)
    scene.pbx.end(caller)
    scene.settle()
    assert scene.ending(Verb.LISTEN, row, plan) == "open"
    scene.pbx.say("OriginateResponse", ActionID="act-1", Response="Success", Uniqueid=mine)
    scene.pbx.say("Hangup", Channel="PJSIP/sup1-000000aa", Uniqueid=mine)
    scene.settle()
    assert scene.ending(Verb.LISTEN, row, plan) == "denied"


@pytest.mark.parametrize(
    ("direction", "dialled"), [(Direction.IN, "0049"), (Direction.INTERNAL, "0049"), (Direction.OUT, "0301")]
)
def test_calling_a_call_dials_the_other_side_of_it(direction: Direction, dialled: str) -> None:
    scene, row, _, _ = talking()
    assert isinstance(row, Call)
    row = replace(row, direction=direction, from_number=clean("0049"), to=clean("0301"))
    assert scene.plan(Verb.CALL, row).dial == dialled


@pytest.mark.parametrize("verb", [Verb.LISTEN, Verb.PICKUP, Verb.CALL])
def test_a_phone_that_does_not_answer_denies(verb: Verb) -> None:
    scene, row, _, _ = talking()
    plan = scene.plan(verb, row, to="3000" if verb is Verb.CALL else "")
    scene.decide(verb, row)
    scene.pbx.say("OriginateResponse", ActionID="act-1", Response="Failure", Reason=0, Uniqueid="<null>")
    scene.settle()
    assert scene.ending(verb, row, plan) == "denied"


def test_a_talking_call_is_transferred_by_the_agents_leg() -> None:
    scene, row, caller, agent = talking()
    leg = scene.board.channels[agent].name
    plan = scene.plan(Verb.TRANSFER, row, to="3000")
    scene.decide(Verb.TRANSFER, row, "3000")
    assert plan.action == "BlindTransfer"
    assert dict(plan.fields) == {"Channel": leg, "Context": "targets", "Exten": "3000"}
    assert plan.dial == "3000"
    transfer = {"TransfererUniqueid": agent, "TransfereeUniqueid": caller, "Extension": "3000", "Context": "targets"}
    for impostor in (
        {"Extension": "3001"},
        {"Context": "elsewhere"},
        {"TransfereeUniqueid": "pbx-1.77"},
        {"TransfererUniqueid": "pbx-1.78"},
    ):
        scene.pbx.say("BlindTransfer", **{**transfer, **impostor}, Result="Success")
        scene.settle()
        assert scene.ending(Verb.TRANSFER, row, plan) == "open", impostor
    scene.pbx.say("BlindTransfer", **transfer, Result="Success")
    # The caller hangs up at once where they were sent: they were transferred all the same.
    scene.pbx.say("Hangup", Uniqueid=row.key.id)
    scene.settle()
    assert scene.ending(Verb.TRANSFER, row, plan) == "confirmed"


def test_a_transfer_that_fails_is_denied() -> None:
    scene, row, _, agent = talking()
    plan = scene.plan(Verb.TRANSFER, row, to="3000")
    scene.decide(Verb.TRANSFER, row, "3000")
    scene.pbx.say("BlindTransfer", TransfererUniqueid=agent, Result="Fail", Extension="3000", Context="targets")
    scene.settle()
    assert scene.ending(Verb.TRANSFER, row, plan) == "denied"


def test_a_waiting_caller_is_redirected_and_leaving_alone_proves_nothing() -> None:
    scene, row, caller = waiting()
    plan = scene.plan(Verb.TRANSFER, row, to="3000")
    scene.decide(Verb.TRANSFER, row, "3000")
    assert plan.action == "Redirect"
    scene.pbx.leave(caller)
    scene.settle()
    assert scene.ending(Verb.TRANSFER, row, plan) == "open"
    scene.pbx.legs[caller].exten = "3000"
    scene.fresh()
    scene.read = scene.pbx.now
    assert scene.ending(Verb.TRANSFER, row, plan) == "open", "3000 of another context"
    scene.pbx.legs[caller].context = "targets"
    scene.fresh()
    scene.read = None
    assert scene.ending(Verb.TRANSFER, row, plan) == "open", "no list was read since"
    scene.read = scene.pbx.now
    assert scene.ending(Verb.TRANSFER, row, plan) == "confirmed"


def test_a_redirect_to_where_the_caller_is_already_needs_more_than_their_being_there() -> None:
    scene, row, caller = waiting()
    leg = scene.pbx.legs[caller]
    leg.exten, leg.context = "5000", "targets"
    scene.fresh()
    plan = scene.plan(Verb.TRANSFER, row, to="5000")
    scene.decide(Verb.TRANSFER, row, "5000")
    scene.read = scene.pbx.now
    assert scene.ending(Verb.TRANSFER, row, plan) == "open"
    scene.pbx.leave(caller)
    scene.settle()
    assert scene.ending(Verb.TRANSFER, row, plan) == "confirmed"


def test_a_waiting_caller_who_hangs_up_meanwhile_was_not_transferred() -> None:
    scene, row, caller = waiting()
    plan = scene.plan(Verb.TRANSFER, row, to="3000")
    scene.decide(Verb.TRANSFER, row, "3000")
    scene.pbx.hang_up(caller)
    scene.settle()
    scene.read = scene.pbx.now
    assert scene.ending(Verb.TRANSFER, row, plan) == "denied"


def test_hanging_up_attended_and_pausing() -> None:
    scene, row, caller, agent = talking()
    plan = scene.plan(Verb.ATTENDED, row, to="1002")
    scene.decide(Verb.ATTENDED, row, "1002")
    scene.pbx.say("Hold", Uniqueid=agent)
    scene.settle()
    assert scene.ending(Verb.ATTENDED, row, plan) == "open", "a hold alone is no consultation"
    scene.pbx.say("BridgeEnter", Uniqueid=agent, Channel="PJSIP/1001-00000002", BridgeUniqueid="b9")
    scene.settle()
    assert scene.ending(Verb.ATTENDED, row, plan) == "open", "the agent took another call meanwhile"
    scene.pbx.say("BridgeEnter", Uniqueid="pbx-1.8", Channel="Local/1003@targets-00000001;1", BridgeUniqueid="b9")
    scene.settle()
    assert scene.ending(Verb.ATTENDED, row, plan) == "open", "the agent consults somebody else"
    scene.pbx.say("BridgeEnter", Uniqueid="pbx-1.9", Channel="Local/1002@targets-00000002;1", BridgeUniqueid="b9")
    scene.settle()
    assert scene.ending(Verb.ATTENDED, row, plan) == "confirmed"

    who = scene.row(Key("pbx", Kind.AGENT, "PJSIP/1001"))
    assert who is not None
    pause = scene.plan(Verb.PAUSE, who, args=(("reason", "lunch"),))
    scene.decide(Verb.PAUSE, who)
    assert dict(pause.fields) == {"Interface": "PJSIP/1001", "Paused": "true", "Reason": "lunch"}
    seats = [seat for seat in scene.pbx.seats.values() if seat.interface == "PJSIP/1001"]
    for number, seat in enumerate(seats, 1):
        seat.paused = 1
        scene.pbx.seat_event("QueueMemberPause", seat)
        scene.settle()
        assert scene.ending(Verb.PAUSE, who, pause) == ("confirmed" if number == len(seats) else "open")

    end = scene.plan(Verb.HANGUP, row)
    scene.decide(Verb.HANGUP, row)
    scene.pbx.end(caller)
    scene.settle()
    assert scene.ending(Verb.HANGUP, row, end) == "confirmed"


def test_a_caller_who_hangs_up_themselves_was_not_hung_up() -> None:
    scene, row, caller, _ = talking()
    plan = scene.plan(Verb.HANGUP, row)
    scene.decide(Verb.HANGUP, row)
    scene.pbx.say("HangupRequest", Uniqueid=caller)
    scene.pbx.end(caller)
    scene.settle()
    assert scene.ending(Verb.HANGUP, row, plan) == "denied"


def test_staffing() -> None:
    scene = Scene().fresh()
    who = scene.row(Key("pbx", Kind.AGENT, "PJSIP/1001"))
    assert who is not None
    with pytest.raises(NotSent, match="already"):
        scene.plan(Verb.STAFF, who, args=(("queue", "sales"),))
    with pytest.raises(NotSent, match="no queue"):
        scene.plan(Verb.STAFF, who, args=(("queue", "nowhere"),))
    out = scene.plan(Verb.UNSTAFF, who, args=(("queue", "sales"),))
    scene.decide(Verb.UNSTAFF, who)
    assert (out.action, dict(out.fields)) == ("QueueRemove", {"Queue": "sales", "Interface": "PJSIP/1001"})
    scene.pbx.say("QueueMemberRemoved", Queue="support", Interface="PJSIP/1001")
    scene.settle()
    assert scene.ending(Verb.UNSTAFF, who, out) == "open"
    scene.pbx.say("QueueMemberRemoved", Queue="sales", Interface="PJSIP/1001")
    scene.settle()
    assert scene.ending(Verb.UNSTAFF, who, out) == "confirmed"


@given(st.text(max_size=30))
def test_only_plain_numbers_are_dialled(number: str) -> None:
    scene, row, _, _ = talking()
    try:
        plan = scene.plan(Verb.TRANSFER, row, to=number)
    except NotSent:
        return
    assert actions.DIALLABLE.match(number)
    assert not set(plan.dial) & set("\r\n\0 /,|&;_[]" if plan.dial[0] == "_" else "\r\n\0 /,|&;[]")


@pytest.mark.parametrize("verb", [Verb.LISTEN, Verb.TRANSFER, Verb.ATTENDED, Verb.PARK, Verb.PICKUP, Verb.HANGUP])
def test_nothing_is_sent_for_a_call_that_is_over(verb: Verb) -> None:
    scene, row, caller, _ = talking()
    scene.pbx.end(caller)
    scene.settle()
    with pytest.raises(ActionError, match="over"):
        scene.plan(verb, row, to="3000")


def test_a_channel_that_is_a_regular_expression_to_asterisk_is_never_named() -> None:
    scene, row, caller, _ = talking()
    scene.board.channels[caller] = replace(scene.board.channels[caller], name="/.*/")
    with pytest.raises(TargetGone):
        scene.plan(Verb.HANGUP, row)


def test_what_is_off_says_why() -> None:
    scene, row, _, _ = talking()
    _, member, _ = waiting()

    def why(verb: Verb, row: Row | None, account: actions.Account = ACCOUNT) -> str:
        may = actions.can(verb, row, account, scene.board)
        assert not may
        return may.reason

    assert why(Verb.HOLD, row) == "AMI has no hold: only the agent's own phone can"
    assert why(Verb.LISTEN, member) == "no agent is known on it"
    assert why(Verb.HANGUP, row, replace(ACCOUNT, commands=frozenset())) == "not connected"
    assert why(Verb.HANGUP, row, replace(ACCOUNT, commands=frozenset({"Park"}))) == "this account may not use Hangup"
    assert why(Verb.LISTEN, row, replace(ACCOUNT, phone="")) == "no phone is set for this source"
    assert why(Verb.TRANSFER, row, replace(ACCOUNT, transfer_context="")).startswith("transfer_context is not set")
    assert why(Verb.PARK, row, replace(ACCOUNT, read_only=True)) == "this console is read-only"
    assert why(Verb.END, row) == "you are not on this call"
    assert why(Verb.UNPAUSE, scene.row(Key("pbx", Kind.AGENT, "PJSIP/1001"))) == "no queue says that they are paused"
    assert actions.can(Verb.LISTEN, row, ACCOUNT, scene.board)


def test_noise_is_evidence_only_for_what_is_waited_for() -> None:
    assert proof_of(message("Hangup", Uniqueid="a"), 1.0, set()) is None
    assert proof_of(message("Hangup", Uniqueid="a"), 1.0, {"a"}) is not None
    assert proof_of(message("Newexten", Uniqueid="a"), 1.0, {"a"}) is None
