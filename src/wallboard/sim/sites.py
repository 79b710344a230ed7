"""Who works where: the three PBX accounts and the hotline organisation of the demonstration.

Ids, numbers and secrets are fixed, so that documentation, tests and a served simulation agree. Ids of `front` are
decimal numbers as its vendor's push prints them; its resources print them another way (see the face).
"""

from __future__ import annotations

from wallboard.sim.engine import Engine
from wallboard.sim.hotlines import HotlineService
from wallboard.sim.model import LOGGED_OUT, ON_BREAK, Agent, Behaviour, Queue, QueueProfile, Tier
from wallboard.sim.pbx import Pbx
from wallboard.sim.people import staff

SUPERVISOR_NUMBER = "2001"
ORGANIZATION = 77
Row = dict[str, object]
TRUNK = "carrier-a"
_BASE = 700551909773148000

# 24 factors, UTC. Nights are quieter but never dead: a demonstration must show something at any hour.
_OFFICE = (
    *(0.75, 0.75, 0.75, 0.75, 0.75, 0.8, 0.85, 0.95, 1.1, 1.2, 1.2, 1.1),
    *(1.0, 1.1, 1.15, 1.1, 1.05, 1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.75),
)
_ALWAYS = (1.15, 1.2, 1.2, 1.1, 1.0, 0.9, *(0.9,) * 12, 0.95, 1.0, 1.0, 1.05, 1.1, 1.15)
_DAY = (
    *(0.5, 0.5, 0.5, 0.5, 0.5, 0.6, 0.8, 1.0, 1.2, 1.2, 1.1, 1.0),
    *(0.9, 1.0, 1.1, 1.1, 1.0, 0.9, 0.8, 0.7, 0.7, 0.6, 0.5, 0.5),
)
_NIGHT = (*(1.2,) * 6, *(0.6,) * 12, *(1.0,) * 6)

_HQ = (
    *("Anna Petrosyan", "Boris Kim", "Chen Wei", "Dana O'Neill", "Emeka Obi", "Fatima Zahra", "Gustavo Lima"),
    *("Hanna Nyström", "Ibrahim Sow", "Julia Wójcik", "Kenji Mori", "Reception", "Back office", "Warehouse"),
)
_BRANCH = ("Lars Dahl", "Mei Lin", "Noor Haddad", "Oskar Brandt", "Workshop")
_FRONT = (
    *("Lena Hartmann", "Idris Bello", "Marta Kowalczyk", "Yuki Arai", "Pavel Dvořák", "Selin Aksoy", "Matteo Ferri"),
    *("Aoife Byrne", "Kofi Asante", "Dörte Hansen", "Back office", "Goods in"),
)
_UNSET = """
agent_announce_sound agent_hangup_action agent_hangup_transfer_dst announce_frequency announce_sound
append_to_cid_name_on_transfer exit_key exit_transfer_dst exit_transfer_dst_sound max_wait_time
max_wait_time_with_no_agent no_agent_timeout_transfer_dst no_agent_timeout_transfer_dst_sound
position_announce_frequency quality_rate_finish_sound quality_rate_max quality_rate_sound sound start_sound
timeout_transfer_dst timeout_transfer_dst_sound try_same_agent_time vm_greeting vm_mailto
"""
_OFF = """
agent_report_wait_time disable_answer exit_with_no_av_agents record_enabled tier_rule_wait_multiply_level
tier_rules_apply vm_enabled
"""
_HOSTED: Row = {
    **dict.fromkeys(_UNSET.split()),
    **dict.fromkeys(_OFF.split(), False),
    **{"skip_busy_agents": True, "sound_type": "music", "tier_rule_wait_second": 0},
    **{"vm_attach_file": True, "vm_profile": "default"},
}
"""The settings resource of a hosted queue: every field of the document, its defaults as responses show them."""


def did(number: str) -> str:
    """The number in the public network of an extension of `front`: 8100 is +4930231258100."""
    return "+4930231258" + number.removeprefix("8")


def resource_id(number: int) -> int:
    """The decimal id of what has this extension number or place in the plan of `front`."""
    return _BASE + number


def place_of(identity: int) -> int:
    """The extension number or place behind a decimal id."""
    return identity - _BASE


def _phones(pbx: Pbx, first: int, names: tuple[str, ...]) -> None:
    for identity, name in enumerate(names, start=first):
        pbx.add_extension(identity, "phone", name)


def _queue(
    pbx: Pbx, identity: int, label: str, strategy: str, profile: QueueProfile, agents: str, settings: Row
) -> None:
    """`agents` in their order, such as `136 144/2 r9`: an id, the level where it is not 1, r for a remote one."""
    queue = Queue(pbx.add_extension(identity, "queue", label), strategy, settings, profile)
    for position, text in enumerate(agents.split(), start=1):
        name, _, level = text.partition("/")
        agent = pbx.agents["remote" if name.startswith("r") else "local", int(name.lstrip("r"))]
        queue.engage(Tier(agent, int(level or 1), position))
    pbx.queues[identity] = queue


def _hosted(
    pbx: Pbx, identity: int, label: str, strategy: str, profile: QueueProfile, agents: str, **changes: object
) -> None:
    _queue(pbx, identity, label, strategy, profile, agents, _HOSTED | {"strategy": strategy} | changes)


def hq(engine: Engine) -> Pbx:
    """Account `hq`: 5 queues, 14 phones and a supervisor's desk, 12 agents (one of them remote)."""
    pbx = Pbx(engine, "hq", client_id=3401, prefix="022", domain="pbx.example")
    _phones(pbx, 201, _HQ)
    pbx.add_extension(300, "phone", "Supervisor desk", SUPERVISOR_NUMBER).desk = True
    pbx.add_extension(690, "conference", "Morning meeting")
    for place in range(11):
        pbx.add_agent(136 + place, _HQ[place], 201 + place).wrap_up_time = 10 + place % 4 * 5
    pbx.add_agent(9, "Lena (home)", None, remote_name="031*101@pbx.example")
    sales = QueueProfile(86.0, _OFFICE, 105.0, 120.0, "+49302312501")
    _hosted(pbx, 601, "Sales", "longest-idle-agent", sales, "136 137 138 139 146/2 r9", record_enabled=True)
    support = QueueProfile(74.0, _OFFICE, 130.0, 160.0, "+49302312502")
    tiers = {"tier_rules_apply": True, "tier_rule_wait_second": 25, "tier_rule_wait_multiply_level": True}
    in_order = "140 141 142 143 144/2 137/2"
    _hosted(pbx, 602, "Support", "round-robin", support, in_order, record_enabled=True, **tiers)
    emergency = QueueProfile(22.0, _ALWAYS, 75.0, 180.0, "+49302312503")
    _hosted(pbx, 603, "Emergency", "ring-all", emergency, "144 145 143", record_enabled=True)
    callback = QueueProfile(18.0, _OFFICE, 80.0, 100.0, "+49302312504")
    _hosted(pbx, 604, "Sales callback", "agent-with-fewest-calls", callback, "139 138")
    vip = QueueProfile(14.0, _OFFICE, 130.0, 90.0, "+49302312505", 5.0)
    _hosted(pbx, 605, "VIP", "top-down", vip, "146 136")
    pbx.agents["local", 138].status = ON_BREAK
    pbx.agents["local", 145].status, pbx.agents["local", 145].state = LOGGED_OUT, "Idle"
    # The trunk between the sites: 88 and a number of the branch.
    for far in ("101", "102", "103", "104", "701", "702", "8100"):
        pbx.routes["88" + far] = "+4930231257" + far[-2:]
    return pbx


def branch(engine: Engine) -> Pbx:
    """Account `branch`: 2 queues, 4 agents, a workshop, a night desk (number 8100) and the supervisor's line."""
    pbx = Pbx(engine, "branch", client_id=5120, prefix="031", domain="branch.example")
    _phones(pbx, 101, _BRANCH)
    pbx.add_extension(110, "phone", "Night desk", "8100")
    # The supervisor has a line in both accounts, under the same number.
    pbx.add_extension(120, "phone", "Supervisor line", SUPERVISOR_NUMBER).desk = True
    for place in range(4):
        pbx.add_agent(41 + place, _BRANCH[place], 101 + place)
    desk = QueueProfile(40.0, _OFFICE, 80.0, 110.0, "+49302312571")
    _hosted(pbx, 701, "Front desk", "sequentially-by-agent-order", desk, "41 42 43/2")
    _hosted(pbx, 702, "Service", "random", QueueProfile(27.0, _OFFICE, 120.0, 140.0, "+49302312572"), "43 44")
    pbx.behaviour = Behaviour(side_calls_per_hour=25.0)
    return pbx


def front(engine: Engine) -> Pbx:
    """Account `front`, a PortSIP PBX in Berlin: phones, the supervisor's phone 2001, 10 agents and 3 queues.

    `polling_strategy` is the documented strategy, the queue's own what comes nearest to it here.
    """
    pbx = Pbx(engine, "front", client_id=6760, prefix="front", domain="front.example")
    _phones(pbx, 301, _FRONT)
    pbx.extensions[312].registered = False
    pbx.add_extension(2001, "phone", "Supervisor").desk = True
    for place in range(10):
        pbx.add_agent(301 + place, _FRONT[place], 301 + place)
    same: Row = {"max_callers": 50, "max_waiting_time": 600, "language": "de-DE"}
    for number, name, polling, strategy, ring_time, promise, profile, agents in (
        (
            *(8001, "Front desk", "LEAST_WORKED_HUNT", "agent-with-fewest-calls", 20, 20),
            *(QueueProfile(16.0, _DAY, 85.0, 130.0, did("8001")), "301 302 303 304 305 306"),
        ),
        (
            *(8002, "Billing", "CYCLIC_HUNT", "round-robin", 25, 40),
            *(QueueProfile(20.0, _DAY, 120.0, 150.0, did("8002")), "305 306 307 308 309"),
        ),
        (
            *(8003, "Night", "RING_SIMULTANEOUSLY", "ring-all", 30, 15),
            *(QueueProfile(6.0, _NIGHT, 70.0, 180.0, did("8003")), "309 310 301"),
        ),
    ):
        own = {"polling_strategy": polling, "ring_time": ring_time, "sla_time": promise}
        _queue(pbx, number, name, strategy, profile, agents, own | same)
        for tier in pbx.queues[number].tiers:
            tier.agent.call_timeout = ring_time
    pbx.agents["local", 308].status, pbx.agents["local", 308].state = LOGGED_OUT, "Idle"
    next(tier for tier in pbx.queues[8001].tiers if tier.agent.id == 304).pause = "NOT_READY"
    next(tier for tier in pbx.queues[8002].tiers if tier.agent.id == 306).pause = "LUNCH"
    pbx.behaviour = Behaviour(side_calls_per_hour=25.0)
    return pbx


_TOPICS = (
    *("Accounts", "Advice", "Billing", "Bookings", "Claims", "Complaints", "Contracts", "Delivery", "Doctors"),
    *("Field service", "Finance", "Helpdesk", "Loans", "Night line", "Orders", "Parts", "Returns", "Sales", "Spare"),
    *("Warranty",),
)
_PLACES = (
    *("Aachen", "Bremen", "Celle", "Dresden", "Essen", "Fulda", "Graz", "Hamburg", "Innsbruck", "Jena", "Kassel"),
    *("Linz", "Mainz", "Nürnberg", "Oldenburg", "Passau", "Rostock", "Salzburg", "Trier", "Ulm", "Villach"),
    *("Wien", "Xanten", "Zürich", "Lausanne", "Genève", "Lugano", "Malmö", "Århus", "Łódź", "Kraków"),
)
_STRATEGIES = ("longest-idle-agent", "round-robin", "agent-with-fewest-calls", "sequentially-by-agent-order")
_EXTRA_PHONE, _EXTRA_QUEUE = 20_001, 60_001


def fill(pbx: Pbx, queues: int, agents: int) -> None:
    """So many more queues, and agents at their telephones, a third of whom answer for two queues. Fewer are at work
    than their callers need: some give up, and somebody always waits. Nothing of it is recorded."""
    rng = pbx.engine.stream(f"{pbx.name}/staff")
    crew: list[Agent] = []
    for place, name in enumerate(staff(rng, agents)):
        pbx.add_extension(_EXTRA_PHONE + place, "phone", name)
        crew.append(pbx.add_agent(_EXTRA_PHONE + place, name, _EXTRA_PHONE + place))
        chance = rng.random()
        if chance < 0.34:
            crew[-1].status, crew[-1].state = LOGGED_OUT, "Idle"
        elif chance < 0.38:
            crew[-1].status = ON_BREAK
    share = agents // queues if queues else 0
    for place in range(queues):
        label = f"{_TOPICS[place % len(_TOPICS)]} {_PLACES[place // len(_TOPICS) % len(_PLACES)]}"
        strategy = _STRATEGIES[place % len(_STRATEGIES)]
        number = "+4940" + str(70_000_000 + pbx.client_id % 100 * 10_000 + place)
        profile = QueueProfile(20.5 * share, (1.0,) * 24, 110.0, 120.0, number, 1.5)
        members = crew[place * share :][:share]
        beyond = crew[(place + 1) % queues * share :][: share // 3]
        places = [f"{each.id}" for each in members] + [f"{each.id}/2" for each in beyond]
        settings: Row = {"polling_strategy": "CYCLIC_HUNT", "ring_time": 20, "sla_time": 30, "max_callers": 50}
        settings |= {"max_waiting_time": 600, "language": "de-DE"}
        own = settings if pbx.name == "front" else _HOSTED | {"strategy": strategy}
        _queue(pbx, _EXTRA_QUEUE + place, label, strategy, profile, " ".join(dict.fromkeys(places)), own)


def responders(engine: Engine) -> HotlineService:
    """Organisation 77: 4 hotlines and the phones of 6 responders."""
    service = HotlineService(engine, ORGANIZATION)
    service.add_hotline(311, "004924155660", "Bereitschaft Nord", [5, 6, 7])
    service.add_hotline(312, "004924155661", "Bereitschaft Süd", [8, 9])
    # A field that no document mentions: a change that leaves it out loses it.
    service.add_hotline(313, "004924155662", "Lift and door rescue", [7, 12], callbackNumberMode="hotline")
    few: Row = {"channelsInbound": 4, "channelsOutbound": 4, "ttsInbound": "", "ttsOutbound": "Bitte 1 drücken"}
    service.add_hotline(314, "004924155669", "Leitstelle Reserve", [5], isActive=False, **few)
    phones = (
        *((5, "Diensthandy", True), (5, "Privat", False), (6, "Mobile", True), (7, "Mobile", True)),
        *((7, "Home", True), (7, "Car", False), (8, "Diensthandy", True), (9, "Mobile", True)),
        *((9, "Office", True), (12, "Mobile", False), (12, "Pager gateway", True)),
    )
    for identity, (user, name, active) in enumerate(phones, start=80):
        service.add_phone(identity, user, name, active=active)
    return service
