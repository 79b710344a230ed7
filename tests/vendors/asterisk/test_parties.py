"""Who is who on a call: by the queue's words, the members' telephones and who dialled, never by age."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.vendors.asterisk.server import START, message
from wallboard.domain.command import Command, Target, Verb, fingerprint
from wallboard.domain.errors import NotSent
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Queue
from wallboard.domain.states import AgentState, CallState, Direction, MemberState
from wallboard.vendors.asterisk import actions
from wallboard.vendors.asterisk.devices import device_of, same_device
from wallboard.vendors.asterisk.facts import Lists
from wallboard.vendors.asterisk.mapping import Mapper, Rows
from wallboard.vendors.asterisk.protocol import Message
from wallboard.vendors.asterisk.state import Switchboard

ACCOUNT = actions.Account(
    frozenset(action for needed in actions.NEEDS.values() for action in needed) | {"PlayDTMF"},
    "PJSIP/2001",
    "targets",
    "",
    read_only=False,
)


@dataclass
class Pbx:
    """Lists as they stand when a console starts, and what is told from then on."""

    members: list[Message] = field(default_factory=list)
    entries: list[Message] = field(default_factory=list)
    channels: list[Message] = field(default_factory=list)
    bridges: list[Message] = field(default_factory=list)
    hints: list[Message] = field(default_factory=list)
    blind: bool = False
    board: Switchboard = field(default_factory=Switchboard)
    count: int = 0

    def member(self, interface: str, *, state: str = "", in_call: int | None = 0, queue: str = "sales") -> None:
        told: dict[str, object] = {"Status": 1, "Paused": 0}
        if in_call is not None:
            told["InCall"] = in_call
        named = f"Agent {interface}"
        self.members.append(
            message("QueueMember", Queue=queue, Name=named, Location=interface, StateInterface=state, **told)
        )

    def channel(self, name: str, bridge: str = "", app: str = "", data: str = "", **more: object) -> str:
        self.count += 1
        unique = f"pbx-{START + self.count}.{self.count}"
        fields = {"ChannelState": 6, "Linkedid": unique, "Context": "ctx", "Exten": "s", **more}
        self.channels.append(
            message(
                "CoreShowChannel",
                Channel=name,
                Uniqueid=unique,
                BridgeId=bridge,
                Application=app,
                ApplicationData=data,
                **fields,
            )
        )
        return unique

    def bridge(self, ident: str, technology: str = "simple_bridge", creator: str = "<unknown>") -> None:
        self.bridges.append(
            message("BridgeListItem", BridgeUniqueid=ident, BridgeTechnology=technology, BridgeCreator=creator)
        )

    def look(self) -> Rows:
        params = {item.get("Queue"): message("QueueParams", Queue=item.get("Queue")) for item in self.members}
        self.board.load(
            Lists(
                START + 100.0,
                (*params.values(), *self.members, *self.entries),
                None if self.blind else tuple(self.channels),
                (),
                (),
                tuple(self.bridges),
                tuple(self.hints),
            )
        )
        return self.rows()

    def say(self, event: str, **fields: object) -> Rows:
        self.board.apply(message(event, **fields), START + 101.0)
        return self.rows()

    def rows(self) -> Rows:
        return Mapper("pbx", 0.0, "PJSIP/2001").rows(self.board, START + 102.0, lambda server: server)

    def call(self, unique: str) -> Call:
        row = self.rows()[Resource.CALLS][Key("pbx", Kind.CALL, unique)]
        assert isinstance(row, Call)
        return row

    def hit(self, verb: Verb, row: Call, to: str = "", via: Key | None = None) -> str:
        """The device whose channel the action names."""
        from wallboard.domain.command import Destination

        target = Target(row.key, "row", fingerprint(row), row.address, via)
        planner = actions.Planner(ACCOUNT, self.board, lambda: "act-1", lambda: "wallboard-1.1")
        plan = planner.plan(Command("id", verb, target, Destination(to) if to else None), row)
        sent = dict(plan.fields)
        return device_of(sent["Data"].split(",", 1)[0] if "Data" in sent else sent["Channel"])


AGENT_CHANNELS = [
    ("PJSIP/7001", "PJSIP/7001-0000000a", ""),
    ("pjsip/7001", "PJSIP/7001-0000000a", ""),
    ("PJSIP/7001/sip:7001@10.0.0.7:5060", "PJSIP/7001-0000000a", ""),
    ("SCCP/7001", "SCCP/7001-0000000A", ""),
    ("SIP/7001", "SIP/7001-0a1b2c3d", ""),
    ("IAX2/7001", "IAX2/7001-4711", ""),
    ("DAHDI/7", "DAHDI/7-1", ""),
    ("Agent/401", "SIP/7001-0a1b2c3d", "SIP/7001"),
    ("SIP/1001@host", "SIP/7001-0a1b2c3d", "SIP/7001"),
    ("Local/7001@from-queue/n", "PJSIP/7001-0000000a", "hint:7001@ext-local"),
    ("Local/7001@from-queue", "PJSIP/7001-0000000a", "PJSIP/7001"),
    ("WHATEVER/new-tech", "WHATEVER/new-tech-99", ""),
]


@pytest.mark.parametrize(("interface", "channel", "state"), AGENT_CHANNELS)
def test_the_member_is_known_by_the_telephone_whatever_the_technology(interface: str, channel: str, state: str) -> None:
    pbx = Pbx()
    pbx.member(interface, state=state, in_call=1)
    pbx.hints.append(message("ExtensionStatus", Exten="7001", Context="ext-local", Hint="PJSIP/7001&Custom:DND7001"))
    caller = pbx.channel("PJSIP/trunk-00000001", "b1", "Queue", "sales,tT", CallerIDNum="+4930111")
    pbx.channel(channel, "b1", "AppQueue", "(Outgoing Line)")
    rows = pbx.look()
    (member,) = rows[Resource.MEMBERS].values()
    assert isinstance(member, Member)
    assert (member.key.id, member.state, member.serving_ref) == (caller, MemberState.TALKING, interface)
    (queue,) = rows[Resource.QUEUES].values()
    assert isinstance(queue, Queue)
    assert queue.talking == 1
    call = pbx.call(caller)
    assert (call.direction, call.agent_key) == (Direction.IN, Key("pbx", Kind.AGENT, interface))
    assert pbx.hit(Verb.WHISPER, call) == device_of(channel)
    assert pbx.hit(Verb.HANGUP, call) == "PJSIP/trunk"


@pytest.mark.parametrize(("interface", "channel", "state"), AGENT_CHANNELS)
def test_who_dials_out_is_the_agent_and_the_other_is_moved(interface: str, channel: str, state: str) -> None:
    pbx = Pbx()
    pbx.member(interface, state=state)
    pbx.hints.append(message("ExtensionStatus", Exten="7001", Context="ext-local", Hint="PJSIP/7001"))
    agent = pbx.channel(channel, "b1", "Dial", "PJSIP/out/4930,30", Exten="4930")
    pbx.channel("PJSIP/out-00000002", "b1", "AppDial", "(Outgoing Line)", CallerIDNum="4930", Linkedid=agent)
    pbx.look()
    call = pbx.call(agent)
    assert (call.direction, call.agent_key) == (Direction.OUT, Key("pbx", Kind.AGENT, interface))
    assert call.to == "4930"
    assert {verb: pbx.hit(verb, call, "3000") for verb in (Verb.WHISPER, Verb.TRANSFER, Verb.PARK, Verb.HANGUP)} == {
        Verb.WHISPER: device_of(channel),
        Verb.TRANSFER: device_of(channel),
        Verb.PARK: "PJSIP/out",
        Verb.HANGUP: "PJSIP/out",
    }


def test_a_member_over_a_trunk_is_known_by_the_queue_s_own_words() -> None:
    pbx = Pbx()
    pbx.member("SIP/1001@host")
    pbx.member("SIP/1002@host")
    pbx.look()
    caller, leg = "pbx-1795000050.1", "pbx-1795000050.2"
    pbx.say("Newchannel", Channel="SIP/in-1", Uniqueid=caller, Linkedid=caller, ChannelState=6)
    pbx.say("QueueCallerJoin", Queue="sales", Channel="SIP/in-1", Uniqueid=caller, Position=1)
    pbx.say("Newchannel", Channel="SIP/host-2", Uniqueid=leg, Linkedid=caller, ChannelState=5)
    offered = {"Queue": "sales", "Interface": "SIP/1002@host", "Uniqueid": caller, "DestUniqueid": leg}
    rows = pbx.say("AgentCalled", **offered, Channel="SIP/in-1", DestChannel="SIP/host-2")
    (waiting,) = rows[Resource.MEMBERS].values()
    assert isinstance(waiting, Member)
    assert waiting.state is MemberState.RINGING
    pbx.say("QueueCallerLeave", Queue="sales", Uniqueid=caller)
    pbx.say("AgentConnect", **offered, HoldTime=3)
    for channel in (caller, leg):
        pbx.say("BridgeEnter", Uniqueid=channel, BridgeUniqueid="b1", BridgeTechnology="simple_bridge")
    call = pbx.call(caller)
    assert call.agent_key == Key("pbx", Kind.AGENT, "SIP/1002@host")


def test_the_only_member_in_a_call_is_who_serves_where_no_telephone_tells() -> None:
    pbx = Pbx()
    pbx.member("SIP/1001@host", in_call=1)
    pbx.member("SIP/1002@host")
    caller = pbx.channel("SIP/in-1", "b1", "Queue", "sales")
    pbx.channel("SIP/host-2", "b1", "AppQueue", "(Outgoing Line)")
    pbx.look()
    assert pbx.call(caller).agent_key == Key("pbx", Kind.AGENT, "SIP/1001@host")


def test_two_members_over_one_trunk_who_both_talk_are_not_guessed() -> None:
    pbx = Pbx()
    for interface in ("SIP/1001@host", "SIP/1002@host"):
        pbx.member(interface, in_call=1)
    callers = [pbx.channel(f"SIP/in-{n}", f"b{n}", "Queue", "sales") for n in (1, 2)]
    for n in (1, 2):
        pbx.channel(f"SIP/host-{n}", f"b{n}", "AppQueue", "(Outgoing Line)")
    pbx.look()
    assert [pbx.call(caller).agent_key for caller in callers] == [None, None]


def test_an_agent_of_the_pool_is_older_than_the_caller_and_still_the_agent() -> None:
    pbx = Pbx()
    pbx.member("Local/300001@dialer", state="Agent:300001", in_call=1)
    pbx.bridge("hold", "holding_bridge", "AgentPool")
    agent = pbx.channel("PJSIP/1005-00000001", "b1", "AgentLogin", "300001", Exten="902")
    idle = pbx.channel("PJSIP/1006-00000002", "hold", "AgentLogin", "300002", Exten="902")
    caller = pbx.channel("PJSIP/trunk-00000003", "b1", "Queue", "sales", Linkedid=agent, CallerIDNum="+4930")
    gone_on = pbx.channel("PJSIP/trunk-00000004", "", "MusicOnHold", "default", Linkedid=agent)
    rows = pbx.look()
    assert {key.id for key in rows[Resource.CALLS]} == {caller, gone_on}, (idle, rows[Resource.CALLS])
    call = pbx.call(caller)
    assert (call.direction, call.from_number) == (Direction.IN, "+4930")
    assert call.agent_key == Key("pbx", Kind.AGENT, "Local/300001@dialer")
    hits = {verb: pbx.hit(verb, call, "3000") for verb in (Verb.LISTEN, Verb.TRANSFER, Verb.PARK, Verb.HANGUP)}
    assert hits == {
        Verb.LISTEN: "PJSIP/1005",
        Verb.TRANSFER: "PJSIP/1005",
        Verb.PARK: "PJSIP/trunk",
        Verb.HANGUP: "PJSIP/trunk",
    }


def test_every_party_of_a_conference_has_a_row_and_is_hit_alone() -> None:
    pbx = Pbx()
    pbx.member("PJSIP/1001")
    pbx.bridge("c", "softmix", "ConfBridge")
    parties = [
        pbx.channel(f"PJSIP/trunk-0000000{n}", "c", "ConfBridge", "700", Exten="700", CallerIDNum=f"+{n}")
        for n in (1, 2, 3)
    ]
    parties.append(pbx.channel("PJSIP/1001-00000009", "c", "ConfBridge", "700", Exten="700"))
    pbx.channel("CBAnn/700-00000001;2", "c", "", "")
    rows = pbx.look()
    assert {key.id for key in rows[Resource.CALLS]} == set(parties)
    second = pbx.call(parties[1])
    assert second.from_number == "+2"
    assert second.state is CallState.TALKING
    for verb in (Verb.LISTEN, Verb.WHISPER, Verb.BARGE, Verb.ATTENDED, Verb.PARK, Verb.PICKUP):
        may = actions.can(verb, second, ACCOUNT, pbx.board)
        assert not may
        assert may.reason == "in a conference of 4: there is no one other party"
    planner = actions.Planner(ACCOUNT, pbx.board, lambda: "a", lambda: "u")
    target = Target(second.key, "row", fingerprint(second), second.address)
    plan = planner.plan(Command("id", Verb.HANGUP, target), second)
    assert dict(plan.fields)["Channel"] == "PJSIP/trunk-00000002"


def test_where_nothing_tells_who_is_the_agent_nobody_is_moved_or_whispered_to() -> None:
    pbx = Pbx()
    pbx.member("PJSIP/1001")
    one = pbx.channel("SIP/left-1", "b1", "Dial", "SIP/right")
    pbx.channel("SIP/right-2", "b1", "AppDial", "(Outgoing Line)")
    pbx.look()
    call = pbx.call(one)
    assert call.direction is Direction.UNKNOWN
    assert call.agent_key is None
    for verb in (Verb.WHISPER, Verb.TRANSFER, Verb.ATTENDED, Verb.PARK, Verb.PICKUP):
        assert "not clear" in actions.can(verb, call, ACCOUNT, pbx.board).reason
    for verb in (Verb.LISTEN, Verb.BARGE, Verb.HANGUP):
        assert actions.can(verb, call, ACCOUNT, pbx.board)


def test_a_call_between_two_agents_is_listened_to_on_the_telephone_of_the_row_that_was_pressed() -> None:
    pbx = Pbx()
    for interface in ("PJSIP/1001", "PJSIP/1002"):
        pbx.member(interface)
    first = pbx.channel("PJSIP/1001-1", "b1", "Dial", "PJSIP/1002")
    pbx.channel("PJSIP/1002-2", "b1", "AppDial", "(Outgoing Line)")
    rows = pbx.look()
    call = pbx.call(first)
    assert call.direction is Direction.INTERNAL
    assert pbx.hit(Verb.WHISPER, call) == "PJSIP/1002"
    for interface, other in (("PJSIP/1001", "PJSIP/1002"), ("PJSIP/1002", "PJSIP/1001")):
        agent = rows[Resource.AGENTS][Key("pbx", Kind.AGENT, interface)]
        assert isinstance(agent, Agent)
        assert agent.with_key == call.key
        # Each is the other's party: who was pressed stays, and is who transfers.
        hits = {verb: pbx.hit(verb, call, "3000", via=agent.key) for verb in (Verb.WHISPER, Verb.TRANSFER, Verb.PARK)}
        assert hits == {Verb.WHISPER: interface, Verb.TRANSFER: interface, Verb.PARK: other}


def test_a_linkedid_that_outlived_its_call_joins_no_strangers() -> None:
    pbx = Pbx()
    first = pbx.channel("PJSIP/trunk-1", "", "MusicOnHold", "default")
    second = pbx.channel("PJSIP/trunk-2", "", "Queue", "sales", Linkedid=first)
    assert {key.id for key in pbx.look()[Resource.CALLS]} == {first, second}


def test_an_account_that_sees_no_channels_says_what_it_knows_and_no_zero_for_the_rest() -> None:
    pbx = Pbx(blind=True)
    pbx.member("PJSIP/1001", in_call=None)
    pbx.member("PJSIP/1002", in_call=None)
    (queue,) = pbx.look()[Resource.QUEUES].values()
    assert isinstance(queue, Queue)
    assert queue.talking is None
    caller = {"Queue": "sales", "Uniqueid": "pbx-1795000050.1", "Channel": "SIP/in-1", "CallerIDNum": "+49"}
    pbx.say("QueueCallerJoin", **caller, Position=1)
    leg = {"Interface": "PJSIP/1001", "DestUniqueid": "pbx-1795000050.2", "DestChannel": "PJSIP/1001-1"}
    (member,) = pbx.say("AgentCalled", **caller, **leg)[Resource.MEMBERS].values()
    assert isinstance(member, Member)
    assert member.state is MemberState.RINGING
    (member,) = pbx.say("AgentRingNoAnswer", **caller, **leg)[Resource.MEMBERS].values()
    assert isinstance(member, Member)
    assert member.state is MemberState.WAITING
    pbx.say("AgentCalled", **caller, **leg)
    pbx.say("QueueCallerLeave", **caller)
    rows = pbx.say("AgentConnect", **caller, **leg, HoldTime=2)
    (member,) = rows[Resource.MEMBERS].values()
    assert isinstance(member, Member)
    assert (member.state, member.number, member.serving_ref) == (MemberState.TALKING, "+49", "PJSIP/1001")
    agent = rows[Resource.AGENTS][Key("pbx", Kind.AGENT, "PJSIP/1001")]
    assert isinstance(agent, Agent)
    assert agent.state is AgentState.TALKING
    assert not pbx.say("AgentComplete", **caller, **leg)[Resource.MEMBERS]


def test_the_queue_s_word_on_its_members_counts_where_channels_cannot_be_seen() -> None:
    pbx = Pbx(blind=True)
    pbx.member("PJSIP/1001", in_call=1)
    pbx.member("PJSIP/1002", in_call=0)
    (queue,) = pbx.look()[Resource.QUEUES].values()
    assert isinstance(queue, Queue)
    assert queue.talking == 1


def parked(pbx: Pbx) -> list[tuple[str, str]]:
    rows = pbx.rows()[Resource.PARKED].values()
    return sorted((row.slot, row.caller) for row in rows if isinstance(row, ParkedCall))


@pytest.mark.parametrize("event", ["ParkedCallSwap", "ParkedCall"])
def test_a_slot_shows_who_is_in_it_now(event: str) -> None:
    pbx = Pbx()
    one, other = pbx.channel("PJSIP/a-1"), pbx.channel("PJSIP/b-2")
    pbx.look()
    slot = {"ParkingSpace": "701", "Parkinglot": "default", "ParkerDialString": "PJSIP/1001"}
    pbx.say("ParkedCall", ParkeeUniqueid=one, ParkeeCallerIDName="Ann", ParkeeChannel="PJSIP/a-1", **slot)
    pbx.say(event, ParkeeUniqueid=other, ParkeeCallerIDName="Bea", ParkeeChannel="PJSIP/b-2", **slot)
    assert parked(pbx) == [("701", "Bea")]


def test_a_channel_that_takes_the_place_of_a_parked_one_is_the_parked_one() -> None:
    pbx = Pbx()
    one = pbx.channel("PJSIP/a-1")
    other = pbx.channel("PJSIP/b-2", CallerIDName="Bea")
    pbx.look()
    pbx.say("ParkedCall", ParkeeUniqueid=one, ParkeeCallerIDName="Ann", ParkingSpace="701", Parkinglot="default")
    pbx.say("BridgeEnter", Uniqueid=other, SwapUniqueid=one, BridgeUniqueid="p", BridgeTechnology="holding_bridge")
    assert parked(pbx) == [("701", "Bea")]


def test_parking_as_older_servers_tell_it() -> None:
    pbx = Pbx()
    one = pbx.channel("SIP/a-1")
    pbx.member("SIP/1001")
    pbx.look()
    older = {"Exten": "701", "Channel": "SIP/a-1", "From": "SIP/1001-00000007", "Timeout": "45"}
    pbx.say("ParkedCall", Uniqueid=one, CallerIDNum="+49", CallerIDName="Ann", **older)
    assert parked(pbx) == [("701", "Ann")]
    (row,) = pbx.rows()[Resource.PARKED].values()
    assert isinstance(row, ParkedCall)
    assert row.by == "Agent SIP/1001"


def test_devices_are_compared_whole() -> None:
    assert same_device("PJSIP/2001", device_of("pjsip/2001-0000000a"))
    assert not same_device("PJSIP/2001", device_of("PJSIP/2001-web-0000000a"))
    assert not same_device("", "")


def test_an_agent_who_waits_for_an_answer_is_not_moved() -> None:
    pbx = Pbx()
    pbx.member("PJSIP/1001")
    agent = pbx.channel("PJSIP/1001-1", "", "Dial", "PJSIP/out/49", ChannelState=6)
    pbx.channel("PJSIP/out-2", "", "AppDial", "(Outgoing Line)", ChannelState=5, Linkedid=agent)
    pbx.look()
    call = pbx.call(agent)
    assert (call.state, call.direction) == (CallState.RINGING, Direction.OUT)
    for verb in (Verb.TRANSFER, Verb.PARK, Verb.PICKUP):
        assert actions.can(verb, call, ACCOUNT, pbx.board).reason == "nobody has answered the agent yet"
    for verb in (Verb.LISTEN, Verb.ATTENDED):
        assert not actions.can(verb, call, ACCOUNT, pbx.board)


def test_a_transfer_while_the_agent_consults_moves_the_caller_and_not_the_other() -> None:
    pbx = Pbx()
    pbx.member("PJSIP/1001", in_call=1)
    caller = pbx.channel("PJSIP/trunk-1", "b1", "Queue", "sales")
    agent = pbx.channel("PJSIP/1001-2", "b1", "AppQueue", "(Outgoing Line)", Linkedid=caller)
    pbx.look()
    pbx.say("BridgeLeave", Uniqueid=agent, BridgeUniqueid="b1")
    other = "pbx-1795000070.9"
    pbx.say("Newchannel", Channel="PJSIP/1002-3", Uniqueid=other, Linkedid=caller, ChannelState=6)
    for channel in (agent, other):
        pbx.say("BridgeEnter", Uniqueid=channel, BridgeUniqueid="b2", BridgeTechnology="simple_bridge")
    call = pbx.call(caller)
    assert pbx.hit(Verb.TRANSFER, call, "3000") == "PJSIP/trunk"
    with pytest.raises(NotSent, match="does not talk with this caller now"):
        pbx.hit(Verb.ATTENDED, call, "3000")


def test_an_agent_who_holds_the_call_hears_no_whisper() -> None:
    pbx = Pbx()
    pbx.member("PJSIP/1001", in_call=1)
    caller = pbx.channel("PJSIP/trunk-1", "b1", "Queue", "sales")
    agent = pbx.channel("PJSIP/1001-2", "b1", "AppQueue", "(Outgoing Line)", Linkedid=caller)
    pbx.look()
    pbx.say("Hold", Uniqueid=agent)
    call = pbx.call(caller)
    assert call.state is CallState.HELD
    assert "plays nothing" in actions.can(Verb.WHISPER, call, ACCOUNT, pbx.board).reason
    assert actions.can(Verb.LISTEN, call, ACCOUNT, pbx.board)
    pbx.say("Unhold", Uniqueid=agent)
    assert actions.can(Verb.WHISPER, pbx.call(caller), ACCOUNT, pbx.board)
