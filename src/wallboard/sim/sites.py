"""Who works where: the two PBX accounts and the hotline organisation of the demonstration.

Ids, numbers and secrets are fixed, so that documentation, tests and a served simulation agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallboard.sim.engine import Engine
from wallboard.sim.hotlines import HotlineService
from wallboard.sim.model import LOGGED_OUT, ON_BREAK, Queue, QueueProfile, Tier
from wallboard.sim.pbx import Pbx

SUPERVISOR_NUMBER = "2001"
ORGANIZATION = 77
PEOPLE = {5: "K. Roth", 6: "Amina Yusuf", 7: "Jonas Vogel", 8: "Lucía Paredes", 9: "T. Okonkwo", 12: "S. Brandt"}

# 24 factors, UTC. Nights are quieter but never dead: a demonstration must show something at any hour.
_OFFICE = (
    *(0.75, 0.75, 0.75, 0.75, 0.75, 0.8, 0.85, 0.95, 1.1, 1.2, 1.2, 1.1),
    *(1.0, 1.1, 1.15, 1.1, 1.05, 1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.75),
)
_ALWAYS = (1.15, 1.2, 1.2, 1.1, 1.0, 0.9, *(0.9,) * 12, 0.95, 1.0, 1.0, 1.05, 1.1, 1.15)


@dataclass(frozen=True, slots=True)
class _QueuePlan:
    id: int
    label: str
    strategy: str
    profile: QueueProfile
    agents: tuple[tuple[str, int, int, int], ...]
    settings: tuple[tuple[str, object], ...] = ()


def queue_settings(strategy: str, **changes: object) -> dict[str, object]:
    """The settings resource of a queue: every field of the document, its defaults as responses show them."""
    settings: dict[str, object] = {
        "agent_announce_sound": None,
        "agent_hangup_action": None,
        "agent_hangup_transfer_dst": None,
        "agent_report_wait_time": False,
        "announce_frequency": None,
        "announce_sound": None,
        "append_to_cid_name_on_transfer": None,
        "disable_answer": False,
        "exit_key": None,
        "exit_transfer_dst": None,
        "exit_transfer_dst_sound": None,
        "exit_with_no_av_agents": False,
        "max_wait_time": None,
        "max_wait_time_with_no_agent": None,
        "no_agent_timeout_transfer_dst": None,
        "no_agent_timeout_transfer_dst_sound": None,
        "position_announce_frequency": None,
        "quality_rate_finish_sound": None,
        "quality_rate_max": None,
        "quality_rate_sound": None,
        "record_enabled": False,
        "skip_busy_agents": True,
        "sound": None,
        "sound_type": "music",
        "start_sound": None,
        "strategy": strategy,
        "tier_rule_wait_multiply_level": False,
        "tier_rule_wait_second": 0,
        "tier_rules_apply": False,
        "timeout_transfer_dst": None,
        "timeout_transfer_dst_sound": None,
        "try_same_agent_time": None,
        "vm_attach_file": True,
        "vm_enabled": False,
        "vm_greeting": None,
        "vm_mailto": None,
        "vm_profile": "default",
    }
    return settings | changes


def _local(*agents: tuple[int, int]) -> tuple[tuple[str, int, int, int], ...]:
    return tuple(("local", agent, level, position) for position, (agent, level) in enumerate(agents, start=1))


def _add_queue(pbx: Pbx, plan: _QueuePlan) -> None:
    extension = pbx.add_extension(plan.id, "queue", plan.label)
    queue = Queue(extension, plan.strategy, queue_settings(plan.strategy, **dict(plan.settings)), plan.profile)
    for kind, agent, level, position in plan.agents:
        queue.tiers.append(Tier(pbx.agents[kind, agent], level, position))
    pbx.queues[plan.id] = queue


def hq(engine: Engine) -> Pbx:
    """Account `hq`: 5 queues, 14 phones and a supervisor's desk, 12 agents (one of them remote)."""
    pbx = Pbx(engine, "hq", client_id=3401, prefix="022", domain="pbx.example")
    names = {
        201: "Anna Petrosyan",
        202: "Boris Kim",
        203: "Chen Wei",
        204: "Dana O'Neill",
        205: "Emeka Obi",
        206: "Fatima Zahra",
        207: "Gustavo Lima",
        208: "Hanna Nyström",
        209: "Ibrahim Sow",
        210: "Julia Wójcik",
        211: "Kenji Mori",
        212: "Reception",
        213: "Back office",
        214: "Warehouse",
    }
    for identity, label in names.items():
        pbx.add_extension(identity, "phone", label)
    desk = pbx.add_extension(300, "phone", "Supervisor desk", SUPERVISOR_NUMBER)
    desk.desk = True
    pbx.add_extension(690, "conference", "Morning meeting")
    for number in range(11):
        agent = pbx.add_agent(136 + number, names[201 + number], 201 + number)
        agent.wrap_up_time = 10 + number % 4 * 5
    pbx.add_agent(9, "Lena (home)", None, remote_name="031*101@pbx.example")
    plans = (
        _QueuePlan(
            601,
            "Sales",
            "longest-idle-agent",
            QueueProfile(86.0, _OFFICE, 105.0, 120.0, "+49302312501"),
            (*_local((136, 1), (137, 1), (138, 1), (139, 1), (146, 2)), ("remote", 9, 1, 6)),
            (("record_enabled", True),),
        ),
        _QueuePlan(
            602,
            "Support",
            "round-robin",
            QueueProfile(74.0, _OFFICE, 130.0, 160.0, "+49302312502"),
            _local((140, 1), (141, 1), (142, 1), (143, 1), (144, 2), (137, 2)),
            (
                ("record_enabled", True),
                ("tier_rules_apply", True),
                ("tier_rule_wait_second", 25),
                ("tier_rule_wait_multiply_level", True),
            ),
        ),
        _QueuePlan(
            603,
            "Emergency",
            "ring-all",
            QueueProfile(22.0, _ALWAYS, 75.0, 180.0, "+49302312503"),
            _local((144, 1), (145, 1), (143, 1)),
            (("record_enabled", True),),
        ),
        _QueuePlan(
            604,
            "Sales callback",
            "agent-with-fewest-calls",
            QueueProfile(18.0, _OFFICE, 80.0, 100.0, "+49302312504"),
            _local((139, 1), (138, 1)),
        ),
        _QueuePlan(
            605,
            "VIP",
            "top-down",
            QueueProfile(14.0, _OFFICE, 130.0, 90.0, "+49302312505", 5.0),
            _local((146, 1), (136, 1)),
        ),
    )
    for plan in plans:
        _add_queue(pbx, plan)
    pbx.agents["local", 138].status = ON_BREAK
    pbx.agents["local", 145].status = LOGGED_OUT
    pbx.agents["local", 145].state = "Idle"
    # The trunk between the sites: 88 and a number of the branch.
    for far in ("101", "102", "103", "104", "701", "702", "8100"):
        pbx.routes["88" + far] = "+4930231257" + far[-2:]
    return pbx


def branch(engine: Engine) -> Pbx:
    """Account `branch`: 2 queues, 4 agents, a workshop, a night desk (number 8100) and the supervisor's line."""
    pbx = Pbx(engine, "branch", client_id=5120, prefix="031", domain="branch.example")
    names = {101: "Lars Dahl", 102: "Mei Lin", 103: "Noor Haddad", 104: "Oskar Brandt", 105: "Workshop"}
    for identity, label in names.items():
        pbx.add_extension(identity, "phone", label)
    pbx.add_extension(110, "phone", "Night desk", "8100")
    # The supervisor has a line in both accounts, under the same number.
    pbx.add_extension(120, "phone", "Supervisor line", SUPERVISOR_NUMBER).desk = True
    for number in range(4):
        pbx.add_agent(41 + number, names[101 + number], 101 + number)
    for plan in (
        _QueuePlan(
            701,
            "Front desk",
            "sequentially-by-agent-order",
            QueueProfile(40.0, _OFFICE, 80.0, 110.0, "+49302312571"),
            _local((41, 1), (42, 1), (43, 2)),
        ),
        _QueuePlan(
            702,
            "Service",
            "random",
            QueueProfile(27.0, _OFFICE, 120.0, 140.0, "+49302312572"),
            _local((43, 1), (44, 1)),
        ),
    ):
        _add_queue(pbx, plan)
    pbx.behaviour = type(pbx.behaviour)(side_calls_per_hour=25.0)
    return pbx


def responders(engine: Engine) -> HotlineService:
    """Organisation 77: 4 hotlines and the phones of 6 responders."""
    service = HotlineService(engine, ORGANIZATION)
    service.add_hotline(311, "Bereitschaft Nord", "004924155660", [5, 6, 7])
    service.add_hotline(312, "Bereitschaft Süd", "004924155661", [8, 9])
    rescue = service.add_hotline(313, "Lift and door rescue", "004924155662", [7, 12])
    # A field that no document mentions: a change that leaves it out loses it.
    rescue.extra = {"callbackNumberMode": "hotline"}
    reserve = service.add_hotline(314, "Leitstelle Reserve", "004924155669", [5], active=False)
    reserve.channels_in = reserve.channels_out = 4
    reserve.tts_in, reserve.tts_out = "", "Bitte 1 drücken"
    phones = (
        (80, 5, "Diensthandy", True),
        (81, 5, "Privat", False),
        (82, 6, "Mobile", True),
        (83, 7, "Mobile", True),
        (84, 7, "Home", True),
        (85, 7, "Car", False),
        (86, 8, "Diensthandy", True),
        (87, 9, "Mobile", True),
        (88, 9, "Office", True),
        (89, 12, "Mobile", False),
        (90, 12, "Pager gateway", True),
    )
    for identity, user, name, active in phones:
        service.add_phone(identity, user, name, service.random_number(), active=active)
    return service
